//! What `-v` shows: our own events, on stderr. The SDK's are left out, since its `Debug` of a token
//! prints it in clear.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::sanitize;

/// Starts the log; nothing is shown without `-v`.
pub(crate) fn start(verbose: u8) {
    let detail = match verbose {
        0 => return,
        1 => LevelFilter::OFF,
        _ => LevelFilter::INFO,
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(|| Harmless(io::stderr()))
        .with_ansi(false)
        .without_time();
    let ours = Targets::new().with_target("wmrole", LevelFilter::INFO).with_target("wmrole::detail", detail);
    // Only the first call in a process takes effect
    let _ = tracing_subscriber::registry().with(layer).with(ours).try_init();
}

/// Takes a whole event at a time, which is one line.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = sanitize::command_data(text.trim_end_matches('\n')) + "\n";
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hostile;

    #[test]
    fn an_event_is_one_harmless_line() {
        for text in hostile::TEXTS {
            let mut bytes = Vec::new();
            let event = format!("{text} INFO {text}\n");
            Harmless(&mut bytes).write_all(event.as_bytes()).expect("written");
            let line = String::from_utf8(bytes).expect("a text");
            assert_eq!([hostile::terminal(&line), hostile::runner(&line)].concat(), [""; 0]);
            assert_eq!(line.matches('\n').count(), 1);
        }
    }
}
