//! Roles declared in YAML: read with all their errors, resolved against a directory, written back.
//!
//! Reading knows no network; resolving takes a [`crate::directory::Directory`] that somebody else
//! filled. Drawing diagnostics is `output/`'s.

pub(crate) mod code;
pub(crate) mod diagnostic;
pub(crate) mod export;
mod format;
mod limit;
pub(crate) mod load;
pub(crate) mod model;
pub(crate) mod parse;
pub(crate) mod resolve;
pub(crate) mod schema;
pub(crate) mod span;
pub(crate) mod suggest;
mod yaml;
