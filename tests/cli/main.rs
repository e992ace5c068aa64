//! The real program against the sandbox: cleared environment, temporary home, fixed width.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod code;
mod generated;
mod mended;
// `setsid --ctty` is not everywhere
#[cfg(target_os = "linux")]
mod terminal;

use std::io::{BufRead as _, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No test waits longer for one thing. Far longer than a busy machine needs.
const LIMIT: Duration = Duration::from_secs(120);

/// Waits for the end. Kills what does not end in time, and gives nothing then.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Reads on a thread of its own, since a read has no limit.
fn reading<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (send, receive) = channel();
    // Whoever waited may be gone
    std::thread::spawn(move || drop(send.send(read())));
    receive
}

fn all(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    reading(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// [`Command::output`] with a limit.
trait Ends {
    fn ends(&mut self) -> Output;
}

impl Ends for Command {
    fn ends(&mut self) -> Output {
        let mut child = self.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) = (all(child.stdout.take().unwrap()), all(child.stderr.take().unwrap()));
        let status = wait(&mut child);
        let [stdout, stderr] = [stdout, stderr].map(|pipe| pipe.recv_timeout(LIMIT).unwrap());
        let Some(status) = status else {
            panic!("{self:?} did not end:\n{}", String::from_utf8_lossy(&stderr));
        };
        Output { status, stdout, stderr }
    }
}

/// A home with a sandbox in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).to_string_lossy().into_owned()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wmrole"));
        command
            .env_clear()
            .env("HOME", self.0.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("COLUMNS", "100")
            .env("WMROLE_SANDBOX", self.path("sandbox.json"))
            .args(args)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).ends()
    }

    /// Runs, expects this exit code, and gives stdout.
    fn ends(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, code: i32, args: &[&str]) -> Value {
        serde_json::from_str(&self.ends(code, args)).unwrap()
    }

    fn stderr(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn example() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/acme.yaml").to_owned()
}

