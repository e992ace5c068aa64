//! What brings back what a change replaced: a saved state and what is live now give changes, or why there are none.
//! Pure. What has expired since is not brought back, and its end is no change that somebody made.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::backup::{Lost, SavedChange, SavedOutcome, SavedState, restorable};
use crate::definition::resolve::ExpiredRule;
use crate::directory::Directory;
use crate::directory::access_control::{self, AccessControlRule};
use crate::plan::{self, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleSummary, UserId};

/// Why a change is not undone: what it left is no longer as it left it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Conflict {
    /// Somebody changed the role since.
    #[error("role {name} ({id}) was changed since")]
    Changed { name: RoleName, id: RoleId },
    /// Somebody deleted the role since.
    #[error("role {name} ({id}) was deleted since")]
    Deleted { name: RoleName, id: RoleId },
    /// A role that was deleted is there again.
    #[error("role {name} ({id}), which was deleted, is there again")]
    Returned { name: RoleName, id: RoleId },
    /// Another role has the name that the role had.
    #[error("role {id} has the name {name} now")]
    NameTaken { name: RoleName, id: RoleId },
    /// Several roles may be the one that was made.
    #[error("several roles have the name {name}, and which of them was made is not known")]
    Ambiguous { name: RoleName },
}

/// What undoes a change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Undo {
    /// The changes.
    pub(crate) changes: Vec<Change>,
    /// What cannot be brought back, and is left out.
    pub(crate) lost: Vec<Lost>,
}

impl Undo {
    /// Is there nothing to bring back but what has expired?
    pub(crate) fn is_over(&self) -> bool {
        self.changes.is_empty() && self.lost.iter().all(|lost| matches!(lost, Lost::Expired(..)))
    }

    /// As a plan.
    pub(crate) fn plan(self) -> Plan {
        Plan::new(self.changes, Vec::new(), Vec::new())
    }
}

/// The live roles that a saved state is about, by id or name.
pub(crate) fn concerns(state: &SavedState, role: &RoleSummary) -> bool {
    state.changes.iter().any(|change| {
        let SavedChange { before, after, outcome: _, made, namesake: _ } = change;
        let before = before.as_ref();
        before.is_some_and(|live| live.id == role.id || live.role.name == role.name)
            || after.as_ref().is_some_and(|after| after.name == role.name)
            || made.as_ref() == Some(&role.id)
    })
}

/// Everyone whom the roles named that are to come back.
pub(crate) fn users(state: &SavedState) -> BTreeSet<UserId> {
    let before = state.changes.iter().filter_map(|change| change.before.as_ref());
    before.flat_map(|live| live.role.mentioned_users()).cloned().collect()
}

