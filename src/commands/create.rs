//! `create`: a new role from flags, or from YAML.

use std::collections::{BTreeMap, BTreeSet};

use crate::args::{RuleFlags, role_type};
use crate::change::execute;
use crate::config::Format;
use crate::context::{Context, described};
use crate::definition::resolve::Desired;
use crate::definition::span::Span;
use crate::directory::{Directory, EntityName, State};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::directory as reading;
use crate::fetch::principals as people;
use crate::fetch::principals::InsteadOfGroup;
use crate::organization::Organization;
use crate::plan::{self, Plan};
use crate::prompt::dialog;
use crate::role::RoleType;
use crate::role::{
    Description, Effect, MAX_RULES, MAX_USERS, Role, RoleName, Rule, RuleId, RuleName, Targets, UserId,
    UserSet, split_all, split_id_collision,
};
use crate::workmail::{Reader, RoleSummary, Writer};
use clap::{Args, ValueHint};
use std::path::PathBuf;

/// `create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
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
    pub rules: RuleFlags,
    /// Create the roles that this YAML declares; `-` reads stdin
    #[arg(short, long, conflicts_with_all = ["name", "role_type", "description", "allow", "deny", "allow_everyone", "allow_everyone_except", "allow_group", "deny_group"], value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv => false,
    }
}

/// Creates a role.
///
/// # Errors
/// When a flag is wrong, the name is taken, or the change is declined.
pub(super) async fn run(context: &Context, args: &CreateArgs) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.file {
        return crate::commands::apply::create(context, file).await;
    }
    let asking = context.ui.can_ask() && !context.config.yes;
    let name = match &args.name {
        Some(name) => RoleName::parse(name).map_err(|error| CommandError::usage(error.to_string()))?,
        None if asking => dialog::name().await?,
        None => {
            return Err(CommandError::usage("no name is given")
                .hint("wmrole create NAME --type TYPE")
                .into());
        }
    };
    let role_type = match args.role_type {
        Some(role_type) => role_type,
        None if asking => dialog::role_type().await?,
        None => {
            return Err(CommandError::usage("no type is given")
                .hint("--type read-only or --type full-access")
                .into());
        }
    };
    let description = args.description.as_deref().filter(|text| !text.is_empty());
    let description = description
        .map(Description::parse)
        .transpose()
        .map_err(|error| CommandError::usage(error.to_string()))?;
    let (connection, organization) = context.open().await?;
    let writer = connection.account.writer(&organization);
    let mut rules = args.rules.clone();
    if rules.is_empty() && asking {
        let (roles, everyone) =
            futures::future::try_join(writer.roles(), reading::read_directory(&writer)).await?;
        // Before anything more is asked
        is_free(&name, &roles)?;
        rules = dialog::rules(&everyone).await?;
    }
    if rules.is_empty() {
        context.ui.warn(format!("no rule is given: {name} will reach nobody"));
    }
    let (users, groups) = names(&rules, &[])?;
    let (roles, (organization, mut directory)) = futures::future::try_join(
        writer.roles(),
        futures::future::try_join(
            described(&writer, organization),
            reading::read_names(&writer, &users, &groups),
        ),
    )
    .await?;
    is_free(&name, &roles)?;
    let mut role = Role { name, role_type, description, rules: Vec::new() };
    add_rules(&mut role, &rules, &writer, &mut directory).await?;
    carry_out(context, &writer, &organization, &role, None, directory).await
}

fn is_free(name: &RoleName, roles: &[RoleSummary]) -> anyhow::Result<()> {
    match roles.iter().find(|role| role.name == *name) {
        None => Ok(()),
        Some(other) => {
            Err(CommandError::failed(format!("there is a role {name} already; its id is {}", other.id))
                .hint("change it with `wmrole edit`")
                .into())
        }
    }
}

/// The users and groups that the flags name.
pub(super) fn names(
    rules: &RuleFlags,
    more: &[String],
) -> anyhow::Result<(BTreeSet<EntityName>, BTreeSet<EntityName>)> {
    let parse = |lists: &[&[String]]| -> anyhow::Result<BTreeSet<EntityName>> {
        let all = lists.iter().flat_map(|list| list.iter());
        all.map(|text| {
            EntityName::parse(text).map_err(|e| CommandError::usage(format!("{text:?}: {e}")).into())
        })
        .collect()
    };
    let RuleFlags { allow, deny, allow_everyone: _, allow_everyone_except, allow_group, deny_group } = rules;
    Ok((parse(&[allow, deny, allow_everyone_except, more])?, parse(&[allow_group, deny_group])?))
}

