//! What goes wrong at the service or on the way to it: a kind to branch on and a sentence to show.
//!
//! The service's own words are kept verbatim; they may contain control characters, which the
//! caller that prints them removes. Identifiers stand between spaces, so that they can be selected.

pub(super) mod chain;
pub(super) mod classify;
mod kind;
mod message;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_workmail::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_workmail::operation::RequestId;

use self::message::Details;
use super::call::Call;
use super::endpoint::Endpoint;
use super::operation::Operation;

pub(crate) use self::kind::ErrorKind;

/// An error of the service or on the way to it.
///
/// `Display` is one sentence: what could not be done, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.details.sentence(&self.kind))]
pub(crate) struct Error {
    kind: ErrorKind,
    details: Box<Details>,
}

/// How the attempts of a failed call went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempts {
    /// How many were made; 0 when no request was sent, as without credentials.
    pub(super) count: u32,
    /// May one of them have been carried out although no response said so?
    pub(super) outcome_unknown: bool,
}

impl Error {
    /// An error from before any call.
    pub(super) fn local(kind: ErrorKind, message: impl Into<String>, endpoint: &Arc<Endpoint>) -> Self {
        let details =
            Details { message: message.into(), endpoint: Arc::clone(endpoint), ..Details::default() };
        Self { kind, details: Box::new(details) }
    }

    /// A request that is not sent, since the service would refuse it.
    pub(super) fn refused(call: &Call, endpoint: &Arc<Endpoint>, message: impl Into<String>) -> Self {
        Self::of_call(ErrorKind::InvalidParameter, call, endpoint, message.into())
    }

    /// A role that is not written, since nobody knows what would be lost.
    pub(super) fn rules_unknown(call: &Call, endpoint: &Arc<Endpoint>, message: impl Into<String>) -> Self {
        Self::of_call(ErrorKind::RulesUnknown, call, endpoint, message.into())
    }

    /// A response that the service should not give.
    pub(super) fn unexpected(call: &Call, endpoint: &Arc<Endpoint>, message: impl Into<String>) -> Self {
        let mut error = Self::of_call(ErrorKind::UnexpectedResponse, call, endpoint, message.into());
        error.details.outcome_unknown = call.writes();
        error
    }

    fn of_call(kind: ErrorKind, call: &Call, endpoint: &Arc<Endpoint>, message: String) -> Self {
        let details = Details {
            operation: Some(call.operation),
            failed: call.failed.clone(),
            message: message.trim_end().to_owned(),
            endpoint: Arc::clone(endpoint),
            ..Details::default()
        };
        Self { kind, details: Box::new(details) }
    }

    /// A call that nothing answered.
    pub(super) fn silent(
        call: &Call,
        endpoint: &Arc<Endpoint>,
        attempts: Attempts,
        silence: Duration,
    ) -> Self {
        Self::of_call(ErrorKind::Timeout, call, endpoint, format!("nothing for {silence:?}"))
            .made(attempts, call)
    }

    /// A call at which the SDK panicked.
    pub(super) fn panicked(call: &Call, endpoint: &Arc<Endpoint>, attempts: Attempts, place: &str) -> Self {
        let message = sdk_panicked(place);
        Self::of_call(ErrorKind::Configuration, call, endpoint, message).made(attempts, call)
    }

    fn made(mut self, attempts: Attempts, call: &Call) -> Self {
        self.details.attempts = attempts.count;
        self.details.dropped = attempts.outcome_unknown;
        self.details.outcome_unknown = call.writes() && attempts.outcome_unknown;
        self
    }

    /// An error of the SDK, when a call has ended.
    pub(super) fn from_sdk<E>(
        call: &Call,
        error: &SdkError<E>,
        attempts: Attempts,
        endpoint: &Arc<Endpoint>,
    ) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Self::of_failure(call, &classify::Failure::of(error), attempts, endpoint)
    }

    fn of_failure(
        call: &Call,
        failure: &classify::Failure<'_>,
        attempts: Attempts,
        endpoint: &Arc<Endpoint>,
    ) -> Self {
        let (kind, message) = classify::classify(failure, call.operation);
        let mut error = Self::of_call(kind, call, endpoint, message);
        error.details.request_id = failure.response.and_then(RequestId::request_id).map(str::to_owned);
        error.details.retry_after = failure.response.and_then(classify::retry_after);
        error.made(attempts, call)
    }

    /// What to branch on.
    pub(crate) fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What was called; `None` before any call.
    pub(crate) fn operation(&self) -> Option<Operation> {
        self.details.operation
    }

    /// Why it could not be done, without what and how often it was tried.
    pub(crate) fn cause(&self) -> String {
        self.details.cause(&self.kind)
    }

    /// The service's own words, or the system's; may be empty.
    pub(crate) fn message(&self) -> &str {
        &self.details.message
    }

    /// Could the same call succeed a little later? So after throttling, a failure of the service, a
    /// dropped connection and no answer in time.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Throttled | ErrorKind::Service | ErrorKind::Network | ErrorKind::Timeout
        )
    }

    /// How long the service asks to wait, where it says so.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.details.retry_after
    }

    /// How often the service was asked.
    pub(super) fn attempts(&self) -> u32 {
        self.details.attempts
    }

    /// What was called, as `ListUsers`; empty before any call.
    pub(super) fn operation_name(&self) -> &'static str {
        self.details.operation.map_or("", Operation::name)
    }

    /// This error as that of a later attempt.
    #[must_use]
    pub(super) fn after(mut self, earlier: &Self) -> Self {
        self.details.attempts += earlier.details.attempts;
        self.details.dropped |= earlier.details.dropped;
        self.details.outcome_unknown |= earlier.details.outcome_unknown;
        self
    }

    /// The error of one attempt of a change.
    #[cfg(test)]
    pub(super) fn for_test(kind: ErrorKind, outcome_unknown: bool) -> Self {
        let call = Call::new(Operation::UpdateImpersonationRole, "could not update role r");
        let mut error = Self::of_call(kind, &call, &Arc::default(), String::new());
        (error.details.attempts, error.details.outcome_unknown) = (1, outcome_unknown);
        error
    }

    /// The id that AWS Support asks for, where there was a response.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.details.request_id.as_deref()
    }

    /// The profile that is used, unless it is `default`.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.details.endpoint.profile.as_deref()
    }

    /// Does the call go to a URL that the user set, and not to the Region's?
    pub(crate) fn has_custom_endpoint(&self) -> bool {
        self.details.endpoint.custom
    }

    /// May a change have been made although no response said so? False for what reads, and when the
    /// service refused or was never reached; true when, at any attempt, the connection was dropped
    /// or the time ran out after the request was sent, or the service failed with HTTP 5xx.
    pub(crate) fn outcome_unknown(&self) -> bool {
        self.details.outcome_unknown
    }
}

/// What to say where the SDK panicked. The places that are known are those of wrong settings.
pub(super) fn sdk_panicked(place: &str) -> String {
    match place {
        place if place.contains("rustls_provider.rs") => {
            "this machine has no root certificates that can be read (SSL_CERT_FILE, SSL_CERT_DIR or the system's)".into()
        }
        place => format!("the AWS SDK cannot work with the settings of this environment ({place})"),
    }
}

/// Turns the error of this kind, which says that there is none, into `None`.
pub(super) fn optional<T>(result: Result<T, Error>, none: &ErrorKind) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.kind() == none => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(test)]
mod tests;
