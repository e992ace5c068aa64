//! All reads of a plan: what it needs is read, and it is composed again, until it is there. What does not
//! depend on another answer is read at the same time, and nothing is read that is neither shown nor compared.

use std::collections::BTreeSet;

use super::unless_denied;
use crate::definition::diagnostic::Errors;
use crate::definition::model::Document;
use crate::directory::access_control::AccessControlRule;
use crate::directory::{Directory, UserId};
use crate::fetch;
use crate::plan::compose::{Blocked, Options, Proposal, compose};
use crate::plan::inventory::{Inventory, Needs, WantedRoles};
use crate::role::{LiveRole, RoleSummary};
use crate::workmail::{Error, Reader};

/// A plan with all that belongs to it, and what shows it.
#[derive(Debug)]
pub(crate) struct Gathered {
    /// The users and groups that were read.
    pub(crate) directory: Directory,
    /// The plan.
    pub(crate) proposal: Proposal,
}

/// Reads what is needed and plans the changes that make the documents' roles live; or says what is wrong with them.
///
/// # Errors
/// When a read fails; a failed read never becomes a default.
pub(crate) async fn gather(
    reader: &Reader,
    documents: &[&Document],
    options: Options<'_>,
) -> Result<Result<Gathered, Errors>, Error> {
    let (directory, proposal) = propose(reader, documents, options).await?;
    Ok(proposal.map(|proposal| Gathered { directory, proposal }))
}

/// As [`gather`], with the users and groups that were read even when the definitions are wrong.
///
/// # Errors
/// As [`gather`].
pub(crate) async fn propose(
    reader: &Reader,
    documents: &[&Document],
    options: Options<'_>,
) -> Result<(Directory, Result<Proposal, Errors>), Error> {
    let (inventory, proposal) = propose_from(reader, documents, options, Inventory::default()).await?;
    Ok((inventory.directory, proposal))
}

/// As [`propose`], where some of it was read already: gives back all that is known.
///
/// # Errors
/// As [`gather`].
pub(crate) async fn propose_from(
    reader: &Reader,
    documents: &[&Document],
    options: Options<'_>,
    mut inventory: Inventory,
) -> Result<(Inventory, Result<Proposal, Errors>), Error> {
    loop {
        match compose(documents, &inventory, options) {
            Ok(proposal) => return Ok((inventory, Ok(proposal))),
            Err(Blocked::Errors(errors)) => return Ok((inventory, Err(errors))),
            Err(Blocked::Needs(needs)) => read(reader, *needs, &mut inventory).await?,
        }
    }
}

/// Reads all that is needed at the same time.
async fn read(reader: &Reader, needs: Needs, inventory: &mut Inventory) -> Result<(), Error> {
    let Needs { roles, users, groups, user_ids, everyone, group_names, access_rules } = &needs;
    let known = &mut inventory.directory;
    let (live, named, (), listed, rules) = tokio::try_join!(
        read_roles(reader, roles.as_ref()),
        fetch::directory::read_names(reader, users, groups),
        read_more_users(reader, known, user_ids, *everyone),
        read_group_names(reader, *group_names),
        async { if *access_rules { access_control(reader).await } else { Ok(None) } },
    )?;
    if let Some((summaries, live)) = live {
        (inventory.summaries, inventory.live) = (summaries, live);
    }
    inventory.directory.merge(named);
    inventory.directory.merge(listed);
    inventory.access_rules = inventory.access_rules.take().or(rules);
    inventory.asked.extend(needs);
    Ok(())
}

async fn read_roles(
    reader: &Reader,
    wanted: Option<&WantedRoles>,
) -> Result<Option<(Vec<RoleSummary>, Vec<LiveRole>)>, Error> {
    match wanted {
        Some(wanted) => reader.live_roles(|role| wanted.includes(role)).await.map(Some),
        None => Ok(None),
    }
}

async fn read_more_users(
    reader: &Reader,
    known: &mut Directory,
    user_ids: &BTreeSet<UserId>,
    everyone: bool,
) -> Result<(), Error> {
    if everyone {
        return fetch::directory::read_everyone(reader, known).await;
    }
    fetch::directory::read_users(reader, known, user_ids).await
}

/// The groups by name alone; none where they cannot be listed.
async fn read_group_names(reader: &Reader, wanted: bool) -> Result<Directory, Error> {
    let mut directory = Directory::default();
    if wanted {
        fetch::directory::read_group_names(reader, &mut directory).await;
    }
    Ok(directory)
}

/// The access control rules, where they may be read: that is a permission of its own, and no reason to stop.
///
/// # Errors
/// When they cannot be read for another reason.
pub(crate) async fn access_control(reader: &Reader) -> Result<Option<Vec<AccessControlRule>>, Error> {
    unless_denied(reader.access_control_rules().await)
}
