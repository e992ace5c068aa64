//! The operations of EWS in the version that WorkMail takes, and what may be done with each.
//!
//! The names are those of the schema of Exchange2010_SP2 (documented). What is not in the table is not passed on: a later
//! version's operation, or one that nobody knows, could change what stays when the role is gone.

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads, and passes with `--read-only`.
    Read,
    /// Changes something.
    Change,
    /// Leaves access behind that outlives the role: rules that forward, delegates. Needs leave.
    Leaves,
}

/// An operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// The element's local name.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Its response has a response message for each thing; those of others have forms of their own.
    pub(super) has_messages: bool,
}

const fn read(name: &'static str) -> Operation {
    Operation { name, kind: Kind::Read, has_messages: true }
}

const fn change(name: &'static str) -> Operation {
    Operation { name, kind: Kind::Change, has_messages: true }
}

/// With a response of its own form.
const fn other(name: &'static str, kind: Kind) -> Operation {
    Operation { name, kind, has_messages: false }
}

/// Sorted.
const OPERATIONS: &[Operation] = &[
    other("AddDelegate", Kind::Leaves),
    other("ApplyConversationAction", Kind::Change),
    read("ConvertId"),
    change("CopyFolder"),
    change("CopyItem"),
    change("CreateAttachment"),
    change("CreateFolder"),
    change("CreateItem"),
    change("CreateManagedFolder"),
    change("CreateUserConfiguration"),
    change("DeleteAttachment"),
    change("DeleteFolder"),
    change("DeleteItem"),
    change("DeleteUserConfiguration"),
    other("DisconnectPhoneCall", Kind::Change),
    change("EmptyFolder"),
    read("ExpandDL"),
    read("ExportItems"),
    other("FindConversation", Kind::Read),
    read("FindFolder"),
    read("FindItem"),
    other("FindMessageTrackingReport", Kind::Read),
    read("GetAttachment"),
    other("GetDelegate", Kind::Read),
    read("GetEvents"),
    read("GetFolder"),
    other("GetInboxRules", Kind::Read),
    read("GetItem"),
    other("GetMailTips", Kind::Read),
    other("GetMessageTrackingReport", Kind::Read),
    other("GetPasswordExpirationDate", Kind::Read),
    other("GetPhoneCallInformation", Kind::Read),
    other("GetRoomLists", Kind::Read),
    other("GetRooms", Kind::Read),
    read("GetServerTimeZones"),
    other("GetServiceConfiguration", Kind::Read),
    other("GetSharingFolder", Kind::Change),
    other("GetSharingMetadata", Kind::Change),
    read("GetStreamingEvents"),
    other("GetUserAvailabilityRequest", Kind::Read),
    read("GetUserConfiguration"),
    other("GetUserOofSettingsRequest", Kind::Read),
    change("MoveFolder"),
    change("MoveItem"),
    other("PlayOnPhone", Kind::Change),
    other("RefreshSharingFolder", Kind::Change),
    other("RemoveDelegate", Kind::Leaves),
    read("ResolveNames"),
    change("SendItem"),
    change("SendNotification"),
    other("SetUserOofSettingsRequest", Kind::Change),
    read("Subscribe"),
    read("SyncFolderHierarchy"),
    read("SyncFolderItems"),
    read("Unsubscribe"),
    other("UpdateDelegate", Kind::Leaves),
    change("UpdateFolder"),
    other("UpdateInboxRules", Kind::Leaves),
    change("UpdateItem"),
    change("UpdateUserConfiguration"),
    change("UploadItems"),
];

/// The element in an operation that makes it leave something behind: a subscription that pushes to an address, and a
/// folder with permissions for others.
const LEAVING_PARTS: [(&str, &str); 3] = [
    ("CreateFolder", "PermissionSet"),
    ("Subscribe", "PushSubscriptionRequest"),
    ("UpdateFolder", "PermissionSet"),
];

impl Operation {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// Does an element within the operation leave something behind?
    pub(super) fn leaves_by(&self, element: &str) -> bool {
        LEAVING_PARTS.contains(&(self.name, element))
    }

    /// Names its own element the mailbox that it is about, beside the impersonated user?
    pub(super) fn names_mailbox(&self) -> bool {
        ["Delegate", "OofSettingsRequest", "InboxRules"].iter().any(|end| self.name.ends_with(end))
    }
}

/// The operations that need leave, or may be given it for a part of what they do; sorted.
pub(crate) fn allowable() -> Vec<&'static str> {
    let is_part = |name: &str| LEAVING_PARTS.iter().any(|(operation, _)| *operation == name);
    let all = OPERATIONS.iter().filter(|one| one.kind == Kind::Leaves || is_part(one.name));
    all.map(|operation| operation.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_stand_once() {
        assert!(OPERATIONS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for (operation, _) in LEAVING_PARTS {
            assert!(Operation::find(operation).is_some(), "{operation}");
        }
    }

    #[test]
    fn what_leaves_something_behind_is_known() {
        let wanted = [
            "AddDelegate",
            "CreateFolder",
            "RemoveDelegate",
            "Subscribe",
            "UpdateDelegate",
            "UpdateFolder",
            "UpdateInboxRules",
        ];
        assert_eq!(allowable(), wanted);
    }

    #[test]
    fn what_reads_has_a_reading_name() {
        let verbs =
            ["Convert", "Expand", "Export", "Find", "Get", "Resolve", "Subscribe", "Sync", "Unsubscribe"];
        for operation in OPERATIONS.iter().filter(|operation| operation.kind == Kind::Read) {
            assert!(verbs.iter().any(|verb| operation.name.starts_with(verb)), "{}", operation.name);
        }
    }
}
