//! `completions`: a completion script, printed or put where the shell looks.

use clap::{Args, ValueEnum};
use clap_complete::shells::{Elvish, PowerShell};

use crate::complete::install::{self, Script};
use crate::config::Format;
use crate::context::Context;
use crate::error::CommandError;
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
    pub shell: Shell,
    /// Put the script where the shell looks, for this user; bash, zsh and fish
    #[arg(long)]
    pub install: bool,
    /// Remove what --install put there
    #[arg(long, conflicts_with = "install")]
    pub uninstall: bool,
}

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table => true,
        Format::Json
        | Format::Yaml
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => false,
    }
}

/// Prints the completion script of a shell, or puts it where the shell looks.
///
/// # Errors
/// When stdout or the file cannot be written, or a file stands there that is not this command's.
pub(super) fn run(
    context: &Context,
    args: &CompletionsArgs,
    mut command: clap::Command,
) -> anyhow::Result<ExitCode> {
    let script = match args.shell {
        Shell::Bash => Some(&install::BASH),
        Shell::Zsh => Some(&install::ZSH),
        Shell::Fish => Some(&install::FISH),
        Shell::Elvish | Shell::Powershell => None,
    };
    if args.install || args.uninstall {
        let Some(script) = script else {
            let message = "--install and --uninstall know bash, zsh and fish only";
            return Err(CommandError::usage(message)
                .hint("load what `wmrole completions SHELL` prints in the file that your shell reads at its start")
                .into());
        };
        return if args.install { put(context, script) } else { remove(context, script) };
    }
    let text = script.map_or_else(
        || {
            let mut text = Vec::new();
            match args.shell {
                Shell::Elvish => clap_complete::generate(Elvish, &mut command, "wmrole", &mut text),
                _ => clap_complete::generate(PowerShell, &mut command, "wmrole", &mut text),
            }
            String::from_utf8_lossy(&text).into_owned()
        },
        |script| script.text.to_owned(),
    );
    context.ui.print_verbatim(&text)?;
    Ok(ExitCode::Done)
}

fn put(context: &Context, script: &Script) -> anyhow::Result<ExitCode> {
    let path = script.place()?;
    let done = match script.install(&path)? {
        true => "wrote",
        false => "unchanged:",
    };
    context.ui.status(format!("{done} {}", path.display()));
    for line in script.what_is_needed(&path) {
        context.ui.hint(line);
    }
    Ok(ExitCode::Done)
}

fn remove(context: &Context, script: &Script) -> anyhow::Result<ExitCode> {
    let path = script.place()?;
    match script.uninstall(&path)? {
        true => context.ui.status(format!("removed {}", path.display())),
        false => context.ui.status(format!("nothing to remove: there is no {}", path.display())),
    }
    Ok(ExitCode::Done)
}
