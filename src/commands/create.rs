//! `create`: a new role from flags, or from YAML.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use futures::future::try_join;

use crate::args::{GuardFlags, NamingFlag, RuleFlags, role_type};
use crate::change::dialog::Described;
use crate::change::organizations::{self, Request};
use crate::change::{self, OneRole, Question, Site, policy};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::definition::load::Loaded;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::expiry::Expires;
use crate::fetch::organization::describe;
use crate::fetch::{self, rule_flags};
use crate::plan::{guard, wave};
use crate::prompt::{self, dialog::Step};
use crate::role::{Description, Role, RoleName, RoleSummary, RoleType};

/// `create`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Read the mail of two users
  wmrole create 'Mail support' --type read-only --allow alice@example.com bob
  # The members that a group has now, and never the board
  wmrole create Rooms --type read-only --allow-group support --deny-group board
  # For two weeks; `wmrole expire` ends it then. Only show who would become reachable
  wmrole create Archive --type full-access --allow erin --expires 2w --dry-run
  # As many roles as a list of users needs; only show who would become reachable
  wmrole create Wave --type full-access --allow @wave-07.csv --split --dry-run")]
pub(crate) struct CreateArgs {
    /// The new role's name; without it, or without --type or a rule, a dialog asks on a terminal
    pub name: Option<String>,
    /// What the role may do in a mailbox
    #[arg(long = "type", value_name = "TYPE", value_parser = role_type())]
    pub role_type: Option<RoleType>,
    /// What the role is for
    #[arg(long)]
    pub description: Option<String>,
    /// When access ends: a date (to its end, UTC), an RFC 3339 time, or a duration like 2w or 36h [default: never]
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// Whom it reaches.
    #[command(flatten)]
    pub rules: RuleFlags,
    /// Make as many roles as the users of --allow and --allow-group need, `NAME (1)`, `NAME (2)` and so on, each with all
    /// users of --deny and --deny-group; where the users fit into one role, it is NAME
    #[arg(long, conflicts_with_all = ["allow_everyone", "allow_everyone_except"])]
    pub split: bool,
    /// How much access the role may give.
    #[command(flatten)]
    pub guards: GuardFlags,
    /// Who is named.
    #[command(flatten)]
    pub naming: NamingFlag,
    /// Create the roles that this YAML declares; `-` reads stdin
    #[arg(short, long, conflicts_with_all = ["name", "role_type", "description", "expires", "allow", "deny", "allow_everyone", "allow_everyone_except", "allow_group", "deny_group", "split"], value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Creates a role.
///
/// # Errors
/// When a flag is wrong, the name is taken, or the change is declined.
pub(super) async fn run(context: &Context, args: &CreateArgs) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.file {
        return from_file(context, file, &args.guards).await;
    }
    let policy = policy::alone(context)?;
    let name = args.name.as_deref().map(RoleName::parse).transpose();
    let name = name.map_err(|error| CommandError::usage(error.to_string()))?;
    let description = args.description.as_deref().filter(|text| !text.is_empty());
    let description = description.map(Description::parse_text).transpose().map_err(CommandError::usage)?;
    let now = context.config.system.now();
    let expires = args.expires.as_deref().map(|text| Expires::parse_flag(text, now)).transpose();
    let expires = expires.map_err(|error| CommandError::usage(format!("--expires: {error}")))?.flatten();
    if args.split && args.rules.allow.is_empty() && args.rules.allow_group.is_empty() {
        return Err(CommandError::usage("--split needs --allow or --allow-group").into());
    }
    let asking = prompt::can_ask(context) && !context.config.yes && !args.split;
    let (name, role_type) = match (name, args.role_type) {
        (Some(name), Some(role_type)) if !asking || !args.rules.is_empty() => (name, role_type),
        (name, _) if asking => return in_dialog(context, args, name, (description, expires), &policy).await,
        (None, _) => {
            return Err(CommandError::usage("no name is given")
                .hint("wmrole create NAME --type TYPE")
                .into());
        }
        (Some(_), _) => {
            return Err(CommandError::usage("no type is given")
                .hint("--type read-only or --type full-access")
                .into());
        }
    };
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let rules = &args.rules;
    if rules.is_empty() {
        context.ui.warn(format!("no rule is given: {name} will reach nobody"));
    }
    let flags = rule_flags::NamedUsers::read(rules, &[], &[])?;
    let (users, groups) = flags.names()?;
    let (roles, (organization, mut directory)) = try_join(
        writer.roles(),
        try_join(describe(&writer, organization), fetch::directory::read_names(&writer, &users, &groups)),
    )
    .await?;
    if !args.split {
        is_free(&name, &roles)?;
    }
    let role = Role { name, role_type, description, expires, rules: Vec::new() };
    let (edits, order) = rule_flags::edits_in_order(&flags, &writer, &mut directory).await?;
    let role = rule_flags::apply(&edits, &role, &directory)?;
    if args.split {
        let parts = wave::split(&role, &order);
        let parts = parts.map_err(|error| CommandError::usage(format!("role {}: {error}", role.name)))?;
        parts.iter().try_for_each(|role| is_free(&role.name, &roles))?;
        let what = match &parts[..] {
            [first, .., last] => format!("Create {} roles, {} to {}", parts.len(), first.name, last.name),
            _ => format!("Create role {}", role.name),
        };
        let site = Site { organization, directory, guards: &args.guards, policy: &policy };
        return change::new_roles(context, &connection, site, &parts, Question::Change(what)).await;
    }
    let question = Question::Change(format!("Create role {}", role.name));
    let (role, guards, policy) = (&role, &args.guards, &policy);
    let one = OneRole { organization, role, live: None, directory, guards, policy };
    change::one_role(context, &connection, one, question).await
}

