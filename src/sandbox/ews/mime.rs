//! Messages in the form of mail (RFC 5322 and MIME), for clients that ask for `MimeContent`.

use std::fmt::Write as _;
use std::io;

use jiff::fmt::rfc2822::DateTimePrinter;

use crate::sandbox::base64::encode;
use crate::sandbox::body::Body;
use crate::sandbox::contents::Contents;
use crate::sandbox::model::Message;

/// Between parts. All of them are in base64, which has no underscore.
const BOUNDARY: &str = "=_part_=";
/// So many bytes of text in base64 are a word that a header may have (RFC 2047).
const MAX_WORD: usize = 45;

/// The message with its attachments, in base64. It is made while it is sent.
///
/// # Errors
/// When an attachment cannot be opened.
pub(super) fn content(contents: &Contents, message: &Message) -> io::Result<Body> {
    let mut mail = Body::from(head(message));
    let kind = if message.html { "html" } else { "plain" };
    let text_head = format!("Content-Type: text/{kind}; charset=utf-8\r\n");
    let text = Body::from(encode(message.body.as_bytes()));
    if message.attachments.is_empty() {
        push_part(&mut mail, &text_head, text);
        return Ok(Body::in_base64(mail));
    }
    mail.push(format!("Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n--{BOUNDARY}\r\n"));
    push_part(&mut mail, &text_head, text);
    for attachment in &message.attachments {
        let mut file = Body::default();
        contents.push_to(&mut file, attachment)?;
        let file_head = format!(
            "Content-Type: {}\r\nContent-Disposition: attachment; filename*=utf-8''{}\r\n",
            media_type(&attachment.content_type),
            percent_encoded(&attachment.name)
        );
        mail.push(format!("--{BOUNDARY}\r\n"));
        push_part(&mut mail, &file_head, file);
    }
    mail.push(format!("--{BOUNDARY}--\r\n"));
    Ok(Body::in_base64(mail))
}

/// The headers but for those that say what is in it.
fn head(message: &Message) -> String {
    let date = DateTimePrinter::new().timestamp_to_string(&message.received).unwrap_or_default();
    let mut head = String::new();
    for (name, values) in [
        ("From", std::slice::from_ref(&message.from)),
        ("To", &message.to),
        ("Cc", &message.cc),
        ("Subject", std::slice::from_ref(&message.subject)),
        ("Date", &[date]),
        ("Message-ID", &[format!("<{}@sandbox.invalid>", message.id)]),
        ("MIME-Version", &["1.0".to_owned()]),
    ] {
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(|value| in_header(value)).collect();
            // Writing to a string cannot fail
            let _ = write!(head, "{name}: {}\r\n", values.join(",\r\n "));
        }
    }
    head
}

/// A part whose content is base64 already, in lines.
fn push_part(mail: &mut Body, head: &str, content: Body) {
    mail.push(format!("{head}Content-Transfer-Encoding: base64\r\n\r\n"));
    mail.push_in_lines(content);
    mail.push("\r\n");
}

/// Text that can stand in a header: as it is, or in encoded words.
fn in_header(text: &str) -> String {
    if text.len() < 900 && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for character in text.chars() {
        if words.last().is_some_and(|word| word.len() + character.len_utf8() > MAX_WORD) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    let words: Vec<_> = words.iter().map(|word| format!("=?utf-8?B?{}?=", encode(word.as_bytes()))).collect();
    words.join("\r\n ")
}

fn media_type(text: &str) -> &str {
    let is_token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    match text.split_once('/') {
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) => text,
        _ => "application/octet-stream",
    }
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let _ = match byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            true => write!(out, "{}", char::from(byte)),
            false => write!(out, "%{byte:02X}"),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_header() {
        assert_eq!(in_header("Lunch <on> Thursday?"), "Lunch <on> Thursday?");
        assert_eq!(in_header("é"), "=?utf-8?B?w6k=?=");
        for hostile in ["a\r\nBcc: b@example.com", "=?utf-8?B?YQ==?=", "\u{1b}", &"x".repeat(2000)] {
            let text = in_header(hostile);
            let lines: Vec<_> = text.split("\r\n ").collect();
            assert!(lines.iter().all(|line| line.len() <= 75 && line.starts_with("=?utf-8?B?")), "{text}");
            assert!(lines.iter().all(|line| line.bytes().all(|byte| byte.is_ascii_graphic())), "{text}");
        }
        assert_eq!(percent_encoded("a\r\n;\"é.txt"), "a%0D%0A%3B%22%C3%A9.txt");
        for (text, wanted) in [
            ("text/csv", "text/csv"),
            ("text/csv\r\nX: y", "application/octet-stream"),
            ("text", "application/octet-stream"),
            ("", "application/octet-stream"),
        ] {
            assert_eq!(media_type(text), wanted);
        }
    }
}
