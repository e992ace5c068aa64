//! The role's token, which is renewed before it ends: one renewal at a time, for all requests that wait for it. The role
//! is read before each: where it has expired or is gone there is no token any more.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, timeout};

use super::log::Log;
use crate::id::RoleId;
use crate::role::Role;
use crate::workmail::{Error, ErrorKind, Token, Writer};

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
    now: fn() -> Timestamp,
    log: Log,
    state: Mutex<State>,
    /// Set once, when there are no more tokens.
    over: watch::Sender<Option<Over>>,
}

#[derive(Debug)]
struct State {
    held: Arc<Held>,
    /// The role as it was read last; none where it must not be read.
    known: Option<Role>,
    /// When the last renewal failed.
    failed: Option<Instant>,
}

/// A token, and from when on it counts.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) token: Token,
    since: Instant,
}

/// Why the role gives no more tokens, whatever is tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Over {
    /// It reaches nobody any longer.
    #[error("role {0} expired {1}")]
    Expired(String, String),
    /// It was deleted.
    #[error("role {0} is gone")]
    Gone(String),
}

/// There is no token for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoToken {
    /// Now; it may be worth to try again in so many seconds.
    Later(u64),
    /// Nor will there be one.
    Over(Over),
}

/// Why a renewal gave nothing.
enum Stop {
    Over(Over),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Held {
    fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// Is so much of its life left?
    fn has(&self, left: Duration) -> bool {
        self.age() + left < self.token.expires_in()
    }
}

impl State {
    fn expired(&self, now: Timestamp) -> Option<Over> {
        let role = self.known.as_ref()?;
        let end = role.expired(now)?;
        Some(Over::Expired(role.name.to_string(), end.in_sentence()))
    }

    /// Is the token good for so much longer, and the role has not expired as far as is known?
    fn has(&self, left: Duration, now: Timestamp) -> bool {
        self.held.has(left) && self.expired(now).is_none()
    }
}

impl Tokens {
    /// Begins with a token that the role was given just now. A role that was not looked up for it is read first.
    ///
    /// Where the policy denies that read, as the narrowest does, renewals go on without it: such a policy can have an
    /// end of its own. In all other cases a role that cannot be read gives no more tokens.
    ///
    /// # Errors
    /// [`Over`], and when the read fails otherwise.
    pub(crate) async fn begin(
        writer: Writer,
        role: RoleId,
        known: Option<Role>,
        token: Token,
        now: fn() -> Timestamp,
        log: Log,
    ) -> anyhow::Result<Self> {
        let held = Arc::new(Held { token, since: Instant::now() });
        let is_known = known.is_some();
        let state = Mutex::new(State { held, known, failed: None });
        let tokens = Self { writer, role, now, log, state, over: watch::Sender::new(None) };
        if !is_known {
            let mut state = tokens.state.lock().await;
            match tokens.look(&mut state).await {
                Ok(true) => {}
                Ok(false) => tokens.log.warn(&format!(
                    "whether role {} has expired is not looked at: GetImpersonationRole is denied",
                    tokens.role
                )),
                Err(Stop::Over(over)) => return Err(over.into()),
                Err(Stop::Failed(error)) => return Err(error.into()),
            }
        }
        Ok(tokens)
    }

    /// Becomes some when the role has expired or is gone. What is in flight then goes on.
    pub(crate) fn over(&self) -> watch::Receiver<Option<Over>> {
        self.over.subscribe()
    }

    /// A token that is good for a request.
    ///
    /// # Errors
    /// When the last one has ended, and there is no new one; and when the role has expired.
    pub(super) async fn current(&self) -> Result<Arc<Held>, NoToken> {
        self.with_left(|life| MARGIN.min(life / 4)).await
    }

    /// A token that is good for a request that takes long to send, and that is not sent again.
    ///
    /// # Errors
    /// As [`Tokens::current`].
    pub(super) async fn for_long(&self) -> Result<Arc<Held>, NoToken> {
        self.with_left(|life| life / 2).await
    }

    /// A token of which so much is left, given its life.
    async fn with_left(&self, left: fn(Duration) -> Duration) -> Result<Arc<Held>, NoToken> {
        let mut state = self.state.lock().await;
        if !self.is_over() && state.has(left(state.held.token.expires_in()), (self.now)()) {
            return Ok(Arc::clone(&state.held));
        }
        match self.renew(&mut state).await {
            // It was renewed before it had to be
            Err(NoToken::Later(_)) if state.has(Duration::ZERO, (self.now)()) => Ok(Arc::clone(&state.held)),
            renewed => renewed,
        }
    }

    /// A token instead of this one, which EWS did not accept.
    ///
    /// # Errors
    /// When there is no other, or it was new.
    pub(super) async fn instead_of(&self, rejected: &Arc<Held>) -> Result<Arc<Held>, NoToken> {
        let mut state = self.state.lock().await;
        if !Arc::ptr_eq(&state.held, rejected) && !self.is_over() {
            return Ok(Arc::clone(&state.held));
        }
        if rejected.age() < PAUSE {
            return Err(NoToken::Later(PAUSE.as_secs()));
        }
        self.renew(&mut state).await
    }

    fn is_over(&self) -> bool {
        self.over.borrow().is_some()
    }

    /// Asks for a new token. What must hold of the role for it to go on is checked here, and nowhere else.
    async fn renew(&self, state: &mut State) -> Result<Arc<Held>, NoToken> {
        if let Some(over) = &*self.over.borrow() {
            return Err(NoToken::Over(over.clone()));
        }
        if state.failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(NoToken::Later(PAUSE.as_secs()));
        }
        let problem = match timeout(PATIENCE, self.ask(state)).await {
            Ok(Ok(held)) => {
                state.failed = None;
                state.held = Arc::new(held);
                return Ok(Arc::clone(&state.held));
            }
            Ok(Err(Stop::Over(over))) => {
                self.over.send_replace(Some(over.clone()));
                return Err(NoToken::Over(over));
            }
            Ok(Err(Stop::Failed(error))) => error.to_string(),
            Err(_) => format!("there is no answer within {} s", PATIENCE.as_secs()),
        };
        state.failed = Some(Instant::now());
        self.log.warn(&format!("the token could not be renewed: {problem}"));
        Err(NoToken::Later(PAUSE.as_secs()))
    }

    /// Reads the role, and asks for a token where it goes on.
    async fn ask(&self, state: &mut State) -> Result<Held, Stop> {
        self.look(state).await?;
        // Its life is counted from before the call
        let since = Instant::now();
        match self.writer.assume(&self.role).await {
            Ok(token) => Ok(Held { token, since }),
            Err(error) if *error.kind() == ErrorKind::RoleNotFound => Err(self.gone(state)),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the role. False where that is denied and always was.
    async fn look(&self, state: &mut State) -> Result<bool, Stop> {
        match self.writer.role(&self.role).await {
            Ok(Some(live)) => state.known = Some(live.role),
            Ok(None) => return Err(self.gone(state)),
            Err(error) if state.known.is_none() && matches!(error.kind(), ErrorKind::AccessDenied { .. }) => {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
        state.expired((self.now)()).map_or(Ok(true), |over| Err(Stop::Over(over)))
    }

    fn gone(&self, state: &State) -> Stop {
        let name = state.known.as_ref().map(|role| role.name.to_string());
        Stop::Over(Over::Gone(name.unwrap_or_else(|| self.role.to_string())))
    }
}
