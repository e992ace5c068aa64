//! Who gains and loses access by a plan: the headline of every way to show one.

use std::fmt;

use crate::access::{self, Delta, Grant};
use crate::directory::Directory;
use crate::output::style::{Line, Sign, Tone};
use crate::output::style::{counted, listed};
use crate::plan::cause::GroupCause;
use crate::plan::overruled::Overruled;
use crate::plan::{Change, Plan};
use crate::role::{Role, RoleName, RoleType, UserId};

/// What a change does to the access of one user or of everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessLine {
    /// Added access, removed access, or a warning.
    sign: Sign,
    /// The sentence behind the sign.
    text: String,
}

impl AccessLine {
    fn new(sign: Sign, text: String) -> Self {
        Self { sign, text }
    }
}

/// The sign in the first column, then the sentence.
impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sign.as_char(), self.text)
    }
}

/// The sum of a plan in one line.
pub(crate) fn headline(plan: &Plan) -> String {
    let Delta { gained, lost, escalated, opened, closed } = &plan.delta;
    let reduced: Vec<_> = plan.changes.iter().filter(|change| is_reduced(change)).collect();
    if plan.delta.is_empty() && reduced.is_empty() {
        return "Access: nobody gains or loses anything".into();
    }
    let mut text =
        format!("Access: {} gained, {} lost, {} escalated", gained.len(), lost.len(), escalated.len());
    let mut more = |role: &RoleName, what: &str| text += &format!("; {role} {what}");
    opened.iter().for_each(|role| more(role, "opens to everyone"));
    closed.iter().for_each(|role| more(role, "no longer reaches everyone"));
    reduced.iter().for_each(|change| more(change.name(), "can only read from now on"));
    text
}

/// Can the role only read from now on?
fn is_reduced(change: &Change) -> bool {
    change.turns(RoleType::FullAccess, RoleType::ReadOnly)
}

/// Does the change do anything to who reaches whom?
pub(crate) fn moves(change: &Change) -> bool {
    !change.delta.is_empty() || is_reduced(change)
}

/// The changes that do anything to who reaches whom, or seem to, those first that want most care.
pub(crate) fn concerned(plan: &Plan) -> Vec<&Change> {
    let mut changes: Vec<_> =
        plan.changes.iter().filter(|change| moves(change) || !change.overruled().is_empty()).collect();
    changes.sort_by_key(|change| {
        let Delta { gained, escalated, opened, lost: _, closed: _ } = &change.delta;
        (opened.is_empty(), escalated.is_empty(), gained.is_empty())
    });
    changes
}

/// The headline and everyone whom it is about.
pub(crate) fn block(plan: &Plan, directory: &Directory) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Bold, headline(plan))];
    for change in concerned(plan) {
        lines.push(Line::of(Tone::Bold, format!("  {}", change.name())));
        for effect in effects(change, directory) {
            lines.push(Line::signed(effect.sign, effect.text).indented(4));
        }
    }
    lines
}

/// What one change does: a line a user, and one line for what concerns everyone.
pub(crate) fn effects(change: &Change, directory: &Directory) -> Vec<AccessLine> {
    let mut effects = gained(change, directory);
    effects.extend(escalated(change, directory));
    effects.extend(lost(change, directory));
    effects.extend(overruled(change, directory));
    effects
}

fn gained(change: &Change, directory: &Directory) -> Vec<AccessLine> {
    let Delta { gained, opened, .. } = &change.delta;
    let Some(after) = change.after() else { return Vec::new() };
    let with = after.role_type.as_str();
    if opened.is_empty() {
        let one = |grant: &Grant| {
            let who = directory.label(&grant.user);
            let why = cause(change, &grant.user);
            AccessLine::new(Sign::Added, format!("{who} becomes reachable with {with}{why}"))
        };
        return gained.iter().map(one).collect();
    }
    let (all, is) = everyone(after, directory);
    let text = match gained.len() {
        0 => format!("every mailbox made later becomes reachable with {with}; {all} is already"),
        n if n == is => format!("{all} becomes reachable with {with}, and every mailbox made later"),
        n => format!("{all} becomes reachable with {with}, {n} of them newly, and every mailbox made later"),
    };
    vec![AccessLine::new(Sign::Warning, text)]
}

