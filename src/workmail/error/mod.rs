//! What went wrong at the service or on the way to it, as a kind to branch on and a sentence.
//!
//! The service's own words are kept verbatim; they may contain control characters, which whoever
//! prints them takes out. Identifiers stand between spaces, so that they can be selected.

pub(super) mod message;

use std::sync::Arc;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_workmail::error::{ProvideErrorMetadata, SdkError};

use super::client::{Call, request_id};
use super::trace::{Log, chain, is_connect};

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// No credentials were found, or those that are configured could not be had.
    NoCredentials,
    /// The credentials, or the single sign-on session behind them, have expired.
    ExpiredCredentials,
    /// AWS does not accept the credentials, or the clock is wrong.
    InvalidCredentials,
    /// IAM does not allow the action.
    AccessDenied {
        /// As IAM names it: `workmail:ListUsers`.
        action: String,
    },
    /// There is no such organization in the Region, for these credentials.
    OrganizationNotFound,
    /// The organization is not active.
    OrganizationState,
    /// There is no such impersonation role.
    RoleNotFound,
    /// There is no such user, group or resource.
    EntityNotFound,
    /// The user, group or resource is not in a state for it, as when it is disabled.
    EntityState,
    /// The service, or this room before it, refuses what was sent.
    InvalidParameter,
    /// A quota is used up.
    LimitExceeded,
    /// Asked too often, retries included.
    Throttled,
    /// No connection, or it was dropped.
    Network,
    /// No answer in time.
    Timeout,
    /// The service failed (HTTP 5xx).
    Service,
    /// No Region was given or configured.
    NoRegion,
    /// The Region has no WorkMail.
    WrongRegion,
    /// The named profile is in no configuration file.
    NoProfile,
    /// An option, an environment variable or a configuration file is wrong.
    Configuration,
    /// Several organizations could be meant.
    AmbiguousOrganization,
    /// The account has no active organization in the Region.
    NoOrganization,
    /// The answer is not one that the service documents.
    UnexpectedAnswer,
    /// A code that has no kind here, in the service's spelling.
    Other(String),
}

/// Where calls go, for messages.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) region: String,
    pub(super) endpoint: String,
    pub(super) profile: Option<String>,
    /// Is the endpoint one that the user gave?
    pub(super) custom: bool,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) operation: Option<&'static str>,
    /// What could not be done, as `the roles could not be listed`; empty before any call.
    pub(super) failed: String,
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    pub(super) attempts: u32,
    pub(super) outcome_unknown: bool,
    /// Was some attempt sent, and not answered?
    pub(super) dropped: bool,
    pub(super) place: Arc<Place>,
}

/// An error of the service or on the way to it.
///
/// `Display` is one sentence: what could not be done, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub(crate) struct Error {
    pub(super) kind: ErrorKind,
    pub(super) inner: Box<Inner>,
}

impl Error {
    /// An error from before any call.
    pub(super) fn local(kind: ErrorKind, message: impl Into<String>, place: &Arc<Place>) -> Self {
        let inner = Inner { message: message.into(), place: place.clone(), ..Inner::default() };
        Self { kind, inner: Box::new(inner) }
    }

    /// A request that is not made, since the service would refuse it.
    pub(super) fn refused(call: &Call, place: &Arc<Place>, message: impl Into<String>) -> Self {
        Self::of_call(ErrorKind::InvalidParameter, call, place, message.into())
    }

    /// An answer that the service should not give.
    pub(super) fn unexpected(call: &Call, place: &Arc<Place>, message: impl Into<String>) -> Self {
        let mut error = Self::of_call(ErrorKind::UnexpectedAnswer, call, place, message.into());
        error.inner.outcome_unknown = call.write;
        error
    }

    fn of_call(kind: ErrorKind, call: &Call, place: &Arc<Place>, message: String) -> Self {
        let inner = Inner {
            operation: Some(call.operation),
            failed: call.failed.clone(),
            message: message.trim_end().to_owned(),
            place: place.clone(),
            ..Inner::default()
        };
        Self { kind, inner: Box::new(inner) }
    }

