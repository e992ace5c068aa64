//! `undo` after each kind of change: `diff` against an export of the state before is empty, with `--prune` too. Ids are
//! apart where a role was deleted and the service gave a new one.

use std::fmt::Write as _;
use std::time::Duration;

use super::harness::*;

const UNDO: [&str; 4] = ["undo", "--yes", "--allow-everyone", "--allow-escalation"];

/// 120 users and these roles: one that ends, one with a rule that does, one that is open, one that denies alone.
fn home() -> Home {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--users", "120", "--roles", "1"]);
    for args in [
        &["create", "Wave", "--type", "full-access", "--allow", "user0001", "--expires", "2w"][..],
        &[
            "create",
            "Two ends",
            "--type",
            "read-only",
            "--allow",
            "user0002",
            "--description",
            "ends",
            "--expires",
            "3w",
        ],
        &["edit", "Two ends", "--rule", "allow", "--expires", "1w"],
        &["edit", "Two ends", "--deny", "user0009"],
        &[
            "create",
            "Open",
            "--type",
            "full-access",
            "--allow-everyone-except",
            "user0003",
            "--expires",
            "2030-01-31",
        ],
        &["create", "Nobody", "--type", "read-only", "--deny", "user0004"],
    ] {
        home.exits_with(0, &[args, &["--yes"]].concat());
    }
    home
}

/// Twenty changes: an end that moves, a rename, another type, a description, a deletion, and roles that are new.
fn twenty() -> String {
    let mut yaml = "version: 1\norganization: acme\nroles:
  - {name: Wave, type: FULL_ACCESS, expires: never, rules: [{id: allow, name: allow, effect: ALLOW, users: [user0001, user0005]}]}
  - {name: No end, previously: [Two ends], type: FULL_ACCESS, expires: 2031-01-31, rules: [{id: a, effect: ALLOW, users: [user0007], expires: 2030-01-31}]}
  - {name: Open, type: READ_ONLY, description: read, rules: [{id: b, effect: ALLOW, users: [user0008]}]}
  - {name: Nobody, type: READ_ONLY, rules: [{id: all, effect: ALLOW, everyone: true, expires: 2030-01-31}]}\n"
        .to_owned();
    for n in 0..15 {
        writeln!(
            yaml,
            "  - {{name: New {n}, type: READ_ONLY, expires: 2030-01-{:02}, rules: [{{id: a, effect: ALLOW, users: [user00{}]}}]}}",
            n + 1,
            n + 20
        )
        .unwrap();
    }
    yaml
}

/// Is what is live what this export says, and nothing else?
fn assert_as_in(home: &Home, export: &str, what: &[&str]) {
    let file = home.write("before.yaml", export);
    let output = home.run(&["diff", &file, "--prune", "--max-deletes", "99", "--exit-code"]);
    assert_eq!(output.status.code(), Some(0), "{what:?}\n{}", printed(&output));
    assert_eq!(home.stdout(0, &["export"]), export, "{what:?}");
}

#[test]
fn after_undo_the_state_is_as_before_each_kind_of_change() {
    let home = home();
    let twenty = home.write("twenty.yaml", &twenty());
    let wave: Vec<_> = (1..=120).map(|n| format!("user{n:04}")).collect();
    let wave = format!("@{}", home.write("wave", &wave.join("\n")));
    let before = home.stdout(0, &["export"]);
    let live = home.role_names();
    let changes: [&[&str]; 21] = [
        &["create", "New", "--type", "read-only", "--allow", "user0010", "--expires", "36h"],
        &["create", "New", "--type", "full-access", "--allow-everyone"],
        &["create", "Big", "--type", "full-access", "--allow", &wave, "--split", "--expires", "2w"],
        &["edit", "Wave", "--allow", "user0011", "--deny", "user0012"],
        &["edit", "Wave", "--remove-user", "user0001"],
        &["edit", "Wave", "--type", "read-only"],
        &["edit", "Two ends", "--type", "full-access", "--allow-escalation"],
        &["edit", "Two ends", "--expires", "never"],
        &["edit", "Two ends", "--expires", "1h"],
        &["edit", "Two ends", "--rule", "allow", "--expires", "never"],
        &["edit", "Two ends", "--remove-rule", "allow"],
        &["edit", "Two ends", "--undeny", "user0009"],
        &["edit", "Two ends", "--description", ""],
        &["edit", "Nobody", "--allow-everyone"],
        &["edit", "Open", "--deny", "user0013"],
        &["edit", "Open", "--name", "Opened", "--description", "renamed"],
        &["delete", "Open", "Two ends"],
        &["delete", "--all"],
        &["apply", &twenty, "--prune", "--allow-escalation"],
        &["expire", "Open", "--now"],
        &["expire", "Wave", "Two ends", "Open", "Nobody", "Role 01", "--now"],
    ];
    for change in changes {
        home.exits_with(0, &[change, &["--yes"]].concat());
        assert_ne!(home.stdout(0, &["export"]), before, "{change:?}");
        home.exits_with(0, &UNDO);
        assert_as_in(&home, &before, change);
        assert_eq!(home.role_names(), live, "{change:?}");
    }
    let plan = home.json(0, &["diff", &twenty, "--prune", "-o", "json", "--allow-escalation"]);
    assert_eq!(plan["changes"].as_array().map(Vec::len), Some(20), "{}", plan["summary"]);
}

