//! Definitions are checked, planned, applied and exported.

use super::definitions::{TRIAGE, TRIAGE_ID, example, read_only};
use super::harness::*;

#[test]
fn applying_twice_changes_nothing_and_export_is_equal() {
    let home = Home::new();
    assert_eq!(home.json(3, &["diff", &example(), "--exit-code", "-o", "json"])["summary"]["create"], 1);
    let asked = home.stderr(5, &["apply", &example()]);
    assert!(asked.contains("--yes"), "{asked}");
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
    assert_eq!(report["changes"][0]["role"]["id"], "30000001-0000-4000-8000-000000000001");
    home.exits_with(0, &["diff", "--exit-code", &file]);
}

#[test]
fn a_rename_that_fails_half_way_converges() {
    let home = Home::new();
    let first = home.write("first.yaml", "version: 1\nroles:\n  - {name: A, type: FULL_ACCESS, rules: [{name: a, effect: ALLOW, users: [carol]}]}\n");
    home.exits_with(0, &["apply", &first, "--yes"]);
    let id = home.json(0, &["show", "A", "-o", "json"])["role"]["id"].clone();
    let then = home.write("then.yaml", "version: 1\nroles:\n  - {name: A, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users: [bob]}]}\n  - {name: B, previously: [A], type: FULL_ACCESS, rules: [{name: a, effect: ALLOW, users: [carol, dave]}]}\n");
    // The rename is made, the rest of it is denied
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &then, "--yes"]).output_within_limit();
    assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
    drop(served);
    home.exits_with(0, &["apply", &then, "--yes"]);
    home.exits_with(0, &["diff", "--exit-code", &then]);
    assert_eq!(home.json(0, &["show", "B", "-o", "json"])["role"]["id"], id);
    let names = home.json(0, &["list", "-o", "json"])["roles"].to_string();
    assert!(!names.contains("temporary"), "{names}");
}

#[test]
fn a_swap_that_was_left_half_way_is_found_by_former_names_too() {
    let home = Home::new();
    let make = "version: 1\nroles:\n  - {name: A, type: READ_ONLY, rules: [{name: r, effect: ALLOW, users: [alice]}]}\n  - {name: B, type: READ_ONLY, rules: [{name: r, effect: ALLOW, users: [bob]}]}\n";
    home.exits_with(0, &["apply", &home.write("make.yaml", make), "--yes"]);
    let id =
        |name: &str| home.json(0, &["show", name, "-o", "json"])["role"]["id"].as_str().unwrap().to_owned();
    let (a, b) = (id("A"), id("B"));
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
    assert_eq!((id("A"), id("B")), (b, a));
    home.exits_with(0, &["diff", "--exit-code", &swap]);
}

