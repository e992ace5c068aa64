//! Lists that come a page at a time.

use super::call::Call;
use super::client::ServiceClient;
use super::convert::UnexpectedField;
use super::error::Error;

/// How many items to ask for; the service takes 1–100 and may give fewer (documented).
pub(super) const PAGE_SIZE: i32 = 100;

/// Reads a list to its end. `page` asks for one page with its token, and gives the items and the next
/// page's token; `convert` makes plain data of an item.
///
/// # Errors
/// When a page cannot be read: a part of a list is never taken for the list. When the service gives
/// the same token twice, so that the list would never end. When an item has an unexpected field.
pub(super) async fn all_pages<S, T, F>(
    client: &ServiceClient,
    call: &Call,
    convert: impl Fn(S) -> Result<T, UnexpectedField>,
    mut page: impl FnMut(Option<String>) -> F,
) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<(Option<Vec<S>>, Option<String>), Error>>,
{
    let _permit = client.permit().await;
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let (items, next) = page(token.clone()).await?;
        all.extend(converted(items, &convert).map_err(|field| client.unexpected(call, field))?);
        match next_page(client, call, token.as_deref(), next)? {
            Some(next) => token = Some(next),
            None => return Ok(all),
        }
    }
}

/// The next page's token, if there is one; `current` is the token of this page.
pub(super) fn next_page(
    client: &ServiceClient,
    call: &Call,
    current: Option<&str>,
    next: Option<String>,
) -> Result<Option<String>, Error> {
    match next.filter(|token| !token.is_empty()) {
        Some(next) if current == Some(next.as_str()) => {
            Err(client.unexpected(call, "the list never ends: a page leads to itself".into()))
        }
        next => Ok(next),
    }
}

/// A list of the SDK's as plain data; no list is an empty one.
pub(super) fn converted<S, T>(
    items: Option<Vec<S>>,
    convert: impl Fn(S) -> Result<T, UnexpectedField>,
) -> Result<Vec<T>, UnexpectedField> {
    items.unwrap_or_default().into_iter().map(convert).collect()
}
