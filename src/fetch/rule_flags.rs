//! How `--allow`, `--deny` and the like become rules: users and groups are looked up, and join the role's rules.

use std::collections::BTreeSet;

use super::principals::{self, GroupHint};
use crate::args::RuleFlags;
use crate::directory::{Directory, EntityName, State};
use crate::error::CommandError;
use crate::role::{Effect, Role, Targets, UserId, UserSet};
use crate::workmail::Reader;

/// The users and groups that the flags name.
pub(crate) fn names(
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
pub(crate) async fn add_rules(
    role: &mut Role,
    rules: &RuleFlags,
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<()> {
    let RuleFlags { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } = rules;
    let allowing: GroupHint =
        |group| format!("{group} is a group: allow its members with --allow-group {group}");
    let denying: GroupHint =
        |group| format!("{group} is a group: deny its members with --deny-group {group}");
    let excepting: GroupHint =
        |group| format!("{group} is a group: use --allow-everyone with --deny-group {group}");
    for (id, effect, users, groups, instead) in [
        ("allow", Effect::Allow, allow, allow_group, allowing),
        ("deny", Effect::Deny, deny, deny_group, denying),
    ] {
        let mut ids = principals::user_ids(users, reader, directory, instead).await?;
        // The service takes nobody anew who was deleted
        let deleted = |id: &&UserId| directory.user(id).is_some_and(|user| user.state == State::Deleted);
        if let Some(id) = ids.iter().find(deleted) {
            return Err(CommandError::failed(format!("user {} was deleted", directory.label(id))).into());
        }
        ids.extend(principals::member_ids(groups, reader, directory).await?);
        if let Ok(set) = UserSet::new(ids) {
            role.add_users(id, effect, set);
        }
    }
    let except = principals::user_ids(allow_everyone_except, reader, directory, excepting).await?;
    if let Ok(set) = UserSet::new(except) {
        role.replace_rule("allow-everyone-except", Targets::Except(set));
    }
    if *allow_everyone {
        role.replace_rule("allow-everyone", Targets::Everyone);
    }
    Ok(())
}
