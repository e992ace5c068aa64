//! Roles, users and groups that a command line names, and what may have been meant by one that is not known.

use std::collections::BTreeSet;

use crate::definition::names::{Names, NotFound};
use crate::definition::suggest::did_you_mean;
use crate::directory::{Directory, EntityName};
use crate::error::CommandError;
use crate::fetch;
use crate::id::RoleId;
use crate::role::{LiveRole, Role, RoleSummary, UserId};
use crate::user_list::NamedUser;
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

/// The id of a role, where it is given as the service writes ids: no name looks like it by chance.
pub(crate) fn role_id(text: &str) -> Option<RoleId> {
    uuid::Uuid::try_parse(text).ok().and_then(|_| RoleId::parse(text).ok())
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
    let chosen = chosen_roles(&all, texts)?;
    // Whatever is in the list and wanted was read
    let found = chosen.iter().filter_map(|role| live.iter().find(|one| one.id == role.id).cloned()).collect();
    Ok((all, found))
}

/// The roles of these names or ids, in the order given, each once.
///
/// # Errors
/// When one is not there, or a name is shared by two.
pub(crate) fn chosen_roles<'a>(
    all: &'a [RoleSummary],
    texts: &[String],
) -> Result<Vec<&'a RoleSummary>, CommandError> {
    let mut found: Vec<&RoleSummary> = Vec::new();
    for text in texts {
        let by_id = all.iter().find(|role| role.id.as_str() == text);
        let by_name: Vec<_> = all.iter().filter(|role| role.name.as_str() == text).collect();
        let role = match (by_id, &by_name[..]) {
            (Some(role), _) => role,
            (None, [role]) => role,
            (None, []) => {
                let names = all.iter().map(|role| role.name.as_str());
                let hint =
                    did_you_mean(text, names).unwrap_or_else(|| "`wmrole list` lists the roles".to_owned());
                return Err(CommandError::failed(format!("there is no role {text:?}")).hint(hint));
            }
            (None, several) => {
                let ids: Vec<_> = several.iter().map(|role| role.id.as_str()).collect();
                let message = format!(
                    "{} roles have the name {text:?}; give the id of one: {}",
                    ids.len(),
                    ids.join(", ")
                );
                return Err(CommandError::usage(message));
            }
        };
        if !found.iter().any(|other| other.id == role.id) {
            found.push(role);
        }
    }
    Ok(found)
}

/// The users that can be looked up by these texts: all but what can only be the name that people see, with which
/// [`user_ids`] says who may be meant.
///
/// # Errors
/// When a text is neither; all such texts are told.
pub(crate) fn user_names<'a>(
    users: impl IntoIterator<Item = &'a NamedUser>,
) -> anyhow::Result<BTreeSet<EntityName>> {
    let (mut names, mut wrong) = (BTreeSet::new(), Vec::new());
    for user in users {
        match EntityName::parse(&user.text) {
            Ok(name) => drop(names.insert(name)),
            Err(_) if may_be_shown(&user.text) => {}
            Err(error) => wrong.push(format!("{user}: {error}")),
        }
    }
    if wrong.is_empty() { Ok(names) } else { Err(CommandError::usage(wrong.join("; ")).into()) }
}

/// Can it be the name that people see of a user?
fn may_be_shown(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
        && text.len() <= 256
        && !text.chars().any(|c| c.is_control() || c == ',')
}

/// The ids of these users.
///
/// # Errors
/// When some are not known, with who may have been meant, or when several are called so; all of them are told.
pub(crate) async fn user_ids(
    named: &[NamedUser],
    reader: &Reader,
    directory: &mut Directory,
    group_hint: GroupHint,
) -> anyhow::Result<Vec<UserId>> {
    let [ids] = user_ids_of([(named, group_hint)], reader, directory).await?;
    Ok(ids)
}

