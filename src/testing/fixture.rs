//! A sandbox to try commands on, over real HTTP, and what the service itself says of it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::access::Grant;
use crate::definition::model::Document;
use crate::definition::parse::parse;
use crate::directory::{Directory, EntityName};
use crate::plan::Plan;
use crate::role::{Effect, RoleId, UserId};
use crate::sandbox::model as state;
use crate::sandbox::{Fault, Seed, Server, Store, StoreError};
use crate::system::System;
use crate::workmail::{Options, Writer, connect};

/// The demo organization without its roles.
pub(crate) struct Bench {
    store: Store,
    server: Server,
    pub(crate) writer: Writer,
}

/// Who reaches whom: a role by its id, and a user.
pub(crate) type Reached = BTreeSet<(RoleId, UserId)>;

pub(crate) fn document(yaml: &str) -> Document {
    let (document, diagnostics) = parse(0, yaml);
    assert_eq!(diagnostics, [], "{yaml}");
    document.expect("a document")
}

impl Bench {
    pub(crate) async fn start(file: &Path) -> Self {
        let store = Store::init(file, &Seed::default(), false).expect("a state");
        let server = Server::start_local(store.clone(), System::REAL).expect("a server");
        let options = Options { endpoint_url: Some(server.url()), sandbox: true, ..Options::default() };
        let account = connect(&options).await.expect("an account");
        let organization = account.organization(None).await.expect("an organization");
        let writer = account.writer(&organization);
        for role in writer.roles().await.expect("roles") {
            writer.delete(&role.id).await.expect("deleted");
        }
        Self { store, server, writer }
    }

    /// Denies the update after this many.
    pub(crate) fn deny_update(&self, after: usize) {
        let fault = format!("deny:UpdateImpersonationRole:1:{after}");
        self.server.faults().add(fault.parse().expect("a fault"));
    }

    pub(crate) fn add_fault(&self, fault: Fault) {
        self.server.faults().add(fault);
    }

    /// The organization as it is, past the service.
    pub(crate) fn organization(&self) -> state::Organization {
        self.store.read().expect("a state").organizations[0].clone()
    }

    pub(crate) fn no_faults(&self) {
        self.server.faults().clear();
    }

    /// Changes the organization behind the service.
    pub(crate) fn change(&self, change: impl Fn(&mut state::Organization)) {
        let changed = self.store.update(|state| -> Result<(), StoreError> {
            change(&mut state.organizations[0]);
            Ok(())
        });
        changed.expect("changed");
    }

    /// As [`change_directory`].
    pub(crate) fn turn(&self, line: &str) {
        self.change(|organization| change_directory(organization, line));
    }

    /// Who reaches whom, by the service's own answers.
    pub(crate) async fn reached(&self, directory: &Directory) -> Reached {
        let mut pairs = Reached::new();
        for role in self.writer.roles().await.expect("roles") {
            for user in directory.mailboxes() {
                let name = EntityName::from_service(user.id.as_str());
                if self.writer.effect(&role.id, &name).await.expect("an effect").effect == Effect::Allow {
                    pairs.insert((role.id.clone(), user.id.clone()));
                }
            }
        }
        pairs
    }
}

/// Changes the directory: `disable USER`, `unaddress USER`, `remove USER`, `join USER GROUP`, `leave USER GROUP`,
/// `nest GROUP GROUP`.
pub(crate) fn change_directory(organization: &mut state::Organization, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    let user = |name: &str| {
        let user = organization.users.iter().find(|user| user.name == name);
        user.unwrap_or_else(|| panic!("no user {name}")).id.clone()
    };
    let group = |name: &str| {
        let at = organization.groups.iter().position(|group| group.name == name);
        at.unwrap_or_else(|| panic!("no group {name}"))
    };
    match words[..] {
        ["disable", name] => {
            let id = user(name);
            let found = organization.users.iter_mut().find(|user| user.id == id);
            found.expect("a user").state = state::EntityState::Disabled;
        }
        ["unaddress", name] => {
            let id = user(name);
            let found = organization.users.iter_mut().find(|user| user.id == id);
            found.expect("a user").email = None;
        }
        ["remove", name] => {
            let id = user(name);
            organization.users.retain(|user| user.id != id);
        }
        ["join", name, to] => {
            let (member, to) = (state::Member::User(user(name)), group(to));
            organization.groups[to].members.push(member);
        }
        ["leave", name, from] => {
            let (member, from) = (state::Member::User(user(name)), group(from));
            organization.groups[from].members.retain(|other| *other != member);
        }
        ["nest", inner, outer] => {
            let (inner, outer) = (organization.groups[group(inner)].id.clone(), group(outer));
            organization.groups[outer].members.push(state::Member::Group(inner));
        }
        _ => panic!("what is {line:?}?"),
    }
}

/// What the plan says who gains and loses is the difference of the service's answers. Roles are told
/// apart by the change that they belong to, so that a rename is neither a loss nor a gain.
pub(crate) fn assert_delta(plan: &Plan, was: &Reached, is: &Reached) {
    let users = |grants: &[Grant]| grants.iter().map(|grant| grant.user.clone()).collect::<Vec<_>>();
    let sorted = |mut users: Vec<UserId>| {
        users.sort();
        users
    };
    let of = |set: &BTreeSet<(RoleId, UserId)>| set.iter().map(|(_, user)| user.clone()).collect::<Vec<_>>();
    let gained: Reached = is.difference(was).cloned().collect();
    let lost: Reached = was.difference(is).cloned().collect();
    assert_eq!(sorted(users(&plan.delta.gained)), sorted(of(&gained)));
    assert_eq!(sorted(users(&plan.delta.lost)), sorted(of(&lost)));
    for change in &plan.changes {
        let Some(before) = change.before() else { continue };
        let own =
            |set: &Reached| sorted(of(&set.iter().filter(|(id, _)| *id == before.id).cloned().collect()));
        assert_eq!(sorted(users(&change.delta.gained)), own(&gained), "{}", change.name());
        assert_eq!(sorted(users(&change.delta.lost)), own(&lost), "{}", change.name());
    }
}
