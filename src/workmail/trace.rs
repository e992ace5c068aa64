//! What each call leaves in the log: operation, duration, attempts, outcome and request id. Never a
//! body, a header or a token.
//!
//! The SDK's own events are dropped at every level while it works for a call
//! ([`without_sdk_logs`]): at trace they show whole requests, and a later version may show more. The
//! HTTP client's events about its connections in the background have sizes and no content; the
//! subscriber filters them by the target `wmrole::api`, which all events of this room have.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_workmail::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_sdk_workmail::config::retry::RetryConfig;
use aws_sdk_workmail::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_workmail::error::{BoxError, ProvideErrorMetadata};
use aws_sdk_workmail::operation::RequestId;
use aws_smithy_runtime_api::client::interceptors::context::Error as ErasedError;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;
use jiff::Timestamp;
use tracing::instrument::WithSubscriber;
use tracing::{Dispatch, dispatcher};

use super::call::{DETAIL, TARGET};
use super::convert::http_date;
use super::error::Attempts;
use super::error::chain::{MOST_BYTES, is_connect};
use super::error::classify::is_throttling;
use super::operation::{Operation, OperationKind};
use super::pace::{Permits, Round};
use super::retry;

/// Runs a future of the SDK without a subscriber for its events.
pub(super) async fn without_sdk_logs<F: Future>(future: F) -> F::Output {
    future.with_subscriber(Dispatch::none()).await
}

/// Reads the service's code out of an error that the SDK has erased the type of.
type CodeOf = fn(&ErasedError) -> Option<String>;

fn code_of<E: ProvideErrorMetadata + StdError + Send + Sync + 'static>(
    error: &ErasedError,
) -> Option<String> {
    error.downcast_ref::<E>()?.code().map(str::to_owned)
}

/// What is known of a call so far.
#[derive(Debug, Default)]
struct Progress {
    attempts: u32,
    attempt_started: Option<Instant>,
    sent: bool,
    in_flight: bool,
    outcome_unknown: bool,
    heard: Option<Instant>,
    ahead: Option<i64>,
    failure: Option<String>,
    round: Round,
}

/// The record of one call, over all its attempts.
#[derive(Debug)]
pub(super) struct Log {
    operation: &'static str,
    started: Instant,
    // Events are sent here, since the SDK's futures run without a subscriber
    listener: Dispatch,
    progress: Mutex<Progress>,
    permits: Arc<Permits>,
    /// How long to go on while throttled, whatever the number of attempts.
    patience: Duration,
}

impl Log {
    /// `throttled` is how long a read may be throttled; the attempts of others are counted.
    pub(super) fn new(operation: Operation, permits: &Arc<Permits>, throttled: Duration) -> Arc<Self> {
        let reads = operation.kind() == OperationKind::Read;
        Arc::new(Self {
            operation: operation.name(),
            started: Instant::now(),
            listener: dispatcher::get_default(Dispatch::clone),
            progress: Mutex::default(),
            permits: Arc::clone(permits),
            patience: if reads { throttled } else { Duration::ZERO },
        })
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often the service was asked; 0 when the request was never made, as without credentials.
    pub(super) fn attempts(&self) -> u32 {
        self.progress().attempts
    }

    /// May some attempt have been carried out although no response said so?
    pub(super) fn outcome_unknown(&self) -> bool {
        self.progress().outcome_unknown
    }

    /// When a response last came.
    pub(super) fn heard(&self) -> Option<Instant> {
        self.progress().heard
    }

    /// By how many seconds this machine's clock is ahead of the time that the last answer said.
    pub(super) fn ahead(&self) -> Option<i64> {
        self.progress().ahead
    }

    /// Was any attempt sent? Not while credentials are missing.
    pub(super) fn was_sent(&self) -> bool {
        let progress = self.progress();
        progress.sent || progress.attempts > 1
    }

    /// How the attempts went when nobody waits for the present one any longer.
    pub(super) fn cut_off(&self) -> Attempts {
        let progress = self.progress();
        let Progress { attempts, in_flight, outcome_unknown, .. } = *progress;
        Attempts { count: attempts, outcome_unknown: outcome_unknown || in_flight }
    }

    /// The interceptor for one call whose errors are of type `E`.
    pub(super) fn probe<E: ProvideErrorMetadata + StdError + Send + Sync + 'static>(
        self: &Arc<Self>,
    ) -> Probe {
        Probe { log: self.clone(), code_of: code_of::<E> }
    }

    /// Logs how the whole call ended.
    pub(super) fn finish(&self, outcome: &str, request_id: Option<&str>) {
        let (operation, attempts) = (self.operation, self.attempts());
        let ms = milliseconds(self.started);
        tracing::info!(target: DETAIL, operation, ms, attempts, outcome, request_id, "call");
    }

