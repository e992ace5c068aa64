//! Questions on a pseudo-terminal: answered, declined, interrupted.

use std::io::Write as _;

use rustix::process::Signal;

use super::definitions::example;
use super::harness::*;
use super::pty::*;

#[test]
fn declining_changes_nothing() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.answer("Apply 3 changes in acme", "n\r");
    assert_eq!(terminal.exit_code(), 5);
    terminal.assert_screen(&home, "declined", "Apply 3 changes in acme");
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn a_role_that_changes_while_apply_asks_is_left_alone_and_reported() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.wait_for_question("Apply 3 changes in acme");
    home.exits_with(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    terminal.answer("Apply 3 changes in acme", "y\r");
    assert_eq!(terminal.exit_code(), 4, "{}", terminal.seen);
    terminal.assert_screen(&home, "changed_while_asking", "Apply 3 changes in acme");
    home.exits_with(3, &["test", "Ticket triage", "heidi"]);
    home.exits_with(0, &["apply", &example(), "--yes"]);
    home.exits_with(0, &["diff", "--exit-code", &example()]);
}

#[test]
fn a_name_that_is_typed_wrong_deletes_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["delete", "Migration"]));
    terminal.answer("Type the name of the role", "migration\r");
    assert_eq!(terminal.exit_code(), 5);
    home.exits_with(0, &["show", "Migration"]);
    let mut terminal = Terminal::new(home.command(&["delete", "Migration"]));
    terminal.answer("Type the name of the role", "Migration\r");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    home.exits_with(1, &["show", "Migration"]);
}

#[test]
fn a_role_that_opens_or_escalates_is_confirmed_by_its_name() {
    let home = Home::new();
    let open = ["create", "Open", "--type", "full-access", "--allow-everyone"];
    for (typed, code) in [("y\r", 5), ("\r", 5), ("Open\r", 0)] {
        let mut terminal = Terminal::new(home.command(&open));
        terminal.answer("Type the name of the role to confirm (Open)", typed);
        assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
        home.exits_with(i32::from(code != 0), &["show", "Open"]);
    }
    let escalate = ["edit", "Ticket triage", "--type", "full-access", "--allow-escalation"];
    for (typed, code) in [("y\r", 5), ("Ticket triage\r", 0)] {
        let mut terminal = Terminal::new(home.command(&escalate));
        terminal.answer("Type the name of the role to confirm (Ticket triage)", typed);
        assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
    }
    // Of several roles it is the organization's
    let file = home.write(
        "open.yaml",
        "version: 1\nroles:\n- {name: A, type: READ_ONLY, rules: [{name: all, effect: ALLOW, everyone: true}]}\n\
         - {name: B, type: READ_ONLY, rules: [{name: all, effect: ALLOW, everyone: true}]}\n",
    );
    for (typed, code) in [("A\r", 5), ("acme\r", 0)] {
        let mut terminal = Terminal::new(home.command(&["apply", &file]));
        terminal.answer("Type the name of the organization to confirm (acme)", typed);
        assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
    }
}

#[test]
fn access_for_longer_is_confirmed_by_the_name_and_an_earlier_end_by_a_key() {
    let home = Home::new();
    let file = |expires: &str| {
        home.write(
            "until.yaml",
            &format!(
                "version: 1\nroles:\n- name: Until\n  type: READ_ONLY\n  expires: {expires}\n  rules: \
                 [{{name: all, effect: ALLOW, users: [alice]}}]\n"
            ),
        )
    };
    home.exits_with(0, &["apply", &file("2098-01-31"), "--yes"]);
    for (until, said) in [
        ("2099-01-31", "gives access until 2099-01-31, instead of 2098-01-31"),
        ("never", "gives access without an end, instead of until 2099-01-31"),
    ] {
        for (typed, code) in [("y\r", 5), ("Until\r", 0)] {
            let mut terminal = Terminal::new(home.command(&["apply", &file(until)]));
            terminal.answer("Type the name of the role to confirm (Until)", typed);
            assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
            assert!(terminal.seen.contains(&format!("Role Until {said} in ")), "{}", terminal.seen);
        }
    }
    let mut terminal = Terminal::new(home.command(&["apply", &file("2098-01-31")]));
    terminal.answer("Apply 1 change in acme", "y\r");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    home.exits_with(0, &["diff", "--exit-code", &file("2098-01-31")]);
}

#[test]
fn all_roles_are_deleted_once_their_number_is_typed() {
    let home = Home::new();
    for (typed, code, left) in [("y\r", 5, 3), ("2\r", 5, 3), ("3\r", 0, 0)] {
        let mut terminal = Terminal::new(home.command(&["delete", "--all"]));
        terminal.answer("Type 3 to delete all 3 roles of acme", typed);
        assert_eq!(terminal.exit_code(), code, "{typed}");
        assert_eq!(home.role_names().len(), left, "{typed}");
    }
    home.exits_with(0, &["delete", "--all", "--yes"]);
    home.exits_with(2, &["delete", "--all", "Migration"]);
    home.exits_with(0, &["undo", "--yes", "--allow-everyone"]);
    assert_eq!(home.role_names().len(), 3);
}

