//! Operations without HTTP: what they refuse, what they keep, what they answer.

mod doors;
mod roles;

use crate::system::System;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{OPERATIONS, Operation};
use crate::sandbox::model::EntityState;
use crate::sandbox::{Seed, Settings, Store};

const ORGANIZATION: &str = "m-ac3e0000000000000000000000000001";
const TRIAGE: &str = "30000001-0000-4000-8000-000000000001";

struct Sandbox {
    store: Store,
    _directory: tempfile::TempDir,
}

impl Sandbox {
    fn new(seed: &Seed) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::init(directory.path().join("state.json"), seed, false).expect("made");
        Self { store, _directory: directory }
    }

    fn demo() -> Self {
        Self::new(&Seed::default())
    }

    /// The answer, or the error's code and message.
    fn raw(&self, operation: &'static str, body: &Value) -> Result<Value, (String, String)> {
        let known = Operation::find(operation).expect(operation);
        known.perform(&self.store, &Settings::new(System::REAL), body.to_string().as_bytes()).map_err(
            |error| {
                let body = error.body();
                let message = body["Message"].as_str().or(body["message"].as_str()).unwrap_or_default();
                (error.code.to_owned(), message.to_owned())
            },
        )
    }

    fn ask(&self, operation: &'static str, mut body: Value) -> Result<Value, (String, String)> {
        body["OrganizationId"] = ORGANIZATION.into();
        self.raw(operation, &body)
    }

    fn done(&self, operation: &'static str, body: Value) -> Value {
        self.ask(operation, body).expect(operation)
    }

    fn refused(&self, operation: &'static str, body: Value, code: &str, part: &str) {
        let shown = body.to_string();
        let (was, message) = self.ask(operation, body).expect_err(&shown);
        assert_eq!(was, code, "{operation} {shown}: {message}");
        assert!(message.contains(part), "{operation} {shown}: {message}");
    }
}

/// A role that is right, and with one member changed.
fn role(changes: Value) -> Value {
    let mut role = json!({"Name": "New", "Type": "READ_ONLY", "Rules": []});
    for (name, value) in changes.as_object().expect("an object") {
        role[name] = value.clone();
    }
    role
}

fn rule(changes: Value) -> Value {
    let mut rule = json!({"ImpersonationRuleId": "a", "Effect": "ALLOW"});
    for (name, value) in changes.as_object().expect("an object") {
        rule[name] = value.clone();
    }
    role(json!({"Rules": [rule]}))
}

#[test]
fn the_table_is_sorted_and_what_is_named_as_a_reader_reads() {
    for operation in &OPERATIONS {
        let reads = ["List", "Get", "Describe"].iter().any(|verb| operation.name.starts_with(verb));
        assert_eq!(operation.writes(), !reads, "{}", operation.name);
    }
    assert!(OPERATIONS.is_sorted_by_key(|operation| operation.name));
    assert!(Operation::find("ListAliases").is_none());
}

#[test]
fn the_organization_is_checked_first() {
    let sandbox = Sandbox::demo();
    let unknown = format!("m-{}", "0".repeat(32));
    for (id, code) in [
        (Value::Null, "InvalidParameterException"),
        ("acme".into(), "InvalidParameterException"),
        (ORGANIZATION.to_uppercase().into(), "InvalidParameterException"),
        (unknown.into(), "OrganizationNotFoundException"),
        (7.into(), "SerializationException"),
    ] {
        let answer = sandbox.raw("ListUsers", &json!({"OrganizationId": id}));
        assert_eq!(answer.expect_err("refused").0, code, "{id}");
    }
    let changed = sandbox.store.update(|state| {
        state.organizations[0].state = "Requested".into();
        Ok::<_, crate::sandbox::StoreError>(())
    });
    changed.expect("changed");
    sandbox.refused("ListUsers", json!({}), "OrganizationStateException", "Requested");
    sandbox.refused("DeleteUser", json!({"UserId": "alice"}), "OrganizationStateException", "Requested");
    sandbox.done("DescribeOrganization", json!({}));
}

#[test]
fn what_is_not_there_is_not_found_and_deleting_it_is_silent() {
    let sandbox = Sandbox::demo();
    let nobody = json!({"ImpersonationRoleId": "nobody", "TargetUser": "alice"});
    for operation in ["GetImpersonationRole", "AssumeImpersonationRole", "GetImpersonationRoleEffect"] {
        sandbox.refused(operation, nobody.clone(), "ResourceNotFoundException", "nobody");
    }
    let update = role(json!({"ImpersonationRoleId": "nobody"}));
    sandbox.refused("UpdateImpersonationRole", update, "ResourceNotFoundException", "nobody");
    assert_eq!(sandbox.done("DeleteImpersonationRole", nobody), Value::Null);
    sandbox.refused("DescribeUser", json!({"UserId": "nobody"}), "EntityNotFoundException", "nobody");
    sandbox.refused("DescribeUser", json!({"UserId": "support"}), "EntityNotFoundException", "support");
    sandbox.refused("DescribeGroup", json!({"GroupId": "alice"}), "EntityNotFoundException", "alice");
    sandbox.refused(
        "CreateImpersonationRole",
        rule(json!({"TargetUsers": ["support"]})),
        "EntityNotFoundException",
        "support",
    );
}

