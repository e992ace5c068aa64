//! Executes a [`Plan`]: each role is read again just before it is written, one that moved is left
//! alone, and the report says of each change what became of it.
//!
//! Knows nothing of YAML or people. Saving what was there is the caller's, before the first write.

pub(crate) mod backup;
mod rename;

use std::collections::BTreeSet;

use futures::future::join_all;
use sha2::{Digest, Sha256};

use crate::directory::Directory;
use crate::plan::{Action, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName, UserId};
use crate::workmail::{Error, ErrorKind, Reader, Writer};

/// What became of a change.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was made, and reads back as planned.
    Done {
        /// The role; none when it is gone.
        id: Option<RoleId>,
    },
    /// It was not made, or reads back otherwise.
    Failed(Failure),
    /// It was not tried.
    NotAttempted,
}

impl Outcome {
    /// `done`, `failed` or `not_attempted`.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Failed(_) => "failed",
            Self::NotAttempted => "not_attempted",
        }
    }
}

/// Why a change failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The service refused, or could not be asked.
    #[error(transparent)]
    Service(#[from] Error),
    /// Somebody changed or deleted the role since the plan was made; it was left as it is.
    #[error("the role has changed since the plan was made, and was left as it is")]
    Conflict {
        /// What it was to be.
        expected: Option<Box<Role>>,
        /// What it is now, if it is still there.
        now: Option<Box<LiveRole>>,
    },
    /// Another live role has the name that the role is to have; nothing was written.
    #[error("the role {id} has the name {name} already; the role was left as it is")]
    NameTaken {
        /// The name.
        name: RoleName,
        /// Whose it is.
        id: RoleId,
    },
    /// It was written and reads back as something else.
    #[error("the role was written, but reads back as something else")]
    ReadsBack {
        /// The role; none when it was to go.
        id: Option<RoleId>,
        /// What it is now, if it is there.
        now: Option<Box<LiveRole>>,
    },
    /// It was written, and nobody could look.
    #[error("the role was written, but could not be read back: {error}")]
    Unverified {
        /// The role; none when it was to go.
        id: Option<RoleId>,
        /// Why.
        error: Error,
    },
}

impl Outcome {
    /// Was anything changed, or may have been?
    pub(crate) fn may_have_written(&self) -> bool {
        match self {
            Self::Done { .. } | Self::Failed(Failure::ReadsBack { .. } | Failure::Unverified { .. }) => true,
            Self::Failed(Failure::Service(error)) => error.outcome_unknown(),
            Self::Failed(Failure::Conflict { .. } | Failure::NameTaken { .. }) | Self::NotAttempted => false,
        }
    }

    /// The role that is there by the change, where that is known.
    pub(crate) fn id(&self) -> Option<&RoleId> {
        match self {
            Self::Done { id }
            | Self::Failed(Failure::ReadsBack { id, .. } | Failure::Unverified { id, .. }) => id.as_ref(),
            Self::Failed(_) | Self::NotAttempted => None,
        }
    }
}

impl Failure {
    /// Everyone whom the role names that is there instead of the expected one.
    pub(crate) fn users(&self) -> Vec<UserId> {
        match self {
            Self::Conflict { expected, now } => {
                let now = now.iter().map(|live| &live.role);
                expected.iter().map(AsRef::as_ref).chain(now).flat_map(Role::named).cloned().collect()
            }
            Self::ReadsBack { now, .. } => now.iter().flat_map(|live| live.role.named()).cloned().collect(),
            Self::Service(_) | Self::Unverified { .. } | Self::NameTaken { .. } => Vec::new(),
        }
    }
}

/// What became of a whole plan; one outcome for each change, in the plan's order.
#[derive(Debug)]
pub(crate) struct Report {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
    /// It was stopped before the end.
    pub interrupted: bool,
    /// Roles that were left under a temporary name, since a change of theirs was not made.
    pub parked: Vec<(RoleId, RoleName)>,
}

impl Report {
    /// How many changes were made.
    pub(crate) fn done(&self) -> usize {
        self.outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done { .. })).count()
    }

    /// Was every change made?
    pub(crate) fn is_complete(&self) -> bool {
        self.done() == self.outcomes.len()
    }

    /// Is a role that moved all that went wrong?
    pub(crate) fn only_conflicts(&self) -> bool {
        let mut wrong =
            self.outcomes.iter().filter(|outcome| !matches!(outcome, Outcome::Done { .. })).peekable();
        wrong.peek().is_some()
            && wrong
                .all(|o| matches!(o, Outcome::Failed(Failure::Conflict { .. } | Failure::NameTaken { .. })))
    }
}

