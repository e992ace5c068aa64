//! All that `audit` looks at, read at once.

use super::definitions::access_control;
use super::permissions::{Mailboxes, read_all};
use super::roles::canonical_roles;
use crate::audit::finding::NotChecked;
use crate::directory::Directory;
use crate::directory::access_control::AccessControlRule;
use crate::directory::permissions::{Permissions, Resource};
use crate::finding_code::FindingCode;
use crate::role::{LiveRole, RoleSummary};
use crate::workmail::{Error, Reader};

/// What was read of an organization.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) summaries: Vec<RoleSummary>,
    pub(crate) live: Vec<LiveRole>,
    /// Users and groups, without resources.
    pub(crate) directory: Directory,
    pub(crate) resources: Vec<Resource>,
    /// None where they may not be read.
    pub(crate) access_rules: Option<Vec<AccessControlRule>>,
    pub(crate) permissions: Permissions,
    /// What could not be read at all.
    pub(crate) unread: Vec<NotChecked>,
}

/// Reads roles, users, groups, resources and access control rules at the same time, and who may open which mailbox as
/// soon as it is listed. `done` hears how many mailboxes are dealt with, and of how many until now.
///
/// # Errors
/// When a read fails without which nothing can be said.
pub(crate) async fn read(reader: &Reader, done: &(dyn Fn(usize, usize) + Sync)) -> Result<Read, Error> {
    let roles = reader.live_roles(|_| true);
    let ((summaries, live), mailboxes, access_rules) =
        tokio::try_join!(roles, read_all(reader, done), access_control(reader))?;
    let Mailboxes { directory, resources, permissions } = mailboxes;
    let mut unread = Vec::new();
    let resources = resources.unwrap_or_else(|error| {
        let reason = format!("resources: {}", error.cause());
        unread.push(NotChecked::because(FindingCode::TransitiveAccess, reason));
        Vec::new()
    });
    let live = canonical_roles(live, &directory);
    Ok(Read { summaries, live, directory, resources, access_rules, permissions, unread })
}
