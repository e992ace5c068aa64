//! LookupEvents of CloudTrail: 50 events a page, the newest first, two calls a second (documented).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Recorded;
use super::log::EventLog;
use crate::sandbox::hash::sha256;
use crate::sandbox::service_error::ServiceError;

/// The only operation of CloudTrail that the sandbox has.
pub(in crate::sandbox) const LOOKUP: &str = "LookupEvents";
/// Calls a second.
const RATE: usize = 2;
/// So long events are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// By which attributes events are looked up, and where they stand in a record. The sandbox names no resources.
const ATTRIBUTES: [(&str, &[&str]); 8] = [
    ("EventId", &["eventID"]),
    ("EventName", &["eventName"]),
    ("ReadOnly", &["readOnly"]),
    ("Username", &["userIdentity", "userName"]),
    ("ResourceType", &["resources"]),
    ("ResourceName", &["resources"]),
    ("EventSource", &["eventSource"]),
    ("AccessKeyId", &["userIdentity", "accessKeyId"]),
];

/// What was called, and when LookupEvents was.
#[derive(Debug)]
pub(in crate::sandbox) struct Trail {
    log: EventLog,
    calls: Mutex<Vec<Instant>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    lookup_attributes: Vec<Attribute>,
    start_time: Option<f64>,
    end_time: Option<f64>,
    event_category: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    attribute_key: String,
    attribute_value: String,
}

impl Trail {
    pub(in crate::sandbox) fn beside(state: &Path) -> Arc<Self> {
        Arc::new(Self { log: EventLog::beside(state), calls: Mutex::default() })
    }

    /// Keeps a call, as far as it can be kept: whoever called gets the answer all the same.
    pub(in crate::sandbox) fn record(&self, call: &Recorded<'_>) {
        let _ = self.log.add(&call.line());
    }

    /// Answers LookupEvents.
    pub(in crate::sandbox) fn lookup(&self, body: &[u8], now: Timestamp) -> Result<Value, ServiceError> {
        if self.is_too_often(Instant::now()) {
            return Err(ServiceError::common(400, "ThrottlingException", "Rate exceeded"));
        }
        let input: Input = serde_json::from_slice(body).map_err(ServiceError::serialization)?;
        let wanted = Wanted::of(&input, now)?;
        let scope = wanted.scope();
        let text = self.log.text().map_err(|error| {
            ServiceError::common(500, "InternalFailure", format!("cannot read the events: {error}"))
        })?;
        let mut after = match &input.next_token {
            None => None,
            Some(token) => Some(opened(token, &scope).ok_or_else(|| {
                ServiceError::modelled("InvalidNextTokenException", "Invalid token in the request")
            })?),
        };
        let mut events: Vec<Value> = Vec::new();
        let mut next = None;
        // A line alone is parsed that can be meant
        let lines = text.lines().rev().filter(|line| wanted.may_be(line));
        let records = lines.filter_map(|line| Some((line, serde_json::from_str::<Value>(line).ok()?)));
        for (line, record) in records.filter(|(_, record)| wanted.is(record)) {
            let id = &record["eventID"];
            if after.as_deref().is_some_and(|after| id != after) {
                continue;
            }
            if after.take().is_some() {
                continue;
            }
            if events.len() == wanted.most {
                next = events.last().and_then(|last| last["EventId"].as_str()).map(|id| sealed(id, &scope));
                break;
            }
            events.push(event(line, &record));
        }
        if after.is_some() {
            return Err(ServiceError::modelled("InvalidNextTokenException", "The token has expired"));
        }
        let mut answer = json!({"Events": events});
        if let Some(next) = next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    }

    fn is_too_often(&self, now: Instant) -> bool {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.retain(|call| now.duration_since(*call) < Duration::from_secs(1));
        if calls.len() >= RATE {
            return true;
        }
        calls.push(now);
        false
    }
}

/// Which events are asked for.
struct Wanted<'a> {
    attribute: Option<(&'static [&'static str], &'a str)>,
    from: Timestamp,
    until: Option<Timestamp>,
    insight: bool,
    most: usize,
    now: Timestamp,
}

