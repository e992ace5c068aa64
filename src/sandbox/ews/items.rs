//! Messages as they are read: found in a folder, or shown whole with their attachments.

use std::io;

use super::folders::{check_open, find, listed};
use super::ids::{self, Named, id};
use super::mime;
use super::part::{MESSAGES, Part, Refusal, Shape, TYPES, id_attributes, id_tag, page, refuse, tag};
use super::visitor::Visitor;
use crate::sandbox::body::Body;
use crate::sandbox::model::{Attachment, Message, Organization};
use crate::sorted;
use crate::xml::Element;

/// The place in `organization.messages` of the message of this id, if the visitor may open its mailbox; and
/// the attachment, where the id is one's.
pub(super) fn place_of(
    organization: &Organization,
    visitor: &Visitor,
    named: &Element,
) -> Result<(usize, Option<usize>), Refusal> {
    let Named { owner, what } = ids::open(organization, named.attribute("Id"))?;
    check_open(organization, visitor, &owner)?;
    let (message, attachment) = what.split_once('\0').unwrap_or((&what, ""));
    let at = organization.messages.iter().position(|m| m.mailbox == owner && m.id == message);
    let Some(at) = at else {
        return refuse("ErrorItemNotFound", "The specified object was not found in the store.");
    };
    Ok((at, organization.messages[at].attachments.iter().position(|known| known.id == attachment)))
}

fn item_id(organization: &Organization, message: &Message) -> String {
    id_tag("ItemId", &id(organization, &message.mailbox, &message.id), message.change)
}

/// The id of a message, as the attributes that stand at its attachments.
pub(super) fn root_id(organization: &Organization, message: &Message) -> String {
    id_attributes("RootItem", &id(organization, &message.mailbox, &message.id), message.change)
}

/// A message with nothing but its id, in a list of items.
pub(super) fn only_id(organization: &Organization, message: &Message) -> String {
    let id = item_id(organization, message);
    format!("<m:Items><t:Message>{id}</t:Message></m:Items>")
}

fn address(organization: &Organization, address: &str) -> String {
    let user = organization.users.iter().find(|user| user.email.as_deref() == Some(address));
    let name = tag("Name", user.map_or(address, |user| &user.display_name));
    let address = tag("EmailAddress", address);
    format!("<t:Mailbox>{name}{address}{}</t:Mailbox>", tag("RoutingType", "SMTP"))
}

/// An attachment without its content.
pub(super) fn draw_attachment(
    organization: &Organization,
    message: &Message,
    attachment: &Attachment,
) -> String {
    let Attachment { id: part, name, content_type, content } = attachment;
    let id = id(organization, &message.mailbox, &format!("{}\0{part}", message.id));
    let root = root_id(organization, message);
    let (name, kind) = (tag("Name", name), tag("ContentType", content_type));
    let size = tag("Size", content.bytes());
    format!("<t:FileAttachment><t:AttachmentId Id=\"{id}\" {root}/>{name}{kind}{size}</t:FileAttachment>")
}

/// An attachment with its content, which is made or read while it is sent.
fn draw_whole(
    organization: &Organization,
    visitor: &Visitor,
    message: &Message,
    attachment: &Attachment,
) -> Part {
    const END: &str = "</t:FileAttachment>";
    let mut head = draw_attachment(organization, message, attachment);
    head.truncate(head.len() - END.len());
    let mut body = Body::from(format!("<m:Attachments>{head}<t:Content>"));
    if let Err(error) = visitor.store.contents().push_to(&mut body, attachment) {
        return cannot_open(&error);
    }
    body.push(format!("</t:Content>{END}</m:Attachments>"));
    Ok(body)
}

fn cannot_open<T>(error: &io::Error) -> Result<T, Refusal> {
    refuse("ErrorCannotOpenFileAttachment", error.to_string())
}

/// A message as a search gives it: without body, recipients and attachments.
pub(super) fn draw(organization: &Organization, message: &Message, shape: &Shape) -> String {
    format!("<t:Message>{}</t:Message>", draw_properties(organization, message, shape, false))
}

