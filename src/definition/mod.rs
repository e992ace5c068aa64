//! Roles declared in YAML: read with all their errors, resolved against a directory, written back.
//!
//! Reading knows no network; resolving takes a [`crate::directory::Directory`] that somebody else
//! filled. Drawing diagnostics is `output/`'s.

pub mod diagnostic;
pub mod export;
pub mod load;
pub mod model;
pub mod read;
pub mod resolve;
pub mod schema;
pub mod source;
mod tree;
