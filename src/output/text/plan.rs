//! A plan as people read it: who gains and loses what, then which settings and rules change.

use std::collections::BTreeSet;

use super::access;
use crate::config::Naming;
use crate::definition::resolve::ExpiredRule;
use crate::directory::{Directory, State, UserId};
use crate::expiry::Expires;
use crate::output::style::{Line, Sign, Tone, counted, listed};
use crate::plan::role_diff::{Edit, Lists, RoleDiff, RuleChange, RuleDiff, SetDiff, Target, WholeRule};
use crate::plan::{Action, Change, Plan};
use crate::role::{Effect, RoleType, Rule, Targets};
use crate::sorted;

/// How far the fields and the rules of a role are indented.
const IN_ROLE: usize = 4;
/// How far the fields and the users of a rule are indented.
const IN_RULE: usize = 8;

/// The whole plan.
pub(crate) fn plan(plan: &Plan, directory: &Directory, naming: Naming) -> Vec<Line> {
    let mut lines = Vec::new();
    if !plan.is_empty() {
        lines.extend(access::block(plan, directory, naming));
        lines.push(Line::default());
    }
    for change in &plan.changes {
        lines.extend(self::change(change, directory));
        lines.push(Line::default());
    }
    lines.push(if plan.is_empty() {
        Line::of(Tone::Plain, summary(plan))
    } else {
        Line::of(Tone::Bold, format!("Plan: {}", summary(plan)))
    });
    lines.extend(undeclared(plan).map(|text| Line::of(Tone::Dim, text)));
    lines
}

/// What happens to how many roles, in one line.
pub(crate) fn summary(plan: &Plan) -> String {
    let counts = plan.counts();
    if plan.is_empty() && counts.unchanged == 0 {
        return "No changes: no role is declared".into();
    }
    if plan.is_empty() {
        let roles = counted(counts.unchanged, "role is", "roles are");
        return format!("No changes: {roles} live as declared");
    }
    format!(
        "{} to create, {} to update, {} to delete, {} unchanged",
        counts.create, counts.update, counts.delete, counts.unchanged
    )
}

/// The live roles that nothing declares, if there are any.
pub(crate) fn undeclared(plan: &Plan) -> Option<String> {
    let names: Vec<_> = plan.undeclared.iter().map(|role| role.name.as_str()).collect();
    let count = counted(names.len(), "live role is", "live roles are");
    (!names.is_empty()).then(|| format!("{count} not declared, and left alone: {}", names.join(", ")))
}

/// One change: its title, then what is different.
pub(crate) fn change(change: &Change, directory: &Directory) -> Vec<Line> {
    let sign = match change.action {
        Action::Create { .. } => Sign::Added,
        Action::Update { .. } => Sign::Changed,
        Action::Delete { .. } => Sign::Removed,
    };
    let verb = format!("{} ", change.verb());
    let tone = if change.widens() { Tone::Gain } else { Tone::Loss };
    let mut title = Line::signed(sign, tone, verb).and(Tone::Bold, change.name().as_str());
    if let Some(role) = change.after().or(change.before().map(|live| &live.role)) {
        let tone = if change.after().is_some() { Tone::of_type(role.role_type) } else { Tone::Plain };
        title = title.and(tone, format!("  {}", role.role_type.as_str()));
    }
    if let Some(before) = change.before() {
        title = title.and(Tone::Dim, format!("  {}", before.id));
    }
    let mut lines = vec![title];
    lines.extend(details(change, directory));
    lines
}

/// What a change is about, without the title.
pub(crate) fn details(change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = Vec::new();
    if matches!(change.action, Action::Delete { .. }) {
        let warning = |text: String| Line::of(Tone::Warning, text).indented(IN_ROLE);
        lines.extend(id_goes(change.referenced_by.as_deref()).into_iter().map(warning));
    }
    lines.extend(role_diff(&change.diff, directory));
    lines.extend(change.skipped_rules.iter().map(|rule| {
        let text = format!("rule {} is left out: its groups have no members today", rule.label());
        Line::signed(Sign::Warning, Tone::Warning, text).indented(IN_ROLE)
    }));
    lines.extend(change.expired.iter().map(|ExpiredRule { rule, end }| {
        let text = format!("rule {} expired {}, and is left out", rule.label(), end.in_sentence());
        Line::signed(Sign::Warning, Tone::Warning, text).indented(IN_ROLE)
    }));
    lines
}

