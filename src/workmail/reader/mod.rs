//! Reading one organization. Nothing here changes anything.

mod directory;
mod doors;
mod roles;

use std::net::Ipv4Addr;

use super::call::Call;
use super::client::{ServiceClient, send};
use super::convert;
use super::error::Error;
use super::operation::Operation;
use super::pages::{converted, listed};
use crate::directory::access_control::{AccessControlResult, AccessControlRule};
use crate::id::{OrganizationId, RoleId};
use crate::organization::Organization;

/// Reads one organization. Cheap to clone; clones share the connections and the permits.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(super) client: ServiceClient,
    pub(super) organization: OrganizationId,
}

impl Reader {
    pub(super) fn new(client: ServiceClient, organization: OrganizationId) -> Self {
        Self { client, organization }
    }

    /// How many calls may be in flight when nothing is throttled.
    pub(crate) fn concurrency(&self) -> usize {
        self.client.concurrency()
    }

    /// The organization that is read.
    pub(crate) fn organization(&self) -> &OrganizationId {
        &self.organization
    }

    /// The organization with its alias, domain, state and account.
    pub(crate) async fn describe_organization(&self) -> Result<Organization, Error> {
        let id = &self.organization;
        let call = Call::new(Operation::DescribeOrganization, format!("could not read organization {id}"));
        let output = send!(self.client, &call, describe_organization().organization_id(id.as_str())).await?;
        convert::described_organization(id, &self.client.endpoint().region, output)
            .map_err(|field| self.client.unexpected(&call, field))
    }

    /// The organization's access control rules, which are not paged.
    pub(crate) async fn access_control_rules(&self) -> Result<Vec<AccessControlRule>, Error> {
        let call = Call::new(Operation::ListAccessControlRules, "could not list the access control rules");
        let output = send!(
            self.client,
            &call,
            list_access_control_rules().organization_id(self.organization.as_str())
        )
        .await?;
        listed("Rules", output.rules)
            .and_then(|rules| converted(rules, convert::access_control_rule))
            .map_err(|field| self.client.unexpected(&call, field))
    }

    /// Do the access control rules let the role use EWS from an address? The service takes IPv4 only
    /// (documented).
    ///
    /// # Errors
    /// [`ErrorKind::RoleNotFound`](super::ErrorKind::RoleNotFound).
    pub(crate) async fn access_control_effect(
        &self,
        from: Ipv4Addr,
        role: &RoleId,
    ) -> Result<AccessControlResult, Error> {
        let failed = format!("could not ask what the access control rules say of role {role}");
        let call = Call::new(Operation::GetAccessControlEffect, failed);
        let output = send!(
            self.client,
            &call,
            get_access_control_effect()
                .organization_id(self.organization.as_str())
                .ip_address(from.to_string())
                // With a role, the service takes this action only (documented)
                .action("EWS")
                .impersonation_role_id(role.as_str())
        )
        .await?;
        Ok(AccessControlResult {
            effect: convert::access_effect(output.effect)
                .map_err(|field| self.client.unexpected(&call, field))?,
            matched_rules: output.matched_rules.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests;
