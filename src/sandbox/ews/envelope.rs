//! What a request says: the version, whom to impersonate, the operation.

use super::part::{Answer, MESSAGES, SOAP, TYPES, fault, plain};
use crate::xml::Element;

/// The versions that are answered (reported of the service).
const VERSIONS: [&str; 2] = ["Exchange2010_SP2", "Exchange2007_SP1"];

/// A request.
#[derive(Debug)]
pub(super) struct Envelope {
    header: Option<Element>,
    /// The operation's element.
    pub(super) request: Element,
}

impl Envelope {
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let mut envelope = Element::parse(body).map_err(|error| error.to_string())?;
        if !envelope.is(SOAP, "Envelope") {
            return Err(format!("{} is not a SOAP 1.1 envelope", envelope.name));
        }
        let (mut bodies, headers): (Vec<_>, Vec<_>) =
            envelope.children.drain(..).partition(|child| child.is(SOAP, "Body"));
        let mut headers = headers.into_iter();
        let header = headers.next();
        if headers.next().is_some() || header.as_ref().is_some_and(|header| !header.is(SOAP, "Header")) {
            return Err("an envelope has at most one Header, and nothing else beside its Body".into());
        }
        match bodies.as_mut_slice() {
            [body] if body.children.len() == 1 && body.children[0].namespace == MESSAGES => {
                Ok(Self { header, request: body.children.remove(0) })
            }
            _ => Err("an envelope has one Body with one operation".into()),
        }
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.header.iter().flat_map(move |header| header.children_of(TYPES, name))
    }

    /// # Errors
    /// The service's fault for a version that it does not answer.
    pub(super) fn check_version(&self) -> Result<(), Answer> {
        if self.headers("RequestServerVersion").all(|header| VERSIONS.contains(&header.attribute("Version")))
        {
            return Ok(());
        }
        Err(fault("ErrorInvalidServerVersion", "The specified server version is invalid."))
    }

    /// The address of the user to impersonate.
    ///
    /// # Errors
    /// A fault where it is not said, said twice, or said in a form that the service does not take.
    pub(super) fn impersonated(&self) -> Result<&str, Answer> {
        let mut sids = self.headers("ExchangeImpersonation").flat_map(|header| &header.children);
        let address = match (sids.next(), sids.next()) {
            (Some(sid), None) if sid.is(TYPES, "ConnectingSID") => match sid.children.as_slice() {
                [one] if one.is(TYPES, "PrimarySmtpAddress") || one.is(TYPES, "SmtpAddress") => {
                    one.text.trim()
                }
                _ => "",
            },
            _ => "",
        };
        if address.is_empty() {
            let text =
                "ExchangeImpersonation has one ConnectingSID with one PrimarySmtpAddress or SmtpAddress.";
            return Err(fault("ErrorInvalidExchangeImpersonationHeaderData", text));
        }
        Ok(address)
    }
}

/// A request that is not understood (reported of the service for elements out of the schema's order).
pub(super) fn bad_request(problem: &str) -> Answer {
    plain(400, format!("{problem}\n"))
}
