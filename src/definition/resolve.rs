//! Names to ids: definitions and a directory to the desired roles. Pure; knows neither the live roles nor
//! how the directory was read.
//!
//! Never widens: a rule whose groups have no members is left out, and empty exceptions are an error, since
//! the service reads an empty list as everyone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::code::DiagnosticCode;
use super::diagnostic::{Diagnostic, Validated, validated};
use super::limit;
use super::model::{DeclaredExpiry, Document, RoleDefinition, RuleDefinition, TargetsDefinition, UserList};
use super::names::{Names, NotFound};
use super::span::{Span, Spanned};
use super::user_files::at_lines;
use crate::directory::{EntityName, State};
use crate::expiry::Expires;
use crate::id::is_like_an_id;
use crate::role::{
    Description, Effect, LimitViolation, Role, RoleId, RoleName, Rule, RuleId, RuleName, Targets, UserId,
    UserSet, limit_violations,
};
use crate::sorted;

/// A declared role, in ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Desired {
    /// The role's name in the definition.
    pub span: Span,
    /// In canonical form, without the rules that have ended.
    pub role: Role,
    /// The id of the live role, if the definition has it.
    pub id: Option<RoleId>,
    /// Former names.
    pub previously: Vec<RoleName>,
    /// The groups through which a rule lists a user whom it does not list directly.
    pub via: GroupMembership,
    /// The groups that each list of a rule names.
    pub rule_groups: BTreeMap<(RuleId, TargetList), ListedGroups>,
    /// The rules that are left out.
    pub skipped_rules: Vec<SkippedRule>,
    /// The rules that are left out, since they have ended.
    pub expired: Vec<ExpiredRule>,
}

/// A rule that is left out, since its date or the role's has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExpiredRule {
    /// The rule.
    pub rule: Rule,
    /// When it ended.
    pub end: Expires,
}

impl ExpiredRule {
    /// Those of a role.
    pub(crate) fn of(role: &Role, now: Timestamp) -> Vec<Self> {
        let expired = role.expired_rules(now);
        expired
            .filter_map(|rule| Some(Self { rule: rule.clone(), end: role.end_of(rule)?.clone() }))
            .collect()
    }
}

/// A rule that is left out, since its groups have no members today and it matches nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SkippedRule {
    pub id: RuleId,
    pub name: Option<RuleName>,
    pub description: Option<Description>,
    pub effect: Effect,
}

impl SkippedRule {
    /// The name, or the id if it has none.
    pub(crate) fn label(&self) -> &str {
        self.name.as_ref().map_or(self.id.as_str(), RuleName::as_str)
    }
}

/// A kind of list of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TargetList {
    /// `users` and `groups`.
    Users,
    /// `except_users` and `except_groups`.
    Except,
}

/// The groups that a list of a rule names, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedGroups {
    /// What people call them.
    pub labels: BTreeSet<String>,
    /// The list names no users beside them.
    pub alone: bool,
}

/// The groups through which each list of a rule contains a user.
pub(crate) type GroupMembership = BTreeMap<(RuleId, TargetList, UserId), BTreeSet<String>>;

/// What to do about a user who is gone, in a rule that is left out.
const REMOVE_FROM_EXPIRED: &str = "the rule has expired and gives nothing: remove it, or the user from it";

/// The groups through which one list contains a user.
type Members = BTreeMap<UserId, BTreeSet<String>>;

/// Every user in the documents' expectations.
pub(crate) fn expected<'a>(documents: &[&'a Document]) -> Vec<&'a Spanned<EntityName>> {
    let roles = documents.iter().flat_map(|document| &document.roles);
    roles.flat_map(|role| role.expect.allow.iter().chain(&role.expect.deny)).collect()
}

/// Every user and every group in the documents, without expectations.
pub(crate) fn names(documents: &[&Document]) -> (BTreeSet<EntityName>, BTreeSet<EntityName>) {
    names_of(documents, |_| true)
}

/// As [`names`], of these roles alone.
pub(crate) fn names_of(
    documents: &[&Document],
    wanted: impl Fn(&RoleDefinition) -> bool,
) -> (BTreeSet<EntityName>, BTreeSet<EntityName>) {
    let (mut users, mut groups) = (BTreeSet::new(), BTreeSet::new());
    let values = |list: &[Spanned<EntityName>]| list.iter().map(|l| l.value.clone()).collect::<Vec<_>>();
    for document in documents {
        users.extend(values(&document.protected_users));
        for rule in document.roles.iter().filter(|role| wanted(role)).flat_map(|role| &role.rules) {
            if let TargetsDefinition::Listed {
                users: u,
                users_from,
                groups: g,
                except_users,
                except_groups,
            } = &rule.targets
            {
                users.extend(values(u));
                let rows = users_from.iter().flat_map(|list| &list.rows);
                users.extend(rows.map(|(_, name)| name.clone()));
                users.extend(values(except_users));
                groups.extend(values(g));
                groups.extend(values(except_groups));
            }
        }
    }
    (users, groups)
}

