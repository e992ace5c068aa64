//! Every read of a command. Awaits, gives plain data, and never prints.

pub(crate) mod audit;
pub(crate) mod definitions;
pub(crate) mod directory;
pub(crate) mod doors;
pub(crate) mod effect;
pub(crate) mod gates;
pub(crate) mod history;
pub(crate) mod names;
pub(crate) mod organization;
pub(crate) mod permissions;
pub(crate) mod principals;
pub(crate) mod probes;
pub(crate) mod roles;
pub(crate) mod rule_flags;
pub(crate) mod token;

use crate::workmail::{Error, ErrorKind};

/// What may be read, or nothing where that is denied: for reads that have a permission of their own, and that a
/// command can do without.
///
/// # Errors
/// When the read failed for another reason.
fn unless_denied<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::AccessDenied { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
