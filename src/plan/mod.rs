//! The changes between what is declared and what is live, as a value.
//!
//! Pure and synchronous: computed once from plain data, shown, guarded, and that same value is
//! executed by [`crate::apply`]. Unchanged roles are named, not listed as changes.

pub(crate) mod cause;
pub(crate) mod guard;
pub(crate) mod role_diff;
pub(crate) mod saved;
pub(crate) mod set;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use self::cause::GroupCause;
use self::role_diff::RoleDiff;
use crate::access::{self, Delta};
use crate::definition::resolve::{Desired, SkippedRule};
use crate::definition::span::Span;
use crate::directory::Directory;
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleType, UserId};

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
    pub left_out: Vec<SkippedRule>,
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

    /// Could the role do anything to anyone that it could not before?
    pub(crate) fn widens(&self) -> bool {
        access::widens(self.before().map(|live| &live.role), self.after())
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
        changes.sort_by_cached_key(|change| {
            let phase = match (&change.action, change.widens()) {
                (Action::Update { .. }, false) => 0,
                (Action::Delete { .. }, _) => 1,
                _ => 2,
            };
            (phase, change.name().clone(), change.before().map(|live| live.id.clone()))
        });
        unchanged.sort();
        undeclared.sort();
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
    let (left_out, span) = (desired.left_out.clone(), Some(desired.span.clone()));
    Some(Change { action, diff, delta, causes, left_out, referenced_by: None, span })
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
    let (causes, left_out) = Default::default();
    Some(Change { action, diff, delta, causes, left_out, referenced_by: None, span: None })
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
        left_out: Vec::new(),
        referenced_by,
        span: None,
    }
}

/// The delta among the enabled users that were read. The caller has read all of them where
/// [`access::needs_every_user`] says so, and those whom rules name otherwise.
fn delta(before: Option<&Role>, after: Option<&Role>, directory: &Directory) -> Delta {
    access::delta(before, after, directory.mailboxes().map(|user| &user.id))
}

/// Two live roles share a name that a definition uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmbiguousName {
    /// Which definition, by its number.
    pub definition: usize,
    /// The name.
    pub name: RoleName,
    /// The ids of the live roles.
    pub ids: Vec<RoleId>,
}

/// What a definition calls a role.
#[derive(Debug, Clone)]
pub(crate) struct RoleKey<'a> {
    /// Its name.
    pub name: &'a RoleName,
    /// Its id, where given.
    pub id: Option<&'a RoleId>,
    /// Names that it had.
    pub previously: Vec<&'a RoleName>,
}

/// The name that a role has for a while, on its way to `target`, where names are swapped. It says where the
/// role was going, so that a run that stopped there is found again.
pub(crate) fn temporary_name(target: &RoleName) -> RoleName {
    let digest = Sha256::digest(target.as_str());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    RoleName::from_service(format!("wmrole temporary {hex}"))
}

