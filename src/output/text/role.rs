//! Live roles as people read them: a line in a list, or one with its rules.

use jiff::Timestamp;

use super::access::{everyone, everyone_in_short};
use crate::access;
use crate::directory::{Directory, State};
use crate::expiry::Expires;
use crate::output::style::counted;
use crate::output::style::{Line, Tone};
use crate::output::times::Times;
use crate::role::{Description, Effect, LiveRole, Role, Rule, Targets, UserId, UserSet};
use crate::usage::{self, Usage};

/// What the columns of [`row`] are.
const HEADER: [&str; 7] = ["NAME", "TYPE", "RULES", "REACH", EXPIRES, "CHANGED", "ID"];

/// The column that is there where some role expires.
const EXPIRES: &str = "EXPIRES";

/// Of a role whose rules the service did not give.
const UNKNOWN: &str = "not known";

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 6] = ["ID", "CHANGED", "RULES", "TYPE", EXPIRES, "REACH"];

/// The roles in a list, and what the columns are.
pub(crate) fn table(
    roles: &[LiveRole],
    directory: &Directory,
    times: Times,
    now: Timestamp,
) -> (Vec<&'static str>, Vec<Vec<Line>>) {
    let ends: Vec<_> = roles.iter().map(|live| first_end(&live.role, now)).collect();
    let is_shown = ends.iter().any(Option::is_some);
    let header = HEADER.into_iter().filter(|title| is_shown || *title != EXPIRES).collect();
    let rows = roles.iter().zip(ends).map(|(live, end)| {
        let mut row = row(live, directory, times);
        if is_shown {
            row.insert(4, end.map(|end| end_in_short(&live.role, end, now)).unwrap_or_default());
        }
        row
    });
    (header, rows.collect())
}

/// When the first of a role's access ends; its own end where it allows nobody.
pub(crate) fn first_end(role: &Role, now: Timestamp) -> Option<&Expires> {
    let open = role.rules.iter().filter(|rule| rule.effect == Effect::Allow);
    let past = role.expired_rules(now).filter_map(|rule| role.end_of(rule)).min();
    past.or_else(|| open.filter_map(|rule| role.end_of(rule)).min()).or(role.expires.as_ref())
}

/// An end of a role in a column: loud where it has passed and access is still open.
pub(crate) fn end_in_short(role: &Role, end: &Expires, now: Timestamp) -> Line {
    let is_open = role.expired_rules(now).next().is_some();
    match (is_open, end.is_near(now) && !end.has_passed(now)) {
        (true, _) => Line::of(Tone::Warning, format!("EXPIRED {end}")),
        (false, near) => Line::of(if near { Tone::Warning } else { Tone::Plain }, end.as_str()),
    }
}

/// When a role or a rule of it ends, in a sentence.
fn end(end: &Expires, is_open: bool, now: Timestamp) -> Line {
    match (end.has_passed(now), is_open) {
        (true, true) => Line::of(Tone::Warning, format!("EXPIRED {}, and still open", end.in_sentence())),
        (true, false) => Line::of(Tone::Plain, format!("expired {}", end.in_sentence())),
        (false, _) => {
            let tone = if end.is_near(now) { Tone::Warning } else { Tone::Plain };
            Line::of(tone, format!("expires {}", end.in_sentence()))
        }
    }
}

/// Names the rules of a live role that have expired and are still open.
pub(crate) fn still_open(role: &Role, now: Timestamp) -> impl Iterator<Item = String> {
    role.expired_rules(now).map(|rule| {
        let end = role.end_of(rule).map(Expires::in_sentence).unwrap_or_default();
        format!(
            "rule {} of role {} expired {end}, and is still open: `wmrole expire` takes it away",
            rule.label(),
            role.name
        )
    })
}

/// A role in the list, without when it ends.
fn row(live: &LiveRole, directory: &Directory, times: Times) -> Vec<Line> {
    let changed = live.modified.or(live.created);
    let rules = if live.rules_unknown { UNKNOWN.to_owned() } else { live.role.rules.len().to_string() };
    vec![
        Line::from(live.role.name.to_string()),
        Line::of(Tone::of_type(live.role.role_type), live.role.role_type.as_str()),
        Line::from(rules),
        Line::of(tone(live), short_reach(live, directory)),
        Line::from(changed.map(|at| times.text(at)).unwrap_or_default()),
        Line::of(Tone::Dim, live.id.as_str()),
    ]
}

