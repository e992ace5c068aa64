//! Ctrl-C, SIGTERM and SIGHUP: reading ends at once; writing ends after the write in flight, or at once at
//! the second; a command that was started gets them itself.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::CommandError;
use crate::output::terminal::{CTRL_C, Signals};
use crate::output::ui::Ui;

/// What a signal does now.
#[derive(Debug, Default)]
pub(crate) struct Interrupts {
    writing: AtomicUsize,
    stop: AtomicBool,
    elsewhere: AtomicBool,
    /// Where is saved what was there before the writes.
    backups: Mutex<Vec<PathBuf>>,
}

/// As long as this lives, writes are under way.
#[derive(Debug)]
pub(crate) struct Writing<'a>(&'a Interrupts);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.writing.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Interrupts {
    /// What was there before the writes is saved here.
    pub(crate) fn add_backup(&self, path: &Path) {
        if let Ok(mut all) = self.backups.lock() {
            all.push(path.to_owned());
        }
    }

    /// Writes begin, and go on to the last word of their report.
    pub(crate) fn writing(&self) -> Writing<'_> {
        self.writing.fetch_add(1, Ordering::Relaxed);
        Writing(self)
    }

    /// Must the next write not begin?
    pub(crate) fn requested(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Somebody else takes care of the signals from now on.
    pub(crate) fn ignore(&self) {
        self.elsewhere.store(true, Ordering::Relaxed);
    }

    /// A program that was started takes care of the signals until this ends. One that is not from the
    /// keyboard stops this program too, after the other.
    pub(crate) async fn left_to<T>(&self, other: impl Future<Output = T>) -> T {
        self.ignore();
        let result = other.await;
        // A signal that came with the program's end is looked at before they are taken back
        tokio::task::yield_now().await;
        self.elsewhere.store(false, Ordering::Relaxed);
        result
    }

    /// Ends when the command must end at once, with the reason.
    pub(crate) async fn wait(&self, ui: &Ui) -> anyhow::Error {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            // Without a handler a signal ends the program by itself
            Err(_) => std::future::pending().await,
        };
        loop {
            let name = signals.next().await;
            if self.elsewhere.load(Ordering::Relaxed) {
                if name != CTRL_C {
                    self.stop.store(true, Ordering::Relaxed);
                }
                continue;
            }
            if self.writing.load(Ordering::Relaxed) == 0 {
                // A question that is open ends first, and its command says what it has to
                tokio::task::yield_now().await;
            }
            if self.writing.load(Ordering::Relaxed) == 0 {
                return CommandError::interrupted().into();
            }
            if self.stop.swap(true, Ordering::Relaxed) {
                for path in self.backups.lock().iter().flat_map(|all| all.iter()) {
                    ui.warn(format!("what was there is saved in {}", path.display()));
                }
                return CommandError::interrupted()
                    .hint("what the write in flight did is not known: look with `wmrole list`")
                    .into();
            }
            ui.warn(format!("stopping after the write in flight; {name} again stops at once"));
        }
    }
}
