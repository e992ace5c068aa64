//! The program on a pseudo-terminal, which is its controlling terminal: what is typed, and what is seen.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use snapbox::assert::Action;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data, Redactions};

use super::harness::*;

const ROWS: NonZero<u16> = NonZero::new(50).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(100).unwrap();

/// A terminal with the program on it, and what was seen so far.
pub(crate) struct Terminal {
    pub(crate) child: Child,
    pub(crate) master: File,
    /// Open as long as the program runs, for the terminal's mode.
    slave: Option<File>,
    mode: String,
    bytes: Vec<u8>,
    /// The whole stream.
    pub(crate) seen: String,
    pub(crate) screen: vt100::Parser,
    /// The stream up to here was waited for or typed at: what comes later is new.
    old: usize,
}

/// The command through another, which becomes it: the process, the exit code and the signals are the program's
/// own.
pub(crate) fn through(other: &[&str], command: &Command) -> Command {
    let mut through = Command::new(other[0]);
    through.args(&other[1..]).arg(command.get_program()).args(command.get_args()).env_clear();
    through.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.get_current_dir().map(|directory| through.current_dir(directory));
    through
}

impl Terminal {
    pub(crate) fn new(command: Command) -> Self {
        Self::of_size(command, ROWS.get(), COLUMNS.get())
    }

    /// A window of so many rows and columns.
    pub(crate) fn of_size(command: Command, rows: u16, columns: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let slave =
            File::from(open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap());
        let mode = mode(&slave);
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
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
        // What a small window shows is of no use to a test: what came is looked at
        let [rows, columns] =
            [(rows, ROWS), (columns, COLUMNS)].map(|(n, usual)| NonZero::new(n).unwrap_or(usual));
        let screen = vt100::Parser::new(rows, columns, 0);
        let (bytes, seen) = (Vec::new(), String::new());
        Self { child, master, slave: Some(slave), mode, bytes, seen, screen, old: 0 }
    }

    /// Takes what comes within a moment. No more comes when this is false.
    fn read_some(&mut self) -> bool {
        let moment = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
        // A signal may interrupt it, as one that says that a child has ended
        match poll(&mut [PollFd::new(&self.master, PollFlags::IN)], Some(&moment)) {
            Ok(0) | Err(Errno::INTR) => return true,
            ready => drop(ready.unwrap()),
        }
        let mut bytes = [0; 4096];
        // An error when nobody has the terminal any longer
        let n = match self.master.read(&mut bytes) {
            Ok(n @ 1..) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => return true,
            Ok(_) | Err(_) => return false,
        };
        self.screen.process(&bytes[..n]);
        self.bytes.extend(&bytes[..n]);
        self.seen = String::from_utf8_lossy(&self.bytes).into_owned();
        true
    }

    fn fail(&mut self, what: &str) -> ! {
        let _ = self.child.kill();
        panic!("{what}; the screen:\n{}\nall that came:\n{:?}", self.screen.screen().contents(), self.seen);
    }

