//! An organization without HTTP: answers what a plan needs, and takes a plan's changes, in the sandbox's model
//! itself.

use jiff::Timestamp;

use super::fixture::Reached;
use crate::definition::diagnostic::Errors;
use crate::definition::model::Document;
use crate::directory::access_control::AccessControlRule;
use crate::directory::{Directory, Group, GroupId, Member, State, User, UserId};
use crate::fetch::definitions::Gathered;
use crate::plan::compose::{Blocked, Options, compose};
use crate::plan::inventory::{Inventory, Needs, WantedRoles};
use crate::plan::{Action, Plan};
use crate::role::{Description, Effect, LiveRole, Role, RoleId, RoleName, RoleSummary, split_all};
use crate::sandbox::Seed;
use crate::sandbox::model as state;

/// The demo organization without its roles.
pub(crate) struct Model {
    pub(crate) organization: state::Organization,
    /// When plans are made.
    pub(crate) now: Timestamp,
    created: usize,
}

impl Model {
    pub(crate) fn new() -> Self {
        let mut organization = Seed::default().state().organizations.remove(0);
        organization.roles.clear();
        Self { organization, now: Timestamp::UNIX_EPOCH, created: 0 }
    }

    /// Adds a role as the service would, and gives its id.
    pub(crate) fn create(&mut self, role: &Role) -> RoleId {
        self.created += 1;
        let id = RoleId::from_service(format!("f0000000-0000-4000-8000-{:012}", self.created));
        let time = self.organization.completed;
        self.organization.roles.push(state::Role {
            id: id.clone(),
            name: role.name.clone(),
            role_type: role.role_type,
            description: Description::write(role.description.as_ref(), role.expires.as_ref()),
            rules: split_all(&role.rules).iter().map(rule).collect(),
            created: time,
            modified: time,
            client_token: None,
        });
        id
    }

    /// Every live role as plans compare it, and the directory.
    pub(crate) fn live(&self) -> (Vec<LiveRole>, Directory) {
        let mut inventory = Inventory::default();
        self.read(
            Needs { roles: Some(WantedRoles::All), everyone: true, ..Needs::default() },
            &mut inventory,
        );
        let Inventory { live, directory, .. } = inventory;
        (live.into_iter().map(|live| directory.canonical(live)).collect(), directory)
    }

    /// The plan of documents, from what they ask for alone. Nothing is asked for twice.
    pub(crate) fn plan(&self, documents: &[&Document], prune: bool) -> Result<Gathered, Errors> {
        let mut inventory = Inventory::default();
        let options = Options { prune, now: self.now, ..Options::default() };
        for _ in 0..4 {
            match compose(documents, &inventory, options) {
                Ok(proposal) => return Ok(Gathered { directory: inventory.directory, proposal }),
                Err(Blocked::Errors(errors)) => return Err(errors),
                Err(Blocked::Needs(needs)) => {
                    assert_new(&needs, &inventory.asked);
                    self.read(*needs, &mut inventory);
                }
            }
        }
        panic!("still asking after {:?}", inventory.asked);
    }

    fn read(&self, needs: Needs, inventory: &mut Inventory) {
        let organization = &self.organization;
        if let Some(wanted) = &needs.roles {
            inventory.summaries = organization.roles.iter().map(summary).collect();
            inventory.summaries.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
            let wanted = organization.roles.iter().filter(|role| wanted.includes(&summary(role)));
            inventory.live = wanted.map(live_role).collect();
        }
        let directory = &mut inventory.directory;
        let users = needs.users.iter().map(AsRef::as_ref);
        for name in users.chain(needs.user_ids.iter().map(UserId::as_str)) {
            if let Some(found) = organization.user(name) {
                directory.add_spelling(name, user(found));
            }
        }
        for name in &needs.groups {
            if let Some(found) = organization.group(name.as_str()) {
                directory.add_group_spelling(name.as_str(), group(found));
                self.read_members(&found.id, directory);
            }
        }
        if needs.everyone {
            organization.users.iter().for_each(|found| directory.add_user(user(found)));
            directory.set_complete();
        }
        if needs.group_names {
            organization.groups.iter().for_each(|group| directory.add_group_name(group.name.as_str()));
        }
        if needs.access_rules {
            let rules = organization.access_control_rules.iter().map(access_control_rule);
            inventory.access_rules = Some(rules.collect());
        }
        inventory.asked.extend(needs);
    }

    fn read_members(&self, id: &GroupId, directory: &mut Directory) {
        let members = directory.group(id).map(|group| group.members.clone()).unwrap_or_default();
        for member in members {
            match member {
                Member::User(id) => {
                    if let Some(found) = self.organization.user(id.as_str()) {
                        directory.add_user(user(found));
                    }
                }
                Member::Group(id) if directory.group(&id).is_none() => {
                    if let Some(found) = self.organization.group(id.as_str()) {
                        directory.add_group(group(found));
                        self.read_members(&id, directory);
                    }
                }
                Member::Group(_) => {}
            }
        }
    }

