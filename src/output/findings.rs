//! The result of `audit`, in each of its formats.

use super::json::audit::{AuditDocument, WhoDocument};
use super::markdown::{LIMIT, escaped, fenced};
use super::style::{Line, Tone};
use super::ui::Ui;
use super::{mermaid, sanitize, sarif, text};
use crate::audit::finding::Finding;
use crate::audit::report::{LOWER_BOUND, Report};
use crate::audit::who::Who;
use crate::config::Format;
use crate::directory::Directory;
use crate::organization::Organization;

/// Writes the result. On a terminal long lists are folded, unless `all` is wanted.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write(ui: &Ui, report: &Report<'_>, all: bool) -> anyhow::Result<()> {
    match ui.format {
        Format::Json | Format::Yaml => ui.document(&AuditDocument::of(report))?,
        Format::Sarif => ui.document(&sarif::document(report))?,
        Format::Markdown => ui.print(&markdown(report))?,
        Format::Mermaid => ui.print_verbatim(&mermaid::findings_graph(report).drawn())?,
        Format::Table | Format::Csv | Format::Github | Format::Junit => {
            text::findings::write(ui, report, ui.folded(all))?;
        }
    }
    Ok(())
}

/// Writes who can open a mailbox.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_who(
    ui: &Ui,
    organization: &Organization,
    who: &Who<'_>,
    directory: &Directory,
    all: bool,
) -> anyhow::Result<()> {
    match ui.format {
        Format::Json | Format::Yaml => ui.document(&WhoDocument::of(organization, who, directory))?,
        Format::Mermaid => ui.print_verbatim(&mermaid::who_graph(who, directory).drawn())?,
        _ => {
            let (rows, what) = (text::findings::who_rows(who, directory), ["row", "rows"]);
            let header = ["WHO", "TYPE", "ALLOWED BY", "THROUGH"];
            match rows.is_empty() {
                true if !directory.has_mailbox(who.mailbox) => {}
                true => ui.status(format!("nobody but its owner can open {}", directory.label(who.mailbox))),
                false => ui.folded_table(&header, &rows, &["ALLOWED BY"], what, all)?,
            }
            text::findings::not_checked(&who.not_checked, directory)
                .iter()
                .for_each(|line| ui.warn(line.clone()));
            ui.status_line(&Line::of(Tone::Dim, LOWER_BOUND));
        }
    }
    Ok(())
}

/// For a comment: a line a finding, with the evidence in a block of code, which nothing looks into.
fn markdown(report: &Report<'_>) -> String {
    let name = escaped(report.organization.label());
    let mut out = format!("### {name}: {}\n\n", report.summary());
    let accepted = report.sorted.accepted.iter().filter(|_| report.show_accepted);
    let findings = report.sorted.open.iter().map(|finding| (finding, None));
    let findings = findings.chain(accepted.map(|(finding, accepted)| (finding, Some(*accepted))));
    let mut left = 0;
    for (finding, accepted) in findings {
        let Finding { code, level, summary, evidence, remedy, .. } = finding;
        let accepted = accepted.map(text::findings::acceptance);
        let level = accepted.as_ref().map_or(level.as_str(), |_| "accepted");
        let mut lines: Vec<String> =
            evidence.iter().chain(&accepted).map(|line| format!("  {line}")).collect();
        lines.extend(remedy.iter().map(|line| format!("  remedy: {line}")));
        let lines: Vec<_> = lines.iter().map(|line| sanitize::command_data(line)).collect();
        let part =
            format!("**{level}** `{}`: {}\n\n{}", code.as_str(), escaped(summary), fenced(&lines, LIMIT / 4));
        if out.len() + part.len() > LIMIT - LIMIT / 10 {
            left += 1;
        } else {
            out += &part;
        }
    }
    if left > 0 {
        out += &format!("{left} more findings are too many for a comment: see the output of the job.\n\n");
    }
    for line in text::findings::not_checked(report.not_checked, report.directory) {
        out += &format!("**{}**\n\n", escaped(&line));
    }
    out + LOWER_BOUND + "\n"
}
