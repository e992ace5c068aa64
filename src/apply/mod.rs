//! Executes a [`Plan`]: each role is read again just before it is written, one that moved is left
//! alone, and the report says of each change what became of it.
//!
//! Knows nothing of YAML or people. Saving what was there is the caller's, before the first write.

pub(crate) mod backup;
mod rename;
pub(crate) mod report;
pub(crate) mod undo;

use std::collections::BTreeSet;

use futures::future::join_all;
use sha2::{Digest, Sha256};

use self::report::{ChangeReport, Failure, Outcome, Report};
use crate::directory::Directory;
use crate::plan::{Action, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName};
use crate::workmail::{Error, ErrorKind, Reader, Writer};

/// Executes the plan, in its order. `nonce` is the plan's own: client tokens are derived from it.
/// `stop` is asked before each change; `tell` hears of each outcome, and again of one that does not
/// read back as planned.
pub(crate) async fn apply(
    plan: &Plan,
    nonce: &str,
    directory: &Directory,
    writer: &Writer,
    stop: impl Fn() -> bool,
    mut tell: impl FnMut(&ChangeReport),
) -> Report {
    let mut run =
        Run { writer, directory, nonce, names: rename::RenameQueue::new(plan), made: BTreeSet::new() };
    let mut changes: Vec<ChangeReport> = Vec::with_capacity(plan.changes.len());
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
        let report = ChangeReport { change: change.clone(), outcome };
        tell(&report);
        changes.push(report);
    }
    // Read back after the last write, all at the same time
    let read = join_all(changes.iter().map(|report| run.reads_back(&report.change, &report.outcome))).await;
    for (report, failure) in changes.iter_mut().zip(read) {
        if let Some(failure) = failure {
            report.outcome = Outcome::Failed(failure);
            tell(report);
        }
    }
    Report { changes, interrupted, parked: run.names.still_parked() }
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
        Ok(reader.role(id).await?.map(|live| self.directory.canonical(live)))
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
