//! Live roles as people read them: a line in a list, or one with its rules.

use super::access::{everyone, everyone_in_short};
use crate::access;
use crate::directory::{Directory, State};
use crate::output::style::counted;
use crate::output::style::{Line, Tone};
use crate::role::{LiveRole, Role, Rule, Targets, UserId, UserSet};

/// What the columns of [`row`] are.
pub(crate) const HEADER: [&str; 6] = ["NAME", "TYPE", "RULES", "REACH", "CHANGED", "ID"];

/// Of a role whose rules the service did not give.
const UNKNOWN: &str = "not known";

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 5] = ["ID", "CHANGED", "RULES", "TYPE", "REACH"];

/// A role in the list.
pub(crate) fn row(live: &LiveRole, directory: &Directory) -> Vec<String> {
    let changed = live.modified.or(live.created);
    vec![
        live.role.name.to_string(),
        live.role.role_type.as_str().to_owned(),
        if live.rules_unknown { UNKNOWN.to_owned() } else { live.role.rules.len().to_string() },
        short_reach(live, directory),
        changed.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default(),
        live.id.to_string(),
    ]
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

/// A role with its rules, and every target as a person.
pub(crate) fn block(live: &LiveRole, directory: &Directory) -> Vec<Line> {
    let Role { name, role_type, description, rules } = &live.role;
    let mut lines = vec![
        Line::of(Tone::Bold, name.as_str())
            .and(Tone::Plain, format!("  {}", role_type.as_str()))
            .and(Tone::Dim, format!("  {}", live.id)),
    ];
    for text in description.iter().flat_map(|text| text.as_str().lines()) {
        lines.push(Line::of(Tone::Plain, format!("  {text}")));
    }
    let open = access::is_open(rules);
    let tone = if open || live.rules_unknown { Tone::Warning } else { Tone::Plain };
    lines.push(Line::of(Tone::Plain, "  reaches ").and(tone, reach(live, directory)));
    if open {
        lines.push(Line::of(Tone::Warning, "  mailboxes made later are reached too"));
    }
    for Rule { id, name, description, effect, targets } in rules {
        let name = name.as_ref().map_or("(no name)", |name| name.as_str());
        lines.push(Line::default());
        lines.push(
            Line::of(Tone::Bold, format!("  {}", effect.as_str()))
                .and(Tone::Plain, format!("  {name}"))
                .and(Tone::Dim, format!("  {}", id)),
        );
        for text in description.iter().flat_map(|text| text.as_str().lines()) {
            lines.push(Line::of(Tone::Plain, format!("    {text}")));
        }
        if *targets == Targets::Everyone {
            lines.push(Line::of(Tone::Plain, "    everyone"));
        }
        lines.extend(people(targets.users(), "", directory));
        // A line for each would read as everyone
        let (title, before) = match targets {
            Targets::Except(_) => (Some("    everyone except"), "  "),
            _ => (None, "except "),
        };
        lines.extend(title.map(|title| Line::of(Tone::Plain, title)));
        lines.extend(people(targets.except(), before, directory));
    }
    lines
}

fn people(users: Option<&UserSet>, what: &str, directory: &Directory) -> Vec<Line> {
    let line = |id: &UserId| {
        let line = Line::of(Tone::Plain, format!("    {what}{}", directory.label(id)));
        match directory.user(id) {
            None => line.and(Tone::Warning, "  not in the directory"),
            Some(user) if user.state != State::Enabled => {
                line.and(Tone::Warning, format!("  {}: no mailbox", user.state.as_str()))
            }
            Some(user) if !user.has_mailbox() => line.and(Tone::Warning, "  no address: no mailbox"),
            Some(user) => {
                line.and(Tone::Dim, format!("  {}", user.display_name.as_deref().unwrap_or_default()))
            }
        }
    };
    users.into_iter().flat_map(UserSet::iter).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::RoleId;
    use crate::role::tests::role;

    #[test]
    fn a_role_whose_rules_are_not_known_reaches_nobody_knows_whom() {
        let id = RoleId::from_service("r");
        let live = LiveRole { id, role: role(vec![]), rules_unknown: true, created: None, modified: None };
        let directory = Directory::complete([]);
        assert_eq!(row(&live, &directory)[2..4], ["not known", "not known"]);
        assert!(block(&live, &directory).iter().any(|line| line.styled().contains("not known")));
        let live = LiveRole { rules_unknown: false, ..live };
        assert_eq!(row(&live, &directory)[2..4], ["0", "nobody"]);
    }
}
