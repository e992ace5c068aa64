//! Messages as they are changed: made, sent, updated, moved, deleted, given attachments.

use super::folders::{Place, find, listed, mailbox_of};
use super::items::{draw_attachment, no_attachment, only_id, place_of, root_id};
use super::part::{MESSAGES, Part, Refusal, TYPES, refuse};
use super::visitor::Visitor;
use crate::sandbox::base64::is_base64;
use crate::sandbox::body::Body;
use crate::sandbox::model::{Attachment, Content, Message, Organization};
use crate::xml::Element;

pub(super) fn create(organization: &mut Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let disposition = request.attribute("MessageDisposition");
    let folder = listed(request, "SavedItemFolderId").first();
    let one = |item: &Element| {
        let fallback = if disposition == "SaveOnly" { "drafts" } else { "sentitems" };
        let place = match folder {
            Some(named) => find(organization, visitor, named)?,
            None => Place::new(&visitor.id, fallback)?,
        };
        let mut message = empty(visitor, &place);
        fill(&mut message, visitor, item)?;
        message.draft = disposition == "SaveOnly";
        if !message.draft {
            send(organization, visitor, &message)?;
        }
        let reply = only_id(organization, &message);
        if disposition != "SendOnly" {
            organization.messages.push(message);
        }
        // Only of what was saved alone an id is given (documented for Exchange)
        Ok(if disposition == "SaveOnly" { reply } else { "<m:Items/>".to_owned() }.into())
    };
    listed(request, "Items").iter().map(one).collect()
}

fn empty(visitor: &Visitor, place: &Place) -> Message {
    Message {
        id: visitor.new_id(),
        mailbox: place.owner.clone(),
        folder: place.folder.id.into(),
        change: 0,
        from: visitor.address.clone(),
        to: vec![],
        cc: vec![],
        subject: String::new(),
        body: String::new(),
        html: false,
        received: visitor.now(),
        read: false,
        draft: false,
        attachments: vec![],
    }
}

/// Takes over what an element says of a message; other properties are ignored.
fn fill(message: &mut Message, visitor: &Visitor, item: &Element) -> Result<(), Refusal> {
    if !item.is(TYPES, "Message") {
        return refuse("ErrorInvalidOperation", format!("The sandbox keeps messages, and no {}.", item.name));
    }
    for property in item.children.iter().filter(|property| property.namespace == TYPES) {
        match property.name.as_str() {
            "Subject" => message.subject.clone_from(&property.text),
            "Body" => {
                message.html = property.attribute("BodyType") == "HTML";
                message.body.clone_from(&property.text);
            }
            "ToRecipients" => message.to = addresses(property),
            "CcRecipients" => message.cc = addresses(property),
            "IsRead" => message.read = property.text.trim().eq_ignore_ascii_case("true"),
            "MimeContent" => {
                return refuse(
                    "ErrorInvalidOperation",
                    "The sandbox takes no MimeContent; give Body and Attachments.",
                );
            }
            "Attachments" => attach(message, visitor, &property.children).map(drop)?,
            _ => {}
        }
    }
    Ok(())
}

fn addresses(list: &Element) -> Vec<String> {
    let mailboxes = list.children_of(TYPES, "Mailbox");
    let addresses = mailboxes.filter_map(|mailbox| mailbox.child(TYPES, "EmailAddress"));
    addresses.map(|address| address.text.trim().to_owned()).collect()
}

/// Adds files to a message; gives the place of the first.
fn attach(message: &mut Message, visitor: &Visitor, files: &[Element]) -> Result<usize, Refusal> {
    let first = message.attachments.len();
    for file in files {
        let text = |name: &str| file.child(TYPES, name).map_or("", |child| child.text.as_str());
        let content = match text("Content") {
            // Of what is long there is one copy more, and no third
            one_line if is_base64(one_line) => one_line.to_owned(),
            lines => lines.split_ascii_whitespace().collect(),
        };
        if !file.is(TYPES, "FileAttachment") || !is_base64(&content) {
            return refuse(
                "ErrorInvalidOperation",
                "The sandbox keeps files in base64, and no other attachments.",
            );
        }
        let content_type = match text("ContentType") {
            "" => "application/octet-stream",
            given => given,
        };
        message.attachments.push(Attachment {
            id: visitor.new_id(),
            name: text("Name").to_owned(),
            content_type: content_type.to_owned(),
            content: Content::Base64(content),
        });
    }
    message.change += 1;
    Ok(first)
}

/// Puts a message into the inboxes of those recipients who have one here. What goes elsewhere is lost.
fn send(organization: &mut Organization, visitor: &Visitor, message: &Message) -> Result<(), Refusal> {
    if message.to.is_empty() && message.cc.is_empty() {
        return refuse("ErrorMissingRecipients", "The message has no recipients.");
    }
    let owners = message.to.iter().chain(&message.cc).filter_map(|to| mailbox_of(organization, to));
    let owners: Vec<_> = owners.map(|owner| owner.id().to_owned()).collect();
    for mailbox in owners {
        organization.messages.push(Message {
            id: visitor.new_id(),
            mailbox,
            folder: "inbox".into(),
            received: visitor.now(),
            read: false,
            draft: false,
            ..message.clone()
        });
    }
    Ok(())
}

