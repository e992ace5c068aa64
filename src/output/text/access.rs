//! Who gains and loses access by a plan: the headline of every way to show one.

use std::collections::BTreeSet;
use std::fmt;

use crate::access::{self, Delta, Escalation, Extension, Grant};
use crate::config::Naming;
use crate::directory::{Directory, User};
use crate::output::style::{Line, Sign, Tone};
use crate::output::style::{counted, listed};
use crate::plan::cause::GroupCause;
use crate::plan::overruled::Overruled;
use crate::plan::{Change, Plan};
use crate::role::{Role, RoleName, RoleType, RuleId, UserId};
use crate::sorted;

/// So many who gain access by a role are named unless all are asked for, and so many who lose it.
const FEW: usize = 10;
/// So many exceptions from everyone are named in a sentence.
const EXCEPTIONS: usize = 3;
/// A user name of so many characters stands in a column.
const SHORT_NAME: usize = 16;

/// What a change does to the access of one user or of everyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessLine {
    /// Added access, removed access, or a warning.
    sign: Sign,
    /// Whether access grows.
    tone: Tone,
    /// The sentence behind the sign.
    text: String,
}

impl AccessLine {
    fn gain(sign: Sign, text: String) -> Self {
        Self { sign, tone: Tone::Gain, text }
    }

    fn loss(text: String) -> Self {
        Self { sign: Sign::Removed, tone: Tone::Loss, text }
    }
}

/// The sign in the first column, then the sentence.
impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sign.as_char(), self.text)
    }
}

/// The sum of a plan in one line. Each user counts once, whichever roles do the same.
pub(crate) fn headline(plan: &Plan) -> String {
    sum(plan, |roles, what, _| roles.iter().map(|role| format!("; {role} {what}")).collect())
}

/// As [`headline`], with roles counted and not named.
pub(crate) fn short_headline(plan: &Plan) -> String {
    sum(plan, |roles, what, of_many| match roles.len() {
        0 => String::new(),
        1 => format!("; 1 role {what}"),
        n => format!("; {n} roles {of_many}"),
    })
}

/// What is said of roles beside the users: of one, and of many.
fn sum(plan: &Plan, say: impl Fn(&[&RoleName], &str, &str) -> String) -> String {
    if !plan.changes.iter().any(moves) {
        return "Access: nobody gains or loses anything".into();
    }
    let Delta { gained, lost, escalated, extended, opened, closed } = &plan.delta;
    let users = |grants: &[Grant]| grants.iter().map(|grant| &grant.user).collect::<BTreeSet<_>>().len();
    let escalated = escalated.iter().map(|one| &one.user).collect::<BTreeSet<_>>().len();
    let (gained, lost) = (users(gained), users(lost));
    let verb = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut text = format!(
        "Access: {}, {}, {}",
        verb(gained, "user gains", "users gain"),
        verb(lost, "loses", "lose"),
        verb(escalated, "escalates", "escalate")
    );
    let longer = sorted::set(extended.iter().map(|one| &one.role));
    let reduced = plan.changes.iter().filter(|change| is_reduced(change)).map(Change::name);
    text += &say(&longer.into_iter().collect::<Vec<_>>(), "reaches for longer", "reach for longer");
    text += &say(&opened.iter().collect::<Vec<_>>(), "opens to everyone", "open to everyone");
    text +=
        &say(&closed.iter().collect::<Vec<_>>(), "no longer reaches everyone", "no longer reach everyone");
    let reads = "can only read from now on";
    text += &say(&reduced.collect::<Vec<_>>(), reads, reads);
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

/// Does anybody gain anything, be it a mailbox that is made later?
pub(crate) fn gives(change: &Change) -> bool {
    let Delta { gained, escalated, extended, opened, lost: _, closed: _ } = &change.delta;
    !(gained.is_empty() && escalated.is_empty() && extended.is_empty() && opened.is_empty())
}

/// Does the role newly reach everyone, or everyone with more than before?
pub(crate) fn gives_everyone(change: &Change) -> bool {
    let open = change.after().is_some_and(|after| access::is_open(&after.rules));
    let Delta { escalated, extended, opened, gained: _, lost: _, closed: _ } = &change.delta;
    !opened.is_empty() || (open && !(escalated.is_empty() && extended.is_empty()))
}

/// The changes that do anything to who reaches whom, or seem to, in the order in which they are done.
pub(crate) fn concerned(plan: &Plan) -> Vec<&Change> {
    plan.changes.iter().filter(|change| moves(change) || !change.overruled().is_empty()).collect()
}

/// The headline and everyone whom it is about.
pub(crate) fn block(plan: &Plan, directory: &Directory, naming: Naming) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Bold, headline(plan))];
    for change in concerned(plan) {
        lines.push(Line::of(Tone::Bold, format!("  {}", change.name())));
        for AccessLine { sign, tone, text } in effects(change, directory, naming) {
            lines.push(Line::signed(sign, tone, text).indented(4));
        }
    }
    lines
}

