//! A call as CloudTrail writes it down.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Caller;
use crate::sandbox::model::ACCOUNT;
use crate::sandbox::service_error::ServiceError;

/// As CloudTrail writes over secrets (documented).
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
/// Longer requests and responses are left out of a record.
const MOST: usize = 64 << 10;

/// A call that was answered.
pub(in crate::sandbox) struct Recorded<'a> {
    pub(in crate::sandbox) caller: &'a Caller,
    pub(in crate::sandbox) time: Timestamp,
    pub(in crate::sandbox) operation: &'static str,
    /// Nobody's mailbox is opened by it, and nothing is changed.
    pub(in crate::sandbox) read_only: bool,
    pub(in crate::sandbox) request: &'a [u8],
    pub(in crate::sandbox) result: &'a Result<Value, ServiceError>,
}

impl Recorded<'_> {
    /// The record, in one line without its end.
    pub(super) fn line(&self) -> String {
        let Self { caller, time, operation, read_only, request, result } = self;
        let request = serde_json::from_slice(request).unwrap_or_default();
        let response = match result {
            // Of what only reads the response is not kept (documented)
            Ok(response) if !read_only => shown(response),
            _ => Value::Null,
        };
        let mut record = json!({
            "eventVersion": "1.11",
            "userIdentity": caller.identity(),
            "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": "workmail.amazonaws.com",
            "eventName": operation,
            "awsRegion": "us-east-1",
            "sourceIPAddress": caller.address.to_string(),
            "userAgent": caller.agent,
            "requestParameters": shown(&request),
            "responseElements": response,
            "requestID": uuid::Uuid::new_v4().to_string(),
            "eventID": uuid::Uuid::new_v4().to_string(),
            "readOnly": read_only,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        });
        if let (Err(error), Some(record)) = (result, record.as_object_mut()) {
            // CloudTrail's spelling of it, whatever the service answers
            let code = if error.code == "AccessDeniedException" { "AccessDenied" } else { error.code };
            record.insert("errorCode".into(), code.into());
            let body = error.body();
            let message = body.get("Message").or_else(|| body.get("message"));
            record.extend(message.map(|message| ("errorMessage".to_owned(), message.clone())));
        }
        record.to_string()
    }
}

/// What stands in a record of a request or a response: names begin with a small letter, and secrets are hidden.
fn shown(value: &Value) -> Value {
    if value.to_string().len() > MOST {
        return json!({"omitted": true});
    }
    match value {
        Value::Object(members) => {
            let mut shown = Map::new();
            shown.extend(members.iter().map(shown_member));
            Value::Object(shown)
        }
        Value::Array(items) => items.iter().map(shown).collect(),
        value => value.clone(),
    }
}

fn shown_member((name, value): (&String, &Value)) -> (String, Value) {
    let secret = matches!(name.as_str(), "Token" | "Password");
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let name = first.into_iter().chain(letters).collect();
    (name, if secret { HIDDEN.into() } else { shown(value) })
}
