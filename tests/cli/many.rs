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

#[test]
fn a_wave_is_split_over_roles_as_one_plan_and_taken_back_as_one() {
    let home = crowded(260);
    let file = format!("@{}", home.write("wave.csv", &wave(0..250)));
    let create = ["create", "Wave 7", "--type", "read-only", "--allow", &file, "--deny", "ceo"];
    let stderr = home.stderr(2, &[&create[..], &["--yes"]].concat());
    assert!(
        stderr.contains("needs 26 rules of at most 10 users each") && stderr.contains("fit into 3 roles"),
        "{stderr}"
    );
    assert!(stderr.contains("hint: --split makes them: Wave 7 (1), Wave 7 (2) and so on"), "{stderr}");
    // A definition is told the same
    let wave_yaml = "version: 1\nroles: [{name: r, type: READ_ONLY, rules: [{name: a, effect: ALLOW, users_from: wave.csv}]}]";
    let stderr = home.stderr(2, &["diff", &home.write("wave.yaml", wave_yaml)]);
    assert!(stderr.contains("fit into 3 roles"), "{stderr}");

    let before = home.role_names();
    let split = [&create[..], &["--split", "--yes"]].concat();
    // The guards count all of them
    let stderr = home.stderr(5, &[&split[..], &["--max-gained", "249"]].concat());
    assert!(stderr.contains("250 users would become newly reachable"), "{stderr}");
    let plan = home.json(0, &[&split[..], &["--dry-run", "-o", "json"]].concat());
    assert_eq!(plan["summary"]["create"], 3);
    assert_eq!(home.role_names(), before);
    home.exits_with(0, &split);
    let names = ["Wave 7 (1)", "Wave 7 (2)", "Wave 7 (3)"];
    let made: Vec<_> = home.role_names().into_iter().filter(|name| !before.contains(name)).collect();
    assert_eq!(made, names);
    for (name, first, many) in [(names[0], "w0", 90), (names[1], "w90", 90), (names[2], "w180", 70)] {
        let role = &home.json(0, &["show", name, "-o", "json"])["role"];
        let of = |effect: &str| {
            let rules = role["rules"].as_array().unwrap().iter().filter(|rule| rule["effect"] == effect);
            let users = rules.flat_map(|rule| rule["users"].as_array().unwrap().clone());
            users.map(|user| user["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let allowed = of("ALLOW");
        assert_eq!((allowed.len(), allowed.contains(&first.to_owned())), (many, true), "{name}");
        assert_eq!(of("DENY"), ["ceo"], "{name}");
    }
    // Live roles are not written over
    let stderr = home.stderr(1, &split);
    assert!(stderr.contains("a role named Wave 7 (1) already exists"), "{stderr}");
    home.exits_with(0, &["undo", "--yes"]);
    assert_eq!(home.role_names(), before);

    // What fits is one role
    let few = format!("@{}", home.write("few.csv", &wave(0..90)));
    home.exits_with(
        0,
        &["create", "Few", "--type", "read-only", "--allow", &few, "--deny", "ceo", "--split", "--yes"],
    );
    assert!(home.role_names().contains(&"Few".to_owned()));
    let name = "x".repeat(61);
    let stderr =
        home.stderr(2, &["create", &name, "--type", "read-only", "--allow", &file, "--split", "--yes"]);
    assert!(stderr.contains("the roles are named with a number behind the name"), "{stderr}");
    home.exits_with(2, &["create", "x", "--type", "read-only", "--deny", "ceo", "--split", "--yes"]);
    home.exits_with(
        2,
        &["create", "x", "--type", "read-only", "--allow", "bob", "--allow-everyone", "--split"],
    );
    home.exits_with(2, &["create", "--split", "--allow", "bob"]);
}
