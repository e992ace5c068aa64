//! The one way to the service: a permit, the call with its retries, the log, the error.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aws_sdk_workmail::Client;
use aws_sdk_workmail::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_workmail::operation::RequestId;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::call::Call;
use super::endpoint::Endpoint;
use super::error::{Attempts, Error};
use super::trace::{Log, Probe, without_sdk_logs};

/// The client, how many calls may be in flight, and where they go.
#[derive(Clone)]
pub(super) struct ServiceClient {
    client: Client,
    permits: Arc<Semaphore>,
    endpoint: Arc<Endpoint>,
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the client, which has the credentials
        f.debug_tuple("ServiceClient").field(&self.endpoint).finish()
    }
}

impl ServiceClient {
    pub(super) fn new(client: Client, concurrency: usize, endpoint: Endpoint) -> Self {
        let permits = Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)));
        Self { client, permits, endpoint: Arc::new(endpoint) }
    }

    pub(super) fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    /// Waits for a permit. A list takes one for all its pages: they come one after another and are
    /// the longest chain of a command, so that they must not queue behind many single reads.
    pub(super) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed; the guard is all that matters
        self.permits.acquire().await.ok()
    }

    /// Makes one call. The permit is held until the last retry has ended.
    pub(super) async fn call<O, E, F>(
        &self,
        call: &Call,
        send: impl FnOnce(&Client, Probe) -> F,
    ) -> Result<O, Error>
    where
        F: Future<Output = Result<O, SdkError<E>>>,
        O: RequestId,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let _permit = match call.page {
            true => None,
            false => self.permit().await,
        };
        let log = Log::new(call.operation.name());
        let answer = Box::pin(without_sdk_logs(send(&self.client, log.probe::<E>()))).await;
        answer.inspect(|output| log.finish("ok", output.request_id())).map_err(|error| {
            let attempts = Attempts { count: log.attempts(), outcome_unknown: log.outcome_unknown() };
            let error = Error::from_sdk(call, &error, attempts, &self.endpoint);
            // The kind alone, without the service's words
            log.finish(&format!("{:?}", error.kind()), error.request_id());
            error
        })
    }
}

/// Reads a list to its end, a page at a time.
///
/// # Errors
/// When a page cannot be read: a part of a list is never taken for the list. When the service
/// gives the same token twice, so that the list would never end.
pub(super) async fn all_pages<T, F>(
    call: &Call,
    api: &ServiceClient,
    mut page: impl FnMut(Option<String>) -> F,
) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Error>>,
{
    let _permit = api.permit().await;
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let (items, next) = page(token.clone()).await?;
        all.extend(items);
        match next_page(call, api.endpoint(), token.as_deref(), next)? {
            Some(next) => token = Some(next),
            None => return Ok(all),
        }
    }
}

/// The token to ask the next page with, if there is one.
pub(super) fn next_page(
    call: &Call,
    endpoint: &Arc<Endpoint>,
    asked: Option<&str>,
    next: Option<String>,
) -> Result<Option<String>, Error> {
    match next.filter(|token| !token.is_empty()) {
        Some(next) if asked == Some(next.as_str()) => {
            Err(Error::unexpected(call, endpoint, "the list never ends: a page leads to itself"))
        }
        next => Ok(next),
    }
}
