//! Exit codes, and the errors that have one of their own.

use std::process::ExitCode;

use crate::workmail::{self, ErrorKind};

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; the answer is yes.
    Done,
    /// The answer is no.
    No,
    /// `apply` stopped part-way.
    Partial,
    /// Refused.
    Refused,
    /// Interrupted.
    Interrupted,
    /// One of several organizations failed; the code of its error.
    Failed(u8),
    /// Another command's own code.
    Command(u8),
}

/// Every code of ours and what it means; the help, the man page and the README show this table.
pub(crate) const CODES: [(u8, &str); 7] = [
    (0, "done; the answer is yes"),
    (1, "it failed (the service, the network, a file)"),
    (2, "the command line or the YAML is wrong; nothing was attempted"),
    (3, "the answer is no: `test` denied or an `expect` unmet, `diff --exit-code` found changes"),
    (4, "`apply` stopped part-way; the report says what was done"),
    (5, "refused: a guard, a plan that is stale, a role that moved, a confirmation declined or impossible"),
    (130, "interrupted"),
];

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 3,
            Exit::Partial => 4,
            Exit::Refused => 5,
            Exit::Interrupted => 130,
            Exit::Failed(code) | Exit::Command(code) => code,
        })
    }
}

/// An error of the person's, of ours, or of the moment, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Stop {
    code: u8,
    message: String,
    hint: Option<String>,
}

impl Stop {
    /// The command line or the YAML is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into(), hint: None }
    }

    /// It failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into(), hint: None }
    }

    /// It was refused.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { code: 5, message: message.into(), hint: None }
    }

    /// Ctrl-C or another signal that asks the program to stop.
    pub(crate) fn interrupted() -> Self {
        Self { code: 130, message: "interrupted".into(), hint: None }
    }

    /// With what to do.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The exit code of an error.
pub(crate) fn code(error: &anyhow::Error) -> u8 {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return stop.code;
    }
    match error.downcast_ref::<workmail::Error>().map(workmail::Error::kind) {
        Some(
            ErrorKind::NoRegion
            | ErrorKind::WrongRegion
            | ErrorKind::NoProfile
            | ErrorKind::Configuration
            | ErrorKind::AmbiguousOrganization,
        ) => 2,
        _ => 1,
    }
}

/// What to do about an error, where that is known.
pub(crate) fn hint(error: &anyhow::Error) -> Option<String> {
    match error.downcast_ref::<Stop>() {
        Some(stop) => stop.hint.clone(),
        None => error.downcast_ref::<workmail::Error>().and_then(workmail::Error::hint),
    }
}
