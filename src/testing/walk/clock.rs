//! Walks through time: roles and rules that end, a clock that moves between the steps, and `expire`, edits of ends,
//! older definitions and `undo` in any order. What must be open is said by a second reading of the dates, written from
//! the contract's words and with nothing of `expiry.rs`.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::evaluator::{NOBODY_YET, Seen, allows, everybody};
use super::step::{Tally, done};
use super::undo::Kept;
use super::{Dice, assert_seen, fill, seeds};
use crate::apply::backup::Lost;
use crate::apply::undo;
use crate::definition::export::export;
use crate::definition::model::Document;
use crate::expiry::Expires;
use crate::plan::{self, Plan};
use crate::role::{Description, Effect, LiveRole, Role, RoleSummary};
use crate::sandbox::model as state;
use crate::testing::fixture::document;
use crate::testing::model::Model;

/// How many steps a walk has.
const STEPS: usize = 12;

/// Ends are in January 2027.
fn start() -> Timestamp {
    Date::constant(2027, 1, 1).to_zoned(TimeZone::UTC).expect("a day").timestamp()
}

/// A date or a time, as people write it.
fn end(dice: &mut Dice) -> String {
    let day = 1 + dice.below(28);
    match dice.percent(50) {
        true => format!("2027-01-{day:02}"),
        false => format!("2027-01-{day:02}T{:02}:30:00Z", dice.below(24)),
    }
}

/// When a text says that access ends: its last line, a date to its end in UTC.
fn ends(text: Option<&Description>) -> Option<Timestamp> {
    let date = text?.as_str().trim_end().lines().last()?.strip_prefix("Expires: ")?.to_owned();
    let moment = if date.len() == 10 { format!("{date}T23:59:59Z") } else { date.clone() };
    let moment: Timestamp = moment.parse().expect("a moment");
    Some(if date.len() == 10 { moment.checked_add(1.second()).expect("the next day") } else { moment })
}

/// The first of two ends.
fn first(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}

/// May the role impersonate this user at a time, if its dates were kept? `own` says when the role ends, and `of_rule`
/// when the rule of this number does.
fn meant_by(
    role: &state::Role,
    own: Option<Timestamp>,
    of_rule: impl Fn(&state::Rule) -> Option<Timestamp>,
    user: &str,
    now: Timestamp,
) -> bool {
    let seen = Seen::of_live(role);
    let both = role.rules.iter().zip(seen.rules());
    let left = both.filter(|(rule, _)| {
        rule.effect == Effect::Deny || first(own, of_rule(rule)).is_none_or(|end| now < end)
    });
    allows(&left.map(|(_, seen)| seen.clone()).collect::<Vec<_>>(), user)
}

fn meant(role: &state::Role, user: &str, now: Timestamp) -> bool {
    let of_rule = |rule: &state::Rule| ends(rule.description.as_ref());
    meant_by(role, ends(role.description.as_ref()), of_rule, user, now)
}

fn open(role: &state::Role, user: &str) -> bool {
    Seen::of_live(role).allows(user)
}

/// A walk, with what may be applied or undone again.
struct Walk {
    dice: Dice,
    model: Model,
    everybody: BTreeSet<String>,
    /// Exports, and the roles that they are of.
    exports: Vec<(Document, Vec<state::Role>)>,
    /// The last change as it was saved, and the roles before it.
    last: Option<(Kept, Vec<state::Role>)>,
    trace: Vec<String>,
    tally: Tally,
}

impl Walk {
    fn new(mut dice: Dice) -> Self {
        let mut model = Model::new();
        model.now = start();
        fill(&mut dice, &mut model.organization);
        let mut dated = |text: &mut Option<Description>| {
            if dice.percent(50) {
                let above = text.as_ref().map(|text| format!("{text}\n")).unwrap_or_default();
                *text = Some(Description::from_service(format!("{above}Expires: {}", end(&mut dice))));
            }
        };
        for role in &mut model.organization.roles {
            dated(&mut role.description);
            role.rules.iter_mut().filter(|rule| rule.effect == Effect::Allow).for_each(|rule| {
                dated(&mut rule.description);
            });
        }
        let mut everybody = everybody(&model.organization);
        everybody.insert(NOBODY_YET.to_owned());
        let (exports, last, trace, tally) = Default::default();
        Self { dice, model, everybody, exports, last, trace, tally }
    }

