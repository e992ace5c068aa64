//! What changes an organization: the four operations of impersonation roles that do.

use std::ops::Deref;
use std::time::Duration;

use aws_sdk_workmail::types::ImpersonationRule;

use super::call::Call;
use super::convert;
use super::error::Error;
use super::{Reader, Token};
use crate::id::RoleId;
use crate::role::{MAX_RULES, MAX_USERS, Role, Rule, Targets, UserSet, split};

/// A [`Reader`] that can also write.
#[derive(Clone)]
pub struct Writer {
    reader: Reader,
}

impl Deref for Writer {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Writer {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// The same organization, to read only.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The rules as they are sent, lists of more than ten users split.
    ///
    /// # Errors
    /// When the service would refuse them: more than ten rules, or more than ten users in a list
    /// that cannot be split.
    fn rules(&self, call: &Call, role: &Role) -> Result<Vec<ImpersonationRule>, Error> {
        let refuse = |why: String| Err(Error::refused(call, self.api.place(), why));
        let rules: Vec<_> = role.rules.iter().flat_map(split).collect();
        if rules.len() > MAX_RULES {
            let given = role.rules.len();
            let split = match rules.len() {
                sent if sent == given => String::new(),
                sent => format!(", which are {sent} with at most {MAX_USERS} users each"),
            };
            return refuse(format!("it has {given} rules{split}, and the service takes {MAX_RULES}"));
        }
        if let Some(rule) = rules.iter().find(|rule| has_long_list(&rule.targets)) {
            let Rule { id, .. } = rule;
            return refuse(format!(
                "a list of the rule {id} has more than {MAX_USERS} users and cannot be split"
            ));
        }
        let rules: Result<_, _> = rules.iter().map(convert::sdk_rule).collect();
        rules.or_else(refuse)
    }

    /// Makes a role and gives its id.
    ///
    /// `client_token`, 1–128 visible ASCII characters, makes it idempotent: asked again with the
    /// same one, the service makes no second role (documented).
    ///
    /// # Errors
    /// When the role has more rules or users than the service takes; [`ErrorKind::EntityNotFound`]
    /// and [`ErrorKind::EntityState`] for its users, [`ErrorKind::LimitExceeded`] for one role too
    /// many; when [`Error::outcome_unknown`], the role may be there all the same.
    ///
    /// [`ErrorKind::EntityNotFound`]: super::ErrorKind::EntityNotFound
    /// [`ErrorKind::EntityState`]: super::ErrorKind::EntityState
    /// [`ErrorKind::LimitExceeded`]: super::ErrorKind::LimitExceeded
    pub async fn create(&self, role: &Role, client_token: &str) -> Result<RoleId, Error> {
        let failed = format!("the role {} could not be created", role.name);
        let call = Call::write("CreateImpersonationRole", failed);
        let rules = self.rules(&call, role)?;
        let created = self
            .api
            .call(&call, |client, probe| {
                client
                    .create_impersonation_role()
                    .organization_id(self.organization.as_str())
                    .client_token(client_token)
                    .name(role.name.as_str())
                    .r#type(convert::sdk_role_type(role.role_type))
                    .set_description(role.description.as_ref().map(|text| text.as_str().to_owned()))
                    .set_rules(Some(rules))
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        let id = convert::required("the id of the new role", created.impersonation_role_id);
        id.map(RoleId::from_service).map_err(self.odd(&call))
    }

    /// Replaces all of a role: name, type, description and rules (documented). The service has no
    /// version check. A role without a description is sent without one, which is inferred to clear
    /// what was there.
    ///
    /// # Errors
    /// As [`Writer::create`], and [`ErrorKind::RoleNotFound`](super::ErrorKind::RoleNotFound).
    pub async fn update(&self, id: &RoleId, role: &Role) -> Result<(), Error> {
        let call = Call::write("UpdateImpersonationRole", format!("the role {id} could not be updated"));
        let rules = self.rules(&call, role)?;
        self.api
            .call(&call, |client, probe| {
                client
                    .update_impersonation_role()
                    .organization_id(self.organization.as_str())
                    .impersonation_role_id(id.as_str())
                    .name(role.name.as_str())
                    .r#type(convert::sdk_role_type(role.role_type))
                    .set_description(role.description.as_ref().map(|text| text.as_str().to_owned()))
                    .set_rules(Some(rules))
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        Ok(())
    }

    /// Deletes a role. The service models no error for a role that is not there, so that is
    /// silent (inferred): look first.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub async fn delete(&self, id: &RoleId) -> Result<(), Error> {
        let call = Call::write("DeleteImpersonationRole", format!("the role {id} could not be deleted"));
        self.api
            .call(&call, |client, probe| {
                client
                    .delete_impersonation_role()
                    .organization_id(self.organization.as_str())
                    .impersonation_role_id(id.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        Ok(())
    }

    /// A token for EWS, with all that the role may reach: the service takes neither a user nor a
    /// duration (documented).
    ///
    /// # Errors
    /// [`ErrorKind::RoleNotFound`](super::ErrorKind::RoleNotFound), or when it cannot be had.
    pub async fn assume(&self, id: &RoleId) -> Result<Token, Error> {
        // It changes nothing, so to ask again is safe
        let call = Call::read("AssumeImpersonationRole", format!("no token could be had for the role {id}"));
        let answer = self
            .api
            .call(&call, |client, probe| {
                client
                    .assume_impersonation_role()
                    .organization_id(self.organization.as_str())
                    .impersonation_role_id(id.as_str())
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        // The output's own `Debug` shows the token: it is taken apart and never formatted
        let secret = convert::required("the token", answer.token);
        let seconds = convert::required("the expiry of the token", answer.expires_in).and_then(|seconds| {
            u64::try_from(seconds).map_err(|_| "the expiry of the token is negative".into())
        });
        let token = secret.and_then(|secret| Ok(Token::new(secret, Duration::from_secs(seconds?))));
        token.map_err(self.odd(&call))
    }
}

fn has_long_list(targets: &Targets) -> bool {
    [targets.users(), targets.except()].into_iter().flatten().any(|users: &UserSet| users.len() > MAX_USERS)
}
