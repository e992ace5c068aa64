//! Roles, rules and users.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::definition::resolve::{ExpiredRule, SkippedRule};
use crate::directory::{Directory, State, User, UserId};
use crate::expiry::Expires;
use crate::role::{
    Description, Effect, LiveRole, Role, RoleId, RoleName, RoleType, Rule, RuleId, RuleName, Targets, UserSet,
};

/// A user; only the id where the directory does not know it
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "User")]
pub(crate) enum UserJson {
    /// A user of the directory
    Known { id: UserId, email: Option<String>, name: Option<String>, state: State },
    /// An id that the directory does not know
    Unknown { id: UserId },
}

impl UserJson {
    pub(crate) fn of(id: &UserId, directory: &Directory) -> Self {
        match directory.user(id) {
            Some(user) => Self::known(user),
            None => Self::Unknown { id: id.clone() },
        }
    }

    pub(crate) fn known(user: &User) -> Self {
        let User { id, email, name, state, display_name: _ } = user;
        Self::Known { id: id.clone(), email: email.clone(), name: name.clone(), state: *state }
    }
}

/// A rule by its id and name
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "RuleName")]
pub(crate) struct RuleRefJson {
    id: RuleId,
    name: Option<RuleName>,
    /// Absent where the rule does not end by itself, and where that is not known
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Expires>,
}

impl RuleRefJson {
    pub(crate) fn of(rule: &Rule) -> Self {
        Self { expires: rule.expires.clone(), ..Self::new(&rule.id, rule.name.as_ref()) }
    }

    pub(crate) fn new(id: &RuleId, name: Option<&RuleName>) -> Self {
        Self { id: id.clone(), name: name.cloned(), expires: None }
    }
}

/// A rule; it has `users`, `except_users`, both of them, or `everyone`
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Rule")]
pub(crate) struct RuleJson {
    id: RuleId,
    name: Option<RuleName>,
    description: Option<Description>,
    /// A date, which counts to its end in UTC, or a time; absent where the rule does not end by itself
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Expires>,
    effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<UserJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    except_users: Option<Vec<UserJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    everyone: Option<bool>,
}

impl RuleJson {
    /// A rule that is left out, since it matches nobody.
    pub(crate) fn without_targets(rule: &SkippedRule) -> Self {
        let SkippedRule { id, name, description, effect } = rule;
        Self {
            id: id.clone(),
            name: name.clone(),
            description: description.clone(),
            expires: None,
            effect: *effect,
            users: None,
            except_users: None,
            everyone: None,
        }
    }

    /// A rule that is left out, with the date by which it has expired.
    pub(crate) fn expired(ExpiredRule { rule, end }: &ExpiredRule, directory: &Directory) -> Self {
        Self { expires: Some(end.clone()), ..Self::of(rule, directory) }
    }

    pub(crate) fn of(rule: &Rule, directory: &Directory) -> Self {
        let Rule { id, name, description, expires, effect, targets } = rule;
        let users = |set: Option<&UserSet>| {
            set.map(|set| set.iter().map(|user| UserJson::of(user, directory)).collect())
        };
        Self {
            id: id.clone(),
            name: name.clone(),
            description: description.clone(),
            expires: expires.clone(),
            effect: *effect,
            users: users(targets.users()),
            except_users: users(targets.except()),
            everyone: (*targets == Targets::Everyone).then_some(true),
        }
    }
}

/// A role by its id and name; the id is null where there is no such role yet
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "RoleName")]
pub(crate) struct RoleRefJson {
    pub(crate) id: Option<RoleId>,
    pub(crate) name: RoleName,
}

/// A live role by its id and name, with its type
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "TypedRole")]
pub(crate) struct TypedRoleJson {
    id: RoleId,
    name: RoleName,
    #[serde(rename = "type")]
    role_type: RoleType,
    /// Absent where the role does not end by itself
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Expires>,
}

impl TypedRoleJson {
    pub(crate) fn of(live: &LiveRole) -> Self {
        let LiveRole { id, role, rules_unknown: _, created: _, modified: _ } = live;
        Self {
            id: id.clone(),
            name: role.name.clone(),
            role_type: role.role_type,
            expires: role.expires.clone(),
        }
    }
}

/// A role; long lists that the service keeps in several rules are one
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Role")]
pub(crate) struct RoleJson {
    /// Null where the role is not live yet
    id: Option<RoleId>,
    name: RoleName,
    #[serde(rename = "type")]
    role_type: RoleType,
    description: Option<Description>,
    /// A date, which counts to its end in UTC, or a time; absent where the role does not end by itself
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Expires>,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    created: Option<Timestamp>,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    modified: Option<Timestamp>,
    rules: Vec<RuleJson>,
    /// False where the service gave no list of rules, so that nobody knows whom the role reaches
    #[serde(skip_serializing_if = "Option::is_none")]
    rules_known: Option<bool>,
}

impl RoleJson {
    pub(crate) fn live(live: &LiveRole, directory: &Directory) -> Self {
        let LiveRole { id, role, rules_unknown, created, modified } = live;
        let rules_known = rules_unknown.then_some(false);
        Self { created: *created, modified: *modified, rules_known, ..Self::of(Some(id), role, directory) }
    }

    /// A role that may not be live yet.
    pub(crate) fn of(id: Option<&RoleId>, role: &Role, directory: &Directory) -> Self {
        let Role { name, role_type, description, expires, rules } = role.canonical();
        let rules = rules.iter().map(|rule| RuleJson::of(rule, directory)).collect();
        Self {
            id: id.cloned(),
            name,
            role_type,
            description,
            expires,
            created: None,
            modified: None,
            rules,
            rules_known: None,
        }
    }
}
