//! The only writer to stdout and stderr, and all that draws.

pub mod diagnostics;
pub mod line;
pub mod log;
pub mod plan;
pub mod plan_json;
pub mod ui;
pub mod view;
