//! XML as it arrives: markup in whole pieces, text in whatever pieces it comes, so that nothing but a tag is ever kept.
//!
//! Reads less than XML 1.0 has, and refuses the rest: UTF-8 alone, names of ASCII, no document type, no processing
//! instruction, no entity but the five. Whether elements fit together is for who gets the tokens to say.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::BytesStart;

use super::refusal::Refusal;

/// No tag is longer, in bytes.
const MAX_TAG: usize = 16 << 10;
/// No tag has more attributes.
const MAX_ATTRIBUTES: usize = 64;
/// No declaration is longer, in bytes.
const MAX_DECLARATION: usize = 256;
/// No reference is longer, in bytes: `&#1114111;` is the longest that means something.
const MAX_REFERENCE: usize = 12;

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// With its prefix.
    pub(super) name: String,
    /// Names with their prefixes, and values as a parser gives them.
    pub(super) attributes: Vec<(String, String)>,
    /// It is the end, too.
    pub(super) empty: bool,
}

/// A piece of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Start(Tag),
    /// Has the name with its prefix.
    End(&'a str),
    /// Text as it stands in the document, in which no markup and no reference is.
    Text(&'a str),
    /// What a CDATA section holds, or a reference means.
    Characters(&'a str),
}

/// Whoever gets the tokens, each with the number of bytes up to its end.
pub(super) type Sink<'a> = dyn FnMut(Token<'_>, u64) -> Result<(), Refusal> + 'a;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    /// After `<`.
    Open,
    /// In a tag; in an attribute's value that ends with this byte.
    Tag(Option<u8>),
    /// After `<!`.
    Bang,
    /// In a comment, after so many dashes.
    Comment(u8),
    /// In a CDATA section, after so many brackets.
    CData(u8),
    /// After `<?`.
    Declaration,
    /// After `&`.
    Reference,
}

