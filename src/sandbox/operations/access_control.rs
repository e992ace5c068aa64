//! Access control rules: which addresses, protocols and principals reach mailboxes at all.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, seconds};
use super::input::{choice, required};
use super::limits::{
    ACCESS_RULE_DESCRIPTION, ACTION, ID, IP_ADDRESS, IP_RANGE, WORD, check, check_list, check_some,
};
use crate::directory::access_control::{self, AccessAttempt, AccessControlResult, Principal};
use crate::id::{RoleId, UserId};
use crate::sandbox::model::{AccessControlRule, Organization};
use crate::sandbox::service_error::ServiceError;
use crate::system::System;

/// The protocols (documented).
const ACTIONS: [&str; 7] = ["ActiveSync", "AutoDiscover", "EWS", "IMAP", "SMTP", "WindowsOutlook", "WebMail"];

/// At most this many rules: no list of them holds more (documented).
const MAX_RULES: usize = 10;

pub(super) fn list(organization: &Organization) -> Value {
    fn some<T>(list: &[T]) -> Option<&[T]> {
        (!list.is_empty()).then_some(list)
    }
    let show = |rule: &AccessControlRule| {
        json!({
            "Name": rule.name,
            "Effect": rule.effect,
            "Description": rule.description,
            "IpRanges": some(&rule.ip_ranges),
            "NotIpRanges": some(&rule.not_ip_ranges),
            "Actions": some(&rule.actions),
            "NotActions": some(&rule.not_actions),
            "UserIds": some(&rule.user_ids),
            "NotUserIds": some(&rule.not_user_ids),
            "ImpersonationRoleIds": some(&rule.role_ids),
            "NotImpersonationRoleIds": some(&rule.not_role_ids),
            "DateCreated": seconds(rule.created),
            "DateModified": seconds(rule.modified),
        })
    };
    json!({"Rules": organization.access_control_rules.iter().map(show).collect::<Vec<_>>()})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AskEffect {
    ip_address: Option<String>,
    action: Option<String>,
    user_id: Option<String>,
    impersonation_role_id: Option<String>,
}

pub(super) fn effect(organization: &Organization, input: AskEffect) -> Answer {
    let address = required("IpAddress", input.ip_address)?;
    check("IpAddress", &address, &IP_ADDRESS)?;
    let action = required("Action", input.action)?;
    check_action("Action", &action)?;
    check_some("UserId", input.user_id.as_ref(), &ID)?;
    check_some("ImpersonationRoleId", input.impersonation_role_id.as_ref(), &WORD)?;
    let principal = match (input.user_id, input.impersonation_role_id) {
        (Some(user), None) => Principal::User(known_user(organization, user)?),
        (None, Some(_)) if action != "EWS" => {
            return Err(ServiceError::parameter("ImpersonationRoleId can only be given with the Action EWS"));
        }
        (None, Some(role)) => Principal::Role(known_role(organization, role)?),
        _ => {
            return Err(ServiceError::parameter(
                "Either UserId or ImpersonationRoleId must be given, not both",
            ));
        }
    };
    // `IP_ADDRESS` was checked above
    let address = address.parse().map_err(|_| ServiceError::invalid("IpAddress", "be an IPv4 address"))?;
    let AccessControlResult { effect, matched_rules } =
        decide(organization, &AccessAttempt { address, action, principal });
    Ok(json!({"Effect": effect, "MatchedRules": matched_rules}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Put {
    name: Option<String>,
    effect: Option<String>,
    description: Option<String>,
    ip_ranges: Option<Vec<String>>,
    not_ip_ranges: Option<Vec<String>>,
    actions: Option<Vec<String>>,
    not_actions: Option<Vec<String>>,
    user_ids: Option<Vec<String>>,
    not_user_ids: Option<Vec<String>>,
    impersonation_role_ids: Option<Vec<String>>,
    not_impersonation_role_ids: Option<Vec<String>>,
}

/// Replaces the rule of that name, which keeps its time of creation.
pub(super) fn put(organization: &mut Organization, input: Put, system: System) -> Answer {
    let name = required("Name", input.name)?;
    check("Name", &name, &WORD)?;
    let effect = choice("Effect", &required("Effect", input.effect)?, &["ALLOW", "DENY"])?;
    let description = required("Description", input.description)?;
    check("Description", &description, &ACCESS_RULE_DESCRIPTION)?;
    for (member, list, most, form) in [
        ("IpRanges", &input.ip_ranges, 1024, &IP_RANGE),
        ("NotIpRanges", &input.not_ip_ranges, 1024, &IP_RANGE),
        ("Actions", &input.actions, 10, &ACTION),
        ("NotActions", &input.not_actions, 10, &ACTION),
        ("UserIds", &input.user_ids, 10, &ID),
        ("NotUserIds", &input.not_user_ids, 10, &ID),
        ("ImpersonationRoleIds", &input.impersonation_role_ids, 10, &WORD),
        ("NotImpersonationRoleIds", &input.not_impersonation_role_ids, 10, &WORD),
    ] {
        check_list(member, list.as_ref(), (0, most), form)?;
    }
    for (member, list) in [("Actions", &input.actions), ("NotActions", &input.not_actions)] {
        list.iter().flatten().try_for_each(|action| check_action(member, action))?;
    }
    let at = organization.access_control_rules.iter().position(|rule| rule.name == name);
    if at.is_none() && organization.access_control_rules.len() >= MAX_RULES {
        let message = format!("The organization has {MAX_RULES} access control rules, which is the limit");
        return Err(ServiceError::modelled("LimitExceededException", message));
    }
    let users = |list: Option<Vec<String>>| {
        list.unwrap_or_default().into_iter().map(|id| known_user(organization, id)).collect::<Result<_, _>>()
    };
    let roles = |list: Option<Vec<String>>| {
        list.unwrap_or_default().into_iter().map(|id| known_role(organization, id)).collect::<Result<_, _>>()
    };
    let now = system.now();
    let rule = AccessControlRule {
        name,
        effect,
        description,
        ip_ranges: input.ip_ranges.unwrap_or_default(),
        not_ip_ranges: input.not_ip_ranges.unwrap_or_default(),
        actions: input.actions.unwrap_or_default(),
        not_actions: input.not_actions.unwrap_or_default(),
        user_ids: users(input.user_ids)?,
        not_user_ids: users(input.not_user_ids)?,
        role_ids: roles(input.impersonation_role_ids)?,
        not_role_ids: roles(input.not_impersonation_role_ids)?,
        created: at.map_or(now, |at| organization.access_control_rules[at].created),
        modified: now,
    };
    match at {
        Some(at) => organization.access_control_rules[at] = rule,
        None => organization.access_control_rules.push(rule),
    }
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    name: Option<String>,
}

/// Deleting a missing rule succeeds (documented).
pub(super) fn delete(organization: &mut Organization, input: Delete) -> Answer {
    let name = required("Name", input.name)?;
    check("Name", &name, &WORD)?;
    organization.access_control_rules.retain(|rule| rule.name != name);
    Ok(Value::Null)
}

fn check_action(member: &str, action: &str) -> Result<(), ServiceError> {
    check(member, action, &ACTION)?;
    if ACTIONS.contains(&action) {
        return Ok(());
    }
    Err(ServiceError::invalid(member, format!("satisfy enum value set: [{}]", ACTIONS.join(", "))))
}

fn decide(organization: &Organization, attempt: &AccessAttempt) -> AccessControlResult {
    let rules: Vec<_> = organization.access_control_rules.iter().map(AccessControlRule::value).collect();
    access_control::decide(&rules, attempt)
}

/// Access control rules take ids alone, not names or addresses.
fn known_user(organization: &Organization, id: String) -> Result<UserId, ServiceError> {
    let user = organization.users.iter().find(|user| user.id.as_str() == id);
    user.map(|user| user.id.clone()).ok_or_else(|| ServiceError::no_entity("User", &id))
}

fn known_role(organization: &Organization, id: String) -> Result<RoleId, ServiceError> {
    organization.role(&id).map(|role| role.id.clone()).ok_or_else(|| ServiceError::no_role(&id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Effect;
    use crate::sandbox::Seed;

    fn asked(organization: &Organization, address: &str, principal: Principal) -> (Effect, Vec<String>) {
        let address = address.parse().expect("IPv4");
        let AccessControlResult { effect, matched_rules } =
            decide(organization, &AccessAttempt { address, action: "EWS".into(), principal });
        (effect, matched_rules)
    }

    #[test]
    fn the_default_rule_allows_and_no_rule_blocks() {
        let mut organization = Seed::default().state().organizations.remove(0);
        let user = || Principal::User(organization.users[0].id.clone());
        assert_eq!(asked(&organization, "192.0.2.1", user()), (Effect::Allow, vec!["Default".into()]));
        let user = user();
        organization.access_control_rules.clear();
        assert_eq!(asked(&organization, "192.0.2.1", user), (Effect::Deny, vec![]));
    }

    #[test]
    fn all_conditions_of_a_rule_must_hold_and_deny_wins() {
        let mut organization = Seed::default().state().organizations.remove(0);
        let (one, other) = (organization.roles[0].id.clone(), organization.roles[1].id.clone());
        let deny = AccessControlRule {
            name: "office-only".into(),
            effect: Effect::Deny,
            not_ip_ranges: vec!["10.0.0.0/8".into()],
            role_ids: vec![one.clone()],
            ..organization.access_control_rules[0].clone()
        };
        organization.access_control_rules.push(deny);
        let asked = |address, role: &RoleId| asked(&organization, address, Principal::Role(role.clone()));
        assert_eq!(asked("192.0.2.1", &one), (Effect::Deny, vec!["office-only".into()]));
        assert_eq!(asked("10.9.9.9", &one).0, Effect::Allow);
        assert_eq!(asked("192.0.2.1", &other).0, Effect::Allow);
    }
}
