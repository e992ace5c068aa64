//! What was there before a change, kept under the user's state directory, mode 0600: as JSON, from which `undo` brings
//! it back, and beside it as YAML, which people read and `apply` takes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::Report;
use crate::atomic_file;
use crate::definition::export;
use crate::directory::{Directory, State};
use crate::dirs;
use crate::escape;
use crate::id::OrganizationId;
use crate::input_file::{self, MOST_OF_OUR_OWN};
use crate::organization::Organization;
use crate::plan::Change;
use crate::role::{LiveRole, Role, RoleId, RoleName, Rule, UserId};
use crate::system::System;

/// The version of the file's form.
const VERSION: u32 = 1;
const KIND: &str = "wmrole saved state";

/// What was there before a change, what the change was to make of it, and who made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedState {
    version: u32,
    kind: String,
    /// The version of the program that wrote it.
    pub(crate) made_by: String,
    /// When.
    pub(crate) time: Timestamp,
    /// By which command, and where.
    pub(crate) origin: Origin,
    /// Whose roles.
    pub(crate) organization: SavedOrganization,
    /// The changes, in the order in which they were made.
    pub(crate) changes: Vec<SavedChange>,
    /// When it was undone.
    pub(crate) undone: Option<Timestamp>,
}

/// The command that changes roles, and where it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Origin {
    /// The user of the machine.
    pub(crate) by: String,
    /// The command line, quoted for a shell, without passwords.
    pub(crate) command: String,
    /// As `acme (m-…) · account 111122223333 · us-east-1`.
    pub(crate) place: String,
    /// The state file of the sandbox, an absolute path.
    pub(crate) sandbox: Option<PathBuf>,
    /// The address of the service where it is not the Region's, without a password.
    pub(crate) endpoint: Option<String>,
    /// The name of the saved state that the change brings back.
    pub(crate) undoes: Option<String>,
}

/// An organization of a saved state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedOrganization {
    /// Its id.
    pub(crate) id: OrganizationId,
    /// Its alias.
    pub(crate) alias: Option<String>,
}

/// One change of a saved state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedChange {
    /// The role before; none for one that was made.
    pub(crate) before: Option<LiveRole>,
    /// What it was to be; none for one that was deleted.
    pub(crate) after: Option<Role>,
    /// What became of the change; none when the run ended before it was written down.
    pub(crate) outcome: Option<SavedOutcome>,
    /// The id of a role that was made, where it is known.
    pub(crate) made: Option<RoleId>,
    /// A deleted role's name was that of a role that stays too: it cannot come back beside it.
    pub(crate) namesake: bool,
}

/// What of a role cannot be brought back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Lost {
    /// The directory no longer has a user whom the role named.
    #[error("role {0}: the directory no longer has {1}, whom it named")]
    User(RoleName, UserId),
    /// The directory no longer has anybody whom a rule excepted.
    #[error("role {0}: a rule excepts nobody whom the directory still has, and would match everyone")]
    Exceptions(RoleName),
    /// Another role that stays has the name.
    #[error("role {1}: another live role has its name {0}")]
    Namesake(RoleName, RoleId),
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SavedOutcome {
    /// It was made, or may have been.
    Written,
    /// It was not made.
    NotWritten,
}

/// A saved state and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// The YAML.
    pub(crate) yaml: PathBuf,
    /// The JSON beside it.
    pub(crate) json: PathBuf,
    /// What it holds.
    pub(crate) state: SavedState,
}

impl Saved {
    /// As [`name_of`].
    pub(crate) fn name(&self) -> String {
        name_of(&self.json)
    }

    /// Reads a saved state. `path` is that of either file.
    ///
    /// # Errors
    /// When it cannot be read, or is something else.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let json = path.with_extension("json");
        let text = input_file::read_text(&json, MOST_OF_OUR_OWN)
            .with_context(|| format!("cannot read {}", json.display()))?;
        let state = SavedState::parse(&text).with_context(|| json.display().to_string())?;
        Ok(Self { yaml: path.with_extension("yaml"), json, state })
    }

    /// What of the changes that were written cannot be brought back, as far as that is known by now.
    pub(crate) fn lost(&self, directory: &Directory) -> Vec<Lost> {
        let written = self.state.changes.iter().filter(|one| one.outcome != Some(SavedOutcome::NotWritten));
        let lost = written.flat_map(|change| match (&change.before, change.namesake) {
            (None, _) => Vec::new(),
            (Some(before), true) => vec![Lost::Namesake(before.role.name.clone(), before.id.clone())],
            (Some(before), false) => restorable(&before.role, change.after.as_ref(), directory).1,
        });
        lost.collect()
    }

    /// Writes down what became of the changes.
    ///
    /// # Errors
    /// When the file cannot be written; it is as before then.
    pub(crate) fn finish(&mut self, report: &Report) -> anyhow::Result<()> {
        for (saved, one) in self.state.changes.iter_mut().zip(&report.changes) {
            let parked =
                one.change.before().is_some_and(|live| report.parked.iter().any(|(id, _)| *id == live.id));
            let written = one.outcome.may_have_written() || parked;
            saved.outcome = Some(if written { SavedOutcome::Written } else { SavedOutcome::NotWritten });
            saved.made = one.outcome.id().filter(|_| one.change.before().is_none()).cloned();
        }
        self.write()
    }

    /// Writes down that it was undone.
    ///
    /// # Errors
    /// As [`Saved::finish`].
    pub(crate) fn set_undone(&mut self, now: Timestamp) -> anyhow::Result<()> {
        self.state.undone = Some(now);
        self.write()
    }

    fn write(&self) -> anyhow::Result<()> {
        atomic_file::write(&self.json, &escape::json::pretty(&self.state)?)
    }
}

