//! What a call of the service is for.

use super::operation::{Operation, OperationKind};

/// The target of the events that `-v` shows.
pub(super) const TARGET: &str = "wmrole::api";
/// That of those that only `-vv` shows. They are of the same level, since a release has no level below.
pub(super) const DETAIL: &str = "wmrole::detail";

/// A call, and what to say when it fails.
pub(super) struct Call {
    pub(super) operation: Operation,
    /// As `the roles could not be listed`.
    pub(super) failed: String,
    /// Is it a page of a list, which holds the permit of the whole list?
    pub(super) page: bool,
}

impl Call {
    pub(super) fn new(operation: Operation, failed: impl Into<String>) -> Self {
        Self { operation, failed: failed.into(), page: false }
    }

    /// A page of a list: whoever reads the list holds a permit for all of it.
    pub(super) fn page(operation: Operation, failed: impl Into<String>) -> Self {
        Self { page: true, ..Self::new(operation, failed) }
    }

    /// Does it change something, so that it matters whether a lost call was carried out?
    pub(super) fn writes(&self) -> bool {
        self.operation.kind() == OperationKind::Write
    }
}
