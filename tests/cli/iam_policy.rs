//! Policies against what commands really call: every command runs on a sandbox that records its calls, and the table
//! that policies are made of must have exactly these.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::harness::*;

/// Lines that a command runs, on a sandbox that has this fault. What begins with `!` comes before and does not count.
struct Story {
    /// The row of the table.
    row: &'static str,
    fault: Option<&'static str>,
    lines: &'static [&'static str],
}

const fn story(row: &'static str, lines: &'static [&'static str]) -> Story {
    Story { row, fault: None, lines }
}

/// As [`story`], where something is denied that the command can do without, so that it asks for something else.
const fn without(row: &'static str, fault: &'static str, lines: &'static [&'static str]) -> Story {
    Story { row, fault: Some(fault), lines }
}

const TRIAGE: &str = "30000001-0000-4000-8000-000000000001";

/// What makes each command call all that it can. A command without a line here must call nothing.
const STORIES: &[Story] = &[
    story(
        "access",
        &[
            "access",
            "access --role 'Ticket triage'",
            "access --user alice@example.com",
            "access --user Nobody",
        ],
    ),
    story("apply", &["apply acme.yaml", "apply acme.yaml --prune --max-deletes 9", "apply unknown.yaml"]),
    story("apply", &["! diff acme.yaml --save plan.json", "apply --plan plan.json acme.yaml"]),
    story(
        "assume",
        &[
            "assume Migration",
            "assume Migration --as alice@example.com",
            "assume Migration --as Nobody",
            "assume Migration --as oncall@example.com",
        ],
    ),
    story(
        "audit",
        &[
            "audit",
            "audit -f acme.yaml",
            "audit -f unknown.yaml",
            "audit --who ceo@example.com",
            "audit --who Nobody",
        ],
    ),
    story(
        "audit --cloudtrail",
        &["audit --cloudtrail", "audit --cloudtrail -f acme.yaml", "audit --cloudtrail -f unknown.yaml"],
    ),
    story("audit --leaving", &["audit --leaving", "audit --leaving --all-organizations"]),
    story(
        "create",
        &[
            "create A --type read-only --allow alice@example.com",
            "create B --type read-only --allow-group support@example.com",
            "create C --type read-only --allow nobody@example.com",
            "create D --type read-only --allow-group nobody@example.com",
            "create E --type read-only --allow-everyone",
            "create -f new.yaml",
        ],
    ),
    story("delete", &["delete 'Ticket triage'", "delete Migration", "delete --all"]),
    story("diff", &["diff acme.yaml", "diff acme.yaml --prune --max-deletes 9", "diff unknown.yaml"]),
    story("doctor", &["doctor"]),
    story(
        "edit",
        &[
            "edit 'Ticket triage' --name Triage",
            "edit Triage --allow carol@example.com",
            "edit Triage --allow nobody@example.com",
            "edit Triage --allow-group support@example.com",
            "edit Triage --deny-group nobody@example.com",
        ],
    ),
    story("expire", &["expire", "expire Migration --now"]),
    story(
        "export",
        &[
            "export",
            "export 'Ticket triage'",
            "export --snapshot snapshot.json",
            "export --target exchange-online",
        ],
    ),
    without("export", "deny:ListUsers", &["export 'Ticket triage'"]),
    story("groups", &["groups", "groups support"]),
    story(
        "iam-policy",
        &[
            "iam-policy assume Migration",
            "iam-policy admin",
            "iam-policy read",
            "iam-policy ci-plan",
            "iam-policy ci-apply",
            "iam-policy freeze",
            "iam-policy freeze --organization acme",
        ],
    ),
    story("history", &["history", "history Migration"]),
    story("list", &["list"]),
    // Without the open role, nobody else need be known
    without("list", "deny:ListUsers:9:1", &["! delete Migration 'Legacy backup'", "list"]),
    story("organizations", &["organizations"]),
    story(
        "proxy",
        &[
            "proxy Migration -- true",
            "proxy Migration --as alice@example.com -- true",
            "proxy Migration --as Nobody -- true",
            "proxy Migration --as oncall@example.com -- true",
        ],
    ),
    story(
        "report",
        &[
            "report report.html",
            "report report.json -o json -f acme.yaml --force",
            "report unknown.html -f unknown.yaml",
            "report all.html --cloudtrail",
        ],
    ),
    story("show --cloudtrail", &["show Migration --cloudtrail", "show 'Ticket triage' --cloudtrail"]),
    story("show", &["show Migration", "show 'Ticket triage'"]),
    story(
        "test",
        &[
            "test Migration alice@example.com",
            "test Migration alice@example.com --offline",
            "test Migration Nobody",
            "test -f acme.yaml",
            "test -f acme.yaml --offline",
            "test -f unknown.yaml --offline",
        ],
    ),
    story(
        "test --ews",
        &["test Migration alice@example.com --ews", "test Migration mallory@example.com --ews"],
    ),
    story(
        "test --ip",
        &[
            "test Migration alice@example.com --ip 192.0.2.1",
            "test Migration alice@example.com --ip 192.0.2.1 --offline",
        ],
    ),
    story("undo", &["! create A --type read-only --allow alice@example.com", "undo", "undo --list"]),
    story("undo", &["! delete 'Ticket triage'", "undo"]),
    story("undo", &["! delete Migration", "undo --allow-everyone"]),
    story("undo", &["! edit 'Ticket triage' --name Triage", "undo"]),
    story("users", &["users", "users alice"]),
];

