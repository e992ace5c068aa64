//! What `doctor` found, on one screen: a line a check, what to do below it, and what was not tried.

use crate::doctor::{Check, NotChecked, Private, Public, Report, Status};
use crate::output::style::{Line, Tone};

/// Permissions are IAM actions, which begin so. Those that are allowed share a line.
const PERMISSIONS: [&str; 2] = ["workmail:", "cloudtrail:"];

/// So many permissions are named.
const FEW: usize = 4;

/// The width of the first column, and of the second.
const COLUMNS: (usize, usize) = (9, 16);

/// Every line.
pub(crate) fn lines(report: &Report) -> Vec<Line> {
    let Report { checks, not_checked } = report;
    let is_permission = |check: &&Check| operation(check.name).is_some();
    let (permissions, others): (Vec<&Check>, Vec<&Check>) = checks.iter().partition(is_permission);
    let (allowed, denied): (Vec<&Check>, Vec<&Check>) =
        permissions.iter().copied().partition(|check| check.status == Status::Ok);
    let at = checks.iter().position(|check| is_permission(&check)).unwrap_or(checks.len());
    let (before, after) = others.split_at(at.min(others.len()));
    let mut lines: Vec<Line> = before.iter().flat_map(|check| of_check(check)).collect();
    if !allowed.is_empty() {
        let what = if denied.is_empty() { "every read that was tried is allowed" } else { "are allowed" };
        let detail = match denied.len() {
            0 => format!("{what} ({})", allowed.len()),
            _ => format!("{} of {} reads {what}", allowed.len(), permissions.len()),
        };
        lines.push(line(Status::Ok, "permissions").and(Tone::Plain, detail));
    }
    lines.extend(denied.into_iter().chain(after.iter().copied()).flat_map(of_check));
    lines.extend(untried(not_checked));
    lines
}

/// What an IAM action allows.
fn operation(name: &str) -> Option<&str> {
    PERMISSIONS.iter().find_map(|service| name.strip_prefix(service))
}

fn line(status: Status, name: &str) -> Line {
    let (tone, word) = match status {
        Status::Ok => (Tone::Added, "ok"),
        Status::Warning => (Tone::Warning, "warning"),
        Status::Failed => (Tone::Removed, "failed"),
    };
    labelled(tone, word, name)
}

fn labelled(tone: Tone, word: &str, name: &str) -> Line {
    let (first, second) = COLUMNS;
    Line::of(tone, format!("{word:first$}")).and(Tone::Plain, format!("{name:second$}"))
}

fn of_check(check: &Check) -> Vec<Line> {
    let Check { name, status, detail, remedy, private } = check;
    let label = operation(name).map_or(*name, |_| "permission");
    let detail = match operation(name) {
        Some(operation) => format!("{operation} {}", detail.as_str()),
        None => detail.as_str().to_owned(),
    };
    let line = line(*status, label);
    let mut all = vec![match private {
        Private::Nothing => line.and(Tone::Plain, detail),
        Private::Beside(more) => line.and(Tone::Plain, detail).and(Tone::Plain, format!(": {more}")),
        Private::Instead(text) => line.and(Tone::Plain, text),
    }];
    let indent = COLUMNS.0 + COLUMNS.1;
    all.extend(remedy.iter().map(|remedy| Line::of(Tone::Bold, remedy.as_str()).indented(indent)));
    all
}

/// What was not tried for one reason shares a line.
fn untried(not_checked: &[NotChecked]) -> Vec<Line> {
    let mut reasons: Vec<&Public> = Vec::new();
    for NotChecked { reason, .. } in not_checked {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let of_reason = |reason: &Public| {
        let names = not_checked.iter().filter(|one| one.reason == *reason).map(|one| one.name);
        let (permissions, mut names): (Vec<&str>, Vec<&str>) =
            names.partition(|name| operation(name).is_some());
        let counted = format!("{} permissions", permissions.len());
        match permissions.len() {
            0 => {}
            1..=FEW => names.extend(permissions.iter().filter_map(|name| operation(name))),
            _ => names.push(&counted),
        }
        let text = format!("{}: {}", names.join(", "), reason.as_str());
        labelled(Tone::Dim, "-", "not checked").and(Tone::Plain, text)
    };
    reasons.into_iter().map(of_reason).collect()
}
