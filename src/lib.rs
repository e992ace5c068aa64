//! `wmrole` administers Amazon WorkMail impersonation roles: who may act in whose mailbox over EWS.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

mod access;
mod apply;
mod atomic_file;
mod change;
mod cli;
mod commands;
mod context;
mod definition;
mod directory;
mod exit;
mod expectation;
mod fetch;
mod id;
mod organization;
mod output;
mod plan;
mod prompt;
mod role;
mod sandbox;
mod system;
mod workmail;

#[cfg(test)]
mod testing;

pub use system::System;

/// Runs the command line and gives its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    run_with(args, System::REAL)
}

/// As [`run`], with the time and new ids from `system`.
pub fn run_with(args: impl IntoIterator<Item = OsString>, system: System) -> ExitCode {
    let cli = match cli::Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and versions go to stdout and are no error; a closed pipe is none either
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let global = match cli.global.settled() {
        Ok(global) => global,
        Err(message) => {
            let _ = cli::Cli::command().error(clap::error::ErrorKind::ArgumentConflict, message).print();
            return ExitCode::from(2);
        }
    };
    let cli = cli::Cli { global, ..cli };
    output::terminal::restore_on_panic();
    output::log::start(cli.global.verbose);
    let ui = output::ui::Ui::new(&cli.global);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            ui.error(&anyhow::Error::new(error).context("starting"));
            return ExitCode::from(1);
        }
    };
    let (context, result) = runtime.block_on(commands::run(cli, ui, system));
    // A blocking read that nobody waits for any longer must not hold the exit up
    runtime.shutdown_background();
    output::terminal::restore();
    context.ui.clear();
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            context.ui.error(&error);
            ExitCode::from(exit::code(&error))
        }
    }
}
