//! The only writer to stdout and stderr, and all that draws.

pub(crate) mod access;
pub(crate) mod diagnostics;
pub(crate) mod github;
pub(crate) mod junit;
pub(crate) mod line;
pub(crate) mod log;
pub(crate) mod markdown;
pub(crate) mod matrix;
pub(crate) mod plan;
pub(crate) mod plan_json;
pub(crate) mod roles;
pub(crate) mod terminal;
pub(crate) mod ui;
pub(crate) mod view;
