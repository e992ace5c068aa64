//! What the proxy answers itself, in forms that clients of EWS understand.

use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};

use super::operation::Operation;
use super::refusal::Refusal;
use crate::ews::{ERRORS, MESSAGES, SOAP, TYPES};
use crate::xml::escape;

const XML: &str = "text/xml; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// A response without XML: a sentence.
pub(super) fn plain(status: StatusCode, text: &str) -> Response<String> {
    with(status, PLAIN, format!("{text}\n"))
}

/// There is no password, or a wrong one.
pub(super) fn unauthorized() -> Response<String> {
    let mut response = plain(StatusCode::UNAUTHORIZED, "wmrole proxy: the password of this run is needed");
    set(&mut response, WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"EWS\""));
    response
}

/// Another method than POST.
pub(super) fn wrong_method() -> Response<String> {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "wmrole proxy: only POST is passed on");
    set(&mut response, ALLOW, HeaderValue::from_static("POST"));
    response
}

/// It may work in so many seconds.
pub(super) fn later(seconds: u64, text: &str) -> Response<String> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
    set(&mut response, RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// A request that is not passed on.
pub(super) fn refused(refusal: &Refusal) -> Response<String> {
    match refusal {
        Refusal::NotUnderstood(problem) => {
            let text = format!("wmrole proxy: the request is not passed on: {problem}");
            plain(StatusCode::BAD_REQUEST, &text)
        }
        Refusal::Broken(problem) => plain(StatusCode::REQUEST_TIMEOUT, &format!("wmrole proxy: {problem}")),
        Refusal::Stalled => {
            plain(StatusCode::GATEWAY_TIMEOUT, "wmrole proxy: EWS does not take the rest of the request")
        }
        Refusal::Fault(code, text) => fault(code, text),
        Refusal::Denied(operation, text) if operation.has_messages => message(operation, text),
        Refusal::Denied(_, text) => fault("ErrorAccessDenied", text),
    }
}

/// The operation is denied, in a response message of its own.
fn message(operation: &Operation, text: &str) -> Response<String> {
    let (name, text) = (operation.name, escape(text));
    let body = format!(
        "<m:{name}Response><m:ResponseMessages><m:{name}ResponseMessage ResponseClass=\"Error\">\
         <m:MessageText>{text}</m:MessageText><m:ResponseCode>ErrorAccessDenied</m:ResponseCode>\
         <m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:{name}ResponseMessage></m:ResponseMessages>\
         </m:{name}Response>"
    );
    let header = "<s:Header><t:ServerVersionInfo MajorVersion=\"14\" MinorVersion=\"2\" MajorBuildNumber=\"0\" \
                  MinorBuildNumber=\"0\" Version=\"Exchange2010_SP2\"/></s:Header>";
    with(StatusCode::OK, XML, envelope(header, &body))
}

/// The request as a whole is refused.
fn fault(code: &str, text: &str) -> Response<String> {
    let text = escape(text);
    // Its children have no namespace: the envelope must not set one
    let body = format!(
        "<s:Fault><faultcode xmlns:a=\"{TYPES}\">a:{code}</faultcode><faultstring xml:lang=\"en-US\">{text}\
         </faultstring><detail xmlns:e=\"{ERRORS}\"><e:ResponseCode>{code}</e:ResponseCode><e:Message>{text}\
         </e:Message></detail></s:Fault>"
    );
    with(StatusCode::INTERNAL_SERVER_ERROR, XML, envelope("", &body))
}

fn envelope(header: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"{TYPES}\" \
         xmlns:m=\"{MESSAGES}\">{header}<s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn with(status: StatusCode, kind: &'static str, body: String) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set(&mut response, CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn set(response: &mut Response<String>, name: HeaderName, value: HeaderValue) {
    response.headers_mut().insert(name, value);
}
