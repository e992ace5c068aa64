//! Roles, users and groups that a command line names, and what may have been meant by one that is not known.

use crate::definition::suggest::did_you_mean;
use crate::directory::Directory;
use crate::error::CommandError;
use crate::fetch;
use crate::role::{LiveRole, RoleSummary, UserId};
use crate::workmail::Reader;

/// What to do about a group where users are wanted; takes the group's name.
pub(crate) type GroupHint = fn(&str) -> String;

/// Where no option takes a group.
pub(crate) fn name_its_members(group: &str) -> String {
    format!("{group} is a group: name its members")
}

/// The live role of this name or id.
///
/// # Errors
/// When there is none, or two of that name.
pub(crate) async fn find_role(reader: &Reader, text: &str) -> anyhow::Result<LiveRole> {
    Ok(find_roles(reader, &[text.to_owned()]).await?.remove(0))
}

/// The live roles of these names or ids, in the order given, each once.
///
/// # Errors
/// When one is not there, or a name is shared by two.
pub(crate) async fn find_roles(reader: &Reader, texts: &[String]) -> anyhow::Result<Vec<LiveRole>> {
    Ok(find_roles_among(reader, texts).await?.1)
}

/// As [`find_roles`], with the list of all live roles.
///
/// # Errors
/// As [`find_roles`].
pub(crate) async fn find_roles_among(
    reader: &Reader,
    texts: &[String],
) -> anyhow::Result<(Vec<RoleSummary>, Vec<LiveRole>)> {
    let (all, live) = reader
        .live_roles(|role| texts.iter().any(|t| *t == role.name.as_str() || *t == role.id.as_str()))
        .await?;
    let mut found: Vec<LiveRole> = Vec::new();
    for text in texts {
        let by_id = live.iter().find(|role| role.id.as_str() == text);
        let by_name: Vec<_> = live.iter().filter(|role| role.role.name.as_str() == text).collect();
        let role = match (by_id, &by_name[..]) {
            (Some(role), _) => role,
            (None, [role]) => *role,
            (None, []) => {
                let names = all.iter().map(|role| role.name.as_str());
                let hint =
                    did_you_mean(text, names).unwrap_or_else(|| "`wmrole list` lists the roles".to_owned());
                return Err(CommandError::failed(format!("there is no role {text:?}")).hint(hint).into());
            }
            (None, several) => {
                let ids: Vec<_> = several.iter().map(|role| role.id.as_str()).collect();
                let message = format!(
                    "{} roles have the name {text:?}; give the id of one: {}",
                    ids.len(),
                    ids.join(", ")
                );
                return Err(CommandError::usage(message).into());
            }
        };
        if !found.iter().any(|other| other.id == role.id) {
            found.push(role.clone());
        }
    }
    Ok((all, found))
}

/// The ids of these users.
///
/// # Errors
/// When one is not known, with what may have been meant.
pub(crate) async fn user_ids(
    names: &[String],
    reader: &Reader,
    directory: &mut Directory,
    group_hint: GroupHint,
) -> anyhow::Result<Vec<UserId>> {
    let missing: Vec<&String> = names.iter().filter(|name| directory.find_user(name).is_none()).collect();
    if !missing.is_empty() {
        fetch::directory::read_everyone(reader, directory).await?;
        fetch::directory::read_group_names(reader, directory).await;
        let hint = |name: &str| match directory.group_names().any(|group| group.eq_ignore_ascii_case(name)) {
            true => Some(group_hint(name)),
            false => did_you_mean(name, directory.user_names()),
        };
        let hints: Vec<String> = missing.iter().filter_map(|name| hint(name)).collect();
        let missing: Vec<&str> = missing.iter().map(|name| name.as_str()).collect();
        let stop = CommandError::failed(format!("there is no user {}", missing.join(", nor ")));
        return Err(if hints.is_empty() { stop } else { stop.hint(hints.join("; ")) }.into());
    }
    Ok(names.iter().filter_map(|name| directory.find_user(name)).map(|user| user.id.clone()).collect())
}

/// The ids of the members of these groups, nested ones too.
///
/// # Errors
/// When one is not known, cannot be read, or has no members.
pub(crate) async fn member_ids(
    groups: &[String],
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<Vec<UserId>> {
    let mut all = Vec::new();
    for name in groups {
        let Some(group) = directory.find_group(name) else {
            fetch::directory::read_group_names(reader, directory).await;
            let stop = CommandError::failed(format!("there is no group {name}"));
            let user = directory.find_user(name).map(|user| format!("{} is a user", user.label()));
            return Err(match user.or_else(|| did_you_mean(name, directory.group_names())) {
                Some(hint) => stop.hint(hint),
                None => stop,
            }
            .into());
        };
        let (members, unread) = directory.members(&group.id);
        if let Some(id) = unread.first() {
            return Err(CommandError::failed(format!(
                "the members of group {id}, in {name}, could not be read"
            ))
            .into());
        }
        if members.is_empty() {
            return Err(CommandError::failed(format!("group {name} has no members")).into());
        }
        all.extend(members);
    }
    Ok(all)
}