    fn begin_attempt(&self) {
        let mut progress = self.progress();
        progress.attempts += 1;
        progress.attempt_started = Some(Instant::now());
        progress.sent = false;
        progress.round = self.permits.round();
        let (operation, attempt) = (self.operation, progress.attempts);
        if let Some(reason) = progress.failure.take() {
            dispatcher::with_default(&self.listener, || {
                tracing::info!(target: TARGET, operation, attempt, reason, "asking again");
            });
        }
    }

    fn end_attempt(&self, outcome: &Outcome<'_>) {
        let mut progress = self.progress();
        progress.outcome_unknown |= progress.sent && outcome.unknown;
        progress.failure = outcome.failure.clone();
        progress.heard = outcome.status.map(|_| Instant::now()).or(progress.heard);
        let ahead = outcome.date.map(|date| Timestamp::now().as_second() - date.as_second());
        progress.ahead = ahead.or(progress.ahead);
        // It ended: what is cut off later is another attempt, or the wait for it
        progress.in_flight = false;
        let (operation, attempt) = (self.operation, progress.attempts);
        let ms = progress.attempt_started.map(milliseconds);
        let said = outcome.failure.as_deref().unwrap_or("ok");
        let (status, request_id) = (outcome.status, outcome.request_id);
        let round = progress.round;
        drop(progress);
        dispatcher::with_default(&self.listener, || {
            tracing::info!(target: DETAIL, operation, attempt, ms, status, outcome = said, request_id, "attempt");
            self.keep_pace(outcome, round);
        });
    }

    /// Fewer calls in flight when this one was throttled, more again when it was answered. No answer and a failure
    /// of the service say nothing of either.
    fn keep_pace(&self, outcome: &Outcome<'_>, round: Round) {
        if outcome.throttled {
            if let Some(in_flight) = self.permits.throttled(round) {
                tracing::info!(target: TARGET, in_flight, "throttled: fewer calls at once");
            }
        } else if outcome.status.is_some_and(|status| status < 500)
            && let Some(in_flight) = self.permits.answered(round)
        {
            if in_flight == self.permits.most() {
                tracing::info!(target: TARGET, in_flight, "no longer throttled: all calls at once again");
            } else {
                tracing::info!(target: DETAIL, in_flight, "answered: more calls at once");
            }
        }
    }

    /// Is one more attempt made at what is throttled, however many there were?
    fn is_patient(&self) -> bool {
        self.started.elapsed() < self.patience
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// How one attempt ended.
struct Outcome<'a> {
    status: Option<u16>,
    request_id: Option<&'a str>,
    date: Option<Timestamp>,
    failure: Option<String>,
    unknown: bool,
    throttled: bool,
}

impl<'a> Outcome<'a> {
    fn of(context: &'a FinalizerInterceptorContextRef<'_>, code_of: CodeOf) -> Self {
        let response = context.response();
        let status = response.map(|response| response.status().as_u16());
        let request_id = response.and_then(RequestId::request_id);
        let date = response.and_then(|response| http_date(response.headers().get("date")?));
        let Some(Err(error)) = context.output_or_error() else {
            return Self { status, request_id, date, failure: None, unknown: false, throttled: false };
        };
        let code = error.as_operation_error().and_then(code_of);
        let throttled =
            status.is_some_and(|status| is_throttling(code.as_deref().unwrap_or_default(), status));
        let unknown = match status {
            Some(status) => !throttled && !(300..500).contains(&status),
            None => !error.as_connector_error().is_some_and(|error| is_connect(error)),
        };
        let failure = code.unwrap_or_else(|| match status {
            Some(status) => format!("HTTP {status}"),
            None if error.is_timeout_error() => "timeout".into(),
            None if error.is_connector_error() => "no connection".into(),
            None => "not sent".into(),
        });
        Self { status, request_id, date, failure: Some(failure), unknown, throttled }
    }
}

/// The interceptor that records the attempts of a call.
#[derive(Debug)]
pub(super) struct Probe {
    log: Arc<Log>,
    code_of: CodeOf,
}

impl Intercept for Probe {
    fn name(&self) -> &'static str {
        "wmrole"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.log.begin_attempt();
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut progress = self.log.progress();
        (progress.sent, progress.in_flight) = (true, true);
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = std::mem::replace(context.response_mut().body_mut(), SdkBody::taken());
        *context.response_mut().body_mut() = SdkBody::from_body_1_x(Limited::new(body, MOST_BYTES));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let outcome = Outcome::of(context, self.code_of);
        self.log.end_attempt(&outcome);
        if outcome.throttled && self.log.is_patient() {
            // The SDK counts attempts, and asks for the settings anew after each
            let retries = config.load::<RetryConfig>();
            if let Some(retries) = retries.and_then(|retries| retry::patient(retries, self.log.attempts())) {
                config.interceptor_state().store_put(retries);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use serde_json::json;
    use tracing::Level;
    use tracing::subscriber::DefaultGuard;

    use super::*;
    use crate::id::{RoleId, UserId};
    use crate::testing::mock_service::{MockResponse, MockService, replying};

    /// Everything that anybody logs on this thread, at every level.
    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<u8>>>);

    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Heard {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().expect("no panic")).into_owned()
        }
    }

