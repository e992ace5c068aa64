//! One file a subcommand: gather, decide, tell.

pub mod gather;
