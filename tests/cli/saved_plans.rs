//! A plan is saved, reviewed and applied, unless something has changed since.

use std::os::unix::fs::PermissionsExt as _;

use super::definitions::{TRIAGE, read_only};
use super::harness::*;

#[test]
fn a_saved_plan_applies_exactly_what_was_shown() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    let shown = home.json(0, &["diff", &file, "--save", &plan, "-o", "json"]);
    assert_eq!(home.path("plan.json").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let other = home.write("other.yaml", "version: 1\nroles: []\n");
    home.exits_with(5, &["apply", &other, "--plan", &plan, "--yes"]);
    let applied = home.json(0, &["apply", &file, "--plan", &plan, "--yes", "-o", "json"]);
    for key in ["before", "after", "access", "action"] {
        assert_eq!(shown["changes"][0][key], applied["changes"][0][key], "{key}");
    }
    assert_eq!(applied["changes"][0]["outcome"], "done");
    home.exits_with(0, &["diff", "--exit-code", &file]);
    // Once is enough: what the plan saw is no longer so
    home.exits_with(5, &["apply", "--plan", &plan, "--yes"]);
}

#[test]
fn a_stale_plan_is_refused_and_says_what_moved() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    let save = || home.stdout(0, &["diff", &file, "--save", &plan]);
    let refused = |parts: &[&str]| {
        let before = home.stdout(0, &["export"]);
        let error = home.stderr(5, &["apply", "--plan", &plan, "--yes"]);
        for part in parts {
            assert!(error.contains(part), "{part}\n{error}");
        }
        assert_eq!(home.stdout(0, &["export"]), before);
    };
    save();
    home.exits_with(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    refused(&["role Ticket triage was changed since the plan was saved", "+ heidi@example.com", "stale"]);
    save();
    home.exits_with(0, &["create", "Another", "--type", "read-only", "--allow", "bob", "--yes"]);
    refused(&["role Another, which nothing declares, was made since the plan was saved"]);
    save();
    home.exits_with(0, &["delete", "Ticket triage", "--yes"]);
    refused(&["role Ticket triage was deleted since the plan was saved"]);
    save();
    home.write("roles.yaml", &TRIAGE.replace("carol]", "carol, dave]"));
    refused(&["roles.yaml was changed", "the definitions have changed"]);
}