#[test]
fn list_and_show_have_the_documented_shape() {
    let home = Home::new();
    let list = home.json(0, &["list", "-o", "json"]);
    assert_eq!(list["version"], 1);
    assert_eq!(list["organization"]["alias"], "acme");
    let names: Vec<_> =
        list["roles"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Legacy backup", "Migration", "Ticket triage"]);
    let show = home.json(0, &["show", "Migration", "-o", "json"]);
    let rules = show["role"]["rules"].as_array().unwrap();
    let everyone = rules.iter().find(|rule| rule["effect"] == "ALLOW").unwrap();
    assert_eq!(everyone["everyone"], true);
    assert!(everyone.get("users").is_none());
    let deny = rules.iter().find(|rule| rule["effect"] == "DENY").unwrap();
    assert_eq!(deny["users"][0]["email"], "ceo@example.com");
    let table = home.ends(0, &["ls"]);
    assert!(table.starts_with("NAME"), "{table}");
    assert!(home.ends(0, &["show", "Migration"]).contains("everyone but 1"));
}

#[test]
fn a_role_is_made_changed_tested_and_deleted() {
    let home = Home::new();
    let made = home.json(
        0,
        &[
            "create",
            "My role",
            "--type",
            "read-only",
            "--allow",
            "alice",
            "bob@example.com",
            "-y",
            "-o",
            "json",
        ],
    );
    assert_eq!(made["changes"][0]["action"], "create");
    assert_eq!(made["changes"][0]["outcome"], "done");
    assert_eq!(made["access"]["gained"].as_array().unwrap().len(), 2);
    home.ends(0, &["test", "My role", "alice@example.com"]);
    home.ends(0, &["test", "My role", "alice@example.com", "--offline"]);
    home.ends(3, &["test", "My role", "alice", "carol"]);
    home.ends(0, &["edit", "My role", "--deny", "alice", "--name", "Mine", "--yes"]);
    home.ends(3, &["test", "Mine", "alice"]);
    home.ends(1, &["show", "My role"]);
    home.ends(5, &["delete", "Mine"]);
    home.ends(0, &["delete", "Mine", "--yes"]);
    home.ends(1, &["delete", "Mine", "--yes"]);
}

#[test]
fn a_second_role_of_a_name_is_never_made() {
    let home = Home::new();
    let error = home.stderr(1, &["create", "Migration", "--type", "read-only", "--allow", "alice", "-y"]);
    assert!(error.contains("there is a role Migration already"), "{error}");
}

#[test]
fn taking_the_last_exception_away_is_refused() {
    let home = Home::new();
    home.ends(0, &["create", "r", "--type", "read-only", "--allow-everyone-except", "ceo", "-y"]);
    let error = home.stderr(5, &["edit", "r", "--remove-user", "ceo", "-y"]);
    assert!(error.contains("match everyone"), "{error}");
}

#[test]
fn applying_twice_changes_nothing_and_export_is_equal() {
    let home = Home::new();
    assert_eq!(home.json(3, &["diff", &example(), "--exit-code", "-o", "json"])["summary"]["create"], 1);
    let asked = home.stderr(5, &["apply", &example()]);
    assert!(asked.contains("--yes"), "{asked}");
    let report = home.json(0, &["apply", &example(), "--yes", "-o", "json"]);
    for change in report["changes"].as_array().unwrap() {
        assert_eq!(change["outcome"], "done");
    }
    assert_eq!(report["undeclared"][0]["name"], "Legacy backup");
    home.ends(0, &["diff", "--exit-code", &example()]);
    let again = home.json(0, &["apply", &example(), "--yes", "-o", "json"]);
    assert_eq!(again["changes"].as_array().unwrap().len(), 0);
    let exported = home.write("live.yaml", &home.ends(0, &["export"]));
    home.ends(0, &["validate", &exported]);
    let diff = home.json(0, &["diff", "--exit-code", &exported, "-o", "json"]);
    assert_eq!(diff["summary"]["unchanged"], 4);
}

#[test]
fn what_was_there_comes_back_and_only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let before = home.json(0, &["list", "-o", "json"]);
    home.ends(0, &["apply", &example(), "--yes"]);
    let saved = std::fs::read_dir(home.path(".local/state/wmrole/backups")).unwrap().next().unwrap().unwrap();
    assert_eq!(saved.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    home.ends(0, &["apply", saved.path().to_str().unwrap(), "--yes"]);
    home.ends(0, &["delete", "Calendar sync", "--yes"]);
    let after = home.json(0, &["list", "-o", "json"]);
    assert_eq!(before["roles"].as_array().unwrap().len(), after["roles"].as_array().unwrap().len());
    for (old, new) in before["roles"].as_array().unwrap().iter().zip(after["roles"].as_array().unwrap()) {
        assert_eq!((&old["id"], &old["name"], &old["rules"]), (&new["id"], &new["name"], &new["rules"]));
    }
}

#[test]
fn a_former_name_is_renamed_in_place() {
    let home = Home::new();
    let text = "version: 1\nroles:\n  - name: Tickets\n    type: READ_ONLY\n    previously: [Ticket triage]\n    rules:\n      - {name: support, effect: ALLOW, users: [alice]}\n";
    let file = home.write("r.yaml", text);
    let report = home.json(0, &["apply", &file, "-y", "-o", "json"]);
    assert_eq!(report["changes"][0]["action"], "update");
    assert_eq!(report["changes"][0]["role"]["id"], "30000001-0000-4000-8000-000000000001");
    home.ends(0, &["diff", "--exit-code", &file]);
}

#[test]
fn pruning_more_than_allowed_is_refused_and_shown() {
    let home = Home::new();
    let file = home.write("none.yaml", "version: 1\nroles: []\n");
    let output = home.run(&["diff", &file, "--prune"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stdout).contains("- delete Migration"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--max-deletes 3"));
    home.ends(5, &["apply", &file, "--prune", "-y"]);
    home.ends(0, &["apply", &file, "--prune", "--max-deletes", "3", "-y"]);
    assert_eq!(home.json(0, &["list", "-o", "json"])["roles"].as_array().unwrap().len(), 0);
}

#[test]
fn a_role_that_reaches_a_protected_user_is_refused() {
    let home = Home::new();
    let text = "version: 1\nprotected_users: [ceo]\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, groups: [board]}\n";
    let file = home.write("r.yaml", text);
    let error = home.stderr(5, &["apply", &file, "-y"]);
    assert!(error.contains("would reach ceo@example.com, who is in protected_users"), "{error}");
    home.ends(5, &["diff", &file]);
    home.ends(1, &["show", "r"]);
}

#[test]
fn edit_without_a_change_or_a_terminal_says_what_to_give() {
    let home = Home::new();
    let error = home.stderr(5, &["edit", "Migration"]);
    assert!(error.contains("--allow USER"), "{error}");
}

#[test]
fn a_wrong_definition_says_where_and_nothing_is_done() {
    let home = Home::new();
    let file = home.write("bad.yaml", "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, user: [alcie@example.com]}\n      - {name: b, effect: ALLOW}\n");
    let error = home.stderr(2, &["validate", &file]);
    for part in ["bad.yaml:6:34", "did you mean users?", "bad.yaml:7:", "`everyone: true`", "3 errors"] {
        assert!(error.contains(part), "{part}\n{error}");
    }
    let file = home.write("unknown.yaml", "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {name: a, effect: ALLOW, users: [alcie@example.com]}\n");
    home.ends(0, &["validate", &file]);
    let error = home.stderr(2, &["apply", &file, "-y"]);
    assert!(error.contains("did you mean alice@example.com?"), "{error}");
}

#[test]
fn a_token_is_shown_only_where_it_was_asked_for() {
    let home = Home::new();
    let output = home.run(&["assume", "Migration", "-vvv"]);
    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(token.len() > 20);
    assert!(!String::from_utf8_lossy(&output.stderr).contains(&token));
    let output = home.run(&[
        "assume",
        "Migration",
        "-vvv",
        "--",
        "sh",
        "-c",
        "echo $WORKMAIL_IMPERSONATION_TOKEN; exit 7",
    ]);
    assert_eq!(output.status.code(), Some(7));
    let token = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(token.len() > 20);
    assert!(!String::from_utf8_lossy(&output.stderr).contains(&token));
    let state = std::fs::read_to_string(home.path("sandbox.json")).unwrap();
    assert!(!state.contains(&token));
    let refused = home.run(&["assume", "Migration", "--as", "ceo"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(3), 0));
    let json = home.json(0, &["assume", "Migration", "--as", "alice", "-o", "json"]);
    assert_eq!(json["user"]["email"], "alice@example.com");
    assert_eq!(json["expires_in"], 900);
}

#[test]
fn bad_command_lines_end_with_2() {
    let home = Home::new();
    home.ends(2, &["lst"]);
    home.ends(2, &["create", "x"]);
    home.ends(2, &["list", "--concurrency", "0"]);
    home.ends(2, &["create", "a<b", "--type", "read-only", "--allow", "alice", "-y"]);
    home.ends(1, &["show", "nobody knows"]);
    home.ends(1, &["list", "--organization", "nope"]);
}

/// A sandbox that is served to other processes, and ends with the test.
struct Served(Child, String);

impl Served {
    fn start(home: &Home, options: &[&str]) -> Self {
        Self::spawn(&mut home.command(&[&["sandbox", "serve"], options].concat()))
    }

    /// As [`Served::start`], and says at the end how it was called.
    fn start_telling(home: &Home) -> Self {
        Self::spawn(home.command(&["sandbox", "serve", "-v"]).stderr(Stdio::piped()))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut served = Self(command.stdout(Stdio::piped()).spawn().unwrap(), String::new());
        let mut stdout = std::io::BufReader::new(served.0.stdout.take().unwrap());
        let url = reading(move || {
            let mut url = String::new();
            stdout.read_line(&mut url).unwrap();
            url
        });
        served.1 = url.recv_timeout(LIMIT).unwrap().trim().to_owned();
        served
    }

    /// Ends the server, and gives what it says.
    fn ends(&mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let told = all(self.0.stderr.take().unwrap());
        assert_eq!(wait(&mut self.0).unwrap().code(), Some(0));
        String::from_utf8(told.recv_timeout(LIMIT).unwrap()).unwrap()
    }

    /// The program as a client of this server.
    fn client(&self, home: &Home, args: &[&str]) -> Command {
        let mut command = home.command(&[&["--endpoint-url", &self.1], args].concat());
        command
            .env_remove("WMROLE_SANDBOX")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret");
        command
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn access_denied_half_way_ends_with_4_and_says_what_was_done() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "deny:UpdateImpersonationRole:1:1"]);
    let output = served.client(&home, &["apply", &example(), "--yes", "-o", "json"]).ends();
    assert_eq!(output.status.code(), Some(4));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let outcomes: Vec<_> =
        report["changes"].as_array().unwrap().iter().map(|c| c["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "done", "failed"]);
    assert!(report["changes"][2]["error"].as_str().unwrap().contains("workmail:UpdateImpersonationRole"));
    drop(served);
    home.ends(0, &["apply", &example(), "--yes"]);
    home.ends(0, &["diff", "--exit-code", &example()]);
}
