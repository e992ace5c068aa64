//! What somebody at a terminal sees and types: the program on a pseudo-terminal, which is its controlling
//! terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZero;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::*;

const ROWS: NonZero<u16> = NonZero::new(50).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(100).unwrap();

/// A terminal with the program on it, and what was seen so far.
struct Terminal {
    child: Child,
    master: File,
    /// Open as long as the program runs, for the terminal's mode.
    slave: Option<File>,
    mode: String,
    bytes: Vec<u8>,
    /// The whole stream.
    seen: String,
    screen: vt100::Parser,
    /// The stream up to here was waited for or typed at: what comes later is new.
    old: usize,
}

/// The command through another, which becomes it: the process, the exit code and the signals are the program's
/// own.
fn through(other: &[&str], command: &Command) -> Command {
    let mut through = Command::new(other[0]);
    through.args(&other[1..]).arg(command.get_program()).args(command.get_args()).env_clear();
    through.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    through
}

impl Terminal {
    fn new(command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let slave =
            File::from(open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap());
        let mode = mode(&slave);
        let size = Winsize { ws_row: ROWS.get(), ws_col: COLUMNS.get(), ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).unwrap();
        // In a session of its own, whose terminal is its stdin; and nothing is ignored, though the tests may have
        // been started by `nohup`
        let child = through(&["env", "--default-signal", "setsid", "--ctty"], &command)
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(slave.try_clone().unwrap())
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .spawn()
            .unwrap();
        let master = File::from(master);
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        let (bytes, seen) = (Vec::new(), String::new());
        Self { child, master, slave: Some(slave), mode, bytes, seen, screen, old: 0 }
    }

    /// Takes what comes within a moment. No more comes when this is false.
    fn takes(&mut self) -> bool {
        let moment = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
        if poll(&mut [PollFd::new(&self.master, PollFlags::IN)], Some(&moment)).unwrap() == 0 {
            return true;
        }
        let mut bytes = [0; 4096];
        // An error when nobody has the terminal any longer
        let Ok(n @ 1..) = self.master.read(&mut bytes) else { return false };
        self.screen.process(&bytes[..n]);
        self.bytes.extend(&bytes[..n]);
        self.seen = String::from_utf8_lossy(&self.bytes).into_owned();
        true
    }

    fn fails(&mut self, what: &str) -> ! {
        let _ = self.child.kill();
        panic!("{what}; the screen:\n{}\nall that came:\n{:?}", self.screen.screen().contents(), self.seen);
    }

    /// Waits until this holds, with a limit.
    fn waits(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        let mut open = true;
        while !holds(self) {
            if !open || start.elapsed() > LIMIT {
                self.fails(&format!("{what} never came"));
            }
            open = self.takes();
        }
    }

    /// The place behind this text in what came since the last wait.
    fn behind(&self, text: &str) -> Option<usize> {
        let at = self.bytes[self.old..].windows(text.len()).position(|part| part == text.as_bytes())?;
        Some(self.old + at + text.len())
    }

    /// Waits until this comes.
    fn sees(&mut self, text: &str) {
        self.waits(text, |terminal| terminal.behind(text).is_some());
        self.old = self.behind(text).unwrap();
    }

    /// Waits until this question is on the screen and keys are read one at a time. A key that is typed before,
    /// in the mode of lines, is echoed, and Ctrl-C is a signal instead of a key.
    fn asks(&mut self, question: &str) {
        self.waits(question, |terminal| {
            let slave = terminal.slave.as_ref().unwrap();
            terminal.behind(question).is_some()
                && terminal.screen.screen().contents().contains(question)
                && !tcgetattr(slave).unwrap().local_modes.contains(LocalModes::ICANON)
        });
    }

