//! One step of a walk: what is asked for is planned, checked, executed, and checked again.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use futures::future::join;

use super::evaluator::{
    Difference, Seen, World, after, difference, everybody, mailboxes, members, new_key, said, widens, world,
};
use super::request::{self, Declared, Guards, Planned, Policy, Request};
use super::undo::{self, Kept};
use super::{Dice, Site};
use crate::apply;
use crate::apply::report::{ChangeReport, Outcome, Report};
use crate::directory::Directory;
use crate::exit_code::{Ended, ExitCode, merge};
use crate::plan::guard::RefusalCode;
use crate::plan::{Action, Change, Plan};
use crate::role::{Effect, RoleId, RuleId, UserId};
use crate::sandbox::model as state;
use crate::sandbox::{Fault, FaultKind};
use crate::testing::fixture::Bench;

/// How often what was seen.
pub(super) type Tally = BTreeMap<&'static str, usize>;

pub(super) struct Walk<'a> {
    dice: Dice,
    site: Site<'a>,
    /// The policy of every command.
    policy: Option<Policy>,
    /// The changes that were carried out.
    kept: Vec<Kept>,
    steps: usize,
    /// What was done, for whoever reads a failure.
    pub(super) trace: Vec<String>,
    pub(super) tally: Tally,
}

/// What goes wrong while a plan is executed.
#[derive(Debug)]
enum Trouble {
    Nothing,
    Fault(Fault),
    /// Before the change of this number somebody else acts.
    SomebodyElse(usize, Theirs),
    /// A signal comes after so many changes.
    Signal(usize),
    TwoRuns,
}

/// What somebody else does: to the role that is to be changed next, or to another.
#[derive(Debug, Clone, Copy)]
enum Theirs {
    Changes,
    Deletes,
    ChangesAnother,
    Makes,
}

impl<'a> Walk<'a> {
    pub(super) fn new(mut dice: Dice, site: Site<'a>) -> Self {
        let policy = Policy::random(&mut dice, &site.organization());
        let trace = vec![format!("{policy:?}")];
        Self { dice, site, policy, kept: Vec::new(), steps: 0, trace, tally: Tally::new() }
    }

