//! What is to be said while calls are made, since it cannot wait for their result.

use std::fmt;
use std::sync::Arc;

/// Something to say at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Nothing has answered for a while; what is being waited for, as `ListUsers from https://…`.
    Waiting(String),
    /// What was read is less than what there is.
    Warning(String),
    /// So many more of these were read, as `user`.
    Read(&'static str, usize),
}

/// Whoever hears notices.
#[derive(Clone, Default)]
pub(crate) struct Listener(Option<Arc<dyn Fn(Notice) + Send + Sync>>);

impl Listener {
    pub(crate) fn new(hear: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    pub(super) fn hear(&self, notice: Notice) {
        if let Some(hear) = &self.0 {
            hear(notice);
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.0.is_some()).finish()
    }
}
