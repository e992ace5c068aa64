use proptest::prelude::*;

use super::*;
use crate::xml::Element;

/// What comes out of a document in pieces of these lengths, again and again: text and characters joined.
fn read(document: &[u8], lengths: &[usize]) -> Result<Vec<String>, Refusal> {
    let mut scanner = Scanner::new();
    let mut tokens: Vec<String> = Vec::new();
    let (mut rest, mut lengths) = (document, lengths.iter().cycle());
    while !rest.is_empty() {
        let (piece, more) =
            rest.split_at(lengths.next().map_or(rest.len(), |length| (*length).min(rest.len())));
        rest = more;
        scanner.feed(piece, &mut |token, position| {
            assert!(position <= document.len() as u64);
            let text = match token {
                // No text begins so
                Token::Start(tag) => format!("\0<{tag:?}"),
                Token::End(name) => format!("\0</{name}"),
                Token::Text(text) | Token::Characters(text) => match tokens.last_mut() {
                    Some(last) if !last.starts_with('\0') => {
                        last.push_str(text);
                        return Ok(());
                    }
                    _ => text.to_owned(),
                },
            };
            tokens.push(text);
            Ok(())
        })?;
    }
    scanner.finish()?;
    assert_eq!(scanner.position(), document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document).len() as u64);
    Ok(tokens.into_iter().filter(|token| !token.is_empty()).collect())
}

fn problem(document: impl AsRef<[u8]>) -> String {
    let document = document.as_ref();
    let found = [1, 2, 7, document.len().max(1)].map(|length| match read(document, &[length]) {
        Err(Refusal::NotUnderstood(problem)) => problem,
        other => panic!("{other:?} of {:?}", String::from_utf8_lossy(document)),
    });
    assert!(found.iter().all(|problem| *problem == found[0]), "{found:?}");
    found[0].clone()
}

#[test]
fn tags_and_text_come_out_and_comments_do_not() {
    let document = "\u{FEFF}<?xml version=\"1.0\" encoding='UTF-8' standalone=\"yes\"?>\n\
        <a:b  c = \"1 &amp; '&#x32;\" d='\"'>e&lt;<!-- - <x> &y; -->f<![CDATA[<g> &h; ]] ]]]>\u{e9}</a:b ><i/>";
    let tag = |name: &str, attributes: &[(&str, &str)], empty| {
        let attributes = attributes.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        format!("\0<{:?}", Tag { name: name.into(), attributes, empty })
    };
    let wanted = [
        "\n".to_owned(),
        tag("a:b", &[("c", "1 & '2"), ("d", "\"")], false),
        "e<f<g> &h; ]] ]\u{e9}".into(),
        "\0</a:b".into(),
        tag("i", &[], true),
    ];
    for length in 1..document.len() {
        assert_eq!(read(document.as_bytes(), &[length]).expect("read"), wanted, "{length}");
    }
}

