//! Executes a [`Plan`]: each role is read again just before it is written, one that moved is left
//! alone, and the report says of each change what became of it.
//!
//! Knows nothing of YAML or people. Saving what was there is the caller's, before the first write.

pub(crate) mod backup;
mod rename;
pub(crate) mod report;
pub(crate) mod undo;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use sha2::{Digest, Sha256};

use self::report::{ChangeReport, Failure, Outcome, Report};
use crate::directory::Directory;
use crate::id::OrganizationId;
use crate::plan::{Action, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleSummary};
use crate::sorted;
use crate::workmail::{Error, ErrorKind, Reader, Writer};

/// How long the role is looked for whose id a creation gave. The service remembers a role that was deleted
/// since, and gives its id again (inferred).
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a creation is tried under a new token, when the service gives ids of roles that are gone.
const TOKENS: u32 = 20;

/// Executes the plan, in its order. `stop` is asked before each change; `tell` hears of each
/// outcome, and again of one that does not read back as planned.
pub(crate) async fn apply(
    plan: &Plan,
    directory: &Directory,
    writer: &Writer,
    stop: impl Fn() -> bool,
    tell: impl FnMut(&ChangeReport),
) -> Report {
    let run = Run {
        writer,
        directory,
        names: rename::RenameQueue::new(plan),
        made: BTreeSet::new(),
        patience: PATIENCE,
    };
    run.all(plan, stop, tell).await
}

struct Run<'a> {
    writer: &'a Writer,
    directory: &'a Directory,
    names: rename::RenameQueue,
    made: BTreeSet<RoleId>,
    patience: Duration,
}

