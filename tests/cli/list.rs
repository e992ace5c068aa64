//! What is live: roles and access.

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
}

#[test]
fn a_row_of_a_table_is_a_line() {
    let home = Home::new();
    let mut command = home.command(&["list"]);
    let output = command.env("COLUMNS", "40").output_within_limit();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 4);
}

#[test]
fn access_is_by_role_and_by_user() {
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
    let roles = home.arg("roles");
    for args in [
        &["diff", &roles][..],
        &["access", "--org", "acme"],
        &["access", "--org", "acme", "--user", "user0001", "user0002"],
        &["test", "--org", "acme", "Role 01", "user0001", "user0002"],
    ] {
        let mut served = Served::start_verbose(&home, &[]);
        let output = served.client(&home, args).output_within_limit();
        assert!(matches!(output.status.code(), Some(0 | 3 | 5)), "{}", printed(&output));
        // The last line of the log: "12 calls, …, 0 asked before"
        let log = served.stop();
        let repeated = log.trim_end().strip_suffix(" asked before").and_then(|log| log.rsplit(' ').next());
        assert_eq!(repeated, Some("0"), "{args:?}\n{log}");
    }
}

#[test]
fn users_are_read_beside_the_roles() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    for command in ["list", "access", "export"] {
        // Whoever reads one after the other never comes to the users
        let mut served = Served::start_verbose(&home, &["--fault", "deny:GetImpersonationRole"]);
        let output = served.client(&home, &[command]).output_within_limit();
        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        let log = served.stop();
        assert!(log.lines().any(|line| line.trim() == "1 ListUsers"), "{command}\n{log}");
    }
}