/// Reads a document in pieces.
#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
    /// Of the markup that is read.
    markup: Vec<u8>,
    /// The beginning of a character whose end has not arrived.
    partial: Vec<u8>,
    /// Bytes of the document that were read.
    position: u64,
    /// Something stood in the document.
    begun: bool,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self { state: State::Text, markup: Vec::new(), partial: Vec::new(), position: 0, begun: false }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// What is not read, or what the sink refuses.
    pub(super) fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), Refusal> {
        let joined;
        let bytes = match self.partial.is_empty() {
            true => bytes,
            false => {
                joined = [std::mem::take(&mut self.partial).as_slice(), bytes].concat();
                joined.as_slice()
            }
        };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                let (whole, partial) = bytes.split_at(error.valid_up_to());
                self.partial = partial.to_owned();
                std::str::from_utf8(whole).unwrap_or_default()
            }
            Err(_) => return Err("it is not UTF-8".into()),
        };
        let text = match self.position == 0 {
            // What marks UTF-8 is not part of the document
            true => text.strip_prefix('\u{FEFF}').unwrap_or(text),
            false => text,
        };
        self.read(text, sink)
    }

    /// Nothing follows.
    ///
    /// # Errors
    /// When something is not complete.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        match self.partial.is_empty() && self.state == State::Text {
            true => Ok(()),
            false => Err("it ends within markup or a character".into()),
        }
    }

    fn read(&mut self, text: &str, sink: &mut Sink<'_>) -> Result<(), Refusal> {
        let (start, bytes) = (self.position, text.as_bytes());
        let mut at = 0;
        while at < bytes.len() {
            let from = at;
            match self.state {
                State::Text => {
                    at = end_of(text, at, |byte| matches!(byte, b'<' | b'&'))?;
                    self.position = start + at as u64;
                    if at > from {
                        self.begun = true;
                        sink(Token::Text(&text[from..at]), self.position)?;
                    }
                    if let Some(byte) = bytes.get(at) {
                        self.state = if *byte == b'<' { State::Open } else { State::Reference };
                        self.markup.clear();
                        at += 1;
                    }
                }
                State::CData(brackets) => {
                    at = end_of(text, at, |byte| byte == b']')?;
                    self.position = start + at as u64;
                    if at > from {
                        // What looked like the end was none, or it is the end
                        let (ended, held) = match (brackets, bytes[from]) {
                            (2, b'>') => (true, 0),
                            (held, _) => (false, usize::from(held)),
                        };
                        self.state = State::CData(0);
                        if ended {
                            self.state = State::Text;
                            at = from + 1;
                            continue;
                        }
                        sink(Token::Characters(&"]]"[..held]), self.position)?;
                        sink(Token::Characters(&text[from..at]), self.position)?;
                    } else {
                        // A third bracket makes the first one text
                        if brackets == 2 {
                            sink(Token::Characters("]"), self.position)?;
                        }
                        self.state = State::CData((brackets + 1).min(2));
                        at += 1;
                    }
                }
                _ => {
                    at += 1;
                    self.position = start + at as u64;
                    self.markup(bytes[from], sink)?;
                }
            }
        }
        self.position = start + bytes.len() as u64;
        Ok(())
    }

    /// The next byte of markup.
    fn markup(&mut self, byte: u8, sink: &mut Sink<'_>) -> Result<(), Refusal> {
        match self.state {
            State::Open => match byte {
                b'!' => self.state = State::Bang,
                b'?' => self.state = State::Declaration,
                _ => {
                    self.state = State::Tag(None);
                    return self.markup(byte, sink);
                }
            },
            State::Tag(quote) => match (quote, byte) {
                (_, b'<') => return Err("a < stands within a tag".into()),
                (None, b'>') => {
                    self.state = State::Text;
                    self.begun = true;
                    let markup = std::mem::take(&mut self.markup);
                    let position = self.position;
                    sink(tag(&markup)?, position)?;
                    self.markup = markup;
                }
                (None, b'"' | b'\'') => self.keep(byte, State::Tag(Some(byte)), MAX_TAG)?,
                (Some(open), _) if open == byte => self.keep(byte, State::Tag(None), MAX_TAG)?,
                _ => self.keep(byte, self.state, MAX_TAG)?,
            },
            State::Bang => {
                self.markup.push(byte);
                match self.markup.as_slice() {
                    b"--" => self.state = State::Comment(0),
                    b"[CDATA[" => self.state = State::CData(0),
                    begun if b"--".starts_with(begun) || b"[CDATA[".starts_with(begun) => {}
                    _ => return Err("it has a document type or other markup that begins with <!".into()),
                }
                self.begun = true;
            }
            State::Comment(dashes) => match (dashes, byte) {
                (2, b'>') => self.state = State::Text,
                (2, _) => return Err("a comment has -- in it".into()),
                (_, b'-') => self.state = State::Comment(dashes + 1),
                _ => self.state = State::Comment(0),
            },
            State::Declaration => {
                self.keep(byte, State::Declaration, MAX_DECLARATION)?;
                if self.markup.ends_with(b"?>") {
                    self.state = State::Text;
                    check_declaration(&self.markup[..self.markup.len() - 2], self.begun)?;
                    self.begun = true;
                }
            }
            State::Reference => match byte {
                b';' => {
                    self.state = State::Text;
                    let character = character(&self.markup)?;
                    sink(Token::Characters(&character), self.position)?;
                }
                _ => self.keep(byte, State::Reference, MAX_REFERENCE)?,
            },
            State::Text | State::CData(_) => {}
        }
        Ok(())
    }

    fn keep(&mut self, byte: u8, state: State, most: usize) -> Result<(), Refusal> {
        if self.markup.len() >= most {
            return Err(format!("markup is longer than {most} bytes").into());
        }
        self.markup.push(byte);
        self.state = state;
        Ok(())
    }
}

