//! Folders, the same in every mailbox, and who may open them.

use super::ids::{self, Named, id};
use super::part::{MESSAGES, Part, Refusal, Shape, TYPES, id_tag, page, refuse, tag};
use super::visitor::Visitor;
use crate::sandbox::lookup::Entity;
use crate::sandbox::model::{EntityState, Member, Message, Organization, PermissionType};
use crate::sorted;
use crate::xml::Element;

/// A folder of every mailbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// Its name in `DistinguishedFolderId`.
    pub(super) id: &'static str,
    parent: &'static str,
    name: &'static str,
    class: &'static str,
    element: &'static str,
}

const fn mail(id: &'static str, name: &'static str) -> Folder {
    Folder { id, parent: "msgfolderroot", name, class: "IPF.Note", element: "Folder" }
}

static FOLDERS: [Folder; 11] = [
    Folder { id: "root", parent: "", name: "", class: "", element: "Folder" },
    Folder { parent: "root", ..mail("msgfolderroot", "Top of Information Store") },
    Folder { class: "IPF.Appointment", element: "CalendarFolder", ..mail("calendar", "Calendar") },
    Folder { class: "IPF.Contact", element: "ContactsFolder", ..mail("contacts", "Contacts") },
    mail("deleteditems", "Deleted Items"),
    mail("drafts", "Drafts"),
    mail("inbox", "Inbox"),
    mail("junkemail", "Junk E-mail"),
    mail("outbox", "Outbox"),
    mail("sentitems", "Sent Items"),
    Folder { class: "IPF.Task", element: "TasksFolder", ..mail("tasks", "Tasks") },
];

/// A folder in somebody's mailbox.
#[derive(Debug)]
pub(super) struct Place {
    /// The id of the user or resource whose mailbox it is in.
    pub(super) owner: String,
    pub(super) folder: &'static Folder,
}

impl Place {
    pub(super) fn new(owner: &str, folder: &str) -> Result<Self, Refusal> {
        match FOLDERS.iter().find(|known| known.id == folder) {
            Some(folder) => Ok(Self { owner: owner.to_owned(), folder }),
            None => refuse("ErrorFolderNotFound", format!("There is no folder {folder} in this mailbox.")),
        }
    }

    /// The messages in it, the newest first.
    pub(super) fn messages<'a>(&self, organization: &'a Organization) -> Vec<&'a Message> {
        let here = |message: &&Message| message.mailbox == self.owner && message.folder == self.folder.id;
        let mut messages: Vec<_> = organization.messages.iter().filter(here).collect();
        sorted::by_key(&mut messages, |message| std::cmp::Reverse(message.received));
        messages
    }

    fn children(&self) -> impl Iterator<Item = Self> {
        let inside = FOLDERS.iter().filter(|folder| folder.parent == self.folder.id);
        inside.map(|folder| Self { owner: self.owner.clone(), folder })
    }

    pub(super) fn descendants(&self) -> Vec<Self> {
        let with_theirs = |child: Self| {
            let below = child.descendants();
            std::iter::once(child).chain(below)
        };
        self.children().flat_map(with_theirs).collect()
    }

    pub(super) fn draw(&self, organization: &Organization, shape: &Shape) -> String {
        let Folder { id: folder, parent, name, class, element } = *self.folder;
        let messages = self.messages(organization);
        let parent = if parent.is_empty() { folder } else { parent };
        let unread = messages.iter().filter(|message| !message.read).count();
        let mut properties = vec![
            ("", id_tag("FolderId", &id(organization, &self.owner, folder), 0)),
            ("folder:ParentFolderId", id_tag("ParentFolderId", &id(organization, &self.owner, parent), 0)),
            ("folder:FolderClass", tag("FolderClass", class)),
            ("folder:DisplayName", tag("DisplayName", name)),
            ("folder:TotalCount", tag("TotalCount", messages.len())),
            ("folder:ChildFolderCount", tag("ChildFolderCount", self.children().count())),
        ];
        // As the schema has it
        if matches!(element, "Folder" | "TasksFolder") {
            properties.push(("folder:UnreadCount", tag("UnreadCount", unread)));
        }
        format!("<t:{element}>{}</t:{element}>", shape.draw(&properties))
    }
}