    fn listen() -> (Heard, (DefaultGuard, Dispatch)) {
        let heard = Heard::default();
        let writer = heard.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        // With a single listener, an event that another test's thread meets first is off for good
        let second = Dispatch::new(tracing_subscriber::registry());
        (heard, (tracing::subscriber::set_default(subscriber), second))
    }

    #[tokio::test]
    async fn no_level_shows_a_token_or_what_the_sdk_logs() {
        let (heard, _listening) = listen();
        let service = replying(MockResponse::ok(json!({"Token": "s3cr3t", "ExpiresIn": 900}))).await;
        service.writer().await.assume(&RoleId::from_service("r")).await.expect("a token");
        let text = heard.text();
        assert!(text.contains("AssumeImpersonationRole"), "{text}");
        for secret in
            ["s3cr3t", "aws_sdk", "orchestrator", "ImpersonationRoleId", "uthorization", "Credential"]
        {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }

    #[tokio::test]
    async fn each_attempt_and_the_call_are_told_with_their_request() {
        let (heard, _listening) = listen();
        let service = MockService::start(|request| match request.nth {
            0 => MockResponse::error("ThrottlingException", "slow down"),
            _ => MockResponse::ok(json!({"Roles": []})),
        })
        .await;
        service.reader().await.roles().await.expect("the second attempt");
        let text = heard.text();
        let lines: Vec<_> = text.lines().filter(|line| line.contains(" operation=")).collect();
        let expected = [
            [
                "INFO wmrole::detail",
                "attempt operation=\"ListImpersonationRoles\" attempt=1",
                "outcome=\"ThrottlingException\"",
            ],
            [
                "INFO wmrole::api",
                "asking again operation=\"ListImpersonationRoles\" attempt=2",
                "reason=\"ThrottlingException\"",
            ],
            [
                "INFO wmrole::detail",
                "attempt operation=\"ListImpersonationRoles\" attempt=2",
                "status=200 outcome=\"ok\"",
            ],
            [
                "INFO wmrole::detail",
                "call operation=\"ListImpersonationRoles\"",
                "attempts=2 outcome=\"ok\" request_id=\"request-1\"",
            ],
        ];
        assert_eq!(lines.len(), expected.len(), "{text}");
        for (line, parts) in lines.iter().zip(expected) {
            assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        }
        assert!(!text.contains("slow down"), "{text}");
    }

    #[tokio::test]
    async fn a_failed_call_tells_how_it_ended() {
        let (heard, _listening) = listen();
        let service = replying(MockResponse::error("AccessDeniedException", "User: arn")).await;
        service.reader().await.roles().await.expect_err("denied");
        let text = heard.text();
        assert!(text.contains("attempts=1 outcome=\"AccessDenied"), "{text}");
    }

    #[tokio::test]
    async fn calls_in_flight_are_fewer_after_throttling_and_as_many_again_after_answers() {
        let (heard, _listening) = listen();
        // The first attempts at three mailboxes, which are begun together
        let unlucky = Mutex::new(vec!["u0", "u1", "u2"]);
        let service = MockService::start(move |request| {
            let mut unlucky = unlucky.lock().expect("no panic");
            match unlucky.iter().position(|mailbox| request.body["EntityId"] == **mailbox) {
                Some(at) => {
                    unlucky.remove(at);
                    MockResponse::error("ThrottlingException", "slow down")
                }
                None => MockResponse::ok(json!({"Permissions": []})),
            }
        })
        .await;
        let reader = service.reader().await;
        let mailboxes: Vec<_> = (0..60).map(|n| UserId::from_service(format!("u{n}"))).collect();
        let lists = mailboxes.iter().map(|mailbox| reader.mailbox_permissions(mailbox));
        futures::future::try_join_all(lists).await.expect("all lists");
        let text = heard.text();
        let numbers: Vec<_> = text
            .lines()
            .filter_map(|line| line.split_once(" in_flight="))
            .map(|(what, number)| (what.contains(" INFO wmrole::api:"), number))
            .collect();
        assert_eq!(numbers, [(true, "4"), (false, "5"), (false, "6"), (false, "7"), (true, "8")], "{text}");
    }
}
