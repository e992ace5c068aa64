//! What users and groups may do with the mailboxes of others.

use std::collections::BTreeMap;

use super::{Member, State, UserId};

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

/// A room or a piece of equipment, whose mailbox can be given to others as a user's can (documented). The service
/// does not list it among the users, and no rule of a role names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    /// The id, in the place of a user's id wherever a mailbox is meant.
    pub(crate) id: UserId,
    /// The primary address; a resource that was never enabled has none.
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) state: State,
}

impl Resource {
    /// Is there a mailbox to open? As of a user.
    pub(crate) fn has_mailbox(&self) -> bool {
        self.state == State::Enabled && self.email.as_deref().is_some_and(|email| !email.is_empty())
    }
}

/// Who may do what with which mailboxes of an organization, as far as the lists could be read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Permissions {
    /// By mailbox, of a user or a resource. One that was read and that nobody but its owner may open is not in it.
    pub(crate) granted: BTreeMap<UserId, Vec<MailboxPermission>>,
    /// How many mailboxes were read.
    pub(crate) checked: usize,
    /// Mailboxes whose list could not be read, and why: whether others may open them is not known.
    pub(crate) not_checked: BTreeMap<UserId, String>,
}