    /// What the SDK says. Its `Debug` is never used: it contains whole responses.
    pub(super) fn from_sdk<E>(call: &Call, error: &SdkError<E>, log: &Log, place: &Arc<Place>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        // What a parser says of an answer may quote it, and it may hold a token
        let unreadable = error.raw_response().map(|raw| raw.status()).filter(|status| status.is_success());
        let causes = chain(error).map(ToString::to_string);
        let causes: Vec<_> = if unreadable.is_some() { causes.take(1).collect() } else { causes.collect() };
        let innermost = causes.last().cloned().unwrap_or_default();
        let (kind, message) = match (error, unreadable) {
            (_, Some(status)) => {
                let message = format!("HTTP {} with a body that is not as documented", status.as_u16());
                (ErrorKind::UnexpectedAnswer, message)
            }
            (SdkError::ServiceError(service), None) => {
                let (code, status) = (service.err().code(), service.raw().status().as_u16());
                let message = service.err().message().unwrap_or_default().to_owned();
                (of_code(code.unwrap_or_default(), status, call.operation), message)
            }
            (SdkError::ResponseError(_), None) => (ErrorKind::UnexpectedAnswer, innermost),
            (SdkError::TimeoutError(_), None) => (ErrorKind::Timeout, innermost),
            (error, None) => of_dispatch(error, innermost),
        };
        let mut failure = Self::of_call(kind, call, place, message);
        let inner = &mut failure.inner;
        inner.request_id = request_id(error);
        inner.attempts = log.attempts();
        inner.dropped = log.outcome_unknown();
        inner.outcome_unknown = call.write && inner.dropped;
        failure
    }

    /// What went wrong, to branch on.
    pub(crate) fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The service's name of the operation; `None` when it failed before any.
    #[cfg(test)]
    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// The service's own words, or the system's; may be empty.
    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.inner.message
    }

    /// The id that AWS Support asks for, where there was an answer.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// May a change have been made although no answer said so? False for what reads, and when the
    /// service said no or was never reached; true when, at any attempt, the connection was dropped
    /// or the time ran out after the request was sent, or the service failed with HTTP 5xx.
    pub(crate) fn outcome_unknown(&self) -> bool {
        self.inner.outcome_unknown
    }
}

/// What kept a request from being sent, or its answer from coming.
fn of_dispatch<E: std::error::Error + 'static>(error: &SdkError<E>, message: String) -> (ErrorKind, String) {
    let SdkError::DispatchFailure(failure) = error else { return (ErrorKind::Configuration, message) };
    if let Some(credentials) = chain(error).find_map(|cause| cause.downcast_ref::<CredentialsError>()) {
        return of_credentials(credentials);
    }
    let kind =
        if failure.is_timeout() && !is_connect(error) { ErrorKind::Timeout } else { ErrorKind::Network };
    (kind, message)
}

/// What a code of the service means. Modelled errors are HTTP 400; the common ones are documented
/// for all of AWS, in several spellings.
fn of_code(code: &str, status: u16, operation: &'static str) -> ErrorKind {
    match code {
        _ if is_throttling(code, status) => ErrorKind::Throttled,
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => {
            ErrorKind::AccessDenied { action: format!("workmail:{operation}") }
        }
        "ExpiredTokenException" | "ExpiredToken" | "TokenRefreshRequired" => ErrorKind::ExpiredCredentials,
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "AuthFailure" => ErrorKind::InvalidCredentials,
        "OrganizationNotFoundException" => ErrorKind::OrganizationNotFound,
        "OrganizationStateException" => ErrorKind::OrganizationState,
        // Of the operations that are called here, all that answer it are about a role
        "ResourceNotFoundException" => ErrorKind::RoleNotFound,
        "EntityNotFoundException" => ErrorKind::EntityNotFound,
        "EntityStateException" => ErrorKind::EntityState,
        "InvalidParameterException" | "ValidationException" | "SerializationException" => {
            ErrorKind::InvalidParameter
        }
        "LimitExceededException" | "ServiceQuotaExceededException" => ErrorKind::LimitExceeded,
        _ if status >= 500 => ErrorKind::Service,
        "" => ErrorKind::Other(format!("HTTP {status}")),
        _ => ErrorKind::Other(code.to_owned()),
    }
}

/// Does the service ask for patience? No attempt that is answered so was carried out.
pub(super) fn is_throttling(code: &str, status: u16) -> bool {
    status == 429
        || matches!(
            code,
            "ThrottlingException"
                | "Throttling"
                | "ThrottledException"
                | "TooManyRequestsException"
                | "RequestLimitExceeded"
                | "RequestThrottled"
                | "RequestThrottledException"
                | "SlowDown"
        )
}

/// What kept credentials from being had. The SDK tells the cases apart in words only.
fn of_credentials(error: &CredentialsError) -> (ErrorKind, String) {
    let causes: Vec<_> = chain(error).skip(1).map(ToString::to_string).collect();
    let all = causes.join(": ");
    let kind = match error {
        CredentialsError::CredentialsNotLoaded(_) => return (ErrorKind::NoCredentials, String::new()),
        // Instance metadata is asked last: whoever has no credentials ends there
        _ if all.contains("IMDS") => return (ErrorKind::NoCredentials, String::new()),
        // `the SSO token has expired`, an SSO token that was never cached, ExpiredTokenException
        // of the Security Token Service, UnauthorizedException of the sign-on portal
        _ if ["SSO", "xpired", "UnauthorizedException"].iter().any(|sign| all.contains(sign)) => {
            ErrorKind::ExpiredCredentials
        }
        _ => ErrorKind::NoCredentials,
    };
    (kind, causes.last().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests;
