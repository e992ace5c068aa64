//! `edit`: change a role by flags, or its YAML in an editor.

mod editor;

use clap::Args;

use crate::args::{RuleFlags, role_type};
use crate::change::{self, Question};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::directory::Directory;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_role;
use crate::fetch::roles::directory_for;
use crate::fetch::{self, rule_flags};
use crate::role::{Description, LiveRole, Role, RoleName, RoleType, UserId};

/// `edit`.
#[derive(Debug, Args)]
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
    /// Whom it reaches besides.
    #[command(flatten)]
    pub rules: RuleFlags,
    /// Take these users out of every list of the role
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub remove_user: Vec<String>,
    /// Take these rules away
    #[arg(long, value_name = "RULE", num_args = 1..)]
    pub remove_rule: Vec<String>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv => false,
    }
}

/// Changes a role.
///
/// # Errors
/// When there is no such role, a flag is wrong, or the change is declined.
pub(super) async fn run(context: &Context, args: &EditArgs) -> anyhow::Result<ExitCode> {
    let EditArgs { role, name, role_type, description, rules, remove_user, remove_rule } = args;
    let none = name.is_none()
        && role_type.is_none()
        && description.is_none()
        && rules.is_empty()
        && remove_user.is_empty()
        && remove_rule.is_empty();
    if none {
        return editor::run(context, role).await;
    }
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let live = find_role(&writer, role).await?;
    let (users, groups) = rule_flags::names(rules, remove_user)?;
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
    let mut wanted = edited(args, &live, &directory)?;
    if wanted.name != live.role.name && writer.roles().await?.iter().any(|other| other.name == wanted.name) {
        return Err(CommandError::failed(format!("there is a role {} already", wanted.name)).into());
    }
    rule_flags::add_rules(&mut wanted, rules, &writer, &mut directory).await?;
    let question = Question::YesNo(format!("Change role {}?", wanted.name));
    change::one_role(context, &connection, organization, &wanted, Some(&live), directory, question).await
}

/// The role with what the flags change, but for the rules that they add.
fn edited(args: &EditArgs, live: &LiveRole, directory: &Directory) -> anyhow::Result<Role> {
    let EditArgs { role: _, name, role_type, description, rules: _, remove_user, remove_rule } = args;
    let mut wanted: Role = live.role.clone();
    let usage = |error: crate::id::Invalid| CommandError::usage(error.to_string());
    if let Some(name) = name {
        wanted.name = RoleName::parse(name).map_err(usage)?;
    }
    wanted.role_type = role_type.unwrap_or(wanted.role_type);
    match description.as_deref() {
        None => {}
        Some("") => wanted.description = None,
        Some(text) => wanted.description = Some(Description::parse(text).map_err(usage)?),
    }
    for rule in remove_rule {
        if !wanted.remove_rule(rule) {
            return Err(CommandError::failed(format!("{} has no rule {rule}", live.role.name)).into());
        }
    }
    for name in remove_user {
        let id = match directory.find_user(name) {
            Some(user) => user.id.clone(),
            None => UserId::from_service(name.as_str()),
        };
        if !wanted.mentioned_users().contains(&id) {
            return Err(CommandError::failed(format!("{} names no user {name}", live.role.name)).into());
        }
        wanted.remove_user(&id).map_err(|rule| {
            CommandError::refused(format!("rule {rule} would except nobody, and so match everyone"))
                .hint("remove the rule with --remove-rule, and give --allow-everyone if that is meant")
        })?;
    }
    Ok(wanted)
}
