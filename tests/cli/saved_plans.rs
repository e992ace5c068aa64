//! A plan is saved, reviewed and applied, unless something has changed since.

use std::os::unix::fs::PermissionsExt as _;

use super::definitions::{TRIAGE, read_only};
use super::harness::*;

#[test]
fn a_saved_plan_applies_exactly_what_was_shown() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let plan = home.arg("plan.json");
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
    // The plan was made from roles that it has changed itself
    home.exits_with(5, &["apply", "--plan", &plan, "--yes"]);
}

#[test]
fn a_plan_is_stale_once_a_role_or_a_definition_has_changed() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let plan = home.arg("plan.json");
    let save = || home.exits_with(0, &["diff", &file, "--save", &plan]);
    let stale = |what: &str| {
        let before = home.stdout(0, &["export"]);
        let document = home.json(5, &["apply", "--plan", &plan, "--yes", "-o", "json"]);
        assert!(!document["stale"].as_array().unwrap().is_empty(), "{what}");
        assert_eq!(home.stdout(0, &["export"]), before, "{what}");
    };
    save();
    home.exits_with(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    stale("a role of the plan was edited");
    save();
    home.exits_with(0, &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"]);
    stale("a role that is not declared was created");
    save();
    home.exits_with(0, &["delete", "Ticket triage", "--yes"]);
    stale("a role of the plan was deleted");
    save();
    home.write("roles.yaml", &TRIAGE.replace("carol]", "carol, dave]"));
    stale("a definition was edited");
}

#[test]
fn a_plan_is_stale_once_a_user_it_names_is_gone() {
    let home = Home::new();
    let file = home.write("r.yaml", &read_only("r", "rules: [{name: a, effect: ALLOW, users: [heidi]}]"));
    let plan = home.arg("plan.json");
    home.exits_with(0, &["diff", &file, "--save", &plan]);
    change_state(&home, |organization| remove_user(organization, "heidi"));
    let document = home.json(5, &["apply", "--plan", &plan, "--yes", "-o", "json"]);
    assert_eq!(document["stale"].as_array().unwrap().len(), 1);
    home.exits_with(1, &["show", "r"]);
}

#[test]
fn a_plan_of_a_directory_is_stale_once_a_file_is_new_and_needs_no_file_at_all() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("roles/team")).unwrap();
    home.write("roles/team/triage.yaml", TRIAGE);
    let (roles, plan) = (home.arg("roles"), home.arg("plan.json"));
    home.exits_with(0, &["diff", &roles, "--save", &plan]);
    home.write("roles/new.yaml", "version: 1\norganization: acme\nroles: []\n");
    let document = home.json(5, &["apply", "--plan", &plan, "--yes", "-o", "json"]);
    assert_eq!(document["stale"].as_array().unwrap().len(), 1);
    // A job that was only given the plan has its own copy of the definitions
    std::fs::remove_dir_all(&roles).unwrap();
    home.exits_with(0, &["apply", "--plan", &plan, "--yes"]);
    home.exits_with(0, &["test", "Ticket triage", "carol"]);
}

#[test]
fn the_files_of_a_plan_are_known_by_any_path() {
    let home = Home::new();
    std::fs::create_dir(home.path("d")).unwrap();
    let file = home.write("d/r.yaml", &read_only("r", "rules: []"));
    let plan = home.arg("plan.json");
    let directory = home.arg("d");
    home.exits_with(0, &["diff", &directory, "--save", &plan]);
    let spelt = format!("{directory}/../d/r.yaml");
    std::fs::remove_file(&file).unwrap();
    home.exits_with(5, &["apply", "--plan", &plan, "--yes"]);
    home.write("d/r.yaml", &read_only("r", "rules: []"));
    home.exits_with(0, &["apply", &spelt, "--plan", &plan, "--yes"]);
}

#[test]
fn a_plan_that_was_edited_or_is_for_a_different_organization_is_refused() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    let file = home.write("roles.yaml", &TRIAGE.replace("organization: acme\n", ""));
    let plan = home.arg("plan.json");
    home.exits_with(0, &["--org", "acme", "diff", &file, "--save", &plan]);
    home.exits_with(5, &["--org", "globex", "apply", "--plan", &plan, "--yes"]);
    let text = std::fs::read_to_string(&plan).unwrap();
    let edited = home.write("edited.json", &text.replace("READ_ONLY", "FULL_ACCESS"));
    home.exits_with(5, &["apply", "--plan", &edited, "--yes"]);
    let other = home.write("other.json", "{}");
    home.exits_with(2, &["apply", "--plan", &other, "--yes"]);
    home.exits_with(1, &["apply", "--plan", "nowhere.json", "--yes"]);
    home.exits_with(0, &["apply", "--plan", &plan, "--yes"]);
}

#[test]
fn a_plan_of_two_organizations_is_applied_to_both_or_to_none() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    let file = |name: &str, rules: &str| {
        let text = read_only(&format!("new in {name}"), rules)
            .replace("roles:", &format!("organization: {name}\nroles:"));
        home.write(&format!("{name}.yaml"), &text)
    };
    let rules = "rules: [{name: a, effect: DENY, everyone: true}]";
    let plan = home.arg("plan.json");
    home.exits_with(0, &["diff", &file("acme", rules), &file("globex", rules), "--save", &plan]);
    for organization in ["acme", "globex"] {
        home.exits_with(5, &["--org", organization, "apply", "--plan", &plan, "--yes"]);
    }
    home.exits_with(0, &["apply", "--plan", &plan, "--yes"]);
    home.exits_with(0, &["--org", "globex", "show", "new in globex"]);
}
