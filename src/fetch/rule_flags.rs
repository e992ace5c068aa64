//! How `--allow`, `--deny` and the like become rules: users and groups are looked up, and join the role's rules.
//! What may join or leave which rule is [`crate::plan::rule_edit`]'s.

use std::collections::BTreeSet;

use super::principals::{self, GroupHint};
use crate::args::RuleFlags;
use crate::directory::{Directory, EntityName, State};
use crate::error::CommandError;
use crate::plan::rule_edit::{EditError, RuleEdits};
use crate::role::{Role, RoleName, UserId};
use crate::workmail::Reader;

/// The users and groups that the flags name.
pub(crate) fn names(
    rules: &RuleFlags,
    more: &[&[String]],
) -> anyhow::Result<(BTreeSet<EntityName>, BTreeSet<EntityName>)> {
    let group = |text| -> anyhow::Result<EntityName> {
        EntityName::parse(text).map_err(|e| CommandError::usage(format!("{text:?}: {e}")).into())
    };
    let RuleFlags { allow, deny, allow_everyone: _, allow_everyone_except, allow_group, deny_group } = rules;
    let more = more.iter().flat_map(|list| list.iter());
    let users = principals::user_names(allow.iter().chain(deny).chain(allow_everyone_except).chain(more))?;
    let groups = allow_group.iter().chain(deny_group).map(group).collect::<anyhow::Result<_>>()?;
    Ok((users, groups))
}

/// What the flags add to the rules of a role, users and groups in ids.
///
/// # Errors
/// When a user or group is not known.
pub(crate) async fn edits(
    rules: &RuleFlags,
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<RuleEdits> {
    let RuleFlags { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } = rules;
    let allowing: GroupHint =
        |group| format!("{group} is a group: allow its members with --allow-group {group}");
    let denying: GroupHint =
        |group| format!("{group} is a group: deny its members with --deny-group {group}");
    let excepting: GroupHint =
        |group| format!("{group} is a group: use --allow-everyone with --deny-group {group}");
    let mut edits = RuleEdits { allow_everyone: *allow_everyone, ..RuleEdits::default() };
    for (users, groups, instead, joined) in
        [(allow, allow_group, allowing, &mut edits.allow), (deny, deny_group, denying, &mut edits.deny)]
    {
        let ids = principals::user_ids(users, reader, directory, instead).await?;
        // The service takes nobody anew who was deleted
        let deleted = |id: &&UserId| directory.user(id).is_some_and(|user| user.state == State::Deleted);
        if let Some(id) = ids.iter().find(deleted) {
            return Err(CommandError::failed(format!("user {} was deleted", directory.label(id))).into());
        }
        joined.extend(ids);
        joined.extend(principals::member_ids(groups, reader, directory).await?);
    }
    let except = principals::user_ids(allow_everyone_except, reader, directory, excepting).await?;
    edits.allow_everyone_except.extend(except);
    Ok(edits)
}

/// Changes the rules of a role.
///
/// # Errors
/// When a rule or a user is not there; refused when what is asked to take away would give.
pub(crate) fn apply(edits: &RuleEdits, role: &Role, directory: &Directory) -> Result<Role, CommandError> {
    edits.apply(role).map_err(|error| explained(&role.name, error, directory))
}

fn explained(role: &RoleName, error: EditError, directory: &Directory) -> CommandError {
    let label = |user: &UserId| directory.label(user).to_owned();
    match error {
        EditError::NoSuchRule(rule) => CommandError::failed(format!("role {role} has no rule {rule:?}"))
            .hint("`wmrole show` lists the rules of a role with their ids"),
        EditError::NotExtendable { rule, effect } => CommandError::usage(format!(
            "rule {rule} is not an {} rule that lists users, so users cannot be added to it",
            effect.as_str()
        ))
        .hint("give the id of one that does, or leave --rule out"),
        EditError::NotDeny(rule) => CommandError::usage(format!("rule {rule} is not a DENY rule"))
            .hint("remove it with --remove-rule"),
        EditError::NotListed { user, flag: "--undeny" } => CommandError::refused(format!(
            "no DENY rule or exception of role {role} lists {}; nothing was changed",
            label(&user)
        )),
        EditError::NotListed { user, flag: _ } => CommandError::refused(format!(
            "no ALLOW rule of role {role} lists {}; nothing was changed",
            label(&user)
        ))
        .hint("to keep the role out of a mailbox that it reaches by a rule for everyone, use --deny"),
        EditError::Denied { user, rule } => CommandError::refused(format!(
            "rule {rule} of role {role} keeps {} from being reached, and --remove-user never gives access; \
             nothing was changed",
            label(&user)
        ))
        .hint(format!("to take the user out of that rule too, use --undeny {}", label(&user))),
        EditError::StillReached { user, rule } => CommandError::refused(format!(
            "{} would still be reached, by rule {rule} of role {role}; nothing was changed",
            label(&user)
        ))
        .hint(format!("use --deny {}", label(&user))),
        EditError::LastException(rule) => CommandError::refused(format!(
            "rule {rule} would except nobody, and so match everyone; nothing was changed"
        ))
        .hint("if everyone is meant: --remove-rule and --allow-everyone"),
        EditError::RemovalGives(rule) => CommandError::refused(format!(
            "users would become reachable without rule {rule} of role {role}; nothing was changed"
        ))
        .hint(format!("if that is meant: --remove-deny-rule {}", shell_word(&rule))),
        EditError::Contradiction { user, flags: [one, other] } => {
            CommandError::usage(format!("{} is named by both {one} and {other}", label(&user)))
        }
    }
}

/// A rule's label in a command, quoted where it has more than letters, digits, `_` and `-`.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
