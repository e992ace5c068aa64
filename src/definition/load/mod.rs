//! Files, directories and stdin into documents, and the checks that need more than one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::code::DiagnosticCode;
use super::diagnostic::{Diagnostic, has_errors};
use super::model::{Document, RoleDefinition};
use super::parse::parse;
use super::span::{Sources, Span};
use crate::role::{RoleId, RoleName};

/// What messages call the text that came through stdin.
pub(crate) const STDIN: &str = "<stdin>";

/// Everything that was read in one call.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The texts, for messages.
    pub sources: Sources,
    /// What could be read; not to be used when [`Loaded::has_errors`].
    pub documents: Vec<Document>,
    /// What is wrong, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// Files that could not be read, all of them.
#[derive(Debug)]
pub(crate) struct ReadErrors(Vec<(PathBuf, io::Error)>);

impl fmt::Display for ReadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (path, error)) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "cannot read {}: {error}", path.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadErrors {}

impl Loaded {
    /// Is anything wrong that must be mended first?
    pub(crate) fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// The documents of each organization as the files spell it, in the order in which the
    /// organizations first appear. Documents that name none are a group of their own.
    pub(crate) fn organizations(&self) -> Vec<(Option<&str>, Vec<&Document>)> {
        let mut groups: Vec<(Option<&str>, Vec<&Document>)> = Vec::new();
        for document in &self.documents {
            let organization = document.organization.as_ref().map(|found| found.value.as_str());
            match groups.iter_mut().find(|(name, _)| *name == organization) {
                Some((_, documents)) => documents.push(document),
                None => groups.push((organization, vec![document])),
            }
        }
        groups
    }

    fn check_across(&mut self) {
        let organizations = self.organizations();
        let across: Vec<_> = organizations.into_iter().flat_map(|(_, d)| check_together(&d)).collect();
        self.diagnostics.extend(across);
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
        match String::from_utf8(bytes) {
            Ok(text) => {
                let file = self.sources.add(name, text);
                let text = self.sources.get(file).map_or("", |source| &source.text);
                let (document, diagnostics) = parse(file, text);
                self.documents.extend(document);
                self.diagnostics.extend(diagnostics);
            }
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let range = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
                let span = Span { file: self.sources.add(name, text), range };
                let error = Diagnostic::error(DiagnosticCode::NotUtf8, &span, "the file is not UTF-8")
                    .label("this is no character in UTF-8")
                    .help("save the file as UTF-8");
                self.diagnostics.push(error);
            }
        }
    }
}

/// Reads files, directories (at any depth, `.yaml` and `.yml`, sorted, hidden ones left out) and,
/// for `-`, `stdin`. What is given twice is read once.
///
/// # Errors
/// [`ReadErrors`] when a file or a directory cannot be read, or a directory has no definitions in
/// it. What is wrong *in* a file is a diagnostic.
pub(crate) fn load(paths: &[PathBuf], mut stdin: impl Read) -> anyhow::Result<Loaded> {
    let mut found = FileCollector::default();
    let mut loaded = Loaded::default();
    for path in paths {
        found.add(path);
    }
    let FileCollector { files, mut problems, .. } = found;
    for path in files {
        let mut bytes = Vec::new();
        let (name, result) = if is_stdin(&path) {
            (STDIN.to_owned(), stdin.read_to_end(&mut bytes).map(|_| bytes))
        } else {
            (path.display().to_string(), fs::read(&path))
        };
        match result {
            Ok(bytes) => loaded.add(name, bytes),
            Err(error) => problems.push((PathBuf::from(name), error)),
        }
    }
    if !problems.is_empty() {
        return Err(ReadErrors(problems).into());
    }
    loaded.check_across();
    Ok(loaded)
}