    fn saw(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    pub(super) async fn step(&mut self) {
        self.steps += 1;
        let (request, organization) = self.request();
        let guards = self.guards(&request, &organization);
        self.trace.push(format!("roles {:#?}\n{request:#?}\n{guards:?}", organization.roles));
        self.saw(request.name());
        let planned = request::plan(&request, &guards, &self.site).await;
        assert_eq!(self.site.organization(), organization, "planning changed something");
        let planned = match planned {
            Ok(planned) => planned,
            Err(why) => {
                if let Request::Undo(undo) = &request {
                    undo::check_refused(&undo.kept, &organization, &why);
                    self.saw("not undone");
                }
                self.trace.push(why);
                return self.saw("wrong");
            }
        };
        let before = world(&organization);
        check_said(&before, &planned.plan, &organization);
        check_taking(&request, &before, &planned.plan, &organization);
        if let Request::Undo(undo) = &request {
            undo::check(&undo.kept, &organization, &before, &planned.plan, &planned.lost);
            if !planned.lost.is_empty() {
                self.saw("lost");
            }
        }
        if !matches!(request, Request::Delete(_)) {
            check_guards(&request, &planned, &guards, &before, &organization);
        }
        if let Some(refusal) = planned.refusals.first() {
            return self.saw(match refusal.code {
                RefusalCode::MaxDeletes => "max-deletes",
                RefusalCode::MaxGained => "max-gained",
                RefusalCode::Escalation => "escalation",
                RefusalCode::ProtectedUser => "protected-user",
                RefusalCode::MaxLifetime => "max-lifetime",
                RefusalCode::Everyone => "everyone",
                RefusalCode::RulesUnknown => "rules-unknown",
            });
        }
        if self.dice.percent(10) {
            return self.saw("dry run");
        }
        let undone = match &request {
            Request::Undo(undo) => Some(undo.number),
            _ => None,
        };
        if planned.plan.is_empty() {
            // The next `undo` goes further back
            undone.into_iter().for_each(|number| self.kept[number].spent = true);
            return self.saw("nothing to do");
        }
        let undisturbed = self.execute(&planned, &organization, undone).await;
        if let Request::Apply { definitions, .. } = &request {
            self.converge(&request, definitions, undisturbed).await;
        }
        self.check_protected(&before);
    }

    /// What is asked for, and the organization that it is asked of: somebody may have left it, or changed what is to
    /// be undone.
    fn request(&mut self) -> (Request, state::Organization) {
        let mut organization = self.site.organization();
        let protected = self.policy.as_ref().map(|policy| &policy.protected);
        let number = self.dice.below(organization.users.len());
        let stays = protected.is_some_and(|ids| ids.contains(&organization.users[number].id));
        if self.dice.percent(10) && !stays {
            undo::leave(&mut organization, number);
            self.saw("somebody left");
        }
        let request = request::random(&mut self.dice, &organization, &self.kept);
        if let Request::Undo(undo) = &request {
            let what = undo::moves(&mut self.dice, &undo.kept, &mut organization);
            self.saw(what);
        }
        match &mut self.site {
            Site::Model(model) => model.organization = organization.clone(),
            Site::Service(bench) => bench.change(|live| *live = organization.clone()),
        }
        (request, organization)
    }

    fn guards(&mut self, request: &Request, organization: &state::Organization) -> Guards {
        let mut guards = match self.dice.percent(60) {
            true => Guards::random(&mut self.dice, organization),
            false => Guards::open(),
        };
        guards.policy = self.policy.clone();
        if matches!(request, Request::Undo(_)) {
            // To take away what a change made counts for no limit
            guards.max_deletes = usize::MAX;
        }
        guards
    }

    /// Nobody whom the policy protects is reached by a role that did not reach them before the step.
    fn check_protected(&mut self, before: &World) {
        let Some(Policy { protected, .. }) = &self.policy else { return };
        let now = world(&self.site.organization());
        for (user, (id, role)) in protected.iter().flat_map(|user| now.iter().map(move |role| (user, role))) {
            let was = before.get(id).is_some_and(|role| role.allows(user.as_str()));
            assert!(was || !role.allows(user.as_str()), "{id} newly reaches {user}, who is protected");
        }
        if !protected.is_empty() {
            self.saw("protected");
        }
    }

    /// Keeps what a change saved.
    fn keep(&mut self, plan: &Plan, report: &Report, before: &state::Organization, undone: Option<usize>) {
        let mut kept = Kept::new(plan, report, before, &self.site.organization());
        kept.spent = undone.is_some();
        self.kept.push(kept);
        if let (Some(number), true) = (undone, report.is_complete()) {
            self.kept[number].spent = true;
            self.saw("undone");
        }
    }

    /// Executes a plan, and says whether nobody else changed anything meanwhile.
    async fn execute(
        &mut self,
        planned: &Planned,
        organization: &state::Organization,
        undone: Option<usize>,
    ) -> bool {
        let Planned { plan, directory, .. } = planned;
        let trouble = match self.site {
            Site::Model(_) => Trouble::Nothing,
            Site::Service(_) => self.trouble(plan),
        };
        self.trace.push(format!("{trouble:?}"));
        let bench = match &mut self.site {
            Site::Model(model) => {
                model.apply(plan);
                let (predicted, live) = (after(&world(organization), plan), world(&model.organization));
                assert_same(&predicted, &live, &everybody(&model.organization));
                let report = done(plan, organization, &model.organization);
                self.keep(plan, &report, organization, undone);
                self.saw("done");
                return true;
            }
            Site::Service(bench) => *bench,
        };
        if let Trouble::Fault(fault) = &trouble {
            bench.add_fault(fault.clone());
        }
        let tag = self.steps;
        let (calls, stopped) = (Cell::new(0), Cell::new(false));
        // What would be there if this run did nothing
        let base = RefCell::new(organization.clone());
        let stop = || {
            let number = calls.replace(calls.get() + 1);
            match trouble {
                Trouble::Signal(after) if number >= after => stopped.set(true),
                Trouble::SomebodyElse(at, theirs) if number == at => {
                    bench.change(|live| disturb(live, plan, at, theirs, tag));
                    disturb(&mut base.borrow_mut(), plan, at, theirs, tag);
                }
                _ => {}
            }
            stopped.get()
        };
        if matches!(trouble, Trouble::TwoRuns) {
            let (one, two) =
                join(run(bench, plan, directory, || false), run(bench, plan, directory, || false)).await;
            self.trace.push(format!("{one:#?}\n{two:#?}"));
            self.saw("two runs");
            check_two_runs(plan, [&one, &two], organization, &bench.organization());
            self.keep(plan, &one, organization, undone);
            self.keep(plan, &two, organization, undone);
            return true;
        }
        let report = run(bench, plan, directory, stop).await;
        bench.no_faults();
        self.trace.push(format!("{report:#?}\n{:#?}", bench.organization().roles));
        let base = base.into_inner();
        check_report(plan, &report, &base, organization, &bench.organization(), stopped.get());
        self.keep(plan, &report, organization, undone);
        self.saw(match &trouble {
            Trouble::Nothing => "done",
            Trouble::Fault(_) => "fault",
            Trouble::SomebodyElse(..) => "somebody else",
            Trouble::Signal(_) => "stopped",
            Trouble::TwoRuns => "two runs",
        });
        if !report.parked.is_empty() {
            self.saw("parked");
        }
        for outcome in report.changes.iter().map(|one| &one.outcome) {
            match outcome {
                Outcome::Done { .. } => self.saw("done"),
                Outcome::Failed(_) => self.saw("failed"),
                Outcome::NotAttempted => self.saw("not attempted"),
            }
        }
        base == *organization
    }

    fn trouble(&mut self, plan: &Plan) -> Trouble {
        let dice = &mut self.dice;
        let some_change = dice.below(plan.changes.len());
        match dice.below(10) {
            0..=3 => {
                let kinds = [
                    FaultKind::Throttle,
                    FaultKind::ServerError,
                    FaultKind::DropBefore,
                    FaultKind::DropAfter,
                    FaultKind::Deny,
                ];
                let operations = ["Create", "Update", "Delete", "Get", "List"];
                let operation = match *dice.pick(&operations) {
                    "List" => "ListImpersonationRoles".to_owned(),
                    other => format!("{other}ImpersonationRole"),
                };
                let count = *dice.pick(&[1, 2, usize::MAX]);
                let kind = *dice.pick(&kinds);
                // From some call on nothing works any longer, so that nobody can look what was done
                Trouble::Fault(match dice.percent(30) {
                    true => {
                        Fault { kind, operation: None, skip: dice.below(16), count: usize::MAX, of: None }
                    }
                    false => Fault { kind, operation: Some(operation), skip: dice.below(3), count, of: None },
                })
            }
            4 | 5 => {
                let all = [Theirs::Changes, Theirs::Deletes, Theirs::ChangesAnother, Theirs::Makes];
                Trouble::SomebodyElse(some_change, *dice.pick(&all))
            }
            6 => Trouble::Signal(some_change),
            7 => Trouble::TwoRuns,
            _ => Trouble::Nothing,
        }
    }

    /// The next run without trouble does the rest, and the one after it has nothing to do.
    async fn converge(&mut self, request: &Request, definitions: &[Declared], undisturbed: bool) {
        let mut guards = Guards::open();
        guards.policy = self.policy.clone();
        for last in [false, true] {
            let planned = match request::plan(request, &guards, &self.site).await {
                Ok(planned) => planned,
                // Somebody else took a name, or deleted what has an id
                Err(_) if !undisturbed => return,
                Err(why) => panic!("the next run has no plan: {why}"),
            };
            if planned.plan.is_empty() {
                self.check_meaning(definitions);
                return self.saw("converged");
            }
            if let Some(refusal) = planned.refusals.first() {
                assert_eq!(refusal.code, RefusalCode::ProtectedUser);
                return self.saw("protected-user");
            }
            assert!(!last, "the run after the next still has something to do: {:#?}", planned.plan);
            let before = self.site.organization();
            match &mut self.site {
                Site::Model(model) => model.apply(&planned.plan),
                Site::Service(bench) => {
                    let report = run(bench, &planned.plan, &planned.directory, || false).await;
                    assert!(report.is_complete(), "the next run: {report:#?}");
                    check_report(&planned.plan, &report, &before, &before, &bench.organization(), false);
                }
            }
        }
    }

    /// What the definitions say is what is live.
    fn check_meaning(&self, definitions: &[Declared]) {
        let organization = self.site.organization();
        for declared in definitions {
            let called = |role: &&state::Role| match &declared.id {
                Some(id) if organization.roles.iter().any(|role| role.id.as_str() == id) => {
                    role.id.as_str() == id
                }
                _ => role.name.as_str() == declared.name,
            };
            let found: Vec<_> = organization.roles.iter().filter(called).collect();
            let [role] = found[..] else { panic!("{} roles are {declared:?}", found.len()) };
            let role = &world(&organization)[role.id.as_str()];
            assert_eq!((&role.name, role.full), (&declared.name, declared.full));
            for user in mailboxes(&organization) {
                assert_eq!(role.allows(&user), declared.allows(&user, &organization), "{user} {declared:#?}");
            }
            assert_eq!(role.is_open(), declared.allows("a mailbox made tomorrow", &organization));
        }
    }
}

/// The one place that executes a plan over HTTP.
async fn run(bench: &Bench, plan: &Plan, directory: &Directory, stop: impl Fn() -> bool) -> Report {
    apply::apply(plan, directory, &bench.writer, stop, |_| {}).await
}

/// What became of a plan that was carried out on the model.
pub(super) fn done(plan: &Plan, before: &state::Organization, live: &state::Organization) -> Report {
    let mut report = Report::not_attempted(plan);
    for one in &mut report.changes {
        let made = |role: &&state::Role| find(before, &role.id).is_none() && role.name == *one.change.name();
        let id = match (one.change.before(), one.change.after()) {
            (_, None) => None,
            (Some(live), Some(_)) => Some(live.id.clone()),
            (None, Some(_)) => Some(live.roles.iter().find(made).expect("a new role").id.clone()),
        };
        one.outcome = Outcome::Done { id };
    }
    report
}

/// The role before and after a change, as states have them.
fn sides<'w>(number: usize, change: &Change, before: &'w World, after: &'w World) -> [Option<&'w Seen>; 2] {
    match &change.action {
        Action::Create { .. } => [None, after.get(&new_key(number))],
        Action::Update { before: live, .. } | Action::Delete { before: live } => {
            [before.get(live.id.as_str()), after.get(live.id.as_str())]
        }
    }
}

