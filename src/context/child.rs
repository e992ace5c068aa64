//! A program that this one starts, and the signals that are passed on to it.

use std::process::ExitStatus;

use crate::exit_code::ExitCode;
use crate::output::progress;
#[cfg(unix)]
use crate::output::terminal::Hangup;

/// Runs a command to its end, and passes on the signals that ask a program to end. One from the terminal
/// reaches the command by itself.
///
/// # Errors
/// When the command cannot be started.
#[cfg(unix)]
pub(crate) async fn run_to_end(mut command: tokio::process::Command) -> std::io::Result<ExitStatus> {
    progress::clear();
    use tokio::signal::unix::{SignalKind, signal};
    // Before the start: none that comes with it is lost
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = Hangup::listen()?;
    let mut child = command.spawn()?;
    // After it: the command inherits whether this one is ignored
    let mut quit = signal(SignalKind::quit())?;
    // The terminal has told the command already, which is in the same group
    let told = std::io::IsTerminal::is_terminal(&std::io::stdin());
    loop {
        let passed_on = tokio::select! {
            status = child.wait() => return status,
            _ = interrupt.recv() => (!told).then_some(rustix::process::Signal::INT),
            _ = quit.recv() => (!told).then_some(rustix::process::Signal::QUIT),
            _ = terminate.recv() => Some(rustix::process::Signal::TERM),
            () = hangup.next() => Some(rustix::process::Signal::HUP),
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let (Some(pid), Some(passed_on)) = (pid, passed_on) {
            // It may have ended just now; then `wait` says so
            let _ = rustix::process::kill_process(pid, passed_on);
        }
    }
}

/// Runs a command to its end.
///
/// # Errors
/// When the command cannot be started.
#[cfg(not(unix))]
pub(crate) async fn run_to_end(mut command: tokio::process::Command) -> std::io::Result<ExitStatus> {
    progress::clear();
    command.spawn()?.wait().await
}

/// The command's own code; 128 and the signal's number when a signal ended it, as shells say it.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    ExitCode::Command(code(status))
}

fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(255);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
