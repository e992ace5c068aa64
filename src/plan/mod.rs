//! The changes between what is declared and what is live, as a value.
//!
//! Pure and synchronous: computed once from plain data, shown, guarded, and that same value is
//! executed by [`crate::apply`]. Unchanged roles are named, not listed as changes.

pub(crate) mod cause;
pub(crate) mod compose;
pub(crate) mod edit_between;
pub(crate) mod guard;
pub(crate) mod identity;
pub(crate) mod inventory;
pub(crate) mod overruled;
pub(crate) mod role_diff;
pub(crate) mod rule_edit;
pub(crate) mod saved;
pub(crate) mod selection;
pub(crate) mod set;
pub(crate) mod wave;

use std::collections::BTreeMap;

use self::cause::GroupCause;
use self::overruled::Overruled;
use self::role_diff::RoleDiff;
use crate::access::{self, Delta};
use crate::definition::resolve::{Desired, ExpiredRule, SkippedRule};
use crate::definition::span::Span;
use crate::directory::Directory;
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleType, UserId};
use crate::sorted;

/// A live role by its two names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) struct RoleRef {
    /// Its name.
    pub name: RoleName,
    /// Its id.
    pub id: RoleId,
}

/// What happens to a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// It is made.
    Create {
        /// What it will be.
        after: Role,
    },
    /// It becomes another, and keeps its id.
    Update {
        /// What it is.
        before: LiveRole,
        /// What it will be.
        after: Role,
    },
    /// It goes, and its id with it.
    Delete {
        /// What it is.
        before: LiveRole,
    },
}

/// One change, with what it does to who reaches whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// What happens.
    pub action: Action,
    /// How the role differs.
    pub diff: RoleDiff,
    /// Who gains and loses what.
    pub delta: Delta,
    /// The groups by which users gain or lose access, where groups are the cause.
    pub causes: BTreeMap<UserId, GroupCause>,
    /// Rules of the definition that match nobody today, and are left out.
    pub skipped_rules: Vec<SkippedRule>,
    /// Rules of the definition that have ended, and are left out.
    pub expired: Vec<ExpiredRule>,
    /// The access control rules that name the id which a deletion takes away; none where they were
    /// not read.
    pub referenced_by: Option<Vec<String>>,
    /// Where the definition stands, if there is one.
    pub span: Option<Span>,
}

impl Change {
    /// The role before, where it is live.
    pub(crate) fn before(&self) -> Option<&LiveRole> {
        match &self.action {
            Action::Create { .. } => None,
            Action::Update { before, .. } | Action::Delete { before } => Some(before),
        }
    }

    /// The role after, where it stays.
    pub(crate) fn after(&self) -> Option<&Role> {
        match &self.action {
            Action::Create { after } | Action::Update { after, .. } => Some(after),
            Action::Delete { .. } => None,
        }
    }

    /// Its name after the change; before, when it goes.
    pub(crate) fn name(&self) -> &RoleName {
        match &self.action {
            Action::Create { after } | Action::Update { after, .. } => &after.name,
            Action::Delete { before } => &before.role.name,
        }
    }

    /// Does the role get a name that it did not have?
    pub(crate) fn names_anew(&self) -> bool {
        self.after().is_some_and(|after| self.before().is_none_or(|live| live.role.name != after.name))
    }

    /// Could the role do anything to anyone that it could not before?
    pub(crate) fn widens(&self) -> bool {
        access::widens(self.before().map(|live| &live.role), self.after())
    }

    /// Who is newly allowed and stays denied all the same.
    pub(crate) fn overruled(&self) -> Vec<Overruled<'_>> {
        self.after()
            .map_or_else(Vec::new, |after| overruled::overruled(self.before().map(|live| &live.role), after))
    }

    /// Does the role turn from the one type to the other?
    pub(crate) fn turns(&self, from: RoleType, to: RoleType) -> bool {
        self.before().is_some_and(|live| live.role.role_type == from)
            && self.after().is_some_and(|role| role.role_type == to)
    }

    /// `create`, `update` or `delete`.
    pub(crate) fn verb(&self) -> &'static str {
        match self.action {
            Action::Create { .. } => "create",
            Action::Update { .. } => "update",
            Action::Delete { .. } => "delete",
        }
    }
}

