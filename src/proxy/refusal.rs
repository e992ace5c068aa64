//! Why a request is not passed on, in a form that a client understands.

use super::operation::Operation;

/// Why a request is not passed on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not understood, and why not: HTTP 400.
    NotUnderstood(String),
    /// As a whole, with a code of EWS.
    Fault(&'static str, String),
    /// The operation is denied, and why.
    Denied(&'static Operation, String),
    /// The client went away, or sends too slowly.
    Broken(&'static str),
    /// EWS takes no more of it.
    Stalled,
}

impl From<String> for Refusal {
    fn from(problem: String) -> Self {
        Self::NotUnderstood(problem)
    }
}

impl From<&str> for Refusal {
    fn from(problem: &str) -> Self {
        Self::NotUnderstood(problem.to_owned())
    }
}
