//! Hostile texts in every place of a live organization and of the files, through every format of the program.

use std::process::Output;

use serde_json::{Value, json};

use super::harness::*;

#[path = "../../src/testing/hostile.rs"]
pub(crate) mod attacks;

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
        // Every other mailbox is open to the group of the next
        let open = |n: usize| {
            json!({"mailbox": user_id(n), "grantee": {"group": format!("20000009-0000-4000-8000-{:012}", n + 1)},
                "values": ["FULL_ACCESS"]})
        };
        organization["mailbox_permissions"] = (0..TEXTS.len() - 1).step_by(2).map(open).collect();
        organization["migration_admin"] = json!(TEXTS[0]);
        organization["personal_access_tokens"] = each(&|n, text| {
            json!({"id": format!("{n}{text}"), "user": user_id(n), "name": text, "created": time, "scopes": [text]})
        })
        .into();
        organization["export_jobs"] = each(&|n, text| {
            json!({"id": format!("{n}{text}"), "mailbox": user_id(n), "description": text, "role_arn": text,
                "kms_key_arn": text, "bucket": text, "prefix": text, "state": "RUNNING", "started": time})
        })
        .into();
        organization["access_control_rules"] = each(&|n, text| {
            json!({"name": text, "description": text, "effect": "ALLOW", "created": time, "modified": time,
                "role_ids": [format!("role-{n}"), text], "not_role_ids": [text], "user_ids": [text],
                "not_user_ids": [text], "ip_ranges": [text], "not_ip_ranges": [text], "actions": [text],
                "not_actions": [text]})
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

/// Has the command no such format?
fn has_no(format: &str, output: &Output) -> bool {
    printed(output).contains(&format!("this command has no {format} output"))
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
fn a_gate_names_harmlessly_which_rule_refuses() {
    let home = attacked();
    change_state(&home, |organization| {
        for rule in organization["access_control_rules"].as_array_mut().unwrap() {
            let conditions = |key: &String, _: &mut Value| {
                ["name", "description", "created", "modified"].contains(&key.as_str())
            };
            rule.as_object_mut().unwrap().retain(conditions);
            rule["effect"] = "DENY".into();
        }
    });
    let user = user_id(3);
    let asked = ["test", "all", &user, "--ip", "203.0.113.9"];
    for flags in [&[][..], &["--ews"], &["--offline"]] {
        harmless(&format!("{flags:?}"), &run(&home, &[3], &[&asked[..], flags].concat()));
        let output = run(&home, &[3], &[&asked[..], flags, &["-o", "json"]].concat());
        harmless(&format!("{flags:?} json"), &output);
        let detail = json(&output)["results"][0]["gates"][1]["detail"].as_str().unwrap().to_owned();
        assert!(TEXTS.iter().all(|text| detail.contains(text)), "{detail}");
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
        &["users"],
        &["groups"],
        &["users", "evil"],
        &["organizations"],
        &["test", "all", &user_id(3)],
        &["doctor"],
        &["iam-policy", "admin"],
        &["iam-policy", "assume", "all"],
        &["iam-policy", "freeze"],
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
    for command in [&["list"][..], &["show", "all"], &["access"], &["users"], &["groups"]] {
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
fn what_stands_in_a_list_of_users_is_told_harmlessly() {
    let home = attacked();
    let create = |text: &str, path: String, codes: &[i32]| {
        let list = format!("@{path}");
        let create = ["create", "x", "--type", "read-only", "--dry-run", "--allow", &list];
        harmless(text, &run(&home, codes, &create));
    };
    let (odd, plain): (Vec<&str>, Vec<&str>) = TEXTS.iter().partition(|text| text.contains([',', '"']));
    for texts in [odd, plain] {
        create("list", home.write("list", &texts.join("\n")), &[2]);
    }
    for (n, text) in TEXTS.iter().enumerate() {
        let name = format!("{n} {}", text.replace(['/', '\0'], ""));
        let file = if n % 2 == 0 { home.write(&name, "nobody@example.com\n") } else { home.arg(&name) };
        create(text, file, &[1]);
    }
    let rows: Vec<String> = (0..TEXTS.len()).map(user_id).collect();
    let list = format!("@{}", home.write("list", &rows.join("\n")));
    let output = run(&home, &[0], &["test", "all", &list, "-o", "csv"]);
    harmless("test csv", &output);
    let mut rows = 0;
    for row in csv::Reader::from_reader(&output.stdout[..]).records() {
        rows += 1;
        for cell in &row.unwrap() {
            assert_eq!(attacks::formula(cell), [""; 0]);
        }
    }
    assert_eq!(rows, TEXTS.len());
}

#[test]
fn of_the_lists_of_definitions_nothing_is_quoted() {
    let home = attacked();
    let rule = |n: usize, from: &str| json!({"id": n.to_string(), "effect": "ALLOW", "users_from": from});
    let role = |(n, text): (usize, &&str)| json!({"name": format!("r{n}"), "type": "READ_ONLY", "rules": [rule(n, text), rule(n + 1000, "list")]});
    let roles: Vec<_> = TEXTS.iter().enumerate().map(role).collect();
    // Of YAML too
    let escaped = |c: char| if c < '\u{7f}' { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) };
    let names = json!({"version": 1, "roles": roles}).to_string().chars().map(escaped).collect::<String>();
    let names = home.write("names.yaml", &names);
    home.write("list", &TEXTS.join("\n"));
    for format in ["table", "json", "github"] {
        plan_is_harmless(format, format, &run(&home, &[2], &["validate", &names, "-o", format]));
    }
    // Rows that are of the form of a name
    let rows: Vec<String> =
        TEXTS.iter().map(|text| text.replace(|c: char| !c.is_ascii_alphanumeric(), "")).collect();
    home.write("rows", &rows.join("\n"));
    let roles =
        json!({"version": 1, "roles": [{"name": "r", "type": "READ_ONLY", "rules": [rule(1, "rows")]}]});
    let named = home.write("rows.yaml", &roles.to_string());
    let output = run(&home, &[2], &["diff", &named]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("rows, lines 1-") && stderr.contains(": there is no such user"), "{stderr}");
    assert!(!["evil", "owned", "octocat", "SUM"].iter().any(|text| stderr.contains(text)), "{stderr}");
}

#[test]
fn what_doctor_finds_can_be_shown_to_anybody() {
    let home = attacked();
    let output = run(&home, &[0], &["doctor", "-o", "json"]);
    harmless("doctor", &output);
    let document = json(&output);
    for text in strings(&document) {
        let secret = ["evil", ORGANIZATION, "111122223333", "acme", &home.arg("")]
            .iter()
            .any(|one| text.contains(one));
        assert!(!secret && !TEXTS.contains(&text), "{text}");
    }
}

#[test]
fn tables_for_other_programs_hold_no_formula_no_link_and_every_row() {
    let home = attacked();
    for (command, wanted) in [("access", 2 * TEXTS.len()), ("users", TEXTS.len()), ("groups", TEXTS.len())] {
        let output = run(&home, &[0], &[command, "-o", "csv"]);
        harmless(&format!("{command} csv"), &output);
        let mut rows = 0;
        for row in csv::Reader::from_reader(&output.stdout[..]).records() {
            rows += 1;
            for cell in &row.unwrap() {
                assert_eq!(attacks::formula(cell), [""; 0]);
            }
        }
        assert_eq!(rows, wanted, "{command}");
    }
    let output = run(&home, &[0], &["access", "-o", "markdown"]);
    harmless("markdown", &output);
    assert_eq!(attacks::markdown(&stdout(&output)), [""; 0]);
    assert_eq!(stdout(&output).lines().filter(|line| line.starts_with('|')).count(), 2 + 2 * TEXTS.len());
}

/// What would be more than a node or an edge of ours.
fn mermaid(text: &str) -> Vec<String> {
    let is_ours = |line: &str| {
        let (mut outside, mut quoted) = (String::new(), false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                c if quoted && "<>`%[]{}|\\&*~!$^='".contains(c) => return false,
                c if !quoted => outside.push(c),
                _ => {}
            }
        }
        !quoted && outside.chars().all(|c| c.is_ascii_digit() || "n ->|()[]".contains(c))
    };
    let mut lines = text.lines();
    let head = lines.next().filter(|line| *line != "flowchart LR").into_iter();
    head.chain(lines.filter(|line| !is_ours(line))).map(str::to_owned).collect()
}

#[test]
fn what_an_audit_finds_is_harmless_and_whole() {
    let home = attacked();
    let file = home.write("changing ::error::x ##[a] ![x](https:evil).yaml", &changing());
    for format in ["table", "json", "yaml", "markdown", "sarif", "mermaid"] {
        for files in [&[][..], &["-f", &file], &["--leaving"]] {
            let output = run(&home, &[0], &[&["audit", "-o", format], files].concat());
            plan_is_harmless(&format!("audit {format}"), format, &output);
            if format == "mermaid" {
                assert_eq!(mermaid(&stdout(&output)), [""; 0]);
            }
        }
    }
    let document = home.json(0, &["--org", ORGANIZATION, "-o", "json", "audit"]);
    let found = |code: &str| {
        let findings = document["findings"].as_array().unwrap().iter();
        findings.filter(|finding| finding["code"] == code).count()
    };
    assert_eq!(found("transitive-access"), TEXTS.len() / 2, "{document}");
    assert!(found("dangling-access-rule") >= TEXTS.len());
    let sarif: Value = serde_json::from_str(&stdout(&run(&home, &[0], &["audit", "-o", "sarif"]))).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), document["findings"].as_array().unwrap().len());
    for result in results {
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.replace("\\[", "").contains('['), "{text}");
    }
    for format in ["table", "json", "yaml", "mermaid"] {
        let output = run(&home, &[0], &["audit", "--who", &user_id(2), "-o", format]);
        harmless(&format!("who {format}"), &output);
    }
    let output = run(&home, &[0], &["access", "-o", "mermaid"]);
    harmless("access mermaid", &output);
    assert_eq!(mermaid(&stdout(&output)), [""; 0]);
}

#[test]
fn a_report_is_harmless_and_whole() {
    let home = attacked();
    let output = run(&home, &[0], &["report", "-"]);
    harmless("report", &output);
    let page = stdout(&output);
    // What no text may begin, and nothing of the page begins more than once
    for tag in ["<script", "<style", "<form", "<head>", "</html", "</body"] {
        assert_eq!(page.to_lowercase().matches(tag).count(), 1, "{tag}");
    }
    for tag in ["<img", "<!--", "<![cdata", "<summary", "<details", "<iframe", "<a href=\"h"] {
        assert!(!page.to_lowercase().contains(tag), "{tag}");
    }
    let output = run(&home, &[0], &["report", "-", "-o", "json"]);
    harmless("report json", &output);
    holds_every_text("report", &json(&output));
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
        // Each line is a command of the program's own, or what is too much for commands, which is none
        assert_eq!(attacks::terminal(&text), [""; 0], "{what}");
        for line in text.lines() {
            if ["error: ", "warning: ", "notice: "].iter().any(|start| line.starts_with(start)) {
                assert_eq!(attacks::runner(line), [""; 0], "{what}");
                continue;
            }
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
                if has_no(format, &output) {
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

#[test]
fn access_control_rules_that_name_what_goes_are_harmless() {
    let home = attacked();
    let file = home
        .write("none.yaml", &json!({"version": 1, "organization": ORGANIZATION, "roles": []}).to_string());
    let prune = ["--prune", "--max-deletes", "1000"];
    for format in ["table", "json", "yaml", "markdown", "github"] {
        let output = run(&home, &[0], &[&["diff", &file, "-o", format][..], &prune].concat());
        plan_is_harmless(&format!("pruned {format}"), format, &output);
        if format == "json" {
            holds_every_text("the plan", &json(&output));
        }
    }
    // What is deleted is said once more behind the report, and again by what would undo it
    let ids: Vec<_> = (0..TEXTS.len()).map(|n| format!("role-{n}")).collect();
    let formats = ["json", "yaml", "table"];
    for (part, format) in formats.into_iter().enumerate() {
        let ids: Vec<_> = ids.iter().skip(part).step_by(formats.len()).map(String::as_str).collect();
        let output = run(&home, &[0], &[&["delete", "-o", format, "--yes"], &ids[..]].concat());
        plan_is_harmless(&format!("deleted {format}"), format, &output);
    }
    for format in formats {
        let leave = ["--yes", "--allow-everyone", "--allow-escalation"];
        let output = run(&home, &[0, 1, 4, 5], &[&["undo", "-o", format][..], &leave].concat());
        plan_is_harmless(&format!("undone {format}"), format, &output);
        plan_is_harmless("the saved states", format, &run(&home, &[0], &["undo", "--list", "-o", format]));
    }
}

/// Files in folders, each called by a text, relative to the home. A text with slashes is several folders; one that
/// no file system takes is none.
fn hostile_paths(folder: &str) -> Vec<String> {
    let named = TEXTS.iter().filter(|text| !text.contains('\0') && text.len() < 200);
    named
        .enumerate()
        .map(|(n, text)| match folder {
            // Some are a folder
            "" if n % 3 == 0 => format!("{text}/{text}.yaml"),
            "" => format!("{text}.yaml"),
            folder => format!("{folder}/{text}/{n} {text}.yaml"),
        })
        .map(|path| match path.starts_with(['-', '/', '~']) {
            true => format!("./{path}"),
            false => path,
        })
        .collect()
}

fn write_all(home: &Home, paths: &[String], text: impl Fn(usize) -> String) {
    for (n, path) in paths.iter().enumerate() {
        let path = home.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text(n)).unwrap();
    }
}

/// Runs in the home, so that a path begins a line.
fn run_inside(home: &Home, codes: &[i32], args: &[&str]) -> Output {
    let mut command = home.command(&[&["--org", "acme"], args].concat());
    let output = command.current_dir(home.path("")).output_within_limit();
    let code = output.status.code();
    assert!(code.is_some_and(|code| codes.contains(&code)), "{args:?}: {code:?}\n{}", printed(&output));
    output
}

#[test]
fn names_of_files_and_folders_are_harmless() {
    let home = Home::new();
    let paths = hostile_paths("");
    let files: Vec<&str> = paths.iter().map(String::as_str).collect();
    let formats = ["table", "json", "yaml", "markdown", "github", "junit"];
    let role = |n: usize| {
        json!({"name": format!("R {n}"), "type": "READ_ONLY",
        "rules": [{"name": "a", "effect": "ALLOW", "users": ["alice"]}], "expect": {"deny": ["alice"]}})
    };
    // Each has a warning, and then an error too
    let warned = |n| json!({"version": 1, "organization": "globex", "roles": [role(n)]}).to_string();
    let wrong = |n: usize| format!("version: 1\nroles: []\nkey{n}: 1\n");
    let check = |what: &str, codes: &[i32], args: &[&str]| {
        for format in formats {
            let output = run_inside(&home, &[codes, &[2]].concat(), &[&["-o", format], args].concat());
            if has_no(format, &output) {
                continue;
            }
            let code = output.status.code();
            assert!(code.is_some_and(|code| codes.contains(&code)), "{what} {format}: {}", printed(&output));
            plan_is_harmless(&format!("{what} {format}"), format, &output);
            if format == "junit" && !output.stdout.is_empty() {
                assert_eq!(attacks::xml(&stdout(&output)), [""; 0], "{what}");
            }
        }
    };
    // None is there
    check("missing", &[1], &[&["diff", "--"], &files[..]].concat());
    for (what, codes, write) in
        [("wrong", &[2], &wrong as &dyn Fn(usize) -> String), ("warned", &[0], &warned)]
    {
        write_all(&home, &paths, write);
        let unmet = if codes == &[0] { &[3] } else { codes };
        check(&format!("validate {what}"), codes, &[&["validate", "--"], &files[..]].concat());
        check(&format!("diff {what}"), codes, &[&["diff", "--"], &files[..]].concat());
        check(&format!("apply {what}"), codes, &[&["apply", "--dry-run", "--"], &files[..]].concat());
        check(&format!("test {what}"), unmet, &[&["test", "--offline", "-f"], &files[..]].concat());
    }
    // The same role twice names two files
    write_all(&home, &paths, |_| warned(0));
    check("twice", &[2], &[&["diff", "--"], &files[..]].concat());
    // Folders with a file, and without
    let folders: Vec<&str> = files.iter().filter_map(|file| Some(file.rsplit_once('/')?.0)).collect();
    write_all(&home, &paths, warned);
    check("folders", &[0], &[&["diff", "--"], &folders[..]].concat());
    let empty: Vec<String> = folders.iter().map(|folder| format!("{folder}/{folder}")).collect();
    empty.iter().for_each(|folder| std::fs::create_dir_all(home.path(folder)).unwrap());
    let empty: Vec<&str> = empty.iter().map(String::as_str).collect();
    check("empty folders", &[1], &[&["diff", "--"], &empty[..]].concat());
}

#[test]
fn names_of_files_that_are_written_or_read_beside_are_harmless() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    let file = home.write(
        "role.yaml",
        &json!({"version": 1, "roles": [{"name": "R", "type": "READ_ONLY",
        "rules": [{"name": "a", "effect": "ALLOW", "users": ["alice"]}]}]})
        .to_string(),
    );
    let paths = hostile_paths("");
    std::thread::scope(|scope| {
        for part in 0..3 {
            let (home, file, paths) = (&home, &file, &paths);
            scope.spawn(move || {
                for path in paths.iter().skip(part).step_by(3) {
                    let safe = |what: &str, output: &Output| harmless(&format!("{what} {path:?}"), output);
                    let save = format!("--save={path}");
                    safe("save", &run_inside(home, &[0, 1, 2], &["diff", file, &save]));
                    let policy = format!("--policy={path}");
                    safe("policy", &run_inside(home, &[0, 1, 2], &["diff", file, &policy]));
                    let dir = format!("--dir={path}");
                    safe("dir", &run_inside(home, &[0, 1, 2, 5], &["export", "Migration", &dir]));
                    safe("undo", &run_inside(home, &[1, 2], &["undo", "--", path]));
                }
            });
        }
    });
}

/// Definitions of a role a text, each with an expectation that holds and one that does not, without the texts that
/// no role of a definition may be called.
fn declared_by_name(home: &Home) -> String {
    let line = |text: &&str| {
        json!({"name": text, "type": "READ_ONLY",
            "rules": [{"name": "a", "effect": "ALLOW", "users": [user_id(1)]}],
            "expect": {"allow": [user_id(1), user_id(2)], "deny": [user_id(3)]}})
    };
    let named = |texts: &[&str]| {
        let roles: Vec<Value> = texts.iter().map(line).collect();
        json!({"version": 1, "organization": ORGANIZATION, "roles": roles}).to_string()
    };
    let taken: Vec<&str> = TEXTS
        .iter()
        .copied()
        .filter(|text| {
            let file = home.write("one.yaml", &named(&[text]));
            home.run(&["validate", &file]).status.code() == Some(0)
        })
        .collect();
    assert!(taken.len() >= 30, "{}", taken.len());
    home.write("named.yaml", &named(&taken))
}

#[test]
fn role_names_of_definitions_are_harmless_in_every_format() {
    let home = attacked();
    let file = declared_by_name(&home);
    for format in ["table", "json", "yaml", "github", "junit"] {
        for offline in [&["--offline"][..], &[]] {
            let output = run(&home, &[3], &[&["test", "-f", &file, "-o", format], offline].concat());
            plan_is_harmless(&format!("test {format}"), format, &output);
            if format == "junit" {
                assert_eq!(attacks::xml(&stdout(&output)), [""; 0]);
            }
        }
    }
    for format in ["table", "json", "yaml", "markdown", "github"] {
        let output = run(&home, &[0], &["diff", &file, "-o", format]);
        plan_is_harmless(&format!("diff {format}"), format, &output);
    }
    for format in ["table", "json", "github", "junit", "yaml"] {
        let output = run(&home, &[0, 2, 3], &["validate", &file, "-o", format]);
        plan_is_harmless(&format!("validate {format}"), format, &output);
    }
}
