//! YAML in which every hidden character is an escape in double quotes, and no line a command to a runner: a text that
//! has either is neither written plain nor as a block.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_yaml::{DoubleQuoted, SerializerOptions};

use super::{escaped_in_quotes, needs_quotes};

/// Any value, as a document. Its keys are the program's own.
///
/// # Errors
/// When the value cannot be JSON, or YAML cannot be written.
pub(crate) fn document(value: &impl Serialize) -> anyhow::Result<String> {
    // By way of JSON, where every value has one form
    let tree: Tree = serde_json::from_str(&serde_json::to_string(value)?)?;
    Ok(escaped(&tree, SerializerOptions::default())?)
}

/// A value whose texts are written by [`text`], as a document.
///
/// # Errors
/// When YAML cannot be written.
pub(crate) fn escaped(
    value: &impl Serialize,
    mut options: SerializerOptions,
) -> Result<String, serde_yaml::ser::Error> {
    // A long line is not folded: a part of it could begin with `::`
    options.folded_wrap_chars = usize::MAX;
    let document = serde_yaml::to_string_with_options(value, options)?;
    Ok(escaped_in_quotes(&document, |c, out| {
        let n = u32::from(c);
        let escape = if n > 0xffff { format!("\\U{n:08x}") } else { format!("\\u{n:04x}") };
        out.push_str(&escape);
    }))
}

/// Writes a text so that [`escaped`] can put escapes into it.
///
/// # Errors
/// Those of the serializer.
pub(crate) fn text<S: Serializer>(text: &impl AsRef<str>, serializer: S) -> Result<S::Ok, S::Error> {
    match text.as_ref() {
        text if needs_quotes(text) => DoubleQuoted(text).serialize(serializer),
        text => serializer.serialize_str(text),
    }
}

/// As [`text`], of a text that may be absent.
///
/// # Errors
/// Those of the serializer.
pub(crate) fn maybe_text<S: Serializer>(
    value: &Option<impl AsRef<str>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => text(value, serializer),
        None => serializer.serialize_none(),
    }
}

/// As [`text`], of each in a list.
///
/// # Errors
/// Those of the serializer.
pub(crate) fn texts<S: Serializer>(values: &[impl AsRef<str>], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(values.len()))?;
    for value in values {
        list.serialize_element(&Text(value.as_ref()))?;
    }
    list.end()
}

/// A text that is written by [`text`].
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        text(&self.0, serializer)
    }
}

/// A value of JSON, whose keys keep their order.
enum Tree {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(value) => text(value, serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Map(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, value) in pairs {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Tree::Null, Tree::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Tree::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Tree::Map(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hostile;

    #[test]
    fn hostile_texts_are_harmless_and_stay_the_same() {
        let texts: Vec<_> =
            hostile::TEXTS.iter().map(|text| serde_json::json!({"a": text, "b": [text]})).collect();
        let text = document(&texts).expect("YAML");
        assert_eq!([hostile::terminal(&text), hostile::runner(&text)].concat(), [""; 0]);
        let read: Vec<serde_json::Value> = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(read, texts);
    }

    #[test]
    fn a_mark_behind_a_quote_stays_the_same() {
        for text in ["x\"\u{c3e}", "\"\u{c3e}", "'\u{301}", "x \"\u{301}\" # y"] {
            let document = document(&serde_json::json!({ "a": text })).expect("YAML");
            let read: serde_json::Value = serde_yaml::from_str(&document).expect("YAML");
            assert_eq!(read["a"], text, "{document}");
        }
    }

    #[test]
    fn keys_keep_their_order_and_plain_lines_stay_readable() {
        let text = document(&serde_json::json!([{"b": 1, "a": [null, true, 1.5, "x\ny"]}])).expect("YAML");
        assert!(text.contains("|-\n"), "{text}");
    }
}
