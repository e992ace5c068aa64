//! The only writer to stdout and stderr, and all that draws.

pub mod line;
pub mod plan;
