//! What every protocol of the sandbox carries over HTTP.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::{Request, Response};

use super::body::Body;

/// A response; or none, where a fault closes the connection.
pub(super) type Reply = Result<Response<Body>, Dropped>;

/// The connection is to be closed without a response.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed")]
pub(super) struct Dropped;

/// The whole body of a request, of at most so many bytes.
///
/// # Errors
/// When it is too long, stays away for longer than `patience`, or the client goes away.
pub(super) async fn read_body(
    request: Request<Incoming>,
    most: usize,
    patience: Duration,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut body = request.into_body();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > most {
        return Err(too_long(most));
    }
    // Of one that is large no second copy is made
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = tokio::time::timeout(patience, body.frame()).await.map_err(|_| Dropped)? {
        if let Ok(data) = frame?.into_data() {
            if data.len() > most - bytes.len() {
                return Err(too_long(most));
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

fn too_long(most: usize) -> Box<dyn std::error::Error + Send + Sync> {
    format!("the body is longer than {most} bytes").into()
}