/// Of whom a role reaches: loud where nobody can name them all.
fn tone(live: &LiveRole) -> Tone {
    if live.rules_unknown || access::is_open(&live.role.rules) { Tone::Warning } else { Tone::Plain }
}

/// How many the role reaches, and whether it is open. If the role is open, the directory must be complete.
fn count(live: &LiveRole, directory: &Directory) -> (usize, bool) {
    let rules = &live.role.rules;
    let reached = directory.mailboxes().filter(|user| access::allows(rules, &user.id));
    (reached.count(), access::is_open(rules))
}

/// Whom the role reaches, in a column.
fn short_reach(live: &LiveRole, directory: &Directory) -> String {
    match count(live, directory) {
        _ if live.rules_unknown => UNKNOWN.into(),
        (0, false) => "nobody".into(),
        (reached, false) => counted(reached, "user", "users"),
        (reached, true) => {
            let users = counted(reached, "user", "users");
            format!("{} ({users})", everyone_in_short(&live.role, directory))
        }
    }
}

/// Whom the role reaches, in a sentence.
fn reach(live: &LiveRole, directory: &Directory) -> String {
    match count(live, directory) {
        (_, false) => short_reach(live, directory),
        (reached, true) => {
            let today = counted(reached, "mailbox today", "mailboxes today");
            format!("{} ({today})", everyone(&live.role, directory))
        }
    }
}

/// A role with its rules, and every target as a person: of many the first, where not all of them are shown.
pub(crate) fn block(
    live: &LiveRole,
    directory: &Directory,
    times: Times,
    most: Option<usize>,
    now: Timestamp,
    usage: Option<&Result<Usage, String>>,
) -> Vec<Line> {
    let Role { name, role_type, description, expires, rules } = &live.role;
    let mut lines = vec![
        Line::of(Tone::Bold, name.as_str())
            .and(Tone::of_type(*role_type), format!("  {}", role_type.as_str()))
            .and(Tone::Dim, format!("  {}", live.id)),
    ];
    lines.extend(text(description.as_ref()).map(|line| line.indented(2)));
    let open = access::is_open(rules);
    lines.push(Line::of(Tone::Plain, "reaches ").and(tone(live), reach(live, directory)).indented(2));
    if open {
        lines.push(Line::of(Tone::Warning, "mailboxes made later are reached too").indented(2));
    }
    let is_open = live.role.rules.iter().any(|rule| rule.effect == Effect::Allow);
    lines.extend(expires.as_ref().map(|one| end(one, is_open, now).indented(2)));
    for (rule, why) in live.role.unreadable_expiries() {
        let of = rule.map(|rule| format!("rule {}: ", rule.label())).unwrap_or_default();
        let text = format!("{of}the last line of the description says no date: {why}");
        lines.push(Line::of(Tone::Warning, text).indented(2));
    }
    lines.extend(dates(live, times));
    let used = usage.into_iter().flat_map(|usage| usage::lines(usage, &live.id));
    lines.extend(used.map(|text| Line::of(Tone::Plain, text).indented(2)));
    rules.iter().for_each(|rule| lines.extend(rule_block(rule, directory, most, now)));
    lines
}

/// When the role was made, and when it was last changed, as far as the service says it.
fn dates(live: &LiveRole, times: Times) -> Option<Line> {
    let made = live.created.map(|at| format!("created {}", times.text(at)));
    let changed = live.modified.map(|at| match live.created == Some(at) {
        true => "not changed since".to_owned(),
        false => format!("changed {}", times.text(at)),
    });
    let dates: Vec<_> = [made, changed].into_iter().flatten().collect();
    (!dates.is_empty()).then(|| Line::of(Tone::Dim, dates.join(", ")).indented(2))
}

/// The lines of a description.
fn text(description: Option<&Description>) -> impl Iterator<Item = Line> {
    let lines = description.into_iter().flat_map(|text| text.as_str().lines());
    lines.map(|text| Line::of(Tone::Plain, text))
}

