//! Annotations of a GitHub job: workflow commands on stdout, with the file and the line.

use super::sanitize;
use super::text::access;
use crate::apply::report::{ChangeReport, Outcome, Report};
use crate::config::Naming;
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Location, Sources};
use crate::directory::Directory;
use crate::plan::guard::{Refusal, RefusalCode};
use crate::plan::{Change, Plan};
use crate::role::Effect;
use crate::sorted;

/// GitHub shows so many annotations of each level in a step, and no word of the others (documented, "Usage limits").
const SHOWN: usize = 10;

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

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What an annotation is about. The first ones are shown where GitHub does not show all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// A role reaches everyone.
    Everyone,
    /// Somebody is reached, or reached with more.
    Access,
    /// Anything else.
    Other,
}

/// One annotation.
#[derive(Debug, Clone)]
pub(crate) struct Annotation {
    level: Level,
    about: About,
    location: Option<Location>,
    title: String,
    message: Vec<String>,
}

impl Annotation {
    /// An error that stands nowhere in the definitions.
    pub(crate) fn error(title: &str, message: Vec<String>) -> Self {
        Self { level: Level::Error, about: About::Other, location: None, title: title.to_owned(), message }
    }

    /// The command to the runner, with the end of its line. Control characters are written out, so that a name
    /// cannot begin a command of its own.
    fn command(&self) -> String {
        let Self { level, about: _, location, title, message } = self;
        let data = |text: &str| sanitize::command_data(text).replace('%', "%25");
        let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
        let mut properties = Vec::new();
        if let Some(Location { file, line, column }) = location {
            properties.push(format!("file={}", property(file)));
            properties.push(format!("line={line},col={column}"));
        }
        properties.push(format!("title={}", property(title)));
        let message: Vec<_> = message.iter().map(|line| data(line)).collect();
        format!("::{} {}::{}\n", level.as_str(), properties.join(","), message.join("%0A"))
    }

    /// The same as a line of the log, which is no command.
    fn line(&self) -> String {
        let Self { level, about: _, location, title, message } = self;
        let place =
            location.as_ref().map(|Location { file, line, column }| format!("{file}:{line}:{column}: "));
        let text =
            format!("{}: {}{title}: {}", level.as_str(), place.unwrap_or_default(), message.join("; "));
        sanitize::command_data(&text) + "\n"
    }
}

/// The annotations of a call, the worst first. Of a level that has more than GitHub shows, the others stand as plain
/// lines in the log, and the last annotation counts them.
pub(crate) fn drawn(mut all: Vec<Annotation>) -> String {
    sorted::by_key(&mut all, |one| one.about);
    let (mut out, mut log) = (String::new(), String::new());
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let of_level: Vec<_> = all.iter().filter(|one| one.level == level).collect();
        let shown = if of_level.len() > SHOWN { SHOWN - 1 } else { of_level.len() };
        out.extend(of_level[..shown].iter().map(|one| one.command()));
        let rest = &of_level[shown..];
        let Some(worst) = rest.first() else { continue };
        log.extend(rest.iter().map(|one| one.line()));
        let title = format!("and {} more {}s", rest.len(), level.as_str());
        let mut message = vec!["the log of this step has them all".to_owned()];
        let everyone = rest.iter().filter(|one| one.about == About::Everyone).count();
        if everyone > 0 {
            message.insert(0, format!("{everyone} of them are about everyone"));
        }
        let summed = Annotation { level, about: worst.about, location: None, title, message };
        out += &summed.command();
    }
    out + &log
}

/// The diagnostics of definitions, with their codes in the titles.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Annotation> {
    let one = |diagnostic: &Diagnostic| {
        let level = match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        };
        let location = diagnostic.span.as_ref().map(|span| sources.location(span));
        let mut message = vec![diagnostic.message.clone()];
        message.extend(diagnostic.help.clone());
        let title = format!("definition ({})", diagnostic.code);
        Annotation { level, about: About::Other, location, title, message }
    };
    diagnostics.iter().map(one).collect()
}

/// What a plan does, at the role that each change comes from.
pub(crate) fn plan(plan: &Plan, directory: &Directory, sources: &Sources) -> Vec<Annotation> {
    let one = |change: &Change| {
        let wants_care = access::gives(change) || !change.overruled().is_empty();
        let level = if wants_care { Level::Warning } else { Level::Notice };
        let effects = access::effects(change, directory, Naming::Few);
        let mut message: Vec<String> = effects.iter().map(ToString::to_string).collect();
        if !access::moves(change) {
            message.insert(0, "nobody gains or loses access".into());
        }
        of_change(change, level, message, sources)
    };
    plan.changes.iter().map(one).collect()
}

