//! What can be asked of an organization. Nothing here changes anything.

use std::net::Ipv4Addr;

use futures::stream::{FuturesUnordered, StreamExt};

use super::account;
use super::call::Call;
use super::client::{ServiceClient, all_pages, next_page};
use super::convert::{self, Odd};
use super::error::{Error, ErrorKind};
use super::operation::Operation;
use super::response::{
    AccessControlAnswer, AccessControlRule, EffectAnswer, GroupSummary, MailboxPermission, RoleSummary,
};
use crate::directory::{EntityName, Group, GroupId, Member, User};
use crate::id::{OrganizationId, RoleId, UserId};
use crate::organization::Organization;
use crate::role::{LiveRole, Role, RoleName};

/// How many to ask for a page; the service takes 1–100 and may give fewer (documented).
const PAGE: i32 = 100;

/// Reads one organization. Cheap to clone; clones share the connections and the permits.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(super) client: ServiceClient,
    pub(super) organization: OrganizationId,
}

/// Fits a page's items, and says what is wrong with one that cannot be.
fn converted<S, T>(items: Option<Vec<S>>, convert: impl Fn(S) -> Result<T, Odd>) -> Result<Vec<T>, Odd> {
    items.unwrap_or_default().into_iter().map(convert).collect()
}

impl Reader {
    pub(super) fn new(client: ServiceClient, organization: OrganizationId) -> Self {
        Self { client, organization }
    }

    pub(super) fn odd<'a>(&'a self, call: &'a Call) -> impl Fn(Odd) -> Error + 'a {
        |odd| Error::unexpected(call, self.client.endpoint(), odd)
    }

