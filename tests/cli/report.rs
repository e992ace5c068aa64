//! `report`: the page and the data, where they go, and what stands there where something could not be read.
//! `tests/report.py` opens the page in a browser.

use std::os::unix::fs::MetadataExt as _;

use serde_json::{Value, json};

use super::harness::*;

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path(name)).unwrap()
}

#[test]
fn the_data_is_that_of_the_other_commands() {
    let home = Home::new();
    let accepted = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/screens/files/accepted.yaml");
    let report = home.json(0, &["report", "-", "-o", "json", "-f", accepted]);
    let audit = home.json(0, &["audit", "-o", "json", "-f", accepted, "--show-accepted"]);
    for key in ["organization", "not_checked", "diagnostics"] {
        assert_eq!(report[key], audit[key], "{key}");
    }
    // `audit` does not ask CloudTrail by itself
    for key in ["findings", "accepted"] {
        let mut found = report[key].as_array().unwrap().clone();
        found.retain(|finding| finding["code"] != "unused-role");
        for finding in &mut found {
            let lines = finding["evidence"].as_array_mut().unwrap();
            let all = lines.len();
            lines.retain(|line| !line.as_str().unwrap().contains("(CloudTrail"));
            assert_eq!(all - lines.len(), if finding["role"].is_null() { 0 } else { 2 });
        }
        assert_eq!(json!(found), audit[key], "{key}");
    }
    let mut summary = audit["summary"].clone();
    summary["low"] = json!(summary["low"].as_u64().unwrap() + 3);
    assert_eq!(report["summary"], summary);
    assert_eq!(report["accepted"].as_array().unwrap().len(), 3);
    assert_eq!(report["access"], home.json(0, &["access", "-o", "json"])["roles"]);
    let mut roles = home.json(0, &["list", "-o", "json"])["roles"].clone();
    for (role, open) in roles.as_array_mut().unwrap().iter_mut().zip([false, true, false]) {
        let more = [("open", json!(open)), ("last_assumed", Value::Null), ("last_changed", Value::Null)];
        role.as_object_mut().unwrap().extend(more.map(|(key, value)| (key.to_owned(), value)));
    }
    assert_eq!(report["roles"], roles);
    assert_eq!(report["mailboxes"], 11);
    assert_eq!(report["principal"], "arn:aws:iam::111122223333:user/sandbox");
    assert_eq!(report["wmrole"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["command"], format!("wmrole report - -o json -f {accepted}"));
    assert_eq!(report["cloudtrail"]["complete"], true);
    assert_eq!(report["cloudtrail_not_checked"], Value::Null);
    let file = home.arg("report.json");
    assert_eq!(home.stdout(0, &["report", &file, "-o", "json"]), "");
    assert_eq!(read_json(&file)["roles"], roles);
}

#[test]
fn a_file_is_the_users_own_and_never_lost() {
    let home = Home::new();
    let file = home.arg("report.html");
    home.exits_with(0, &["report", &file]);
    let page = read(&home, "report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    home.write("report.html", "theirs");
    let stderr = home.stderr(5, &["report", &file]);
    assert!(stderr.contains("exists, and was not overwritten") && stderr.contains("--force"), "{stderr}");
    assert_eq!(read(&home, "report.html"), "theirs");
    home.exits_with(0, &["report", &file, "--force"]);
    assert!(read(&home, "report.html").starts_with("<!DOCTYPE html>"));
    assert!(home.stdout(0, &["report", "-"]).starts_with("<!DOCTYPE html>"));
}

/// With this fault, the page and the data.
fn with_fault(home: &Home, fault: &str) -> (String, Value) {
    home.exits_with(0, &["list"]);
    let served = Served::start(home, &["--fault", fault]);
    let run = |args: &[&str]| {
        let output = served.client(home, args).output_within_limit();
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        output
    };
    let page = String::from_utf8(run(&["report", "-"]).stdout).unwrap();
    (page, json(&run(&["report", "-", "-o", "json"])))
}

#[test]
fn what_could_not_be_read_is_said_and_never_none() {
    let home = Home::new();
    let (page, data) = with_fault(&home, "deny:ListMailboxPermissions");
    let unread = data["not_checked"].as_array().unwrap();
    assert_eq!(unread.len(), 12, "{unread:?}");
    let (_, not_checked) = page.split_once("What was not checked").unwrap();
    assert!(not_checked.contains("Permissions on 12 mailboxes: "), "{not_checked}");
    for name in ["alice@example.com", "judy@example.com", "boardroom@example.com"] {
        assert!(not_checked.contains(name), "{name}");
    }
    // Nobody knows of a server elsewhere who asks it
    assert_eq!(data["principal"], Value::Null);
    assert!(data["principal_not_read"].is_string() && page.contains("<dd>not known: "), "{data}");
    let (page, data) = with_fault(&home, "deny:DescribeOrganization");
    assert_eq!(data["organization"]["account"], Value::Null);
    assert!(page.contains("<dt>AWS account</dt><dd>could not be read</dd>"));
}

#[test]
fn a_read_that_fails_writes_no_page() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    for fault in ["deny:GetImpersonationRole", "deny:ListUsers", "deny:ListGroupMembers"] {
        let served = Served::start(&home, &["--fault", fault]);
        let output = served.client(&home, &["report", &home.arg("report.html")]).output_within_limit();
        assert_eq!(output.status.code(), Some(1), "{fault}\n{}", printed(&output));
        assert!(!home.path("report.html").exists());
    }
}

#[test]
fn dates_and_roles_without_rules_are_told_apart() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        let roles = organization["roles"].as_array_mut().unwrap();
        let mut expired = roles[1].clone();
        expired["id"] = json!("30000001-0000-4000-8000-000000000009");
        expired["name"] = json!("Past");
        expired["description"] = json!("Copies\nExpires: 2026-01-31");
        let mut empty = expired.clone();
        empty["id"] = json!("30000001-0000-4000-8000-000000000010");
        empty["name"] = json!("Empty");
        empty["rules"] = json!([]);
        roles.extend([expired, empty]);
    });
    let page = home.stdout(0, &["report", "-"]);
    assert!(page.contains("<strong>EXPIRED 2026-01-31, and access is still open</strong>"), "{page}");
    assert!(page.contains("No rules: the role reaches nobody."));
}
