//! What was found out, before anybody says what it means.

use jiff::Timestamp;

use crate::ews::outcome::Failure;
use crate::organization::Organization;
use crate::workmail::operation::Operation;
use crate::workmail::{Error, Origin};

/// What was found out.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) now: Timestamp,
    /// Is it a sandbox inside this program?
    pub(crate) sandbox: bool,
    /// Why there is no connection, or what was asked on it.
    pub(crate) service: Result<Service, NoConnection>,
    /// The shell, and whether it has the completion script; none where no shell is named.
    pub(crate) completion: Option<(&'static str, Completion)>,
    /// Why states cannot be saved.
    pub(crate) saved_states: Result<(), String>,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum NoConnection {
    /// What is configured cannot be used.
    Configured(Error),
    /// The sandbox cannot be opened, in the system's words.
    Sandbox(String),
    /// It took too long.
    Late,
}

/// Is the completion script where the shell looks?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completion {
    Installed,
    OtherVersion,
    Missing,
}

/// What the service answered.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) region: String,
    /// Which flag, variable or key of the profile gave the Region.
    pub(crate) region_from: Option<&'static str>,
    /// The URL that was set instead of the Region's, and by what.
    pub(crate) endpoint: Option<(String, &'static str)>,
    /// Where credentials came from, where they were asked for.
    pub(crate) credentials: Option<Origin>,
    /// The ARN of whoever calls, where STS says it.
    pub(crate) principal: Option<String>,
    /// By how many seconds this machine's clock is ahead.
    pub(crate) ahead: Option<i64>,
    /// The organization that is worked on, described where it may be. Not asked where organizations cannot be listed,
    /// and none is given by its id.
    pub(crate) organization: Answer<Organization>,
    /// What became of a harmless call of each operation that reads, sorted.
    pub(crate) permissions: Vec<(Operation, Answer<()>)>,
    pub(crate) ews: Ews,
}

/// What became of a call.
#[derive(Debug)]
pub(crate) enum Answer<T> {
    Got(T),
    Failed(Error),
    /// There was no answer in time.
    Late,
    /// It was not made, since it would say nothing new.
    NotAsked,
}

impl<T> Answer<T> {
    /// What was got, and what became of the call.
    pub(crate) fn apart(self) -> (Option<T>, Answer<()>) {
        match self {
            Self::Got(found) => (Some(found), Answer::Got(())),
            Self::Failed(error) => (None, Answer::Failed(error)),
            Self::Late => (None, Answer::Late),
            Self::NotAsked => (None, Answer::NotAsked),
        }
    }
}

/// Does EWS answer?
#[derive(Debug)]
pub(crate) enum Ews {
    Answers,
    Failed(Failure),
    Late,
    /// There is no address to ask, or it is none that a token may be sent to.
    NoAddress,
}
