//! Impersonation roles.

use serde_json::{Value, json};

use super::{Sandbox, TRIAGE, role, rule};
use crate::access;
use crate::sandbox::Seed;
use crate::sandbox::hash::sha256;
use crate::sandbox::model::EntityState;

const LEGACY: &str = "30000001-0000-4000-8000-000000000003";

#[test]
fn each_limit_of_a_role_is_kept() {
    let sandbox = Sandbox::demo();
    let many = |n: usize| (0..n).map(|i| format!("u{i}")).collect::<Vec<_>>();
    let rules = vec![json!({"ImpersonationRuleId": "a", "Effect": "DENY"}); 11];
    for (input, member) in [
        (role(json!({"Name": null})), "'Name'"),
        (role(json!({"Name": ""})), "'Name'"),
        (
            role(json!({"Name": "é".repeat(65)})),
            "'Name' failed to satisfy constraint: Member must have length less than or equal to 64",
        ),
        (role(json!({"Name": "a<b"})), "'Name'"),
        (role(json!({"Name": "a\nb"})), "'Name'"),
        (
            role(json!({"Type": "read_only"})),
            "'Type' failed to satisfy constraint: Member must satisfy enum value set: [FULL_ACCESS, READ_ONLY]",
        ),
        (role(json!({"Type": null})), "'Type'"),
        (role(json!({"Description": ""})), "'Description'"),
        (role(json!({"Description": "x".repeat(257)})), "'Description'"),
        (role(json!({"Description": "a\tb"})), "'Description'"),
        (role(json!({"Description": "a\rb"})), "'Description'"),
        (role(json!({"Rules": null})), "'Rules'"),
        (role(json!({"Rules": rules})), "'Rules'"),
        (role(json!({"ClientToken": ""})), "'ClientToken'"),
        (role(json!({"ClientToken": "a b"})), "'ClientToken'"),
        (role(json!({"ClientToken": "x".repeat(129)})), "'ClientToken'"),
        (rule(json!({"ImpersonationRuleId": null})), "'Rules[0].ImpersonationRuleId'"),
        (rule(json!({"ImpersonationRuleId": "a b"})), "'Rules[0].ImpersonationRuleId'"),
        (rule(json!({"ImpersonationRuleId": "x".repeat(65)})), "'Rules[0].ImpersonationRuleId'"),
        (rule(json!({"Effect": null})), "'Rules[0].Effect'"),
        (rule(json!({"Effect": "Allow"})), "'Rules[0].Effect'"),
        (rule(json!({"Name": "a\\b"})), "'Rules[0].Name'"),
        (rule(json!({"Description": "x".repeat(257)})), "'Rules[0].Description'"),
        (
            rule(json!({"TargetUsers": []})),
            "'Rules[0].TargetUsers' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (
            rule(json!({"TargetUsers": many(11)})),
            "'Rules[0].TargetUsers' failed to satisfy constraint: Member must have length less than or equal to 10",
        ),
        (rule(json!({"NotTargetUsers": []})), "'Rules[0].NotTargetUsers'"),
        (rule(json!({"NotTargetUsers": many(11)})), "'Rules[0].NotTargetUsers'"),
        (rule(json!({"TargetUsers": ["a b"]})), "'Rules[0].TargetUsers[0]'"),
        (rule(json!({"TargetUsers": ["x".repeat(257)]})), "'Rules[0].TargetUsers[0]'"),
    ] {
        sandbox.refused("CreateImpersonationRole", input.clone(), "InvalidParameterException", member);
        if !member.contains("ClientToken") {
            let mut input = input;
            input["ImpersonationRoleId"] = TRIAGE.into();
            sandbox.refused("UpdateImpersonationRole", input, "InvalidParameterException", member);
        }
    }
    for input in
        [role(json!({"Name": 1})), role(json!({"Rules": "a"})), rule(json!({"TargetUsers": "alice"}))]
    {
        sandbox.refused("CreateImpersonationRole", input, "SerializationException", "invalid type");
    }
}

#[test]
fn what_is_just_within_the_limits_is_taken() {
    let sandbox = Sandbox::new(&Seed { users: Some(10), ..Seed::default() });
    let everyone: Vec<_> = (1..=10).map(|n| format!("user{n:04}")).collect();
    let rule = json!({
        "ImpersonationRuleId": "x".repeat(64), "Name": "é".repeat(64), "Description": "two\nlines", "Effect": "ALLOW",
        "TargetUsers": everyone, "NotTargetUsers": everyone,
    });
    // Ten rules of one id: no error is modelled
    sandbox.done(
        "CreateImpersonationRole",
        role(json!({
            "Name": "n".repeat(64), "Description": "d".repeat(256), "ClientToken": "~".repeat(128),
            "Rules": vec![rule; 10],
        })),
    );
}

