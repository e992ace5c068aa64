//! Names to ids: definitions and a directory give the roles that are wanted.
//!
//! Never widens: a rule whose groups are empty is left out, and an exception that comes out empty
//! is an error, since the service reads an empty list as everyone.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::{Diagnostic, did_you_mean};
use super::model::{Document, RoleDefinition, RuleDefinition, TargetsDefinition};
use super::span::{Span, Spanned};
use crate::directory::{Directory, EntityName, State};
use crate::role::{
    Description, Effect, MAX_RULES, MAX_USERS, Role, RoleId, RoleName, Rule, RuleId, RuleName, Targets,
    UserId, UserSet, split_all, split_id_collision,
};

/// A role as it is wanted, in ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Desired {
    /// Where its name stands.
    pub span: Span,
    /// The role, in canonical form.
    pub role: Role,
    /// The live role that is meant, where the definition says so.
    pub id: Option<RoleId>,
    /// Names that it had.
    pub previously: Vec<RoleName>,
    /// The groups through which a rule names a user whom it does not name itself.
    pub via: GroupMembership,
    /// The groups that each rule names.
    pub groups: BTreeMap<RuleId, BTreeSet<String>>,
    /// Rules that match nobody today, since their groups have no members: they are left out.
    pub left_out: Vec<SkippedRule>,
}

/// A rule of a definition that matches nobody today, and is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SkippedRule {
    /// Its id.
    pub id: RuleId,
    /// Its name.
    pub name: Option<RuleName>,
    /// Free text.
    pub description: Option<Description>,
    /// What it would decide.
    pub effect: Effect,
}

impl SkippedRule {
    /// The name, else the id.
    pub(crate) fn label(&self) -> &str {
        self.name.as_ref().map_or(self.id.as_str(), RuleName::as_str)
    }
}

/// Which list of a rule names a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TargetList {
    /// `users` and `groups`.
    Users,
    /// `except_users` and `except_groups`.
    Except,
}

/// The groups through which a rule names a user.
pub(crate) type GroupMembership = BTreeMap<(RuleId, TargetList, UserId), BTreeSet<String>>;

/// The groups through which one list names a user.
type Members = BTreeMap<UserId, BTreeSet<String>>;

/// What resolving gave. It must not be used when a diagnostic is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The roles, in the order of the documents.
    pub roles: Vec<Desired>,
    /// Users whom no role may reach.
    pub protected: BTreeSet<UserId>,
    /// What is wrong, or worth knowing.
    pub diagnostics: Vec<Diagnostic>,
}

/// Every user whom the documents' expectations name.
pub(crate) fn expected<'a>(documents: &[&'a Document]) -> Vec<&'a Spanned<EntityName>> {
    let roles = documents.iter().flat_map(|document| &document.roles);
    roles.flat_map(|role| role.expect.allow.iter().chain(&role.expect.deny)).collect()
}

/// Every user and every group that the documents' roles name, expectations aside.
pub(crate) fn names(documents: &[&Document]) -> (BTreeSet<EntityName>, BTreeSet<EntityName>) {
    let (mut users, mut groups) = (BTreeSet::new(), BTreeSet::new());
    let values = |list: &[Spanned<EntityName>]| list.iter().map(|l| l.value.clone()).collect::<Vec<_>>();
    for document in documents {
        users.extend(values(&document.protected_users));
        for rule in document.roles.iter().flat_map(|role| &role.rules) {
            if let TargetsDefinition::Listed { users: u, groups: g, except_users, except_groups } =
                &rule.targets
            {
                users.extend(values(u));
                users.extend(values(except_users));
                groups.extend(values(g));
                groups.extend(values(except_groups));
            }
        }
    }
    (users, groups)
}

