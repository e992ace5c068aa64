//! The names that were read, in files that only the user can read: one for each account, place and organization.
//!
//! A file has lines, so that one list of many thousand names is read at a Tab without the others: what it is, whether
//! all was read, and for each list its title and its names: what is shown, and each spelling behind a tab; a name
//! inside of another one begins with a tab. What is wrong with a file is never said: then there are no names.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::name::Name;
use crate::{atomic_file, dirs, escape, input_file};

/// For how long names are not read again.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// For how long what failed is not tried again.
const FAILED: Duration = Duration::from_secs(30);
/// After this long a file is of no use.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// No file is longer, in bytes.
const MOST: u64 = 64 << 20;

/// The first line of a file.
const TITLE: &str = "wmrole names 1";
const COMPLETE: &str = "complete";
const PARTIAL: &str = "partial";

/// A list of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum List {
    Organizations,
    Roles,
    Groups,
    Users,
}

impl List {
    const ALL: [(Self, &str); 4] = [
        (Self::Organizations, "[organizations]"),
        (Self::Roles, "[roles]"),
        (Self::Groups, "[groups]"),
        (Self::Users, "[users]"),
    ];
}

/// What is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Was all of it read? Otherwise it is soon tried again.
    pub(super) complete: bool,
    pub(super) lists: BTreeMap<List, Vec<Name>>,
}

impl Names {
    fn text(&self) -> String {
        let mut text = format!("{TITLE}\n{}\n", if self.complete { COMPLETE } else { PARTIAL });
        for (list, title) in List::ALL {
            let Some(names) = self.lists.get(&list) else { continue };
            text.extend([title, "\n"]);
            for name in names {
                push_line(&mut text, "", name);
                name.inside.iter().for_each(|inside| push_line(&mut text, "\t", inside));
            }
        }
        text
    }

    /// Reads a file's text: all lists, or the wanted one alone. None for something else.
    fn parse(text: &str, wanted: Option<List>) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next() != Some(TITLE) {
            return None;
        }
        let complete = match lines.next()? {
            COMPLETE => true,
            PARTIAL => false,
            _ => return None,
        };
        let mut names = Self { complete, lists: BTreeMap::new() };
        let mut current = None;
        for line in lines {
            if !line.contains('\t') {
                let (list, _) = List::ALL.into_iter().find(|(_, title)| *title == line)?;
                current = Some(list).filter(|list| wanted.is_none_or(|wanted| wanted == *list));
                if let Some(list) = current {
                    names.lists.entry(list).or_default();
                }
                continue;
            }
            let Some(all) = current.and_then(|list| names.lists.get_mut(&list)) else { continue };
            match line.strip_prefix('\t') {
                Some(inside) => all.last_mut().into_iter().for_each(|name| name.inside.push(name_of(inside))),
                None => all.push(name_of(line)),
            }
        }
        Some(names)
    }
}

/// A name without a spelling, or with a spelling that would be another line, cannot be typed either.
fn push_line(text: &mut String, before: &str, name: &Name) {
    let spellings = name.spellings.iter().filter(|spelling| !escape::has_hidden(spelling));
    let line = spellings.fold(escape::visible(&name.shown), |line, spelling| line + "\t" + spelling);
    if line.contains('\t') {
        text.extend([before, &line, "\n"]);
    }
}

fn name_of(line: &str) -> Name {
    let mut parts = line.split('\t').map(str::to_owned);
    let shown = parts.next().unwrap_or_default();
    Name { spellings: parts.collect(), shown, inside: Vec::new() }
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
        Self { path: directory.join(format!("{key}.names")) }
    }

    /// What it holds, all lists or the wanted one alone, and whether that is fresh.
    pub(super) fn read(&self, wanted: Option<List>) -> Option<(Names, bool)> {
        let age = age(&self.path)?;
        let names = Names::parse(&input_file::read_text(&self.path, MOST).ok()?, wanted)?;
        let fresh = age < if names.complete { FRESH } else { FAILED };
        Some((names, fresh))
    }

    /// When it was written.
    pub(super) fn written(&self) -> Option<SystemTime> {
        fs::metadata(&self.path).and_then(|metadata| metadata.modified()).ok()
    }

    /// Keeps what is known.
    pub(super) fn write(&self, names: &Names) -> anyhow::Result<()> {
        atomic_file::write(&self.path, &names.text())
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
        if path.extension().is_some_and(|extension| extension == "names") {
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
        assert_eq!(entry.read(None), None);
        for (complete, age, fresh) in [
            (true, Duration::ZERO, true),
            (true, FRESH - Duration::from_secs(20), true),
            (true, FRESH, false),
            (false, Duration::ZERO, true),
            (false, FAILED, false),
        ] {
            entry.write(&names(complete)).expect("written");
            aged(&entry, age);
            assert_eq!(entry.read(None), Some((names(complete), fresh)), "{complete} {age:?}");
        }
        // A clock that was set back does not keep names for ever
        let file = File::options().append(true).open(&entry.path).expect("there");
        file.set_modified(SystemTime::now() + OLD).expect("a time");
        assert_eq!(entry.read(None), None);
    }

    #[test]
    fn names_are_read_as_they_were_written_and_each_list_alone() {
        let role = |name: &str, inside| Name { inside, ..Name::new([name, "r"], "FULL_ACCESS") };
        let rule = Name::new(["1", "a rule"], "[users]");
        let mut all = names(true);
        all.lists
            .insert(List::Roles, vec![role("Mig: \"ration\"", vec![rule.clone(), rule]), role("é", vec![])]);
        all.lists.insert(List::Groups, Vec::new());
        assert_eq!(Names::parse(&all.text(), None), Some(all.clone()));
        for list in [List::Users, List::Roles, List::Groups, List::Organizations] {
            let mut alone = all.clone();
            alone.lists.retain(|other, _| *other == list);
            assert_eq!(Names::parse(&all.text(), Some(list)), Some(alone), "{list:?}");
        }
    }

    #[test]
    fn no_text_is_a_line_of_its_own() {
        for text in crate::testing::hostile::TEXTS {
            let mut all = names(true);
            all.lists.insert(List::Roles, vec![Name::new([text, "r"], *text)]);
            let read = Names::parse(&all.text(), None).expect("names");
            assert_eq!(read.lists[&List::Users], all.lists[&List::Users]);
            assert_eq!(read.lists[&List::Roles].len(), 1, "{text:?}");
            assert!(read.lists[&List::Roles][0].is("r"), "{text:?}");
        }
    }

    #[test]
    fn what_is_broken_is_nothing() {
        let home = tempfile::tempdir().expect("a directory");
        let entry = Entry::in_directory(home.path(), "k");
        for text in [
            "",
            "{",
            TITLE,
            "wmrole names 1\n\n",
            "wmrole names 1\ncomplete\n[pets]\n",
            "wmrole names 2\ncomplete\n",
        ] {
            fs::write(&entry.path, text).expect("written");
            assert_eq!(entry.read(None), None, "{text}");
        }
        fs::remove_file(&entry.path).expect("removed");
        fs::create_dir(&entry.path).expect("made");
        assert_eq!(entry.read(None), None);
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
        assert!(old.read(None).is_none() && new.read(None).is_some());
    }
}
