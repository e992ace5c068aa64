//! `completions`: a completion script, made from the command line's own description.

use clap::Args;

use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;

/// `completions`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # For this shell alone
  source <(wmrole completions bash)
  # For every fish that starts
  wmrole completions fish >~/.config/fish/completions/wmrole.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table => true,
        Format::Json | Format::Yaml | Format::Markdown | Format::Github | Format::Junit | Format::Csv => {
            false
        }
    }
}

/// Prints the completion script of a shell.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn run(
    context: &Context,
    args: &CompletionsArgs,
    mut command: clap::Command,
) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "wmrole", &mut script);
    context.ui.print_verbatim(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Done)
}
