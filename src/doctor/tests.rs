//! Every line of the report, and what it may say to everyone.

use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::json;

use super::*;
use crate::ews::outcome::Failure;
use crate::fetch::probes;
use crate::output::json::doctor::DoctorDocument;
use crate::output::style::Line;
use crate::output::text::checks;
use crate::testing::mock_service::{MockResponse, MockService, ORGANIZATION};
use crate::workmail::Origin;
use crate::workmail::operation::Operation;
use crate::workmail::{Account, Limits, Options, connect};

/// What must stand in no public issue, and is all over the answers of this service.
const SECRETS: [&str; 8] = [
    "111122223333",
    ORGANIZATION,
    "secretalias",
    "secret.example",
    "assumed-role/Secret",
    "/home/secret",
    "secretprofile",
    "127.0.0.1",
];

fn organizations() -> MockResponse {
    MockResponse::ok(
        json!({"OrganizationSummaries": [{"OrganizationId": ORGANIZATION, "Alias": "secretalias",
        "DefaultMailDomain": "secret.example", "State": "Active"}]}),
    )
}

fn denied(operation: &str) -> MockResponse {
    let words = format!(
        "User: arn:aws:sts::111122223333:assumed-role/Secret/secret is not authorized to perform: \
         workmail:{operation} on resource: arn:aws:workmail:us-east-1:111122223333:organization/{ORGANIZATION}"
    );
    MockResponse::error("AccessDeniedException", &words)
}

/// The answers of a service where all is well.
fn well(operation: &str) -> MockResponse {
    let empty = |member: &str| MockResponse::ok(json!({ member: [] }));
    match operation {
        "ListOrganizations" => organizations(),
        "DescribeOrganization" => {
            MockResponse::ok(json!({"OrganizationId": ORGANIZATION, "Alias": "secretalias",
            "State": "Active", "ARN": format!("arn:aws:workmail:us-east-1:111122223333:organization/{ORGANIZATION}")}))
        }
        "ListAccessControlRules" => empty("Rules"),
        "ListGroups" => empty("Groups"),
        "ListImpersonationRoles" => empty("Roles"),
        "ListUsers" => empty("Users"),
        "LookupEvents" => empty("Events"),
        "GetImpersonationRole" | "GetImpersonationRoleEffect" | "GetAccessControlEffect" => {
            MockResponse::error("ResourceNotFoundException", "no role wmrole-doctor of secretalias")
        }
        _ => MockResponse::error("EntityNotFoundException", "nobody in secret.example"),
    }
}

/// As `sandbox: true` is for this machine, so that no test looks at the machine's own credentials.
async fn account(service: &MockService) -> Account {
    let options = Options {
        endpoint_url: Some(service.address.clone()),
        limits: Limits::of_probes(),
        sandbox: true,
        ..Options::default()
    };
    connect(&options).await.expect("no call is made")
}

async fn asked(script: fn(&str) -> MockResponse, choice: Option<&str>) -> (Report, MockService) {
    let service = MockService::start(move |request| script(&request.operation)).await;
    let account = account(&service).await;
    let until = Instant::now() + Duration::from_secs(30);
    let mut found = probes::ask(&account, choice, Some(&service.address), until).await;
    found.endpoint = Some((service.address.clone(), "--endpoint-url"));
    found.region_from = Some("AWS_REGION");
    let profile = Some("secretprofile".to_owned());
    found.credentials = Some(Origin { source: Some("IAM Identity Center"), profile, account: None });
    (of(Ok(found)), service)
}

fn of(service: Result<Service, NoConnection>) -> Report {
    report(&Facts {
        now: "2026-11-24T12:00:00Z".parse().expect("a time"),
        sandbox: false,
        service,
        completion: Some(("bash", Completion::Installed)),
        saved_states: Err("in /home/secret/.local/state/wmrole: read-only".into()),
    })
}

fn check<'a>(report: &'a Report, name: &str) -> &'a Check {
    let found = report.checks.iter().find(|check| check.name == name);
    found.unwrap_or_else(|| panic!("no check {name} in {report:#?}"))
}

fn text(report: &Report) -> String {
    checks::lines(report).iter().map(Line::plain).collect::<Vec<_>>().join("\n")
}

