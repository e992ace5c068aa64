//! Live roles as YAML that parses and resolves to the same roles. Knows nothing of where the file goes.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::SerializerOptions;

use super::format::VERSION;
use crate::sorted;

use super::parse::parse;
use super::schema::{DocumentForm, RoleForm, RuleForm, UserForm};
pub(crate) use file::{is_as_written, marked};

use crate::directory::{Directory, EntityName, State};
use crate::escape;
use crate::role::{
    LiveRole, Role, RoleName, Rule, RuleId, RuleName, Targets, UserId, UserSet, derive_rule_id,
};

/// The comment behind the id of a user who is not in the directory.
const UNKNOWN: &str = "not in the directory";

/// An exported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exported {
    pub yaml: String,
    /// What the file cannot express; `diff` shows it.
    pub warnings: Vec<String>,
}

/// Live roles as one file, in the order given. A role has its `id` only where two of them share a
/// name.
#[cfg(test)]
pub(crate) fn export(organization: Option<&str>, roles: &[LiveRole], directory: &Directory) -> Exported {
    export_among(organization, roles, &shared_names(roles.iter().map(|live| &live.role.name)), directory)
}

/// Live roles as one file, in the order given; `shared` are the names that need an `id`.
pub(crate) fn export_among(
    organization: Option<&str>,
    roles: &[LiveRole],
    shared: &BTreeSet<RoleName>,
    directory: &Directory,
) -> Exported {
    let named: Vec<_> = roles.iter().map(|role| (role, shared.contains(&role.role.name))).collect();
    write(organization, &named, directory)
}

/// Live roles as one file, each with its `id`, and users by id: an id still means the same user after a
/// rename.
pub(crate) fn export_with_ids(
    organization: Option<&str>,
    roles: &[LiveRole],
    directory: &Directory,
) -> Exported {
    let roles: Vec<_> = roles.iter().map(|role| (role, true)).collect();
    write_users(organization, &roles, directory, true)
}

/// One live role as a file; `with_id` if a different live role has the same name.
pub(crate) fn export_one(
    organization: Option<&str>,
    role: &LiveRole,
    with_id: bool,
    directory: &Directory,
) -> Exported {
    write(organization, &[(role, with_id)], directory)
}

/// A file for each live role, with its file name.
pub(crate) fn export_each(
    organization: Option<&str>,
    roles: &[LiveRole],
    shared: &BTreeSet<RoleName>,
    directory: &Directory,
) -> Vec<(String, Exported)> {
    let mut taken = BTreeSet::new();
    roles
        .iter()
        .map(|role| {
            let with_id = shared.contains(&role.role.name);
            (file_name(&role.role.name, &mut taken), export_one(organization, role, with_id, directory))
        })
        .collect()
}

/// A file name for a role that is safe on every system and not `taken`: lower-case ASCII letters, digits,
/// `_` and `-`, with `.yaml`.
pub(crate) fn file_name(role: &RoleName, taken: &mut BTreeSet<String>) -> String {
    let mut slug = derive_rule_id(&RuleName::from_service(role.as_str()))
        .map_or_else(|| "role".to_owned(), |id| id.as_str().trim_matches('-').to_owned());
    let device = |prefix: &str| {
        slug.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && n.chars().all(|c| c.is_ascii_digit()))
    };
    // Windows reserves these names for devices, with any extension
    if matches!(slug.as_str(), "con" | "prn" | "aux" | "nul") || device("com") || device("lpt") {
        slug.insert_str(0, "role-");
    }
    let name = free(&slug, 64, |name| taken.contains(name));
    taken.insert(name.clone());
    format!("{name}.yaml")
}

/// `base`, or the first of `base-2`, `base-3`… that is not taken, of at most `max` characters.
fn free(base: &str, max: usize, taken: impl Fn(&str) -> bool) -> String {
    let mut name = base.to_owned();
    let mut n = 1;
    while taken(&name) {
        n += 1;
        let suffix = format!("-{n}");
        let kept: String = base.chars().take(max.saturating_sub(suffix.len())).collect();
        name = kept + &suffix;
    }
    name
}

/// The names that occur more than once.
pub(crate) fn shared_names<'a>(names: impl IntoIterator<Item = &'a RoleName>) -> BTreeSet<RoleName> {
    let mut seen = BTreeSet::new();
    sorted::set(names.into_iter().filter(|name| !seen.insert(*name)).cloned())
}

fn write(organization: Option<&str>, roles: &[(&LiveRole, bool)], directory: &Directory) -> Exported {
    write_users(organization, roles, directory, false)
}

fn write_users(
    organization: Option<&str>,
    roles: &[(&LiveRole, bool)],
    directory: &Directory,
    users_by_id: bool,
) -> Exported {
    let mut exporter = Exporter { directory, users_by_id, warnings: Vec::new() };
    let form = DocumentForm {
        version: VERSION,
        organization: organization.map(str::to_owned),
        protected_users: Vec::new(),
        max_lifetime: None,
        accepted: Vec::new(),
        roles: roles.iter().map(|(role, with_id)| exporter.role(role, *with_id)).collect(),
    };
    let mut warnings = exporter.warnings;
    let yaml = match to_yaml(&form) {
        Ok(yaml) => yaml,
        Err(error) => {
            warnings.push(format!("could not write the roles as YAML: {error}"));
            String::new()
        }
    };
    // The service may return values that its own documentation forbids
    for diagnostic in parse(0, &yaml).1 {
        warnings.push(format!("the file has an error: {}", diagnostic.message));
    }
    Exported { yaml, warnings }
}

