//! The command line: a file a subcommand, with its arguments, its formats and `run`. Nothing but this file
//! imports one of them.

mod access;
mod apply;
mod assume;
mod completions;
mod create;
mod delete;
mod diff;
mod edit;
mod export;
mod groups;
mod list;
mod man;
mod organizations;
mod sandbox;
mod schema;
mod show;
mod test;
mod undo;
mod users;
mod validate;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum as _};

use crate::args::NamingFlag;
use crate::config::{Format, Global, Naming};
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::{CODES, ExitCode};

/// Administer Amazon WorkMail impersonation roles: who may act in whose mailbox over EWS
#[derive(Debug, Parser)]
#[command(name = "wmrole", version, about, propagate_version = true, after_long_help = exit_codes())]
pub(crate) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n");
    for (code, meaning) in CODES {
        text += &format!("{:>5}  {meaning}\n", code.number());
    }
    text
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the roles with type, rules, reach and last change
    #[command(visible_alias = "ls")]
    List,
    /// Show a role, its rules and every target as a person
    Show(show::ShowArgs),
    /// Create a role
    #[command(
        after_long_help = "Example:\n  wmrole create 'Ticket triage' --type read-only --allow alice@example.com bob"
    )]
    Create(create::CreateArgs),
    /// Change a role
    #[command(
        after_long_help = "Example:\n  wmrole edit 'Ticket triage' --allow carol@example.com --remove-user bob"
    )]
    Edit(edit::EditArgs),
    /// Delete roles
    #[command(visible_alias = "rm")]
    Delete(delete::DeleteArgs),
    /// Ask whether a role may impersonate users, or run the expectations of definitions
    #[command(
        after_long_help = "Examples:\n  wmrole test 'Ticket triage' alice@example.com || echo denied\n  wmrole test -f roles/ -o junit >results.xml"
    )]
    Test(test::TestArgs),
    /// Show who reaches whom: roles by users
    #[command(
        after_long_help = "Examples:\n  wmrole access --user alice@example.com\n  wmrole access -o csv >access.csv"
    )]
    Access(access::AccessArgs),
    /// List the users whom rules can name
    #[command(after_long_help = "Examples:\n  wmrole users moreau\n  wmrole users -o csv >users.csv")]
    Users(users::UsersArgs),
    /// List the groups that rules can name, with their members
    #[command(after_long_help = "Examples:\n  wmrole groups\n  wmrole groups support -o json")]
    Groups(groups::GroupsArgs),
    /// Get a token for EWS
    #[command(after_long_help = "Example:\n  wmrole assume Migration --as alice@example.com -- ./migrate.sh")]
    Assume(assume::AssumeArgs),
    /// Show what applying definitions would change, and who gains and loses what
    #[command(after_long_help = "Example:\n  wmrole diff roles/ --save plan.json")]
    Diff(diff::DiffArgs),
    /// Make definitions live: show the plan, ask, execute, read back, report
    #[command(after_long_help = "Examples:\n  wmrole apply roles/\n  wmrole apply --plan plan.json --yes")]
    Apply(apply::ApplyArgs),
    /// Bring back what the last change replaced
    #[command(after_long_help = "Examples:\n  wmrole undo --list\n  wmrole undo --dry-run")]
    Undo(undo::UndoArgs),
    /// Write live roles as YAML that diff finds equal
    Export(export::ExportArgs),
    /// Check definitions without network
    Validate(validate::ValidateArgs),
    /// List the account's WorkMail organizations
    #[command(visible_alias = "orgs")]
    Organizations,
    /// Run or make the local stand-in of the service
    #[command(subcommand)]
    Sandbox(sandbox::SandboxCommand),
    /// Print a completion script
    Completions(completions::CompletionsArgs),
    /// Print the man page, or write one for each command
    Man(man::ManArgs),
    /// Print the JSON Schema of the YAML, or of the JSON output
    Schema(schema::SchemaArgs),
}

