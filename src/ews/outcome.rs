//! What an answer of EWS means. Pure.
//!
//! Which code WorkMail sends for what is not documented: HTTP 401, HTTP 403, a fault and an error in a response are
//! told apart, and a code that says nothing certain of the mailbox is never taken for a refusal.

use std::fmt;

use super::envelope::{ERRORS, MESSAGES, SOAP, TYPES};
use crate::id::{OrganizationId, UserId};
use crate::xml::Element;

/// No more of the server's own words is kept, in characters.
const MOST_WORDS: usize = 200;

/// An answer as it came.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) location: String,
    pub(super) body: String,
}

/// The mailbox that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mailbox<'a> {
    pub(crate) organization: &'a OrganizationId,
    pub(crate) user: &'a UserId,
    /// The user's primary address.
    pub(crate) address: &'a str,
}

/// What came of opening a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It opened.
    Opened(Proof),
    /// It did not, and the answer says that it is closed.
    Refused(Refusal),
    /// Whether it is open is not known.
    Unknown(Failure),
}

/// What shows that it was the mailbox asked for. A folder id that names a different one is a
/// [`Failure::OtherMailbox`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The folder's id names the user.
    Named,
    /// The folder's id names nobody.
    Unnamed,
}

/// Why a mailbox is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The role may not impersonate the user. Has the code.
    Impersonation(String),
    /// There is no mailbox of this address. Has the code.
    NoMailbox(String),
    /// Access is denied, for no reason that is said. Has the code.
    Access(String),
    /// HTTP 403, as of an access control rule.
    AccessControl,
}

/// Why nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// HTTP 401: the token is forged, or has expired.
    Token,
    /// A mailbox opened, and the folder's id names this user instead.
    OtherMailbox(String),
    /// This machine has no root certificates, so that nothing is sent.
    NoRoots,
    /// There is no connection: to where, through which proxy, and in the system's words.
    NoConnection(String),
    /// The connection ended before the answer did.
    Dropped(String),
    /// So many seconds were not enough.
    Timeout(u64),
    /// More than so many bytes.
    TooLong(usize),
    /// A web page, with this status.
    Page(u16),
    /// A redirect, which is not followed.
    Redirect(u16, String),
    /// A status that says nothing of the mailbox.
    Status(u16),
    /// A code that says nothing of the mailbox, and the server's words.
    Code(String, String),
    /// Neither EWS nor a page.
    NotEws(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Impersonation(code) => write!(f, "impersonation denied ({code})"),
            Self::NoMailbox(code) => write!(f, "no mailbox has this address ({code})"),
            Self::Access(code) => write!(f, "access denied ({code})"),
            Self::AccessControl => write!(f, "HTTP 403, as from an access control rule"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token => write!(f, "HTTP 401, the token is not accepted"),
            Self::OtherMailbox(user) => write!(f, "a different mailbox opened, that of user {user}"),
            Self::NoRoots => write!(f, "this machine has no root certificates that can be read"),
            Self::NoConnection(words) => write!(f, "no connection to {words}"),
            Self::Dropped(words) => write!(f, "the connection was dropped: {words}"),
            Self::Timeout(seconds) => write!(f, "no complete answer within {seconds} s"),
            Self::TooLong(bytes) => write!(f, "the answer has more than {} MiB", bytes >> 20),
            Self::Page(status) => write!(f, "HTTP {status} with a web page, not EWS"),
            Self::Redirect(status, to) => write!(f, "HTTP {status}, a redirect to {to} (not followed)"),
            Self::Status(status) => write!(f, "HTTP {status}"),
            Self::Code(code, words) if words.is_empty() => write!(f, "{code}"),
            Self::Code(code, words) => write!(f, "{code}: {words}"),
            Self::NotEws(problem) => write!(f, "not an answer of EWS: {problem}"),
        }
    }
}

