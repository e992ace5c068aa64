//! `test --ip` and `--ews`: waiting for mailboxes, and servers that answer what EWS would not.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Output;
use std::sync::{Arc, Mutex};

use rustix::process::{Pid, Signal, kill_process};

use super::harness::*;
use super::hostile::attacks;

const ROLE: &str = "Ticket triage";
const DAVE: &str = "dave@example.com";

/// How many tokens the sandbox gave.
fn tokens(home: &Home) -> usize {
    read_json(home.path("sandbox.json"))["organizations"][0]["tokens"].as_array().map_or(0, Vec::len)
}

/// The tokens that the program got are nowhere in what it printed.
fn assert_no_token(output: &Output, requests: &[String]) {
    let shown = printed(output);
    let mut found = 0;
    for request in requests {
        for line in request.lines().filter(|line| line.to_ascii_lowercase().starts_with("authorization:")) {
            let token = line.split("Bearer ").nth(1).unwrap().trim();
            assert!(token.len() > 8 && !shown.contains(token), "{shown}");
            found += 1;
        }
    }
    assert!(found > 0, "no token was sent at all");
}

/// A server at which EWS should be, which answers each request with what `answer` makes of it; its URL, and what it
/// was sent.
fn instead_of_ews(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut got, mut buffer) = (Vec::new(), [0; 8192]);
            while !got.ends_with(b"</s:Envelope>") {
                match stream.read(&mut buffer) {
                    Ok(read @ 1..) => got.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            let request = String::from_utf8_lossy(&got).into_owned();
            let answer = answer(&request);
            kept.lock().unwrap().push(request);
            let _ = stream.write_all(&answer);
        }
    });
    (url, requests)
}

fn response(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn fault(words: &str) -> Vec<u8> {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>a:ErrorOdd</faultcode><faultstring>{words}</faultstring></s:Fault></s:Body></s:Envelope>"
    );
    response("500 Error\r\nContent-Type: text/xml", &body)
}

fn requests(of: &Arc<Mutex<Vec<String>>>) -> Vec<String> {
    of.lock().unwrap().clone()
}

#[test]
fn waiting_ends_when_the_mailbox_follows() {
    let home = Home::new();
    let served = Served::start(&home, &["--propagation", "3"]);
    let run = |code: i32, args: &[&str]| {
        let output = served.client(&home, args).output_within_limit();
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", printed(&output));
        output
    };
    // Opened by the rules, and wanted closed: that it is still closed is no proof
    run(0, &["edit", ROLE, "--allow", DAVE, "--yes"]);
    let waited = run(3, &["test", ROLE, DAVE, "--ews", "--wait", "100s", "--expect", "deny"]);
    assert!(printed(&waited).contains("waiting for the mailbox of dave@example.com, 0 s of 100 s"));
    run(0, &["edit", ROLE, "--remove-user", DAVE, "--yes"]);
    let open = run(0, &["test", ROLE, DAVE, "--ews"]);
    assert!(printed(&open).contains("has not caught up"), "{}", printed(&open));
    let waited = run(0, &["test", ROLE, DAVE, "--ews", "--wait", "100s", "--expect", "deny", "-o", "json"]);
    assert_eq!(json(&waited)["results"][0]["effect"], "DENY");
    assert_eq!(json(&waited)["results"][0]["gates"][1]["effect"], "DENY");
    // Without a wish, until the mailbox agrees with the rules
    run(0, &["edit", ROLE, "--allow", DAVE, "--yes"]);
    run(0, &["test", ROLE, DAVE, "alice@example.com", "--ews", "--wait", "100s"]);
}

#[test]
fn a_token_that_expires_meanwhile_is_renewed() {
    let home = Home::new();
    let served = Served::start(&home, &["--propagation", "5", "--token-lifetime", "1"]);
    let run = |args: &[&str]| {
        let output = served.client(&home, args).output_within_limit();
        assert_eq!(output.status.code(), Some(0), "{args:?}\n{}", printed(&output));
        printed(&output)
    };
    run(&["edit", ROLE, "--allow", DAVE, "--yes"]);
    let log = run(&["-vv", "test", ROLE, DAVE, "--ews", "--wait", "100s"]);
    let calls = |operation: &str| {
        let of = |line: &&str| line.contains(": call ") && line.contains(operation);
        log.lines().filter(of).count()
    };
    // With one that has expired the mailbox would never have opened
    assert!(calls("AssumeImpersonationRole") > 1 && calls("EWS GetFolder") > 1, "{log}");
}

