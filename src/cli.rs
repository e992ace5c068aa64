//! The command line: every clap type and help text, and no behaviour.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::role::RoleType;

/// Administer Amazon WorkMail impersonation roles: who may act in whose mailbox over EWS
#[derive(Debug, Parser)]
#[command(name = "wmrole", version, about, propagate_version = true, after_long_help = exit_codes())]
pub(crate) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n");
    for (code, meaning) in crate::exit::CODES {
        text += &format!("{code:>5}  {meaning}\n");
    }
    text
}

/// Options of every command, given before or after it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Work on this organization [default: the one the YAML names, else the only one there is]
    #[arg(long, global = true, value_name = "ID|ALIAS", env = "WMROLE_ORGANIZATION", visible_aliases = ["org", "organization-id"])]
    pub organization: Option<String>,
    /// Use this profile of the AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// Call the service at this address
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub endpoint_url: Option<String>,
    /// Take EWS to be at this address
    #[arg(long, global = true, value_name = "URL", env = "WMROLE_EWS_URL", value_hint = ValueHint::Url)]
    pub ews_url: Option<String>,
    /// Work on the sandbox whose state is in this file, made with a demo organization if missing
    #[arg(long, global = true, value_name = "FILE", env = "WMROLE_SANDBOX", value_hint = ValueHint::FilePath, value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from))]
    pub sandbox: Option<PathBuf>,
    /// Write results in this format
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Use colours; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say less on stderr
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more on stderr; twice shows each API call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Do not ask for confirmation
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Never prompt: fail instead, naming the flag that would have answered
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Keep at most this many API calls in flight
    #[arg(long, global = true, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
}

impl Global {
    /// The options as they are meant: what is set to nothing is not set, and an address on the command line
    /// beats a sandbox in the environment.
    ///
    /// # Errors
    /// When the command line names an address or a profile, and a sandbox.
    pub(crate) fn settled(mut self) -> Result<Self, &'static str> {
        self.organization = self.organization.filter(|text| !text.is_empty());
        self.ews_url = self.ews_url.filter(|text| !text.is_empty());
        self.sandbox = self.sandbox.filter(|path| !path.as_os_str().is_empty());
        if let (Some(sandbox), Some(_)) = (&self.sandbox, &self.endpoint_url) {
            if std::env::var_os("WMROLE_SANDBOX").as_deref() != Some(sandbox.as_os_str()) {
                return Err("give either --endpoint-url or --sandbox, and not both");
            }
            self.sandbox = None;
        }
        if self.sandbox.is_some() && self.profile.is_some() {
            return Err(
                "--profile is about AWS, and a sandbox is chosen: leave one out (WMROLE_SANDBOX may be set)",
            );
        }
        Ok(self)
    }
}

/// What goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For scripts
    Json,
    /// For people who read scripts
    Yaml,
    /// For a pull request's comment
    Markdown,
    /// For a GitHub job: annotations at the lines of the YAML
    Github,
    /// For test reports
    Junit,
    /// For spreadsheets
    Csv,
}

impl Command {
    /// The formats that the command's result can be written in.
    pub(crate) fn formats(&self) -> &'static [Format] {
        use Format::{Csv, Github, Json, Junit, Markdown, Table, Yaml};
        match self {
            Self::Diff(_) | Self::Apply(_) => &[Table, Json, Yaml, Markdown, Github],
            Self::Validate(args) if !args.snapshot.is_empty() => &[Table, Json, Yaml, Junit, Github],
            Self::Validate(_) => &[Table, Json, Yaml, Github],
            Self::Test(args) if !args.file.is_empty() => &[Table, Json, Yaml, Junit, Github],
            Self::Access(_) => &[Table, Json, Yaml, Csv, Markdown],
            // What these write has a form of its own
            Self::Export(_) => &[Table, Yaml],
            Self::Schema => &[Table, Json],
            Self::Completions(_) | Self::Man(_) | Self::Sandbox(_) => &[Table],
            _ => &[Table, Json, Yaml],
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the roles with type, rules, reach and last change
    #[command(visible_alias = "ls")]
    List,
    /// Show a role, its rules and every target as a person
    Show(Show),
    /// Create a role
    #[command(
        after_long_help = "Example:\n  wmrole create 'Ticket triage' --type read-only --allow alice@example.com bob"
    )]
    Create(Create),
    /// Change a role
    #[command(
        after_long_help = "Example:\n  wmrole edit 'Ticket triage' --allow carol@example.com --remove-user bob"
    )]
    Edit(Edit),
    /// Delete roles
    #[command(visible_alias = "rm")]
    Delete(Delete),
    /// Ask whether a role may impersonate users, or run the expectations of definitions
    #[command(
        after_long_help = "Examples:\n  wmrole test 'Ticket triage' alice@example.com || echo denied\n  wmrole test -f roles/ -o junit >results.xml"
    )]
    Test(Test),
    /// Show who reaches whom: roles by users
    #[command(
        after_long_help = "Examples:\n  wmrole access --user alice@example.com\n  wmrole access -o csv >access.csv"
    )]
    Access(Access),
    /// Get a token for EWS
    #[command(after_long_help = "Example:\n  wmrole assume Migration --as alice@example.com -- ./migrate.sh")]
    Assume(Assume),
    /// Show what applying definitions would change, and who gains and loses what
    #[command(after_long_help = "Example:\n  wmrole diff roles/ --save plan.json")]
    Diff(Diff),
    /// Make definitions live: show the plan, ask, execute, read back, report
    #[command(after_long_help = "Examples:\n  wmrole apply roles/\n  wmrole apply --plan plan.json --yes")]
    Apply(Apply),
    /// Write live roles as YAML that diff finds equal
    Export(Export),
    /// Check definitions without network
    Validate(Validate),
    /// List the account's WorkMail organizations
    #[command(visible_alias = "orgs")]
    Organizations,
    /// Run or make the local stand-in of the service
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Print a completion script
    Completions(Completions),
    /// Print the man page, or write one for each command
    Man(Man),
    /// Print the JSON Schema of the YAML
    Schema,
}

