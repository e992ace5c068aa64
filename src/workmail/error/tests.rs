use serde_json::json;

use super::*;
use crate::id::RoleId;
use crate::testing::mock_service::{Answer, Service, always};
use crate::workmail::{Options, connect};

async fn failed(answer: Answer) -> Error {
    let reader = always(answer).await.reader().await;
    reader
        .effect(&RoleId::from_service("role-1"), &crate::id::EntityName::from_service("alice"))
        .await
        .expect_err("it fails")
}

const ASKED: &str = "whether the role role-1 may impersonate alice could not be asked";

#[tokio::test]
async fn each_code_has_a_kind_a_sentence_and_a_hint() {
    let denied = || ErrorKind::AccessDenied { action: "workmail:GetImpersonationRoleEffect".into() };
    for (code, kind, came, hint) in [
        (
            "AccessDeniedException",
            denied(),
            "IAM does not allow workmail:GetImpersonationRoleEffect here: words",
            "Have workmail:GetImpersonationRoleEffect allowed",
        ),
        (
            "ExpiredTokenException",
            ErrorKind::ExpiredCredentials,
            "the AWS credentials have expired: words",
            "aws sso login",
        ),
        (
            "UnrecognizedClientException",
            ErrorKind::InvalidCredentials,
            "AWS does not accept the credentials: words",
            "clock",
        ),
        (
            "InvalidSignatureException",
            ErrorKind::InvalidCredentials,
            "AWS does not accept the credentials: words",
            "clock",
        ),
        (
            "OrganizationNotFoundException",
            ErrorKind::OrganizationNotFound,
            "the Region us-east-1 has no such organization: words",
            "wmrole organizations",
        ),
        (
            "OrganizationStateException",
            ErrorKind::OrganizationState,
            "the organization is not active: words",
            "Active",
        ),
        ("ResourceNotFoundException", ErrorKind::RoleNotFound, "there is no such role: words", "wmrole list"),
        (
            "EntityNotFoundException",
            ErrorKind::EntityNotFound,
            "the organization has no such user or group: words",
            "email address",
        ),
        (
            "EntityStateException",
            ErrorKind::EntityState,
            "the user or group is not in a state for it: words",
            "Enable",
        ),
        (
            "InvalidParameterException",
            ErrorKind::InvalidParameter,
            "the service refuses the request: words",
            "",
        ),
        ("OddException", ErrorKind::Other("OddException".into()), "OddException: words", ""),
    ] {
        let error = failed(Answer::error(code, "words")).await;
        assert_eq!(error.kind(), &kind, "{code}");
        assert_eq!(error.to_string(), format!("{ASKED}: {came}"), "{code}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{code}: {:?}", error.hint());
        assert_eq!(error.hint().is_none(), hint.is_empty(), "{code}");
        assert_eq!(error.operation(), Some("GetImpersonationRoleEffect"));
        assert_eq!((error.message(), error.request_id()), ("words", Some("request-1")));
        assert!(!error.outcome_unknown());
    }
}

#[tokio::test]
async fn common_errors_may_write_message_small() {
    let error =
        failed(Answer::Json(400, json!({"__type": "AccessDeniedException", "message": "User: x"}))).await;
    assert_eq!(error.message(), "User: x");
    assert!(error.to_string().ends_with("here: User: x"));
}

#[tokio::test]
async fn no_sentence_puts_a_full_stop_behind_it() {
    for code in ["AccessDeniedException", "OrganizationNotFoundException", "ThrottlingException"] {
        let error = failed(Answer::error(code, "")).await;
        assert!(!error.to_string().ends_with(['.', ':']), "{error}");
    }
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let service = Service::start(|asked| match asked.nth {
        0..=2 => Answer::error("ThrottlingException", "Rate exceeded"),
        _ => Answer::ok(json!({"Roles": []})),
    })
    .await;
    assert_eq!(service.reader().await.roles().await.expect("the fourth attempt"), []);
    assert_eq!(service.asked().len(), 4);
}

