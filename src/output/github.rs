//! Annotations of a GitHub job: workflow commands on stdout, with the file and the line.

use super::sanitize;
use super::text::access;
use crate::apply::report::{ChangeReport, Outcome, Report};
use crate::config::Naming;
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Location, Sources};
use crate::directory::Directory;
use crate::plan::Plan;
use crate::plan::guard::Refusal;

/// How much an annotation wants care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// To know.
    Notice,
    /// To look at.
    Warning,
    /// To mend.
    Error,
}

/// One annotation, with the end of its line. Control characters are written out, so that a name
/// cannot begin a command of its own.
pub(crate) fn annotation(
    level: Level,
    location: Option<&Location>,
    title: &str,
    message: &[String],
) -> String {
    let level = match level {
        Level::Notice => "notice",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    let data = |text: &str| sanitize::command_data(text).replace('%', "%25");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut properties = Vec::new();
    if let Some(Location { file, line, column }) = location {
        properties.push(format!("file={}", property(file)));
        properties.push(format!("line={line},col={column}"));
    }
    properties.push(format!("title={}", property(title)));
    let message: Vec<_> = message.iter().map(|line| data(line)).collect();
    format!("::{level} {}::{}\n", properties.join(","), message.join("%0A"))
}

/// The diagnostics of definitions, with their codes in the titles.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let one = |diagnostic: &Diagnostic| {
        let level = match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        };
        let location = diagnostic.span.as_ref().map(|span| sources.location(span));
        let mut message = vec![diagnostic.message.clone()];
        message.extend(diagnostic.help.clone());
        annotation(level, location.as_ref(), &format!("definition ({})", diagnostic.code), &message)
    };
    diagnostics.iter().map(one).collect()
}

/// What a plan does, at the role that each change comes from.
pub(crate) fn plan(plan: &Plan, directory: &Directory, sources: &Sources) -> String {
    let mut out = String::new();
    for change in &plan.changes {
        let wants_care = access::gives(change) || !change.overruled().is_empty();
        let level = if wants_care { Level::Warning } else { Level::Notice };
        let location = change.span.as_ref().map(|span| sources.location(span));
        let title = format!("{} {}", change.verb(), change.name());
        let effects = access::effects(change, directory, Naming::Few);
        let mut message: Vec<String> = effects.iter().map(ToString::to_string).collect();
        if !access::moves(change) {
            message.insert(0, "nobody gains or loses access".into());
        }
        out += &annotation(level, location.as_ref(), &title, &message);
    }
    out
}

/// What forbids executing a plan.
pub(crate) fn refusals(refusals: &[Refusal], sources: &Sources) -> String {
    let mut out = String::new();
    for Refusal { code: _, message, help, span } in refusals {
        let location = span.as_ref().map(|span| sources.location(span));
        out += &annotation(Level::Error, location.as_ref(), "refused", &[message.clone(), help.clone()]);
    }
    out
}

/// What became of a plan: the changes that were not made.
pub(crate) fn report(report: &Report, sources: &Sources) -> String {
    let mut out = String::new();
    for ChangeReport { change, outcome } in &report.changes {
        let location = change.span.as_ref().map(|span| sources.location(span));
        let title = format!("{} {}", change.verb(), change.name());
        let (level, message) = match outcome {
            Outcome::Done { .. } => (Level::Notice, "done".to_owned()),
            Outcome::Failed(failure) => (Level::Error, format!("failed: {failure}")),
            Outcome::NotAttempted => (Level::Error, "not attempted".to_owned()),
        };
        out += &annotation(level, location.as_ref(), &title, &[message]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_stays_one_line_and_one_command() {
        let location = Location { file: "a,b:c.yaml".into(), line: 3, column: 5 };
        let message = ["50% of\n::error::x".to_owned(), "second".to_owned()];
        assert_eq!(
            annotation(Level::Warning, Some(&location), "update a, b: c", &message),
            "::warning file=a%2Cb%3Ac.yaml,line=3,col=5,title=update a%2C b%3A c::50%25 of\\n::error::x%0Asecond\n"
        );
    }
}
