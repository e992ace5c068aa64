//! `man`: the man pages, made from the command line's own description.

mod definition_page;

use std::path::PathBuf;

use clap::{Args, ValueHint};
use roff::{Roff, bold, roman};

use crate::atomic_file;
use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;

/// `man`.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this directory
    #[arg(long, value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// Every man page, with the name of its file.
///
/// # Errors
/// Never in practice: pages are drawn in memory.
fn man_pages(command: clap::Command) -> anyhow::Result<Vec<(String, String)>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect(&command, &mut pages)?;
    pages.push(("wmrole.5".into(), definition_page::page()?));
    Ok(pages)
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let mut page = Vec::new();
    // What stands after the help is the page's own section
    let extra = command.get_after_long_help().map(|text| text.to_string());
    let plain = command.clone().after_long_help("");
    let version = concat!("wmrole ", env!("CARGO_PKG_VERSION"));
    let man = clap_mangen::Man::new(plain).source(version).manual("User Commands");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    // clap's own usage line: the options are in their section, in their order
    let usage = command.clone().render_usage().to_string();
    let mut synopsis = Roff::new();
    synopsis.control("SH", ["SYNOPSIS"]);
    synopsis.text([roman(usage.trim_start_matches("Usage: "))]);
    synopsis.to_writer(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    sections(command, extra).to_writer(&mut page)?;
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push((format!("{name}.1"), String::from_utf8_lossy(&page).into_owned()));
    for sub in command.get_subcommands() {
        collect(sub, pages)?;
    }
    Ok(())
}

/// What a page has besides clap's own sections: other names, the environment, and what stands after the
/// help under its own title, as `Examples:` or `Exit codes:`.
fn sections(command: &clap::Command, extra: Option<String>) -> Roff {
    let mut page = Roff::new();
    let aliases: Vec<_> = command.get_visible_aliases().map(bold).collect();
    if !aliases.is_empty() {
        page.control("SH", ["OTHER NAMES"]);
        page.text(aliases);
    }
    let variables: Vec<_> = command.get_arguments().filter(|arg| arg.get_env().is_some()).collect();
    if !variables.is_empty() {
        page.control("SH", ["ENVIRONMENT"]);
    }
    for arg in variables {
        page.control("TP", []);
        page.text([bold(arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())]);
        page.text([roman(format!("As --{}.", arg.get_long().unwrap_or_default()))]);
    }
    if let Some((title, text)) = extra.as_deref().and_then(|text| text.split_once(":\n")) {
        page.control("SH", [title.to_uppercase().as_str()]);
        page.control("nf", []);
        page.text(text.lines().map(|line| roman(format!("{}\n", line.trim_start()))).collect::<Vec<_>>());
        page.control("fi", []);
    }
    page
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

/// Prints the main man page, or writes all of them.
///
/// # Errors
/// When a file or stdout cannot be written.
pub(super) fn run(context: &Context, args: &ManArgs, command: clap::Command) -> anyhow::Result<ExitCode> {
    let pages = man_pages(command)?;
    let Some(dir) = &args.dir else {
        context.ui.print_verbatim(pages.first().map_or("", |(_, page)| page))?;
        return Ok(ExitCode::Done);
    };
    atomic_file::make_directory(dir)?;
    for (file, page) in pages {
        atomic_file::write_public(&dir.join(file), &page)?;
    }
    Ok(ExitCode::Done)
}
