//! Definitions are checked, planned, applied and exported.

use super::definitions::{TRIAGE_ID, example, read_only};
use super::harness::*;

#[test]
fn applying_twice_changes_nothing_and_export_is_equal() {
    let home = Home::new();
    assert_eq!(home.json(3, &["diff", &example(), "--exit-code", "-o", "json"])["summary"]["create"], 1);
    home.exits_with(5, &["apply", &example()]);
    let report = home.json(0, &["apply", &example(), "--yes", "-o", "json"]);
    for change in report["changes"].as_array().unwrap() {
        assert_eq!(change["outcome"], "done");
    }
    assert_eq!(report["undeclared"][0]["name"], "Legacy backup");
    home.exits_with(0, &["diff", "--exit-code", &example()]);
    let again = home.json(0, &["apply", &example(), "--yes", "-o", "json"]);
    assert_eq!(again["changes"].as_array().unwrap().len(), 0);
    let exported = home.write("live.yaml", &home.stdout(0, &["export"]));
    home.exits_with(0, &["validate", &exported]);
    let diff = home.json(0, &["diff", "--exit-code", &exported, "-o", "json"]);
    assert_eq!(diff["summary"]["unchanged"], 4);
}

#[test]
fn a_former_name_is_renamed_in_place() {
    let home = Home::new();
    let text = "version: 1\nroles:\n  - name: Tickets\n    type: READ_ONLY\n    previously: [Ticket triage]\n    rules:\n      - {name: support, effect: ALLOW, users: [alice]}\n";
    let file = home.write("r.yaml", text);
    let report = home.json(0, &["apply", &file, "-y", "-o", "json"]);
    assert_eq!(report["changes"][0]["action"], "update");
    assert_eq!(report["changes"][0]["role"]["id"], TRIAGE_ID);
    home.exits_with(0, &["diff", "--exit-code", &file]);
}

#[test]
fn a_rename_that_fails_half_way_is_completed_by_the_next_apply() {
    let home = Home::new();
    let first = home.write("first.yaml", "version: 1\nroles:\n  - {name: A, type: FULL_ACCESS, rules: [{name: a, effect: ALLOW, users: [carol]}]}\n");
    home.exits_with(0, &["apply", &first, "--yes"]);
    let id = home.role_id("A");
    let then = home.write("then.yaml", "version: 1\nroles:\n  - {name: A, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users: [bob]}]}\n  - {name: B, previously: [A], type: FULL_ACCESS, rules: [{name: a, effect: ALLOW, users: [carol, dave]}]}\n");
    // The rename is made, the rest of it is denied
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &then, "--yes"]).output_within_limit();
    assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
    drop(served);
    home.exits_with(0, &["apply", &then, "--yes"]);
    home.exits_with(0, &["diff", "--exit-code", &then]);
    assert_eq!(home.role_id("B"), id);
    assert_eq!(home.role_names(), ["A", "B", "Legacy backup", "Migration", "Ticket triage"]);
}

#[test]
fn a_swap_of_names_that_fails_half_way_is_completed_by_the_next_apply() {
    let home = Home::new();
    let make = "version: 1\nroles:\n  - {name: A, type: READ_ONLY, rules: [{name: r, effect: ALLOW, users: [alice]}]}\n  - {name: B, type: READ_ONLY, rules: [{name: r, effect: ALLOW, users: [bob]}]}\n";
    home.exits_with(0, &["apply", &home.write("make.yaml", make), "--yes"]);
    let (a, b) = (home.role_id("A"), home.role_id("B"));
    let swap = make
        .replace("name: A,", &format!("name: A, id: {b},"))
        .replace("name: B,", "name: B, previously: [A],");
    let swap = swap.replace("[alice]", "[x]").replace("[bob]", "[alice]").replace("[x]", "[bob]");
    let swap = home.write("swap.yaml", &swap);
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &swap, "--yes"]).output_within_limit();
    assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
    drop(served);
    home.exits_with(0, &["apply", &swap, "--yes"]);
    assert_eq!((home.role_id("A"), home.role_id("B")), (b, a));
    home.exits_with(0, &["diff", "--exit-code", &swap]);
}

#[test]
fn access_denied_half_way_ends_with_4_and_applying_again_completes_it() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &example(), "--yes", "-o", "json"]).output_within_limit();
    assert_eq!(output.status.code(), Some(4));
    let report = json(&output);
    let outcomes: Vec<_> =
        report["changes"].as_array().unwrap().iter().map(|c| c["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "done", "failed"]);
    assert!(report["changes"][2]["error"].is_string(), "{report}");
    drop(served);
    home.exits_with(0, &["apply", &example(), "--yes"]);
    home.exits_with(0, &["diff", "--exit-code", &example()]);
}

#[test]
fn a_wrong_definition_has_a_place_and_nothing_is_done() {
    let home = Home::new();
    let places = |code: i32, args: &[&str]| {
        let document = home.json(code, &[args, &["-o", "json"]].concat());
        let diagnostics = document["diagnostics"].as_array().unwrap().iter();
        diagnostics.map(|one| [&one["line"], &one["column"]].map(|n| n.as_u64().unwrap())).collect::<Vec<_>>()
    };
    let file = home.write("bad.yaml", "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, user: [alcie@example.com]}\n      - {name: b, effect: ALLOW}\n");
    assert_eq!(places(2, &["validate", &file]), [[6, 34], [6, 9], [7, 9]]);
    let file = home.write("unknown.yaml", "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, users: [alcie@example.com]}\n");
    home.exits_with(0, &["validate", &file]);
    assert_eq!(places(2, &["apply", &file, "-y"]), [[6, 42]]);
    home.exits_with(1, &["show", "r"]);
}

#[test]
fn a_role_never_gets_the_name_of_a_different_role() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let rules = "rules: [{name: a, effect: ALLOW, users: [alice]}]";
    let file = home.write("r.yaml", &read_only("Migration", &format!("id: {TRIAGE_ID}, {rules}")));
    for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
        let document = home.json(2, &[command, &["-o", "json"]].concat());
        assert_eq!(document["diagnostics"].as_array().unwrap().len(), 1, "{document}");
    }
    // A rename that fails does not free its name for the role that was to have it next
    let chain = format!(
        "version: 1\nroles:\n  - {{name: Gamma, previously: [Migration], type: FULL_ACCESS, rules: []}}\n  - {{name: Migration, id: {TRIAGE_ID}, type: READ_ONLY, {rules}}}\n"
    );
    let chain = home.write("chain.yaml", &chain);
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1"]);
    let output = served.client(&home, &["apply", &chain, "--yes"]).output_within_limit();
    assert_eq!(output.status.code(), Some(1), "nothing was done: {}", printed(&output));
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn a_role_that_shares_its_name_is_exported_with_its_id() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        for role in organization["roles"].as_array_mut().unwrap() {
            role["name"] = "Dup".into();
        }
    });
    let file = home.write("e.yaml", &home.stdout(0, &["export", TRIAGE_ID]));
    home.exits_with(0, &["diff", &file, "--exit-code"]);
}
