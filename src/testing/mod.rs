//! What tests share: a scripted service, a sandbox to try plans on, and the tables and properties of plans.

mod addresses;
mod arrows;
mod comments;
pub(crate) mod fixture;
pub(crate) mod golden;
pub(crate) mod hostile;
pub(crate) mod mock_service;
mod model;
mod plan_cases;
mod properties;
mod walk;

/// The command line as the completer reads it.
pub(crate) fn command_line() -> clap::Command {
    let mut command = <crate::commands::Cli as clap::CommandFactory>::command();
    command.build();
    command
}