#[test]
fn what_is_not_plain_xml_in_utf_8_is_refused() {
    let utf16: Vec<u8> = "<?xml version=\"1.0\"?><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (document, wanted) in [
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "a document type"),
        ("<a><!ELEMENT b ANY></a>", "a document type"),
        ("<a><![INCLUDE[b]]></a>", "a document type"),
        ("<?php echo 1 ?><a/>", "a processing instruction"),
        ("<a><?xml version=\"1.0\"?></a>", "a processing instruction"),
        (" <?xml version=\"1.0\"?><a/>", "a processing instruction"),
        ("<?xml version=\"1.0\"?><?xml version=\"1.0\"?><a/>", "a processing instruction"),
        ("<?xml version=\"1.1\"?><a/>", "something else than XML 1.0"),
        ("<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", "something else than XML 1.0"),
        ("<?xml version=\"1.0\" encoding=\"utf-7\"?><a/>", "something else than XML 1.0"),
        ("<?xml version=\"1.0\" encoding=\"ebcdic-cp-us\"?><a/>", "something else than XML 1.0"),
        ("<a>&b;</a>", "an entity other than the five"),
        ("<a>&;</a>", "an entity other than the five"),
        ("<a>&#0;</a>", "a reference to no character"),
        ("<a>&#xD800;</a>", "a reference to no character"),
        ("<a>&#x110000;</a>", "a reference to no character"),
        ("<a>&#+65;</a>", "a reference to no character"),
        ("<a>&#x+41;</a>", "a reference to no character"),
        ("<a>& and more than a reference", "longer than 12 bytes"),
        ("<a b=\"&c;\"/>", "an attribute of a"),
        ("<a b=\"&#1;\"/>", "no text in one"),
        ("<a b=c/>", "an attribute of a"),
        ("<a b/>", "an attribute of a"),
        ("<a b=\"1\" b=\"2\"/>", "an attribute of a"),
        ("<a b=\"<c>\"/>", "a < stands within a tag"),
        ("<a <b>", "a < stands within a tag"),
        ("< a>", "a name is not one of EWS"),
        ("<>", "a name is not one of EWS"),
        ("</>", "a name is not one of EWS"),
        ("<a:b:c/>", "a name is not one of EWS"),
        ("<:a/>", "a name is not one of EWS"),
        ("<\u{e9}/>", "a name is not one of EWS"),
        ("<a\u{a0}b=\"1\"/>", "a name is not one of EWS"),
        ("<a><!-- b -- c --></a>", "a comment has --"),
        ("<a><!-- b --->", "a comment has --"),
        ("<a>\u{1}</a>", "a control character"),
        ("<a><![CDATA[\u{0}]]></a>", "a control character"),
        ("<a", "ends within markup"),
        ("<a><!-->", "ends within markup"),
        ("<a><![CDATA[]>", "ends within markup"),
        ("&amp", "ends within markup"),
    ] {
        assert!(problem(document).contains(wanted), "{document}: {}", problem(document));
    }
    assert!(problem(b"<a>\xff</a>").contains("not UTF-8"));
    assert!(problem(b"<a>\xc3").contains("ends within"));
    assert!(problem(&utf16).contains("a name is not one of EWS"));
    assert!(problem(b"\0<\0a\0/\0>").contains("control character"));
    assert!(problem([b"\xff\xfe".as_slice(), &utf16].concat()).contains("not UTF-8"));
    assert!(problem(format!("<a b=\"{}\"/>", "c".repeat(MAX_TAG))).contains("longer than"));
    let many: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" b{n}=''")).collect();
    assert!(problem(format!("<a{many}/>")).contains("attributes"));
}

#[test]
fn no_more_than_a_tag_is_kept() {
    let mut scanner = Scanner::new();
    let (mut text, piece) = (0, "QUJD".repeat(16 << 10));
    for (before, after, times) in [("<a>", "</a>", 64), ("<!--", "-->", 64), ("<![CDATA[", "]]>", 64)] {
        for piece in [before].into_iter().chain(std::iter::repeat_n(piece.as_str(), times)).chain([after]) {
            let count = &mut |token: Token<'_>, _| {
                if let Token::Text(piece) | Token::Characters(piece) = token {
                    text += piece.len();
                }
                Ok(())
            };
            scanner.feed(piece.as_bytes(), count).expect("read");
        }
    }
    assert_eq!(text, 2 * 64 * piece.len());
    assert!(scanner.markup.capacity() < 64 && scanner.partial.is_empty());
}

/// Parts of documents, whole and broken.
const PARTS: [&str; 22] = [
    "<a>",
    "</a>",
    "<a/>",
    "<b c='&lt;'>",
    "</b>",
    "&amp;",
    "&#65;",
    "&#0;",
    "<![CDATA[",
    "]]>",
    "]",
    "<!--",
    "-->",
    "-",
    "<?xml version='1.0'?>",
    "<",
    ">",
    "&",
    "'",
    "text",
    "\u{e9}",
    " ",
];

proptest! {
    /// However a document arrives, it is read the same; and what is read, the parser of the sandbox reads too.
    #[test]
    fn pieces_never_matter_and_nothing_is_read_that_a_parser_refuses(
        parts in proptest::collection::vec(0..PARTS.len(), 0..14),
        bytes in proptest::collection::vec(any::<u8>(), 0..6),
        lengths in proptest::collection::vec(1_usize..9, 1..5),
    ) {
        let mut document = parts.into_iter().map(|at| PARTS[at]).collect::<String>().into_bytes();
        let whole = read(&document, &[]);
        prop_assert_eq!(read(&document, &lengths).ok(), whole.ok());
        let text = format!("<r>{}</r>", String::from_utf8_lossy(&document));
        if let Ok(tokens) = read(text.as_bytes(), &lengths)
            && let Ok(element) = Element::parse(text.as_bytes())
        {
            fn text_of(element: &Element) -> usize {
                element.text.len() + element.children.iter().map(text_of).sum::<usize>()
            }
            let read: usize = tokens.iter().filter(|token| !token.starts_with('\0')).map(String::len).sum();
            prop_assert_eq!(read, text_of(&element));
        }
        document.extend(bytes);
        let whole = read(&document, &[]);
        prop_assert_eq!(read(&document, &lengths).ok(), whole.ok());
    }
}
