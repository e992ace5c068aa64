//! The rules of a role: ids, effects and targets.

use std::collections::BTreeMap;

use super::parser::{Fields, Parser, normal};
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::format::RULE_KEYS;
use crate::definition::limit;
use crate::definition::model::{DeclaredExpiry, RuleDefinition, TargetsDefinition, UserList};
use crate::definition::span::{Span, Spanned};
use crate::definition::user_files::{UserFile, at_lines};
use crate::definition::yaml::{Node, NodeKind};
use crate::id::EntityName;
use crate::role::{Effect, LimitViolation, MAX_USERS, RuleId, RuleName, derive_rule_id};
use crate::user_list::Row;

impl Parser<'_> {
    pub(super) fn rules(&mut self, node: &Node) -> Vec<RuleDefinition> {
        let Some(items) = self.list(node, "rules") else { return Vec::new() };
        let rules: Vec<_> = items.iter().filter_map(|rule| self.rule(rule)).collect();
        self.unique_rules(&rules);
        let needed: usize = rules.iter().map(rules_needed).sum();
        let lists = rules.iter().filter(|rule| lists_users(rule)).map(rules_needed).sum();
        if let Some(violation) = LimitViolation::of_rules(rules.len(), needed, lists) {
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
                    .related(first, "the first of them")
                    .help("rename one of them, or give it its own `id`");
                self.diagnostics.push(error);
            } else if let Some(first) = rule.name.as_ref().and_then(|name| names.get(name)) {
                let message =
                    format!("two rules have the name {}", rule.name.as_ref().map_or("", |n| n.as_str()));
                self.diagnostics.push(
                    Diagnostic::error(DiagnosticCode::DuplicateRuleName, &rule.span, message)
                        .related(first, "the first of them"),
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
        let effect = match value("effect") {
            Some(effect) => self.effect(effect),
            None => {
                let error = Diagnostic::error(
                    DiagnosticCode::RuleWithoutEffect,
                    &self.at(node),
                    "the rule has no effect",
                )
                .help("write `effect: ALLOW` or `effect: DENY`");
                self.diagnostics.push(error);
                None
            }
        };
        let description = value("description").and_then(|text| match effect {
            Some(Effect::Deny) => self.description_of_deny(text),
            Some(Effect::Allow) | None => self.description(text),
        });
        let expires = fields.get("expires").and_then(|(key, end)| match effect {
            Some(Effect::Deny) => self.no_end_of_deny(key),
            Some(Effect::Allow) | None => self.expires(end),
        });
        if let Some(text) = value("description") {
            self.fits(text, id.as_ref(), description.as_ref(), expires.as_ref());
        }
        let targets = self.targets(node, id.as_ref(), &fields);
        let span = name.as_ref().and_then(Option::as_ref).map_or_else(|| self.at(node), |n| n.span.clone());
        let name = name.flatten().map(|name| name.value);
        let (id, effect, targets) = (id?, effect?, targets?);
        Some(RuleDefinition { span, id, name, description, effect, expires, targets })
    }

    fn no_end_of_deny(&mut self, key: &Node) -> Option<DeclaredExpiry> {
        let error = Diagnostic::error(
            DiagnosticCode::ExpiresOnDeny,
            &self.at(key),
            "a DENY rule cannot expire: its end would give access to those whom it denies, with nobody deciding so",
        )
        .help("remove `expires` here; `expires` of the role or of its ALLOW rules ends access");
        self.diagnostics.push(error);
        None
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
                // An invalid name is already reported
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
                self.error(DiagnosticCode::RuleWithoutName, node, "the rule has neither a name nor an id");
                None
            }
        }
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
                    format!("{text} is not an effect"),
                )
                .help("the effects are ALLOW and DENY");
                self.diagnostics.push(error);
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
        let users_from = fields.get("users_from").map(|(_, value)| self.user_list(value));
        given |= users_from.is_some();
        let users_from = users_from.flatten();
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
                "the rule has no targets",
            )
            .help(
                "list `users`, `groups`, `except_users` or `except_groups`, or name a file in `users_from`; or write `everyone: true` for \
                     every mailbox, future ones included",
            );
            self.diagnostics.push(error);
            return None;
        }
        Some(TargetsDefinition::Listed { users, users_from, groups, except_users, except_groups })
    }

    /// The users of a file; none where they are not read, or an error says why.
    fn user_list(&mut self, node: &Node) -> Option<UserList> {
        let path = self.text(node, "users_from")?;
        let span = self.at(node);
        let UserFile { name: file, rows } = match self.user_files.read(path) {
            Ok(file) => file?,
            Err(unusable) => {
                let error = |message| Diagnostic::error(DiagnosticCode::UnusableUserFile, &span, message);
                self.diagnostics.extend(unusable.into_iter().map(error));
                return None;
            }
        };
        let parsed =
            |Row { line, text }: Row| EntityName::parse(text).map(|name| (line, name)).map_err(|_| line);
        let (names, wrong): (Vec<_>, Vec<_>) = rows.into_iter().map(parsed).partition(Result::is_ok);
        let wrong: Vec<usize> = wrong.into_iter().filter_map(Result::err).collect();
        if !wrong.is_empty() {
            let message = format!("{}: not the address, name or id of a user", at_lines(&file, &wrong));
            self.diagnostics.push(Diagnostic::error(DiagnosticCode::InvalidValue, &span, message));
        }
        Some(UserList { span, file, rows: names.into_iter().flatten().collect() })
    }

    fn everyone(&mut self, key: &Node, value: &Node, given: bool) -> Option<TargetsDefinition> {
        match value.kind {
            NodeKind::Bool(true) if given => {
                let error = Diagnostic::error(
                    DiagnosticCode::EveryoneWithTargets,
                    &self.at(key),
                    "`everyone: true` cannot be combined with a list of targets",
                )
                .help("remove one of them; for everyone except some users, write `except_users` alone");
                self.diagnostics.push(error);
                None
            }
            NodeKind::Bool(true) => Some(TargetsDefinition::Everyone),
            NodeKind::Bool(false) => {
                let error = Diagnostic::error(
                    DiagnosticCode::EveryoneFalse,
                    &self.at(value),
                    "`everyone` must be true or absent",
                )
                .help("remove `everyone`, and list users or groups");
                self.diagnostics.push(error);
                None
            }
            _ => {
                self.wrong_kind(value, "everyone", "true");
                None
            }
        }
    }
}

/// Is it an ALLOW rule that lists users alone?
fn lists_users(rule: &RuleDefinition) -> bool {
    match &rule.targets {
        TargetsDefinition::Listed { users, except_users, except_groups, .. } => {
            rule.effect == Effect::Allow
                && !users.is_empty()
                && except_users.is_empty()
                && except_groups.is_empty()
        }
        TargetsDefinition::Everyone => false,
    }
}

/// How many of the service's rules a rule needs, without the members of its groups.
fn rules_needed(rule: &RuleDefinition) -> usize {
    match &rule.targets {
        TargetsDefinition::Listed { users, .. } => users.len().div_ceil(MAX_USERS).max(1),
        TargetsDefinition::Everyone => 1,
    }
}
