//! What `-v` shows: our own events, on stderr. The SDK's are left out, since its `Debug` of a token
//! prints it in clear.

use std::io;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts the log; nothing is shown without `-v`.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).without_time();
    let ours = Targets::new().with_target("wmrole", level);
    // Only the first call in a process takes effect
    let _ = tracing_subscriber::registry().with(layer).with(ours).try_init();
}
