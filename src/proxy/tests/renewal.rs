//! When the role gives no more tokens: it has expired, is gone, or cannot be read.

use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

use super::*;
use crate::testing::mock_service::RecordedRequest;

/// Tokens that end after two seconds, for a role that is read as this says.
async fn proxied(role: impl Fn(&RecordedRequest) -> MockResponse + Send + Sync + 'static) -> Proxied {
    let service = MockService::start(move |request| match request.operation.as_str() {
        "GetImpersonationRole" => role(request),
        _ => MockResponse::ok(json!({"Token": format!("s3cr3t-{}", request.nth + 1), "ExpiresIn": 2})),
    });
    Proxied::on(service.await, Limits::default(), 2, |_| OK.into()).await
}

fn role(description: &str) -> Value {
    let id = "30000001-0000-4000-8000-000000000001";
    json!({"ImpersonationRoleId": id, "Name": "Migration", "Type": "READ_ONLY", "Description": description,
           "Rules": [{"ImpersonationRuleId": "all", "Effect": "ALLOW"}]})
}

/// The last line of a description that ends so many milliseconds from now.
fn expires(after: i64) -> String {
    format!("Expires: {}", Timestamp::now().checked_add(after.milliseconds()).expect("a time"))
}

fn over(proxied: &Proxied) -> Option<String> {
    proxied.over.borrow().as_ref().map(ToString::to_string)
}

/// Waits until the token is about to end.
async fn at_renewal() {
    tokio::time::sleep(Duration::from_millis(1700)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_expires_gives_nothing_from_that_moment_though_its_token_is_good() {
    let described = expires(1000);
    let proxied = proxied(move |_| MockResponse::ok(role(&described))).await;
    assert_eq!((status(&proxied.post("", REQUEST)), over(&proxied)), (200, None));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let long = REQUEST.replace("text", &"QUJD".repeat(600 << 10));
    for request in [REQUEST, &long, REQUEST] {
        let got = proxied.post("", request);
        assert_eq!(status(&got), 500, "{got}");
        assert!(
            got.contains("ErrorImpersonateUserDenied") && got.contains("role Migration expired at"),
            "{got}"
        );
    }
    assert!(over(&proxied).is_some_and(|over| over.starts_with("role Migration expired at")));
    // It was read once more, and not assumed
    assert_eq!(proxied.service.operations(), ["GetImpersonationRole"; 2]);
    assert_eq!(proxied.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_moved_meanwhile_counts() {
    let [soon, later] = [expires(1000), expires(60_000)];
    let proxied =
        proxied(move |request| MockResponse::ok(role(if request.nth == 0 { &soon } else { &later }))).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!((status(&proxied.post("", REQUEST)), over(&proxied)), (200, None));
    // And one that is set on a role without, at the next renewal
    let passed = expires(-1000);
    let proxied =
        self::proxied(move |request| MockResponse::ok(role(if request.nth == 0 { "" } else { &passed })))
            .await;
    at_renewal().await;
    assert_eq!(status(&proxied.post("", REQUEST)), 500);
    assert!(over(&proxied).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_gone_gives_no_more_tokens() {
    let proxied = proxied(|request| match request.nth {
        0 => MockResponse::ok(role("")),
        _ => MockResponse::error("ResourceNotFoundException", "no such role"),
    })
    .await;
    at_renewal().await;
    let got = proxied.post("", REQUEST);
    assert!(status(&got) == 500 && got.contains("role Migration is gone"), "{got}");
    assert_eq!(over(&proxied).as_deref(), Some("role Migration is gone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_could_be_read_and_cannot_any_more_gives_no_token_meanwhile() {
    for error in ["AccessDeniedException", "InvalidParameterException"] {
        let proxied = proxied(move |request| match request.nth {
            0 => MockResponse::ok(role("")),
            1 | 2 => MockResponse::error(error, "not now"),
            _ => MockResponse::ok(role("")),
        })
        .await;
        tokio::time::sleep(Duration::from_millis(2100)).await;
        let got = proxied.post("", REQUEST);
        assert!(status(&got) == 503 && got.contains("retry-after: 1"), "{got}");
        assert!(!proxied.service.operations().contains(&"AssumeImpersonationRole".to_owned()));
        assert!(proxied.warnings.lock().expect("no panic")[0].contains("could not be renewed"));
        assert_eq!(over(&proxied), None);
        // It goes on when it can be read again
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(1100)).await;
            proxied.post("", REQUEST);
        }
        assert_eq!(status(&proxied.post("", REQUEST)), 200, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_could_never_be_read_is_renewed_and_that_is_said_once() {
    let proxied = proxied(|_| MockResponse::error("AccessDeniedException", "no more")).await;
    at_renewal().await;
    assert_eq!(status(&proxied.post("", REQUEST)), 200);
    assert!(proxied.received()[0].contains("Bearer s3cr3t-1"));
    let warnings = proxied.warnings.lock().expect("no panic").clone();
    assert!(warnings.len() == 1 && warnings[0].contains("is not looked at"), "{warnings:?}");
}
