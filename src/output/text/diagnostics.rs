//! Diagnostics as text: with the marked line of the file, or in one line each.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Sources, Span};
use crate::output::sanitize;
use crate::output::style::counted;

/// More diagnostics than this nobody reads; the rest is counted.
const MOST: usize = 100;

/// A mark in lines that are longer than this in all is not drawn, but named.
const MOST_BYTES: usize = 64 << 10;

/// The diagnostics with their marked lines, in colour; the stream strips the colour where it must. Of many, the
/// first [`MOST`] are drawn, errors before warnings.
pub(crate) fn draw(diagnostics: &[Diagnostic], sources: &Sources, width: usize) -> String {
    let renderer = Renderer::styled().term_width(width);
    let mut out = String::new();
    let (drawn, more) = first(diagnostics);
    for diagnostic in drawn {
        out += &one(diagnostic, sources, &renderer);
        out += "\n\n";
    }
    if let Some(more) = more {
        out += &more;
        out += "\n\n";
    }
    out
}

/// Those that are drawn, in their order, and how many are not.
fn first(diagnostics: &[Diagnostic]) -> (Vec<&Diagnostic>, Option<String>) {
    let of = |severity| diagnostics.iter().filter(move |diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let errors_drawn = errors.min(MOST);
    let warnings_drawn = warnings.min(MOST - errors_drawn);
    let (mut errors_left, mut warnings_left) = (errors_drawn, warnings_drawn);
    let drawn = diagnostics.iter().filter(|diagnostic| {
        let left = match diagnostic.severity {
            Severity::Error => &mut errors_left,
            Severity::Warning => &mut warnings_left,
        };
        let draws = *left > 0;
        *left = left.saturating_sub(1);
        draws
    });
    let drawn = drawn.collect();
    let more = [
        (errors - errors_drawn, "more error", "more errors"),
        (warnings - warnings_drawn, "more warning", "more warnings"),
    ];
    let more: Vec<_> =
        more.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(n, one, many)).collect();
    (drawn, (!more.is_empty()).then(|| format!("... and {}", more.join(" and "))))
}

/// The diagnostics, one line each, with their locations; as many as [`draw`] draws.
pub(crate) fn plain(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let one = |diagnostic: &Diagnostic| {
        let span = diagnostic.span.as_ref().map(|span| format!("{}: ", sources.location(span)));
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})"));
        format!("{}{}{}", span.unwrap_or_default(), diagnostic.message, help.unwrap_or_default())
    };
    let (drawn, more) = first(diagnostics);
    drawn.into_iter().map(one).chain(more).collect()
}

/// A mark in a text: where, how, and what stands beside it.
type Mark<'a> = (&'a Span, AnnotationKind, String);

/// The marks that are drawn in one snippet: all, unless they are in two files or too far apart.
fn together<'a>(marks: Vec<Mark<'a>>, sources: &Sources) -> Vec<Vec<Mark<'a>>> {
    let file = marks.first().map(|(span, ..)| span.file);
    let same_file = marks.iter().all(|(span, ..)| Some(span.file) == file);
    if same_file && sources.lines(&around(&marks)).0.len() <= MOST_BYTES {
        return vec![marks];
    }
    marks.into_iter().map(|mark| vec![mark]).collect()
}