#[test]
fn the_limit_ends_with_3_and_what_is_not_known_with_1() {
    let home = Home::new();
    let served = Served::start(&home, &["--propagation", "3600"]);
    let run = |code: i32, args: &[&str]| {
        let output = served.client(&home, args).output_within_limit();
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", printed(&output));
        printed(&output)
    };
    run(0, &["edit", ROLE, "--remove-user", "bob@example.com", "--yes"]);
    let bob = ["test", ROLE, "bob@example.com", "--ews"];
    let text = run(3, &[&bob[..], &["--wait", "1s"]].concat());
    assert!(
        text.contains("stopped waiting for the mailbox of bob@example.com after 1 s: it opened"),
        "{text}"
    );
    assert!(text.contains("ALLOW") && !text.contains("hint: --wait"), "{text}");
    run(3, &[&bob[..], &["--wait", "1s", "--expect", "deny"]].concat());
    run(0, &[&bob[..], &["--wait", "1s", "--expect", "allow"]].concat());
    let (url, _) = instead_of_ews(|_| response("503 Busy", ""));
    let text = run(1, &[&bob[..], &["--wait", "1s", "--expect", "deny", "--ews-url", &url]].concat());
    assert!(text.contains("UNKNOWN") && text.contains("HTTP 503"), "{text}");
}

#[test]
fn an_interrupt_ends_the_waiting() {
    let home = Home::new();
    let served = Served::start(&home, &["--propagation", "3600"]);
    let edited = served.client(&home, &["edit", ROLE, "--allow", DAVE, "--yes"]).output_within_limit();
    assert_eq!(edited.status.code(), Some(0), "{}", printed(&edited));
    let mut command = served.client(&home, &["test", ROLE, DAVE, "--ews", "--wait", "1h"]);
    let mut child =
        command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().unwrap();
    let line = first_line(child.stderr.take().unwrap());
    assert!(line.starts_with("waiting for the mailbox of dave@example.com"), "{line}");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(wait(&mut child).unwrap().code(), Some(130));
}

#[test]
fn what_answers_instead_of_ews_is_not_known_and_no_denial() {
    let home = Home::new();
    let envelope = |inside: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{inside}</s:Body></s:Envelope>"
        )
    };
    for (answer, says) in [
        (response("200 OK\r\nContent-Type: text/html", "<html>Sign in"), "HTTP 200 with a web page"),
        (response("403 No\r\nContent-Type: text/html", "<html>Blocked"), "HTTP 403 with a web page"),
        (response("401 No", ""), "HTTP 401, the token is not accepted"),
        (response("200 OK", &"x".repeat(10 << 20)), "the answer has more than 1 MiB"),
        (response("200 OK", "{}"), "not an answer of EWS"),
        (response("200 OK", &envelope("<a/>")), "no answer to GetFolder is in it"),
        (Vec::new(), "the connection was dropped"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<".to_vec(), "the connection was dropped"),
    ] {
        let (url, sent) = instead_of_ews(move |_| answer.clone());
        for expect in ["allow", "deny"] {
            let args = ["-vv", "test", ROLE, "alice", "ceo", "--ews", "--expect", expect, "--ews-url", &url];
            let output = home.run(&args);
            let text = printed(&output);
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(
                text.contains("UNKNOWN") && text.contains("is not known: ") && text.contains(says),
                "{text}"
            );
            assert_no_token(&output, &requests(&sent));
        }
        assert_eq!(requests(&sent).len(), 4, "one request a user, and never again");
    }
}

#[test]
fn a_redirect_carries_no_token_away() {
    let home = Home::new();
    let (elsewhere, stolen) = instead_of_ews(|_| response("200 OK", ""));
    let location = elsewhere.clone();
    let (url, sent) = instead_of_ews(move |_| response(&format!("307 Moved\r\nLocation: {location}"), ""));
    let output = home.run(&["test", ROLE, "alice", "--ews", "--ews-url", &url]);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    assert!(
        printed(&output).contains(&format!("a redirect to {elsewhere} (not followed)")),
        "{}",
        printed(&output)
    );
    assert_eq!((requests(&sent).len(), requests(&stolen)), (1, vec![]));
    assert_no_token(&output, &requests(&sent));
}

#[test]
fn a_server_s_words_are_harmless_and_never_the_token() {
    let home = Home::new();
    for text in attacks::TEXTS {
        let (url, _) = instead_of_ews(move |_| fault(text));
        for format in ["table", "json", "yaml"] {
            let output = home.run(&["test", ROLE, "alice", "--ews", "--ews-url", &url, "-o", format]);
            assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
            for stream in [&output.stdout, &output.stderr] {
                let stream = String::from_utf8_lossy(stream);
                assert_eq!(
                    [attacks::terminal(&stream), attacks::runner(&stream)].concat(),
                    [""; 0],
                    "{text:?}"
                );
            }
        }
    }
    let (url, sent) = instead_of_ews(|request| fault(request.split("Bearer ").nth(1).unwrap()));
    for format in ["table", "json"] {
        let output = home.run(&["-vv", "test", ROLE, "alice", "--ews", "--ews-url", &url, "-o", format]);
        assert!(printed(&output).contains("ErrorOdd: [secret]"), "{}", printed(&output));
        assert_no_token(&output, &requests(&sent));
    }
}

