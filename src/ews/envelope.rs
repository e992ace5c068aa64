//! What is sent: one harmless reading, in the version that the service answers.

use crate::xml::escape;

/// The namespace of envelopes.
pub(crate) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of operations.
pub(crate) const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
/// The namespace of what they are about.
pub(crate) const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
/// The namespace of the codes in faults.
pub(crate) const ERRORS: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";

/// The version that WorkMail answers; later ones draw a fault (reported).
pub(crate) const VERSION: &str = "Exchange2010_SP2";

/// Asks for the id of the inbox, as the user of this primary address; without one, as nobody.
pub(super) fn get_inbox(address: Option<&str>) -> String {
    let impersonation = address.map_or_else(String::new, |address| {
        format!(
            "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>{}</t:PrimarySmtpAddress>\
             </t:ConnectingSID></t:ExchangeImpersonation>",
            escape(address)
        )
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"{TYPES}\" \
         xmlns:m=\"{MESSAGES}\"><s:Header><t:RequestServerVersion Version=\"{VERSION}\"/>{impersonation}</s:Header>\
         <s:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>\
         <t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Element;

    fn header(address: Option<&str>) -> Element {
        let document = Element::parse(get_inbox(address).as_bytes()).expect("well-formed");
        document.child(SOAP, "Header").cloned().expect("a header")
    }

    #[test]
    fn without_a_user_nobody_is_impersonated() {
        assert_eq!(header(None).children.len(), 1);
    }

    #[test]
    fn an_address_is_text_whatever_is_in_it() {
        let hostile = "a</t:PrimarySmtpAddress><t:SmtpAddress>ceo&amp;\"'@example.com";
        let header = header(Some(hostile));
        let sid = header
            .child(TYPES, "ExchangeImpersonation")
            .and_then(|header| header.child(TYPES, "ConnectingSID"))
            .expect("somebody");
        let children: Vec<_> =
            sid.children.iter().map(|child| (child.name.as_str(), child.text.as_str())).collect();
        assert_eq!(children, [("PrimarySmtpAddress", hostile)]);
        let version = header.child(TYPES, "RequestServerVersion").expect("a version");
        assert_eq!(version.attribute("Version"), "Exchange2010_SP2");
    }
}
