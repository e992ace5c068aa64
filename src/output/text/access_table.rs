//! Who reaches whom, as a table, CSV and Markdown.

use crate::directory::Directory;
use crate::output::csv;
use crate::output::style::{Line, Tone};
use crate::role::{LiveRole, RoleType, Rule, UserId};

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

/// A header and rows of text.
#[derive(Debug)]
pub(crate) struct Table {
    /// What the columns are.
    pub header: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 2] = ["ALLOWED BY", "TYPE"];

impl Table {
    /// The rows for a terminal, where FULL_ACCESS stands out.
    pub(crate) fn cells(&self) -> Vec<Vec<Line>> {
        let cell = |(title, text): (&&str, &String)| {
            let is_full = *title == "TYPE" && *text == RoleType::FullAccess.as_str();
            Line::of(if is_full { Tone::of_type(RoleType::FullAccess) } else { Tone::Plain }, text.as_str())
        };
        self.rows.iter().map(|row| self.header.iter().zip(row).map(cell).collect()).collect()
    }
}

fn names(rules: &[&Rule]) -> String {
    rules.iter().map(|rule| rule.label()).collect::<Vec<_>>().join(", ")
}

/// A line for each role and user, sorted by role; the other way round with `by_user`.
pub(crate) fn table(reaches: &[Reach<'_>], directory: &Directory, by_user: bool) -> Table {
    let mut rows = Vec::new();
    for Reach { live, open: _, users } in reaches {
        for (user, rules) in users {
            let role = live.role.name.to_string();
            let user = directory.label(user).to_owned();
            let with = live.role.role_type.as_str().to_owned();
            let (first, second) = if by_user { (user, role) } else { (role, user) };
            rows.push(vec![first, second, with, names(rules)]);
        }
    }
    rows.sort();
    let header = if by_user { ["USER", "ROLE"] } else { ["ROLE", "USER"] };
    Table { header: [&header[..], &["TYPE", "ALLOWED BY"]].concat(), rows }
}

/// As [`table`], with ids, for spreadsheets.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn csv(reaches: &[Reach<'_>], directory: &Directory) -> anyhow::Result<String> {
    let header = ["role_id", "role", "type", "open", "user_id", "email", "user", "rules"];
    let rows = reaches.iter().flat_map(|Reach { live, open, users }| {
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
            ]
        })
    });
    csv::written(&header, rows)
}

/// As [`table`], for a wiki or a comment.
pub(crate) fn markdown(reaches: &[Reach<'_>], directory: &Directory, by_user: bool) -> String {
    let Table { header, rows } = table(reaches, directory, by_user);
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(header.iter().map(|title| (*title).to_owned()).collect());
    out += &line(header.iter().map(|_| "---".to_owned()).collect());
    for row in rows {
        out += &line(row.iter().map(|text| crate::output::markdown::cell(text)).collect());
    }
    let open: Vec<_> = reaches.iter().filter(|reach| reach.open).map(|reach| &reach.live.role.name).collect();
    for role in open {
        out += &format!(
            "\nRole {} reaches mailboxes made later too.\n",
            crate::output::markdown::escaped(role.as_str())
        );
    }
    out
}