    /// Makes the changes of a plan, in its order.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        for change in &plan.changes {
            match &change.action {
                Action::Create { after } => drop(self.create(after)),
                Action::Update { before, after } => {
                    let live = self.organization.roles.iter_mut().find(|role| role.id == before.id);
                    let live = live.expect("a live role");
                    live.name = after.name.clone();
                    live.role_type = after.role_type;
                    live.description = Description::write(after.description.as_ref(), after.expires.as_ref());
                    live.rules = split_all(&after.rules).iter().map(rule).collect();
                }
                Action::Delete { before } => self.organization.roles.retain(|role| role.id != before.id),
            }
        }
    }

    /// Takes away what has ended, as `expire` does.
    pub(crate) fn expire(&mut self) {
        for live in self.live().0 {
            let role =
                self.organization.roles.iter_mut().find(|role| role.id == live.id).expect("a live role");
            role.rules = split_all(&live.role.at(self.now).rules).iter().map(rule).collect();
        }
    }

    /// Who reaches whom, by the lists of the model.
    pub(crate) fn reached(&self) -> Reached {
        let state::Organization { roles, users, .. } = &self.organization;
        let matches = |rule: &state::Rule, user: &UserId| {
            rule.target_users.as_ref().is_none_or(|users| users.contains(user))
                && !rule.not_target_users.as_ref().is_some_and(|users| users.contains(user))
        };
        let mut reached = Reached::new();
        for role in roles {
            let any = |effect, user: &UserId| {
                role.rules.iter().any(|rule| rule.effect == effect && matches(rule, user))
            };
            let enabled = users.iter().filter(|user| user.state == state::EntityState::Enabled);
            let mailboxes = enabled.filter(|user| user.email.is_some());
            let users = mailboxes.filter(|u| any(Effect::Allow, &u.id) && !any(Effect::Deny, &u.id));
            reached.extend(users.map(|user| (role.id.clone(), user.id.clone())));
        }
        reached
    }
}

fn assert_new(needs: &Needs, asked: &Needs) {
    let Needs { roles, users, groups, user_ids, everyone, group_names, access_rules } = needs;
    let twice = (roles.is_some() && asked.roles.is_some())
        || !users.is_disjoint(&asked.users)
        || !groups.is_disjoint(&asked.groups)
        || !user_ids.is_disjoint(&asked.user_ids)
        || (*everyone && asked.everyone)
        || (*group_names && asked.group_names)
        || (*access_rules && asked.access_rules);
    assert!(!twice, "{needs:?} after {asked:?}");
    assert_ne!(*needs, Needs::default());
}

fn entity_state(state: state::EntityState) -> State {
    match state {
        state::EntityState::Enabled => State::Enabled,
        state::EntityState::Disabled => State::Disabled,
        state::EntityState::Deleted => State::Deleted,
    }
}

fn user(user: &state::User) -> User {
    User {
        id: user.id.clone(),
        email: user.email.clone(),
        name: Some(user.name.clone()),
        display_name: Some(user.display_name.clone()),
        state: entity_state(user.state),
    }
}

fn group(group: &state::Group) -> Group {
    let member = |member: &state::Member| match member {
        state::Member::User(id) => Member::User(id.clone()),
        state::Member::Group(id) => Member::Group(id.clone()),
    };
    Group {
        id: group.id.clone(),
        email: group.email.clone(),
        name: Some(group.name.clone()),
        state: entity_state(group.state),
        members: group.members.iter().map(member).collect(),
    }
}

fn summary(role: &state::Role) -> RoleSummary {
    RoleSummary {
        id: role.id.clone(),
        name: role.name.clone(),
        role_type: role.role_type,
        created: Some(role.created),
        modified: Some(role.modified),
    }
}

fn live_role(role: &state::Role) -> LiveRole {
    let (description, expires) = Description::read(role.description.as_ref().map(Description::as_str));
    let rules = role.rules().into_iter().map(|rule| match rule.effect {
        Effect::Deny => rule,
        Effect::Allow => {
            let (description, expires) =
                Description::read(rule.description.as_ref().map(Description::as_str));
            crate::role::Rule { description, expires, ..rule }
        }
    });
    LiveRole {
        id: role.id.clone(),
        role: Role {
            name: role.name.clone(),
            role_type: role.role_type,
            description,
            expires,
            rules: rules.collect(),
        },
        rules_unknown: false,
        created: Some(role.created),
        modified: Some(role.modified),
    }
}

fn rule(rule: &crate::role::Rule) -> state::Rule {
    let list = |users: Option<&crate::role::UserSet>| users.map(|users| users.iter().cloned().collect());
    state::Rule {
        id: rule.id.clone(),
        name: rule.name.as_ref().map(|name| RoleName::from_service(name.as_str())),
        description: Description::write(rule.description.as_ref(), rule.expires.as_ref()),
        effect: rule.effect,
        target_users: list(rule.targets.users()),
        not_target_users: list(rule.targets.except()),
    }
}

fn access_control_rule(rule: &state::AccessControlRule) -> AccessControlRule {
    AccessControlRule {
        name: rule.name.clone(),
        effect: rule.effect,
        description: Some(rule.description.clone()),
        ip_ranges: rule.ip_ranges.clone(),
        not_ip_ranges: rule.not_ip_ranges.clone(),
        actions: rule.actions.clone(),
        not_actions: rule.not_actions.clone(),
        users: rule.user_ids.clone(),
        not_users: rule.not_user_ids.clone(),
        roles: rule.role_ids.clone(),
        not_roles: rule.not_role_ids.clone(),
    }
}
