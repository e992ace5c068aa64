//! The kinds of error that callers branch on.

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// No credentials were found, or those that are configured could not be had.
    NoCredentials,
    /// The credentials, or the single sign-on session behind them, have expired.
    ExpiredCredentials,
    /// AWS does not accept the credentials, or the clock is wrong.
    InvalidCredentials,
    AccessDenied {
        /// As IAM names it: `workmail:ListUsers`.
        action: &'static str,
    },
    /// There is no such organization in the Region, for these credentials.
    OrganizationNotFound,
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
    AmbiguousOrganization,
    /// The account has no active organization in the Region.
    NoOrganization,
    /// The answer is not one that the service documents.
    UnexpectedResponse,
    /// A code that has no kind here, in the service's spelling.
    Other(String),
}
