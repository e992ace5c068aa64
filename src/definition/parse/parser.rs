//! What every level of a document needs: spans, fields, and values of one type. Knows no key of the format.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::limit;
use crate::definition::model::DeclaredExpiry;
use crate::definition::span::{Span, Spanned};
use crate::definition::suggest::did_you_mean;
use crate::definition::user_files::UserFiles;
use crate::definition::yaml::{Node, NodeKind};
use crate::expiry::{self, Expires, InvalidExpiry};
use crate::id::{EntityName, Invalid};
use crate::role::{Description, LimitViolation, RuleId};

/// A text that is parsed, and the diagnostics so far.
pub(super) struct Parser<'t> {
    pub(super) file: usize,
    pub(super) text: &'t str,
    pub(super) user_files: UserFiles<'t>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The entries of a mapping, by key.
pub(super) type Fields<'n> = BTreeMap<&'n str, (&'n Node, &'n Node)>;

impl Parser<'_> {
    /// A span that can be marked: an empty range, as that of a mapping, is extended to the end of the word
    /// that it stands at.
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let mut range = range.clone();
        if range.is_empty() {
            let rest = self.text.get(range.start..).unwrap_or_default();
            range.end += rest.find([':', '\n', ' ']).unwrap_or(rest.len());
        }
        Span { file: self.file, range }
    }

    pub(super) fn at(&self, node: &Node) -> Span {
        self.span(&node.bytes)
    }

    pub(super) fn error(&mut self, code: DiagnosticCode, node: &Node, message: impl Into<String>) {
        let span = self.at(node);
        self.diagnostics.push(Diagnostic::error(code, &span, message));
    }

    pub(super) fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        let error = Diagnostic::error(
            DiagnosticCode::WrongValueType,
            &self.at(node),
            format!("{what} must be {wanted}"),
        )
        .label(format!("this is {}", node.kind.name()));
        let error = match node.kind {
            NodeKind::Bool(_) if wanted == "a string" => error.help("put it in quotes"),
            NodeKind::Null => error.help(format!("write {wanted}, or remove the key")),
            _ => error,
        };
        self.diagnostics.push(error);
    }

    pub(super) fn fields<'n>(&mut self, node: &'n Node, what: &str, keys: &[&str]) -> Option<Fields<'n>> {
        let NodeKind::Map(entries) = &node.kind else {
            self.wrong_kind(node, what, "a mapping");
            return None;
        };
        let mut fields = Fields::new();
        for (key, value) in entries {
            let NodeKind::Text(name) = &key.kind else {
                self.error(DiagnosticCode::KeyNotString, key, format!("a key of {what} must be a string"));
                continue;
            };
            if !keys.contains(&name.as_str()) {
                let error = Diagnostic::error(
                    DiagnosticCode::UnknownKey,
                    &self.at(key),
                    format!("unknown key {name} in {what}"),
                )
                .help(format!("the keys of {what} are {}", keys.join(", ")))
                .maybe_help(did_you_mean(name, keys.iter().copied()));
                self.diagnostics.push(error);
            } else if let Some((first, _)) = fields.get(name.as_str()) {
                let error = Diagnostic::error(
                    DiagnosticCode::DuplicateKey,
                    &self.at(key),
                    format!("{name} is given twice in {what}"),
                )
                .related(&self.at(first), "first given here");
                self.diagnostics.push(error);
            } else {
                fields.insert(name, (key, value));
            }
        }
        Some(fields)
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str>
    where
        Self: 'n,
    {
        match &node.kind {
            NodeKind::Text(text) => Some(text),
            _ => {
                self.wrong_kind(node, what, "a string");
                None
            }
        }
    }

    /// A string, or a number as it is written.
    pub(super) fn scalar(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.kind {
            NodeKind::Number => self.text.get(node.defined.clone()).map(str::to_owned),
            _ => self.text(node, what).map(str::to_owned),
        }
    }

    pub(super) fn parsed<T>(
        &mut self,
        node: &Node,
        what: &str,
        parse: impl FnOnce(String) -> Result<T, Invalid>,
    ) -> Option<Spanned<T>> {
        let text = self.scalar(node, what)?;
        match parse(text) {
            Ok(value) => Some(Spanned { value, span: self.at(node) }),
            Err(error) => {
                self.error(DiagnosticCode::InvalidValue, node, error.to_string());
                None
            }
        }
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.kind {
            NodeKind::List(items) => Some(items),
            _ => {
                self.wrong_kind(node, what, "a list");
                None
            }
        }
    }

    /// A description of what can end: the line that keeps the end is no text of it.
    pub(super) fn description(&mut self, node: &Node) -> Option<Description> {
        let description = self.description_of_deny(node)?;
        if expiry::is_in(description.as_str()) {
            let line = description.as_str().trim_end().lines().next_back().unwrap_or_default().trim();
            let error = Diagnostic::error(
                DiagnosticCode::ExpiryInDescription,
                &self.at(node),
                format!("the description ends in a line that would be read as when access ends: {line}"),
            )
            .help("take the line out of the description, and write the date as `expires`");
            self.diagnostics.push(error);
        }
        Some(description)
    }

    /// A description of a DENY rule, which never ends.
    pub(super) fn description_of_deny(&mut self, node: &Node) -> Option<Description> {
        self.parsed(node, "a description", Description::parse).map(|found| found.value)
    }

    /// When a role or a rule ends.
    pub(super) fn expires(&mut self, node: &Node) -> Option<DeclaredExpiry> {
        let text = self.scalar(node, "expires")?;
        if text == "never" {
            return Some(DeclaredExpiry::Never);
        }
        let help = match expiry::lifetime(&text) {
            Some(_) => "a duration would begin anew with each run: write the date that it comes to",
            None => "`expires: never` takes a date away",
        };
        let invalid = |error: InvalidExpiry| {
            Diagnostic::error(DiagnosticCode::InvalidValue, &self.at(node), error.to_string()).help(help)
        };
        match Expires::parse(&text).map_err(invalid) {
            Ok(end) => Some(DeclaredExpiry::On(end)),
            Err(error) => {
                self.diagnostics.push(error);
                None
            }
        }
    }

    /// Says where a description is too long with the line that keeps an end.
    pub(super) fn fits(
        &mut self,
        node: &Node,
        rule: Option<&RuleId>,
        description: Option<&Description>,
        expires: Option<&DeclaredExpiry>,
    ) {
        let end = DeclaredExpiry::over(expires, None);
        if let Some(violation) = LimitViolation::of_description(rule, description, end.as_ref()) {
            self.diagnostics.push(limit::diagnostic(&self.at(node), &violation));
        }
    }

    /// A list of users or groups; reports an empty list and duplicates.
    pub(super) fn entities(&mut self, node: &Node, what: &str) -> Vec<Spanned<EntityName>> {
        let Some(items) = self.list(node, what) else { return Vec::new() };
        if items.is_empty() {
            let error =
                Diagnostic::error(DiagnosticCode::EmptyList, &self.at(node), format!("{what} is empty"))
                    .help("list at least one, or remove the key");
            self.diagnostics.push(error);
        }
        let mut found: Vec<Spanned<EntityName>> = Vec::new();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for item in items {
            let Some(entity) = self.parsed(item, &format!("an entry of {what}"), EntityName::parse) else {
                continue;
            };
            let folded = entity.value.as_str().to_lowercase();
            if let Some(first) = seen.get(&folded) {
                let error = Diagnostic::error(
                    DiagnosticCode::DuplicateEntry,
                    &entity.span,
                    format!("{} is listed twice in {what}", entity.value),
                )
                .related(first, "first listed here");
                self.diagnostics.push(error);
            } else {
                seen.insert(folded, entity.span.clone());
                found.push(entity);
            }
        }
        found
    }
}

/// The service's spelling: upper case, with `_` for dashes and spaces.
pub(super) fn normal(text: &str) -> String {
    text.trim().to_uppercase().replace(['-', ' '], "_")
}
