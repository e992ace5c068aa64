//! One file a subcommand: gather, decide, tell.

mod access;
mod apply;
mod assume;
mod create;
mod delete;
mod diff;
mod edit;
mod export;
mod list;
mod man;
mod organizations;
mod sandbox;
mod show;
mod test;
mod validate;

use clap::ValueEnum as _;

use crate::cli::{Cli, Command, Format};
use crate::context::Context;
use crate::context::interrupt::Interrupts;
use crate::exit::{Exit, Stop};
use crate::output::ui::Ui;
use crate::system::System;

/// Runs the command.
///
/// # Errors
/// When it cannot be done; [`crate::exit::code`] knows the exit code.
pub(crate) async fn run(cli: Cli, ui: Ui, system: System) -> (Context, anyhow::Result<Exit>) {
    let context = Context { ui, global: cli.global, system, interrupts: Interrupts::default() };
    let result = match offered(&cli.command, context.ui.format) {
        Ok(()) => tokio::select! {
            biased;
            result = dispatch(&context, &cli.command) => result,
            interrupted = context.interrupts.ended(&context.ui) => Err(interrupted),
        },
        Err(error) => Err(error),
    };
    (context, result)
}

fn offered(command: &Command, format: Format) -> anyhow::Result<()> {
    let formats = command.formats();
    if formats.contains(&format) {
        return Ok(());
    }
    let name =
        |format: &Format| format.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
    let all: Vec<_> = formats.iter().map(name).collect();
    Err(Stop::usage(format!("this command has no {} output; it has {}", name(&format), all.join(", ")))
        .into())
}

async fn dispatch(context: &Context, command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::List => list::run(context).await,
        Command::Show(args) => show::run(context, &args.role).await,
        Command::Create(args) => create::run(context, args).await,
        Command::Edit(args) => edit::run(context, args).await,
        Command::Delete(args) => delete::run(context, args).await,
        Command::Test(args) => test::run(context, args).await,
        Command::Access(args) => access::run(context, args).await,
        Command::Assume(args) => assume::run(context, args).await,
        Command::Diff(args) => diff::run(context, args).await,
        Command::Apply(args) => apply::run(context, args).await,
        Command::Export(args) => export::run(context, args).await,
        Command::Validate(args) => validate::run(context, args),
        Command::Organizations => organizations::run(context).await,
        Command::Sandbox(command) => sandbox::run(context, command).await,
        Command::Completions(args) => man::completions(context, args.shell),
        Command::Man(args) => man::man(context, args),
        Command::Schema => man::schema(context),
    }
}
