//! `users_from`: lists of users in files beside a definition.
//!
//! A definition may come from a stranger, as in a pull request, and what is said about it stands in a log that others
//! read. So a list is a regular file below the definition's folder, never one behind a link or a hidden one, and no
//! message quotes what it holds.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::model::Document;
use crate::input_file::{self, MOST_OF_A_DEFINITION};
use crate::user_list::{Problem, Row, rows};

/// A list that was read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserFile {
    /// The path, the definition's folder included.
    pub name: String,
    pub rows: Vec<Row>,
}

/// Where the lists are that a definition names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum UserFiles<'a> {
    /// Below its folder.
    Below(&'a Path),
    /// In a saved plan, by the names that they had below its folder.
    Saved { folder: &'a Path, files: &'a [UserFile] },
    /// There is no folder, for this reason.
    Nowhere(&'static str),
    /// Nobody needs them: the rules are checked and left out.
    Unread,
}

/// Why a list cannot be used, in lines that quote nothing of it.
pub(super) type Unusable = Vec<String>;

impl UserFiles<'_> {
    /// Reads a list; none where nobody needs it.
    ///
    /// # Errors
    /// When it is no regular file below the folder, cannot be read, is wrong, or names nobody.
    pub(super) fn read(&self, path: &str) -> Result<Option<UserFile>, Unusable> {
        let below = relative(path)?;
        let name = |folder: &Path| folder.join(&below).display().to_string();
        match self {
            Self::Unread => Ok(None),
            Self::Nowhere(why) => Err(vec![(*why).to_owned()]),
            Self::Saved { folder, files } => {
                let name = name(folder);
                let saved = files.iter().find(|file| file.name == name).cloned();
                saved.map(Some).ok_or_else(|| vec![format!("{name} is not in the saved plan")])
            }
            Self::Below(folder) => {
                let name = name(folder);
                let bytes = input_file::read_below(folder, &below, MOST_OF_A_DEFINITION)
                    .map_err(|error| vec![format!("cannot read {name}: {error}")])?;
                let rows = rows(&bytes).map_err(|problems| told(&name, &problems))?;
                Ok(Some(UserFile { name, rows }))
            }
        }
    }
}

/// Each kind of problem once, with all its lines.
fn told(file: &str, problems: &[Problem]) -> Unusable {
    let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for Problem { line, what } in problems {
        kinds.entry(what).or_default().extend(line);
    }
    let told = |(what, lines): (&str, Vec<usize>)| match lines.is_empty() {
        true => format!("{file} {what}"),
        false => format!("{}: {what}", at_lines(file, &lines)),
    };
    kinds.into_iter().map(told).collect()
}

fn relative(path: &str) -> Result<PathBuf, Unusable> {
    let wrong = |why: &str| Err(vec![why.to_owned()]);
    let mut below = PathBuf::new();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) if name.as_encoded_bytes().starts_with(b".") => {
                return wrong("a hidden file is never read");
            }
            Component::Normal(name) => below.push(name),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return wrong("the file must be in the folder of the definition or below it");
            }
        }
    }
    if below.as_os_str().is_empty() { wrong("no file is named") } else { Ok(below) }
}

/// The lists that documents name, each once.
pub(crate) fn of_documents(documents: &[Document]) -> Vec<UserFile> {
    let rules = documents.iter().flat_map(|document| &document.roles).flat_map(|role| &role.rules);
    let mut files: Vec<UserFile> = Vec::new();
    for list in rules.filter_map(|rule| rule.targets.users_from()) {
        if !files.iter().any(|file| file.name == list.file) {
            let row =
                |(line, name): &(usize, crate::id::EntityName)| Row { line: *line, text: name.to_string() };
            files.push(UserFile { name: list.file.clone(), rows: list.rows.iter().map(row).collect() });
        }
    }
    files
}

/// The lines of a file, as `wave.csv:3` or `wave.csv, lines 3, 5-7`.
pub(super) fn at_lines(file: &str, lines: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *line => *last = *line,
            _ => runs.push((*line, *line)),
        }
    }
    let run = |(first, last): &(usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    match lines {
        [line] => format!("{file}:{line}"),
        _ => format!("{file}, lines {}", runs.iter().map(run).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(path: &str) -> String {
        relative(path).expect_err("an error").join("; ")
    }

    #[test]
    fn a_list_is_below_the_folder_and_not_hidden() {
        for path in ["wave.csv", "./wave.csv", "waves//7.csv", "waves/./7.csv"] {
            assert!(relative(path).is_ok(), "{path}");
        }
        for path in ["/etc/passwd", "../wave.csv", "waves/../../x", "waves/..", "//x"] {
            assert_eq!(wrong(path), "the file must be in the folder of the definition or below it", "{path}");
        }
        for path in [".env", ".git/config", "waves/.netrc"] {
            assert_eq!(wrong(path), "a hidden file is never read", "{path}");
        }
        for path in ["", ".", "./"] {
            assert_eq!(wrong(path), "no file is named", "{path}");
        }
    }

    #[test]
    fn lines_are_told_in_short() {
        assert_eq!(at_lines("f", &[3]), "f:3");
        assert_eq!(at_lines("f", &[3, 5, 6, 7, 9, 10]), "f, lines 3, 5-7, 9-10");
    }

    #[test]
    fn a_saved_list_is_found_by_its_name_alone() {
        let row = Row { line: 1, text: "alice".into() };
        let files = [UserFile { name: "roles/wave.csv".into(), rows: vec![row] }];
        let read = |folder: &str, path: &str| {
            let saved = UserFiles::Saved { folder: Path::new(folder), files: &files };
            saved.read(path).map(|file| file.map(|file| file.rows.len()))
        };
        assert_eq!(read("roles", "./wave.csv"), Ok(Some(1)));
        assert_eq!(read("", "wave.csv"), Err(vec!["wave.csv is not in the saved plan".to_owned()]));
        assert!(read("roles", "../roles/wave.csv").is_err());
        assert_eq!(UserFiles::Unread.read("wave.csv"), Ok(None));
        assert_eq!(UserFiles::Nowhere("why").read("wave.csv"), Err(vec!["why".to_owned()]));
    }
}