/// The users whom no role may reach, in ids.
///
/// # Errors
/// If a name is unknown, or that of several users.
pub(crate) fn protected_users(documents: &[&Document], names: &Names<'_>) -> Validated<BTreeSet<UserId>> {
    let mut resolver = Resolver::new(names);
    // A deleted user may stay protected
    let deleted =
        names.directory.users().filter(|user| user.state == State::Deleted).map(|user| &user.id).collect();
    let users = documents.iter().flat_map(|document| &document.protected_users);
    let protected = users.filter_map(|user| resolver.user(user, &deleted)).collect();
    validated(protected, resolver.diagnostics)
}

/// A role in ids, as it is meant to be at a time. `kept` are the targets of the live role: they may stay if the directory
/// no longer has them. So may those whom an expired rule names by id: it is left out. A date of the live role, in
/// canonical form, stays where the definition gives none.
///
/// # Errors
/// If a name is unknown or that of several users, or the role breaks a limit of the service.
pub(crate) fn role(
    definition: &RoleDefinition,
    names: &Names<'_>,
    kept: &BTreeSet<&UserId>,
    live: Option<&Role>,
    now: Timestamp,
) -> Validated<Desired> {
    let mut resolver = Resolver::new(names);
    resolver.live = live;
    let desired = resolver.role(definition, kept, now);
    validated(desired, resolver.diagnostics)
}

struct Resolver<'n, 'd> {
    names: &'n Names<'d>,
    live: Option<&'n Role>,
    /// The rule that is resolved has expired and will be left out. No DENY rule does.
    ended: bool,
    diagnostics: Vec<Diagnostic>,
    skipped_rules: Vec<SkippedRule>,
}

impl<'n, 'd> Resolver<'n, 'd> {
    fn new(names: &'n Names<'d>) -> Self {
        let (live, ended, diagnostics, skipped_rules) = Default::default();
        Self { names, live, ended, diagnostics, skipped_rules }
    }

    fn role(&mut self, definition: &RoleDefinition, kept: &BTreeSet<&UserId>, now: Timestamp) -> Desired {
        let RoleDefinition {
            name,
            id,
            description,
            role_type,
            previously,
            expires,
            rules: defined,
            expect: _,
        } = definition;
        let mut via = BTreeMap::new();
        let mut rule_groups = BTreeMap::new();
        let role_end =
            DeclaredExpiry::over(expires.as_ref(), self.live.and_then(|live| live.expires.as_ref()));
        let rules: Vec<_> = defined
            .iter()
            .filter_map(|definition| {
                let end = role_end.clone().into_iter().chain(self.end_of(definition)).min();
                self.ended = definition.effect == Effect::Allow && end.is_some_and(|end| end.has_passed(now));
                let (rule, lists) = self.rule(definition, kept)?;
                for (list, members) in lists {
                    via.extend(members.into_iter().map(|(user, g)| ((rule.id.clone(), list, user), g)));
                }
                let groups = self.listed_groups(&definition.targets).into_iter();
                rule_groups.extend(groups.map(|(list, groups)| ((rule.id.clone(), list), groups)));
                Some(rule)
            })
            .collect();
        let role = Role {
            name: name.value.clone(),
            role_type: role_type.value,
            description: description.clone(),
            expires: role_end,
            rules,
        };
        self.diagnostics.extend(broken_limits(definition, &role));
        let expired = ExpiredRule::of(&role, now);
        self.diagnostics.extend(expired_warnings(definition, &role, &expired));
        for ExpiredRule { rule, .. } in &expired {
            via.retain(|(id, _, _), _| *id != rule.id);
            rule_groups.retain(|(id, _), _| *id != rule.id);
        }
        Desired {
            span: name.span.clone(),
            role: role.at(now).canonical(),
            id: id.as_ref().map(|id| id.value.clone()),
            previously: previously.iter().map(|name| name.value.clone()).collect(),
            via,
            rule_groups,
            skipped_rules: std::mem::take(&mut self.skipped_rules),
            expired,
        }
    }

