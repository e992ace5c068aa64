//! The result of `audit`, in each of its formats.

use serde_json::Value;

use super::comment::{self, LIMIT, Piece, Weight, What};
use super::json::audit::{AuditDocument, AuditEntryJson, AuditsDocument, WhoDocument};
use super::json::organization::OrganizationJson;
use super::markdown::{escaped, fenced};
use super::style::{Line, Tone};
use super::ui::Ui;
use super::{mermaid, sanitize, sarif, text};
use crate::audit::finding::Finding;
use crate::audit::leaving::{RegionRead, TOKENS_LIVE_ON, Unseen};
use crate::audit::report::{LOWER_BOUND, Report};
use crate::audit::who::Who;
use crate::config::Format;
use crate::directory::Directory;
use crate::error;
use crate::finding_code::Level;
use crate::organization::Organization;

/// Writes the result. On a terminal long lists are folded, unless `all` is wanted.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write(ui: &Ui, report: &Report<'_>, all: bool) -> anyhow::Result<()> {
    match ui.format {
        Format::Json | Format::Yaml => ui.document(&AuditDocument::of(report))?,
        Format::Sarif => ui.document(&sarif::document(report))?,
        Format::Markdown => ui.print(&comment::fitted(&markdown(report), WHOLE))?,
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

const ORGANIZATIONS: What = ("", "organization", "organizations");
const FINDINGS: What = ("the evidence of ", "finding", "findings");
const NOT_CHECKED: What = ("what could not be checked, in ", "line", "lines");
const BY_HAND: What = ("what is to be checked by hand, of ", "organization", "organizations");

/// Where all of it is.
const WHOLE: &str = "`wmrole audit` shows all of it.";

/// For a comment: a line a finding, with the evidence in a block of code, which nothing looks into.
fn markdown(report: &Report<'_>) -> Vec<Piece> {
    let name = escaped(report.organization.label());
    let title = format!("### {name}: {}\n\n", report.summary());
    let mut out = vec![Piece::new(Weight::Refusal, ORGANIZATIONS, title, String::new())];
    let accepted = report.sorted.accepted.iter().filter(|_| report.show_accepted);
    let findings = report.sorted.open.iter().map(|finding| (finding, None));
    let findings = findings.chain(accepted.map(|(finding, accepted)| (finding, Some(*accepted))));
    for (finding, accepted) in findings {
        let Finding { code, level, summary, evidence, remedy, .. } = finding;
        let accepted = accepted.map(text::findings::acceptance);
        let weight = match (&accepted, level) {
            (Some(_), _) => Weight::Names,
            (None, Level::High) => Weight::Refusal,
            (None, Level::Medium) => Weight::Loss,
            (None, Level::Low) => Weight::Rules,
        };
        let level = accepted.as_ref().map_or(level.as_str(), |_| "accepted");
        let mut lines: Vec<String> =
            evidence.iter().chain(&accepted).map(|line| format!("  {line}")).collect();
        lines.extend(remedy.iter().map(|line| format!("  remedy: {line}")));
        let lines: Vec<_> = lines.iter().map(|line| sanitize::command_data(line)).collect();
        let title = format!("**{level}** `{}`: {}\n\n", code.as_str(), escaped(summary));
        let full = title.clone() + &fenced(&lines, LIMIT / 4);
        out.push(Piece::new(weight, FINDINGS, full, title));
    }
    out.extend(text::findings::not_checked(report.not_checked, report.directory).into_iter().map(|line| {
        let line = format!("**{}**\n\n", escaped(&line));
        Piece::new(Weight::Refusal, NOT_CHECKED, line, String::new())
    }));
    out.push(by_hand(report));
    out
}

/// What no call shows.
fn by_hand(report: &Report<'_>) -> Piece {
    let mut out = LOWER_BOUND.to_owned() + "\n";
    if let Some(leaving) = report.leaving {
        if let Some(text) = text::findings::all_shut(report) {
            out += &format!("\n**{}**\n", escaped(&text));
        }
        out += &format!(
            "\n{} {TOKENS_LIVE_ON}\n\nTo check by hand, since no call shows it:\n\n",
            escaped(&leaving.read())
        );
        for Unseen { what, commands } in &leaving.unseen {
            let commands: Vec<_> = commands.iter().map(|command| format!("`{command}`")).collect();
            let commands =
                if commands.is_empty() { String::new() } else { format!(": {}", commands.join(", ")) };
            out += &format!("- {}{commands}\n", escaped(what));
        }
    }
    Piece::new(Weight::Names, BY_HAND, out, String::new())
}

/// The results of several organizations: what is for people is written as it comes, a document at the end.
pub(crate) struct Several<'a> {
    ui: &'a Ui,
    regions: &'a [RegionRead],
    document: AuditsDocument,
    runs: Vec<Value>,
    comment: Vec<Piece>,
}