/// What the plan says who gains and loses what is the difference of the states.
fn check_said(before: &World, plan: &Plan, organization: &state::Organization) {
    let (after, users) = (after(before, plan), mailboxes(organization));
    for (number, change) in plan.changes.iter().enumerate() {
        let [was, is] = sides(number, change, before, &after);
        assert_eq!(said(&change.delta), difference(was, is, &users), "{}", change.name());
        let named = change.delta.gained.iter().chain(&change.delta.lost).map(|grant| &grant.role);
        assert!(named.chain(&change.delta.opened).all(|role| role == change.name()));
    }
    let sum = |count: fn(&crate::access::Delta) -> usize| {
        let each: usize = plan.changes.iter().map(|change| count(&change.delta)).sum();
        assert_eq!(each, count(&plan.delta));
    };
    sum(|delta| delta.gained.len());
    sum(|delta| delta.lost.len());
    sum(|delta| delta.escalated.len());
    sum(|delta| delta.opened.len());
    sum(|delta| delta.closed.len());
}

/// Nothing that is named as taking away gives anybody anything.
fn check_taking(request: &Request, before: &World, plan: &Plan, organization: &state::Organization) {
    let (Request::Edit { flags, .. } | Request::Create(flags)) = request else { return };
    let (after, everybody) = (after(before, plan), everybody(organization));
    for (number, change) in plan.changes.iter().enumerate() {
        let [was, is] = sides(number, change, before, &after);
        let is = is.expect("no flag deletes a role");
        assert!(!flags.only_takes() || !widens(was, Some(is), &everybody), "it gives: {was:?} {is:?}");
        let users =
            flags.remove_user.iter().chain(&flags.rules.deny).chain(&flags.rules.allow_everyone_except);
        for text in users {
            let user = organization.users.iter().find(|user| {
                user.id.as_str() == text || user.name == *text || user.email.as_ref() == Some(text)
            });
            let id = user.map_or(text.as_str(), |user| user.id.as_str());
            assert!(!is.allows(id), "{text} is still reached");
        }
        for group in &flags.rules.deny_group {
            let number = organization.groups.iter().position(|one| one.name == *group).expect("a group");
            for user in members(organization, &[number]) {
                assert!(!is.allows(&user), "{user} of {group} is still reached");
            }
        }
    }
}