/// Asks for what no flag said, as the console's dialog does.
async fn in_dialog(
    context: &Context,
    args: &CreateArgs,
    name: Option<RoleName>,
    (description, expires): (Option<Description>, Option<Expires>),
    policy: &Loaded,
) -> anyhow::Result<ExitCode> {
    let CreateArgs {
        role_type,
        rules,
        guards,
        name: _,
        description: given_description,
        expires: given_expires,
        naming: _,
        file: _,
        split: _,
    } = args;
    context.ui.spinner("reading roles, users and groups");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let flags = rule_flags::NamedUsers::read(rules, &[], &[])?;
    let (users, groups) = flags.names()?;
    let ((roles, organization), (mut directory, named)) = try_join(
        try_join(writer.roles(), describe(&writer, organization)),
        try_join(
            fetch::directory::read_directory(&writer),
            fetch::directory::read_names(&writer, &users, &groups),
        ),
    )
    .await?;
    directory.merge(named);
    // Before anything is asked
    name.iter().try_for_each(|name| is_free(name, &roles))?;
    let given = [
        (Step::Name, name.is_some()),
        (Step::Description, given_description.is_some()),
        (Step::Type, role_type.is_some()),
        (Step::Expires, given_expires.is_some()),
        (Step::Rules, !rules.is_empty()),
    ];
    let start = Role {
        name: name.unwrap_or_else(|| RoleName::from_service("")),
        role_type: role_type.unwrap_or(RoleType::ReadOnly),
        description,
        expires,
        rules: Vec::new(),
    };
    let edits = rule_flags::edits(&flags, &writer, &mut directory).await?;
    let start = rule_flags::apply(&edits, &start, &directory)?;
    let given = given.into_iter().filter(|(_, is_given)| *is_given).map(|(step, _)| step).collect();
    let described = Described { organization, live: None, start, given, roles, directory, guards, policy };
    change::dialog::described_role(context, &connection, described).await
}

fn is_free(name: &RoleName, roles: &[RoleSummary]) -> anyhow::Result<()> {
    match roles.iter().find(|role| role.name == *name) {
        None => Ok(()),
        Some(other) => {
            Err(CommandError::failed(format!("a role named {name} already exists; its id is {}", other.id))
                .hint("change it with `wmrole edit`")
                .into())
        }
    }
}

/// `create -f`: as `apply`, and only new roles.
async fn from_file(context: &Context, file: &PathBuf, guards: &GuardFlags) -> anyhow::Result<ExitCode> {
    let loaded = organizations::read(context, std::slice::from_ref(file))?;
    let GuardFlags { max_gained, allow_escalation } = *guards;
    let limits = guard::Limits { max_deletes: 0, max_gained, allow_escalation };
    let choice = context.config.organization_choice();
    let request = Request { choice, limits, ..Request::default() };
    let (connection, set) = organizations::plan(context, loaded, &request).await?;
    if let Some(live) = set.planned().find_map(|one| one.live.first()) {
        let message = format!("a role named {} already exists; its id is {}", live.role.name, live.id);
        return Err(CommandError::failed(message).hint("`wmrole apply` changes existing roles").into());
    }
    change::carry_out(context, &connection, &set, Question::Apply).await
}
