//! `completions`, `man` and `schema`: what is made from the command line's own description.

mod yaml_page;

use std::fs;

use anyhow::Context as _;
use clap::CommandFactory as _;

use super::context::Context;
use crate::cli::{self, Cli};
use crate::exit::Exit;

/// Prints a completion script.
///
/// # Errors
/// When stdout cannot be written.
pub fn completions(context: &Context, shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    context.ui.raw(&completion_script(shell))?;
    Ok(Exit::Done)
}

/// The completion script of a shell.
pub fn completion_script(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "wmrole", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Every man page, with the name of its file.
///
/// # Errors
/// Never in practice: pages are drawn in memory.
pub fn man_pages() -> anyhow::Result<Vec<(String, String)>> {
    let mut command = Cli::command();
    command.build();
    let mut pages = Vec::new();
    collect(&command, &mut pages)?;
    pages.push(("wmrole.5".into(), yaml_page::page()?));
    Ok(pages)
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push((format!("{name}.1"), String::from_utf8_lossy(&page).into_owned()));
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        collect(sub, pages)?;
    }
    Ok(())
}

/// Prints the main man page, or writes all of them.
///
/// # Errors
/// When a file or stdout cannot be written.
pub fn man(context: &Context, args: &cli::Man) -> anyhow::Result<Exit> {
    let pages = man_pages()?;
    let Some(dir) = &args.dir else {
        context.ui.raw(pages.first().map_or("", |(_, page)| page))?;
        return Ok(Exit::Done);
    };
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    for (file, page) in pages {
        let path = dir.join(file);
        fs::write(&path, page).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(Exit::Done)
}

/// Prints the JSON Schema of the YAML.
///
/// # Errors
/// When stdout cannot be written.
pub fn schema(context: &Context) -> anyhow::Result<Exit> {
    context.ui.raw(&crate::definition::schema::schema())?;
    Ok(Exit::Done)
}