#[tokio::test]
async fn throttling_that_does_not_end_is_said_with_the_attempts() {
    let error = failed(Answer::error("ThrottlingException", "Rate exceeded")).await;
    assert_eq!(error.kind(), &ErrorKind::Throttled);
    assert_eq!(
        error.to_string(),
        format!("{ASKED}: the service is asked too often: Rate exceeded (5 attempts)")
    );
    assert!(error.hint().unwrap_or_default().contains("--concurrency"));
}

#[tokio::test]
async fn a_quota_is_not_waited_for() {
    let service = always(Answer::error("LimitExceededException", "20 roles")).await;
    let role = crate::role::tests::role(vec![]);
    let error = service.writer().await.create(&role, "token").await.expect_err("too many");
    assert_eq!(error.kind(), &ErrorKind::LimitExceeded);
    assert_eq!(
        error.to_string(),
        "the role r could not be created: a limit of the service is reached: 20 roles"
    );
    assert!(error.hint().unwrap_or_default().contains("AWS Support"));
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn a_service_that_fails_and_one_that_makes_no_sense_are_told_apart() {
    let error = failed(Answer::Text(503, "<html>")).await;
    assert_eq!(error.kind(), &ErrorKind::Service);
    assert!(error.to_string().contains("the service failed"), "{error}");
    let error = failed(Answer::Text(200, "<html>")).await;
    assert_eq!(error.kind(), &ErrorKind::UnexpectedAnswer);
    let error = failed(Answer::Text(404, "not here")).await;
    assert!(matches!(error.kind(), ErrorKind::Other(_) | ErrorKind::UnexpectedAnswer), "{error:?}");
}

#[tokio::test]
async fn a_dropped_connection_is_tried_again() {
    let service = Service::start(|asked| match asked.nth {
        0 => Answer::Drop,
        _ => Answer::ok(json!({"Roles": []})),
    })
    .await;
    assert_eq!(service.reader().await.roles().await.expect("the second attempt"), []);
    assert_eq!(service.asked().len(), 2);
}

#[tokio::test]
async fn after_a_dropped_connection_a_change_may_have_been_made() {
    let role = RoleId::from_service("role-1");
    let writer = always(Answer::Drop).await.writer().await;
    let error = writer.delete(&role).await.expect_err("no answer");
    assert_eq!(error.kind(), &ErrorKind::Network);
    assert!(error.outcome_unknown());
    assert!(error.to_string().contains("dropped the connection"), "{error}");
    assert!(error.hint().unwrap_or_default().contains("may have been done"));
    let error = writer.role(&role).await.expect_err("no answer");
    assert!(!error.outcome_unknown(), "reading changes nothing");
    assert!(error.to_string().contains("dropped the connection"), "{error}");
}

#[tokio::test]
async fn an_early_attempt_that_was_dropped_keeps_the_outcome_unknown() {
    let service = Service::start(|asked| match asked.nth {
        0 => Answer::Drop,
        _ => Answer::error("ResourceNotFoundException", "gone"),
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
        let writer = always(Answer::error(code, "")).await.writer().await;
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
    assert!(error.hint().unwrap_or_default().contains("--endpoint-url"));
}

#[test]
fn an_expired_sign_in_says_how_to_renew_it() {
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
    let place = Arc::new(Place { profile: Some("admin".into()), ..Place::default() });
    let error = Error::local(ErrorKind::ExpiredCredentials, "", &place);
    assert!(error.hint().unwrap_or_default().contains("`aws sso login --profile admin`"));
}

#[test]
fn no_answer_in_time_names_the_endpoint() {
    type Failed =
        SdkError<aws_sdk_workmail::operation::delete_impersonation_role::DeleteImpersonationRoleError>;
    let place = Arc::new(Place { endpoint: "http://here".into(), ..Place::default() });
    let call = Call::write("DeleteImpersonationRole", "the role r could not be deleted");
    let error =
        Error::from_sdk(&call, &Failed::timeout_error("after 30s"), &Log::new(call.operation), &place);
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert_eq!(error.to_string(), "the role r could not be deleted: http://here does not answer: after 30s");
}
