//! The state before a change is kept, and the printed command brings it back.

use std::os::unix::fs::PermissionsExt as _;

use super::definitions::{TRIAGE_ID, example};

use super::harness::*;

/// The files of the saved states, sorted by name.
fn saved_states(home: &Home) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn the_state_before_a_change_is_saved_for_its_owner_only_and_comes_back() {
    let home = Home::new();
    let before = home.json(0, &["list", "-o", "json"]);
    home.exits_with(0, &["apply", &example(), "--yes"]);
    let saved = saved_states(&home);
    for path in &saved {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // The YAML is one that apply takes, too
    let yaml =
        saved.iter().find(|path| path.extension().is_some_and(|extension| extension == "yaml")).unwrap();
    home.exits_with(0, &["apply", yaml.to_str().unwrap(), "--yes"]);
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
    undo(BRING_BACK, &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"]);
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
fn a_variable_that_names_another_organization_is_no_contradiction_to_a_saved_state() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    home.exits_with(0, &["--org", "acme", "delete", "Migration", "--yes"]);
    let saved = saved_states(&home).pop().unwrap();
    let undo = ["undo", saved.to_str().unwrap(), "--yes", "--allow-everyone"];
    let output = home.command(&[&["--org", "globex"], &undo[..]].concat()).output_within_limit();
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    let mut undo = home.command(&undo);
    let output = undo.env("WMROLE_ORGANIZATION", "globex").output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    home.exits_with(0, &["--org", "acme", "show", "Migration"]);
}

#[test]
fn undoing_a_deletion_never_overwrites_a_role_that_was_created_since() {
    let home = Home::new();
    let stderr = home.stderr(0, &["delete", "Ticket triage", "--yes"]);
    home.exits_with(0, &["create", "Ticket triage", "--type", "read-only", "--allow", "erin", "--yes"]);
    run_hint(&home.command(&[]), 5, &hinted(&stderr, BRING_BACK));
    home.exits_with(0, &["test", "Ticket triage", "erin"]);
}

#[test]
fn a_user_whom_the_directory_has_lost_does_not_keep_the_others_from_coming_back() {
    let home = Home::new();
    let stderr = home.stderr(0, &["delete", "Legacy backup", "Migration", "--yes"]);
    run_hint(&home.command(&[]), 0, &hinted(&stderr, BRING_BACK));
    home.exits_with(0, &["show", "Migration"]);
    assert!(home.stdout(0, &["show", "Legacy backup"]).contains("mallory@example.com"));
    // The file beside the YAML keeps the id of the lost user
    let json = saved_states(&home).into_iter().filter(|path| path.extension().is_some_and(|e| e == "json"));
    let kept =
        json.filter(|path| read_json(path).to_string().contains("10000001-0000-4000-8000-000000000099"));
    assert_eq!(kept.count(), 1);
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

#[test]
fn undo_reads_what_it_needs_and_that_once() {
    let home = Home::new();
    home.exits_with(0, &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"]);
    for user in ["carol", "dave", "erin"] {
        home.exits_with(0, &["edit", "New", "--allow", user, "--yes"]);
        // Taken back elsewhere, so that nothing of it is left to undo
        let mut elsewhere = home.command(&["edit", "New", "--remove-user", user, "--yes"]);
        let output = elsewhere.env("XDG_STATE_HOME", home.path("elsewhere")).output_within_limit();
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    }
    let operations = || {
        let stderr = home.stderr(0, &["undo", "--dry-run", "--yes", "-vv"]);
        let names = ["ListImpersonationRoles", "GetImpersonationRole", "ListAccessControlRules"];
        names.map(|name| stderr.matches(&format!("call operation=\"{name}\"")).count())
    };
    assert_eq!(operations(), [1, 1, 1], "a role goes, and rules may name it");
    home.exits_with(0, &["edit", "New", "--allow", "carol", "--yes"]);
    assert_eq!(operations(), [1, 1, 0], "a role changes");
}

#[test]
fn undo_goes_back_change_by_change_and_ends() {
    let home = Home::new();
    let export = || home.stdout(0, &["export"]);
    let mut states = vec![export()];
    for args in [
        &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"][..],
        &["edit", "New", "--allow", "carol", "--yes"],
        &["edit", "New", "--name", "Newer", "--yes"],
        &["apply", &example(), "--yes"],
        &["delete", "Calendar sync", "--yes"],
        // Back to what was before, so that one change looks like the undoing of another
        &["edit", "Newer", "--remove-user", "carol", "--yes"],
        &["edit", "Newer", "--allow", "carol", "--yes"],
    ] {
        home.exits_with(0, args);
        states.push(export());
    }
    states.pop();
    for before in states.iter().rev() {
        home.exits_with(0, &["undo", "--yes", "--allow-everyone", "--allow-escalation"]);
        assert_eq!(&export(), before);
    }
    let stderr = home.stderr(0, &["undo", "--yes"]);
    assert!(stderr.contains("nothing to undo in acme"), "{stderr}");
}

#[test]
fn what_was_changed_since_is_not_undone() {
    let home = Home::new();
    home.exits_with(0, &["edit", "Ticket triage", "--allow", "erin", "--yes"]);
    let first = saved_states(&home)[0].clone();
    home.exits_with(0, &["edit", "Ticket triage", "--deny", "erin", "--yes"]);
    let now = home.stdout(0, &["export"]);
    let stderr = home.stderr(5, &["undo", first.to_str().unwrap(), "--yes"]);
    assert!(
        stderr.contains("role Ticket triage (30000001-0000-4000-8000-000000000001) was changed since"),
        "{stderr}"
    );
    assert_eq!(home.stdout(0, &["export"]), now);
    // The other way round each is as it was left
    home.exits_with(0, &["undo", "--yes"]);
    home.exits_with(0, &["undo", first.to_str().unwrap(), "--yes"]);
    home.exits_with(3, &["test", "Ticket triage", "erin"]);
}

#[test]
fn undo_is_guarded_as_any_change() {
    let home = Home::new();
    home.exits_with(0, &["delete", "Migration", "--yes"]);
    let policy = home.write("policy.yaml", "version: 1\nprotected_users: [alice]\n");
    let before = home.stdout(0, &["export"]);
    for (args, word) in [
        (&["--yes"][..], "--allow-everyone"),
        (&["--yes", "--allow-everyone", "--max-gained", "3"], "--max-gained 11"),
        (&["--yes", "--allow-everyone", "--policy", &policy], "protected_users"),
        (&["--no-input"], "--yes"),
    ] {
        let stderr = home.stderr(5, &[&["undo"], args].concat());
        assert!(stderr.contains(word), "{stderr}");
        assert_eq!(home.stdout(0, &["export"]), before, "{args:?}");
    }
    home.exits_with(0, &["undo", "--dry-run"]);
    assert_eq!(home.stdout(0, &["export"]), before);
    // To take away what was made counts for no limit
    home.exits_with(0, &["undo", "--yes", "--allow-everyone"]);
    home.exits_with(0, &["show", "Migration"]);
}

#[test]
fn a_saved_state_that_cannot_be_written_changes_nothing() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    std::fs::create_dir_all(home.path(".local/state")).unwrap();
    std::fs::write(home.path(".local/state/wmrole"), "in the way").unwrap();
    let stderr = home.stderr(1, &["delete", "Migration", "--yes"]);
    assert!(stderr.contains("nothing was changed"), "{stderr}");
    assert_eq!(home.stdout(0, &["export"]), before);
}