    fn saw(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    fn roles(&self) -> Vec<state::Role> {
        self.model.organization.roles.clone()
    }

    /// Calls this with each role before and now, and each user.
    fn each(&self, before: &[state::Role], check: impl Fn(&state::Role, &state::Role, &str)) {
        assert_eq!(before.len(), self.model.organization.roles.len());
        for was in before {
            let is = self.model.organization.role(was.id.as_str()).expect("the role");
            self.everybody.iter().for_each(|user| check(was, is, user));
        }
    }

    fn step(&mut self) {
        self.trace.push(format!("{} {:#?}", self.model.now, self.model.organization.roles));
        match self.dice.below(10) {
            0..=2 => self.tick(),
            3 | 4 => self.expire(),
            5 => self.shut(),
            6 => self.edit(),
            7 => self.export(),
            8 => self.apply(),
            _ => self.undo(),
        }
    }

    /// Time passes: nobody is meant to be reached who was not.
    fn tick(&mut self) {
        let (before, roles) = (self.model.now, self.roles());
        let hours = i64::try_from(self.dice.below(24 * 8)).expect("hours");
        self.model.now = before.checked_add(hours.hours()).expect("a time");
        let now = self.model.now;
        self.each(&roles, |was, is, user| assert!(meant(was, user, before) || !meant(is, user, now)));
        let ended = roles.iter().any(|role| {
            self.everybody.iter().any(|user| meant(role, user, before) && !meant(role, user, now))
        });
        self.saw(if ended { "ended" } else { "tick" });
    }

    /// Changes live roles, and keeps what was there.
    fn change(&mut self, what: &'static str, after: impl Fn(&LiveRole) -> Role) -> Plan {
        let (live, directory) = self.model.live();
        let changes = live.iter().filter_map(|one| plan::change_of_role(&after(one), Some(one), &directory));
        let plan = Plan::new(changes.collect(), Vec::new(), Vec::new());
        self.carry_out(what, &plan);
        plan
    }

    fn carry_out(&mut self, what: &'static str, plan: &Plan) {
        self.trace.push(format!("{what} {plan:#?}"));
        let before = self.model.organization.clone();
        self.model.apply(plan);
        if plan.is_empty() {
            return;
        }
        self.saw(what);
        let report = done(plan, &before, &self.model.organization);
        self.last = Some((Kept::new(plan, &report, &before, &self.model.organization), before.roles));
    }

    /// What is open is then what is meant, of the roles that were chosen; nobody gains, and running it again does
    /// nothing.
    fn expire(&mut self) {
        let (roles, now) = (self.roles(), self.model.now);
        let chosen: BTreeSet<_> = match self.dice.percent(60) {
            true => roles.iter().map(|role| role.id.clone()).collect(),
            false => self.dice.some(&roles, 2).into_iter().map(|role| role.id).collect(),
        };
        let after =
            |live: &LiveRole| if chosen.contains(&live.id) { live.role.at(now) } else { live.role.clone() };
        let plan = self.change("expire", after);
        assert!(!plan.changes.iter().any(plan::Change::widens), "{plan:#?}");
        self.each(&roles, |was, is, user| match chosen.contains(&was.id) {
            true => assert_eq!(open(is, user), meant(was, user, now), "{user} {was:#?} {is:#?}"),
            false => assert_eq!(was, is),
        });
        let again = self.model.live().0.into_iter().filter(|live| chosen.contains(&live.id));
        again.for_each(|live| assert!(live.role.same_as(&live.role.at(now)), "{live:#?}"));
        // What is left is what an export of it means, at any later time
        if chosen.len() == roles.len() {
            let (live, directory) = self.model.live();
            let exported = document(&export(None, &live, &directory).yaml);
            let plan = self.model.plan(&[&exported], true).expect("no errors").proposal.plan;
            assert!(plan.is_empty(), "{plan:#?}");
        }
    }

    /// `expire --now`: nobody is reached, and the end is now.
    fn shut(&mut self) {
        let (roles, now) = (self.roles(), self.model.now);
        let Some(role) = roles.get(self.dice.below(roles.len().max(1))) else { return };
        let end = Expires::at(now).expect("an end");
        self.change("shut", |live| match live.id == role.id {
            true => live.role.shut(end.clone()),
            false => live.role.clone(),
        });
        self.each(&roles, |was, is, user| match was.id == role.id {
            true => assert!(!open(is, user) && !meant(is, user, now)),
            false => assert_eq!(was, is),
        });
    }

    /// Somebody moves an end, or takes it away.
    fn edit(&mut self) {
        let roles = self.roles();
        let Some(role) = roles.get(self.dice.below(roles.len().max(1))) else { return };
        let text = self.dice.percent(70).then(|| end(&mut self.dice));
        let end = text.map(|text| Expires::parse(&text).expect("an end"));
        let number = self.dice.below(5);
        let plan = self.change("edit", |live| {
            let mut after = live.role.clone();
            match after.rules.get_mut(number) {
                _ if live.id != role.id => {}
                Some(rule) if rule.effect == Effect::Allow => rule.expires.clone_from(&end),
                _ => after.expires.clone_from(&end),
            }
            after
        });
        // Nobody is reached by it who was not, and whoever is meant to be for longer is said
        self.each(&roles, |was, is, user| assert_eq!(open(was, user), open(is, user)));
        let longer = roles.iter().any(|was| {
            let is = self.model.organization.role(was.id.as_str()).expect("the role");
            let times = (0..32).map(|day| start().checked_add((24 * day).hours()).expect("a time"));
            times
                .into_iter()
                .any(|at| self.everybody.iter().any(|user| meant(is, user, at) && !meant(was, user, at)))
        });
        assert!(!longer || !plan.delta.extended.is_empty(), "{plan:#?}");
        if longer {
            self.saw("extended");
        }
    }

    fn export(&mut self) {
        let (live, directory) = self.model.live();
        let exported = document(&export(None, &live, &directory).yaml);
        let plan = self.model.plan(&[&exported], true).expect("no errors").proposal.plan;
        let now = self.model.now;
        // Empty but for access that has passed and is still open
        for role in &self.roles() {
            let is_past = role.rules.iter().any(|rule| {
                let end = first(ends(role.description.as_ref()), ends(rule.description.as_ref()));
                rule.effect == Effect::Allow && end.is_some_and(|end| end <= now)
            });
            let changes = plan.changes.iter().any(|one| one.before().is_some_and(|live| live.id == role.id));
            assert_eq!(changes, is_past, "{role:#?} {plan:#?}");
        }
        assert!(!plan.changes.iter().any(plan::Change::widens), "{plan:#?}");
        self.exports.push((exported, self.roles()));
        self.saw("export");
    }

    /// Older definitions: what they say and has not ended by now, by their dates and, where they have none, by those
    /// that are live.
    fn apply(&mut self) {
        if self.exports.is_empty() {
            return;
        }
        let (wanted, said) = self.exports[self.dice.below(self.exports.len())].clone();
        let (before, now) = (self.roles(), self.model.now);
        let plan = match self.model.plan(&[&wanted], false) {
            Ok(gathered) => gathered.proposal.plan,
            // Somebody whom the directory no longer has would be new
            Err(_) => return self.saw("wrong"),
        };
        self.carry_out("apply", &plan);
        self.each(&before, |was, is, user| {
            let Some(said) = said.iter().find(|role| role.id == was.id) else { return };
            let own = ends(said.description.as_ref()).or_else(|| ends(was.description.as_ref()));
            let of_rule = |rule: &state::Rule| {
                let live = || was.rules.iter().find(|one| one.id == rule.id && one.effect == Effect::Allow);
                ends(rule.description.as_ref()).or_else(|| ends(live()?.description.as_ref()))
            };
            assert_eq!(
                open(is, user),
                meant_by(said, own, of_rule, user, now),
                "{user} {said:#?} {was:#?} {is:#?}"
            );
        });
        // With a rule that went by its own date goes that date: of one that is declared without, which a warning says
        let forgotten = said.iter().any(|said| {
            let was = before.iter().find(|role| role.id == said.id).expect("the role");
            let is_past = |rule: &state::Rule| ends(rule.description.as_ref()).is_some_and(|end| end <= now);
            let live = |rule: &state::Rule| was.rules.iter().any(|one| one.id == rule.id && is_past(one));
            said.rules.iter().any(|rule| ends(rule.description.as_ref()).is_none() && live(rule))
        });
        match self.model.plan(&[&wanted], false) {
            Ok(_) if forgotten => self.saw("forgotten"),
            Ok(again) => assert!(again.proposal.plan.is_empty(), "{:#?}", again.proposal.plan),
            // With such a rule went the name of somebody who left
            Err(errors) => assert!(forgotten, "{errors:?}"),
        }
    }

    /// The last change is taken back: what it took away and has ended since stays away.
    fn undo(&mut self) {
        let Some((kept, was)) = self.last.take() else { return };
        let (now, before) = (self.model.now, self.roles());
        let (mut live, directory) = self.model.live();
        live.retain(|live| undo::concerns(&kept.saved, &summary(live)));
        let undone =
            undo::undo(&kept.saved, &live, None, &directory, now).expect("nobody else changed anything");
        let all_there = undone.lost.iter().all(|lost| matches!(lost, Lost::Expired(..)));
        if undone.lost.iter().any(|lost| matches!(lost, Lost::Expired(..))) {
            self.saw("stays ended");
        }
        self.carry_out("undo", &undone.plan());
        self.last = None;
        let there = self.model.organization.users.iter();
        let there = there.filter(|user| user.state != state::EntityState::Deleted);
        let there: BTreeSet<_> = there.map(|user| user.id.as_str()).chain([NOBODY_YET]).collect();
        let gone: BTreeSet<_> =
            self.everybody.iter().filter(|user| !there.contains(user.as_str())).cloned().collect();
        for is in &self.model.organization.roles {
            let find =
                |roles: &[state::Role]| roles.iter().find(|role| role.id == is.id).expect("the role").clone();
            let (left, was) = (find(&before), find(&was));
            for user in &self.everybody {
                // Of users who are gone the lists may be shorter: they have no mailbox, and their ids never come back
                let is_gone = gone.contains(user);
                assert!(
                    is_gone || !open(is, user) || open(&left, user) || meant(&was, user, now),
                    "{user} {is:#?}"
                );
                assert!(
                    !all_there || meant(is, user, now) == meant(&was, user, now),
                    "{user} {was:#?} {is:#?}"
                );
            }
        }
    }
}

fn summary(live: &LiveRole) -> RoleSummary {
    let LiveRole { id, role, created, modified, .. } = live;
    let (id, name, role_type) = (id.clone(), role.name.clone(), role.role_type);
    RoleSummary { id, name, role_type, created: *created, modified: *modified }
}

#[test]
fn walks_through_time() {
    let mut tally = Tally::new();
    for seed in seeds(1, 400) {
        let mut walk = Walk::new(Dice(seed));
        let walked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            (0..STEPS).for_each(|_| walk.step());
        }));
        // The panic itself was printed already
        assert!(walked.is_ok(), "the walk of WMROLE_WALK={seed} failed:\n{}", walk.trace.join("\n"));
        for (what, n) in walk.tally {
            *tally.entry(what).or_default() += n;
        }
    }
    if std::env::var_os("WMROLE_WALK").is_none() {
        assert_seen(
            &tally,
            &["tick", "ended", "expire", "shut", "edit", "extended", "export", "apply", "wrong"],
        );
        assert_seen(&tally, &["undo", "stays ended"]);
    }
}
