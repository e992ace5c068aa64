//! XML in and out: a bounded document as a tree, and text that can stand in one.
//!
//! Names are matched by namespace and local name, never by prefix. A document type is refused, and entities are the
//! predefined ones alone, so that nothing expands and nothing is fetched.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// How deep elements may be nested.
const MAX_DEPTH: usize = 64;
/// How many elements a document may have.
const MAX_ELEMENTS: usize = 100_000;

/// An element, with all that is in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) namespace: String,
    /// The local name.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    /// The text directly in it, in one piece.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// What is wrong with a document, and where.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a document that can be read: {problem}, at byte {at}")]
pub(crate) struct XmlError {
    problem: String,
    at: u64,
}

impl Element {
    /// Parses a document in UTF-8.
    ///
    /// # Errors
    /// When it is not well-formed, has a document type, or is nested too deeply or has too many elements.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(document)
            .map_err(|e| XmlError { problem: "not UTF-8".into(), at: e.valid_up_to() as u64 })?;
        let mut reader = NsReader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        read(&mut reader).map_err(|problem| XmlError { problem, at: reader.buffer_position() })
    }

    /// Has it this name?
    pub(crate) fn is(&self, namespace: &str, name: &str) -> bool {
        self.name == name && self.namespace == namespace
    }

    /// The first child of this name.
    pub(crate) fn child(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.children_of(namespace, name).next()
    }

    /// Every child of this name.
    pub(crate) fn children_of(&self, namespace: &str, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    /// An attribute without a namespace; empty where it is missing.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn read(reader: &mut NsReader<&[u8]>) -> Result<Element, String> {
    let mut open = vec![Element::default()];
    let mut elements = 0;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|error| error.to_string())?;
        let Some(last) = open.last_mut() else { return Err("an end without a start".into()) };
        match event {
            Event::Start(start) => {
                elements += 1;
                let element = begin(&namespace, &start)?;
                open.push(element);
                if open.len() > MAX_DEPTH + 1 || elements > MAX_ELEMENTS {
                    return Err(format!(
                        "more than {MAX_ELEMENTS} elements, or nested more than {MAX_DEPTH} deep"
                    ));
                }
            }
            Event::End(_) => {
                let done = open.pop().unwrap_or_default();
                open.last_mut().ok_or("an end without a start")?.children.push(done);
            }
            Event::Text(text) => last.text += &text.xml10_content().map_err(|e| e.to_string())?,
            Event::CData(text) => last.text += &text.xml10_content().map_err(|e| e.to_string())?,
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|e| e.to_string())?;
                match entity.resolve_char_ref().map_err(|e| e.to_string())? {
                    Some(character) => last.text.push(character),
                    None => last.text += resolve_predefined_entity(&name).ok_or("an unknown entity")?,
                }
            }
            Event::DocType(_) => return Err("a document type".into()),
            Event::Eof => break,
            Event::Empty(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    match open.as_mut_slice() {
        [document] if document.children.len() == 1 && document.text.trim().is_empty() => {
            Ok(document.children.remove(0))
        }
        _ => Err("not one element".into()),
    }
}

fn begin(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => text(namespace.as_ref()),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(prefix) => return Err(format!("an unknown prefix {:?}", text(prefix))),
    };
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        attributes.push((text(attribute.key.as_ref()), value.into_owned()));
    }
    let name = text(start.local_name().as_ref());
    Ok(Element { namespace, name, attributes, ..Element::default() })
}

/// Text as it stands in an element or an attribute. A character that no document may have is replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' | ' '..='\u{FFFD}' | '\u{10000}'.. => out.push(character),
            _ => out.push('\u{FFFD}'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(document: &str) -> Element {
        Element::parse(document.as_bytes()).expect("well-formed")
    }

    fn wrong(document: impl AsRef<[u8]>) -> String {
        Element::parse(document.as_ref()).expect_err("refused").to_string()
    }

    #[test]
    fn an_element_without_anything_is_one() {
        assert_eq!(root("<a/>"), Element { name: "a".into(), ..Element::default() });
    }

    #[test]
    fn names_are_told_apart_by_namespace_and_not_by_prefix() {
        for document in [
            "<a xmlns='u:m'><t:b xmlns:t='u:t' Id='1'/></a>",
            "<x:a xmlns:x='u:m' xmlns:y='u:t'><y:b Id='1'/></x:a>",
        ] {
            let root = root(document);
            assert!(root.is("u:m", "a") && root.child("u:t", "b").is_some(), "{document}");
            assert_eq!(root.child("u:t", "b").map(|b| b.attribute("Id")), Some("1"));
            assert_eq!(root.child("u:m", "b"), None);
        }
    }

    #[test]
    fn text_comes_in_one_piece_from_text_references_and_cdata() {
        let root = root(
            "<?xml version='1.0'?><a c='&lt;&#x41;'>1 &amp; <![CDATA[<2> &amp;]]>&#51;<!-- no --> </a>\n",
        );
        assert_eq!((root.text.as_str(), root.attribute("c")), ("1 & <2> &amp;3 ", "<A"));
    }

    #[test]
    fn what_could_expand_or_is_not_well_formed_is_refused() {
        assert!(
            wrong("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>").contains("a document type, at byte"),
            "{}",
            wrong("<!DOCTYPE a><a/>")
        );
        for document in [
            "",
            "a",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>b",
            "</a>",
            "<a>&x;</a>",
            "<x:a/>",
            "<a b='1' b='2'/>",
        ] {
            wrong(document);
        }
        wrong(b"<a>\xff</a>");
    }

    #[test]
    fn depth_and_number_of_elements_have_a_limit() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        root(&nested(MAX_DEPTH));
        assert!(wrong(nested(MAX_DEPTH + 1)).contains("nested more than 64 deep"));
        assert!(wrong(nested(1_000_000)).contains("nested"));
        let wide = |elements: usize| format!("<a>{}</a>", "<b/>".repeat(elements - 1));
        root(&wide(MAX_ELEMENTS));
        assert!(wrong(wide(MAX_ELEMENTS + 1)).contains("more than 100000 elements"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_back_and_any_bytes_are_survived(
            text: Vec<char>,
            bytes: Vec<u8>,
            tags in proptest::collection::vec(0..TAGS.len(), 0..12),
        ) {
            let text: String = text.into_iter().collect();
            let document = format!("<a b=\"{0}\">{0}</a>", escape(&text));
            proptest::prop_assert_eq!(escape(&root(&document).text), escape(&text));
            let _ = Element::parse(&bytes);
            let _ = Element::parse(tags.into_iter().map(|at| TAGS[at]).collect::<String>().as_bytes());
        }
    }

    /// Parts of documents, whole and broken.
    const TAGS: [&str; 14] = [
        "<a>",
        "</a>",
        "<a/>",
        "<b c='&lt;'>",
        "</b>",
        "<x:a xmlns:x='u'>",
        "</x:a>",
        "&amp;",
        "&#0;",
        "&#xD800;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<?",
    ];

    #[test]
    fn what_is_escaped_is_read_back() {
        let hostile = "</a><b x=\"1\"/>&lt;]]>\r\n\t'é\u{1F600}";
        assert_eq!(root(&format!("<a b=\"{0}\">{0}</a>", escape(hostile))).text, hostile);
        assert_eq!(escape("\0\u{1b}[31m\u{FFFE}"), "\u{FFFD}\u{FFFD}[31m\u{FFFD}");
    }
}
