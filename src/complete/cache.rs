//! The names that were read, in files that only the user can read: one for each account, place and organization.
//!
//! What is wrong with it is never said: then there are no names.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::name::Name;
use crate::{atomic_file, dirs, input_file};

/// For how long names are not read again.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// For how long what failed is not tried again.
const FAILED: Duration = Duration::from_secs(30);
/// After this long a file is of no use.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// No file is longer, in bytes.
const MOST: u64 = 64 << 20;

/// A list of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum List {
    Organizations,
    Roles,
    Groups,
    Users,
}

/// What is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    /// Was all of it read? Otherwise it is soon tried again.
    pub(super) complete: bool,
    pub(super) lists: BTreeMap<List, Vec<Name>>,
}

/// A file of the cache.
#[derive(Debug)]
pub(super) struct Entry {
    path: PathBuf,
}

/// Somebody reads the names, as long as this lives.
#[derive(Debug)]
pub(super) struct Refreshing(#[expect(dead_code, reason = "the lock ends with it")] File);

impl Entry {
    /// The file of this key; none when there is no directory for it that only the user can look into.
    pub(super) fn of(key: &str) -> Option<Self> {
        Some(Self::in_directory(&dirs::cache().ok()?, key))
    }

    fn in_directory(directory: &Path, key: &str) -> Self {
        Self { path: directory.join(format!("{key}.json")) }
    }

    /// What it holds, and whether that is fresh.
    pub(super) fn read(&self) -> Option<(Names, bool)> {
        let age = age(&self.path)?;
        let names: Names = serde_json::from_slice(&input_file::read(&self.path, MOST).ok()?).ok()?;
        let fresh = age < if names.complete { FRESH } else { FAILED };
        Some((names, fresh))
    }

    /// When it was written.
    pub(super) fn written(&self) -> Option<SystemTime> {
        fs::metadata(&self.path).and_then(|metadata| metadata.modified()).ok()
    }

    /// Keeps what is known.
    pub(super) fn write(&self, names: &Names) -> anyhow::Result<()> {
        atomic_file::write(&self.path, &serde_json::to_string(names)?)
    }

    fn lock_file(&self) -> Option<File> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.path.with_extension("lock")).ok()
    }

    /// The right to read the names, if nobody has it.
    pub(super) fn start(&self) -> Option<Refreshing> {
        let file = self.lock_file()?;
        file.try_lock().ok()?;
        // It is in use, and not swept
        let _ = file.set_modified(SystemTime::now());
        Some(Refreshing(file))
    }

    /// Can the names be read now? None when there is no place to keep them.
    pub(super) fn is_free(&self) -> Option<bool> {
        let file = self.lock_file()?;
        match file.try_lock_shared() {
            Ok(()) => Some(true),
            Err(fs::TryLockError::WouldBlock) => Some(false),
            Err(fs::TryLockError::Error(_)) => None,
        }
    }

    /// Removes the files beside it that nobody has written for a day.
    pub(super) fn sweep(&self) {
        let Some(Ok(all)) = self.path.parent().map(fs::read_dir) else { return };
        for path in all.flatten().map(|entry| entry.path()) {
            if age(&path).is_some_and(|age| age > OLD) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// The time since the file was written; none for one that is missing or of the future.
fn age(path: &Path) -> Option<Duration> {
    let written = fs::symlink_metadata(path).and_then(|metadata| metadata.modified()).ok()?;
    SystemTime::now().duration_since(written).ok()
}

/// Forgets all names: roles were changed.
pub(crate) fn forget() {
    let Ok(Ok(all)) = dirs::where_the_cache_is().map(fs::read_dir) else { return };
    for path in all.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "json") {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(complete: bool) -> Names {
        let alice = Name::new(["alice@example.com", "alice"], "Alice");
        Names { complete, lists: BTreeMap::from([(List::Users, vec![alice])]) }
    }

    fn aged(entry: &Entry, age: Duration) {
        let file = File::options().append(true).open(&entry.path).expect("there");
        file.set_modified(SystemTime::now() - age).expect("a time");
    }

    #[test]
    fn names_are_fresh_for_a_while_and_a_failure_for_less() {
        let home = tempfile::tempdir().expect("a directory");
        let entry = Entry::in_directory(home.path(), "k");
        assert_eq!(entry.read(), None);
        for (complete, age, fresh) in [
            (true, Duration::ZERO, true),
            (true, FRESH - Duration::from_secs(20), true),
            (true, FRESH, false),
            (false, Duration::ZERO, true),
            (false, FAILED, false),
        ] {
            entry.write(&names(complete)).expect("written");
            aged(&entry, age);
            assert_eq!(entry.read(), Some((names(complete), fresh)), "{complete} {age:?}");
        }
        // A clock that was set back does not keep names for ever
        let file = File::options().append(true).open(&entry.path).expect("there");
        file.set_modified(SystemTime::now() + OLD).expect("a time");
        assert_eq!(entry.read(), None);
    }

    #[test]
    fn what_is_broken_is_nothing() {
        let home = tempfile::tempdir().expect("a directory");
        let entry = Entry::in_directory(home.path(), "k");
        for text in ["", "{", "[]", "{\"complete\":true}", "{\"complete\":true,\"lists\":{\"pets\":[]}}"] {
            fs::write(&entry.path, text).expect("written");
            assert_eq!(entry.read(), None, "{text}");
        }
        fs::remove_file(&entry.path).expect("removed");
        fs::create_dir(&entry.path).expect("made");
        assert_eq!(entry.read(), None);
        assert!(entry.write(&names(true)).is_err());
    }

    #[test]
    fn one_reads_at_a_time() {
        let home = tempfile::tempdir().expect("a directory");
        let entry = Entry::in_directory(home.path(), "k");
        assert_eq!(entry.is_free(), Some(true));
        let refreshing = entry.start().expect("free");
        assert_eq!(entry.is_free(), Some(false));
        assert!(entry.start().is_none());
        assert_eq!(Entry::in_directory(home.path(), "other").is_free(), Some(true));
        drop(refreshing);
        assert!(entry.start().is_some());
        assert_eq!(Entry::in_directory(&home.path().join("missing"), "k").is_free(), None);
    }

    #[test]
    fn only_the_user_can_read_it_and_it_is_swept_after_a_day() {
        let home = tempfile::tempdir().expect("a directory");
        let [old, new] = ["a", "b"].map(|key| Entry::in_directory(home.path(), key));
        for entry in [&old, &new] {
            entry.write(&names(true)).expect("written");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            assert_eq!(fs::metadata(&new.path).expect("there").mode() & 0o777, 0o600);
        }
        aged(&old, OLD + Duration::from_secs(60));
        new.sweep();
        assert!(old.read().is_none() && new.read().is_some());
    }
}
