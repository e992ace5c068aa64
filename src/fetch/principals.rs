//! Users and groups that a command line names, and what may have been meant by one that is not known.

use super::directory as reading;
use crate::definition::diagnostic::did_you_mean;
use crate::directory::Directory;
use crate::error::CommandError;
use crate::role::UserId;
use crate::workmail::Reader;

/// What to do about a group where users are wanted; `{}` is the group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InsteadOfGroup(pub &'static str);

/// Where no option takes a group.
pub(crate) const NO_GROUPS: InsteadOfGroup = InsteadOfGroup("{} is a group: name its members");

/// The ids of these users.
///
/// # Errors
/// When one is not known, with what may have been meant.
pub(crate) async fn user_ids(
    names: &[String],
    reader: &Reader,
    directory: &mut Directory,
    InsteadOfGroup(instead): InsteadOfGroup,
) -> anyhow::Result<Vec<UserId>> {
    let missing: Vec<&String> = names.iter().filter(|name| directory.find_user(name).is_none()).collect();
    if !missing.is_empty() {
        reading::read_everyone(reader, directory).await?;
        reading::read_group_names(reader, directory).await;
        let hint = |name: &str| match directory.group_names().any(|group| group.eq_ignore_ascii_case(name)) {
            true => Some(instead.replace("{}", name)),
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
            reading::read_group_names(reader, directory).await;
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
            return Err(CommandError::failed(format!(
                "group {name} has no members; no rule can name nobody"
            ))
            .into());
        }
        all.extend(members);
    }
    Ok(all)
}
