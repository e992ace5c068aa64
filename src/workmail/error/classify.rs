//! What the service's codes, HTTP statuses and the SDK's failures mean, as an [`ErrorKind`].

use std::error::Error as StdError;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_workmail::config::http::HttpResponse;
use aws_sdk_workmail::error::{ProvideErrorMetadata, SdkError};

use super::chain::{MOST_BYTES, chain, is_connect, is_too_long};
use super::kind::ErrorKind;
use crate::redact::without_password;
use crate::workmail::operation::Operation;

/// An error of the SDK without the type of its operation, so that the code that reads it is there once.
pub(super) struct Failure<'a> {
    error: &'a (dyn StdError + 'static),
    stage: Stage,
    pub(super) response: Option<&'a HttpResponse>,
    code: Option<&'a str>,
    message: Option<&'a str>,
}

/// How far a call came.
enum Stage {
    /// The request was not made.
    Request,
    /// It was not sent, or its response did not arrive; was it the time that ran out?
    Dispatch { timeout: bool },
    /// The time for an attempt ran out.
    Timeout,
    /// The response is none of the service's.
    Response,
    /// The service refused.
    Service,
}

impl<'a> Failure<'a> {
    pub(super) fn of<E>(error: &'a SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let stage = match error {
            SdkError::ServiceError(_) => Stage::Service,
            SdkError::ResponseError(_) => Stage::Response,
            SdkError::TimeoutError(_) => Stage::Timeout,
            SdkError::DispatchFailure(failure) => Stage::Dispatch { timeout: failure.is_timeout() },
            _ => Stage::Request,
        };
        Self { error, stage, response: error.raw_response(), code: error.code(), message: error.message() }
    }
}

/// What the SDK's error means, and the service's or the system's own words for it.
///
/// The error's `Debug` is never used: it contains whole responses.
pub(super) fn classify(failure: &Failure<'_>, operation: Operation) -> (ErrorKind, String) {
    let Failure { error, response, code, message, .. } = *failure;
    if is_too_long(error) {
        let message = format!("it has more than {} MiB", MOST_BYTES >> 20);
        return (ErrorKind::UnexpectedResponse, message);
    }
    if let Some(what) = response.and_then(|response| not_the_service(response, code)) {
        return (ErrorKind::NotTheService, what);
    }
    let status = response.map_or(0, |response| response.status().as_u16());
    // A parser may quote the body that it cannot read, and the body may hold a token
    if (200..300).contains(&status) {
        let message = format!("HTTP {status} with a body that is not as documented");
        return (ErrorKind::UnexpectedResponse, message);
    }
    let innermost = chain(error).last().map(ToString::to_string).unwrap_or_default();
    match failure.stage {
        Stage::Service => {
            let message = message.unwrap_or_default().to_owned();
            (of_code(code.unwrap_or_default(), status, operation), message)
        }
        Stage::Response => (ErrorKind::UnexpectedResponse, innermost),
        Stage::Timeout => (ErrorKind::Timeout, innermost),
        Stage::Dispatch { timeout } => of_dispatch(error, timeout, innermost),
        Stage::Request => (ErrorKind::Configuration, innermost),
    }
}

/// What answers instead of the service, as `a redirect to https://portal`: the service redirects nobody, and
/// each of its errors has a code.
fn not_the_service(response: &HttpResponse, code: Option<&str>) -> Option<String> {
    let status = response.status().as_u16();
    // Load balancers of AWS answer these with a page too
    if code.is_some() || status >= 500 && status != 511 {
        return None;
    }
    let header = |name| response.headers().get(name).unwrap_or_default().trim().to_ascii_lowercase();
    let body = response.body().bytes().unwrap_or_default().trim_ascii_start();
    match status {
        300..=399 => {
            let to = without_password(response.headers().get("location").unwrap_or("nowhere"));
            Some(format!("HTTP {status}, a redirect to {to}"))
        }
        _ if header("content-type").starts_with("text/html") || body.starts_with(b"<") => {
            Some(format!("HTTP {status} with a web page"))
        }
        401 | 403 | 407 | 511 => Some(format!("HTTP {status} without a reason")),
        _ => None,
    }
}

/// Why a request was not sent, or its response did not arrive.
fn of_dispatch(error: &(dyn StdError + 'static), timeout: bool, message: String) -> (ErrorKind, String) {
    if let Some(credentials) = chain(error).find_map(|cause| cause.downcast_ref::<CredentialsError>()) {
        return of_credentials(credentials);
    }
    let kind = if timeout && !is_connect(error) { ErrorKind::Timeout } else { ErrorKind::Network };
    (kind, message)
}

/// What an error code means. Modelled errors are HTTP 400; the common ones are documented for all of
/// AWS, in several spellings.
fn of_code(code: &str, status: u16, operation: Operation) -> ErrorKind {
    match code {
        _ if is_throttling(code, status) => ErrorKind::Throttled,
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => {
            ErrorKind::AccessDenied { action: operation.iam_action() }
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
        // Every operation that is called here and has this error is about a role
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

/// How long the service asks to wait before the next attempt: milliseconds, as the SDK reads them.
pub(super) fn retry_after(response: &HttpResponse) -> Option<Duration> {
    response.headers().get("x-amz-retry-after")?.parse().ok().map(Duration::from_millis)
}

/// Does the service throttle? A throttled attempt was not carried out.
pub(in crate::workmail) fn is_throttling(code: &str, status: u16) -> bool {
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

/// What a program that gives credentials did wrong. What it wrote is not repeated: it may be a secret.
fn of_process(causes: &str) -> Option<String> {
    let (_, what) = causes.split_once("external process")?;
    Some(match what.split_once("exited with code ") {
        Some((_, status)) => {
            let status = status.split_once(". Stderr:").map_or("an error", |(status, _)| status);
            format!("the credential_process ended with {}", status.trim_start_matches("exit status: "))
        }
        None if what.contains("pars") || what.contains("decode") => {
            "what the credential_process wrote is no credentials".into()
        }
        None => "the credential_process cannot be run".into(),
    })
}

/// Why credentials could not be loaded. The SDK tells the cases apart in words only.
pub(super) fn of_credentials(error: &CredentialsError) -> (ErrorKind, String) {
    let causes: Vec<_> = chain(error).skip(1).map(ToString::to_string).collect();
    let all = causes.join(": ");
    if let Some(message) = of_process(&all) {
        return (ErrorKind::NoCredentials, message);
    }
    // The SDK does not say whether the file is missing or broken
    if all.contains("failed to load the cached SSO token")
        || all.contains("sso/cache") && all.contains("os error 2")
    {
        return (ErrorKind::NotSignedIn, String::new());
    }
    let kind = match error {
        CredentialsError::CredentialsNotLoaded(_) => return (ErrorKind::NoCredentials, String::new()),
        // Instance metadata is the last source: without any credentials, its error is the one left
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
