//! Headers of HTTP that pass, by lists: what is not known does not.

use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
    USER_AGENT,
};

/// Of a request. Neither credentials, cookies, addresses nor what belongs to one connection is among them, and not
/// `SOAPAction`, which could name a different operation than the body.
const OF_REQUEST: [HeaderName; 5] = [
    ACCEPT,
    ACCEPT_ENCODING,
    USER_AGENT,
    HeaderName::from_static("client-request-id"),
    HeaderName::from_static("return-client-request-id"),
];

/// Of a response.
const OF_RESPONSE: [HeaderName; 5] = [
    CONTENT_TYPE,
    CONTENT_ENCODING,
    RETRY_AFTER,
    HeaderName::from_static("request-id"),
    HeaderName::from_static("client-request-id"),
];

/// Names the mailbox to what stands before EWS.
const ANCHOR: HeaderName = HeaderName::from_static("x-anchormailbox");

/// What of a client's headers goes to EWS, for a request in this user's mailbox.
pub(super) fn of_request(client: &HeaderMap, user: Option<&str>) -> HeaderMap {
    let mut headers = only(client, &OF_REQUEST);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    if let (true, Some(Ok(user))) = (client.contains_key(ANCHOR), user.map(HeaderValue::from_str)) {
        headers.insert(ANCHOR, user);
    }
    headers
}

/// What of the headers of EWS goes to a client.
pub(super) fn of_response(ews: &HeaderMap) -> HeaderMap {
    only(ews, &OF_RESPONSE)
}

/// Each once: the first counts.
fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let known = names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    known.collect()
}
