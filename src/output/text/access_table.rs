//! Who reaches whom, as a table, CSV and Markdown.

use jiff::Timestamp;

use crate::access;
use crate::directory::Directory;
use crate::expiry::Expires;
use crate::output::comment::{self, Piece, Weight};
use crate::output::csv;
use crate::output::markdown::{cell, escaped};
use crate::output::style::{Line, Tone};
use crate::role::{LiveRole, RoleType, Rule, UserId};
use crate::sorted;

/// A role and whom it reaches.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    /// The role.
    pub live: &'a LiveRole,
    /// Mailboxes made later are reached too.
    pub open: bool,
    /// Whom it reaches, and the rules that allow it.
    pub users: Vec<(&'a UserId, Vec<&'a Rule>)>,
}

impl<'a> Reach<'a> {
    /// Whom of these the role reaches.
    pub(crate) fn of(live: &'a LiveRole, users: &[&'a UserId]) -> Self {
        let rules = &live.role.rules;
        let reached = users.iter().filter(|user| access::allows(rules, user));
        let users = reached.map(|user| (*user, access::decide(rules, user).matched_rules)).collect();
        Self { live, open: access::is_open(rules), users }
    }

    /// When the last of the rules ends that allow somebody.
    pub(crate) fn end<'b>(&'b self, rules: &[&'b Rule]) -> Option<&'b Expires> {
        self.live.role.end_of_all(rules.iter().copied())
    }
}

/// An end in a column or at an edge: loud where it has passed, since access is still open.
pub(crate) fn end_in_short(end: &Expires, now: Timestamp) -> String {
    if end.has_passed(now) { format!("{EXPIRED} {end}") } else { end.to_string() }
}

/// The column that is there where some access ends.
const EXPIRES: &str = "EXPIRES";

/// Before a date that has passed though access is open.
const EXPIRED: &str = "EXPIRED";

/// A header and rows of text.
#[derive(Debug)]
pub(crate) struct Table {
    /// What the columns are.
    pub header: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 3] = ["ALLOWED BY", "TYPE", EXPIRES];

impl Table {
    /// The rows for a terminal, where FULL_ACCESS and an end that has passed stand out.
    pub(crate) fn cells(&self) -> Vec<Vec<Line>> {
        let cell = |(title, text): (&&str, &String)| {
            let tone = match *title {
                "TYPE" if *text == RoleType::FullAccess.as_str() => Tone::of_type(RoleType::FullAccess),
                EXPIRES if text.starts_with(EXPIRED) => Tone::Warning,
                _ => Tone::Plain,
            };
            Line::of(tone, text.as_str())
        };
        self.rows.iter().map(|row| self.header.iter().zip(row).map(cell).collect()).collect()
    }
}

fn names(rules: &[&Rule]) -> String {
    rules.iter().map(|rule| rule.label()).collect::<Vec<_>>().join(", ")
}

/// A line for each role and user, sorted by role; the other way round with `by_user`.
pub(crate) fn table(reaches: &[Reach<'_>], directory: &Directory, by_user: bool, now: Timestamp) -> Table {
    let mut rows = Vec::new();
    for reach in reaches {
        let Reach { live, open: _, users } = reach;
        for (user, rules) in users {
            let role = live.role.name.to_string();
            let user = directory.label(user).to_owned();
            let with = live.role.role_type.as_str().to_owned();
            let (first, second) = if by_user { (user, role) } else { (role, user) };
            let end = reach.end(rules).map(|end| end_in_short(end, now)).unwrap_or_default();
            rows.push(vec![first, second, with, end, names(rules)]);
        }
    }
    sorted::by(&mut rows, Ord::cmp);
    let header = if by_user { ["USER", "ROLE"] } else { ["ROLE", "USER"] };
    let mut header = [&header[..], &["TYPE", EXPIRES, "ALLOWED BY"]].concat();
    if rows.iter().all(|row| row[3].is_empty()) {
        header.remove(3);
        rows.iter_mut().for_each(|row| drop(row.remove(3)));
    }
    Table { header, rows }
}

/// As [`table`], with ids, for spreadsheets.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn csv(reaches: &[Reach<'_>], directory: &Directory) -> anyhow::Result<String> {
    let header = ["role_id", "role", "type", "open", "user_id", "email", "user", "rules", "expires"];
    let rows = reaches.iter().flat_map(|reach| {
        let Reach { live, open, users } = reach;
        users.iter().map(move |(id, rules)| {
            let known = directory.user(id);
            [
                live.id.to_string(),
                live.role.name.to_string(),
                live.role.role_type.as_str().to_owned(),
                open.to_string(),
                id.to_string(),
                known.and_then(|user| user.email.clone()).unwrap_or_default(),
                known.and_then(|user| user.name.clone()).unwrap_or_default(),
                names(rules),
                reach.end(rules).map(ToString::to_string).unwrap_or_default(),
            ]
        })
    });
    csv::written(&header, rows)
}

