//! From a YAML tree to a [`Document`], with every error told and none guessed around.

use std::collections::BTreeMap;

use super::code::DiagnosticCode;
use super::diagnostic::Diagnostic;
use super::limit;
use super::model::{
    Document, Expectations, RoleDefinition, RuleDefinition, TargetsDefinition, derive_rule_id,
};
use super::span::{Span, Spanned};
use super::suggest::did_you_mean;
use super::yaml::{self, Node, NodeKind};
use crate::id::{EntityName, Invalid};
use crate::role::{
    Description, Effect, LimitViolation, MAX_USERS, RoleId, RoleName, RoleType, RuleId, RuleName,
};

/// The version of the format that this program reads.
pub(crate) const VERSION: u32 = 1;

/// The keys of each level, in the order that `export` writes them and the schema lists them.
pub(super) const DOCUMENT_KEYS: &[&str] = &["version", "organization", "protected_users", "roles"];
pub(super) const ROLE_KEYS: &[&str] = &["name", "id", "description", "type", "previously", "rules", "expect"];
pub(super) const RULE_KEYS: &[&str] =
    &["name", "id", "description", "effect", "everyone", "users", "groups", "except_users", "except_groups"];
pub(super) const EXPECT_KEYS: &[&str] = &["allow", "deny"];

/// Reads one text. What could be read is given even where there are errors, so that they can be
/// told together with those of other files; it must not be used when one is an error.
pub(crate) fn parse(file: usize, text: &str) -> (Option<Document>, Vec<Diagnostic>) {
    let mut parser = Parser { file, text, diagnostics: Vec::new() };
    let document = match yaml::parse(text) {
        Ok(node) => parser.document(&node),
        Err(error) => {
            let span = parser.span(&error.bytes);
            let message = format!("this is not YAML: {}", error.message);
            parser.diagnostics.push(Diagnostic::error(error.code, &span, message));
            None
        }
    };
    (document, parser.diagnostics)
}

struct Parser<'t> {
    file: usize,
    text: &'t str,
    diagnostics: Vec<Diagnostic>,
}

/// The entries of a mapping, by key.
type Fields<'n> = BTreeMap<&'n str, (&'n Node, &'n Node)>;

