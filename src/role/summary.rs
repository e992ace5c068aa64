//! A role in short, as lists give it.

use jiff::Timestamp;

use super::{RoleId, RoleName, RoleType};

/// A role as a list shows it, without rules and description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleSummary {
    /// Its id.
    pub id: RoleId,
    /// Its name; another role may have the same one.
    pub name: RoleName,
    /// What it may do.
    pub role_type: RoleType,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}
