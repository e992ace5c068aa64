//! Hostile texts in every place of a live organization and of the files, through every format of the program.

use std::process::Output;

use serde_json::{Value, json};

use super::harness::*;

#[path = "../../src/testing/hostile.rs"]
mod attacks;

use attacks::TEXTS;

const ORGANIZATION: &str = "m-ac3e0000000000000000000000000001";

fn user_id(n: usize) -> String {
    format!("10000009-0000-4000-8000-{n:012}")
}

/// A home whose organization has each text in each place: a role, a user, a group and an access control rule a
/// text, and one role with a rule a text.
fn attacked() -> Home {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        organization["alias"] =
            json!("acme\n::error::owned ##[error] ![x](https://evil.example) @octocat #1");
        let time = "2026-01-06T09:00:00Z";
        let each = |value: &dyn Fn(usize, &str) -> Value| -> Vec<Value> {
            TEXTS.iter().enumerate().map(|(n, text)| value(n, text)).collect()
        };
        organization["users"] = each(&|n, text| {
            json!({"id": user_id(n), "name": text, "display_name": text, "email": text, "role": "USER",
                "state": "ENABLED", "enabled": time})
        })
        .into();
        organization["groups"] = each(&|n, text| {
            json!({"id": format!("20000009-0000-4000-8000-{n:012}"), "name": text, "email": text,
                "state": "ENABLED", "enabled": time, "members": [{"user": user_id(n)}]})
        })
        .into();
        let rule = |n: usize, text: &str| {
            json!({"id": text, "name": text, "description": text, "effect": "ALLOW",
                "target_users": [user_id(n)]})
        };
        let mut roles = each(&|n, text| {
            json!({"id": format!("role-{n}"), "name": text, "type": "READ_ONLY", "description": text,
                "created": time, "modified": time, "rules": [rule(n, text)]})
        });
        roles
            .push(json!({"id": "all", "name": "all", "type": "READ_ONLY", "created": time, "modified": time,
            "rules": each(&rule)}));
        organization["roles"] = roles.into();
        organization["access_control_rules"] = each(&|n, text| {
            json!({"name": text, "description": text, "effect": "ALLOW", "created": time, "modified": time,
                "role_ids": [format!("role-{n}")]})
        })
        .into();
    });
    home
}

/// Definitions that change and rename each of the roles.
fn changing() -> String {
    let role = |n: usize| {
        // Some open to everyone, which is another sentence than one for each user
        let rule = match n % 20 {
            0 => json!({"name": "all", "effect": "ALLOW", "everyone": true}),
            _ => json!({"name": "all", "effect": "ALLOW", "users": [user_id(n), user_id(n + 1)]}),
        };
        json!({"name": format!("New {n}"), "id": format!("role-{n}"), "type": "FULL_ACCESS", "rules": [rule],
            "expect": {"allow": [user_id(n)], "deny": [user_id(n + 1)]}})
    };
    let roles: Vec<_> = (0..TEXTS.len() - 1).map(role).collect();
    json!({"version": 1, "organization": ORGANIZATION, "protected_users": [user_id(0)], "roles": roles})
        .to_string()
}

/// Nothing in the output does anything to a terminal or the runner of a job.
fn harmless(what: &str, output: &Output) {
    for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = String::from_utf8(stream.clone()).unwrap();
        let found = [attacks::terminal(&text), attacks::runner(&text)].concat();
        assert_eq!(found, [""; 0], "{what}: {name}");
    }
}

