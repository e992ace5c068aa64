//! What an operation answers, a part for each thing that was asked for; and the envelopes around it.

use crate::sandbox::body::Body;
use crate::xml::{Element, escape};

/// The namespace of envelopes.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of operations.
pub(super) const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
/// The namespace of what they are about.
pub(super) const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const ERRORS: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";

/// One thing that was asked for: XML, or why not.
pub(super) type Part = Result<Body, Refusal>;

/// An error in a part; a warning where there is XML all the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) text: String,
    pub(super) xml: String,
}

pub(super) fn refuse<T>(code: &'static str, text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, text: text.into(), xml: String::new() })
}

/// What a response has over HTTP.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Is it XML, and no other text?
    pub(super) xml: bool,
    pub(super) body: Body,
}

/// Without XML, as what stands before EWS answers.
pub(super) fn plain(status: u16, text: impl Into<String>) -> Answer {
    Answer { status, xml: false, body: Body::from(text.into()) }
}

/// The request as a whole is refused.
pub(super) fn fault(code: &str, text: &str) -> Answer {
    let text = escape(text);
    // Its children have no namespace: the envelope must not set one
    let body = format!(
        "<s:Fault><faultcode xmlns:a=\"{TYPES}\">a:{code}</faultcode><faultstring xml:lang=\"en-US\">{text}</faultstring>\
         <detail xmlns:e=\"{ERRORS}\"><e:ResponseCode>{code}</e:ResponseCode><e:Message>{text}</e:Message></detail></s:Fault>"
    );
    Answer { status: 500, xml: true, body: envelope("", Body::from(body)) }
}

/// The parts in their order.
pub(super) fn answer(operation: &str, parts: Vec<Part>) -> Answer {
    let mut body = Body::from(format!("<m:{operation}Response><m:ResponseMessages>"));
    for part in parts {
        let class = match &part {
            Ok(_) => "Success",
            Err(refusal) if refusal.xml.is_empty() => "Error",
            Err(_) => "Warning",
        };
        body.push(format!("<m:{operation}ResponseMessage ResponseClass=\"{class}\">"));
        match part {
            Ok(xml) => {
                body.push("<m:ResponseCode>NoError</m:ResponseCode>");
                body.append(xml);
            }
            Err(Refusal { code, text, xml }) => body.push(format!(
                "<m:MessageText>{}</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>\
                 <m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{xml}",
                escape(&text)
            )),
        }
        body.push(format!("</m:{operation}ResponseMessage>"));
    }
    body.push(format!("</m:ResponseMessages></m:{operation}Response>"));
    let header = "<s:Header><t:ServerVersionInfo MajorVersion=\"14\" MinorVersion=\"2\" MajorBuildNumber=\"0\" \
                  MinorBuildNumber=\"0\" Version=\"Exchange2010_SP2\"/></s:Header>";
    Answer { status: 200, xml: true, body: envelope(header, body) }
}

fn envelope(header: &str, body: Body) -> Body {
    let mut envelope = Body::from(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<s:Envelope xmlns:s=\"{SOAP}\" xmlns:t=\"{TYPES}\" \
         xmlns:m=\"{MESSAGES}\">{header}<s:Body>"
    ));
    envelope.append(body);
    envelope.push("</s:Body></s:Envelope>");
    envelope
}

/// An element of the types' namespace with this text.
pub(super) fn tag(name: &str, text: impl ToString) -> String {
    format!("<t:{name}>{}</t:{name}>", escape(&text.to_string()))
}

/// The attributes of an id; of a message that an attachment is in they are called `RootItemId` and the like.
pub(super) fn id_attributes(prefix: &str, id: &str, change: u32) -> String {
    format!("{prefix}Id=\"{id}\" {prefix}ChangeKey=\"{change:08}\"")
}

/// An element that is an id.
pub(super) fn id_tag(name: &str, id: &str, change: u32) -> String {
    format!("<t:{name} {}/>", id_attributes("", id, change))
}

