//! YAML as a tree in which every value has its span. Knows no key of the format.
//!
//! A typed deserializer stops at the first error; checking a tree reports all of them at once.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{DuplicateKeyPolicy, NonFiniteFloatPolicy, Options, Spanned};

use super::code::DiagnosticCode;

/// A value and where it is written.
#[derive(Debug)]
pub(super) struct Node {
    pub kind: NodeKind,
    /// Where it is used: for an alias, the alias itself.
    pub bytes: Range<usize>,
    /// Where it is defined: for an alias, the anchored value.
    pub defined: Range<usize>,
}

/// The YAML types.
#[derive(Debug)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    /// Its text is taken from the source: a user may have the name 007.
    Number,
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; a key may occur twice.
    Map(Vec<(Node, Node)>),
}

impl NodeKind {
    /// Its name in messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Why a text cannot be parsed.
#[derive(Debug)]
pub(super) struct SyntaxError {
    pub code: DiagnosticCode,
    pub message: String,
    pub bytes: Range<usize>,
}

/// Reads one YAML document.
pub(super) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let mut options = Options::default();
    options.strict_booleans = true;
    options.with_snippet = false;
    options.non_finite_float_policy = NonFiniteFloatPolicy::AsString;
    // The tree keeps both, so that the parser reports them with their spans
    options.duplicate_keys = DuplicateKeyPolicy::LastWins;
    serde_yaml::from_str_with_options(text, options).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
        let message = error.to_string();
        // The span is shown beside it
        let (code, message) = match message.split(" at line ").next().unwrap_or(&message) {
            // These two messages of the library name its own functions and limits
            text if text.contains("from_str_multiple") => (
                DiagnosticCode::SeveralDocuments,
                "a second document begins here; use one file for each".into(),
            ),
            text if text.contains("budget breached") => {
                (DiagnosticCode::FileTooLarge, "the file is too large for definitions".into())
            }
            text => (DiagnosticCode::NotYaml, text.to_owned()),
        };
        SyntaxError { code, message, bytes: bytes_of(text, line, column) }
    })
}

/// The character at a line and a column, both from 1; the end of the text when there is none.
fn bytes_of(text: &str, line: u64, column: u64) -> Range<usize> {
    let line = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    let line_start = text.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
    let rest = &text[line_start..];
    match rest.char_indices().nth(column) {
        Some((at, c)) => line_start + at..line_start + at + c.len_utf8(),
        None => text.len()..text.len(),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, defined, .. } = Spanned::<NodeKind>::deserialize(deserializer)?;
        Ok(Self { kind: value, bytes: bytes(&referenced), defined: bytes(&defined) })
    }
}

fn bytes(location: &serde_yaml::Location) -> Range<usize> {
    let of = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let start = of(location.span().byte_offset());
    start..start + of(location.span().byte_len())
}

impl<'de> Deserialize<'de> for NodeKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = NodeKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<NodeKind, E> {
        Ok(NodeKind::Null)
    }

    fn visit_none<E>(self) -> Result<NodeKind, E> {
        Ok(NodeKind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<NodeKind, E> {
        Ok(NodeKind::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<NodeKind, E> {
        Ok(NodeKind::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<NodeKind, E> {
        Ok(NodeKind::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<NodeKind, E> {
        Ok(NodeKind::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<NodeKind, E> {
        Ok(NodeKind::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<NodeKind, E> {
        Ok(NodeKind::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<NodeKind, E> {
        Ok(NodeKind::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<NodeKind, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(NodeKind::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<NodeKind, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(NodeKind::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_span() {
        let text = "a: 'é'\nb: [007]\n";
        let Ok(Node { kind: NodeKind::Map(entries), .. }) = parse(text) else { panic!("a mapping") };
        assert_eq!(&text[entries[0].1.bytes.clone()], "'é'");
        let NodeKind::List(items) = &entries[1].1.kind else { panic!("a list") };
        assert_eq!(&text[items[0].bytes.clone()], "007");
    }

    #[test]
    fn a_duplicate_key_is_kept() {
        let Ok(Node { kind: NodeKind::Map(entries), .. }) = parse("a: 1\na: 2\n") else {
            panic!("a mapping")
        };
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn a_syntax_error_has_its_span() {
        let text = "a: 1\nusers: @alice\n";
        let Err(error) = parse(text) else { panic!("an error") };
        assert_eq!((&text[error.bytes], error.message.as_str()), ("@", "unexpected character: `@'"));
        assert_eq!(error.code, DiagnosticCode::NotYaml);
    }

    // The parser recognises two errors of the library by their words: an upgrade that changes them fails here

    #[test]
    fn a_second_document_is_recognised() {
        let text = "version: 1\n---\nversion: 1\n";
        let error = parse(text).expect_err("two documents");
        assert_eq!(error.code, DiagnosticCode::SeveralDocuments, "{}", error.message);
        assert_eq!(error.message, "a second document begins here; use one file for each");
    }

    #[test]
    fn a_file_that_exceeds_the_budget_is_recognised() {
        let text = format!("[{}]\n", "x,".repeat(300_000));
        let error = parse(&text).expect_err("more than the budget");
        assert_eq!(error.code, DiagnosticCode::FileTooLarge, "{}", error.message);
        assert_eq!(error.message, "the file is too large for definitions");
    }

    #[test]
    fn a_flood_of_aliases_is_refused() {
        let mut text = String::from("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
        for (this, last) in ('b'..='j').zip('a'..) {
            text += &format!(
                "{this}: &{this} [*{last},*{last},*{last},*{last},*{last},*{last},*{last},*{last}]\n"
            );
        }
        assert!(parse(&text).is_err());
    }
}
