//! Roles are created, changed, tested and deleted, one at a time.

use super::definitions::example;
use super::harness::*;

#[test]
fn a_role_is_created_changed_tested_and_deleted() {
    let home = Home::new();
    let created = home.json(
        0,
        &[
            "create",
            "My role",
            "--type",
            "read-only",
            "--allow",
            "alice",
            "bob@example.com",
            "-y",
            "-o",
            "json",
        ],
    );
    assert_eq!(created["changes"][0]["action"], "create");
    assert_eq!(created["changes"][0]["outcome"], "done");
    assert_eq!(created["access"]["gained"].as_array().unwrap().len(), 2);
    home.exits_with(0, &["test", "My role", "alice@example.com"]);
    home.exits_with(0, &["test", "My role", "alice@example.com", "--offline"]);
    home.exits_with(3, &["test", "My role", "alice", "carol"]);
    home.exits_with(0, &["edit", "My role", "--deny", "alice", "--name", "Mine", "--yes"]);
    home.exits_with(3, &["test", "Mine", "alice"]);
    home.exits_with(1, &["show", "My role"]);
    home.exits_with(5, &["delete", "Mine"]);
    home.exits_with(0, &["delete", "Mine", "--yes"]);
    home.exits_with(1, &["delete", "Mine", "--yes"]);
}

#[test]
fn a_second_role_of_a_name_is_never_made() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    home.exits_with(1, &["create", "Migration", "--type", "read-only", "--allow", "alice", "-y"]);
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn without_a_terminal_a_question_ends_with_5_and_a_document() {
    let home = Home::new();
    for args in [
        &["apply", &example()][..],
        &["create", "n", "--type", "read-only", "--allow", "bob"],
        &["delete", "Migration"],
    ] {
        let document = home.json(5, &[args, &["-o", "json"]].concat());
        assert_eq!(document["changes"][0]["outcome"], "not_attempted", "{args:?}");
    }
}

#[test]
fn a_single_change_that_fails_ends_with_1() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:CreateImpersonationRole"]);
    let args = ["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-o", "json"];
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    assert_eq!(json(&output)["changes"][0]["outcome"], "failed");
    assert!(!home.role_names().contains(&"Q".to_owned()));
}

#[test]
fn a_role_that_was_written_and_cannot_be_read_back_can_be_deleted() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:GetImpersonationRole:2"]);
    let args = ["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-o", "json"];
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
    assert_eq!(json(&output)["changes"][0]["role"]["id"], home.role_id("Q"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    run_hint(&served.client(&home, &[]), 0, &hinted(&stderr, BRING_BACK));
    assert!(!home.role_names().contains(&"Q".to_owned()));
}

#[test]
fn a_full_disk_behind_stdout_keeps_no_report_from_being_printed() {
    let home = Home::new();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut create =
        home.command(&["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-o", "json"]);
    let child = create.stdout(full()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let output = on_a_thread(move || child.wait_with_output().unwrap()).recv_timeout(LIMIT).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    for said in
        ["done: create Q", "1 done, 0 failed", "hint: to undo, run: ", "cannot write to standard output"]
    {
        assert!(stderr.contains(said), "{said}: {stderr}");
    }
    assert!(!stderr.contains("nothing was changed"), "{stderr}");
    assert!(home.role_names().contains(&"Q".to_owned()));
}
