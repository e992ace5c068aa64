//! What users and groups may do with the mailboxes of others.

use super::Member;

/// What a user or a group may do with one mailbox that is not theirs.
///
/// A lower bound of what is possible: users share single folders in their mail client, and no
/// operation lists those (documented).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailboxPermission {
    /// Who may. A group means the members of nested groups too (documented).
    pub(crate) grantee: Member,
    /// `FULL_ACCESS`: read and change everything.
    pub(crate) full_access: bool,
    /// `SEND_AS`: send under the owner's name.
    pub(crate) send_as: bool,
    /// `SEND_ON_BEHALF`: send for the owner, under the grantee's own name.
    pub(crate) send_on_behalf: bool,
}
