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
pub(crate) struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text and returns its number.
    pub(crate) fn add(&mut self, name: String, text: String) -> usize {
        self.0.push(Source { name, text });
        self.0.len() - 1
    }

    pub(crate) fn get(&self, file: usize) -> Option<&Source> {
        self.0.get(file)
    }

    /// In the order in which they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// Where a span starts, in lines and columns.
    pub(crate) fn location(&self, span: &Span) -> Location {
        let Some(source) = self.get(span.file) else { return Location::default() };
        let before = source.text.get(..span.range.start).unwrap_or(&source.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Location {
            file: source.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
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
}