/// How a role differs.
pub(crate) fn role_diff(diff: &RoleDiff, directory: &Directory) -> Vec<Line> {
    let RoleDiff { name, role_type, description, expires, rules } = diff;
    let mut lines = Vec::new();
    lines.extend(
        name.as_ref().map(|edit| edited(IN_ROLE, "name", edit, Tone::Plain, |name| name.to_string())),
    );
    lines.extend(role_type.as_ref().map(|edit| {
        let tone = tone(edit.new > edit.old, edit.new < edit.old);
        edited(IN_ROLE, "type", edit, tone, |kind: &RoleType| kind.as_str().into())
    }));
    lines.extend(description.as_ref().map(|edit| edited(IN_ROLE, "description", edit, Tone::Plain, quoted)));
    lines.extend(expires.as_ref().map(|edit| expiry(IN_ROLE, edit)));
    for rule in rules {
        lines.extend(match rule {
            RuleDiff::Added(rule) => whole(rule, Sign::Added, directory),
            RuleDiff::Removed(rule) => whole(rule, Sign::Removed, directory),
            RuleDiff::Changed(change) => rule_change(change, directory),
        });
    }
    lines
}

/// What a deletion does to those who name the role's id.
fn id_goes(referenced_by: Option<&[String]>) -> Vec<String> {
    let mut lines =
        vec!["its id is gone for good; IAM policies that name it (not checked) stop matching".into()];
    match referenced_by {
        Some([]) => {}
        Some(rules) => lines.push(format!("access control rules that name it: {}", rules.join(", "))),
        None => lines.push("access control rules could not be read; some may name this role".into()),
    }
    lines
}

/// The tone of what lets the role do more, or less, or neither.
fn tone(more: bool, less: bool) -> Tone {
    match (more, less) {
        (true, _) => Tone::Gain,
        (false, true) => Tone::Loss,
        (false, false) => Tone::Plain,
    }
}

/// A field that changes, in the words of `text`; `tone` is that of what it will be.
fn edited<T>(
    indent: usize,
    field: &str,
    Edit { old, new }: &Edit<T>,
    tone: Tone,
    text: impl Fn(&T) -> String,
) -> Line {
    Line::of(if tone == Tone::Plain { Tone::Changed } else { tone }, format!("{field}: "))
        .indented(indent)
        .and(Tone::Dim, text(old))
        .and(Tone::Plain, " -> ")
        .and(tone, text(new))
}

/// An expiry that changes.
fn expiry(indent: usize, edit: &Edit<Option<Expires>>) -> Line {
    let is_later = |a: &Option<Expires>, b: &Option<Expires>| {
        a.as_ref().is_some_and(|a| b.as_ref().is_none_or(|b| b > a))
    };
    let tone = tone(is_later(&edit.old, &edit.new), is_later(&edit.new, &edit.old));
    let text = |end: &Option<Expires>| end.as_ref().map_or_else(|| "never".to_owned(), ToString::to_string);
    edited(indent, "expires", edit, tone, text)
}

/// Text that may be absent.
fn quoted<T: AsRef<str>>(text: &Option<T>) -> String {
    text.as_ref().map_or("(none)".to_owned(), |text| format!("{:?}", text.as_ref()))
}

fn title(rule: &Rule) -> String {
    format!("rule {} {}", rule.label(), rule.effect.as_str())
}

/// What a rule decides of those whom it matches: 1 allowed, 0 nothing, -1 denied.
fn decides(rule: &Rule, matches: bool) -> i8 {
    match (matches, rule.effect) {
        (false, _) => 0,
        (true, Effect::Allow) => 1,
        (true, Effect::Deny) => -1,
    }
}