/// A rule and its targets, below an empty line.
fn rule_block(rule: &Rule, directory: &Directory, most: Option<usize>, now: Timestamp) -> Vec<Line> {
    let Rule { id, name, description, expires, effect, targets } = rule;
    let name = name.as_ref().map_or("(no name)", |name| name.as_str());
    let (of_rule, of_everyone) = match effect {
        Effect::Allow => (Tone::Bold, Tone::Warning),
        Effect::Deny => (Tone::Loss, Tone::Plain),
    };
    let title = Line::of(of_rule, effect.as_str())
        .and(Tone::Plain, format!("  {name}"))
        .and(Tone::Dim, format!("  {id}"));
    let mut lines = vec![Line::default(), title.indented(2)];
    lines.extend(text(description.as_ref()).map(|line| line.indented(4)));
    lines.extend(expires.as_ref().map(|one| end(one, true, now).indented(4)));
    let everyone = |text: &str| Line::of(of_everyone, text).indented(4);
    if *targets == Targets::Everyone {
        lines.push(everyone("everyone"));
    }
    lines.extend(people(targets.users(), "", 4, directory, most));
    match targets {
        // A line for each would read as everyone
        Targets::Except(_) => {
            lines.push(everyone("everyone except"));
            lines.extend(people(targets.except(), "", 6, directory, most));
        }
        _ => lines.extend(people(targets.except(), "except ", 4, directory, most)),
    }
    lines
}