fn escalated(change: &Change, directory: &Directory) -> Vec<AccessLine> {
    let escalated = &change.delta.escalated;
    let (Some(first), Some(after)) = (escalated.first(), change.after()) else { return Vec::new() };
    let how = format!("is reached with {} instead of {}", first.to.as_str(), first.from.as_str());
    let open = |role: Option<&Role>| role.is_some_and(|role| access::is_open(&role.rules));
    if open(change.before().map(|live| &live.role)) && open(Some(after)) {
        let n = escalated.len();
        let all = everyone_but(directory.mailboxes().count() - n, n);
        return vec![AccessLine::new(Sign::Warning, format!("{all} {how}"))];
    }
    escalated
        .iter()
        .map(|one| AccessLine::new(Sign::Warning, format!("{} {how}", directory.label(&one.user))))
        .collect()
}

fn lost(change: &Change, directory: &Directory) -> Vec<AccessLine> {
    let Delta { lost, closed, .. } = &change.delta;
    let Some(before) = change.before().map(|live| &live.role) else { return Vec::new() };
    let mut lines = Vec::new();
    if closed.is_empty() {
        lines.extend(lost.iter().map(|grant| {
            let who = directory.label(&grant.user);
            let why = cause(change, &grant.user);
            AccessLine::new(Sign::Removed, format!("{who} is no longer reachable{why}"))
        }));
    } else {
        let (all, was) = everyone(before, directory);
        let stay = match was - lost.len() {
            0 => String::new(),
            stay => format!(": {} lost, {stay} still reached", lost.len()),
        };
        lines.push(AccessLine::new(Sign::Removed, format!("{all} is no longer reachable{stay}")));
    }
    if is_reduced(change) {
        lines.push(AccessLine::new(Sign::Removed, "reduced to READ_ONLY in every mailbox it reaches".into()));
    }
    lines
}

/// Those whom an ALLOW rule names in vain.
fn overruled(change: &Change, directory: &Directory) -> Vec<AccessLine> {
    let all = change.overruled();
    if all.is_empty() {
        return Vec::new();
    }
    let reaches = |after: &Role| directory.mailboxes().any(|user| access::allows(&after.rules, &user.id));
    let some_are_reached = change.after().is_some_and(reaches);
    let one = |Overruled { user, rules }: &Overruled<'_>| {
        let who = match user {
            Some(user) => directory.label(user),
            None if some_are_reached => "everyone else",
            None => "everyone",
        };
        let rules: Vec<_> = rules.iter().map(|rule| rule.label()).collect();
        let what = if rules.len() == 1 { "rule" } else { "rules" };
        AccessLine::new(Sign::Warning, format!("{who} stays denied: {what} {}", rules.join(", ")))
    };
    all.iter().map(one).collect()
}

/// How one says whom an open role reaches, and how many they are.
fn everyone(role: &Role, directory: &Directory) -> (String, usize) {
    let reached = directory.mailboxes().filter(|user| access::allows(&role.rules, &user.id)).count();
    (everyone_but(directory.mailboxes().count() - reached, reached), reached)
}

/// `everyone (214 mailboxes today)`, or everyone but some.
pub(crate) fn everyone_but(but: usize, reached: usize) -> String {
    let today = counted(reached, "mailbox today", "mailboxes today");
    match but {
        0 => format!("everyone ({today})"),
        but => format!("everyone but {but} ({today})"),
    }
}

/// The groups by which a user gains or loses access, behind a sentence about the user.
fn cause(change: &Change, user: &UserId) -> String {
    match change.causes.get(user) {
        None => String::new(),
        Some(GroupCause::Member(groups)) => format!("  (in {})", listed(groups)),
        Some(GroupCause::NotMember(groups)) => format!("  (not in {})", listed(groups)),
    }
}