/// A rule that is added or removed.
fn whole(whole: &WholeRule, sign: Sign, directory: &Directory) -> Vec<Line> {
    let WholeRule { rule, users, except } = whole;
    let Rule { id: _, name: _, effect, description, expires, targets } = rule;
    // To take a DENY rule away gives access
    let gives = (*effect == Effect::Allow) == (sign == Sign::Added);
    let (of_rule, against) = if gives { (Tone::Gain, Tone::Loss) } else { (Tone::Loss, Tone::Gain) };
    let line = |tone: Tone, text: String| Line::signed(sign, tone, text).indented(IN_RULE);
    let mut lines = vec![Line::signed(sign, of_rule, title(rule)).indented(IN_ROLE)];
    if let Some(description) = description {
        lines.push(line(Tone::Plain, format!("description: {:?}", description.as_str())));
    }
    lines.extend(expires.as_ref().map(|end| line(Tone::Plain, format!("expires: {end}"))));
    match targets {
        Targets::Everyone => lines.push(line(of_rule, "everyone".into())),
        // In one line: a line for each would read as everyone
        Targets::Except(_) => {
            lines.push(line(of_rule, format!("everyone except {}", all(except, directory))))
        }
        Targets::Users(_) | Targets::UsersExcept { .. } => {
            let mut labels: Vec<_> = users
                .iter()
                .map(|target| match targets.matches(&target.user) {
                    true => (label(target, directory), of_rule),
                    false => (format!("{} (excepted)", label(target, directory)), Tone::Plain),
                })
                .collect();
            sorted::by(&mut labels, |(a, _), (b, _)| a.cmp(b));
            lines.extend(labels.into_iter().map(|(who, tone)| line(tone, who)));
            if !except.is_empty() {
                lines.push(line(against, format!("except {}", all(except, directory))));
            }
        }
    }
    lines
}

/// All of them in one line, with the groups through which they are named.
fn all(targets: &[Target], directory: &Directory) -> String {
    let same = targets.windows(2).all(|two| two[0].groups == two[1].groups);
    let mut labels: Vec<_> = targets
        .iter()
        .map(|target| match same {
            true => with_state(&target.user, directory),
            false => label(target, directory),
        })
        .collect();
    sorted::by(&mut labels, Ord::cmp);
    let groups = targets.first().filter(|_| same).map(|target| &target.groups);
    labels.join(", ") + &groups.map(via).unwrap_or_default()
}

/// A rule that changes.
fn rule_change(change: &RuleChange, directory: &Directory) -> Vec<Line> {
    let RuleChange {
        before,
        after,
        name,
        description,
        expires,
        effect,
        lists,
        users,
        except,
        groups,
        only_members,
    } = change;
    // What the change of the rule, seen alone, does to those for whom it matches before and after
    let toned = |was: bool, is: bool| {
        let (was, is) = (decides(before, was), decides(after, is));
        tone(is > was, is < was)
    };
    let of_user = |user: &UserId| toned(before.targets.matches(user), after.targets.matches(user));
    let everyone = toned(before.targets.matches_unnamed(), after.targets.matches_unnamed());
    let mut lines = Vec::new();
    lines.extend(effect.as_ref().map(|edit| {
        let tone = toned(true, true);
        edited(IN_RULE, "effect", edit, tone, |effect: &Effect| effect.as_str().into())
    }));
    lines.extend(name.as_ref().map(|edit| edited(IN_RULE, "name", edit, Tone::Plain, quoted)));
    lines.extend(description.as_ref().map(|edit| edited(IN_RULE, "description", edit, Tone::Plain, quoted)));
    lines.extend(expires.as_ref().map(|edit| expiry(IN_RULE, edit)));
    lines.extend(
        lists.as_ref().map(|edit| edited(IN_RULE, "targets", edit, everyone, |lists| kind(*lists).into())),
    );
    if *only_members {
        let text = format!("the members of {} are not those of the live rule", listed(groups));
        lines.push(Line::of(Tone::Changed, text).indented(IN_RULE));
    }
    for (SetDiff { added, removed, not_in }, prefix) in [(users, ""), (except, "except ")] {
        let not = if not_in.is_empty() { String::new() } else { format!("  (not in {})", listed(not_in)) };
        for user in removed {
            let text = format!("{prefix}{}{not}", directory.label(user));
            lines.push(Line::signed(Sign::Removed, of_user(user), text).indented(IN_RULE));
        }
        for target in added {
            let excepted = prefix.is_empty() && !after.targets.matches(&target.user);
            let excepted = if excepted { " (excepted)" } else { "" };
            let text = format!("{prefix}{}{excepted}", label(target, directory));
            lines.push(Line::signed(Sign::Added, of_user(&target.user), text).indented(IN_RULE));
        }
    }
    let any = |tone| lines.iter().any(|line| line.tone() == tone);
    let tone = match tone(any(Tone::Gain), any(Tone::Loss)) {
        Tone::Plain => Tone::Changed,
        tone => tone,
    };
    lines.insert(0, Line::signed(Sign::Changed, tone, title(after)).indented(IN_ROLE));
    lines
}

