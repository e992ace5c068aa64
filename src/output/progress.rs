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
    /// How many of each were read; not counted where the steps are.
    read: BTreeMap<&'static str, usize>,
}

/// A line that is too long is cut.
const SPINNER: &str = "{spinner} {wide_msg}";
const BAR: &str = "{spinner} [{bar:20}] {pos}/{len}, {eta} left: {wide_msg}";

impl Progress {
    fn new(what: &'static str, counted: bool) -> Self {
        let template = if counted { BAR } else { SPINNER };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(counted.then_some(0), ProgressDrawTarget::hidden())
            .with_style(style.progress_chars("=> "));
        bar.set_message(what);
        Self { bar, since: Instant::now(), what, read: BTreeMap::new() }
    }

    fn has_steps(&self) -> bool {
        self.bar.length().is_some()
    }

    /// `reading users: 300 users, 2 groups`.
    fn text(&self) -> String {
        let counts: Vec<_> =
            self.read.iter().map(|(item, count)| counted(*count, item, &format!("{item}s"))).collect();
        if counts.is_empty() { self.what.to_owned() } else { format!("{}: {}", self.what, counts.join(", ")) }
    }
}

/// Says what is going on, as soon as it has gone on for a while; where its steps are counted, also how many are done
/// and how long the others take.
pub(crate) fn start(what: &'static str, counted: bool) {
    clear();
    *shown() = Some(Progress::new(what, counted));
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
        if !progress.has_steps() {
            *progress.read.entry(item).or_default() += more;
        }
        progress.bar.set_message(progress.text());
    }
}

/// So many steps are done, of so many until now.
pub(crate) fn reach(done: usize, of: usize) {
    if let Some(progress) = &*shown()
        && progress.has_steps()
    {
        progress.bar.set_length(of as u64);
        progress.bar.set_position(done as u64);
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
        let mut progress = Progress::new("reading users", false);
        assert_eq!(progress.text(), "reading users");
        progress.read.extend([("user", 300), ("group", 1)]);
        assert_eq!(progress.text(), "reading users: 1 group, 300 users");
    }

    #[test]
    fn both_lines_can_be_drawn() {
        for template in [SPINNER, BAR] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
        assert!(Progress::new("reading permissions", true).has_steps());
        assert!(!Progress::new("reading users", false).has_steps());
    }
}