impl Failure {
    /// What to do about it.
    pub(crate) fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::Token => "a token works where its role is: check --region, --endpoint-url and --ews-url",
            Self::OtherMailbox(_) => {
                "this must not happen: assume the role no more, and ask AWS Support which mailbox a token opens"
            }
            Self::NoRoots => {
                "install the ca-certificates package, or name a file of certificates with SSL_CERT_FILE"
            }
            Self::NoConnection(words) if words.contains("certificate") => {
                "something on the way may answer instead: if it may, name its certificate authority with SSL_CERT_FILE"
            }
            Self::NoConnection(_) | Self::Dropped(_) | Self::Timeout(_) => {
                "check the network, the proxy (HTTPS_PROXY, NO_PROXY) and --ews-url"
            }
            Self::Page(403) => {
                "a proxy seems to answer (HTTPS_PROXY), or an access control rule: --ip ADDRESS asks those"
            }
            Self::Page(_) | Self::Redirect(..) | Self::NotEws(_) | Self::TooLong(_) => {
                "check --ews-url and the proxy (HTTPS_PROXY), and sign in to the network where it asks for that"
            }
            Self::Status(407) => "give the proxy's user and password in HTTPS_PROXY",
            Self::Status(404 | 405) => "check --ews-url",
            Self::Status(429 | 500..) | Self::Code(..) => "try again later, or let --wait 5m repeat it",
            Self::Status(_) => return None,
        })
    }
}

/// What the answer to opening a mailbox means.
pub(super) fn classify(reply: &Reply, mailbox: &Mailbox<'_>) -> Outcome {
    if let Some(outcome) = without_body(reply) {
        return outcome;
    }
    let content = match soap_body(&reply.body) {
        Ok(content) => content,
        Err(_) if !(200..300).contains(&reply.status) => {
            return Outcome::Unknown(Failure::Status(reply.status));
        }
        Err(problem) => return Outcome::Unknown(Failure::NotEws(problem)),
    };
    if content.is(SOAP, "Fault") {
        let (code, words) = fault(&content);
        return refused(code, words);
    }
    let message = content
        .child(MESSAGES, "ResponseMessages")
        .and_then(|messages| messages.child(MESSAGES, "GetFolderResponseMessage"));
    let Some(message) = message.filter(|_| content.is(MESSAGES, "GetFolderResponse")) else {
        return Outcome::Unknown(Failure::NotEws("no answer to GetFolder is in it".into()));
    };
    let text = |name| message.child(MESSAGES, name).map_or("", |child| child.text.trim());
    match (message.attribute("ResponseClass"), text("ResponseCode")) {
        ("Success", "NoError") if reply.status == 200 => opened(message, mailbox),
        (_, "NoError" | "") => Outcome::Unknown(Failure::NotEws("an answer without a result".into())),
        (_, code) => refused(shortened(code), shortened(text("MessageText"))),
    }
}

/// What status and kind of an answer say by themselves.
fn without_body(reply: &Reply) -> Option<Outcome> {
    let Reply { status, .. } = *reply;
    match status {
        401 => Some(Outcome::Unknown(Failure::Token)),
        300..=399 => Some(Outcome::Unknown(Failure::Redirect(status, shortened(&reply.location)))),
        407 => Some(Outcome::Unknown(Failure::Status(status))),
        _ if is_page(reply) => Some(Outcome::Unknown(Failure::Page(status))),
        403 => Some(Outcome::Refused(Refusal::AccessControl)),
        _ => None,
    }
}

/// Does EWS answer at all, to a request without a token?
///
/// # Errors
/// What answers instead.
pub(super) fn is_ews(reply: &Reply) -> Result<(), Failure> {
    match without_body(reply) {
        Some(Outcome::Unknown(Failure::Token)) => return Ok(()),
        Some(Outcome::Unknown(failure)) => return Err(failure),
        _ => {}
    }
    match soap_body(&reply.body) {
        Ok(_) => Ok(()),
        Err(_) if !(200..300).contains(&reply.status) => Err(Failure::Status(reply.status)),
        Err(problem) => Err(Failure::NotEws(problem)),
    }
}

