//! What is drawn for people, as lines of styled text.

pub(crate) mod access;
pub(crate) mod access_table;
pub(crate) mod checks;
pub(crate) mod diagnostics;
pub(crate) mod dialog;
pub(crate) mod directory;
pub(crate) mod expectations;
pub(crate) mod findings;
pub(crate) mod gates;
pub(crate) mod history;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod report;
pub(crate) mod role;
pub(crate) mod undo;
