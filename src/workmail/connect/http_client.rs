//! The HTTP clients of the SDK. For endpoints without TLS there is one without TLS: loading the system's certificates
//! takes longer than the call.

use std::net::IpAddr;
use std::str::FromStr;

use aws_sdk_workmail::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use crate::redact::without_password;

/// A client for an `http://` endpoint; `None` for any other. The environment's proxy is used as
/// ever, but not for this machine.
pub(super) fn plain(endpoint: &str) -> Option<SharedHttpClient> {
    let uri = Uri::from_str(endpoint).ok().filter(|uri| uri.scheme_str() == Some("http"))?;
    if is_local(&uri) {
        return Some(local());
    }
    let proxy = ProxyConfig::from_env();
    Some(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build_http()
    }))
}

/// The client for an endpoint: the environment's proxy is used, but not for plain http to this machine.
pub(super) fn client(endpoint: &str) -> SharedHttpClient {
    plain(endpoint).unwrap_or_else(https)
}

/// A client that knows TLS, as the SDK's own but for the library of its cryptography.
pub(super) fn https() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}

/// The proxy of the environment that calls to an address go through, without its password.
pub(crate) fn proxy(endpoint: &str) -> Option<String> {
    let uri = Uri::from_str(endpoint).ok()?;
    if is_local(&uri) && uri.scheme_str() == Some("http") {
        return None;
    }
    let proxy = Matcher::from_env().intercept(&uri)?;
    Some(without_password(&proxy.uri().to_string()))
}

/// Is it plain http to another machine?
pub(crate) fn is_in_clear(url: &str) -> bool {
    Uri::from_str(url).is_ok_and(|uri| uri.scheme_str() == Some("http") && !is_local(&uri))
}

/// Is it an address of this machine?
pub(crate) fn is_on_this_machine(url: &str) -> bool {
    Uri::from_str(url).is_ok_and(|uri| is_local(&uri))
}

/// Is it this machine?
fn is_local(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// A client for this machine, without a proxy.
pub(super) fn local() -> SharedHttpClient {
    Builder::new().build_http()
}
