//! What somebody at a terminal sees and types: the program on a pseudo-terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::*;

/// A terminal with the program on it, and what was seen so far.
struct Terminal {
    child: Child,
    master: File,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn new(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave: OwnedFd = File::options().read(true).write(true).open(path).unwrap().into();
        command
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(slave)
            .env("TERM", "xterm")
            .env("NO_COLOR", "1");
        let child = command.spawn().unwrap();
        drop(command);
        let master = File::from(master);
        let (send, output) = channel();
        let mut reader = master.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if send.send(bytes[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, master, output, seen: String::new() }
    }

    /// Waits until this is on the screen.
    fn sees(&mut self, text: &str) {
        while !self.seen.contains(text) {
            match self.output.recv_timeout(Duration::from_secs(60)) {
                Ok(bytes) => self.seen += &String::from_utf8_lossy(&bytes),
                Err(_) => panic!("{text:?} never came:\n{}", self.seen),
            }
        }
    }

    fn types(&mut self, text: &str) {
        self.master.write_all(text.as_bytes()).unwrap();
    }

    /// Waits for the end, and gives the exit code.
    fn ends(&mut self) -> i32 {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.seen += &String::from_utf8_lossy(&bytes);
        }
        status.code().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that fails leaves nobody waiting for an answer
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_role_that_moves_while_apply_asks_is_left_alone_and_told() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.sees("Apply 3 changes?");
    home.ends(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    terminal.types("y");
    assert_eq!(terminal.ends(), 5, "{}", terminal.seen);
    for part in
        ["done: update Migration", "failed: update Ticket triage", "+ heidi@example.com", "2 done, 1 failed"]
    {
        assert!(terminal.seen.contains(part), "{part}\n{}", terminal.seen);
    }
    home.ends(3, &["test", "Ticket triage", "heidi"]);
    home.ends(0, &["apply", &example(), "--yes"]);
    home.ends(0, &["diff", "--exit-code", &example()]);
}

#[test]
fn declining_changes_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.sees("Apply 3 changes?");
    terminal.types("n");
    assert_eq!(terminal.ends(), 5);
    assert!(terminal.seen.contains("declined; nothing was changed"), "{}", terminal.seen);
    assert_eq!(home.json(0, &["diff", &example(), "-o", "json"])["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn another_name_typed_deletes_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["delete", "Migration"]));
    terminal.sees("Type the name of the role");
    terminal.types("migration\r");
    assert_eq!(terminal.ends(), 5);
    home.ends(0, &["show", "Migration"]);
    let mut terminal = Terminal::new(home.command(&["delete", "Migration"]));
    terminal.sees("Type the name of the role");
    terminal.types("Migration\r");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    home.ends(1, &["show", "Migration"]);
}

#[test]
fn ctrl_c_lets_the_write_in_flight_end_and_reports() {
    let home = Home::new();
    // Slow enough for the signal to come while a later change is under way
    let served = Served::start(&home, &["--latency", "300"]);
    let mut terminal = Terminal::new(served.client(&home, &["apply", &example(), "--yes"]));
    terminal.sees("done: update Migration");
    kill_process(Pid::from_child(&terminal.child), Signal::INT).unwrap();
    assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
    for part in ["not attempted: update Ticket triage", "bring back what was there"] {
        assert!(terminal.seen.contains(part), "{part}\n{}", terminal.seen);
    }
    let diff = home.json(0, &["diff", &example(), "-o", "json"]);
    let left: Vec<_> = diff["changes"].as_array().unwrap().iter().map(|c| &c["role"]["name"]).collect();
    assert!(left.contains(&&Value::from("Ticket triage")), "{left:?}");
    assert!(!left.contains(&&Value::from("Migration")), "{left:?}");
}

#[test]
fn create_asks_for_rules_as_the_console_does() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["create"]));
    terminal.sees("Name");
    terminal.types("Asked\r");
    terminal.sees("Type");
    terminal.types("\r");
    terminal.sees("Add a rule");
    terminal.types("\r");
    terminal.sees("type to search");
    terminal.types("heidi\r");
    terminal.sees("Allow (type to search): heidi@example.com");
    terminal.types("no more\r");
    terminal.sees("Allow (type to search): (no more)");
    terminal.sees("Add another rule");
    // No more rules is picked now
    terminal.types("\r");
    terminal.sees("Create role Asked?");
    terminal.types("y");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    home.ends(0, &["test", "Asked", "heidi"]);
    home.ends(3, &["test", "Asked", "alice"]);
}

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
    terminal.sees("Change role Ticket triage?");
    terminal.types("y");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    assert_eq!(home.json(0, &["show", "Ticket triage", "-o", "json"])["role"]["type"], "FULL_ACCESS");
}

#[test]
fn ctrl_c_at_a_question_changes_nothing_and_gives_the_cursor_back() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.sees("Apply 3 changes?");
    terminal.types("\u{3}");
    assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
    assert!(terminal.seen.contains("interrupted"), "{}", terminal.seen);
    assert!(terminal.seen.rfind("\u{1b}[?25h") > terminal.seen.rfind("\u{1b}[?25l"), "{:?}", terminal.seen);
    assert_eq!(home.json(0, &["diff", &example(), "-o", "json"])["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn a_second_ctrl_c_stops_at_once() {
    let home = Home::new();
    let served = Served::start(&home, &["--latency", "300", "--fault", "throttle:UpdateImpersonationRole"]);
    let mut terminal = Terminal::new(served.client(&home, &["apply", &example(), "--yes"]));
    terminal.sees("Plan: 1 to create");
    // The first write is retried for seconds
    std::thread::sleep(Duration::from_millis(600));
    let pid = Pid::from_child(&terminal.child);
    kill_process(pid, Signal::INT).unwrap();
    terminal.sees("stopping after the write in flight");
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
    assert!(terminal.seen.contains("what was there is saved in"), "{}", terminal.seen);
    assert!(!terminal.seen.contains("not attempted"), "{}", terminal.seen);
}

#[test]
fn an_editor_that_fails_or_leaves_nothing_changes_nothing() {
    let home = Home::new();
    let before = home.ends(0, &["export"]);
    for (editor, code) in
        [("sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"; exit 1", 1), (": > \"$1\"", 0), ("true", 0)]
    {
        let script = home.write("editor.sh", editor);
        let mut command = home.command(&["edit", "Ticket triage", "--yes"]);
        command.env("VISUAL", " ").env("EDITOR", format!("sh {script}"));
        let mut terminal = Terminal::new(command);
        assert_eq!(terminal.ends(), code, "{editor}\n{}", terminal.seen);
        assert!(terminal.seen.contains("nothing was changed"), "{editor}\n{}", terminal.seen);
    }
    assert_eq!(home.ends(0, &["export"]), before);
    // A change that is declined is not lost
    let script = home.write("editor.sh", "sed -i s/READ_ONLY/FULL_ACCESS/ \"$1\"");
    let mut command = home.command(&["edit", "Ticket triage"]);
    command.env("EDITOR", format!("sh {script}"));
    let mut terminal = Terminal::new(command);
    terminal.sees("Change role Ticket triage?");
    terminal.types("n");
    assert_eq!(terminal.ends(), 5);
    assert!(terminal.seen.contains("your text is kept in"), "{}", terminal.seen);
}
