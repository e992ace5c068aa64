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
use crate::expiry::Expires;
use crate::id::OrganizationId;
use crate::input_file::{self, MOST_OF_OUR_OWN};
use crate::organization::Organization;
use crate::plan::Change;
use crate::role::{LiveRole, Role, RoleId, RoleName, Rule, RuleId, UserId};
use crate::sorted;
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
    /// What it was to be, or what it was left as under a temporary name; none for one that was deleted.
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
    /// A rule has expired since.
    #[error("role {0}: rule {1} expired {end}", end = .2.in_sentence())]
    Expired(RoleName, RuleId, Expires),
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
        self.state.finish(report);
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
    /// What these changes are to find. `others` are the names of the live roles that stay.
    pub(crate) fn before(
        organization: &Organization,
        changes: &[Change],
        others: &BTreeSet<RoleName>,
        origin: Origin,
        system: System,
    ) -> Self {
        Self {
            version: VERSION,
            kind: KIND.into(),
            made_by: env!("CARGO_PKG_VERSION").into(),
            time: system.now(),
            origin,
            organization: SavedOrganization {
                id: organization.id.clone(),
                alias: organization.alias.clone(),
            },
            changes: changes.iter().map(|change| saved_change(change, others)).collect(),
            undone: None,
        }
    }

    /// Notes what became of the changes.
    pub(crate) fn finish(&mut self, report: &Report) {
        for (saved, one) in self.changes.iter_mut().zip(&report.changes) {
            let mut written = one.outcome.may_have_written();
            let parked = one.change.before().and_then(|live| {
                let (_, name) = report.parked.iter().find(|(id, _)| *id == live.id)?;
                Some(Role { name: name.clone(), ..live.role.clone() })
            });
            if let Some(parked) = parked.filter(|_| !written) {
                // Its own change was not made: this is what the run made of it
                saved.after = Some(parked);
                written = true;
            }
            saved.outcome = Some(if written { SavedOutcome::Written } else { SavedOutcome::NotWritten });
            saved.made = one.outcome.id().filter(|_| one.change.before().is_none()).cloned();
        }
    }

    /// Reads what was written.
    ///
    /// # Errors
    /// When the text is something else, or of another version.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
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
    save_in(&dirs::backups()?, organization, changes, others, directory, origin, system)
}

