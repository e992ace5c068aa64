use std::time::Duration;

use serde_json::json;

use aws_credential_types::provider::error::CredentialsError;

use super::classify::of_credentials;
use super::*;
use crate::id::RoleId;
use crate::testing::mock_service::{MockResponse, MockService, replying};
use crate::workmail::operation::Operation;
use crate::workmail::{Options, connect};

async fn failed(answer: MockResponse) -> Error {
    let reader = replying(answer).await.reader().await;
    reader
        .effect(&RoleId::from_service("role-1"), &crate::id::EntityName::from_service("alice"))
        .await
        .expect_err("it fails")
}

const ASKED: &str = "could not ask whether role role-1 may impersonate alice";

#[tokio::test]
async fn each_code_has_a_kind_and_a_sentence() {
    let denied = || ErrorKind::AccessDenied { action: "workmail:GetImpersonationRoleEffect" };
    for (code, kind, cause) in [
        (
            "AccessDeniedException",
            denied(),
            "IAM does not allow workmail:GetImpersonationRoleEffect here: words",
        ),
        ("ExpiredTokenException", ErrorKind::ExpiredCredentials, "the AWS credentials have expired: words"),
        (
            "UnrecognizedClientException",
            ErrorKind::InvalidCredentials,
            "AWS does not accept the credentials: words",
        ),
        (
            "InvalidSignatureException",
            ErrorKind::InvalidCredentials,
            "AWS does not accept the credentials: words",
        ),
        (
            "OrganizationNotFoundException",
            ErrorKind::OrganizationNotFound,
            "the Region us-east-1 has no such organization: words",
        ),
        ("OrganizationStateException", ErrorKind::OrganizationState, "the organization is not active: words"),
        ("ResourceNotFoundException", ErrorKind::RoleNotFound, "there is no such role: words"),
        (
            "EntityNotFoundException",
            ErrorKind::EntityNotFound,
            "the organization has no such user or group: words",
        ),
        (
            "EntityStateException",
            ErrorKind::EntityState,
            "the state of the user or group does not allow it: words",
        ),
        ("InvalidParameterException", ErrorKind::InvalidParameter, "the service refuses the request: words"),
        ("OddException", ErrorKind::Other("OddException".into()), "OddException: words"),
    ] {
        let error = failed(MockResponse::error(code, "words")).await;
        assert_eq!(error.kind(), &kind, "{code}");
        assert_eq!(error.to_string(), format!("{ASKED}: {cause}"), "{code}");
        assert_eq!(error.operation(), Some(Operation::GetImpersonationRoleEffect));
        assert_eq!((error.message(), error.request_id()), ("words", Some("request-1")));
        assert!(!error.outcome_unknown());
    }
}

#[tokio::test]
async fn common_errors_may_write_message_small() {
    let error =
        failed(MockResponse::Json(400, json!({"__type": "AccessDeniedException", "message": "User: x"})))
            .await;
    assert_eq!(error.message(), "User: x");
    assert!(error.to_string().ends_with("here: User: x"));
}

#[tokio::test]
async fn no_sentence_puts_a_full_stop_behind_it() {
    for code in ["AccessDeniedException", "OrganizationNotFoundException", "ThrottlingException"] {
        let error = failed(MockResponse::error(code, "")).await;
        assert!(!error.to_string().ends_with(['.', ':']), "{error}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let service = MockService::start(|request| match request.nth {
        0..=2 => MockResponse::error("ThrottlingException", "Rate exceeded"),
        _ => MockResponse::ok(json!({"Roles": []})),
    })
    .await;
    assert_eq!(service.reader().await.roles().await.expect("the fourth attempt"), []);
    assert_eq!(service.requests().len(), 4);
}

#[tokio::test]
async fn throttling_that_does_not_end_is_said_with_the_attempts() {
    let error = failed(MockResponse::error("ThrottlingException", "Rate exceeded")).await;
    assert_eq!(error.kind(), &ErrorKind::Throttled);
    assert_eq!(error.to_string(), format!("{ASKED}: throttled: Rate exceeded (5 attempts)"));
}

