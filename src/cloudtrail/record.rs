//! A record of CloudTrail as an event.
//!
//! Which members the records of WorkMail have is not documented: the role is looked for anywhere in the request and the
//! response, in any case of letters.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::OPERATIONS;
use crate::role::RoleId;
use crate::usage::{Event, EventRole};

/// Reads a record; none where it is not of one of the [`OPERATIONS`]. `known` are ids of roles: one that stands in the
/// record under another name is found by them.
///
/// # Errors
/// When it is no record of CloudTrail.
pub(super) fn event(record: &Value, known: &BTreeSet<RoleId>) -> Result<Option<Event>, String> {
    let text = |name: &str| record[name].as_str().filter(|text| !text.is_empty());
    let needed = |name: &str| text(name).ok_or_else(|| format!("the record has no {name}"));
    // Insights lie beside the events of a trail, and are of numbers of calls
    if text("eventType") == Some("AwsCloudTrailInsight") {
        return Ok(None);
    }
    if needed("eventSource")? != "workmail.amazonaws.com" {
        return Ok(None);
    }
    let name = needed("eventName")?;
    let time = needed("eventTime")?;
    let time: Timestamp =
        time.parse().map_err(|_| format!("the eventTime of the record, {time:?}, is not a time"))?;
    let Some((_, about)) = OPERATIONS.iter().find(|(operation, _)| *operation == name) else {
        return Ok(None);
    };
    let sides = [&record["requestParameters"], &record["responseElements"]];
    let find = |key: &str| sides.iter().find_map(|side| member(side, key));
    let of_role = name.ends_with("ImpersonationRole");
    let mut also = Vec::new();
    sides.iter().for_each(|side| roles_in(side, of_role, known, &mut also));
    let id = find("impersonationRoleId").and_then(shown).map(|text| role_id(text, known));
    let role = match (of_role, id.or_else(|| also.first().filter(|_| of_role).cloned())) {
        (false, _) => None,
        (true, id) => {
            let name = find("name").and_then(shown).map(str::to_owned);
            Some(EventRole { id, name }).filter(|role| role.id.is_some() || role.name.is_some())
        }
    };
    also.retain(|id| role.as_ref().is_none_or(|role| role.id.as_ref() != Some(id)));
    let about = about.iter().filter_map(|(key, label)| Some(format!("{label}{}", words(find(key)?))));
    let about: Vec<_> = about.collect();
    Ok(Some(Event {
        id: text("eventID").unwrap_or_default().to_owned(),
        time,
        event: name.to_owned(),
        principal: principal(&record["userIdentity"]),
        source_ip: text("sourceIPAddress").map(str::to_owned),
        user_agent: text("userAgent").map(str::to_owned),
        role,
        also,
        subject: (!about.is_empty()).then(|| about.join(", ")),
        error: text("errorCode").map(str::to_owned),
        organization: find("organizationId").and_then(shown).map(str::to_owned),
    }))
}

/// The member of this name that is nearest to the top.
fn member<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => {
            let here =
                members.iter().find(|(name, value)| name.eq_ignore_ascii_case(key) && !value.is_null());
            here.map(|(_, value)| value).or_else(|| members.values().find_map(|value| member(value, key)))
        }
        Value::Array(items) => items.iter().find_map(|value| member(value, key)),
        _ => None,
    }
}

/// Text, unless CloudTrail wrote over it (documented): a role that is not told is not taken for another.
fn shown(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty() && *text != "HIDDEN_DUE_TO_SECURITY_REASONS")
}

/// The id, also out of an ARN; that of a known role in its own case of letters.
fn role_id(text: &str, known: &BTreeSet<RoleId>) -> RoleId {
    let id = text.rsplit('/').next().unwrap_or(text);
    let known = known.iter().find(|known| known.as_str().eq_ignore_ascii_case(id));
    known.cloned().unwrap_or_else(|| RoleId::from_service(id))
}