/// Adds what the flags say to the role: users join a rule of the flag's name, or make it.
///
/// # Errors
/// When a user or group is not known.
pub(super) async fn add_rules(
    role: &mut Role,
    rules: &RuleFlags,
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<()> {
    let RuleFlags { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } = rules;
    let allowing = InsteadOfGroup("{} is a group: allow its members with --allow-group {}");
    let denying = InsteadOfGroup("{} is a group: deny its members with --deny-group {}");
    let excepting = InsteadOfGroup("{} is a group: use --allow-everyone with --deny-group {}");
    for (id, effect, users, groups, instead) in [
        ("allow", Effect::Allow, allow, allow_group, allowing),
        ("deny", Effect::Deny, deny, deny_group, denying),
    ] {
        let mut ids = people::user_ids(users, reader, directory, instead).await?;
        // The service takes nobody anew who was deleted
        let deleted = |id: &&UserId| directory.user(id).is_some_and(|user| user.state == State::Deleted);
        if let Some(id) = ids.iter().find(deleted) {
            return Err(CommandError::failed(format!("user {} was deleted", directory.label(id))).into());
        }
        ids.extend(people::member_ids(groups, reader, directory).await?);
        if let Ok(set) = UserSet::new(ids) {
            join_rule(role, id, effect, set);
        }
    }
    let except = people::user_ids(allow_everyone_except, reader, directory, excepting).await?;
    if let Ok(set) = UserSet::new(except) {
        replace_rule(role, "allow-everyone-except", Targets::Except(set));
    }
    if *allow_everyone {
        replace_rule(role, "allow-everyone", Targets::Everyone);
    }
    Ok(())
}

fn join_rule(role: &mut Role, id: &str, effect: Effect, users: UserSet) {
    let existing = role.rules.iter_mut().find(|rule| rule.id.as_str() == id && rule.effect == effect);
    if let Some(rule) = existing
        && let Targets::Users(old) = &rule.targets
    {
        rule.targets = Targets::Users(old.union(&users));
        return;
    }
    let taken = |id: &str| role.rules.iter().any(|rule| rule.id.as_str() == id);
    let mut free = id.to_owned();
    for n in 2.. {
        if !taken(&free) {
            break;
        }
        free = format!("{id}-{n}");
    }
    push_rule(role, &free, effect, Targets::Users(users));
}

fn replace_rule(role: &mut Role, id: &str, targets: Targets) {
    role.rules.retain(|rule| rule.id.as_str() != id);
    push_rule(role, id, Effect::Allow, targets);
}

fn push_rule(role: &mut Role, id: &str, effect: Effect, targets: Targets) {
    role.rules.push(Rule {
        id: RuleId::from_service(id),
        name: Some(RuleName::from_service(id.replace('-', " "))),
        description: None,
        effect,
        targets,
    });
}

/// Shows the plan for one role, asks, and makes it so.
///
/// # Errors
/// When the role breaks a limit, or the change is declined.
pub(super) async fn carry_out(
    context: &Context,
    writer: &Writer,
    organization: &Organization,
    role: &Role,
    live: Option<&crate::role::LiveRole>,
    mut directory: Directory,
) -> anyhow::Result<ExitCode> {
    let needed = split_all(&role.rules).len();
    if needed > MAX_RULES {
        return Err(CommandError::usage(format!(
            "{} would take {needed} rules; the service takes {MAX_RULES} of {MAX_USERS} users each",
            role.name
        ))
        .into());
    }
    if let Some(twice) = split_id_collision(&role.rules) {
        return Err(CommandError::usage(format!(
            "split into lists of {MAX_USERS} users, two rules of {} would have the id {}",
            role.name, twice
        ))
        .into());
    }
    if let Some(rule) = role.rules.iter().find(|r| r.targets.except().is_some_and(|e| e.len() > MAX_USERS)) {
        return Err(
            CommandError::usage(format!("rule {} excepts more than {MAX_USERS} users", rule.id)).into()
        );
    }
    if crate::access::needs_every_user(live.map(|live| &live.role), Some(role)) && !directory.is_complete() {
        reading::read_everyone(writer, &mut directory).await?;
    }
    let desired = Desired {
        span: Span::default(),
        role: role.canonical(),
        id: live.map(|live| live.id.clone()),
        previously: Vec::new(),
        via: BTreeMap::new(),
        groups: BTreeMap::new(),
        left_out: Vec::new(),
    };
    let change = plan::change(&desired, live, &directory);
    let plan = Plan::new(change.into_iter().collect(), Vec::new(), Vec::new());
    if plan.is_empty() {
        context.ui.status(format!("{} is so already; nothing to change", role.name));
    } else {
        execute::show(context, &plan, &directory)?;
        let question = if live.is_some() { "Change" } else { "Create" };
        let answer = context.ui.confirm(&format!("{question} role {}?", role.name)).await;
        execute::unless_declined(context, organization, &plan, &directory, answer)?;
    }
    execute::execute_and_tell(context, writer, organization, &plan, &directory).await
}