/// `service`'s organization, read with patience.
async fn patient(service: &MockService) -> crate::workmail::Writer {
    service.account_patient().await.writer(&crate::testing::mock_service::organization())
}

#[tokio::test]
async fn a_read_that_is_throttled_is_patient_and_a_change_counts_its_attempts() {
    let service = MockService::start(|request| match (request.operation.as_str(), request.nth) {
        ("ListImpersonationRoles", 7..) => MockResponse::ok(json!({"Roles": []})),
        _ => MockResponse::error("ThrottlingException", "Rate exceeded"),
    })
    .await;
    let writer = patient(&service).await;
    assert_eq!(writer.roles().await.expect("the eighth attempt"), []);
    assert_eq!(service.requests().len(), 8);
    writer.assume(&RoleId::from_service("r")).await.expect_err("throttled five times");
    writer.delete(&RoleId::from_service("r")).await.expect_err("throttled five times");
    writer.delete_once(&RoleId::from_service("r")).await.expect_err("throttled");
    assert_eq!(service.requests().len(), 8 + 5 + 5 + 1);
}

#[tokio::test]
async fn patience_is_for_throttling_alone() {
    let service = MockService::start(|request| match request.nth {
        0..=4 => MockResponse::error("ThrottlingException", "Rate exceeded"),
        _ => MockResponse::Json(500, json!({"__type": "InternalFailure"})),
    })
    .await;
    let error = patient(&service).await.roles().await.expect_err("it fails");
    assert_eq!((error.kind(), service.requests().len()), (&ErrorKind::Service, 6));
}