#[test]
fn a_mailbox_that_is_somebody_else_s_is_loud_and_not_open() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    // A server between, which passes everybody off as alice
    let served = Served::start(&home, &[]);
    let upstream = served.url.trim_start_matches("http://").to_owned();
    let (url, _) = instead_of_ews(move |request| {
        let request = request.replace("bob@example.com", "alice@example.com");
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let authorization =
            head.lines().find(|line| line.to_ascii_lowercase().starts_with("authorization:")).unwrap();
        let mut stream = std::net::TcpStream::connect(&upstream).unwrap();
        let length = body.len();
        let passed = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(passed.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    });
    let args =
        ["test", ROLE, "alice@example.com", "bob@example.com", "--ews", "--ews-url", &url, "-o", "json"];
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let document = json(&output);
    assert_eq!(document["results"][0]["effect"], "ALLOW");
    assert_eq!(document["results"][1]["effect"], "UNKNOWN");
    assert!(
        printed(&output).contains(
            "whether the mailbox of bob@example.com is open is not known: a different mailbox opened"
        )
    );
}

#[test]
fn without_root_certificates_it_is_said_before_there_is_a_token() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    let none = home.write("none.pem", "");
    let mut command = home.command(&["test", ROLE, "alice", "--ews", "--ews-url", "https://127.0.0.1:9/"]);
    let output = command.env("SSL_CERT_FILE", none).output_within_limit();
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let text = printed(&output);
    assert!(
        text.contains("this machine has no root certificates") && text.contains("SSL_CERT_FILE"),
        "{text}"
    );
    assert!(!text.contains("panicked") && tokens(&home) == 0, "{text}");
}

#[test]
fn an_address_that_a_token_must_not_go_to_is_refused_before_there_is_one() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    for (url, code) in [("http://ews.example/", 5), ("https://me:s3cr3t@ews.example/", 2), ("ews.example", 2)]
    {
        let output = home.run(&["test", ROLE, "alice", "--ews", "--ews-url", url]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{}", printed(&output));
        assert!(!printed(&output).contains("s3cr3t"));
    }
    assert_eq!(tokens(&home), 0);
}

#[test]
fn the_proxy_of_the_environment_is_used_but_not_for_this_machine() {
    let home = Home::new();
    let (proxy, sent) = instead_of_ews(|_| response("407 Who are you?\r\nContent-Type: text/html", "<html>"));
    let proxy = proxy.replace("/EWS/Exchange.asmx", "").replace("//", "//me:s3cr3t@");
    let run = |args: &[&str]| {
        let args = [&["test", ROLE, "alice", "--ews"], args].concat();
        let mut command = home.command(&args);
        command
            .env("HTTP_PROXY", &proxy)
            .env("HTTPS_PROXY", &proxy)
            .env("ALL_PROXY", &proxy)
            .output_within_limit()
    };
    let output = run(&[]);
    assert_eq!((output.status.code(), requests(&sent).len()), (Some(0), 0), "{}", printed(&output));
    let output = run(&["--ews-url", "http://ews.invalid/EWS/Exchange.asmx", "--insecure-endpoint"]);
    let text = printed(&output);
    assert_eq!((output.status.code(), requests(&sent).len()), (Some(1), 1), "{text}");
    assert!(text.contains("HTTP 407") && text.contains("HTTPS_PROXY") && !text.contains("s3cr3t"), "{text}");
    assert!(
        requests(&sent)[0].starts_with("POST http://ews.invalid/EWS/Exchange.asmx"),
        "{:?}",
        requests(&sent)
    );
}

#[test]
fn users_without_a_mailbox_are_not_asked_for_and_need_no_token() {
    let home = Home::new();
    let document = home.json(3, &["test", ROLE, "mallory", "--ews", "--wait", "5m", "-o", "json"]);
    let gates = document["results"][0]["gates"].as_array().unwrap();
    assert_eq!((gates.len(), &gates[0]["gate"], tokens(&home)), (1, &serde_json::json!("role"), 0));
    // Without the flags, nothing is different from before
    assert!(home.json(3, &["test", ROLE, "mallory", "-o", "json"])["results"][0]["gates"].is_null());
}