    /// Types this when this question is asked.
    fn answers(&mut self, question: &str, keys: &str) {
        self.asks(question);
        self.old = self.bytes.len();
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// As when the window is closed.
    fn hangs_up(&mut self) {
        self.slave = None;
        self.master = File::open("/dev/null").unwrap();
    }

    fn gets(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end, and gives the exit code. The terminal is as it was before.
    fn ends(&mut self) -> i32 {
        let start = Instant::now();
        let mut status = None;
        while status.is_none() {
            if start.elapsed() > LIMIT {
                self.fails("the program did not end");
            }
            self.takes();
            status = self.child.try_wait().unwrap();
        }
        let slave = self.slave.take().unwrap();
        let mode = mode(&slave);
        // Nobody has the terminal now, and the stream ends
        drop(slave);
        while self.takes() && start.elapsed() < LIMIT {}
        assert_eq!(mode, self.mode, "{}", self.seen);
        assert!(!self.screen.screen().hide_cursor(), "{:?}", self.seen);
        let Some(code) = status.and_then(|status| status.code()) else {
            self.fails(&format!("the program ended with {status:?}"))
        };
        code
    }
}

/// The terminal's mode, to be compared.
fn mode(terminal: &File) -> String {
    format!("{:?}", tcgetattr(terminal).unwrap())
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
    terminal.asks("Apply 3 changes?");
    home.ends(0, &["edit", "Ticket triage", "--deny", "heidi", "--yes"]);
    terminal.answers("Apply 3 changes?", "y");
    assert_eq!(terminal.ends(), 4, "{}", terminal.seen);
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
    terminal.answers("Apply 3 changes?", "n");
    assert_eq!(terminal.ends(), 5);
    assert!(terminal.seen.contains("declined; nothing was changed"), "{}", terminal.seen);
    assert_eq!(home.json(0, &["diff", &example(), "-o", "json"])["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn another_name_typed_deletes_nothing() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["delete", "Migration"]));
    terminal.answers("Type the name of the role", "migration\r");
    assert_eq!(terminal.ends(), 5);
    home.ends(0, &["show", "Migration"]);
    let mut terminal = Terminal::new(home.command(&["delete", "Migration"]));
    terminal.answers("Type the name of the role", "Migration\r");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    home.ends(1, &["show", "Migration"]);
}

#[test]
fn a_signal_lets_the_write_in_flight_end_and_reports() {
    let interrupted = |signal, name: &str| {
        let home = Home::new();
        // The second write is retried for a second or more
        let served =
            Served::start(&home, &["--latency", "300", "--fault", "throttle:CreateImpersonationRole:3"]);
        let mut terminal = Terminal::new(served.client(&home, &["-v", "apply", &example(), "--yes"]));
        terminal.sees("asking again");
        terminal.gets(signal);
        terminal.sees(&format!("stopping after the write in flight; {name} again stops at once"));
        assert_eq!(terminal.ends(), 130, "{name}\n{}", terminal.seen);
        for part in [
            "done: update Migration",
            "done: create Calendar sync",
            "not attempted: update Ticket triage",
            "bring back what was there",
        ] {
            assert!(terminal.seen.contains(part), "{name}: {part}\n{}", terminal.seen);
        }
        let diff = home.json(0, &["diff", &example(), "-o", "json"]);
        let left: Vec<_> = diff["changes"].as_array().unwrap().iter().map(|c| &c["role"]["name"]).collect();
        assert_eq!(left, ["Ticket triage"], "{name}");
    };
    std::thread::scope(|scope| {
        for (signal, name) in SIGNALS {
            scope.spawn(move || interrupted(signal, name));
        }
    });
}

#[test]
fn a_signal_ends_reading_at_once() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "throttle:ListImpersonationRoles"]);
    for (signal, name) in SIGNALS {
        let mut terminal = Terminal::new(patient(served.client(&home, &["-v", "list"])));
        terminal.sees("asking again");
        terminal.gets(signal);
        assert_eq!(terminal.ends(), 130, "{name}\n{}", terminal.seen);
        assert!(terminal.seen.contains("error: interrupted"), "{name}\n{}", terminal.seen);
    }
}

#[test]
fn create_asks_for_rules_as_the_console_does() {
    let home = Home::new();
    let mut terminal = Terminal::new(home.command(&["create"]));
    terminal.answers("Name", "Asked\r");
    terminal.answers("Type", "\r");
    terminal.answers("Add a rule", "\r");
    terminal.answers("type to search", "heidi\r");
    terminal.sees("Allow (type to search): heidi@example.com");
    terminal.answers("Allow (type to search)", "no more\r");
    terminal.sees("Allow (type to search): (no more)");
    // No more rules is picked now
    terminal.answers("Add another rule", "\r");
    terminal.answers("Create role Asked?", "y");
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
    terminal.answers("Change role Ticket triage?", "y");
    assert_eq!(terminal.ends(), 0, "{}", terminal.seen);
    assert_eq!(home.json(0, &["show", "Ticket triage", "-o", "json"])["role"]["type"], "FULL_ACCESS");
}

/// What asks the program to stop, as its messages call it.
const SIGNALS: [(Signal, &str); 3] =
    [(Signal::INT, "Ctrl-C"), (Signal::TERM, "SIGTERM"), (Signal::HUP, "SIGHUP")];

/// Asks a service that refuses again and again, for longer than any test waits.
fn patient(mut command: Command) -> Command {
    command.env("AWS_MAX_ATTEMPTS", "100");
    command
}

/// Answers the first questions, and interrupts the last in every way there is.
fn interrupted_at(args: &[&str], answers: &[(&str, &str)], last: &str) {
    let home = Home::new();
    let before = home.ends(0, &["export"]);
    for signal in [None, Some(Signal::INT), Some(Signal::TERM), Some(Signal::HUP)] {
        let mut terminal = Terminal::new(home.command(args));
        for (question, keys) in answers {
            terminal.answers(question, keys);
        }
        match signal {
            None => terminal.answers(last, "\u{3}"),
            Some(signal) => {
                terminal.asks(last);
                terminal.gets(signal);
            }
        }
        assert_eq!(terminal.ends(), 130, "{signal:?}\n{}", terminal.seen);
        let screen = terminal.screen.screen().contents();
        assert!(screen.trim_end().ends_with("\nerror: interrupted"), "{signal:?}\n{screen}");
        assert_eq!(home.ends(0, &["export"]), before, "{signal:?}");
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
    let before = home.ends(0, &["export"]);
    let mut terminal = Terminal::new(home.command(&["apply", &example()]));
    terminal.asks("Apply 3 changes?");
    terminal.hangs_up();
    assert_eq!(wait(&mut terminal.child).unwrap().code(), Some(130));
    assert_eq!(home.ends(0, &["export"]), before);
}

#[test]
fn the_keyboard_is_the_editors_and_other_signals_reach_it() {
    let home = Home::new();
    let before = home.ends(0, &["export"]);
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
        terminal.sees("editing");
        // The terminal sends the signal to the editor and to the program
        terminal.master.write_all(b"\x03").unwrap();
        terminal.sees("ignored");
        terminal.gets(signal);
        assert_eq!(terminal.ends(), 130, "{signal:?}\n{}", terminal.seen);
        assert!(terminal.seen.contains("your text is kept in"), "{signal:?}\n{}", terminal.seen);
        assert_eq!(home.ends(0, &["export"]), before, "{signal:?}");
    }
}

#[test]
fn an_editor_that_dies_leaves_the_terminal_usable() {
    let home = Home::new();
    let editor = home.write("editor.sh", "stty raw -echo; kill -KILL $$\n");
    let mut command = home.command(&["edit", "Ticket triage"]);
    command.env("VISUAL", format!("sh {editor}"));
    let mut terminal = Terminal::new(command);
    assert_eq!(terminal.ends(), 1, "{}", terminal.seen);
    assert!(terminal.seen.contains("nothing was changed"), "{}", terminal.seen);
}

#[test]
fn assume_passes_signals_on_to_its_command() {
    let home = Home::new();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let command =
            home.command(&["assume", "Migration", "--", "sh", "-c", "echo started; exec sleep 600"]);
        let mut terminal = Terminal::new(command);
        terminal.sees("started");
        terminal.gets(signal);
        assert_eq!(terminal.ends(), code, "{}", terminal.seen);
    }
}

