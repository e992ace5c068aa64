//! How often a call is tried, how long it waits in between, and what is not retried.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use aws_sdk_workmail::config::Builder;
use aws_sdk_workmail::config::interceptors::InterceptorContext;
use aws_sdk_workmail::config::retry::{
    ClassifyRetry, RetryAction, RetryConfig, RetryMode, RetryPartition, TokenBucket,
};
use aws_sdk_workmail::operation::create_impersonation_role::CreateImpersonationRoleError;
use aws_sdk_workmail::operation::update_impersonation_role::UpdateImpersonationRoleError;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;

use super::call::TARGET;
use super::error::Error;
use super::error::chain::is_too_long;

/// How often a call is tried in all, unless `AWS_MAX_ATTEMPTS` or the profile says otherwise.
///
/// The AWS CLI's three, with at most one and two seconds of waiting, give up while a list of
/// fifty roles is still being throttled; five wait up to fifteen seconds. A read that is throttled goes on for
/// longer, see [`patient`].
const ATTEMPTS: u32 = 5;
/// The first wait is a random part of this, the next of twice as much, and so on.
const BACKOFF: Duration = Duration::from_secs(1);
const SANDBOX_BACKOFF: Duration = Duration::from_millis(20);
/// What the retries of one run may cost; a retry costs 5, or 10 after a timeout.
///
/// The SDK's 500 protects a service from servers that all retry forever. One run of a command
/// line, with a few calls in flight and jitter, is no such load: reading a large organization must
/// not fail because of mild throttling.
const QUOTA: usize = 100_000;

pub(super) fn quota() -> RetryPartition {
    RetryPartition::custom("wmrole").token_bucket(TokenBucket::new(QUOTA)).build()
}

/// The settings of a call that the SDK makes once.
pub(super) fn never() -> Builder {
    Builder::default().retry_config(RetryConfig::disabled())
}

/// The attempts of a call that the SDK does not repeat: how many, and how long to wait in between, as
/// configured. Each wait is a random part of a time that doubles, so that many clients do not come
/// back at once.
#[derive(Debug)]
pub(crate) struct Backoff {
    most: u32,
    next: Duration,
    longest: Duration,
    failed: Option<Error>,
    repeated: Arc<AtomicU32>,
}

impl Backoff {
    pub(super) fn new(retries: Option<&RetryConfig>, repeated: Arc<AtomicU32>) -> Self {
        let standard = RetryConfig::standard();
        let retries = retries.unwrap_or(&standard);
        let (most, next, longest) =
            (retries.max_attempts(), retries.initial_backoff(), retries.max_backoff());
        Self { most, next, longest, failed: None, repeated }
    }

