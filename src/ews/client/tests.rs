//! The client over real HTTP: servers that answer what EWS would not, and the sandbox.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::*;
use crate::ews::outcome::{Proof, Refusal};
use crate::id::{OrganizationId, UserId};
use crate::sandbox::{Seed, Server, Store};
use crate::system::System;

const SECRET: &str = "s3cr3t-token";

/// A server that answers each request with these bytes, holds the connection open after them where it must, and
/// keeps what it got.
fn answering(answer: Vec<u8>, hold: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/EWS/Exchange.asmx", listener.local_addr().expect("an address"));
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut buffer = [0; 8192];
            let mut got = Vec::new();
            while !got.ends_with(b"</s:Envelope>") {
                match stream.read(&mut buffer) {
                    Ok(read @ 1..) => got.extend_from_slice(&buffer[..read]),
                    _ => break,
                }
            }
            kept.lock().expect("no panic").push(String::from_utf8_lossy(&got).into_owned());
            // A client that has seen enough closes
            let _ = stream.write_all(&answer);
            if hold {
                open.push(stream);
            }
        }
    });
    (url, requests)
}

fn response(head: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

fn token() -> Token {
    Token::from_service(SECRET.into(), 900).expect("a token")
}

async fn open_with(url: &str, limits: EwsLimits) -> Outcome {
    let client = EwsClient::new(url, limits).expect("a client");
    let organization = OrganizationId::from_service("m-1");
    let user = UserId::from_service("u-1");
    let mailbox = Mailbox { organization: &organization, user: &user, address: "alice@example.com" };
    let token = token();
    let opening = client.open_inbox(&token, &mailbox);
    tokio::time::timeout(Duration::from_secs(60), opening).await.expect("in time")
}

async fn open(url: &str) -> Outcome {
    open_with(url, EwsLimits::default()).await
}

#[tokio::test]
async fn a_request_carries_the_token_in_its_header_alone() {
    let (url, requests) = answering(response("401 No", ""), false);
    assert_eq!(open(&url).await, Outcome::Unknown(Failure::Token));
    let requests = requests.lock().expect("no panic");
    let [request] = requests.as_slice() else { panic!("one request, and no other: {requests:?}") };
    let (head, body) = request.split_once("\r\n\r\n").expect("a body");
    assert!(head.to_ascii_lowercase().contains(&format!("\r\nauthorization: bearer {SECRET}\r\n")), "{head}");
    assert!(head.starts_with("POST /EWS/Exchange.asmx HTTP/1.1\r\n") && !body.contains(SECRET), "{request}");
    assert!(body.contains("alice@example.com"), "{body}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (elsewhere, stolen) = answering(response("200 OK", ""), false);
        let head = format!("{status} Moved\r\nLocation: {elsewhere}");
        let (url, requests) = answering(response(&head, ""), false);
        assert_eq!(open(&url).await, Outcome::Unknown(Failure::Redirect(status, elsewhere.clone())));
        assert_eq!(requests.lock().expect("no panic").len(), 1);
        assert_eq!(stolen.lock().expect("no panic").len(), 0, "{status} was followed");
    }
}

#[tokio::test]
async fn an_answer_has_a_limit_in_size_and_the_whole_request_one_in_time() {
    let limits = EwsLimits { whole: Duration::from_millis(300), ..EwsLimits::default() };
    let (large, _) = answering(response("200 OK", &"x".repeat(10 << 20)), false);
    assert_eq!(open(&large).await, Outcome::Unknown(Failure::TooLong(1 << 20)));
    let endless =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n<\r\n".to_vec();
    for begun in [endless, b"HTTP/1.1 200 OK\r\n".to_vec(), Vec::new()] {
        let (url, requests) = answering(begun, true);
        assert_eq!(open_with(&url, limits).await, Outcome::Unknown(Failure::Timeout(1)));
        assert_eq!(requests.lock().expect("no panic").len(), 1, "nothing is sent twice");
    }
}

#[tokio::test]
async fn what_is_cut_off_or_not_there_is_a_failure() {
    let (url, requests) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a>".to_vec(), false);
    assert!(matches!(open(&url).await, Outcome::Unknown(Failure::Dropped(_))));
    assert_eq!(requests.lock().expect("no panic").len(), 1);
    let (url, _) = answering(Vec::new(), false);
    assert!(matches!(open(&url).await, Outcome::Unknown(Failure::Dropped(_))));
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let refused = open(&format!("http://{free}/")).await;
    assert!(
        matches!(&refused, Outcome::Unknown(Failure::NoConnection(words)) if words.contains("refused")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_token_that_a_server_sends_back_is_not_shown() {
    let fault = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>a:{SECRET}</faultcode><faultstring>Bearer {SECRET}</faultstring></s:Fault></s:Body></s:Envelope>"
    );
    for answer in [
        response("500 No", &fault),
        response("200 OK", &fault),
        response(&format!("302 Moved\r\nLocation: https://portal.example/?t={SECRET}"), ""),
    ] {
        let (url, _) = answering(answer, false);
        let outcome = open(&url).await;
        let shown = match &outcome {
            Outcome::Unknown(failure) => format!("{failure} {outcome:?}"),
            other => panic!("{other:?}"),
        };
        assert!(shown.contains("[secret]") && !shown.contains(SECRET), "{shown}");
    }
    let client = EwsClient::new("https://me:s3cr3t@127.0.0.1/", EwsLimits::default());
    assert!(!format!("{client:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn a_probe_sends_no_token_and_knows_ews() {
    let (page, requests) = answering(response("200 OK\r\nContent-Type: text/html", "<html>Sign in"), false);
    let client = EwsClient::new(&page, EwsLimits::default()).expect("a client");
    assert_eq!(client.probe().await, Err(Failure::Page(200)));
    assert!(!requests.lock().expect("no panic")[0].to_lowercase().contains("authorization"));
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::init(directory.path().join("state.json"), &Seed::default(), false).expect("made");
    let server = Server::start_local(store, System::REAL).expect("started");
    for (path, wanted) in [("/EWS/Exchange.asmx", Ok(())), ("/elsewhere", Err(Failure::Status(404)))] {
        let url = server.url() + path;
        assert_eq!(EwsClient::new(&url, EwsLimits::default()).expect("a client").probe().await, wanted);
    }
}

#[tokio::test]
async fn the_sandbox_s_mailboxes_open_or_not() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::init(directory.path().join("state.json"), &Seed::default(), false).expect("made");
    let server = Server::start_local(store.clone(), System::REAL).expect("started");
    let state = store.read().expect("read");
    let organization = &state.organizations[0];
    let options = crate::workmail::Options {
        endpoint_url: Some(server.url()),
        sandbox: true,
        ..crate::workmail::Options::default()
    };
    let account = crate::workmail::connect(&options).await.expect("connected");
    let chosen = account.organization(None).await.expect("one");
    let token = account.writer(&chosen).assume(&organization.roles[0].id).await.expect("a token");
    let url = server.url() + "/EWS/Exchange.asmx";
    let client = EwsClient::new(&url, EwsLimits::default()).expect("a client");
    let open = async |user: &str, address: &str| {
        let user = &organization.user(user).expect("a user").id;
        client.open_inbox(&token, &Mailbox { organization: &organization.id, user, address }).await
    };
    assert_eq!(open("alice", "alice@example.com").await, Outcome::Opened(Proof::Named));
    let denied = Refusal::Impersonation("ErrorImpersonateUserDenied".into());
    assert_eq!(open("ceo", "ceo@example.com").await, Outcome::Refused(denied));
    let nobody = Refusal::NoMailbox("ErrorNonExistentMailbox".into());
    assert_eq!(open("ceo", "a&b@example.com").await, Outcome::Refused(nobody));
    let other = open("bob", "alice@example.com").await;
    assert!(matches!(other, Outcome::Unknown(Failure::OtherMailbox(_))), "{other:?}");
}