/// What the guards let through is within them, and what they refuse is not.
fn check_guards(
    request: &Request,
    planned: &Planned,
    guards: &Guards,
    before: &World,
    organization: &state::Organization,
) {
    let (Planned { plan, refusals, .. }, protected) = (planned, guards.protected());
    let (after, users, everybody) = (after(before, plan), mailboxes(organization), everybody(organization));
    let sides: Vec<_> =
        plan.changes.iter().enumerate().map(|(n, change)| sides(n, change, before, &after)).collect();
    let (mut gained, mut opened) = (BTreeSet::new(), 0);
    for [was, is] in &sides {
        let Difference { gained: more, opened: opens, .. } = difference(*was, *is, &users);
        gained.extend(more.into_iter().map(|(user, _)| user));
        opened += usize::from(opens);
    }
    let turned = sides.iter().any(|side| matches!(side, [Some(was), Some(is)] if !was.full && is.full));
    let both = |gone: &Seen, made: &Seen| {
        let shared = everybody.iter().any(|user| gone.allows(user) && made.allows(user));
        !gone.full && made.full && (shared || (gone.is_open() && made.is_open()))
    };
    let pairs = || sides.iter().flat_map(|gone| sides.iter().map(move |made| (gone, made)));
    let remade =
        pairs().any(|sides| matches!(sides, ([Some(gone), None], [None, Some(made)]) if both(gone, made)));
    let deleted = sides.iter().filter(|side| side[1].is_none()).count();
    let reaches = |role: &Seen| protected.iter().any(|user: &UserId| role.allows(user.as_str()));
    let wide = |[was, is]: &[Option<&Seen>; 2]| widens(*was, *is, &everybody);
    let newly = sides.iter().any(|side| wide(side) && side[1].is_some_and(reaches));

    let refused = |code| refusals.iter().any(|refusal| refusal.code == code);
    assert_eq!(refused(RefusalCode::MaxDeletes), deleted > guards.max_deletes);
    let over = guards.flags.max_gained.is_some_and(|most| gained.len() + opened > most);
    assert_eq!(refused(RefusalCode::MaxGained), over, "{} and {opened} more", gained.len());
    assert_eq!(refused(RefusalCode::Escalation), (turned || remade) && !guards.flags.allow_escalation);
    let openings = matches!(request, Request::Undo(undo) if undo.guards_openings());
    assert_eq!(refused(RefusalCode::Everyone), openings && opened > 0);
    // Declared roles that reach a protected user are refused also where they stay as they are
    assert!(refused(RefusalCode::ProtectedUser) || !newly, "a protected user is newly reached");
    assert!(
        !refused(RefusalCode::ProtectedUser) || after.values().any(reaches),
        "nobody protected is reached"
    );
    if !sides.is_empty() && !sides.iter().any(wide) {
        assert!(!refused(RefusalCode::ProtectedUser) && !over, "what only narrows is refused");
    }
}

