//! Live roles, and the users whom they name.

use std::collections::BTreeSet;
use std::pin::pin;

use futures::future::{Either, select};

use super::directory;
use crate::access;
use crate::directory::{Directory, UserId};
use crate::role::{LiveRole, RoleSummary};
use crate::workmail::{Error, Reader};

/// Must everyone be known to tell whom these roles reach?
fn needs_everyone(roles: &[&LiveRole]) -> bool {
    let named: BTreeSet<_> = roles.iter().flat_map(|role| role.role.mentioned_users()).collect();
    named.len() > directory::FEW || roles.iter().any(|role| access::is_open(&role.role.rules))
}

/// Every live role, and the directory as far as they need it. The users are read at the same time as the
/// roles, and no further when few are needed.
///
/// # Errors
/// When a read fails that is needed.
pub(crate) async fn roles_and_directory(reader: &Reader) -> Result<(Vec<LiveRole>, Directory), Error> {
    all_roles_and_directory(reader).await.map(|(_, live, directory)| (live, directory))
}

/// As [`roles_and_directory`], with the list of all roles.
///
/// # Errors
/// As [`roles_and_directory`].
pub(crate) async fn all_roles_and_directory(
    reader: &Reader,
) -> Result<(Vec<RoleSummary>, Vec<LiveRole>, Directory), Error> {
    let (roles, users) = (pin!(reader.live_roles(|_| true)), pin!(reader.users()));
    let ((listed, live), users) = match select(roles, users).await {
        Either::Left((roles, users)) => {
            let (listed, live) = roles?;
            let needed = needs_everyone(&live.iter().collect::<Vec<_>>());
            ((listed, live), if needed { Some(users.await) } else { None })
        }
        Either::Right((users, roles)) => (roles.await?, Some(users)),
    };
    let all: Vec<&LiveRole> = live.iter().collect();
    let directory = match users {
        Some(Ok(users)) => Directory::complete(users),
        Some(Err(error)) if needs_everyone(&all) => return Err(error),
        _ => directory_for(reader, &all).await?,
    };
    Ok((listed, canonical_roles(live, &directory), directory))
}

/// What the directory says of everyone whom these roles name; all of it when one of them is open.
///
/// # Errors
/// When a read fails.
pub(crate) async fn directory_for(reader: &Reader, roles: &[&LiveRole]) -> Result<Directory, Error> {
    let mut directory = Directory::default();
    if needs_everyone(roles) {
        directory::read_everyone(reader, &mut directory).await?;
    } else {
        let named: BTreeSet<UserId> =
            roles.iter().flat_map(|role| role.role.mentioned_users()).cloned().collect();
        directory::read_users(reader, &mut directory, &named).await?;
    }
    Ok(directory)
}

/// Roles as plans compare them.
pub(crate) fn canonical_roles(roles: Vec<LiveRole>, directory: &Directory) -> Vec<LiveRole> {
    roles.into_iter().map(|role| directory.canonical(role)).collect()
}