    /// Waits until the call may be made again, after `error`.
    ///
    /// # Errors
    /// The error, when it is not [transient](Error::is_transient) or the attempts are used up; it then
    /// counts all attempts, and its outcome is unknown where that of any attempt is.
    pub(crate) async fn wait(&mut self, error: Error) -> Result<(), Error> {
        let error = match self.failed.take() {
            Some(earlier) => error.after(&earlier),
            None => error,
        };
        if !error.is_transient() || error.attempts() >= self.most {
            return Err(error);
        }
        let wait = error.retry_after().unwrap_or_else(|| part_of(self.next)).min(self.longest);
        self.next = self.next.saturating_mul(2).min(self.longest);
        let (operation, attempt) = (error.operation_name(), error.attempts() + 1);
        let reason = format!("{:?}", error.kind());
        tracing::info!(target: TARGET, operation, attempt, reason, "asking again");
        self.failed = Some(error);
        self.repeated.fetch_add(1, Relaxed);
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// The settings of a call that is throttled and to be made once more, after so many attempts; `None` where they
/// allow it already, or nothing is retried.
pub(super) fn patient(retries: &RetryConfig, attempts: u32) -> Option<RetryConfig> {
    (retries.has_retry() && attempts >= retries.max_attempts())
        .then(|| retries.clone().with_max_attempts(attempts.saturating_add(1)))
}

/// Anything from nothing to all of it.
fn part_of(time: Duration) -> Duration {
    // The hasher's keys are random, and no other source is at hand
    let random = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or(u32::MAX);
    time.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

pub(super) fn of_sandbox() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(SANDBOX_BACKOFF)
}

/// So many attempts, soon after one another.
pub(super) fn at_most(attempts: u32) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(BACKOFF / 4)
}

/// Retries as they are configured for the AWS CLI. `setting` takes an environment variable and a
/// profile's key, and gives the name and the value of the one that is set.
///
/// # Errors
/// A sentence that names the wrong setting, at which the SDK itself would panic.
pub(super) fn configured(
    setting: impl Fn(&'static str, &'static str) -> Option<(&'static str, String)>,
) -> Result<RetryConfig, String> {
    let attempts = match setting("AWS_MAX_ATTEMPTS", "max_attempts") {
        None => ATTEMPTS,
        Some((name, value)) => match value.trim().parse() {
            Ok(attempts @ 1..) => attempts,
            _ => return Err(format!("{name} is {value:?}, not a number from 1")),
        },
    };
    let mode = match setting("AWS_RETRY_MODE", "retry_mode") {
        None => RetryMode::Standard,
        Some((name, value)) => match value.trim().to_ascii_lowercase().as_str() {
            // The AWS CLI's older mode, which the SDK does not have
            "standard" | "legacy" => RetryMode::Standard,
            "adaptive" => RetryMode::Adaptive,
            _ => return Err(format!("{name} is {value:?}, not standard, adaptive or legacy")),
        },
    };
    let retries = RetryConfig::standard().with_retry_mode(mode).with_max_attempts(attempts);
    Ok(retries.with_initial_backoff(BACKOFF))
}

/// Forbids retries of what waiting does not change. The SDK takes every `LimitExceededException` for
/// throttling; here it says that there are too many roles. An answer that is too long would be as long again.
#[derive(Debug)]
pub(super) struct NotAgain;

impl ClassifyRetry for NotAgain {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let too_long = error.is_some_and(|error| is_too_long(error));
        let quota = error.and_then(|error| error.as_operation_error()).is_some_and(|error| {
            let create = error.downcast_ref::<CreateImpersonationRoleError>();
            let update = error.downcast_ref::<UpdateImpersonationRoleError>();
            create.is_some_and(CreateImpersonationRoleError::is_limit_exceeded_exception)
                || update.is_some_and(UpdateImpersonationRoleError::is_limit_exceeded_exception)
        });
        if quota || too_long { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "not again"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // After all of the SDK's own, which it overrules
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workmail::ErrorKind;

    fn with(settings: &[(&str, &str)]) -> Result<RetryConfig, String> {
        configured(|variable, _| {
            let value = settings.iter().find(|(name, _)| *name == variable)?.1;
            Some((variable, value.to_owned()))
        })
    }

    #[tokio::test]
    async fn the_waits_end_with_the_attempts_and_count_them() {
        let mut backoff = Backoff::new(Some(&of_sandbox()), Arc::default());
        for attempt in 1..ATTEMPTS {
            backoff.wait(Error::for_test(ErrorKind::Throttled, attempt == 2)).await.expect("another attempt");
        }
        let error = backoff.wait(Error::for_test(ErrorKind::Throttled, false)).await.expect_err("the last");
        assert_eq!((error.attempts(), backoff.next), (ATTEMPTS, SANDBOX_BACKOFF * 16));
        assert!(error.outcome_unknown(), "that of the second is");
    }

    #[tokio::test]
    async fn what_waiting_does_not_change_is_not_waited_for() {
        for kind in [ErrorKind::LimitExceeded, ErrorKind::RoleNotFound, ErrorKind::UnexpectedResponse] {
            let mut backoff = Backoff::new(None, Arc::default());
            let error = backoff.wait(Error::for_test(kind, false)).await.expect_err("at once");
            assert_eq!(error.attempts(), 1);
        }
    }

    #[test]
    fn patience_is_one_attempt_more_unless_nothing_is_retried() {
        let attempts = |retries, attempts| patient(&retries, attempts).map(|retries| retries.max_attempts());
        assert_eq!(attempts(of_sandbox(), ATTEMPTS - 1), None);
        assert_eq!(attempts(of_sandbox(), ATTEMPTS), Some(ATTEMPTS + 1));
        assert_eq!(attempts(with(&[("AWS_MAX_ATTEMPTS", "1")]).expect("valid"), 1), None);
        assert_eq!(attempts(RetryConfig::disabled(), 1), None);
    }

    #[test]
    fn nothing_configured_is_five_attempts() {
        let retries = with(&[]).expect("a default");
        assert_eq!((retries.max_attempts(), retries.mode()), (5, RetryMode::Standard));
    }

    #[test]
    fn the_settings_of_the_aws_cli_count() {
        let retries = with(&[("AWS_MAX_ATTEMPTS", "2"), ("AWS_RETRY_MODE", "adaptive")]).expect("valid");
        assert_eq!((retries.max_attempts(), retries.mode()), (2, RetryMode::Adaptive));
        assert_eq!(
            with(&[("AWS_RETRY_MODE", "legacy")]).map(|retries| retries.mode()),
            Ok(RetryMode::Standard)
        );
    }

    #[test]
    fn a_setting_that_is_wrong_is_named() {
        for value in ["0", "-1", "many"] {
            let error = with(&[("AWS_MAX_ATTEMPTS", value)]).expect_err("invalid");
            assert_eq!(error, format!("AWS_MAX_ATTEMPTS is {value:?}, not a number from 1"));
        }
        assert!(with(&[("AWS_RETRY_MODE", "never")]).is_err());
    }
}
