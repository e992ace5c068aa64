use std::net::Ipv4Addr;

use super::super::Caller;
use super::*;

const NOW: &str = "2026-11-29T12:00:00Z";

struct Place {
    trail: Arc<Trail>,
    _directory: tempfile::TempDir,
}

fn place() -> Place {
    let directory = tempfile::tempdir().expect("a directory");
    let trail = Trail::beside(&directory.path().join("demo.json"));
    Place { trail, _directory: directory }
}

fn caller(user: &str) -> Caller {
    Caller { user: user.to_owned(), address: Ipv4Addr::LOCALHOST.into(), agent: Some("test".to_owned()) }
}

impl Place {
    fn call(&self, user: &str, time: &str, operation: &'static str, result: Result<Value, ServiceError>) {
        self.trail.record(&Recorded {
            caller: &caller(user),
            time: time.parse().expect("a time"),
            operation,
            read_only: operation.starts_with("List"),
            request: br#"{"OrganizationId": "m-1", "ImpersonationRoleId": "role-1", "Password": "secret"}"#,
            result: &result,
        });
    }

    /// Without the limit of calls a second.
    fn lookup(&self, input: &Value) -> Result<Value, ServiceError> {
        self.trail.calls.lock().expect("a lock").clear();
        self.trail.lookup(input.to_string().as_bytes(), NOW.parse().expect("a time"))
    }

