//! The texts that definitions were read from, and spans in them.

use std::ops::Range;

/// A text and the name that messages call it by.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// The path as it was given, or `<stdin>`.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// Every text of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sources(Vec<Source>);

impl Sources {
    /// Adds a text, and gives its number.
    pub(crate) fn add(&mut self, name: String, text: String) -> usize {
        self.0.push(Source { name, text });
        self.0.len() - 1
    }

    /// The text of this number.
    pub(crate) fn get(&self, file: usize) -> Option<&Source> {
        self.0.get(file)
    }

    /// Every text, in the order in which they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// Where a span is, for people and for machines.
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

/// A stretch of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// The number of the text in its [`Sources`].
    pub file: usize,
    /// Byte offsets; empty for a span between characters.
    pub range: Range<usize>,
}

/// A span as people say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Location {
    /// The name of the text.
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

/// A value and the span that it was written at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_lines_and_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".into(), "é: 1\nüb: x\n".into());
        let span = Span { file, range: 10..11 };
        assert_eq!(sources.location(&span).to_string(), "a.yaml:2:4");
    }
}
