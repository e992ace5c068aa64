//! A request on its way: through the door, read and written anew, to EWS, and the response back.

use std::fmt;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, EXPECT, HeaderMap};
use hyper::{Request, Response, StatusCode};
use tokio::time::timeout;

use super::answer::{later, plain, refused};
use super::door;
use super::headers;
use super::log::{Line, Log};
use super::outgoing::{Content, Outgoing, own};
use super::password::Password;
use super::refusal::Refusal;
use super::renewal::{Held, NoToken, Tokens};
use super::rewrite::Rewriter;
use super::rules::Rules;
use super::upload::{Upload, upload};
use crate::ews::Body;
use crate::ews::client::EwsClient;
use crate::ews::outcome::Failure;

/// A request that is no longer is kept until it was answered, in bytes.
const KEPT: usize = 1 << 20;
/// So much of a refused request is read to its end, since most clients read no answer before they have sent all.
const MOST_REFUSED: u64 = 64 << 20;
/// As [`MOST_REFUSED`], from whoever has no password.
const MOST_UNKNOWN: u64 = 256 << 10;
/// Of a text of EWS that is no XML, in bytes.
const MOST_TEXT: usize = 64 << 10;

/// How long to wait, and how many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
    /// For the head of a request, and for the next one on a connection.
    pub(crate) head: Duration,
    /// For more of a request's body.
    pub(crate) client: Duration,
    /// For EWS to begin a response, and for more of it.
    pub(crate) ews: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 64,
            head: Duration::from_secs(60),
            client: Duration::from_secs(60),
            ews: Duration::from_secs(300),
        }
    }
}

/// What every request needs.
pub(crate) struct Settings {
    pub(crate) ews: EwsClient,
    pub(crate) tokens: Tokens,
    pub(crate) rules: Rules,
    pub(crate) password: Password,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// Responds to a request that arrived at this address. A panic ends it, and nothing else.
pub(super) async fn respond(
    settings: Arc<Settings>,
    here: SocketAddr,
    request: Request<Incoming>,
) -> Response<Outgoing> {
    let mut line = settings.log.begin();
    let answer = AssertUnwindSafe(settings.answer(here, request, &mut line)).catch_unwind().await;
    let response = answer.unwrap_or_else(|_| {
        let text = "wmrole proxy: the request met an error of the program; others go on";
        settings.log.warn("a request met an error of the program, and was given up");
        own(plain(StatusCode::INTERNAL_SERVER_ERROR, text))
    });
    line.status = response.status().as_u16();
    response.map(|content| Outgoing::new(content, line, settings.limits.ews))
}

impl Settings {
    async fn answer(
        &self,
        here: SocketAddr,
        request: Request<Incoming>,
        line: &mut Line,
    ) -> Response<Content> {
        let (head, mut body) = request.into_parts();
        if let Err(response) = door::check(&head, &self.password, here) {
            // Who waits for leave to send a body is not asked for it
            if !head.headers.contains_key(EXPECT) {
                self.drain(&mut body, MOST_UNKNOWN).await;
            }
            return own(response);
        }
        let mut rewriter = Rewriter::new(&self.rules);
        let passed = self.pass(&head.headers, &mut body, &mut rewriter, line).await;
        line.operation = rewriter.operation().to_owned();
        line.user = rewriter.user().unwrap_or_default().to_owned();
        match passed {
            Ok(response) => response,
            Err(refusal) => {
                self.drain(&mut body, MOST_REFUSED).await;
                own(refused(&refusal))
            }
        }
    }

    /// Passes a request on.
    ///
    /// # Errors
    /// When it must not pass; then EWS did not get all of it.
    async fn pass(
        &self,
        headers: &HeaderMap,
        body: &mut Incoming,
        rewriter: &mut Rewriter<'_>,
        line: &mut Line,
    ) -> Result<Response<Content>, Refusal> {
        let mut whole = false;
        while !whole && rewriter.waiting() <= KEPT {
            whole = self.read(body, rewriter, line).await?;
        }
        line.operation = rewriter.operation().to_owned();
        line.user = rewriter.user().unwrap_or_default().to_owned();
        #[cfg(test)]
        super::tests::may_panic(headers);
        let headers = headers::of_request(headers, rewriter.user());
        match whole {
            true => Ok(self.send_kept(&headers, rewriter.take().into()).await),
            false => self.send_while_read(headers, body, rewriter, line).await,
        }
    }

    /// Reads more of a request; true at its end.
    ///
    /// # Errors
    /// When it must not pass.
    async fn read(
        &self,
        body: &mut Incoming,
        rewriter: &mut Rewriter<'_>,
        line: &mut Line,
    ) -> Result<bool, Refusal> {
        let Ok(frame) = timeout(self.limits.client, body.frame()).await else {
            return Err(Refusal::Broken("the request does not go on"));
        };
        let Some(frame) = frame else {
            rewriter.finish()?;
            return Ok(true);
        };
        let frame = frame.map_err(|_| Refusal::Broken("the request ended before its end"))?;
        // Trailers do not pass
        if let Ok(data) = frame.into_data() {
            line.received += data.len() as u64;
            rewriter.feed(&data)?;
        }
        Ok(false)
    }