#[test]
fn a_repeated_creation_makes_one_role() {
    let sandbox = Sandbox::demo();
    let create =
        |name: &str| sandbox.ask("CreateImpersonationRole", role(json!({"Name": name, "ClientToken": "t"})));
    let first = create("A").expect("made");
    assert_eq!(create("A"), Ok(first.clone()));
    assert_eq!(create("B").expect_err("another body").0, "InvalidParameterException");
    assert_eq!(sandbox.store.read().expect("read").organizations[0].roles.len(), 4);
    sandbox.done("DeleteImpersonationRole", first.clone());
    assert_ne!(create("B").expect("the token is free again"), first);
}

#[test]
fn without_a_token_a_second_role_of_a_name_is_made() {
    let sandbox = Sandbox::demo();
    let create = || sandbox.done("CreateImpersonationRole", role(json!({})));
    assert_ne!(create(), create());
}

#[test]
fn an_update_replaces_all_and_keeps_stale_ids() {
    let sandbox = Sandbox::demo();
    let before = sandbox.done("GetImpersonationRole", json!({"ImpersonationRoleId": LEGACY}));
    let stale = "10000001-0000-4000-8000-000000000099";
    let rules = json!([{"ImpersonationRuleId": "a", "Effect": "ALLOW", "TargetUsers": [stale, "Alice", "a.moreau@example.com"]}]);
    let update = json!({"ImpersonationRoleId": LEGACY, "Name": "Old", "Type": "FULL_ACCESS", "Rules": rules, "Description": "d"});
    assert_eq!(sandbox.done("UpdateImpersonationRole", update.clone()), Value::Null);
    let after = sandbox.done("GetImpersonationRole", json!({"ImpersonationRoleId": LEGACY}));
    // Names and aliases have become ids, each once
    assert_eq!(after["Rules"][0]["TargetUsers"], json!([stale, "10000001-0000-4000-8000-000000000001"]));
    assert_eq!((&after["Name"], &after["DateCreated"]), (&json!("Old"), &before["DateCreated"]));
    assert!(after["DateModified"].as_f64() > before["DateModified"].as_f64());
    let mut without = update.clone();
    without.as_object_mut().expect("an object").remove("Description");
    sandbox.done("UpdateImpersonationRole", without);
    let cleared = sandbox.done("GetImpersonationRole", json!({"ImpersonationRoleId": LEGACY}));
    assert!(cleared.get("Description").is_none());
    let mut elsewhere = update;
    elsewhere["ImpersonationRoleId"] = TRIAGE.into();
    sandbox.refused("UpdateImpersonationRole", elsewhere, "EntityNotFoundException", stale);
}

#[test]
fn the_effect_is_what_the_evaluation_says() {
    let sandbox = Sandbox::demo();
    let both = json!({"TargetUsers": ["alice", "bob", "ceo"], "NotTargetUsers": ["ceo"]});
    sandbox.done("CreateImpersonationRole", rule(both));
    let state = sandbox.store.read().expect("read");
    let organization = &state.organizations[0];
    for role in &organization.roles {
        for user in organization.users.iter().filter(|user| user.state == EntityState::Enabled) {
            let rules = role.rules();
            let decision = access::decide(&rules, &user.id);
            let answer = sandbox.done(
                "GetImpersonationRoleEffect",
                json!({"ImpersonationRoleId": role.id, "TargetUser": user.email}),
            );
            assert_eq!(answer["Effect"], decision.effect.as_str());
            assert_eq!(answer["Type"], role.role_type.as_str());
            let matched: Vec<_> = answer["MatchedRules"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|r| &r["ImpersonationRuleId"])
                .collect();
            let decided: Vec<_> = decision.matched_rules.iter().map(|rule| rule.id.as_str()).collect();
            assert_eq!(matched, decided);
        }
    }
    let disabled = json!({"ImpersonationRoleId": TRIAGE, "TargetUser": "mallory"});
    sandbox.refused("GetImpersonationRoleEffect", disabled, "EntityStateException", "mallory");
    let unknown = json!({"ImpersonationRoleId": TRIAGE, "TargetUser": "nobody"});
    sandbox.refused("GetImpersonationRoleEffect", unknown, "EntityNotFoundException", "nobody");
}

#[test]
fn a_token_is_kept_as_a_hash_until_its_role_goes() {
    let sandbox = Sandbox::demo();
    let answer = sandbox.done("AssumeImpersonationRole", json!({"ImpersonationRoleId": TRIAGE}));
    assert_eq!(answer["ExpiresIn"], 900);
    let token = answer["Token"].as_str().expect("a token");
    let file = std::fs::read_to_string(sandbox.store.path()).expect("read");
    assert!(!file.contains(token) && file.contains(&sha256(token)));
    let second = sandbox.done("AssumeImpersonationRole", json!({"ImpersonationRoleId": TRIAGE}));
    assert_ne!(second["Token"], answer["Token"]);
    sandbox.done("DeleteImpersonationRole", json!({"ImpersonationRoleId": TRIAGE}));
    assert!(sandbox.store.read().expect("read").organizations[0].tokens.is_empty());
}
