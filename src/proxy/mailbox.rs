//! Mailboxes that a request names beside its user: in a folder id, and where an operation is about one. Each must be the
//! user's own.

use super::operation::Operation;
use super::refusal::Refusal;
use super::rules::is_same_address;

/// No address or routing type is longer, in bytes.
const MAX_TEXT: usize = 512;

/// Looks at the elements within an operation.
#[derive(Debug)]
pub(super) struct Watch {
    operation: &'static Operation,
    user: String,
    /// How deep the outermost folder id is that is open.
    folder_id: Option<usize>,
    /// How deep the mailbox is that is open, and whether it had an address.
    mailbox: Option<(usize, bool)>,
    /// How deep the text is that is looked at, what it must be, and what it is so far.
    text: Option<(usize, Wanted, String)>,
}

#[derive(Debug, Clone, Copy)]
enum Wanted {
    Address,
    RoutingType,
    Anything,
}

impl Watch {
    pub(super) fn new(operation: &'static Operation, user: String) -> Self {
        Self { operation, user, folder_id: None, mailbox: None, text: None }
    }

    /// Whom the request is for.
    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// An element begins, so deep within the operation: 1 for its children.
    ///
    /// # Errors
    /// When it may not stand there.
    pub(super) fn start(&mut self, depth: usize, name: &str) -> Result<(), Refusal> {
        if matches!(name, "ExchangeImpersonation" | "ConnectingSID") {
            return Err("a user to impersonate stands elsewhere than in the header".into());
        }
        if self.text.is_some() {
            return Err("an element stands in an address".into());
        }
        if let Some((at, has_address)) = &mut self.mailbox {
            let wanted = match name {
                "EmailAddress" | "Address" => Wanted::Address,
                "RoutingType" => Wanted::RoutingType,
                "Name" | "MailboxType" => Wanted::Anything,
                _ => return Err(format!("{name} stands in the Mailbox of a folder id").into()),
            };
            *has_address |= depth == *at + 1 && matches!(wanted, Wanted::Address);
            self.text = Some((depth, wanted, String::new()));
            return Ok(());
        }
        let is_of_folder = self.folder_id.is_some();
        let is_of_operation = self.operation.names_mailbox() && depth == 1;
        if name == "Mailbox" && (is_of_folder || is_of_operation) {
            self.mailbox = Some((depth, false));
        } else if name == "MailboxSmtpAddress" {
            self.text = Some((depth, Wanted::Address, String::new()));
        } else if name.contains("FolderId") && self.folder_id.is_none() {
            self.folder_id = Some(depth);
        }
        Ok(())
    }

    /// A piece of text.
    ///
    /// # Errors
    /// When it is too long for what it stands in.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Refusal> {
        if let Some((_, _, held)) = &mut self.text {
            if held.len() + text.len() > MAX_TEXT {
                return Err("the address of a mailbox is too long".into());
            }
            held.push_str(text);
        }
        Ok(())
    }

    /// An element of this depth ends.
    ///
    /// # Errors
    /// When it named somebody else.
    pub(super) fn end(&mut self, depth: usize) -> Result<(), Refusal> {
        if let Some((_, wanted, text)) = self.text.take_if(|(at, ..)| *at == depth) {
            let text = text.trim();
            let is_right = match wanted {
                Wanted::Address => is_same_address(text, &self.user),
                Wanted::RoutingType => text.is_empty() || text.eq_ignore_ascii_case("SMTP"),
                Wanted::Anything => true,
            };
            if !is_right {
                return Err(self.denied());
            }
        }
        if let Some((_, has_address)) = self.mailbox.take_if(|(at, _)| *at == depth)
            && !has_address
        {
            return Err(self.denied());
        }
        self.folder_id.take_if(|at| *at == depth);
        Ok(())
    }

    fn denied(&self) -> Refusal {
        let text = format!("wmrole proxy: the request is for {}, and names a different mailbox.", self.user);
        Refusal::Denied(self.operation, text)
    }
}