#[test]
fn a_question_waits_for_enter_and_forgets_what_was_typed_before() {
    let home = Home::new();
    // Enter alone is no
    let mut terminal =
        Terminal::new(home.command(&["create", "Alone", "--type", "read-only", "--allow", "bob"]));
    terminal.answer("Create role Alone in acme", "\r");
    assert_eq!(terminal.exit_code(), 5, "{}", terminal.seen);
    // A key without Enter is no answer yet, and another one takes its place
    let mut terminal =
        Terminal::new(home.command(&["create", "Alone", "--type", "read-only", "--allow", "bob"]));
    terminal.answer("Create role Alone in acme", "yn\r");
    assert_eq!(terminal.exit_code(), 5, "{}", terminal.seen);
    home.exits_with(1, &["show", "Alone"]);
    // Typed while the directory was still being read
    let mut terminal =
        Terminal::new(home.command(&["create", "Early", "--type", "read-only", "--allow", "bob"]));
    terminal.master.write_all(b"y\r").unwrap();
    terminal.answer("Create role Early in acme", "\r");
    assert_eq!(terminal.exit_code(), 5, "{}", terminal.seen);
}

/// Answers the first questions, and interrupts the last by the key and by each signal.
fn interrupt_at(args: &[&str], answers: &[(&str, &str)], last: &str) {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    for signal in [None, Some(Signal::INT), Some(Signal::TERM), Some(Signal::HUP)] {
        let mut terminal = Terminal::new(home.command(args));
        for (question, keys) in answers {
            terminal.answer(question, keys);
        }
        match signal {
            None => terminal.answer(last, "\u{3}"),
            Some(signal) => {
                terminal.wait_for_question(last);
                terminal.send_signal(signal);
            }
        }
        assert_eq!(terminal.exit_code(), 130, "{signal:?}\n{}", terminal.seen);
        let screen = terminal.screen.screen().contents();
        let said = screen.trim_end().lines().last();
        assert_eq!(said, Some("error: interrupted; nothing was changed"), "{signal:?}\n{screen}");
        assert_eq!(home.stdout(0, &["export"]), before, "{signal:?}");
    }
}

#[test]
fn a_yes_or_no_question_can_be_interrupted() {
    interrupt_at(&["apply", &example()], &[], "Apply 3 changes in acme");
}

#[test]
fn a_question_for_a_text_can_be_interrupted() {
    interrupt_at(&["delete", "Migration"], &[], "Type the name of the role");
}

#[test]
fn a_terminal_that_hangs_up_ends_the_question() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.wait_for_question("Apply 3 changes in acme");
    terminal.hang_up();
    assert_eq!(wait(&mut terminal.child).unwrap().code(), Some(130));
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn list_shows_the_columns_that_fit_and_no_line_is_folded() {
    let home = Home::new();
    home.exits_with(
        0,
        &["create", "Überprüfung 山田太郎", "--type", "read-only", "--allow", "alice", "--yes"],
    );
    for (columns, header) in [
        (130, "NAME                  TYPE         RULES  REACH                           CHANGED        ID"),
        (100, "NAME                  TYPE         RULES  REACH                           CHANGED"),
        (80, "NAME                  TYPE         RULES  REACH"),
        (60, "NAME                  RULES  REACH"),
        (50, "NAME                  TYPE         RULES"),
        (20, "NAME"),
    ] {
        let mut terminal = Terminal::of_size(home.command(&["list", "-q"]), 24, columns);
        assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
        let screen = terminal.screen.screen().contents();
        let lines: Vec<_> = screen.trim_end().lines().collect();
        assert_eq!(lines[0].trim_end(), header, "{screen}");
        // The header and four roles; only a name alone may be longer than the window
        assert!(lines.len() == 5 || columns == 20, "{screen}");
    }
    // No window, no columns to fit: see `a_row_of_a_table_is_a_line`
    assert!(home.stdout(0, &["list"]).lines().next().unwrap().ends_with("ID"));
}

#[test]
fn a_long_list_of_users_is_folded_on_a_terminal_unless_all_are_wanted() {
    let home = Home::new();
    let file = home.path("many.json");
    let file = file.to_str().unwrap();
    home.exits_with(0, &["sandbox", "init", file, "--users", "120"]);
    let lines = |args: &[&str]| {
        let args = [&["--sandbox", file, "users"], args].concat();
        let mut terminal = Terminal::of_size(home.command(&args), 50, 100);
        assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
        let users = terminal.seen.lines().filter(|line| line.contains("@example.com")).count();
        (users, terminal.seen.contains("and 70 more users"))
    };
    assert_eq!(lines(&[]), (50, true));
    assert_eq!(lines(&["--all"]), (120, false));
    assert_eq!(lines(&["user0007"]), (1, false));
    let piped = home.stdout(0, &["--sandbox", file, "users"]);
    assert_eq!(piped.lines().count(), 121);
}
