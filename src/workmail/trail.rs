//! CloudTrail's LookupEvents, a page at a time: records as CloudTrail wrote them.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::call::Call;
use super::client::ServiceClient;
use super::error::Error;
use super::operation::Operation;

/// Events of a page at most (documented).
const PAGE_SIZE: i32 = 50;
/// Two calls are made in this time, which is a little more than a second: the service's clock decides.
const WINDOW: Duration = Duration::from_millis(1050);
/// The source of the events of WorkMail.
const SOURCE: &str = "workmail.amazonaws.com";

/// CloudTrail in the account and Region of WorkMail.
#[derive(Debug, Clone)]
pub(crate) struct Trail {
    client: ServiceClient,
    sdk: Sdk,
    last: LastCalls,
}

/// When the last two calls of an account were answered: one that was throttled counted when it was repeated.
pub(super) type LastCalls = Arc<Mutex<[Option<Instant>; 2]>>;

/// The SDK's client, whose `Debug` has the credentials.
#[derive(Clone)]
struct Sdk(Client);

impl std::fmt::Debug for Sdk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sdk")
    }
}

/// Which events are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookup<'a> {
    /// Of this operation alone; else all of WorkMail.
    pub(crate) name: Option<&'a str>,
    pub(crate) since: Timestamp,
    /// That second is included.
    pub(crate) until: Option<Timestamp>,
}

/// Some of the events.
#[derive(Debug)]
pub(crate) struct Page {
    /// JSON each, the newest first.
    pub(crate) records: Vec<String>,
    /// How to ask for the next page, where there is one.
    pub(crate) next: Option<String>,
}

impl Trail {
    pub(super) fn new(client: ServiceClient, sdk: Client, last: LastCalls) -> Self {
        Self { client, sdk: Sdk(sdk), last }
    }

    /// Reads a page, when its turn comes: two calls a second are allowed in an account and Region (documented). IAM must
    /// allow `cloudtrail:LookupEvents` on `*`.
    pub(crate) async fn page(&self, lookup: Lookup<'_>, token: Option<String>) -> Result<Page, Error> {
        let call = call();
        let Lookup { name, since, until } = lookup;
        let (key, value) = match name {
            Some(name) => (LookupAttributeKey::EventName, name),
            None => (LookupAttributeKey::EventSource, SOURCE),
        };
        let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build();
        let attribute =
            attribute.map_err(|error| Error::refused(&call, self.client.endpoint(), error.to_string()))?;
        let request = self
            .sdk
            .0
            .lookup_events()
            .lookup_attributes(attribute)
            .start_time(DateTime::from_secs(since.as_second()))
            .set_end_time(until.map(|until| DateTime::from_secs(until.as_second())))
            .max_results(PAGE_SIZE)
            .set_next_token(token);
        let send = |_: &_, probe| request.customize().interceptor(probe).send();
        let mut last = self.last.lock().await;
        if let Some(time) = last[0] {
            sleep_until(time + WINDOW).await;
        }
        let output = self.client.call(&call, send).await;
        *last = [last[1], Some(Instant::now())];
        let output = output?;
        let events = output.events.unwrap_or_default();
        self.client.heard_items("event", events.len());
        let records = events.into_iter().map(|event| {
            event.cloud_trail_event.ok_or_else(|| self.unexpected("an event has no CloudTrailEvent"))
        });
        let next = output.next_token.filter(|token| !token.is_empty());
        Ok(Page { records: records.collect::<Result<_, _>>()?, next })
    }

    /// An answer that cannot be used.
    pub(crate) fn unexpected(&self, why: impl Into<String>) -> Error {
        self.client.unexpected(&call(), why.into())
    }
}

fn call() -> Call {
    Call::new(Operation::LookupEvents, "could not look up events in CloudTrail")
}