/// What one change does: a line a user, and one line for what concerns everyone.
pub(crate) fn effects(change: &Change, directory: &Directory, naming: Naming) -> Vec<AccessLine> {
    let mut effects = gained(change, directory, naming);
    effects.extend(escalated(change, directory, naming));
    effects.extend(extended(change));
    effects.extend(lost(change, directory, naming));
    effects.extend(overruled(change, directory, naming));
    effects
}

/// A line for each; of many the first, and a last one, made of a text like `and 3 more`, for the rest.
fn few<T>(
    all: &[T],
    naming: Naming,
    one: impl Fn(&T) -> AccessLine,
    rest: impl Fn(String) -> AccessLine,
) -> Vec<AccessLine> {
    if naming == Naming::All || all.len() <= FEW {
        return all.iter().map(one).collect();
    }
    let mut lines: Vec<_> = all.iter().take(FEW).map(one).collect();
    lines.push(rest(format!("and {} more{}", all.len() - FEW, flag(naming))));
    lines
}

/// Which flag names those who are left out, where the command has one.
fn flag(naming: Naming) -> &'static str {
    match naming {
        Naming::FewAndFlag => " (--all names them)",
        Naming::Few | Naming::All => "",
    }
}

fn gained(change: &Change, directory: &Directory, naming: Naming) -> Vec<AccessLine> {
    let Delta { gained, opened, .. } = &change.delta;
    let Some(after) = change.after() else { return Vec::new() };
    let with = after.role_type.as_str();
    let one = |grant: &Grant| {
        let who = directory.label(&grant.user);
        let why = cause(change, &grant.user);
        AccessLine::gain(Sign::Added, format!("{who} becomes reachable with {with}{why}"))
    };
    let rest = |text| AccessLine::gain(Sign::Added, text);
    if opened.is_empty() {
        return few(gained, naming, one, rest);
    }
    let is = reached(after, directory);
    let all = format!("{} ({})", everyone(after, directory), counted(is, "mailbox today", "mailboxes today"));
    let text = match gained.len() {
        0 => format!("every mailbox made later becomes reachable with {with}; {all} is already"),
        n if n == is => format!("{all} becomes reachable with {with}, and every mailbox made later"),
        n => format!("{all} becomes reachable with {with}, {n} of them newly, and every mailbox made later"),
    };
    let hint = if gained.is_empty() { "" } else { flag(naming) };
    let mut lines = vec![AccessLine::gain(Sign::Warning, text + hint)];
    if naming == Naming::All {
        lines.extend(gained.iter().map(one));
    }
    lines
}

/// Whose end moves out, or goes: of the role, or of one rule.
fn extended(change: &Change) -> Vec<AccessLine> {
    let line = |Extension { role: _, rule, from, to }: &Extension| {
        let rules = change.after().map(|role| &role.rules);
        let of_rule = |id: &RuleId| {
            let rule = rules.and_then(|rules| rules.iter().find(|rule| rule.id == *id));
            format!("rule {}", rule.map_or(id.as_str(), |rule| rule.label()))
        };
        let what = rule.as_ref().map_or_else(|| "the role".to_owned(), of_rule);
        let text = match to {
            Some(to) => format!("{what} expires {to} instead of {from}"),
            None => format!("{what} no longer expires; it would have {from}"),
        };
        AccessLine::gain(Sign::Warning, text)
    };
    change.delta.extended.iter().map(line).collect()
}

fn escalated(change: &Change, directory: &Directory, naming: Naming) -> Vec<AccessLine> {
    let escalated = &change.delta.escalated;
    let (Some(first), Some(after)) = (escalated.first(), change.after()) else { return Vec::new() };
    let how = format!("is reached with {} instead of {}", first.to.as_str(), first.from.as_str());
    let line = |text: String| AccessLine::gain(Sign::Warning, text);
    let one = |one: &Escalation| line(format!("{} {how}", directory.label(&one.user)));
    let open = |role: Option<&Role>| role.is_some_and(|role| access::is_open(&role.rules));
    if !(open(change.before().map(|live| &live.role)) && open(Some(after))) {
        return few(escalated, naming, one, line);
    }
    let escalates = |user: &UserId| escalated.iter().any(|one| one.user == *user);
    let all = everyone_but(after, directory, escalates);
    let today = counted(escalated.len(), "mailbox today", "mailboxes today");
    let mut lines = vec![line(format!("{all} ({today}) {how}{}", flag(naming)))];
    if naming == Naming::All {
        lines.extend(escalated.iter().map(one));
    }
    lines
}

