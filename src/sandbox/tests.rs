//! The sandbox over real HTTP, asked by the official SDK.

use std::net::TcpStream;
use std::time::Duration;

use aws_sdk_workmail::Client;
use aws_sdk_workmail::config::retry::RetryConfig;
use aws_sdk_workmail::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_workmail::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_workmail::types::ImpersonationRoleType;

use super::*;
use crate::system::System;

const ORGANIZATION: &str = "m-ac3e0000000000000000000000000001";

struct Running {
    server: Server,
    store: Store,
    _directory: tempfile::TempDir,
}

fn start(seed: &Seed) -> Running {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::init(directory.path().join("state.json"), seed, false).expect("made");
    let server = Server::start_local(store.clone(), System::REAL).expect("started");
    Running { server, store, _directory: directory }
}

/// A client that tries so many times.
fn client(server: &Server, attempts: u32) -> Client {
    let config = aws_sdk_workmail::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(server.url())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(attempts)
                .with_initial_backoff(Duration::from_millis(1)),
        )
        .build();
    Client::from_conf(config)
}

async fn create(client: &Client, name: &str) -> Result<String, String> {
    let request = client
        .create_impersonation_role()
        .organization_id(ORGANIZATION)
        .name(name)
        .r#type(ImpersonationRoleType::ReadOnly)
        .set_rules(Some(vec![]))
        .client_token(name.replace(' ', "-"));
    match request.send().await {
        Ok(output) => Ok(output.impersonation_role_id.unwrap_or_default()),
        Err(error) => Err(DisplayErrorContext(error).to_string()),
    }
}

