//! Findings of `audit` for people.

use std::collections::BTreeMap;
use std::io;

use crate::audit::finding::{Finding, NotChecked};
use crate::audit::leaving::{ALL_SHUT, Leaving, TOKENS_LIVE_ON, Unseen};
use crate::audit::report::{LOWER_BOUND, Report};
use crate::audit::transitive::described;
use crate::audit::who::{AccountWay, RoleWay, Who};
use crate::definition::model::Accepted;
use crate::directory::{Directory, State, UserId};
use crate::finding_code::{FindingCode, Level};
use crate::output::style::{Line, Tone, counted};
use crate::output::ui::Ui;

/// So many findings of one kind about one role are shown where long lists are folded.
const ALIKE: usize = 10;

/// So many reasons why something was not checked are named.
const REASONS: usize = 5;

fn tone(level: Level) -> Tone {
    match level {
        Level::High => Tone::Gain,
        Level::Medium => Tone::Warning,
        Level::Low => Tone::Bold,
    }
}

/// Writes the findings, the worst first, then how many there are.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write(ui: &Ui, report: &Report<'_>, folded: Option<usize>) -> io::Result<()> {
    let is_alike = |a: &Finding, b: &Finding| a.code == b.code && a.role == b.role;
    for alike in report.sorted.open.chunk_by(is_alike) {
        let shown = folded.map_or(alike.len(), |_| ALIKE.min(alike.len()));
        for one in &alike[..shown] {
            finding(ui, one, Line::of(tone(one.level), one.level.as_str()), None)?;
        }
        if shown < alike.len() {
            let more = counted(alike.len() - shown, "more finding", "more findings");
            let about = alike[0].role.as_ref().map_or(String::new(), |role| format!(" about {}", role.name));
            let text = format!("and {more} of {}{about}: --all shows them", alike[0].code.as_str());
            ui.lines(&[Line::of(Tone::Dim, text), Line::default()])?;
        }
    }
    for (one, accepted) in report.sorted.accepted.iter().filter(|_| report.show_accepted) {
        finding(ui, one, Line::of(Tone::Dim, "accepted"), Some(acceptance(accepted)))?;
    }
    let total = if report.counts()[0] > 0 { Tone::Gain } else { Tone::Bold };
    ui.lines(&[
        Line::of(total, format!("Findings: {}", report.summary())),
        Line::of(Tone::Dim, LOWER_BOUND),
    ])?;
    for line in not_checked(report.not_checked, report.directory) {
        ui.warn(line);
    }
    report.leaving.map_or(Ok(()), |leaving| write_leaving(ui, report, leaving))
}

/// Writes whether all is shut, when and as whom it was read, and what to check by hand.
fn write_leaving(ui: &Ui, report: &Report<'_>, leaving: &Leaving) -> io::Result<()> {
    let mut lines = vec![Line::default()];
    lines.extend(all_shut(report).map(|text| Line::of(Tone::Bold, text)));
    lines.push(Line::of(Tone::Plain, leaving.read()));
    lines.push(Line::of(Tone::Plain, TOKENS_LIVE_ON));
    lines.push(Line::default());
    lines.push(Line::of(Tone::Bold, "No call of WorkMail shows these. Check them by hand:"));
    ui.lines(&lines)?;
    for Unseen { what, commands } in &leaving.unseen {
        ui.lines(&[Line::of(Tone::Plain, format!("- {what}"))])?;
        // Not folded, since they are to be copied
        ui.print(&commands.iter().map(|command| format!("    {command}\n")).collect::<String>())?;
    }
    Ok(())
}

/// The sentence that is the proof, where there is one.
pub(crate) fn all_shut(report: &Report<'_>) -> Option<String> {
    let accepted = report.sorted.accepted.len();
    report.all_is_shut().then(|| match accepted {
        0 => ALL_SHUT.to_owned(),
        n => format!("{} Accepted in the definitions: {n}.", ALL_SHUT),
    })
}

fn finding(ui: &Ui, finding: &Finding, level: Line, accepted: Option<String>) -> io::Result<()> {
    let Finding { code, summary, evidence, remedy, .. } = finding;
    let mut lines = vec![level.and(Tone::Plain, format!("  {}", code.as_str()))];
    lines.push(Line::of(Tone::Bold, summary.as_str()).indented(2));
    lines.extend(
        evidence.iter().chain(&accepted).map(|line| Line::of(Tone::Plain, line.as_str()).indented(4)),
    );
    ui.lines(&lines)?;
    let prefixes = std::iter::once("remedy: ").chain(std::iter::repeat("or: "));
    let remedy = remedy.iter().zip(prefixes).map(|(text, prefix)| {
        let inner = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        let text = inner.filter(|inner| !inner.contains('`')).unwrap_or(text);
        Line::of(Tone::Dim, prefix).and(Tone::Plain, text).indented(4)
    });
    // Not folded, since they are commands to copy
    ui.print(&remedy.chain([Line::default()]).map(|line| line.styled() + "\n").collect::<String>())
}

/// `accepted until 2027-01-31: the migration runs`.
pub(crate) fn acceptance(accepted: &Accepted) -> String {
    match accepted.until {
        Some(until) => format!("accepted until {until}: {}", accepted.reason),
        None => format!("accepted: {}", accepted.reason),
    }
}

/// What was not checked, a line a reason, with the number of mailboxes that it is about; of many reasons the first.
pub(crate) fn not_checked(all: &[NotChecked], directory: &Directory) -> Vec<String> {
    let mut reasons: BTreeMap<(FindingCode, &str), Vec<&UserId>> = BTreeMap::new();
    for NotChecked { code, reason, mailbox } in all {
        reasons.entry((*code, reason)).or_default().extend(mailbox);
    }
    let line = |((code, reason), mailboxes): (&(FindingCode, &str), &Vec<&UserId>)| {
        let about = match mailboxes[..] {
            [] => String::new(),
            [id] => format!(", permissions on {}", directory.label(id)),
            [id, ..] => format!(", permissions on {} and {} more", directory.label(id), mailboxes.len() - 1),
        };
        format!("not checked: {}{about}: {reason}", code.as_str())
    };
    let mut lines: Vec<_> = reasons.iter().take(REASONS).map(line).collect();
    if reasons.len() > REASONS {
        lines.push(format!("not checked: {} more reasons; -o json has them all", reasons.len() - REASONS));
    }
    lines
}

/// The rows of a table: who, with what type, by which rules, and through whom.
pub(crate) fn who_rows(who: &Who<'_>, directory: &Directory) -> Vec<Vec<Line>> {
    let plain = |text: String| Line::of(Tone::Plain, text);
    let role = |RoleWay { live, rules, chain }: &RoleWay<'_>| {
        let kind = live.role.role_type;
        let rules: Vec<_> = rules.iter().map(|rule| rule.label()).collect();
        vec![
            plain(format!("role {}", live.role.name)),
            Line::of(Tone::of_type(kind), kind.as_str()),
            plain(rules.join(", ")),
            plain(described(chain, directory)),
        ]
    };
    let account = |AccountWay { account, chain }: &AccountWay<'_>| {
        let state = directory.user(account).map(|user| user.state);
        let state = match state {
            Some(State::Enabled) => String::new(),
            Some(state) => format!(" ({})", state.as_str()),
            None => " (not in the directory)".to_owned(),
        };
        vec![
            plain(format!("{}{state}", directory.label(account))),
            plain("account".to_owned()),
            plain("FULL_ACCESS".to_owned()),
            plain(described(chain, directory)),
        ]
    };
    who.roles.iter().map(role).chain(who.accounts.iter().map(account)).collect()
}
