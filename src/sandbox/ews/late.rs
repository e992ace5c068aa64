//! Mailboxes that follow a change late: what they went by some seconds ago.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::sandbox::model::State;

/// The states that mailboxes may still go by, each with when it was first seen; the first is the one
/// that they go by now.
#[derive(Debug)]
pub(super) struct Late {
    delay: SignedDuration,
    seen: Mutex<VecDeque<(Timestamp, Arc<State>)>>,
}

impl Late {
    pub(super) fn new(seconds: u32) -> Self {
        Self { delay: SignedDuration::from_secs(seconds.into()), seen: Mutex::default() }
    }

    pub(super) fn is_off(&self) -> bool {
        self.delay.is_zero()
    }

    /// Takes note of the state as it is, and gives the one whose roles and access control rules mailboxes go by.
    pub(super) fn follow(&self, state: Arc<State>, now: Timestamp) -> Arc<State> {
        if self.is_off() {
            return state;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.back().is_none_or(|(_, last)| !same_gates(last, &state)) {
            seen.push_back((now, Arc::clone(&state)));
        }
        while seen.get(1).is_some_and(|(since, _)| now.duration_since(*since) >= self.delay) {
            seen.pop_front();
        }
        seen.front().map_or(state, |(_, known)| Arc::clone(known))
    }
}

fn same_gates(a: &State, b: &State) -> bool {
    let gates = |state: &State| {
        let of = state.organizations.iter();
        of.map(|one| (one.id.clone(), one.roles.clone(), one.access_control_rules.clone()))
            .collect::<Vec<_>>()
    };
    gates(a) == gates(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Seed;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn with_roles(count: usize) -> Arc<State> {
        let mut state = Seed::default().state();
        state.organizations[0].roles.truncate(count);
        Arc::new(state)
    }

    fn roles(state: &State) -> usize {
        state.organizations[0].roles.len()
    }

    #[test]
    fn without_a_delay_a_change_counts_at_once() {
        let late = Late::new(0);
        assert_eq!(roles(&late.follow(with_roles(3), at(0))), 3);
        assert_eq!(roles(&late.follow(with_roles(1), at(0))), 1);
    }

    #[test]
    fn each_change_counts_when_its_time_has_passed() {
        let late = Late::new(10);
        let follow = |second, count| roles(&late.follow(with_roles(count), at(second)));
        assert_eq!(follow(0, 3), 3, "what was there at the start counts");
        assert_eq!(follow(100, 2), 3);
        assert_eq!(follow(105, 1), 3);
        assert_eq!(follow(109, 1), 3);
        assert_eq!(follow(110, 1), 2);
        assert_eq!(follow(115, 1), 1);
    }

    #[test]
    fn what_is_no_gate_is_not_kept_back() {
        let late = Late::new(10);
        late.follow(with_roles(3), at(0));
        let mut state = Seed::default().state();
        state.organizations[0].messages.clear();
        late.follow(Arc::new(state), at(1));
        assert_eq!(late.seen.lock().expect("no panic").len(), 1);
    }
}
