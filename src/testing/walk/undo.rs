//! `undo` on a walk: what each change saved, what somebody does to it since, and whether what undoes it brings back
//! exactly what was there, or rightly refuses.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::evaluator::{Seen, SeenRule, World, after, everybody};
use super::{Dice, Site};
use crate::access;
use crate::apply::backup::{Lost, Origin, SavedChange, SavedOutcome, SavedState};
use crate::apply::report::Report;
use crate::apply::undo::{self, Undo};
use crate::directory::Directory;
use crate::fetch::definitions::access_control;
use crate::fetch::directory::{read_everyone, read_users};
use crate::fetch::roles::{canonical_roles, directory_for};
use crate::organization::Organization;
use crate::plan::{Action, Change, Plan};
use crate::role::{Description, Effect, LiveRole, RoleId, RoleName, RoleSummary, RuleId};
use crate::sandbox::model as state;
use crate::system::System;

/// A change that was carried out, as it was saved, and what it left.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) saved: SavedState,
    /// All roles right after the change.
    left: Vec<state::Role>,
    /// It is no longer what the next `undo` takes.
    pub(super) spent: bool,
}

impl Kept {
    /// Saves a change as the program does: before the first write, then what became of it, all through the file's
    /// text.
    pub(super) fn new(
        plan: &Plan,
        report: &Report,
        before: &state::Organization,
        left: &state::Organization,
    ) -> Self {
        let deleted: BTreeSet<_> = plan
            .changes
            .iter()
            .filter(|change| change.after().is_none())
            .filter_map(|change| Some(change.before()?.id.clone()))
            .collect();
        let stay = before.roles.iter().filter(|role| !deleted.is_empty() && !deleted.contains(&role.id));
        let others: BTreeSet<RoleName> = stay.map(|role| role.name.clone()).collect();
        let organization = Organization::of_id(before.id.clone(), &before.region);
        let mut saved =
            SavedState::before(&organization, &plan.changes, &others, Origin::default(), System::REAL);
        for _ in 0..2 {
            let text = serde_json::to_string(&saved).expect("written");
            saved = SavedState::parse(&text).expect("what was written");
            saved.finish(report);
        }
        Self { saved, left: left.roles.clone(), spent: false }
    }

    fn written(&self) -> impl Iterator<Item = &SavedChange> {
        self.saved.changes.iter().filter(|change| change.outcome != Some(SavedOutcome::NotWritten))
    }
}

/// What somebody does between a change and its undoing, mostly nothing.
pub(super) fn moves(dice: &mut Dice, kept: &Kept, live: &mut state::Organization) -> &'static str {
    let written: Vec<_> = kept.written().collect();
    if written.is_empty() || dice.percent(65) {
        return "as it was left";
    }
    let change = dice.pick(&written);
    let ids = [change.before.as_ref().map(|before| &before.id), change.made.as_ref()];
    let at = live.roles.iter().position(|role| ids.contains(&Some(&role.id)));
    let named = change.before.as_ref().map(|before| &before.role).or(change.after.as_ref());
    let target = live.users[0].id.clone();
    let time = live.completed;
    match (at, dice.below(3)) {
        (Some(at), 0) => drop(live.roles.remove(at)),
        (Some(at), 1) => live.roles[at].name = RoleName::from_service("somebody else's"),
        (Some(at), _) => live.roles[at].rules.push(state::Rule {
            id: RuleId::from_service("moved"),
            name: None,
            description: None,
            effect: Effect::Deny,
            target_users: Some(vec![target]),
            not_target_users: None,
        }),
        (None, n) => {
            let role = named.expect("a change has a role before or after it");
            live.roles.push(state::Role {
                id: RoleId::from_service(format!("c0000000-0000-4000-8000-{:012}", live.roles.len())),
                name: role.name.clone(),
                role_type: role.role_type,
                description: Some(Description::from_service(format!("another {n}"))),
                rules: Vec::new(),
                created: time,
                modified: time,
                client_token: None,
            });
        }
    }
    "moved"
}

/// When it is undone.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Somebody leaves the organization, and its groups.
pub(super) fn leave(live: &mut state::Organization, number: usize) {
    let user = &mut live.users[number];
    user.state = state::EntityState::Deleted;
    let member = state::Member::User(user.id.clone());
    live.groups.iter_mut().for_each(|group| group.members.retain(|one| *one != member));
}