/// What somebody else does before a change.
fn disturb(live: &mut state::Organization, plan: &Plan, number: usize, theirs: Theirs, tag: usize) {
    let change = &plan.changes[number];
    let own = change.before().map(|live| live.id.clone());
    let in_plan =
        |id: &RoleId| plan.changes.iter().any(|one| one.before().is_some_and(|live| live.id == *id));
    let other = live.roles.iter().find(|role| !in_plan(&role.id)).map(|role| role.id.clone());
    let (id, deletes) = match theirs {
        Theirs::Changes => (own, false),
        Theirs::Deletes => (own, true),
        Theirs::ChangesAnother => (other, false),
        Theirs::Makes => {
            let Some(after) = change.after() else { return };
            let time = live.completed;
            live.roles.push(state::Role {
                id: RoleId::from_service(format!("b0000000-0000-4000-8000-{tag:012}")),
                name: after.name.clone(),
                role_type: after.role_type,
                description: None,
                rules: vec![theirs_rule(live, tag)],
                created: time,
                modified: time,
                client_token: None,
            });
            return;
        }
    };
    let Some(id) = id else { return };
    if deletes {
        return live.roles.retain(|role| role.id != id);
    }
    let rule = theirs_rule(live, tag);
    let role = live.roles.iter_mut().find(|role| role.id == id);
    role.expect("nothing was done to it yet").rules.push(rule);
}