    /// Waits until this holds, with a limit.
    fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        let mut open = true;
        while !holds(self) {
            if !open || start.elapsed() > LIMIT {
                self.fail(&format!("{what} never came"));
            }
            open = self.read_some();
        }
    }

    /// The place behind this text in what came since the last wait.
    fn end_of(&self, text: &str) -> Option<usize> {
        let at = self.bytes[self.old..].windows(text.len()).position(|part| part == text.as_bytes())?;
        Some(self.old + at + text.len())
    }

    /// Waits until this comes.
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |terminal| terminal.end_of(text).is_some());
        self.old = self.end_of(text).unwrap();
    }

    /// Waits until this question is on the screen and keys are read one at a time. A key that is typed before,
    /// in the mode of lines, is echoed, and Ctrl-C is a signal instead of a key.
    pub(crate) fn wait_for_question(&mut self, question: &str) {
        self.wait_until(question, |terminal| {
            let slave = terminal.slave.as_ref().unwrap();
            terminal.end_of(question).is_some()
                && terminal.screen.screen().contents().contains(question)
                && !tcgetattr(slave).unwrap().local_modes.contains(LocalModes::ICANON)
        });
    }

    /// As [`Terminal::answer`], where the window may be too small to show the question.
    pub(crate) fn answer_unseen(&mut self, question: &str, keys: &str) {
        self.wait_until(question, |terminal| {
            let slave = terminal.slave.as_ref().unwrap();
            terminal.end_of(question).is_some()
                && !tcgetattr(slave).unwrap().local_modes.contains(LocalModes::ICANON)
        });
        self.old = self.bytes.len();
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Types this when this question is asked.
    pub(crate) fn answer(&mut self, question: &str, keys: &str) {
        self.wait_for_question(question);
        self.old = self.bytes.len();
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Compares the screen, from its last line that begins so, with a file in `tests/cli/screens/`; with
    /// `WMROLE_BLESS=1` rewrites the file.
    pub(crate) fn assert_screen(&self, home: &Home, name: &str, from: &str) {
        let screen = self.screen.screen().contents();
        let start = format!("\n{screen}").rfind(&format!("\n{from}"));
        let start = start.unwrap_or_else(|| panic!("no line {from:?} on the screen:\n{screen}"));
        let mut redactions = Redactions::new();
        redactions.insert("[HOME]", home.arg("").trim_end_matches('/').to_owned()).unwrap();
        for (name, pattern) in [
            ("[ID]", r"(?<redacted>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"),
            ("[PORT]", r"127\.0\.0\.1:(?<redacted>\d+)"),
            ("[COUNT]", r"all calls calls=(?<redacted>\d+)"),
            ("[REPEATED]", r"repeated=(?<redacted>\d+)"),
            ("[TIME]", r"-(?<redacted>\d{8}T\d{6}Z-[0-9a-f]{8})\."),
        ] {
            redactions.insert(name, regex::Regex::new(pattern).unwrap()).unwrap();
        }
        let seen = redactions.redact(&format!("{}\n", screen[start..].trim_end()));
        let bless = std::env::var_os("WMROLE_BLESS").is_some_and(|value| value == "1");
        let action = if bless { Action::Overwrite } else { Action::Verify };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cli/screens/{name}.txt"));
        let golden = Data::read_from(&path, Some(DataFormat::Text)).raw();
        Assert::new().action(action).eq(Data::text(seen), golden);
    }

    /// Gives the window a different size. The program is not told by a key.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.master, size).unwrap();
        let [rows, columns] = [rows, columns].map(|n| NonZero::new(n).unwrap());
        self.screen.screen_mut().set_size(rows, columns);
    }

    /// Waits until a window that the program draws whole is drawn to its end.
    pub(crate) fn wait_for_whole_window(&mut self) {
        self.wait_until("the end of a window", |terminal| {
            let last = |text: &[u8]| terminal.bytes.windows(text.len()).rposition(|part| part == text);
            last(b"\x1b[J") > last(b"\x1b[H")
        });
    }

    /// Waits until the window shows this, and nothing of what came before the last key counts.
    pub(crate) fn wait_for_window(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        self.wait_until(what, |terminal| {
            terminal.bytes.len() > terminal.old && holds(&terminal.screen.screen().contents())
        });
    }

    /// Types this, without waiting for anything.
    pub(crate) fn press(&mut self, keys: &str) {
        self.old = self.bytes.len();
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// As when the window is closed.
    pub(crate) fn hang_up(&mut self) {
        self.slave = None;
        self.master = File::open("/dev/null").unwrap();
    }

    pub(crate) fn send_signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end, and gives the exit code. The terminal is as it was before.
    pub(crate) fn exit_code(&mut self) -> i32 {
        let start = Instant::now();
        let mut status = None;
        while status.is_none() {
            if start.elapsed() > LIMIT {
                self.fail("the program did not end");
            }
            self.read_some();
            status = self.child.try_wait().unwrap();
        }
        let slave = self.slave.take().unwrap();
        let mode = mode(&slave);
        // Nobody has the terminal now, and the stream ends
        drop(slave);
        while self.read_some() && start.elapsed() < LIMIT {}
        assert_eq!(mode, self.mode, "{}", self.seen);
        assert!(!self.screen.screen().hide_cursor(), "{:?}", self.seen);
        assert!(!self.screen.screen().alternate_screen(), "{:?}", self.seen);
        let Some(code) = status.and_then(|status| status.code()) else {
            self.fail(&format!("the program ended with {status:?}"))
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

/// What asks the program to stop, as its messages call it.
pub(crate) const SIGNALS: [(Signal, &str); 3] =
    [(Signal::INT, "Ctrl-C"), (Signal::TERM, "SIGTERM"), (Signal::HUP, "SIGHUP")];

/// Asks a service that refuses again and again, for longer than any test waits.
pub(crate) fn patient(mut command: Command) -> Command {
    command.env("AWS_MAX_ATTEMPTS", "100");
    command
}