/// What undoes a change, from what the program reads for it; or why nothing does.
pub(super) async fn plan(saved: &SavedState, site: &Site<'_>) -> Result<(Undo, Directory), String> {
    let refused = |conflicts| format!("{conflicts:?}");
    let reader = match site {
        Site::Model(model) => {
            let (mut live, directory) = model.live();
            live.retain(|live| undo::concerns(saved, &summary(live)));
            return Ok((undo::undo(saved, &live, None, &directory, NOW).map_err(refused)?, directory));
        }
        Site::Service(bench) => bench.writer.reader(),
    };
    let (_, live) = reader.live_roles(|role| undo::concerns(saved, role)).await.expect("read");
    let mut directory = directory_for(reader, &live.iter().collect::<Vec<_>>()).await.expect("read");
    read_users(reader, &mut directory, &undo::users(saved)).await.expect("read");
    let live: Vec<LiveRole> = canonical_roles(live, &directory);
    let rules = access_control(reader).await.expect("read");
    let mut undone = undo::undo(saved, &live, rules.as_deref(), &directory, NOW).map_err(refused)?;
    let everyone =
        |change: &Change| access::needs_every_user(change.before().map(|live| &live.role), change.after());
    if undone.changes.iter().any(everyone) && !directory.is_complete() {
        read_everyone(reader, &mut directory).await.expect("read");
        undone = undo::undo(saved, &live, rules.as_deref(), &directory, NOW).map_err(refused)?;
    }
    Ok((undone, directory))
}

fn summary(live: &LiveRole) -> RoleSummary {
    let LiveRole { id, role, created, modified, .. } = live;
    let (id, name, role_type) = (id.clone(), role.name.clone(), role.role_type);
    RoleSummary { id, name, role_type, created: *created, modified: *modified }
}

/// What became of a role since the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// It is as the change left it, or as it was before.
    Still,
    /// It is neither to anybody.
    Moved,
    /// By its id it is not there, or it differs in what nobody notices: both answers are right.
    Open,
}

/// Each role that the change wrote, and what became of it.
fn since(kept: &Kept, now: &state::Organization) -> Vec<Since> {
    let everybody = everybody(now);
    let is_as = |one: &state::Role, other: &Seen| {
        let named = other.named().into_iter().chain(everybody.iter().cloned());
        Seen::of_live(one).is_as(other, &named.collect())
    };
    let one = |change: &SavedChange| {
        let named = |name: &RoleName| now.roles.iter().filter(|role| role.name == *name).collect::<Vec<_>>();
        let id = change.before.as_ref().map(|before| &before.id).or(change.made.as_ref());
        let live = id.and_then(|id| now.roles.iter().find(|role| role.id == *id));
        let left = id.and_then(|id| kept.left.iter().find(|role| role.id == *id));
        let before = change.before.as_ref().map(|before| Seen::of_plan(&before.role));
        let planned = change.after.as_ref().map(Seen::of_plan);
        match (live, left) {
            (Some(live), Some(left)) if is_same(live, left) => {
                // A write whose outcome is not known may have left something else
                let known = [&before, &planned].into_iter().flatten().any(|one| is_as(live, one));
                if known { Since::Still } else { Since::Open }
            }
            (Some(live), _) => {
                let known = [&before, &planned].into_iter().flatten().any(|one| is_as(live, one));
                if known { Since::Open } else { Since::Moved }
            }
            (None, _) => match (&change.before, &change.after) {
                (Some(before), None) => match &named(&before.role.name)[..] {
                    [] => Since::Still,
                    _ if change.namesake => Since::Open,
                    // The first of them decides
                    all if all.iter().any(|role| is_as(role, &Seen::of_plan(&before.role))) => Since::Open,
                    _ => Since::Moved,
                },
                (Some(_), Some(after)) => match &named(&after.name)[..] {
                    [one] if is_as(one, &Seen::of_plan(after)) => Since::Open,
                    _ => Since::Moved,
                },
                (None, Some(after)) => match &named(&after.name)[..] {
                    [] => Since::Still,
                    [one] if !is_as(one, &Seen::of_plan(after)) => Since::Moved,
                    _ => Since::Open,
                },
                (None, None) => Since::Still,
            },
        }
    };
    kept.written().map(one).collect()
}