fn save_in(
    folder: &Path,
    organization: &Organization,
    changes: &[Change],
    others: &BTreeSet<RoleName>,
    directory: &Directory,
    origin: Origin,
    system: System,
) -> anyhow::Result<Saved> {
    let state = SavedState::before(organization, changes, others, origin, system);
    let restored = |change: &SavedChange| {
        let before = change.before.as_ref().filter(|_| !change.namesake)?;
        let (role, _) = restorable(&before.role, change.after.as_ref(), directory);
        Some(LiveRole { role: role?, ..before.clone() })
    };
    let roles: Vec<LiveRole> = state.changes.iter().filter_map(restored).collect();
    let exported = export::export_with_ids(Some(organization.id.as_str()), &roles, directory);
    let name = dirs::backup_name(organization.label(), system);
    let json = dirs::save_backup(folder, &name, "json", &escape::json::pretty(&state)?)?;
    let yaml = dirs::save_backup(folder, &name, "yaml", &(header(&state) + &exported.yaml))?;
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

/// Every saved state in the folder, the newest first, and the files that are none.
///
/// # Errors
/// When the folder cannot be read; one that is missing has none.
pub(crate) fn all(folder: &Path) -> anyhow::Result<(Vec<Saved>, Vec<anyhow::Error>)> {
    let entries = match std::fs::read_dir(folder) {
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
    sorted::by_key(&mut saved, |one| std::cmp::Reverse((one.state.time, one.name())));
    Ok((saved, broken))
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::apply::report::{ChangeReport, Failure, Outcome};
    use crate::directory::User;
    use crate::plan;
    use crate::role::tests::{role, rule, uid, users};
    use crate::role::{Effect, Targets};

    /// A saved state of these changes.
    pub(crate) fn state(changes: Vec<SavedChange>) -> SavedState {
        SavedState {
            version: VERSION,
            kind: KIND.into(),
            made_by: "0".into(),
            time: Timestamp::UNIX_EPOCH,
            origin: Origin::default(),
            organization: SavedOrganization { id: OrganizationId::from_service("m-1"), alias: None },
            changes,
            undone: None,
        }
    }

    /// A change that was made.
    pub(crate) fn change(before: Option<&LiveRole>, after: Option<&Role>) -> SavedChange {
        SavedChange {
            before: before.cloned(),
            after: after.cloned(),
            outcome: Some(SavedOutcome::Written),
            made: None,
            namesake: false,
        }
    }

    /// The users a, b and c, and d, who was deleted.
    pub(crate) fn directory() -> Directory {
        let user = |id: &str, state| User {
            id: uid(id),
            email: Some(format!("{id}@example.com")),
            name: Some(id.into()),
            display_name: None,
            state,
        };
        let there = ["a", "b", "c"].map(|id| user(id, State::Enabled));
        Directory::complete(there.into_iter().chain([user("d", State::Deleted)]))
    }

    /// A role that may impersonate these users.
    pub(crate) fn allows(name: &str, ids: &[&str]) -> Role {
        targets(name, Targets::Users(users(ids)))
    }

    pub(crate) fn targets(name: &str, targets: Targets) -> Role {
        Role { name: RoleName::from_service(name), ..role(vec![rule("1", Effect::Allow, targets)]) }
    }

    pub(crate) fn live(id: &str, role: &Role) -> LiveRole {
        LiveRole {
            id: RoleId::from_service(id),
            role: role.clone(),
            rules_unknown: false,
            created: None,
            modified: None,
        }
    }

    pub(crate) fn gone(name: &str, user: &str) -> Lost {
        Lost::User(RoleName::from_service(name), uid(user))
    }

    fn organization() -> Organization {
        Organization {
            alias: Some("acme".into()),
            ..Organization::of_id(OrganizationId::from_service("m-1"), "us-east-1")
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + seconds.seconds()
    }

    /// What a plan of these roles, each before and after, saves.
    fn saved(folder: &Path, changes: &[Change], others: &[&str]) -> Saved {
        let others = others.iter().map(|name| RoleName::from_service(*name)).collect();
        let origin = Origin {
            by: "frank".into(),
            command: "wmrole \u{1b}[2J edit".into(),
            place: "acme".into(),
            ..Origin::default()
        };
        let (organization, system) = (organization(), System { now: || at(1_000_000), ..System::REAL });
        save_in(folder, &organization, changes, &others, &directory(), origin, system).expect("saved")
    }

    fn creation(after: &Role) -> Change {
        plan::change_of_role(after, None, &directory()).expect("a change")
    }

    fn update(id: &str, before: &Role, after: &Role) -> Change {
        plan::change_of_role(after, Some(&live(id, before)), &directory()).expect("a change")
    }

    fn deletion(id: &str, before: &Role) -> Change {
        plan::deletion(&live(id, before), None, &directory())
    }

    #[test]
    fn what_was_there_is_saved_and_read_back_by_either_name() {
        let folder = tempfile::tempdir().expect("a directory");
        let changes = [
            creation(&allows("new", &["a"])),
            update("1", &allows("kept", &["a"]), &allows("kept", &["b"])),
            deletion("2", &allows("gone", &["c"])),
            deletion("3", &allows("twin", &["c"])),
        ];
        let saved = saved(folder.path(), &changes, &["twin", "kept"]);
        let state = &saved.state;
        assert_eq!((state.time, state.undone), (at(1_000_000), None));
        assert_eq!(state.organization.alias.as_deref(), Some("acme"));
        let parts = |one: &SavedChange| (one.before.clone(), one.after.clone());
        let planned = |one: &Change| (one.before().cloned(), one.after().cloned());
        assert_eq!(
            state.changes.iter().map(parts).collect::<Vec<_>>(),
            changes.iter().map(planned).collect::<Vec<_>>()
        );
        assert!(state.changes.iter().all(|one| one.outcome.is_none() && one.made.is_none()));
        // Only a role that goes can meet its name again
        let namesakes: Vec<_> = state.changes.iter().map(|one| one.namesake).collect();
        assert_eq!(namesakes, [false, false, false, true]);
        for path in [&saved.yaml, &saved.json] {
            let read = Saved::read(path).expect("a saved state");
            assert_eq!((&read.state, &read.yaml, &read.json), (state, &saved.yaml, &saved.json));
            assert_eq!(read.name(), saved.name());
        }
        assert!(saved.name().starts_with("acme-19700112T134640Z-"), "{}", saved.name());
        assert_eq!(saved.json.file_name().expect("a name").to_string_lossy(), saved.name() + ".json");
    }

    #[test]
    fn the_yaml_says_whence_it_is_and_holds_what_can_be_applied() {
        let folder = tempfile::tempdir().expect("a directory");
        let except = targets("open", Targets::Except(users(&["d"])));
        let changes = [
            creation(&allows("new", &["a"])),
            update("1", &allows("kept", &["a", "d"]), &allows("kept", &["b"])),
            deletion("2", &allows("gone", &["c"])),
            deletion("3", &allows("twin", &["c"])),
            deletion("4", &except),
        ];
        let saved = saved(folder.path(), &changes, &["twin"]);
        let yaml = std::fs::read_to_string(&saved.yaml).expect("read");
        let (document, diagnostics) = crate::definition::parse::parse(0, &yaml);
        assert_eq!(diagnostics, [], "{yaml}");
        let document = document.expect("a document");
        let names: Vec<_> = document.roles.iter().map(|role| role.name.value.to_string()).collect();
        assert_eq!(names, ["kept", "gone"]);
        let expected = "# What was there before a change; `wmrole undo` brings it back\n\
            # when: 1970-01-12T13:46:40Z\n# who: frank\n# where: acme\n# command: wmrole ";
        assert!(yaml.starts_with(expected), "{yaml}");
        assert!(!yaml.contains('\u{1b}'), "{yaml}");
    }

    #[test]
    fn what_became_of_the_changes_is_written_down() {
        let folder = tempfile::tempdir().expect("a directory");
        let changes = [
            creation(&allows("new", &["a"])),
            update("1", &allows("kept", &["a"]), &allows("kept", &["b"])),
            update("2", &allows("moved", &["a"]), &allows("moved", &["b"])),
            update("3", &allows("parked", &["a"]), &allows("x", &["a"])),
            deletion("4", &allows("gone", &["c"])),
            creation(&allows("newer", &["a"])),
        ];
        let mut saved = saved(folder.path(), &changes, &[]);
        let id = |text: &str| Some(RoleId::from_service(text));
        let outcomes = [
            Outcome::Done { id: id("9") },
            Outcome::Done { id: id("1") },
            Outcome::Failed(Failure::Conflict { expected: None, now: None }),
            Outcome::Failed(Failure::Conflict { expected: None, now: None }),
            Outcome::Failed(Failure::ReadsBack { id: None, now: None }),
            Outcome::NotAttempted,
        ];
        let changes =
            changes.into_iter().zip(outcomes).map(|(change, outcome)| ChangeReport { change, outcome });
        let report = Report {
            changes: changes.collect(),
            interrupted: false,
            parked: vec![(RoleId::from_service("3"), RoleName::from_service("wmrole temporary 3"))],
            doubled: Ok(Vec::new()),
        };
        saved.finish(&report).expect("written");
        let read = Saved::read(&saved.json).expect("a saved state").state;
        assert_eq!(read, saved.state);
        let (written, not) = (Some(SavedOutcome::Written), Some(SavedOutcome::NotWritten));
        let outcomes: Vec<_> = read.changes.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [written, written, not, written, written, not]);
        let made: Vec<_> = read.changes.iter().map(|one| one.made.clone()).collect();
        assert_eq!(made, [id("9"), None, None, None, None, None]);
        // What is undone is what the run left, also where its own change was not made
        assert_eq!(read.changes[3].after, Some(allows("wmrole temporary 3", &["a"])));
        assert_eq!(read.changes[2].after, Some(allows("moved", &["b"])));

        saved.set_undone(at(2_000_000)).expect("written");
        assert_eq!(Saved::read(&saved.json).expect("a saved state").state.undone, Some(at(2_000_000)));
        // The YAML stays as it was
        assert!(Saved::read(&saved.yaml).is_ok());
    }

    #[test]
    fn all_saved_states_are_found_the_newest_first() {
        let folder = tempfile::tempdir().expect("a directory");
        let at_path = |name: &str| folder.path().join(name);
        for (name, seconds) in [("b", 2), ("d", 1), ("c", 3), ("a", 2)] {
            let state = SavedState { time: at(seconds), ..state(vec![]) };
            let text = escape::json::pretty(&state).expect("a text");
            std::fs::write(at_path(&format!("{name}.json")), text).expect("written");
        }
        std::fs::write(at_path("note.txt"), "{}").expect("written");
        std::fs::write(at_path("c.yaml"), "{}").expect("written");
        std::fs::write(at_path("broken.json"), "{").expect("written");
        let (saved, broken) = all(folder.path()).expect("read");
        assert_eq!(saved.iter().map(Saved::name).collect::<Vec<_>>(), ["c", "b", "a", "d"]);
        let [error] = &broken[..] else { panic!("{broken:?}") };
        assert!(format!("{error:#}").contains("broken.json"), "{error:#}");
    }

    #[test]
    fn a_folder_that_is_missing_has_none_and_one_that_cannot_be_read_is_an_error() {
        let folder = tempfile::tempdir().expect("a directory");
        let (saved, broken) = all(&folder.path().join("none")).expect("none");
        assert!(saved.is_empty() && broken.is_empty());
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("written");
        let error = all(&file).expect_err("no folder").to_string();
        assert_eq!(error, format!("cannot read {}", file.display()));
    }

    #[test]
    fn what_is_no_saved_state_of_this_version_is_refused() {
        let good = serde_json::to_value(state(vec![])).expect("a value");
        let refusal = |key: &str, value: serde_json::Value| {
            let mut changed = good.clone();
            changed[key] = value;
            SavedState::parse(&changed.to_string()).err().map(|error| error.to_string())
        };
        assert_eq!(SavedState::parse(&good.to_string()).expect("read"), state(vec![]));
        let other = "not a saved state: it has no \"kind\": \"wmrole saved state\"";
        assert_eq!(refusal("kind", "wmrole plan".into()).as_deref(), Some(other));
        let version = "it has version 2; this program knows version 1";
        assert_eq!(refusal("version", 2.into()).as_deref(), Some(version));
        assert_eq!(refusal("more", 1.into()).as_deref(), Some("not a saved state"));
    }

    #[test]
    fn what_is_lost_is_said_of_the_changes_that_were_made() {
        let before = |name: &str| live("1", &allows(name, &["a", "d"]));
        let after = allows("r", &["b", "d"]);
        let not = SavedChange { outcome: Some(SavedOutcome::NotWritten), ..change(Some(&before("n")), None) };
        let twin = SavedChange { namesake: true, ..change(Some(&before("twin")), None) };
        let changes = vec![
            change(None, Some(&allows("new", &["d"]))),
            change(Some(&before("gone")), None),
            // The role that is there names the user still
            change(Some(&before("r")), Some(&after)),
            SavedChange { outcome: None, ..change(Some(&before("unknown")), None) },
            not,
            twin,
        ];
        let saved = Saved { yaml: "x.yaml".into(), json: "x.json".into(), state: state(changes) };
        let namesake = Lost::Namesake(RoleName::from_service("twin"), RoleId::from_service("1"));
        assert_eq!(saved.lost(&directory()), [gone("gone", "d"), gone("unknown", "d"), namesake]);
    }

    #[test]
    fn a_role_comes_back_without_those_who_are_gone() {
        let directory = directory();
        // Neither d, who was deleted, nor x, whom nobody knows
        let before = allows("r", &["a", "d", "x"]);
        let expected = (Some(allows("r", &["a"])), vec![gone("r", "d"), gone("r", "x")]);
        assert_eq!(restorable(&before, None, &directory), expected);
        let now = allows("r", &["d"]);
        let expected = (Some(allows("r", &["a", "d"])), vec![gone("r", "x")]);
        assert_eq!(restorable(&before, Some(&now), &directory), expected);
        // A rule that named nobody else goes
        let expected = (Some(Role { rules: vec![], ..allows("r", &["d"]) }), vec![gone("r", "d")]);
        assert_eq!(restorable(&allows("r", &["d"]), None, &directory), expected);
        // One that excepted nobody else would match everyone
        let except = targets("r", Targets::Except(users(&["d"])));
        let expected = (None, vec![gone("r", "d"), Lost::Exceptions(RoleName::from_service("r"))]);
        assert_eq!(restorable(&except, None, &directory), expected);
        let except = targets("r", Targets::Except(users(&["a", "d"])));
        let expected = (Some(targets("r", Targets::Except(users(&["a"])))), vec![gone("r", "d")]);
        assert_eq!(restorable(&except, None, &directory), expected);
    }
}
