//! The only writer to stdout and stderr, and all that draws.

pub mod access;
pub mod diagnostics;
pub mod github;
pub mod junit;
pub mod line;
pub mod log;
pub mod markdown;
pub mod matrix;
pub mod plan;
pub mod plan_json;
pub mod roles;
pub mod ui;
pub mod view;