/// `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The role's name or id
    pub role: String,
}

/// Whom the rules are about: the same flags in `create` and `edit`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Rules {
    /// Allow these users
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub allow: Vec<String>,
    /// Deny these users
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub deny: Vec<String>,
    /// Allow every mailbox, those made tomorrow included
    #[arg(long, conflicts_with = "allow_everyone_except")]
    pub allow_everyone: bool,
    /// Allow every mailbox but these users'
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub allow_everyone_except: Vec<String>,
    /// Allow the members that these groups have now
    #[arg(long, value_name = "GROUP", num_args = 1..)]
    pub allow_group: Vec<String>,
    /// Deny the members that these groups have now
    #[arg(long, value_name = "GROUP", num_args = 1..)]
    pub deny_group: Vec<String>,
}

impl Rules {
    /// Was none of the flags given?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } = self;
        !allow_everyone
            && [allow, deny, allow_everyone_except, allow_group, deny_group]
                .iter()
                .all(|list| list.is_empty())
    }
}

/// Role types as people write them; the service's spelling and the YAML's are as good.
fn role_type() -> impl clap::builder::TypedValueParser<Value = RoleType> {
    let read = PossibleValue::new("read-only").aliases(["READ_ONLY", "read_only", "READ-ONLY"]);
    let full = PossibleValue::new("full-access").aliases(["FULL_ACCESS", "full_access", "FULL-ACCESS"]);
    PossibleValuesParser::new([read, full]).map(|text| match text.to_lowercase().starts_with("read") {
        true => RoleType::ReadOnly,
        false => RoleType::FullAccess,
    })
}

/// `create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The new role's name; asked for on a terminal, as the type and the rules are
    pub name: Option<String>,
    /// What the role may do in a mailbox
    #[arg(long = "type", value_name = "TYPE", value_parser = role_type())]
    pub role_type: Option<RoleType>,
    /// What the role is for
    #[arg(long)]
    pub description: Option<String>,
    /// Whom it reaches.
    #[command(flatten)]
    pub rules: Rules,
    /// Create the roles that this YAML declares; `-` reads stdin
    #[arg(short, long, conflicts_with_all = ["name", "role_type", "description", "allow", "deny", "allow_everyone", "allow_everyone_except", "allow_group", "deny_group"], value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

/// `edit`.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The role's name or id
    pub role: String,
    /// Give it this name
    #[arg(long)]
    pub name: Option<String>,
    /// Let it do this in a mailbox
    #[arg(long = "type", value_name = "TYPE", value_parser = role_type())]
    pub role_type: Option<RoleType>,
    /// Describe it so; an empty text clears the description
    #[arg(long)]
    pub description: Option<String>,
    /// Whom it reaches besides.
    #[command(flatten)]
    pub rules: Rules,
    /// Take these users out of every list of the role
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub remove_user: Vec<String>,
    /// Take these rules away
    #[arg(long, value_name = "RULE", num_args = 1..)]
    pub remove_rule: Vec<String>,
}

/// `delete`.
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The roles' names or ids
    #[arg(required = true, value_name = "ROLE")]
    pub roles: Vec<String>,
}

