//! The one way to the service: a permit, the call with its retries, the log, the error.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aws_sdk_workmail::Client;
use aws_sdk_workmail::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_workmail::operation::RequestId;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::{Error, Place};
use super::trace::{Log, Probe, quiet};

/// What a call is for.
pub(super) struct Call {
    /// The service's name of it.
    pub(super) operation: &'static str,
    /// What is said when it fails, as `the roles could not be listed`.
    pub(super) failed: String,
    /// Does it change something?
    pub(super) write: bool,
    /// Is it a page of a list, behind which the next one waits?
    page: bool,
}

impl Call {
    pub(super) fn read(operation: &'static str, failed: impl Into<String>) -> Self {
        Self { operation, failed: failed.into(), write: false, page: false }
    }

    /// A page of a list: whoever reads the list holds a permit for all of it.
    pub(super) fn list(operation: &'static str, failed: impl Into<String>) -> Self {
        Self { page: true, ..Self::read(operation, failed) }
    }

    pub(super) fn write(operation: &'static str, failed: impl Into<String>) -> Self {
        Self { write: true, ..Self::read(operation, failed) }
    }
}

/// The client, how many calls may be in flight, and where they go.
#[derive(Clone)]
pub(super) struct Api {
    client: Client,
    permits: Arc<Semaphore>,
    place: Arc<Place>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the client, which has the credentials
        f.debug_tuple("Api").field(&self.place).finish()
    }
}

impl Api {
    pub(super) fn new(client: Client, concurrency: usize, place: Place) -> Self {
        let permits = Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)));
        Self { client, permits, place: Arc::new(place) }
    }

    pub(super) fn place(&self) -> &Arc<Place> {
        &self.place
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
        let log = Log::new(call.operation);
        let answer = Box::pin(quiet(send(&self.client, log.probe::<E>()))).await;
        answer.inspect(|output| log.finish("ok", output.request_id())).map_err(|error| {
            let error = Error::from_sdk(call, &error, &log, &self.place);
            log.finish(&error.outcome(), error.request_id());
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
    api: &Api,
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
        match next_page(call, api.place(), token.as_deref(), next)? {
            Some(next) => token = Some(next),
            None => return Ok(all),
        }
    }
}

/// The token to ask the next page with, if there is one.
pub(super) fn next_page(
    call: &Call,
    place: &Arc<Place>,
    asked: Option<&str>,
    next: Option<String>,
) -> Result<Option<String>, Error> {
    match next.filter(|token| !token.is_empty()) {
        Some(next) if asked == Some(next.as_str()) => {
            Err(Error::unexpected(call, place, "the list never ends: a page leads to itself"))
        }
        next => Ok(next),
    }
}

/// The request id of whatever the SDK gives.
pub(super) fn request_id<E>(error: &SdkError<E>) -> Option<String> {
    error.raw_response().and_then(RequestId::request_id).map(str::to_owned)
}
