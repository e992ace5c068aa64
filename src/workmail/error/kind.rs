//! The kinds of error that callers branch on.

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// No credentials were found, or the configured ones could not be loaded.
    NoCredentials,
    /// The credentials, or the single sign-on session behind them, have expired.
    ExpiredCredentials,
    /// AWS does not accept the credentials, or the clock is wrong.
    InvalidCredentials,
    AccessDenied {
        /// As IAM names it: `workmail:ListUsers`.
        action: &'static str,
    },
    /// The account has no such organization in the Region.
    OrganizationNotFound,
    OrganizationState,
    /// There is no such impersonation role.
    RoleNotFound,
    /// There is no such user, group or resource.
    EntityNotFound,
    /// The state of the user, group or resource does not allow it, as when it is disabled.
    EntityState,
    /// The service refuses the request, or would and is not asked.
    InvalidParameter,
    /// The service gave no list of the role's rules: it is not written over.
    RulesUnknown,
    /// A quota is used up.
    LimitExceeded,
    /// Throttled to the last retry; a read for minutes.
    Throttled,
    /// No connection, or it was dropped.
    Network,
    /// No response in time.
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
    /// Something else than the service answers, as a proxy or the page of a network that wants a sign-in.
    NotTheService,
    /// Nobody is signed in through IAM Identity Center.
    NotSignedIn,
    /// The response is not as documented.
    UnexpectedResponse,
    /// An error code without a kind here, in the service's spelling.
    Other(String),
}
