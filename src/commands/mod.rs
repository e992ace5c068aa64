//! The command line: a file a subcommand, with its arguments, its formats and `run`. Nothing but this file
//! imports one of them.

mod access;
mod apply;
mod assume;
mod audit;
mod completions;
mod create;
mod delete;
mod diff;
mod doctor;
mod edit;
mod expire;
mod export;
mod groups;
mod help;
mod history;
mod iam_policy;
mod list;
mod man;
mod organizations;
mod proxy;
mod report;
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
use help::Heading;

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

/// The commands below their headings, in the order of the help, and the formats that each can have.
const HEADINGS: [Heading; 5] = [
    (
        "Roles",
        &[
            ("list", list::has_format),
            ("show", show::has_format),
            ("create", create::has_format),
            ("edit", edit::has_format),
            ("delete", delete::has_format),
            ("undo", undo::has_format),
            ("assume", assume::has_format),
            ("users", users::has_format),
            ("groups", groups::has_format),
        ],
    ),
    (
        "Roles as code",
        &[
            ("export", export::has_format),
            ("validate", |format| validate::has_format(format, true)),
            ("diff", diff::has_format),
            ("apply", apply::has_format),
            ("schema", schema::has_format),
        ],
    ),
    (
        "Proof",
        &[
            ("access", access::has_format),
            ("test", |format| [false, true].iter().any(|expects| test::has_format(format, *expects))),
            ("audit", |format| audit::has_format(format, false, false)),
            ("history", history::has_format),
            ("report", report::has_format),
        ],
    ),
    (
        "Leaving",
        &[
            ("expire", expire::has_format),
            ("proxy", proxy::has_format),
            ("iam-policy", iam_policy::has_format),
        ],
    ),
    (
        "Set-up",
        &[
            ("doctor", doctor::has_format),
            ("organizations", organizations::has_format),
            ("sandbox", sandbox::has_format),
            ("completions", completions::has_format),
            ("man", man::has_format),
        ],
    ),
];

/// The command line, with the help that it gives.
pub(crate) fn command_line() -> clap::Command {
    help::teach(Cli::command(), &HEADINGS)
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
    /// List the roles with type, rules and reach
    #[command(
        visible_alias = "ls",
        after_long_help = "\
Examples:
  # Whom each role reaches, and when it changed last
  wmrole list
  # For a script
  wmrole list -o json >roles.json
  # No AWS account is needed to try it
  wmrole --sandbox demo.json list"
    )]
    List,
    /// Show a role, its rules and every target as a person
    Show(show::ShowArgs),
    /// Create a role
    Create(create::CreateArgs),
    /// Change a role
    Edit(edit::EditArgs),
    /// Delete roles
    #[command(visible_alias = "rm")]
    Delete(delete::DeleteArgs),
    /// Ask whether a role may impersonate users, or run expectations
    Test(test::TestArgs),
    /// Show who reaches whom: roles by users
    Access(access::AccessArgs),
    /// Find what a reviewer should worry about
    Audit(audit::AuditArgs),
    /// Show who changed and assumed roles, from CloudTrail
    ///
    /// Who made, changed, deleted and assumed roles, changed mailbox permissions and access control rules, deleted personal access tokens, exported mailboxes and reset passwords. CloudTrail keeps 90 days, and takes two calls a second; the files of a trail go further back. Calls that were refused are there too, with the error. It does not have what is done in a mailbox: that is in the audit log of mailboxes, where the organization writes one.
    History(history::HistoryArgs),
    /// Write a page with everything that an auditor asks for
    ///
    /// Roles with rules and expiry, who reaches whom, the findings of audit with evidence and remedy, transitive access drawn, and what could not be checked, with when and as whom it was read. The page is one file, which asks for nothing when it is opened, and can be printed.
    Report(report::ReportArgs),
    /// List the users whom rules can name
    Users(users::UsersArgs),
    /// List the groups that rules can name, with their members
    Groups(groups::GroupsArgs),
    /// Get a token for EWS
    Assume(assume::AssumeArgs),
    /// Serve EWS on this machine to a client that cannot hold a token
    ///
    /// The client needs a URL and a password, which is made for this run; with any user name, or as a bearer token. What it asks for goes to EWS with the role's token, which is renewed before it ends. Without --as the client names the user in each request. With -v, each request is a line on stderr.
    ///
    /// From the moment at which the role expires, or once it is deleted, nothing is passed on: requests are answered with ErrorImpersonateUserDenied, the command is asked to end (SIGTERM) and, when it has not within 10 seconds, killed, and the exit code is 5, or 1 where the role is gone. Ctrl-C kills it at once then. The role is read at each renewal for that; while it cannot be read there is no new token. Only where GetImpersonationRole was denied from the start, with the ids of role and organization, the token is renewed without it, which a warning says: `iam-policy assume --until` gives such a policy an end.
    Proxy(proxy::ProxyArgs),
    /// Show what would change, and who gains and loses access
    Diff(diff::DiffArgs),
    /// Make definitions live: show the plan, ask, execute, report
    Apply(apply::ApplyArgs),
    /// Bring back what the last change replaced
    Undo(undo::UndoArgs),
    /// Take away access that has expired, or shut roles now
    Expire(expire::ExpireArgs),
    /// Write live roles as YAML that diff finds equal
    Export(export::ExportArgs),
    /// Check definitions without network
    Validate(validate::ValidateArgs),
    /// List the account's WorkMail organizations
    #[command(
        visible_alias = "orgs",
        after_long_help = "\
Examples:
  wmrole organizations
  # WorkMail is in three Regions
  wmrole organizations --region eu-west-1 -o json"
    )]
    Organizations,
    /// Check what the other commands need, and say what to do
    ///
    /// Credentials, Region, organization, clock, EWS, shell completion and saved states, and each permission that a call without effect can show. It takes ten seconds at most and ends with 1 where something failed. With -o json, nothing names a person, an account or a machine.
    #[command(after_long_help = "\