/// `test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The role's name or id
    #[arg(required_unless_present = "file")]
    pub role: Option<String>,
    /// The users, by address, user name or id
    #[arg(required_unless_present = "file", value_name = "USER")]
    pub users: Vec<String>,
    /// Run every `expect` of these definitions; files or directories, `-` reads stdin
    #[arg(short, long, num_args = 1.., conflicts_with_all = ["role", "users"], value_hint = ValueHint::AnyPath)]
    pub file: Vec<PathBuf>,
    /// Evaluate here instead of asking the service: the live rules, or with --file the definitions
    #[arg(long)]
    pub offline: bool,
}

/// `access`.
#[derive(Debug, Args)]
pub(crate) struct Access {
    /// Only these roles, by name or id
    #[arg(long, num_args = 1.., value_name = "ROLE")]
    pub role: Vec<String>,
    /// Only these users, and the roles that reach them
    #[arg(long, num_args = 1.., value_name = "USER")]
    pub user: Vec<String>,
}

/// `assume`.
#[derive(Debug, Args)]
pub(crate) struct Assume {
    /// The role's name or id
    pub role: String,
    /// Ask first whether the role may impersonate this user
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,
    /// Write the token in this form
    #[arg(long, value_enum, conflicts_with = "command")]
    pub format: Option<TokenFormat>,
    /// Run this command with the token in its environment
    #[arg(last = true, value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<std::ffi::OsString>,
}

/// Forms of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenFormat {
    /// The bare token
    Token,
    /// A JSON object
    Json,
    /// Exports for sh, bash and zsh
    Env,
    /// Exports for fish
    Fish,
    /// Assignments for PowerShell
    Powershell,
    /// Assignments for cmd.exe
    Cmd,
    /// An Authorization header
    Header,
    /// Masked, and set for later steps of a GitHub job
    Github,
}

/// `diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Files or directories; `-` reads stdin
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// How far to go.
    #[command(flatten)]
    pub limits: Limits,
    /// End with 3 when there are changes
    #[arg(long)]
    pub exit_code: bool,
    /// Save the plan in this file, for `apply --plan`
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub save: Option<PathBuf>,
}

/// What a plan may do.
#[derive(Debug, Clone, Args)]
pub(crate) struct Limits {
    /// Delete live roles that nothing declares
    #[arg(long)]
    pub prune: bool,
    /// Refuse to delete more roles than this
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub max_deletes: usize,
    /// Refuse when more users than this become newly reachable
    #[arg(long, value_name = "N")]
    pub max_gained: Option<usize>,
    /// Let roles turn from READ_ONLY to FULL_ACCESS
    #[arg(long)]
    pub allow_escalation: bool,
}

/// `apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// Files or directories; `-` reads stdin
    #[arg(required_unless_present = "plan", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// Execute the plan that `diff --save` saved in this file, or refuse it as stale; files given besides must be
    /// those it was made from
    #[arg(long, conflicts_with = "prune", value_hint = ValueHint::FilePath)]
    pub plan: Option<PathBuf>,
    /// How far to go.
    #[command(flatten)]
    pub limits: Limits,
}

/// `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The roles' names or ids; all of them when none is given
    #[arg(value_name = "ROLE")]
    pub roles: Vec<String>,
    /// Write one file a role into this directory
    #[arg(long, value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// Write the directory (users, groups, members) into this file instead, for `validate --snapshot`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["roles", "dir"], value_hint = ValueHint::FilePath)]
    pub snapshot: Option<PathBuf>,
}

/// `validate`.
#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Files or directories; `-` reads stdin
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// Resolve names and run expectations against the directory saved in this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub snapshot: Vec<PathBuf>,
}

/// `sandbox`.
#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    /// Serve the sandbox to other clients; the first line of output is its URL
    ///
    /// With -v it says at the end, on stderr, how it was called: how often, and how many calls one after another.
    #[command(after_long_help = "Example:\n  wmrole sandbox serve --listen 127.0.0.1:4566 --state acme.json")]
    Serve(SandboxServe),
    /// Make a sandbox with a demo organization
    Init(SandboxInit),
}

/// `sandbox serve`.
#[derive(Debug, Args)]
pub(crate) struct SandboxServe {
    /// Listen on this address; port 0 lets the system pick
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Keep the state in this file, made with a demo organization if missing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub state: Option<PathBuf>,
    /// Let each call take this many milliseconds longer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Switch on a fault: KIND[:OPERATION[:COUNT[:SKIP]]], as throttle:UpdateImpersonationRole:2
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<crate::sandbox::Fault>,
}

/// `sandbox init`.
#[derive(Debug, Args)]
pub(crate) struct SandboxInit {
    /// The state file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The state file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "file")]
    pub state: Option<PathBuf>,
    /// Make this many organizations
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub organizations: usize,
    /// Make this many users instead of the demo's
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Make this many roles instead of the demo's
    #[arg(long, value_name = "N")]
    pub roles: Option<usize>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// `completions`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write a page for each command into this directory
    #[arg(long, value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}
