//! The organization itself.

use super::unless_denied;
use crate::organization::Organization;
use crate::workmail::{Error, Reader};

/// The organization with its alias and account, as far as it may be read: that is a permission of its own, and
/// no reason to stop.
///
/// # Errors
/// When the read fails for another reason.
pub(crate) async fn describe(reader: &Reader, organization: Organization) -> Result<Organization, Error> {
    let described = unless_denied(reader.describe_organization().await)?;
    Ok(described.unwrap_or(organization))
}
