//! Tokens: who sees them, and what the command they are for is given.

use super::harness::*;

#[test]
fn a_token_is_shown_only_where_it_was_asked_for() {
    let home = Home::new();
    let output = home.run(&["assume", "Migration", "-vvv"]);
    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(token.len() > 20);
    assert!(!String::from_utf8_lossy(&output.stderr).contains(&token));
    let output = home.run(&[
        "assume",
        "Migration",
        "-vvv",
        "--",
        "sh",
        "-c",
        "echo $WORKMAIL_IMPERSONATION_TOKEN; exit 7",
    ]);
    assert_eq!(output.status.code(), Some(7));
    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(token.len() > 20);
    assert!(!String::from_utf8_lossy(&output.stderr).contains(&token));
    let state = std::fs::read_to_string(home.path("sandbox.json")).unwrap();
    assert!(!state.contains(&token));
    let refused = home.run(&["assume", "Migration", "--as", "ceo"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(3), 0));
    let json = home.json(0, &["assume", "Migration", "--as", "alice", "-o", "json"]);
    assert_eq!(json["user"]["email"], "alice@example.com");
    assert_eq!(json["expires_in"], 900);
}

#[test]
fn a_token_is_masked_before_it_is_set_for_a_job() {
    let home = Home::new();
    let file = home.write("env", "");
    let mut command = home.command(&["assume", "Migration", "--format", "github"]);
    command.env("GITHUB_ENV", &file);
    let output = command.output_within_limit();
    let mask = String::from_utf8(output.stdout).unwrap();
    let token = mask.trim().strip_prefix("::add-mask::").unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains(token));
    // Nothing is set where the mask cannot be printed
    let file = home.write("env", "");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    assert_eq!(wait(&mut command.stdout(full).spawn().unwrap()).unwrap().code(), Some(1));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "");
}

#[test]
fn the_user_of_an_outer_assume_is_not_passed_on_by_an_inner_one() {
    let home = Home::new();
    let mut command =
        home.command(&["assume", "Migration", "--", "sh", "-c", "echo \"<$WORKMAIL_IMPERSONATED_USER>\""]);
    let output = command.env("WORKMAIL_IMPERSONATED_USER", "ceo@example.com").output_within_limit();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<>\n");
}
