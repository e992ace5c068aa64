//! Roles are created, changed, tested and deleted, one at a time.

use super::definitions::example;
use super::harness::*;

#[test]
fn a_role_is_made_changed_tested_and_deleted() {
    let home = Home::new();
    let made = home.json(
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
    assert_eq!(made["changes"][0]["action"], "create");
    assert_eq!(made["changes"][0]["outcome"], "done");
    assert_eq!(made["access"]["gained"].as_array().unwrap().len(), 2);
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
    let error = home.stderr(1, &["create", "Migration", "--type", "read-only", "--allow", "alice", "-y"]);
    assert!(error.contains("there is a role Migration already"), "{error}");
}

#[test]
fn a_question_that_nobody_can_answer_leaves_a_document() {
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
fn a_change_that_failed_alone_is_no_half_of_anything() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:CreateImpersonationRole"]);
    let args = ["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-q"];
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.starts_with("error: create Q: ") && error.contains("hint: "), "{error}");
}

#[test]
fn what_was_written_and_cannot_be_read_back_can_be_undone() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:GetImpersonationRole"]);
    let args = ["create", "Q", "--type", "read-only", "--allow", "alice", "--yes", "-o", "json"];
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(told.contains("was written, but could not be read back"), "{told}");
    let document = json(&output);
    let id = document["changes"][0]["role"]["id"].as_str().unwrap();
    assert!(told.contains(&format!("delete {id}")), "{told}");
    home.exits_with(0, &["delete", id, "--yes"]);
}
