//! Roles as code: reviewed plans, guards, several organizations, expectations, access, undo.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

const TRIAGE: &str = "version: 1
organization: acme
roles:
  - name: Ticket triage
    type: READ_ONLY
    rules:
      - {name: support, effect: ALLOW, users: [alice, bob, carol]}
    expect:
      allow: [alice, carol]
      deny: [ceo]
";

fn both(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_saved_plan_applies_exactly_what_was_shown() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    let shown = home.json(0, &["diff", &file, "--save", &plan, "-o", "json"]);
    assert_eq!(home.path("plan.json").metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let other = home.write("other.yaml", "version: 1\nroles: []\n");
    home.ends(5, &["apply", &other, "--plan", &plan, "--yes"]);
    let applied = home.json(0, &["apply", &file, "--plan", &plan, "--yes", "-o", "json"]);
    for key in ["before", "after", "access", "action"] {
        assert_eq!(shown["changes"][0][key], applied["changes"][0][key], "{key}");
    }
    assert_eq!(applied["changes"][0]["outcome"], "done");
    home.ends(0, &["diff", "--exit-code", &file]);
    // Once is enough: what the plan saw is no longer so
    home.ends(5, &["apply", "--plan", &plan, "--yes"]);
}

#[test]
fn a_stale_plan_is_refused_and_says_what_moved() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    let save = || home.ends(0, &["diff", &file, "--save", &plan]);
    let refused = |parts: &[&str]| {
        let before = home.ends(0, &["export"]);
        let error = home.stderr(5, &["apply", "--plan", &plan, "--yes"]);
        for part in parts {
            assert!(error.contains(part), "{part}\n{error}");
        }
        assert_eq!(home.ends(0, &["export"]), before);
    };
    save();
    home.ends(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    refused(&["role Ticket triage was changed since the plan was saved", "+ heidi@example.com", "stale"]);
    save();
    home.ends(0, &["create", "Another", "--type", "read-only", "--allow", "bob", "--yes"]);
    refused(&["role Another, which nothing declares, was made since the plan was saved"]);
    save();
    home.ends(0, &["delete", "Ticket triage", "--yes"]);
    refused(&["role Ticket triage was deleted since the plan was saved"]);
    save();
    home.write("roles.yaml", &TRIAGE.replace("carol]", "carol, dave]"));
    refused(&["roles.yaml was changed", "the definitions have changed"]);
}

#[test]
fn a_plan_of_a_directory_knows_its_files() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("roles/team")).unwrap();
    home.write("roles/team/triage.yaml", TRIAGE);
    let (roles, plan) = (home.path("roles"), home.path("plan.json"));
    let (roles, plan) = (roles.to_str().unwrap(), plan.to_str().unwrap());
    home.ends(0, &["diff", roles, "--save", plan]);
    home.write("roles/new.yaml", "version: 1\norganization: acme\nroles: []\n");
    let error = home.stderr(5, &["apply", "--plan", plan, "--yes"]);
    assert!(error.contains("roles/new.yaml is new"), "{error}");
    // A job that was only given the plan has its own copy of the definitions
    std::fs::remove_dir_all(roles).unwrap();
    let output = home.run(&["apply", "--plan", plan, "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", both(&output));
    assert!(both(&output).contains("its own copy"), "{}", both(&output));
    home.ends(0, &["test", "Ticket triage", "carol"]);
}

#[test]
fn a_plan_that_was_edited_or_is_for_another_organization_is_refused() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--organizations", "2"]);
    let file = home.write("roles.yaml", &TRIAGE.replace("organization: acme\n", ""));
    let plan = home.path("plan.json").to_string_lossy().into_owned();
    home.ends(0, &["--org", "acme", "diff", &file, "--save", &plan]);
    let error = home.stderr(5, &["--org", "globex", "apply", "--plan", &plan, "--yes"]);
    assert!(error.contains("the saved plan is for m-ac3e0000000000000000000000000001"), "{error}");
    let text = std::fs::read_to_string(&plan).unwrap();
    let edited = home.write("edited.json", &text.replace("READ_ONLY", "FULL_ACCESS"));
    let error = home.stderr(5, &["apply", "--plan", &edited, "--yes"]);
    assert!(error.contains("it was changed after"), "{error}");
    let other = home.write("other.json", "{}");
    home.ends(2, &["apply", "--plan", &other, "--yes"]);
    home.ends(1, &["apply", "--plan", "nowhere.json", "--yes"]);
    home.ends(0, &["apply", "--plan", &plan, "--yes"]);
}

