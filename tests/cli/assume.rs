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

/// How many tokens the sandbox gave.
fn tokens(home: &Home) -> usize {
    read_json(home.path("sandbox.json"))["organizations"][0]["tokens"].as_array().map_or(0, Vec::len)
}

#[test]
fn no_command_behind_the_dashes_is_an_error_and_no_token() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    for args in [&["assume", "Migration", "--"][..], &["assume", "Migration", "--", ""]] {
        let output = home.run(args);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{}", printed(&output));
    }
    assert_eq!(tokens(&home), 0);
}

#[test]
fn an_address_that_a_token_must_not_go_to_is_refused_before_there_is_one() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    for (url, code) in [
        ("http://ews.example/", 5),
        ("https://user:s3cr3t@ews.example/", 2),
        ("https://ews.example/'; id; '", 2),
        ("ews.example", 2),
    ] {
        let output = home.run(&["assume", "Migration", "--format", "env", "--ews-url", url]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{}", printed(&output));
        assert!(!printed(&output).contains("s3cr3t"));
    }
    assert_eq!(tokens(&home), 0);
    let text =
        home.stdout(0, &["assume", "Migration", "--format", "env", "--ews-url", "https://ews.example/EWS"]);
    assert!(text.contains("export WORKMAIL_EWS_URL='https://ews.example/EWS'\n"), "{text}");
}

#[test]
fn a_user_whom_a_shell_cannot_be_told_is_an_error_and_no_token() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        organization["users"][0]["email"] = "a\n::error::b".into();
        organization["users"][1]["email"] = "a\"&calc&\"@example.com".into();
    });
    for (user, format, code) in [
        ("alice", "env", 1),
        ("alice", "fish", 1),
        ("alice", "powershell", 1),
        ("bob", "cmd", 1),
        ("bob", "env", 0),
    ] {
        let before = tokens(&home);
        let output = home.run(&["assume", "Migration", "--as", user, "--format", format]);
        assert_eq!(output.status.code(), Some(code), "{user} {format} {}", printed(&output));
        assert_eq!(tokens(&home) - before, usize::from(code == 0));
    }
}

#[test]
fn nothing_of_an_earlier_call_is_left_over() {
    let home = Home::new();
    let names = ["WORKMAIL_IMPERSONATED_USER", "WORKMAIL_EWS_URL"];
    let script = "for name in A B; do :; done; echo \"<${WORKMAIL_IMPERSONATED_USER-unset}><${WORKMAIL_EWS_URL-unset}>\"";
    let mut command = home.command(&["assume", "Migration", "--", "sh", "-c", script]);
    let output = command.envs(names.map(|name| (name, "old"))).output_within_limit();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "<unset><unset>\n");
    assert!(printed(&output).contains("sandbox serve"), "{}", printed(&output));
    // The same for a shell that evaluates what is printed
    let text = home.stdout(0, &["assume", "Migration", "--format", "env"]);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-euc", &format!("{text}{script}")]).envs(names.map(|name| (name, "old")));
    assert_eq!(String::from_utf8_lossy(&shell.output_within_limit().stdout), "<unset><unset>\n");
}

#[test]
fn with_both_ids_it_makes_the_one_call_and_ews_is_beside_the_endpoint() {
    let home = Home::new();
    let id = home.role_id("Migration");
    let organization =
        home.json(0, &["list", "-o", "json"])["organization"]["id"].as_str().unwrap().to_owned();
    let mut served = Served::start_verbose(&home, &[]);
    let output =
        served.client(&home, &["--org", &organization, "assume", &id, "-o", "json"]).output_within_limit();
    let document = json(&output);
    assert_eq!(document["role"], serde_json::json!({"id": id}));
    assert_eq!(document["ews_url"], format!("{}/EWS/Exchange.asmx", served.url));
    let log = served.stop();
    assert!(log.contains("1 call"), "{log}");
    // An id of no role is looked for among the names
    let output = home.run(&["--org", &organization, "assume", "30000001-0000-4000-8000-00000000ffff"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(printed(&output).contains("there is no role"), "{}", printed(&output));
}

#[test]
fn a_token_without_the_documented_form_is_an_error_that_does_not_show_it() {
    let home = Home::new();
    for (token, seconds) in
        [("s3cr3t token", 900), ("s3cr3t\n::error::x", 900), ("s3cr3t\u{1b}[2J", 900), ("s3cr3t", -1)]
    {
        let answer = serde_json::json!({"Token": token, "ExpiresIn": seconds}).to_string();
        let url = answering(200, answer);
        let organization = "m-ac3e0000000000000000000000000001";
        let id = "30000001-0000-4000-8000-000000000002";
        let mut command = home.command(&["--endpoint-url", &url, "--org", organization, "assume", id, "-vv"]);
        command.env_remove("WMROLE_SANDBOX").env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
        let output = command.output_within_limit();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{}", printed(&output));
        assert!(!printed(&output).contains("s3cr3t"), "{}", printed(&output));
        assert!(printed(&output).contains("the token"), "{}", printed(&output));
    }
}
