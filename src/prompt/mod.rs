//! Everything that asks. Answers are data; what is done with them is the commands'.

pub(crate) mod confirm;
pub(crate) mod dialog;
pub(crate) mod editor;
mod field;
mod menu;
mod picker;

use std::io::{self, IsTerminal as _};

use crate::context::Context;
use crate::error::{self, CommandError};
use crate::exit_code::ExitCode;
use crate::output::terminal;

/// Is there a terminal where somebody can answer, and may they be asked?
pub(crate) fn can_ask(context: &Context) -> bool {
    context.ui.clear();
    !context.config.no_input && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A narrower window has no place for a text beside the cursor.
const COLUMNS: u16 = 2;

/// Runs a prompt that asks in a line.
///
/// # Errors
/// As [`ask_in_window`].
async fn ask<T: Send + 'static>(
    prompt: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let answer = ask_in_window(prompt).await;
    if answer.as_ref().is_err_and(|error| error::exit_code(error) == ExitCode::Interrupted) {
        // The answer's line is still open
        let _ = dialoguer::console::Term::stderr().write_line("");
    }
    answer
}

/// Runs a prompt that leaves no line open.
///
/// # Errors
/// Refused in a window of one column. Interrupted by Ctrl-C, a signal, or a terminal that is closed; or when the terminal cannot be used.
async fn ask_in_window<T: Send + 'static>(
    prompt: impl FnOnce() -> dialoguer::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    if dialoguer::console::Term::stderr().size_checked().is_some_and(|(_, columns)| columns < COLUMNS) {
        let message = "the window is too narrow to ask anything; nothing was changed";
        return Err(CommandError::refused(message).hint("make it wider, or answer with flags").into());
    }
    let dialoguer::Error::IO(error) = match terminal::ask(prompt).await {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    match error.kind() {
        io::ErrorKind::Interrupted => Err(CommandError::interrupted_question().into()),
        _ => Err(anyhow::Error::new(error).context("asking")),
    }
}