#[test]
fn what_a_tired_person_did_is_refused_in_words() {
    let home = Home::new();
    let role = |rule: &str| {
        format!(
            "version: 1\nroles:\n  - name: r\n    type: FULL_ACCESS\n    rules:\n      - {{name: a, effect: ALLOW{rule}}}\n"
        )
    };
    let cases: [(i32, String, &[&str], &[&str]); 4] = [
        (2, role(""), &[], &["a rule says about no one", "this rule has no targets", "`everyone: true`"]),
        (2, role(", user: [alice]"), &[], &["unknown key user", "did you mean users?"]),
        (
            5,
            role(", groups: [support]").replace("version: 1", "version: 1\nprotected_users: [carol]"),
            &[],
            &[
                "r would reach carol@example.com",
                "through the group oncall@example.com, in support@example.com",
            ],
        ),
        (5, "version: 1\nroles: []\n".into(), &["--prune"], &["3 roles would be deleted", "--max-deletes 3"]),
    ];
    for (code, yaml, flags, parts) in cases {
        let file = home.write("r.yaml", &yaml);
        for command in [&["diff", &file][..], &["apply", &file, "--yes"]] {
            let output = home.run(&[command, flags].concat());
            assert_eq!(output.status.code(), Some(code), "{}", both(&output));
            for part in parts {
                assert!(both(&output).contains(part), "{part}\n{}", both(&output));
            }
        }
    }
    assert_eq!(home.json(0, &["list", "-o", "json"])["roles"].as_array().unwrap().len(), 3);
}

#[test]
fn what_does_not_fit_says_how_many_rules_it_would_take() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--users", "150", "--roles", "1"]);
    let text = "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, groups: [team01, team02, team03]}\n";
    let file = home.write("r.yaml", text);
    let error = home.stderr(2, &["apply", &file, "--yes"]);
    assert!(error.contains("would take 15 rules of the service, which takes 10"), "{error}");
}

#[test]
fn each_guard_is_lifted_by_its_flag() {
    let home = Home::new();
    let text = TRIAGE.replace("READ_ONLY", "FULL_ACCESS");
    let file = home.write("roles.yaml", &text);
    let refused = home.run(&["apply", &file, "--yes"]);
    assert_eq!(refused.status.code(), Some(5));
    assert!(both(&refused).contains("--allow-escalation"), "{}", both(&refused));
    assert!(both(&refused).contains("carol@example.com becomes reachable"), "{}", both(&refused));
    let json = home.json(5, &["diff", &file, "--max-gained", "0", "-o", "json"]);
    assert_eq!(json["refused"].as_array().unwrap().len(), 2);
    assert_eq!(json["access"]["escalated"].as_array().unwrap().len(), 2);
    let refused = home.json(5, &["apply", &file, "--yes", "--max-gained", "0", "-o", "json"]);
    assert_eq!(refused["changes"][0]["outcome"], "not_attempted");
    home.ends(5, &["apply", &file, "--yes", "--allow-escalation", "--max-gained", "0"]);
    home.ends(0, &["apply", &file, "--yes", "--allow-escalation", "--max-gained", "1"]);
}

/// Definitions of two organizations, and of one that is not there.
fn three(home: &Home) -> String {
    home.ends(0, &["sandbox", "init", "--organizations", "2"]);
    std::fs::create_dir_all(home.path("roles/sub")).unwrap();
    home.write("roles/a.yaml", TRIAGE);
    home.write("roles/b.yaml", &TRIAGE.replace("acme", "nowhere"));
    home.write("roles/sub/c.yaml", &TRIAGE.replace("acme", "m-ac3e0000000000000000000000000002"));
    home.write("roles/sub/d.yaml", "version: 1\norganization: globex\nroles: []\n");
    home.path("roles").to_string_lossy().into_owned()
}

