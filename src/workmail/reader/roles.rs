//! Reading impersonation roles.

use futures::stream::{FuturesUnordered, StreamExt};

use super::Reader;
use crate::directory::EntityName;
use crate::id::RoleId;
use crate::role::{Effect, LiveRole, Role, RoleSummary};
use crate::sorted;
use crate::workmail::call::Call;
use crate::workmail::client::send;
use crate::workmail::convert;
use crate::workmail::error::{Error, ErrorKind, optional};
use crate::workmail::operation::Operation;
use crate::workmail::pages::{List, MOST_ROLES, PAGE_SIZE, Pages, all_pages, converted};
use crate::workmail::response::EffectResult;

type Page = (Option<Vec<aws_sdk_workmail::types::ImpersonationRole>>, Option<String>);

/// Readings of roles that somebody changes meanwhile, until that counts as an answer that cannot be true. A plan that
/// renames several roles may get into the way of more than one.
const MOST_READINGS: usize = 3;

/// Why a reading of roles ends early.
enum Ends {
    /// The list says otherwise of a role than the role itself: one of them is old.
    Moved(Error),
    /// A read failed.
    Failed(Error),
}

impl From<Error> for Ends {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

const ROLES: List<RoleSummary> =
    List { member: "Roles", item: "role", most: MOST_ROLES, key: |role| role.id.to_string() };

impl Reader {
    fn roles_call() -> Call {
        Call::page(Operation::ListImpersonationRoles, "could not list the roles")
    }

    async fn roles_page(&self, call: &Call, token: Option<String>) -> Result<Page, Error> {
        let page = send!(
            self.client,
            call,
            list_impersonation_roles()
                .organization_id(self.organization.as_str())
                .max_results(PAGE_SIZE)
                .set_next_token(token)
        )
        .await?;
        Ok((page.roles, page.next_token))
    }

    /// Every role, sorted by name and id.
    pub(crate) async fn roles(&self) -> Result<Vec<RoleSummary>, Error> {
        let call = Self::roles_call();
        let page = |token| self.roles_page(&call, token);
        let mut roles = all_pages(&self.client, &call, &ROLES, convert::role_summary, page).await?;
        sort_summaries(&mut roles);
        Ok(roles)
    }

    /// A role with its rules; `None` when there is none of this id.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedResponse`] for another role than this one, and for an effect or a type that
    /// is not documented.
    pub(crate) async fn role(&self, id: &RoleId) -> Result<Option<LiveRole>, Error> {
        let call = Call::new(Operation::GetImpersonationRole, format!("could not read role {id}"));
        let response = send!(
            self.client,
            &call,
            get_impersonation_role()
                .organization_id(self.organization.as_str())
                .impersonation_role_id(id.as_str())
        )
        .await;
        let Some(output) = optional(response, &ErrorKind::RoleNotFound)? else { return Ok(None) };
        let live = convert::live_role(id, output).map_err(|field| self.client.unexpected(&call, field))?;
        self.client.keep_rules_known(&live);
        Ok(Some(live))
    }

    /// The list of all roles, and those that are `wanted` with their rules, both sorted by name
    /// and id. One that is deleted in between is in neither; where one is changed in between, all is read again.
    ///
    /// # Errors
    /// When a read fails; [`ErrorKind::UnexpectedResponse`] also when a role is never as it is listed.
    pub(crate) async fn live_roles(
        &self,
        wanted: impl Fn(&RoleSummary) -> bool + Sync,
    ) -> Result<(Vec<RoleSummary>, Vec<LiveRole>), Error> {
        self.wanted_roles(&wanted).await
    }

    /// As [`Reader::live_roles`], in the program once and not for each who calls that.
    async fn wanted_roles(
        &self,
        wanted: &(dyn Fn(&RoleSummary) -> bool + Sync),
    ) -> Result<(Vec<RoleSummary>, Vec<LiveRole>), Error> {
        let mut left = MOST_READINGS;
        loop {
            left -= 1;
            return match self.live_roles_once(&wanted).await {
                Err(Ends::Moved(_)) if left > 0 => continue,
                Err(Ends::Moved(error) | Ends::Failed(error)) => Err(error),
                Ok(roles) => Ok(roles),
            };
        }
    }

