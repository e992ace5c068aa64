//! What became of a plan, for people.

use crate::apply::report::{ChangeReport, Failure, Outcome, OutcomeCounts, Report};
use crate::output::style::{Line, Tone};

/// One change and what became of it. `label` names the organization where several are changed at the same
/// time.
pub(crate) fn outcome(label: Option<&str>, report: &ChangeReport) -> Line {
    let ChangeReport { change, outcome } = report;
    let (tone, word) = match outcome {
        Outcome::Done { .. } => (Tone::Added, "done"),
        Outcome::Failed(_) => (Tone::Removed, "failed"),
        Outcome::NotAttempted => (Tone::Warning, "not attempted"),
    };
    let label = label.map_or(String::new(), |label| format!("{label}: "));
    Line::of(Tone::Plain, label)
        .and(tone, word)
        .and(Tone::Plain, format!(": {} {}", change.verb(), change.name()))
}

/// How many changes were done, failed and were not attempted, and where.
pub(crate) fn summary(report: &Report, place: &str) -> Line {
    let OutcomeCounts { done, failed, not_attempted } = report.counts();
    let tone = if report.is_complete() { Tone::Bold } else { Tone::Warning };
    Line::of(tone, format!("{done} done, {failed} failed, {not_attempted} not attempted"))
        .and(Tone::Dim, format!("  {place}"))
}

/// What to do about a failure, besides what the service's error says.
pub(crate) fn hint(failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::NameTaken { .. } => Some("rename or delete the other role first"),
        Failure::Conflict { .. } | Failure::ReadsBack { .. } => {
            Some("see the new plan with `wmrole diff`, and apply again")
        }
        Failure::OutcomeUnknown { .. } => Some("look with `wmrole diff` or `wmrole list`, and apply again"),
        Failure::Service(_) | Failure::Unverified { .. } => None,
    }
}
