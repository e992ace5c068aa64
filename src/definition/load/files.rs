//! Paths to the files to read. Does not open the files.

use crate::sorted;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Every file or directory that could not be read.
#[derive(Debug)]
pub(crate) struct ReadErrors(pub(super) Vec<(PathBuf, io::Error)>);

impl fmt::Display for ReadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (path, error)) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            write!(f, "cannot read {}: {error}", path.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadErrors {}

/// Does the path mean standard input?
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The files to read, in order.
#[derive(Default)]
pub(super) struct FileCollector {
    pub(super) files: Vec<PathBuf>,
    /// Files and directories already visited, as canonical paths: symbolic links can loop.
    seen: BTreeSet<PathBuf>,
    pub(super) problems: Vec<(PathBuf, io::Error)>,
}

impl FileCollector {
    pub(super) fn add(&mut self, path: &Path) {
        if is_stdin(path) {
            if self.seen.insert(path.to_owned()) {
                self.files.push(path.to_owned());
            }
            return;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => match self.walk(path) {
                Ok(0) => {
                    let error = io::Error::new(
                        io::ErrorKind::NotFound,
                        "there are no .yaml or .yml files in this directory",
                    );
                    self.problems.push((path.to_owned(), error));
                }
                Ok(_) => {}
                Err(error) => self.problems.push((path.to_owned(), error)),
            },
            // A missing file is reported when it is read
            Ok(_) | Err(_) => self.file(path),
        }
    }

    fn is_new(&mut self, path: &Path) -> bool {
        // A pipe in /dev/fd has no canonical path
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn file(&mut self, path: &Path) {
        if self.is_new(path) {
            self.files.push(path.to_owned());
        }
    }

    /// Adds a directory's files and returns how many it has, those already visited included.
    fn walk(&mut self, directory: &Path) -> io::Result<usize> {
        if !self.is_new(directory) {
            return Ok(1);
        }
        let mut entries = fs::read_dir(directory)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        // Sorted, since the order of a directory differs between machines
        sorted::by(&mut entries, Ord::cmp);
        let mut count = 0;
        for path in entries.iter().filter(|path| !is_hidden(path)) {
            if path.is_dir() {
                match self.walk(path) {
                    Ok(more) => count += more,
                    Err(error) => {
                        self.problems.push((path.clone(), error));
                        count += 1;
                    }
                }
            } else if is_definition(path) {
                self.file(path);
                count += 1;
            }
        }
        Ok(count)
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_definition(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
