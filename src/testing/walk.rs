//! Random walks: an organization, and one change after another by `create`, `edit`, `delete`, `apply` and `undo`, with guards and a policy,
//! and over HTTP with faults, somebody else's changes, two runs at once and signals. After each step a second
//! evaluator, written from the rules of evaluation alone, says whether what was said is what happened.
//!
//! A walk is its seed: the message of one that fails begins with it, and `WMROLE_WALK=SEED` runs it alone,
//! `WMROLE_WALK=SEED:COUNT` so many from there.

mod clock;
mod evaluator;
mod request;
mod step;
mod undo;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::fixture::Bench;
use super::model::Model;
use crate::role::{Description, Effect, RoleName, RoleType};
use crate::role::{RoleId, RuleId, UserId};
use crate::sandbox::model as state;

/// How many steps a walk has.
const STEPS: usize = 5;

/// Where numbers come from: SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).expect("a number")).expect("below n")
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Up to `most` of them, perhaps none; none twice.
    fn some<T: Clone + PartialEq>(&mut self, all: &[T], most: usize) -> Vec<T> {
        let mut some = Vec::new();
        for _ in 0..self.below(most + 1) {
            if !all.is_empty() {
                let one = self.pick(all).clone();
                if !some.contains(&one) {
                    some.push(one);
                }
            }
        }
        some
    }

    /// As [`Dice::some`], and never none unless there is none.
    fn one_or_more<T: Clone + PartialEq>(&mut self, all: &[T], most: usize) -> Vec<T> {
        let mut some = self.some(all, most);
        if some.is_empty() && !all.is_empty() {
            some.push(self.pick(all).clone());
        }
        some
    }
}

/// Where a walk goes: the sandbox's model alone, or the sandbox over HTTP.
enum Site<'a> {
    Model(Box<Model>),
    Service(&'a Bench),
}

impl Site<'_> {
    fn organization(&self) -> state::Organization {
        match self {
            Self::Model(model) => model.organization.clone(),
            Self::Service(bench) => bench.organization(),
        }
    }
}

/// Fills an organization with people, groups and roles.
fn fill(dice: &mut Dice, organization: &mut state::Organization) {
    let like = organization.users[0].clone();
    organization.users = (0..4 + dice.below(10)).map(|n| user(dice, &like, n)).collect();
    let ids: Vec<UserId> = organization.users.iter().map(|user| user.id.clone()).collect();
    // Who is deleted leaves the groups
    let there = organization.users.iter().filter(|user| user.state != state::EntityState::Deleted);
    let there: Vec<UserId> = there.map(|user| user.id.clone()).collect();
    let groups: Vec<_> = organization.groups.iter().map(|group| group.id.clone()).collect();
    for (n, group) in organization.groups.iter_mut().enumerate() {
        group.name = format!("group{n}");
        group.email = Some(format!("group{n}@example.com"));
        group.members = dice.some(&there, 4).into_iter().map(state::Member::User).collect();
        // Cycles are possible, but no group is directly in itself
        let others: Vec<_> = groups.iter().filter(|id| **id != group.id).cloned().collect();
        group.members.extend(dice.some(&others, 2).into_iter().map(state::Member::Group));
    }
    organization.mailbox_permissions.clear();
    organization.roles.clear();
    // One whom the directory no longer has
    let mut named = ids;
    named.push(UserId::from_service("10000001-0000-4000-8000-999999999999"));
    for n in 0..dice.below(7) {
        let name = match n > 0 && dice.percent(5) {
            true => format!("role {}", dice.below(n)),
            false => format!("role {n}"),
        };
        organization.roles.push(state::Role {
            id: RoleId::from_service(format!("a0000000-0000-4000-8000-{n:012}")),
            name: RoleName::from_service(name),
            role_type: role_type(dice),
            description: dice.percent(30).then(|| Description::from_service(format!("what {n} is for"))),
            rules: (0..dice.below(5)).map(|n| rule(dice, n, &named)).collect(),
            created: organization.completed,
            modified: organization.completed,
            client_token: None,
        });
    }
}

fn user(dice: &mut Dice, like: &state::User, n: usize) -> state::User {
    let state = match dice.below(10) {
        0 => state::EntityState::Deleted,
        1 | 2 => state::EntityState::Disabled,
        _ => state::EntityState::Enabled,
    };
    state::User {
        id: UserId::from_service(format!("10000001-0000-4000-8000-{n:012}")),
        name: format!("user{n}"),
        display_name: format!("User No. {n}"),
        email: dice.percent(90).then(|| format!("user{n}@example.com")),
        aliases: Vec::new(),
        state,
        ..like.clone()
    }
}