/// Everything that is to be done, in the order in which it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The changes.
    pub changes: Vec<Change>,
    /// Declared roles that are as declared.
    pub unchanged: Vec<RoleRef>,
    /// Live roles that nothing declares; they stay.
    pub undeclared: Vec<RoleRef>,
    /// What all changes together do.
    pub delta: Delta,
}

impl Plan {
    /// Makes a plan of changes and the roles that stay.
    pub(crate) fn new(
        mut changes: Vec<Change>,
        mut unchanged: Vec<RoleRef>,
        mut undeclared: Vec<RoleRef>,
    ) -> Self {
        // What narrows first, then what goes, then what widens: at no moment is more reached than
        // before and after
        sorted::by_key(&mut changes, |change| {
            let phase = match (&change.action, change.widens()) {
                (Action::Update { .. }, false) => 0,
                (Action::Delete { .. }, _) => 1,
                _ => 2,
            };
            (phase, change.name().clone(), change.before().map(|live| live.id.clone()))
        });
        sorted::by(&mut unchanged, Ord::cmp);
        sorted::by(&mut undeclared, Ord::cmp);
        let mut delta = Delta::default();
        for change in &changes {
            delta.extend(&change.delta);
        }
        Self { changes, unchanged, undeclared, delta }
    }

    /// Is there nothing to do?
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes are creations, updates and deletions.
    pub(crate) fn counts(&self) -> Counts {
        let of = |verb| self.changes.iter().filter(|change| change.verb() == verb).count();
        Counts {
            create: of("create"),
            update: of("update"),
            delete: of("delete"),
            unchanged: self.unchanged.len(),
            undeclared: self.undeclared.len(),
        }
    }
}

/// How many roles each thing happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "Summary")]
pub(crate) struct Counts {
    /// Made.
    pub create: usize,
    /// Changed.
    pub update: usize,
    /// Deleted.
    pub delete: usize,
    /// As declared.
    pub unchanged: usize,
    /// Live and not declared.
    pub undeclared: usize,
}

/// The change that turns `live` into `desired`, or nothing where they are equal.
pub(crate) fn change(desired: &Desired, live: Option<&LiveRole>, directory: &Directory) -> Option<Change> {
    let before = live.map(|live| &live.role);
    let diff = RoleDiff::to_desired(before, desired);
    let action = match live {
        None => Action::Create { after: desired.role.clone() },
        Some(_) if diff.is_empty() => return None,
        Some(live) => Action::Update { before: live.clone(), after: desired.role.clone() },
    };
    let delta = delta(before, Some(&desired.role), directory);
    let causes = cause::group_causes(before, desired, &delta);
    let (skipped_rules, expired) = (desired.skipped_rules.clone(), desired.expired.clone());
    let span = Some(desired.span.clone());
    Some(Change { action, diff, delta, causes, skipped_rules, expired, referenced_by: None, span })
}

/// As [`change`] for a role that no definition declares.
pub(crate) fn change_of_role(role: &Role, live: Option<&LiveRole>, directory: &Directory) -> Option<Change> {
    let after = role.canonical();
    let before = live.map(|live| &live.role);
    let diff = RoleDiff::between(before, Some(&after));
    let delta = delta(before, Some(&after), directory);
    let action = match live {
        None => Action::Create { after },
        Some(_) if diff.is_empty() => return None,
        Some(live) => Action::Update { before: live.clone(), after },
    };
    let (causes, skipped_rules, expired) = Default::default();
    Some(Change { action, diff, delta, causes, skipped_rules, expired, referenced_by: None, span: None })
}

/// The change that deletes a live role. `referenced_by` are the access control rules that name its id,
/// where they could be read.
pub(crate) fn deletion(live: &LiveRole, referenced_by: Option<Vec<String>>, directory: &Directory) -> Change {
    let delta = delta(Some(&live.role), None, directory);
    Change {
        action: Action::Delete { before: live.clone() },
        diff: RoleDiff::between(Some(&live.role), None),
        delta,
        causes: BTreeMap::new(),
        skipped_rules: Vec::new(),
        expired: Vec::new(),
        referenced_by,
        span: None,
    }
}

