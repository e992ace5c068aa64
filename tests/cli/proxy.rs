//! `proxy` as a client of EWS and a shell see it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Output, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::harness::*;

const ORGANIZATION: &str = "m-ac3e0000000000000000000000000001";
const GET_FOLDER: &str = "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>\
    <t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder>";
const SAVE: &str = "<m:CreateItem MessageDisposition=\"SaveOnly\"><m:SavedItemFolderId>\
    <t:DistinguishedFolderId Id=\"drafts\"/></m:SavedItemFolderId><m:Items><t:Message><t:Subject>a</t:Subject>\
    </t:Message></m:Items></m:CreateItem>";

/// A request with this operation, of a client that speaks a later version.
fn envelope(header: &str, operation: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
         xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><s:Header>\
         <t:RequestServerVersion Version=\"Exchange2016\"/>{header}</s:Header><s:Body>{operation}</s:Body></s:Envelope>"
    )
}

fn user(address: &str) -> String {
    format!(
        "<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>{address}</t:SmtpAddress></t:ConnectingSID>\
         </t:ExchangeImpersonation>"
    )
}

/// The status and the rest of what a proxy answers.
fn send(url: &str, password: &str, body: &str) -> (u16, String) {
    let host = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let length = body.len();
    let head = format!(
        "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {password}\r\n\
         Content-Type: text/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

/// A proxy that runs until it is stopped.
struct Proxied {
    child: Child,
    url: String,
    password: String,
    stderr: Receiver<String>,
}

impl Proxied {
    fn start(home: &Home, served: &Served, args: &[&str]) -> Self {
        let mut command = served.client(home, &[&["-v", "proxy"], args].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let url = first_line(child.stdout.take().unwrap()).trim().to_owned();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (password, stderr) = {
            let (send, receive) = std::sync::mpsc::channel();
            let rest = on_a_thread(move || {
                let mut all = String::new();
                while stderr.read_line(&mut all).unwrap() > 0 {
                    if let Some((_, password)) = all.trim_end().rsplit_once("any user name: ") {
                        // Only the first is waited for
                        let _ = send.send(password.to_owned());
                        break;
                    }
                }
                stderr.read_to_string(&mut all).unwrap();
                all
            });
            (receive.recv_timeout(LIMIT).unwrap(), rest)
        };
        Self { child, url, password, stderr }
    }

    /// The status and the rest of an answer.
    fn send(&self, body: &str) -> (u16, String) {
        send(&self.url, &self.password, body)
    }

    /// Sends an operation, and expects this status and this in the answer.
    fn answers(&self, header: &str, operation: &str, status: u16, text: &str) {
        let (got, answer) = self.send(&envelope(header, operation));
        assert!(got == status && answer.contains(text), "{operation}\n{answer}");
    }

    fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Stops it, and gives what it printed on stderr.
    fn stop(&mut self) -> String {
        self.signal(rustix::process::Signal::INT);
        assert_eq!(wait(&mut self.child).unwrap().code(), Some(0));
        self.stderr.recv_timeout(LIMIT).unwrap()
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_client_with_a_url_and_a_password_opens_the_mailbox_and_nobody_elses() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let mut proxied = Proxied::start(&home, &served, &["Migration", "--as", "alice"]);
    assert!(proxied.url.starts_with("http://127.0.0.1:") && proxied.url.ends_with("/EWS/Exchange.asmx"));
    proxied.answers("", GET_FOLDER, 200, "ResponseClass=\"Success\"");
    proxied.answers(&user("ALICE@example.com"), SAVE, 200, "ResponseClass=\"Success\"");
    proxied.answers(&user("bob@example.com"), GET_FOLDER, 500, "ErrorImpersonateUserDenied");
    let bob =
        "<t:Mailbox><t:EmailAddress>bob@example.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>";
    let of_bob = GET_FOLDER.replace("\"inbox\"/>", &format!("\"inbox\">{bob}"));
    proxied.answers("", &of_bob, 200, "<m:ResponseCode>ErrorAccessDenied</m:ResponseCode>");
    proxied.answers("", "<m:UpdateInboxRules/>", 500, "--allow-operation UpdateInboxRules");
    proxied.answers("", "<m:AddDelegate/>", 500, "ErrorAccessDenied");
    let password = proxied.password.clone();
    let stderr = proxied.stop();
    assert!(
        stderr.contains("GetFolder alice@example.com 200 ") && stderr.contains("UpdateInboxRules"),
        "{stderr}"
    );
    // Shown once, and in no line of a request
    assert_eq!(stderr.matches(&password).count(), 1, "{stderr}");
    assert!(!stderr.contains("Bearer"), "{stderr}");
}

#[test]
fn without_a_user_each_request_names_one_and_the_role_decides() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let proxied = Proxied::start(&home, &served, &["Migration"]);
    proxied.answers(&user("alice@example.com"), GET_FOLDER, 200, "ResponseClass=\"Success\"");
    proxied.answers(&user("ceo@example.com"), GET_FOLDER, 500, "ErrorImpersonateUserDenied");
    proxied.answers("", GET_FOLDER, 500, "ErrorInvalidExchangeImpersonationHeaderData");
    proxied.answers(&user("alice"), GET_FOLDER, 500, "ErrorInvalidExchangeImpersonationHeaderData");
}

#[test]
fn read_only_keeps_a_full_access_role_from_changing_anything() {
    let home = Home::new();
    let mut served = Served::start_verbose(&home, &[]);
    let proxied = Proxied::start(&home, &served, &["Migration", "--as", "alice", "--read-only"]);
    proxied.answers("", GET_FOLDER, 200, "ResponseClass=\"Success\"");
    for operation in [SAVE, "<m:DeleteItem/>", "<m:SendItem/>", "<m:MoveItem/>"] {
        proxied.answers("", operation, 200, "ResponseMessage ResponseClass=\"Error\"");
        proxied.answers("", operation, 200, "<m:ResponseCode>ErrorAccessDenied</m:ResponseCode>");
    }
    proxied.answers("", "<m:UpdateInboxRules/>", 500, "ErrorAccessDenied");
    drop(proxied);
    let calls = served.stop();
    assert!(calls.contains("1 EWS GetFolder") && !calls.contains("Item"), "{calls}");
}

#[test]
fn tokens_that_end_soon_are_never_seen_by_the_client() {
    let home = Home::new();
    let served = Served::start(&home, &["--token-lifetime", "2", "--fault", "expired-token:GetFolder:1:3"]);
    let mut proxied = Proxied::start(&home, &served, &["Migration", "--as", "alice"]);
    for _ in 0..12 {
        proxied.answers("", GET_FOLDER, 200, "ResponseClass=\"Success\"");
        std::thread::sleep(Duration::from_millis(400));
    }
    let stderr = proxied.stop();
    assert!(!stderr.contains("warning"), "{stderr}");
}

fn run(home: &Home, served: &Served, args: &[&str]) -> Output {
    served.client(home, args).output_within_limit()
}

#[test]
fn a_command_finds_ews_in_its_environment_and_gives_the_exit_code() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    let script = "echo $WORKMAIL_EWS_URL; echo $WORKMAIL_EWS_PASSWORD; echo $WORKMAIL_IMPERSONATED_USER; \
                  echo \"<${WORKMAIL_IMPERSONATION_TOKEN-unset}>\"; tr '\\0' ' ' </proc/$PPID/cmdline; exit 7";
    let mut command =
        served.client(&home, &["proxy", "Migration", "--as", "alice", "-v", "--", "sh", "-c", script]);
    let output = command.env("WORKMAIL_IMPERSONATION_TOKEN", "old").output_within_limit();
    assert_eq!(output.status.code(), Some(7), "{}", printed(&output));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = stdout.lines().collect();
    assert!(lines[0].starts_with("http://127.0.0.1:") && lines[1].len() == 32, "{stdout}");
    assert_eq!((lines[2], lines[3]), ("alice@example.com", "<unset>"));
    // The password is in the environment alone
    assert_eq!(stdout.matches(lines[1]).count(), 1);
    assert!(!String::from_utf8_lossy(&output.stderr).contains(lines[1]));
    // A command that is not there, and none behind the dashes
    for (args, code) in [(&["--", "/nowhere"][..], 1), (&["--"], 2), (&["--", ""], 2)] {
        let output = run(&home, &served, &[&["proxy", "Migration"], args].concat());
        assert_eq!(output.status.code(), Some(code), "{}", printed(&output));
    }
    // It gets the signals
    let mut child = served
        .client(
            &home,
            &[
                "proxy",
                "Migration",
                "--",
                "sh",
                "-c",
                "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done",
            ],
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(first_line(child.stdout.take().unwrap()), "up\n");
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    assert_eq!(wait(&mut child).unwrap().code(), Some(9));
}

#[test]
fn the_sandbox_of_a_file_is_served_as_long_as_the_command_runs() {
    let home = Home::new();
    let script = "case $WORKMAIL_EWS_URL in http://127.0.0.1:*/EWS/Exchange.asmx) exit 0;; esac; exit 1";
    home.exits_with(0, &["proxy", "Migration", "--as", "alice", "--", "sh", "-c", script]);
}

#[test]
fn what_cannot_work_is_said_before_there_is_a_token() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    for (args, code, text) in [
        (&["--listen", "0.0.0.0:0"][..], 2, "not a loopback address"),
        (&["--listen", "192.0.2.1:80"], 2, "not a loopback address"),
        (&["--listen", "[::]:0"], 2, "not a loopback address"),
        (&["--listen", "localhost"], 2, "invalid socket address"),
        (&["--allow-operation", "UpdateInboxRule"], 2, "UpdateInboxRules"),
        (&["--allow-operation", "GetItem"], 2, "invalid value 'GetItem'"),
        (&["--allow-operation", "AddDelegate", "--read-only"], 2, "cannot be used with"),
        (&["--ews-url", "http://ews.example/"], 5, "--insecure-endpoint"),
        (&["--ews-url", "ews.example"], 2, "no token was asked for"),
        (&["-o", "json"], 2, "no json output"),
        (&["--as", "ceo"], 3, "may not impersonate ceo@example.com"),
        (&["--as", "nobody@example.com"], 1, "nobody@example.com"),
    ] {
        let output = home.run(&[&["proxy", "Migration"], args].concat());
        assert_eq!(
            (output.status.code(), output.stdout.len()),
            (Some(code), 0),
            "{args:?}{}",
            printed(&output)
        );
        assert!(printed(&output).contains(text), "{args:?}{}", printed(&output));
    }
    let state = read_json(home.path("sandbox.json"));
    assert_eq!(state["organizations"][0]["tokens"].as_array().map_or(0, Vec::len), 0);
}

#[test]
fn with_both_ids_the_narrowest_policy_suffices() {
    let home = Home::new();
    let id = home.role_id("Migration");
    // All else is denied; whether it has expired is looked at where that may be read
    for (fault, said) in [(&["--fault", "deny:GetImpersonationRole"][..], true), (&[], false)] {
        let mut served = Served::start_verbose(&home, fault);
        let output = run(&home, &served, &["--org", ORGANIZATION, "proxy", &id, "--", "true"]);
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        assert_eq!(printed(&output).contains("is not looked at"), said, "{}", printed(&output));
        let calls = served.stop();
        assert!(calls.contains("1 AssumeImpersonationRole") && calls.contains("2 calls"), "{calls}");
    }
}

/// Lets Migration end so many seconds from now, and gives that moment.
fn ends_in(home: &Home, served: &Served, seconds: i64) -> Instant {
    let end = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + seconds).unwrap();
    let left = end.duration_since(jiff::Timestamp::now()).unsigned_abs();
    let output = run(home, served, &["edit", "Migration", "--expires", &end.to_string(), "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    Instant::now() + left
}

fn sleep_until(moment: Instant) {
    std::thread::sleep(moment.saturating_duration_since(Instant::now()) + Duration::from_millis(50));
}

#[test]
fn when_the_role_expires_the_proxy_says_so_and_ends_with_5() {
    let home = Home::new();
    let served = Served::start(&home, &["--token-lifetime", "2"]);
    let id = home_role(&home, &served);
    // By name and, where that may be read, by ids
    for args in [&["Migration", "--as", "alice"][..], &["--org", ORGANIZATION, &id]] {
        let end = ends_in(&home, &served, 8);
        let mut proxied = Proxied::start(&home, &served, args);
        let alice = user("alice@example.com");
        let mut answered = 0;
        while Instant::now() + Duration::from_secs(1) < end {
            proxied.answers(&alice, GET_FOLDER, 200, "ResponseClass=\"Success\"");
            answered += 1;
            std::thread::sleep(Duration::from_millis(300));
        }
        assert!(answered > 0);
        sleep_until(end);
        proxied.answers(&alice, GET_FOLDER, 500, "wmrole proxy: role Migration expired at");
        assert_eq!(wait(&mut proxied.child).unwrap().code(), Some(5));
        let stderr = proxied.stderr.recv_timeout(LIMIT).unwrap();
        assert!(stderr.contains("warning: role Migration expired at"), "{stderr}");
        assert!(stderr.contains("error: role Migration expired at"), "{stderr}");
        // It does not begin either
        let output = run(&home, &served, &[&["proxy"], args, &["--", "true"]].concat());
        assert_eq!((output.status.code(), output.stdout.len()), (Some(5), 0), "{}", printed(&output));
        assert!(printed(&output).contains("expired at"), "{}", printed(&output));
    }
}

#[test]
fn when_the_role_is_over_the_command_is_asked_to_end() {
    let home = Home::new();
    let served = Served::start(&home, &["--token-lifetime", "2"]);
    let id = home_role(&home, &served);
    let script = "trap 'echo tidied; exit 7' TERM; echo $WORKMAIL_EWS_URL $WORKMAIL_EWS_PASSWORD; \
                  while :; do sleep 0.05; done";
    let body = envelope("", GET_FOLDER);
    for (expires, code, text) in [(true, 5, "expired at"), (false, 1, "is gone")] {
        let output =
            run(&home, &served, &["edit", "Migration", "--expires", "1d", "--allow", "alice", "--yes"]);
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        let args = ["proxy", "Migration", "--as", "alice", "--", "sh", "-c", script];
        let mut child = served.client(&home, &args);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let (url, password) = line.trim().split_once(' ').unwrap();
        assert_eq!(send(url, password, &body).0, 200);
        match expires {
            true => sleep_until(ends_in(&home, &served, 2)),
            false => assert!(run(&home, &served, &["delete", &id, "--yes"]).status.success()),
        }
        // What it held is renewed first
        std::thread::sleep(Duration::from_secs(2));
        let (status, answer) = send(url, password, &body);
        assert!(status == 500 && answer.contains(text), "{answer}");
        assert_eq!(wait(&mut child).unwrap().code(), Some(code));
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "tidied\n");
        rest.clear();
        child.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
        assert!(rest.contains(text) && rest.contains("sh is asked to end"), "{rest}");
    }
}

#[test]
fn a_command_that_goes_on_after_the_role_is_killed() {
    let home = Home::new();
    let served = Served::start(&home, &["--token-lifetime", "2"]);
    let script = "trap '' TERM; echo $WORKMAIL_EWS_URL $WORKMAIL_EWS_PASSWORD; while :; do sleep 0.05; done";
    let mut child = served.client(&home, &["proxy", "Migration", "--as", "alice", "--", "sh", "-c", script]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let line = first_line(child.stdout.take().unwrap());
    let (url, password) = line.trim().split_once(' ').unwrap();
    sleep_until(ends_in(&home, &served, 2));
    // What it held is renewed first
    std::thread::sleep(Duration::from_secs(2));
    let asked = Instant::now();
    send(url, password, &envelope("", GET_FOLDER));
    let code = wait(&mut child).unwrap().code();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(asked.elapsed() >= Duration::from_secs(10), "{stderr}");
    assert_eq!(code, Some(5), "{stderr}");
    assert!(stderr.contains("sh is asked to end, and is killed after 10 seconds"), "{stderr}");
}

/// The id of Migration in a sandbox that is served.
fn home_role(home: &Home, served: &Served) -> String {
    let output = run(home, served, &["show", "Migration", "-o", "json"]);
    json(&output)["role"]["id"].as_str().unwrap().to_owned()
}

/// The most memory that a process has used, in KiB.
#[cfg(target_os = "linux")]
fn most_memory(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn an_attachment_of_100_mb_is_not_kept_in_memory() {
    let home = Home::new();
    let served = Served::start(&home, &[]);
    // EWS that counts what it gets
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ews = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
    let counted = on_a_thread(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut total, mut buffer, mut end) = (0, vec![0; 64 << 10], Vec::new());
        while !end.ends_with(b"\r\n0\r\n\r\n") {
            let read = stream.read(&mut buffer).unwrap();
            total += read;
            end.extend_from_slice(&buffer[read.saturating_sub(16)..read]);
            end.drain(..end.len().saturating_sub(32));
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>")
            .unwrap();
        total
    });
    let proxied = Proxied::start(&home, &served, &["Migration", "--as", "alice", "--ews-url", &ews]);
    let before = most_memory(&proxied.child);
    let length = 100 << 20;
    let content = format!("<t:Content>{}</t:Content>", "QUJD".repeat(length / 4));
    proxied.answers(
        "",
        &format!("<m:CreateAttachment><m:Attachments>{content}</m:Attachments></m:CreateAttachment>"),
        200,
        "<a/>",
    );
    assert!(counted.recv_timeout(LIMIT).unwrap() > length);
    let more = most_memory(&proxied.child) - before;
    // How much the program itself takes depends on how it was built
    assert!(more < 8 << 10, "{more} KiB more than {before}");
}
