//! Command lines that are wrong, the environment, and jobs that run the tool.

use super::harness::*;

#[test]
fn wrong_command_lines_end_with_2_and_unknown_names_with_1() {
    let home = Home::new();
    home.exits_with(2, &["lst"]);
    home.exits_with(2, &["create", "x"]);
    home.exits_with(2, &["list", "--concurrency", "0"]);
    home.exits_with(2, &["list", "-o", "junit"]);
    home.exits_with(2, &["create", "a<b", "--type", "read-only", "--allow", "alice", "-y"]);
    home.exits_with(1, &["show", "nobody knows"]);
    home.exits_with(1, &["list", "--organization", "nope"]);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let home = Home::new();
    let mut command = home.command(&["list", "-o", "json"]);
    let output = command.env("WMROLE_ORGANIZATION", "").env("WMROLE_EWS_URL", "").output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let output = home.command(&["schema"]).env("WMROLE_SANDBOX", "").output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}

#[test]
fn an_address_on_the_command_line_beats_the_environment_but_no_other_flag() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let mut command = served.client(&home, &["list"]);
    let output = command.env("WMROLE_SANDBOX", home.path("other.json")).output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(!home.path("other.json").exists());
    home.exits_with(2, &["list", "--endpoint-url", &served.url, "--sandbox", "other.json"]);
}

#[test]
fn a_name_cannot_be_a_command_to_a_github_job() {
    let home = Home::new();
    home.exits_with(0, &["create", "x ##[add-mask]e", "--type", "read-only", "--allow", "alice", "--yes"]);
    // In a job or not: the output of one may be shown by another
    let output = home.run(&["list"]);
    assert!(printed(&output).contains(r"x #\u{23}[add-mask]e"), "{}", printed(&output));
    assert!(!printed(&output).contains("##["), "{}", printed(&output));
}
