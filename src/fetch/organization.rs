//! The organization itself.

use crate::organization::Organization;
use crate::workmail::{Error, ErrorKind, Reader};

/// The organization with its alias and account, as far as it may be read: that is a permission of its own, and
/// no reason to stop.
///
/// # Errors
/// When the read fails for another reason.
pub(crate) async fn describe(reader: &Reader, organization: Organization) -> Result<Organization, Error> {
    match reader.describe_organization().await {
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => Ok(organization),
        described => described,
    }
}
