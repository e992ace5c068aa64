//! Whole screens as golden files: every `tests/screens/*.txt` is a home with a sandbox in it, and command
//! lines that are run there one after another, each with its complete stdout, stderr and exit status. The
//! console blocks of the README are run too.
//!
//! Every home begins with the files of `tests/screens/files/` in it. `NAME=value` before `wmrole` sets variables. A
//! line that ends with ` &` serves a sandbox to the lines below it, which name it `URL`. A line without `wmrole` is
//! run by `sh`, and must succeed: it changes a definition, a saved plan, or the state of the sandbox.
//!
//! `WINDOW=40` before `wmrole` runs it on a terminal of so many columns, and the screen is what a person sees at the
//! end, with `↩` where the terminal folded a line that the program did not.
//!
//! `DAY=2027-02-01` before `wmrole` runs it on that day.
//!
//! A new screen needs no code: write `$ wmrole …` into a file, and `WMROLE_BLESS=1 cargo test --test screens`
//! adds what it prints.
//!
//! This binary is also the program that is run, with a fixed clock and fixed ids: there is no switch for
//! them in the real one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../cli/harness.rs"]
#[expect(dead_code, reason = "of what the tests of the command line share, a window is all that is needed")]
mod harness;
#[path = "../cli/pty.rs"]
#[expect(dead_code, reason = "of what the tests of the command line share, a window is all that is needed")]
mod pty;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ExitCode, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use libtest_mimic::{Arguments, Failed, Trial};
use snapbox::assert::Action;
use snapbox::cmd::Command;
use snapbox::{Assert, Data, Redactions};
use uuid::Uuid;
use wmrole::System;

/// Set for the program alone: the number of the command line in its file.
const STEP: &str = "WMROLE_SCREENS_STEP";

/// Set by a command line that is run on a different day than most.
const DAY: &str = "DAY";

/// No command takes so long, however busy the machine is.
const LIMIT: Duration = Duration::from_secs(120);

/// A window is so high.
const ROWS: u16 = 120;

fn main() -> ExitCode {
    if std::env::var_os(STEP).is_some() {
        return wmrole::run_with(std::env::args_os(), System { now, new_uuid });
    }
    let mut trials = vec![Trial::test("readme", readme)];
    for entry in fs::read_dir(root().join("tests/screens")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            trials.push(Trial::test(name, move || screens(&path)));
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn step() -> u64 {
    std::env::var(STEP).unwrap().parse().unwrap()
}

/// A minute later with each command line, counted from noon of the day.
fn now() -> Timestamp {
    let day = std::env::var(DAY).unwrap_or_else(|_| "2026-11-24".to_owned());
    let noon: Timestamp = format!("{day}T12:00:00Z").parse().unwrap();
    noon.checked_add(i64::try_from(step()).unwrap().minutes()).unwrap()
}

/// Numbered, and different for each command line.
fn new_uuid() -> Uuid {
    static MADE: AtomicU64 = AtomicU64::new(1);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("50000000-0000-4000-8000-{:06}{number:06}", step()).parse().unwrap()
}

/// A directory that is the home and the working directory of the program.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The program on a command line, as a shell splits it, or a shell on a line without the program.
    fn command(&self, line: &str, step: usize) -> std::process::Command {
        let mut words = shell_words::split(line).unwrap();
        let mut command;
        if let Some(program) = words.iter().position(|word| word == "wmrole") {
            command = std::process::Command::new(std::env::current_exe().unwrap());
            // Help names the program as it was called
            command.arg0("wmrole").args(&words[program + 1..]);
            words.truncate(program);
        } else {
            command = std::process::Command::new("sh");
            command.args(["-ec", line]);
            words.clear();
        }
        command
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("COLUMNS", "100")
            .env("USER", "dana")
            .env("WMROLE_SANDBOX", self.path().join("sandbox.json"))
            // For a sandbox that is served; none of it is looked at
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env(STEP, step.to_string())
            .current_dir(self.path())
            .envs(words.iter().map(|variable| variable.split_once('=').unwrap()));
        command
    }

    /// Replaces what differs from one run to the next: the home, and the port that the system picked.
    fn redactions(&self) -> Redactions {
        let mut redactions = Redactions::new();
        redactions.insert("[HOME]", self.path().to_string_lossy().into_owned()).unwrap();
        let port = regex::Regex::new(r"127\.0\.0\.1:(?<redacted>\d+)").unwrap();
        redactions.insert("[PORT]", port).unwrap();
        let agent = regex::Regex::new(r"(?<redacted>aws-sdk-rust/\S+( [a-z]+/[0-9A-Za-z.,#/-]+)*)").unwrap();
        redactions.insert("[AGENT]", agent).unwrap();
        redactions
    }
}

/// A sandbox that is served to the command lines below it, and ends with the file.
struct Served(Child, String);

impl Served {
    fn start(mut command: std::process::Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, url) = mpsc::channel();
        thread::spawn(move || {
            let mut url = String::new();
            stdout.read_line(&mut url).map(|_| sender.send(url))
        });
        let mut served = Self(child, String::new());
        served.1 = url.recv_timeout(LIMIT).unwrap().trim().to_owned();
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the command lines of a file, and compares it with what they print.
fn screens(path: &Path) -> Result<(), Failed> {
    let home = Home::new();
    for entry in fs::read_dir(root().join("tests/screens/files")).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, home.path().join(from.file_name().unwrap())).unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    let mut printed = String::new();
    for line in text.lines().take_while(|line| line.starts_with('#')) {
        writeln!(printed, "{line}").unwrap();
    }
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    if lines.is_empty() {
        return Err(Failed::from("no command line"));
    }
    let mut served: Option<Served> = None;
    for (number, line) in lines.iter().enumerate() {
        // As a shell would run it beside the others, which find it at URL
        if let Some(line) = line.strip_suffix(" &") {
            served = Some(Served::start(home.command(line, number)));
            write!(printed, "\n$ {line} &\n").unwrap();
            continue;
        }
        if !line.split(' ').any(|word| word == "wmrole") {
            let output = Command::from_std(home.command(line, number)).timeout(LIMIT).output()?;
            if !output.status.success() {
                return Err(Failed::from(format!("{line}: {}", String::from_utf8_lossy(&output.stderr))));
            }
            write!(printed, "\n$ {line}\n").unwrap();
            continue;
        }
        let url = served.as_ref().map_or("", |served| served.1.as_str());
        let command = home.command(&line.replace("URL", url), number);
        if let Some(columns) = window(line) {
            write!(printed, "\n$ {line}\n{}", seen(command, columns)).unwrap();
            continue;
        }
        let output = Command::from_std(command).timeout(LIMIT).output()?;
        let status = output.status.code().map_or("killed after the limit".into(), |code| code.to_string());
        write!(printed, "\n$ {line}\n? {status}\n").unwrap();
        for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
            let stream = String::from_utf8(bytes)?;
            if !stream.is_empty() {
                let end = if stream.ends_with('\n') { "" } else { "\n--- no newline\n" };
                write!(printed, "--- {name}\n{stream}{end}").unwrap();
            }
        }
    }
    let bless = std::env::var_os("WMROLE_BLESS").is_some_and(|value| value == "1");
    let action = if bless { Action::Overwrite } else { Action::Verify };
    let golden = Data::read_from(path, Some(snapbox::data::DataFormat::Text)).raw();
    let printed = Data::text(home.redactions().redact(&printed));
    Assert::new().action(action).try_eq(Some(&"screens"), printed, golden)?;
    Ok(())
}

