//! What a dialog shows before a role is changed, and, for the next time, how the same is said without a dialog.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::rerun;
use super::{OneRole, Question};
use crate::args::GuardFlags;
use crate::config::Naming;
use crate::context::{Connection, Context};
use crate::definition::export;
use crate::definition::load::Loaded;
use crate::directory::Directory;
use crate::error;
use crate::exit_code::ExitCode;
use crate::expiry::Expires;
use crate::organization::Organization;
use crate::output::shell;
use crate::output::style::Line;
use crate::output::text::dialog::{self, Flags};
use crate::output::text::place;
use crate::plan::edit_between::edits_between;
use crate::plan::{self, Plan};
use crate::prompt;
use crate::prompt::dialog::{Dialog, Facts, Step};
use crate::role::{Description, LiveRole, Role, RoleId, RoleSummary};
use crate::sorted;

/// A role that is described in a dialog.
#[derive(Debug)]
pub(crate) struct Described<'a> {
    /// Where.
    pub(crate) organization: Organization,
    /// What it is now, if it exists.
    pub(crate) live: Option<LiveRole>,
    /// What the dialog begins with.
    pub(crate) start: Role,
    /// What is not asked, since it was said already.
    pub(crate) given: Vec<Step>,
    /// Every role of the organization.
    pub(crate) roles: Vec<RoleSummary>,
    /// Every user and group.
    pub(crate) directory: Directory,
    /// How much more access the change may give.
    pub(crate) guards: &'a GuardFlags,
    /// The policy of the call.
    pub(crate) policy: &'a Loaded,
}

/// Walks through the dialog, plans the role that comes out, and carries the plan out; then says how to do the same
/// without a dialog, also where the plan is refused or declined.
///
/// # Errors
/// Refused when the dialog is left; and as [`super::one_role`].
pub(crate) async fn described_role(
    context: &Context,
    connection: &Connection,
    described: Described<'_>,
) -> anyhow::Result<ExitCode> {
    let Described { organization, live, start, given, roles, directory, guards, policy } = described;
    let others = roles.iter().filter(|role| live.as_ref().is_none_or(|live| live.id != role.id));
    let taken = sorted::map(others.map(|role| (role.name.clone(), role.id.clone())));
    let is_shared = live.as_ref().is_some_and(|live| taken.contains_key(&live.role.name));
    let (verb, name) = match &live {
        None => ("Create", String::new()),
        Some(live) => ("Change", format!(" {}", live.role.name)),
    };
    let place = place::short(&context.config, &organization);
    let (before, naming) = (live.clone(), context.config.naming);
    let facts = Facts {
        what: format!("{verb} role{name} in {place}"),
        directory,
        now: context.config.system.now(),
        taken,
        summary: Box::new(move |role, directory| summary(role, before.as_ref(), directory, naming)),
    };
    let dialog = match &live {
        None => Dialog::beginning(start, facts),
        Some(_) => Dialog::of(&start, facts),
    };
    context.ui.clear();
    let (role, directory) = prompt::dialog::run(context, dialog.given(given)).await?;
    let question = Question::Change(format!("{verb} role {}", role.name));
    let one = OneRole {
        organization: organization.clone(),
        role: &role,
        live: live.as_ref(),
        directory: directory.clone(),
        guards,
        policy,
    };
    let result = super::one_role(context, connection, one, question).await;
    let is_interrupted = |error: &anyhow::Error| error::exit_code(error) == ExitCode::Interrupted;
    if !result.as_ref().is_err_and(is_interrupted) {
        let answered = Answered { role: &role, live: live.as_ref(), is_shared, guards };
        say_again(context, &organization, &answered, &directory);
    }
    result
}

/// The role as it will be, and what that does to who is reached.
fn summary(role: &Role, live: Option<&LiveRole>, directory: &Directory, naming: Naming) -> Vec<Line> {
    let change = plan::change_of_role(role, live, directory);
    let changes = Plan::new(change.into_iter().collect(), Vec::new(), Vec::new());
    dialog::summary(role, &changes, directory, naming)
}

/// The answers of a dialog.
#[derive(Debug)]
struct Answered<'a> {
    /// The role as it was described.
    role: &'a Role,
    /// The role as it was, where there was one.
    live: Option<&'a LiveRole>,
    /// Whether a different role has the name of the one that was changed.
    is_shared: bool,
    /// How much more access the change may give.
    guards: &'a GuardFlags,
}

/// Says on stderr how to do the same by one command, and by YAML.
fn say_again(context: &Context, organization: &Organization, answered: &Answered<'_>, directory: &Directory) {
    let Answered { role, live, is_shared, guards } = answered;
    if live.is_some_and(|live| live.role.same_as(role)) {
        return;
    }
    let file = export::file_name(&role.name, &mut BTreeSet::new());
    let mut command = rerun::command(&context.config, organization);
    if let Some(policy) = &context.config.policy {
        command += &format!(" --policy {}", shell::quoted_path(policy));
    }
    command += " ";
    let now = context.config.system.now();
    command += &flags(answered, directory, now).unwrap_or_else(|| match live {
        None => format!("create -f {file}"),
        Some(_) => format!("apply {file}"),
    });
    context.ui.hint(format!("the same as a command: {command}{}", guarding(guards)));
    let renamed = live.filter(|live| live.role.name != role.name || *is_shared);
    let id = live.map_or_else(|| RoleId::from_service("new"), |live| live.id.clone());
    let (created, modified) = (None, None);
    let as_live = LiveRole { id, role: (*role).clone(), rules_unknown: false, created, modified };
    let exported = export::export_one(Some(organization.label()), &as_live, renamed.is_some(), directory);
    exported.warnings.iter().for_each(|warning| context.ui.warn(warning));
    context.ui.hint(format!("the same as YAML, for `wmrole apply {file}`:"));
    context.ui.status_verbatim(&exported.yaml);
}

/// The command behind the options that find the organization; none where no flags say the same.
fn flags(answered: &Answered<'_>, directory: &Directory, now: Timestamp) -> Option<String> {
    let Answered { role, live, is_shared, guards: _ } = answered;
    let before = live.map(|live| &live.role);
    let rules = edits_between(before, role, now)?;
    let description = role.description.as_ref().map(Description::as_str);
    let flags = match live {
        None => Flags {
            verb: "create",
            role: role.name.as_str(),
            name: None,
            role_type: Some(role.role_type),
            description,
            expires: role.expires.as_ref().map(Expires::as_str),
            rules: &rules,
        },
        Some(live) => {
            let Role { name, role_type, description: before, expires, rules: _ } = &live.role;
            let ends = || role.expires.as_ref().map_or("never", Expires::as_str);
            Flags {
                verb: "edit",
                role: if *is_shared { live.id.as_str() } else { name.as_str() },
                name: (*name != role.name).then_some(&role.name),
                role_type: (*role_type != role.role_type).then_some(role.role_type),
                description: (*before != role.description).then(|| description.unwrap_or_default()),
                expires: (*expires != role.expires).then(ends),
                rules: &rules,
            }
        }
    };
    dialog::command(&flags, directory)
}

/// The guards that the dialog was called with.
fn guarding(GuardFlags { max_gained, allow_escalation }: &GuardFlags) -> String {
    let gained = max_gained.map(|n| format!(" --max-gained {n}")).unwrap_or_default();
    let escalation = if *allow_escalation { " --allow-escalation" } else { "" };
    format!("{gained}{escalation}")
}
