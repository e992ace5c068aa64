//! The terminal while a question is open: a signal ends the question, and on every way out, panics included,
//! the terminal has the mode of before and shows its cursor, and the lines of before stand on it. Knows no question and
//! no command.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use dialoguer::console::Term;

use super::progress;

/// The terminal as it was before the question that is open, or that did not end with an answer.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

/// Is the window in use as a whole? Changed only while [`BEFORE`] is held.
static FULL_SCREEN: AtomicBool = AtomicBool::new(false);

/// To the second screen of the terminal, and back to the first as it was left.
const ENTER: &str = "\x1b[?1049h";
const LEAVE: &str = "\x1b[?1049l";

/// Forgets what was typed and not read yet, so that it does not answer a question that is still to come.
pub(crate) fn discard_input() {
    // Where stdin is no terminal nobody is asked
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// The signals that ask the program to stop. One that arrives while this exists is not lost.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hangup: Hangup,
}

/// SIGHUP; never under `nohup`, which asks to ignore it.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Hangup(Option<tokio::signal::unix::Signal>);

/// What the message calls Ctrl-C.
pub(crate) const CTRL_C: &str = "Ctrl-C";

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system has no handler left.
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: Hangup::listen()?,
        })
    }

    /// Listens from now on.
    ///
    /// # Errors
    /// None where there is only Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal, and gives its name.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => CTRL_C,
            _ = self.terminate.recv() => "SIGTERM",
            () = self.hangup.next() => "SIGHUP",
        }
    }

    /// Waits for the next Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler Ctrl-C ends the program by itself
            std::future::pending::<()>().await;
        }
        CTRL_C
    }
}

#[cfg(unix)]
impl Hangup {
    /// Listens from now on.
    ///
    /// # Errors
    /// As [`Signals::listen`].
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = SignalKind::hangup();
        // The first listener replaces the disposition that the program was started with
        static NOHUP: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
        let nohup = *NOHUP.get_or_init(|| is_ignored(hangup.as_raw_value()));
        Ok(Self(if nohup { None } else { Some(signal(hangup)?) }))
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        match &mut self.0 {
            Some(hangup) => {
                hangup.recv().await;
            }
            None => std::future::pending().await,
        }
    }
}

/// Was the program started with this signal ignored? Known on Linux; elsewhere no.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}

/// Runs a prompt. It waits for keys in a system call, which no signal is sure to end; thus it has its own
/// thread, which stays behind when a signal ends the question.
///
/// # Errors
/// Interrupted by Ctrl-C, another of the [`Signals`], or a terminal that is closed; or when the terminal cannot
/// be used.
pub(crate) async fn ask<T: Send + 'static>(
    prompt: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> dialoguer::Result<T> {
    let mut signals = Signals::listen()?;
    let lent = lend();
    let answer = tokio::task::spawn_blocking(prompt);
    let interrupted = |why| io::Error::new(io::ErrorKind::Interrupted, why).into();
    let answer = tokio::select! {
        biased;
        name = signals.next() => Err(interrupted(name)),
        answer = answer => answer.unwrap_or_else(|error| Err(io::Error::other(error).into())),
    };
    match answer {
        Ok(answer) => {
            lent.returned();
            Ok(answer)
        }
        // The prompt can notice it before the signal comes that says it
        Err(_) if lent.is_gone() => Err(interrupted("the terminal is closed")),
        Err(error) => Err(error),
    }
}

/// The terminal is lent to a prompt or to a program; when this is dropped it is restored.
#[derive(Debug)]
pub(crate) struct Lent(());

/// Saves the terminal's mode, and takes from it what is still drawn.
pub(crate) fn lend() -> Lent {
    progress::clear();
    *before() = Before::of(io::stdin(), io::stderr());
    Lent(())
}

impl Lent {
    /// Was the terminal closed?
    fn is_gone(&self) -> bool {
        before().as_ref().is_some_and(Before::is_gone)
    }

    /// The borrower ended as it should, and restored the terminal itself.
    pub(crate) fn returned(self) {
        *before() = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        restore();
    }
}

fn before() -> std::sync::MutexGuard<'static, Option<Before>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Restores the terminal where a question did not end with an answer. RoleKey again when the program ends:
/// the prompt's thread could have taken a key since.
pub(crate) fn restore() {
    if let Some(before) = &*before() {
        before.restore();
    }
}