/// The columns of the window that a command line asks for.
fn window(line: &str) -> Option<u16> {
    line.split(' ').find_map(|word| word.strip_prefix("WINDOW=")).map(|columns| columns.parse().unwrap())
}

/// The status and the screen, when the program has ended.
fn seen(mut command: std::process::Command, columns: u16) -> String {
    // The length of the home's name must not decide where a line is folded
    command.env("WMROLE_SANDBOX", "sandbox.json");
    let mut terminal = pty::Terminal::of_size(command, ROWS, columns);
    let status = terminal.exit_code();
    let screen = terminal.screen.screen();
    let mut seen = String::new();
    for (n, row) in (0..).zip(screen.rows(0, columns)) {
        let folded = if screen.row_wrapped(n) { "↩" } else { "" };
        writeln!(seen, "{}{folded}", row.trim_end()).unwrap();
    }
    let seen = seen.trim_end();
    // What is higher than the window is not seen
    assert!(seen.lines().count() < usize::from(ROWS), "{seen}");
    format!("? {status}\n--- screen\n{seen}\n")
}

/// The commands of the README print what it shows; `...` stands for lines that it leaves out.
fn readme() -> Result<(), Failed> {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let mut shown = 0;
    for block in text.split("```console\n").skip(1) {
        // As a clone has it
        let home = Home::new();
        std::os::unix::fs::symlink(root().join("examples"), home.path().join("examples")).unwrap();
        let block = block.split("```").next().unwrap_or_default();
        for (number, screen) in block.split("$ ").skip(1).enumerate() {
            let (line, expected) = screen.split_once('\n').unwrap();
            let output = Command::from_std(home.command(line, number)).timeout(LIMIT).output()?;
            let [stdout, stderr] = [output.stdout, output.stderr].map(String::from_utf8);
            let (stdout, stderr) = (stdout?, stderr?);
            // On a terminal they come first
            let is_first =
                |line: &&str| ["made the sandbox ", "sandbox "].iter().any(|word| line.starts_with(word));
            let (made, rest): (Vec<_>, Vec<_>) = stderr.split_inclusive('\n').partition(is_first);
            let printed = made.concat() + &stdout + &rest.concat();
            let assert = Assert::new().normalize_paths(false).redact_with(home.redactions());
            assert.try_eq(Some(&line), Data::text(printed), Data::text(expected))?;
            shown += 1;
        }
    }
    if shown == 0 { Err(Failed::from("no console block")) } else { Ok(()) }
}
