//! What every protocol of the sandbox carries over HTTP.

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};

/// No request of the service is longer, in bytes.
const MAX_BODY: usize = 1 << 20;

/// A response; or none, where a fault closes the connection.
pub(super) type Reply = Result<Response<Full<Bytes>>, Dropped>;

/// The connection is to be closed without a response.
#[derive(Debug, thiserror::Error)]
#[error("a fault closed the connection")]
pub(super) struct Dropped;

/// The whole body of a request.
///
/// # Errors
/// When it is too long, or the client goes away.
pub(super) async fn read_body(
    request: Request<Incoming>,
) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Limited::new(request.into_body(), MAX_BODY).collect().await?.to_bytes())
}
