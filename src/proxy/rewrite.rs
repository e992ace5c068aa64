//! A request of SOAP 1.1, read as it arrives and written anew from what was read.
//!
//! The head, up to the first element within the operation, is kept until it can be decided: then comes out an
//! envelope with the version that WorkMail takes, the user, and the known headers. What follows comes out piece by piece:
//! tags and text, and no other markup. Names are matched by namespace, never by prefix.

use quick_xml::events::BytesStart;
use quick_xml::name::{Namespace, NamespaceResolver, PrefixDeclaration, QName, ResolveResult};

use super::mailbox::Watch;
use super::operation::Operation;
use super::refusal::Refusal;
use super::rules::{Rules, invalid_header};
use super::scanner::{Scanner, Tag, Token};
use crate::ews::{MESSAGES, SOAP, TYPES, VERSION};
use crate::xml::escape;

/// The head is no longer, in bytes.
pub(super) const MAX_HEAD: u64 = 64 << 10;
/// Elements are nested no deeper.
const MAX_DEPTH: usize = 64;
/// No address of a user is longer, in bytes.
const MAX_ADDRESS: usize = 512;
/// Headers of SOAP that pass as they are, of the types' namespace.
const KNOWN_HEADERS: [&str; 3] = ["MailboxCulture", "TimeZoneContext", "DateTimePrecision"];

/// Reads a request, and writes what is passed on.
pub(super) struct Rewriter<'r> {
    scanner: Scanner,
    document: Document<'r>,
}

/// Where in the document we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// In the envelope, or before it.
    Envelope,
    /// In the header, or in one that is read and not passed on.
    Header,
    /// In a header that passes.
    KnownHeader,
    /// In `RequestServerVersion`.
    Version,
    /// In `ExchangeImpersonation`.
    Impersonation,
    /// In the body.
    Body,
    /// In the operation.
    Operation,
}

struct Document<'r> {
    rules: &'r Rules,
    resolver: NamespaceResolver,
    /// The names of the elements that are open.
    open: Vec<String>,
    part: Part,
    head: Head,
    operation: Option<&'static Operation>,
    /// Set when the head was decided.
    watch: Option<Watch>,
    /// What is to be passed on.
    out: Vec<u8>,
}

/// What was read before the operation.
#[derive(Default)]
struct Head {
    /// The start tags of the envelope, the header and the body, and of the operation.
    envelope: Vec<u8>,
    header: Option<Opened>,
    body: Vec<u8>,
    operation: Vec<u8>,
    /// Whether headers that stand once were there.
    seen: Vec<String>,
    /// Known headers, as they pass.
    known: Vec<u8>,
    has_sid: bool,
    /// The user in `ConnectingSID`.
    address: Option<String>,
    /// For the log, also where it is refused.
    name: String,
}

/// A header's start tag, and its name for the end tag.
struct Opened {
    tag: Vec<u8>,
    name: String,
}

impl<'r> Rewriter<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        let document = Document {
            rules,
            resolver: NamespaceResolver::default(),
            open: Vec::new(),
            part: Part::Envelope,
            head: Head::default(),
            operation: None,
            watch: None,
            out: Vec::new(),
        };
        Self { scanner: Scanner::new(), document }
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// When the request must not pass, whatever follows.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let Self { scanner, document } = self;
        scanner.feed(bytes, &mut |token, position| {
            if document.watch.is_none() && position > MAX_HEAD {
                return Err(too_long());
            }
            document.token(token)
        })?;
        match document.watch.is_none() && scanner.position() > MAX_HEAD {
            true => Err(too_long()),
            false => Ok(()),
        }
    }

    /// Nothing follows.
    ///
    /// # Errors
    /// When the request is not complete.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        self.scanner.finish()?;
        match self.document.watch.is_some() && self.document.open.is_empty() {
            true => Ok(()),
            false => Err("it is not one whole SOAP 1.1 envelope with one operation".into()),
        }
    }

    /// How much waits to be passed on, in bytes.
    pub(super) fn waiting(&self) -> usize {
        self.document.out.len()
    }

    /// What is to be passed on, and was not taken yet. Nothing before the head is decided.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.document.out)
    }

    /// The name of the operation, as far as it was read.
    pub(super) fn operation(&self) -> &str {
        &self.document.head.name
    }

    /// Whom the request is for; before that is decided, whom it names.
    pub(super) fn user(&self) -> Option<&str> {
        let Document { watch, head, rules, .. } = &self.document;
        let decided = watch.as_ref().map(Watch::user);
        decided.or(head.address.as_deref().map(str::trim)).or(rules.user.as_deref())
    }
}

