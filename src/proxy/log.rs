//! The line that `-v` shows of a request: what and how long, never a body, a header or a token.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Whoever shows lines, and warnings.
#[derive(Clone)]
pub(crate) struct Log {
    line: Arc<dyn Fn(&str) + Send + Sync>,
    warning: Arc<dyn Fn(&str) + Send + Sync>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// Calls these with each line of a request, and with what goes wrong.
    pub(crate) fn new(
        line: impl Fn(&str) + Send + Sync + 'static,
        warning: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self { line: Arc::new(line), warning: Arc::new(warning) }
    }

    pub(super) fn warn(&self, text: &str) {
        (self.warning)(text);
    }

    /// A request begins; its line is shown when it is dropped.
    pub(super) fn begin(&self) -> Line {
        Line {
            log: self.clone(),
            begun: Instant::now(),
            operation: String::new(),
            user: String::new(),
            status: 0,
            received: 0,
            sent: 0,
            broken: false,
        }
    }
}

/// A request, as far as it came.
#[derive(Debug)]
pub(super) struct Line {
    log: Log,
    begun: Instant,
    pub(super) operation: String,
    pub(super) user: String,
    pub(super) status: u16,
    /// Bytes of the client's body.
    pub(super) received: u64,
    /// Bytes of the response's body.
    pub(super) sent: u64,
    /// The response did not come to its end.
    pub(super) broken: bool,
}

impl Drop for Line {
    fn drop(&mut self) {
        let named = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let Self { operation, user, status, received, sent, broken, begun, .. } = self;
        // The client went away before there was an answer
        let status = if *status == 0 { "-".to_owned() } else { status.to_string() };
        let line = format!(
            "{} {} {status} {received} B in, {sent} B out, {} ms{}",
            named(operation),
            named(user),
            begun.elapsed().as_millis(),
            if *broken { ", not complete" } else { "" }
        );
        (self.log.line)(&line);
    }
}
