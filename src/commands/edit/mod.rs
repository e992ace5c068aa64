//! `edit`: change a role by flags, or its YAML in an editor.

mod dialog;
mod editor;

use clap::Args;

use crate::args::{GuardFlags, NamingFlag, Principal, RuleFlags, role_type};
use crate::change::{self, OneRole, Question, policy};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::expiry::Expires;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_role;
use crate::fetch::roles::directory_for;
use crate::fetch::{self, principals, rule_flags};
use crate::plan::rule_edit::{RuleEdits, with_rule_expiry};
use crate::role::{Description, LiveRole, Role, RoleName, RoleType};
use crate::sorted;

/// `edit`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # One more, and one less
  wmrole edit 'Ticket triage' --allow carol@example.com --remove-user bob
  # Whatever another rule allows
  wmrole edit Migration --deny frank@example.com
  # Two more weeks; `wmrole expire` ends it then. Only show what would change
  wmrole edit 'Ticket triage' --expires 2w --dry-run")]
pub(crate) struct EditArgs {
    /// The role's name or id
    pub role: String,
    /// Rename the role
    #[arg(long)]
    pub name: Option<String>,
    /// Set the role type
    #[arg(long = "type", value_name = "TYPE", value_parser = role_type())]
    pub role_type: Option<RoleType>,
    /// Set the description; empty clears it
    #[arg(long)]
    pub description: Option<String>,
    /// Set when access ends: a date (to its end, UTC), an RFC 3339 time, a duration like 2w or 36h, or never; of the role,
    /// or with --rule of that rule
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// Whom it reaches besides.
    #[command(flatten)]
    pub rules: RuleFlags,
    /// Add the users of --allow and --deny to this rule, by id or name, and set its --expires [default: the only one that fits, else a new
    /// one]
    #[arg(long, value_name = "RULE")]
    pub rule: Option<String>,
    /// Take these users out of the ALLOW rules
    #[arg(long, value_name = "USER", num_args = 1.., value_parser = Principal)]
    pub remove_user: Vec<String>,
    /// Take these users out of DENY rules and exceptions, so that they can be reached again
    #[arg(long, value_name = "USER", num_args = 1.., value_parser = Principal)]
    pub undeny: Vec<String>,
    /// Remove these rules, by id or name; refused where that gives somebody access
    #[arg(long, value_name = "RULE", num_args = 1..)]
    pub remove_rule: Vec<String>,
    /// Remove these DENY rules, by id or name, so that users whom they deny can be reached
    #[arg(long, value_name = "RULE", num_args = 1..)]
    pub remove_deny_rule: Vec<String>,
    /// Ask for everything in a dialog that begins with the role as it is, instead of the editor
    #[arg(long, conflicts_with_all = ["name", "role_type", "description", "expires", "allow", "deny", "allow_everyone", "allow_everyone_except", "allow_group", "deny_group", "rule", "remove_user", "undeny", "remove_rule", "remove_deny_rule"])]
    pub dialog: bool,
    /// How much more access the change may give.
    #[command(flatten)]
    pub guards: GuardFlags,
    /// Who is named.
    #[command(flatten)]
    pub naming: NamingFlag,
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

/// Changes a role.
///
/// # Errors
/// When there is no such role, a flag is wrong, or the change is declined.
pub(super) async fn run(context: &Context, args: &EditArgs) -> anyhow::Result<ExitCode> {
    let EditArgs {
        role,
        name,
        role_type,
        description,
        expires,
        rules,
        rule,
        remove_user,
        undeny,
        remove_rule,
        remove_deny_rule,
        dialog,
        guards,
        naming: _,
    } = args;
    if rule.is_some() && rules.joins_no_rule() && expires.is_none() {
        let message = "--rule needs --allow, --deny, --allow-group, --deny-group or --expires";
        return Err(CommandError::usage(message).into());
    }
    if *dialog {
        return dialog::run(context, role, guards).await;
    }
    let none = name.is_none()
        && role_type.is_none()
        && description.is_none()
        && expires.is_none()
        && rules.is_empty()
        && [remove_user, undeny, remove_rule, remove_deny_rule].iter().all(|list| list.is_empty());
    if none {
        return editor::run(context, role, guards).await;
    }
    let now = context.config.system.now();
    let expires = expires.as_deref().map(|text| Expires::parse_flag(text, now)).transpose();
    let expires = expires.map_err(|error| CommandError::usage(format!("--expires: {error}")))?;
    let policy = policy::alone(context)?;
    let flags = rule_flags::NamedUsers::read(rules, remove_user, undeny)?;
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let live = find_role(&writer, role).await?;
    let (users, groups) = flags.names()?;
    let (organization, (mut directory, named)) = futures::future::try_join(
        describe(&writer, organization),
        futures::future::try_join(
            directory_for(&writer, &[&live]),
            fetch::directory::read_names(&writer, &users, &groups),
        ),
    )
    .await?;
    directory.merge(named);
    let live = directory.canonical(live);
    let renamed = edited(args, &live)?;
    if renamed.name != live.role.name && writer.roles().await?.iter().any(|other| other.name == renamed.name)
    {
        return Err(CommandError::failed(format!("a role named {} already exists", renamed.name)).into());
    }
    let renamed = match (rule, expires) {
        (_, None) => renamed,
        (None, Some(expires)) => {
            let description = renamed.description.as_ref().and_then(Description::without_expiry);
            Role { expires, description, ..renamed }
        }
        (Some(rule), Some(expires)) => with_rule_expiry(&renamed, rule, expires.as_ref())
            .map_err(|error| rule_flags::explained(&renamed.name, error, &directory))?,
    };
    if let Some(end) = renamed.expires.as_ref().filter(|end| end.has_passed(now) && rules.allows()) {
        let message = format!(
            "role {} expired {}: nobody would be reached who is allowed now; nothing was changed",
            renamed.name,
            end.in_sentence()
        );
        return Err(CommandError::refused(message).hint("give it a later end with --expires").into());
    }
    let edits = RuleEdits {
        rule: rule.clone(),
        expired: sorted::set(renamed.expired_rules(now).map(|rule| rule.id.clone())),
        remove_users: principals::listed_ids(&flags.remove_user, &live.role, &directory)?,
        undeny: principals::listed_ids(&flags.undeny, &live.role, &directory)?,
        remove_rules: remove_rule.clone(),
        remove_deny_rules: remove_deny_rule.clone(),
        ..rule_flags::edits(&flags, &writer, &mut directory).await?
    };
    let wanted = rule_flags::apply(&edits, &renamed, &directory)?;
    let question = Question::Change(format!("Change role {}", wanted.name));
    let (role, live, policy) = (&wanted, Some(&live), &policy);
    let one = OneRole { organization, role, live, directory, guards, policy };
    change::one_role(context, &connection, one, question).await
}

/// The role with a new name, type or description.
fn edited(args: &EditArgs, live: &LiveRole) -> anyhow::Result<Role> {
    let EditArgs { name, role_type, description, .. } = args;
    let mut wanted: Role = live.role.clone();
    let usage = |error: crate::id::Invalid| CommandError::usage(error.to_string());
    if let Some(name) = name {
        wanted.name = RoleName::parse(name).map_err(usage)?;
    }
    wanted.role_type = role_type.unwrap_or(wanted.role_type);
    match description.as_deref() {
        None => {}
        Some("") => wanted.description = None,
        Some(text) => wanted.description = Some(Description::parse_text(text).map_err(CommandError::usage)?),
    }
    Ok(wanted)
}