#[tokio::test]
async fn the_sdk_understands_answers_and_errors() {
    let running = start(&Seed::default());
    let client = client(&running.server, 1);
    let user =
        client.describe_user().organization_id(ORGANIZATION).user_id("ALICE").send().await.expect("alice");
    assert_eq!(user.email(), Some("alice@example.com"));
    assert_eq!(user.enabled_date().map(|date| date.secs()), Some(1_767_690_000));
    let error =
        client.describe_user().organization_id(ORGANIZATION).user_id("x").send().await.expect_err("unknown");
    assert!(error.as_service_error().is_some_and(|e| e.is_entity_not_found_exception()));
    assert_eq!(error.message(), Some("User x does not exist"));
    let error =
        client.list_aliases().organization_id(ORGANIZATION).entity_id("x").send().await.expect_err("unknown");
    assert_eq!(error.code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn the_paginator_sees_every_role_once() {
    let running = start(&Seed { roles: Some(50), ..Seed::default() });
    running.server.record_calls();
    let client = client(&running.server, 1);
    let (mut pages, mut count) =
        (client.list_impersonation_roles().organization_id(ORGANIZATION).into_paginator().send(), 0);
    while let Some(page) = pages.next().await {
        count += page.expect("a page").roles().len();
    }
    assert_eq!(count, 50);
    let calls = running.server.calls();
    assert_eq!((calls.of("ListImpersonationRoles"), calls.longest_chain(), calls.max_in_flight), (3, 3, 1));
}

#[tokio::test]
async fn latency_is_spent_side_by_side() {
    let running = start(&Seed::default());
    running.server.record_calls();
    running.server.faults().set_latency(Duration::from_millis(50));
    let client = client(&running.server, 1);
    let ask = || client.list_users().organization_id(ORGANIZATION).send();
    let (a, b, c) = tokio::join!(ask(), ask(), ask());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let calls = running.server.calls();
    assert_eq!((calls.max_in_flight, calls.longest_chain(), calls.total()), (3, 1, 3));
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_was_made_once() {
    let running = start(&Seed::default());
    let fault = "drop-after:CreateImpersonationRole:1".parse().expect("a fault");
    running.server.faults().add(fault);
    let roles = || running.store.read().expect("read").organizations[0].roles.len();
    create(&client(&running.server, 1), "Lost").await.expect_err("no answer");
    assert_eq!(roles(), 4);
    create(&client(&running.server, 1), "Lost").await.expect("the same");
    assert_eq!(roles(), 4);
}

#[tokio::test]
async fn nothing_is_done_where_the_connection_drops_before() {
    let running = start(&Seed::default());
    running.server.faults().add(Fault::first(FaultKind::DropBefore, "CreateImpersonationRole", 1));
    create(&client(&running.server, 1), "Lost").await.expect_err("no answer");
    assert_eq!(running.store.read().expect("read").organizations[0].roles.len(), 3);
    running.server.faults().add(Fault::first(FaultKind::DropBefore, "CreateImpersonationRole", 1));
    create(&client(&running.server, 2), "Lost").await.expect("tried again");
}

#[tokio::test]
async fn the_sdk_tries_again_what_may_pass() {
    let running = start(&Seed::default());
    for kind in [FaultKind::Throttle, FaultKind::ServerError, FaultKind::Unavailable] {
        running.server.faults().add(Fault::first(kind, "CreateImpersonationRole", 1));
        create(&client(&running.server, 1), &kind.to_string()).await.expect_err("once");
        running.server.faults().add(Fault::first(kind, "CreateImpersonationRole", 1));
        create(&client(&running.server, 2), &kind.to_string()).await.expect("twice");
    }
}

#[tokio::test]
async fn a_denied_call_says_which_action_on_what() {
    let running = start(&Seed::default());
    running.server.faults().add(Fault::always(FaultKind::Deny));
    let client = client(&running.server, 3);
    let error = client.list_users().organization_id(ORGANIZATION).send().await.expect_err("denied");
    assert_eq!(error.code(), Some("AccessDeniedException"));
    let message = error.message().unwrap_or_default();
    assert!(message.ends_with(&format!(
        "is not authorized to perform: workmail:ListUsers on resource: \
         arn:aws:workmail:us-east-1:111122223333:organization/{ORGANIZATION} \
         because no identity-based policy allows the workmail:ListUsers action"
    )));
    running.server.faults().clear();
    running.server.faults().add(Fault::always(FaultKind::ExpiredToken));
    let error = client.list_organizations().send().await.expect_err("expired");
    assert_eq!(error.code(), Some("ExpiredTokenException"));
    assert_eq!(running.server.calls().total(), 2);
}

#[tokio::test]
async fn two_servers_on_one_file_lose_nothing() {
    let running = start(&Seed::default());
    let store = Store::open(running.store.path()).expect("the same file");
    let other = Server::start_local(store, System::REAL).expect("a second server");
    let (a, b) = (client(&running.server, 1), client(&other, 1));
    for n in 0..10 {
        let (of_a, of_b) = (format!("a{n}"), format!("b{n}"));
        let (a, b) = tokio::join!(create(&a, &of_a), create(&b, &of_b));
        a.and(b).expect("both made");
    }
    assert_eq!(running.store.read().expect("read").organizations[0].roles.len(), 23);
}

#[tokio::test]
async fn a_server_that_is_dropped_stops() {
    let running = start(&Seed::default());
    let client = client(&running.server, 1);
    client.list_organizations().send().await.expect("it runs");
    let address = running.server.address();
    drop(running.server);
    // The task that listens ends when it is next scheduled
    for _ in 0..1000 {
        if TcpStream::connect(address).is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{address} is still listened on");
}

/// Sends these bytes as they are and gives all that comes back until the server closes the connection.
async fn answer(server: &Server, request: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.expect("connected");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer));
    // A reset is an end too
    let _ = read.await.expect("the server never ends the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    let running = start(&Seed::default());
    let ask = |target: &str, host: &str| {
        let request = format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: WorkMailService.ListOrganizations\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        );
        let server = &running.server;
        async move { answer(server, &request).await }
    };
    for host in ["127.0.0.1:4566", "localhost", "LOCALHOST:1", "[::1]:80", "127.9.9.9"] {
        let answer = ask("/", host).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
    for host in ["evil.example", "localhost.evil.example:4566", "192.0.2.1", "a b", ""] {
        let answer = ask("/", host).await;
        assert!(
            answer.starts_with("HTTP/1.1 4") && !answer.contains("OrganizationSummaries"),
            "{host}: {answer}"
        );
    }
    let answer = ask("http://evil.example/", "127.0.0.1").await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
}

#[tokio::test]
async fn a_request_that_is_half_sent_is_ended() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::init(directory.path().join("state.json"), &Seed::default(), false).expect("made");
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let patience = Duration::from_millis(50);
    let settings = Settings { patience, ..Settings::new(System::REAL) };
    let server = Server::start(listen, store, settings, Faults::none()).expect("started");
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: WorkMailService.ListUsers\r\n";
    for half in [head.to_owned(), format!("{head}Content-Length: 20\r\n\r\n{{")] {
        let answer = answer(&server, &half).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
