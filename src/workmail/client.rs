//! The one way to the service: a permit, the call with its retries, the log, the error.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use aws_sdk_workmail::Client;
use aws_sdk_workmail::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_workmail::operation::RequestId;

use super::call::{Call, TARGET};
use super::convert::UnexpectedField;
use super::endpoint::Endpoint;
use super::error::{Attempts, Error};
use super::guard::{Panicked, Sending, guarded};
use super::limits::Limits;
use super::notice::{Listener, Notice};
use super::operation::Operation;
use super::options::Options;
use super::pace::{Permit, Permits};
use super::retry::Backoff;
use super::trace::{Log, Probe, without_sdk_logs};
use crate::id::RoleId;
use crate::role::LiveRole;

/// The SDK's client, how many calls may be in flight, and where they go.
#[derive(Clone)]
pub(super) struct ServiceClient {
    sdk: Client,
    permits: Arc<Permits>,
    endpoint: Arc<Endpoint>,
    counts: Arc<Counts>,
    limits: Limits,
    listener: Listener,
    /// When anything was last heard, and whether the silence since then was told.
    heard: Arc<Mutex<(Instant, bool)>>,
    without_rules: Arc<Mutex<BTreeSet<RoleId>>>,
}

/// How many calls were made, counting each attempt; said when the last one who could make one is gone.
#[derive(Debug, Default)]
struct Counts {
    calls: AtomicU32,
    /// Of these, those that repeat one.
    repeated: Arc<AtomicU32>,
}

impl Drop for Counts {
    fn drop(&mut self) {
        let (calls, repeated) = (self.calls.load(Relaxed), self.repeated.load(Relaxed));
        tracing::info!(target: TARGET, calls, repeated, "all calls");
    }
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the SDK's client, which has the credentials
        f.debug_tuple("ServiceClient").field(&self.endpoint).finish()
    }
}

/// Makes a call: `send!(client, &call, describe_user().organization_id(id).user_id(name)).await`.
///
/// A macro, since every operation of the SDK has a builder type of its own and they share no trait.
macro_rules! send {
    ($client:expr, $call:expr, $($request:tt)+) => {
        $client.call($call, |sdk, probe| sdk.$($request)+.customize().interceptor(probe).send())
    };
}
pub(super) use send;

/// As [`send!`], and never retried by the SDK: between its attempts nobody could look whether the role
/// has changed. Whoever calls it decides about another attempt, with a [`Backoff`].
macro_rules! send_once {
    ($client:expr, $call:expr, $($request:tt)+) => {
        $client.call($call, |sdk, probe| {
            sdk.$($request)+.customize().config_override($crate::workmail::retry::never()).interceptor(probe).send()
        })
    };
}
pub(super) use send_once;

impl ServiceClient {
    pub(super) fn new(sdk: Client, options: &Options, endpoint: Endpoint) -> Self {
        Self {
            sdk,
            permits: Arc::new(Permits::new(options.concurrency)),
            endpoint: Arc::new(endpoint),
            counts: Arc::default(),
            limits: options.limits,
            listener: options.listener.clone(),
            heard: Arc::new(Mutex::new((Instant::now(), false))),
            without_rules: Arc::default(),
        }
    }

    /// Keeps whether the rules of a role that was read are known, and says once where they are not.
    pub(super) fn keep_rules_known(&self, live: &LiveRole) {
        let mut without_rules = self.without_rules.lock().unwrap_or_else(PoisonError::into_inner);
        if !live.rules_unknown {
            without_rules.remove(&live.id);
        } else if without_rules.insert(live.id.clone()) {
            drop(without_rules);
            let (id, name) = (&live.id, &live.role.name);
            self.listener.hear(Notice::Warning(format!(
                "the rules of role {name} ({id}) are not known: {} gave no list of them, and whom it reaches is not known either",
                Operation::GetImpersonationRole.name()
            )));
        }
    }

    /// Says how many items a page brought.
    pub(super) fn heard_items(&self, item: &'static str, count: usize) {
        self.listener.hear(Notice::Read(item, count));
    }

