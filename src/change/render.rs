//! Plans of one or more organizations, and what became of them, in the format of the call.

use serde_json::{Value, json};

use super::execute::{self, Executed};
use super::organizations::{Part, Planned, Session};
use crate::apply::{Outcome, Report};
use crate::config::Format;
use crate::context::Context;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::span::Sources;
use crate::fetch::definitions::Gathered;
use crate::id::OrganizationId;
use crate::output::json::plan as plan_json;
use crate::output::text::diagnostics;
use crate::output::{github, junit, markdown};
use crate::plan::guard::Refusal;

/// Shows every plan as text where people look, with what forbids it under it.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn plans(context: &Context, session: &Session) -> anyhow::Result<()> {
    for part in &session.parts {
        if session.parts.len() > 1 {
            execute::title(context, &part.name, true)?;
        }
        match &part.outcome {
            Ok(one) => {
                execute::show(context, &one.gathered.plan, &one.gathered.directory)?;
                tell(context, &one.refusals);
            }
            Err(error) => context.ui.error(error),
        }
    }
    tell(context, &session.refusals);
    Ok(())
}

fn tell(context: &Context, refusals: &[Refusal]) {
    refusals.iter().for_each(|refusal| context.ui.refuse(&refusal.message, &refusal.help));
}

/// Says on stderr what forbids the plans, and which organizations have none.
pub(crate) fn refusals(context: &Context, session: &Session) {
    for part in &session.parts {
        match &part.outcome {
            Ok(one) => tell(context, &one.refusals),
            Err(error) => {
                context.ui.status(format!("organization {}", part.name));
                context.ui.error(error);
            }
        }
    }
    tell(context, &session.refusals);
}

/// Draws diagnostics; for a GitHub job, as annotations too.
pub(crate) fn found(context: &Context, found: &[Diagnostic], sources: &Sources) {
    if context.ui.format == Format::Github {
        // A closed stdout is told by the command's own output
        let _ = context.ui.raw(&github::diagnostics(found, sources));
    }
    context.ui.diagnostics(found, sources);
}

/// The result for a call that ends with wrong definitions.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn wrong(context: &Context, found: &[Diagnostic], sources: &Sources) -> anyhow::Result<()> {
    match context.ui.format {
        Format::Json | Format::Yaml => {
            let document = json!({ "version": 1, "diagnostics": diagnostics::values(found, sources) });
            context.ui.value(&document)
        }
        Format::Markdown => Ok(context
            .ui
            .raw(&markdown::block("The definitions are wrong", &diagnostics::plain(found, sources)))?),
        Format::Junit => Ok(context.ui.raw(&junit::wrong(found, sources)?)?),
        _ => Ok(()),
    }
}

/// The result for a saved plan that is stale.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn stale(context: &Context, lines: &[String]) -> anyhow::Result<()> {
    match context.ui.format {
        Format::Json | Format::Yaml => context.ui.value(&json!({ "version": 1, "stale": lines })),
        Format::Markdown => Ok(context.ui.raw(&markdown::block("The saved plan is stale", lines))?),
        Format::Github => Ok(context.ui.raw(&github::annotation(
            github::Level::Error,
            None,
            "the saved plan is stale",
            lines,
        ))?),
        _ => Ok(()),
    }
}

/// What is being told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// `diff`: nothing is to be done.
    Diff,
    /// `apply`: what was not executed was not attempted.
    Apply,
}

/// Writes the result in the formats for programs; `executed` is empty or one for each organization.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn result(
    context: &Context,
    session: &Session,
    doing: Doing,
    executed: &[Option<Executed>],
) -> anyhow::Result<()> {
    let report = |n: usize| executed.get(n).and_then(Option::as_ref).map(|one| &one.report);
    match context.ui.format {
        Format::Table => Ok(()),
        Format::Markdown => {
            let room = markdown::LIMIT / session.parts.len().max(1);
            let mut text = String::new();
            for (n, part) in session.parts.iter().enumerate() {
                text += &match &part.outcome {
                    Ok(Planned { gathered: Gathered { plan, directory, .. }, refusals, .. }) => {
                        markdown::plan(&part.name, plan, refusals, directory, report(n), room)
                    }
                    Err(error) => markdown::failed(&part.name, error),
                };
            }
            text += &markdown::refusals(&session.refusals);
            Ok(context.ui.raw(&text)?)
        }
        Format::Github => {
            let mut text = String::new();
            for (n, part) in session.parts.iter().enumerate() {
                text += &match (&part.outcome, report(n)) {
                    (Err(error), _) => {
                        let message = [format!("{error:#}")];
                        github::annotation(github::Level::Error, None, &part.name, &message)
                    }
                    (Ok(one), Some(report)) => github::report(&one.gathered.plan, report, &session.sources),
                    (Ok(one), None) => {
                        github::plan(&one.gathered.plan, &one.gathered.directory, &session.sources)
                            + &github::refusals(&one.refusals, &session.sources)
                    }
                };
            }
            text += &github::refusals(&session.refusals, &session.sources);
            Ok(context.ui.raw(&text)?)
        }
        _ => {
            let values = session.parts.iter().enumerate().map(|(n, part)| value(part, doing, report(n)));
            let mut document = execute::document(values.collect());
            if session.parts.len() > 1 {
                document["refused"] = messages(&session.refusals);
            }
            context.ui.value(&document)
        }
    }
}

fn messages(refusals: &[Refusal]) -> Value {
    refusals.iter().map(|refusal| Value::from(refusal.message.as_str())).collect()
}

fn value(part: &Part, doing: Doing, report: Option<&Report>) -> Value {
    match &part.outcome {
        Err(error) => {
            let organization = match OrganizationId::parse(&part.name) {
                Ok(id) => json!({ "id": id, "alias": null }),
                Err(_) => json!({ "id": null, "alias": part.name }),
            };
            json!({ "organization": organization, "error": format!("{error:#}") })
        }
        Ok(Planned { organization, gathered, refusals }) => {
            let mut value = plan_json::plan(organization, &gathered.plan, &gathered.directory, report);
            if report.is_none() {
                value["refused"] = messages(refusals);
            }
            if report.is_none() && doing == Doing::Apply {
                not_attempted(&mut value);
            }
            value
        }
    }
}

/// Says of every change of a document that it was not attempted.
pub(crate) fn not_attempted(document: &mut Value) {
    for change in document["changes"].as_array_mut().into_iter().flatten() {
        change["outcome"] = Outcome::NotAttempted.as_str().into();
        change["error"] = Value::Null;
    }
}
