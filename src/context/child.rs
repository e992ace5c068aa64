//! A program that this one starts, and the signals that are passed on to it.

use std::ffi::OsString;
use std::pin::Pin;
use std::process::ExitStatus;
use std::time::Duration;

use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::output::progress;
#[cfg(unix)]
use crate::output::terminal::Hangup;

/// The program behind `--` and its arguments; none where there are no dashes.
///
/// # Errors
/// When nothing stands behind them: what the command is given would be for nobody.
pub(crate) fn behind_dashes(words: &[OsString]) -> Result<Option<(&OsString, &[OsString])>, CommandError> {
    match words.split_first() {
        Some((program, _)) if program.is_empty() => Err(CommandError::usage("the command after -- is empty")),
        Some(command) => Ok(Some(command)),
        // The parser does not tell no command from none behind `--`
        None if std::env::args_os().any(|arg| arg == "--") => {
            Err(CommandError::usage("there is no command after --"))
        }
        None => Ok(None),
    }
}

/// A command that was asked to end has this long before it is killed.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// What asks a command to end.
pub(crate) type Stop<'a> = Pin<&'a mut dyn Future<Output = ()>>;

/// Runs a command with the variables in its environment, and without those that have no value, and ends as it ends.
///
/// # Errors
/// When the command cannot be started.
pub(crate) async fn run_with(
    program: &OsString,
    arguments: &[OsString],
    variables: &[(&str, Option<String>)],
) -> anyhow::Result<ExitCode> {
    run_until(program, arguments, variables, std::pin::pin!(std::future::pending())).await
}

/// As [`run_with`], and asks the command to end, as SIGTERM does, once `stop` is ready. One that does not within
/// [`GRACE`] is killed, and at once when Ctrl-C is pressed meanwhile.
///
/// # Errors
/// When the command cannot be started.
pub(crate) async fn run_until(
    program: &OsString,
    arguments: &[OsString],
    variables: &[(&str, Option<String>)],
    stop: Stop<'_>,
) -> anyhow::Result<ExitCode> {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments);
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let status = run_to(command, stop, GRACE).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            CommandError::failed(format!("there is no command {}", program.display()))
        }
        _ => CommandError::failed(format!("cannot run {}: {error}", program.display())),
    })?;
    Ok(exit_code(status))
}

/// Runs a command to its end, and passes on the signals that ask a program to end. One from the terminal
/// reaches the command by itself.
///
/// # Errors
/// When the command cannot be started.
pub(crate) async fn run_to_end(command: tokio::process::Command) -> std::io::Result<ExitStatus> {
    run_to(command, std::pin::pin!(std::future::pending()), GRACE).await
}

/// As [`run_to_end`], and asks the command to end once `stop` is ready, and kills it after the grace.
#[cfg(unix)]
async fn run_to(
    mut command: tokio::process::Command,
    mut stop: Stop<'_>,
    grace: Duration,
) -> std::io::Result<ExitStatus> {
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
    let mut asked = false;
    let mut grace_ends = std::pin::pin!(tokio::time::sleep(grace));
    loop {
        let passed_on = tokio::select! {
            status = child.wait() => return status,
            () = &mut grace_ends, if asked => break,
            _ = interrupt.recv() => match asked {
                true => break,
                false => (!told).then_some(rustix::process::Signal::INT),
            },
            _ = quit.recv() => (!told).then_some(rustix::process::Signal::QUIT),
            _ = terminate.recv() => Some(rustix::process::Signal::TERM),
            () = hangup.next() => Some(rustix::process::Signal::HUP),
            () = &mut stop, if !asked => {
                asked = true;
                grace_ends.as_mut().reset(tokio::time::Instant::now() + grace);
                Some(rustix::process::Signal::TERM)
            }
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let (Some(pid), Some(passed_on)) = (pid, passed_on) {
            // It may have ended just now; then `wait` says so
            let _ = rustix::process::kill_process(pid, passed_on);
        }
    }
    child.start_kill()?;
    child.wait().await
}

/// As [`run_to_end`], and ends the command once `stop` is ready: there is no signal that asks it to.
#[cfg(not(unix))]
async fn run_to(
    mut command: tokio::process::Command,
    stop: Stop<'_>,
    _grace: Duration,
) -> std::io::Result<ExitStatus> {
    progress::clear();
    let mut child = command.spawn()?;
    tokio::select! {
        status = child.wait() => return status,
        () = stop => child.start_kill()?,
    }
    child.wait().await
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::path::Path;

    use rustix::process::{Signal, getpid, kill_process};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    async fn there(file: &Path) {
        while !file.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The signal that ends a command which goes on when it is asked to end. `then` is done once it was asked.
    async fn ended_by(grace: Duration, then: impl Future<Output = ()>) -> Option<i32> {
        let home = tempfile::tempdir().expect("a directory");
        let mut command = tokio::process::Command::new("sh");
        let script = "trap ': >asked' TERM; : >up; while :; do sleep 0.05; done";
        command.current_dir(home.path()).args(["-c", script]);
        let (up, asked) = (home.path().join("up"), home.path().join("asked"));
        let stop = std::pin::pin!(there(&up));
        let meanwhile = async {
            there(&asked).await;
            then.await;
        };
        let both = async { tokio::join!(run_to(command, stop, grace), meanwhile).0 };
        let status = tokio::time::timeout(LIMIT, both).await.expect("an end").expect("it starts");
        status.signal()
    }

    #[tokio::test]
    async fn what_does_not_end_when_it_is_asked_to_is_killed() {
        assert_eq!(ended_by(Duration::from_secs(2), async {}).await, Some(9));
        // Ctrl-C does not wait for that
        let interrupt = async { kill_process(getpid(), Signal::INT).expect("a signal") };
        assert_eq!(ended_by(10 * LIMIT, interrupt).await, Some(9));
    }
}