    /// The organization with its alias, domain, state and account.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) async fn describe_organization(&self) -> Result<Organization, Error> {
        let id = &self.organization;
        let call =
            Call::new(Operation::DescribeOrganization, format!("the organization {id} could not be read"));
        let described = self
            .client
            .call(&call, |client, probe| {
                client
                    .describe_organization()
                    .organization_id(id.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        Ok(account::of_description(id, &self.client.endpoint().region, described))
    }

    fn roles_call() -> Call {
        Call::page(Operation::ListImpersonationRoles, "the roles could not be listed")
    }

    async fn roles_page(
        &self,
        call: &Call,
        token: Option<String>,
    ) -> Result<(Vec<RoleSummary>, Option<String>), Error> {
        let page = self
            .client
            .call(call, |client, probe| {
                client
                    .list_impersonation_roles()
                    .organization_id(self.organization.as_str())
                    .max_results(PAGE)
                    .set_next_token(token)
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        let roles = converted(page.roles, convert::role_summary).map_err(self.odd(call))?;
        Ok((roles, page.next_token))
    }

    /// Every role, sorted by name and id.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub(crate) async fn roles(&self) -> Result<Vec<RoleSummary>, Error> {
        let call = Self::roles_call();
        let mut roles = all_pages(&call, &self.client, |token| self.roles_page(&call, token)).await?;
        sort_summaries(&mut roles);
        Ok(roles)
    }

    /// A role with its rules; `None` when there is none of this id.
    ///
    /// # Errors
    /// When it cannot be read, or has an effect or a type that is not documented.
    pub(crate) async fn role(&self, id: &RoleId) -> Result<Option<LiveRole>, Error> {
        let call = Call::new(Operation::GetImpersonationRole, format!("the role {id} could not be read"));
        let answer = self
            .client
            .call(&call, |client, probe| {
                client
                    .get_impersonation_role()
                    .organization_id(self.organization.as_str())
                    .impersonation_role_id(id.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await;
        let Some(got) = found(answer, &ErrorKind::RoleNotFound)? else { return Ok(None) };
        let role = (|| {
            Ok(Role {
                name: RoleName::from_service(convert::required("the name of a role", got.name)?),
                role_type: convert::role_type(got.r#type)?,
                description: convert::description(got.description),
                rules: converted(got.rules, convert::rule)?,
            })
        })();
        Ok(Some(LiveRole {
            id: id.clone(),
            role: role.map_err(self.odd(&call))?,
            created: convert::timestamp(got.date_created),
            modified: convert::timestamp(got.date_modified),
        }))
    }

    /// The list of all roles, and those that are `wanted` with their rules, both sorted by name
    /// and id. A role is read as soon as its page of the list is there, several at once. One that
    /// is deleted in between is in neither.
    ///
    /// # Errors
    /// When a page or a wanted role cannot be read.
    pub(crate) async fn live_roles(
        &self,
        wanted: impl Fn(&RoleSummary) -> bool,
    ) -> Result<(Vec<RoleSummary>, Vec<LiveRole>), Error> {
        let call = Self::roles_call();
        let (mut roles, mut live) = (Vec::new(), Vec::new());
        let mut reading = FuturesUnordered::new();
        let mut asked = None;
        let mut page = Box::pin(self.roles_page(&call, None));
        let mut paging = true;
        let mut permit = self.client.permit().await;
        while paging || !reading.is_empty() {
            tokio::select! {
                // The next page first, so that it does not queue for a permit behind the roles
                biased;
                answer = &mut page, if paging => {
                    let (summaries, next) = answer?;
                    for role in summaries.iter().filter(|role| wanted(role)) {
                        let id = role.id.clone();
                        reading.push(async move { (self.role(&id).await, id) });
                    }
                    roles.extend(summaries);
                    asked = next_page(&call, self.client.endpoint(), asked.as_deref(), next)?;
                    paging = asked.is_some();
                    if !paging {
                        drop(permit.take());
                    }
                    page.set(self.roles_page(&call, asked.clone()));
                }
                Some((role, id)) = reading.next(), if !reading.is_empty() => match role? {
                    Some(role) => live.push(role),
                    None => roles.retain(|summary| summary.id != id),
                },
            }
        }
        sort_summaries(&mut roles);
        live.sort_by(|a, b| (&a.role.name, &a.id).cmp(&(&b.role.name, &b.id)));
        Ok((roles, live))
    }

    /// May the role impersonate the user? Asks the service, whose answer follows a change of the
    /// rules at once, while mailboxes take up to five minutes (documented).
    ///
    /// # Errors
    /// [`ErrorKind::RoleNotFound`], [`ErrorKind::EntityNotFound`], or when it cannot be asked.
    pub(crate) async fn effect(&self, role: &RoleId, user: &EntityName) -> Result<EffectAnswer, Error> {
        let failed = format!("whether the role {role} may impersonate {user} could not be asked");
        let call = Call::new(Operation::GetImpersonationRoleEffect, failed);
        let answer = self
            .client
            .call(&call, |client, probe| {
                client
                    .get_impersonation_role_effect()
                    .organization_id(self.organization.as_str())
                    .impersonation_role_id(role.as_str())
                    .target_user(user.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        (|| {
            Ok(EffectAnswer {
                role_type: convert::role_type(answer.r#type)?,
                effect: convert::effect(&convert::required("the effect", answer.effect)?)?,
                matched: converted(answer.matched_rules, convert::matched_rule)?,
            })
        })()
        .map_err(self.odd(&call))
    }

    /// Every user of the directory, disabled and system users included.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub(crate) async fn users(&self) -> Result<Vec<User>, Error> {
        let call = &Call::page(Operation::ListUsers, "the users could not be listed");
        all_pages(call, &self.client, |token| async {
            let page = self
                .client
                .call(call, |client, probe| {
                    client
                        .list_users()
                        .organization_id(self.organization.as_str())
                        .max_results(PAGE)
                        .set_next_token(token)
                        .customize()
                        .interceptor(probe)
                        .send()
                })
                .await?;
            Ok((converted(page.users, convert::user).map_err(self.odd(call))?, page.next_token))
        })
        .await
    }

    /// The user of this id, user name or address; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub(crate) async fn user(&self, name: &EntityName) -> Result<Option<User>, Error> {
        let call = Call::new(Operation::DescribeUser, format!("the user {name} could not be looked up"));
        let answer = self
            .client
            .call(&call, |client, probe| {
                client
                    .describe_user()
                    .organization_id(self.organization.as_str())
                    .user_id(name.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await;
        let user = found(answer, &ErrorKind::EntityNotFound)?;
        user.map(convert::described_user).transpose().map_err(self.odd(&call))
    }

    /// Every group, without members.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub(crate) async fn groups(&self) -> Result<Vec<GroupSummary>, Error> {
        let call = &Call::page(Operation::ListGroups, "the groups could not be listed");
        all_pages(call, &self.client, |token| async {
            let page = self
                .client
                .call(call, |client, probe| {
                    client
                        .list_groups()
                        .organization_id(self.organization.as_str())
                        .max_results(PAGE)
                        .set_next_token(token)
                        .customize()
                        .interceptor(probe)
                        .send()
                })
                .await?;
            Ok((converted(page.groups, convert::group_summary).map_err(self.odd(call))?, page.next_token))
        })
        .await
    }

    /// The group of this id, name or address with its direct members, both asked at the same
    /// time; `None` when there is none.
    ///
    /// # Errors
    /// When either cannot be asked.
    pub(crate) async fn group(&self, name: &EntityName) -> Result<Option<Group>, Error> {
        let (group, members) = tokio::join!(self.describe_group(name), self.members_of(name.as_str()));
        let (Some(group), Some(members)) = (group?, found(members, &ErrorKind::EntityNotFound)?) else {
            return Ok(None);
        };
        let GroupSummary { id, email, name, state } = group;
        Ok(Some(Group { id, email, name, state, members }))
    }

    async fn describe_group(&self, name: &EntityName) -> Result<Option<GroupSummary>, Error> {
        let call = Call::new(Operation::DescribeGroup, format!("the group {name} could not be looked up"));
        let answer = self
            .client
            .call(&call, |client, probe| {
                client
                    .describe_group()
                    .organization_id(self.organization.as_str())
                    .group_id(name.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await;
        let group = found(answer, &ErrorKind::EntityNotFound)?;
        group.map(convert::described_group).transpose().map_err(self.odd(&call))
    }

    /// The direct members of a group, nested groups as such.
    ///
    /// # Errors
    /// [`ErrorKind::EntityNotFound`], or when a page cannot be read.
    pub(crate) async fn group_members(&self, group: &GroupId) -> Result<Vec<Member>, Error> {
        self.members_of(group.as_str()).await
    }

    async fn members_of(&self, group: &str) -> Result<Vec<Member>, Error> {
        let failed = format!("the members of the group {group} could not be listed");
        let call = &Call::page(Operation::ListGroupMembers, failed);
        all_pages(call, &self.client, |token| async {
            let page = self
                .client
                .call(call, |client, probe| {
                    client
                        .list_group_members()
                        .organization_id(self.organization.as_str())
                        .group_id(group)
                        .max_results(PAGE)
                        .set_next_token(token)
                        .customize()
                        .interceptor(probe)
                        .send()
                })
                .await?;
            Ok((converted(page.members, convert::member).map_err(self.odd(call))?, page.next_token))
        })
        .await
    }

    /// The organization's access control rules, which are not paged.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) async fn access_control_rules(&self) -> Result<Vec<AccessControlRule>, Error> {
        let call =
            Call::new(Operation::ListAccessControlRules, "the access control rules could not be listed");
        let answer = self
            .client
            .call(&call, |client, probe| {
                client
                    .list_access_control_rules()
                    .organization_id(self.organization.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        converted(answer.rules, convert::access_control_rule).map_err(self.odd(&call))
    }
}

#[cfg_attr(not(test), expect(dead_code, reason = "for `audit` and `test --ip`, which come"))]
impl Reader {
    /// Who may do what with the mailbox of a user, a group or a resource, besides the owner.
    ///
    /// # Errors
    /// [`ErrorKind::EntityNotFound`], or when a page cannot be read.
    pub(crate) async fn mailbox_permissions(
        &self,
        mailbox: &UserId,
    ) -> Result<Vec<MailboxPermission>, Error> {
        let failed = format!("the permissions on the mailbox of {mailbox} could not be listed");
        let call = &Call::page(Operation::ListMailboxPermissions, failed);
        all_pages(call, &self.client, |token| async {
            let page = self
                .client
                .call(call, |client, probe| {
                    client
                        .list_mailbox_permissions()
                        .organization_id(self.organization.as_str())
                        .entity_id(mailbox.as_str())
                        .max_results(PAGE)
                        .set_next_token(token)
                        .customize()
                        .interceptor(probe)
                        .send()
                })
                .await?;
            let permissions = converted(page.permissions, convert::permission).map_err(self.odd(call))?;
            Ok((permissions, page.next_token))
        })
        .await
    }

    /// Do the access control rules let the role use EWS from an address? The service takes IPv4 only.
    ///
    /// # Errors
    /// [`ErrorKind::RoleNotFound`], or when it cannot be asked.
    pub(crate) async fn access_control_effect(
        &self,
        from: Ipv4Addr,
        role: &RoleId,
    ) -> Result<AccessControlAnswer, Error> {
        let failed = format!("what the access control rules say of {role} could not be asked");
        let call = Call::new(Operation::GetAccessControlEffect, failed);
        let answer = self
            .client
            .call(&call, |client, probe| {
                client
                    .get_access_control_effect()
                    .organization_id(self.organization.as_str())
                    .ip_address(from.to_string())
                    // A role can be asked about with this action alone (documented)
                    .action("EWS")
                    .impersonation_role_id(role.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        Ok(AccessControlAnswer {
            effect: convert::access_effect(answer.effect).map_err(self.odd(&call))?,
            matched: answer.matched_rules.unwrap_or_default(),
        })
    }
}

/// Turns the error that says that there is none into `None`.
fn found<T>(answer: Result<T, Error>, none: &ErrorKind) -> Result<Option<T>, Error> {
    match answer {
        Err(error) if error.kind() == none => Ok(None),
        answer => answer.map(Some),
    }
}

/// By name as people look for it, and by id where names are alike, so that output is stable.
fn sort_summaries(roles: &mut [RoleSummary]) {
    roles.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
}

#[cfg(test)]
mod tests;