/// The delta among the enabled users that were read. The caller has read all of them where
/// [`access::needs_every_user`] says so, and those whom rules name otherwise.
fn delta(before: Option<&Role>, after: Option<&Role>, directory: &Directory) -> Delta {
    access::delta(before, after, directory.mailboxes().map(|user| &user.id))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::role::tests::{role, rule, users};
    use crate::role::{Effect, Targets};

    pub(crate) fn targets(name: &str, targets: Targets) -> Role {
        Role { name: RoleName::from_service(name), ..role(vec![rule("1", Effect::Allow, targets)]) }
    }

    /// A role that may impersonate these users.
    pub(crate) fn allows(name: &str, ids: &[&str]) -> Role {
        targets(name, Targets::Users(users(ids)))
    }

    pub(crate) fn full(role: Role) -> Role {
        Role { role_type: RoleType::FullAccess, ..role }
    }

    pub(crate) fn live(id: &str, role: &Role) -> LiveRole {
        LiveRole {
            id: RoleId::from_service(id),
            role: role.clone(),
            rules_unknown: false,
            created: None,
            modified: None,
        }
    }

    /// A change that no definition declares.
    pub(crate) fn changed(before: Option<&Role>, after: Option<&Role>) -> Change {
        let live = before.map(|role| live("id", role));
        match (after, &live) {
            (Some(after), live) => {
                change_of_role(after, live.as_ref(), &Directory::default()).expect("a change")
            }
            (None, Some(live)) => deletion(live, None, &Directory::default()),
            (None, None) => panic!("no role"),
        }
    }

    pub(crate) fn plan(changes: impl IntoIterator<Item = Change>) -> Plan {
        Plan::new(changes.into_iter().collect(), vec![], vec![])
    }

    #[test]
    fn a_plan_of_nothing_is_empty() {
        let plan = Plan::new(vec![], vec![], vec![]);
        assert!(plan.is_empty());
        assert!(plan.delta.is_empty());
    }

    #[test]
    fn a_change_says_what_it_is() {
        let (old, new) = (allows("old", &["a"]), allows("new", &["a"]));
        let wider = allows("old", &["a", "b"]);
        let facts = |change: &Change| {
            let before = change.before().map(|live| live.role.name.to_string());
            let after = change.after().map(|role| role.name.to_string());
            (change.verb(), change.name().to_string(), before, after, change.names_anew(), change.widens())
        };
        let text = |text: &str| text.to_owned();
        let some = |text: &str| Some(text.to_owned());
        let made = changed(None, Some(&new));
        assert_eq!(facts(&made), ("create", text("new"), None, some("new"), true, true));
        let renamed = changed(Some(&old), Some(&new));
        assert_eq!(facts(&renamed), ("update", text("new"), some("old"), some("new"), true, false));
        let widened = changed(Some(&old), Some(&wider));
        assert_eq!(facts(&widened), ("update", text("old"), some("old"), some("old"), false, true));
        let gone = changed(Some(&old), None);
        assert_eq!(facts(&gone), ("delete", text("old"), some("old"), None, false, false));
        let plan = plan([made, renamed, widened, gone]);
        assert!(!plan.is_empty());
        let counts = Counts { create: 1, update: 2, delete: 1, unchanged: 0, undeclared: 0 };
        assert_eq!(plan.counts(), counts);
    }

    #[test]
    fn a_role_turns_from_one_type_to_the_other_and_not_back() {
        use RoleType::{FullAccess, ReadOnly};
        let read = allows("r", &["a"]);
        let full = full(read.clone());
        let wider = allows("r", &["a", "b"]);
        let turned = changed(Some(&read), Some(&full));
        assert!(turned.turns(ReadOnly, FullAccess));
        assert!(!turned.turns(FullAccess, ReadOnly) && !turned.turns(ReadOnly, ReadOnly));
        assert!(!turned.turns(FullAccess, FullAccess));
        assert!(!changed(None, Some(&full)).turns(ReadOnly, FullAccess));
        assert!(!changed(Some(&read), None).turns(ReadOnly, FullAccess));
        assert!(!changed(Some(&read), Some(&wider)).turns(ReadOnly, FullAccess));
    }

    #[test]
    fn a_role_that_is_as_wanted_is_no_change() {
        let role = allows("r", &["a"]);
        assert_eq!(change_of_role(&role, Some(&live("id", &role)), &Directory::default()), None);
    }
}