    /// The groups of each list that names some.
    fn listed_groups(&self, targets: &TargetsDefinition) -> Vec<(TargetList, ListedGroups)> {
        let lists = match targets {
            TargetsDefinition::Everyone => Vec::new(),
            TargetsDefinition::Listed { users, users_from, groups, except_users, except_groups } => {
                let alone = users.is_empty() && users_from.is_none();
                let except_alone = except_users.is_empty();
                vec![(TargetList::Users, alone, groups), (TargetList::Except, except_alone, except_groups)]
            }
        };
        let directory = self.names.directory;
        let label =
            |name: &Spanned<EntityName>| Some(directory.find_group(name.value.as_str())?.label().to_owned());
        let listed = lists.into_iter().map(|(list, alone, groups)| {
            let labels = sorted::set(groups.iter().filter_map(label));
            (list, ListedGroups { labels, alone })
        });
        listed.filter(|(_, groups)| !groups.labels.is_empty()).collect()
    }

    /// The rule in ids; none if it is left out or has an error.
    fn rule(
        &mut self,
        definition: &RuleDefinition,
        kept: &BTreeSet<&UserId>,
    ) -> Option<(Rule, [(TargetList, Members); 2])> {
        let RuleDefinition { span: _, id, name, description, effect, expires: _, targets } = definition;
        let (mut via, mut via_except) = (Members::new(), Members::new());
        let targets = match targets {
            TargetsDefinition::Everyone => Targets::Everyone,
            TargetsDefinition::Listed { users, users_from, groups, except_users, except_groups } => {
                let found_before = self.diagnostics.len();
                let selected = self.list(users, users_from.as_ref(), groups, kept, &mut via);
                let excepted = self.list(except_users, None, except_groups, kept, &mut via_except);
                // An unknown name is already reported
                let named_all = self.diagnostics.len() == found_before;
                let selects = !(users.is_empty() && users_from.is_none() && groups.is_empty());
                match (selects, UserSet::new(selected), UserSet::new(excepted)) {
                    (true, Err(_), _) => {
                        if named_all {
                            self.skip(definition);
                        }
                        return None;
                    }
                    (true, Ok(users), Ok(except)) => Targets::UsersExcept { users, except },
                    (true, Ok(users), Err(_)) => Targets::Users(users),
                    (false, _, Ok(except)) => Targets::Except(except),
                    (false, _, Err(_)) => {
                        if named_all {
                            self.diagnostics.push(nobody_excepted(definition));
                        }
                        return None;
                    }
                }
            }
        };
        let rule = Rule {
            id: id.clone(),
            name: name.clone(),
            description: description.clone(),
            expires: self.end_of_kept(definition),
            effect: *effect,
            targets,
        };
        Some((rule, [(TargetList::Users, via), (TargetList::Except, via_except)]))
    }

    /// When a rule ends. Of live rules that share its id, the first one to end counts.
    fn end_of(&self, definition: &RuleDefinition) -> Option<Expires> {
        let RuleDefinition { id, effect, expires, .. } = definition;
        if *effect == Effect::Deny {
            return None;
        }
        let rules = self.live.into_iter().flat_map(|live| &live.rules);
        let live = rules.filter(|rule| rule.id == *id && rule.effect == Effect::Allow);
        DeclaredExpiry::over(expires.as_ref(), live.filter_map(|rule| rule.expires.as_ref()).min())
    }

    /// As [`Self::end_of`], and warns where only the live rule has the date.
    fn end_of_kept(&mut self, definition: &RuleDefinition) -> Option<Expires> {
        let end = self.end_of(definition)?;
        if definition.expires.is_none() {
            let message = format!(
                "rule {} of the live role {} expires {}, and its definition has no `expires`; the date is kept",
                definition.label(),
                self.live.map_or("", |live| live.name.as_str()),
                end.in_sentence()
            );
            let warning = Diagnostic::warning(DiagnosticCode::UndeclaredExpiry, &definition.span, message).help(format!(
                "write `expires: {end}`: once the live rule is gone, the definition alone would give its access again"
            ));
            self.diagnostics.push(warning);
        }
        Some(end)
    }

    fn skip(&mut self, rule: &RuleDefinition) {
        let message = format!("rule {} matches nobody today and is left out", rule.id);
        let warning = Diagnostic::warning(DiagnosticCode::RuleMatchesNobody, &rule.span, message)
            .label("its groups have no members");
        self.diagnostics.push(warning);
        let RuleDefinition { span: _, id, name, description, effect, expires: _, targets: _ } = rule;
        self.skipped_rules.push(SkippedRule {
            id: id.clone(),
            name: name.clone(),
            description: description.clone(),
            effect: *effect,
        });
    }