/// Is all live as this export says, but for what has ended, which is closed?
fn assert_as_closed(home: &Home, file: &str) {
    home.exits_with(0, &["diff", file, "--prune", "--max-deletes", "99", "--exit-code"]);
    home.exits_with(3, &["test", "Short", "user0020"]);
    home.exits_with(3, &["test", "Two ends", "user0002"]);
}

#[test]
fn what_has_ended_stays_ended_and_undo_says_so() {
    let home = home();
    let end = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + 8).unwrap();
    let soon = end.to_string();
    let short =
        ["create", "Short", "--type", "read-only", "--allow", "user0020", "--expires", &soon, "--yes"];
    home.exits_with(0, &short);
    home.exits_with(0, &["edit", "Two ends", "--rule", "allow", "--expires", &soon, "--yes"]);
    let (before, file) = (home.stdout(0, &["export"]), home.arg("export.yaml"));
    std::fs::write(&file, &before).unwrap();
    let plan = home.arg("plan.json");
    home.exits_with(0, &["edit", "Wave", "--remove-user", "user0001", "--yes"]);
    // A plan that is made before a date passes, to give again what goes there
    home.exits_with(0, &["diff", &file, "--save", &plan]);
    home.exits_with(0, &["test", "Short", "user0020"]);
    while jiff::Timestamp::now() < end {
        std::thread::sleep(Duration::from_millis(50));
    }
    // It is past its date and open: said, and closed by whatever runs first
    let list = home.stdout(0, &["list"]);
    assert_eq!(list.matches(&format!("EXPIRED {soon}")).count(), 2, "{list}");
    for args in [&["test", "Short", "user0020"][..], &["access", "--role", "Short"]] {
        let stderr = home.stderr(0, args);
        assert!(stderr.contains("expired at") && stderr.contains("still open"), "{stderr}");
    }
    assert!(home.stderr(5, &["assume", "Short"]).contains("no token is given"));
    let output = home.run(&["apply", "--plan", &plan, "--yes"]);
    assert_eq!(output.status.code(), Some(5), "{}", printed(&output));
    assert!(printed(&output).contains("stale") && printed(&output).contains(&soon), "{}", printed(&output));

    // `expire` leaves what the definitions mean, which still give the rest
    let stderr = home.stderr(0, &["expire"]);
    assert!(
        stderr.contains("Short expired at") && stderr.contains("rule allow of Two ends expired"),
        "{stderr}"
    );
    home.exits_with(3, &["test", "Short", "user0020"]);
    home.exits_with(0, &["expire", "--exit-code"]);
    home.exits_with(0, &["diff", &file, "--exclude", "Wave", "--exit-code"]);
    // What is undone is the change before it, and why is said
    let output = home.run(&UNDO);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let said = printed(&output);
    assert!(
        said.contains("nothing of `wmrole expire` of") && said.contains("undoing `wmrole edit Wave"),
        "{said}"
    );
    assert!(said.contains("role Short: rule allow expired at"), "{said}");
    assert!(said.contains("role Two ends: rule allow expired at"), "{said}");
    assert_as_closed(&home, &file);
    // By its name it is refused
    let expired = std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap();
    let expired = expired.map(|entry| entry.unwrap().path()).find(|path| {
        path.extension().is_some_and(|it| it == "json")
            && read_json(path)["origin"]["command"] == "wmrole expire"
    });
    let expired = expired.unwrap().to_string_lossy().into_owned();
    let stderr = home.stderr(5, &[&UNDO[..], &[&expired]].concat());
    assert!(stderr.contains("nothing of it can be brought back"), "{stderr}");
    home.exits_with(0, &["edit", "Wave", "--remove-user", "user0001", "--yes"]);

    // `apply` gives what has not ended, and no more
    let applied = home.json(0, &["apply", &file, "--yes", "-o", "json"]);
    let changed = applied["changes"].as_array().unwrap();
    assert_eq!((changed.len(), &changed[0]["role"]["name"]), (1, &"Wave".into()), "{applied}");
    for (role, code) in [("Short", 3), ("Wave", 0)] {
        let user = if role == "Wave" { "user0001" } else { "user0020" };
        home.exits_with(code, &["test", role, user]);
    }
    // Deleted and brought back, a role that has ended is as one that `expire` left
    let before = home.stdout(0, &["export"]);
    home.exits_with(0, &["delete", "--all", "--yes"]);
    home.exits_with(0, &UNDO);
    assert_as_in(&home, &before, &["delete", "--all"]);
    // A role that was open past its date does not come back open
    let again = home.write("again.yaml", &before);
    home.exits_with(0, &["apply", &again, "--yes"]);
    home.exits_with(3, &["test", "Short", "user0020"]);
}
