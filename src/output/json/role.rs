//! Values of the service as JSON and YAML show them.

use jiff::Timestamp;
use serde::Serialize;

use crate::directory::{Directory, State, UserId};
use crate::role::{
    Description, Effect, LiveRole, Role, RoleId, RoleName, RoleType, RuleId, RuleName, Targets, UserSet,
};

/// A user; only the id where the directory does not know it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UserView {
    id: UserId,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    rest: Option<KnownUser>,
}

#[derive(Debug, Clone, Serialize)]
struct KnownUser {
    email: Option<String>,
    name: Option<String>,
    state: State,
}

/// The user of this id.
pub(crate) fn user(id: &UserId, directory: &Directory) -> UserView {
    let rest = directory.user(id).map(|user| KnownUser {
        email: user.email.clone(),
        name: user.name.clone(),
        state: user.state,
    });
    UserView { id: id.clone(), rest }
}

/// A rule.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RuleView {
    id: RuleId,
    name: Option<RuleName>,
    description: Option<Description>,
    effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<UserView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    except_users: Option<Vec<UserView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    everyone: Option<bool>,
}

/// A role.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RoleView {
    id: Option<RoleId>,
    name: RoleName,
    #[serde(rename = "type")]
    role_type: RoleType,
    description: Option<Description>,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
    rules: Vec<RuleView>,
}

/// A role that is live; long lists that were split are shown as one.
pub(crate) fn live_role(live: &LiveRole, directory: &Directory) -> RoleView {
    RoleView { created: live.created, modified: live.modified, ..role(Some(&live.id), &live.role, directory) }
}

/// A role that may not be live yet.
pub(crate) fn role(id: Option<&RoleId>, role: &Role, directory: &Directory) -> RoleView {
    let Role { name, role_type, description, rules } = role.canonical();
    let users = |set: Option<&UserSet>| set.map(|set| set.iter().map(|id| user(id, directory)).collect());
    let rules = rules
        .into_iter()
        .map(|rule| RuleView {
            users: users(rule.targets.users()),
            except_users: users(rule.targets.except()),
            everyone: (rule.targets == Targets::Everyone).then_some(true),
            id: rule.id,
            name: rule.name,
            description: rule.description,
            effect: rule.effect,
        })
        .collect();
    RoleView { id: id.cloned(), name, role_type, description, created: None, modified: None, rules }
}

/// The rules that decided, by id and name.
pub(crate) fn rules<'a>(
    rules: impl IntoIterator<Item = (&'a RuleId, Option<&'a RuleName>)>,
) -> serde_json::Value {
    rules.into_iter().map(|(id, name)| serde_json::json!({ "id": id, "name": name })).collect()
}

/// An organization by its two names.
pub(crate) fn organization(organization: &crate::organization::Organization) -> serde_json::Value {
    serde_json::json!({ "id": organization.id, "alias": organization.alias })
}