    /// Was the role last read without a list of rules?
    pub(super) fn are_rules_unknown(&self, id: &RoleId) -> bool {
        self.without_rules.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// The same, for calls that go elsewhere.
    pub(super) fn at(&self, endpoint: Endpoint) -> Self {
        Self { endpoint: Arc::new(endpoint), ..self.clone() }
    }

    pub(super) fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    /// The waits between the attempts of a call that is sent with [`send_once!`], as the SDK would
    /// wait.
    pub(super) fn backoff(&self) -> Backoff {
        Backoff::new(self.sdk.config().retry_config(), Arc::clone(&self.counts.repeated))
    }

    /// Waits for a permit. A list takes one for all its pages: they come one after another and are
    /// the longest chain of a command, so that they must not queue behind many single reads.
    pub(super) async fn permit(&self) -> Permit<'_> {
        self.permits.take().await
    }

    /// How many calls may be in flight when nothing is throttled.
    pub(super) fn concurrency(&self) -> usize {
        self.permits.most()
    }

    /// Makes one call; see [`send!`]. The permit is held until the last retry has ended.
    pub(super) async fn call<O, E, F>(
        &self,
        call: &Call,
        send: impl FnOnce(&Client, Probe) -> F,
    ) -> Result<O, Error>
    where
        F: Future<Output = Result<O, SdkError<E>>> + Send,
        O: RequestId + Send,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let _permit = match call.page {
            true => None,
            false => Some(self.permit().await),
        };
        let log = Log::new(call.operation, &self.permits, self.limits.throttled);
        // One type of future for all operations: the code that watches it is there once
        let mut response = None;
        let sending = send(&self.sdk, log.probe::<E>());
        let sending: Sending<'_> = Box::pin(async { response = Some(sending.await) });
        let watched = self.watch(call, &log, sending).await;
        self.counts.calls.fetch_add(log.attempts(), Relaxed);
        self.counts.repeated.fetch_add(log.attempts().saturating_sub(1), Relaxed);
        log.ahead().into_iter().for_each(|ahead| _ = self.endpoint.seen.ahead.get_or_init(|| ahead));
        watched?;
        let Some(response) = response else {
            return Err(Error::panicked(call, &self.endpoint, log.cut_off(), "no response"));
        };
        response.inspect(|output| log.finish("ok", output.request_id())).map_err(|error| {
            let attempts = Attempts { count: log.attempts(), outcome_unknown: log.outcome_unknown() };
            let error = Error::from_sdk(call, &error, attempts, &self.endpoint);
            // The kind alone, without the service's words
            log.finish(&format!("{:?}", error.kind()), error.request_id());
            error
        })
    }

    /// Waits for a call, says what is waited for when nothing answers, and gives up in the end.
    ///
    /// # Errors
    /// When nothing answers, or the SDK panics.
    async fn watch(&self, call: &Call, log: &Log, sending: Sending<'_>) -> Result<(), Error> {
        let mut sending = guarded(Box::pin(without_sdk_logs(sending)));
        let Limits { notice, silence, .. } = self.limits;
        let started = Instant::now();
        loop {
            let heard = log.heard().unwrap_or(started);
            let (heard_by_any, told) = *self.heard();
            let quiet = heard.max(heard_by_any);
            let (give_up, tell) = (heard + silence, quiet + notice);
            let wake = if told { give_up } else { give_up.min(tell) };
            tokio::select! {
                biased;
                done = &mut sending => {
                    *self.heard() = (Instant::now(), false);
                    return done.map_err(|Panicked(place)| {
                        log.finish("panicked", None);
                        Error::panicked(call, &self.endpoint, log.cut_off(), &place)
                    });
                }
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            if wake == give_up && log.heard().unwrap_or(started) == heard {
                log.finish("no answer", None);
                return Err(Error::silent(call, &self.endpoint, log.cut_off(), silence));
            }
            let mut state = self.heard();
            if wake == tell && *state == (heard_by_any, false) && log.heard().unwrap_or(started) == heard {
                state.1 = true;
                drop(state);
                let seconds = notice.as_secs();
                let what = match log.was_sent() {
                    true => format!("{} from {}", call.operation.name(), self.endpoint.url),
                    false => "AWS credentials".to_owned(),
                };
                self.listener.hear(Notice::Waiting(format!("{what} ({seconds} s)")));
            }
        }
    }

    fn heard(&self) -> MutexGuard<'_, (Instant, bool)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A response with a field that the service does not document.
    pub(super) fn unexpected(&self, call: &Call, field: UnexpectedField) -> Error {
        Error::unexpected(call, &self.endpoint, field)
    }
}