/// As [`load`] for texts that are at hand, each with what messages call it.
pub(crate) fn of_texts(texts: impl IntoIterator<Item = (String, String)>) -> Loaded {
    let mut loaded = Loaded::default();
    for (name, text) in texts {
        loaded.add(name, text.into_bytes());
    }
    loaded.check_across();
    loaded
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The files to read, in order.
#[derive(Default)]
struct FileCollector {
    files: Vec<PathBuf>,
    /// Files and directories already met, whatever way they were spelt: symbolic links can loop.
    seen: BTreeSet<PathBuf>,
    problems: Vec<(PathBuf, io::Error)>,
}

impl FileCollector {
    fn add(&mut self, path: &Path) {
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
            // A file that is missing is told where it is read
            Ok(_) | Err(_) => self.file(path),
        }
    }

    fn is_new(&mut self, path: &Path) -> bool {
        // What has no path of its own, as a pipe in /dev/fd, is known by the one given
        self.seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn file(&mut self, path: &Path) {
        if self.is_new(path) {
            self.files.push(path.to_owned());
        }
    }

    /// Adds a directory's files, and gives how many definitions are in it, those already known too.
    fn walk(&mut self, directory: &Path) -> io::Result<usize> {
        if !self.is_new(directory) {
            return Ok(1);
        }
        let mut entries = fs::read_dir(directory)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        // Sorted, since the order of a directory is another on each machine
        entries.sort();
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

/// Checks the roles of one organization's documents against each other: each declared once, and
/// each former name claimed once.
fn check_together(documents: &[&Document]) -> Vec<Diagnostic> {
    let roles: Vec<_> = documents.iter().flat_map(|document| &document.roles).collect();
    let mut diagnostics = declared_twice(&roles);
    diagnostics.extend(former_names(&roles));
    diagnostics
}

/// As [`check_together`], for documents of one organization that spell it otherwise: [`load`] has compared
/// those that spell it alike.
pub(crate) fn check_spellings(documents: &[&Document]) -> Vec<Diagnostic> {
    let spelt = documents.iter().map(|document| document.organization.as_ref().map(|found| &found.value));
    if spelt.collect::<BTreeSet<_>>().len() > 1 { check_together(documents) } else { Vec::new() }
}

fn declared_twice(roles: &[&RoleDefinition]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut names: BTreeMap<&RoleName, &Span> = BTreeMap::new();
    let mut ids: BTreeMap<&RoleId, &Span> = BTreeMap::new();
    let mut pinned: BTreeMap<&RoleName, &Span> = BTreeMap::new();
    for role in roles {
        // Two live roles may share a name; then each declaration says by its id which one it is
        let other = match &role.id {
            Some(_) => names.get(&role.name.value),
            None => pinned.get(&role.name.value),
        };
        if let Some(first) = other {
            let message =
                format!("the role {} is declared twice, once with an id and once without", role.name.value);
            let error = Diagnostic::error(DiagnosticCode::DuplicateRole, &role.name.span, message)
                .related(first, "first declared here")
                .help("remove one; where two live roles share a name, give each its `id`");
            diagnostics.push(error);
            continue;
        }
        if role.id.is_some() {
            pinned.entry(&role.name.value).or_insert(&role.name.span);
        }
        let (first, span, what) = match &role.id {
            Some(id) => (ids.get(&id.value), &id.span, format!("the role id {}", id.value)),
            None => (names.get(&role.name.value), &role.name.span, format!("the role {}", role.name.value)),
        };
        if let Some(first) = first {
            let error =
                Diagnostic::error(DiagnosticCode::DuplicateRole, span, format!("{what} is declared twice"))
                    .related(first, "first declared here")
                    .help("remove one; where two live roles share a name, give each its `id`");
            diagnostics.push(error);
            continue;
        }
        match &role.id {
            Some(id) => ids.insert(&id.value, &id.span),
            None => names.insert(&role.name.value, &role.name.span),
        };
    }
    diagnostics
}

fn former_names(roles: &[&RoleDefinition]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut claims: BTreeMap<&RoleName, &Span> = BTreeMap::new();
    for role in roles {
        for former in &role.previously {
            if former.value == role.name.value {
                let error = Diagnostic::error(
                    DiagnosticCode::PreviouslyCurrentName,
                    &former.span,
                    format!("{} is the role's name, so it is no former one", former.value),
                )
                .related(&role.name.span, "the name")
                .help("leave it out of previously");
                diagnostics.push(error);
            } else if let Some(first) = claims.get(&former.value) {
                let message = format!("the former name {} is claimed twice", former.value);
                diagnostics.push(
                    Diagnostic::error(DiagnosticCode::DuplicateFormerName, &former.span, message)
                        .related(first, "first claimed here")
                        .help("a live role can be renamed to one name only"),
                );
            } else {
                claims.insert(&former.value, &former.span);
            }
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests;