    fn list(
        &mut self,
        users: &[Spanned<EntityName>],
        users_from: Option<&UserList>,
        groups: &[Spanned<EntityName>],
        kept: &BTreeSet<&UserId>,
        via: &mut Members,
    ) -> BTreeSet<UserId> {
        let mut found: BTreeMap<UserId, &Spanned<EntityName>> = BTreeMap::new();
        for user in users {
            let Some(id) = self.user(user, kept) else { continue };
            if let Some(first) = found.insert(id, user) {
                let message = format!("{} and {} are the same user", first.value, user.value);
                self.diagnostics.push(Diagnostic::warning(DiagnosticCode::SameUser, &user.span, message));
            }
        }
        let mut all: BTreeSet<UserId> = found.into_keys().collect();
        all.extend(users_from.map(|list| self.user_list(list, kept)).unwrap_or_default());
        for group in groups {
            for (user, label) in self.group(group) {
                if !all.contains(&user) || via.contains_key(&user) {
                    via.entry(user.clone()).or_default().insert(label);
                }
                all.insert(user);
            }
        }
        all
    }

    /// The users of a file. What is wrong with a row is told by its line alone.
    fn user_list(&mut self, list: &UserList, kept: &BTreeSet<&UserId>) -> Vec<UserId> {
        let UserList { span, file, rows } = list;
        let (mut ids, mut lines) = (Vec::new(), BTreeMap::<(DiagnosticCode, bool), Vec<usize>>::new());
        for (line, name) in rows {
            let id = UserId::from_service(name.as_str());
            let (id, wrong) = match self.names.directory.users_called(name.as_str())[..] {
                [user] if user.state == State::Deleted => {
                    (Some(user.id.clone()), Some(DiagnosticCode::DeletedUser))
                }
                [user] => (Some(user.id.clone()), None),
                [] if kept.contains(&id) || (self.ended && is_like_an_id(name.as_str())) => {
                    (Some(id), Some(DiagnosticCode::VanishedUser))
                }
                [] => (None, Some(DiagnosticCode::UnknownUser)),
                _ => (None, Some(DiagnosticCode::AmbiguousUser)),
            };
            // The service does not accept a deleted user as a new target
            let is_kept = id.as_ref().is_some_and(|id| self.ended || kept.contains(id));
            if let Some(code) = wrong {
                lines.entry((code, is_kept)).or_default().push(*line);
            }
            ids.extend(id);
        }
        for ((code, is_kept), lines) in lines {
            let what = match code {
                DiagnosticCode::DeletedUser => "the user is deleted and has no mailbox",
                DiagnosticCode::VanishedUser if self.ended => "the directory no longer has the user",
                DiagnosticCode::VanishedUser => {
                    "the directory no longer has the user, who is kept because the live role names them"
                }
                DiagnosticCode::AmbiguousUser => "several users are called so",
                _ => "there is no such user",
            };
            let kind = if is_kept { Diagnostic::warning } else { Diagnostic::error };
            let help = self.ended.then(|| REMOVE_FROM_EXPIRED.to_owned()).filter(|_| is_kept);
            let said = kind(code, span, format!("{}: {what}", at_lines(file, &lines)));
            self.diagnostics.push(said.maybe_help(help));
        }
        ids
    }

    fn user(&mut self, name: &Spanned<EntityName>, kept: &BTreeSet<&UserId>) -> Option<UserId> {
        let text = name.value.as_str();
        let help = match self.names.user(text) {
            Ok(user) => {
                if user.state == State::Deleted {
                    let message = format!("user {text} is deleted and has no mailbox");
                    // The service does not accept a deleted user as a new target
                    let new = !self.ended && !kept.contains(&user.id);
                    let kind = if new { Diagnostic::error } else { Diagnostic::warning };
                    let said = kind(DiagnosticCode::DeletedUser, &name.span, message);
                    let help = self.ended.then(|| REMOVE_FROM_EXPIRED.to_owned());
                    self.diagnostics.push(said.maybe_help(help));
                }
                return Some(user.id.clone());
            }
            Err(NotFound::Several { message, help }) => {
                let error = Diagnostic::error(DiagnosticCode::AmbiguousUser, &name.span, message);
                self.diagnostics.push(error.help(help));
                return None;
            }
            Err(NotFound::Nobody { help }) => help,
        };
        let id = UserId::from_service(text);
        // Of another name it is not known whether somebody left, or nobody was ever called so
        if kept.contains(&id) || (self.ended && is_like_an_id(text)) {
            let (why, help) = match self.ended {
                true => ("", Some(REMOVE_FROM_EXPIRED.to_owned())),
                false => ("; it is kept because the live role names it", None),
            };
            let message = format!("the directory no longer has {text}{why}");
            let warning = Diagnostic::warning(DiagnosticCode::VanishedUser, &name.span, message);
            self.diagnostics.push(warning.maybe_help(help));
            return Some(id);
        }
        let group = self.names.directory.has_group_name(text);
        let error =
            Diagnostic::error(DiagnosticCode::UnknownUser, &name.span, format!("there is no user {text}"))
                .maybe_help(help)
                .maybe_help(group.then(|| "this is a group: list it under `groups`".to_owned()));
        self.diagnostics.push(error);
        None
    }

