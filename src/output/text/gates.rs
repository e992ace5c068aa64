//! Gates as columns of a table, and what is to be said about those that refuse, disagree, or could not be asked.

use std::net::Ipv4Addr;

use crate::expectation::Answer;
use crate::gates::{Gate, GateName, Gates, Lag, Verdict};
use crate::output::csv::written;
use crate::output::json::test::TestResult;
use crate::output::shell;
use crate::output::style::{Line, Tone};
use crate::role::{Effect, RoleName, RuleName};

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 2] = ["DECIDED BY", "TYPE"];

/// Which gates have a column: the role's rules alone where nothing else was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// The address that the access control rules were asked about.
    pub(crate) address: Option<Ipv4Addr>,
    /// The mailboxes were asked.
    pub(crate) mailbox: bool,
}

impl Columns {
    /// Is more asked than the role's rules?
    pub(crate) fn any(self) -> bool {
        self.address.is_some() || self.mailbox
    }

    fn names(self) -> impl Iterator<Item = GateName> {
        let role = self.any().then_some(GateName::Role);
        let access_control = self.address.map(|_| GateName::AccessControl);
        [role, access_control, self.mailbox.then_some(GateName::Mailbox)].into_iter().flatten()
    }

    /// The titles of [`Columns::row`].
    pub(crate) fn header(self) -> Vec<&'static str> {
        let title = |name| match name {
            GateName::Role => "ROLE",
            GateName::AccessControl => "ACCESS CONTROL",
            GateName::Mailbox => "MAILBOX",
        };
        let start = ["USER", "EFFECT", "TYPE"].into_iter();
        start.chain(self.names().map(title)).chain(["DECIDED BY"]).collect()
    }

    /// What was found out about a user.
    pub(crate) fn row(self, user: &str, answer: &Answer, gates: &Gates) -> Vec<Line> {
        let verdict = gates.verdict();
        let kind = match verdict {
            Verdict::Allow => Tone::of_type(answer.role_type),
            Verdict::Deny | Verdict::Unknown => Tone::Plain,
        };
        let mut row = vec![
            Line::from(user.to_owned()),
            Line::of(tone(verdict), verdict.as_str()),
            Line::of(kind, answer.role_type.as_str()),
        ];
        row.extend(self.names().map(|name| match gates.of(name) {
            Some(effect) => Line::of(tone(effect), effect.as_str()),
            None => Line::from("-".to_owned()),
        }));
        row.push(Line::from(decided_by(gates)));
        row
    }
}

/// A line a user, for spreadsheets; the gates where more was asked than the role's rules.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn csv<'a>(results: impl IntoIterator<Item = TestResult<'a>>) -> anyhow::Result<String> {
    let header = ["user", "email", "id", "effect", "type", "rules", "source", "gates"];
    let row = |result: TestResult<'a>| {
        let TestResult { given, user, answer, gates, shows_gates, source } = result;
        let rules = answer.rules.iter();
        let rules: Vec<&str> =
            rules.map(|(id, name)| name.as_ref().map_or(id.as_str(), RuleName::as_str)).collect();
        let asked = gates.all().iter().filter(|_| shows_gates);
        let asked: Vec<_> =
            asked.map(|gate| format!("{}: {}", gate.gate.label(), gate.effect.as_str())).collect();
        let email = user.email.clone().unwrap_or_default();
        let [effect, role_type] = [gates.verdict().as_str(), answer.role_type.as_str()].map(str::to_owned);
        let (rules, source) = (rules.join("; "), source.as_str().to_owned());
        [given.to_owned(), email, user.id.to_string(), effect, role_type, rules, source, asked.join("; ")]
    };
    written(&header, results.into_iter().map(row))
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Allow => Tone::Plain,
        Verdict::Deny => Tone::Loss,
        Verdict::Unknown => Tone::Warning,
    }
}

/// The role's rules where they let it pass, the mailbox where it opened against them, else the gates that do not let
/// the role pass, and why.
fn decided_by(gates: &Gates) -> String {
    let all = gates.all();
    let named = |gate: &Gate| match (all, gate.effect) {
        // As where no other gate is asked
        ([_], _) => gate.detail.clone(),
        // Why is said below the table, with what to do
        (_, Verdict::Unknown) => format!("{}: not known", gate.gate.label()),
        _ => format!("{}: {}", gate.gate.label(), gate.detail),
    };
    let is_allowed = gates.verdict() == Verdict::Allow;
    if let (true, None, [role, ..]) = (is_allowed, gates.lag(), all) {
        return role.detail.clone();
    }
    let decides = |gate: &&Gate| match is_allowed {
        true => gate.gate == GateName::Mailbox,
        false => gate.effect != Verdict::Allow,
    };
    all.iter().filter(decides).map(named).collect::<Vec<_>>().join("; ")
}