/// The changes that bring back what a saved state holds. Only what the change wrote is touched, and only while it is
/// as the change left it. What was undone already, or never made, needs nothing.
///
/// `live` are the live roles that [`concerns`] names, in canonical form; the directory knows [`users`].
///
/// # Errors
/// Everything that is no longer as the change left it.
pub(crate) fn undo(
    state: &SavedState,
    live: &[LiveRole],
    access_rules: Option<&[AccessControlRule]>,
    directory: &Directory,
    now: Timestamp,
) -> Result<Undo, Vec<Conflict>> {
    let (mut undo, mut conflicts) = (Undo::default(), Vec::new());
    let live = Live { live, access_rules, directory, now };
    for change in state.changes.iter().filter(|change| change.outcome != Some(SavedOutcome::NotWritten)) {
        let step = match (&change.before, &change.after) {
            (None, Some(after)) => live.creation(change, after),
            (Some(before), Some(after)) => live.update(before, after),
            (Some(before), None) => live.deletion(before, change.namesake),
            (None, None) => Ok(Step::default()),
        };
        match step {
            Ok(Step { change, lost }) => {
                undo.changes.extend(change);
                undo.lost.extend(lost);
            }
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() { Ok(undo) } else { Err(conflicts) }
}

/// What undoes one change; nothing, where it was never made or is undone.
#[derive(Default)]
struct Step {
    change: Option<Change>,
    lost: Vec<Lost>,
}

#[derive(Clone, Copy)]
struct Live<'a> {
    live: &'a [LiveRole],
    access_rules: Option<&'a [AccessControlRule]>,
    directory: &'a Directory,
    now: Timestamp,
}

impl<'a> Live<'a> {
    fn by_id(self, id: &RoleId) -> Option<&'a LiveRole> {
        self.live.iter().find(|live| live.id == *id)
    }

    fn named(self, name: &RoleName) -> Vec<&'a LiveRole> {
        self.live.iter().filter(|live| live.role.name == *name).collect()
    }

    /// Is a live role as it was left, apart from what has ended?
    fn is(self, live: &LiveRole, role: &Role) -> bool {
        live.role.at(self.now).same_as(&role.at(self.now))
    }

    /// A role that was made goes.
    fn creation(self, change: &SavedChange, after: &Role) -> Result<Step, Conflict> {
        let name = after.name.clone();
        let found = match change.made.as_ref().and_then(|id| self.by_id(id)) {
            Some(live) => live,
            None => match self.named(&name)[..] {
                [] => return Ok(Step::default()),
                [one] => one,
                _ => return Err(Conflict::Ambiguous { name }),
            },
        };
        if !self.is(found, after) {
            return Err(Conflict::Changed { name: found.role.name.clone(), id: found.id.clone() });
        }
        let naming = access_control::naming(self.access_rules, &found.id);
        Ok(Step { change: Some(plan::deletion(found, naming, self.directory)), lost: Vec::new() })
    }

    /// A role that was changed becomes what it was.
    fn update(self, before: &LiveRole, after: &Role) -> Result<Step, Conflict> {
        // Deleted and brought back since, it has a new id
        let returned = || match self.named(&after.name)[..] {
            [one] if self.is(one, after) => Some(one),
            _ => None,
        };
        let Some(live) = self.by_id(&before.id).or_else(returned) else {
            return Err(Conflict::Deleted { name: before.role.name.clone(), id: before.id.clone() });
        };
        if live.role.same_as(&before.role) {
            return Ok(Step::default());
        }
        if !self.is(live, after) {
            return Err(Conflict::Changed { name: live.role.name.clone(), id: live.id.clone() });
        }
        Ok(self.restored(&before.role, Some(live)))
    }

    /// A role that was deleted is made again, under a new id.
    fn deletion(self, before: &LiveRole, namesake: bool) -> Result<Step, Conflict> {
        let named = self.named(&before.role.name);
        let (name, id) = (before.role.name.clone(), before.id.clone());
        if let Some(live) = self.by_id(&before.id) {
            let unchanged = self.is(live, &before.role);
            return if unchanged { Ok(Step::default()) } else { Err(Conflict::Returned { name, id }) };
        }
        match &named[..] {
            [] => Ok(self.restored(&before.role, None)),
            // It had the name before already
            _ if namesake => Ok(Step { change: None, lost: vec![Lost::Namesake(name, id)] }),
            // It was made again already
            [other, ..] if self.is(other, &before.role) => Ok(Step::default()),
            [other, ..] => Err(Conflict::NameTaken { name, id: other.id.clone() }),
        }
    }

    fn restored(self, role: &Role, live: Option<&LiveRole>) -> Step {
        let expired = ExpiredRule::of(role, self.now).into_iter();
        let expired = expired.map(|one| Lost::Expired(role.name.clone(), one.rule.id, one.end));
        let (role, mut lost) = restorable(&role.at(self.now), live.map(|live| &live.role), self.directory);
        lost.extend(expired);
        let change = role.and_then(|role| plan::change_of_role(&role, live, self.directory));
        Step { change, lost }
    }
}

#[cfg(test)]
mod tests {
    use super::super::backup::tests::{allows, change, directory, gone, live, state, targets};
    use super::*;
    use crate::directory::access_control::AccessControlRule;
    use crate::expiry::Expires;
    use crate::role::Rule;
    use crate::role::tests::{uid, users};
    use crate::role::{Effect, Targets};

    fn rid(text: &str) -> RoleId {
        RoleId::from_service(text)
    }

    fn name(text: &str) -> RoleName {
        RoleName::from_service(text)
    }

    fn made(id: &str, after: &Role) -> SavedChange {
        SavedChange { made: Some(rid(id)), ..change(None, Some(after)) }
    }

    /// What undoes one change.
    fn undone(change: &SavedChange, live: &[LiveRole]) -> Result<Undo, Vec<Conflict>> {
        undo(&state(vec![change.clone()]), live, None, &directory(), Timestamp::UNIX_EPOCH)
    }

