//! A text in `$VISUAL` or `$EDITOR`. What somebody wrote there is never lost.

use std::fs;
use std::io::Write as _;

use anyhow::Context as _;
use tokio::process::Command;

use crate::context::{Context, child};
use crate::dirs;
use crate::error::CommandError;
use crate::output::terminal;

/// Opens the text in an editor; none when it comes back unchanged, or without anything but comments.
///
/// # Errors
/// When the editor cannot be run or fails, or a signal ends it.
pub(crate) async fn edit(context: &Context, text: &str) -> anyhow::Result<Option<String>> {
    let chosen = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    let editor = chosen.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_else(|| "vi".into());
    let words = shell_words::split(&editor).with_context(|| format!("reading the editor {editor:?}"))?;
    let (program, arguments) = words.split_first().context("no editor is named")?;
    let mut file =
        tempfile::Builder::new().prefix("wmrole-").suffix(".yaml").tempfile().context("making a file")?;
    file.write_all(text.as_bytes()).context("writing the file to edit")?;
    // Closed, since an editor may put another file in its place
    let path = file.into_temp_path();
    let lent = terminal::lend();
    let mut command = Command::new(program);
    command.args(arguments).arg(&path);
    let status = context.interrupts.left_to(child::run_to_end(command)).await;
    let status = status.map_err(|error| {
        CommandError::failed(format!("cannot run the editor {editor}: {error}; nothing was changed"))
            .hint("set VISUAL or EDITOR")
    })?;
    if context.interrupts.requested() {
        // Some editors write the file before they end
        if let Some(written) = fs::read_to_string(&path).ok().filter(|written| written != text) {
            keep(context, &written);
        }
        return Err(CommandError::interrupted().into());
    }
    if status.success() {
        lent.returned();
    } else {
        return Err(CommandError::failed(format!(
            "the editor {editor} ended with {status}; nothing was changed"
        ))
        .into());
    }
    let edited = fs::read_to_string(&path).context("reading the edited file")?;
    let says_something =
        edited.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    Ok(Some(edited).filter(|edited| edited != text && says_something))
}

/// Keeps the text, and gives the error back.
pub(crate) fn kept(context: &Context, text: &str, error: anyhow::Error) -> anyhow::Error {
    keep(context, text);
    error
}

/// Saves the text in a file, and says where.
pub(crate) fn keep(context: &Context, text: &str) {
    let name = dirs::backup_name("edit", context.config.system);
    match dirs::backups().and_then(|folder| dirs::save_backup(&folder, &name, "yaml", text)) {
        Ok(path) => context.ui.hint(format!("your text is kept in {}", path.display())),
        Err(error) => context.ui.warn(format!("your text could not be kept: {error:#}")),
    }
}
