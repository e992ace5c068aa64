//! How `--allow`, `--deny` and the like become rules: users and groups are looked up, and join the role's rules.
//! What may join or leave which rule is [`crate::plan::rule_edit`]'s.

use std::collections::BTreeSet;

use super::principals::{self, GroupHint};
use crate::args::RuleFlags;
use crate::directory::{Directory, EntityName, State};
use crate::error::CommandError;
use crate::plan::rule_edit::{EditError, RuleEdits};
use crate::role::{Role, RoleName, UserId};
use crate::sorted;
use crate::user_list::{self, NamedUser};
use crate::workmail::Reader;

/// The users whom the flags name, those in files read.
#[derive(Debug)]
pub(crate) struct NamedUsers<'a> {
    rules: &'a RuleFlags,
    allow: Vec<NamedUser>,
    deny: Vec<NamedUser>,
    allow_everyone_except: Vec<NamedUser>,
    /// Of the flags that only `edit` has.
    pub(crate) remove_user: Vec<NamedUser>,
    /// As `remove_user`.
    pub(crate) undeny: Vec<NamedUser>,
}

impl<'a> NamedUsers<'a> {
    /// Reads the files that the flags name.
    ///
    /// # Errors
    /// As [`user_list::read`].
    pub(crate) fn read(
        rules: &'a RuleFlags,
        remove_user: &[String],
        undeny: &[String],
    ) -> anyhow::Result<Self> {
        let lists = [&rules.allow, &rules.deny, &rules.allow_everyone_except, remove_user, undeny];
        let [allow, deny, allow_everyone_except, remove_user, undeny] = user_list::read(lists)?;
        Ok(Self { rules, allow, deny, allow_everyone_except, remove_user, undeny })
    }

    /// The users and groups that are to be looked up.
    ///
    /// # Errors
    /// When a name can be nobody's.
    pub(crate) fn names(&self) -> anyhow::Result<(BTreeSet<EntityName>, BTreeSet<EntityName>)> {
        let Self { rules, allow, deny, allow_everyone_except, remove_user, undeny } = self;
        let group = |text| -> anyhow::Result<EntityName> {
            EntityName::parse(text).map_err(|e| CommandError::usage(format!("{text:?}: {e}")).into())
        };
        let users = [allow, deny, allow_everyone_except, remove_user, undeny];
        let users = principals::user_names(users.into_iter().flatten())?;
        let groups = rules.allow_group.iter().chain(&rules.deny_group);
        Ok((users, sorted::set(groups.map(group).collect::<anyhow::Result<Vec<_>>>()?)))
    }
}

/// What the flags add to the rules of a role, users and groups in ids.
///
/// # Errors
/// When a user or group is not known.
pub(crate) async fn edits(
    named: &NamedUsers<'_>,
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<RuleEdits> {
    Ok(edits_in_order(named, reader, directory).await?.0)
}

/// As [`edits`], with those whom the flags allow in the order given, the members of groups last.
///
/// # Errors
/// As [`edits`].
pub(crate) async fn edits_in_order(
    named: &NamedUsers<'_>,
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<(RuleEdits, Vec<UserId>)> {
    let NamedUsers { rules, allow, deny, allow_everyone_except, remove_user: _, undeny: _ } = named;
    let RuleFlags { allow_everyone, allow_group, deny_group, .. } = rules;
    let allowing: GroupHint =
        |group| format!("{group} is a group: allow its members with --allow-group {group}");
    let denying: GroupHint =
        |group| format!("{group} is a group: deny its members with --deny-group {group}");
    let excepting: GroupHint =
        |group| format!("{group} is a group: use --allow-everyone with --deny-group {group}");
    let mut edits = RuleEdits { allow_everyone: *allow_everyone, ..RuleEdits::default() };
    let lists = [(&allow[..], allowing), (&deny[..], denying), (&allow_everyone_except[..], excepting)];
    let [mut allow, mut deny, except] = principals::user_ids_of(lists, reader, directory).await?;
    for (ids, groups) in [(&mut allow, allow_group), (&mut deny, deny_group)] {
        // The service takes nobody anew who was deleted
        let deleted = |id: &&UserId| directory.user(id).is_some_and(|user| user.state == State::Deleted);
        if let Some(id) = ids.iter().find(deleted) {
            return Err(CommandError::failed(format!("user {} was deleted", directory.label(id))).into());
        }
        ids.extend(principals::member_ids(groups, reader, directory).await?);
    }
    edits.allow.extend(allow.iter().cloned());
    edits.deny.extend(deny);
    edits.allow_everyone_except.extend(except);
    Ok((edits, allow))
}

/// Changes the rules of a role.
///
/// # Errors
/// When a rule or a user is not there; refused when what is asked to take away would give.
pub(crate) fn apply(edits: &RuleEdits, role: &Role, directory: &Directory) -> Result<Role, CommandError> {
    edits.apply(role).map_err(|error| explained(&role.name, error, directory))
}

/// What is wrong with a change to the rules of this role.
pub(crate) fn explained(role: &RoleName, error: EditError, directory: &Directory) -> CommandError {
    let label = |user: &UserId| directory.label(user).to_owned();
    let labels = |users: &[UserId]| users.iter().map(label).collect::<Vec<_>>().join(", nor ");
    match error {
        EditError::NoSuchRule(rule) => CommandError::failed(format!("role {role} has no rule {rule:?}"))
            .hint("`wmrole show` lists the rules of a role with their ids"),
        EditError::NotExtendable { rule, effect } => CommandError::usage(format!(
            "rule {rule} is not an {} rule that lists users, so users cannot be added to it",
            effect.as_str()
        ))
        .hint("give the id of one that does, or leave --rule out"),
        EditError::Expired(rule) => CommandError::usage(format!(
            "rule {rule} of role {role} has expired: users who are added to it would not be reached"
        ))
        .hint("give it a later end with --expires, or leave --rule out for a new rule"),
        EditError::NotAllow(rule) => CommandError::usage(format!(
            "rule {rule} is a DENY rule: it has no end, since users would become reachable by it"
        )),
        EditError::NotDeny(rule) => CommandError::usage(format!("rule {rule} is not a DENY rule"))
            .hint("remove it with --remove-rule"),
        EditError::NotListed { users, flag: "--undeny" } => CommandError::refused(format!(
            "no DENY rule or exception of role {role} lists {}; nothing was changed",
            labels(&users)
        )),
        EditError::NotListed { users, flag: _ } => CommandError::refused(format!(
            "no ALLOW rule of role {role} lists {}; nothing was changed",
            labels(&users)
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
