//! Ctrl-C: reading ends at once; writing ends after the write in flight, or at once when pressed again;
//! a command that was started has it to itself.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::exit::Stop;
use crate::output::ui::Ui;

/// What Ctrl-C does now.
#[derive(Debug, Default)]
pub(crate) struct Interrupts {
    writing: AtomicUsize,
    stop: AtomicBool,
    elsewhere: AtomicBool,
    /// Where is saved what was there before the writes.
    saved: Mutex<Vec<PathBuf>>,
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
    pub(crate) fn saved(&self, path: &Path) {
        if let Ok(mut all) = self.saved.lock() {
            all.push(path.to_owned());
        }
    }

    /// Writes begin, and go on to the last word of their report.
    pub(crate) fn writing(&self) -> Writing<'_> {
        self.writing.fetch_add(1, Ordering::Relaxed);
        Writing(self)
    }

    /// Must the next write not begin?
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Somebody else takes care of Ctrl-C from now on.
    pub(crate) fn leave(&self) {
        self.elsewhere.store(true, Ordering::Relaxed);
    }

    /// Ends when the command must end at once, with the reason.
    pub(crate) async fn ended(&self, ui: &Ui) -> anyhow::Error {
        loop {
            if tokio::signal::ctrl_c().await.is_err() {
                // Without a handler the signal ends the program by itself
                std::future::pending::<()>().await;
            }
            if self.elsewhere.load(Ordering::Relaxed) {
                continue;
            }
            if self.writing.load(Ordering::Relaxed) == 0 {
                return Stop::interrupted().into();
            }
            if self.stop.swap(true, Ordering::Relaxed) {
                for path in self.saved.lock().iter().flat_map(|all| all.iter()) {
                    ui.warn(format!("what was there is saved in {}", path.display()));
                }
                return Stop::interrupted()
                    .hint("what the write in flight did is not known: look with `wmrole list`")
                    .into();
            }
            ui.warn("stopping after the write in flight; Ctrl-C again stops at once");
        }
    }
}