fn role_type(dice: &mut Dice) -> RoleType {
    if dice.percent(50) { RoleType::ReadOnly } else { RoleType::FullAccess }
}

fn rule(dice: &mut Dice, n: usize, users: &[UserId]) -> state::Rule {
    let (target_users, not_target_users) = match dice.below(8) {
        0 => (None, None),
        1 | 2 => (None, Some(dice.one_or_more(users, 3))),
        3 => (Some(dice.one_or_more(users, 4)), Some(dice.one_or_more(users, 2))),
        _ => (Some(dice.one_or_more(users, 4)), None),
    };
    state::Rule {
        id: RuleId::from_service(format!("rule-{n}")),
        name: dice.percent(50).then(|| RoleName::from_service(format!("Rule {n}"))),
        description: None,
        effect: if dice.percent(60) { Effect::Allow } else { Effect::Deny },
        target_users,
        not_target_users,
    }
}

/// The seeds of a test: those that it is made for, unless one is asked for.
fn seeds(first: u64, count: u64) -> Vec<u64> {
    let Ok(asked) = std::env::var("WMROLE_WALK") else { return (first..first + count).collect() };
    let (seed, count) = asked.split_once(':').unwrap_or((&asked, "1"));
    let number = |text: &str| text.parse::<u64>().expect("WMROLE_WALK is SEED or SEED:COUNT");
    (number(seed)..number(seed) + number(count)).collect()
}

/// Runs a walk, and says its seed and its steps where it fails.
fn walk(seed: u64, dice: Dice, site: Site<'_>, runtime: &tokio::runtime::Runtime) -> step::Tally {
    let mut walk = step::Walk::new(dice, site);
    let walked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            for _ in 0..STEPS {
                walk.step().await;
            }
        });
    }));
    // The panic itself was printed already
    assert!(walked.is_ok(), "the walk of WMROLE_WALK={seed} failed:\n{}", walk.trace.join("\n"));
    walk.tally
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A test that walks past everything proves nothing.
fn assert_seen(tally: &step::Tally, seen: &[&str]) {
    for what in seen {
        assert!(tally.get(*what).is_some_and(|n| *n >= 5), "too few {what}: {tally:?}");
    }
}

#[test]
fn walks_on_the_model() {
    let runtime = runtime();
    let mut tally = step::Tally::new();
    for seed in seeds(1, 1000) {
        let mut dice = Dice(seed);
        let mut model = Model::new();
        fill(&mut dice, &mut model.organization);
        for (what, n) in walk(seed, dice, Site::Model(Box::new(model)), &runtime) {
            *tally.entry(what).or_default() += n;
        }
    }
    if std::env::var_os("WMROLE_WALK").is_none() {
        assert_seen(&tally, &["create", "edit", "delete", "apply", "done", "wrong", "dry run", "converged"]);
        assert_seen(&tally, &["max-deletes", "max-gained", "escalation", "protected-user", "everyone"]);
        assert_seen(&tally, &["undo", "undone", "not undone", "lost", "moved", "protected", "somebody left"]);
    }
}

#[test]
fn walks_over_http() {
    let runtime = runtime();
    let mut tally = step::Tally::new();
    let home = tempfile::tempdir().expect("a directory");
    let bench = runtime.block_on(Bench::start(&home.path().join("state.json")));
    let demo = bench.organization();
    for seed in seeds(1_000_000, 150) {
        let mut dice = Dice(seed);
        let mut organization = demo.clone();
        fill(&mut dice, &mut organization);
        bench.no_faults();
        bench.change(|live| *live = organization.clone());
        for (what, n) in walk(seed, dice, Site::Service(&bench), &runtime) {
            *tally.entry(what).or_default() += n;
        }
    }
    if std::env::var_os("WMROLE_WALK").is_none() {
        assert_seen(&tally, &["create", "edit", "delete", "apply", "done", "failed", "fault", "converged"]);
        assert_seen(&tally, &["stopped", "not attempted", "somebody else", "two runs"]);
        assert_seen(&tally, &["undo", "undone", "not undone", "moved", "protected"]);
    }
}
