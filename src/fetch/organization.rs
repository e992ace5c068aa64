//! The organization itself.

use crate::organization::Organization;
use crate::workmail::{Error, ErrorKind, Reader};

/// The organization with its alias and account, as far as it may be read: that is a permission of its own, and
/// no reason to stop.
///
/// # Errors
/// When the read fails for another reason.
pub(crate) async fn describe(reader: &Reader, organization: Organization) -> Result<Organization, Error> {
    Ok(describe_if_allowed(reader, organization).await?.0)
}

/// As [`describe`], with the error where it is denied.
///
/// # Errors
/// As [`describe`].
pub(crate) async fn describe_if_allowed(
    reader: &Reader,
    organization: Organization,
) -> Result<(Organization, Option<Error>), Error> {
    match reader.describe_organization().await {
        Ok(described) => Ok((described, None)),
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => {
            Ok((organization, Some(error)))
        }
        Err(error) => Err(error),
    }
}