#[test]
fn roles_come_in_pages_of_twenty_whatever_is_asked_for() {
    let sandbox = Sandbox::new(&Seed { users: Some(600), roles: Some(50), ..Seed::default() });
    let (mut seen, mut sizes, mut token) = (BTreeSet::new(), vec![], Value::Null);
    loop {
        let page = sandbox.done("ListImpersonationRoles", json!({"MaxResults": 100, "NextToken": token}));
        let roles = page["Roles"].as_array().expect("a list");
        sizes.push(roles.len());
        seen.extend(roles.iter().map(|role| role["ImpersonationRoleId"].to_string()));
        match page.get("NextToken") {
            Some(next) => token = next.clone(),
            None => break,
        }
    }
    assert_eq!((sizes, seen.len()), (vec![20, 20, 10], 50));
    let users = sandbox.done("ListUsers", json!({}));
    assert_eq!(users["Users"].as_array().map(Vec::len), Some(100));
    let next = json!({"NextToken": users["NextToken"]});
    sandbox.done("ListUsers", next.clone());
    sandbox.refused("ListGroups", next.clone(), "InvalidParameterException", "NextToken");
    let filtered = json!({"NextToken": next["NextToken"], "Filters": {"State": "ENABLED"}});
    sandbox.refused("ListUsers", filtered, "InvalidParameterException", "NextToken");
    for size in [0, 101] {
        sandbox.refused("ListUsers", json!({"MaxResults": size}), "InvalidParameterException", "MaxResults");
    }
}