    /// Sends a request that is kept, and once more with a new token where EWS does not accept the first.
    async fn send_kept(&self, headers: &HeaderMap, body: Bytes) -> Response<Content> {
        let mut held = match self.tokens.current().await {
            Ok(held) => held,
            Err(none) => return no_token(none),
        };
        for again in [false, true] {
            let sending = self.ews.forward(&held.token, headers.clone(), Body::from(body.clone()));
            match self.answered(timeout(self.limits.ews, sending).await.ok(), &held).await {
                Some(response) => return response,
                None if again => break,
                None => match self.tokens.instead_of(&held).await {
                    Ok(new) => held = new,
                    Err(none) => return no_token(none),
                },
            }
        }
        self.log.warn("EWS does not accept a new token either");
        no_token(NoToken::Later(5))
    }

    /// Sends a request while it is read.
    ///
    /// # Errors
    /// When it must not pass.
    async fn send_while_read(
        &self,
        headers: HeaderMap,
        body: &mut Incoming,
        rewriter: &mut Rewriter<'_>,
        line: &mut Line,
    ) -> Result<Response<Content>, Refusal> {
        let held = match self.tokens.for_long().await {
            Ok(held) => held,
            Err(none) => {
                self.drain(body, MOST_REFUSED).await;
                return Ok(no_token(none));
            }
        };
        let (writing, uploaded): (_, Upload) = upload();
        let mut sending = Box::pin(self.ews.forward(&held.token, headers, Body::from_body_1_x(uploaded)));
        let mut reading = Box::pin(async {
            // Where it is given up this is dropped without its end
            let (writing, mut whole) = (writing, false);
            loop {
                let written = timeout(self.limits.ews, writing.write(rewriter.take())).await;
                if !written.map_err(|_| Refusal::Stalled)? {
                    return Ok::<(), Refusal>(());
                }
                if whole {
                    writing.end().await;
                    return Ok(());
                }
                whole = self.read(body, rewriter, line).await?;
            }
        });
        let answered = tokio::select! {
            read = &mut reading => {
                read?;
                timeout(self.limits.ews, &mut sending).await.ok()
            }
            answered = &mut sending => Some(answered),
        };
        drop(reading);
        let sent = self.answered(answered, &held).await;
        self.drain(body, MOST_REFUSED).await;
        Ok(match sent {
            Some(response) => response,
            None => match self.tokens.instead_of(&held).await {
                Ok(_) => no_token(NoToken::Later(1)),
                Err(none) => no_token(none),
            },
        })
    }

    /// What becomes of what EWS answered, and of nothing where it did not in time. None where it does not accept the
    /// token.
    async fn answered(
        &self,
        answered: Option<Result<Response<Body>, Failure>>,
        held: &Held,
    ) -> Option<Response<Content>> {
        let gateway = |text: String| own(plain(StatusCode::BAD_GATEWAY, &format!("wmrole proxy: {text}")));
        let response = match answered {
            Some(Ok(response)) => response,
            Some(Err(failure)) => return Some(gateway(format!("EWS did not answer: {failure}"))),
            None => {
                let text = format!("EWS did not answer within {} s", self.limits.ews.as_secs());
                return Some(own(plain(StatusCode::GATEWAY_TIMEOUT, &text)));
            }
        };
        let (head, body) = response.into_parts();
        Some(match head.status.as_u16() {
            401 => return None,
            300..=399 => gateway(format!("EWS answered with a redirect, HTTP {}", head.status.as_u16())),
            407 => gateway("the proxy of the environment wants a password".into()),
            status if is_xml(&head.headers) => {
                let mut response = Response::new(Content::Ews(body));
                *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                *response.headers_mut() = headers::of_response(&head.headers);
                response
            }
            200..=299 => gateway("what answered is not EWS".into()),
            _ => {
                let text = self.text(&head.headers, body, held).await;
                let mut response = plain(head.status, &text);
                response.headers_mut().extend(only_retry_after(&head.headers));
                own(response)
            }
        })
    }

    /// What EWS says without XML. A server may send back what it got, so the token is taken out.
    async fn text(&self, headers: &HeaderMap, body: Body, held: &Held) -> String {
        if headers.contains_key(CONTENT_ENCODING) {
            return String::new();
        }
        let read = timeout(self.limits.client, Limited::new(body, MOST_TEXT).collect()).await;
        let Ok(Ok(read)) = read else { return String::new() };
        String::from_utf8_lossy(&read.to_bytes()).trim_end().replace(held.token.expose(), "[secret]")
    }

    /// Reads what is left of a request that is answered already, up to so many bytes, and not for long.
    async fn drain(&self, body: &mut Incoming, most: u64) {
        let reading = async {
            let mut read = 0;
            while read <= most {
                match body.frame().await {
                    Some(Ok(frame)) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
                    _ => break,
                }
            }
        };
        // Where it takes longer the connection ends
        let _ = timeout(self.limits.client, reading).await;
    }
}

fn no_token(none: NoToken) -> Response<Content> {
    own(match none {
        NoToken::Later(seconds) => {
            later(seconds, "wmrole proxy: there is no valid token for EWS now; try again")
        }
        // Not 503, for which clients try again
        NoToken::Over(over) => {
            refused(&Refusal::Fault("ErrorImpersonateUserDenied", format!("wmrole proxy: {over}")))
        }
    })
}

fn is_xml(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["text/xml", "application/xml", "application/soap+xml"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

/// Of a response whose body is replaced.
fn only_retry_after(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers::of_response(headers);
    kept.remove(CONTENT_TYPE);
    kept.remove(CONTENT_ENCODING);
    kept
}