impl Command {
    /// Does the command's result have this format?
    fn has_format(&self, format: Format) -> bool {
        match self {
            Self::List => list::has_format(format),
            Self::Show(_) => show::has_format(format),
            Self::Create(_) => create::has_format(format),
            Self::Edit(_) => edit::has_format(format),
            Self::Delete(_) => delete::has_format(format),
            Self::Test(args) => test::has_format(args, format),
            Self::Access(_) => access::has_format(format),
            Self::Users(_) => users::has_format(format),
            Self::Groups(_) => groups::has_format(format),
            Self::Assume(_) => assume::has_format(format),
            Self::Diff(_) => diff::has_format(format),
            Self::Apply(_) => apply::has_format(format),
            Self::Undo(_) => undo::has_format(format),
            Self::Export(_) => export::has_format(format),
            Self::Validate(args) => validate::has_format(args, format),
            Self::Organizations => organizations::has_format(format),
            Self::Sandbox(_) => sandbox::has_format(format),
            Self::Completions(_) => completions::has_format(format),
            Self::Man(_) => man::has_format(format),
            Self::Schema(_) => schema::has_format(format),
        }
    }

    /// Does the command change roles, so that it can be asked for its plan alone?
    fn has_dry_run(&self) -> bool {
        match self {
            Self::Create(_) | Self::Edit(_) | Self::Delete(_) | Self::Apply(_) | Self::Undo(_) => true,
            Self::List
            | Self::Show(_)
            | Self::Test(_)
            | Self::Access(_)
            | Self::Users(_)
            | Self::Groups(_)
            | Self::Assume(_)
            | Self::Diff(_)
            | Self::Export(_)
            | Self::Validate(_)
            | Self::Organizations
            | Self::Sandbox(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Schema(_) => false,
        }
    }

    /// Who of many the command names that gain or lose access.
    pub(crate) fn naming(&self) -> Naming {
        let flag = match self {
            Self::Create(create::CreateArgs { naming, .. })
            | Self::Edit(edit::EditArgs { naming, .. })
            | Self::Diff(diff::DiffArgs { naming, .. })
            | Self::Apply(apply::ApplyArgs { naming, .. })
            | Self::Undo(undo::UndoArgs { naming, .. }) => naming,
            _ => return Naming::Few,
        };
        let NamingFlag { all } = flag;
        if *all { Naming::All } else { Naming::FewAndFlag }
    }

    /// Refuses a format that the command's result does not have.
    fn check_format(&self, format: Format) -> Result<(), CommandError> {
        if self.has_format(format) {
            return Ok(());
        }
        let name = |format: Format| {
            format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
        };
        let all = Format::value_variants().iter().filter(|other| self.has_format(**other));
        let all: Vec<_> = all.map(|format| name(*format)).collect();
        let message = format!("this command has no {} output; it has {}", name(format), all.join(", "));
        Err(CommandError::usage(message))
    }
}

/// Runs the command.
///
/// # Errors
/// When it cannot be done; [`crate::error::exit_code`] gives the exit code.
pub(crate) async fn run(command: &Command, context: &Context) -> anyhow::Result<ExitCode> {
    command.check_format(context.config.output)?;
    if context.config.dry_run && !command.has_dry_run() {
        return Err(CommandError::usage("--dry-run is for commands that change roles").into());
    }
    tokio::select! {
        biased;
        result = dispatch(context, command) => result,
        interrupted = context.interrupts.wait(&context.ui) => Err(interrupted),
    }
}

async fn dispatch(context: &Context, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List => list::run(context).await,
        Command::Show(args) => show::run(context, args).await,
        Command::Create(args) => create::run(context, args).await,
        Command::Edit(args) => edit::run(context, args).await,
        Command::Delete(args) => delete::run(context, args).await,
        Command::Test(args) => test::run(context, args).await,
        Command::Access(args) => access::run(context, args).await,
        Command::Users(args) => users::run(context, args).await,
        Command::Groups(args) => groups::run(context, args).await,
        Command::Assume(args) => assume::run(context, args).await,
        Command::Diff(args) => diff::run(context, args).await,
        Command::Apply(args) => apply::run(context, args).await,
        Command::Undo(args) => undo::run(context, args).await,
        Command::Export(args) => export::run(context, args).await,
        Command::Validate(args) => validate::run(context, args),
        Command::Organizations => organizations::run(context).await,
        Command::Sandbox(command) => sandbox::run(context, command).await,
        Command::Completions(args) => completions::run(context, args, Cli::command()),
        Command::Man(args) => man::run(context, args, Cli::command()),
        Command::Schema(args) => schema::run(context, args),
    }
}
