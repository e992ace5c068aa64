//! Something between the program and the service: other people who change a role at the worst moment, and answers
//! that cannot be true.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::definitions::example;
use super::harness::*;

type Answer = (u16, String);

/// Answers calls in place of a served sandbox: with the operation, and what asks the sandbox itself.
struct Between {
    sandbox: Served,
    url: String,
}

impl Between {
    fn start(
        home: &Home,
        answer: impl Fn(&str, &dyn Fn() -> Answer) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::of(Served::start(home, &[]), answer)
    }

    fn of(
        sandbox: Served,
        answer: impl Fn(&str, &dyn Fn() -> Answer) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (answer, target) = (Arc::new(answer), sandbox.url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, target) = (answer.clone(), target.clone());
                std::thread::spawn(move || one_request(stream.unwrap(), &target, &*answer));
            }
        });
        Self { sandbox, url }
    }

    fn client(&self, home: &Home, args: &[&str]) -> Command {
        same(&self.sandbox.client(home, &[]), &[&["--endpoint-url", &self.url], args].concat())
    }
}

/// The program in the same environment, called with something else.
fn same(client: &Command, args: &[&str]) -> Command {
    let mut command = Command::new(client.get_program());
    command.env_clear().args(args).stdin(std::process::Stdio::null());
    command.envs(client.get_envs().filter_map(|(key, value)| Some((key, value?))));
    command
}

fn one_request(
    mut stream: TcpStream,
    sandbox: &str,
    answer: &(dyn Fn(&str, &dyn Fn() -> Answer) -> Answer + Send + Sync),
) {
    let Some((head, body)) = read_message(&mut stream) else { return };
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let target = header("x-amz-target").unwrap_or_default();
    let forward = || {
        let mut service = TcpStream::connect(sandbox.trim_start_matches("http://")).unwrap();
        let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
        service.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        let (head, body) = read_message(&mut service).unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), String::from_utf8(body).unwrap())
    };
    let (status, body) = answer(target.rsplit('.').next().unwrap_or_default(), &forward);
    let head = format!(
        "HTTP/1.1 {status} A\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Who asked may be gone
    let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat());
}

/// The head with its empty line, and the body.
fn read_message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let mut bytes = Vec::new();
    let mut part = [0; 65536];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end + 4].to_vec()).unwrap();
            let length = head.lines().find_map(|line| {
                let (key, value) = line.split_once(": ")?;
                key.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
            });
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Some((head, bytes.split_off(end + 4)));
            }
        }
        match stream.read(&mut part).unwrap() {
            0 => return None,
            n => bytes.extend(&part[..n]),
        }
    }
}

/// Something that happens once, at this call of an operation, counted from 0.
fn at(
    operation: &'static str,
    n: usize,
    then: impl Fn(&dyn Fn() -> Answer) -> Answer,
) -> impl Fn(&str, &dyn Fn() -> Answer) -> Answer {
    let seen = AtomicUsize::new(0);
    move |called, forward| {
        if called == operation && seen.fetch_add(1, Ordering::SeqCst) == n {
            then(forward)
        } else {
            forward()
        }
    }
}

/// Runs to its end, with success.
fn succeeds(client: &Command, args: &[&str]) {
    let url = client.get_args().nth(1).unwrap().to_str().unwrap();
    let output = same(client, &[&["--endpoint-url", url], args].concat()).output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{args:?}\n{}", printed(&output));
}

fn failing() -> Answer {
    (500, json!({"__type": "InternalServerException"}).to_string())
}

#[test]
fn a_change_that_is_sent_again_overwrites_nobody() {
    let mine = ["edit", "Ticket triage", "--description", "mine", "--yes"];
    let away = ["delete", "Ticket triage", "--yes"];
    for (operation, args) in
        [("UpdateImpersonationRole", mine.as_slice()), ("DeleteImpersonationRole", away.as_slice())]
    {
        let home = Home::new();
        let sandbox = Served::start(&home, &[]);
        let other = sandbox.client(&home, &[]);
        // While the service fails for me, somebody else takes bob out
        let service = Between::of(
            sandbox,
            at(operation, 0, move |_| {
                succeeds(&other, &["edit", "Ticket triage", "--remove-user", "bob", "--yes"]);
                failing()
            }),
        );
        let output = service.client(&home, args).output_within_limit();
        assert_eq!(output.status.code(), Some(5), "{operation}: {}", printed(&output));
        let role = home.json(0, &["show", "Ticket triage", "-o", "json"]);
        assert_eq!(role["role"]["description"], "Reads mail while a ticket is open", "{operation}");
        home.exits_with(3, &["test", "Ticket triage", "bob", "--offline"]);
    }
}