#[test]
fn an_organization_that_fails_does_not_stop_the_others() {
    let home = Home::new();
    let roles = three(&home);
    let diff = home.json(1, &["diff", &roles, "-o", "json"]);
    let organizations = diff["organizations"].as_array().unwrap();
    let names: Vec<_> = organizations.iter().map(|one| one["organization"]["alias"].clone()).collect();
    assert_eq!(names, ["acme", "nowhere", "globex"]);
    assert!(organizations[1]["error"].as_str().unwrap().contains("nowhere"));
    assert_eq!(organizations[2]["changes"][0]["role"]["name"], "Ticket triage");
    let report = home.json(4, &["apply", &roles, "--yes", "-o", "json"]);
    for number in [0, 2] {
        assert_eq!(report["organizations"][number]["changes"][0]["outcome"], "done");
    }
    home.ends(0, &["--org", "globex", "test", "Ticket triage", "carol"]);
    std::fs::remove_file(home.path("roles/b.yaml")).unwrap();
    home.ends(0, &["diff", "--exit-code", &roles]);
}

#[test]
fn two_spellings_of_an_organization_are_one() {
    let home = Home::new();
    let a = home.write("a.yaml", TRIAGE);
    let b = home.write("b.yaml", &TRIAGE.replace("acme", "m-ac3e0000000000000000000000000001"));
    for command in [&["diff", &a, &b][..], &["test", "-f", &a, &b], &["test", "--offline", "-f", &a, &b]] {
        let error = home.stderr(2, command);
        assert!(error.contains("the role Ticket triage is declared twice"), "{error}");
        assert!(error.contains("a.yaml:4:") && error.contains("b.yaml:4:"), "{error}");
    }
}

#[test]
fn expectations_are_asked_of_the_service_or_of_the_definitions() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let now = home.json(3, &["test", "-f", &file, "-o", "json"]);
    assert_eq!(now["summary"], serde_json::json!({ "passed": 2, "failed": 1 }));
    let carol = &now["results"][1];
    assert_eq!(
        (&carol["expected"], &carol["effect"], &carol["passed"]),
        (&"ALLOW".into(), &"DENY".into(), &false.into())
    );
    assert_eq!((&carol["source"], &carol["location"]["line"]), (&"service".into(), &9.into()));
    assert_eq!(
        home.json(0, &["test", "-f", &file, "--offline", "-o", "json"])["results"][1]["source"],
        "offline"
    );
    let annotations = home.ends(3, &["test", "-f", &file, "-o", "github"]);
    assert_eq!(annotations.lines().count(), 1);
    assert!(annotations.starts_with(&format!("::error file={file},line=9,col=22,")), "{annotations}");
    let report = home.ends(3, &["test", "-f", &file, "-o", "junit"]);
    for part in ["tests=\"3\"", "failures=\"1\"", "expected ALLOW, got DENY: no rule"] {
        assert!(report.contains(part), "{part}\n{report}");
    }
    home.ends(0, &["apply", &file, "--yes"]);
    assert!(home.ends(0, &["test", "-f", &file]).contains("support"));
    let none = home.write("none.yaml", TRIAGE.split("    expect").next().unwrap());
    assert!(home.stderr(2, &["test", "-f", &none]).contains("there is no expectation"));
    let typo = home.write("typo.yaml", &TRIAGE.replace("deny: [ceo]", "deny: [ceoo]"));
    assert!(home.stderr(2, &["test", "-f", &typo]).contains("did you mean ceo"));
}

#[test]
fn a_snapshot_stands_in_for_the_network() {
    let home = Home::new();
    let snapshot = home.path("directory.json").to_string_lossy().into_owned();
    home.ends(0, &["export", "--snapshot", &snapshot]);
    let text = std::fs::read_to_string(&snapshot).unwrap();
    assert!(text.contains("alice@example.com") && text.contains("oncall@example.com"));
    let validate = |code: i32, yaml: &str| {
        let file = home.write("roles.yaml", yaml);
        // No sandbox, no Region, no credentials
        let mut command = home.command(&["validate", &file, "--snapshot", &snapshot]);
        let output = command.env_remove("WMROLE_SANDBOX").ends();
        assert_eq!(output.status.code(), Some(code), "{}", both(&output));
        both(&output)
    };
    assert!(validate(0, TRIAGE).contains("valid: 1 role in 1 file"));
    validate(3, &TRIAGE.replace("deny: [ceo]", "deny: [bob]"));
    let wrong = validate(2, &TRIAGE.replace("bob, carol", "bbo, carol"));
    assert!(wrong.contains("did you mean bob"), "{wrong}");
    let refused = validate(5, &TRIAGE.replace("roles:", "protected_users: [bob]\nroles:"));
    assert!(refused.contains("would reach bob@example.com"), "{refused}");
    validate(2, &TRIAGE.replace("acme", "globex"));
    // Whom live roles name though the directory has lost them may stay
    validate(2, &TRIAGE.replace("bob, carol", "bob, carol, 10000001-0000-4000-8000-000000000098"));
    validate(0, &TRIAGE.replace("bob, carol", "bob, carol, 10000001-0000-4000-8000-000000000099"));
}

