//! The editor of `edit` on a pseudo-terminal.

use std::io::Write as _;

use rustix::process::Signal;

use super::harness::*;
use super::pty::*;

#[test]
fn the_editor_is_reopened_with_what_is_wrong() {
    let home = Home::new();
    // Writes a mistake the first time, mends it when the remark is there
    let editor = home.write(
        "editor.sh",
        "grep -q '^#! line' \"$1\" && sed -i 's/userz:/users:/' \"$1\" || sed -i 's/ users:/ userz:/; s/READ_ONLY/FULL_ACCESS/' \"$1\"\n",
    );
    let mut command = home.command(&["edit", "Ticket triage"]);
    command.env("VISUAL", format!("sh {editor}"));
    let mut terminal = Terminal::new(command);
    terminal.answer("Change role Ticket triage?", "y");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    assert_eq!(home.json(0, &["show", "Ticket triage", "-o", "json"])["role"]["type"], "FULL_ACCESS");
}

#[test]
fn an_editor_that_fails_or_leaves_nothing_changes_nothing() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    for (editor, code) in
        [("sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"; exit 1", 1), (": > \"$1\"", 0), ("true", 0)]
    {
        let script = home.write("editor.sh", editor);
        let mut command = home.command(&["edit", "Ticket triage", "--yes"]);
        command.env("VISUAL", " ").env("EDITOR", format!("sh {script}"));
        let mut terminal = Terminal::new(command);
        assert_eq!(terminal.exit_code(), code, "{editor}\n{}", terminal.seen);
        assert!(terminal.seen.contains("nothing was changed"), "{editor}\n{}", terminal.seen);
    }
    assert_eq!(home.stdout(0, &["export"]), before);
    // A change that is declined is not lost
    let script = home.write("editor.sh", "sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"");
    let mut command = home.command(&["edit", "Ticket triage"]);
    command.env("EDITOR", format!("sh {script}"));
    let mut terminal = Terminal::new(command);
    terminal.answer("Change role Ticket triage?", "n");
    assert_eq!(terminal.exit_code(), 5);
    assert!(terminal.seen.contains("your text is kept in"), "{}", terminal.seen);
}

#[test]
fn an_editor_that_dies_leaves_the_terminal_usable() {
    let home = Home::new();
    let editor = home.write("editor.sh", "stty raw -echo; kill -KILL $$\n");
    let mut command = home.command(&["edit", "Ticket triage"]);
    command.env("VISUAL", format!("sh {editor}"));
    let mut terminal = Terminal::new(command);
    assert_eq!(terminal.exit_code(), 1, "{}", terminal.seen);
    assert!(terminal.seen.contains("nothing was changed"), "{}", terminal.seen);
}

#[test]
fn the_keyboard_is_the_editors_and_other_signals_reach_it() {
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
        assert!(terminal.seen.contains("your text is kept in"), "{signal:?}\n{}", terminal.seen);
        assert_eq!(home.stdout(0, &["export"]), before, "{signal:?}");
    }
}
