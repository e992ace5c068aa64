//! Files in the tree that the program could write itself.

use std::path::Path;

/// Compares a file with what it should be; `WMROLE_BLESS=1` rewrites it.
pub(crate) fn check(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("WMROLE_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&file, text).expect("to be written");
    }
    let fresh = std::fs::read_to_string(&file).is_ok_and(|found| found == text);
    assert!(fresh, "{path} is stale: `WMROLE_BLESS=1 cargo test` rewrites it");
}