fn is_page(reply: &Reply) -> bool {
    let start = reply.body.trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
    reply.content_type.trim().to_ascii_lowercase().starts_with("text/html")
        || start == "<!doctype"
        || start.starts_with("<html")
}

/// The only element in the body of a SOAP 1.1 envelope.
fn soap_body(body: &str) -> Result<Element, String> {
    let mut envelope = Element::parse(body.as_bytes()).map_err(|error| error.to_string())?;
    if !envelope.is(SOAP, "Envelope") {
        return Err("it is not a SOAP 1.1 envelope".into());
    }
    let bodies = envelope.children.iter_mut().filter(|child| child.is(SOAP, "Body"));
    match bodies.collect::<Vec<_>>().as_mut_slice() {
        [body] if body.children.len() == 1 => Ok(body.children.remove(0)),
        _ => Err("it is an envelope without one body".into()),
    }
}

/// The code and the words of a fault. Its own elements have no namespace.
fn fault(fault: &Element) -> (String, String) {
    let code = fault.child("", "detail").and_then(|detail| detail.child(ERRORS, "ResponseCode"));
    let code = code.or_else(|| fault.child("", "faultcode")).map_or("", |code| code.text.trim());
    let code = code.rsplit(':').next().unwrap_or_default();
    let words = fault.child("", "faultstring").map_or("", |words| words.text.trim());
    (shortened(if code.is_empty() { "a fault without a code" } else { code }), shortened(words))
}

/// What a code says of the mailbox.
fn refused(code: String, words: String) -> Outcome {
    match code.as_str() {
        "ErrorImpersonateUserDenied" | "ErrorImpersonationDenied" => {
            Outcome::Refused(Refusal::Impersonation(code))
        }
        "ErrorNonExistentMailbox" => Outcome::Refused(Refusal::NoMailbox(code)),
        "ErrorAccessDenied" => Outcome::Refused(Refusal::Access(code)),
        // ErrorImpersonationFailed is one of them: Exchange documents it for failures of its own
        _ => Outcome::Unknown(Failure::Code(code, words)),
    }
}

/// The mailbox opened: which one?
fn opened(message: &Element, mailbox: &Mailbox<'_>) -> Outcome {
    let folder = message.child(MESSAGES, "Folders").and_then(|folders| folders.children.first());
    let id = folder.and_then(|folder| folder.child(TYPES, "FolderId")).map_or("", |id| id.attribute("Id"));
    match owner(id) {
        None => Outcome::Opened(Proof::Unnamed),
        Some((organization, user)) => {
            let of_another = organization.is_some_and(|found| !same(&found, mailbox.organization.as_str()));
            match !of_another && same(&user, mailbox.user.as_str()) {
                true => Outcome::Opened(Proof::Named),
                false => Outcome::Unknown(Failure::OtherMailbox(user)),
            }
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Whose a folder is by its id: base64 in which `/O=<organization id>/…/CN=<user id>` stands in clear (reported, of
/// one). None where it names nobody: what has not the form of a user's id is no name.
fn owner(id: &str) -> Option<(Option<String>, String)> {
    let bytes = base64(id)?;
    let text: String =
        bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '\0' }).collect();
    let name = |text: &str| -> String {
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    };
    let upper = text.to_ascii_uppercase();
    let start = upper.find("/O=")?;
    // The containers of a name are CNs too; the user is the last
    let user = name(&text[start + upper[start..].rfind("/CN=")? + 4..]);
    let is_user = uuid::Uuid::try_parse(&user).is_ok() || user.to_ascii_uppercase().starts_with("S-1-");
    let organization = name(&text[start + 3..]);
    let organization = OrganizationId::parse(organization.to_ascii_lowercase()).ok();
    is_user.then(|| (organization.map(|id| id.to_string()), user))
}

/// The bytes of a text in base64.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    aws_smithy_types::base64::decode(text).ok()
}

/// The beginning of a text that a server sent, in one line.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
