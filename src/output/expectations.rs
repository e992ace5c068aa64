//! Expectations and their answers, in the format of the call.

use super::github::Annotation;
use super::json::expectations::{ExpectationsDocument, SummaryJson};
use super::ui::Ui;
use super::{github, junit, text};
use crate::config::Format;
use crate::definition::span::Sources;
use crate::expectation::{Checked, Expectation, ExpectationsReport, OrganizationExpectations};

/// Writes the report as the result of the call.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn write(ui: &Ui, report: &ExpectationsReport, sources: &Sources) -> anyhow::Result<()> {
    let ExpectationsReport { parts, errors, refusals } = report;
    let failures: Vec<(&OrganizationExpectations, &Checked)> =
        all(parts).filter(|(_, one)| !one.passed()).collect();
    match ui.format {
        Format::Table => {
            table(ui, parts, &failures, sources)?;
        }
        Format::Github => {
            ui.annotate(failures.into_iter().map(|(part, one)| {
                let unmet = text::expectations::unmet(part, one);
                let location = unmet.span.map(|span| sources.location(&span));
                let Expectation { role, expected, .. } = &one.expectation;
                github::unmet(role.as_str(), *expected, location, unmet.message)
            }));
            ui.annotate(errors.iter().map(|(name, error)| Annotation::error(name, vec![error.clone()])));
            ui.annotate(github::refusals(refusals, sources));
        }
        Format::Junit => ui.print_verbatim(&junit::report(parts, errors, refusals, sources)?)?,
        Format::Json | Format::Yaml => ui.document(&ExpectationsDocument::of(parts, errors, sources))?,
        Format::Markdown | Format::Csv | Format::Sarif | Format::Mermaid => {}
    }
    if matches!(ui.format, Format::Table | Format::Github) && all(parts).next().is_some() {
        let SummaryJson { passed, failed } = SummaryJson::of(parts);
        ui.status(format!("{passed} passed, {failed} failed"));
    }
    Ok(())
}

fn all(parts: &[OrganizationExpectations]) -> impl Iterator<Item = (&OrganizationExpectations, &Checked)> {
    parts.iter().flat_map(|part| part.checked.iter().map(move |one| (part, one)))
}

fn table(
    ui: &Ui,
    parts: &[OrganizationExpectations],
    failures: &[(&OrganizationExpectations, &Checked)],
    sources: &Sources,
) -> anyhow::Result<()> {
    let rows: Vec<_> =
        all(parts).map(|(part, one)| text::expectations::row(part, one, parts.len() > 1)).collect();
    if rows.is_empty() {
        ui.status("there are no expectations to check");
        return Ok(());
    }
    ui.fitting_table(&text::expectations::HEADER, &rows, &text::expectations::FIRST_TO_GO)?;
    let diagnostics: Vec<_> =
        failures.iter().map(|(part, one)| text::expectations::unmet(part, one)).collect();
    ui.diagnostics(&diagnostics, sources);
    Ok(())
}
