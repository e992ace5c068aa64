//! Files, directories and stdin to documents, with the diagnostics of all of them. Knows no directory of users.

mod consistency;
mod files;

use std::io::Read;
use std::path::{Path, PathBuf};

use super::code::DiagnosticCode;
use super::diagnostic::{Diagnostic, has_errors};
use super::model::Document;
use super::parse::{parse_file, parse_policy};
use super::span::{Sources, Span};
use super::user_files::{UserFile, UserFiles};
use crate::input_file::{self, MOST_OF_A_DEFINITION};
pub(crate) use consistency::check_spellings;
use consistency::check_together;
use files::{FileCollector, ReadErrors, is_stdin};

/// Of a definition that is no file.
const WITHOUT_FOLDER: UserFiles<'static> =
    UserFiles::Nowhere("a definition from stdin has no folder with files: list the users in `users`");

/// The name of standard input in messages.
pub(crate) const STDIN: &str = "<stdin>";

/// Everything that was read in one call.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub sources: Sources,
    /// Must not be used if [`Loaded::has_errors`].
    pub documents: Vec<Document>,
    /// Policies, which hold for every organization unless they name one. Their roles are left out.
    pub policies: Vec<Document>,
    /// In the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    pub(crate) fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// The documents of each organization as the files spell it, in the order in which the organizations
    /// first appear. Documents without an organization are one group.
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

    /// Adds a policy, whose protected users hold besides those of the documents.
    pub(crate) fn add_policy(&mut self, name: String, text: String) {
        let file = self.sources.add(name, text);
        let text = self.sources.get(file).map_or("", |source| &source.text);
        let (policy, diagnostics) = parse_policy(file, text);
        self.policies.extend(policy);
        self.diagnostics.extend(diagnostics);
    }

    fn check_across(&mut self) {
        let organizations = self.organizations();
        let across: Vec<_> = organizations.into_iter().flat_map(|(_, d)| check_together(&d)).collect();
        self.diagnostics.extend(across);
    }

    fn add(&mut self, name: String, bytes: Vec<u8>, user_files: UserFiles<'_>) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
        match String::from_utf8(bytes) {
            Ok(text) => {
                let file = self.sources.add(name, text);
                let text = self.sources.get(file).map_or("", |source| &source.text);
                let (document, diagnostics) = parse_file(file, text, user_files);
                self.documents.extend(document);
                self.diagnostics.extend(diagnostics);
            }
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let range = start..start + char::REPLACEMENT_CHARACTER.len_utf8();
                let span = Span { file: self.sources.add(name, text), range };
                let error = Diagnostic::error(DiagnosticCode::NotUtf8, &span, "the file is not UTF-8")
                    .label("this is not valid UTF-8")
                    .help("save the file as UTF-8");
                self.diagnostics.push(error);
            }
        }
    }
}

/// Reads files, directories (at any depth, `.yaml` and `.yml`, sorted, without hidden ones) and, for `-`,
/// `stdin`. A path that is given twice is read once.
///
/// # Errors
/// [`ReadErrors`] if a file or a directory cannot be read, or a directory has no definitions; if it is a pipe or a
/// device, or has more than 16 MiB. An error *in* a file is a diagnostic.
pub(crate) fn load(paths: &[PathBuf], mut stdin: impl Read) -> anyhow::Result<Loaded> {
    let mut found = FileCollector::default();
    let mut loaded = Loaded::default();
    for path in paths {
        found.add(path);
    }
    let FileCollector { files, mut problems, .. } = found;
    for path in files {
        let (name, result) = if is_stdin(&path) {
            (STDIN.to_owned(), input_file::up_to(&mut stdin, MOST_OF_A_DEFINITION))
        } else {
            (path.display().to_string(), input_file::read(&path, MOST_OF_A_DEFINITION))
        };
        match result {
            Ok(bytes) if is_stdin(&path) => loaded.add(name, bytes, WITHOUT_FOLDER),
            Ok(bytes) => loaded.add(name, bytes, UserFiles::Below(folder(&path))),
            Err(error) => problems.push((PathBuf::from(name), error)),
        }
    }
    if !problems.is_empty() {
        return Err(ReadErrors(problems).into());
    }
    loaded.check_across();
    Ok(loaded)
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// As [`load`], for texts that are in memory, each with its name in messages, and the lists of users that they name.
pub(crate) fn of_texts(texts: impl IntoIterator<Item = (String, String)>, user_files: &[UserFile]) -> Loaded {
    let mut loaded = Loaded::default();
    for (name, text) in texts {
        let path = PathBuf::from(&name);
        let user_files = match name == STDIN {
            true => WITHOUT_FOLDER,
            false => UserFiles::Saved { folder: folder(&path), files: user_files },
        };
        loaded.add(name, text.into_bytes(), user_files);
    }
    loaded.check_across();
    loaded
}

#[cfg(test)]
mod tests;
