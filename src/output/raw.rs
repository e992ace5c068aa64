//! Text for a program that asked for it.

use std::io::{self, Write as _};

/// Writes a whole text to stdout. Whoever asked may be gone; that is nobody's fault.
pub(crate) fn write(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
