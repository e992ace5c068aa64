//! `audit --leaving`: every door is found, and when all are shut that is the proof.

use serde_json::{Value, json};

use super::harness::*;

const PROOF: [&str; 6] = ["audit", "--leaving", "--fail-on", "low", "-o", "json"];
const PRINCIPAL: &str = "arn:aws:iam::111122223333:user/sandbox";

fn codes(document: &Value) -> Vec<&str> {
    document["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

/// A sandbox with every door open.
fn open() -> Home {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--doors"]);
    home
}

/// What each door is in the state, beside roles.
const DOORS: [(&str, &str); 5] = [
    ("migration_admin", "migration-admin"),
    ("mailbox_permissions", "full-access-grantee"),
    ("personal_access_tokens", "personal-access-token"),
    ("export_jobs", "export-job"),
    ("access_control_rules", "dangling-access-rule"),
];

/// Everything shut, but for one door.
fn shut_but(door: Option<&str>) -> Home {
    let home = open();
    if door != Some("roles") {
        home.exits_with(0, &["delete", "Legacy backup", "Migration", "Ticket triage", "--yes"]);
    }
    change_state(&home, |organization| {
        for (key, _) in DOORS.iter().filter(|(key, _)| Some(*key) != door) {
            let list = organization[key].as_array().cloned().unwrap_or_default();
            organization[key] = match *key {
                "migration_admin" => Value::Null,
                // The default rule stays
                "access_control_rules" => json!([list[0]]),
                _ => json!([]),
            };
        }
    });
    home
}

#[test]
fn all_doors_are_found_and_those_of_the_plain_audit_stay() {
    let home = open();
    let document = home.json(3, &PROOF);
    let found = codes(&document);
    for (_, code) in DOORS {
        assert!(found.contains(&code), "{code}: {found:?}");
    }
    assert_eq!(found[..2], ["migration-admin", "role-left"]);
    let plain = home.json(0, &["audit", "-o", "json"]);
    assert!(codes(&plain).iter().all(|code| found.contains(code)), "{plain}");
    assert!(plain.get("read_at").is_none() && plain.get("cannot_see").is_none());
}

#[test]
fn shut_doors_are_the_proof_and_each_that_is_left_open_is_found() {
    let home = shut_but(None);
    let document = home.json(0, &PROOF);
    assert_eq!((codes(&document), &document["all_shut"]), (vec![], &json!(true)));
    let text = home.stdout(0, &["audit", "--leaving", "--fail-on", "low"]);
    assert!(text.contains("Nothing was found that leaves a mailbox open.\nRead at "), "{text}");
    assert!(text.contains("Check them by hand") && text.contains("read again after 20 minutes"), "{text}");
    for (door, code) in DOORS {
        let document = shut_but(Some(door)).json(3, &PROOF);
        assert!(codes(&document).contains(&code), "{door}: {document}");
        assert_eq!(document["all_shut"], false);
    }
    assert!(codes(&shut_but(Some("roles")).json(3, &PROOF)).contains(&"role-left"));
}

#[test]
fn an_account_that_is_accepted_is_no_door_until_it_has_one_more_mailbox() {
    let home = shut_but(Some("mailbox_permissions"));
    change_state(&home, |organization| {
        let all = organization["mailbox_permissions"].as_array_mut().unwrap();
        all.retain(|one| one["grantee"]["user"].as_str().is_some_and(|id| id.ends_with("08")));
    });
    let file = home.write(
        "leaving.yaml",
        "version: 1\naccepted:\n  - {code: full-access-grantee, account: grace@example.com, mailboxes: [ceo@example.com], \
         reason: the assistant}\nroles: []\n",
    );
    let with = [&PROOF[..], &["-f", &file]].concat();
    let document = home.json(0, &with);
    assert_eq!((&document["all_shut"], &document["summary"]["accepted"]), (&json!(true), &json!(1)));
    change_state(&home, |organization| {
        let all = organization["mailbox_permissions"].as_array_mut().unwrap();
        let mut one = all[0].clone();
        one["mailbox"] = "10000001-0000-4000-8000-000000000001".into();
        all.push(one);
    });
    let document = home.json(3, &with);
    let finding = &document["findings"][0];
    assert_eq!(finding["account"]["user"]["email"], "grace@example.com");
    assert_eq!(finding["mailboxes"].as_array().unwrap().len(), 2);
    assert!(finding["evidence"].to_string().contains("but not for alice@example.com"), "{finding}");
}

#[test]
fn what_cannot_be_read_is_no_proof() {
    for (operation, code) in [
        ("ListPersonalAccessTokens", "personal-access-token"),
        ("DescribeIdentityProviderConfiguration", "personal-access-token"),
        ("ListMailboxExportJobs", "export-job"),
        ("DescribeOrganization", "migration-admin"),
        ("ListMailboxPermissions", "full-access-grantee"),
        ("ListAccessControlRules", "dangling-access-rule"),
    ] {
        let home = shut_but(None);
        let server = Served::start(&home, &["--fault", &format!("deny:{operation}:99")]);
        let document = json(&server.client(&home, &PROOF).output_within_limit());
        let unread = document["not_checked"].as_array().unwrap();
        assert!(unread.iter().any(|one| one["code"] == code), "{operation}: {document}");
        assert_eq!(document["all_shut"], false, "{operation}");
        let output = server.client(&home, &PROOF).output_within_limit();
        assert_eq!(output.status.code(), Some(1), "{operation}");
    }
}

#[test]
fn it_says_when_and_as_whom_it_was_read() {
    let home = shut_but(None);
    let document = home.json(0, &PROOF);
    assert_eq!(
        (&document["principal"], &document["wmrole"]),
        (&json!(PRINCIPAL), &json!(env!("CARGO_PKG_VERSION")))
    );
    assert!(document["read_at"].is_string() && document["read_again_after"].is_string());
    assert!(document.get("principal_not_read").is_none());
    // Another service than AWS: its STS is not known, unless the environment says where it is
    let server = Served::start(&home, &[]);
    let document = json(&server.client(&home, &PROOF).output_within_limit());
    assert_eq!(document["principal"], Value::Null);
    assert!(document["principal_not_read"].as_str().unwrap().contains("AWS_ENDPOINT_URL_STS"), "{document}");
    let mut client = server.client(&home, &PROOF);
    let document = json(&client.env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1").output_within_limit());
    assert_eq!(document["principal_not_read"], "GetCallerIdentity: it cannot be reached");
}

#[test]
fn all_organizations_are_read_and_definitions_are_for_theirs() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--doors", "--organizations", "2"]);
    let all = ["audit", "--leaving", "--all-organizations", "-o", "json"];
    let document = home.json(0, &all);
    assert_eq!(document["regions"], json!([{"region": "us-east-1", "skipped": [], "error": null}]));
    let organizations = document["organizations"].as_array().unwrap();
    let aliases: Vec<_> =
        organizations.iter().map(|one| one["organization"]["alias"].as_str().unwrap()).collect();
    assert_eq!(aliases, ["acme", "globex"]);
    for one in organizations {
        assert_eq!(one["principal"], PRINCIPAL);
        let remedies: Vec<_> =
            one["findings"].as_array().unwrap().iter().map(|one| one["remedy"].as_str().unwrap()).collect();
        let id = one["organization"]["id"].as_str().unwrap();
        let delete = format!("`wmrole --region us-east-1 --organization {id} delete Migration`");
        assert!(remedies.contains(&delete.as_str()), "{remedies:?}");
    }
    let of = |alias: &str| {
        format!(
            "version: 1\norganization: {alias}\naccepted:\n  - {{code: role-left, role: Migration, reason: \
             {alias}}}\nroles: []\n"
        )
    };
    let (acme, globex) = (home.write("acme.yaml", &of("acme")), home.write("globex.yaml", &of("globex")));
    for args in [&all[..], &["audit", "--leaving", "-o", "json"]] {
        let args = [args, &["--show-accepted", "-f", &acme, &globex]].concat();
        let document = home.json(0, &args);
        for one in document["organizations"].as_array().unwrap() {
            assert_eq!(one["accepted"][0]["reason"], one["organization"]["alias"], "{document}");
        }
    }
    let elsewhere = home.write("elsewhere.yaml", &of("hooli"));
    let said = home.stderr(2, &["audit", "--all-organizations", "-f", &elsewhere]);
    assert!(said.contains("hooli, which was not found"), "{said}");
    let said = home.stderr(2, &["audit", "--all-organizations", "--organization", "acme"]);
    assert!(said.contains("cannot be used together"), "{said}");
    home.exits_with(2, &["audit", "--all-organizations", "-o", "mermaid"]);
    for format in ["table", "markdown", "sarif", "yaml"] {
        let text = home.stdout(0, &["audit", "--leaving", "--all-organizations", "-o", format]);
        assert!(
            text.contains("globex") || text.contains("m-ac3e0000000000000000000000000002"),
            "{format}: {text}"
        );
    }
}

#[test]
fn an_organization_that_cannot_be_read_stands_beside_the_others() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    // Each organization asks once
    let server = Served::start(&home, &["--fault", "deny:ListGroups:1"]);
    let args = ["audit", "--all-organizations", "-o", "json"];
    let output = server.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let document = json(&output);
    assert!(
        document["organizations"][0]["error"].as_str().unwrap().contains("workmail:ListGroups"),
        "{document}"
    );
    assert!(document["organizations"][1]["findings"].is_array(), "{document}");
}

#[test]
fn doctor_names_the_principal_to_people_alone() {
    let home = Home::new();
    let server = Served::start(&home, &[]);
    let sts = |args: &[&str]| {
        let mut client = server.client(&home, args);
        printed(&client.env("AWS_ENDPOINT_URL_STS", &server.url).output_within_limit())
    };
    let principal = "arn:aws:iam::111122223333:user/AKIDEXAMPLE";
    assert!(sts(&["doctor"]).contains(principal));
    assert!(!sts(&["doctor", "-o", "json"]).contains(principal));
}