/// The roles that lists of ids name, and the known ones anywhere.
fn roles_in(value: &Value, of_role: bool, known: &BTreeSet<RoleId>, found: &mut Vec<RoleId>) {
    let add = |text: &str, listed: bool, found: &mut Vec<RoleId>| {
        let id = role_id(text, known);
        if (listed || known.contains(&id)) && !found.contains(&id) {
            found.push(id);
        }
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let lists = ["impersonationRoleIds", "notImpersonationRoleIds"];
                let listed = !of_role && lists.iter().any(|list| name.eq_ignore_ascii_case(list));
                if let (true, Value::Array(ids)) = (listed, value) {
                    ids.iter().filter_map(Value::as_str).for_each(|id| add(id, true, found));
                } else {
                    roles_in(value, of_role, known, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|value| roles_in(value, of_role, known, found)),
        Value::String(text) => add(text, false, found),
        _ => {}
    }
}

/// Who called: the ARN, else what else names it.
fn principal(identity: &Value) -> String {
    let names = ["arn", "invokedBy", "userName", "principalId", "accountId", "type"];
    let name = names.iter().find_map(|name| identity[*name].as_str().filter(|text| !text.is_empty()));
    name.unwrap_or("unknown").to_owned()
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(name: &str, request: &Value, response: &Value) -> Value {
        json!({
            "eventVersion": "1.11", "eventID": "e-1", "eventTime": "2026-11-29T10:00:00Z",
            "eventSource": "workmail.amazonaws.com", "eventName": name,
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Admin/alice"},
            "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2",
            "requestParameters": request, "responseElements": response,
        })
    }

    fn read(record: &Value) -> Event {
        event(record, &BTreeSet::new()).expect("a record").expect("of interest")
    }

    fn role_of(event: &Event) -> (Option<&str>, Option<&str>) {
        let role = event.role.as_ref();
        (role.and_then(|role| Some(role.id.as_ref()?.as_str())), role.and_then(|role| role.name.as_deref()))
    }

    #[test]
    fn the_role_is_found_in_the_request_or_the_response_in_any_case() {
        let made = record(
            "CreateImpersonationRole",
            &json!({"organizationId": "m-1", "name": "Mine", "rules": [{"name": "r", "impersonationRuleId": "r"}]}),
            &json!({"impersonationRoleId": "role-1"}),
        );
        let made = read(&made);
        assert_eq!(role_of(&made), (Some("role-1"), Some("Mine")));
        assert_eq!(made.organization.as_deref(), Some("m-1"));
        assert_eq!(made.principal, "arn:aws:sts::111122223333:assumed-role/Admin/alice");
        let used = record("AssumeImpersonationRole", &json!({"ImpersonationRoleId": "role-1"}), &Value::Null);
        assert_eq!(role_of(&read(&used)), (Some("role-1"), None));
        let deep = record(
            "DeleteImpersonationRole",
            &json!({"in": [{"impersonationRoleID": "role-1"}]}),
            &Value::Null,
        );
        assert_eq!(role_of(&read(&deep)), (Some("role-1"), None));
    }

    #[test]
    fn a_known_role_is_found_under_any_name() {
        let used = record("AssumeImpersonationRole", &json!({"resource": "role-1"}), &Value::Null);
        assert_eq!(role_of(&read(&used)), (None, None));
        let known = BTreeSet::from([RoleId::from_service("role-1")]);
        let used = event(&used, &known).expect("a record").expect("of interest");
        assert_eq!(role_of(&used), (Some("role-1"), None));
    }

    #[test]
    fn a_role_is_found_in_an_arn_and_in_any_case_and_what_is_hidden_is_no_role() {
        let known = BTreeSet::from([RoleId::from_service("role-1")]);
        let assumed = |key: &str, id: &str| {
            let record = record("AssumeImpersonationRole", &json!({key: id}), &Value::Null);
            event(&record, &known).expect("a record").expect("of interest")
        };
        for key in ["impersonationRoleId", "resource"] {
            for id in ["role-1", "ROLE-1", "arn:aws:workmail:us-east-1:1:organization/m-1/role/role-1"] {
                assert_eq!(role_of(&assumed(key, id)), (Some("role-1"), None), "{key} {id}");
            }
        }
        for id in ["", "HIDDEN_DUE_TO_SECURITY_REASONS"] {
            assert_eq!(assumed("impersonationRoleId", id).role, None, "{id}");
        }
    }

    #[test]
    fn what_was_denied_may_have_no_parameters() {
        let mut denied = record("AssumeImpersonationRole", &Value::Null, &Value::Null);
        denied["errorCode"] = "AccessDenied".into();
        let denied = read(&denied);
        assert_eq!((role_of(&denied), denied.error.as_deref()), ((None, None), Some("AccessDenied")));
    }

    #[test]
    fn an_access_control_rule_names_roles() {
        let request =
            json!({"name": "office", "effect": "ALLOW", "impersonationRoleIds": ["role-1", "role-2"]});
        let put = read(&record("PutAccessControlRule", &request, &Value::Null));
        assert_eq!((put.role.clone(), put.subject.as_deref()), (None, Some("ALLOW, rule office")));
        assert_eq!(put.also, ["role-1", "role-2"].map(RoleId::from_service));
    }

    #[test]
    fn permissions_say_whose_and_on_what() {
        let request =
            json!({"entityId": "ceo", "granteeId": "bob", "permissionValues": ["FULL_ACCESS", "SEND_AS"]});
        let put = read(&record("PutMailboxPermissions", &request, &Value::Null));
        assert_eq!(put.subject.as_deref(), Some("FULL_ACCESS SEND_AS, grantee bob, mailbox ceo"));
    }

    #[test]
    fn other_services_and_reads_are_left_out_and_what_is_no_record_is_an_error() {
        let none = BTreeSet::new();
        let listed = record("ListUsers", &Value::Null, &Value::Null);
        assert_eq!(event(&listed, &none), Ok(None));
        let mut other = record("ResetPassword", &Value::Null, &Value::Null);
        other["eventSource"] = "cognito.amazonaws.com".into();
        assert_eq!(event(&other, &none), Ok(None));
        assert_eq!(event(&json!({"eventType": "AwsCloudTrailInsight"}), &none), Ok(None));
        for broken in [json!({}), json!(1), json!({"eventSource": "workmail.amazonaws.com"})] {
            assert!(event(&broken, &none).is_err(), "{broken}");
        }
        let mut late = record("ResetPassword", &Value::Null, &Value::Null);
        late["eventTime"] = "yesterday".into();
        assert!(event(&late, &none).expect_err("no time").contains("yesterday"));
    }

    #[test]
    fn the_operations_are_sorted_and_the_most_frequent_is_the_last() {
        let Some(((last, _), others)) = OPERATIONS.split_last() else { panic!("none") };
        assert_eq!(*last, "AssumeImpersonationRole");
        assert!(others.is_sorted_by_key(|(name, _)| name));
    }
}