    fn group(&mut self, name: &Spanned<EntityName>) -> Vec<(UserId, String)> {
        let text = name.value.as_str();
        let directory = self.names.directory;
        let group = match self.names.group(text) {
            Ok(group) => group,
            Err(not_found) => {
                let error = match not_found {
                    NotFound::Several { message, help } => {
                        Diagnostic::error(DiagnosticCode::AmbiguousGroup, &name.span, message).help(help)
                    }
                    NotFound::Nobody { help } => {
                        let user = directory.find_user(text).map(|_| "this is a user: list it under `users`");
                        let message = format!("there is no group {text}");
                        Diagnostic::error(DiagnosticCode::UnknownGroup, &name.span, message)
                            .maybe_help(help)
                            .maybe_help(user.map(str::to_owned))
                    }
                };
                self.diagnostics.push(error);
                return Vec::new();
            }
        };
        let (members, unread) = directory.members(&group.id);
        for id in unread {
            let message = format!("could not read the members of group {id}, which is nested in {text}");
            self.diagnostics.push(Diagnostic::error(DiagnosticCode::UnreadableGroup, &name.span, message));
        }
        let label = group.label().to_owned();
        // The service takes nobody anew who was deleted, and such a user has no mailbox
        let is_deleted = |id: &UserId| directory.user(id).is_some_and(|user| user.state == State::Deleted);
        let there = members.into_iter().filter(|id| !is_deleted(id));
        there.map(|user| (user, label.clone())).collect()
    }
}

/// The limits of the service that the role breaks, each at the role's name or at the rule.
fn broken_limits(definition: &RoleDefinition, role: &Role) -> Vec<Diagnostic> {
    let at = |violation: &LimitViolation| match violation {
        LimitViolation::TooManyExceptions { rule, .. }
        | LimitViolation::LongDescription { rule: Some(rule), .. } => {
            definition.rules.iter().find(|defined| defined.id == *rule).map(|defined| &defined.span)
        }
        LimitViolation::TooManyRules { .. }
        | LimitViolation::SplitIdCollision { .. }
        | LimitViolation::LongDescription { rule: None, .. } => None,
    };
    let diagnostic = |violation: LimitViolation| {
        limit::diagnostic(at(&violation).unwrap_or(&definition.name.span), &violation)
    };
    limit_violations(role).into_iter().map(diagnostic).collect()
}

/// What has ended of a role: the role itself, or rules of it.
fn expired_warnings(definition: &RoleDefinition, role: &Role, expired: &[ExpiredRule]) -> Vec<Diagnostic> {
    let warning = |span: &Span, what: String, end: &Expires, left_out: &str| {
        let message = format!("{what} expired {}, and {left_out} left out", end.in_sentence());
        Diagnostic::warning(DiagnosticCode::Expired, span, message)
            .help("remove it, or write a later date to give the access again")
    };
    let name = &definition.name;
    let ends_whole = |one: &&ExpiredRule| role.expires.as_ref() == Some(&one.end);
    let whole = expired
        .iter()
        .find(ends_whole)
        .map(|one| warning(&name.span, format!("role {}", name.value), &one.end, "its ALLOW rules are"));
    let rules = expired.iter().filter(|one| !ends_whole(one)).map(|one| {
        let span = definition.rules.iter().find(|rule| rule.id == one.rule.id).map(|rule| &rule.span);
        warning(
            span.unwrap_or(&name.span),
            format!("rule {} of role {}", one.rule.label(), name.value),
            &one.end,
            "is",
        )
    });
    whole.into_iter().chain(rules).collect()
}

/// A rule for everyone except some users, who are none.
fn nobody_excepted(rule: &RuleDefinition) -> Diagnostic {
    let would = match rule.effect {
        Effect::Allow => "reach everyone",
        Effect::Deny => "match everyone",
    };
    let message = format!("the exceptions of rule {} match no user; the rule would {would}", rule.id);
    Diagnostic::error(DiagnosticCode::EmptyExceptions, &rule.span, message)
        .help("write `everyone: true` if that is intended")
}

#[cfg(test)]
mod tests;
