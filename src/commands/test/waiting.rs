//! `test --wait`: asks the gates again until there is nothing left to wait for.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::directory::User;
use crate::fetch::gates::{GateAsker, Tested};
use crate::gates::GateName;
use crate::output::ui::Ui;
use crate::role::Effect;

/// The first pause; each is twice as long as the one before.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause: mailboxes follow within five minutes (documented).
const LONGEST: Duration = Duration::from_secs(15);

/// What was found out in the end.
pub(super) struct Waited {
    pub(super) tested: Vec<Tested>,
    /// The time ran out before every mailbox gave an answer to stay with.
    pub(super) gave_up: bool,
}

/// Asks every gate about each user; with a limit again, about those whose answer is not yet one to stay with.
///
/// # Errors
/// When the service cannot be asked about the role.
pub(super) async fn until_settled(
    ui: &Ui,
    mut asker: GateAsker<'_>,
    users: &[&User],
    limit: Option<Duration>,
    wanted: Option<Effect>,
) -> anyhow::Result<Waited> {
    let started = Instant::now();
    let mut tested = asker.ask(users).await?;
    let Some(limit) = limit else { return Ok(Waited { tested, gave_up: false }) };
    let mut pause = FIRST;
    loop {
        let waiting: Vec<usize> =
            (0..tested.len()).filter(|at| !tested[*at].gates.is_settled(wanted)).collect();
        let [first, more @ ..] = waiting.as_slice() else { return Ok(Waited { tested, gave_up: false }) };
        let passed = started.elapsed();
        let who = match more.len() {
            0 => format!("the mailbox of {}", users[*first].label()),
            more => format!("the mailbox of {} (and {more} more)", users[*first].label()),
        };
        let gates = tested[*first].gates.all();
        let says = gates.iter().find(|gate| gate.gate == GateName::Mailbox).map_or("", |gate| &gate.detail);
        let (seconds, of) = (passed.as_secs(), limit.as_secs());
        if passed >= limit {
            ui.warn(format!("stopped waiting for {who} after {of} s: {says}"));
            return Ok(Waited { tested, gave_up: true });
        }
        ui.notifier().waiting(&format!("{who}, {seconds} s of {of} s: {says}"));
        sleep(pause.min(limit - passed)).await;
        pause = (pause * 2).min(LONGEST);
        let again: Vec<&User> = waiting.iter().map(|at| users[*at]).collect();
        for (at, one) in waiting.into_iter().zip(asker.ask(&again).await?) {
            tested[at] = one;
        }
    }
}
