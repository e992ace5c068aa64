//! The operations, and the order that the schema gives to what is in a request.

use super::part::{MESSAGES, Part};
use super::visitor::Visitor;
use super::{changes, folders, items, names, sync};
use crate::sandbox::model::Organization;
use crate::xml::Element;

/// An operation that the sandbox knows.
#[derive(Debug)]
pub(in crate::sandbox) struct Operation {
    pub(super) name: &'static str,
    /// What a request may hold, in the order of the schema.
    children: &'static [&'static str],
    pub(super) run: Run,
}

/// Gives a part for each thing that was asked for.
#[derive(Debug)]
pub(super) enum Run {
    Read(fn(&Organization, &Visitor, &Element) -> Vec<Part>),
    Write(fn(&mut Organization, &Visitor, &Element) -> Vec<Part>),
}

use Run::{Read, Write};

const FIND_ITEM: &[&str] = &[
    "ItemShape",
    "IndexedPageItemView",
    "FractionalPageItemView",
    "CalendarView",
    "ContactsView",
    "GroupBy",
    "DistinguishedGroupBy",
    "Restriction",
    "SortOrder",
    "ParentFolderIds",
    "QueryString",
];
const FIND_FOLDER: &[&str] =
    &["FolderShape", "IndexedPageFolderView", "FractionalPageFolderView", "Restriction", "ParentFolderIds"];

const fn operation(name: &'static str, children: &'static [&'static str], run: Run) -> Operation {
    Operation { name, children, run }
}

const SYNC_ITEMS: &[&str] =
    &["ItemShape", "SyncFolderId", "SyncState", "Ignore", "MaxChangesReturned", "SyncScope"];

static OPERATIONS: [Operation; 16] = [
    operation("ConvertId", &["SourceIds"], Read(names::convert)),
    operation("CreateAttachment", &["ParentItemId", "Attachments"], Write(changes::create_attachment)),
    operation("CreateItem", &["SavedItemFolderId", "Items"], Write(changes::create)),
    operation("DeleteAttachment", &["AttachmentIds"], Write(changes::delete_attachment)),
    operation("DeleteItem", &["ItemIds"], Write(changes::remove)),
    operation("FindFolder", FIND_FOLDER, Read(folders::search)),
    operation("FindItem", FIND_ITEM, Read(items::search)),
    operation("GetAttachment", &["AttachmentShape", "AttachmentIds"], Read(items::attachments)),
    operation("GetFolder", &["FolderShape", "FolderIds"], Read(folders::get)),
    operation("GetItem", &["ItemShape", "ItemIds"], Read(items::get)),
    operation("MoveItem", &["ToFolderId", "ItemIds", "ReturnNewItemIds"], Write(changes::relocate)),
    operation("ResolveNames", &["ParentFolderIds", "UnresolvedEntry"], Read(names::resolve)),
    operation("SendItem", &["ItemIds", "SavedItemFolderId"], Write(changes::dispatch)),
    operation("SyncFolderHierarchy", &["FolderShape", "SyncFolderId", "SyncState"], Read(sync::folders)),
    operation("SyncFolderItems", SYNC_ITEMS, Read(sync::items)),
    operation("UpdateItem", &["SavedItemFolderId", "ItemChanges"], Write(changes::update)),
];

impl Operation {
    pub(in crate::sandbox) fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// The first child of a request that the schema does not have there.
    pub(super) fn misplaced<'a>(&self, request: &'a Element) -> Option<&'a str> {
        let mut from = 0;
        request.children.iter().find_map(|child| {
            let at = self.children.iter().skip(from).position(|known| child.is(MESSAGES, known));
            from += at.unwrap_or_default();
            at.is_none().then_some(child.name.as_str())
        })
    }
}
