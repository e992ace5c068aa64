//! Roles declared in YAML: parsed with all their errors, resolved against a directory, exported again.
//!
//! Knows no network: resolving takes a [`crate::directory::Directory`] that the caller filled. Knows no
//! terminal: `output/` renders the diagnostics.

pub(crate) mod code;
pub(crate) mod diagnostic;
pub(crate) mod export;
mod format;
mod limit;
pub(crate) mod load;
pub(crate) mod model;
pub(crate) mod names;
pub(crate) mod parse;
pub(crate) mod resolve;
pub(crate) mod schema;
pub(crate) mod span;
pub(crate) mod suggest;
pub(crate) mod user_files;
mod yaml;
