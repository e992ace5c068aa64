//! Ways to mailboxes beside roles and mailbox permissions.

use jiff::Timestamp;

use super::UserId;

/// A token that a user made for mail programs. It works without the password, over IMAP and the like, for up to ten
/// years (documented).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonalAccessToken {
    pub(crate) id: String,
    pub(crate) user: UserId,
    pub(crate) name: Option<String>,
    pub(crate) created: Option<Timestamp>,
    /// None where it was never used.
    pub(crate) last_used: Option<Timestamp>,
    /// None where it does not end.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) scopes: Vec<String>,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportState {
    Running,
    Completed,
    Failed,
    Cancelled,
}

impl ExportState {
    /// As the service writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A job that copies the mail and the calendar of a mailbox into a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportJob {
    pub(crate) id: String,
    /// Of a user or a resource.
    pub(crate) mailbox: UserId,
    pub(crate) description: Option<String>,
    /// `s3://BUCKET/PATH`, as far as the service says where.
    pub(crate) target: Option<String>,
    pub(crate) state: ExportState,
    pub(crate) started: Option<Timestamp>,
    pub(crate) ended: Option<Timestamp>,
}

/// The ways to mailboxes of an organization beside roles and permissions, as far as they could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Doors {
    /// Who may open every mailbox while the organization is migrated.
    pub(crate) migration_admin: Option<UserId>,
    pub(crate) tokens: Vec<PersonalAccessToken>,
    /// May users make and use tokens? None where that could not be read.
    pub(crate) tokens_are_on: Option<bool>,
    /// Running, or of the last seven days.
    pub(crate) export_jobs: Vec<ExportJob>,
}