impl Run<'_> {
    async fn all(
        mut self,
        plan: &Plan,
        stop: impl Fn() -> bool,
        mut tell: impl FnMut(&ChangeReport),
    ) -> Report {
        let mut changes: Vec<ChangeReport> = Vec::with_capacity(plan.changes.len());
        let (mut abort_rest, mut interrupted) = (false, false);
        for change in &plan.changes {
            interrupted = interrupted || stop();
            let outcome = if abort_rest || interrupted {
                Outcome::NotAttempted
            } else {
                self.change(change).await.map_or_else(Outcome::Failed, |id| Outcome::Done { id })
            };
            if let Outcome::Failed(Failure::Service(error)) = &outcome {
                // No later call would fare better; what was not tried is said so
                abort_rest = matches!(
                    error.kind(),
                    ErrorKind::NoCredentials | ErrorKind::ExpiredCredentials | ErrorKind::InvalidCredentials
                );
            }
            if let (Outcome::Failed(_), Some(before)) = (&outcome, change.before()) {
                self.names.failed(&before.id);
            }
            let report = ChangeReport { change: change.clone(), outcome };
            tell(&report);
            changes.push(report);
        }
        // Read back after the last write, all at the same time
        let reading = changes.iter().map(|report| self.reads_back(&report.change, &report.outcome));
        let (read, doubled) = join(join_all(reading), self.doubled(&changes)).await;
        for (report, failure) in changes.iter_mut().zip(read) {
            if let Some(failure) = failure {
                report.outcome = Outcome::Failed(failure);
                tell(report);
            }
        }
        Report { changes, interrupted, parked: self.names.still_parked(), doubled }
    }

    async fn change(&mut self, change: &Change) -> Result<Option<RoleId>, Failure> {
        match &change.action {
            Action::Create { after } => {
                let id = self.create(after).await?;
                self.made.insert(id.clone());
                Ok(Some(id))
            }
            Action::Update { before, after } => self.update(before, after).await.map(Some),
            Action::Delete { before } => self.delete(before).await.map(|()| None),
        }
    }

    /// Makes a role. The names are read again before each attempt, and a role that was made as wanted meanwhile, by
    /// an attempt whose answer was lost or by another run, is the one.
    async fn create(&mut self, after: &Role) -> Result<RoleId, Failure> {
        let mut backoff = self.writer.backoff();
        let (mut number, mut unanswered) = (0, false);
        loop {
            self.free_name(after).await.map_err(|failure| failure.after(unanswered))?;
            let before = self.writer.roles().await.map_err(|error| Failure::from(error).after(unanswered))?;
            // A role of this name may have been made by this run, where two shared it before
            let namesake =
                before.iter().find(|role| role.name == after.name && !self.made.contains(&role.id));
            if let Some(namesake) = namesake {
                let now = self.read(&namesake.id).await;
                return match now.map_err(|error| Failure::from(error).after(unanswered))? {
                    Some(now) if now.role.same_as(after) => Ok(now.id),
                    // Somebody made a role of this name since the plan: a second one is never made
                    now => Err(Failure::Conflict { expected: None, now: now.map(Box::new) }),
                };
            }
            let token = client_token(self.writer.organization(), after, number);
            let error = match self.writer.create_once(after, &token).await {
                Ok(id) => {
                    let remembered = before.iter().any(|role| role.id == id) || self.made.contains(&id);
                    if number + 1 == TOKENS || (!remembered && self.is_there(&id, after).await) {
                        return Ok(id);
                    }
                    number += 1;
                    continue;
                }
                Err(error) => error,
            };
            unanswered = unanswered || error.outcome_unknown();
            if let Err(error) = backoff.wait(error).await {
                return self.look_for(after, &before, error).await;
            }
        }
    }

    /// The role may have been made though no answer came: it is looked for before it is said to have failed.
    async fn look_for(&self, after: &Role, before: &[RoleSummary], error: Error) -> Result<RoleId, Failure> {
        if !error.outcome_unknown() {
            return Err(error.into());
        }
        let Ok(roles) = self.writer.roles().await else { return Err(error.into()) };
        let made = roles
            .into_iter()
            .find(|role| role.name == after.name && !before.iter().any(|known| known.id == role.id));
        match made {
            Some(role) => self.check(role.id, after).await,
            None => Err(error.into()),
        }
    }

    /// Is the role live under its name, now or within the time that a change may take to be seen? What cannot be
    /// read is taken to be there: it is read back after the last write.
    async fn is_there(&self, id: &RoleId, after: &Role) -> bool {
        let started = Instant::now();
        loop {
            match self.read(id).await {
                Ok(Some(now)) if now.role.name == after.name => return true,
                Ok(_) => {}
                Err(_) => return true,
            }
            if started.elapsed() >= self.patience {
                return false;
            }
            tokio::time::sleep(self.patience.min(Duration::from_secs(1))).await;
        }
    }

    /// Updates a role. Before each attempt it is read again: what somebody else changed meanwhile is never
    /// overwritten.
    async fn update(&mut self, before: &LiveRole, after: &Role) -> Result<RoleId, Failure> {
        self.names.start(&before.id);
        let mut backoff = self.writer.backoff();
        let mut unanswered = false;
        loop {
            self.free_name(after).await.map_err(|failure| failure.after(unanswered))?;
            if before.role.name != after.name {
                let free = self.is_free(&after.name, &before.id).await;
                free.map_err(|failure| failure.after(unanswered))?;
            }
            let expected = self.names.current(before);
            if self.is_made(&before.id, expected, Some(after), unanswered).await? {
                return Ok(before.id.clone());
            }
            let Err(error) = self.writer.update_once(&before.id, after).await else {
                return Ok(before.id.clone());
            };
            unanswered = unanswered || error.outcome_unknown();
            if let Err(error) = backoff.wait(error).await {
                if !error.outcome_unknown() {
                    return Err(error.into());
                }
                return self.check(before.id.clone(), after).await.map_err(|_| error.into());
            }
        }
    }

    /// Deletes a role, which is read again before each attempt.
    async fn delete(&mut self, before: &LiveRole) -> Result<(), Failure> {
        self.names.start(&before.id);
        let mut backoff = self.writer.backoff();
        let mut unanswered = false;
        loop {
            let expected = self.names.current(before);
            if self.is_made(&before.id, expected, None, unanswered).await? {
                return Ok(());
            }
            let Err(error) = self.writer.delete_once(&before.id).await else { return Ok(()) };
            unanswered = unanswered || error.outcome_unknown();
            if let Err(error) = backoff.wait(error).await {
                if error.outcome_unknown() && matches!(self.read(&before.id).await, Ok(None)) {
                    return Ok(());
                }
                return Err(error.into());
            }
        }
    }

    /// Reads a role just before an attempt to make it `wanted`, none for one that is to go: is that done already?
    /// A role that is gone counts only after an attempt that was `unanswered`.
    ///
    /// # Errors
    /// When it is neither so nor as `expected`: somebody else changed it.
    async fn is_made(
        &self,
        id: &RoleId,
        expected: Role,
        wanted: Option<&Role>,
        unanswered: bool,
    ) -> Result<bool, Failure> {
        let now = self.read(id).await.map_err(|error| Failure::from(error).after(unanswered))?;
        match (now, wanted) {
            (None, None) if unanswered => Ok(true),
            (Some(now), Some(wanted)) if now.role.same_as(wanted) => Ok(true),
            (Some(now), _) if now.role.same_as(&expected) => Ok(false),
            (now, _) => Err(Failure::Conflict { expected: Some(Box::new(expected)), now: now.map(Box::new) }),
        }
    }

    /// The names that this run gave and that more than one live role has now, as after two runs at once.
    async fn doubled(&self, changes: &[ChangeReport]) -> Result<Vec<(RoleName, Vec<RoleId>)>, Error> {
        let given = changes.iter().filter(|one| one.outcome.may_have_written() && one.change.names_anew());
        let given = sorted::set(given.map(|one| one.change.name()));
        if given.is_empty() {
            return Ok(Vec::new());
        }
        let roles = self.writer.roles().await?;
        let doubled = given.into_iter().filter_map(|name| {
            let ids: Vec<_> = roles.iter().filter(|role| role.name == *name).map(|r| r.id.clone()).collect();
            let ours = changes.iter().filter(|one| one.change.name() == name && one.change.after().is_some());
            // Definitions may declare two roles of one name, by their ids
            (ids.len() > ours.count().max(1)).then(|| (name.clone(), ids))
        });
        Ok(doubled.collect())
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

    /// Gives a role another name until its own change. As an update: read again before each attempt.
    async fn park(&mut self, blocking: &LiveRole, name: RoleName) -> Result<(), Failure> {
        let mut backoff = self.writer.backoff();
        let expected = self.names.current(blocking);
        let parked = Role { name, ..expected.clone() };
        let mut unanswered = false;
        loop {
            if self.is_made(&blocking.id, expected.clone(), Some(&parked), unanswered).await? {
                break;
            }
            let Err(error) = self.writer.update_once(&blocking.id, &parked).await else { break };
            unanswered = unanswered || error.outcome_unknown();
            if let Err(error) = backoff.wait(error).await {
                let there = self.read(&blocking.id).await;
                if !matches!(there, Ok(Some(now)) if now.role.name == parked.name) {
                    return Err(error.into());
                }
                break;
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

/// The token that makes a creation idempotent, the same for whoever makes this role in this organization: two runs
/// at once make one role. `number` tells a new role from one that was deleted since. The service takes 1–128 visible
/// ASCII characters.
fn client_token(organization: &OrganizationId, role: &Role, number: u32) -> String {
    let role = serde_json::to_string(&role.canonical()).unwrap_or_default();
    let text = format!("wmrole/{organization}/{role}/{number}");
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
