//! Many users at once: lists in files, waves over several roles, and a part of the definitions.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use super::harness::*;

/// A home whose organization has so many more users, `w0@example.com` and so on.
fn crowded(many: usize) -> Home {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        let users = organization["users"].as_array_mut().unwrap();
        users.extend((0..many).map(|n| {
            json!({"id": format!("30000000-0000-4000-8000-{n:012}"), "name": format!("w{n}"),
                "display_name": format!("Wave {n}"), "email": format!("w{n}@example.com"), "role": "USER",
                "state": "ENABLED", "enabled": "2026-01-06T09:00:00Z"})
        }));
    });
    home
}

/// A CSV of these users.
fn wave(users: std::ops::Range<usize>) -> String {
    users.fold("name,email\n".to_owned(), |mut text, n| {
        writeln!(text, "\"Wave, {n}\",w{n}@example.com").unwrap();
        text
    })
}

fn calls(log: &str, operation: &str) -> usize {
    log.lines().filter(|line| line.contains(": call ") && line.contains(operation)).count()
}

#[test]
fn a_long_list_is_looked_up_in_one_reading_of_the_directory() {
    let home = crowded(1_000);
    let file = format!("@{}", home.write("wave.csv", &wave(0..1_000)));
    let log = home.stderr(2, &["-vv", "create", "Wave", "--type", "read-only", "--allow", &file, "--yes"]);
    assert!(calls(&log, "ListUsers") <= 11, "{log}");
    assert_eq!(calls(&log, "DescribeUser"), 0, "{log}");
    let few = format!("@{}", home.write("few.csv", &wave(0..30)));
    let log = home.stderr(0, &["-vv", "test", "Migration", &few, "-o", "csv"]);
    assert_eq!((calls(&log, "DescribeUser"), calls(&log, "GetImpersonationRoleEffect")), (0, 30), "{log}");
}

#[test]
fn stdin_gives_users_too() {
    let home = Home::new();
    let run = |codes: i32, args: &[&str], text: &str| {
        let mut child = home.command(args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert_eq!(wait(&mut child).unwrap().code(), Some(codes), "{args:?}");
    };
    let create = ["create", "Wave", "--type", "read-only", "--allow", "@-"];
    run(2, &[&create[..], &["--yes"]].concat(), "# nobody\n");
    // Nobody can be asked
    run(5, &create, "alice\n");
    run(0, &[&create[..], &["--yes"]].concat(), "alice\nbob@example.com\nALICE@example.com\n");
    let rules = &home.json(0, &["show", "Wave", "-o", "json"])["role"]["rules"];
    assert_eq!(rules[0]["users"].as_array().unwrap().len(), 2);
    run(0, &["test", "Wave", "@-"], "user\nbob\n");
}

#[test]
fn a_definition_from_stdin_names_no_files() {
    let home = Home::new();
    home.write("wave.csv", "alice\n");
    let rule = json!({"id": "a", "effect": "ALLOW", "users_from": "wave.csv"});
    let text =
        json!({"version": 1, "roles": [{"name": "r", "type": "READ_ONLY", "rules": [rule]}]}).to_string();
    let mut command = home.command(&["validate", "-"]);
    command.current_dir(home.path("")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        printed(&output).contains("a definition from stdin has no folder with files"),
        "{}",
        printed(&output)
    );
    // Beside the file it is right
    home.stdout(0, &["validate", &home.write("r.yaml", &text)]);
    // A policy's roles are left out
    home.stdout(
        0,
        &[
            "--policy",
            &home.write("policy.yaml", &text.replace("wave.csv", "missing.csv")),
            "validate",
            &home.arg("r.yaml"),
        ],
    );
}
