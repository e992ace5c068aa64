//! A document: its version, its organization and its roles.

use super::parser::Parser;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::format::{DOCUMENT_KEYS, VERSION};
use crate::definition::model::Document;
use crate::definition::span::{Span, Spanned};
use crate::definition::user_files::UserFiles;
use crate::definition::yaml::{self, Node, NodeKind};
use crate::expiry::Lifetime;

/// As [`parse_file`], for a text that is in no folder, and so names no lists of users.
pub(crate) fn parse(file: usize, text: &str) -> (Option<Document>, Vec<Diagnostic>) {
    parse_file(
        file,
        text,
        UserFiles::Nowhere("this text is in no folder with files: list the users in `users`"),
    )
}

/// Parses one text; `user_files` are the lists of users that it names. The document is returned even with errors, so
/// that they can be reported together with those of other files; it must not be used if there is one.
pub(crate) fn parse_file(
    file: usize,
    text: &str,
    user_files: UserFiles<'_>,
) -> (Option<Document>, Vec<Diagnostic>) {
    parse_as(DocumentKind::Definitions, file, text, user_files)
}

/// As [`parse`], for a policy, which needs no roles. Those that it has are checked and left out.
pub(crate) fn parse_policy(file: usize, text: &str) -> (Option<Document>, Vec<Diagnostic>) {
    let (document, diagnostics) = parse_as(DocumentKind::Policy, file, text, UserFiles::Unread);
    (document.map(|document| Document { roles: Vec::new(), ..document }), diagnostics)
}

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DocumentKind {
    Definitions,
    Policy,
}

fn parse_as(
    kind: DocumentKind,
    file: usize,
    text: &str,
    user_files: UserFiles<'_>,
) -> (Option<Document>, Vec<Diagnostic>) {
    let mut parser = Parser { file, text, user_files, diagnostics: Vec::new() };
    let document = match yaml::parse(text) {
        Ok(node) => parser.document(kind, &node),
        Err(error) => {
            let span = parser.span(&error.bytes);
            let message = format!("this is not YAML: {}", error.message);
            parser.diagnostics.push(Diagnostic::error(error.code, &span, message));
            None
        }
    };
    (document, parser.diagnostics)
}

impl Parser<'_> {
    fn document(&mut self, kind: DocumentKind, node: &Node) -> Option<Document> {
        if matches!(node.kind, NodeKind::Null) {
            let error = Diagnostic::error(
                DiagnosticCode::EmptyDocument,
                &Span { file: self.file, range: 0..0 },
                "the document is empty",
            )
            .help("begin with `version: 1` and a `roles` list");
            self.diagnostics.push(error);
            return None;
        }
        let fields = self.fields(node, "the document", DOCUMENT_KEYS)?;
        self.version(node, fields.get("version").map(|(_, value)| *value));
        let organization = fields.get("organization").and_then(|(_, value)| {
            let text = self.text(value, "organization")?;
            if text.is_empty() {
                self.error(DiagnosticCode::InvalidValue, value, "organization is empty");
            }
            Some(Spanned { value: text.to_owned(), span: self.at(value) })
        });
        let protected_users = fields
            .get("protected_users")
            .map(|(_, value)| self.entities(value, "protected_users"))
            .unwrap_or_default();
        let max_lifetime = fields.get("max_lifetime").and_then(|(_, value)| self.lifetime(value));
        let accepted = fields.get("accepted").map(|(_, value)| self.accepted(value)).unwrap_or_default();
        let Some((_, roles)) = fields.get("roles") else {
            if kind == DocumentKind::Policy {
                return Some(Document {
                    file: self.file,
                    organization,
                    protected_users,
                    max_lifetime,
                    accepted,
                    roles: Vec::new(),
                });
            }
            let error = Diagnostic::error(
                DiagnosticCode::MissingRoles,
                &self.at(node),
                "the document has no roles key",
            )
            .help("write `roles:` and a list of roles under it; `roles: []` declares none");
            self.diagnostics.push(error);
            return None;
        };
        let roles = self.list(roles, "roles")?.iter().filter_map(|role| self.role(role)).collect();
        Some(Document { file: self.file, organization, protected_users, max_lifetime, accepted, roles })
    }

    fn lifetime(&mut self, node: &Node) -> Option<Spanned<Lifetime>> {
        let text = self.scalar(node, "max_lifetime")?;
        let lifetime = Lifetime::parse(&text);
        if lifetime.is_none() {
            let error = Diagnostic::error(
                DiagnosticCode::InvalidValue,
                &self.at(node),
                format!("{text:?} is not a duration that access can last"),
            )
            .help("write weeks, days or hours, as 12w, 90d or 36h");
            self.diagnostics.push(error);
        }
        Some(Spanned { value: lifetime?, span: self.at(node) })
    }

    fn version(&mut self, document: &Node, version: Option<&Node>) {
        let Some(node) = version else {
            let error = Diagnostic::error(
                DiagnosticCode::MissingVersion,
                &self.at(document),
                "the document has no version key",
            )
            .help(format!("write `version: {VERSION}` at the top"));
            self.diagnostics.push(error);
            return;
        };
        let text = match node.kind {
            NodeKind::Number => self.text.get(node.defined.clone()).unwrap_or_default(),
            _ => return self.wrong_kind(node, "version", "a number"),
        };
        if text != VERSION.to_string() {
            let error = Diagnostic::error(
                DiagnosticCode::UnsupportedVersion,
                &self.at(node),
                format!("version {text} is not supported"),
            )
            .help(format!("this wmrole supports version {VERSION}; a newer one may support {text}"));
            self.diagnostics.push(error);
        }
    }
}
