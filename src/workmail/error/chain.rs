//! An error and its causes.

use std::error::Error as StdError;

/// No answer of the service comes near this: a page has at most 100 entries.
pub(in crate::workmail) const MOST_BYTES: usize = 16 << 20;

/// Did it fail before there was a connection, so that nothing was sent?
pub(crate) fn is_connect(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        error.downcast_ref::<hyper_util::client::legacy::Error>().is_some_and(|error| error.is_connect())
    })
}

/// Was the answer longer than it may be?
pub(crate) fn is_too_long(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| error.is::<http_body_util::LengthLimitError>())
}

/// An error and its causes, outermost first.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
