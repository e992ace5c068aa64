//! Definitions of several organizations in one call.

use super::definitions::TRIAGE;
use super::harness::*;

/// Definitions of two organizations, and of one that is not there.
fn three_organizations(home: &Home) -> String {
    home.exits_with(0, &["sandbox", "init", "--organizations", "2"]);
    std::fs::create_dir_all(home.path("roles/sub")).unwrap();
    home.write("roles/a.yaml", TRIAGE);
    home.write("roles/b.yaml", &TRIAGE.replace("acme", "nowhere"));
    home.write("roles/sub/c.yaml", &TRIAGE.replace("acme", "m-ac3e0000000000000000000000000002"));
    home.write("roles/sub/d.yaml", "version: 1\norganization: globex\nroles: []\n");
    home.arg("roles")
}

#[test]
fn an_organization_that_fails_does_not_stop_the_others() {
    let home = Home::new();
    let roles = three_organizations(&home);
    let diff = home.json(1, &["diff", &roles, "-o", "json"]);
    let organizations = diff["organizations"].as_array().unwrap();
    let names: Vec<_> = organizations.iter().map(|one| one["organization"]["alias"].clone()).collect();
    assert_eq!(names, ["acme", "nowhere", "globex"]);
    let failed: Vec<_> = organizations.iter().map(|one| one["error"].is_string()).collect();
    assert_eq!(failed, [false, true, false]);
    assert_eq!(organizations[2]["changes"][0]["role"]["name"], "Ticket triage");
    let report = home.json(4, &["apply", &roles, "--yes", "-o", "json"]);
    for number in [0, 2] {
        assert_eq!(report["organizations"][number]["changes"][0]["outcome"], "done");
    }
    home.exits_with(0, &["--org", "globex", "test", "Ticket triage", "carol"]);
    std::fs::remove_file(home.path("roles/b.yaml")).unwrap();
    home.exits_with(0, &["diff", "--exit-code", &roles]);
}

#[test]
fn an_alias_and_an_id_are_the_same_organization() {
    let home = Home::new();
    let a = home.write("a.yaml", TRIAGE);
    let b = home.write("b.yaml", &TRIAGE.replace("acme", "m-ac3e0000000000000000000000000001"));
    for command in [&["diff", &a, &b][..], &["test", "-f", &a, &b], &["test", "--offline", "-f", &a, &b]] {
        let document = home.json(2, &[command, &["-o", "json"]].concat());
        let diagnostics = document["diagnostics"].as_array().unwrap();
        assert_eq!(diagnostics.len(), 1, "{document}");
        assert_eq!((&diagnostics[0]["file"], &diagnostics[0]["line"]), (&b.as_str().into(), &4.into()));
    }
}