fn lost(change: &Change, directory: &Directory, naming: Naming) -> Vec<AccessLine> {
    let Delta { lost, closed, gained, .. } = &change.delta;
    let Some(before) = change.before().map(|live| &live.role) else { return Vec::new() };
    let one = |grant: &Grant| {
        let who = directory.label(&grant.user);
        let why = cause(change, &grant.user);
        AccessLine::loss(format!("{who} is no longer reachable{why}"))
    };
    let mut lines = Vec::new();
    if closed.is_empty() {
        lines.extend(few(lost, naming, one, AccessLine::loss));
    } else {
        let was = counted(reached(before, directory), "mailbox", "mailboxes");
        let is = match change.after().map_or(0, |after| reached(after, directory)) {
            0 => "nobody".to_owned(),
            is => is.to_string(),
        };
        let loses = match lost.len() {
            0 => "nobody loses access today".to_owned(),
            1 => format!("1 user loses access{}", flag(naming)),
            n => format!("{n} users lose access{}", flag(naming)),
        };
        let gains = match gained.len() {
            0 => String::new(),
            1 => ", 1 gains it".to_owned(),
            n => format!(", {n} gain it"),
        };
        let all = everyone(before, directory);
        lines.push(AccessLine::loss(format!("from {all} ({was}) to {is}: {loses}{gains}")));
        if naming == Naming::All {
            lines.extend(lost.iter().map(one));
        }
    }
    if is_reduced(change) {
        lines.push(AccessLine::loss("reduced to READ_ONLY in every mailbox it reaches".into()));
    }
    lines
}

/// Those whom an ALLOW rule names in vain.
fn overruled(change: &Change, directory: &Directory, naming: Naming) -> Vec<AccessLine> {
    let all = change.overruled();
    if all.is_empty() {
        return Vec::new();
    }
    let line = |text: String| AccessLine { sign: Sign::Warning, tone: Tone::Warning, text };
    let some_are_reached = change.after().is_some_and(|after| reached(after, directory) > 0);
    let one = |Overruled { user, rules }: &Overruled<'_>| {
        let who = match user {
            Some(user) => directory.label(user),
            None if some_are_reached => "everyone else",
            None => "everyone",
        };
        let rules: Vec<_> = rules.iter().map(|rule| rule.label()).collect();
        let what = if rules.len() == 1 { "rule" } else { "rules" };
        line(format!("{who} stays denied: {what} {}", rules.join(", ")))
    };
    few(&all, naming, one, line)
}

/// How many mailboxes the role reaches.
fn reached(role: &Role, directory: &Directory) -> usize {
    directory.mailboxes().filter(|user| access::allows(&role.rules, &user.id)).count()
}

/// How one says whom an open role reaches: everyone, or everyone except some.
pub(crate) fn everyone(role: &Role, directory: &Directory) -> String {
    everyone_but(role, directory, |user| access::allows(&role.rules, user))
}

/// As [`everyone`], in a column: a short name stands for the only user, else they are counted.
pub(crate) fn everyone_in_short(role: &Role, directory: &Directory) -> String {
    let except = exceptions(role, directory, |user| access::allows(&role.rules, user));
    let Some(first) = except.first() else { return "everyone".into() };
    let name = directory.user(first).and_then(|user| user.name.clone());
    let name = name.filter(|name| except.len() == 1 && name.chars().count() <= SHORT_NAME);
    format!("everyone except {}", name.unwrap_or_else(|| counted(except.len(), "user", "users")))
}

/// `everyone`, or everyone except the [`exceptions`].
fn everyone_but(role: &Role, directory: &Directory, meant: impl Fn(&UserId) -> bool) -> String {
    let except = exceptions(role, directory, meant);
    match except.len() {
        0 => "everyone".into(),
        n if n > EXCEPTIONS => format!("everyone except {n} users"),
        _ => {
            let names = sorted::set(except.into_iter().map(|user| directory.label(user).to_owned()));
            format!("everyone except {}", listed(&names))
        }
    }
}

