//! Errors of commands: what to say, what to do about it, and the exit code. The one place where an error gets
//! its code and its hint.

use crate::exit_code::ExitCode;
use crate::service_hint;
use crate::workmail::{self, ErrorKind};

/// An error of a command, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CommandError {
    code: ExitCode,
    message: String,
    hint: Option<String>,
    /// What people have seen already, and a document does not say elsewhere.
    drawn: Vec<String>,
}

impl CommandError {
    fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, drawn: Vec::new() }
    }

    /// The command line or the YAML is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    /// It failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Failed, message)
    }

    /// It was refused.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Refused, message)
    }

    /// Ctrl-C or another signal that asks the program to stop.
    pub(crate) fn interrupted() -> Self {
        Self::new(ExitCode::Interrupted, "interrupted")
    }

    /// As [`Self::interrupted`], at a question: every question comes before the first change.
    pub(crate) fn interrupted_question() -> Self {
        Self::new(ExitCode::Interrupted, "interrupted; nothing was changed")
    }

    /// With what people have seen already, a line each: only [`in_full`] says it again.
    #[must_use]
    pub(crate) fn drawn(self, lines: Vec<String>) -> Self {
        Self { drawn: lines, ..self }
    }

    /// With what to do.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The exit code of an error.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    if let Some(error) = error.downcast_ref::<CommandError>() {
        return error.code;
    }
    match error.downcast_ref::<workmail::Error>().map(workmail::Error::kind) {
        Some(
            ErrorKind::NoRegion
            | ErrorKind::WrongRegion
            | ErrorKind::NoProfile
            | ErrorKind::Configuration
            | ErrorKind::AmbiguousOrganization,
        ) => ExitCode::Usage,
        Some(ErrorKind::RulesUnknown) => ExitCode::Refused,
        _ => ExitCode::Failed,
    }
}

/// The error and what was drawn of it, in one line: for what is read without the screen.
pub(crate) fn in_full(error: &anyhow::Error) -> String {
    let drawn = error.downcast_ref::<CommandError>().map_or(&[][..], |error| &error.drawn);
    match drawn {
        [] => format!("{error:#}"),
        lines => format!("{}: {error:#}", lines.join("; ")),
    }
}

/// What to do about an error, where that is known.
pub(crate) fn hint(error: &anyhow::Error) -> Option<String> {
    match error.downcast_ref::<CommandError>() {
        Some(error) => error.hint.clone(),
        None => error.downcast_ref::<workmail::Error>().and_then(service_hint::hint),
    }
}
