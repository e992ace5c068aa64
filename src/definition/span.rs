//! The texts that definitions were read from, and spans in them.

use std::ops::Range;

/// A text and its name in messages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// The path as it was given, or `<stdin>`.
    pub name: String,
    pub text: String,
}

/// The texts of one call, numbered from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sources(Vec<Indexed>);

/// A text, and what finds a place in it without reading it from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Indexed {
    source: Source,
    /// Where each line starts, in bytes.
    line_starts: Vec<usize>,
    /// How many characters stand before every [`STEP`]th byte.
    characters: Vec<usize>,
}

/// Bytes between two counts of characters: a line may be as long as the file.
const STEP: usize = 1024;

impl Indexed {
    fn new(source: Source) -> Self {
        let bytes = source.text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let line_starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        let mut count = 0;
        let counted = bytes.chunks(STEP).map(|chunk| {
            let before = count;
            count += characters(chunk);
            before
        });
        let characters = counted.collect();
        Self { source, line_starts, characters }
    }

    /// The line that a byte is in, from 0.
    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// How many characters stand before a byte of the text.
    fn characters_before(&self, at: usize) -> usize {
        let chunk = (at / STEP).min(self.characters.len().saturating_sub(1));
        let rest = self.source.text.as_bytes().get(chunk * STEP..at).unwrap_or_default();
        self.characters.get(chunk).unwrap_or(&0) + characters(rest)
    }
}

/// How many characters of UTF-8 begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl Sources {
    /// Adds a text and returns its number.
    pub(crate) fn add(&mut self, name: String, text: String) -> usize {
        self.0.push(Indexed::new(Source { name, text }));
        self.0.len() - 1
    }

    pub(crate) fn get(&self, file: usize) -> Option<&Source> {
        self.0.get(file).map(|indexed| &indexed.source)
    }

    /// In the order in which they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter().map(|indexed| &indexed.source)
    }

    /// Where a span starts, in lines and columns; the end of the text where it starts behind it.
    pub(crate) fn location(&self, span: &Span) -> Location {
        let Some(indexed) = self.0.get(span.file) else { return Location::default() };
        let at = span.range.start.min(indexed.source.text.len());
        let line = indexed.line(at);
        let line_start = indexed.line_starts.get(line).copied().unwrap_or_default();
        Location {
            file: indexed.source.name.clone(),
            line: line + 1,
            column: indexed.characters_before(at) - indexed.characters_before(line_start) + 1,
        }
    }

    /// The lines that a span is in, as bytes of the text, and the number of the first, from 1.
    pub(crate) fn lines(&self, span: &Span) -> (Range<usize>, usize) {
        let Some(indexed) = self.0.get(span.file) else { return (0..0, 1) };
        let end = indexed.source.text.len();
        let first = indexed.line(span.range.start.min(end));
        // An empty span is in a line too, and the end of a line belongs to it
        let last = indexed.line(span.range.end.saturating_sub(1).max(span.range.start).min(end));
        let start = |line: usize| indexed.line_starts.get(line).copied().unwrap_or(end);
        (start(first)..start(last + 1), first + 1)
    }
}

/// A part of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// The number of the text in its [`Sources`].
    pub file: usize,
    /// Byte offsets; empty for a span between characters.
    pub range: Range<usize>,
}

/// Where a span starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Location {
    /// The name of the text, as in [`Source::name`].
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A value and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_counts_lines_and_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".into(), "é: 1\nüb: x\n".into());
        let span = Span { file, range: 10..11 };
        assert_eq!(sources.location(&span).to_string(), "a.yaml:2:4");
    }

    /// As it was first written: from the start of the text.
    fn counted(text: &str, at: usize) -> (usize, usize) {
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    #[test]
    fn the_index_finds_what_counting_from_the_start_finds() {
        let long = "é".repeat(STEP) + "\n" + &"ab\u{1f600}\n".repeat(STEP) + &"x".repeat(3 * STEP);
        for text in ["", "\n", "a", "a\n", "\n\n", "é", long.as_str()] {
            let mut sources = Sources::default();
            sources.add("other".into(), "\n\n".into());
            let file = sources.add("a.yaml".into(), text.into());
            for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let Location { line, column, .. } = sources.location(&Span { file, range: at..at });
                assert_eq!((line, column), counted(text, at), "{at}");
                let (range, first) = sources.lines(&Span { file, range: at..at });
                assert!(range.start <= at && at <= range.end && first == line, "{at}: {range:?}");
                assert!(text[range].matches('\n').count() <= 1);
            }
        }
        let behind = Span { file: 0, range: 9..10 };
        let mut sources = Sources::default();
        sources.add("a".into(), "x\n".into());
        assert_eq!(sources.location(&behind).to_string(), "a:2:1");
    }

    #[test]
    fn the_lines_of_a_span_are_whole() {
        let mut sources = Sources::default();
        let text = "a: 1\nbc: 2\nd: 3\n";
        let file = sources.add("a.yaml".into(), text.into());
        let lines = |range: Range<usize>| {
            let (lines, first) = sources.lines(&Span { file, range });
            (&text[lines], first)
        };
        assert_eq!(lines(5..7), ("bc: 2\n", 2));
        assert_eq!(lines(5..11), ("bc: 2\n", 2));
        assert_eq!(lines(6..12), ("bc: 2\nd: 3\n", 2));
    }
}