/// What each command calls, as the program's own table has it; the library's tests write it down.
fn table() -> BTreeMap<&'static str, BTreeSet<String>> {
    let text = include_str!("iam_calls.txt");
    let row = |line: &'static str| {
        let (row, operations) = line.split_once(':').unwrap();
        (row, operations.split_whitespace().map(str::to_owned).collect())
    };
    text.lines().map(row).collect()
}

/// Runs the lines of a story, and gives what its command called.
fn calls(story: &Story) -> BTreeSet<String> {
    let home = Home::new();
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/screens/files");
    for file in ["acme.yaml", "unknown.yaml"] {
        std::fs::copy(format!("{files}/{file}"), home.path(file)).unwrap();
    }
    let role = home.stdout(0, &["export", "Ticket triage"]).replace("name: Ticket triage", "name: New");
    home.write("new.yaml", &role);
    if story.row == "expire" {
        // No command makes what has expired
        let state = std::fs::read_to_string(home.path("sandbox.json")).unwrap();
        let text = "Reads mail while a ticket is open";
        home.write("sandbox.json", &state.replace(text, &format!("{text}\\nExpires: 2026-01-31")));
    }
    let faults: Vec<&str> = story.fault.iter().flat_map(|fault| ["--fault", fault]).collect();
    let mut served = Served::start_verbose(&home, &faults);
    let (mut counted, mut all) = (BTreeSet::new(), BTreeSet::new());
    for line in story.lines {
        let (counts, line) = match line.strip_prefix("! ") {
            Some(line) => (false, line),
            None => (true, *line),
        };
        let args = shell_words::split(line).unwrap();
        let args: Vec<&str> = ["--yes", "-vv"].into_iter().chain(args.iter().map(String::as_str)).collect();
        let output = served.client(&home, &args).current_dir(home.path("")).output_within_limit();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("Usage:"), "{line}\n{stderr}");
        if !counts {
            assert_eq!(output.status.code(), Some(0), "{line}\n{stderr}");
        }
        let called = stderr.lines().filter_map(|line| {
            line.split_once(": call operation=\"")?.1.split('"').next().map(str::to_owned)
        });
        // A call of EWS needs the token and no policy
        let called: BTreeSet<String> = called.filter(|operation| operation != "EWS GetFolder").collect();
        all.extend(called.iter().cloned());
        counted.extend(if counts { called } else { BTreeSet::new() });
    }
    // What the program says of its calls is what the service saw
    let recorded = served.stop();
    let recorded = recorded.lines().filter_map(|line| {
        let (times, operation) = line.trim_start().split_once(' ')?;
        (times.parse::<u32>().is_ok() && operation.chars().all(char::is_alphanumeric)).then_some(operation)
    });
    assert_eq!(recorded.map(str::to_owned).collect::<BTreeSet<_>>(), all, "{:?}", story.lines);
    counted
}

