//! What each gate says about users: the role's rules and the access control rules by the service, or evaluated here;
//! the mailbox by opening it.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use futures::stream::{self, StreamExt as _};

use super::effect::effect;
use crate::directory::access_control::{self, AccessAttempt, Principal};
use crate::directory::{Directory, User};
use crate::ews::client::EwsClient;
use crate::ews::outcome::{Failure, Mailbox, Outcome};
use crate::expectation::Answer;
use crate::gates::{Gate, Gates, NotAsked};
use crate::role::LiveRole;
use crate::service_hint;
use crate::workmail::{Error, Reader, Token, Writer};

/// A token is renewed when so much of its life is left, or a tenth of a short one.
const MARGIN: Duration = Duration::from_secs(30);

/// What was found out about one user.
#[derive(Debug)]
pub(crate) struct Tested {
    /// What the role's rules say.
    pub(crate) answer: Answer,
    pub(crate) gates: Gates,
}

/// Who asks the gates about users of one role.
#[derive(Debug)]
pub(crate) struct GateAsker<'a> {
    pub(crate) reader: &'a Reader,
    pub(crate) live: &'a LiveRole,
    pub(crate) directory: &'a Directory,
    /// Evaluate the rules here.
    pub(crate) offline: bool,
    /// Ask the access control rules about this address.
    pub(crate) address: Option<Ipv4Addr>,
    /// Open the mailboxes.
    pub(crate) mailboxes: Option<MailboxAsker>,
}

/// Opens mailboxes with tokens of a role, of which it keeps one as long as it is good.
#[derive(Debug)]
pub(crate) struct MailboxAsker {
    writer: Writer,
    client: EwsClient,
    concurrency: usize,
    token: Option<(Token, Instant)>,
}

impl GateAsker<'_> {
    /// Asks every gate about each user, in their order.
    ///
    /// # Errors
    /// When the service cannot be asked about the role. What else fails stands in the gates.
    pub(crate) async fn ask(&mut self, users: &[&User]) -> Result<Vec<Tested>, Error> {
        let Self { reader, live, directory, offline, address, .. } = *self;
        let role_type = live.role.role_type;
        let answers = try_join_all(users.iter().map(|user| async {
            if offline {
                return Ok(Answer::of_rules(role_type, &live.role.rules, &user.id, directory));
            }
            effect(reader, &live.id, role_type, user).await
        }));
        let access = async {
            match address {
                Some(address) => Some(access_control(reader, live, address, offline).await),
                None => None,
            }
        };
        let (answers, access) = futures::future::join(answers, access).await;
        let answers = answers?;
        let mut opened = match &mut self.mailboxes {
            Some(mailboxes) => mailboxes.open(live, users).await,
            None => users.iter().map(|_| None).collect(),
        }
        .into_iter();
        let tested = users.iter().zip(answers).map(|(user, answer)| {
            let role = Gate::role(answer.effect, answer.because(Some(user)));
            Tested { gates: Gates::new(role, access.clone(), opened.next().flatten()), answer }
        });
        Ok(tested.collect())
    }
}

async fn access_control(reader: &Reader, live: &LiveRole, address: Ipv4Addr, offline: bool) -> Gate {
    let asked = match offline {
        false => reader.access_control_effect(address, &live.id).await,
        true => reader.access_control_rules().await.map(|rules| {
            let principal = Principal::Role(live.id.clone());
            access_control::decide(&rules, &AccessAttempt { address, action: "EWS".into(), principal })
        }),
    };
    Gate::access_control(address, asked.map_err(|error| not_asked("", &error)))
}

fn not_asked(before: &str, error: &Error) -> NotAsked {
    NotAsked { why: format!("{before}{error}"), remedy: service_hint::hint(error) }
}

impl MailboxAsker {
    /// Keeps at most so many requests in flight.
    pub(crate) fn new(writer: Writer, client: EwsClient, concurrency: usize) -> Self {
        Self { writer, client, concurrency, token: None }
    }

    /// Opens the inbox of each user who has one.
    async fn open(&mut self, live: &LiveRole, users: &[&User]) -> Vec<Option<Result<Outcome, NotAsked>>> {
        if !users.iter().any(|user| user.has_mailbox()) {
            return users.iter().map(|_| None).collect();
        }
        let Self { writer, client, concurrency, token: kept } = self;
        let token = match renewed(kept, writer, live).await {
            Ok(token) => token,
            Err(error) => {
                let failed = not_asked("no token: ", &error);
                return users.iter().map(|user| user.has_mailbox().then(|| Err(failed.clone()))).collect();
            }
        };
        let (client, organization) = (&*client, writer.organization());
        let opening = users.iter().map(|user| async move {
            let address = user.address().filter(|_| user.has_mailbox())?;
            let mailbox = Mailbox { organization, user: &user.id, address };
            Some(Ok(client.open_inbox(token, &mailbox).await))
        });
        let opened: Vec<_> = stream::iter(opening).buffered(*concurrency).collect().await;
        let refused = |one: &Option<_>| matches!(one, Some(Ok(Outcome::Unknown(Failure::Token))));
        if opened.iter().any(refused) {
            // The next time with a new one
            *kept = None;
        }
        opened
    }
}

/// A token that is good for another request: the one that is kept, else a new one.
async fn renewed<'t>(
    kept: &'t mut Option<(Token, Instant)>,
    writer: &Writer,
    live: &LiveRole,
) -> Result<&'t Token, Error> {
    let good = match kept.take().filter(|(_, until)| Instant::now() < *until) {
        Some(good) => good,
        None => {
            let asked = Instant::now();
            let token = writer.assume(&live.id).await?;
            let life = token.expires_in();
            (token, asked + (life - MARGIN.min(life / 10)))
        }
    };
    Ok(&kept.insert(good).0)
}