/// A line for each user, and of many one for the rest.
fn people(
    users: Option<&UserSet>,
    what: &str,
    indent: usize,
    directory: &Directory,
    most: Option<usize>,
) -> Vec<Line> {
    let line = |id: &UserId| {
        let line = Line::of(Tone::Plain, format!("{what}{}", directory.label(id))).indented(indent);
        match directory.user(id) {
            None => line.and(Tone::Warning, "  not in the directory"),
            Some(user) if user.state != State::Enabled => {
                line.and(Tone::Warning, format!("  {}: no mailbox", user.state.as_str()))
            }
            Some(user) if !user.has_mailbox() => line.and(Tone::Warning, "  no address: no mailbox"),
            Some(user) => match user.display_name.as_deref() {
                Some(name) => line.and(Tone::Dim, format!("  {name}")),
                None => line,
            },
        }
    };
    let users: Vec<_> = users.into_iter().flat_map(UserSet::iter).collect();
    let shown = most.unwrap_or(usize::MAX).min(users.len());
    let mut lines: Vec<_> = users[..shown].iter().copied().map(line).collect();
    if users.len() > shown {
        let text = format!("{what}{} more (--all names them)", users.len() - shown);
        lines.push(Line::of(Tone::Plain, format!("and {text}")).indented(indent));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::RoleId;
    use crate::role::tests::{role, rule, users};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn live(rules: Vec<Rule>) -> LiveRole {
        let id = RoleId::from_service("r");
        LiveRole { id, role: role(rules), rules_unknown: false, created: None, modified: None }
    }

    fn shown(live: &LiveRole, most: Option<usize>) -> Vec<String> {
        block(live, &Directory::complete([]), Times::Exact, most, NOW, None).iter().map(Line::plain).collect()
    }

    #[test]
    fn a_role_whose_rules_are_not_known_reaches_nobody_knows_whom() {
        let unknown = LiveRole { rules_unknown: true, ..live(vec![]) };
        let directory = Directory::complete([]);
        let columns = |live: &LiveRole| -> Vec<String> {
            row(live, &directory, Times::Exact)[2..4].iter().map(Line::plain).collect()
        };
        assert_eq!(columns(&unknown), ["not known", "not known"]);
        assert!(shown(&unknown, None).contains(&"  reaches not known".to_owned()));
        assert_eq!(columns(&live(vec![])), ["0", "nobody"]);
    }

    #[test]
    fn of_a_long_list_the_first_are_shown_and_the_rest_counted() {
        let ids = ["a", "b", "c", "d"];
        let of = |targets| live(vec![rule("x", Effect::Allow, targets)]);
        let some = of(Targets::Users(users(&ids)));
        assert_eq!(shown(&some, None)[4..], ["a", "b", "c", "d"].map(|id| line_of(id, 4)));
        assert_eq!(shown(&some, Some(4)), shown(&some, None));
        let folded = shown(&some, Some(2));
        assert_eq!(folded[4..6], ["a", "b"].map(|id| line_of(id, 4)));
        assert_eq!(folded[6..], ["    and 2 more (--all names them)"]);
        let most = shown(&of(Targets::Except(users(&ids))), Some(3));
        assert_eq!(most[5], "    everyone except");
        assert_eq!(most[6..9], ["a", "b", "c"].map(|id| line_of(id, 6)));
        assert_eq!(most[9..], ["      and 1 more (--all names them)"]);
    }

    fn line_of(id: &str, indent: usize) -> String {
        format!("{:indent$}{id}  not in the directory", "")
    }

    #[test]
    fn what_is_wide_is_loud_and_a_denial_is_calm() {
        const LOUD: &str = "\u{1b}[1m\u{1b}[33m";
        let of = |effect, targets| {
            let all = block(
                &live(vec![rule("x", effect, targets)]),
                &Directory::complete([]),
                Times::Exact,
                None,
                NOW,
                None,
            );
            all.iter().map(Line::styled).collect::<Vec<_>>()
        };
        let open = of(Effect::Allow, Targets::Everyone);
        assert!(open[1].contains(LOUD) && open[2].starts_with(LOUD), "{open:?}");
        assert!(open[5].starts_with(LOUD), "{open:?}");
        let closed = of(Effect::Deny, Targets::Everyone);
        assert!(!closed.concat().contains(LOUD), "{closed:?}");
        assert!(closed[3].starts_with("\u{1b}[32m  DENY"), "{closed:?}");
    }

    #[test]
    fn an_end_is_loud_when_it_is_near_and_said_when_it_has_passed_and_the_role_is_open() {
        let end = |text| Expires::parse(text).ok();
        let now = "2026-11-24T12:00:00Z".parse().expect("a time");
        let allow = rule("a", Effect::Allow, Targets::Users(users(&["x"])));
        let until = |text, rules| {
            let LiveRole { role, .. } = live(rules);
            LiveRole { role: Role { expires: end(text), ..role }, ..live(vec![]) }
        };
        let cells = |roles: &[LiveRole]| -> Vec<(String, Tone)> {
            let (header, rows) = table(roles, &Directory::complete([]), Times::Exact, now);
            let at = header.iter().position(|title| *title == EXPIRES);
            let cells = rows.iter().filter_map(|row| Some((row[at?].plain(), row[at?].tone())));
            assert!(rows.iter().all(|row| row.len() == header.len()));
            cells.collect()
        };
        assert_eq!(cells(&[live(vec![allow.clone()])]), []);
        let roles = [
            until("2026-11-23", vec![allow.clone()]),
            until("2026-11-23", vec![]),
            until("2026-12-01", vec![allow.clone()]),
            until("2027-01-31", vec![Rule { expires: end("2027-01-30"), ..allow.clone() }]),
            live(vec![]),
        ];
        let said = [
            ("EXPIRED 2026-11-23", Tone::Warning),
            ("2026-11-23", Tone::Plain),
            ("2026-12-01", Tone::Warning),
            ("2027-01-30", Tone::Plain),
            ("", Tone::Plain),
        ];
        assert_eq!(cells(&roles), said.map(|(text, tone)| (text.to_owned(), tone)));
        let shown = |live| block(live, &Directory::complete([]), Times::Exact, None, now, None)[2].plain();
        assert_eq!(shown(&roles[0]), "  EXPIRED on 2026-11-23, and still open");
        assert_eq!(shown(&roles[1]), "  expired on 2026-11-23");
        assert_eq!(shown(&roles[2]), "  expires on 2026-12-01");
    }

    #[test]
    fn the_dates_are_those_that_are_known() {
        let at = |text: &str| text.parse().ok();
        let made = LiveRole { created: at("2026-01-18T09:00:00Z"), ..live(vec![]) };
        assert_eq!(shown(&made, None)[2], "  created 2026-01-18T09:00:00Z");
        let same = LiveRole { modified: made.created, ..made.clone() };
        assert_eq!(shown(&same, None)[2], "  created 2026-01-18T09:00:00Z, not changed since");
        let both = LiveRole { modified: at("2026-02-18T09:00:00Z"), ..made };
        assert_eq!(shown(&both, None)[2], "  created 2026-01-18T09:00:00Z, changed 2026-02-18T09:00:00Z");
        assert_eq!(shown(&live(vec![]), None).len(), 2);
    }
}
