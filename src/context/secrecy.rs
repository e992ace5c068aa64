//! Keeps a token out of what the system writes of this process.

/// From now on no core dump is written, whatever the system is set up to keep.
///
/// The soft limit alone: a command that is started afterwards inherits it, and may raise it again.
#[cfg(unix)]
pub(crate) fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    // Lowering a soft limit is always allowed
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
}

/// There are no core dumps.
#[cfg(not(unix))]
pub(crate) fn forbid_core_dumps() {}
