//! One request to EWS over HTTP, bounded in time and size. No redirect is followed, since it would carry the token
//! away, and nothing is sent twice.

use std::fmt;
use std::time::{Duration, Instant};

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, USER_AGENT};

use super::envelope::get_inbox;
use super::outcome::{Failure, Mailbox, Outcome, Reply, classify, is_ews};
use crate::redact::without_password;
use crate::workmail::{self, Token};

/// A connection is not used again after so long: whoever listens there may close it just then.
const MOST_IDLE: Duration = Duration::from_secs(15);

/// How long and how much to wait for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EwsLimits {
    /// For a connection.
    pub(crate) connect: Duration,
    /// For a whole request, from the connection to the last byte of the answer.
    pub(crate) whole: Duration,
    /// Of the answer, in bytes.
    pub(crate) body: usize,
}

impl Default for EwsLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(20), body: 1 << 20 }
    }
}

/// A way to EWS at one address.
pub(crate) struct EwsClient {
    pub(super) connector: Connector,
    pub(super) url: String,
    /// What calls go through, without its password.
    proxy: Option<String>,
    limits: EwsLimits,
}

impl fmt::Debug for EwsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EwsClient").field("url", &without_password(&self.url)).finish_non_exhaustive()
    }
}

impl EwsClient {
    /// Gets ready to call `url`, which must be one that a token may be sent to. Makes no call. The proxy of the
    /// environment is used, but not for this machine.
    ///
    /// # Errors
    /// [`Failure::NoRoots`].
    pub(crate) fn new(url: &str, limits: EwsLimits) -> Result<Self, Failure> {
        let settings = HttpConnectorSettings::builder().connect_timeout(limits.connect).build();
        let (config, proxy) = match workmail::is_on_this_machine(url) {
            true => (ProxyConfig::disabled(), None),
            false => (ProxyConfig::from_env(), workmail::proxy(url)),
        };
        let builder = Connector::builder()
            .connector_settings(settings)
            .proxy_config(config)
            .pool_idle_timeout(MOST_IDLE);
        let needs_tls =
            [Some(url), proxy.as_deref()].into_iter().flatten().any(|url| url.starts_with("https:"));
        let connector = match needs_tls {
            // Loading the system's certificates takes longer than the call
            false => builder.build_http(),
            // Without any root the connector panics, or trusts nobody and does not say why
            true if rustls_native_certs::load_native_certs().certs.is_empty() => {
                return Err(Failure::NoRoots);
            }
            true => builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build(),
        };
        Ok(Self { connector, url: url.to_owned(), proxy, limits })
    }

    /// Opens the inbox of a mailbox, and changes nothing.
    pub(crate) async fn open_inbox(&self, token: &Token, mailbox: &Mailbox<'_>) -> Outcome {
        match self.post(Some(token), get_inbox(Some(mailbox.address))).await {
            Ok(reply) => classify(&reply, mailbox),
            Err(failure) => Outcome::Unknown(failure),
        }
    }

    /// Does EWS answer here? Sends one request without a token.
    ///
    /// # Errors
    /// What is on the way, or answers instead.
    pub(crate) async fn probe(&self) -> Result<(), Failure> {
        is_ews(&self.post(None, get_inbox(None)).await?)
    }

    async fn post(&self, token: Option<&Token>, body: String) -> Result<Reply, Failure> {
        let (limit, started) = (self.limits.whole, Instant::now());
        let reply = match tokio::time::timeout(limit, self.exchange(token, body)).await {
            Ok(Ok(reply)) => Ok(reply.without(token)),
            Ok(failed) => failed,
            Err(_) => Err(Failure::Timeout(limit.as_secs().max(1))),
        };
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = reply.as_ref().ok().map(|reply| reply.status);
        tracing::info!(target: "wmrole::detail", operation = "EWS GetFolder", ms, status, "call");
        reply
    }

    async fn exchange(&self, token: Option<&Token>, body: String) -> Result<Reply, Failure> {
        let request = self.request(token, body).map_err(Failure::NoConnection)?;
        let response = self.connector.call(request).await.map_err(|error| self.unanswered(error))?;
        let response = response.try_into_http1x().map_err(|error| Failure::Dropped(error.to_string()))?;
        let (head, body) = response.into_parts();
        let header = |name: HeaderName| {
            head.headers.get(name).map_or("".into(), |value| String::from_utf8_lossy(value.as_bytes()))
        };
        // What a redirect's body says is never read
        let limit = self.limits.body;
        let body =
            Limited::new(body, limit).collect().await.map_err(|error| {
                match workmail::is_too_long(error.as_ref()) {
                    true => Failure::TooLong(limit),
                    false => Failure::Dropped(innermost(error.as_ref())),
                }
            })?;
        Ok(Reply {
            status: head.status.as_u16(),
            content_type: header(CONTENT_TYPE).into_owned(),
            location: without_password(&header(LOCATION)),
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        })
    }

    fn request(&self, token: Option<&Token>, body: String) -> Result<HttpRequest, String> {
        let mut request = Request::post(&self.url)
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .header(USER_AGENT, concat!("wmrole/", env!("CARGO_PKG_VERSION")));
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, bearer(token)?);
        }
        let request = request.body(SdkBody::from(body)).map_err(|error| error.to_string())?;
        HttpRequest::try_from(request).map_err(|error| error.to_string())
    }

    /// Why there is no answer.
    pub(super) fn unanswered(&self, error: ConnectorError) -> Failure {
        let timeout = error.is_timeout();
        let source = error.into_source();
        let connecting = timeout || workmail::is_connect(source.as_ref());
        let words = match timeout {
            true => format!("nothing answers within {} s", self.limits.connect.as_secs().max(1)),
            false => innermost(source.as_ref()),
        };
        let url = without_password(&self.url);
        match (connecting, &self.proxy) {
            (true, Some(proxy)) => {
                Failure::NoConnection(format!("{url} (through the proxy {proxy}): {words}"))
            }
            (true, None) => Failure::NoConnection(format!("{url}: {words}")),
            (false, _) => Failure::Dropped(words),
        }
    }
}

impl Reply {
    /// A server may send back what it got: what is shown of an answer must not hold the token.
    fn without(mut self, token: Option<&Token>) -> Self {
        for text in [&mut self.body, &mut self.location] {
            if let Some(token) = token.filter(|token| text.contains(token.expose())) {
                *text = text.replace(token.expose(), "[secret]");
            }
        }
        self
    }
}

/// The token as a header.
pub(super) fn bearer(token: &Token) -> Result<HeaderValue, String> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose()));
    // The error would not show the token either, but is not needed to
    let mut value = value.map_err(|_| "the token is no header")?;
    value.set_sensitive(true);
    Ok(value)
}

/// The system's own words.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    workmail::chain(error).last().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests;