#[test]
fn two_who_make_a_role_at_once_make_one_or_are_told() {
    let create = |user| ["create", "Twice", "--type", "read-only", "--allow", user, "--yes"];
    for (theirs, code, roles) in [("alice", 0, 1), ("bob", 4, 2)] {
        let home = Home::new();
        let sandbox = Served::start(&home, &[]);
        let other = sandbox.client(&home, &[]);
        // Both saw that there is no such role
        let service = Between::of(
            sandbox,
            at("CreateImpersonationRole", 0, move |forward| {
                succeeds(&other, &create(theirs));
                forward()
            }),
        );
        let output = service.client(&home, &create("alice")).output_within_limit();
        assert_eq!(output.status.code(), Some(code), "{theirs}: {}", printed(&output));
        let list = home.json(0, &["list", "-o", "json"]);
        let twice: Vec<_> =
            list["roles"].as_array().unwrap().iter().filter(|role| role["name"] == "Twice").collect();
        assert_eq!(twice.len(), roles, "{theirs}");
        if roles == 2 {
            for role in twice {
                let id = role["id"].as_str().unwrap();
                assert!(printed(&output).contains(id), "{id}: {}", printed(&output));
            }
        }
    }
}

#[test]
fn nothing_after_the_first_write_keeps_the_report_from_being_printed() {
    for format in ["table", "json"] {
        let home = Home::new();
        let backups = home.path(".local/state/wmrole/backups");
        // From the second update on there is no place for files
        let service = Between::start(
            &home,
            at("UpdateImpersonationRole", 1, move |_| {
                std::fs::remove_dir_all(&backups).unwrap();
                std::fs::write(&backups, "no room").unwrap();
                (400, json!({"__type": "AccessDeniedException", "Message": "no"}).to_string())
            }),
        );
        let output =
            service.client(&home, &["apply", &example(), "--yes", "-o", format]).output_within_limit();
        assert_eq!(output.status.code(), Some(4), "{}", printed(&output));
        assert!(printed(&output).contains("done: create Calendar sync"), "{}", printed(&output));
        assert!(!printed(&output).contains("nothing was changed"), "{}", printed(&output));
        if format == "json" {
            assert_eq!(json(&output)["version"], 1);
        }
    }
}

/// An answer of an operation, changed.
fn changed(
    operation: &'static str,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> impl Fn(&str, &dyn Fn() -> Answer) -> Answer {
    move |called, forward| {
        let (status, body) = forward();
        if called != operation || status != 200 {
            return (status, body);
        }
        let mut answer: Value = serde_json::from_str(&body).unwrap();
        change(&mut answer);
        (status, answer.to_string())
    }
}

#[test]
fn an_answer_that_cannot_be_true_is_not_believed() {
    let read = |operation, change: fn(&mut Value), args: &[&str]| {
        let home = Home::new();
        let service = Between::start(&home, changed(operation, change));
        let output = service.client(&home, args).output_within_limit();
        let text = printed(&output);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{operation} {args:?}: {text}");
        assert!(text.contains("error: "), "{text}");
    };
    let nothing: fn(&mut Value) = |answer| *answer = json!({});
    read("ListImpersonationRoles", nothing, &["list"]);
    read("ListUsers", nothing, &["access"]);
    read("ListGroups", nothing, &["export", "--snapshot", "/dev/stdout"]);
    read("ListGroupMembers", nothing, &["export", "--snapshot", "/dev/stdout"]);
    read("GetImpersonationRole", |role| role["ImpersonationRoleId"] = json!("x"), &["show", "Migration"]);
    read("GetImpersonationRole", |role| role["Name"] = json!("x"), &["show", "Migration"]);
    read("GetImpersonationRole", |role| role["Type"] = json!("READ_ONLY"), &["show", "Migration"]);
    let too_long: fn(&mut Value) = |answer| answer["Padding"] = json!("x".repeat(17 << 20));
    read("ListImpersonationRoles", too_long, &["list"]);
}

#[test]
fn pages_without_end_are_not_followed() {
    for (operation, tokens) in
        [("ListImpersonationRoles", 2), ("ListImpersonationRoles", 10_000), ("ListUsers", 2)]
    {
        let home = Home::new();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let service = Between::start(&home, move |called, forward| {
            let page = counted.fetch_add(usize::from(called == operation), Ordering::SeqCst);
            let (status, body) = forward();
            if called != operation || page > 300 {
                return (status, body);
            }
            let mut answer: Value = serde_json::from_str(&body).unwrap();
            answer["NextToken"] = json!(format!("page-{}", page % tokens));
            (200, answer.to_string())
        });
        let output = service.client(&home, &["access"]).output_within_limit();
        assert_eq!(output.status.code(), Some(1), "{operation} {tokens}: {}", printed(&output));
        assert!(calls.load(Ordering::SeqCst) < 200, "{operation} {tokens}");
    }
}

#[test]
fn a_role_without_a_list_of_rules_is_shown_as_not_known_and_never_written() {
    let home = Home::new();
    let none = |role: &mut Value| drop(role.as_object_mut().unwrap().remove("Rules"));
    let service = Between::start(&home, changed("GetImpersonationRole", none));
    let output = service.client(&home, &["show", "Migration"]).output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(printed(&output).contains("not known"), "{}", printed(&output));
    let edit = ["edit", "Migration", "--allow", "alice", "--yes"];
    let output = service.client(&home, &edit).output_within_limit();
    assert_eq!(output.status.code(), Some(5), "{}", printed(&output));
    home.exits_with(0, &["test", "Migration", "bob", "--offline"]);
}