Examples:
  wmrole doctor
  # For an issue that anybody can read
  wmrole doctor -o json")]
    Doctor,
    /// Print the IAM policy for what a command needs, or for the end
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  # May use one role, and do nothing else
  wmrole iam-policy assume Migration
  # What a job that plans may do
  wmrole iam-policy ci-plan >ci-plan.json"
    )]
    IamPolicy(iam_policy::IamPolicyCommand),
    /// Run or make the local stand-in of the service
    #[command(
        subcommand,
        after_long_help = "\
Examples:
  # A demo organization in a file
  wmrole sandbox init demo.json
  # For other clients too; the first line of output is the URL
  wmrole sandbox serve --state demo.json"
    )]
    Sandbox(sandbox::SandboxCommand),
    /// Print a completion script
    Completions(completions::CompletionsArgs),
    /// Open a man page, or write all of them
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
            Self::Test(args) => test::has_format(format, !args.file.is_empty()),
            Self::Access(_) => access::has_format(format),
            Self::Audit(args) => args.has_format(format),
            Self::History(_) => history::has_format(format),
            Self::Report(_) => report::has_format(format),
            Self::Users(_) => users::has_format(format),
            Self::Groups(_) => groups::has_format(format),
            Self::Assume(_) => assume::has_format(format),
            Self::Proxy(_) => proxy::has_format(format),
            Self::Diff(_) => diff::has_format(format),
            Self::Apply(_) => apply::has_format(format),
            Self::Undo(_) => undo::has_format(format),
            Self::Expire(_) => expire::has_format(format),
            Self::Export(_) => export::has_format(format),
            Self::Validate(args) => validate::has_format(format, !args.snapshot.is_empty()),
            Self::Organizations => organizations::has_format(format),
            Self::Doctor => doctor::has_format(format),
            Self::IamPolicy(_) => iam_policy::has_format(format),
            Self::Sandbox(_) => sandbox::has_format(format),
            Self::Completions(_) => completions::has_format(format),
            Self::Man(_) => man::has_format(format),
            Self::Schema(_) => schema::has_format(format),
        }
    }

    /// Does the command change roles, so that it can be asked for its plan alone?
    pub(crate) fn changes_roles(&self) -> bool {
        match self {
            Self::Create(_)
            | Self::Edit(_)
            | Self::Delete(_)
            | Self::Apply(_)
            | Self::Undo(_)
            | Self::Expire(_) => true,
            Self::List
            | Self::Show(_)
            | Self::Test(_)
            | Self::Access(_)
            | Self::Audit(_)
            | Self::History(_)
            | Self::Report(_)
            | Self::Users(_)
            | Self::Groups(_)
            | Self::Assume(_)
            | Self::Proxy(_)
            | Self::Diff(_)
            | Self::Export(_)
            | Self::Validate(_)
            | Self::Organizations
            | Self::Doctor
            | Self::IamPolicy(_)
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
            | Self::Undo(undo::UndoArgs { naming, .. })
            | Self::Expire(expire::ExpireArgs { naming, .. }) => naming,
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
    if context.config.dry_run && !command.changes_roles() {
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
        Command::Audit(args) => audit::run(context, args).await,
        Command::History(args) => history::run(context, args).await,
        Command::Report(args) => report::run(context, args).await,
        Command::Users(args) => users::run(context, args).await,
        Command::Groups(args) => groups::run(context, args).await,
        Command::Assume(args) => assume::run(context, args).await,
        Command::Proxy(args) => proxy::run(context, args).await,
        Command::Diff(args) => diff::run(context, args).await,
        Command::Apply(args) => apply::run(context, args).await,
        Command::Undo(args) => undo::run(context, args).await,
        Command::Expire(args) => expire::run(context, args).await,
        Command::Export(args) => export::run(context, args).await,
        Command::Validate(args) => validate::run(context, args),
        Command::Organizations => organizations::run(context).await,
        Command::Doctor => doctor::run(context).await,
        Command::IamPolicy(command) => iam_policy::run(context, command).await,
        Command::Sandbox(command) => sandbox::run(context, command).await,
        Command::Completions(args) => completions::run(context, args, command_line()),
        Command::Man(args) => man::run(context, args, command_line()).await,
        Command::Schema(args) => schema::run(context, args),
    }
}
