//! A request of somebody else, sent with a role's token: both bodies are streamed, and how long it takes is for who asks
//! to say.

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::{Request, Response};

use super::client::{EwsClient, bearer};
use super::outcome::Failure;
use crate::workmail::Token;

/// A body that arrives while it is read.
pub(crate) type Body = SdkBody;
/// What may be wrong with a body.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

impl EwsClient {
    /// Sends a request with these headers and this body, once, and gives the response as it begins.
    ///
    /// # Errors
    /// Where no response begins.
    pub(crate) async fn forward(
        &self,
        token: &Token,
        headers: HeaderMap,
        body: Body,
    ) -> Result<Response<Body>, Failure> {
        let request = self.forwarded(token, headers, body).map_err(Failure::NoConnection)?;
        let response = self.connector.call(request).await.map_err(|error| self.unanswered(error))?;
        response.try_into_http1x().map_err(|error| Failure::Dropped(error.to_string()))
    }

    fn forwarded(&self, token: &Token, headers: HeaderMap, body: Body) -> Result<HttpRequest, String> {
        let mut request = Request::post(&self.url).body(body).map_err(|error| error.to_string())?;
        *request.headers_mut() = headers;
        request.headers_mut().insert(AUTHORIZATION, bearer(token)?);
        HttpRequest::try_from(request).map_err(|error| error.to_string())
    }
}
