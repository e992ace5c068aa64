//! What a call of the service is for.

/// What a call is for.
pub(super) struct Call {
    /// The service's name of it.
    pub(super) operation: &'static str,
    /// What is said when it fails, as `the roles could not be listed`.
    pub(super) failed: String,
    /// Does it change something?
    pub(super) write: bool,
    /// Is it a page of a list, behind which the next one waits?
    pub(super) page: bool,
}

impl Call {
    pub(super) fn read(operation: &'static str, failed: impl Into<String>) -> Self {
        Self { operation, failed: failed.into(), write: false, page: false }
    }

    /// A page of a list: whoever reads the list holds a permit for all of it.
    pub(super) fn list(operation: &'static str, failed: impl Into<String>) -> Self {
        Self { page: true, ..Self::read(operation, failed) }
    }

    pub(super) fn write(operation: &'static str, failed: impl Into<String>) -> Self {
        Self { write: true, ..Self::read(operation, failed) }
    }
}