/// May the visitor open the mailbox: their own, or one that they have `FULL_ACCESS` to, through groups too?
fn may_open(organization: &Organization, visitor: &Visitor, owner: &str) -> bool {
    let is_granted = |member: &Member| match member {
        Member::User(user) => user.as_str() == visitor.id,
        Member::Group(_) => {
            let (mut groups, mut at) = (vec![member], 0);
            while let Some(group) = groups.get(at) {
                let group = organization.groups.iter().find(|known| known.id.as_str() == group.id());
                for member in group.iter().flat_map(|group| &group.members) {
                    match member {
                        Member::User(user) if user.as_str() == visitor.id => return true,
                        Member::Group(_) if !groups.contains(&member) => groups.push(member),
                        _ => {}
                    }
                }
                at += 1;
            }
            false
        }
    };
    owner == visitor.id
        || organization.mailbox_permissions.iter().any(|permission| {
            permission.mailbox == owner
                && permission.values.contains(&PermissionType::FullAccess)
                && is_granted(&permission.grantee)
        })
}

/// # Errors
/// `ErrorAccessDenied` where the visitor may not open the mailbox.
pub(super) fn check_open(organization: &Organization, visitor: &Visitor, owner: &str) -> Result<(), Refusal> {
    if may_open(organization, visitor, owner) {
        return Ok(());
    }
    refuse("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}

/// The user or resource with a mailbox of this primary address.
pub(super) fn mailbox_of<'a>(organization: &'a Organization, address: &str) -> Option<Entity<'a>> {
    organization.entities().find(|entity| {
        let primary = match entity {
            Entity::User(user) => &user.email,
            Entity::Resource(resource) => &resource.email,
            Entity::Group(_) => &None,
        };
        entity.state() == EntityState::Enabled
            && primary.as_ref().is_some_and(|primary| primary.eq_ignore_ascii_case(address))
    })
}

/// The folder that a `FolderId` or `DistinguishedFolderId` names, if the visitor may open it.
pub(super) fn find(
    organization: &Organization,
    visitor: &Visitor,
    named: &Element,
) -> Result<Place, Refusal> {
    let text = named.attribute("Id");
    let place = if named.is(TYPES, "DistinguishedFolderId") {
        let mailbox = named.child(TYPES, "Mailbox").and_then(|mailbox| mailbox.child(TYPES, "EmailAddress"));
        let owner = match mailbox.map(|address| mailbox_of(organization, address.text.trim())) {
            None => &visitor.id,
            Some(Some(owner)) => owner.id(),
            Some(None) => return refuse("ErrorNonExistentMailbox", "The mailbox does not exist."),
        };
        Place::new(owner, text)?
    } else {
        let Named { owner, what } = ids::open(organization, text)?;
        Place::new(&owner, &what)?
    };
    check_open(organization, visitor, &place.owner)?;
    Ok(place)
}

/// The ids in a list of a request.
pub(super) fn listed<'a>(request: &'a Element, list: &str) -> &'a [Element] {
    request.child(MESSAGES, list).map_or(&[], |list| list.children.as_slice())
}

pub(super) fn get(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let shape = Shape::of(request, "FolderShape");
    let one = |named: &Element| {
        let place = find(organization, visitor, named)?;
        Ok(format!("<m:Folders>{}</m:Folders>", place.draw(organization, &shape)).into())
    };
    listed(request, "FolderIds").iter().map(one).collect()
}

pub(super) fn search(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let shape = Shape::of(request, "FolderShape");
    let one = |named: &Element| {
        let place = find(organization, visitor, named)?;
        if request.child(MESSAGES, "Restriction").is_some() {
            return refuse("ErrorUnsupportedPathForQuery", "The sandbox has no restrictions.");
        }
        let below = match request.attribute("Traversal") {
            "Deep" => place.descendants(),
            "Shallow" => place.children().collect(),
            // Nothing is ever soft-deleted
            _ => vec![],
        };
        let (below, attributes) = page(request.child(MESSAGES, "IndexedPageFolderView"), below);
        let below: String = below.iter().map(|place| place.draw(organization, &shape)).collect();
        Ok(format!("<m:RootFolder {attributes}><t:Folders>{below}</t:Folders></m:RootFolder>").into())
    };
    listed(request, "ParentFolderIds").iter().map(one).collect()
}