#[tokio::test]
async fn a_quota_is_not_waited_for() {
    let service = replying(MockResponse::error("LimitExceededException", "20 roles")).await;
    let role = crate::role::tests::role(vec![]);
    let error = service.writer().await.create(&role, "token").await.expect_err("too many");
    assert_eq!(error.kind(), &ErrorKind::LimitExceeded);
    assert_eq!(error.to_string(), "could not create role r: a limit of the service is reached: 20 roles");
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn a_service_that_fails_and_one_that_makes_no_sense_are_told_apart() {
    let error = failed(MockResponse::Text(503, "<html>")).await;
    assert_eq!(error.kind(), &ErrorKind::Service);
    assert!(error.to_string().contains("the service failed"), "{error}");
    let error = failed(MockResponse::Text(200, "no JSON")).await;
    assert_eq!(error.kind(), &ErrorKind::UnexpectedResponse);
    let error = failed(MockResponse::Text(404, "not here")).await;
    assert!(matches!(error.kind(), ErrorKind::Other(_) | ErrorKind::UnexpectedResponse), "{error:?}");
}

#[tokio::test]
async fn a_dropped_connection_is_tried_again() {
    let service = MockService::start(|request| match request.nth {
        0 => MockResponse::Drop,
        _ => MockResponse::ok(json!({"Roles": []})),
    })
    .await;
    assert_eq!(service.reader().await.roles().await.expect("the second attempt"), []);
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn after_a_dropped_connection_a_change_may_have_been_made() {
    let role = RoleId::from_service("role-1");
    let writer = replying(MockResponse::Drop).await.writer().await;
    let error = writer.delete(&role).await.expect_err("no answer");
    assert_eq!(error.kind(), &ErrorKind::Network);
    assert!(error.outcome_unknown());
    assert!(error.to_string().contains("dropped the connection"), "{error}");
    let error = writer.role(&role).await.expect_err("no answer");
    assert!(!error.outcome_unknown(), "reading changes nothing");
    assert!(error.to_string().contains("dropped the connection"), "{error}");
}

#[tokio::test]
async fn an_early_attempt_that_was_dropped_keeps_the_outcome_unknown() {
    let service = MockService::start(|request| match request.nth {
        0 => MockResponse::Drop,
        _ => MockResponse::error("ResourceNotFoundException", "gone"),
    })
    .await;
    let error = service.writer().await.delete(&RoleId::from_service("r")).await.expect_err("gone");
    assert_eq!(error.kind(), &ErrorKind::RoleNotFound);
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn what_was_refused_or_never_sent_is_certainly_not_done() {
    let role = RoleId::from_service("r");
    for code in ["AccessDeniedException", "ThrottlingException"] {
        let writer = replying(MockResponse::error(code, "")).await.writer().await;
        assert!(!writer.delete(&role).await.expect_err("refused").outcome_unknown(), "{code}");
    }
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("one");
    let endpoint_url = Some(format!("http://{free}"));
    let options = Options { endpoint_url, sandbox: true, ..Options::default() };
    let account = connect(&options).await.expect("no call yet");
    let writer = account.writer(&crate::testing::mock_service::organization());
    let error = writer.delete(&role).await.expect_err("nothing listens");
    assert_eq!(error.kind(), &ErrorKind::Network);
    assert!(!error.outcome_unknown(), "{error}");
    assert!(error.to_string().contains(&format!("http://{free} cannot be reached: ")), "{error}");
    assert!(error.has_custom_endpoint());
}

#[test]
fn an_expired_sign_in_is_told_from_missing_credentials() {
    for (error, kind) in [
        (CredentialsError::not_loaded_no_source(), ErrorKind::NoCredentials),
        (CredentialsError::provider_error("failed to load IMDS session token"), ErrorKind::NoCredentials),
        (
            CredentialsError::provider_error("the SSO token has expired and cannot be refreshed"),
            ErrorKind::ExpiredCredentials,
        ),
        (
            CredentialsError::provider_error(
                "failed to read `x.json`: invalid JSON in cached SSO token file",
            ),
            ErrorKind::ExpiredCredentials,
        ),
        (CredentialsError::provider_error("credential process exited with 1"), ErrorKind::NoCredentials),
    ] {
        assert_eq!(of_credentials(&error).0, kind, "{error:?}");
    }
    let endpoint = Arc::new(Endpoint { profile: Some("admin".into()), ..Endpoint::default() });
    let error = Error::local(ErrorKind::ExpiredCredentials, "", &endpoint);
    assert_eq!(error.profile(), Some("admin"));
}

#[test]
fn no_answer_in_time_names_the_endpoint() {
    type Failed =
        SdkError<aws_sdk_workmail::operation::delete_impersonation_role::DeleteImpersonationRoleError>;
    let endpoint = Arc::new(Endpoint { url: "http://here".into(), ..Endpoint::default() });
    let call = Call::new(Operation::DeleteImpersonationRole, "could not delete role r");
    let attempts = Attempts { count: 1, outcome_unknown: true };
    let error = Error::from_sdk(&call, &Failed::timeout_error("after 30s"), attempts, &endpoint);
    assert!(error.outcome_unknown());
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert_eq!(error.to_string(), "could not delete role r: http://here does not answer: after 30s");
}

/// An account at a service that never answers, with small limits, and what is heard meanwhile.
async fn silent() -> (crate::workmail::Account, Arc<std::sync::Mutex<Vec<crate::workmail::Notice>>>) {
    let never = Arc::new(tokio::sync::Semaphore::new(0));
    let answer = MockResponse::When(never, 1, Box::new(MockResponse::Drop));
    let service = replying(answer).await;
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let hears = heard.clone();
    let options = Options {
        endpoint_url: Some(service.address.clone()),
        sandbox: true,
        limits: crate::workmail::limits::Limits {
            notice: Duration::from_millis(20),
            silence: Duration::from_millis(200),
            ..Default::default()
        },
        listener: crate::workmail::Listener::new(move |notice| hears.lock().expect("no panic").push(notice)),
        ..Options::default()
    };
    (connect(&options).await.expect("no call yet"), heard)
}

#[tokio::test]
async fn a_silent_service_is_said_once_and_given_up() {
    let (account, heard) = silent().await;
    let reader = account.reader(&crate::testing::mock_service::organization());
    let both = async { tokio::join!(reader.users(), reader.groups()) };
    let (users, groups) =
        tokio::time::timeout(Duration::from_secs(60), both).await.expect("no waiting for ever");
    let (error, url) = (users.expect_err("no answer"), account.endpoint());
    groups.expect_err("no answer either");
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    let wanted = format!("could not list the users: {url} does not answer: nothing for 200ms");
    assert_eq!(error.to_string(), wanted);
    let heard = heard.lock().expect("no panic");
    let [crate::workmail::Notice::Waiting(what)] = &heard[..] else { panic!("{heard:?}") };
    assert!(what.starts_with("List") && what.ends_with(&format!(" from {url} (0 s)")), "{what}");
}

#[tokio::test]
async fn a_change_that_a_silent_service_was_sent_may_have_been_made() {
    let (account, _) = silent().await;
    let writer = account.writer(&crate::testing::mock_service::organization());
    let role = RoleId::from_service("r");
    let once = tokio::time::timeout(Duration::from_secs(60), writer.delete_once(&role));
    assert!(once.await.expect("no waiting for ever").expect_err("no answer").outcome_unknown());
}

#[test]
fn the_default_limits_end_within_a_minute() {
    let limits = crate::workmail::limits::Limits::default();
    assert!(limits.silence < Duration::from_secs(60) && limits.notice == Duration::from_secs(3));
    assert!(limits.attempt < limits.silence && limits.credentials < limits.silence);
}

#[tokio::test]
async fn what_is_not_the_service_is_told_from_it() {
    for (answer, wanted) in [
        (MockResponse::Text(200, "  <!doctype html>"), "HTTP 200 with a web page"),
        (MockResponse::Text(403, "<html>blocked</html>"), "HTTP 403 with a web page"),
        (MockResponse::Text(403, ""), "HTTP 403 without a reason"),
        (MockResponse::Text(407, "sign in"), "HTTP 407 without a reason"),
        (MockResponse::Text(302, ""), "HTTP 302, a redirect to nowhere"),
    ] {
        let service = replying(answer.clone()).await;
        let error = service.reader().await.users().await.expect_err("a proxy");
        assert_eq!(error.kind(), &ErrorKind::NotTheService, "{answer:?}");
        let url = &service.address;
        let wanted = format!(
            "could not list the users: {url} answers {wanted}, which is not the service's: a proxy or a sign-in page seems to answer"
        );
        assert_eq!(error.to_string(), wanted);
        assert_eq!(service.requests().len(), 1);
    }
    for answer in [MockResponse::error("AccessDeniedException", "no"), MockResponse::Text(404, "not here")] {
        assert_ne!(failed(answer).await.kind(), &ErrorKind::NotTheService);
    }
}

#[test]
fn a_proxy_on_the_way_is_named() {
    let proxy = Some("http://proxy:3128".to_owned());
    let endpoint = Arc::new(Endpoint { url: "https://here".into(), proxy, ..Endpoint::default() });
    let error = Error::local(ErrorKind::Network, "refused", &endpoint);
    assert_eq!(
        error.to_string(),
        "https://here (through the proxy http://proxy:3128) cannot be reached: refused"
    );
}

#[test]
fn what_a_credential_process_wrote_is_not_repeated() {
    for (words, wanted) in [
        (
            "Error retrieving credentials: external process exited with code exit status: 3. Stderr: s3cr3t",
            "the credential_process ended with 3",
        ),
        (
            "Error retrieving credentials from external process, could not parse response: s3cr3t",
            "what the credential_process wrote is no credentials",
        ),
        (
            "Error retrieving credentials from external process: s3cr3t",
            "the credential_process cannot be run",
        ),
    ] {
        let error = CredentialsError::provider_error(words);
        assert_eq!(of_credentials(&error), (ErrorKind::NoCredentials, wanted.to_owned()));
    }
}
