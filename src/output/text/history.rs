//! Events of CloudTrail as a table, CSV and Markdown.

use crate::output::style::{Line, Tone};
use crate::output::times::Times;
use crate::output::{csv, markdown};
use crate::usage::Event;

pub(crate) const HEADER: [&str; 6] = ["TIME", "EVENT", "ROLE", "BY", "FROM", "ABOUT"];

/// What a narrow terminal is not shown, in this order.
pub(crate) const FIRST_TO_GO: [&str; 3] = ["FROM", "ABOUT", "ROLE"];

/// What was called, and that it failed.
fn called(event: &Event) -> String {
    match &event.error {
        Some(error) => format!("{} ({error})", event.event),
        None => event.event.clone(),
    }
}

/// The role by the name that it had, else the id.
fn role(event: &Event) -> &str {
    let role = event.role.as_ref();
    let name = role.and_then(|role| role.name.as_deref().or(role.id.as_ref().map(|id| id.as_str())));
    name.unwrap_or_default()
}

/// The end of an ARN says who it is; the account is the organization's.
fn short(principal: &str) -> &str {
    principal.splitn(6, ':').nth(5).filter(|_| principal.starts_with("arn:")).unwrap_or(principal)
}

/// The cells of an event; what was denied stands out.
pub(crate) fn row(event: &Event, times: Times) -> Vec<Line> {
    let tone = if event.error.is_some() { Tone::Warning } else { Tone::Plain };
    let plain = |text: &str| Line::of(Tone::Plain, text);
    vec![
        plain(&times.text(event.time)),
        Line::of(tone, called(event)),
        plain(role(event)),
        plain(short(&event.principal)),
        plain(event.source_ip.as_deref().unwrap_or_default()),
        plain(event.subject.as_deref().unwrap_or_default()),
    ]
}

/// A line an event, for spreadsheets.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn csv(events: &[Event]) -> anyhow::Result<String> {
    let header = [
        "time",
        "event",
        "error",
        "role_id",
        "role",
        "principal",
        "source_ip",
        "user_agent",
        "about",
        "organization",
    ];
    let rows = events.iter().map(|event| {
        let role = event.role.as_ref();
        let id = role.and_then(|role| role.id.as_ref()).map(|id| id.as_str());
        [
            Some(Times::Exact.text(event.time).as_str()),
            Some(&event.event),
            event.error.as_deref(),
            id,
            role.and_then(|role| role.name.as_deref()),
            Some(&event.principal),
            event.source_ip.as_deref(),
            event.user_agent.as_deref(),
            event.subject.as_deref(),
            event.organization.as_deref(),
        ]
        .map(|text| text.unwrap_or_default().to_owned())
    });
    csv::written(&header, rows)
}

/// A table for a wiki or a ticket, with whole ARNs.
pub(crate) fn markdown(events: &[Event]) -> String {
    if events.is_empty() {
        return "No events.\n".to_owned();
    }
    let mut out = format!("| {} |\n|{}\n", HEADER.join(" | "), " --- |".repeat(HEADER.len()));
    for event in events {
        let cells = [
            Times::Exact.text(event.time),
            called(event),
            role(event).to_owned(),
            event.principal.clone(),
            event.source_ip.clone().unwrap_or_default(),
            event.subject.clone().unwrap_or_default(),
        ];
        out += &format!("| {} |\n", cells.map(|text| markdown::cell(&text)).join(" | "));
    }
    out
}
