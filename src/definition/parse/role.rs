//! A role: its name, its type, its former names and its expectations.

use super::parser::{Parser, normal};
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::format::{EXPECT_KEYS, ROLE_KEYS};
use crate::definition::model::{Expectations, RoleDefinition};
use crate::definition::span::Spanned;
use crate::definition::suggest::did_you_mean;
use crate::definition::yaml::{Node, NodeKind};
use crate::role::{RoleId, RoleName, RoleType};
use crate::sorted;

impl Parser<'_> {
    pub(super) fn role(&mut self, node: &Node) -> Option<RoleDefinition> {
        let fields = self.fields(node, "a role", ROLE_KEYS)?;
        let value = |key: &str| fields.get(key).map(|(_, value)| *value);
        let name = match value("name") {
            Some(name) => self.parsed(name, "a role's name", RoleName::parse),
            None => {
                self.error(DiagnosticCode::RoleWithoutName, node, "the role has no name");
                None
            }
        };
        let id = value("id").and_then(|id| self.parsed(id, "a role's id", RoleId::parse));
        let description = value("description").and_then(|text| self.description(text));
        let role_type = match value("type") {
            Some(text) => self.role_type(text),
            None => {
                let error = Diagnostic::error(
                    DiagnosticCode::RoleWithoutType,
                    &self.at(node),
                    "the role has no type",
                )
                .help("write `type: READ_ONLY` or `type: FULL_ACCESS`");
                self.diagnostics.push(error);
                None
            }
        };
        let previously = value("previously").map(|list| self.previous_names(list)).unwrap_or_default();
        let expires = value("expires").and_then(|end| self.expires(end));
        if let Some(text) = value("description") {
            self.fits(text, None, description.as_ref(), expires.as_ref());
        }
        let rules = value("rules").map(|list| self.rules(list)).unwrap_or_default();
        let expect = value("expect").map(|expect| self.expectations(expect)).unwrap_or_default();
        Some(RoleDefinition {
            name: name?,
            id,
            description,
            role_type: role_type?,
            previously,
            expires,
            rules,
            expect,
        })
    }

    fn role_type(&mut self, node: &Node) -> Option<Spanned<RoleType>> {
        let text = self.text(node, "type")?;
        let role_type = match normal(text).as_str() {
            "READ_ONLY" => RoleType::ReadOnly,
            "FULL_ACCESS" => RoleType::FullAccess,
            _ => {
                let help = did_you_mean(text, ["READ_ONLY", "FULL_ACCESS"]);
                let error = Diagnostic::error(
                    DiagnosticCode::UnknownRoleType,
                    &self.at(node),
                    format!("{text} is not a role type"),
                )
                .help("the types are READ_ONLY and FULL_ACCESS")
                .maybe_help(help);
                self.diagnostics.push(error);
                return None;
            }
        };
        Some(Spanned { value: role_type, span: self.at(node) })
    }

    fn previous_names(&mut self, node: &Node) -> Vec<Spanned<RoleName>> {
        // A single former name needs no list
        let items = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if items.is_empty() {
            let error = Diagnostic::error(DiagnosticCode::EmptyList, &self.at(node), "previously is empty")
                .help("list at least one, or remove the key");
            self.diagnostics.push(error);
        }
        items.iter().filter_map(|item| self.parsed(item, "a role's former name", RoleName::parse)).collect()
    }

    fn expectations(&mut self, node: &Node) -> Expectations {
        let Some(fields) = self.fields(node, "expect", EXPECT_KEYS) else { return Expectations::default() };
        let mut list =
            |key: &str| fields.get(key).map(|(_, value)| self.entities(value, key)).unwrap_or_default();
        let (allow, deny) = (list("allow"), list("deny"));
        let allowed = sorted::set(allow.iter().map(|user| &user.value));
        for both in deny.iter().filter(|user| allowed.contains(&user.value)) {
            let error = Diagnostic::error(
                DiagnosticCode::ContradictoryExpectation,
                &both.span,
                format!("{} is in both `allow` and `deny`", both.value),
            );
            self.diagnostics.push(error);
        }
        Expectations { allow, deny }
    }
}