#[test]
fn validate_finds_a_protected_user_without_any_directory() {
    let home = Home::new();
    let protected = TRIAGE.replace("roles:", "protected_users: [bob]\nroles:");
    let file = home.write("roles.yaml", &protected);
    assert!(home.stderr(5, &["validate", &file]).contains("would reach bob"));
    let denied =
        protected.replace("    expect", "      - {name: no, effect: DENY, users: [bob]}\n    expect");
    let file = home.write("denied.yaml", &denied);
    home.ends(0, &["validate", &file]);
}

#[test]
fn access_is_told_both_ways_round() {
    let home = Home::new();
    let all = home.json(0, &["access", "-o", "json"]);
    let migration =
        all["roles"].as_array().unwrap().iter().find(|r| r["role"]["name"] == "Migration").unwrap();
    assert_eq!(migration["open"], true);
    assert_eq!(migration["reach"].as_array().unwrap().len(), 10);
    assert_eq!(migration["reach"][0]["rules"][0]["name"], "everyone");
    let alice = home.json(0, &["access", "--user", "alice", "-o", "json"]);
    let names: Vec<_> = alice["roles"].as_array().unwrap().iter().map(|r| &r["role"]["name"]).collect();
    assert_eq!(names, ["Migration", "Ticket triage"]);
    for role in alice["roles"].as_array().unwrap() {
        assert_eq!(role["reach"].as_array().unwrap().len(), 1);
    }
    let csv = home.ends(0, &["access", "--role", "Ticket triage", "-o", "csv"]);
    assert_eq!(csv.lines().next(), Some("role_id,role,type,open,user_id,email,user,rules"));
    assert_eq!(csv.lines().count(), 3);
    let table = home.ends(0, &["access", "--user", "alice", "bob"]);
    assert!(table.starts_with("USER"), "{table}");
    assert!(home.ends(0, &["access", "-o", "markdown"]).starts_with("| ROLE | USER |"));
    // Who has no mailbox is reached by nobody; who is not there is an error
    assert_eq!(
        home.json(0, &["access", "--user", "mallory", "-o", "json"])["roles"].as_array().unwrap().len(),
        0
    );
    home.ends(1, &["access", "--user", "nobody"]);
    home.ends(1, &["access", "--role", "Nothing"]);
}

#[test]
fn a_pull_request_reads_the_plan() {
    let home = Home::new();
    let file = home.write("roles.yaml", TRIAGE);
    let comment = home.ends(0, &["diff", &file, "-o", "markdown"]);
    for part in [
        "### acme: 0 to create, 1 to update",
        "**Access: 1 gained, 0 lost, 0 escalated**",
        "\n+ carol@example.com becomes reachable with READ_ONLY\n",
        "<details><summary>update <b>Ticket triage</b></summary>",
    ] {
        assert!(comment.contains(part), "{part}\n{comment}");
    }
    let annotations = home.ends(0, &["diff", &file, "-o", "github"]);
    assert!(
        annotations
            .starts_with(&format!("::warning file={file},line=4,col=11,title=update Ticket triage::+ carol")),
        "{annotations}"
    );
    let report = home.ends(0, &["apply", &file, "--yes", "-o", "markdown"]);
    assert!(report.contains("<b>Ticket triage</b>: done"), "{report}");
    let wrong = home.write("wrong.yaml", "version: 1\nrole: []\n");
    assert!(home.ends(2, &["validate", &wrong, "-o", "github"]).starts_with("::error file="));
}