    /// A role is read as soon as its page of the list is there, several at once.
    async fn live_roles_once(
        &self,
        wanted: impl Fn(&RoleSummary) -> bool,
    ) -> Result<(Vec<RoleSummary>, Vec<LiveRole>), Ends> {
        let call = Self::roles_call();
        let mut pages = Pages::new(&self.client, &call, &ROLES);
        let (mut live, mut gone) = (Vec::new(), Vec::new());
        let mut reading = FuturesUnordered::new();
        let mut page = Box::pin(self.roles_page(&call, None));
        let mut paging = true;
        let mut permit = Some(self.client.permit().await);
        while paging || !reading.is_empty() {
            tokio::select! {
                // The next page first, so that it does not queue for a permit behind the roles
                biased;
                response = &mut page, if paging => {
                    let (items, next) = response?;
                    let (summaries, token) = pages.take(items, next, convert::role_summary)?;
                    for role in summaries.iter().filter(|role| wanted(role)) {
                        reading.push(self.listed_role(role.clone()));
                    }
                    paging = token.is_some();
                    if !paging {
                        drop(permit.take());
                    }
                    page.set(self.roles_page(&call, token));
                }
                Some(role) = reading.next(), if !reading.is_empty() => match role? {
                    Ok(role) => live.push(role),
                    Err(id) => gone.push(id),
                },
            }
        }
        let mut roles = pages.items();
        roles.retain(|summary| !gone.contains(&summary.id));
        sort_summaries(&mut roles);
        sorted::by(&mut live, |a, b| (&a.role.name, &a.id).cmp(&(&b.role.name, &b.id)));
        Ok((roles, live))
    }

    /// A role of the list with its rules; its id when it is gone.
    ///
    /// # Errors
    /// [`Ends::Moved`] when the list says another name or type of it.
    async fn listed_role(&self, summary: RoleSummary) -> Result<Result<LiveRole, RoleId>, Ends> {
        let Some(live) = self.role(&summary.id).await? else { return Ok(Err(summary.id)) };
        let Role { name, role_type, .. } = &live.role;
        let differs = |what: &str, listed: &str, got: &str| {
            let id = &summary.id;
            let call = Call::new(Operation::GetImpersonationRole, format!("could not read role {id}"));
            let list = Operation::ListImpersonationRoles.name();
            let why = format!(
                "its {what} is {got:?}, and {list} says {listed:?}; if it was changed meanwhile, try again"
            );
            Err(Ends::Moved(self.client.unexpected(&call, why)))
        };
        if *name != summary.name {
            return differs("name", summary.name.as_str(), name.as_str());
        }
        if *role_type != summary.role_type {
            return differs("type", summary.role_type.as_str(), role_type.as_str());
        }
        Ok(Ok(live))
    }

    /// May the role impersonate the user? Asks the service, whose answer follows a change of the
    /// rules at once, while mailboxes take up to five minutes (documented).
    ///
    /// # Errors
    /// [`ErrorKind::RoleNotFound`], [`ErrorKind::EntityNotFound`]; [`ErrorKind::EntityState`] for a
    /// user who is not enabled.
    pub(crate) async fn effect(&self, role: &RoleId, user: &EntityName) -> Result<EffectResult, Error> {
        let failed = format!("could not ask whether role {role} may impersonate {user}");
        let call = Call::new(Operation::GetImpersonationRoleEffect, failed);
        let output = send!(
            self.client,
            &call,
            get_impersonation_role_effect()
                .organization_id(self.organization.as_str())
                .impersonation_role_id(role.as_str())
                .target_user(user.as_str())
        )
        .await?;
        (|| {
            let effect = convert::effect(&convert::required("the effect", output.effect)?)?;
            // Whether the list is left out where no rule decides is not known; nothing else means the same
            let matched_rules = converted(output.matched_rules.unwrap_or_default(), convert::matched_rule)?;
            if effect == Effect::Allow && matched_rules.is_empty() {
                return Err("the effect is ALLOW by no rule".into());
            }
            Ok(EffectResult { role_type: convert::role_type(output.r#type)?, effect, matched_rules })
        })()
        .map_err(|field| self.client.unexpected(&call, field))
    }
}

/// By name as users look for it, and by id where names are alike, so that output is stable.
fn sort_summaries(roles: &mut [RoleSummary]) {
    sorted::by(roles, |a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
}