fn too_long() -> Refusal {
    format!("no operation begins within the first {} KiB", MAX_HEAD >> 10).into()
}

impl Document<'_> {
    fn token(&mut self, token: Token<'_>) -> Result<(), Refusal> {
        match token {
            Token::Start(tag) => {
                let empty = tag.empty.then(|| tag.name.clone());
                self.start(tag)?;
                empty.map_or(Ok(()), |name| self.end(&name))
            }
            Token::End(name) => self.end(name),
            Token::Text(text) => self.text(text, false),
            Token::Characters(text) => self.text(text, true),
        }
    }

    fn start(&mut self, tag: Tag) -> Result<(), Refusal> {
        let depth = self.open.len();
        if depth >= MAX_DEPTH {
            return Err(format!("elements are nested more than {MAX_DEPTH} deep").into());
        }
        let (namespace, local) = self.resolve(&tag)?;
        match (self.part, depth) {
            (Part::Envelope, 0) => {
                if (namespace.as_str(), local) != (SOAP, "Envelope") || !self.head.envelope.is_empty() {
                    return Err("it is not one SOAP 1.1 envelope".into());
                }
                write_frame(&mut self.head.envelope, &tag);
            }
            (Part::Envelope, 1) => self.part_of_envelope(&namespace, local, &tag)?,
            (Part::Header, _) => self.header(&namespace, local, &tag)?,
            (Part::KnownHeader, _) if local == "ExchangeImpersonation" => {
                return Err(format!("{local} is out of place").into());
            }
            (Part::KnownHeader, _) => write_start(&mut self.head.known, &tag),
            (Part::Impersonation, _) => self.impersonation(&namespace, local, &tag)?,
            (Part::Body, _) => self.begin_operation(&namespace, local, &tag)?,
            (Part::Operation, _) => {
                self.decide()?;
                if let Some(operation) = self.operation {
                    self.rules.part(operation, local)?;
                }
                if let Some(watch) = &mut self.watch {
                    watch.start(depth - 2, local)?;
                }
                write_start(&mut self.out, &tag);
            }
            (Part::Envelope | Part::Version, _) => return Err(format!("{local} is out of place").into()),
        }
        self.open.push(tag.name);
        Ok(())
    }

    /// The namespace and the local name of an element that begins.
    fn resolve<'t>(&mut self, tag: &'t Tag) -> Result<(String, &'t str), Refusal> {
        let wrong = |_| Refusal::from("a namespace is declared that must not be");
        // Begins a scope. What it declares is added by hand: the parser's own reading leaves references in it
        self.resolver.push(&BytesStart::new("scope")).map_err(wrong)?;
        for (name, value) in &tag.attributes {
            let prefix = match name.strip_prefix("xmlns:") {
                Some(_) if value.is_empty() => return Err("a prefix is declared for no namespace".into()),
                Some(prefix) => PrefixDeclaration::Named(prefix.as_bytes()),
                None if name == "xmlns" => PrefixDeclaration::Default,
                None => continue,
            };
            if !value.chars().all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c)) {
                return Err("a namespace is no URI".into());
            }
            self.resolver.add(prefix, Namespace(value.as_bytes())).map_err(wrong)?;
        }
        for (name, _) in tag.attributes.iter().filter(|(name, _)| !is_declaration(name)) {
            if let (ResolveResult::Unknown(_), _) = self.resolver.resolve_attribute(QName(name.as_bytes())) {
                return Err(format!("the prefix of {name} is not declared").into());
            }
        }
        let namespace = match self.resolver.resolve_element(QName(tag.name.as_bytes())).0 {
            ResolveResult::Bound(namespace) => String::from_utf8_lossy(namespace.0).into_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(_) => {
                return Err(format!("the prefix of {} is not declared", tag.name).into());
            }
        };
        Ok((namespace, tag.name.rsplit(':').next().unwrap_or_default()))
    }

    /// The header or the body.
    fn part_of_envelope(&mut self, namespace: &str, local: &str, tag: &Tag) -> Result<(), Refusal> {
        let mut frame = Vec::new();
        write_frame(&mut frame, tag);
        match local {
            _ if namespace != SOAP || !self.head.body.is_empty() => {
                return Err(format!("{local} is out of place in the envelope").into());
            }
            "Header" if self.head.header.is_none() => {
                self.part = Part::Header;
                self.head.header = Some(Opened { tag: frame, name: tag.name.clone() });
            }
            "Body" => {
                self.part = Part::Body;
                self.head.body = frame;
            }
            _ => return Err(format!("{local} is out of place in the envelope").into()),
        }
        Ok(())
    }

    /// A header of SOAP.
    fn header(&mut self, namespace: &str, local: &str, tag: &Tag) -> Result<(), Refusal> {
        if namespace != TYPES || self.head.seen.iter().any(|seen| seen == local) {
            return Err(format!("the SOAP header {local} is not known, or stands there twice").into());
        }
        self.head.seen.push(local.to_owned());
        self.part = match local {
            "RequestServerVersion" => Part::Version,
            "ExchangeImpersonation" => {
                check_bare(tag)?;
                Part::Impersonation
            }
            _ if KNOWN_HEADERS.contains(&local) => {
                write_start(&mut self.head.known, tag);
                Part::KnownHeader
            }
            _ => return Err(format!("the SOAP header {local} is not known").into()),
        };
        Ok(())
    }

    /// An element in `ExchangeImpersonation`.
    fn impersonation(&mut self, namespace: &str, local: &str, tag: &Tag) -> Result<(), Refusal> {
        check_bare(tag)?;
        match (self.open.len(), local) {
            (3, "ConnectingSID") if namespace == TYPES && !self.head.has_sid => self.head.has_sid = true,
            (4, "PrimarySmtpAddress" | "SmtpAddress")
                if namespace == TYPES && self.head.address.is_none() =>
            {
                self.head.address = Some(String::new());
            }
            _ => {
                return Err(invalid_header(
                    "ExchangeImpersonation has one ConnectingSID with one PrimarySmtpAddress or SmtpAddress",
                ));
            }
        }
        Ok(())
    }

    fn begin_operation(&mut self, namespace: &str, local: &str, tag: &Tag) -> Result<(), Refusal> {
        if self.operation.is_some() || namespace != MESSAGES {
            return Err("the body has something else than one operation".into());
        }
        self.head.name = local.to_owned();
        self.operation = Some(self.rules.operation(local)?);
        write_start(&mut self.head.operation, tag);
        self.part = Part::Operation;
        Ok(())
    }

    /// All is known that the decision needs: writes the head.
    fn decide(&mut self) -> Result<(), Refusal> {
        let (Some(operation), None) = (self.operation, &self.watch) else { return Ok(()) };
        let named =
            match (&self.head.address, self.head.seen.iter().any(|seen| seen == "ExchangeImpersonation")) {
                (None, true) => return Err(invalid_header("ExchangeImpersonation names no user")),
                (address, _) => address.as_deref().map(str::trim),
            };
        let user = self.rules.user(named)?;
        let Head { envelope, header, body, operation: tag, known, .. } = &self.head;
        let (header, end) = match header {
            Some(Opened { tag, name }) => (String::from_utf8_lossy(tag).into_owned(), name.as_str()),
            None => (format!("<w:Header xmlns:w=\"{SOAP}\">"), "w:Header"),
        };
        let own = format!(
            "{header}<w:RequestServerVersion xmlns:w=\"{TYPES}\" Version=\"{VERSION}\"/>\
             <w:ExchangeImpersonation xmlns:w=\"{TYPES}\"><w:ConnectingSID><w:PrimarySmtpAddress>{}\
             </w:PrimarySmtpAddress></w:ConnectingSID></w:ExchangeImpersonation>",
            escape(&user)
        );
        let end = format!("</{end}>");
        let prolog = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".as_slice();
        for part in [prolog, envelope, own.as_bytes(), known, end.as_bytes(), body, tag] {
            self.out.extend_from_slice(part);
        }
        self.watch = Some(Watch::new(operation, user));
        Ok(())
    }

    fn text(&mut self, text: &str, characters: bool) -> Result<(), Refusal> {
        match self.part {
            Part::Operation if self.open.len() > 3 => {
                if let Some(watch) = &mut self.watch {
                    watch.text(text)?;
                }
                write_text(&mut self.out, text, characters);
                return Ok(());
            }
            Part::KnownHeader => {
                write_text(&mut self.head.known, text, characters);
                return Ok(());
            }
            Part::Impersonation if self.open.len() == 5 => {
                if let Some(address) = &mut self.head.address {
                    address.push_str(text);
                    if address.len() > MAX_ADDRESS {
                        return Err(invalid_header("the address in ConnectingSID is too long"));
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        match text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            true => Ok(()),
            false => Err("text stands where no text may stand".into()),
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        if self.open.pop().is_none_or(|open| open != name) {
            return Err(format!("the end tag of {name} is out of place").into());
        }
        self.resolver.pop();
        let depth = self.open.len();
        match self.part {
            Part::Operation => {
                // It may be empty
                self.decide()?;
                match &mut self.watch {
                    Some(watch) if depth > 2 => watch.end(depth - 2)?,
                    _ => self.part = Part::Body,
                }
                write_end(&mut self.out, name);
            }
            Part::Body => {
                if self.operation.is_none() {
                    return Err("the body has no operation".into());
                }
                self.part = Part::Envelope;
                write_end(&mut self.out, name);
            }
            Part::KnownHeader => {
                write_end(&mut self.head.known, name);
                if depth == 2 {
                    self.part = Part::Header;
                }
            }
            Part::Version | Part::Impersonation => {
                if depth == 2 {
                    self.part = Part::Header;
                }
            }
            Part::Header => self.part = Part::Envelope,
            Part::Envelope => write_end(&mut self.out, name),
        }
        Ok(())
    }
}

fn is_declaration(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

/// # Errors
/// When the tag has attributes, which could mean something.
fn check_bare(tag: &Tag) -> Result<(), Refusal> {
    match tag.attributes.iter().all(|(name, _)| is_declaration(name)) {
        true => Ok(()),
        false => Err(invalid_header(&format!("{} has attributes", tag.name))),
    }
}

/// The start tag of a part of the envelope: its name and the prefixes that it declares, for what is in it.
fn write_frame(out: &mut Vec<u8>, tag: &Tag) {
    write_tag(out, tag, is_declaration);
}

fn write_start(out: &mut Vec<u8>, tag: &Tag) {
    write_tag(out, tag, |_| true);
}

fn write_tag(out: &mut Vec<u8>, tag: &Tag, keeps: impl Fn(&str) -> bool) {
    out.push(b'<');
    out.extend_from_slice(tag.name.as_bytes());
    for (name, value) in tag.attributes.iter().filter(|(name, _)| keeps(name)) {
        // A line break in an attribute would be read as a blank
        let value = escape(value).replace('\n', "&#10;").replace('\t', "&#9;");
        for part in [" ", name, "=\"", &value, "\""] {
            out.extend_from_slice(part.as_bytes());
        }
    }
    out.push(b'>');
}

fn write_end(out: &mut Vec<u8>, name: &str) {
    for part in ["</", name, ">"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Text as it stands in a document, or characters.
fn write_text(out: &mut Vec<u8>, text: &str, characters: bool) {
    match characters {
        true => out.extend_from_slice(escape(text).as_bytes()),
        // What ends a CDATA section must not stand in text
        false if text.contains('>') => out.extend_from_slice(text.replace('>', "&gt;").as_bytes()),
        false => out.extend_from_slice(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests;