fn theirs_rule(live: &state::Organization, tag: usize) -> state::Rule {
    state::Rule {
        id: RuleId::from_service(format!("theirs-{tag}")),
        name: None,
        description: None,
        effect: Effect::Deny,
        target_users: Some(vec![live.users[0].id.clone()]),
        not_target_users: None,
    }
}

fn find<'o>(organization: &'o state::Organization, id: &RoleId) -> Option<&'o state::Role> {
    organization.roles.iter().find(|role| role.id == *id)
}

/// What the report says done is done, and the rest is as it would be without this run.
fn check_report(
    plan: &Plan,
    report: &Report,
    base: &state::Organization,
    before: &state::Organization,
    live: &state::Organization,
    stopped: bool,
) {
    assert_eq!(report.changes.len(), plan.changes.len());
    let everybody = everybody(live).union(&everybody(base)).cloned().collect();
    let now = world(live);
    // Roles that are accounted for
    let mut known: BTreeSet<RoleId> = BTreeSet::new();
    // Perhaps made, though no answer came
    let mut perhaps: Vec<Seen> = Vec::new();
    for ChangeReport { change, outcome } in &report.changes {
        let is_planned = |id: &RoleId| {
            let planned = change.after().map(Seen::of_plan);
            match (now.get(id.as_str()), planned) {
                (Some(now), Some(planned)) => now.is_as(&planned, &everybody),
                (None, None) => true,
                _ => false,
            }
        };
        known.extend(change.before().map(|live| live.id.clone()));
        known.extend(outcome.id().cloned());
        match (outcome, change.before()) {
            (Outcome::Done { id }, role) => {
                let id = id.as_ref().or(role.map(|live| &live.id)).expect("a role");
                assert!(is_planned(id), "said done: {} {}", change.verb(), change.name());
                assert!(role.is_some() || find(before, id).is_none(), "said made, and was there: {id}");
                let moved = role.is_some() && find(base, id) != find(before, id);
                assert!(!moved, "somebody else's change was overwritten: {}", change.name());
            }
            (other, Some(role)) => {
                let id = &role.id;
                let parked = report.parked.iter().find(|(parked, _)| parked == id).map(|(_, name)| name);
                let was = find(base, id)
                    .map(|role| state::Role { name: parked.unwrap_or(&role.name).clone(), ..role.clone() });
                let same = match (&was, find(live, id)) {
                    (Some(was), Some(is)) if parked.is_some() => {
                        world_of(was).is_as(&world_of(is), &everybody)
                    }
                    (was, is) => was.as_ref() == is,
                };
                let may = other.may_have_written();
                assert!(
                    same || (may && is_planned(id)),
                    "said {}: {was:?} {:?}",
                    other.as_str(),
                    find(live, id)
                );
            }
            (other, None) => {
                if other.may_have_written() {
                    perhaps.extend(change.after().map(Seen::of_plan));
                }
            }
        }
    }
    for role in &live.roles {
        if known.contains(&role.id) {
            continue;
        }
        match find(base, &role.id) {
            Some(was) => assert_eq!(role, was, "a role that the plan is not about"),
            None => {
                let seen = world_of(role);
                let made = perhaps.iter().position(|one| one.is_as(&seen, &everybody));
                perhaps.remove(made.unwrap_or_else(|| panic!("nobody said that this was made: {role:#?}")));
            }
        }
    }
    let is_gone = |role: &&state::Role| find(live, &role.id).is_none() && !known.contains(&role.id);
    assert_eq!(base.roles.iter().find(is_gone), None, "a role that the plan is not about is gone");
    check_names(base, live);
    check_ended(report, base != live, stopped);
}