/// The whole window, in place of the lines of before; keys come one by one and are not echoed. Only inside of
/// [`ask`]; when this is dropped the terminal is restored.
#[derive(Debug)]
pub(crate) struct FullScreen(());

impl FullScreen {
    /// Takes the window.
    ///
    /// # Errors
    /// When the terminal cannot be used, or the question has ended already.
    pub(crate) fn enter() -> io::Result<Self> {
        let before = before();
        if before.is_none() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        #[cfg(unix)]
        {
            use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
            let mut mode = tcgetattr(io::stdin())?;
            let output_modes = mode.output_modes;
            mode.make_raw();
            mode.output_modes = output_modes;
            // What was typed before answers nothing
            tcsetattr(io::stdin(), OptionalActions::Flush, &mode)?;
        }
        FULL_SCREEN.store(true, Ordering::Relaxed);
        Term::stderr().write_str(ENTER)?;
        Ok(Self(()))
    }

    /// Writes to the window.
    ///
    /// # Errors
    /// When the terminal cannot be written, or a signal has ended the question and the terminal is restored.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        let _before = before();
        if !FULL_SCREEN.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        Term::stderr().write_str(text)
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        restore();
    }
}

/// Makes a panic restore the terminal first. A destructor would not run where a panic aborts.
pub(crate) fn restore_on_panic() {
    let next = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        next(panic);
    }));
}

/// The terminal that is typed at, its mode, and the terminal that is drawn on.
#[cfg(unix)]
#[derive(Debug)]
struct Before {
    keyboard: std::os::fd::OwnedFd,
    mode: rustix::termios::Termios,
    screen: std::os::fd::OwnedFd,
}

#[cfg(unix)]
impl Before {
    fn of(keyboard: impl std::os::fd::AsFd, screen: impl std::os::fd::AsFd) -> Option<Self> {
        Some(Self {
            mode: rustix::termios::tcgetattr(&keyboard).ok()?,
            keyboard: keyboard.as_fd().try_clone_to_owned().ok()?,
            screen: screen.as_fd().try_clone_to_owned().ok()?,
        })
    }

    fn is_gone(&self) -> bool {
        rustix::termios::tcgetattr(&self.keyboard).is_err()
    }

    fn restore(&self) {
        use rustix::termios::{OptionalActions, tcgetpgrp, tcsetattr};
        // In the background the terminal is the shell's, and setting its mode would stop the program
        if tcgetpgrp(&self.keyboard).is_ok_and(|group| group != rustix::process::getpgrp()) {
            return;
        }
        // The terminal can be gone, and there is nowhere left to say it. A write of the system: a panic may
        // hold the lock of stderr
        let _ = tcsetattr(&self.keyboard, OptionalActions::Now, &self.mode);
        if FULL_SCREEN.swap(false, Ordering::Relaxed) {
            let _ = rustix::io::write(&self.screen, LEAVE.as_bytes());
        }
        let _ = rustix::io::write(&self.screen, b"\x1b[?25h");
    }
}

/// The console keeps its mode by itself; only the cursor is hidden.
#[cfg(not(unix))]
#[derive(Debug)]
struct Before;

#[cfg(not(unix))]
impl Before {
    fn of(_: io::Stdin, _: io::Stderr) -> Option<Self> {
        Some(Self)
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn restore(&self) {
        if FULL_SCREEN.swap(false, Ordering::Relaxed) {
            let _ = Term::stderr().write_str(LEAVE);
        }
        let _ = Term::stderr().show_cursor();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::File;
    use std::io::Read as _;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    use super::*;

    #[test]
    #[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
    fn a_panic_restores_the_mode_the_lines_of_before_and_the_cursor() {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = File::options().read(true).write(true).open(path).unwrap();
        let cooked = tcgetattr(&slave).unwrap();
        *before() = Before::of(&slave, &slave);
        let mut raw = cooked.clone();
        raw.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &raw).unwrap();
        assert!(!tcgetattr(&slave).unwrap().local_modes.contains(LocalModes::ICANON));
        FULL_SCREEN.store(true, Ordering::Relaxed);
        restore_on_panic();
        let panic = std::thread::spawn(|| panic!("in the middle of a question")).join();
        assert!(panic.is_err());
        *before() = None;
        assert_eq!(format!("{:?}", tcgetattr(&slave).unwrap()), format!("{cooked:?}"));
        let mut shown = [0; 14];
        File::from(master).read_exact(&mut shown).unwrap();
        assert_eq!(&shown, b"\x1b[?1049l\x1b[?25h");
    }
}
