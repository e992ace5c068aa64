//! `edit`: change a role by flags, or its YAML in an editor.

mod editor;

use super::create;
use crate::args::{RuleFlags, role_type};
use crate::config::Format;
use crate::context::{Context, described, directory_of, find_role, normal_all};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::directory as reading;
use crate::role::RoleType;
use crate::role::{Description, Role, RoleName, Rule, UserId};
use clap::Args;

/// `edit`.
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
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
    let (connection, organization) = context.open().await?;
    let writer = connection.account.writer(&organization);
    let live = find_role(&writer, role).await?;
    let (users, groups) = create::names(rules, remove_user)?;
    let (organization, (mut directory, named)) = futures::future::try_join(
        described(&writer, organization),
        futures::future::try_join(
            directory_of(&writer, &[&live]),
            reading::read_names(&writer, &users, &groups),
        ),
    )
    .await?;
    directory.merge(named);
    let live = normal_all(vec![live], &directory).remove(0);
    let mut wanted: Role = live.role.clone();
    let usage = |error: crate::id::Invalid| CommandError::usage(error.to_string());
    if let Some(name) = name {
        wanted.name = RoleName::parse(name).map_err(usage)?;
        if wanted.name != live.role.name
            && writer.roles().await?.iter().any(|other| other.name == wanted.name)
        {
            return Err(CommandError::failed(format!("there is a role {} already", wanted.name)).into());
        }
    }
    wanted.role_type = role_type.unwrap_or(wanted.role_type);
    match description.as_deref() {
        None => {}
        Some("") => wanted.description = None,
        Some(text) => wanted.description = Some(Description::parse(text).map_err(usage)?),
    }
    for rule in remove_rule {
        let before = wanted.rules.len();
        wanted.rules.retain(|r| r.id.as_str() != rule && r.name.as_ref().is_none_or(|n| n.as_str() != rule));
        if wanted.rules.len() == before {
            return Err(CommandError::failed(format!("{} has no rule {rule}", live.role.name)).into());
        }
    }
    for name in remove_user {
        let id = match directory.find_user(name) {
            Some(user) => user.id.clone(),
            None => UserId::from_service(name.as_str()),
        };
        remove(&mut wanted, &id, name)?;
    }
    create::add_rules(&mut wanted, rules, &writer, &mut directory).await?;
    create::carry_out(context, &writer, &organization, &wanted, Some(&live), directory).await
}

/// Takes a user out of every list. A list that would become empty is not sent as none: a rule
/// that names nobody any longer goes, and one that excepts nobody any longer is refused.
fn remove(role: &mut Role, user: &UserId, name: &str) -> anyhow::Result<()> {
    if !role.named().contains(user) {
        return Err(CommandError::failed(format!("{} names no user {name}", role.name)).into());
    }
    let mut kept = Vec::new();
    for rule in std::mem::take(&mut role.rules) {
        let Ok(targets) = rule.targets.without(|id| id == user) else {
            let message = format!("rule {} would except nobody, and so match everyone", rule.id);
            return Err(CommandError::refused(message)
                .hint("take the rule away with --remove-rule, and say --allow-everyone if that is meant")
                .into());
        };
        kept.extend(targets.map(|targets| Rule { targets, ..rule }));
    }
    role.rules = kept;
    Ok(())
}