/// As [`user_ids`], of several lists.
///
/// # Errors
/// As [`user_ids`], of all lists together.
pub(crate) async fn user_ids_of<const N: usize>(
    lists: [(&[NamedUser], GroupHint); N],
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<[Vec<UserId>; N]> {
    let named =
        || lists.iter().enumerate().flat_map(|(n, (users, hint))| users.iter().map(move |u| (n, u, hint)));
    let users = |directory: &Directory| {
        let names = Names::of(directory);
        named().map(|(_, user, _)| names.user(&user.text).map(|user| user.id.clone())).collect::<Vec<_>>()
    };
    let mut found = users(directory);
    if found.iter().any(|user| matches!(user, Err(NotFound::Nobody { .. }))) {
        fetch::directory::read_everyone(reader, directory).await?;
        fetch::directory::read_group_names(reader, directory).await;
        found = users(directory);
    }
    let mut ids = [const { Vec::new() }; N];
    let (mut wrong, mut missing, mut hints) = (Vec::new(), Vec::new(), Vec::new());
    for ((list, user, group_hint), found) in named().zip(found) {
        let text = &user.text;
        let at = user.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let help = match found {
            Ok(id) => {
                ids[list].push(id);
                continue;
            }
            Err(NotFound::Several { message, help }) => {
                wrong.push(format!("{at}{message}"));
                Some(help)
            }
            Err(NotFound::Nobody { help }) => match (help, EntityName::parse(text)) {
                // What names nobody and cannot name anybody is a mistake of the command line
                (None, Err(error)) => {
                    wrong.push(format!("{user}: {error}"));
                    None
                }
                (help, _) => {
                    missing.push(user.described());
                    if directory.has_group_name(text) { Some(group_hint(text)) } else { help }
                }
            },
        };
        hints.extend(help.map(|help| format!("{at}{help}")));
    }
    if wrong.is_empty() && missing.is_empty() {
        return Ok(ids);
    }
    let missing = (!missing.is_empty()).then(|| format!("there is no user {}", missing.join(", nor ")));
    let error = match wrong.is_empty() {
        true => CommandError::failed(missing.unwrap_or_default()),
        false => CommandError::usage(wrong.into_iter().chain(missing).collect::<Vec<_>>().join("; ")),
    };
    Err(if hints.is_empty() { error } else { error.hint(hints.join("; ")) }.into())
}

/// The ids of users whom the rules of a role may still list when the directory no longer has them: a text that names
/// nobody is taken for the id of such a user.
///
/// # Errors
/// When several are called so; or when a row of a file is neither a user nor listed by the role. All such rows are
/// told.
pub(crate) fn listed_ids(
    users: &[NamedUser],
    role: &Role,
    directory: &Directory,
) -> Result<BTreeSet<UserId>, CommandError> {
    let (names, listed) = (Names::of(directory), role.mentioned_users());
    let (mut ids, mut missing) = (BTreeSet::new(), Vec::new());
    for user in users {
        match names.user(&user.text) {
            Ok(found) => drop(ids.insert(found.id.clone())),
            Err(NotFound::Nobody { .. }) => {
                let id = UserId::from_service(user.text.as_str());
                if user.place.is_some() && !listed.contains(&id) {
                    missing.push(user.described());
                }
                ids.insert(id);
            }
            Err(NotFound::Several { message, help }) => {
                let at = user.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
                return Err(CommandError::usage(format!("{at}{message}")).hint(help));
            }
        }
    }
    match missing.is_empty() {
        true => Ok(ids),
        false => Err(CommandError::failed(format!("there is no user {}", missing.join(", nor ")))),
    }
}

/// The ids of the members of these groups, nested ones too.
///
/// # Errors
/// When one is not known, cannot be read, or has no members, or when several are called so.
pub(crate) async fn member_ids(
    groups: &[String],
    reader: &Reader,
    directory: &mut Directory,
) -> anyhow::Result<Vec<UserId>> {
    let mut all = Vec::new();
    for name in groups {
        let group = match Names::of(directory).group(name) {
            Ok(group) => group.id.clone(),
            Err(NotFound::Several { message, help }) => {
                return Err(CommandError::usage(message).hint(help).into());
            }
            Err(NotFound::Nobody { .. }) => {
                fetch::directory::read_group_names(reader, directory).await;
                let stop = CommandError::failed(format!("there is no group {name}"));
                let user = directory.find_user(name).map(|user| format!("{} is a user", user.label()));
                return Err(match user.or_else(|| did_you_mean(name, directory.group_names())) {
                    Some(hint) => stop.hint(hint),
                    None => stop,
                }
                .into());
            }
        };
        let (members, unread) = directory.members(&group);
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