#[test]
fn a_sandbox_that_is_served_ends_with_a_signal() {
    let home = Home::new();
    for (signal, name) in SIGNALS {
        let mut terminal = Terminal::new(home.command(&["sandbox", "serve"]));
        terminal.sees("http://");
        terminal.gets(signal);
        assert_eq!(terminal.ends(), 0, "{name}\n{}", terminal.seen);
    }
}

#[test]
fn nohup_is_respected() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "throttle:ListImpersonationRoles"]);
    let list = patient(served.client(&home, &["-v", "list"]));
    let command = through(&["sh", "-c", "trap '' HUP; exec \"$@\"", "nohup"], &list);
    let mut terminal = Terminal::new(command);
    terminal.sees("asking again");
    terminal.gets(Signal::HUP);
    terminal.sees("asking again");
    terminal.gets(Signal::TERM);
    assert_eq!(terminal.ends(), 130, "{}", terminal.seen);
}

#[test]
fn a_second_signal_stops_at_once() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "throttle:UpdateImpersonationRole"]);
    for ((first, name), (second, _)) in SIGNALS.into_iter().zip([SIGNALS[0], SIGNALS[2], SIGNALS[1]]) {
        let apply = served.client(&home, &["-v", "apply", &example(), "--yes"]);
        let mut terminal = Terminal::new(patient(apply));
        terminal.sees("asking again");
        terminal.gets(first);
        terminal.sees(&format!("stopping after the write in flight; {name} again stops at once"));
        terminal.gets(second);
        assert_eq!(terminal.ends(), 130, "{name}\n{}", terminal.seen);
        assert!(terminal.seen.contains("what was there is saved in"), "{name}\n{}", terminal.seen);
        assert!(!terminal.seen.contains("not attempted"), "{name}\n{}", terminal.seen);
    }
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
    terminal.answers("Change role Ticket triage?", "n");
    assert_eq!(terminal.ends(), 5);
    assert!(terminal.seen.contains("your text is kept in"), "{}", terminal.seen);
}