pub(super) fn update(organization: &mut Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let one = |change: &Element| {
        let Some(named) = change.children.first() else {
            return refuse("ErrorInvalidIdEmpty", "The change names no message.");
        };
        let (at, _) = place_of(organization, visitor, named)?;
        let mut message = organization.messages[at].clone();
        for update in change.child(TYPES, "Updates").iter().flat_map(|updates| &updates.children) {
            apply(&mut message, visitor, update)?;
        }
        message.change += 1;
        if request.attribute("MessageDisposition").starts_with("Send") {
            message.draft = false;
            send(organization, visitor, &message)?;
        }
        let reply = only_id(organization, &message);
        organization.messages[at] = message;
        Ok(format!("{reply}<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>").into())
    };
    listed(request, "ItemChanges").iter().map(one).collect()
}

fn apply(message: &mut Message, visitor: &Visitor, update: &Element) -> Result<(), Refusal> {
    match update.name.as_str() {
        "SetItemField" => update.child(TYPES, "Message").map_or(Ok(()), |new| fill(message, visitor, new)),
        "DeleteItemField" => {
            match update.child(TYPES, "FieldURI").map(|field| field.attribute("FieldURI")) {
                Some("item:Subject") => message.subject.clear(),
                Some("item:Body") => message.body.clear(),
                Some("message:ToRecipients") => message.to.clear(),
                Some("message:CcRecipients") => message.cc.clear(),
                _ => {}
            }
            Ok(())
        }
        other => refuse("ErrorInvalidOperation", format!("The sandbox has no {other}.")),
    }
}

/// Runs a change of each message that a request names.
fn each(
    organization: &mut Organization,
    visitor: &Visitor,
    request: &Element,
    change: impl Fn(&mut Organization, usize) -> Part,
) -> Vec<Part> {
    let one = |named: &Element| {
        let (at, _) = place_of(organization, visitor, named)?;
        change(organization, at)
    };
    listed(request, "ItemIds").iter().map(one).collect()
}

/// Puts a message elsewhere, where it has a new id.
fn put(organization: &mut Organization, visitor: &Visitor, at: usize, place: Place) -> String {
    let message = &mut organization.messages[at];
    message.id = visitor.new_id();
    message.mailbox = place.owner;
    message.folder = place.folder.id.into();
    only_id(organization, &organization.messages[at])
}

pub(super) fn remove(organization: &mut Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    each(organization, visitor, request, |organization, at| {
        if request.attribute("DeleteType") == "MoveToDeletedItems" {
            let place = Place::new(&organization.messages[at].mailbox, "deleteditems")?;
            put(organization, visitor, at, place);
        } else {
            organization.messages.remove(at);
        }
        Ok(Body::default())
    })
}

pub(super) fn relocate(organization: &mut Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    each(organization, visitor, request, |organization, at| {
        let Some(named) = listed(request, "ToFolderId").first() else {
            return refuse("ErrorInvalidIdEmpty", "No folder is named.");
        };
        let place = find(organization, visitor, named)?;
        Ok(put(organization, visitor, at, place).into())
    })
}

pub(super) fn dispatch(organization: &mut Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    each(organization, visitor, request, |organization, at| {
        let message = Message { draft: false, ..organization.messages[at].clone() };
        send(organization, visitor, &message)?;
        if request.attribute("SaveItemToFolder").eq_ignore_ascii_case("true") {
            let place = match listed(request, "SavedItemFolderId").first() {
                Some(named) => find(organization, visitor, named)?,
                None => Place::new(&message.mailbox, "sentitems")?,
            };
            organization.messages[at].draft = false;
            put(organization, visitor, at, place);
        } else {
            organization.messages.remove(at);
        }
        Ok(Body::default())
    })
}

pub(super) fn create_attachment(
    organization: &mut Organization,
    visitor: &Visitor,
    request: &Element,
) -> Vec<Part> {
    let parent = request.child(MESSAGES, "ParentItemId");
    let one = |file: &Element| {
        let Some(parent) = parent else { return refuse("ErrorInvalidIdEmpty", "No message is named.") };
        let (at, _) = place_of(organization, visitor, parent)?;
        let new = attach(&mut organization.messages[at], visitor, std::slice::from_ref(file))?;
        let message = &organization.messages[at];
        let file = draw_attachment(organization, message, &message.attachments[new]);
        Ok(format!("<m:Attachments>{file}</m:Attachments>").into())
    };
    listed(request, "Attachments").iter().map(one).collect()
}

pub(super) fn delete_attachment(
    organization: &mut Organization,
    visitor: &Visitor,
    request: &Element,
) -> Vec<Part> {
    let one = |named: &Element| {
        let (at, attachment) = place_of(organization, visitor, named)?;
        let Some(attachment) = attachment else { return no_attachment() };
        let message = &mut organization.messages[at];
        message.attachments.remove(attachment);
        message.change += 1;
        Ok(format!("<m:RootItemId {}/>", root_id(organization, &organization.messages[at])).into())
    };
    listed(request, "AttachmentIds").iter().map(one).collect()
}
