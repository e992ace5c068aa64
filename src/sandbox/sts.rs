//! GetCallerIdentity of STS, which is asked at the same address: a form in, XML out.

use std::net::IpAddr;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Response, StatusCode};

use super::body::Body;
use super::model::ACCOUNT;
use super::trail::Caller;
use super::wire::{Reply, read_body};

/// A form is small.
const MOST: usize = 64 << 10;

/// Is it a request of the query protocol, which WorkMail does not speak?
pub(super) fn is_form(request: &Request<Incoming>) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// The user called as the access key id; the signature is not looked at.
pub(super) async fn respond(request: Request<Incoming>, caller: IpAddr, patience: Duration) -> Reply {
    let caller = Caller::of(&request, caller);
    let body = read_body(request, MOST, patience).await.unwrap_or_default();
    let asked = body.split(|byte| *byte == b'&').any(|field| field == b"Action=GetCallerIdentity");
    let (status, xml) = match asked {
        true => (
            StatusCode::OK,
            format!(
                "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                 <GetCallerIdentityResult><Arn>{}</Arn>\
                 <UserId>{}</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
                 <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
                caller.arn(),
                caller.id(),
                uuid::Uuid::new_v4()
            ),
        ),
        false => (
            StatusCode::BAD_REQUEST,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>InvalidAction</Code><Message>The sandbox knows GetCallerIdentity alone</Message></Error>\
             </ErrorResponse>"
                .to_owned(),
        ),
    };
    let mut reply = Response::new(Body::from(xml));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/xml"));
    Ok(reply)
}