#[test]
fn each_command_calls_what_the_table_of_policies_has_and_nothing_else() {
    let table = table();
    let mut called: BTreeMap<&str, BTreeSet<String>> =
        table.keys().map(|row| (*row, BTreeSet::new())).collect();
    for story in STORIES {
        let row = called.get_mut(story.row);
        row.unwrap_or_else(|| panic!("iam/calls.rs has no row {}", story.row)).extend(calls(story));
    }
    let mut wrong = Vec::new();
    for (row, expected) in &table {
        for missing in called[row].difference(expected) {
            wrong.push(format!("{row} calls {missing}, and its row does not allow it"));
        }
        for needless in expected.difference(&called[row]) {
            wrong.push(format!("{row} never calls {needless}, and its row allows it"));
        }
    }
    assert!(wrong.is_empty(), "iam/calls.rs:\n{}", wrong.join("\n"));
}

/// The actions that a policy has of this effect.
fn actions(policy: &Value, effect: &str) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let of_effect = statements.filter(|statement| statement["Effect"] == effect);
    of_effect
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap().split_once(':').unwrap().1.to_owned())
        .collect()
}

#[test]
fn a_policy_allows_what_its_commands_call_and_nothing_else() {
    let (home, table) = (Home::new(), table());
    let reads = |operation: &String| {
        ["Describe", "Get", "List", "Lookup"].iter().any(|verb| operation.starts_with(verb))
    };
    let token = "AssumeImpersonationRole".to_owned();
    let union = |wanted: &dyn Fn(&str, &BTreeSet<String>) -> bool| -> BTreeSet<String> {
        table.iter().filter(|(row, all)| wanted(row, all)).flat_map(|(_, all)| all).cloned().collect()
    };
    let plan = ["diff", "export", "test", "validate"];
    for (policy, expected) in [
        ("read", union(&|_, all| all.iter().all(reads))),
        ("admin", union(&|_, all| !all.contains(&token))),
        ("ci-plan", union(&|row, _| plan.contains(&row))),
        ("ci-apply", union(&|row, _| plan.contains(&row) || row == "apply")),
    ] {
        let printed = home.json(0, &["iam-policy", policy]);
        assert_eq!(actions(&printed, "Allow"), expected, "{policy}");
        assert!(!expected.contains(&token), "{policy}");
    }
    let assume = home.json(0, &["iam-policy", "assume", "Migration"]);
    assert_eq!(actions(&assume, "Allow"), BTreeSet::from([token]));
}

#[test]
fn the_narrowest_policy_suffices_for_ids() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    let served = Served::start(
        &home,
        &["--fault", "deny:DescribeOrganization", "--fault", "deny:ListImpersonationRoles"],
    );
    let organization = "m-ac3e0000000000000000000000000001";
    let args = ["iam-policy", "assume", TRIAGE, "--organization", organization];
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let statement = &json(&output)["Statement"][0];
    assert_eq!(statement["Resource"], format!("arn:aws:workmail:us-east-1:*:organization/{organization}"));
    assert_eq!(statement["Condition"]["StringEquals"]["workmail:ImpersonationRoleId"], TRIAGE);
    // A name must be looked up
    let args = ["iam-policy", "assume", "Migration", "--organization", organization];
    assert_eq!(served.client(&home, &args).output_within_limit().status.code(), Some(1));
    // It names no other Region, and no time that has passed
    let args = ["iam-policy", "assume", TRIAGE, "--source-region", "eu-west-1"];
    home.exits_with(2, &args);
    home.exits_with(2, &["iam-policy", "assume", TRIAGE, "--until", "2020-01-31"]);
}
