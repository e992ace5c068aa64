//! The role's token, which is renewed before it ends: one renewal at a time, for all requests that wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::log::Log;
use crate::id::RoleId;
use crate::workmail::{Token, Writer};

/// A token is renewed when so much is left, or a quarter of its life where that is less.
const MARGIN: Duration = Duration::from_secs(60);
/// After a renewal that failed, and after a new token that is not accepted, the next is not asked for at once.
const PAUSE: Duration = Duration::from_secs(1);
/// No request waits longer for a renewal.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tokens of one role.
#[derive(Debug)]
pub(crate) struct Tokens {
    writer: Writer,
    role: RoleId,
    log: Log,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    held: Arc<Held>,
    /// When the last renewal failed.
    failed: Option<Instant>,
}

/// A token, and from when on it counts.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) token: Token,
    since: Instant,
}

/// There is no token now, and it may be worth to try again in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unavailable(pub(super) u64);

impl Held {
    fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// Is so much of its life left?
    fn has(&self, left: Duration) -> bool {
        self.age() + left < self.token.expires_in()
    }
}

impl Tokens {
    /// Begins with a token that the role was given just now.
    pub(crate) fn new(writer: Writer, role: RoleId, token: Token, log: Log) -> Self {
        let held = Arc::new(Held { token, since: Instant::now() });
        Self { writer, role, log, state: Mutex::new(State { held, failed: None }) }
    }

    /// A token that is good for a request.
    ///
    /// # Errors
    /// When the last one has ended, and there is no new one.
    pub(super) async fn current(&self) -> Result<Arc<Held>, Unavailable> {
        self.with_left(|life| MARGIN.min(life / 4)).await
    }

    /// A token that is good for a request that takes long to send, and that is not sent again.
    ///
    /// # Errors
    /// As [`Tokens::current`].
    pub(super) async fn for_long(&self) -> Result<Arc<Held>, Unavailable> {
        self.with_left(|life| life / 2).await
    }

    /// A token of which so much is left, given its life.
    async fn with_left(&self, left: fn(Duration) -> Duration) -> Result<Arc<Held>, Unavailable> {
        let mut state = self.state.lock().await;
        if state.held.has(left(state.held.token.expires_in())) {
            return Ok(Arc::clone(&state.held));
        }
        match self.renew(&mut state).await {
            Ok(held) => Ok(held),
            // It was renewed before it had to be
            Err(_) if state.held.has(Duration::ZERO) => Ok(Arc::clone(&state.held)),
            Err(unavailable) => Err(unavailable),
        }
    }

    /// A token instead of this one, which EWS did not accept.
    ///
    /// # Errors
    /// When there is no other, or it was new.
    pub(super) async fn instead_of(&self, rejected: &Arc<Held>) -> Result<Arc<Held>, Unavailable> {
        let mut state = self.state.lock().await;
        if !Arc::ptr_eq(&state.held, rejected) {
            return Ok(Arc::clone(&state.held));
        }
        if rejected.age() < PAUSE {
            return Err(Unavailable(PAUSE.as_secs()));
        }
        self.renew(&mut state).await
    }

    /// Asks for a new token. What must hold of the role for it to go on is checked here, and nowhere else.
    async fn renew(&self, state: &mut State) -> Result<Arc<Held>, Unavailable> {
        if state.failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(Unavailable(PAUSE.as_secs()));
        }
        // Its life is counted from before the call
        let since = Instant::now();
        let problem = match timeout(PATIENCE, self.writer.assume(&self.role)).await {
            Ok(Ok(token)) => {
                state.failed = None;
                state.held = Arc::new(Held { token, since });
                return Ok(Arc::clone(&state.held));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("there is no answer within {} s", PATIENCE.as_secs()),
        };
        state.failed = Some(Instant::now());
        self.log.warn(&format!("the token could not be renewed: {problem}"));
        Err(Unavailable(PAUSE.as_secs()))
    }
}
