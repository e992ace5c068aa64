//! A WorkMail organization: how it is named and where it is. Knows nothing of how it was read.

use crate::id::{OrganizationId, UserId};

/// A WorkMail organization, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    /// `m-` and 32 hex digits.
    pub(crate) id: OrganizationId,
    /// Unique in AWS; `None` when the organization was chosen by id and not read yet.
    pub(crate) alias: Option<String>,
    /// The Region that was asked, as `eu-west-1`.
    pub(crate) region: String,
    /// The AWS account, 12 digits; `None` where the organization was not read by itself.
    pub(crate) account: Option<String>,
    /// The default mail domain.
    pub(crate) domain: Option<String>,
    /// In the service's spelling, which is documented nowhere: `Active` is the one that works.
    pub(crate) state: Option<String>,
    /// The migration administrator, where the organization was read by itself and has one.
    pub(crate) migration_admin: Option<UserId>,
}

impl Organization {
    /// One that was chosen by id and not read yet.
    pub(crate) fn of_id(id: OrganizationId, region: &str) -> Self {
        Self {
            id,
            alias: None,
            region: region.to_owned(),
            account: None,
            domain: None,
            state: None,
            migration_admin: None,
        }
    }

    /// The alias, else the id.
    pub(crate) fn label(&self) -> &str {
        label(&self.id, self.alias.as_deref())
    }

    /// Is it active? A state that was not read counts as active.
    pub(crate) fn is_active(&self) -> bool {
        self.state.as_deref().is_none_or(|state| state.eq_ignore_ascii_case("active"))
    }

    /// Does this text name it, by id or alias?
    pub(crate) fn is_called(&self, text: &str) -> bool {
        is_called(&self.id, self.alias.as_deref(), text)
    }

    /// `m-… (acme)`, and the state when it is not active.
    pub(crate) fn listed(&self) -> String {
        let alias = self.alias.as_deref().map(|alias| format!(" ({alias})")).unwrap_or_default();
        let state = self.state.as_deref().filter(|_| !self.is_active());
        format!("{}{alias}{}", self.id, state.map(|state| format!(" {state}")).unwrap_or_default())
    }
}

/// The alias, else the id.
pub(crate) fn label<'a>(id: &'a OrganizationId, alias: Option<&'a str>) -> &'a str {
    alias.unwrap_or(id.as_str())
}

/// Does this text name the organization of this id and alias? Aliases are compared without case.
pub(crate) fn is_called(id: &OrganizationId, alias: Option<&str>, text: &str) -> bool {
    id.as_str() == text || alias.is_some_and(|alias| alias.eq_ignore_ascii_case(text))
}
