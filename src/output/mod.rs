//! The only writer to stdout and stderr, and all that draws.

pub mod line;
pub mod plan;
pub mod plan_json;
pub mod view;