    /// The only conflict.
    fn conflict(change: &SavedChange, live: &[LiveRole]) -> Conflict {
        let mut conflicts = undone(change, live).expect_err("a conflict");
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        conflicts.remove(0)
    }

    /// The change and nothing else.
    fn only(change: Change) -> Result<Undo, Vec<Conflict>> {
        Ok(Undo { changes: vec![change], lost: Vec::new() })
    }

    fn nothing() -> Result<Undo, Vec<Conflict>> {
        Ok(Undo::default())
    }

    fn becomes(role: &Role, live: Option<&LiveRole>) -> Change {
        plan::change_of_role(role, live, &directory()).expect("a change")
    }

    #[test]
    fn a_role_that_was_made_goes() {
        let new = allows("new", &["a"]);
        let there = live("1", &new);
        let other = live("2", &allows("other", &["a"]));
        let gone = || only(plan::deletion(&there, None, &directory()));
        assert_eq!(undone(&made("1", &new), &[other.clone(), there.clone()]), gone());
        // By its name, where its id is not known or is another by now
        assert_eq!(undone(&change(None, Some(&new)), &[other.clone(), there.clone()]), gone());
        assert_eq!(undone(&made("9", &new), &[other.clone(), there.clone()]), gone());
        // By its id, whoever else has its name
        assert_eq!(undone(&made("1", &new), &[live("2", &new), there.clone()]), gone());
        let unknown = SavedChange { outcome: None, ..made("1", &new) };
        assert_eq!(undone(&unknown, std::slice::from_ref(&there)), gone());
        // It is gone already, or was never made
        assert_eq!(undone(&made("1", &new), std::slice::from_ref(&other)), nothing());
        let not = SavedChange { outcome: Some(SavedOutcome::NotWritten), ..made("1", &new) };
        assert_eq!(undone(&not, &[there]), nothing());
    }

    #[test]
    fn a_role_that_was_made_and_changed_since_stays() {
        let new = allows("new", &["a"]);
        let (renamed, widened) = (allows("renamed", &["a"]), allows("new", &["a", "b"]));
        let changed = |text: &str| Conflict::Changed { name: name(text), id: rid("1") };
        assert_eq!(conflict(&made("1", &new), &[live("1", &renamed)]), changed("renamed"));
        assert_eq!(conflict(&made("1", &new), &[live("1", &widened)]), changed("new"));
        assert_eq!(conflict(&change(None, Some(&new)), &[live("1", &widened)]), changed("new"));
        let two = [live("1", &new), live("2", &new)];
        assert_eq!(conflict(&change(None, Some(&new)), &two), Conflict::Ambiguous { name: name("new") });
    }

    #[test]
    fn access_control_rules_that_name_a_role_that_goes_are_told_of() {
        let rule = |name: &str, role: &str| AccessControlRule {
            roles: vec![rid(role)],
            ..crate::directory::access_control::tests::rule(name, Effect::Allow)
        };
        let rules = [rule("ours", "1"), rule("theirs", "2")];
        let new = allows("new", &["a"]);
        let undo = undo(
            &state(vec![made("1", &new)]),
            &[live("1", &new)],
            Some(&rules),
            &directory(),
            Timestamp::UNIX_EPOCH,
        )
        .expect("undone");
        assert_eq!(undo.changes[0].referenced_by, Some(vec!["ours".to_owned()]));
    }

    #[test]
    fn a_role_that_was_changed_becomes_what_it_was() {
        let (before, after) = (live("1", &allows("old", &["a"])), allows("new", &["b"]));
        let change = change(Some(&before), Some(&after));
        let now = live("1", &after);
        let back = |now: &LiveRole| only(becomes(&before.role, Some(now)));
        assert_eq!(undone(&change, &[live("2", &after), now.clone()]), back(&now));
        // It is so already
        assert_eq!(undone(&change, std::slice::from_ref(&before)), nothing());
        // It was deleted and brought back, and has another id
        let returned = live("2", &after);
        assert_eq!(undone(&change, &[live("3", &allows("x", &["b"])), returned.clone()]), back(&returned));
    }

