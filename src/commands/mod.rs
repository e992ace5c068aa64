//! One file a subcommand: gather, decide, tell.

pub mod backup;
pub mod gather;