/// Which properties a client wants to see.
#[derive(Debug)]
pub(super) struct Shape {
    all: bool,
    /// Is the message in the form of mail wanted?
    pub(super) mime: bool,
    fields: Vec<String>,
}

impl Shape {
    /// As `ItemShape` or `FolderShape` of a request says it.
    pub(super) fn of(request: &Element, name: &str) -> Self {
        let shape = request.child(MESSAGES, name);
        let base = shape.and_then(|shape| shape.child(TYPES, "BaseShape")).map(|base| base.text.as_str());
        let more = shape.and_then(|shape| shape.child(TYPES, "AdditionalProperties"));
        let uris = more.iter().flat_map(|more| more.children_of(TYPES, "FieldURI"));
        let fields: Vec<_> = uris.map(|uri| uri.attribute("FieldURI").to_owned()).collect();
        let included = shape.and_then(|shape| shape.child(TYPES, "IncludeMimeContent"));
        let is_included = included.is_some_and(|text| text.text.trim() == "true");
        let mime = is_included || fields.iter().any(|field| field == "item:MimeContent");
        Self { all: base.is_some_and(|base| base != "IdOnly"), mime, fields }
    }

    /// The wanted ones of these properties; one without a name is always wanted.
    pub(super) fn draw(&self, properties: &[(&str, String)]) -> String {
        let wanted = |uri: &str| self.all || uri.is_empty() || self.fields.iter().any(|field| field == uri);
        properties.iter().filter(|(uri, _)| wanted(uri)).map(|(_, xml)| xml.as_str()).collect()
    }
}

/// The page that a view asks for, and its attributes in the response.
pub(super) fn page<T>(view: Option<&Element>, mut items: Vec<T>) -> (Vec<T>, String) {
    let number = |name| view.and_then(|view| view.attribute(name).parse::<usize>().ok());
    let (total, offset) = (items.len(), number("Offset").unwrap_or(0));
    let end = number("MaxEntriesReturned").map_or(total, |most| offset.saturating_add(most)).min(total);
    items.truncate(end);
    items.drain(..offset.min(end));
    let last = end == total;
    let next = if last { String::new() } else { format!(" IndexedPagingOffset=\"{end}\"") };
    (items, format!("TotalItemsInView=\"{total}\" IncludesLastItemInRange=\"{last}\"{next}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_with_the_last_item() {
        let view = |most: &str, offset: &str| {
            let text = format!("<V MaxEntriesReturned='{most}' Offset='{offset}'/>");
            page(Some(&Element::parse(text.as_bytes()).expect("XML")), vec![1, 2, 3])
        };
        assert_eq!(page(None, vec![1, 2, 3]).0, [1, 2, 3]);
        let (items, attributes) = view("2", "0");
        assert_eq!(items, [1, 2]);
        let wanted = "TotalItemsInView=\"3\" IncludesLastItemInRange=\"false\" IndexedPagingOffset=\"2\"";
        assert_eq!(attributes, wanted);
        assert_eq!(view("2", "2").0, [3]);
        assert_eq!(view("2", "9").0, [0; 0]);
        assert_eq!(view("99999999999999999999", "1").0, [2, 3]);
        assert!(view("2", "2").1.ends_with("IncludesLastItemInRange=\"true\""));
    }

    #[test]
    fn a_fault_s_own_elements_have_no_namespace() {
        let Answer { status, body, .. } = fault("ErrorAccessDenied", "<no>");
        let document = Element::parse(body.text().as_bytes()).expect("XML");
        let fault = document.child(SOAP, "Body").and_then(|body| body.child(SOAP, "Fault")).expect("a fault");
        let detail = fault.child("", "detail").expect("detail");
        assert_eq!(fault.child("", "faultcode").map(|code| code.text.as_str()), Some("a:ErrorAccessDenied"));
        assert_eq!(fault.child("", "faultstring").map(|text| text.text.as_str()), Some("<no>"));
        assert_eq!(detail.child(ERRORS, "ResponseCode").map(|c| c.text.as_str()), Some("ErrorAccessDenied"));
        assert_eq!(status, 500);
    }
}