/// Is it the same, byte by byte?
fn is_same(one: &state::Role, other: &state::Role) -> bool {
    let state::Role { id, name, role_type, description, rules, created: _, modified: _, client_token: _ } =
        one;
    (id, name, role_type, description, rules)
        == (&other.id, &other.name, &other.role_type, &other.description, &other.rules)
}

/// It is refused only where something moved.
pub(super) fn check_refused(kept: &Kept, now: &state::Organization, why: &str) {
    let since = since(kept, now);
    assert!(since.iter().any(|one| *one != Since::Still), "nothing moved, and {why}");
}

/// What it does brings back what was there, and touches nothing else; what it does not is said.
pub(super) fn check(kept: &Kept, now: &state::Organization, was: &World, plan: &Plan, lost: &[Lost]) {
    let since = since(kept, now);
    assert!(!since.contains(&Since::Moved), "something moved: {since:?}");
    let there: BTreeSet<String> = now
        .users
        .iter()
        .filter(|user| user.state != state::EntityState::Deleted)
        .map(|user| user.id.to_string())
        .collect();
    check_lost(kept, now, lost, &there);
    let predicted = after(was, plan);
    // Who is gone cannot come back, and nobody else is treated otherwise
    let is_back = |is: &Seen, before: &LiveRole| is.is_as(&Seen::of_plan(&before.role), &there);
    for change in kept.written() {
        match (&change.before, &change.after) {
            (Some(before), after) => {
                let by_id = predicted.get(before.id.as_str());
                let back = match by_id {
                    Some(is) => is_back(is, before),
                    None => predicted.values().any(|is| is_back(is, before)),
                };
                let said = lost.iter().any(|lost| match lost {
                    Lost::Exceptions(name) => *name == before.role.name,
                    Lost::Namesake(name, id) => {
                        *name == before.role.name && *id == before.id && after.is_none()
                    }
                    Lost::User(..) | Lost::Expired(..) => false,
                });
                assert!(back || said, "{before:?} is not back, and nothing said so: {by_id:?} {lost:?}");
            }
            (None, Some(_)) => {
                let made = change.made.as_ref().and_then(|id| predicted.get(id.as_str()));
                assert!(made.is_none(), "what was made is still there: {made:?}");
            }
            (None, None) => {}
        }
    }
    check_touched(kept, plan);
}

fn check_lost(kept: &Kept, now: &state::Organization, lost: &[Lost], there: &BTreeSet<String>) {
    // Two of them may share a name
    let any = |name: &RoleName, is_so: &dyn Fn(&Seen) -> bool| {
        let before = kept.written().filter_map(|change| change.before.as_ref());
        before.filter(|before| before.role.name == *name).any(|before| is_so(&Seen::of_plan(&before.role)))
    };
    for one in lost {
        match one {
            Lost::User(role, user) => {
                assert!(!there.contains(user.as_str()), "{user} is there");
                let names = |role: &Seen| role.named().contains(user.as_str());
                assert!(any(role, &names), "{role} did not name {user}");
            }
            Lost::Exceptions(role) => {
                let gone = |rule: &SeenRule| {
                    !rule.but.is_empty() && !rule.but.iter().any(|user| there.contains(user))
                };
                assert!(any(role, &|role| role.rules().iter().any(gone)), "{role} has no such rule");
            }
            Lost::Expired(..) => panic!("{one}: nothing expires in a walk"),
            Lost::Namesake(name, id) => {
                assert!(now.roles.iter().any(|role| role.name == *name && role.id != *id));
            }
        }
    }
}

/// Nothing is touched but what the change wrote: by its id, or, where that is gone, by its name.
fn check_touched(kept: &Kept, plan: &Plan) {
    let by_id = |role: &LiveRole| {
        kept.written().any(|change| {
            change.before.as_ref().is_some_and(|before| before.id == role.id)
                || change.made.as_ref() == Some(&role.id)
        })
    };
    let by_name = |name: &RoleName| {
        kept.written().any(|change| change.after.as_ref().is_some_and(|after| after.name == *name))
    };
    for change in &plan.changes {
        let touched = match &change.action {
            Action::Create { after } => kept.written().any(|one| {
                one.after.is_none() && one.before.as_ref().is_some_and(|b| b.role.name == after.name)
            }),
            Action::Update { before, .. } | Action::Delete { before } => {
                by_id(before) || by_name(&before.role.name)
            }
        };
        assert!(touched, "the change did not touch {}", change.name());
    }
}
