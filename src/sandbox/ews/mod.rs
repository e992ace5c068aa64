//! Exchange Web Services of the sandbox, at `/EWS/Exchange.asmx`: mailboxes behind the gates of the service.
//!
//! A request passes the token, the access control rules by the caller's address, the version, the impersonated
//! mailbox and the role's rules, in this order; each has a refusal of its own. Everything is decided at the time of
//! the request. It must not know HTTP beyond [`Ews::respond`], nor how the API is spoken.
//!
//! # What is not known of the service, and what was chosen
//!
//! Gates
//! - A token that is missing, unknown or expired, or whose role is gone, is HTTP 401 with
//!   `WWW-Authenticate: Bearer`, and the connection stays open. It comes before anything that is wrong with the XML.
//! - Access control rules are asked about the role alone, not about the user whom it impersonates; a
//!   refusal is HTTP 403 without XML. `::1` counts as 127.0.0.1, since rules know IPv4 alone.
//! - `RequestServerVersion` may be missing. One other than `Exchange2010_SP2` and `Exchange2007_SP1` is the fault
//!   `ErrorInvalidServerVersion` with HTTP 500 (reported of the service). All is answered as
//!   `Exchange2010_SP2`; faults have no `ServerVersionInfo`.
//! - A request without exactly one `ExchangeImpersonation` with one `ConnectingSID` with one `PrimarySmtpAddress` or
//!   `SmtpAddress` is the fault `ErrorInvalidExchangeImpersonationHeaderData`: a role has no mailbox of its own.
//! - Both elements take the primary address alone, without case. An alias, a user who is not enabled, a group or a
//!   resource is the fault `ErrorNonExistentMailbox`.
//! - A user whom the role's rules do not allow is the fault `ErrorImpersonateUserDenied`.
//! - Mailboxes may follow late, by `--propagation`: then roles and access control rules count as they were so many
//!   seconds ago. A change that another process makes counts from when this server sees it. A new role
//!   may impersonate nobody at first; the token of a deleted one ends at once.
//!
//! Requests
//! - XML that is not well-formed, has a document type, is not a SOAP 1.1 envelope with one operation, or has children
//!   of the operation out of the schema's order, is HTTP 400 (reported of the service for the last). What is deeper
//!   is not checked against the schema. A body of more than 176 MiB is HTTP 413 (room for an attachment of 128 MiB; the
//!   service's limit is not known), another method HTTP 405.
//! - An operation that is not known is the fault `ErrorInvalidOperation`.
//! - A `READ_ONLY` role gets `ErrorAccessDenied` for each thing that it asks to change, whether it exists or not.
//!
//! Mailboxes
//! - Every mailbox has the same eleven folders, and keeps messages alone. Ids are base64 of a text with
//!   `/O=<organization id>/…/CN=<user id>` (one id of the service is known); a `ChangeKey` is not compared.
//! - Another mailbox is open where the impersonated user has `FULL_ACCESS` to it, also through groups in groups;
//!   else it is `ErrorAccessDenied` in the response, also where the thing does not exist.
//! - A moved message has a new id. A deleted one is gone, whether hard or soft.
//! - Sent messages arrive at once in the inboxes of users and resources of the organization whose primary address is
//!   named; to groups and elsewhere they are lost. The sender is whom the role impersonates.
//! - An attachment is a file; one that is a message is refused. `Size` is that of the content alone. Content is streamed;
//!   where a file of the sandbox cannot be opened it is `ErrorCannotOpenFileAttachment`, and where it has another length
//!   the connection ends.
//! - `MimeContent` is made of what the message has, in UTF-8, and its attachments; a search does not give it. Where it is
//!   sent it is refused: the message would lose its body.
//! - Properties that a message here has not are taken and forgotten. Restrictions and query strings are
//!   refused with `ErrorUnsupportedPathForQuery`, rather than answered with too much. A search sorts by time and
//!   subject alone.
//! - A `SyncState` holds the ids of all that the client knows. A message is new, updated or deleted in it; that it was
//!   read is an update.
//! - Names are resolved by the beginning of display names and addresses; hidden ones are left out.

mod changes;
mod envelope;
mod folders;
mod gates;
mod ids;
mod items;
mod late;
mod mime;
mod names;
mod operation;
mod part;
mod server;
mod sync;
mod visitor;

pub(in crate::sandbox) use operation::Operation;
pub(in crate::sandbox) use server::Ews;

#[cfg(test)]
mod tests;
