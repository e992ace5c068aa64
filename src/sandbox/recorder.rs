//! How a client called the server: how often, how many at once, how many one after another.

use crate::sorted;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) operation: String,
    /// The body of the request, unchanged.
    pub(crate) request: String,
    /// When its request was read, since the server's start.
    pub(crate) start: Duration,
    /// When its response was ready.
    pub(crate) end: Duration,
}

/// The calls until now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    /// How many of each operation, failed ones included.
    pub(crate) by_operation: BTreeMap<String, usize>,
    /// The most at one time.
    pub(crate) max_in_flight: usize,
    /// Each call, in the order in which they ended; empty unless recording was asked for.
    pub(crate) log: Vec<Call>,
}

impl Calls {
    pub(crate) fn total(&self) -> usize {
        self.by_operation.values().sum()
    }

    #[cfg(test)]
    pub(crate) fn of(&self, operation: &str) -> usize {
        self.by_operation.get(operation).copied().unwrap_or_default()
    }

    /// The recorded requests that came more than once, each with how often.
    pub(crate) fn repeated(&self) -> BTreeMap<(&str, &str), usize> {
        let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for Call { operation, request, .. } in &self.log {
            *times.entry((operation, request)).or_default() += 1;
        }
        times.retain(|_, times| *times > 1);
        times
    }

    /// The most recorded calls that were made one after another: how many round trips deep a
    /// command was.
    pub(crate) fn longest_chain(&self) -> usize {
        let mut calls: Vec<_> = self.log.iter().collect();
        // The earliest end first: it leaves most time for the others
        sorted::by_key(&mut calls, |call| call.end);
        let mut chain = 0;
        let mut until = None;
        for call in calls {
            if until.is_none_or(|until| call.start >= until) {
                chain += 1;
                until = Some(call.end);
            }
        }
        chain
    }
}

/// Records the calls of a server.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    started: Instant,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    calls: Calls,
    in_flight: usize,
    recording: bool,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), shared: Arc::default() }
    }

    pub(super) fn record(&self) {
        self.shared().recording = true;
    }

    pub(super) fn calls(&self) -> Calls {
        self.shared().calls.clone()
    }

    /// Counts a call that begins; it ends when the guard is dropped.
    pub(super) fn begin(&self, operation: &str) -> InFlight {
        let mut shared = self.shared();
        *shared.calls.by_operation.entry(operation.to_owned()).or_default() += 1;
        shared.in_flight += 1;
        shared.calls.max_in_flight = shared.calls.max_in_flight.max(shared.in_flight);
        drop(shared);
        InFlight {
            recorder: self.clone(),
            operation: operation.to_owned(),
            request: String::new(),
            start: self.started.elapsed(),
        }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that has begun.
pub(super) struct InFlight {
    recorder: Recorder,
    operation: String,
    request: String,
    start: Duration,
}

impl InFlight {
    /// Keeps the body, if calls are recorded.
    pub(super) fn set_body(&mut self, body: &[u8]) {
        if self.recorder.shared().recording {
            self.request = String::from_utf8_lossy(body).into_owned();
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let end = self.recorder.started.elapsed();
        let mut shared = self.recorder.shared();
        shared.in_flight -= 1;
        if shared.recording {
            let operation = std::mem::take(&mut self.operation);
            let request = std::mem::take(&mut self.request);
            shared.calls.log.push(Call { operation, request, start: self.start, end });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(start: u64, end: u64) -> Call {
        Call {
            operation: "ListUsers".into(),
            request: format!("{start}"),
            start: Duration::from_millis(start),
            end: Duration::from_millis(end),
        }
    }

    #[test]
    fn calls_at_the_same_time_are_one_link() {
        let chain = |log: &[Call]| Calls { log: log.to_vec(), ..Calls::default() }.longest_chain();
        assert_eq!(chain(&[]), 0);
        assert_eq!(chain(&[call(0, 10), call(1, 9), call(2, 12)]), 1);
        assert_eq!(chain(&[call(0, 10), call(1, 9), call(11, 20), call(21, 30)]), 3);
    }

    #[test]
    fn the_most_at_one_time_is_kept() {
        let recorder = Recorder::new();
        recorder.record();
        let both = (recorder.begin("A"), recorder.begin("A"));
        drop(both);
        drop(recorder.begin("B"));
        let calls = recorder.calls();
        assert_eq!((calls.total(), calls.of("A"), calls.max_in_flight, calls.log.len()), (3, 2, 2, 3));
        assert_eq!(calls.repeated().into_iter().collect::<Vec<_>>(), [(("A", ""), 2)]);
    }
}
