//! What the program is doing, in one line of a terminal that goes when there is more to say. Nothing is shown of what
//! takes no time. There is one terminal, and thus one of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::sanitize;
use super::style::counted;

/// What takes less is not worth a word.
const DELAY: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(120);

static SHOWN: Mutex<Option<Progress>> = Mutex::new(None);

struct Progress {
    bar: ProgressBar,
    since: Instant,
    what: &'static str,
    /// How many of each were read.
    read: BTreeMap<&'static str, usize>,
}

impl Progress {
    /// `reading users: 300 users, 2 groups`.
    fn text(&self) -> String {
        let counts: Vec<_> =
            self.read.iter().map(|(item, count)| counted(*count, item, &format!("{item}s"))).collect();
        if counts.is_empty() { self.what.to_owned() } else { format!("{}: {}", self.what, counts.join(", ")) }
    }
}

/// Says what is going on, as soon as it has gone on for a while.
pub(crate) fn start(what: &'static str) {
    // A line that is too long is cut
    let style =
        ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style);
    bar.set_message(what);
    clear();
    *shown() = Some(Progress { bar, since: Instant::now(), what, read: BTreeMap::new() });
    thread::spawn(|| {
        thread::sleep(DELAY);
        show();
    });
}

fn show() {
    if let Some(Progress { bar, since, .. }) = &*shown()
        && since.elapsed() >= DELAY
    {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(TICK);
    }
}

/// Is anything said?
pub(crate) fn is_on() -> bool {
    shown().is_some()
}

/// Says this instead, until more was read; false where nothing is said at all.
pub(crate) fn say(text: &str) -> bool {
    let shown = shown();
    if let Some(progress) = &*shown {
        progress.bar.set_message(sanitize::terminal(text));
    }
    shown.is_some()
}

/// So many more of these were read.
pub(crate) fn count(item: &'static str, more: usize) {
    if let Some(progress) = &mut *shown() {
        *progress.read.entry(item).or_default() += more;
        progress.bar.set_message(progress.text());
    }
}

/// Takes the line away while something else is written.
pub(crate) fn suspended(write: impl FnOnce()) {
    match &*shown() {
        Some(progress) => progress.bar.suspend(write),
        None => write(),
    }
}

/// Ends it: a result, a question or another program has the terminal from now on.
pub(crate) fn clear() {
    if let Some(progress) = shown().take() {
        progress.bar.finish_and_clear();
    }
}

fn shown() -> MutexGuard<'static, Option<Progress>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_counted() {
        let bar = ProgressBar::hidden();
        let since = Instant::now();
        let mut progress = Progress { bar, since, what: "reading users", read: BTreeMap::new() };
        assert_eq!(progress.text(), "reading users");
        progress.read.extend([("user", 300), ("group", 1)]);
        assert_eq!(progress.text(), "reading users: 1 group, 300 users");
    }
}
