//! The body of a response: our own, or that of EWS as it arrives. Counts what is sent, and shows the request's line at
//! its end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::Full;
use hyper::Response;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::log::Line;
use crate::ews::{Body, BodyError};

/// What a client gets, before it is counted.
pub(super) enum Content {
    Own(Full<Bytes>),
    Ews(Body),
}

/// A body that is counted.
pub(super) struct Outgoing {
    content: Content,
    line: Line,
    /// When EWS must have sent something, while it is waited for.
    deadline: Option<Pin<Box<Sleep>>>,
    idle: Duration,
    ended: bool,
}

/// EWS sends nothing any more.
#[derive(Debug, thiserror::Error)]
#[error("the response of EWS does not go on")]
struct Stalled;

/// A response of ours.
pub(super) fn own(response: Response<String>) -> Response<Content> {
    response.map(|text| Content::Own(Full::from(text)))
}

impl Outgoing {
    /// Goes on as long as EWS is never idle for so long.
    pub(super) fn new(content: Content, line: Line, idle: Duration) -> Self {
        Self { content, line, deadline: None, idle, ended: false }
    }
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let polled = match &mut this.content {
            Content::Own(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
            Content::Ews(body) => Pin::new(body).poll_frame(context),
        };
        match polled {
            Poll::Ready(Some(Ok(frame))) => {
                // Trailers do not pass
                let Ok(data) = frame.into_data() else {
                    this.ended = true;
                    return Poll::Ready(None);
                };
                this.line.sent += data.len() as u64;
                // How long the client takes to read it does not count
                this.deadline = None;
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Poll::Ready(None) => {
                this.ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let idle = this.idle;
                let deadline = this.deadline.get_or_insert_with(|| Box::pin(sleep(idle)));
                deadline.as_mut().poll(context).map(|()| Some(Err(Stalled.into())))
            }
            failed => failed,
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Own(body) => body.is_end_stream(),
            Content::Ews(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Own(body) => body.size_hint(),
            Content::Ews(body) => body.size_hint(),
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.line.broken = !self.ended && !self.is_end_stream();
    }
}
