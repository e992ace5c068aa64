//! The body of a request that is longer than what is kept: it goes to EWS while it is read.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::ews::BodyError;

/// A piece of a body.
#[derive(Debug)]
enum Piece {
    Data(Bytes),
    /// All of it was sent, and may pass.
    End,
}

/// Where a body is written to.
#[derive(Debug)]
pub(super) struct Writing(Sender<Piece>);

/// What is sent of it. It ends with an error unless its end was written: EWS never gets the end of a request that was
/// given up, whatever the reason.
#[derive(Debug)]
pub(super) struct Upload {
    pieces: Receiver<Piece>,
    ended: bool,
}

/// The request was given up.
#[derive(Debug, thiserror::Error)]
#[error("the request was given up")]
struct GivenUp;

/// Both ends of a body.
pub(super) fn upload() -> (Writing, Upload) {
    let (send, receive) = channel(1);
    (Writing(send), Upload { pieces: receive, ended: false })
}

impl Writing {
    /// Writes a piece, when the last one was sent. False where nobody sends it any more.
    pub(super) async fn write(&self, data: Vec<u8>) -> bool {
        data.is_empty() || self.0.send(Piece::Data(data.into())).await.is_ok()
    }

    /// Nothing follows.
    pub(super) async fn end(self) {
        // Where nobody sends it any more there is a response
        let _ = self.0.send(Piece::End).await;
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        // Asked for more behind the end, as for trailers, there is nothing
        if self.ended {
            return Poll::Ready(None);
        }
        self.pieces.poll_recv(context).map(|piece| match piece {
            Some(Piece::Data(data)) => Some(Ok(Frame::data(data))),
            Some(Piece::End) => {
                self.ended = true;
                None
            }
            None => Some(Err(GivenUp.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_body_is_whole_only_when_its_end_was_written() {
        let (writing, upload) = upload();
        let write = async {
            assert!(writing.write(b"ab".to_vec()).await && writing.write(b"c".to_vec()).await);
            writing.end().await;
        };
        let ((), read) = tokio::join!(write, upload.collect());
        assert_eq!(read.expect("whole").to_bytes(), "abc");
        let (writing, upload) = super::upload();
        let write = async move {
            assert!(writing.write(b"ab".to_vec()).await);
        };
        let ((), read) = tokio::join!(write, upload.collect());
        assert_eq!(read.expect_err("given up").to_string(), "the request was given up");
    }
}