fn run(home: &Home, codes: &[i32], args: &[&str]) -> Output {
    let output = home.run(&[&["--org", ORGANIZATION], args].concat());
    let code = output.status.code().unwrap();
    assert!(codes.contains(&code), "{args:?}: {code}\n{}", printed(&output));
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Every string of a document.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().flat_map(strings).collect(),
        Value::Object(all) => all.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn holds_every_text(what: &str, document: &Value) {
    let strings = strings(document);
    for text in TEXTS {
        assert!(strings.contains(text), "{what} lost {text:?}");
    }
}

#[test]
fn there_are_enough_texts_and_the_scanners_find_them() {
    assert!(TEXTS.len() >= 60);
    let scanners: [fn(&str) -> Vec<String>; 5] =
        [attacks::terminal, attacks::runner, attacks::markdown, attacks::formula, attacks::xml];
    for scanner in scanners {
        let found = TEXTS.iter().filter(|text| !scanner(text).is_empty()).count();
        assert!(found >= 10, "{found}");
    }
}

#[test]
fn what_is_read_is_shown_harmlessly_and_whole() {
    let home = attacked();
    for args in [
        &["list"][..],
        &["show", "all"],
        &["access"],
        &["organizations"],
        &["test", "all", &user_id(3)],
        &["list", "-vv"],
        &["--color", "always", "show", "all", "--quiet"],
        &["show", "nobody\n::error::x ##[a]"],
    ] {
        let output = run(&home, &[0, 1, 3], args);
        if args[0] == "--color" {
            let text = anstream::adapter::strip_str(&stdout(&output)).to_string();
            assert_eq!([attacks::terminal(&text), attacks::runner(&text)].concat(), [""; 0]);
        } else {
            harmless(&format!("{args:?}"), &output);
        }
    }
    for command in [&["list"][..], &["show", "all"], &["access"]] {
        for format in ["json", "yaml"] {
            let output = run(&home, &[0], &[command, &["-o", format]].concat());
            harmless(&format!("{command:?} {format}"), &output);
            let document: Value = match format {
                "json" => json(&output),
                _ => serde_yaml::from_str(&stdout(&output)).unwrap(),
            };
            holds_every_text(&format!("{command:?} {format}"), &document);
        }
    }
}

#[test]
fn tables_for_other_programs_hold_no_formula_no_link_and_every_row() {
    let home = attacked();
    let output = run(&home, &[0], &["access", "-o", "csv"]);
    harmless("csv", &output);
    let mut rows = 0;
    for row in csv::Reader::from_reader(&output.stdout[..]).records() {
        rows += 1;
        for cell in &row.unwrap() {
            assert_eq!(attacks::formula(cell), [""; 0]);
        }
    }
    assert_eq!(rows, 2 * TEXTS.len());
    let output = run(&home, &[0], &["access", "-o", "markdown"]);
    harmless("markdown", &output);
    assert_eq!(attacks::markdown(&stdout(&output)), [""; 0]);
    assert_eq!(stdout(&output).lines().filter(|line| line.starts_with('|')).count(), 2 + 2 * TEXTS.len());
}

#[test]
fn exports_are_harmless_and_the_same_roles() {
    let home = attacked();
    let output = run(&home, &[0], &["export"]);
    harmless("export", &output);
    let document: Value = serde_yaml::from_str(&stdout(&output)).unwrap();
    holds_every_text("export", &document);
    let snapshot = run(&home, &[0], &["export", "--snapshot", "-"]);
    harmless("snapshot", &snapshot);
    holds_every_text("snapshot", &json(&snapshot));
    let dir = home.arg("roles");
    harmless("export --dir", &run(&home, &[0], &["export", "--dir", &dir]));
    for entry in std::fs::read_dir(dir).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert_eq!([attacks::terminal(&text), attacks::runner(&text)].concat(), [""; 0]);
    }
}

#[test]
fn plans_and_reports_and_saved_states_are_harmless() {
    let home = attacked();
    let file = home.write("changing.yaml", &changing());
    let plan = home.arg("plan.json");
    let prune = ["--prune", "--max-deletes", "1000", "--allow-escalation"];
    for format in ["table", "json", "yaml", "markdown", "github"] {
        let args = [&["diff", &file, "-o", format, "--save", &plan], &prune[..]].concat();
        plan_is_harmless(&format!("diff {format}"), format, &run(&home, &[5], &args));
    }
    let saved = std::fs::read_to_string(&plan).unwrap();
    assert_eq!([attacks::terminal(&saved), attacks::runner(&saved)].concat(), [""; 0]);
    // Without the protected user it is applied, a part of the roles for each format
    let formats = ["markdown", "github", "json", "table"];
    for (part, format) in formats.into_iter().enumerate() {
        let mut changing: Value = serde_json::from_str(&changing()).unwrap();
        changing.as_object_mut().unwrap().remove("protected_users");
        let roles = changing["roles"].as_array_mut().unwrap();
        *roles = std::mem::take(roles).into_iter().skip(part).step_by(formats.len()).collect();
        let file = home.write("::error::changing ##[x] ![x](https:evil).yaml", &changing.to_string());
        let output = run(&home, &[0], &["apply", &file, "-o", format, "--yes", "--allow-escalation"]);
        plan_is_harmless(&format!("applied {format}"), format, &output);
    }
    let mut saved = Vec::new();
    for entry in std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert_eq!([attacks::terminal(&text), attacks::runner(&text)].concat(), [""; 0], "{text}");
        saved.push(serde_yaml::from_str::<Value>(&text).unwrap());
    }
    // All but the last, which the definitions leave alone
    saved.push(json!(TEXTS.last().unwrap()));
    holds_every_text("the saved states", &saved.into());
}

