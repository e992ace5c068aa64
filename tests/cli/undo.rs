//! The state before a change is kept, and the printed command brings it back.

use super::definitions::{TRIAGE_ID, example};
use std::process::{Command, Stdio};

use super::harness::*;

#[test]
fn what_was_there_comes_back_and_only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
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
    let shell = |command: &str| {
        let script = format!("wmrole() {{ \"{}\" \"$@\" --yes; }}\n{command}", env!("CARGO_BIN_EXE_wmrole"));
        let mut sh = home.command(&[]);
        let mut plain = Command::new("sh");
        plain.args(["-ec", &script]).env_clear().stdin(Stdio::null());
        plain.envs(sh.env("COLUMNS", "100").get_envs().filter_map(|(key, value)| Some((key, value?))));
        let output = plain.output_within_limit();
        assert_eq!(output.status.code(), Some(0), "{command}\n{}", printed(&output));
        printed(&output)
    };
    let back = "bring back what was there with";
    let before = home.stdout(0, &["export"]);
    // edit: in place
    let told = home.stderr(0, &["edit", "Migration", "--type", "read-only", "--name", "Moved", "--yes"]);
    assert!(hinted(&told, back).ends_with("--allow-escalation"), "{told}");
    shell(&hinted(&told, back));
    assert_eq!(home.stdout(0, &["export"]), before);
    // create
    let told = home.stderr(0, &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"]);
    shell(&hinted(&told, "take New away again with"));
    assert_eq!(home.stdout(0, &["export"]), before);
    // delete: the role comes back, its id does not, and what named it is said
    let put = |name: &str| {
        call_service(
            &home,
            "PutAccessControlRule",
            &format!(
                r#"{{"OrganizationId":"m-ac3e0000000000000000000000000001","Name":"{name}","Effect":"ALLOW","Description":"d","Actions":["EWS"],"ImpersonationRoleIds":["30000001-0000-4000-8000-000000000001"]}}"#
            ),
        );
    };
    put("from-the-office");
    let told = home.run(&["delete", "Ticket triage", "--yes"]);
    assert!(
        printed(&told).contains("access control rules that name it: from-the-office"),
        "{}",
        printed(&told)
    );
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("the access control rules from-the-office and IAM policies that name"), "{told}");
    let again = shell(&hinted(&told, back));
    for part in ["the id cannot be kept", "put the new id into these access control rules: from-the-office"] {
        assert!(again.contains(part), "{part}\n{again}");
    }
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn the_printed_command_is_for_the_organization_that_was_changed() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    let run = |args: &[&str]| {
        let output = home.command(args).env("WMROLE_ORGANIZATION", "globex").output_within_limit();
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = run(&["--org", "acme", "delete", "Migration", "--yes"]);
    let command = told
        .lines()
        .find_map(|line| line.strip_prefix("hint: bring back what was there with: wmrole "))
        .unwrap();
    let mut args: Vec<&str> = command.split_whitespace().collect();
    args.push("--yes");
    run(&args);
    home.exits_with(0, &["--org", "acme", "show", "Migration"]);
}

#[test]
fn undoing_a_deletion_never_overwrites_a_role_that_was_made_since() {
    let home = Home::new();
    let told = home.stderr(0, &["delete", "Ticket triage", "--yes"]);
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.exits_with(0, &["create", "Ticket triage", "--type", "read-only", "--allow", "erin", "--yes"]);
    let error = home.stderr(2, &["apply", saved, "--yes"]);
    assert!(error.contains("there is no role") && error.contains("has this name"), "{error}");
    home.exits_with(0, &["test", "Ticket triage", "erin"]);
}

#[test]
fn what_the_directory_has_lost_does_not_keep_the_others_from_coming_back() {
    let home = Home::new();
    let told = home.stderr(0, &["delete", "Legacy backup", "Migration", "--yes"]);
    assert!(
        told.contains("cannot be brought back: role Legacy backup: the directory no longer has"),
        "{told}"
    );
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.exits_with(0, &["apply", saved, "--yes"]);
    home.exits_with(0, &["show", "Migration"]);
    home.exits_with(0, &["test", "Legacy backup", "ivan"]);
    // All of it is in a file for people
    let saved = std::path::Path::new(saved).parent().unwrap();
    let all = std::fs::read_dir(saved).unwrap().map(|entry| entry.unwrap().path());
    let json = all.filter(|path| path.extension().is_some_and(|e| e == "json")).collect::<Vec<_>>();
    assert!(std::fs::read_to_string(&json[0]).unwrap().contains("000000000099"));
}

#[test]
fn whoever_is_gone_does_not_block_the_undo() {
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
    let told = home.stderr(0, &["delete", "ghost", "H", "--yes"]);
    for part in ["role ghost: a rule excepts nobody", "role H: the directory no longer has"] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.exits_with(0, &["apply", saved, "--yes"]);
    home.exits_with(0, &["test", "H", "grace"]);
    home.exits_with(1, &["show", "ghost"]);
}

#[test]
fn a_deleted_role_whose_name_another_has_is_told_to_be_lost() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        for role in organization["roles"].as_array_mut().unwrap().iter_mut().take(2) {
            role["name"] = "Dup".into();
        }
    });
    let told = home.stderr(0, &["delete", TRIAGE_ID, "Legacy backup", "--yes"]);
    assert!(told.contains("another live role has its name"), "{told}");
    let saved = told.split("apply ").nth(1).unwrap().split_whitespace().next().unwrap();
    home.exits_with(0, &["apply", saved, "--yes"]);
    home.exits_with(0, &["show", "Legacy backup"]);
}
