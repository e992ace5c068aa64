//! Changing and assuming impersonation roles.

use std::ops::Deref;

use aws_sdk_workmail::types::ImpersonationRule;

use super::call::Call;
use super::client::{send, send_once};
use super::convert;
use super::error::Error;
use super::operation::Operation;
use super::reader::Reader;
use super::retry::Backoff;
use super::token::Token;
use crate::id::RoleId;
use crate::role::{LimitViolation, Role, limit_violations, split_all};

/// A [`Reader`] that can also write.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
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

    /// The same organization, without the writing methods.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The rules as they are sent, lists of more than ten users split.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::workmail::ErrorKind::InvalidParameter) for a limit that
    /// the service would refuse.
    fn rules(&self, call: &Call, role: &Role) -> Result<Vec<ImpersonationRule>, Error> {
        let refuse = |why: String| Err(Error::refused(call, self.client.endpoint(), why));
        if let Some(violation) = limit_violations(role).into_iter().find(LimitViolation::is_refused) {
            return refuse(violation.to_string());
        }
        let rules: Result<_, _> = split_all(&role.rules).iter().map(convert::sdk_rule).collect();
        rules.or_else(refuse)
    }

    /// The waits between the attempts of a change.
    pub(crate) fn backoff(&self) -> Backoff {
        self.client.backoff()
    }

    /// As [`Writer::create_once`], repeated while its errors are transient.
    #[cfg(test)]
    pub(crate) async fn create(&self, role: &Role, client_token: &str) -> Result<RoleId, Error> {
        let mut backoff = self.backoff();
        loop {
            match self.create_once(role, client_token).await {
                Err(error) => backoff.wait(error).await?,
                done => return done,
            }
        }
    }

    /// As [`Writer::update_once`], repeated while its errors are transient.
    #[cfg(test)]
    pub(crate) async fn update(&self, id: &RoleId, role: &Role) -> Result<(), Error> {
        let mut backoff = self.backoff();
        loop {
            match self.update_once(id, role).await {
                Err(error) => backoff.wait(error).await?,
                done => return done,
            }
        }
    }

    /// As [`Writer::delete_once`], repeated while its errors are transient.
    #[cfg(test)]
    pub(crate) async fn delete(&self, id: &RoleId) -> Result<(), Error> {
        let mut backoff = self.backoff();
        loop {
            match self.delete_once(id).await {
                Err(error) => backoff.wait(error).await?,
                done => return done,
            }
        }
    }

    /// Makes a role and gives its id, by one attempt.
    ///
    /// `client_token`, 1–128 visible ASCII characters, makes it idempotent: a repeated request
    /// with the same token makes no second role (documented).
    ///
    /// # Errors
    /// As [`limit_violations`]; [`ErrorKind::EntityNotFound`] and [`ErrorKind::EntityState`] for its
    /// users, [`ErrorKind::LimitExceeded`] for one role too many. With [`Error::outcome_unknown`], the
    /// role may have been made.
    ///
    /// [`ErrorKind::EntityNotFound`]: crate::workmail::ErrorKind::EntityNotFound
    /// [`ErrorKind::EntityState`]: crate::workmail::ErrorKind::EntityState
    /// [`ErrorKind::LimitExceeded`]: crate::workmail::ErrorKind::LimitExceeded
    pub(crate) async fn create_once(&self, role: &Role, client_token: &str) -> Result<RoleId, Error> {
        let failed = format!("could not create role {}", role.name);
        let call = Call::new(Operation::CreateImpersonationRole, failed);
        let Role { name, role_type, description, expires, rules: _ } = role;
        let rules = self.rules(&call, role)?;
        let created = send_once!(
            self.client,
            &call,
            create_impersonation_role()
                .organization_id(self.organization.as_str())
                .client_token(client_token)
                .name(name.as_str())
                .r#type(convert::sdk_role_type(*role_type))
                .set_description(convert::sdk_description(description.as_ref(), expires.as_ref()))
                .set_rules(Some(rules))
        )
        .await?;
        let id = convert::required("the id of the new role", created.impersonation_role_id);
        id.map(RoleId::from_service).map_err(|field| self.client.unexpected(&call, field))
    }

    /// Replaces all of a role, by one attempt: name, type, description and rules (documented). The service has no
    /// version check. A role without a description is sent without one, which clears the old one
    /// (inferred).
    ///
    /// # Errors
    /// As [`Writer::create_once`], [`ErrorKind::RoleNotFound`](crate::workmail::ErrorKind::RoleNotFound), and
    /// [`ErrorKind::RulesUnknown`](crate::workmail::ErrorKind::RulesUnknown) when the role was last read
    /// without a list of rules.
    pub(crate) async fn update_once(&self, id: &RoleId, role: &Role) -> Result<(), Error> {
        let call = Call::new(Operation::UpdateImpersonationRole, format!("could not update role {id}"));
        let Role { name, role_type, description, expires, rules: _ } = role;
        if self.client.are_rules_unknown(id) {
            let why = "its rules are not known, and would be replaced";
            return Err(Error::rules_unknown(&call, self.client.endpoint(), why));
        }
        let rules = self.rules(&call, role)?;
        send_once!(
            self.client,
            &call,
            update_impersonation_role()
                .organization_id(self.organization.as_str())
                .impersonation_role_id(id.as_str())
                .name(name.as_str())
                .r#type(convert::sdk_role_type(*role_type))
                .set_description(convert::sdk_description(description.as_ref(), expires.as_ref()))
                .set_rules(Some(rules))
        )
        .await?;
        Ok(())
    }

    /// Deletes a role, by one attempt. The service models no error for a missing role, so deleting one succeeds
    /// (inferred): look first.
    pub(crate) async fn delete_once(&self, id: &RoleId) -> Result<(), Error> {
        let call = Call::new(Operation::DeleteImpersonationRole, format!("could not delete role {id}"));
        send_once!(
            self.client,
            &call,
            delete_impersonation_role()
                .organization_id(self.organization.as_str())
                .impersonation_role_id(id.as_str())
        )
        .await?;
        Ok(())
    }

    /// A token for EWS, with all that the role may reach: the service takes neither a user nor a
    /// duration (documented).
    ///
    /// # Errors
    /// [`ErrorKind::RoleNotFound`](crate::workmail::ErrorKind::RoleNotFound).
    pub(crate) async fn assume(&self, id: &RoleId) -> Result<Token, Error> {
        let call =
            Call::new(Operation::AssumeImpersonationRole, format!("could not get a token for role {id}"));
        let output = send!(
            self.client,
            &call,
            assume_impersonation_role()
                .organization_id(self.organization.as_str())
                .impersonation_role_id(id.as_str())
        )
        .await?;
        // The output's own `Debug` shows the token: it is taken apart and never formatted
        let secret = convert::required("the token", output.token);
        let seconds = convert::required("the expiry of the token", output.expires_in);
        let token = secret.and_then(|secret| Token::from_service(secret, seconds?));
        token.map_err(|field| self.client.unexpected(&call, field))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::id::UserId;
    use crate::role::tests::{role, rule};
    use crate::role::{Description, Effect, Targets, UserSet};
    use crate::testing::mock_service::{MockResponse, replying};
    use crate::workmail::ErrorKind;

    fn many(count: usize) -> UserSet {
        UserSet::new((0..count).map(|n| UserId::from_service(format!("u{n:02}")))).expect("at least one")
    }

    async fn sent(role: &Role) -> Value {
        let service = replying(MockResponse::ok(json!({"ImpersonationRoleId": "new"}))).await;
        let id = service.writer().await.create(role, "token-1").await.expect("it is made");
        assert_eq!(id.as_str(), "new");
        service.requests()[0].body.clone()
    }

    #[tokio::test]
    async fn a_role_without_rules_is_sent_with_no_rules() {
        let body = sent(&role(vec![])).await;
        assert_eq!(body["Rules"], json!([]));
        assert_eq!((&body["Name"], &body["Type"]), (&json!("r"), &json!("READ_ONLY")));
        assert_eq!(body["ClientToken"], "token-1");
        assert_eq!(body.get("Description"), None);
    }

    #[tokio::test]
    async fn no_list_that_is_sent_is_empty() {
        let targets = [
            Targets::Everyone,
            Targets::Users(many(1)),
            Targets::Except(many(2)),
            Targets::UsersExcept { users: many(2), except: many(1) },
        ];
        let rules = targets.into_iter().map(|targets| rule("x", Effect::Allow, targets)).collect();
        let body = sent(&role(rules)).await;
        assert_eq!(
            body["Rules"],
            json!([
                {"ImpersonationRuleId": "x", "Effect": "ALLOW"},
                {"ImpersonationRuleId": "x", "Effect": "ALLOW", "TargetUsers": ["u00"]},
                {"ImpersonationRuleId": "x", "Effect": "ALLOW", "NotTargetUsers": ["u00", "u01"]},
                {"ImpersonationRuleId": "x", "Effect": "ALLOW", "TargetUsers": ["u00", "u01"], "NotTargetUsers": ["u00"]},
            ])
        );
    }

    #[tokio::test]
    async fn a_long_list_is_sent_as_several_rules() {
        let body = sent(&role(vec![rule("x", Effect::Deny, Targets::Users(many(21)))])).await;
        let rules = body["Rules"].as_array().expect("rules");
        let users = |rule: &Value| rule["TargetUsers"].as_array().map(Vec::len);
        assert_eq!(rules.iter().map(users).collect::<Vec<_>>(), [Some(10), Some(10), Some(1)]);
        assert_eq!(rules[2]["ImpersonationRuleId"], "x--3");
    }

    #[tokio::test]
    async fn what_the_service_would_refuse_is_not_sent() {
        let service = replying(MockResponse::ok(json!({}))).await;
        let writer = service.writer().await;
        let eleven =
            (0..11).map(|n| rule(&format!("x{n}"), Effect::Allow, Targets::Users(many(1)))).collect();
        let split = vec![rule("x", Effect::Allow, Targets::Users(many(101)))];
        let except = vec![rule("x", Effect::Allow, Targets::Except(many(11)))];
        for (rules, why) in [
            (eleven, "the role has 11 rules; the service takes at most 10"),
            (
                split,
                "the role needs 11 rules of at most 10 users each; the service takes at most 10; the users fit into 2 roles",
            ),
            (
                except,
                "rule x excepts 11 users; the service takes at most 10, and exceptions cannot be split into several rules",
            ),
        ] {
            let id = RoleId::from_service("id");
            let error = writer.update(&id, &role(rules)).await.expect_err(why);
            assert_eq!(error.to_string(), format!("could not update role id: {why}"));
            assert_eq!((error.kind(), error.outcome_unknown()), (&ErrorKind::InvalidParameter, false));
        }
        assert_eq!(service.requests().len(), 0);
    }

    #[tokio::test]
    async fn an_update_sends_all_of_the_role() {
        let service = replying(MockResponse::ok(json!({}))).await;
        let mut changed = role(vec![rule("x", Effect::Allow, Targets::Everyone)]);
        changed.description = Some(Description::from_service("two\nlines"));
        service.writer().await.update(&RoleId::from_service("id"), &changed).await.expect("it is changed");
        let body = &service.requests()[0].body;
        assert_eq!(
            (&body["ImpersonationRoleId"], &body["Description"]),
            (&json!("id"), &json!("two\nlines"))
        );
        assert_eq!(body["Rules"].as_array().map(Vec::len), Some(1));
    }

    #[tokio::test]
    async fn once_is_one_attempt_whose_error_says_whether_another_may_help() {
        for (answer, transient, unknown) in [
            (MockResponse::error("ThrottlingException", "slow down"), true, false),
            (MockResponse::Text(503, "no"), true, true),
            (MockResponse::Drop, true, true),
            (MockResponse::error("AccessDeniedException", "no"), false, false),
        ] {
            let service = replying(answer.clone()).await;
            let (writer, id) = (service.writer().await, RoleId::from_service("id"));
            for error in [
                writer.create_once(&role(vec![]), "token").await.expect_err("no"),
                writer.update_once(&id, &role(vec![])).await.expect_err("no"),
                writer.delete_once(&id).await.expect_err("no"),
            ] {
                assert_eq!(
                    (error.is_transient(), error.outcome_unknown()),
                    (transient, unknown),
                    "{answer:?}"
                );
            }
            assert_eq!(service.requests().len(), 3, "{answer:?}");
        }
    }

    #[tokio::test]
    async fn a_change_is_repeated_while_waiting_helps_and_says_how_often() {
        let service = replying(MockResponse::error("ThrottlingException", "slow down")).await;
        let error = service.writer().await.delete(&RoleId::from_service("id")).await.expect_err("throttled");
        assert_eq!(error.to_string(), "could not delete role id: throttled: slow down (5 attempts)");
        assert_eq!(service.requests().len(), 5);
    }

    #[tokio::test]
    async fn a_new_role_without_an_id_may_have_been_made() {
        let service = replying(MockResponse::ok(json!({}))).await;
        let error = service.writer().await.create(&role(vec![]), "token").await.expect_err("no id");
        assert_eq!(error.kind(), &ErrorKind::UnexpectedResponse);
        assert!(error.outcome_unknown());
    }

    #[tokio::test]
    async fn a_token_comes_with_its_time() {
        let service = replying(MockResponse::ok(json!({"Token": "s3cr3t", "ExpiresIn": 900}))).await;
        let token = service.writer().await.assume(&RoleId::from_service("id")).await.expect("a token");
        assert_eq!((token.expose(), token.expires_in().as_secs()), ("s3cr3t", 900));
    }

    #[tokio::test]
    async fn an_answer_that_is_cut_short_shows_no_token() {
        for answer in [
            MockResponse::Text(200, r#"{"Token":"s3cr3t","ExpiresIn":"#),
            MockResponse::Text(200, r#"{"Token":"s3cr3t","ExpiresIn":"s3cr3t"}"#),
            MockResponse::Text(200, r#"{"Token":s3cr3t}"#),
            MockResponse::ok(json!({"Token": "s3cr3t"})),
            MockResponse::ok(json!({"Token": "s3cr3t", "ExpiresIn": -1})),
            MockResponse::Text(400, r#"{"Token":"s3cr3t"}"#),
        ] {
            let service = replying(answer.clone()).await;
            let error = service.writer().await.assume(&RoleId::from_service("id")).await.expect_err("odd");
            for shown in [error.to_string(), format!("{error:?}")] {
                assert!(!shown.contains("s3cr3t"), "{answer:?}: {shown}");
            }
        }
    }
}