impl<'a> Several<'a> {
    pub(crate) fn new(ui: &'a Ui, regions: &'a [RegionRead]) -> Self {
        Self { ui, regions, document: AuditsDocument::of(regions), runs: Vec::new(), comment: Vec::new() }
    }

    /// The result of one.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub(crate) fn add(&mut self, name: &str, report: &Report<'_>, all: bool) -> anyhow::Result<()> {
        match self.ui.format {
            Format::Json | Format::Yaml => {
                let entry = AuditEntryJson::Read(Box::new(AuditDocument::of(report)));
                self.document.organizations.push(entry);
            }
            Format::Sarif => self.runs.push(sarif::run(report)),
            Format::Markdown => {
                self.comment.extend(markdown(report));
                self.comment.push(Piece::frame("\n".into()));
            }
            _ => {
                self.heading(name, &report.organization.region)?;
                text::findings::write(self.ui, report, self.ui.folded(all))?;
                self.ui.print("\n")?;
            }
        }
        Ok(())
    }

    /// One that could not be read, or whose definitions are wrong.
    ///
    /// # Errors
    /// As [`Several::add`].
    pub(crate) fn failed(
        &mut self,
        name: &str,
        organization: Option<&Organization>,
        error: &anyhow::Error,
    ) -> anyhow::Result<()> {
        self.ui.status(format!("organization {name}"));
        self.ui.error(error);
        let error = &error::in_full(error);
        match self.ui.format {
            Format::Json | Format::Yaml => {
                let known = organization.map(OrganizationJson::of);
                let organization = known.unwrap_or_else(|| OrganizationJson::called(name));
                let entry = AuditEntryJson::Failed { organization, error: error.clone() };
                self.document.organizations.push(entry);
            }
            Format::Sarif => self.runs.push(sarif::failed_run(name, error)),
            Format::Markdown => {
                let text = format!("### {}: not read\n\n{}\n\n", escaped(name), escaped(error));
                self.comment.push(Piece::new(Weight::Refusal, ORGANIZATIONS, text, String::new()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes what is left to write: the Regions, and the document.
    ///
    /// # Errors
    /// As [`Several::add`].
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let Self { ui, regions, document, mut runs, mut comment } = self;
        let lines: Vec<_> = regions.iter().map(region).collect();
        match ui.format {
            Format::Json | Format::Yaml => ui.document(&document)?,
            Format::Sarif => {
                let errors = regions.iter().filter_map(|one| Some((&one.region, one.error.as_ref()?)));
                runs.extend(errors.map(|(region, error)| sarif::failed_run(region, error)));
                ui.document(&sarif::of_runs(runs))?;
            }
            Format::Markdown => {
                let lines = lines.iter().map(|line| format!("- {}\n", escaped(line)));
                comment.push(Piece::frame(lines.collect()));
                ui.print(&comment::fitted(&comment, WHOLE))?;
            }
            _ => {
                ui.lines(&lines.iter().map(|line| Line::of(Tone::Plain, line.as_str())).collect::<Vec<_>>())?
            }
        }
        for one in regions.iter().filter(|one| one.error.is_some()) {
            ui.warn(region(one));
        }
        Ok(())
    }

    fn heading(&self, name: &str, region: &str) -> std::io::Result<()> {
        self.ui.lines(&[Line::of(Tone::Bold, format!("== organization {name} · {region}"))])
    }
}

/// `us-east-1: read`, with what was left out.
fn region(one: &RegionRead) -> String {
    let RegionRead { region, skipped, error } = one;
    match (error, &skipped[..]) {
        (Some(error), _) => format!("Region {region}: not checked: {error}"),
        (None, []) => format!("Region {region}: read"),
        (None, skipped) => format!("Region {region}: read, without {}", skipped.join(", ")),
    }
}
