//! The editor of `edit` on a pseudo-terminal.

use std::io::Write as _;

use rustix::process::Signal;

use super::harness::*;
use super::pty::*;

/// The file that the last message names has what was written in the editor.
fn assert_keeps_text(terminal: &Terminal) {
    let place = terminal.seen.split_once("your text is kept in ").map(|(_, rest)| rest);
    let path = place.and_then(|rest| rest.split_whitespace().next());
    let path = path.unwrap_or_else(|| panic!("no text is kept\n{}", terminal.seen));
    let text = std::fs::read_to_string(path.trim_matches(['\'', '"', ';', ','])).unwrap();
    assert!(text.contains("FULL_ACCESS"), "{text}");
}

#[test]
fn the_editor_is_reopened_with_what_is_wrong() {
    let home = Home::new();
    // Writes a mistake the first time, mends it when the remark is there
    let editor = home.write(
        "editor.sh",
        "grep -q '^#! line' \"$1\" && sed -i 's/userz:/users:/' \"$1\" || sed -i 's/ users:/ userz:/; s/READ_ONLY/FULL_ACCESS/' \"$1\"\n",
    );
    let mut command = home.command(&["edit", "Ticket triage", "--allow-escalation"]);
    command.env("VISUAL", format!("sh {editor}"));
    let mut terminal = Terminal::new(command);
    terminal.answer("Type the name of the role", "Ticket triage\r");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    assert_eq!(home.json(0, &["show", "Ticket triage", "-o", "json"])["role"]["type"], "FULL_ACCESS");
}

#[test]
fn an_editor_that_fails_or_leaves_nothing_changes_nothing() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    for (editor, code, screen, from) in [
        ("sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"; exit 1", 1, "editor_failed", "error: "),
        (": > \"$1\"", 0, "editor_left_nothing", "the text"),
        ("true", 0, "editor_changed_nothing", "the text"),
    ] {
        let script = home.write("editor.sh", editor);
        let mut command = home.command(&["edit", "Ticket triage", "--yes"]);
        command.env("VISUAL", " ").env("EDITOR", format!("sh {script}"));
        let mut terminal = Terminal::new(command);
        assert_eq!(terminal.exit_code(), code, "{editor}\n{}", terminal.seen);
        terminal.assert_screen(&home, screen, from);
    }
    assert_eq!(home.stdout(0, &["export"]), before);
    // A change that is declined is not lost
    let script = home.write("editor.sh", "sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"");
    let mut command = home.command(&["edit", "Ticket triage", "--allow-escalation"]);
    command.env("EDITOR", format!("sh {script}"));
    let mut terminal = Terminal::new(command);
    terminal.answer("Type the name of the role", "n\r");
    assert_eq!(terminal.exit_code(), 5);
    assert_keeps_text(&terminal);
    // And neither is one that a guard refuses
    let mut command = home.command(&["edit", "Ticket triage", "--yes"]);
    command.env("EDITOR", format!("sh {script}"));
    let mut terminal = Terminal::new(command);
    assert_eq!(terminal.exit_code(), 5);
    assert_keeps_text(&terminal);
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn an_editor_that_dies_leaves_the_terminal_usable() {
    let home = Home::new();
    let editor = home.write("editor.sh", "stty raw -echo; kill -KILL $$\n");
    let mut command = home.command(&["edit", "Ticket triage"]);
    command.env("VISUAL", format!("sh {editor}"));
    let mut terminal = Terminal::new(command);
    assert_eq!(terminal.exit_code(), 1, "{}", terminal.seen);
    terminal.assert_screen(&home, "editor_killed", "error: ");
}

#[test]
fn ctrl_c_is_left_to_the_editor_and_other_signals_reach_it() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    // An editor knows Ctrl-C as a key
    let editor = home.write(
        "editor.sh",
        "trap 'echo ignored' INT; trap 'sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"; exit 0' TERM HUP\n\
         echo editing; while :; do sleep 0.05; done\n",
    );
    for signal in [Signal::TERM, Signal::HUP] {
        let mut command = home.command(&["edit", "Ticket triage"]);
        command.env("VISUAL", format!("sh {editor}"));
        let mut terminal = Terminal::new(command);
        terminal.wait_for("editing");
        // The terminal sends the signal to the editor and to the program
        terminal.master.write_all(b"\x03").unwrap();
        terminal.wait_for("ignored");
        terminal.send_signal(signal);
        assert_eq!(terminal.exit_code(), 130, "{signal:?}\n{}", terminal.seen);
        assert_keeps_text(&terminal);
        assert_eq!(home.stdout(0, &["export"]), before, "{signal:?}");
    }
}
