//! The only writer to stdout and stderr, and all that draws.

pub(crate) mod comment;
mod csv;
pub(crate) mod expectations;
pub(crate) mod findings;
pub(crate) mod github;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod log;
pub(crate) mod markdown;
pub(crate) mod mermaid;
pub(crate) mod plans;
pub(crate) mod progress;
pub(crate) mod raw;
pub(crate) mod report;
pub(crate) mod sanitize;
mod sarif;
pub(crate) mod screen;
pub(crate) mod shell;
pub(crate) mod style;
mod table;
pub(crate) mod terminal;
pub(crate) mod text;
pub(crate) mod times;
pub(crate) mod ui;