impl<'a> Wanted<'a> {
    fn of(input: &'a Input, now: Timestamp) -> Result<Self, ServiceError> {
        let attribute = match input.lookup_attributes.as_slice() {
            [] => None,
            [Attribute { attribute_key, attribute_value }] => {
                let known = ATTRIBUTES.iter().find(|(key, _)| key == attribute_key);
                let (_, place) = known.ok_or_else(|| attributes("The key of the attribute is not known"))?;
                if !(1..=2000).contains(&attribute_value.chars().count()) {
                    return Err(attributes("The value of the attribute has 1 to 2000 characters"));
                }
                Some((*place, attribute_value.as_str()))
            }
            _ => return Err(attributes("At most one attribute can be given")),
        };
        let time = |seconds: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "it saturates, and the range is checked")]
            Timestamp::from_millisecond((seconds * 1000.0) as i64)
                .map_err(|_| ServiceError::modelled("InvalidTimeRangeException", "The time is out of range"))
        };
        let start = input.start_time.map(time).transpose()?;
        let until = input.end_time.map(time).transpose()?;
        if start.zip(until).is_some_and(|(start, until)| start > until) {
            let message = "The start time is after the end time";
            return Err(ServiceError::modelled("InvalidTimeRangeException", message));
        }
        let insight = match input.event_category.as_deref() {
            None => false,
            Some("insight") => true,
            Some(_) => {
                let message = "The event category is not valid";
                return Err(ServiceError::modelled("InvalidEventCategoryException", message));
            }
        };
        let most = match input.max_results {
            None => 50,
            Some(most @ 1..=50) => usize::try_from(most).unwrap_or(50),
            Some(_) => {
                let message = "MaxResults is not between 1 and 50";
                return Err(ServiceError::modelled("InvalidMaxResultsException", message));
            }
        };
        let oldest = now - KEPT;
        let from = start.map_or(oldest, |start| start.max(oldest));
        Ok(Self { attribute, from, until, insight, most, now })
    }

    /// What a token belongs to: the same question but for the page.
    fn scope(&self) -> String {
        let start = (self.from > self.now - KEPT).then_some(self.from);
        format!("{:?} {start:?} {:?} {}", self.attribute, self.until, self.insight)
    }

    /// Can it be this record, by what is in the text?
    fn may_be(&self, line: &str) -> bool {
        match self.attribute {
            Some((["readOnly"], value)) => line.contains(&format!("\"readOnly\":{value}")),
            Some((_, value)) => line.contains(Value::from(value).to_string().as_str()),
            None => true,
        }
    }

    fn is(&self, record: &Value) -> bool {
        let time = record["eventTime"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
        let in_time =
            time.is_some_and(|time| time >= self.from && self.until.is_none_or(|until| time <= until));
        let has =
            |(place, wanted): (&[&str], &str)| match place.iter().fold(record, |value, name| &value[*name]) {
                Value::String(text) => text == wanted,
                Value::Bool(value) => value.to_string() == wanted,
                _ => false,
            };
        !self.insight && in_time && self.attribute.is_none_or(has)
    }
}

fn attributes(message: &str) -> ServiceError {
    ServiceError::modelled("InvalidLookupAttributesException", message)
}

fn event(line: &str, record: &Value) -> Value {
    let time = record["eventTime"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    json!({
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": record["readOnly"].to_string(),
        "AccessKeyId": record["userIdentity"]["accessKeyId"],
        "EventTime": time.map(Timestamp::as_second),
        "EventSource": record["eventSource"],
        "Username": record["userIdentity"]["userName"],
        "Resources": [],
        "CloudTrailEvent": line,
    })
}

const SEAL: usize = 16;

/// The last event of a page, after a seal that binds it to the question.
fn sealed(id: &str, scope: &str) -> String {
    format!("{}{id}", &sha256(format!("{scope}\n{id}"))[..SEAL])
}

fn opened(token: &str, scope: &str) -> Option<String> {
    let id = token.get(SEAL..)?;
    (sealed(id, scope) == token).then(|| id.to_owned())
}

#[cfg(test)]
mod tests;