fn plan_is_harmless(what: &str, format: &str, output: &Output) {
    let text = stdout(output);
    if format == "github" {
        // Each line is a command of the program's own
        assert_eq!(attacks::terminal(&text), [""; 0], "{what}");
        for line in text.lines() {
            let rest =
                ["::error ", "::warning ", "::notice "].iter().find_map(|start| line.strip_prefix(start));
            let rest = rest.unwrap_or_else(|| panic!("{what}: {line:?}"));
            assert_eq!(attacks::runner(rest), [""; 0], "{what}");
            assert!(!rest.split_once("::").unwrap().0.contains(['\r', '\n', ':']), "{what}: {line:?}");
        }
        harmless(what, &Output { stdout: Vec::new(), ..output.clone() });
        return;
    }
    harmless(what, output);
    if format == "markdown" {
        assert_eq!(attacks::markdown(&text), [""; 0], "{what}");
    }
}

#[test]
fn expectations_are_harmless() {
    let home = attacked();
    let mut changing: Value = serde_json::from_str(&changing()).unwrap();
    for (n, role) in changing["roles"].as_array_mut().unwrap().iter_mut().enumerate() {
        role["name"] = json!("all");
        role["id"] = json!("all");
        if n > 0 {
            role["name"] = json!(format!("New {n}"));
        }
    }
    changing["roles"].as_array_mut().unwrap().truncate(1);
    let ids: Vec<_> = (0..TEXTS.len()).map(user_id).collect();
    changing["roles"][0]["expect"] = json!({"deny": ids});
    let file = home.write("expect ::error::.yaml", &changing.to_string());
    for format in ["table", "json", "yaml", "github", "junit"] {
        for offline in [&["--offline"][..], &[]] {
            let args = [&["test", "-f", &file, "-o", format], offline].concat();
            let output = run(&home, &[3], &args);
            plan_is_harmless(&format!("test {format}"), format, &output);
            if format == "junit" {
                assert_eq!(attacks::xml(&stdout(&output)), [""; 0]);
            }
        }
    }
}

#[test]
fn diagnostics_are_harmless() {
    let home = Home::new();
    let mut wrong = serde_json::Map::new();
    let unknown: serde_json::Map<_, _> = TEXTS.iter().map(|text| ((*text).to_owned(), json!(text))).collect();
    wrong.insert("version".into(), json!(1));
    wrong.extend(unknown.clone());
    let role = |text: &str| {
        let mut role = json!({"name": text, "id": text, "type": text, "description": text, "previously": [text],
            "rules": [{"name": text, "id": text, "effect": text, "users": [text], "groups": [text]}],
            "expect": {"allow": [text]}});
        role[text] = json!(text);
        role
    };
    wrong.insert("organization".into(), json!("x\n::error::y"));
    wrong.insert("roles".into(), TEXTS.iter().map(|text| role(text)).collect());
    // As JSON, and with the characters raw where YAML takes them
    let texts = [
        json!(wrong).to_string(),
        format!(
            "version: 1\nroles:\n{}",
            TEXTS
                .iter()
                .map(|t| format!("- {t:?}: \"{}\"\n", t.replace(['"', '\\'], "")))
                .collect::<String>()
        ),
        "version: 1\n::error::owned: ##[error]x\nroles: []\n  ##vso[a]b\n".to_owned(),
    ];
    for (n, text) in texts.iter().enumerate() {
        let file = home.write(&format!("{n}\n::error::{n} ##[x].yaml"), text);
        for format in ["table", "json", "yaml", "markdown", "github", "junit"] {
            for command in ["validate", "diff", "test"] {
                let args = if command == "test" { vec!["test", "-f", &file] } else { vec![command, &file] };
                let output = home.run(&[&args[..], &["-o", format]].concat());
                if printed(&output).contains("has no format")
                    || printed(&output).contains("cannot be written")
                {
                    continue;
                }
                let what = format!("{command} {n} {format}");
                plan_is_harmless(&what, format, &output);
                if format == "junit" && !output.stdout.is_empty() {
                    assert_eq!(attacks::xml(&stdout(&output)), [""; 0], "{what}");
                }
            }
        }
    }
}

#[test]
fn errors_of_the_service_and_logs_are_harmless() {
    let home = Home::new();
    for texts in TEXTS.chunks(8) {
        let message = texts.join("\n");
        let answer =
            json!({"__type": format!("x#{message}"), "Message": message, "message": message}).to_string();
        let url = answering(400, answer);
        for format in ["table", "json"] {
            let mut command = home.command(&["--endpoint-url", &url, "list", "-vv", "-o", format]);
            command.env_remove("WMROLE_SANDBOX").env("AWS_REGION", "us-east-1");
            command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
            let output = command.output_within_limit();
            assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
            harmless(&format!("{texts:?}"), &output);
        }
    }
}
