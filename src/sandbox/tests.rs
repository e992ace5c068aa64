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
