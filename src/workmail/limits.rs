//! How long to wait for the service.

use std::time::Duration;

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// For a connection.
    pub(super) connect: Duration,
    /// For the answer to one attempt.
    pub(super) attempt: Duration,
    /// For credentials: a program that gives them may ask for a code.
    pub(super) credentials: Duration,
    /// Without any answer, until it is said what is waited for.
    pub(super) notice: Duration,
    /// Without any answer to a call, all its attempts together. An answer that asks to come back later is
    /// one.
    pub(super) silence: Duration,
    /// For a read that is throttled, since its first attempt, where retries are not switched off: a list of ten
    /// thousand does not fail because one call was unlucky.
    pub(super) throttled: Duration,
    /// Attempts of a call, where they are not as configured.
    pub(super) attempts: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(30),
            credentials: Duration::from_secs(50),
            notice: Duration::from_secs(3),
            silence: Duration::from_secs(55),
            throttled: Duration::from_secs(120),
            attempts: None,
        }
    }
}

impl Limits {
    /// For `doctor`, which is quick where everything is broken.
    pub(crate) fn of_probes() -> Self {
        Self {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(4),
            credentials: Duration::from_secs(4),
            silence: Duration::from_secs(4),
            attempts: Some(2),
            ..Self::default()
        }
    }

    /// For reads in the background: nobody sees what they wait for, and nobody can give a code.
    pub(crate) fn in_background() -> Self {
        Self {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(10),
            credentials: Duration::from_secs(5),
            silence: Duration::from_secs(10),
            throttled: Duration::ZERO,
            ..Self::default()
        }
    }
}
