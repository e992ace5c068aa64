//! The state before a change is kept, and the printed command brings it back.

use std::os::unix::fs::PermissionsExt as _;

use super::definitions::{TRIAGE_ID, example};

use super::harness::*;

#[test]
fn the_state_before_a_change_is_saved_for_its_owner_only_and_comes_back() {
    let home = Home::new();
    let before = home.json(0, &["list", "-o", "json"]);
    home.exits_with(0, &["apply", &example(), "--yes"]);
    let saved = std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap().next().unwrap().unwrap();
    assert_eq!(saved.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    home.exits_with(0, &["apply", saved.path().to_str().unwrap(), "--yes"]);
    home.exits_with(0, &["delete", "Calendar sync", "--yes"]);
    let after = home.json(0, &["list", "-o", "json"]);
    assert_eq!(before["roles"].as_array().unwrap().len(), after["roles"].as_array().unwrap().len());
    for (old, new) in before["roles"].as_array().unwrap().iter().zip(after["roles"].as_array().unwrap()) {
        assert_eq!((&old["id"], &old["name"], &old["rules"]), (&new["id"], &new["name"], &new["rules"]));
    }
}

#[test]
fn the_printed_command_undoes_each_kind_of_change() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let undo = |hint: &str, args: &[&str]| {
        let stderr = home.stderr(0, args);
        assert_ne!(home.stdout(0, &["export"]), before, "{args:?}");
        run_hint(&home.command(&[]), 0, &hinted(&stderr, hint));
        assert_eq!(home.stdout(0, &["export"]), before, "{args:?}");
    };
    // The way back is an escalation, and its command says so
    undo(BRING_BACK, &["edit", "Migration", "--type", "read-only", "--name", "Moved", "--yes"]);
    undo(
        "to undo the creation of New, run",
        &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"],
    );
    let id = home.role_id("Ticket triage");
    undo(BRING_BACK, &["delete", "Ticket triage", "--yes"]);
    assert_ne!(home.role_id("Ticket triage"), id);
}

#[test]
fn the_printed_command_is_for_the_organization_that_was_changed() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    let mut delete = home.command(&["--org", "acme", "delete", "Migration", "--yes"]);
    let output = delete.env("WMROLE_ORGANIZATION", "globex").output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let stderr = String::from_utf8(output.stderr).unwrap();
    run_hint(&delete, 0, &hinted(&stderr, BRING_BACK));
    home.exits_with(0, &["--org", "acme", "show", "Migration"]);
}

#[test]
fn undoing_a_deletion_never_overwrites_a_role_that_was_created_since() {
    let home = Home::new();
    let stderr = home.stderr(0, &["delete", "Ticket triage", "--yes"]);
    home.exits_with(0, &["create", "Ticket triage", "--type", "read-only", "--allow", "erin", "--yes"]);
    run_hint(&home.command(&[]), 2, &hinted(&stderr, BRING_BACK));
    home.exits_with(0, &["test", "Ticket triage", "erin"]);
}

#[test]
fn a_user_whom_the_directory_has_lost_does_not_keep_the_others_from_coming_back() {
    let home = Home::new();
    let stderr = home.stderr(0, &["delete", "Legacy backup", "Migration", "--yes"]);
    run_hint(&home.command(&[]), 0, &hinted(&stderr, BRING_BACK));
    home.exits_with(0, &["show", "Migration"]);
    home.exits_with(0, &["test", "Legacy backup", "ivan"]);
    // The file beside the YAML keeps the id of the lost user
    let saved = std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap();
    let mut saved = saved.map(|entry| entry.unwrap().path());
    let json = saved.find(|path| path.extension().is_some_and(|extension| extension == "json")).unwrap();
    assert!(read_json(json).to_string().contains("10000001-0000-4000-8000-000000000099"));
}

#[test]
fn users_who_are_gone_do_not_block_the_undo() {
    let home = Home::new();
    home.exits_with(
        0,
        &["create", "ghost", "--type", "full-access", "--allow-everyone-except", "ivan", "--yes"],
    );
    home.exits_with(0, &["create", "H", "--type", "read-only", "--allow", "heidi", "grace", "--yes"]);
    change_state(&home, |organization| {
        remove_user(organization, "ivan");
        let users = organization["users"].as_array_mut().unwrap();
        users.iter_mut().find(|user| user["name"] == "heidi").unwrap()["state"] = "DELETED".into();
    });
    let stderr = home.stderr(0, &["delete", "ghost", "H", "--yes"]);
    run_hint(&home.command(&[]), 0, &hinted(&stderr, BRING_BACK));
    home.exits_with(0, &["test", "H", "grace"]);
    home.exits_with(1, &["show", "ghost"]);
}

#[test]
fn a_deleted_role_whose_name_a_live_role_has_does_not_block_the_undo() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        for role in organization["roles"].as_array_mut().unwrap().iter_mut().take(2) {
            role["name"] = "Dup".into();
        }
    });
    let stderr = home.stderr(0, &["delete", TRIAGE_ID, "Legacy backup", "--yes"]);
    run_hint(&home.command(&[]), 0, &hinted(&stderr, BRING_BACK));
    assert_eq!(home.role_names(), ["Dup", "Legacy backup"]);
}