/// The document names nobody, by what is known and by what such names look like.
fn assert_public(report: &Report) {
    let document = serde_json::to_string_pretty(&DoctorDocument::of(report)).expect("JSON");
    let shapes = [
        r"\b\d{12}\b",
        r"\bm-[0-9a-f]{32}\b",
        "@",
        "arn:",
        "/home",
        r"\bAKIA",
        r"https?://",
        r"\b\d+\.\d+\.\d+\.\d+\b",
    ];
    for secret in SECRETS {
        assert!(!document.contains(secret), "{secret} in\n{document}");
    }
    for shape in shapes {
        assert!(!Regex::new(shape).expect("a pattern").is_match(&document), "{shape} in\n{document}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_not_a_network_that_is_down() {
    let service = MockService::start(move |request| well(&request.operation)).await;
    let account = account(&service).await;
    let until = Instant::now() + Duration::from_secs(30);
    let mut found = probes::ask(&account, None, Some(&service.address), until).await;
    found.ews = Ews::Failed(Failure::NoConnection("invalid peer certificate: UnknownIssuer".into()));
    let report = of(Ok(found));
    let ews = check(&report, "ews");
    assert_eq!(ews.detail.as_str(), "its certificate is not trusted here");
    assert!(text(&report).contains("SSL_CERT_FILE"));
    assert_public(&report);
}

#[tokio::test]
async fn where_all_is_well_nothing_fails_and_nothing_is_written() {
    let (report, service) = asked(well, None).await;
    assert_public(&report);
    for name in ["credentials", "region", "service", "clock", "organization"] {
        assert_eq!(check(&report, name).status, Status::Ok, "{name}");
    }
    let reads =
        Operation::ALL.iter().filter(|one| one.kind() == crate::workmail::operation::OperationKind::Read);
    for operation in reads {
        assert_eq!(check(&report, operation.iam_action()).status, Status::Ok, "{operation:?}");
    }
    // This is no EWS, and the directory of saved states cannot be written
    let failed: Vec<_> = report.checks.iter().filter(|check| check.status == Status::Failed).collect();
    assert_eq!(failed.iter().map(|check| check.name).collect::<Vec<_>>(), ["ews", "saved states"]);
    let reads = ["Describe", "Get", "List", "Lookup", "?"];
    for operation in service.operations() {
        assert!(reads.iter().any(|verb| operation.starts_with(verb)), "{operation}");
    }
    // Who is at the screen sees who and where
    let text = text(&report);
    for seen in ["profile secretprofile, account 111122223333", "secretalias", "/home/secret"] {
        assert!(text.contains(seen), "{seen} not in\n{text}");
    }
}

#[tokio::test]
async fn what_is_denied_is_named_and_the_rest_goes_on() {
    fn script(operation: &str) -> MockResponse {
        match operation {
            "ListUsers" | "ListMailboxPermissions" | "DescribeOrganization" => denied(operation),
            _ => well(operation),
        }
    }
    let (report, _) = asked(script, None).await;
    assert_public(&report);
    assert_eq!(check(&report, "workmail:ListUsers").status, Status::Failed);
    for optional in ["workmail:ListMailboxPermissions", "workmail:DescribeOrganization"] {
        assert_eq!(check(&report, optional).status, Status::Warning);
    }
    assert_eq!(check(&report, "workmail:ListGroups").status, Status::Ok);
    assert_eq!(check(&report, "organization").status, Status::Ok);
    let remedy = check(&report, "workmail:ListUsers").remedy.as_ref().map(Public::as_str);
    assert_eq!(remedy, Some("allow workmail:ListUsers in an IAM policy of the user or role that calls"));
}

#[tokio::test]
async fn without_the_list_an_id_will_do() {
    fn script(operation: &str) -> MockResponse {
        if operation == "ListOrganizations" { denied(operation) } else { well(operation) }
    }
    let (report, _) = asked(script, None).await;
    assert_public(&report);
    assert_eq!(check(&report, "organization").status, Status::Failed);
    let (report, _) = asked(script, Some(ORGANIZATION)).await;
    assert_eq!(check(&report, "organization").status, Status::Ok);
    assert_eq!(check(&report, "workmail:ListOrganizations").status, Status::Warning);
}

#[tokio::test]
async fn a_proxy_that_answers_is_not_the_service() {
    let (report, _) = asked(|_| MockResponse::Text(403, "<html>secret.example</html>"), None).await;
    assert_public(&report);
    assert_eq!(check(&report, "service").status, Status::Failed);
    assert!(check(&report, "service").detail.as_str().contains("as a proxy"));
    assert!(
        check(&report, "ews").detail.as_str().contains("as a proxy")
            || check(&report, "ews").status == Status::Failed
    );
    // Nothing was shown of all else
    for name in ["credentials", "clock", "organization", "workmail:ListUsers"] {
        assert!(report.not_checked.iter().any(|one| one.name == name), "{name}");
    }
}

#[tokio::test]
async fn an_expired_session_is_said_once_with_what_to_do() {
    fn script(_: &str) -> MockResponse {
        MockResponse::error("ExpiredTokenException", "the token of arn:aws:sts::111122223333:x has expired")
    }
    let (report, service) = asked(script, None).await;
    assert_public(&report);
    let failed = check(&report, "credentials");
    assert_eq!(failed.status, Status::Failed);
    assert!(failed.remedy.as_ref().is_some_and(|remedy| remedy.as_str().contains("`aws sso login`")));
    assert_eq!(check(&report, "service").status, Status::Ok);
    assert_eq!(
        service.operations().iter().filter(|one| *one != "?").count(),
        1,
        "no other call would do better"
    );
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_seen_in_any_answer() {
    async fn clock(script: fn(&str) -> MockResponse) -> (Status, String) {
        let (report, _) = asked(script, None).await;
        assert_public(&report);
        let clock = check(&report, "clock");
        (clock.status, clock.detail.as_str().to_owned())
    }
    fn dated(ahead: i64, response: MockResponse) -> MockResponse {
        MockResponse::Dated(ahead, Box::new(response))
    }
    assert_eq!(clock(|one| dated(0, well(one))).await, (Status::Ok, "as the service's".into()));
    assert_eq!(
        clock(|one| dated(3600, well(one))).await,
        (Status::Failed, "60 minutes behind the service's".into())
    );
    assert_eq!(
        clock(|one| dated(-180, well(one))).await,
        (Status::Warning, "3 minutes ahead of the service's".into())
    );
    let refused =
        |_: &str| dated(-7200, MockResponse::error("InvalidSignatureException", "Signature expired"));
    assert_eq!(clock(refused).await, (Status::Failed, "120 minutes ahead of the service's".into()));
}

#[tokio::test]
async fn what_does_not_answer_in_time_is_not_checked() {
    let service = MockService::start(|request| match request.operation.as_str() {
        "ListGroups" | "?" => MockResponse::After(Duration::from_secs(3600), Box::new(MockResponse::Drop)),
        other => well(other),
    })
    .await;
    let account = account(&service).await;
    // Long enough for a busy machine to answer the others
    let until = Instant::now() + Duration::from_secs(3);
    let found = probes::ask(&account, None, Some(&service.address), until).await;
    let report = of(Ok(found));
    assert_public(&report);
    assert!(report.not_checked.iter().any(|one| one.name == "workmail:ListGroups"));
    assert_eq!(check(&report, "service").status, Status::Warning);
    assert_eq!(check(&report, "ews").status, Status::Failed);
}

#[tokio::test]
async fn several_organizations_and_none_are_told_apart() {
    fn two(operation: &str) -> MockResponse {
        let one = |id: &str, alias: &str| json!({"OrganizationId": id, "Alias": alias, "State": "Active"});
        match operation {
            "ListOrganizations" => MockResponse::ok(json!({"OrganizationSummaries": [
                one(ORGANIZATION, "secretalias"), one("m-00000000000000000000000000000001", "other")]})),
            _ => well(operation),
        }
    }
    let (report, _) = asked(two, None).await;
    assert_public(&report);
    assert_eq!(check(&report, "organization").status, Status::Warning);
    let (report, _) = asked(two, Some("secretalias")).await;
    assert_eq!(check(&report, "organization").status, Status::Ok);
    fn none(operation: &str) -> MockResponse {
        match operation {
            "ListOrganizations" => MockResponse::ok(json!({"OrganizationSummaries": []})),
            _ => well(operation),
        }
    }
    let (report, _) = asked(none, None).await;
    assert_public(&report);
    assert_eq!(check(&report, "organization").status, Status::Failed);
    fn gone(operation: &str) -> MockResponse {
        match operation {
            "ListOrganizations" => well(operation),
            _ => MockResponse::error("OrganizationNotFoundException", ORGANIZATION),
        }
    }
    let (report, _) = asked(gone, Some("m-00000000000000000000000000000002")).await;
    assert_public(&report);
    assert_eq!(check(&report, "organization").status, Status::Failed);
}

#[tokio::test]
async fn without_a_connection_the_machine_is_checked_all_the_same() {
    let error = connect(&Options { endpoint_url: Some("ftp://secret.example".into()), ..Options::default() })
        .await
        .expect_err("no URL");
    for why in [
        NoConnection::Configured(error),
        NoConnection::Sandbox("cannot read /home/secret/demo.json".into()),
        NoConnection::Late,
    ] {
        let report = of(Err(why));
        assert_public(&report);
        assert!(!report.is_well());
        assert_eq!(check(&report, "completion").status, Status::Ok);
        assert_eq!(check(&report, "end of support").detail.as_str(), "127 days until 31 March 2027");
        // Nothing that needs the service is left out in silence
        for operation in Operation::ALL {
            assert!(report.not_checked.iter().any(|one| one.name == operation.iam_action()), "{operation:?}");
        }
    }
}

#[test]
fn the_end_comes_nearer() {
    for (now, status, detail) in [
        ("2026-12-31T00:00:00Z", Status::Ok, "90 days until 31 March 2027"),
        ("2027-01-01T00:00:00Z", Status::Warning, "89 days until 31 March 2027"),
        ("2027-03-30T23:59:59Z", Status::Warning, "1 day until 31 March 2027"),
        ("2027-03-31T23:59:59Z", Status::Warning, "0 days until 31 March 2027"),
        ("2027-04-01T00:00:00Z", Status::Failed, "WorkMail ended on 31 March 2027"),
    ] {
        let report = report(&Facts {
            now: now.parse().expect("a time"),
            sandbox: false,
            service: Err(NoConnection::Late),
            completion: None,
            saved_states: Ok(()),
        });
        let end = check(&report, "end of support");
        assert_eq!((end.status, end.detail.as_str()), (status, detail), "{now}");
    }
}
