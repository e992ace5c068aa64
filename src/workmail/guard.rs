//! Panics of the SDK as errors: it panics at some settings instead of refusing them.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

/// Where the SDK panicked, as `aws-sigv4-1.6.4/src/sign.rs:12`. Never what it said, which may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Panicked(pub(super) String);

thread_local! {
    /// Set while a future of the SDK is polled: the place of its panic, once there was one.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the panic of a guarded future off the screen, and every other as it was.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let guarded = PLACE.with_borrow_mut(|place| match place {
                Some(place) => {
                    *place = info.location().map(|at| shown(at.file(), at.line())).unwrap_or_default();
                    true
                }
                None => false,
            });
            if !guarded {
                next(info);
            }
        }));
    });
}

/// A place in the code, without the folders of the machine that it was built on.
fn shown(file: &str, line: u32) -> String {
    let parts: Vec<_> = file.split(['/', '\\']).collect();
    let from = parts.iter().rposition(|part| *part == "src").map_or(0, |at| at.saturating_sub(1));
    format!("{}:{line}", parts[from..].join("/"))
}

/// A future of the SDK, which leaves its result elsewhere.
pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A future whose panic is an error.
pub(super) struct Guarded<'a>(Sending<'a>);

/// Guards a future of the SDK.
pub(super) fn guarded(future: Sending<'_>) -> Guarded<'_> {
    install();
    Guarded(future)
}

impl Future for Guarded<'_> {
    type Output = Result<(), Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        PLACE.set(Some(String::new()));
        // The future is never polled again after a panic
        let polled = panic::catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context)));
        let place = PLACE.take().unwrap_or_default();
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked(place))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_with_its_place_and_without_its_words() {
        assert_eq!(guarded(Box::pin(async {})).await, Ok(()));
        let panicked = guarded(Box::pin(async { panic!("s3cr3t") })).await;
        let Err(Panicked(place)) = panicked else { panic!("no panic") };
        assert!(place.contains("src/workmail/guard.rs:"), "{place}");
    }

    #[test]
    fn a_place_begins_at_its_crate() {
        let file = "/home/me/.cargo/registry/src/index/aws-sigv4-1.6.4/src/http_request/sign.rs";
        assert_eq!(shown(file, 12), "aws-sigv4-1.6.4/src/http_request/sign.rs:12");
        assert_eq!(shown("lib.rs", 1), "lib.rs:1");
    }
}