#[test]
fn a_stale_plan_is_told_in_every_format() {
    let home = Home::new();
    let file = home
        .write("r.yaml", &read_only("Ticket triage", "rules: [{name: a, effect: ALLOW, users: [carol]}]"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.exits_with(0, &["diff", &file, "--save", &plan]);
    home.exits_with(0, &["edit", "Ticket triage", "--allow", "grace", "--yes"]);
    let apply = |format: &str| home.stdout(5, &["apply", "--plan", &plan, "--yes", "-o", format]);
    let json: serde_json::Value = serde_json::from_str(&apply("json")).unwrap();
    assert_eq!(json["stale"][0], "role Ticket triage was changed since the plan was saved");
    assert!(apply("markdown").contains("+ grace@example.com"));
    assert!(apply("github").starts_with("::error title=the saved plan is stale::role Ticket triage"));
    // People who are in the directory are named, though this plan is not about them
    assert!(!home.stderr(5, &["apply", "--plan", &plan, "--yes"]).contains("not in the directory"));
}

#[test]
fn a_stale_plan_is_one_document() {
    let home = Home::new();
    let file = home.write("r.yaml", &read_only("r", "rules: [{name: a, effect: ALLOW, users: [heidi]}]"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.exits_with(0, &["diff", &file, "--save", &plan]);
    change_state(&home, |organization| remove_user(organization, "heidi"));
    let stale = home.json(5, &["apply", "--plan", &plan, "--yes", "-o", "json"]);
    assert!(stale["stale"][0].as_str().unwrap().contains("there is no user heidi"), "{stale}");
}

#[test]
fn a_target_that_has_vanished_makes_a_plan_stale() {
    let home = Home::new();
    let file = home.write("r.yaml", &read_only("r", "rules: [{name: a, effect: ALLOW, users: [heidi]}]"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.exits_with(0, &["diff", &file, "--save", &plan]);
    change_state(&home, |organization| remove_user(organization, "heidi"));
    let error = home.stderr(5, &["apply", "--plan", &plan, "--yes"]);
    assert!(error.contains("there is no user heidi") && error.contains("stale"), "{error}");
}

#[test]
fn a_plan_of_a_directory_knows_its_files() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("roles/team")).unwrap();
    home.write("roles/team/triage.yaml", TRIAGE);
    let (roles, plan) = (home.path("roles"), home.path("plan.json"));
    let (roles, plan) = (roles.to_str().unwrap(), plan.to_str().unwrap());
    home.exits_with(0, &["diff", roles, "--save", plan]);
    home.write("roles/new.yaml", "version: 1\norganization: acme\nroles: []\n");
    let error = home.stderr(5, &["apply", "--plan", plan, "--yes"]);
    assert!(error.contains("roles/new.yaml is new"), "{error}");
    // A job that was only given the plan has its own copy of the definitions
    std::fs::remove_dir_all(roles).unwrap();
    let output = home.run(&["apply", "--plan", plan, "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(printed(&output).contains("its own copy"), "{}", printed(&output));
    home.exits_with(0, &["test", "Ticket triage", "carol"]);
}

#[test]
fn the_files_of_a_plan_are_known_however_they_are_spelt() {
    let home = Home::new();
    std::fs::create_dir(home.path("d")).unwrap();
    let file = home.write("d/r.yaml", &read_only("r", "rules: []"));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    let directory = home.path("d").to_string_lossy().into_owned();
    home.exits_with(0, &["diff", &directory, "--save", &plan]);
    let spelt = format!("{}/../d/r.yaml", directory);
    std::fs::remove_file(&file).unwrap();
    home.exits_with(5, &["apply", "--plan", &plan, "--yes"]);
    home.write("d/r.yaml", &read_only("r", "rules: []"));
    home.exits_with(0, &["apply", &spelt, "--plan", &plan, "--yes"]);
}

#[test]
fn a_plan_that_was_edited_or_is_for_another_organization_is_refused() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    let file = home.write("roles.yaml", &TRIAGE.replace("organization: acme\n", ""));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.exits_with(0, &["--org", "acme", "diff", &file, "--save", &plan]);
    let error = home.stderr(5, &["--org", "globex", "apply", "--plan", &plan, "--yes"]);
    assert!(error.contains("the saved plan is for m-ac3e0000000000000000000000000001"), "{error}");
    let text = std::fs::read_to_string(&plan).unwrap();
    let edited = home.write("edited.json", &text.replace("READ_ONLY", "FULL_ACCESS"));
    let error = home.stderr(5, &["apply", "--plan", &edited, "--yes"]);
    assert!(error.contains("it was changed after"), "{error}");
    let other = home.write("other.json", "{}");
    home.exits_with(2, &["apply", "--plan", &other, "--yes"]);
    home.exits_with(1, &["apply", "--plan", "nowhere.json", "--yes"]);
    home.exits_with(0, &["apply", "--plan", &plan, "--yes"]);
}

#[test]
fn a_plan_of_two_organizations_is_not_written_into_one() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    let file = |name: &str, rules: &str| {
        let text = read_only(&format!("new in {name}"), rules)
            .replace("roles:", &format!("organization: {name}\nroles:"));
        home.write(&format!("{name}.yaml"), &text)
    };
    let rules = "rules: [{name: a, effect: DENY, everyone: true}]";
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.exits_with(0, &["diff", &file("acme", rules), &file("globex", rules), "--save", &plan]);
    for organization in ["acme", "globex"] {
        home.exits_with(5, &["--org", organization, "apply", "--plan", &plan, "--yes"]);
    }
    home.exits_with(0, &["apply", "--plan", &plan, "--yes"]);
    home.exits_with(0, &["--org", "globex", "show", "new in globex"]);
}
