//! A directory in a file, so that definitions can be checked without network.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Directory, Group, User};
use crate::id::{OrganizationId, UserId};
use crate::organization;

/// The version of the file's form.
const VERSION: u32 = 1;

/// Users, groups and members of an organization at a moment. It holds no secret, but names and
/// addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snapshot {
    version: u32,
    /// Whose directory it is.
    pub organization: SnapshotOrganization,
    /// When it was read.
    pub taken: Timestamp,
    /// Every user, disabled ones and resources too.
    pub users: Vec<User>,
    /// Every group with its direct members.
    pub groups: Vec<Group>,
    /// Users whom live roles name and the directory no longer knows: a definition may keep them.
    pub unknown_targets: Vec<UserId>,
}

/// The organization of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapshotOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its alias.
    pub alias: Option<String>,
}

impl SnapshotOrganization {
    /// The alias, else the id.
    pub(crate) fn label(&self) -> &str {
        organization::label(&self.id, self.alias.as_deref())
    }
}

/// Why a file cannot be used as a snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// It is something else.
    #[error("not a snapshot: {0}")]
    Other(#[from] serde_json::Error),
    /// A version of the form that is not known.
    #[error("it has version {0}; this program knows version {VERSION}")]
    Version(u32),
}

impl Snapshot {
    /// The snapshot of a directory that was read as a whole.
    pub(crate) fn new(
        organization: SnapshotOrganization,
        directory: &Directory,
        unknown_targets: Vec<UserId>,
        taken: Timestamp,
    ) -> Self {
        Self {
            version: VERSION,
            organization,
            taken,
            users: directory.users().cloned().collect(),
            groups: directory.groups().cloned().collect(),
            unknown_targets,
        }
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    /// When the text is something else or of another version.
    pub(crate) fn parse(text: &str) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_str(text)?;
        if version != VERSION {
            return Err(Unusable::Version(version));
        }
        Ok(serde_json::from_str(text)?)
    }

    /// Is this the organization that a definition calls so, by id or by alias in any case?
    pub(crate) fn is_of(&self, called: &str) -> bool {
        organization::is_called(&self.organization.id, self.organization.alias.as_deref(), called)
    }

    /// The directory.
    pub(crate) fn directory(&self) -> Directory {
        let mut directory = Directory::complete(self.users.iter().cloned());
        self.groups.iter().cloned().for_each(|group| directory.add_group(group));
        directory
    }
}
