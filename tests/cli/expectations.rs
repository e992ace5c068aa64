//! What definitions expect of their roles, asked of the service or of a snapshot.

use super::definitions::TRIAGE;
use super::harness::*;

#[test]
fn expectations_are_asked_of_the_service_or_of_the_definitions() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let now = home.json(3, &["test", "-f", &file, "-o", "json"]);
    assert_eq!(now["summary"], serde_json::json!({ "passed": 2, "failed": 1 }));
    let carol = &now["results"][1];
    assert_eq!(
        (&carol["expected"], &carol["effect"], &carol["passed"]),
        (&"ALLOW".into(), &"DENY".into(), &false.into())
    );
    assert_eq!((&carol["source"], &carol["location"]["line"]), (&"service".into(), &9.into()));
    assert_eq!(
        home.json(0, &["test", "-f", &file, "--offline", "-o", "json"])["results"][1]["source"],
        "offline"
    );
    home.exits_with(0, &["apply", &file, "--yes"]);
    let passed = home.json(0, &["test", "-f", &file, "-o", "json"]);
    assert_eq!(passed["summary"], serde_json::json!({ "passed": 3, "failed": 0 }));
    let none = home.write("none.yaml", TRIAGE.split("    expect").next().unwrap());
    home.exits_with(2, &["test", "-f", &none]);
    let typo = home.write("typo.yaml", &TRIAGE.replace("deny: [ceo]", "deny: [ceoo]"));
    let wrong = home.json(2, &["test", "-f", &typo, "-o", "json"]);
    assert_eq!(
        (&wrong["diagnostics"][0]["line"], &wrong["diagnostics"][0]["column"]),
        (&10.into(), &14.into())
    );
}

#[test]
fn a_snapshot_replaces_the_service() {
    let home = Home::new();
    let snapshot = home.arg("directory.json");
    home.exits_with(0, &["export", "--snapshot", &snapshot]);
    let saved = read_json(&snapshot);
    let emails =
        |key: &str| saved[key].as_array().unwrap().iter().map(|one| one["email"].clone()).collect::<Vec<_>>();
    assert!(emails("users").contains(&"alice@example.com".into()), "{saved}");
    assert!(emails("groups").contains(&"oncall@example.com".into()), "{saved}");
    let validate = |code: i32, yaml: &str| {
        let file = home.write("roles.yaml", yaml);
        // No sandbox, no Region, no credentials
        let mut command = home.command(&["validate", &file, "--snapshot", &snapshot]);
        let output = command.env_remove("WMROLE_SANDBOX").output_within_limit();
        assert_eq!(output.status.code(), Some(code), "{}", printed(&output));
    };
    validate(0, TRIAGE);
    validate(3, &TRIAGE.replace("deny: [ceo]", "deny: [bob]"));
    validate(2, &TRIAGE.replace("bob, carol", "bbo, carol"));
    validate(5, &TRIAGE.replace("roles:", "protected_users: [bob]\nroles:"));
    validate(2, &TRIAGE.replace("acme", "globex"));
    // Whom live roles name though the directory has lost them may stay
    validate(2, &TRIAGE.replace("bob, carol", "bob, carol, 10000001-0000-4000-8000-000000000098"));
    validate(0, &TRIAGE.replace("bob, carol", "bob, carol, 10000001-0000-4000-8000-000000000099"));
}

#[test]
fn a_snapshot_goes_to_a_pipe_and_to_what_the_shell_opened() {
    let home = Home::new();
    let saved = home.json(0, &["export", "--snapshot", "-"]);
    assert_eq!(saved["users"].as_array().unwrap().len(), 12);
    assert_eq!(home.json(0, &["export", "--snapshot", "/dev/stdout"])["users"], saved["users"]);
    // A definition too comes from what the shell opened
    home.write("a.yaml", "version: 1\nroles: []\n");
    let mut command = home.command(&["validate", "/dev/stdin"]);
    let output = command.stdin(std::fs::File::open(home.path("a.yaml")).unwrap()).output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}
