//! What is live: roles, access, and who is meant by a name.

use super::harness::*;

#[test]
fn list_and_show_have_the_documented_shape() {
    let home = Home::new();
    let list = home.json(0, &["list", "-o", "json"]);
    assert_eq!(list["version"], 1);
    assert_eq!(list["organization"]["alias"], "acme");
    let names: Vec<_> =
        list["roles"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Legacy backup", "Migration", "Ticket triage"]);
    let show = home.json(0, &["show", "Migration", "-o", "json"]);
    let rules = show["role"]["rules"].as_array().unwrap();
    let everyone = rules.iter().find(|rule| rule["effect"] == "ALLOW").unwrap();
    assert_eq!(everyone["everyone"], true);
    assert!(everyone.get("users").is_none());
    let deny = rules.iter().find(|rule| rule["effect"] == "DENY").unwrap();
    assert_eq!(deny["users"][0]["email"], "ceo@example.com");
    let table = home.stdout(0, &["ls"]);
    assert!(table.starts_with("NAME"), "{table}");
    assert!(home.stdout(0, &["show", "Migration"]).contains("everyone but 1"));
}

#[test]
fn a_row_of_a_table_is_a_line() {
    let home = Home::new();
    let mut command = home.command(&["list"]);
    let output = command.env("COLUMNS", "40").output_within_limit();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 4);
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
    let csv = home.stdout(0, &["access", "--role", "Ticket triage", "-o", "csv"]);
    assert_eq!(csv.lines().next(), Some("role_id,role,type,open,user_id,email,user,rules"));
    assert_eq!(csv.lines().count(), 3);
    let table = home.stdout(0, &["access", "--user", "alice", "bob"]);
    assert!(table.starts_with("USER"), "{table}");
    assert!(home.stdout(0, &["access", "-o", "markdown"]).starts_with("| ROLE | USER |"));
    // Who has no mailbox is reached by nobody; who is not there is an error
    assert_eq!(
        home.json(0, &["access", "--user", "mallory", "-o", "json"])["roles"].as_array().unwrap().len(),
        0
    );
    home.exits_with(1, &["access", "--user", "nobody"]);
    home.exits_with(1, &["access", "--role", "Nothing"]);
}

#[test]
fn no_user_is_looked_up_twice() {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--organizations", "2", "--users", "60", "--roles", "8"]);
    std::fs::create_dir(home.path("roles")).unwrap();
    for organization in ["acme", "globex"] {
        let yaml = home.stdout(0, &["--org", organization, "export"]);
        home.write(&format!("roles/{organization}.yaml"), &yaml.replace("READ_ONLY", "FULL_ACCESS"));
    }
    let roles = home.path("roles").to_string_lossy().into_owned();
    for args in [
        &["diff", &roles][..],
        &["access", "--org", "acme"],
        &["access", "--org", "acme", "--user", "user0001", "user0002"],
        &["test", "--org", "acme", "Role 01", "user0001", "user0002"],
    ] {
        let mut served = Served::start_verbose(&home);
        let output = served.client(&home, args).output_within_limit();
        assert!(matches!(output.status.code(), Some(0 | 3 | 5)), "{}", printed(&output));
        let told = served.stop();
        assert!(told.contains(" 0 asked before"), "{args:?}\n{told}");
    }
}

#[test]
fn a_suggestion_is_about_the_person_and_not_the_domain() {
    let home = Home::new();
    let error = home.stderr(1, &["test", "Migration", "qqqqqq@example.com"]);
    assert!(!error.contains("did you mean"), "{error}");
    assert!(
        home.stderr(1, &["test", "Migration", "hedi@example.com"])
            .contains("did you mean heidi@example.com?")
    );
    let create = ["create", "g", "--type", "read-only", "--allow", "support@example.com", "--yes"];
    assert!(home.stderr(1, &create).contains("--allow-group"));
}
