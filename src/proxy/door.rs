//! Who may come in, by the head of HTTP alone.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN, UPGRADE,
};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use hyper::{Method, Response, StatusCode, Version};

use super::answer::{plain, unauthorized, wrong_method};
use super::password::Password;
use crate::ews::base64;

/// The path of EWS, without case.
pub(super) const PATH: &str = "/EWS/Exchange.asmx";

/// May the request come in?
///
/// # Errors
/// With what it is answered.
#[expect(clippy::result_large_err, reason = "it is answered at once")]
pub(super) fn check(head: &Parts, password: &Password, here: SocketAddr) -> Result<(), Response<String>> {
    if head.version != Version::HTTP_11 || head.headers.contains_key(UPGRADE) {
        return Err(plain(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "wmrole proxy: only HTTP/1.1 is spoken"));
    }
    // A page in a browser reaches this machine under a name of its own, which it has the name server point here
    if !is_for_here(head, here) {
        return Err(plain(StatusCode::MISDIRECTED_REQUEST, "wmrole proxy: the Host is not its own address"));
    }
    if head.headers.contains_key(ORIGIN) {
        return Err(plain(StatusCode::FORBIDDEN, "wmrole proxy: pages of a browser are refused"));
    }
    if !has_password(&head.headers, password) {
        return Err(unauthorized());
    }
    if !head.uri.path().eq_ignore_ascii_case(PATH) || head.uri.query().is_some() {
        return Err(plain(StatusCode::NOT_FOUND, &format!("wmrole proxy: EWS is at {PATH}")));
    }
    if head.method != Method::POST {
        return Err(wrong_method());
    }
    if !is_plain_xml(&head.headers) {
        let text = "wmrole proxy: only text/xml in UTF-8 is passed on, and not compressed";
        return Err(plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    Ok(())
}

/// Is the request meant for this address?
fn is_for_here(head: &Parts, here: SocketAddr) -> bool {
    let host = only(&head.headers, HOST).and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| is_here(&host, here)) && head.uri.authority().is_none_or(|it| is_here(it, here))
}

fn is_here(authority: &Authority, here: SocketAddr) -> bool {
    let host = authority.host().trim_matches(['[', ']']);
    let is_loopback =
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let port = authority.port_u16().unwrap_or(80);
    is_loopback && port == here.port() && !authority.as_str().contains('@')
}

/// With any user name, or as a token.
fn has_password(headers: &HeaderMap, password: &Password) -> bool {
    let Some((scheme, value)) = only(headers, AUTHORIZATION).and_then(|value| value.split_once(' ')) else {
        return false;
    };
    let value = value.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return password.is(value.as_bytes());
    }
    let given = scheme.eq_ignore_ascii_case("basic").then(|| base64(value)).flatten();
    let given = given.as_deref().and_then(|given| {
        let colon = given.iter().position(|byte| *byte == b':')?;
        Some(&given[colon + 1..])
    });
    given.is_some_and(|given| password.is(given))
}

/// XML in UTF-8 that is not compressed, as the head says?
fn is_plain_xml(headers: &HeaderMap) -> bool {
    let is_identity = !headers.contains_key(CONTENT_ENCODING)
        || only(headers, CONTENT_ENCODING).is_some_and(|it| it.trim().eq_ignore_ascii_case("identity"));
    let Some(value) = only(headers, CONTENT_TYPE) else { return false };
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let is_xml = ["text/xml", "application/soap+xml"].iter().any(|known| kind.eq_ignore_ascii_case(known));
    let is_utf8 = parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset") || value.eq_ignore_ascii_case("utf-8")
    });
    is_identity && is_xml && is_utf8
}

/// A header that stands there once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
