//! `audit` on the demo organization: what it finds, what it advises, and how it ends.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::harness::*;

const DEFINITIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/audit.yaml");

const CODES: [&str; 13] = [
    "everyone-full-access",
    "transitive-access",
    "protected-user",
    "expired-access",
    "drift",
    "dangling-access-rule",
    "no-access-rule",
    "no-expiry",
    "unknown-target",
    "disabled-target",
    "dead-rule",
    "reaches-nobody",
    "expires-soon",
];

/// The demo organization, where one rule of a role is past its date, and one nearly is.
fn home_with_dates() -> Home {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    let soon = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(5 * 24)).unwrap();
    change_state(&home, |organization| {
        let rules = organization["roles"][2]["rules"].as_array_mut().unwrap();
        rules[0]["description"] = json!("Expires: 2026-01-31");
        rules[1]["description"] = json!(format!("Expires: {soon}"));
    });
    home
}

fn codes(document: &Value) -> Vec<&str> {
    document["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[test]
fn the_demo_organization_has_each_kind_of_finding_once() {
    let home = home_with_dates();
    let document = home.json(0, &["-o", "json", "audit", "-f", DEFINITIONS]);
    assert_eq!(codes(&document), CODES);
    assert_eq!(document["summary"], json!({"high": 4, "medium": 4, "low": 5, "accepted": 0}));
    assert_eq!((&document["not_checked"], &document["diagnostics"]), (&json!([]), &json!([])));
    let without = home.json(0, &["-o", "json", "audit"]);
    let with_files = ["protected-user", "drift"];
    assert_eq!(
        codes(&without),
        CODES.iter().copied().filter(|code| !with_files.contains(code)).collect::<Vec<_>>()
    );
}

/// The commands in backticks.
fn commands(document: &Value) -> Vec<String> {
    let remedies = document["findings"].as_array().unwrap().iter();
    let remedies = remedies.map(|one| one["remedy"].as_str().unwrap());
    remedies.flat_map(|text| text.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn every_remedy_is_a_command_that_works_and_gives_nobody_access() {
    let home = home_with_dates();
    let sandbox = home.arg("sandbox.json");
    let document = home.json(0, &["--sandbox", &sandbox, "-o", "json", "audit", "-f", DEFINITIONS]);
    let commands = commands(&document);
    let mut run = BTreeSet::new();
    for command in commands.iter().filter(|command| command.starts_with("wmrole ")) {
        // It says where it works, as the command line did and the file does
        let rest = command.strip_prefix(&format!("wmrole --sandbox {sandbox} ")).unwrap();
        let verb = rest.strip_prefix("--organization acme ").unwrap_or(rest);
        let verb = verb.split(' ').next().unwrap();
        assert_eq!(rest.starts_with(verb), ["apply", "diff"].contains(&verb), "{command}");
        let changes = ["edit", "delete", "apply", "expire"].contains(&verb);
        let more = if changes { "--dry-run -o json" } else { "" };
        let script = format!("wmrole() {{ '{}' \"$@\" {more}; }}\n{command}", env!("CARGO_BIN_EXE_wmrole"));
        let mut bash = Command::new("bash");
        bash.args(["-ec", &script]).env_clear().current_dir(home.path("")).stdin(Stdio::null());
        bash.envs(home.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
        bash.env_remove("WMROLE_SANDBOX");
        let output = bash.output_within_limit();
        // `apply` is held to the protected user, whom the definition reaches
        let code = if ["apply", "diff"].contains(&verb) { 5 } else { 0 };
        assert!([0, code].contains(&output.status.code().unwrap()), "{command}\n{}", printed(&output));
        if changes && output.status.code() == Some(0) {
            let access = json(&output)["access"].clone();
            assert_eq!(
                [&access["gained"], &access["escalated"], &access["extended"], &access["opened"]],
                [&json!([]); 4],
                "{command}"
            );
        }
        run.insert(verb);
    }
    assert_eq!(run, ["delete", "edit", "expire", "export"].into());
    let others = commands.iter().filter(|command| !command.starts_with("wmrole "));
    assert!(
        others.clone().count() == 3 && others.clone().all(|one| one.starts_with("aws workmail ")),
        "{commands:?}"
    );
}

#[test]
fn commands_repeat_what_the_command_line_said_of_the_account() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--doors"]);
    let served = Served::start(&home, &[]);
    std::fs::create_dir(home.path(".aws")).unwrap();
    home.write(".aws/config", "[profile p]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n");
    let found = |args: &[&str], aws: &str, wmrole: &str| {
        let output = served
            .client(&home, &[args, &["audit", "--leaving", "-o", "json"]].concat())
            .output_within_limit();
        let document = json(&output);
        let (of_aws, of_wmrole): (Vec<_>, Vec<_>) = commands(&document)
            .into_iter()
            .filter(|command| !command.contains(" s3 "))
            .partition(|command| command.contains("aws "));
        assert!(of_aws.iter().all(|one| one.contains(&format!("aws{aws} workmail "))), "{of_aws:?}");
        assert!(of_wmrole.iter().all(|one| one.starts_with(&format!("wmrole{wmrole} "))), "{of_wmrole:?}");
        assert!(of_aws.len() > 2 && of_wmrole.len() > 2);
        document.to_string()
    };
    let endpoint = format!(" --endpoint-url {}", served.url);
    found(&[], &endpoint, &endpoint);
    let options = format!(" --profile p --region us-east-1{endpoint}");
    let of_wmrole = format!("{options} --organization acme");
    let args = ["--profile", "p", "--region", "us-east-1", "--org", "acme"];
    let document = found(&args, &options, &of_wmrole);
    for command in [
        "aws --profile p iam generate",
        "| base64",
        "wmrole --profile p audit --leaving",
        "aws --profile p s3 ls",
    ] {
        assert!(document.contains(command), "{command} {document}");
    }
}

#[test]
fn a_remedy_that_was_followed_leaves_no_finding() {
    let home = Home::new();
    home.exits_with(0, &["edit", "Migration", "--deny", "grace@example.com", "--yes"]);
    home.exits_with(0, &["edit", "Migration", "--type", "read-only", "--yes"]);
    home.exits_with(0, &["delete", "Legacy backup", "--yes"]);
    change_state(&home, |organization| {
        let rules = organization["access_control_rules"].as_array_mut().unwrap();
        rules[1]["role_ids"] = json!([]);
    });
    let document = home.json(0, &["-o", "json", "audit", "--fail-on", "low"]);
    assert_eq!(codes(&document), [""; 0]);
    assert!(home.stdout(0, &["audit"]).starts_with("Findings: 0 high, 0 medium, 0 low\n"));
}

#[test]
fn a_level_fails_with_what_is_as_high_and_what_is_accepted_does_not() {
    let home = Home::new();
    home.exits_with(0, &["edit", "Migration", "--deny", "grace@example.com", "--yes"]);
    home.exits_with(3, &["audit", "--fail-on", "high"]);
    home.exits_with(0, &["edit", "Migration", "--type", "read-only", "--yes"]);
    home.exits_with(0, &["audit", "--fail-on", "high"]);
    home.exits_with(3, &["audit", "--fail-on", "medium"]);
    home.exits_with(2, &["audit", "--fail-on", "none"]);
    home.exits_with(2, &["audit", "--fail-on", "low", "--who", "ceo"]);
    let accepted = |until: &str| {
        home.write(
            "accepted.yaml",
            &format!(
                "version: 1\naccepted:\n  - {{code: no-access-rule, reason: x, until: {until}}}\n  - {{code: \
                 dangling-access-rule, role: 30000001-0000-4000-8000-000000000099, reason: x}}\nroles: []\n"
            ),
        )
    };
    let found = |until: &str| {
        let document = home.json(0, &["-o", "json", "audit", "-f", &accepted(until), "--show-accepted"]);
        let accepted = document["accepted"].as_array().unwrap().len();
        assert_eq!(document["summary"]["accepted"], accepted);
        (accepted, codes(&document).contains(&"no-access-rule"))
    };
    assert_eq!(found("9999-12-31"), (2, false));
    assert_eq!(found("2026-01-01"), (1, true));
}

/// A home in which a permission belongs to a group that the directory does not have.
fn unknown_group() -> Home {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        let permissions = organization["mailbox_permissions"].as_array_mut().unwrap();
        let group = json!({"group": "20000001-0000-4000-8000-000000000099"});
        permissions.push(json!({"mailbox": "10000001-0000-4000-8000-000000000001", "grantee": group,
            "values": ["FULL_ACCESS"]}));
    });
    home
}

#[test]
fn what_could_not_be_checked_is_said_and_fails() {
    let home = unknown_group();
    let document = home.json(0, &["-o", "json", "audit"]);
    let not_checked = document["not_checked"].as_array().unwrap();
    assert_eq!((not_checked.len(), &not_checked[0]["code"]), (1, &json!("transitive-access")), "{document}");
    home.exits_with(1, &["audit", "--fail-on", "high"]);
    let stderr = home.stderr(0, &["audit"]);
    assert!(stderr.contains("not checked: transitive-access: group 20000001"), "{stderr}");
    for format in ["markdown", "mermaid", "sarif"] {
        let stdout = home.stdout(0, &["audit", "-o", format]);
        assert!(stdout.contains("not checked"), "{stdout}");
    }
    let who = home.json(0, &["-o", "json", "audit", "--who", "alice"]);
    assert_eq!(who["not_checked"].as_array().map(Vec::len), Some(1), "{who}");
}

#[test]
fn the_fingerprint_of_a_finding_is_the_same_in_every_run_and_of_no_other() {
    let home = Home::new();
    let prints = |args: &[&str]| {
        let document: Value =
            serde_json::from_str(&home.stdout(0, &[&["audit", "-o", "sarif"], args].concat())).unwrap();
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        let print = |result: &Value| result["partialFingerprints"]["primaryLocationLineHash"].to_string();
        results.iter().map(print).collect::<BTreeSet<_>>()
    };
    let (without, with) = (prints(&[]), prints(&["-f", DEFINITIONS]));
    assert_eq!((without.len(), with.len()), (9, 11));
    assert!(without.is_subset(&with));
}
