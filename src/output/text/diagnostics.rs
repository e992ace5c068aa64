//! What is wrong with definitions: the file, the line and the place in it, for people and machines.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::{Place, Sources};
use crate::output::style::{self as line, harmless};

/// The diagnostics as a terminal shows them; colour is stripped by the stream.
pub(crate) fn draw(diagnostics: &[Diagnostic], sources: &Sources, width: usize) -> String {
    let renderer = Renderer::styled().term_width(width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out += &one(diagnostic, sources, &renderer);
        out += "\n\n";
    }
    out
}

/// The diagnostics in a line each, with their places.
pub(crate) fn plain(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let one = |diagnostic: &Diagnostic| {
        let place = diagnostic.place.as_ref().map(|place| format!("{}: ", sources.locate(place)));
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})"));
        format!("{}{}{}", place.unwrap_or_default(), diagnostic.message, help.unwrap_or_default())
    };
    diagnostics.iter().map(one).collect()
}

fn one(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let Diagnostic { severity, message, place, label, help, related } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = harmless(message);
    let mut group =
        level.primary_title(message).elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
    let mut marks: Vec<(&Place, AnnotationKind, String)> = Vec::new();
    marks.extend(place.as_ref().map(|place| (place, AnnotationKind::Primary, harmless(label))));
    marks.extend(related.as_ref().map(|(place, why)| (place, AnnotationKind::Context, harmless(why))));
    let same_file =
        marks.iter().all(|(place, _, _)| Some(place.file) == marks.first().map(|(p, _, _)| p.file));
    let snippets: Vec<Vec<_>> =
        if same_file { vec![marks] } else { marks.into_iter().map(|m| vec![m]).collect() };
    for marks in snippets {
        let Some(source) = marks.first().and_then(|(place, _, _)| sources.get(place.file)) else { continue };
        let mut snippet = Snippet::source(same_length(&source.text)).path(harmless(&source.name));
        for (place, kind, label) in marks {
            let end = source.text.len();
            let span = place.span.start.min(end)..place.span.end.min(end);
            let annotation = kind.span(span);
            snippet = snippet.annotation(if label.is_empty() { annotation } else { annotation.label(label) });
        }
        group = group.element(snippet);
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(harmless(help)));
    }
    renderer.render(&[group])
}

/// The text with `?` for every byte of a character that the terminal must not get, so that places in it
/// stay where they are.
fn same_length(text: &str) -> String {
    let keep = |c: char| matches!(c, '\n' | '\r' | '\t') || !line::is_unsafe(c);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if keep(c) { out.push(c) } else { out.extend(std::iter::repeat_n('?', c.len_utf8())) }
    }
    out
}

/// The diagnostics for scripts.
pub(crate) fn values(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Value> {
    let value = |diagnostic: &Diagnostic| {
        let location = diagnostic.place.as_ref().map(|place| sources.locate(place));
        json!({
            "severity": diagnostic.severity,
            "message": diagnostic.message,
            "file": location.as_ref().map(|l| &l.file),
            "line": location.as_ref().map(|l| l.line),
            "column": location.as_ref().map(|l| l.column),
            "help": diagnostic.help,
        })
    };
    diagnostics.iter().map(value).collect()
}
