//! One file a subcommand: gather, decide, tell.

mod assume;
mod backup;
mod context;
mod create;
mod delete;
mod diff;
mod edit;
mod execute;
mod export;
pub mod gather;
pub mod generate;
mod list;
mod sandbox;
mod test;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::output::ui::Ui;
use context::Context;

/// Runs the command.
///
/// # Errors
/// When it cannot be done; [`crate::exit::code`] knows the exit code.
pub async fn run(cli: Cli, ui: Ui) -> (Context, anyhow::Result<Exit>) {
    let context = Context { ui, global: cli.global };
    let result = dispatch(&context, &cli.command).await;
    (context, result)
}

async fn dispatch(context: &Context, command: &Command) -> anyhow::Result<Exit> {
    match command {
        Command::List => list::list(context).await,
        Command::Show(args) => list::show(context, &args.role).await,
        Command::Create(args) => create::run(context, args).await,
        Command::Edit(args) => edit::run(context, args).await,
        Command::Delete(args) => delete::run(context, args).await,
        Command::Test(args) => test::run(context, args).await,
        Command::Assume(args) => assume::run(context, args).await,
        Command::Diff(args) => diff::diff(context, args).await,
        Command::Apply(args) => diff::apply(context, args).await,
        Command::Export(args) => export::run(context, args).await,
        Command::Validate(args) => diff::validate(context, args),
        Command::Organizations => list::organizations(context).await,
        Command::Sandbox(command) => sandbox::run(context, command).await,
        Command::Completions(args) => generate::completions(context, args.shell),
        Command::Man(args) => generate::man(context, args),
        Command::Schema => generate::schema(context),
    }
}

#[cfg(test)]
mod properties;
