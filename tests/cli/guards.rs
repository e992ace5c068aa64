//! What is refused unless a flag allows it, and what no flag allows.

use super::definitions::{TRIAGE, read_only};
use super::harness::*;

#[test]
fn pruning_more_than_allowed_is_refused() {
    let home = Home::new();
    let file = home.write("none.yaml", "version: 1\nroles: []\n");
    let diff = home.json(5, &["diff", &file, "--prune", "-o", "json"]);
    assert_eq!(diff["summary"]["delete"], 3);
    assert_eq!(diff["refused"].as_array().unwrap().len(), 1);
    home.exits_with(5, &["apply", &file, "--prune", "-y"]);
    assert_eq!(home.role_names().len(), 3);
    home.exits_with(0, &["apply", &file, "--prune", "--max-deletes", "3", "-y"]);
    assert_eq!(home.role_names().len(), 0);
}

#[test]
fn each_guard_is_lifted_by_its_flag() {
    let home = Home::new();
    let file = home.write("roles.yaml", &TRIAGE.replace("READ_ONLY", "FULL_ACCESS"));
    let refused = home.json(5, &["apply", &file, "--yes", "-o", "json"]);
    assert_eq!(refused["refused"].as_array().unwrap().len(), 1);
    assert_eq!(refused["access"]["gained"][0]["user"]["email"], "carol@example.com");
    let json = home.json(5, &["diff", &file, "--max-gained", "0", "-o", "json"]);
    assert_eq!(json["refused"].as_array().unwrap().len(), 2);
    assert_eq!(json["access"]["escalated"].as_array().unwrap().len(), 2);
    let refused = home.json(5, &["apply", &file, "--yes", "--max-gained", "0", "-o", "json"]);
    assert_eq!(refused["changes"][0]["outcome"], "not_attempted");
    home.exits_with(5, &["apply", &file, "--yes", "--allow-escalation", "--max-gained", "0"]);
    home.exits_with(0, &["apply", &file, "--yes", "--allow-escalation", "--max-gained", "1"]);
}

#[test]
fn a_role_that_reaches_a_protected_user_through_a_group_is_refused() {
    let home = Home::new();
    let role = read_only("r", "rules: [{name: a, effect: ALLOW, groups: [board]}]");
    let file = home.write("r.yaml", &role.replace("roles:", "protected_users: [ceo]\nroles:"));
    for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
        let document = home.json(5, &[command, &["-o", "json"]].concat());
        assert_eq!(document["refused"].as_array().unwrap().len(), 1, "{command:?}");
    }
    home.exits_with(1, &["show", "r"]);
}

#[test]
fn validate_finds_a_protected_user_without_a_directory() {
    let home = Home::new();
    let protected = TRIAGE.replace("roles:", "protected_users: [bob]\nroles:");
    home.exits_with(5, &["validate", &home.write("roles.yaml", &protected)]);
    let denied =
        protected.replace("    expect", "      - {name: no, effect: DENY, users: [bob]}\n    expect");
    home.exits_with(0, &["validate", &home.write("denied.yaml", &denied)]);
}

#[test]
fn a_user_who_is_protected_in_one_file_is_protected_in_all() {
    let home = Home::new();
    let snapshot = home.arg("snapshot.json");
    home.exits_with(0, &["export", "--snapshot", &snapshot]);
    let protected = "version: 1\norganization: acme\nprotected_users: [carol]\nroles: []\n";
    let protected = home.write("protected.yaml", protected);
    let role = |organization: &str, targets: &str| {
        let role = read_only("r", &format!("rules: [{{name: s, effect: ALLOW, {targets}}}]"));
        home.write("r.yaml", &role.replace("roles:", &format!("organization: {organization}\nroles:")))
    };
    let by_group = role("m-ac3e0000000000000000000000000001", "groups: [oncall]");
    home.exits_with(5, &["validate", &protected, &by_group, "--snapshot", &snapshot]);
    // Without a directory, members of groups are not known
    home.exits_with(0, &["validate", &protected, &by_group]);
    home.exits_with(5, &["validate", &protected, &role("acme", "users: [carol]")]);
}

#[test]
fn apply_refuses_what_diff_refuses_and_changes_nothing() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let role = |rule: &str| read_only("r", &format!("rules: [{{name: a, effect: ALLOW{rule}}}]"));
    let protected = role(", groups: [support]").replace("roles:", "protected_users: [carol]\nroles:");
    let cases: [(i32, &str, &str, &[&str]); 4] = [
        (2, "no targets", &role(""), &[]),
        (2, "a key that does not exist", &role(", user: [alice]"), &[]),
        (5, "a protected user", &protected, &[]),
        (5, "more deletions than allowed", "version: 1\nroles: []\n", &["--prune"]),
    ];
    for (code, what, yaml, flags) in cases {
        let file = home.write("r.yaml", yaml);
        for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
            let document = home.json(code, &[command, flags, &["-o", "json"]].concat());
            let key = if code == 2 { "diagnostics" } else { "refused" };
            assert!(!document[key].as_array().unwrap().is_empty(), "{what}: {command:?}\n{document}");
        }
    }
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn the_guards_count_all_organizations_of_a_call() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2", "--users", "5", "--roles", "1"]);
    let [acme, globex] = ["acme", "globex"].map(|name| {
        home.write(&format!("{name}.yaml"), &format!("version: 1\norganization: {name}\nroles: []\n"))
    });
    let both = home.json(5, &["apply", &acme, &globex, "--prune", "--yes", "-o", "json"]);
    assert_eq!(both["refused"].as_array().unwrap().len(), 1);
    for organization in ["acme", "globex"] {
        home.exits_with(0, &["--org", organization, "show", "Role 01"]);
    }
    home.exits_with(0, &["apply", &acme, "--prune", "--yes"]);
}