/// The shortest span that has all of the marks in it, which are in one file.
fn around(marks: &[Mark<'_>]) -> Span {
    let file = marks.first().map_or(0, |(span, ..)| span.file);
    let start = marks.iter().map(|(span, ..)| span.range.start).min().unwrap_or_default();
    let end = marks.iter().map(|(span, ..)| span.range.end).max().unwrap_or_default();
    Span { file, range: start..end }
}

fn one(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let Diagnostic { code: _, severity, message, span, label, help, related } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = sanitize::terminal(message);
    let mut group =
        level.primary_title(message).elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
    let mut marks: Vec<Mark<'_>> = Vec::new();
    marks.extend(span.as_ref().map(|span| (span, AnnotationKind::Primary, sanitize::terminal(label))));
    marks
        .extend(related.as_ref().map(|(span, why)| (span, AnnotationKind::Context, sanitize::terminal(why))));
    for marks in together(marks, sources) {
        let Some((place, _, _)) = marks.first() else { continue };
        let Some(source) = sources.get(place.file) else { continue };
        let path = sanitize::terminal(&source.name);
        let (lines, line_start) = sources.lines(&around(&marks));
        if lines.len() > MOST_BYTES {
            let location = sources.location(place);
            group = group.element(Origin::path(path).line(location.line).char_column(location.column));
            continue;
        }
        let text = source.text.get(lines.clone()).unwrap_or_default();
        let mut snippet = Snippet::source(sanitize::same_width(text)).line_start(line_start).path(path);
        for (span, kind, label) in marks {
            let within = |at: usize| at.clamp(lines.start, lines.end) - lines.start;
            let annotation = kind.span(within(span.range.start)..within(span.range.end));
            snippet = snippet.annotation(if label.is_empty() { annotation } else { annotation.label(label) });
        }
        group = group.element(snippet);
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(sanitize::terminal(help)));
    }
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::code::DiagnosticCode;

    fn text(drawn: &str) -> String {
        anstream::adapter::strip_str(drawn).to_string()
    }

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add("a.yaml".into(), text.into());
        sources
    }

    fn wrong(at: usize) -> Diagnostic {
        let span = Span { file: 0, range: at..at + 1 };
        Diagnostic::error(DiagnosticCode::UnknownKey, &span, format!("wrong {at}"))
    }

    #[test]
    fn a_hundred_are_drawn_and_the_rest_is_counted() {
        let sources = sources(&"x\n".repeat(20_000));
        let drawn = |count: usize| {
            let errors: Vec<_> = (0..count).map(|n| wrong(2 * n)).collect();
            text(&draw(&errors, &sources, 100))
        };
        assert_eq!(drawn(100).matches("error: wrong").count(), 100);
        assert!(!drawn(100).contains("... and"));
        assert!(drawn(101).ends_with("\n\n... and 1 more error\n\n"));
        let many = drawn(20_000);
        assert_eq!(many.matches("error: wrong").count(), 100);
        assert!(many.ends_with("\n\n... and 19900 more errors\n\n"), "{many}");
        assert!(many.contains(" --> a.yaml:100:1\n"));
        let errors: Vec<_> = (0..20_000).map(|n| wrong(2 * n)).collect();
        let lines = plain(&errors, &sources);
        assert_eq!((lines.len(), lines[100].as_str()), (101, "... and 19900 more errors"));
    }

    #[test]
    fn no_warning_takes_the_place_of_an_error() {
        let sources = sources(&"x\n".repeat(300));
        let all = (0..300).map(|n| match n {
            0..150 => Diagnostic { severity: Severity::Warning, ..wrong(2 * n) },
            _ => wrong(2 * n),
        });
        let mut all: Vec<_> = all.collect();
        let drawn = text(&draw(&all, &sources, 100));
        assert_eq!(drawn.matches("error: wrong").count(), 100);
        assert!(drawn.ends_with("... and 50 more errors and 150 more warnings\n\n"), "{drawn}");
        all.truncate(180);
        let drawn = text(&draw(&all, &sources, 100));
        let count = |what: &str| drawn.matches(what).count();
        assert_eq!((count("error: wrong"), count("warning: wrong")), (30, 70));
        assert!(drawn.ends_with("... and 80 more warnings\n\n"), "{drawn}");
    }

    #[test]
    fn what_is_drawn_does_not_grow_with_the_file() {
        let long = sources(&("x".repeat(MOST_BYTES) + "\n" + &"y\n".repeat(MOST_BYTES)));
        let drawn = text(&draw(&[wrong(3)], &long, 100));
        assert_eq!(drawn, "error: wrong 3\n--> a.yaml:1:4\n\n");
        // Two marks that are far apart: each with its own line
        let other = MOST_BYTES + 1 + 2 * 60_000;
        let far = wrong(MOST_BYTES + 1).related(&Span { file: 0, range: other..other + 1 }, "z");
        let drawn = text(&draw(&[far], &long, 100));
        assert!(drawn.lines().count() < 12, "{drawn}");
        assert!(drawn.contains(" --> a.yaml:2:1\n"), "{drawn}");
        assert!(drawn.contains("::: a.yaml:60002:1\n"), "{drawn}");
    }
}
