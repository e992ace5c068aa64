//! Users and groups, read as far as a command needs them and each once.

use std::collections::BTreeSet;

use futures::future::{try_join, try_join_all};

use super::unless_denied;
use crate::directory::{Directory, EntityName, Group, Member, User, UserId};
use crate::id::is_like_an_id;
use crate::sorted;
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
    let missing = names.iter().filter(|name| directory.users_called(name.as_str()).is_empty());
    if directory.is_complete() {
        // All that is in no listing is an alias address
        let missing: Vec<EntityName> = missing.filter(|name| name.as_str().contains('@')).cloned().collect();
        look_up(reader, &mut directory, &missing).await?;
    } else {
        let missing: Vec<EntityName> = missing.cloned().collect();
        look_up_given(reader, &mut directory, &missing).await?;
    }
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

/// As [`look_up`], for names that people gave: of two users who are called so, the service chooses one. Both are read,
/// as far as they can be known.
async fn look_up_given(
    reader: &Reader,
    directory: &mut Directory,
    names: &[EntityName],
) -> Result<(), Error> {
    let (named, ()) = try_join(
        try_join_all(names.iter().map(|name| namesakes(reader, name))),
        look_up(reader, directory, names),
    )
    .await?;
    named.into_iter().flatten().for_each(|user| directory.add_user(user));
    // Whose address or id it is, the listing of all says
    let chosen = |name: &EntityName| {
        directory.find_user(name.as_str()).is_some_and(|user| may_be_of_another(name.as_str(), user))
    };
    if names.iter().any(chosen) { read_everyone(reader, directory).await } else { Ok(()) }
}

/// The users who have as user name what is made like another's address or id. Where users may not be listed, nobody is
/// known to, and the service's choice stands.
async fn namesakes(reader: &Reader, name: &EntityName) -> Result<Vec<User>, Error> {
    if !name.as_str().contains('@') && !is_like_an_id(name.as_str()) {
        return Ok(Vec::new());
    }
    let users = unless_denied(reader.users_with_name(name).await)?.unwrap_or_default();
    let is = |user: &User| {
        user.name.as_deref().is_some_and(|one| one.to_lowercase() == name.as_str().to_lowercase())
    };
    Ok(users.into_iter().filter(is).collect())
}

/// Is the text the user's name, and made like an address or an id, of which it is neither?
fn may_be_of_another(text: &str, user: &User) -> bool {
    let is = |name: Option<&str>| name.is_some_and(|name| name.to_lowercase() == text.to_lowercase());
    let own = user.id.as_str() == text || is(user.email.as_deref());
    !own && is(user.name.as_deref()) && (text.contains('@') || is_like_an_id(text))
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
        let members = directory.groups().flat_map(|group| &group.members);
        let missing = sorted::set(members.filter_map(|member| match member {
            Member::Group(id) if directory.group(id).is_none() => Some(id.clone()),
            _ => None,
        }));
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
        .filter(|id| directory.users_called(id.as_str()).is_empty())
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
    let (groups, ()) = try_join(read_groups(reader), read_everyone(reader, &mut directory)).await?;
    groups.into_iter().for_each(|group| directory.add_group(group));
    Ok(directory)
}

/// Reads every group and what is in it.
pub(super) async fn read_groups(reader: &Reader) -> Result<Vec<Group>, Error> {
    let groups = reader.groups().await?;
    try_join_all(groups.into_iter().map(|group| async move {
        let members = reader.group_members(&group.id).await?;
        let GroupSummary { id, email, name, state } = group;
        Ok(Group { id, email, name, state, members })
    }))
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::State;

    #[test]
    fn a_name_that_is_made_like_an_address_or_an_id_may_be_of_another() {
        let user = |email: Option<&str>, name: &str| User {
            id: UserId::from_service("10000001-0000-4000-8000-000000000001"),
            email: email.map(str::to_owned),
            name: Some(name.to_owned()),
            display_name: None,
            state: State::Enabled,
        };
        let id = "10000001-0000-4000-8000-000000000002";
        let address = Some("bob@example.com");
        assert!(may_be_of_another("CEO@example.com", &user(address, "ceo@example.com")));
        assert!(may_be_of_another(id, &user(address, id)));
        assert!(may_be_of_another("S-1-1-12-1", &user(None, "S-1-1-12-1")));
        assert!(!may_be_of_another("bob", &user(address, "bob")));
        assert!(!may_be_of_another("bob@example.com", &user(address, "BOB@example.com")));
        assert!(!may_be_of_another("10000001-0000-4000-8000-000000000001", &user(address, "bob")));
        // An alias, which only the service knows
        assert!(!may_be_of_another("robert@example.com", &user(address, "bob")));
    }
}
