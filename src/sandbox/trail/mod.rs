//! CloudTrail of the sandbox: what was called is kept in a file beside the state, and LookupEvents answers from it.

mod caller;
pub(super) mod log;
mod lookup;
mod record;

pub(super) use caller::Caller;
pub(super) use lookup::{LOOKUP, Trail};
pub(super) use record::Recorded;
