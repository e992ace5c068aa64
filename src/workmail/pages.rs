//! Lists that come a page at a time, and what such a list cannot be.
//!
//! A list that is wrong is never taken for a shorter one: a page without its items, a chain of pages that
//! leads back, and items that contradict each other are errors.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::call::Call;
use super::client::ServiceClient;
use super::convert::UnexpectedField;
use super::error::Error;

/// How many items to ask for; the service takes 1–100 and may give fewer (documented).
pub(super) const PAGE_SIZE: i32 = 100;
/// Pages without items that are read before a list counts as endless.
const MOST_EMPTY_PAGES: usize = 100;

/// What a list is of.
pub(super) struct List<T> {
    /// The member of the response that holds the items.
    pub(super) member: &'static str,
    /// What one item is, as `user`.
    pub(super) item: &'static str,
    /// More items than this are not possible.
    pub(super) most: usize,
    /// What tells items apart.
    pub(super) key: fn(&T) -> String,
}

/// Users of an organization at most, and of whatever is counted in users (documented).
pub(super) const MOST_USERS: usize = 10_000_000;
/// Roles, and organizations of an account: the service says 20 a page and 100 of them by default; what
/// it gives on request is far less than this (inferred).
pub(super) const MOST_ROLES: usize = 10_000;

/// The items of the pages until now, each once.
pub(super) struct Pages<'a, T> {
    client: &'a ServiceClient,
    call: &'a Call,
    list: &'a List<T>,
    all: Vec<T>,
    places: BTreeMap<String, usize>,
    // Hashes, since a token may have 1,024 characters and there may be 100,000 pages
    tokens: HashSet<u64>,
    hasher: RandomState,
    empty: usize,
}

impl<'a, T: PartialEq> Pages<'a, T> {
    pub(super) fn new(client: &'a ServiceClient, call: &'a Call, list: &'a List<T>) -> Self {
        Self {
            client,
            call,
            list,
            all: Vec::new(),
            places: BTreeMap::new(),
            tokens: HashSet::new(),
            hasher: RandomState::new(),
            empty: 0,
        }
    }

    /// Takes a page: gives the items in it that are new, and the token of the next page if there is one.
    ///
    /// # Errors
    /// When the page has no list of items, an item is not as documented or contradicts one that was there,
    /// or the list has no end.
    pub(super) fn take<S>(
        &mut self,
        items: Option<Vec<S>>,
        next: Option<String>,
        convert: impl Fn(S) -> Result<T, UnexpectedField>,
    ) -> Result<(&[T], Option<String>), Error> {
        let before = self.all.len();
        let taken = self.add(items, convert).and_then(|()| self.check_next(next.as_deref()));
        taken.map_err(|why| self.client.unexpected(self.call, why))?;
        self.client.heard_items(self.list.item, self.all.len() - before);
        Ok((&self.all[before..], next.filter(|token| !token.is_empty())))
    }

    fn add<S>(
        &mut self,
        items: Option<Vec<S>>,
        convert: impl Fn(S) -> Result<T, UnexpectedField>,
    ) -> Result<(), UnexpectedField> {
        let List { member, item: what, most, key } = self.list;
        let items = listed(member, items)?;
        self.empty += usize::from(items.is_empty());
        for item in items {
            let item = convert(item)?;
            let key = key(&item);
            match self.places.get(&key).and_then(|at| self.all.get(*at)) {
                Some(same) if *same == item => {}
                Some(_) => {
                    return Err(format!(
                        "{what} {key} is listed twice, and not the same; if it was changed meanwhile, try again"
                    ));
                }
                None => {
                    self.places.insert(key, self.all.len());
                    self.all.push(item);
                }
            }
        }
        match self.all.len() {
            count if count > *most => Err(format!("the list has more than {most} entries")),
            _ => Ok(()),
        }
    }

    /// The next page must not have been there before.
    fn check_next(&mut self, next: Option<&str>) -> Result<(), UnexpectedField> {
        let Some(next) = next.filter(|token| !token.is_empty()) else { return Ok(()) };
        if !self.tokens.insert(self.hasher.hash_one(next)) {
            return Err("the list never ends: its pages lead back to an earlier one".into());
        }
        match self.empty {
            empty if empty > MOST_EMPTY_PAGES => {
                Err(format!("the list never ends: {empty} of its pages are empty"))
            }
            _ => Ok(()),
        }
    }

    /// All items that were taken.
    pub(super) fn items(self) -> Vec<T> {
        self.all
    }
}

/// Reads a list to its end. `page` asks for one page with its token, and gives the items and the next
/// page's token; `convert` makes plain data of an item.
///
/// # Errors
/// When a page cannot be read: a part of a list is never taken for the list. As [`Pages::take`].
pub(super) async fn all_pages<S, T: PartialEq, F>(
    client: &ServiceClient,
    call: &Call,
    list: &List<T>,
    convert: impl Fn(S) -> Result<T, UnexpectedField>,
    mut page: impl FnMut(Option<String>) -> F,
) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<(Option<Vec<S>>, Option<String>), Error>>,
{
    let _permit = client.permit().await;
    let mut pages = Pages::new(client, call, list);
    let mut token = None;
    loop {
        let (items, next) = page(token).await?;
        match pages.take(items, next, &convert)?.1 {
            Some(next) => token = Some(next),
            None => return Ok(pages.items()),
        }
    }
}

/// A list that the response must have: whether the service leaves an empty one out is not known, and what is
/// not there is not empty.
pub(super) fn listed<S>(member: &str, items: Option<Vec<S>>) -> Result<Vec<S>, UnexpectedField> {
    items.ok_or_else(|| format!("it has no list of {member}"))
}

/// A list of the SDK's as plain data.
pub(super) fn converted<S, T>(
    items: Vec<S>,
    convert: impl Fn(S) -> Result<T, UnexpectedField>,
) -> Result<Vec<T>, UnexpectedField> {
    items.into_iter().map(convert).collect()
}
