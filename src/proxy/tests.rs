use hyper::header::HeaderMap;

/// A request with this header meets an error of the program.
pub(super) fn may_panic(headers: &HeaderMap) {
    assert!(!headers.contains_key("x-panic"), "as the test asked for");
}