fn of_change(change: &Change, level: Level, message: Vec<String>, sources: &Sources) -> Annotation {
    let about = match () {
        () if access::gives_everyone(change) => About::Everyone,
        () if access::gives(change) => About::Access,
        () => About::Other,
    };
    let location = change.span.as_ref().map(|span| sources.location(span));
    Annotation { level, about, location, title: format!("{} {}", change.verb(), change.name()), message }
}

/// What forbids executing a plan.
pub(crate) fn refusals(refusals: &[Refusal], sources: &Sources) -> Vec<Annotation> {
    let one = |Refusal { code, message, help, span }: &Refusal| {
        let about = if *code == RefusalCode::MaxDeletes { About::Other } else { About::Access };
        let location = span.as_ref().map(|span| sources.location(span));
        let message = vec![message.clone(), help.clone()];
        Annotation { level: Level::Error, about, location, title: "refused".into(), message }
    };
    refusals.iter().map(one).collect()
}

/// What became of a plan: the changes that were not made.
pub(crate) fn report(report: &Report, sources: &Sources) -> Vec<Annotation> {
    let one = |ChangeReport { change, outcome }: &ChangeReport| {
        let (level, message) = match outcome {
            Outcome::Done { .. } => (Level::Notice, "done".to_owned()),
            Outcome::Failed(failure) => (Level::Error, format!("failed: {failure}")),
            Outcome::NotAttempted => (Level::Error, "not attempted".to_owned()),
        };
        of_change(change, level, vec![message], sources)
    };
    report.changes.iter().map(one).collect()
}

/// An expectation that is not met: the worse where access was not expected.
pub(crate) fn unmet(role: &str, expected: Effect, location: Option<Location>, message: String) -> Annotation {
    let about = if expected == Effect::Deny { About::Access } else { About::Other };
    let (title, message) = (format!("expect: {role}"), vec![message]);
    Annotation { level: Level::Error, about, location, title, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_stays_one_line_and_one_command() {
        let location = Location { file: "a,b:c.yaml".into(), line: 3, column: 5 };
        let message = ["50% of\n::error::x".to_owned(), "second".to_owned()];
        let title = "update a, b: c".to_owned();
        let (level, about) = (Level::Warning, About::Other);
        let one = Annotation { level, about, location: Some(location), title, message: message.to_vec() };
        assert_eq!(
            one.command(),
            "::warning file=a%2Cb%3Ac.yaml,line=3,col=5,title=update a%2C b%3A c::50%25 of\\n::error::x%0Asecond\n"
        );
        assert_eq!(one.line(), "warning: a,b:c.yaml:3:5: update a, b: c: 50% of\\n::error::x; second\n");
    }

    fn some(level: Level, about: About, count: usize) -> impl Iterator<Item = Annotation> {
        (0..count).map(move |n| Annotation {
            level,
            about,
            location: None,
            title: format!("{about:?} {n}"),
            message: vec!["::error::x".to_owned()],
        })
    }

    #[test]
    fn as_many_as_github_shows_are_all_shown() {
        assert_eq!(drawn(Vec::new()), "");
        let ten = drawn(some(Level::Error, About::Other, SHOWN).collect());
        assert_eq!((ten.lines().count(), ten.contains("more")), (SHOWN, false), "{ten}");
    }

    #[test]
    fn more_are_counted_and_stand_in_the_log_the_worst_first() {
        let all = some(Level::Warning, About::Other, 8)
            .chain(some(Level::Notice, About::Other, 1))
            .chain(some(Level::Warning, About::Access, 5))
            .chain(some(Level::Warning, About::Everyone, 1))
            .collect();
        let text = drawn(all);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "::warning title=Everyone 0::\\u{3a}:error::x");
        assert!(lines[1].starts_with("::warning title=Access 0::"), "{text}");
        assert!(lines[8].starts_with("::warning title=Other 2::"), "{text}");
        assert_eq!(lines[9], "::warning title=and 5 more warnings::the log of this step has them all");
        assert_eq!(lines[10], "::notice title=Other 0::\\u{3a}:error::x");
        assert_eq!(lines[11..].len(), 5);
        assert!(lines[11].starts_with("warning: Other 3: "), "{text}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("::warning")).count(), SHOWN);
    }

    #[test]
    fn what_is_about_everyone_is_counted_apart() {
        let text = drawn(some(Level::Warning, About::Everyone, 12).collect());
        assert!(text.contains("and 3 more warnings::3 of them are about everyone%0Athe log"), "{text}");
    }
}
