//! All that `audit` looks at, read at once.

use futures::future::try_join;

use super::unless_denied;
use crate::audit::finding::NotChecked;
use crate::directory::access_control::AccessControlRule;
use crate::directory::permissions::{Permissions, Resource};
use crate::directory::{Directory, UserId};
use crate::fetch;
use crate::fetch::definitions::access_control;
use crate::fetch::directory::read_directory;
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
/// soon as the mailboxes are known.
///
/// # Errors
/// When a read fails without which nothing can be said.
pub(crate) async fn read(reader: &Reader) -> Result<Read, Error> {
    let mailboxes = async {
        let resources = async { unless_denied(reader.resources().await) };
        let (directory, resources) = try_join(read_directory(reader), resources).await?;
        let mut unread = Vec::new();
        if resources.is_none() {
            let reason = "the resources of the organization may not be listed";
            unread.push(NotChecked::because(FindingCode::TransitiveAccess, reason));
        }
        let resources = resources.unwrap_or_default();
        let permissions = permissions(reader, mailboxes(&directory, &resources)).await;
        Ok((directory, resources, permissions, unread))
    };
    let roles = reader.live_roles(|_| true);
    let ((summaries, live), (directory, resources, permissions, unread), access_rules) =
        tokio::try_join!(roles, mailboxes, access_control(reader))?;
    let live = fetch::roles::canonical_roles(live, &directory);
    Ok(Read { summaries, live, directory, resources, access_rules, permissions, unread })
}

/// The mailboxes that others may have a permission on.
fn mailboxes(directory: &Directory, resources: &[Resource]) -> Vec<UserId> {
    let users = directory.mailboxes().map(|user| user.id.clone());
    let resources = resources.iter().filter(|resource| {
        let has_address = resource.email.as_deref().is_some_and(|email| !email.is_empty());
        has_address && resource.state == crate::directory::State::Enabled
    });
    users.chain(resources.map(|resource| resource.id.clone())).collect()
}

/// Who may do what with these mailboxes.
async fn permissions(reader: &Reader, mailboxes: Vec<UserId>) -> Permissions {
    let mut permissions = Permissions::default();
    for mailbox in mailboxes {
        match reader.mailbox_permissions(&mailbox).await {
            Ok(granted) => {
                permissions.checked += 1;
                if !granted.is_empty() {
                    permissions.granted.insert(mailbox, granted);
                }
            }
            Err(error) => drop(permissions.not_checked.insert(mailbox, error.to_string())),
        }
    }
    permissions
}