/// Where all of it is, of what is cut for a comment.
const WHOLE: &str = "`wmrole access -o csv` writes all of it.";

/// As [`table`], for a wiki or a comment: cut to the length of one at a row, first of READ_ONLY roles.
pub(crate) fn markdown(
    reaches: &[Reach<'_>],
    directory: &Directory,
    by_user: bool,
    now: Timestamp,
) -> String {
    let Table { header, rows } = table(reaches, directory, by_user, now);
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut pieces = vec![
        Piece::frame(line(header.iter().map(|title| (*title).to_owned()).collect())),
        Piece::frame(line(header.iter().map(|_| "---".to_owned()).collect())),
    ];
    pieces.extend(rows.iter().map(|row| {
        // Behind the role and the user
        let (weight, what) = match row[2] == RoleType::FullAccess.as_str() {
            true => (Weight::Gain, ("", "row with FULL_ACCESS", "rows with FULL_ACCESS")),
            false => (Weight::Loss, ("", "row with READ_ONLY", "rows with READ_ONLY")),
        };
        Piece::new(weight, what, line(row.iter().map(|text| cell(text)).collect()), String::new())
    }));
    pieces.extend(reaches.iter().filter(|reach| reach.open).map(|reach| {
        let what = ("", "role that reaches mailboxes made later", "roles that reach mailboxes made later");
        let text =
            format!("\nRole {} reaches mailboxes made later too.\n", escaped(reach.live.role.name.as_str()));
        Piece::new(Weight::Everyone, what, text, String::new())
    }));
    comment::fitted(&pieces, WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{State, User};
    use crate::role::tests::{role, rule, uid};
    use crate::role::{Effect, RoleId, Targets};

    #[test]
    fn markdown_is_cut_to_a_comment_first_of_read_only_roles() {
        let mut directory = Directory::default();
        for n in 0..1000 {
            directory.add_user(User {
                id: uid(&n.to_string()),
                email: Some(format!("user{n}@example.com")),
                name: None,
                display_name: None,
                state: State::Enabled,
            });
        }
        let live = |name: &str, role_type| LiveRole {
            id: RoleId::from_service(name),
            role: crate::role::Role {
                name: crate::role::RoleName::from_service(name),
                role_type,
                ..role(vec![rule("all", Effect::Allow, Targets::Everyone)])
            },
            rules_unknown: false,
            created: None,
            modified: None,
        };
        let (read, full) = (live("a reads", RoleType::ReadOnly), live("b", RoleType::FullAccess));
        let drawn = |most: usize| {
            let users: Vec<_> = directory.users().map(|user| &user.id).take(most).collect();
            let reaches = [Reach::of(&read, &users), Reach::of(&full, &users)];
            markdown(&reaches, &directory, false, Timestamp::UNIX_EPOCH)
        };
        let few = drawn(2);
        assert!(few.starts_with("| ROLE | USER |") && few.lines().count() == 2 + 4 + 4, "{few}");
        let text = drawn(1000);
        assert!(text.len() <= crate::output::comment::LIMIT, "{}", text.len());
        let rows = |of: &str| text.lines().filter(|line| line.starts_with(&format!("| {of} |"))).count();
        assert_eq!(rows("b"), 1000);
        let left_out = 1000 - rows("a reads");
        assert!((1..1000).contains(&left_out));
        let note = format!("> **Cut to fit into a comment:** {left_out} rows with READ_ONLY.");
        assert!(
            text.starts_with(&note) && text.lines().next().is_some_and(|line| line.ends_with(WHOLE)),
            "{text:.400}"
        );
        assert!(text.ends_with("Role b reaches mailboxes made later too.\n"));
    }
}
