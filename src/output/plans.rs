//! Plans of one or more organizations, and what became of them, in the format of the call.

use std::io;

use super::github::Annotation;
use super::json::Version;
use super::json::definitions::{DiagnosticJson, DiagnosticsDocument};
use super::json::organization::OrganizationJson;
use super::json::plan::{OrganizationPlanJson, PlanDocument, PlanJson, StaleDocument};
use super::style::{Line, Tone};
use super::ui::Ui;
use super::{github, junit, markdown};
use crate::apply::report::Report;
use crate::config::{Config, Format};
use crate::definition::diagnostic::Diagnostic;
use crate::definition::span::Sources;
use crate::error;
use crate::output::text;
use crate::plan::guard::Refusal;
use crate::plan::set::{OrganizationPlan, PlanPart, PlanSet};

/// Draws every plan for people, with what forbids it below it.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn draw(ui: &Ui, config: &Config, set: &PlanSet) -> io::Result<()> {
    for part in &set.parts {
        if set.is_several() {
            heading(ui, &part.name)?;
        }
        draw_place(ui, config, part);
        match &part.outcome {
            Ok(one) => {
                let lines = text::plan::plan(&one.plan, &one.directory, config.naming);
                ui.result_lines(&lines)?;
                refusals(ui, &one.refusals);
            }
            Err(error) => ui.error(error),
        }
    }
    refusals(ui, &set.refusals);
    Ok(())
}

/// Says where a plan is about; a reviewer and a job's log are told too.
fn draw_place(ui: &Ui, config: &Config, part: &PlanPart) {
    if let Ok(one) = &part.outcome {
        ui.status_line(&Line::of(Tone::Dim, text::place::place(config, &one.organization)));
    }
}

/// Names the organization whose plan or report follows, where there are several.
fn heading(ui: &Ui, organization: &str) -> io::Result<()> {
    ui.result_lines(&[Line::of(Tone::Bold, format!("== organization {organization}"))])
}

fn refusals(ui: &Ui, refusals: &[Refusal]) {
    refusals.iter().for_each(|refusal| ui.refusal(&refusal.message, &refusal.help));
}

/// Says on stderr what forbids the plans, and which organizations have none.
pub(crate) fn draw_problems(ui: &Ui, config: &Config, set: &PlanSet) {
    for part in &set.parts {
        draw_place(ui, config, part);
        match &part.outcome {
            Ok(one) => refusals(ui, &one.refusals),
            Err(error) => {
                ui.status(format!("organization {}", part.name));
                ui.error(error);
            }
        }
    }
    refusals(ui, &set.refusals);
}

/// What is done with the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// They are shown.
    Show,
    /// They are executed, as far as nothing forbids it.
    Execute,
}

/// Writes the plans as the result of the call, with what became of them; nothing for people, who have seen
/// them drawn. `reports` has one for each part, none for a part that was not executed.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write(
    ui: &Ui,
    set: &PlanSet,
    purpose: Purpose,
    reports: &[Option<Report>],
) -> anyhow::Result<()> {
    let report = |n: usize| reports.get(n).and_then(Option::as_ref);
    let parts = || set.parts.iter().enumerate().map(|(n, part)| (part, report(n)));
    match ui.format {
        Format::Table | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {}
        Format::Markdown => {
            let whole = match purpose {
                Purpose::Show => "`wmrole diff --all` shows all of it, as does the log of the job.",
                Purpose::Execute => "The log of the job has all of it.",
            };
            ui.print(&markdown::plans(set, reports, whole))?;
        }
        Format::Github => {
            ui.annotate(parts().flat_map(|(part, report)| as_annotations(part, report, &set.sources)));
            ui.annotate(github::refusals(&set.refusals, &set.sources));
        }
        Format::Json | Format::Yaml => {
            let organizations = parts().map(|(part, report)| as_json(set, part, purpose, report));
            ui.document(&PlanDocument::new(organizations.collect(), &set.refusals))?;
        }
    }
    Ok(())
}

fn as_annotations(part: &PlanPart, report: Option<&Report>, sources: &Sources) -> Vec<Annotation> {
    match (&part.outcome, report) {
        (Err(error), _) => vec![Annotation::error(&part.name, vec![format!("{error:#}")])],
        (Ok(_), Some(report)) => github::report(report, sources),
        (Ok(one), None) => {
            let mut all = github::plan(&one.plan, &one.directory, sources);
            all.extend(github::refusals(&one.refusals, sources));
            all
        }
    }
}

fn as_json(
    set: &PlanSet,
    part: &PlanPart,
    purpose: Purpose,
    report: Option<&Report>,
) -> OrganizationPlanJson {
    let OrganizationPlan {
        organization,
        plan,
        directory,
        refusals,
        warnings,
        left_out,
        live: _,
        desired: _,
        undoes: _,
    } = match &part.outcome {
        Ok(one) => one,
        Err(error) => {
            let organization = OrganizationJson::called(&part.name);
            return OrganizationPlanJson::Failed { organization, error: error::in_full(error) };
        }
    };
    let json = match (report, purpose) {
        (Some(report), _) => PlanJson::reported(organization, plan, report, directory),
        (None, Purpose::Execute) => {
            PlanJson::reported(organization, plan, &Report::not_attempted(plan), directory)
        }
        (None, Purpose::Show) => PlanJson::planned(organization, plan, directory),
    };
    let json = if report.is_none() { json.refused(refusals) } else { json };
    let of_files = if set.is_several() { &[][..] } else { &set.warnings };
    let warnings = [of_files, warnings].concat();
    let diagnostics = DiagnosticJson::all(&warnings, &set.sources);
    let json = json.diagnostics(diagnostics).left_out(left_out);
    OrganizationPlanJson::Planned(Box::new(json))
}

/// Draws diagnostics; for a GitHub job, as annotations too.
pub(crate) fn draw_diagnostics(ui: &Ui, diagnostics: &[Diagnostic], sources: &Sources) {
    if ui.format == Format::Github {
        ui.annotate(github::diagnostics(diagnostics, sources));
    }
    ui.diagnostics(diagnostics, sources);
}

/// Writes the result of a call that ends with errors in the definitions.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write_diagnostics(
    ui: &Ui,
    diagnostics: &[Diagnostic],
    sources: &Sources,
) -> anyhow::Result<()> {
    match ui.format {
        Format::Json | Format::Yaml => ui.document(&DiagnosticsDocument::of(diagnostics, sources))?,
        Format::Markdown => ui.print(&markdown::block(
            "The definitions are wrong",
            &text::diagnostics::plain(diagnostics, sources),
        ))?,
        Format::Junit => ui.print_verbatim(&junit::wrong(diagnostics, sources)?)?,
        // Drawn already
        Format::Table | Format::Github | Format::Csv | Format::Sarif | Format::Mermaid => {}
    }
    Ok(())
}

/// Writes the result of a call whose saved plan is stale.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write_stale(ui: &Ui, lines: &[String]) -> anyhow::Result<()> {
    match ui.format {
        Format::Json | Format::Yaml => {
            ui.document(&StaleDocument { version: Version, stale: lines.to_vec() })?;
        }
        Format::Markdown => ui.print(&markdown::block("The saved plan is stale", lines))?,
        Format::Github => {
            ui.annotate([Annotation::error("the saved plan is stale", lines.to_vec())]);
        }
        // Drawn already
        Format::Table | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {}
    }
    Ok(())
}
