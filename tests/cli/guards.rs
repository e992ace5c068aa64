//! What is refused unless a flag allows it, and what no flag allows.

use super::definitions::{TRIAGE, read_only};
use super::harness::*;

#[test]
fn pruning_more_than_allowed_is_refused_and_shown() {
    let home = Home::new();
    let file = home.write("none.yaml", "version: 1\nroles: []\n");
    let output = home.run(&["diff", &file, "--prune"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stdout).contains("- delete Migration"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--max-deletes 3"));
    home.exits_with(5, &["apply", &file, "--prune", "-y"]);
    home.exits_with(0, &["apply", &file, "--prune", "--max-deletes", "3", "-y"]);
    assert_eq!(home.json(0, &["list", "-o", "json"])["roles"].as_array().unwrap().len(), 0);
}

#[test]
fn each_guard_is_lifted_by_its_flag() {
    let home = Home::new();
    let text = TRIAGE.replace("READ_ONLY", "FULL_ACCESS");
    let file = home.write("roles.yaml", &text);
    let refused = home.run(&["apply", &file, "--yes"]);
    assert_eq!(refused.status.code(), Some(5));
    assert!(printed(&refused).contains("--allow-escalation"), "{}", printed(&refused));
    assert!(printed(&refused).contains("carol@example.com becomes reachable"), "{}", printed(&refused));
    let json = home.json(5, &["diff", &file, "--max-gained", "0", "-o", "json"]);
    assert_eq!(json["refused"].as_array().unwrap().len(), 2);
    assert_eq!(json["access"]["escalated"].as_array().unwrap().len(), 2);
    let refused = home.json(5, &["apply", &file, "--yes", "--max-gained", "0", "-o", "json"]);
    assert_eq!(refused["changes"][0]["outcome"], "not_attempted");
    home.exits_with(5, &["apply", &file, "--yes", "--allow-escalation", "--max-gained", "0"]);
    home.exits_with(0, &["apply", &file, "--yes", "--allow-escalation", "--max-gained", "1"]);
}

#[test]
fn a_role_that_reaches_a_protected_user_is_refused() {
    let home = Home::new();
    let text = "version: 1\nprotected_users: [ceo]\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, groups: [board]}\n";
    let file = home.write("r.yaml", text);
    let error = home.stderr(5, &["apply", &file, "-y"]);
    assert!(error.contains("would reach ceo@example.com, who is in protected_users"), "{error}");
    home.exits_with(5, &["diff", &file]);
    home.exits_with(1, &["show", "r"]);
}

#[test]
fn validate_finds_a_protected_user_without_any_directory() {
    let home = Home::new();
    let protected = TRIAGE.replace("roles:", "protected_users: [bob]\nroles:");
    let file = home.write("roles.yaml", &protected);
    assert!(home.stderr(5, &["validate", &file]).contains("would reach bob"));
    let denied =
        protected.replace("    expect", "      - {name: no, effect: DENY, users: [bob]}\n    expect");
    let file = home.write("denied.yaml", &denied);
    home.exits_with(0, &["validate", &file]);
}

#[test]
fn protected_users_are_found_across_files_and_told_to_machines() {
    let home = Home::new();
    let snapshot = home.path("snapshot.json").to_string_lossy().into_owned();
    home.exits_with(0, &["export", "--snapshot", &snapshot]);
    let a = home.write("a.yaml", "version: 1\norganization: acme\nprotected_users: [carol]\nroles: []\n");
    let rules = "rules: [{name: s, effect: ALLOW, groups: [oncall]}]";
    let text =
        read_only("r", rules).replace("roles:", "organization: m-ac3e0000000000000000000000000001\nroles:");
    let b = home.write("b.yaml", &text);
    let args = ["validate", &a, &b, "--snapshot", &snapshot];
    let annotation = home.stdout(5, &[&args[..], &["-o", "github"]].concat());
    assert!(annotation.starts_with(&format!("::error file={b},line=4,")), "{annotation}");
    assert!(home.stdout(5, &[&args[..], &["-o", "junit"]].concat()).contains("failures=\"1\""));
    let named = read_only("r", "rules: [{name: s, effect: ALLOW, users: [carol]}]");
    let named = home.write("named.yaml", &named.replace("roles:", "organization: acme\nroles:"));
    home.exits_with(5, &["validate", &a, &named]);
}

#[test]
fn what_a_tired_person_did_is_refused_in_words() {
    let home = Home::new();
    let role = |rule: &str| {
        format!(
            "version: 1\nroles:\n  - name: r\n    type: FULL_ACCESS\n    rules:\n      - {{name: a, effect: ALLOW{rule}}}\n"
        )
    };
    let cases: [(i32, String, &[&str], &[&str]); 4] = [
        (2, role(""), &[], &["a rule says about no one", "this rule has no targets", "`everyone: true`"]),
        (2, role(", user: [alice]"), &[], &["unknown key user", "did you mean users?"]),
        (
            5,
            role(", groups: [support]").replace("version: 1", "version: 1\nprotected_users: [carol]"),
            &[],
            &[
                "r would reach carol@example.com",
                "through the group oncall@example.com, in support@example.com",
            ],
        ),
        (5, "version: 1\nroles: []\n".into(), &["--prune"], &["3 roles would be deleted", "--max-deletes 3"]),
    ];
    for (code, yaml, flags, parts) in cases {
        let file = home.write("r.yaml", &yaml);
        for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
            let output = home.run(&[command, flags].concat());
            assert_eq!(output.status.code(), Some(code), "{}", printed(&output));
            for part in parts {
                assert!(printed(&output).contains(part), "{part}\n{}", printed(&output));
            }
        }
    }
    assert_eq!(home.json(0, &["list", "-o", "json"])["roles"].as_array().unwrap().len(), 3);
}

#[test]
fn the_guards_count_all_organizations_of_a_call() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2", "--users", "5", "--roles", "1"]);
    for organization in ["acme", "globex"] {
        let text = format!("version: 1\norganization: {organization}\nroles: []\n");
        home.write(&format!("{organization}.yaml"), &text);
    }
    let (a, b) = (home.path("acme.yaml"), home.path("globex.yaml"));
    let files = [a.to_str().unwrap(), b.to_str().unwrap()];
    let output = home.run(&["apply", files[0], files[1], "--prune", "--yes"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        printed(&output).contains("2 roles would be deleted, and at most 1 may be"),
        "{}",
        printed(&output)
    );
    home.exits_with(0, &["apply", files[0], "--prune", "--yes"]);
}
