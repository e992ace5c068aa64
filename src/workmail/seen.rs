//! What is learned of a connection while calls are made on it: as whom, and what time it is at the service.

use std::fmt;
use std::sync::OnceLock;

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) credentials: OnceLock<Origin>,
    /// By how many seconds this machine's clock is ahead of what the first answer said: the clock that requests are
    /// signed by, also where a test fixes another.
    pub(super) ahead: OnceLock<i64>,
}

/// Where credentials came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// As `the environment`; none for keys of a profile.
    pub(crate) source: Option<&'static str>,
    /// The profile that names the source.
    pub(crate) profile: Option<String>,
    /// The account, where the source says it.
    pub(crate) account: Option<String>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.source, &self.profile) {
            (Some(source), Some(profile)) => write!(f, "{source}, by profile {profile}"),
            (Some(source), None) => f.write_str(source),
            (None, Some(profile)) => write!(f, "profile {profile}"),
            (None, None) => f.write_str("another source"),
        }
    }
}