/// Where text ends that such a byte ends, or where it is over.
fn end_of(text: &str, from: usize, ends: impl Fn(u8) -> bool) -> Result<usize, Refusal> {
    let rest = &text.as_bytes()[from..];
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    let length = rest.iter().position(|byte| ends(*byte) || is_control(*byte)).unwrap_or(rest.len());
    match rest.get(length) {
        Some(byte) if is_control(*byte) => Err("it has a control character, as UTF-16 has".into()),
        _ => Ok(from + length),
    }
}

/// What stands between `<` and `>`.
fn tag(markup: &[u8]) -> Result<Token<'_>, Refusal> {
    let content = std::str::from_utf8(markup).map_err(|_| "a tag is not UTF-8")?;
    if let Some(name) = content.strip_prefix('/') {
        return Ok(Token::End(checked_name(name.trim_end_matches(is_space))?));
    }
    let (content, empty) = match content.strip_suffix('/') {
        Some(content) => (content, true),
        None => (content, false),
    };
    let end = content.find(is_space).unwrap_or(content.len());
    let name = checked_name(&content[..end])?.to_owned();
    let mut attributes = Vec::new();
    for attribute in BytesStart::from_content(content, end).attributes() {
        let attribute = attribute.map_err(|error| format!("an attribute of {name}: {error}"))?;
        let key = std::str::from_utf8(attribute.key.0).map_err(|_| "a name is not UTF-8")?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("an attribute of {name}: {error}"))?;
        if attributes.len() == MAX_ATTRIBUTES || !value.chars().all(is_character) {
            return Err(format!("{name} has more than {MAX_ATTRIBUTES} attributes, or no text in one").into());
        }
        attributes.push((checked_name(key)?.to_owned(), value.into_owned()));
    }
    Ok(Token::Start(Tag { name, attributes, empty }))
}

/// A name with at most one prefix.
fn checked_name(name: &str) -> Result<&str, Refusal> {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let is_name = match name.split_once(':') {
        Some((prefix, local)) => is_part(prefix) && is_part(local),
        None => is_part(name),
    };
    if is_name { Ok(name) } else { Err("a name is not one of EWS".into()) }
}

/// The declaration of XML, which nothing stands before.
fn check_declaration(markup: &[u8], begun: bool) -> Result<(), Refusal> {
    let content = std::str::from_utf8(markup).unwrap_or_default();
    let is_declaration = content.strip_prefix("xml").is_some_and(|rest| rest.starts_with(is_space));
    if begun || !is_declaration {
        return Err("it has a processing instruction".into());
    }
    for attribute in BytesStart::from_content(content, 3).attributes() {
        let attribute = attribute.map_err(|error| format!("the XML declaration: {error}"))?;
        let value = attribute.value.as_ref();
        let known = match attribute.key.0 {
            b"version" => value == b"1.0",
            b"encoding" => value.eq_ignore_ascii_case(b"utf-8"),
            b"standalone" => matches!(value, b"yes" | b"no"),
            _ => false,
        };
        if !known {
            return Err("the XML declaration says something else than XML 1.0 in UTF-8".into());
        }
    }
    Ok(())
}

/// What a reference means.
fn character(name: &[u8]) -> Result<String, Refusal> {
    let name = std::str::from_utf8(name).unwrap_or_default();
    let number = match name.strip_prefix('#') {
        None => {
            return resolve_predefined_entity(name)
                .map(str::to_owned)
                .ok_or_else(|| "it has an entity other than the five of XML".into());
        }
        Some(number) => match number.strip_prefix('x') {
            Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                u32::from_str_radix(hex, 16).ok()
            }
            None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
            _ => None,
        },
    };
    let character = number.and_then(char::from_u32).filter(|c| is_character(*c));
    character.map(String::from).ok_or_else(|| "it has a reference to no character".into())
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// May it stand in a document (XML 1.0, `Char`)?
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests;
