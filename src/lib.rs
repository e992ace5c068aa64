//! `wmrole` administers Amazon WorkMail impersonation roles: who may act in whose mailbox over EWS.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;

mod access;
mod apply;
mod args;
mod atomic_file;
mod audit;
mod change;
mod cloudtrail;
mod commands;
mod complete;
mod config;
mod context;
mod definition;
mod directory;
mod dirs;
mod doctor;
mod error;
mod escape;
mod ews;
mod exchange_online;
mod exit_code;
mod expectation;
mod expiry;
mod fetch;
mod finding_code;
mod gates;
mod iam;
mod id;
mod input_file;
mod organization;
mod output;
mod plan;
mod prompt;
mod proxy;
mod redact;
mod review;
mod role;
mod sandbox;
mod service_hint;
mod sorted;
mod system;
mod usage;
mod user_list;
mod workmail;
mod xml;

#[cfg(test)]
mod testing;

use commands::Cli;
use config::Config;
use context::Context;
pub use system::System;

/// Runs the command line and gives its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    run_with(args, System::REAL)
}

/// As [`run`], with the time and new ids from `system`.
pub fn run_with(args: impl IntoIterator<Item = OsString>, system: System) -> ExitCode {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if let Some(answer) = complete::answer(&args, commands::command_line) {
        output::raw::write(&answer);
        return ExitCode::SUCCESS;
    }
    let names = complete::refresh::request(&args).map(|(key, command)| {
        complete::refresh::leave_terminal();
        args = command;
        key
    });
    let command_line = command_line(&args);
    let parsed = commands::command_line().try_get_matches_from(args).and_then(|matches| {
        let cli =
            Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut commands::command_line()))?;
        Ok((matches, cli))
    });
    let (matches, Cli { global, command }) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and versions go to stdout and are no error; a closed pipe is none either
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let config = match global.resolve(&matches, system) {
        Ok(config) => Config { command_line, naming: command.naming(), ..config },
        Err(error) => {
            let _ = commands::command_line().error(clap::error::ErrorKind::ArgumentConflict, error).print();
            return exit_code::ExitCode::Usage.into();
        }
    };
    output::terminal::restore_on_panic();
    output::log::start(config.verbose);
    let context = Context::new(config);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            context.ui.error(&anyhow::Error::new(error).context("starting"));
            return exit_code::ExitCode::Failed.into();
        }
    };
    let result = runtime.block_on(async {
        match &names {
            Some(key) => complete::refresh::run(&context, key).await,
            None => commands::run(&command, &context).await,
        }
    });
    if command.changes_roles() && !context.config.dry_run {
        complete::cache::forget();
    }
    // A blocking read that nobody waits for any longer must not hold the exit up
    runtime.shutdown_background();
    output::terminal::restore();
    context.ui.clear();
    let annotated = context.ui.write_annotations();
    let result = result.and_then(|code| Ok(annotated.map(|()| code)?));
    let code = result.unwrap_or_else(|error| {
        context.ui.error(&error);
        error::exit_code(&error)
    });
    code.into()
}

/// The command line as a shell takes it, without the passwords of addresses.
fn command_line(args: &[OsString]) -> String {
    let words = args.iter().skip(1).map(|arg| {
        let arg = arg.to_string_lossy();
        let shown = if arg.contains("://") { redact::without_password(&arg) } else { arg.into_owned() };
        output::shell::quoted(&shown)
    });
    std::iter::once("wmrole".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