fn kind(lists: Lists) -> &'static str {
    match lists {
        Lists::None => "everyone",
        Lists::Users => "these users",
        Lists::Except => "everyone except these users",
        Lists::Both => "these users except those",
    }
}

/// A user with the state of the account, and the groups through which a rule names the user.
fn label(Target { user, groups }: &Target, directory: &Directory) -> String {
    with_state(user, directory) + &via(groups)
}

pub(crate) fn with_state(user: &UserId, directory: &Directory) -> String {
    let state = match directory.user(user) {
        Some(user) if user.has_mailbox() => "",
        Some(user) => match user.state {
            State::Enabled => " (no address)",
            State::Disabled => " (disabled)",
            State::Deleted => " (deleted)",
        },
        None => " (not in the directory)",
    };
    format!("{}{state}", directory.label(user))
}

fn via(groups: &BTreeSet<String>) -> String {
    if groups.is_empty() { String::new() } else { format!("  (in {})", listed(groups)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::tests::mailbox;
    use crate::plan::{change_of_role, deletion};
    use crate::role::tests::{role, rule, users};
    use crate::role::{LiveRole, Role, RoleId};

    const GAIN: &str = "\u{1b}[1m\u{1b}[31m";
    const LOSS: &str = "\u{1b}[32m";

    fn directory() -> Directory {
        Directory::complete(["a", "b", "c"].map(mailbox))
    }

    fn live(role: Role) -> LiveRole {
        LiveRole { id: RoleId::from_service("r"), role, rules_unknown: false, created: None, modified: None }
    }

    /// The lines of the access block below the role's name, and of the plan, with `+` before a loud one and `-`
    /// before a calm one.
    fn tones(before: Option<Vec<Rule>>, after: Option<Vec<Rule>>) -> Vec<String> {
        let (before, directory) = (before.map(|rules| live(role(rules))), directory());
        let change = match (&before, after) {
            (_, Some(rules)) => change_of_role(&role(rules), before.as_ref(), &directory).expect("a change"),
            (Some(live), None) => deletion(live, Some(Vec::new()), &directory),
            (None, None) => panic!("no role"),
        };
        let plan = Plan::new(vec![change], Vec::new(), Vec::new());
        let block = access::block(&plan, &directory, Naming::All);
        let lines = block.into_iter().skip(2).chain(self::change(&plan.changes[0], &directory));
        lines
            .map(|line| {
                let styled = line.styled();
                let tone = match () {
                    () if styled.starts_with(GAIN) => "+",
                    () if styled.starts_with(LOSS) => "-",
                    () => " ",
                };
                format!("{tone}|{}", line.plain().trim_start())
            })
            .collect()
    }

    fn allow(targets: Targets) -> Rule {
        rule("x", Effect::Allow, targets)
    }

    fn deny(targets: Targets) -> Rule {
        rule("d", Effect::Deny, targets)
    }

    fn these(ids: &[&str]) -> Targets {
        Targets::Users(users(ids))
    }

    #[test]
    fn no_rules_have_no_tones() {
        assert_eq!(tones(None, Some(vec![])), ["-|+ create r  READ_ONLY"]);
    }

    #[test]
    fn what_gives_access_is_loud_and_what_takes_it_is_calm() {
        let one = vec![allow(these(&["a"]))];
        let two = vec![allow(these(&["a", "b"]))];
        assert_eq!(
            tones(Some(one.clone()), Some(two.clone())),
            [
                "+|+ b@x becomes reachable with READ_ONLY",
                "+|~ update r  READ_ONLY  r",
                "+|~ rule x ALLOW",
                "+|+ b@x"
            ]
        );
        assert_eq!(
            tones(Some(two), Some(one.clone())),
            ["-|- b@x is no longer reachable", "-|~ update r  READ_ONLY  r", "-|~ rule x ALLOW", "-|- b@x"]
        );
        assert_eq!(
            tones(None, Some(one.clone()))[1..],
            ["+|+ create r  READ_ONLY", "+|+ rule x ALLOW", "+|+ a@x"]
        );
        let gone = tones(Some(one), None);
        assert_eq!(gone[..2], ["-|- a@x is no longer reachable", "-|- delete r  READ_ONLY  r"]);
        assert_eq!(gone[gone.len() - 2..], ["-|- rule x ALLOW", "-|- a@x"]);
    }

    #[test]
    fn of_a_deny_rule_and_of_an_exception_the_tones_turn_round() {
        let all = allow(Targets::Everyone);
        let denied = vec![deny(these(&["b"])), all.clone()];
        assert_eq!(
            tones(Some(denied.clone()), Some(vec![all.clone()])),
            [
                "+|+ b@x becomes reachable with READ_ONLY",
                "+|~ update r  READ_ONLY  r",
                "+|- rule d DENY",
                "+|- b@x"
            ]
        );
        assert_eq!(
            tones(Some(vec![all]), Some(denied)),
            ["-|- b@x is no longer reachable", "-|~ update r  READ_ONLY  r", "-|+ rule d DENY", "-|+ b@x"]
        );
        let except = |ids: &[&str]| vec![allow(Targets::Except(users(ids)))];
        assert_eq!(
            tones(Some(except(&["a", "b"])), Some(except(&["a"]))),
            [
                "+|+ b@x becomes reachable with READ_ONLY",
                "+|~ update r  READ_ONLY  r",
                "+|~ rule x ALLOW",
                "+|- except b@x"
            ]
        );
        assert_eq!(tones(Some(except(&["a"])), Some(except(&["a", "b"])))[3], "-|+ except b@x");
        let except = |ids: &[&str]| vec![deny(Targets::Except(users(ids)))];
        assert_eq!(
            tones(Some(except(&["a"])), Some(except(&["a", "b"])))[1..],
            ["+|~ rule d DENY", "+|+ except b@x"]
        );
    }

    #[test]
    fn an_opening_is_loud_though_users_leave_the_list() {
        let (some, all) = (vec![allow(these(&["a"]))], vec![allow(Targets::Everyone)]);
        let opened = tones(Some(some.clone()), Some(all.clone()));
        assert_eq!(
            opened,
            [
                "+|! everyone (3 mailboxes today) becomes reachable with READ_ONLY, 2 of them newly, and every mailbox made later",
                "+|+ b@x becomes reachable with READ_ONLY",
                "+|+ c@x becomes reachable with READ_ONLY",
                "+|~ update r  READ_ONLY  r",
                "+|~ rule x ALLOW",
                "+|targets: these users -> everyone",
                " |- a@x"
            ]
        );
        let closed = tones(Some(all), Some(some));
        assert_eq!(
            closed,
            [
                "-|- from everyone (3 mailboxes) to 1: 2 users lose access",
                "-|- b@x is no longer reachable",
                "-|- c@x is no longer reachable",
                "-|~ update r  READ_ONLY  r",
                "-|~ rule x ALLOW",
                "-|targets: everyone -> these users",
                " |+ a@x"
            ]
        );
    }

    #[test]
    fn a_rule_never_reads_as_more_than_it_is() {
        let both = Targets::UsersExcept { users: users(&["a", "b"]), except: users(&["b", "c"]) };
        assert_eq!(
            tones(None, Some(vec![allow(both)]))[2..],
            ["+|+ rule x ALLOW", "+|+ a@x", " |+ b@x (excepted)", "-|+ except b@x, c@x"]
        );
        let all = tones(None, Some(vec![allow(Targets::Except(users(&["a", "b"])))]));
        assert_eq!(
            all[0],
            "+|! everyone except a@x, b@x (1 mailbox today) becomes reachable with READ_ONLY, and every mailbox made later"
        );
        assert_eq!(all[all.len() - 1], "+|+ everyone except a@x, b@x");
    }

    #[test]
    fn a_type_that_widens_is_loud() {
        let before = live(role(vec![allow(these(&["a"]))]));
        let after = Role { role_type: RoleType::FullAccess, ..before.role.clone() };
        for (from, to, tone) in [(&before.role, &after, GAIN), (&after, &before.role, LOSS)] {
            let change = change_of_role(to, Some(&live(from.clone())), &directory()).expect("a change");
            let lines = self::change(&change, &directory());
            assert!(lines.iter().all(|line| line.styled().starts_with(tone)), "{lines:?}");
            assert!(lines[1].plain().starts_with("    type: "), "{lines:?}");
        }
    }
}