/// Which live role each definition stands for; none for a role to be made.
///
/// An id given wins. A definition whose own name is not live takes the live role that was left on its way to
/// it, or one that has a former name of it. Those that are left take the live role of their name, unless a rename has taken it.
///
/// # Errors
/// For each definition whose name two live roles share.
pub(crate) fn match_live(
    called: &[RoleKey<'_>],
    live: &[(&RoleName, &RoleId)],
) -> Result<Vec<Option<RoleId>>, Vec<AmbiguousName>> {
    let mut assigned: Vec<Option<RoleId>> = vec![None; called.len()];
    let mut taken: BTreeSet<&RoleId> = BTreeSet::new();
    let mut ambiguous = Vec::new();
    let named =
        |name: &RoleName| live.iter().filter(|(n, _)| *n == name).map(|(_, id)| *id).collect::<Vec<_>>();
    for (i, definition) in called.iter().enumerate() {
        if let Some((_, id)) = live.iter().find(|(_, id)| Some(*id) == definition.id) {
            taken.insert(id);
            assigned[i] = Some((*id).clone());
        }
    }
    // Renames before names, so that a chain (b to c, a to b) finds its links
    for by_name in [false, true] {
        for (i, definition) in called.iter().enumerate() {
            if assigned[i].is_some() || (!by_name && !named(definition.name).is_empty()) {
                continue;
            }
            let own = by_name.then_some(definition.name);
            let temporary = temporary_name(definition.name);
            let former = std::iter::once(&temporary).chain(definition.previously.iter().copied());
            for name in own.into_iter().chain(former) {
                let free: Vec<_> = named(name).into_iter().filter(|id| !taken.contains(id)).collect();
                match free[..] {
                    [] => continue,
                    [id] => {
                        taken.insert(id);
                        assigned[i] = Some(id.clone());
                    }
                    _ => ambiguous.push(AmbiguousName {
                        definition: i,
                        name: name.clone(),
                        ids: free.into_iter().cloned().collect(),
                    }),
                }
                break;
            }
        }
    }
    if ambiguous.is_empty() { Ok(assigned) } else { Err(ambiguous) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(called: &[(&str, &[&str])], live: &[(&str, &str)]) -> Vec<Option<String>> {
        let names: Vec<(RoleName, Vec<RoleName>)> = called
            .iter()
            .map(|(n, p)| {
                (RoleName::from_service(*n), p.iter().map(|p| RoleName::from_service(*p)).collect())
            })
            .collect();
        let called: Vec<_> = names
            .iter()
            .map(|(name, previously)| RoleKey { name, id: None, previously: previously.iter().collect() })
            .collect();
        let live: Vec<_> =
            live.iter().map(|(n, i)| (RoleName::from_service(*n), RoleId::from_service(*i))).collect();
        let live: Vec<_> = live.iter().map(|(n, i)| (n, i)).collect();
        let ids = match_live(&called, &live).expect("not ambiguous");
        ids.into_iter().map(|id| id.map(|id| id.to_string())).collect()
    }

    fn some(id: &str) -> Option<String> {
        Some(id.to_owned())
    }

    #[test]
    fn a_name_that_is_live_is_kept() {
        assert_eq!(assigned(&[("a", &[])], &[("a", "1"), ("b", "2")]), [some("1")]);
        assert_eq!(assigned(&[("a", &["b"])], &[("a", "1"), ("b", "2")]), [some("1")]);
    }

    #[test]
    fn a_former_name_is_found_and_chains_too() {
        assert_eq!(assigned(&[("a", &["b"])], &[("b", "2")]), [some("2")]);
        assert_eq!(
            assigned(&[("b", &["a"]), ("c", &["b"])], &[("a", "1"), ("b", "2")]),
            [some("1"), some("2")]
        );
    }

    #[test]
    fn a_role_that_was_left_half_way_is_found() {
        let temporary = temporary_name(&RoleName::from_service("a"));
        let live = [("b", "1"), (temporary.as_str(), "2")];
        assert_eq!(assigned(&[("a", &["b"]), ("b", &[])], &live), [some("2"), some("1")]);
    }

    #[test]
    fn what_is_not_live_is_made() {
        assert_eq!(assigned(&[("a", &["z"])], &[("b", "2")]), [None]);
    }

    #[test]
    fn a_shared_name_is_ambiguous() {
        let (name, one, two) =
            (RoleName::from_service("a"), RoleId::from_service("1"), RoleId::from_service("2"));
        let called = |id| [RoleKey { name: &name, id, previously: vec![] }];
        let live = [(&name, &one), (&name, &two)];
        assert_eq!(match_live(&called(None), &live).map_err(|e| e[0].ids.len()), Err(2));
        assert_eq!(match_live(&called(Some(&two)), &live), Ok(vec![Some(two.clone())]));
    }

    #[test]
    fn a_plan_of_nothing_is_empty() {
        let plan = Plan::new(vec![], vec![], vec![]);
        assert!(plan.is_empty());
        assert!(plan.delta.is_empty());
    }
}