    #[test]
    fn a_role_that_was_changed_since_or_is_gone_stays_so() {
        let (before, after) = (live("1", &allows("old", &["a"])), allows("new", &["b"]));
        let change = change(Some(&before), Some(&after));
        let deleted = || Conflict::Deleted { name: name("old"), id: rid("1") };
        assert_eq!(
            conflict(&change, &[live("1", &allows("newer", &["b"]))]),
            Conflict::Changed { name: name("newer"), id: rid("1") }
        );
        assert_eq!(conflict(&change, &[]), deleted());
        assert_eq!(conflict(&change, &[live("2", &allows("new", &["c"]))]), deleted());
        assert_eq!(conflict(&change, &[live("2", &after), live("3", &after)]), deleted());
    }

    #[test]
    fn a_role_that_was_deleted_is_made_again() {
        let before = live("1", &allows("r", &["a"]));
        let change = change(Some(&before), None);
        assert_eq!(undone(&change, &[live("2", &allows("x", &["a"]))]), only(becomes(&before.role, None)));
        // It was made again already, or is there still
        assert_eq!(undone(&change, &[live("2", &before.role)]), nothing());
        assert_eq!(undone(&change, std::slice::from_ref(&before)), nothing());
        assert_eq!(
            conflict(&change, &[live("1", &allows("r", &["b"]))]),
            Conflict::Returned { name: name("r"), id: rid("1") }
        );
        assert_eq!(
            conflict(&change, &[live("2", &allows("r", &["b"]))]),
            Conflict::NameTaken { name: name("r"), id: rid("2") }
        );
    }

    #[test]
    fn a_deleted_role_whose_name_another_had_before_is_lost() {
        let before = live("1", &allows("r", &["a"]));
        let change = SavedChange { namesake: true, ..change(Some(&before), None) };
        let lost = Undo { changes: vec![], lost: vec![Lost::Namesake(name("r"), rid("1"))] };
        assert_eq!(undone(&change, &[live("2", &before.role)]), Ok(lost));
        // The other one is gone by now
        assert_eq!(undone(&change, &[]), only(becomes(&before.role, None)));
    }

    #[test]
    fn what_cannot_come_back_is_left_out_and_said() {
        let before = live("1", &allows("r", &["a", "d"]));
        let without = becomes(&allows("r", &["a"]), None);
        let expected = Undo { changes: vec![without], lost: vec![gone("r", "d")] };
        assert_eq!(undone(&change(Some(&before), None), &[]), Ok(expected));
        // Nothing but what is lost differs
        let after = allows("r", &["a"]);
        let expected = Undo { changes: vec![], lost: vec![gone("r", "d")] };
        assert_eq!(undone(&change(Some(&before), Some(&after)), &[live("1", &after)]), Ok(expected));
        // The live role names the user still, who can stay
        let (after, now) = (allows("r", &["b", "d"]), live("1", &allows("r", &["b", "d"])));
        let expected = only(becomes(&before.role, Some(&now)));
        assert_eq!(undone(&change(Some(&before), Some(&after)), std::slice::from_ref(&now)), expected);
        let except = live("1", &targets("r", Targets::Except(users(&["d"]))));
        let expected = Undo { changes: vec![], lost: vec![gone("r", "d"), Lost::Exceptions(name("r"))] };
        assert_eq!(undone(&change(Some(&except), None), &[]), Ok(expected));
    }

    #[test]
    fn every_conflict_is_said_and_then_nothing_is_undone() {
        let (one, two) = (live("1", &allows("one", &["a"])), live("2", &allows("two", &["a"])));
        let new = allows("new", &["a"]);
        let record = state(vec![
            change(Some(&one), Some(&allows("one", &["b"]))),
            made("3", &new),
            change(Some(&two), Some(&allows("two", &["b"]))),
            change(None, None),
        ]);
        let deleted =
            |live: &LiveRole| Conflict::Deleted { name: live.role.name.clone(), id: live.id.clone() };
        assert_eq!(
            undo(&record, &[live("3", &new)], None, &directory(), Timestamp::UNIX_EPOCH),
            Err(vec![deleted(&one), deleted(&two)])
        );
        assert_eq!(undone(&change(None, None), &[]), nothing());
        let all = [live("1", &allows("one", &["b"])), live("2", &allows("two", &["b"])), live("3", &new)];
        let undone = undo(&record, &all, None, &directory(), Timestamp::UNIX_EPOCH).expect("undone");
        assert_eq!(undone.changes.len(), 3);
        let plan = undone.plan();
        let verbs: Vec<_> =
            plan.changes.iter().map(|change| (change.verb(), change.name().as_str())).collect();
        assert_eq!(verbs, [("delete", "new"), ("update", "one"), ("update", "two")]);
    }