/// A live role in the form that plans compare: targets that the service kept as an address or a
/// user name are ids, as far as the directory knows them.
pub(crate) fn normal(live: LiveRole, directory: &Directory) -> LiveRole {
    let role = live.role.map_users(|user| {
        directory.find_user(user.as_str()).map_or_else(|| user.clone(), |found| found.id.clone())
    });
    LiveRole { role: role.canonical(), ..live }
}

/// Executes the plan, in its order. `nonce` is the plan's own: client tokens are derived from it.
/// `stop` is asked before each change; `tell` hears of each outcome, and again of one that does not
/// read back as planned.
pub(crate) async fn apply(
    plan: &Plan,
    nonce: &str,
    directory: &Directory,
    writer: &Writer,
    stop: impl Fn() -> bool,
    mut tell: impl FnMut(&Change, &Outcome),
) -> Report {
    let mut run =
        Run { writer, directory, nonce, names: rename::RenameQueue::new(plan), made: BTreeSet::new() };
    let mut outcomes = Vec::with_capacity(plan.changes.len());
    let (mut abort_rest, mut interrupted) = (false, false);
    for (number, change) in plan.changes.iter().enumerate() {
        interrupted = interrupted || stop();
        let outcome = if abort_rest || interrupted {
            Outcome::NotAttempted
        } else {
            run.change(number, change).await.map_or_else(Outcome::Failed, |id| Outcome::Done { id })
        };
        if let Outcome::Failed(Failure::Service(error)) = &outcome {
            // No later call would fare better; what was not tried is said so
            abort_rest = matches!(
                error.kind(),
                ErrorKind::NoCredentials | ErrorKind::ExpiredCredentials | ErrorKind::InvalidCredentials
            );
        }
        if let (Outcome::Failed(_), Some(before)) = (&outcome, change.before()) {
            run.names.failed(&before.id);
        }
        tell(change, &outcome);
        outcomes.push(outcome);
    }
    // Read back after the last write, all at the same time
    let reading = plan.changes.iter().zip(&outcomes).map(|(change, outcome)| run.reads_back(change, outcome));
    let read = join_all(reading).await;
    for ((change, outcome), failure) in plan.changes.iter().zip(&mut outcomes).zip(read) {
        if let Some(failure) = failure {
            *outcome = Outcome::Failed(failure);
            tell(change, outcome);
        }
    }
    Report { outcomes, interrupted, parked: run.names.still_parked() }
}

struct Run<'a> {
    writer: &'a Writer,
    directory: &'a Directory,
    nonce: &'a str,
    names: rename::RenameQueue,
    made: BTreeSet<RoleId>,
}

