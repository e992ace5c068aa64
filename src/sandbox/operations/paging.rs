//! Pages of a list.
//!
//! A token names the last item of its page, not a place, so that nothing is skipped or seen
//! twice when items come and go in between. It is bound to the list that it was made for.

use serde::Deserialize;
use serde_json::Value;

use super::limits::{NEXT_TOKEN, check_some};
use crate::sandbox::hash::sha256;
use crate::sandbox::service_error::ServiceError;
use crate::sorted;

/// An item of a list.
pub(super) trait Listed {
    /// What the list is sorted by; no two items share it.
    fn key(&self) -> String;
    /// How the list shows it.
    fn summary(&self) -> Value;
}

/// Which page is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PageRequest {
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// A page.
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) next: Option<String>,
}

impl PageRequest {
    /// The page out of all items, with at most `most` of them.
    pub(super) fn take<T: Listed>(
        self,
        items: Vec<T>,
        most: usize,
        scope: &str,
    ) -> Result<Page, ServiceError> {
        let size = self.size(most)?;
        check_some("NextToken", self.next_token.as_ref(), &NEXT_TOKEN)?;
        let after = match &self.next_token {
            Some(token) => Some(
                last_key(token, scope).ok_or_else(|| ServiceError::parameter("NextToken is not valid"))?,
            ),
            None => None,
        };
        let mut left: Vec<_> = items.into_iter().map(|item| (item.key(), item)).collect();
        // Sorted, since a token holds nothing but the last key
        sorted::by(&mut left, |a, b| a.0.cmp(&b.0));
        left.retain(|(key, _)| after.as_ref().is_none_or(|after| key > after));
        let next =
            if left.len() > size { left.get(size - 1).map(|(key, _)| token(key, scope)) } else { None };
        Ok(Page { items: left.iter().take(size).map(|(_, item)| item.summary()).collect(), next })
    }

    fn size(&self, most: usize) -> Result<usize, ServiceError> {
        match self.max_results {
            None => Ok(most),
            Some(n @ 1..=100) => Ok(most.min(usize::try_from(n).unwrap_or(most))),
            Some(n) if n < 1 => {
                Err(ServiceError::invalid("MaxResults", "have value greater than or equal to 1"))
            }
            Some(_) => Err(ServiceError::invalid("MaxResults", "have value less than or equal to 100")),
        }
    }
}

const SEAL: usize = 16;

/// The key in hex after a seal that binds it to the list.
fn token(key: &str, scope: &str) -> String {
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{}{hex}", seal(key, scope))
}

fn seal(key: &str, scope: &str) -> String {
    sha256(format!("{scope}\n{key}")).chars().take(SEAL).collect()
}

fn last_key(token: &str, scope: &str) -> Option<String> {
    let hex = token.get(SEAL..)?;
    let byte = |at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let bytes = (0..hex.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>()?;
    let key = String::from_utf8(bytes).ok()?;
    (token.get(..SEAL)? == seal(&key, scope)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Listed for u32 {
        fn key(&self) -> String {
            format!("{self:03}")
        }
        fn summary(&self) -> Value {
            (*self).into()
        }
    }

    fn page(
        items: impl IntoIterator<Item = u32>,
        max: Option<i64>,
        token: Option<String>,
    ) -> Result<Page, ServiceError> {
        PageRequest { max_results: max, next_token: token }.take(items.into_iter().collect(), 100, "scope")
    }

    #[test]
    fn an_empty_list_is_one_page() {
        let page = page([], None, None).expect("a page");
        assert_eq!((page.items.len(), page.next), (0, None));
    }

    #[test]
    fn pages_give_everything_once_though_items_come_and_go() {
        let first = page(0..10, Some(4), None).expect("first");
        let second = page((0..10).filter(|n| *n != 3), Some(4), first.next).expect("second");
        assert_eq!(second.items, [4, 5, 6, 7]);
        let third = page(0..10, Some(4), second.next).expect("third");
        assert_eq!((third.items.len(), third.next), (2, None));
        assert_eq!(page(0..4, Some(4), None).expect("whole").next, None);
    }

    #[test]
    fn sizes_and_tokens_that_cannot_be_are_refused() {
        for size in [0, -1, 101] {
            assert!(page(0..10, Some(size), None).is_err(), "{size}");
        }
        let token = page(0..10, Some(4), None).expect("first").next.expect("more");
        for wrong in ["", "x", "é", &token[1..], &format!("{token}0"), &"a".repeat(1025)] {
            assert!(page(0..10, None, Some(wrong.to_owned())).is_err(), "{wrong}");
        }
        let other = PageRequest { max_results: None, next_token: Some(token) };
        assert!(other.take(vec![1_u32], 100, "another list").is_err());
    }
}