fn to_yaml(form: &DocumentForm) -> Result<String, serde_yaml::ser::Error> {
    let mut options = SerializerOptions::default();
    options.compact_list_indent = false;
    escape::yaml::escaped(form, options)
}

struct Exporter<'d> {
    directory: &'d Directory,
    /// Write users by id, with their addresses as comments.
    users_by_id: bool,
    warnings: Vec<String>,
}

impl Exporter<'_> {
    fn role(&mut self, live: &LiveRole, with_id: bool) -> RoleForm {
        let canonical = live.role.canonical();
        let rules = self.rules(&canonical);
        let Role { name, role_type, description, expires, rules: _ } = canonical;
        RoleForm {
            name,
            id: with_id.then(|| live.id.clone()),
            description,
            role_type,
            previously: Vec::new(),
            expires,
            rules,
            expect: None,
        }
    }

    fn rules(&mut self, role: &Role) -> Vec<RuleForm> {
        let mut ids: BTreeMap<&RuleId, usize> = BTreeMap::new();
        for rule in &role.rules {
            *ids.entry(&rule.id).or_default() += 1;
        }
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut names: BTreeSet<RuleName> = BTreeSet::new();
        let mut rules = Vec::with_capacity(role.rules.len());
        for rule in &role.rules {
            let id = if taken.contains(rule.id.as_str()) {
                let other = |id: &str| taken.contains(id) || ids.contains_key(&RuleId::from_service(id));
                let id = RuleId::from_service(free(rule.id.as_str(), 64, other));
                self.warnings.push(format!(
                    "role {}: two rules have the id {}; the second is written as {id}; `diff` shows this",
                    role.name, rule.id
                ));
                id
            } else {
                rule.id.clone()
            };
            taken.insert(id.to_string());
            let name = rule.name.clone().filter(|name| {
                let new = names.insert(name.clone());
                if !new {
                    self.warnings.push(format!(
                        "role {}: two rules have the name {name}; rule {id} is written without it; \
                         `diff` shows this",
                        role.name
                    ));
                }
                new
            });
            rules.push(self.rule(role, rule, id, name));
        }
        rules
    }

    fn rule(&mut self, role: &Role, rule: &Rule, id: RuleId, name: Option<RuleName>) -> RuleForm {
        let derived = name.as_ref().and_then(derive_rule_id);
        let mut users = |set: Option<&UserSet>| set.map(|set| self.users(role, set)).unwrap_or_default();
        RuleForm {
            id: Some(id).filter(|id| derived.as_ref() != Some(id)),
            name,
            description: rule.description.clone(),
            effect: rule.effect,
            expires: rule.expires.clone(),
            everyone: rule.targets == Targets::Everyone,
            users: users(rule.targets.users()),
            users_from: None,
            groups: Vec::new(),
            except_users: users(rule.targets.except()),
            except_groups: Vec::new(),
        }
    }

    /// The users of a list, sorted by what is written, unknown ids last.
    fn users(&mut self, role: &Role, users: &UserSet) -> Vec<UserForm> {
        let mut forms: Vec<_> = users.iter().map(|id| self.user(role, id)).collect();
        sorted::by_key(&mut forms, |form| (form.remark.as_deref() == Some(UNKNOWN), form.text.clone()));
        forms
    }

    fn user(&mut self, role: &Role, id: &UserId) -> UserForm {
        let called = self.directory.users_called(id.as_str());
        let other = called.iter().find(|other| other.id != *id);
        let Some(user) = self.directory.user(id) else {
            if let Some(other) = other {
                self.warnings.push(format!(
                    "role {}: the id {id} is not in the directory but is a name of user {}; `diff` shows this",
                    role.name, other.id
                ));
            }
            return UserForm { text: id.to_string(), remark: Some(UNKNOWN.to_owned()) };
        };
        // The address of a deleted user may belong to a different user later
        let is_clear = |text: &str| {
            user.state != State::Deleted
                && EntityName::parse(text).is_ok()
                && self.directory.find_user(text).is_some_and(|found| found.id == *id)
        };
        let label =
            [user.email.as_deref(), user.name.as_deref()].into_iter().flatten().find(|text| is_clear(text));
        let state = match user.state {
            State::Enabled => None,
            State::Disabled => Some("disabled"),
            State::Deleted => Some("deleted"),
        };
        if let (None, Some(other)) = (label, other) {
            self.warnings.push(format!(
                "role {}: the id {id} is also a name of user {}; `diff` refuses it until one of them is renamed",
                role.name, other.id
            ));
        }
        if self.users_by_id {
            let remark = [Some(user.label()), state].into_iter().flatten().collect::<Vec<_>>().join(", ");
            // A line break would end the comment
            // The id, unless it is another's name
            let text = label.filter(|_| other.is_some()).unwrap_or(id.as_str());
            return UserForm { text: text.to_owned(), remark: Some(escape::visible(&remark)) };
        }
        let remark = state.map(str::to_owned);
        UserForm { text: label.unwrap_or(id.as_str()).to_owned(), remark }
    }
}

#[cfg(test)]
mod tests;