/// The name of a saved state: that of its files without the extension.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

impl SavedState {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let state: Self = serde_json::from_str(text).context("not a saved state")?;
        let Self { version, kind, .. } = &state;
        anyhow::ensure!(kind == KIND, "not a saved state: it has no \"kind\": \"{KIND}\"");
        anyhow::ensure!(
            *version == VERSION,
            "it has version {version}; this program knows version {VERSION}"
        );
        Ok(state)
    }
}

/// Saves what these changes found. `others` are the names of the live roles that stay.
///
/// # Errors
/// When a file cannot be written: then nothing must be changed.
pub(crate) fn save_before(
    organization: &Organization,
    changes: &[Change],
    others: &BTreeSet<RoleName>,
    directory: &Directory,
    origin: Origin,
    system: System,
) -> anyhow::Result<Saved> {
    let state = SavedState {
        version: VERSION,
        kind: KIND.into(),
        made_by: env!("CARGO_PKG_VERSION").into(),
        time: system.now(),
        origin,
        organization: SavedOrganization { id: organization.id.clone(), alias: organization.alias.clone() },
        changes: changes.iter().map(|change| saved_change(change, others)).collect(),
        undone: None,
    };
    let restored = |change: &SavedChange| {
        let before = change.before.as_ref().filter(|_| !change.namesake)?;
        let (role, _) = restorable(&before.role, change.after.as_ref(), directory);
        Some(LiveRole { role: role?, ..before.clone() })
    };
    let roles: Vec<LiveRole> = state.changes.iter().filter_map(restored).collect();
    let exported = export::export_with_ids(Some(organization.id.as_str()), &roles, directory);
    let folder = dirs::backups()?;
    let name = dirs::backup_name(organization.label(), system);
    let json = dirs::save_backup(&folder, &name, "json", &escape::json::pretty(&state)?)?;
    let yaml = dirs::save_backup(&folder, &name, "yaml", &(header(&state) + &exported.yaml))?;
    Ok(Saved { yaml, json, state })
}

fn saved_change(change: &Change, others: &BTreeSet<RoleName>) -> SavedChange {
    let (before, after) = (change.before().cloned(), change.after().cloned());
    let namesake = after.is_none() && before.as_ref().is_some_and(|live| others.contains(&live.role.name));
    SavedChange { before, after, outcome: None, made: None, namesake }
}

/// The role as it can be brought back: without users whom the directory no longer has and the role that is there,
/// `now`, does not name, since the service takes no such user anew. A rule that named nobody else goes. A role with a
/// rule that excepted nobody else cannot be written so: the rule would match everyone.
pub(super) fn restorable(
    role: &Role,
    now: Option<&Role>,
    directory: &Directory,
) -> (Option<Role>, Vec<Lost>) {
    let stays = |id: &UserId| now.is_some_and(|role| role.mentioned_users().contains(id));
    let there = |id: &UserId| directory.user(id).is_some_and(|user| user.state != State::Deleted);
    let gone: Vec<UserId> =
        role.mentioned_users().into_iter().filter(|id| !there(id) && !stays(id)).cloned().collect();
    let mut lost: Vec<_> = gone.iter().map(|id| Lost::User(role.name.clone(), id.clone())).collect();
    let mut rules = Vec::new();
    for rule in &role.rules {
        let Ok(targets) = rule.targets.remove_users(|id| gone.contains(id)) else {
            lost.push(Lost::Exceptions(role.name.clone()));
            return (None, lost);
        };
        rules.extend(targets.map(|targets| Rule { targets, ..rule.clone() }));
    }
    (Some(Role { rules, ..role.clone() }), lost)
}

fn header(state: &SavedState) -> String {
    let SavedState { time, origin: Origin { by, command, place, .. }, .. } = state;
    let line = |what: &str, text: &str| {
        format!("# {what}: {}\n", escape::defuse(&escape::visible(text), escape::TEXT))
    };
    "# What was there before a change; `wmrole undo` brings it back\n".to_owned()
        + &line("when", &time.to_string())
        + &line("who", by)
        + &line("where", place)
        + &line("command", command)
}

/// Every saved state in the directory, the newest first, and the files that are none.
///
/// # Errors
/// When the directory cannot be read; one that is missing has none.
pub(crate) fn all() -> anyhow::Result<(Vec<Saved>, Vec<anyhow::Error>)> {
    let folder = dirs::where_backups_are()?;
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", folder.display())),
    };
    let (mut saved, mut broken) = (Vec::new(), Vec::new());
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            match Saved::read(&path) {
                Ok(one) => saved.push(one),
                Err(error) => broken.push(error),
            }
        }
    }
    saved.sort_by_key(|one| std::cmp::Reverse((one.state.time, one.name())));
    Ok((saved, broken))
}
