//! Impersonation roles.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{choice, entity, required};
use super::limits::{
    CLIENT_TOKEN, ENTITY, ROLE_DESCRIPTION, ROLE_NAME, WORD, check, check_length, check_list, check_some,
};
use super::paging::Listed;
use crate::access;
use crate::id::{RoleId, RuleId, UserId};
use crate::role::{Description, MAX_RULES, MAX_USERS, RoleName, RoleType};
use crate::sandbox::hash::sha256;
use crate::sandbox::model::{ClientToken, EntityState, Organization, Role, Rule, Token};
use crate::sandbox::service_error::ServiceError;
use crate::sandbox::settings::Settings;
use crate::system::System;

impl Listed for &Role {
    fn key(&self) -> String {
        format!("{:024} {}", self.created.as_nanosecond(), self.id)
    }

    fn summary(&self) -> Value {
        json!({
            "ImpersonationRoleId": self.id,
            "Name": self.name,
            "Type": self.role_type,
            "DateCreated": seconds(self.created),
            "DateModified": seconds(self.modified),
        })
    }
}

#[derive(Deserialize)]
pub(super) struct List {}

pub(super) fn list(organization: &Organization, _: List) -> Result<Vec<&Role>, ServiceError> {
    Ok(organization.roles.iter().collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneRole {
    impersonation_role_id: Option<String>,
}

impl OneRole {
    fn id(self) -> Result<String, ServiceError> {
        let id = required("ImpersonationRoleId", self.impersonation_role_id)?;
        check("ImpersonationRoleId", &id, &WORD)?;
        Ok(id)
    }

    fn find(self, organization: &Organization) -> Result<&Role, ServiceError> {
        let id = self.id()?;
        organization.role(&id).ok_or_else(|| ServiceError::no_role(&id))
    }
}

pub(super) fn get(organization: &Organization, input: OneRole) -> Answer {
    let role = input.find(organization)?;
    let rule = |rule: &Rule| {
        json!({
            "ImpersonationRuleId": rule.id,
            "Name": rule.name,
            "Description": rule.description,
            "Effect": rule.effect,
            "TargetUsers": rule.target_users,
            "NotTargetUsers": rule.not_target_users,
        })
    };
    Ok(json!({
        "ImpersonationRoleId": role.id,
        "Name": role.name,
        "Type": role.role_type,
        "Description": role.description,
        "Rules": role.rules.iter().map(rule).collect::<Vec<_>>(),
        "DateCreated": seconds(role.created),
        "DateModified": seconds(role.modified),
    }))
}

/// What creating and updating have in common; also hashed, to recognise a repeated request.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleInput {
    name: Option<String>,
    r#type: Option<String>,
    description: Option<String>,
    rules: Option<Vec<RuleInput>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RuleInput {
    impersonation_rule_id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    effect: Option<String>,
    target_users: Option<Vec<String>>,
    not_target_users: Option<Vec<String>>,
}

/// A role within all limits, before its users are looked up.
struct Checked {
    name: RoleName,
    role_type: RoleType,
    description: Option<Description>,
    rules: Vec<Rule>,
}

impl RoleInput {
    fn check(self) -> Result<Checked, ServiceError> {
        let name = required("Name", self.name)?;
        check("Name", &name, &ROLE_NAME)?;
        let role_type = choice("Type", &required("Type", self.r#type)?, &["FULL_ACCESS", "READ_ONLY"])?;
        check_some("Description", self.description.as_ref(), &ROLE_DESCRIPTION)?;
        let rules = required("Rules", self.rules)?;
        check_length("Rules", rules.len(), 0, MAX_RULES)?;
        let rules = rules.into_iter().enumerate().map(|(at, rule)| rule.check(&format!("Rules[{at}]")));
        Ok(Checked {
            name: RoleName::from_service(name),
            role_type,
            description: self.description.map(Description::from_service),
            rules: rules.collect::<Result<_, _>>()?,
        })
    }
}

impl RuleInput {
    fn check(self, at: &str) -> Result<Rule, ServiceError> {
        let member = |name| format!("{at}.{name}");
        let id = required(&member("ImpersonationRuleId"), self.impersonation_rule_id)?;
        check(&member("ImpersonationRuleId"), &id, &WORD)?;
        check_some(&member("Name"), self.name.as_ref(), &ROLE_NAME)?;
        check_some(&member("Description"), self.description.as_ref(), &ROLE_DESCRIPTION)?;
        let effect = required(&member("Effect"), self.effect)?;
        let effect = choice(&member("Effect"), &effect, &["ALLOW", "DENY"])?;
        check_list(&member("TargetUsers"), self.target_users.as_ref(), (1, MAX_USERS), &ENTITY)?;
        check_list(&member("NotTargetUsers"), self.not_target_users.as_ref(), (1, MAX_USERS), &ENTITY)?;
        let users = |list: Vec<String>| list.into_iter().map(UserId::from_service).collect();
        Ok(Rule {
            id: RuleId::from_service(id),
            name: self.name.map(RoleName::from_service),
            description: self.description.map(Description::from_service),
            effect,
            target_users: self.target_users.map(users),
            not_target_users: self.not_target_users.map(users),
        })
    }
}

/// Resolves names and addresses to ids. Ids that the role had before are kept, even if the directory no
/// longer knows them.
fn resolve(
    organization: &Organization,
    rules: &mut [Rule],
    before: &BTreeSet<UserId>,
) -> Result<(), ServiceError> {
    for rule in rules {
        for list in [&mut rule.target_users, &mut rule.not_target_users].into_iter().flatten() {
            let mut ids: Vec<UserId> = Vec::with_capacity(list.len());
            for text in list.iter() {
                let id = resolve_user(organization, text, before)?;
                // Two spellings of a user are one user
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            *list = ids;
        }
    }
    Ok(())
}

fn resolve_user(
    organization: &Organization,
    text: &UserId,
    before: &BTreeSet<UserId>,
) -> Result<UserId, ServiceError> {
    if before.contains(text) {
        return Ok(text.clone());
    }
    match organization.user(text.as_str()) {
        None => Err(ServiceError::no_entity("User", text.as_str())),
        Some(user) if user.state == EntityState::Deleted => {
            Err(ServiceError::state(format!("User {text} is deleted")))
        }
        Some(user) => Ok(user.id.clone()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    client_token: Option<String>,
    #[serde(flatten)]
    role: RoleInput,
}

/// The same client token with the same request returns the role that was made first, for as long as it
/// exists.
pub(super) fn create(organization: &mut Organization, input: Create, system: System) -> Answer {
    check_some("ClientToken", input.client_token.as_ref(), &CLIENT_TOKEN)?;
    let request_sha256 = sha256(serde_json::to_vec(&input.role).map_err(ServiceError::serialization)?);
    let client_token = input.client_token.map(|token| ClientToken { token, request_sha256 });
    let Checked { name, role_type, description, mut rules } = input.role.check()?;
    if let Some(id) = client_token.as_ref().and_then(|token| made_before(organization, token)) {
        return Ok(json!({"ImpersonationRoleId": id?}));
    }
    resolve(organization, &mut rules, &BTreeSet::new())?;
    let (id, now) = (RoleId::from_service(system.new_uuid().to_string()), system.now());
    organization.roles.push(Role {
        id: id.clone(),
        name,
        role_type,
        description,
        rules,
        created: now,
        modified: now,
        client_token,
    });
    Ok(json!({"ImpersonationRoleId": id}))
}

fn made_before(organization: &Organization, token: &ClientToken) -> Option<Result<RoleId, ServiceError>> {
    organization.roles.iter().find_map(|role| match &role.client_token {
        Some(known) if known == token => Some(Ok(role.id.clone())),
        Some(known) if known.token == token.token => {
            Some(Err(ServiceError::parameter("ClientToken was used with other parameters")))
        }
        _ => None,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Update {
    impersonation_role_id: Option<String>,
    #[serde(flatten)]
    role: RoleInput,
}

/// Replaces all of the role but its id.
pub(super) fn update(organization: &mut Organization, input: Update, system: System) -> Answer {
    let id = OneRole { impersonation_role_id: input.impersonation_role_id }.id()?;
    let Checked { name, role_type, description, mut rules } = input.role.check()?;
    let at = organization.roles.iter().position(|role| role.id.as_str() == id);
    let at = at.ok_or_else(|| ServiceError::no_role(&id))?;
    let before = organization.roles[at].rules.iter().flat_map(Rule::named).cloned().collect();
    resolve(organization, &mut rules, &before)?;
    let role = &mut organization.roles[at];
    *role = Role {
        id: role.id.clone(),
        name,
        role_type,
        description,
        rules,
        created: role.created,
        modified: system.now(),
        client_token: role.client_token.take(),
    };
    Ok(Value::Null)
}

/// Deleting a missing role succeeds. The tokens of a role are deleted with it.
pub(super) fn delete(organization: &mut Organization, input: OneRole) -> Answer {
    let id = input.id()?;
    organization.roles.retain(|role| role.id.as_str() != id);
    organization.tokens.retain(|token| token.role.as_str() != id);
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AskEffect {
    impersonation_role_id: Option<String>,
    target_user: Option<String>,
}

pub(super) fn effect(organization: &Organization, input: AskEffect) -> Answer {
    let text = entity("TargetUser", input.target_user)?;
    let role = OneRole { impersonation_role_id: input.impersonation_role_id }.find(organization)?;
    let user = organization.user(&text).ok_or_else(|| ServiceError::no_entity("User", &text))?;
    if user.state != EntityState::Enabled {
        return Err(ServiceError::state(format!("User {text} is not enabled")));
    }
    let rules = role.rules();
    let decision = access::decide(&rules, &user.id);
    let matched = decision.matched_rules.iter().map(|r| json!({"ImpersonationRuleId": r.id, "Name": r.name}));
    Ok(json!({
        "Type": role.role_type,
        "Effect": decision.effect,
        "MatchedRules": matched.collect::<Vec<_>>(),
    }))
}

/// Only the response has the token; the state keeps its hash.
pub(super) fn assume(organization: &mut Organization, input: OneRole, settings: &Settings) -> Answer {
    let Settings { system, token_seconds, .. } = settings;
    let role = input.find(organization)?.id.clone();
    let token = format!("{}{}", system.new_uuid().simple(), system.new_uuid().simple());
    let now = system.now();
    let expires = now.saturating_add(SignedDuration::from_secs((*token_seconds).into())).unwrap_or(now);
    organization.tokens.retain(|token| token.expires > now);
    organization.tokens.push(Token { sha256: sha256(&token), role, expires });
    Ok(json!({"Token": token, "ExpiresIn": token_seconds}))
}