impl Parser<'_> {
    /// A span that can be marked: a mapping begins where its first key does, and an empty value
    /// is marked by what stands before it.
    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        let mut range = range.clone();
        if range.is_empty() {
            let rest = self.text.get(range.start..).unwrap_or_default();
            range.end += rest.find([':', '\n', ' ']).unwrap_or(rest.len());
        }
        Span { file: self.file, range }
    }

    fn at(&self, node: &Node) -> Span {
        self.span(&node.bytes)
    }

    fn error(&mut self, code: DiagnosticCode, node: &Node, message: impl Into<String>) {
        let span = self.at(node);
        self.diagnostics.push(Diagnostic::error(code, &span, message));
    }

    fn wrong_kind(&mut self, node: &Node, what: &str, wanted: &str) {
        let error = Diagnostic::error(
            DiagnosticCode::WrongValueType,
            &self.at(node),
            format!("{what} must be {wanted}"),
        )
        .label(format!("this is {}", node.kind.name()));
        let error = match node.kind {
            NodeKind::Bool(_) if wanted == "a text" => error.help("write it in quotes"),
            NodeKind::Null => error.help(format!("write {wanted}, or leave the key out")),
            _ => error,
        };
        self.diagnostics.push(error);
    }

    fn fields<'n>(&mut self, node: &'n Node, what: &str, keys: &[&str]) -> Option<Fields<'n>> {
        let NodeKind::Map(entries) = &node.kind else {
            self.wrong_kind(node, what, "a mapping");
            return None;
        };
        let mut fields = Fields::new();
        for (key, value) in entries {
            let NodeKind::Text(name) = &key.kind else {
                self.error(DiagnosticCode::KeyNotString, key, format!("a key of {what} must be a text"));
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

    fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str>
    where
        Self: 'n,
    {
        match &node.kind {
            NodeKind::Text(text) => Some(text),
            _ => {
                self.wrong_kind(node, what, "a text");
                None
            }
        }
    }

    /// A text, or a number read as the text that stands there.
    fn scalar(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.kind {
            NodeKind::Number => self.text.get(node.defined.clone()).map(str::to_owned),
            _ => self.text(node, what).map(str::to_owned),
        }
    }

    fn parsed<T>(
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

    fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.kind {
            NodeKind::List(items) => Some(items),
            _ => {
                self.wrong_kind(node, what, "a list");
                None
            }
        }
    }

    fn document(&mut self, node: &Node) -> Option<Document> {
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
        let Some((_, roles)) = fields.get("roles") else {
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
        Some(Document { file: self.file, organization, protected_users, roles })
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
                format!("version {text} is not known"),
            )
            .help(format!("this wmrole reads version {VERSION}; a newer one may read {text}"));
            self.diagnostics.push(error);
        }
    }

    fn role(&mut self, node: &Node) -> Option<RoleDefinition> {
        let fields = self.fields(node, "a role", ROLE_KEYS)?;
        let value = |key: &str| fields.get(key).map(|(_, value)| *value);
        let name = match value("name") {
            Some(name) => self.parsed(name, "a role's name", RoleName::parse),
            None => {
                self.error(DiagnosticCode::RoleWithoutName, node, "a role has no name");
                None
            }
        };
        let id = value("id").and_then(|id| self.parsed(id, "a role's id", RoleId::parse));
        let description = value("description").and_then(|text| self.description(text));
        let role_type = match value("type") {
            Some(text) => self.role_type(text),
            None => {
                let error =
                    Diagnostic::error(DiagnosticCode::RoleWithoutType, &self.at(node), "a role has no type")
                        .help("write `type: READ_ONLY` or `type: FULL_ACCESS`");
                self.diagnostics.push(error);
                None
            }
        };
        let previously = value("previously").map(|list| self.previous_names(list)).unwrap_or_default();
        let rules = value("rules").map(|list| self.rules(list)).unwrap_or_default();
        let expect = value("expect").map(|expect| self.expectations(expect)).unwrap_or_default();
        Some(RoleDefinition {
            name: name?,
            id,
            description,
            role_type: role_type?,
            previously,
            rules,
            expect,
        })
    }

    fn description(&mut self, node: &Node) -> Option<Description> {
        self.parsed(node, "a description", Description::parse).map(|found| found.value)
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
                    format!("{text} is no role type"),
                )
                .help("the types are READ_ONLY and FULL_ACCESS")
                .maybe_help(help);
                self.diagnostics.push(error);
                return None;
            }
        };
        Some(Spanned { value: role_type, span: self.at(node) })
    }

    fn effect(&mut self, node: &Node) -> Option<Effect> {
        let text = self.text(node, "effect")?;
        match normal(text).as_str() {
            "ALLOW" => Some(Effect::Allow),
            "DENY" => Some(Effect::Deny),
            _ => {
                let error = Diagnostic::error(
                    DiagnosticCode::UnknownEffect,
                    &self.at(node),
                    format!("{text} is no effect"),
                )
                .help("the effects are ALLOW and DENY");
                self.diagnostics.push(error);
                None
            }
        }
    }

    fn previous_names(&mut self, node: &Node) -> Vec<Spanned<RoleName>> {
        // One former name is the common case, and reads well without a list
        let items = match &node.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if items.is_empty() {
            self.error(DiagnosticCode::EmptyList, node, "previously is empty: leave it out");
        }
        items.iter().filter_map(|item| self.parsed(item, "a role's former name", RoleName::parse)).collect()
    }

    fn expectations(&mut self, node: &Node) -> Expectations {
        let Some(fields) = self.fields(node, "expect", EXPECT_KEYS) else { return Expectations::default() };
        let mut list =
            |key: &str| fields.get(key).map(|(_, value)| self.entities(value, key)).unwrap_or_default();
        let (allow, deny) = (list("allow"), list("deny"));
        for both in deny.iter().filter(|d| allow.iter().any(|a| a.value == d.value)) {
            let error = Diagnostic::error(
                DiagnosticCode::ContradictoryExpectation,
                &both.span,
                format!("{} is expected both ways", both.value),
            );
            self.diagnostics.push(error);
        }
        Expectations { allow, deny }
    }

    fn rules(&mut self, node: &Node) -> Vec<RuleDefinition> {
        let Some(items) = self.list(node, "rules") else { return Vec::new() };
        let rules: Vec<_> = items.iter().filter_map(|rule| self.rule(rule)).collect();
        self.unique_rules(&rules);
        let needed: usize = rules.iter().map(rules_needed).sum();
        if let Some(violation) = LimitViolation::of_rules(rules.len(), needed) {
            self.diagnostics.push(limit::diagnostic(&self.at(node), &violation));
        }
        rules
    }

    fn unique_rules(&mut self, rules: &[RuleDefinition]) {
        let mut ids: BTreeMap<&RuleId, &Span> = BTreeMap::new();
        let mut names: BTreeMap<&RuleName, &Span> = BTreeMap::new();
        for rule in rules {
            if let Some(first) = ids.insert(&rule.id, &rule.span) {
                let same_name = rule.name.as_ref().is_some_and(|name| names.contains_key(name));
                let (code, what) = match same_name {
                    true => (DiagnosticCode::DuplicateRuleName, "name"),
                    false => (DiagnosticCode::DuplicateRuleId, "id"),
                };
                let shown =
                    rule.name.as_ref().filter(|_| same_name).map_or(rule.id.as_str(), RuleName::as_str);
                let error = Diagnostic::error(code, &rule.span, format!("two rules have the {what} {shown}"))
                    .related(first, "the first one")
                    .help("give one of them another name, or an `id` of its own");
                self.diagnostics.push(error);
            } else if let Some(first) = rule.name.as_ref().and_then(|name| names.get(name)) {
                let message =
                    format!("two rules have the name {}", rule.name.as_ref().map_or("", |n| n.as_str()));
                self.diagnostics.push(
                    Diagnostic::error(DiagnosticCode::DuplicateRuleName, &rule.span, message)
                        .related(first, "the first one"),
                );
            }
            if let Some(name) = &rule.name {
                names.insert(name, &rule.span);
            }
        }
    }

    fn rule(&mut self, node: &Node) -> Option<RuleDefinition> {
        let fields = self.fields(node, "a rule", RULE_KEYS)?;
        let value = |key: &str| fields.get(key).map(|(_, value)| *value);
        let name = value("name").map(|name| self.parsed(name, "a rule's name", RuleName::parse));
        let id = self.rule_id(node, value("id"), name.as_ref());
        let description = value("description").and_then(|text| self.description(text));
        let effect = match value("effect") {
            Some(effect) => self.effect(effect),
            None => {
                let error = Diagnostic::error(
                    DiagnosticCode::RuleWithoutEffect,
                    &self.at(node),
                    "a rule has no effect",
                )
                .help("write `effect: ALLOW` or `effect: DENY`");
                self.diagnostics.push(error);
                None
            }
        };
        let targets = self.targets(node, id.as_ref(), &fields);
        let span = name.as_ref().and_then(Option::as_ref).map_or_else(|| self.at(node), |n| n.span.clone());
        let name = name.flatten().map(|name| name.value);
        Some(RuleDefinition { span, id: id?, name, description, effect: effect?, targets: targets? })
    }

    fn rule_id(
        &mut self,
        node: &Node,
        id: Option<&Node>,
        name: Option<&Option<Spanned<RuleName>>>,
    ) -> Option<RuleId> {
        match (id, name) {
            (Some(id), _) => self.parsed(id, "a rule's id", RuleId::parse).map(|id| id.value),
            (None, Some(name)) => {
                // A name that was wrong has been told already
                let name = name.as_ref()?;
                let id = derive_rule_id(&name.value);
                if id.is_none() {
                    let error = Diagnostic::error(
                        DiagnosticCode::UnderivableRuleId,
                        &name.span,
                        "no rule id can be derived from this name",
                    )
                    .help("give the rule an `id` of letters, digits, '_' and '-'");
                    self.diagnostics.push(error);
                }
                id
            }
            (None, None) => {
                self.error(DiagnosticCode::RuleWithoutName, node, "a rule has neither a name nor an id");
                None
            }
        }
    }

    fn targets(
        &mut self,
        node: &Node,
        id: Option<&RuleId>,
        fields: &Fields<'_>,
    ) -> Option<TargetsDefinition> {
        let mut given = false;
        let mut list = |key: &str| {
            let Some((_, value)) = fields.get(key) else { return Vec::new() };
            given = true;
            self.entities(value, key)
        };
        let users = list("users");
        let groups = list("groups");
        let except_users = list("except_users");
        let except_groups = list("except_groups");
        if let Some(first_too_many) = except_users.get(MAX_USERS)
            && let Some(violation) = id.and_then(|id| LimitViolation::of_exceptions(id, except_users.len()))
        {
            self.diagnostics.push(limit::diagnostic(&first_too_many.span, &violation));
        }
        if let Some((key, value)) = fields.get("everyone") {
            return self.everyone(key, value, given);
        }
        if !given {
            let error = Diagnostic::error(
                DiagnosticCode::RuleWithoutTargets,
                &self.at(node),
                "a rule says about no one",
            )
            .label("this rule has no targets")
            .help(
                "write at least one of users, groups, except_users, except_groups, or `everyone: true` if \
                     every mailbox is meant, those made tomorrow included",
            );
            self.diagnostics.push(error);
            return None;
        }
        Some(TargetsDefinition::Listed { users, groups, except_users, except_groups })
    }

    fn everyone(&mut self, key: &Node, value: &Node, given: bool) -> Option<TargetsDefinition> {
        match value.kind {
            NodeKind::Bool(true) if given => {
                let error = Diagnostic::error(
                    DiagnosticCode::EveryoneWithTargets,
                    &self.at(key),
                    "everyone stands beside a list of targets",
                )
                .help("keep the one or the other; for all but some write `except_users` alone");
                self.diagnostics.push(error);
                None
            }
            NodeKind::Bool(true) => Some(TargetsDefinition::Everyone),
            NodeKind::Bool(false) => {
                let error = Diagnostic::error(
                    DiagnosticCode::EveryoneFalse,
                    &self.at(value),
                    "everyone is either true or left out",
                )
                .help("leave `everyone` out, and name users or groups");
                self.diagnostics.push(error);
                None
            }
            _ => {
                self.wrong_kind(value, "everyone", "true");
                None
            }
        }
    }

    /// A list of at least one user or group, each once.
    fn entities(&mut self, node: &Node, what: &str) -> Vec<Spanned<EntityName>> {
        let Some(items) = self.list(node, what) else { return Vec::new() };
        if items.is_empty() {
            let error =
                Diagnostic::error(DiagnosticCode::EmptyList, &self.at(node), format!("{what} is empty"))
                    .help("name at least one, or leave the key out");
            self.diagnostics.push(error);
        }
        let mut found: Vec<Spanned<EntityName>> = Vec::new();
        for item in items {
            let Some(entity) = self.parsed(item, &format!("an entry of {what}"), EntityName::parse) else {
                continue;
            };
            let folded = entity.value.as_str().to_lowercase();
            if let Some(first) = found.iter().find(|f| f.value.as_str().to_lowercase() == folded) {
                let error = Diagnostic::error(
                    DiagnosticCode::DuplicateEntry,
                    &entity.span,
                    format!("{} is named twice in {what}", entity.value),
                )
                .related(&first.span, "first named here");
                self.diagnostics.push(error);
            } else {
                found.push(entity);
            }
        }
        found
    }
}

/// The service's spelling of what people write: small letters, dashes and spaces are as good.
fn normal(text: &str) -> String {
    text.trim().to_uppercase().replace(['-', ' '], "_")
}

/// How many of the service's rules a rule takes, as far as can be told without the directory.
fn rules_needed(rule: &RuleDefinition) -> usize {
    match &rule.targets {
        TargetsDefinition::Listed { users, .. } => users.len().div_ceil(MAX_USERS).max(1),
        TargetsDefinition::Everyone => 1,
    }
}

#[cfg(test)]
mod tests;