    fn names(&self, input: &Value) -> Vec<String> {
        let answer = self.lookup(input).expect("an answer");
        let events = answer["Events"].as_array().expect("events").iter();
        events.map(|event| event["EventName"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn refused(&self, input: &Value) -> &'static str {
        self.lookup(input).expect_err("refused").code
    }
}

#[test]
fn nothing_was_called() {
    assert_eq!(place().lookup(&json!({})).expect("an answer"), json!({"Events": []}));
}

#[test]
fn a_record_tells_who_and_what_and_no_secret() {
    let place = place();
    let answer = json!({"Token": "secret", "ExpiresIn": 900});
    place.call("alice", "2026-11-29T10:00:00Z", "AssumeImpersonationRole", Ok(answer));
    let event = place.lookup(&json!({})).expect("an answer")["Events"][0].clone();
    assert_eq!(event["Username"], "alice");
    assert_eq!(event["EventTime"], 1_795_946_400);
    assert_eq!(event["ReadOnly"], "false");
    let text = event["CloudTrailEvent"].as_str().expect("a record");
    assert!(!text.contains("secret"), "{text}");
    let record: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(record["userIdentity"]["arn"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(record["requestParameters"]["impersonationRoleId"], "role-1");
    assert_eq!(record["responseElements"]["expiresIn"], 900);
    assert_eq!(record["eventTime"], "2026-11-29T10:00:00Z");
    assert_eq!(record["errorCode"], Value::Null);
}

#[test]
fn what_failed_is_recorded_with_its_error() {
    let place = place();
    let denied = ServiceError::common(400, "AccessDeniedException", "not authorized");
    place.call("alice", "2026-11-29T10:00:00Z", "AssumeImpersonationRole", Err(denied));
    let event = place.lookup(&json!({})).expect("an answer")["Events"][0].clone();
    let text = event["CloudTrailEvent"].as_str().expect("a record");
    let record: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(
        (record["errorCode"].as_str(), record["errorMessage"].as_str()),
        (Some("AccessDenied"), Some("not authorized"))
    );
    assert_eq!(record["responseElements"], Value::Null);
}

#[test]
fn attributes_and_times_choose() {
    let place = place();
    let call = |user, time, operation| place.call(user, time, operation, Ok(Value::Null));
    call("alice", "2026-08-01T10:00:00Z", "DeleteGroup");
    call("alice", "2026-11-29T10:00:00Z", "CreateImpersonationRole");
    call("bob", "2026-11-29T11:00:00Z", "ListUsers");
    call("alice", "2026-11-29T11:30:00Z", "DeleteImpersonationRole");
    // The one of August is older than 90 days
    assert_eq!(place.names(&json!({})), ["DeleteImpersonationRole", "ListUsers", "CreateImpersonationRole"]);
    let by = |key: &str, value: &str| {
        place.names(&json!({"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}))
    };
    assert_eq!(by("Username", "bob"), ["ListUsers"]);
    assert_eq!(by("ReadOnly", "true"), ["ListUsers"]);
    assert_eq!(by("EventName", "CreateImpersonationRole"), ["CreateImpersonationRole"]);
    assert_eq!(by("EventSource", "workmail.amazonaws.com").len(), 3);
    assert_eq!(by("EventSource", "alice").len(), 0);
    assert_eq!(by("AccessKeyId", "alice").len(), 2);
    assert_eq!(by("ResourceName", "role-1").len(), 0);
    // 11:00 and 11:30, both included
    assert_eq!(place.names(&json!({"StartTime": 1_795_950_000, "EndTime": 1_795_951_800})).len(), 2);
}

#[test]
fn pages_give_every_event_once_though_new_ones_come() {
    let place = place();
    for _ in 0..7 {
        place.call("alice", "2026-11-29T10:00:00Z", "DeleteGroup", Ok(Value::Null));
    }
    let first = place.lookup(&json!({"MaxResults": 3})).expect("a page");
    place.call("alice", "2026-11-29T11:00:00Z", "CreateGroup", Ok(Value::Null));
    let second = place.lookup(&json!({"MaxResults": 3, "NextToken": first["NextToken"]})).expect("a page");
    let last = place.lookup(&json!({"MaxResults": 3, "NextToken": second["NextToken"]})).expect("a page");
    let mut ids: Vec<_> = [&first, &second, &last]
        .iter()
        .flat_map(|page| page["Events"].as_array().expect("events"))
        .map(|event| event["EventId"].to_string())
        .collect();
    assert_eq!((ids.len(), &last["NextToken"]), (7, &Value::Null));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);
    // Another question has other pages
    let other = json!({"EndTime": 1_795_950_000, "NextToken": first["NextToken"]});
    assert_eq!(place.refused(&other), "InvalidNextTokenException");
}

#[test]
fn what_breaks_the_documented_form_is_refused() {
    let place = place();
    let attribute = |key: &str, value: &str| json!({"AttributeKey": key, "AttributeValue": value});
    let one = attribute("EventName", "ListUsers");
    for (input, code) in [
        (json!({"LookupAttributes": [one, one]}), "InvalidLookupAttributesException"),
        (json!({"LookupAttributes": [attribute("Colour", "red")]}), "InvalidLookupAttributesException"),
        (json!({"LookupAttributes": [attribute("EventName", "")]}), "InvalidLookupAttributesException"),
        (json!({"MaxResults": 0}), "InvalidMaxResultsException"),
        (json!({"MaxResults": 51}), "InvalidMaxResultsException"),
        (json!({"StartTime": 2, "EndTime": 1}), "InvalidTimeRangeException"),
        (json!({"StartTime": 1e300}), "InvalidTimeRangeException"),
        (json!({"EventCategory": "data"}), "InvalidEventCategoryException"),
        (json!({"NextToken": "abc"}), "InvalidNextTokenException"),
        (json!({"LookupAttributes": "x"}), "SerializationException"),
        (json!([]), "SerializationException"),
    ] {
        assert_eq!(place.refused(&input), code, "{input}");
    }
}

#[test]
fn the_third_call_in_a_second_is_throttled() {
    let place = place();
    let lookup = || place.trail.lookup(b"{}", NOW.parse().expect("a time"));
    assert!(lookup().is_ok() && lookup().is_ok());
    assert_eq!(lookup().expect_err("throttled").code, "ThrottlingException");
    let later = Instant::now() + Duration::from_secs(1);
    assert!(!place.trail.is_too_often(later));
}
