//! The real program against the sandbox: cleared environment, temporary home, fixed width, and no wait without a limit.

use std::io::{BufRead as _, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// No test waits longer for one thing. Far longer than a busy machine needs.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// Waits for the end. Kills what does not end in time, and gives nothing then.
pub(crate) fn wait(child: &mut Child) -> Option<ExitStatus> {
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
pub(crate) fn on_a_thread<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (send, receive) = channel();
    // Whoever waited may be gone
    std::thread::spawn(move || drop(send.send(read())));
    receive
}

fn read_all(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    on_a_thread(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// The first line that a program writes there, waited for with a limit.
pub(crate) fn first_line(pipe: impl Read + Send + 'static) -> String {
    let line = on_a_thread(move || {
        let mut line = String::new();
        std::io::BufReader::new(pipe).read_line(&mut line).unwrap();
        line
    });
    line.recv_timeout(LIMIT).unwrap()
}

/// [`Command::output`] with a limit.
pub(crate) trait OutputWithinLimit {
    fn output_within_limit(&mut self) -> Output;
}

impl OutputWithinLimit for Command {
    fn output_within_limit(&mut self) -> Output {
        let mut child = self.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) =
            (read_all(child.stdout.take().unwrap()), read_all(child.stderr.take().unwrap()));
        let status = wait(&mut child);
        let [stdout, stderr] = [stdout, stderr].map(|pipe| pipe.recv_timeout(LIMIT).unwrap());
        let Some(status) = status else {
            panic!("{self:?} did not end:\n{}", String::from_utf8_lossy(&stderr));
        };
        Output { status, stdout, stderr }
    }
}

/// A home with a sandbox in it.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A path as an argument.
    pub(crate) fn arg(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.arg(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
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

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output_within_limit()
    }

    /// Runs, and expects this exit code.
    pub(crate) fn exits_with(&self, code: i32, args: &[&str]) {
        self.stdout(code, args);
    }

    /// Runs, expects this exit code, and gives stdout.
    pub(crate) fn stdout(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn json(&self, code: i32, args: &[&str]) -> Value {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", printed(&output));
        json(&output)
    }

    /// The names of the live roles.
    pub(crate) fn role_names(&self) -> Vec<String> {
        let list = self.json(0, &["list", "-o", "json"]);
        list["roles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The id of a live role.
    pub(crate) fn role_id(&self, name: &str) -> String {
        self.json(0, &["show", name, "-o", "json"])["role"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn stderr(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

/// The document on stdout.
pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The document in a file.
pub(crate) fn read_json(path: impl AsRef<Path>) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Both streams, to look for what must not be there, or to explain a failure.
pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A sandbox that is served to other processes, and ends with the test.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

impl Served {
    pub(crate) fn start(home: &Home, options: &[&str]) -> Self {
        Self::spawn(&mut home.command(&[&["sandbox", "serve"], options].concat()))
    }

    /// As [`Served::start`], and prints at the end how it was called.
    pub(crate) fn start_verbose(home: &Home, options: &[&str]) -> Self {
        let args = [&["sandbox", "serve", "-v"], options].concat();
        Self::spawn(home.command(&args).stderr(Stdio::piped()))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut served = Self { child: command.stdout(Stdio::piped()).spawn().unwrap(), url: String::new() };
        let mut stdout = std::io::BufReader::new(served.child.stdout.take().unwrap());
        let url = on_a_thread(move || {
            let mut url = String::new();
            stdout.read_line(&mut url).unwrap();
            url
        });
        served.url = url.recv_timeout(LIMIT).unwrap().trim().to_owned();
        served
    }

    /// Stops the server, and gives what it prints on stderr.
    pub(crate) fn stop(&mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let stderr = read_all(self.child.stderr.take().unwrap());
        assert_eq!(wait(&mut self.child).unwrap().code(), Some(0));
        String::from_utf8(stderr.recv_timeout(LIMIT).unwrap()).unwrap()
    }

    /// The program as a client of this server.
    pub(crate) fn client(&self, home: &Home, args: &[&str]) -> Command {
        let mut command = home.command(&[&["--endpoint-url", &self.url], args].concat());
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
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Changes the sandbox's file while nothing runs on it.
pub(crate) fn change_state(home: &Home, change: impl Fn(&mut Value)) {
    let mut state = read_json(home.path("sandbox.json"));
    change(&mut state["organizations"][0]);
    home.write("sandbox.json", &state.to_string());
}

pub(crate) fn remove_user(organization: &mut Value, name: &str) {
    let users = organization["users"].as_array_mut().unwrap();
    let at = users.iter().position(|user| user["name"] == name).unwrap();
    let id = users.remove(at)["id"].clone();
    for group in organization["groups"].as_array_mut().unwrap() {
        group["members"].as_array_mut().unwrap().retain(|member| member["user"] != id);
    }
}

/// How the hint begins whose command undoes a change or a deletion.
pub(crate) const BRING_BACK: &str = "to undo, run";

/// The command of a hint that begins so.
pub(crate) fn hinted(stderr: &str, what: &str) -> String {
    let line = stderr.lines().find_map(|line| line.strip_prefix(&format!("hint: {what}: ")));
    line.unwrap_or_else(|| panic!("no hint {what:?} in\n{stderr}")).to_owned()
}

/// Runs the command of a hint as a shell would, with `--yes`, and for `undo` with leave to open roles again, in the
/// environment of this command.
pub(crate) fn run_hint(environment: &Command, code: i32, hint: &str) {
    let leave = if hint.contains(" undo ") { " --allow-everyone" } else { "" };
    let script = format!("wmrole() {{ \"{}\" \"$@\" --yes{leave}; }}\n{hint}", env!("CARGO_BIN_EXE_wmrole"));
    let mut shell = Command::new("sh");
    shell.args(["-ec", &script]).env_clear().stdin(Stdio::null());
    shell.envs(environment.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let output = shell.output_within_limit();
    assert_eq!(output.status.code(), Some(code), "{hint}\n{}", printed(&output));
}

/// A service that answers each call with this, and its URL.
pub(crate) fn answering(status: u16, body: String) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let head =
                format!("HTTP/1.1 {status} A\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
            let id = "x-amzn-requestid: a\u{9b}b\r\n";
            let _ = std::io::Write::write_all(&mut stream, format!("{head}{id}\r\n{body}").as_bytes());
        }
    });
    url
}
