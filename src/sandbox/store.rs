//! The state in one file: read from a cache, changed under a lock, replaced in one piece.
//!
//! Every change locks the sibling `FILE.lock`, reads, changes, writes a new file in the same
//! directory (mode 0600) and renames it over the old one, so that processes that share a file lose
//! nothing and a reader, who takes no lock, never sees half of it. The lock file stays: removing
//! it would let two writers hold two different files. Nothing is synced to the disk: a sandbox need
//! not survive a power cut.
//!
//! What is long in it is in [`Contents`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use super::contents::Contents;
use super::model::{State, VERSION};
use super::seed::Seed;
use super::trail::log::EventLog;

/// What the names of files begin with that are being written.
const TEMPORARY: &str = ".wmrole-sandbox-";
/// A temporary file that is older than this is nobody's any longer.
const LEFT_BEHIND: Duration = Duration::from_secs(600);

/// Why the state could not be read or written. Every message names the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// There is no file.
    #[error("the sandbox {} does not exist; make it with `wmrole sandbox init`", .0.display())]
    Missing(PathBuf),
    /// There is a file, and it is not to be replaced.
    #[error("the sandbox {} exists already; it is left as it is", .0.display())]
    Exists(PathBuf),
    /// The file is not the state of a sandbox.
    #[error("{} is not the state of a sandbox: {detail}; it is left as it is", path.display())]
    Corrupt {
        path: PathBuf,
        /// What is wrong and where.
        detail: String,
    },
    /// The file is of another version.
    #[error("the sandbox {} has version {version}, this program knows version {VERSION}; it is left as it is", path.display())]
    Version { path: PathBuf, version: u64 },
    /// The file system refused.
    #[error("cannot {action} the sandbox {}: {cause}", path.display())]
    Io {
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        cause: io::Error,
    },
}

/// A handle on a state file, cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    cache: Mutex<Option<Cached>>,
    /// Were the temporary files of killed programs removed?
    swept: AtomicBool,
}

/// A state that was parsed, and the file that it was parsed from.
#[derive(Debug)]
struct Cached {
    key: Key,
    state: Arc<State>,
    /// Held open so that no later file gets the same inode.
    _file: File,
}

/// What changes when the file does: inode, modification time and length.
#[derive(Debug, PartialEq, Eq)]
struct Key(u64, Option<SystemTime>, u64);

impl Key {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Self(inode, metadata.modified().ok(), metadata.len())
    }
}