    #[test]
    fn what_has_expired_is_not_brought_back_and_its_end_is_no_conflict() {
        let end = |text: &str| Expires::parse(text).expect("an expiry");
        let until = |role: &Role, text: &str| {
            let rules = role.rules.iter().cloned().map(|rule| Rule { expires: Some(end(text)), ..rule });
            Role { rules: rules.collect(), ..role.clone() }
        };
        let [january, march] = ["2027-01-31", "2027-03-31"];
        let in_february = |change: &SavedChange, live: &[LiveRole]| {
            let now = "2027-02-15T00:00:00Z".parse().expect("a time");
            undo(&state(vec![change.clone()]), live, None, &directory(), now)
        };
        let expired = |role: &Role| Lost::Expired(name("r"), role.rules[0].id.clone(), end(january));
        // Deleted: it comes back with its id's rules that have not ended
        let role = until(&allows("r", &["a"]), january);
        let empty = Role { rules: vec![], ..role.clone() };
        let lost = vec![expired(&role)];
        let deleted = change(Some(&live("1", &role)), None);
        let back = Undo { changes: vec![becomes(&empty, None)], lost: lost.clone() };
        assert_eq!(in_february(&deleted, &[]), Ok(back));
        assert_eq!(lost[0].to_string(), "role r: rule 1 expired on 2027-01-31");
        // The role's own date
        let by_role = Role { expires: Some(end(january)), ..allows("r", &["a"]) };
        let closed = Role { rules: vec![], ..by_role.clone() };
        let back = Undo { changes: vec![becomes(&closed, None)], lost: vec![expired(&by_role)] };
        assert_eq!(in_february(&change(Some(&live("1", &by_role)), None), &[]), Ok(back));
        // What was changed to `after`, and has been closed by its date since, is as it was left
        let (before, after) = (until(&allows("r", &["b"]), march), until(&allows("r", &["a"]), january));
        let edited = change(Some(&live("1", &before)), Some(&after));
        let now = live("1", &after.at("2027-02-01T00:00:00Z".parse().expect("a time")));
        assert!(now.role.rules.is_empty());
        assert_eq!(in_february(&edited, std::slice::from_ref(&now)), only(becomes(&before, Some(&now))));
        // A later date that the change took away comes back, and is said to be access for longer
        let (before, after) = (until(&allows("r", &["a"]), march), until(&allows("r", &["a"]), "2027-02-28"));
        let edited = change(Some(&live("1", &before)), Some(&after));
        let undone = in_february(&edited, &[live("1", &after)]).expect("undone");
        assert_eq!(undone.changes[0].delta.extended.len(), 1);
        // Of what `expire` took away nothing comes back, so that the next `undo` goes further
        let narrowed = change(Some(&live("1", &role)), Some(&empty));
        let undone = in_february(&narrowed, &[live("1", &empty)]).expect("nothing");
        assert_eq!(undone, Undo { changes: vec![], lost });
        assert!(undone.is_over());
    }

    #[test]
    fn the_live_roles_that_a_saved_state_is_about_have_an_id_or_a_name_of_it() {
        let before = live("1", &allows("before", &["a", "d"]));
        let record = state(vec![
            change(Some(&before), Some(&allows("after", &["b"]))),
            made("2", &allows("new", &["c"])),
        ]);
        let summary = |id: &str, text: &str| {
            let (id, name) = (rid(id), name(text));
            let role_type = crate::role::RoleType::ReadOnly;
            RoleSummary { id, name, role_type, created: None, modified: None }
        };
        for (id, text) in [("1", "x"), ("2", "x"), ("9", "before"), ("9", "after"), ("9", "new")] {
            assert!(concerns(&record, &summary(id, text)), "{id} {text}");
        }
        assert!(!concerns(&record, &summary("9", "x")));
        assert!(!concerns(&state(vec![change(None, None)]), &summary("9", "x")));
        assert_eq!(super::users(&record), [uid("a"), uid("d")].into());
    }
}