fn world_of(role: &state::Role) -> Seen {
    let mut organization = super::Model::new().organization;
    organization.roles = vec![role.clone()];
    world(&organization).remove(role.id.as_str()).expect("the role")
}

/// No two roles share a name unless they did.
fn check_names(base: &state::Organization, live: &state::Organization) {
    let count = |all: &state::Organization, name: &str| {
        all.roles.iter().filter(|role| role.name.as_str() == name).count()
    };
    for role in &live.roles {
        let name = role.name.as_str();
        assert!(count(live, name) <= count(base, name).max(1), "two roles have the name {name}");
    }
}

/// The exit code is the documented one.
fn check_ended(report: &Report, changed: bool, stopped: bool) {
    let ended = report.ended();
    let code = ended.code;
    assert_eq!(merge(&[ended]), code);
    assert_eq!(merge(&[ended, Ended::unchanged(ExitCode::Done)]), code);
    assert_eq!(code == ExitCode::Done, report.is_complete(), "{code:?}");
    assert!(ended.changed || !changed, "something was changed, and {ended:?}");
    if report.is_complete() {
        return;
    }
    if report.interrupted {
        assert!(stopped);
        assert_eq!(code, ExitCode::Interrupted, "130 beats the rest");
    } else if ended.changed {
        assert_eq!(code, ExitCode::Partial, "something was done and something left");
    } else {
        assert!([ExitCode::Failed, ExitCode::Refused].contains(&code), "nothing was done: {code:?}");
    }
}

/// Two runs of one plan at once do no more than one.
fn check_two_runs(
    plan: &Plan,
    reports: [&Report; 2],
    before: &state::Organization,
    live: &state::Organization,
) {
    let everybody = everybody(live).union(&everybody(before)).cloned().collect();
    let (was, now) = (world(before), world(live));
    let predicted = after(&was, plan);
    for (id, is) in &now {
        let made = || {
            predicted.iter().any(|(key, planned)| key.starts_with("new ") && planned.is_as(is, &everybody))
        };
        // One run may have left it under the name on its way, and the other given up
        let access = |one: &Seen| {
            is.full == one.full && everybody.iter().all(|user: &String| one.allows(user) == is.allows(user))
        };
        let known = was.get(id).is_some_and(access) || predicted.get(id).is_some_and(access);
        assert!(known || made(), "neither as before nor as planned: {is:?}");
    }
    for id in was.keys() {
        assert!(now.contains_key(id) || !predicted.contains_key(id), "{id} is gone");
    }
    if reports.iter().any(|report| report.is_complete()) {
        let count = |world: &World| world.len();
        assert_eq!(count(&now), count(&predicted));
    }
    check_names(before, live);
}

fn assert_same(predicted: &World, live: &World, everybody: &BTreeSet<String>) {
    assert_eq!(predicted.len(), live.len());
    let left = live.iter().filter(|(id, _)| !predicted.contains_key(*id));
    let made = predicted.iter().filter(|(id, _)| !live.contains_key(*id));
    for ((_, is), (_, planned)) in left.zip(made) {
        // Both in the order in which they were made
        assert!(is.is_as(planned, everybody), "{is:?} {planned:?}");
    }
    for (id, planned) in predicted {
        if let Some(is) = live.get(id) {
            assert!(is.is_as(planned, everybody), "{is:?} {planned:?}");
        }
    }
}