impl Run<'_> {
    async fn change(&mut self, number: usize, change: &Change) -> Result<Option<RoleId>, Failure> {
        match &change.action {
            Action::Create { after } => {
                let id = self.create(number, after).await?;
                self.made.insert(id.clone());
                Ok(Some(id))
            }
            Action::Update { before, after } => self.update(before, after).await,
            Action::Delete { before } => self.delete(before).await,
        }
    }

    async fn create(&mut self, number: usize, after: &Role) -> Result<RoleId, Failure> {
        self.free_name(after).await?;
        let before: Vec<_> =
            self.writer.roles().await?.into_iter().map(|role| (role.id, role.name)).collect();
        // A role of this name may have been made by this run, where two shared it before
        if let Some((id, _)) = before.iter().find(|(id, name)| *name == after.name && !self.made.contains(id))
        {
            // Somebody made a role of this name since the plan: a second one is never made
            let now = self.read(id).await?.map(Box::new);
            return Err(Failure::Conflict { expected: None, now });
        }
        match self.writer.create(after, &client_token(self.nonce, number)).await {
            Ok(id) => Ok(id),
            Err(error) if error.outcome_unknown() => {
                // It may have been made though no answer came: look before saying that it failed
                let Ok(roles) = self.writer.roles().await else { return Err(error.into()) };
                let made = roles
                    .into_iter()
                    .find(|role| role.name == after.name && !before.iter().any(|(id, _)| *id == role.id));
                match made {
                    Some(role) => self.check(role.id, after).await,
                    None => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn update(&mut self, before: &LiveRole, after: &Role) -> Result<Option<RoleId>, Failure> {
        self.names.start(&before.id);
        self.verify_unchanged(before).await?;
        self.free_name(after).await?;
        if before.role.name != after.name {
            self.is_free(&after.name, &before.id).await?;
        }
        match self.writer.update(&before.id, after).await {
            Err(error) if !error.outcome_unknown() => Err(error.into()),
            Err(error) => match self.check(before.id.clone(), after).await {
                Ok(id) => Ok(Some(id)),
                Err(_) => Err(error.into()),
            },
            Ok(()) => Ok(Some(before.id.clone())),
        }
    }

    async fn delete(&mut self, before: &LiveRole) -> Result<Option<RoleId>, Failure> {
        self.names.start(&before.id);
        self.verify_unchanged(before).await?;
        match self.writer.delete(&before.id).await {
            Ok(()) => Ok(None),
            Err(error) if error.outcome_unknown() => match self.read(&before.id).await {
                Ok(None) => Ok(None),
                Ok(Some(_)) | Err(_) => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Why a change that was made does not read back as planned, if so.
    async fn reads_back(&self, change: &Change, outcome: &Outcome) -> Option<Failure> {
        let Outcome::Done { id } = outcome else { return None };
        match (id, change.before(), change.after()) {
            (Some(id), _, Some(after)) => match self.check(id.clone(), after).await {
                Err(Failure::Service(error)) => Some(Failure::Unverified { id: Some(id.clone()), error }),
                checked => checked.err(),
            },
            // The service is silent about a role that is not there, so the answer alone proves nothing
            (None, Some(before), None) => match self.read(&before.id).await {
                Ok(None) => None,
                Ok(Some(now)) => Some(Failure::ReadsBack { id: None, now: Some(Box::new(now)) }),
                Err(error) => Some(Failure::Unverified { id: None, error }),
            },
            _ => None,
        }
    }

    async fn read(&self, id: &RoleId) -> Result<Option<LiveRole>, Error> {
        let reader: &Reader = self.writer.reader();
        Ok(reader.role(id).await?.map(|live| normal(live, self.directory)))
    }

    /// The role must be what the plan saw, under the name that this run may have given it.
    async fn verify_unchanged(&self, before: &LiveRole) -> Result<(), Failure> {
        let now = self.read(&before.id).await?;
        let expected = self.names.current(before);
        match now {
            Some(now) if now.role.same_as(&expected) => Ok(()),
            now => Err(Failure::Conflict { expected: Some(Box::new(expected)), now: now.map(Box::new) }),
        }
    }

    /// Gives another name to a role that has the name that is needed and changes later.
    async fn free_name(&mut self, after: &Role) -> Result<(), Failure> {
        let Some(blocking) = self.names.blocker(&after.name) else { return Ok(()) };
        for role in self.names.blockers(&blocking).iter().rev() {
            // Its own new name where that is free: then nothing is left half-way, whatever fails later
            let name = match self.names.target(&role.id) {
                Some(name) if self.is_free(&name, &role.id).await.is_ok() => name,
                _ => self.names.temporary(role),
            };
            self.park(role, name).await?;
        }
        Ok(())
    }

    async fn park(&mut self, blocking: &LiveRole, name: RoleName) -> Result<(), Failure> {
        self.verify_unchanged(blocking).await?;
        let parked = Role { name, ..self.names.current(blocking) };
        if let Err(error) = self.writer.update(&blocking.id, &parked).await {
            let there = self.read(&blocking.id).await;
            if !matches!(there, Ok(Some(now)) if now.role.name == parked.name) {
                return Err(error.into());
            }
        }
        self.names.park(blocking, parked.name);
        Ok(())
    }

    /// Nobody else's role may have the name: two live roles never share one.
    async fn is_free(&self, name: &RoleName, own: &RoleId) -> Result<(), Failure> {
        let roles = self.writer.roles().await?;
        match roles.into_iter().find(|role| role.name == *name && role.id != *own) {
            Some(other) => Err(Failure::NameTaken { name: name.clone(), id: other.id }),
            None => Ok(()),
        }
    }

    async fn check(&self, id: RoleId, after: &Role) -> Result<RoleId, Failure> {
        match self.read(&id).await? {
            Some(now) if now.role.same_as(after) => Ok(id),
            now => Err(Failure::ReadsBack { id: Some(id), now: now.map(Box::new) }),
        }
    }
}

/// The token that makes a creation idempotent: one for each change of each plan. The service takes
/// 1–128 visible ASCII characters.
fn client_token(nonce: &str, number: usize) -> String {
    Sha256::digest(format!("wmrole/{nonce}/{number}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