#[test]
fn access_denied_half_way_ends_with_4_and_says_what_was_done() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &example(), "--yes", "-o", "json"]).output_within_limit();
    assert_eq!(output.status.code(), Some(4));
    let report = json(&output);
    let outcomes: Vec<_> =
        report["changes"].as_array().unwrap().iter().map(|c| c["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "done", "failed"]);
    assert!(report["changes"][2]["error"].as_str().unwrap().contains("workmail:UpdateImpersonationRole"));
    drop(served);
    home.exits_with(0, &["apply", &example(), "--yes"]);
    home.exits_with(0, &["diff", "--exit-code", &example()]);
}

#[test]
fn a_wrong_definition_says_where_and_nothing_is_done() {
    let home = Home::new();
    let file = home.write("bad.yaml", "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, user: [alcie@example.com]}\n      - {name: b, effect: ALLOW}\n");
    let error = home.stderr(2, &["validate", &file]);
    for part in ["bad.yaml:6:34", "did you mean users?", "bad.yaml:7:", "`everyone: true`", "3 errors"] {
        assert!(error.contains(part), "{part}\n{error}");
    }
    let file = home.write("unknown.yaml", "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, users: [alcie@example.com]}\n");
    home.exits_with(0, &["validate", &file]);
    let error = home.stderr(2, &["apply", &file, "-y"]);
    assert!(error.contains("did you mean alice@example.com?"), "{error}");
}

#[test]
fn a_role_is_declared_by_its_id_or_by_its_name_and_once() {
    let home = Home::new();
    let text = format!(
        "version: 1\nroles:\n  - {{name: A, id: {TRIAGE_ID}, type: READ_ONLY, rules: []}}\n  - {{name: A, type: READ_ONLY, rules: []}}\n"
    );
    let file = home.write("r.yaml", &text);
    let error = home.stderr(2, &["validate", &file]);
    assert!(error.contains("declared twice") && error.contains("r.yaml:4:"), "{error}");
}

#[test]
fn two_roles_are_never_given_one_name() {
    let home = Home::new();
    let text = format!(
        "version: 1\nroles:\n  - {{name: X, id: {TRIAGE_ID}, type: READ_ONLY, rules: []}}\n  - {{name: X, id: 30000001-0000-4000-8000-000000000003, type: READ_ONLY, rules: []}}\n"
    );
    let file = home.write("two.yaml", &text);
    assert!(home.stderr(2, &["diff", &file]).contains("two roles would be called X"));
}

#[test]
fn a_role_never_gets_the_name_of_another() {
    let home = Home::new();
    let rules = "rules: [{name: a, effect: ALLOW, users: [alice]}]";
    let file = home.write("r.yaml", &read_only("Migration", &format!("id: {TRIAGE_ID}, {rules}")));
    for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
        let error = home.stderr(2, command);
        assert!(error.contains("cannot be called Migration"), "{error}");
    }
    // A rename that fails leaves its name taken for whoever was to have it next
    let chain = format!(
        "version: 1\nroles:\n  - {{name: Gamma, previously: [Migration], type: FULL_ACCESS, rules: []}}\n  - {{name: Migration, id: {TRIAGE_ID}, type: READ_ONLY, {rules}}}\n"
    );
    let chain = home.write("chain.yaml", &chain);
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1"]);
    let output = served.client(&home, &["apply", &chain, "--yes"]).output_within_limit();
    assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
    let list = home.json(0, &["list", "-o", "json"]);
    let names = list["roles"].as_array().unwrap().iter().map(|role| role["name"].to_string());
    assert_eq!(names.collect::<std::collections::BTreeSet<_>>().len(), 3, "{list}");
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

#[test]
fn what_does_not_fit_says_how_many_rules_it_would_take() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--users", "150", "--roles", "1"]);
    let text = "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, groups: [team01, team02, team03]}\n";
    let file = home.write("r.yaml", text);
    let error = home.stderr(2, &["apply", &file, "--yes"]);
    assert!(error.contains("would take 15 rules of the service, which takes 10"), "{error}");
}

#[test]
fn exceptions_that_do_not_fit_are_found_before_anything_is_written() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--users", "60", "--roles", "1"]);
    let file = home.write(
        "r.yaml",
        &read_only(
            "r",
            "rules: [{name: a, effect: ALLOW, users: [user0001, user0055], except_groups: [team01]}]",
        ),
    );
    assert!(home.stderr(2, &["diff", &file]).contains("exceptions cannot be split"));
    let users: Vec<_> = (1..=15).map(|n| format!("user{n:04}")).collect();
    let users = users.join(", ");
    let rules = format!(
        "rules: [{{id: a, effect: ALLOW, users: [{users}]}}, {{id: a--2, effect: DENY, users: [user0020]}}]"
    );
    let file = home.write("twice.yaml", &read_only("r", &rules));
    assert!(home.stderr(2, &["diff", &file]).contains("two rules of role r would have the id a--2"));
}

#[test]
fn a_pull_request_reads_the_plan() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let comment = home.stdout(0, &["diff", &file, "-o", "markdown"]);
    for part in [
        "### acme: 0 to create, 1 to update",
        "**Access: 1 gained, 0 lost, 0 escalated**",
        "\n+ carol@example.com becomes reachable with READ_ONLY\n",
        "<details><summary>update <b>Ticket triage</b></summary>",
    ] {
        assert!(comment.contains(part), "{part}\n{comment}");
    }
    let annotations = home.stdout(0, &["diff", &file, "-o", "github"]);
    assert!(
        annotations
            .starts_with(&format!("::warning file={file},line=4,col=11,title=update Ticket triage::+ carol")),
        "{annotations}"
    );
    let report = home.stdout(0, &["apply", &file, "--yes", "-o", "markdown"]);
    assert!(report.contains("<b>Ticket triage</b>: done"), "{report}");
    let wrong = home.write("wrong.yaml", "version: 1\nrole: []\n");
    assert!(home.stdout(2, &["validate", &wrong, "-o", "github"]).starts_with("::error file="));
}
