//! Users and groups, read as far as a command needs them and each once.

use std::collections::BTreeSet;

use futures::future::{try_join, try_join_all};

use crate::directory::{Directory, EntityName, Group, GroupId, Member, UserId};
use crate::workmail::{Error, GroupSummary, Reader};

/// More users than this are read in pages of a hundred rather than one by one: three rounds of
/// eight calls.
pub(crate) const FEW: usize = 24;

/// Reads the users and groups of these names, and what is in the groups.
///
/// # Errors
/// When a read fails. A name that nobody has is left out.
pub(crate) async fn read_names(
    reader: &Reader,
    users: &BTreeSet<EntityName>,
    groups: &BTreeSet<EntityName>,
) -> Result<Directory, Error> {
    let (mut directory, grouped) =
        try_join(read_named(reader, users), try_join_all(groups.iter().map(|name| reader.group(name))))
            .await?;
    for (name, group) in groups.iter().zip(grouped) {
        if let Some(group) = group {
            directory.add_group_spelling(name.as_str(), group);
        }
    }
    read_nested(reader, &mut directory).await?;
    let members: BTreeSet<UserId> = directory
        .groups()
        .flat_map(|group| &group.members)
        .filter_map(|member| match member {
            Member::User(user) => Some(user.clone()),
            Member::Group(_) => None,
        })
        .collect();
    read_users(reader, &mut directory, &members).await?;
    Ok(directory)
}

/// Reads the users of these names: one by one when they are few, all otherwise.
async fn read_named(reader: &Reader, names: &BTreeSet<EntityName>) -> Result<Directory, Error> {
    let mut directory = match names.len() > FEW {
        true => Directory::complete(reader.users().await?),
        false => Directory::default(),
    };
    // An alias address is in no listing
    let missing = names.iter().filter(|name| directory.find_user(name.as_str()).is_none());
    let missing: Vec<EntityName> = missing.cloned().collect();
    look_up(reader, &mut directory, &missing).await?;
    Ok(directory)
}

/// Asks for users one by one, several at once. A name that nobody has is left out.
async fn look_up(reader: &Reader, directory: &mut Directory, names: &[EntityName]) -> Result<(), Error> {
    let found = try_join_all(names.iter().map(|name| reader.user(name))).await?;
    for (name, user) in names.iter().zip(found) {
        if let Some(user) = user {
            directory.add_spelling(name.as_str(), user);
        }
    }
    Ok(())
}

/// Reads what every group is called: for suggestions, which can be done without.
pub(crate) async fn read_group_names(reader: &Reader, directory: &mut Directory) {
    for group in reader.groups().await.unwrap_or_default() {
        group.email.into_iter().chain(group.name).for_each(|name| directory.add_group_name(name));
    }
}

/// Reads groups in groups, a level at a time, each once.
async fn read_nested(reader: &Reader, directory: &mut Directory) -> Result<(), Error> {
    loop {
        let missing: BTreeSet<GroupId> = directory
            .groups()
            .flat_map(|group| &group.members)
            .filter_map(|member| match member {
                Member::Group(id) if directory.group(id).is_none() => Some(id.clone()),
                _ => None,
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found: Vec<Option<Group>> = try_join_all(missing.iter().map(|id| async move {
            match EntityName::parse(id.as_str()) {
                Ok(name) => reader.group(&name).await,
                Err(_) => Ok(None),
            }
        }))
        .await?;
        let before = directory.groups().count();
        for group in found.into_iter().flatten() {
            directory.add_group(group);
        }
        // A group that cannot be read stays missing, and resolving says so
        if directory.groups().count() == before {
            return Ok(());
        }
    }
}

/// Reads those of the users that are not yet known: one by one when they are few, all otherwise.
///
/// # Errors
/// When a read fails. An id that nobody has is left out.
pub(crate) async fn read_users(
    reader: &Reader,
    directory: &mut Directory,
    users: &BTreeSet<UserId>,
) -> Result<(), Error> {
    if directory.is_complete() {
        return Ok(());
    }
    let missing: Vec<EntityName> = users
        .iter()
        .filter(|id| directory.find_user(id.as_str()).is_none())
        .filter_map(|id| EntityName::parse(id.as_str()).ok())
        .collect();
    if missing.len() > FEW {
        return read_everyone(reader, directory).await;
    }
    look_up(reader, directory, &missing).await
}

/// Reads every user of the organization.
///
/// # Errors
/// When a read fails.
pub(crate) async fn read_everyone(reader: &Reader, directory: &mut Directory) -> Result<(), Error> {
    if directory.is_complete() {
        return Ok(());
    }
    for user in reader.users().await? {
        directory.add_user(user);
    }
    directory.set_complete();
    Ok(())
}

/// Reads every user, every group and what is in the groups.
///
/// # Errors
/// When a read fails.
pub(crate) async fn read_directory(reader: &Reader) -> Result<Directory, Error> {
    let mut directory = Directory::default();
    let groups = async {
        let groups = reader.groups().await?;
        try_join_all(groups.into_iter().map(|group| async move {
            let members = reader.group_members(&group.id).await?;
            let GroupSummary { id, email, name, state } = group;
            Ok::<_, Error>(Group { id, email, name, state, members })
        }))
        .await
    };
    let (groups, ()) = try_join(groups, read_everyone(reader, &mut directory)).await?;
    groups.into_iter().for_each(|group| directory.add_group(group));
    Ok(directory)
}