/// The properties in the order of the schema, but for `MimeContent`, which comes first.
fn draw_properties(organization: &Organization, message: &Message, shape: &Shape, whole: bool) -> String {
    let list = |name: &str, list: &[String]| match list {
        [] => String::new(),
        _ => format!(
            "<t:{name}>{}</t:{name}>",
            list.iter().map(|one| address(organization, one)).collect::<String>()
        ),
    };
    let kind = if message.html { "HTML" } else { "Text" };
    let body = tag("Body", &message.body).replacen("<t:Body>", &format!("<t:Body BodyType=\"{kind}\">"), 1);
    let attached = message.attachments.iter().map(|one| draw_attachment(organization, message, one));
    let attached: String = attached.collect();
    let attached =
        if attached.is_empty() { attached } else { format!("<t:Attachments>{attached}</t:Attachments>") };
    let attachments = message.attachments.iter().map(|attachment| attachment.content.bytes());
    let size = message.body.len() as u64 + attachments.sum::<u64>();
    let folder = id_tag("ParentFolderId", &id(organization, &message.mailbox, &message.folder), 0);
    let from = address(organization, &message.from);
    let properties = [
        ("", item_id(organization, message)),
        ("item:ParentFolderId", folder),
        ("item:ItemClass", tag("ItemClass", "IPM.Note")),
        ("item:Subject", tag("Subject", &message.subject)),
        ("item:Body", if whole { body } else { String::new() }),
        ("item:Attachments", if whole { attached } else { String::new() }),
        ("item:DateTimeReceived", tag("DateTimeReceived", message.received)),
        ("item:Size", tag("Size", size)),
        ("item:Importance", tag("Importance", "Normal")),
        ("item:IsDraft", tag("IsDraft", message.draft)),
        ("item:DateTimeSent", tag("DateTimeSent", message.received)),
        ("item:DateTimeCreated", tag("DateTimeCreated", message.received)),
        ("item:HasAttachments", tag("HasAttachments", !message.attachments.is_empty())),
        ("message:ToRecipients", if whole { list("ToRecipients", &message.to) } else { String::new() }),
        ("message:CcRecipients", if whole { list("CcRecipients", &message.cc) } else { String::new() }),
        ("message:From", format!("<t:From>{from}</t:From>")),
        ("message:IsRead", tag("IsRead", message.read)),
    ];
    shape.draw(&properties)
}

pub(super) fn get(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let shape = Shape::of(request, "ItemShape");
    let one = |named: &Element| {
        let (at, _) = place_of(organization, visitor, named)?;
        let message = &organization.messages[at];
        let mut body = Body::from("<m:Items><t:Message>".to_owned());
        if shape.mime {
            body.push("<t:MimeContent CharacterSet=\"UTF-8\">");
            match mime::content(&visitor.store.contents(), message) {
                Ok(mail) => body.append(mail),
                Err(error) => return cannot_open(&error),
            }
            body.push("</t:MimeContent>");
        }
        body.push(draw_properties(organization, message, &shape, true));
        body.push("</t:Message></m:Items>");
        Ok(body)
    };
    listed(request, "ItemIds").iter().map(one).collect()
}

pub(super) fn search(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let shape = Shape::of(request, "ItemShape");
    let one = |named: &Element| {
        let place = find(organization, visitor, named)?;
        let mut messages = place.messages(organization);
        // Rather refused than a list that has too much
        for ignored in ["Restriction", "QueryString", "GroupBy", "DistinguishedGroupBy", "CalendarView"] {
            if request.child(MESSAGES, ignored).is_some() {
                return refuse("ErrorUnsupportedPathForQuery", format!("The sandbox has no {ignored}."));
            }
        }
        sort(&mut messages, request)?;
        if request.attribute("Traversal") != "Shallow" {
            // Nothing is soft-deleted or associated
            messages.clear();
        }
        let (messages, attributes) = page(request.child(MESSAGES, "IndexedPageItemView"), messages);
        let items: String = messages.iter().map(|m| draw(organization, m, &shape)).collect();
        Ok(format!("<m:RootFolder {attributes}><t:Items>{items}</t:Items></m:RootFolder>").into())
    };
    listed(request, "ParentFolderIds").iter().map(one).collect()
}

fn sort(messages: &mut [&Message], request: &Element) -> Result<(), Refusal> {
    for order in listed(request, "SortOrder").iter().rev() {
        match order.child(TYPES, "FieldURI").map(|field| field.attribute("FieldURI")) {
            Some("item:DateTimeReceived" | "item:DateTimeSent" | "item:DateTimeCreated") => {
                sorted::by_key(messages, |message| message.received);
            }
            Some("item:Subject") => sorted::by_key(messages, |message| message.subject.to_lowercase()),
            _ => return refuse("ErrorUnsupportedPathForSortGroup", "The sandbox sorts by time and subject."),
        }
        if order.attribute("Order") == "Descending" {
            messages.reverse();
        }
    }
    Ok(())
}

pub(super) fn attachments(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let one = |named: &Element| {
        let (at, attachment) = place_of(organization, visitor, named)?;
        let message = &organization.messages[at];
        match attachment {
            Some(at) => draw_whole(organization, visitor, message, &message.attachments[at]),
            None => no_attachment(),
        }
    };
    listed(request, "AttachmentIds").iter().map(one).collect()
}

pub(super) fn no_attachment<T>() -> Result<T, Refusal> {
    refuse("ErrorInvalidAttachmentId", "The attachment does not exist.")
}