/// Those mailboxes that are not meant, and those whom the role's rules name to the same end, mailbox or not.
fn exceptions<'a>(
    role: &'a Role,
    directory: &'a Directory,
    meant: impl Fn(&UserId) -> bool,
) -> BTreeSet<&'a UserId> {
    let named = role.mentioned_users();
    let named = named.into_iter().filter(|user| !access::allows(&role.rules, user));
    let mailboxes = directory.mailboxes().map(|User { id, .. }| id).filter(|user| !meant(user));
    mailboxes.chain(named).collect()
}

/// The groups by which a user gains or loses access, behind a sentence about the user.
fn cause(change: &Change, user: &UserId) -> String {
    match change.causes.get(user) {
        None => String::new(),
        Some(GroupCause::Member(groups)) => format!("  (in {})", listed(groups)),
        Some(GroupCause::NotMember(groups)) => format!("  (not in {})", listed(groups)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::tests::mailbox;
    use crate::plan::change_of_role;
    use crate::role::tests::{role, rule, uid, users};
    use crate::role::{Effect, LiveRole, RoleId, Rule, Targets};

    /// `u00@x` to `u39@x`.
    fn directory() -> Directory {
        Directory::complete((0..40).map(|n| mailbox(&format!("u{n:02}"))))
    }

    fn first(n: usize) -> Targets {
        let ids: Vec<_> = (0..n).map(|n| format!("u{n:02}")).collect();
        Targets::Users(users(&ids.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    fn allow(targets: Targets) -> Vec<Rule> {
        vec![rule("a", Effect::Allow, targets)]
    }

    fn changed(before: Vec<Rule>, after: Vec<Rule>) -> Change {
        let id = RoleId::from_service("r");
        let live = LiveRole { id, role: role(before), rules_unknown: false, created: None, modified: None };
        change_of_role(&role(after), Some(&live), &directory()).expect("a change")
    }

    fn drawn(before: Vec<Rule>, after: Vec<Rule>, naming: Naming) -> Vec<String> {
        let change = changed(before, after);
        effects(&change, &directory(), naming).iter().map(ToString::to_string).collect()
    }

    fn sum(before: Vec<Rule>, after: Vec<Rule>) -> String {
        headline(&Plan::new(vec![changed(before, after)], Vec::new(), Vec::new()))
    }

    #[test]
    fn a_plan_of_nothing_moves_nobody() {
        let plan = Plan::default();
        assert_eq!(headline(&plan), "Access: nobody gains or loses anything");
        assert_eq!(block(&plan, &directory(), Naming::All).len(), 1);
    }

    #[test]
    fn of_many_the_first_ten_are_named_and_the_rest_counted() {
        let gain = |to, naming| drawn(vec![], allow(first(to)), naming);
        assert_eq!(gain(10, Naming::FewAndFlag).len(), 10);
        let few = gain(13, Naming::FewAndFlag);
        assert_eq!((few.len(), few[10].as_str()), (11, "+ and 3 more (--all names them)"));
        assert_eq!(gain(13, Naming::Few)[10], "+ and 3 more");
        assert_eq!(gain(13, Naming::All).len(), 13);
        let lost = drawn(allow(first(13)), allow(first(1)), Naming::FewAndFlag);
        assert_eq!((lost.len(), lost[10].as_str()), (11, "- and 2 more (--all names them)"));
    }

    #[test]
    fn a_role_that_closes_says_from_how_many_to_how_many() {
        let close = |after, naming| drawn(allow(Targets::Everyone), after, naming);
        assert_eq!(
            close(allow(first(2)), Naming::FewAndFlag),
            ["- from everyone (40 mailboxes) to 2: 38 users lose access (--all names them)"]
        );
        assert_eq!(close(allow(first(2)), Naming::All).len(), 39);
        assert_eq!(
            close(vec![], Naming::Few),
            ["- from everyone (40 mailboxes) to nobody: 40 users lose access"]
        );
        assert_eq!(
            close(allow(first(39)), Naming::Few),
            ["- from everyone (40 mailboxes) to 39: 1 user loses access"]
        );
        assert_eq!(
            close(allow(first(40)), Naming::FewAndFlag),
            ["- from everyone (40 mailboxes) to 40: nobody loses access today"]
        );
        let before = allow(Targets::Except(users(&["u00"])));
        assert_eq!(
            drawn(before, allow(first(1)), Naming::Few),
            [
                "+ u00@x becomes reachable with READ_ONLY",
                "- from everyone except u00@x (39 mailboxes) to 1: 39 users lose access, 1 gains it"
            ]
        );
    }

    #[test]
    fn up_to_three_exceptions_are_named() {
        let open = |ids: &[&str]| drawn(vec![], allow(Targets::Except(users(ids))), Naming::Few).remove(0);
        let rest = "becomes reachable with READ_ONLY, and every mailbox made later";
        assert_eq!(
            open(&["u02", "u01", "u00"]),
            format!("! everyone except u00@x, u01@x, u02@x (37 mailboxes today) {rest}")
        );
        assert_eq!(
            open(&["u00", "u01", "u02", "u03"]),
            format!("! everyone except 4 users (36 mailboxes today) {rest}")
        );
        // Somebody without a mailbox is excepted all the same
        assert_eq!(open(&["gone"]), format!("! everyone except gone (40 mailboxes today) {rest}"));
    }

    #[test]
    fn a_column_names_the_only_exception_and_counts_more() {
        let called = |name: &str| User {
            name: Some(name.into()),
            ..directory().user(&uid("u00")).expect("a user").clone()
        };
        let short = |name: &str, ids: &[&str]| {
            let directory = Directory::complete(directory().mailboxes().cloned().chain([called(name)]));
            everyone_in_short(&role(allow(Targets::Except(users(ids)))), &directory)
        };
        assert_eq!(everyone_in_short(&role(allow(Targets::Everyone)), &directory()), "everyone");
        assert_eq!(short("ceo", &["u00"]), "everyone except ceo");
        assert_eq!(short("an.uncommonly.long.name", &["u00"]), "everyone except 1 user");
        assert_eq!(short("ceo", &["gone"]), "everyone except 1 user");
        assert_eq!(short("ceo", &["u00", "u01"]), "everyone except 2 users");
    }

    #[test]
    fn the_headline_counts_each_user_once() {
        assert_eq!(sum(allow(first(2)), allow(first(3))), "Access: 1 user gains, 0 lose, 0 escalate");
        assert_eq!(sum(allow(first(3)), allow(first(2))), "Access: 0 users gain, 1 loses, 0 escalate");
        let twice =
            Plan::new(["a", "b"].map(|_| changed(vec![], allow(first(2)))).into(), Vec::new(), Vec::new());
        assert_eq!(headline(&twice), "Access: 2 users gain, 0 lose, 0 escalate");
    }

    #[test]
    fn who_stays_denied_is_said_though_nobody_gains() {
        let deny = |targets| rule("d", Effect::Deny, targets);
        let before = vec![deny(first(1))];
        let after = [before.clone(), allow(first(1))].concat();
        assert_eq!(drawn(before.clone(), after.clone(), Naming::All), ["! u00@x stays denied: rule d"]);
        assert_eq!(sum(before.clone(), after.clone()), "Access: nobody gains or loses anything");
        let plan = Plan::new(vec![changed(before, after)], Vec::new(), Vec::new());
        let block: Vec<_> = block(&plan, &directory(), Naming::Few).iter().map(Line::plain).collect();
        assert_eq!(block[1..], ["  r", "    ! u00@x stays denied: rule d"]);

        let all = deny(Targets::Everyone);
        let after = [vec![all.clone()], allow(Targets::Everyone)].concat();
        assert_eq!(drawn(vec![all], after, Naming::All), ["! everyone stays denied: rule d"]);
        let but = deny(Targets::Except(users(&["u00"])));
        let after = [vec![but.clone()], allow(Targets::Everyone)].concat();
        assert_eq!(
            drawn(vec![but], after, Naming::All),
            ["+ u00@x becomes reachable with READ_ONLY", "! everyone else stays denied: rule d"]
        );
    }

    #[test]
    fn roles_stand_in_the_order_in_which_they_are_changed() {
        let named = |name: &str, change: Change| {
            let crate::plan::Action::Update { before, after } = change.action else { panic!("no update") };
            let name = RoleName::from_service(name);
            let action = crate::plan::Action::Update { before, after: Role { name, ..after } };
            Change { action, ..change }
        };
        let opens = named("opens", changed(allow(first(1)), allow(Targets::Everyone)));
        let loses = named("loses", changed(allow(first(2)), allow(first(1))));
        let plan = Plan::new(vec![opens, loses], Vec::new(), Vec::new());
        let names: Vec<_> = concerned(&plan).iter().map(|change| change.name().as_str()).collect();
        assert_eq!(names, ["loses", "opens"]);
    }
}