#[test]
fn a_format_that_a_command_does_not_have_is_refused() {
    let home = Home::new();
    let error = home.stderr(2, &["list", "-o", "junit"]);
    assert!(error.contains("no junit output; it has table, json, yaml"), "{error}");
}

/// The command of a hint that begins so, as a shell would run it.
fn hinted(stderr: &str, what: &str) -> String {
    let line = stderr.lines().find_map(|line| line.strip_prefix(&format!("hint: {what}: ")));
    line.unwrap_or_else(|| panic!("no hint {what:?} in\n{stderr}")).to_owned()
}

#[test]
fn the_printed_command_undoes_each_kind_of_change() {
    let home = Home::new();
    let shell = |command: &str| {
        let script = format!("wmrole() {{ \"{}\" \"$@\" --yes; }}\n{command}", env!("CARGO_BIN_EXE_wmrole"));
        let mut sh = home.command(&[]);
        let mut plain = Command::new("sh");
        plain.args(["-ec", &script]).env_clear().stdin(Stdio::null());
        plain.envs(sh.env("COLUMNS", "100").get_envs().filter_map(|(key, value)| Some((key, value?))));
        let output = plain.ends();
        assert_eq!(output.status.code(), Some(0), "{command}\n{}", both(&output));
        both(&output)
    };
    let back = "bring back what was there with";
    let before = home.ends(0, &["export"]);
    // edit: in place
    let told = home.stderr(0, &["edit", "Migration", "--type", "read-only", "--name", "Moved", "--yes"]);
    assert!(hinted(&told, back).ends_with("--allow-escalation"), "{told}");
    shell(&hinted(&told, back));
    assert_eq!(home.ends(0, &["export"]), before);
    // create
    let told = home.stderr(0, &["create", "New", "--type", "read-only", "--allow", "bob", "--yes"]);
    shell(&hinted(&told, "take New away again with"));
    assert_eq!(home.ends(0, &["export"]), before);
    // delete: the role comes back, its id does not, and what named it is said
    let put = |name: &str| {
        served_call(
            &home,
            "PutAccessControlRule",
            &format!(
                r#"{{"OrganizationId":"m-ac3e0000000000000000000000000001","Name":"{name}","Effect":"ALLOW","Description":"d","Actions":["EWS"],"ImpersonationRoleIds":["30000001-0000-4000-8000-000000000001"]}}"#
            ),
        );
    };
    put("from-the-office");
    let told = home.run(&["delete", "Ticket triage", "--yes"]);
    assert!(both(&told).contains("access control rules that name it: from-the-office"), "{}", both(&told));
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("the access control rules from-the-office and IAM policies that name"), "{told}");
    let again = shell(&hinted(&told, back));
    for part in ["the id cannot be kept", "put the new id into these access control rules: from-the-office"] {
        assert!(again.contains(part), "{part}\n{again}");
    }
    assert_eq!(home.ends(0, &["export"]), before);
}

/// Makes one call to a server on the home's sandbox, as any client would.
fn served_call(home: &Home, operation: &str, body: &str) {
    use std::io::{Read as _, Write as _};
    let served = Served::start(home, &[]);
    let address = served.1.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {address}\r\nX-Amz-Target: WorkMailService.{operation}\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn no_user_is_looked_up_twice() {
    let home = Home::new();
    home.ends(0, &["sandbox", "init", "--organizations", "2", "--users", "60", "--roles", "8"]);
    std::fs::create_dir(home.path("roles")).unwrap();
    for organization in ["acme", "globex"] {
        let yaml = home.ends(0, &["--org", organization, "export"]);
        home.write(&format!("roles/{organization}.yaml"), &yaml.replace("READ_ONLY", "FULL_ACCESS"));
    }
    let roles = home.path("roles").to_string_lossy().into_owned();
    for args in [
        &["diff", &roles][..],
        &["access", "--org", "acme"],
        &["access", "--org", "acme", "--user", "user0001", "user0002"],
        &["test", "--org", "acme", "Role 01", "user0001", "user0002"],
    ] {
        let mut served = Served::start_telling(&home);
        let output = served.client(&home, args).ends();
        assert!(matches!(output.status.code(), Some(0 | 3 | 5)), "{}", both(&output));
        let told = served.ends();
        assert!(told.contains(" 0 asked before"), "{args:?}\n{told}");
    }
}
