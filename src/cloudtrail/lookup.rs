//! Events from LookupEvents, with as few calls as it takes: two a second are allowed (documented), and there is one
//! attribute to look them up by.
//!
//! Where little happened, all events of WorkMail are a page or two. Where much is read in the account, as `audit` does,
//! few of them are of interest: then each operation is looked up by its name, back from where the reading of all
//! had come to.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::record;
use crate::role::RoleId;
use crate::usage::Event;
use crate::workmail::{Error, Lookup, Page, Trail};

/// So far back LookupEvents goes (documented).
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Two calls are made in this time, which is a little more than a second: the service's clock decides.
const WINDOW: Duration = Duration::from_millis(1050);

/// Reads the events of these operations since then, and gives each to `take`. The newest come first; those that are
/// looked up by name, an operation after the other.
///
/// # Errors
/// When a page cannot be read, or holds something else than records.
pub(crate) async fn read(
    trail: &Trail,
    operations: &[&str],
    since: Timestamp,
    known: &BTreeSet<RoleId>,
    take: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    let mut reading = Reading { trail, operations, since, known, take, pace: Pace::default() };
    let Some(reached) = reading.of_all(operations.len()).await? else { return Ok(()) };
    for name in operations {
        reading.of_one(name, &reached).await?;
    }
    Ok(())
}

/// How far back all events were read.
struct Reached {
    time: Timestamp,
    /// The events of that second, which are met again.
    ids: HashSet<String>,
}

struct Reading<'a> {
    trail: &'a Trail,
    operations: &'a [&'a str],
    since: Timestamp,
    known: &'a BTreeSet<RoleId>,
    take: &'a mut dyn FnMut(Event),
    pace: Pace,
}

impl Reading<'_> {
    /// Reads so many pages of all events; gives how far it came, where there are more.
    async fn of_all(&mut self, pages: usize) -> Result<Option<Reached>, Error> {
        let lookup = Lookup { name: None, since: self.since, until: None };
        let mut token = None;
        let mut reached: Option<Reached> = None;
        for _ in 0..pages {
            let page = self.page(lookup, token).await?;
            for text in &page.records {
                let record = parsed(self.trail, text)?;
                let (time, id) = (&record["eventTime"], &record["eventID"]);
                let time = time.as_str().and_then(|time| time.parse().ok());
                let time = time.ok_or_else(|| self.trail.unexpected("an event has no time"))?;
                let id = id.as_str().unwrap_or_default().to_owned();
                match &mut reached {
                    Some(reached) if reached.time == time => drop(reached.ids.insert(id)),
                    _ => reached = Some(Reached { time, ids: HashSet::from([id]) }),
                }
                self.take(&record)?;
            }
            token = page.next;
            if token.is_none() {
                return Ok(None);
            }
        }
        Ok(reached)
    }

    /// Reads the events of an operation that are not newer than what was reached.
    async fn of_one(&mut self, name: &str, reached: &Reached) -> Result<(), Error> {
        let lookup = Lookup { name: Some(name), since: self.since, until: Some(reached.time) };
        let mut token = None;
        let mut tokens = HashSet::new();
        loop {
            let page = self.page(lookup, token).await?;
            for text in &page.records {
                let record = parsed(self.trail, text)?;
                if !record["eventID"].as_str().is_some_and(|id| reached.ids.contains(id)) {
                    self.take(&record)?;
                }
            }
            token = page.next;
            match &token {
                None => return Ok(()),
                Some(next) if !tokens.insert(next.clone()) => {
                    return Err(self.trail.unexpected("its pages lead back to an earlier one"));
                }
                Some(_) => {}
            }
        }
    }

    async fn page(&mut self, lookup: Lookup<'_>, token: Option<String>) -> Result<Page, Error> {
        self.pace.wait().await;
        let page = self.trail.page(lookup, token).await;
        self.pace.called();
        page
    }

    fn take(&mut self, record: &serde_json::Value) -> Result<(), Error> {
        let event = record::event(record, self.known).map_err(|why| self.trail.unexpected(why))?;
        if let Some(event) = event.filter(|event| self.operations.contains(&event.event.as_str())) {
            (self.take)(event);
        }
        Ok(())
    }
}

fn parsed(trail: &Trail, text: &str) -> Result<serde_json::Value, Error> {
    serde_json::from_str(text).map_err(|error| trail.unexpected(format!("an event is no JSON: {error}")))
}

/// When the last two calls were answered: one that was throttled counted when it was repeated.
#[derive(Default)]
struct Pace([Option<Instant>; 2]);

impl Pace {
    async fn wait(&self) {
        if let Some(time) = self.0[0] {
            tokio::time::sleep_until(time + WINDOW).await;
        }
    }

    fn called(&mut self) {
        self.0 = [self.0[1], Some(Instant::now())];
    }
}