/// What is to be said beside the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    /// A gate could not be asked: why, and what to do.
    Error(String, Option<String>),
    Warning(String),
    Hint(String),
}

/// What was asked of the gates, and what for.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    pub(crate) role: &'a RoleName,
    pub(crate) columns: Columns,
    /// The answer that is wanted; a gate that refuses is no surprise where that is DENY.
    pub(crate) wanted: Effect,
    /// Mailboxes were asked until they followed the rules.
    pub(crate) waited: bool,
}

impl Question<'_> {
    /// Which gate could not be asked, which mailbox disagrees with the rules, and what to do about a gate that refuses.
    pub(crate) fn notes(&self, users: &[(&str, &Gates)]) -> Vec<Note> {
        if !self.columns.any() {
            return Vec::new();
        }
        let unknown = |gate: &&Gate| gate.effect == Verdict::Unknown;
        let unknown = grouped(users, |gates| gates.all().iter().filter(unknown).collect());
        let mut notes: Vec<Note> = unknown.into_iter().map(|(gate, users)| not_known(gate, &users)).collect();
        let mut hints = Vec::new();
        for (lag, users) in grouped(users, |gates| gates.lag().into_iter().collect()) {
            let (warning, hint) = self.disagreement(lag, &mailboxes(&users));
            notes.push(Note::Warning(warning));
            hints.extend(hint.map(str::to_owned));
        }
        if self.wanted == Effect::Allow {
            let denied = users.iter().filter(|(_, gates)| gates.verdict() == Verdict::Deny);
            hints.extend(denied.flat_map(|(_, gates)| self.remedies(gates)));
        }
        for hint in hints.into_iter().map(Note::Hint) {
            if !notes.contains(&hint) {
                notes.push(hint);
            }
        }
        notes
    }

    fn disagreement(&self, lag: Lag, whose: &str) -> (String, Option<&'static str>) {
        let again = |hint| Some(hint).filter(|_| !self.waited);
        match (lag, self.columns.address) {
            (Lag::Open(GateName::AccessControl), Some(address)) => (
                format!(
                    "{whose} opened from this machine, though access control refuses {address}: it has not caught up with the rules, or this machine calls from a different address"
                ),
                None,
            ),
            (Lag::Open(_), _) => (
                format!(
                    "{whose} opened, though the rules deny it: it has not caught up, and nothing shows yet that it closes"
                ),
                again("--wait 5m --expect deny asks again until it is closed"),
            ),
            (Lag::Closed, _) => (
                format!(
                    "{whose} refuses the role, though the rules allow it: it has not caught up, and may open within five minutes"
                ),
                again("--wait 5m asks again until it is open"),
            ),
        }
    }

    /// What to do about the gates that refuse. What the mailbox refuses by access control, that gate says better.
    fn remedies(&self, gates: &Gates) -> Vec<String> {
        let is_named = gates.of(GateName::AccessControl) == Some(Verdict::Deny);
        let denying = gates.all().iter().filter(|gate| gate.effect == Verdict::Deny);
        let remedy = |gate: &Gate| match gate.gate {
            GateName::Role => {
                Some(format!("`wmrole show {}` shows the role's rules", shell::quoted(self.role.as_str())))
            }
            GateName::AccessControl => gate.remedy.clone(),
            GateName::Mailbox => gate.remedy.clone().filter(|_| !is_named),
        };
        denying.filter_map(remedy).collect()
    }
}

fn not_known(gate: &Gate, users: &[&str]) -> Note {
    let what = match gate.gate {
        GateName::AccessControl => "what the access control rules say".to_owned(),
        GateName::Role | GateName::Mailbox => format!("whether {} is open", mailboxes(users)),
    };
    Note::Error(format!("{what} is not known: {}", gate.detail), gate.remedy.clone())
}

/// What is to be said, once for all users whom it is about.
fn grouped<'a, T: PartialEq>(
    users: &[(&'a str, &'a Gates)],
    of: impl Fn(&'a Gates) -> Vec<T>,
) -> Vec<(T, Vec<&'a str>)> {
    let mut groups: Vec<(T, Vec<&str>)> = Vec::new();
    for (user, gates) in users {
        for what in of(gates) {
            match groups.iter_mut().find(|(known, _)| *known == what) {
                Some((_, users)) => users.push(user),
                None => groups.push((what, vec![user])),
            }
        }
    }
    groups
}

/// `the mailbox of alice@example.com`, and how many more.
fn mailboxes(users: &[&str]) -> String {
    match users {
        [] => "no mailbox".to_owned(),
        [one] => format!("the mailbox of {one}"),
        [one, more @ ..] => format!("the mailbox of {one} (and {} more)", more.len()),
    }
}
