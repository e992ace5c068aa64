//! `man`: the man pages, made from the command line's own description.

mod command_page;
mod definition_page;
mod environment;
mod page;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueHint};

use crate::atomic_file;
use crate::config::Format;
use crate::context::{Context, child};
use crate::error::CommandError;
use crate::exit_code::ExitCode;

/// `man`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole man
  # The page of a command
  wmrole man sandbox serve
  # All pages, where man looks for those of this user
  wmrole man --dir ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Open the page of this command [default: that of wmrole]
    #[arg(conflicts_with = "dir")]
    pub command: Vec<String>,
    /// Write every page into this directory
    #[arg(long, value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// A man page.
struct Page {
    /// The name of its file, as `wmrole-sandbox-serve.1`.
    file: String,
    /// Its source.
    roff: String,
    /// What is shown where there is no `man`.
    plain: String,
}

/// Every man page, that of the program first.
///
/// # Errors
/// Never in practice: pages are drawn in memory.
fn pages(command: clap::Command) -> anyhow::Result<Vec<Page>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect(&command, None, &mut pages);
    let roff = definition_page::page()?;
    pages.push(Page { file: "wmrole.5".into(), plain: roff.clone(), roff });
    Ok(pages)
}

fn collect(command: &clap::Command, parent: Option<&clap::Command>, pages: &mut Vec<Page>) {
    pages.push(Page {
        file: format!("{}.1", command_page::name(command)),
        roff: command_page::page(command, parent),
        plain: command.clone().render_long_help().to_string(),
    });
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        collect(sub, Some(command), pages);
    }
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

/// Opens a man page, prints it where stdout is no terminal, or writes all of them.
///
/// # Errors
/// When there is no such command, or a file or stdout cannot be written.
pub(super) async fn run(
    context: &Context,
    args: &ManArgs,
    command: clap::Command,
) -> anyhow::Result<ExitCode> {
    let pages = pages(command)?;
    if let Some(dir) = &args.dir {
        atomic_file::make_directory(dir)?;
        for Page { file, roff, plain: _ } in pages {
            atomic_file::write_public(&dir.join(file), &roff)?;
        }
        return Ok(ExitCode::Done);
    }
    let words = [&["wmrole".to_owned()], args.command.as_slice()].concat();
    let file = format!("{}.1", words.join("-"));
    let Some(page) = pages.iter().find(|page| page.file == file || args.command == [page.file.as_str()])
    else {
        let message = format!("there is no command `{}`", words.join(" "));
        return Err(CommandError::usage(message).hint("`wmrole --help` lists them").into());
    };
    if !io::stdout().is_terminal() {
        context.ui.print_verbatim(&page.roff)?;
        return Ok(ExitCode::Done);
    }
    open(context, page).await
}

/// Opens the page with `man`.
async fn open(context: &Context, page: &Page) -> anyhow::Result<ExitCode> {
    let directory = tempfile::tempdir().context("making a file for man")?;
    // What has a slash in it is a file to every man
    let file = directory.path().join(&page.file);
    std::fs::write(&file, &page.roff).context("writing a file for man")?;
    let mut man = tokio::process::Command::new("man");
    man.arg(&file);
    match context.interrupts.left_to(child::run_to_end(man)).await {
        Ok(status) => Ok(child::exit_code(status)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            context.ui.print(&page.plain)?;
            context.ui.hint("this is the help; where `man` is installed it is the page");
            Ok(ExitCode::Done)
        }
        Err(error) => Err(CommandError::failed(format!("cannot run man: {error}")).into()),
    }
}
