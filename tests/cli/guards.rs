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

/// The operations that a served sandbox was called with, by what it says at the end.
fn operations(log: &str) -> Vec<String> {
    let words = log.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let counted = words.filter_map(|words| match words[..] {
        [count, operation] if count.parse::<u32>().is_ok() => Some(operation.to_owned()),
        _ => None,
    });
    counted.collect()
}

#[test]
fn reading_commands_and_dry_runs_never_write() {
    let home = Home::new();
    home.exits_with(0, &["edit", "Ticket triage", "--allow", "erin", "--yes"]);
    let before = std::fs::read_to_string(home.path("sandbox.json")).unwrap();
    let saved = || std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap().count();
    let saved_before = saved();
    let role = "rules: [{id: a, effect: ALLOW, users: [alice]}]";
    let one = home.write("one.yaml", &read_only("One", role));
    let roles = home.write("roles.yaml", &format!("{TRIAGE}  - {{name: New, type: READ_ONLY, {role}}}\n"));
    let plan = home.arg("plan.json");
    let prune = ["--prune", "--max-deletes", "9", "--allow-escalation"];
    let new = ["create", "X", "--type", "full-access", "--allow-everyone", "--dry-run", "--yes"];
    let mut served = Served::start_verbose(&home, &[]);
    for args in [
        &[&["diff", &roles][..], &prune].concat()[..],
        &[&["diff", &roles, "--save", &plan][..], &prune].concat(),
        &[&["diff", &roles, "-o", "json", "--exit-code"][..], &prune].concat(),
        &[&["apply", &roles, "--dry-run", "--yes"][..], &prune].concat(),
        &["apply", "--plan", &plan, "--dry-run", "--yes"],
        &new,
        &["create", "-f", &one, "--dry-run", "--yes"],
        &["edit", "Ticket triage", "--allow-everyone", "--name", "Z", "--dry-run", "--yes"],
        &["edit", "Migration", "--remove-user", "alice", "--dry-run", "--yes"],
        &["delete", "Migration", "--dry-run", "--yes"],
        &["delete", "--all", "--dry-run", "--yes"],
        &["undo", "--dry-run", "--yes"],
        &["undo", "--list"],
        &["list"],
        &["show", "Migration"],
        &["access"],
        &["organizations"],
        &["export"],
        &["export", "--snapshot", "-"],
        &["test", "Migration", "alice"],
        &["test", "-f", &roles],
    ] {
        let output = served.client(&home, args).output_within_limit();
        assert!(matches!(output.status.code(), Some(0 | 2 | 3 | 5)), "{args:?}\n{}", printed(&output));
    }
    let log = served.stop();
    let called = operations(&log);
    assert!(called.contains(&"ListImpersonationRoles".to_owned()), "{log}");
    let reads = ["List", "Describe", "Get"];
    let writes: Vec<_> =
        called.iter().filter(|one| !reads.iter().any(|read| one.starts_with(read))).collect();
    assert!(writes.is_empty(), "{writes:?}");
    assert_eq!(std::fs::read_to_string(home.path("sandbox.json")).unwrap(), before);
    assert_eq!(saved(), saved_before);
    // The log would have it
    let mut served = Served::start_verbose(&home, &[]);
    let output = served.client(&home, &["apply", "--plan", &plan, "--yes"]).output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let called = operations(&served.stop());
    for write in ["Create", "Update", "Delete"] {
        assert!(called.contains(&format!("{write}ImpersonationRole")), "{called:?}");
    }
}
