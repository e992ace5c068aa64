//! Diagnostics as text: with the marked line of the file, or in one line each.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Sources, Span};
use crate::output::sanitize;

/// The diagnostics with their marked lines, in colour; the stream strips the colour where it must.
pub(crate) fn draw(diagnostics: &[Diagnostic], sources: &Sources, width: usize) -> String {
    let renderer = Renderer::styled().term_width(width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out += &one(diagnostic, sources, &renderer);
        out += "\n\n";
    }
    out
}

/// The diagnostics, one line each, with their locations.
pub(crate) fn plain(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let one = |diagnostic: &Diagnostic| {
        let span = diagnostic.span.as_ref().map(|span| format!("{}: ", sources.location(span)));
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})"));
        format!("{}{}{}", span.unwrap_or_default(), diagnostic.message, help.unwrap_or_default())
    };
    diagnostics.iter().map(one).collect()
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
    let mut marks: Vec<(&Span, AnnotationKind, String)> = Vec::new();
    marks.extend(span.as_ref().map(|span| (span, AnnotationKind::Primary, sanitize::terminal(label))));
    marks
        .extend(related.as_ref().map(|(span, why)| (span, AnnotationKind::Context, sanitize::terminal(why))));
    let same_file = marks.iter().all(|(span, _, _)| Some(span.file) == marks.first().map(|(p, _, _)| p.file));
    let snippets: Vec<Vec<_>> =
        if same_file { vec![marks] } else { marks.into_iter().map(|m| vec![m]).collect() };
    for marks in snippets {
        let Some(source) = marks.first().and_then(|(span, _, _)| sources.get(span.file)) else { continue };
        let mut snippet =
            Snippet::source(sanitize::same_width(&source.text)).path(sanitize::terminal(&source.name));
        for (span, kind, label) in marks {
            let end = source.text.len();
            let range = span.range.start.min(end)..span.range.end.min(end);
            let annotation = kind.span(range);
            snippet = snippet.annotation(if label.is_empty() { annotation } else { annotation.label(label) });
        }
        group = group.element(snippet);
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(sanitize::terminal(help)));
    }
    renderer.render(&[group])
}
