//! Questions on a pseudo-terminal: answered, declined, interrupted.

use rustix::process::Signal;

use super::definitions::example;
use super::harness::*;
use super::pty::*;

#[test]
fn declining_changes_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.answer("Apply 3 changes?", "n");
    assert_eq!(terminal.exit_code(), 5);
    assert!(terminal.seen.contains("declined; nothing was changed"), "{}", terminal.seen);
    assert_eq!(home.json(0, &["diff", &example(), "-o", "json"])["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn a_role_that_moves_while_apply_asks_is_left_alone_and_told() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.wait_for_question("Apply 3 changes?");
    home.exits_with(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    terminal.answer("Apply 3 changes?", "y");
    assert_eq!(terminal.exit_code(), 4, "{}", terminal.seen);
    for part in
        ["done: update Migration", "failed: update Ticket triage", "+ heidi@example.com", "2 done, 1 failed"]
    {
        assert!(terminal.seen.contains(part), "{part}\n{}", terminal.seen);
    }
    home.exits_with(3, &["test", "Ticket triage", "heidi"]);
    home.exits_with(0, &["apply", &example(), "--yes"]);
    home.exits_with(0, &["diff", "--exit-code", &example()]);
}

#[test]
fn another_name_typed_deletes_nothing() {
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
fn create_asks_for_rules_as_the_console_does() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["create"]));
    terminal.answer("Name", "Asked\r");
    terminal.answer("Type", "\r");
    terminal.answer("Add a rule", "\r");
    terminal.answer("type to search", "heidi\r");
    terminal.wait_for("Allow (type to search): heidi@example.com");
    terminal.answer("Allow (type to search)", "no more\r");
    terminal.wait_for("Allow (type to search): (no more)");
    // No more rules is picked now
    terminal.answer("Add another rule", "\r");
    terminal.answer("Create role Asked?", "y");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    home.exits_with(0, &["test", "Asked", "heidi"]);
    home.exits_with(3, &["test", "Asked", "alice"]);
}

/// Answers the first questions, and interrupts the last in every way there is.
fn interrupted_at(args: &[&str], answers: &[(&str, &str)], last: &str) {
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
        assert!(screen.trim_end().ends_with("\nerror: interrupted"), "{signal:?}\n{screen}");
        assert_eq!(home.stdout(0, &["export"]), before, "{signal:?}");
    }
}

#[test]
fn a_yes_or_no_is_interrupted() {
    interrupted_at(&["apply", &example()], &[], "Apply 3 changes?");
}

#[test]
fn a_text_is_interrupted() {
    interrupted_at(&["delete", "Migration"], &[], "Type the name of the role");
}

#[test]
fn the_first_question_of_all_is_interrupted() {
    interrupted_at(&["create"], &[], "Name");
}

#[test]
fn a_choice_is_interrupted() {
    interrupted_at(&["create", "Asked"], &[], "Type");
}

#[test]
fn a_search_is_interrupted() {
    let answers = [("Add a rule", "\r")];
    interrupted_at(&["create", "Asked", "--type", "read-only"], &answers, "Allow (type to search)");
}

#[test]
fn a_terminal_that_hangs_up_ends_the_question() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.wait_for_question("Apply 3 changes?");
    terminal.hang_up();
    assert_eq!(wait(&mut terminal.child).unwrap().code(), Some(130));
    assert_eq!(home.stdout(0, &["export"]), before);
}