#[test]
fn users_are_filtered_by_one_thing_at_a_time() {
    let sandbox = Sandbox::demo();
    let names = |filters: Value| {
        let answer = sandbox.done("ListUsers", json!({"Filters": filters}));
        answer["Users"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|u| u["Name"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(json!({})).len(), 12);
    assert_eq!(names(json!({"UsernamePrefix": "CE"})), ["ceo"]);
    assert_eq!(names(json!({"DisplayNamePrefix": "Marg"})), ["ceo"]);
    assert_eq!(names(json!({"PrimaryEmailPrefix": "da"})), ["dave"]);
    assert_eq!(names(json!({"State": "DISABLED"})), ["mallory"]);
    assert_eq!(names(json!({"IdentityProviderUserIdPrefix": "a"})), [""; 0]);
    for (filters, part) in [
        (json!({"State": "ENABLED", "UsernamePrefix": "a"}), "one member"),
        (json!({"State": "enabled"}), "'Filters.State'"),
        (json!({"IdentityProviderUserIdPrefix": "x"}), "'Filters.IdentityProviderUserIdPrefix'"),
    ] {
        sandbox.refused("ListUsers", json!({"Filters": filters}), "InvalidParameterException", part);
    }
}

#[test]
fn a_user_is_made_enabled_disabled_and_deleted_and_roles_keep_the_id() {
    let sandbox = Sandbox::demo();
    let id = sandbox.done("CreateUser", json!({"Name": "zoe", "DisplayName": "Zoë"}))["UserId"].clone();
    let state = || sandbox.done("DescribeUser", json!({"UserId": "zoe"}))["State"].clone();
    assert_eq!(state(), "DISABLED");
    sandbox.refused(
        "CreateUser",
        json!({"Name": "ZOE", "DisplayName": "Z"}),
        "NameAvailabilityException",
        "ZOE",
    );
    let register =
        |email: &str| sandbox.ask("RegisterToWorkMail", json!({"EntityId": "zoe", "Email": email}));
    assert_eq!(register("zoe@elsewhere.org").expect_err("domain").0, "MailDomainNotFoundException");
    assert_eq!(register("a.moreau@example.com").expect_err("in use").0, "EmailAddressInUseException");
    register("zoe@example.com").expect("registered");
    register("zoe@example.com").expect("no change");
    assert_eq!(register("z@example.com").expect_err("another").0, "EntityAlreadyRegisteredException");
    assert_eq!(state(), "ENABLED");
    let role = sandbox.done("CreateImpersonationRole", rule(json!({"TargetUsers": ["zoe"]})));
    sandbox.done("AssociateMemberToGroup", json!({"GroupId": "oncall", "MemberId": "zoe"}));
    sandbox.done(
        "PutMailboxPermissions",
        json!({"EntityId": "zoe", "GranteeId": "bob", "PermissionValues": ["SEND_AS"]}),
    );
    sandbox.refused("DeleteUser", json!({"UserId": "zoe"}), "EntityStateException", "enabled");
    sandbox.done("DeregisterFromWorkMail", json!({"EntityId": "zoe@example.com"}));
    sandbox.refused(
        "DeregisterFromWorkMail",
        json!({"EntityId": "zoe"}),
        "EntityStateException",
        "not enabled",
    );
    sandbox.done("DeleteUser", json!({"UserId": "zoe"}));
    sandbox.done("DeleteUser", json!({"UserId": "zoe"}));
    let members = sandbox.done("ListGroupMembers", json!({"GroupId": "oncall"}));
    assert_eq!(members["Members"].as_array().map(Vec::len), Some(2));
    assert_eq!(sandbox.done("GetImpersonationRole", role)["Rules"][0]["TargetUsers"], json!([id]));
}

#[test]
fn users_and_passwords_have_limits() {
    let sandbox = Sandbox::new(&Seed { users: Some(1000), ..Seed::default() });
    let user = |changes: Value| {
        let mut user = json!({"Name": "zoe", "DisplayName": "Zoë"});
        for (name, value) in changes.as_object().expect("an object") {
            user[name] = value.clone();
        }
        user
    };
    for (input, code, part) in [
        (user(json!({"Name": "a b"})), "InvalidParameterException", "'Name'"),
        (user(json!({"Name": "x".repeat(65)})), "InvalidParameterException", "'Name'"),
        (user(json!({"DisplayName": null})), "InvalidParameterException", "'DisplayName'"),
        (user(json!({"Role": "SYSTEM_USER"})), "InvalidParameterException", "Role"),
        (user(json!({"Password": "short"})), "InvalidPasswordException", "8"),
        (user(json!({})), "LimitExceededException", "1000"),
    ] {
        sandbox.refused("CreateUser", input, code, part);
    }
}

#[test]
fn groups_nest_and_are_deleted_once_disabled() {
    let sandbox = Sandbox::demo();
    sandbox.done("CreateGroup", json!({"Name": "night shift"}));
    let id =
        sandbox.done("ListGroups", json!({"Filters": {"NamePrefix": "night"}}))["Groups"][0]["Id"].clone();
    for member in ["support", "alice", "alice"] {
        sandbox.done("AssociateMemberToGroup", json!({"GroupId": id, "MemberId": member}));
    }
    let members = sandbox.done("ListGroupMembers", json!({"GroupId": id}));
    let kinds: Vec<_> = members["Members"].as_array().expect("a list").iter().map(|m| &m["Type"]).collect();
    assert_eq!(kinds, ["GROUP", "USER"]);
    let of_alice = sandbox.done("ListGroupsForEntity", json!({"EntityId": "alice@example.com"}));
    assert_eq!(of_alice["Groups"].as_array().map(Vec::len), Some(2));
    sandbox.refused(
        "AssociateMemberToGroup",
        json!({"GroupId": id, "MemberId": id}),
        "InvalidParameterException",
        "itself",
    );
    sandbox.refused(
        "AssociateMemberToGroup",
        json!({"GroupId": id, "MemberId": "boardroom"}),
        "InvalidParameterException",
        "resource",
    );
    sandbox.refused("DeleteGroup", json!({"GroupId": "support"}), "EntityStateException", "enabled");
    sandbox.done("DisassociateMemberFromGroup", json!({"GroupId": id, "MemberId": "alice"}));
    sandbox.done("DeleteGroup", json!({"GroupId": id}));
    sandbox.refused("DescribeGroup", json!({"GroupId": id}), "EntityNotFoundException", "Group");
}

#[test]
fn permissions_replace_those_of_the_same_grantee() {
    let sandbox = Sandbox::demo();
    let put = |values: Value| json!({"EntityId": "ceo", "GranteeId": "grace", "PermissionValues": values});
    let permissions =
        || sandbox.done("ListMailboxPermissions", json!({"EntityId": "ceo"}))["Permissions"].clone();
    sandbox.done("PutMailboxPermissions", put(json!(["SEND_AS", "SEND_AS"])));
    assert_eq!(permissions()[0]["PermissionValues"], json!(["SEND_AS"]));
    for values in [json!([]), json!(["READ"])] {
        sandbox.refused(
            "PutMailboxPermissions",
            put(values),
            "InvalidParameterException",
            "PermissionValues",
        );
    }
    let disabled = json!({"EntityId": "mallory", "GranteeId": "grace", "PermissionValues": ["SEND_AS"]});
    sandbox.refused("PutMailboxPermissions", disabled, "EntityStateException", "not enabled");
    sandbox.done("DeleteMailboxPermissions", json!({"EntityId": "ceo", "GranteeId": "grace"}));
    assert_eq!(permissions(), json!([]));
}

#[test]
fn access_control_rules_are_checked_replaced_and_limited() {
    let sandbox = Sandbox::demo();
    let put = |changes: Value| {
        let mut rule = json!({"Name": "r", "Effect": "DENY", "Description": ""});
        for (name, value) in changes.as_object().expect("an object") {
            rule[name] = value.clone();
        }
        rule
    };
    for (input, code, part) in [
        (put(json!({"Name": "a b"})), "InvalidParameterException", "'Name'"),
        (put(json!({"Description": null})), "InvalidParameterException", "'Description'"),
        (put(json!({"IpRanges": ["10.0.0.0/33"]})), "InvalidParameterException", "'IpRanges[0]'"),
        (put(json!({"IpRanges": ["::/0"]})), "InvalidParameterException", "'IpRanges[0]'"),
        (put(json!({"Actions": ["Lotus"]})), "InvalidParameterException", "'Actions'"),
        (put(json!({"UserIds": ["alice"]})), "InvalidParameterException", "'UserIds[0]'"),
        (put(json!({"UserIds": ["alice@example.com"]})), "EntityNotFoundException", "alice"),
        (put(json!({"ImpersonationRoleIds": ["nobody"]})), "ResourceNotFoundException", "nobody"),
    ] {
        sandbox.refused("PutAccessControlRule", input, code, part);
    }
    // Two are there
    for n in 0..8 {
        sandbox.done("PutAccessControlRule", put(json!({"Name": format!("r{n}")})));
    }
    sandbox.refused("PutAccessControlRule", put(json!({"Name": "r9"})), "LimitExceededException", "10");
    sandbox.done("PutAccessControlRule", put(json!({"Name": "r7", "Actions": ["IMAP"]})));
    let rules = sandbox.done("ListAccessControlRules", json!({}));
    assert_eq!(rules["Rules"].as_array().map(Vec::len), Some(10));
    assert_eq!(rules["Rules"][9]["Actions"], json!(["IMAP"]));
    for n in 0..10 {
        sandbox.done("DeleteAccessControlRule", json!({"Name": format!("r{n}")}));
    }
    let effect = |changes: Value| {
        let mut asked = json!({"IpAddress": "192.0.2.1", "Action": "EWS"});
        for (name, value) in changes.as_object().expect("an object") {
            asked[name] = value.clone();
        }
        sandbox.ask("GetAccessControlEffect", asked)
    };
    let allowed = json!({"Effect": "ALLOW", "MatchedRules": ["Default"]});
    assert_eq!(effect(json!({"ImpersonationRoleId": TRIAGE})), Ok(allowed));
    for changes in [
        json!({}),
        json!({"ImpersonationRoleId": TRIAGE, "Action": "IMAP"}),
        json!({"ImpersonationRoleId": TRIAGE, "UserId": "10000001-0000-4000-8000-000000000001"}),
        json!({"ImpersonationRoleId": TRIAGE, "IpAddress": "::1"}),
    ] {
        assert_eq!(effect(changes.clone()).expect_err("refused").0, "InvalidParameterException", "{changes}");
    }
}

#[test]
fn resources_are_listed_in_pages_and_by_state() {
    let sandbox = Sandbox::demo();
    let changed = sandbox.store.update(|state| {
        let resources = &mut state.organizations[0].resources;
        let mut beamer = resources[0].clone();
        beamer.id = format!("r-{:032x}", 99);
        (beamer.name, beamer.email, beamer.state) = ("beamer".into(), None, EntityState::Disabled);
        resources.push(beamer);
        Ok::<_, crate::sandbox::StoreError>(())
    });
    changed.expect("changed");
    let names = |answer: &Value| {
        let all = answer["Resources"].as_array().expect("a list");
        all.iter().map(|one| one["Name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let first = sandbox.done("ListResources", json!({"MaxResults": 1}));
    assert_eq!(names(&first), ["boardroom"]);
    let second = sandbox.done("ListResources", json!({"MaxResults": 1, "NextToken": first["NextToken"]}));
    assert_eq!((names(&second), second.get("NextToken")), (vec!["beamer".to_owned()], None));
    assert_eq!(
        (&second["Resources"][0]["State"], second["Resources"][0].get("Email")),
        (&json!("DISABLED"), None)
    );
    let enabled = sandbox.done("ListResources", json!({"Filters": {"State": "ENABLED"}}));
    assert_eq!(names(&enabled), ["boardroom"]);
}
