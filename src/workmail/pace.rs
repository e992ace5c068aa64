//! How many calls are kept in flight: fewer when the service throttles, more again when it does not.
//!
//! As TCP does it: half as many after throttling, one more after each round without. What was in flight already
//! when the number fell says nothing new, so that a burst that is throttled as a whole counts once.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

/// How many calls may be in flight now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pace {
    /// Never more than this.
    most: usize,
    /// From 1 to `most`.
    now: usize,
    /// How many attempts were answered since the number last changed.
    answered: usize,
    round: Round,
}

/// What an attempt belongs to: those that were begun between two changes to fewer calls.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round(u32);

impl Pace {
    fn new(most: usize) -> Self {
        Self { most, now: most, answered: 0, round: Round::default() }
    }

    /// The service throttled an attempt of that round: half as many, unless they are fewer already since it began.
    fn throttled(&mut self, round: Round) {
        if round == self.round {
            (self.now, self.answered) = (self.now.div_ceil(2), 0);
            self.round = Round(self.round.0.wrapping_add(1));
        }
    }

    /// The service answered an attempt of that round: one more when all that are in flight were answered.
    fn answered(&mut self, round: Round) {
        if round != self.round || self.now == self.most {
            return;
        }
        self.answered += 1;
        if self.answered >= self.now {
            (self.now, self.answered) = (self.now + 1, 0);
        }
    }
}

/// The permits to call, as many as the pace allows.
pub(super) struct Permits {
    semaphore: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    /// So many permits are held that are not given back.
    owed: usize,
}

impl fmt::Debug for Permits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permits").field(&*self.state()).finish()
    }
}

/// A permit; it is given back when it is dropped.
pub(super) struct Permit<'a> {
    permits: &'a Permits,
    held: Option<SemaphorePermit<'a>>,
}

impl Permits {
    /// So many permits; at least one.
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self { semaphore: Semaphore::new(most), state: Mutex::new(State { pace: Pace::new(most), owed: 0 }) }
    }

    /// How many calls may be in flight when nothing is throttled.
    pub(super) fn most(&self) -> usize {
        self.state().pace.most
    }

    /// Waits for a permit.
    pub(super) async fn take(&self) -> Permit<'_> {
        // The semaphore is never closed
        Permit { permits: self, held: self.semaphore.acquire().await.ok() }
    }

    /// The round of an attempt that begins now.
    pub(super) fn round(&self) -> Round {
        self.state().pace.round
    }

    /// The service throttled an attempt of that round; gives the new number where it fell.
    pub(super) fn throttled(&self, round: Round) -> Option<usize> {
        let mut state = self.state();
        let before = state.pace.now;
        state.pace.throttled(round);
        let fewer = before - state.pace.now;
        state.owed += fewer - self.semaphore.forget_permits(fewer);
        (fewer > 0).then_some(state.pace.now)
    }

    /// The service answered an attempt of that round; gives the new number where it grew.
    pub(super) fn answered(&self, round: Round) -> Option<usize> {
        let mut state = self.state();
        let before = state.pace.now;
        state.pace.answered(round);
        let more = state.pace.now - before;
        let kept = more.min(state.owed);
        state.owed -= kept;
        self.semaphore.add_permits(more - kept);
        (more > 0).then_some(state.pace.now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.permits.state();
        if state.owed > 0
            && let Some(permit) = self.held.take()
        {
            state.owed -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_throttled_is_all_at_once() {
        let mut pace = Pace::new(8);
        (0..100).for_each(|_| pace.answered(pace.round));
        assert_eq!(pace, Pace::new(8));
    }

    #[test]
    fn a_burst_that_is_throttled_halves_the_number_once_and_answers_bring_it_back() {
        let mut pace = Pace::new(8);
        let begun = pace.round;
        (0..8).for_each(|_| pace.throttled(begun));
        assert_eq!(pace.now, 4);
        // What was begun before says nothing of the new number
        (0..8).for_each(|_| pace.answered(begun));
        assert_eq!(pace.now, 4);
        let now: Vec<_> = (0..4 + 5 + 6 + 7)
            .map(|_| {
                pace.answered(pace.round);
                pace.now
            })
            .collect();
        assert_eq!([now[2], now[3], now[8], now[14], now[21]], [4, 5, 6, 7, 8]);
    }

    #[test]
    fn the_number_falls_to_one_and_no_further() {
        let mut pace = Pace::new(8);
        let falls: Vec<_> = (0..5)
            .map(|_| {
                pace.throttled(pace.round);
                pace.now
            })
            .collect();
        assert_eq!(falls, [4, 2, 1, 1, 1]);
    }

    /// What happens to permits; the number says to which attempt.
    #[derive(Debug, Clone)]
    enum Event {
        Take,
        Drop(usize),
        Begin,
        Throttled(usize),
        Answered(usize),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            3 => Just(Event::Take),
            2 => (0_usize..16).prop_map(Event::Drop),
            2 => Just(Event::Begin),
            1 => (0_usize..16).prop_map(Event::Throttled),
            4 => (0_usize..16).prop_map(Event::Answered),
        ]
    }

    proptest! {
        /// However calls end, there is a permit for one, never for more than are allowed, and in the end for all.
        #[test]
        fn permits_are_never_lost_nor_made(most in 1_usize..12, events in prop::collection::vec(event(), 0..200)) {
            let permits = Permits::new(most);
            let (mut held, mut begun) = (Vec::new(), vec![permits.round()]);
            for event in events {
                match event {
                    Event::Take => {
                        if let Ok(permit) = permits.semaphore.try_acquire() {
                            held.push(Permit { permits: &permits, held: Some(permit) });
                        }
                    }
                    Event::Drop(at) if !held.is_empty() => drop(held.swap_remove(at % held.len())),
                    Event::Drop(_) => {}
                    Event::Begin => begun.push(permits.round()),
                    Event::Throttled(at) => {
                        permits.throttled(begun[at % begun.len()]);
                    }
                    Event::Answered(at) => {
                        permits.answered(begun[at % begun.len()]);
                    }
                }
                let state = permits.state();
                prop_assert!((1..=most).contains(&state.pace.now));
                let permitted = held.len() + permits.semaphore.available_permits() - state.owed;
                prop_assert_eq!(permitted, state.pace.now);
                prop_assert!(state.owed == 0 || permits.semaphore.available_permits() == 0);
            }
            drop(held);
            for _ in 0..most * most {
                permits.answered(permits.round());
            }
            prop_assert_eq!(permits.semaphore.available_permits(), most);
        }
    }
}