impl Store {
    /// Opens the state in an existing file.
    ///
    /// # Errors
    /// When the file is missing, is not the state of a sandbox, or is of another version.
    #[cfg(test)]
    pub(crate) fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let store = Self::at(path.as_ref())?;
        store.read()?;
        Ok(store)
    }

    /// Opens the state in a file, made with the demo organization if it is missing.
    ///
    /// # Errors
    /// When the file is not the state of a sandbox, is of another version, or cannot be made.
    pub(crate) fn open_or_init(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let store = Self::at(path.as_ref())?;
        if !matches!(store.read(), Err(StoreError::Missing(_))) {
            store.read()?;
            return Ok(store);
        }
        match store.make(&Seed::default(), false) {
            // Another process was first: use its file
            Ok(()) | Err(StoreError::Exists(_)) => store.read().map(|_| store),
            Err(error) => Err(error),
        }
    }

    /// Makes a state file from a seed.
    ///
    /// # Errors
    /// When the file exists and `force` was not given, or cannot be made.
    pub(crate) fn init(path: impl AsRef<Path>, seed: &Seed, force: bool) -> Result<Self, StoreError> {
        let store = Self::at(path.as_ref())?;
        store.make(seed, force)?;
        Ok(store)
    }

    /// The file, links resolved.
    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// The state as it is now; parsed again only when the file has changed.
    ///
    /// # Errors
    /// When the file is missing, is not the state of a sandbox, or is of another version.
    pub(crate) fn read(&self) -> Result<Arc<State>, StoreError> {
        let metadata = fs::metadata(self.path()).map_err(|e| self.failed("read", e))?;
        if let Some(state) = self.cached(&Key::of(&metadata)) {
            return Ok(state);
        }
        let mut file = File::open(self.path()).map_err(|e| self.failed("read", e))?;
        let metadata = file.metadata().map_err(|e| self.failed("read", e))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|e| self.failed("read", e))?;
        let state = Arc::new(self.parse(&text)?);
        self.keep(Key::of(&metadata), Arc::clone(&state), file);
        Ok(state)
    }

    /// Changes the state while no other thread or process can. When `change` fails, or changes
    /// nothing, nothing is written.
    ///
    /// # Errors
    /// What `change` returned, or why the file could not be read or written.
    pub(crate) fn update<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, E>,
    ) -> Result<T, E> {
        let _lock = self.lock()?;
        let before = self.read()?;
        let mut after = State::clone(&before);
        let answer = change(&mut after)?;
        if after != *before {
            self.write(after)?;
        }
        Ok(answer)
    }

    /// Resolves links, so that all processes that share a file share its lock.
    fn at(path: &Path) -> Result<Self, StoreError> {
        let missing =
            |cause| StoreError::Io { path: path.to_owned(), action: "find the directory of", cause };
        let path = match (fs::canonicalize(path), path.file_name()) {
            (Ok(path), _) => path,
            (Err(_), Some(name)) => {
                let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                fs::canonicalize(parent).map_err(missing)?.join(name)
            }
            (Err(error), None) => return Err(missing(error)),
        };
        Ok(Self(Arc::new(Inner { path, cache: Mutex::new(None), swept: AtomicBool::new(false) })))
    }

    fn make(&self, seed: &Seed, force: bool) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        if !force && self.path().exists() {
            return Err(StoreError::Exists(self.path().to_owned()));
        }
        EventLog::beside(self.path()).forget().map_err(|error| self.failed("forget the calls of", error))?;
        self.write(seed.state())
    }

    fn parse(&self, text: &str) -> Result<State, StoreError> {
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let corrupt = |detail| StoreError::Corrupt { path: self.path().to_owned(), detail };
        let state = serde_json::from_str::<State>(text).map_err(|error| {
            // A different version may have different keys: say that instead
            match serde_json::from_str(text) {
                Ok(Version { version }) if version != u64::from(VERSION) => {
                    StoreError::Version { path: self.path().to_owned(), version }
                }
                _ => corrupt(error.to_string()),
            }
        })?;
        if state.version != VERSION {
            return Err(StoreError::Version { path: self.path().to_owned(), version: state.version.into() });
        }
        state.validate().map_err(corrupt)?;
        Ok(state)
    }

    /// Closing the file releases the lock.
    fn lock(&self) -> Result<File, StoreError> {
        let mut name = self.path().file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.path().with_file_name(name)).map_err(|e| self.failed("lock", e))?;
        file.lock().map_err(|e| self.failed("lock", e))?;
        Ok(file)
    }

    fn write(&self, mut state: State) -> Result<(), StoreError> {
        let failed = |error| self.failed("write", error);
        self.sweep_once();
        self.contents().take_from(&mut state).map_err(failed)?;
        let mut text = serde_json::to_vec_pretty(&state).map_err(|e| failed(e.into()))?;
        text.push(b'\n');
        let directory = self.path().parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(directory).map_err(failed)?;
        file.write_all(&text).map_err(failed)?;
        let file = file.persist(self.path()).map_err(|e| failed(e.error))?;
        let metadata = file.metadata().map_err(failed)?;
        self.contents().retain(&state);
        self.keep(Key::of(&metadata), Arc::new(state), file);
        Ok(())
    }

    /// The contents of attachments that are too long for the state.
    pub(crate) fn contents(&self) -> Contents {
        Contents::beside(self.path())
    }

    /// Removes what programs left behind that were killed while they wrote, as far as it can be removed.
    ///
    /// # Errors
    /// When the lock cannot be taken.
    pub(crate) fn sweep(&self) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        self.sweep_once();
        Ok(())
    }

    /// Under the lock. What is in use is seconds old; sandboxes beside this one have locks of their own.
    fn sweep_once(&self) {
        if self.0.swept.swap(true, Relaxed) {
            return;
        }
        let directory = self.path().parent().unwrap_or(Path::new("."));
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY));
            // Links are not followed
            let file = entry.metadata().ok().filter(|found| ours && found.is_file());
            let age = file.and_then(|found| found.modified().ok()?.elapsed().ok());
            if age.is_some_and(|age| age > LEFT_BEHIND) {
                // Somebody else may have removed it
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn cached(&self, key: &Key) -> Option<Arc<State>> {
        let cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.as_ref().filter(|cached| cached.key == *key).map(|cached| Arc::clone(&cached.state))
    }

    fn keep(&self, key: Key, state: Arc<State>, file: File) {
        *self.0.cache.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Cached { key, state, _file: file });
    }

    fn failed(&self, action: &'static str, cause: io::Error) -> StoreError {
        let path = self.path().to_owned();
        match (cause.kind(), action) {
            (io::ErrorKind::NotFound, "read") => StoreError::Missing(path),
            _ => StoreError::Io { path, action, cause },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::model::Member;

    type Nothing = Result<(), StoreError>;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("state.json");
        (directory, path)
    }

    #[test]
    fn reading_and_changing_nothing_leaves_the_file_alone() {
        let (_directory, path) = place();
        let store = Store::open_or_init(&path).expect("made");
        let key = Key::of(&fs::metadata(&path).expect("there"));
        store.update(|_| Nothing::Ok(())).expect("no change");
        assert_eq!(Key::of(&fs::metadata(&path).expect("there")), key);
        assert!(Arc::ptr_eq(&store.read().expect("read"), &store.read().expect("read")));
    }

    #[test]
    fn a_missing_file_is_an_error_unless_it_may_be_made() {
        let (_directory, path) = place();
        assert!(matches!(Store::open(&path), Err(StoreError::Missing(_))));
        Store::open_or_init(&path).expect("made");
        Store::open(&path).expect("there now");
        assert!(matches!(Store::init(&path, &Seed::default(), false), Err(StoreError::Exists(_))));
        Store::init(&path, &Seed { users: Some(3), ..Seed::default() }, true).expect("replaced");
        assert_eq!(Store::open(&path).and_then(|s| s.read()).expect("read").organizations[0].users.len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_directory, path) = place();
        Store::open_or_init(&path).expect("made");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_killed_programs_left_behind_is_removed() {
        let (directory, path) = place();
        let file = |name: &str, age: u64| {
            let file = File::create(directory.path().join(name)).expect("made");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("set");
        };
        let names = || {
            let names = fs::read_dir(directory.path()).expect("read").flatten();
            let mut names: Vec<_> =
                names.map(|entry| entry.file_name().into_string().expect("text")).collect();
            names.sort();
            names
        };
        let all = [(".wmrole-sandbox-abc123", 3600), (".wmrole-sandbox-def456", 0), ("notes", 3600)];
        all.into_iter().for_each(|(name, age)| file(name, age));
        #[cfg(unix)]
        std::os::unix::fs::symlink("notes", directory.path().join(".wmrole-sandbox-link")).expect("a link");
        let store = Store::open_or_init(&path).expect("made");
        let left = names();
        assert!(!left.contains(&".wmrole-sandbox-abc123".to_owned()), "{left:?}");
        for kept in [".wmrole-sandbox-def456", "notes", "state.json"] {
            assert!(left.contains(&kept.to_owned()), "{kept}: {left:?}");
        }
        #[cfg(unix)]
        assert!(left.contains(&".wmrole-sandbox-link".to_owned()), "{left:?}");
        // Whoever only reads sweeps too, when it serves
        file(".wmrole-sandbox-abc123", 3600);
        Store::open(&path).expect("there").sweep().expect("swept");
        assert!(!names().contains(&".wmrole-sandbox-abc123".to_owned()));
        drop(store);
    }

    #[test]
    fn what_is_no_state_is_named_and_left_as_it_is() {
        let (_directory, path) = place();
        for (text, wanted) in [
            ("", "is not the state of a sandbox"),
            ("{\"version\": 1, \"organizations\": [], \"extra\": 1}", "unknown field `extra`"),
            ("{\"version\": 2, \"realms\": []}", "has version 2, this program knows version 1"),
        ] {
            fs::write(&path, text).expect("written");
            let error = Store::open_or_init(&path).map(|_| ()).expect_err("refused").to_string();
            assert!(error.contains(wanted) && error.contains("state.json"), "{error}");
            assert_eq!(fs::read_to_string(&path).expect("read"), text);
        }
    }

    #[test]
    fn an_empty_list_written_by_hand_is_refused() {
        let (_directory, path) = place();
        let store = Store::open_or_init(&path).expect("made");
        let changed = store.update(|state| {
            state.organizations[0].roles[0].rules[0].target_users = Some(vec![]);
            Nothing::Ok(())
        });
        changed.expect("the store itself does not judge");
        let error = Store::open(&path).map(|_| ()).expect_err("refused").to_string();
        assert!(error.contains("everyone"), "{error}");
    }

    #[test]
    fn writers_that_share_a_file_lose_nothing() {
        let (_directory, path) = place();
        Store::init(&path, &Seed::default(), false).expect("made");
        let before =
            Store::open(&path).and_then(|s| s.read()).expect("read").organizations[0].groups[0].members.len();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    // A store each, as two processes have
                    let store = Store::open_or_init(path).expect("open");
                    for n in 0..25 {
                        let member = Member::User(crate::id::UserId::from_service(format!("{thread}-{n}")));
                        store
                            .update(|state| {
                                state.organizations[0].groups[0].members.push(member);
                                Nothing::Ok(())
                            })
                            .expect("updated");
                    }
                });
            }
        });
        let after =
            Store::open(&path).and_then(|s| s.read()).expect("read").organizations[0].groups[0].members.len();
        assert_eq!(after - before, 100);
    }

    #[test]
    fn starting_at_once_makes_one_file() {
        let (_directory, path) = place();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Store::open_or_init(&path).expect("open"));
            }
        });
    }

    #[test]
    fn a_change_by_another_store_is_seen() {
        let (_directory, path) = place();
        let (a, b) = (Store::open_or_init(&path).expect("a"), Store::open_or_init(&path).expect("b"));
        for n in 0..20 {
            a.update(|state| {
                state.organizations[0].alias = format!("alias-{n:02}");
                Nothing::Ok(())
            })
            .expect("changed");
            assert_eq!(b.read().expect("read").organizations[0].alias, format!("alias-{n:02}"));
        }
    }
}