/// Resolves all roles of the documents. `known` gives the targets of the live role that a definition
/// stands for, which may be kept though the directory has lost them.
pub(crate) fn resolve<'l>(
    documents: &[&Document],
    directory: &Directory,
    known: &dyn Fn(&RoleDefinition) -> BTreeSet<&'l UserId>,
) -> Resolved {
    let mut resolver = Resolver { directory, diagnostics: Vec::new(), left_out: Vec::new() };
    let mut roles = Vec::new();
    let mut protected = BTreeSet::new();
    // Whoever was deleted may stay protected
    let deleted =
        directory.users().filter(|user| user.state == State::Deleted).map(|user| &user.id).collect();
    for document in documents {
        for user in &document.protected_users {
            protected.extend(resolver.user(user, &deleted));
        }
        for role in &document.roles {
            roles.push(resolver.role(role, &known(role)));
        }
    }
    Resolved { roles, protected, diagnostics: resolver.diagnostics }
}

struct Resolver<'d> {
    directory: &'d Directory,
    diagnostics: Vec<Diagnostic>,
    /// Of the role at hand.
    left_out: Vec<SkippedRule>,
}

impl Resolver<'_> {
    fn role(&mut self, definition: &RoleDefinition, known: &BTreeSet<&UserId>) -> Desired {
        let RoleDefinition { name, id, description, role_type, previously, rules, expect: _ } = definition;
        let mut via = BTreeMap::new();
        let mut groups = BTreeMap::new();
        let rules: Vec<_> = rules
            .iter()
            .filter_map(|definition| {
                let (rule, sides) = self.rule(definition, known)?;
                for (side, members) in sides {
                    via.extend(members.into_iter().map(|(user, g)| ((rule.id.clone(), side, user), g)));
                }
                groups.insert(rule.id.clone(), self.group_labels(&definition.targets));
                Some(rule)
            })
            .collect();
        groups.retain(|_, labels: &mut BTreeSet<String>| !labels.is_empty());
        let needed = split_all(&rules).len();
        if needed > MAX_RULES {
            let message = format!(
                "role {} would take {needed} rules of the service, which takes {MAX_RULES} (at most {MAX_USERS} \
                 users each, groups counted by their members)",
                name.value
            );
            self.diagnostics.push(Diagnostic::error(&name.span, message));
        }
        if let Some(twice) = split_id_collision(&rules) {
            let message = format!(
                "split into lists of {MAX_USERS} users, two rules of role {} would have the id {twice}",
                name.value
            );
            self.diagnostics
                .push(Diagnostic::error(&name.span, message).help("give one of them another `id`"));
        }
        let role = Role {
            name: name.value.clone(),
            role_type: role_type.value,
            description: description.clone(),
            rules,
        };
        Desired {
            span: name.span.clone(),
            role: role.canonical(),
            id: id.as_ref().map(|id| id.value.clone()),
            previously: previously.iter().map(|name| name.value.clone()).collect(),
            via,
            groups,
            left_out: std::mem::take(&mut self.left_out),
        }
    }

    fn group_labels(&self, targets: &TargetsDefinition) -> BTreeSet<String> {
        let TargetsDefinition::Listed { groups, except_groups, .. } = targets else { return BTreeSet::new() };
        let named = groups.iter().chain(except_groups);
        named
            .filter_map(|name| Some(self.directory.find_group(name.value.as_str())?.label().to_owned()))
            .collect()
    }

    /// The rule in ids, or nothing when it matches nobody today.
    fn rule(
        &mut self,
        definition: &RuleDefinition,
        known: &BTreeSet<&UserId>,
    ) -> Option<(Rule, [(TargetList, Members); 2])> {
        let RuleDefinition { span, id, name, description, effect, targets } = definition;
        let (mut via, mut via_except) = (Members::new(), Members::new());
        let known_wrong = self.diagnostics.len();
        let targets = match targets {
            TargetsDefinition::Everyone => Targets::Everyone,
            TargetsDefinition::Listed { users, groups, except_users, except_groups } => {
                let selects = !(users.is_empty() && groups.is_empty());
                let excepts = !(except_users.is_empty() && except_groups.is_empty());
                let users = self.side(users, groups, known, &mut via);
                let except = self.side(except_users, except_groups, known, &mut via_except);
                match (selects, UserSet::new(users), excepts, UserSet::new(except)) {
                    // An unknown name is an error of its own
                    (true, Err(_), _, _) if self.diagnostics.len() > known_wrong => return None,
                    (true, Err(_), _, _) => {
                        let message = format!("rule {id} matches nobody today, and is left out");
                        self.diagnostics
                            .push(Diagnostic::warning(span, message).label("its groups have no members"));
                        self.left_out.push(SkippedRule {
                            id: id.clone(),
                            name: name.clone(),
                            description: description.clone(),
                            effect: *effect,
                        });
                        return None;
                    }
                    (true, Ok(users), true, Ok(except)) => Targets::UsersExcept { users, except },
                    (true, Ok(users), _, _) => Targets::Users(users),
                    (false, _, _, Ok(except)) => Targets::Except(except),
                    (false, _, _, Err(_)) if self.diagnostics.len() > known_wrong => return None,
                    (false, _, _, Err(_)) => {
                        let would = match effect {
                            Effect::Allow => "reach everyone",
                            Effect::Deny => "match everyone",
                        };
                        let error = Diagnostic::error(
                            span,
                            format!("the exceptions of rule {id} are empty, so it would {would}"),
                        )
                        .help("write `everyone: true` instead if that is meant");
                        self.diagnostics.push(error);
                        return None;
                    }
                }
            }
        };
        if let Some(except) = targets.except().filter(|except| except.len() > MAX_USERS) {
            let message = format!(
                "the exceptions of rule {id} are {} users; the service takes {MAX_USERS}, and exceptions cannot be \
                 split into several rules",
                except.len()
            );
            self.diagnostics.push(Diagnostic::error(span, message));
        }
        let rule = Rule {
            id: id.clone(),
            name: name.clone(),
            description: description.clone(),
            effect: *effect,
            targets,
        };
        Some((rule, [(TargetList::Users, via), (TargetList::Except, via_except)]))
    }

    fn side(
        &mut self,
        users: &[Spanned<EntityName>],
        groups: &[Spanned<EntityName>],
        known: &BTreeSet<&UserId>,
        via: &mut Members,
    ) -> BTreeSet<UserId> {
        let mut found: BTreeMap<UserId, &Spanned<EntityName>> = BTreeMap::new();
        for user in users {
            let Some(id) = self.user(user, known) else { continue };
            if let Some(first) = found.insert(id, user) {
                let message = format!("{} and {} are the same user", first.value, user.value);
                self.diagnostics.push(Diagnostic::warning(&user.span, message));
            }
        }
        let mut all: BTreeSet<UserId> = found.into_keys().collect();
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

    fn user(&mut self, name: &Spanned<EntityName>, known: &BTreeSet<&UserId>) -> Option<UserId> {
        let text = name.value.as_str();
        if let Some(user) = self.directory.find_user(text) {
            if user.state == State::Deleted {
                let message = format!("{text} was deleted, and has no mailbox");
                // The service takes nobody anew who was deleted
                let new = !known.contains(&user.id);
                let kind = if new { Diagnostic::error } else { Diagnostic::warning };
                self.diagnostics.push(kind(&name.span, message));
            }
            return Some(user.id.clone());
        }
        let id = UserId::from_service(text);
        if known.contains(&id) {
            let message =
                format!("the directory no longer knows {text}; the live role names it, so it stays");
            self.diagnostics.push(Diagnostic::warning(&name.span, message));
            return Some(id);
        }
        let error = Diagnostic::error(&name.span, format!("there is no user {text}"))
            .maybe_help(did_you_mean(text, self.directory.user_names()))
            .maybe_help(
                self.directory
                    .group_names()
                    .any(|name| name.eq_ignore_ascii_case(text))
                    .then(|| "this is a group: name it under `groups`".to_owned()),
            );
        self.diagnostics.push(error);
        None
    }

    fn group(&mut self, name: &Spanned<EntityName>) -> Vec<(UserId, String)> {
        let text = name.value.as_str();
        let Some(group) = self.directory.find_group(text) else {
            let error = Diagnostic::error(&name.span, format!("there is no group {text}"))
                .maybe_help(did_you_mean(text, self.directory.group_names()))
                .maybe_help(
                    self.directory
                        .find_user(text)
                        .map(|_| "this is a user: name it under `users`".to_owned()),
                );
            self.diagnostics.push(error);
            return Vec::new();
        };
        let (members, unread) = self.directory.members(&group.id);
        for id in unread {
            let message = format!("the members of group {id}, which is in {text}, could not be read");
            self.diagnostics.push(Diagnostic::error(&name.span, message));
        }
        let label = group.label().to_owned();
        members.into_iter().map(|user| (user, label.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::diagnostic::Severity;
    use crate::definition::parse::parse;
    use crate::directory::{Group, GroupId, Member, User};

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for (id, name) in [("1", "alice"), ("2", "bob"), ("3", "carol")] {
            directory.add_user(User {
                id: UserId::from_service(id),
                email: Some(format!("{name}@example.com")),
                name: Some(name.into()),
                display_name: None,
                state: State::Enabled,
            });
        }
        let group = |id: &str, members: &[&str]| Group {
            id: GroupId::from_service(id),
            email: Some(format!("{id}@example.com")),
            name: Some(id.into()),
            state: State::Enabled,
            members: members.iter().map(|m| Member::User(UserId::from_service(*m))).collect(),
        };
        directory.add_group(group("support", &["2", "3"]));
        directory.add_group(group("empty", &[]));
        directory
    }

    fn resolved(rule: &str) -> Resolved {
        let text = format!(
            "version: 1\nroles:\n  - name: r\n    type: READ_ONLY\n    rules:\n      - {{name: a, effect: ALLOW, {rule}}}\n"
        );
        let (document, diagnostics) = parse(0, &text);
        assert_eq!(diagnostics, []);
        let Some(document) = document else { panic!("a document") };
        resolve(&[&document], &directory(), &|_| BTreeSet::new())
    }

    fn targets(resolved: &Resolved) -> Option<&Targets> {
        resolved.roles[0].role.rules.first().map(|rule| &rule.targets)
    }

    fn users(ids: &[&str]) -> UserSet {
        UserSet::new(ids.iter().map(|id| UserId::from_service(*id))).expect("not empty")
    }

    fn errors(resolved: &Resolved) -> Vec<&str> {
        let errors = resolved.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        errors.map(|d| d.message.as_str()).collect()
    }

    #[test]
    fn names_and_groups_become_ids() {
        let resolved = resolved("users: [alice@example.com], groups: [support]");
        assert_eq!(targets(&resolved), Some(&Targets::Users(users(&["1", "2", "3"]))));
        let via: Vec<_> = resolved.roles[0].via.keys().map(|(_, _, user)| user.as_str()).collect();
        assert_eq!(via, ["2", "3"]);
    }

    #[test]
    fn two_spellings_are_one_user() {
        let resolved = resolved("users: [alice@example.com, alice, '1']");
        assert_eq!(targets(&resolved), Some(&Targets::Users(users(&["1"]))));
        assert_eq!(errors(&resolved), [""; 0]);
        assert_eq!(resolved.diagnostics.len(), 2);
    }

    #[test]
    fn an_empty_group_never_means_everyone() {
        let left_out = resolved("groups: [empty]");
        assert_eq!(targets(&left_out), None);
        assert_eq!(errors(&left_out), [""; 0]);
        assert_eq!(left_out.diagnostics.len(), 1);
        let refused = resolved("except_groups: [empty]");
        assert_eq!(errors(&refused), ["the exceptions of rule a are empty, so it would reach everyone"]);
        assert_eq!(targets(&resolved("groups: [empty], except_users: [alice]")), None);
    }

    #[test]
    fn an_unknown_name_is_an_error_with_a_suggestion() {
        let resolved = resolved("users: [alcie@example.com]");
        assert_eq!(errors(&resolved), ["there is no user alcie@example.com"]);
        assert_eq!(resolved.diagnostics[0].help.as_deref(), Some("did you mean alice@example.com?"));
    }

    #[test]
    fn a_group_among_users_is_told_apart() {
        let resolved = resolved("users: [support]");
        assert_eq!(resolved.diagnostics[0].help.as_deref(), Some("this is a group: name it under `groups`"));
    }
}
