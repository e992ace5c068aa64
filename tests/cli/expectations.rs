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
    let annotations = home.stdout(3, &["test", "-f", &file, "-o", "github"]);
    assert_eq!(annotations.lines().count(), 1);
    assert!(annotations.starts_with(&format!("::error file={file},line=9,col=22,")), "{annotations}");
    let report = home.stdout(3, &["test", "-f", &file, "-o", "junit"]);
    for part in ["tests=\"3\"", "failures=\"1\"", "expected ALLOW, got DENY: no rule"] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    home.exits_with(0, &["apply", &file, "--yes"]);
    assert!(home.stdout(0, &["test", "-f", &file]).contains("support"));
    let none = home.write("none.yaml", TRIAGE.split("    expect").next().unwrap());
    assert!(home.stderr(2, &["test", "-f", &none]).contains("there is no expectation"));
    let typo = home.write("typo.yaml", &TRIAGE.replace("deny: [ceo]", "deny: [ceoo]"));
    assert!(home.stderr(2, &["test", "-f", &typo]).contains("did you mean ceo"));
}

#[test]
fn what_is_wrong_is_in_the_report_of_the_tests() {
    let home = Home::new();
    let file = home.write("r.yaml", "version: 1\nrole: []\n");
    let report = home.stdout(2, &["test", "-f", &file, "-o", "junit"]);
    assert!(report.contains("errors=\"2\"") && report.contains("unknown key role"), "{report}");
}

#[test]
fn a_snapshot_stands_in_for_the_network() {
    let home = Home::new();
    let snapshot = home.path("directory.json").to_string_lossy().into_owned();
    home.exits_with(0, &["export", "--snapshot", &snapshot]);
    let text = std::fs::read_to_string(&snapshot).unwrap();
    assert!(text.contains("alice@example.com") && text.contains("oncall@example.com"));
    let validate = |code: i32, yaml: &str| {
        let file = home.write("roles.yaml", yaml);
        // No sandbox, no Region, no credentials
        let mut command = home.command(&["validate", &file, "--snapshot", &snapshot]);
        let output = command.env_remove("WMROLE_SANDBOX").output_within_limit();
        assert_eq!(output.status.code(), Some(code), "{}", printed(&output));
        printed(&output)
    };
    assert!(validate(0, TRIAGE).contains("valid: 1 role in 1 file"));
    validate(3, &TRIAGE.replace("deny: [ceo]", "deny: [bob]"));
    let wrong = validate(2, &TRIAGE.replace("bob, carol", "bbo, carol"));
    assert!(wrong.contains("did you mean bob"), "{wrong}");
    let refused = validate(5, &TRIAGE.replace("roles:", "protected_users: [bob]\nroles:"));
    assert!(refused.contains("would reach bob@example.com"), "{refused}");
    validate(2, &TRIAGE.replace("acme", "globex"));
    // Whom live roles name though the directory has lost them may stay
    validate(2, &TRIAGE.replace("bob, carol", "bob, carol, 10000001-0000-4000-8000-000000000098"));
    validate(0, &TRIAGE.replace("bob, carol", "bob, carol, 10000001-0000-4000-8000-000000000099"));
}

#[test]
fn saving_follows_links_and_leaves_devices_alone() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    home.write("real.json", "old");
    std::os::unix::fs::symlink(home.path("real.json"), home.path("link.json")).unwrap();
    home.exits_with(0, &["export", "--snapshot", home.path("link.json").to_str().unwrap()]);
    assert!(home.path("link.json").is_symlink());
    assert!(std::fs::read_to_string(home.path("real.json")).unwrap().contains("alice"));
    assert!(home.stdout(0, &["export", "--snapshot", "/dev/stdout"]).contains("alice"));
}
