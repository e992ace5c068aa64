//! Roles are edited by flags.

use super::definitions::TRIAGE_ID;
use super::harness::*;

#[test]
fn taking_the_last_exception_away_is_refused() {
    let home = Home::new();
    home.exits_with(0, &["create", "r", "--type", "read-only", "--allow-everyone-except", "ceo", "-y"]);
    home.exits_with(5, &["edit", "r", "--remove-user", "ceo", "-y"]);
    home.exits_with(3, &["test", "r", "ceo"]);
}

#[test]
fn a_live_role_with_two_rules_of_one_id_can_be_edited() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        for rule in organization["roles"][0]["rules"].as_array_mut().unwrap() {
            rule["id"] = "x".into();
        }
    });
    home.exits_with(0, &["edit", TRIAGE_ID, "--remove-user", "bob", "--yes"]);
    home.exits_with(3, &["test", TRIAGE_ID, "bob"]);
    home.exits_with(0, &["test", TRIAGE_ID, "alice"]);
}
