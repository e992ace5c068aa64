//! What every protocol of the sandbox carries over HTTP.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};

/// A response; or none, where a fault closes the connection.
pub(super) type Reply = Result<Response<Full<Bytes>>, Dropped>;

/// The connection is to be closed without a response.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed")]
pub(super) struct Dropped;

/// The whole body of a request, of at most so many bytes.
///
/// # Errors
/// When it is too long, does not arrive in time, or the client goes away.
pub(super) async fn read_body(
    request: Request<Incoming>,
    most: usize,
    patience: Duration,
) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
    let body = Limited::new(request.into_body(), most).collect();
    Ok(tokio::time::timeout(patience, body).await.map_err(|_| Dropped)??.to_bytes())
}
