//! Events from LookupEvents, with as few calls as it takes: two a second are allowed (documented), and there is one
//! attribute to look them up by.
//!
//! Where little happened, all events of WorkMail are a page or two. Where much is read in the account, as `audit` does,
//! few of them are of interest: then each operation is looked up by its name, back from where the reading of all
//! had come to.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};

use super::record;
use crate::role::RoleId;
use crate::usage::Event;
use crate::workmail::{Error, Lookup, Page, Trail};

/// So far back LookupEvents goes (documented).
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Which events are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a> {
    /// Of these operations, of which the last are the last to be looked up by name.
    pub(crate) operations: &'a [&'a str],
    pub(crate) since: Timestamp,
    /// Ids of roles, which are found in a record under any name.
    pub(crate) known: &'a BTreeSet<RoleId>,
    /// No more calls than these are made.
    pub(crate) pages: usize,
}

/// What takes an event; to break is to say that no older one of the same operation is wanted.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Event) -> ControlFlow<()>;

/// Reads events, and gives each to `take`: the newest come first; those that are looked up by name, an operation after
/// the other. Gives false where there are more than so many pages.
///
/// # Errors
/// When a page cannot be read, or holds something else than records.
pub(crate) async fn read(trail: &Trail, query: Query<'_>, take: Take<'_>) -> Result<bool, Error> {
    let mut reading = Reading { trail, query, take, pages: 0 };
    match reading.of_all(query.operations.len()).await? {
        None => Ok(true),
        Some(reached) => reading.of_each(&reached).await,
    }
}

/// As [`read`], of what is not newer than `until`, which takes a call an operation at least.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_until(
    trail: &Trail,
    query: Query<'_>,
    until: Timestamp,
    take: Take<'_>,
) -> Result<bool, Error> {
    let mut reading = Reading { trail, query, take, pages: 0 };
    reading.of_each(&Reached { time: Some(until), ids: HashSet::new() }).await
}

/// How far back all events were read.
#[derive(Default)]
struct Reached {
    /// None where pages were empty.
    time: Option<Timestamp>,
    /// The events of that second, which are met again.
    ids: HashSet<String>,
}

struct Reading<'a> {
    trail: &'a Trail,
    query: Query<'a>,
    take: Take<'a>,
    /// So many calls were made.
    pages: usize,
}

impl Reading<'_> {
    /// Reads so many pages of all events; gives how far it came, where there are more.
    async fn of_all(&mut self, pages: usize) -> Result<Option<Reached>, Error> {
        let lookup = Lookup { name: None, since: self.query.since, until: None };
        let mut token = None;
        let mut reached = Reached::default();
        for _ in 0..pages {
            let page = self.page(lookup, token).await?;
            for text in &page.records {
                let record = parsed(self.trail, text)?;
                let (time, id) = (&record["eventTime"], &record["eventID"]);
                let time: Option<Timestamp> = time.as_str().and_then(|time| time.parse().ok());
                if time.is_none() {
                    return Err(self.trail.unexpected("an event has no time"));
                }
                if reached.time != time {
                    reached = Reached { time, ids: HashSet::new() };
                }
                reached.ids.insert(id.as_str().unwrap_or_default().to_owned());
                let _ = self.take(&record)?;
            }
            token = page.next;
            if token.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(reached))
    }

    async fn of_each(&mut self, reached: &Reached) -> Result<bool, Error> {
        for name in self.query.operations {
            if !self.of_one(name, reached).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads the events of an operation that are not newer than what was reached.
    async fn of_one(&mut self, name: &str, reached: &Reached) -> Result<bool, Error> {
        let lookup = Lookup { name: Some(name), since: self.query.since, until: reached.time };
        let mut token = None;
        let mut tokens = HashSet::new();
        while self.pages < self.query.pages {
            let page = self.page(lookup, token).await?;
            for text in &page.records {
                let record = parsed(self.trail, text)?;
                if !record["eventID"].as_str().is_some_and(|id| reached.ids.contains(id))
                    && self.take(&record)?.is_break()
                {
                    return Ok(true);
                }
            }
            token = page.next;
            match &token {
                None => return Ok(true),
                Some(next) if !tokens.insert(next.clone()) => {
                    return Err(self.trail.unexpected("its pages lead back to an earlier one"));
                }
                Some(_) => {}
            }
        }
        Ok(false)
    }

    async fn page(&mut self, lookup: Lookup<'_>, token: Option<String>) -> Result<Page, Error> {
        self.pages += 1;
        self.trail.page(lookup, token).await
    }

    fn take(&mut self, record: &serde_json::Value) -> Result<ControlFlow<()>, Error> {
        let event = record::event(record, self.query.known).map_err(|why| self.trail.unexpected(why))?;
        let event = event.filter(|event| self.query.operations.contains(&event.event.as_str()));
        Ok(event.map_or(ControlFlow::Continue(()), &mut self.take))
    }
}

fn parsed(trail: &Trail, text: &str) -> Result<serde_json::Value, Error> {
    serde_json::from_str(text).map_err(|error| trail.unexpected(format!("an event is no JSON: {error}")))
}
