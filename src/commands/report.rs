//! `report`: everything an auditor asks for, in one page.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::atomic_file;
use crate::change::{organizations, policy};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::definition::load::load;
use crate::error::CommandError;
use crate::escape;
use crate::exit_code::ExitCode;
use crate::output::json::report::ReportDocument;
use crate::output::report::{Evidence, html};
use crate::review::{Asked, review};

/// Pages of CloudTrail that are read at most unless all are wanted: two a second.
const FEW_PAGES: usize = 40;

/// `report`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # One page to hand over, or to print
  wmrole report report.html
  # Held to the definitions, with the findings that they accept
  wmrole report report.html -f roles/
  # The same as data
  wmrole report report.json -o json")]
pub(crate) struct ReportArgs {
    /// The file to write; - is standard output
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to: PathBuf,
    /// Hold what is live to these definitions, and show what they accept apart
    #[arg(short, long, num_args = 1.., value_hint = ValueHint::AnyPath)]
    pub file: Vec<PathBuf>,
    /// Read all events that CloudTrail has of 90 days, of which it gives 100 a second [default: 2000 of them]
    #[arg(long)]
    pub cloudtrail: bool,
    /// Overwrite the file
    #[arg(long)]
    pub force: bool,
}

/// Does the result have this format? A page is what it is without one.
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json => true,
        Format::Yaml
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => false,
    }
}

/// Writes the page, or the same as JSON.
///
/// # Errors
/// When a definition is wrong, a read fails without which nothing can be said, or the file cannot be written.
pub(super) async fn run(context: &Context, args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let ReportArgs { to, file, cloudtrail, force } = args;
    let to = Some(to.as_path()).filter(|path| path.as_os_str() != "-");
    to.map_or(Ok(()), |path| check(path, *force))?;
    let loaded = match &file[..] {
        [] => policy::alone(context)?,
        files => policy::added(context, load(files, io::stdin())?)?,
    };
    let connection = Connection::new(&context.config, &context.ui).await?;
    let account = &connection.account;
    let mut groups = organizations::chosen(account, &context.config, &loaded).await?;
    let (Some((_, organization, documents)), true) = (groups.pop(), groups.is_empty()) else {
        let message = "a report is of one organization, and the definitions are for several";
        return Err(CommandError::usage(message).hint("choose one with --organization").into());
    };
    let organization = organization?;
    let reader = account.reader(&organization);
    let trail = account.trail();
    let pages = if *cloudtrail { usize::MAX } else { FEW_PAGES };
    let asked = Asked { files: file, leaving: false, trail: Some((&trail, pages)), several: false };
    let reviewed = async { review(context, asked, &loaded, &documents, &organization, &reader).await };
    let principal = async { Ok(account.principal().await) };
    let (reviewed, principal) = tokio::try_join!(reviewed, principal)?;
    let not_asked = || Err("CloudTrail was not asked".to_owned());
    let usage = reviewed.facts.usage.clone().unwrap_or_else(not_asked);
    let report = reviewed.report(&loaded, None, true);
    let evidence = Evidence {
        report,
        resources: &reviewed.facts.resources,
        roles: &reviewed.facts.roles,
        usage: &usage,
        read_at: reviewed.facts.now,
        principal: &principal,
        command: &context.config.command_line,
    };
    let text = match context.ui.format {
        Format::Json => escape::json::pretty(&ReportDocument::of(&evidence))? + "\n",
        _ => html(&evidence)?,
    };
    match to {
        None => context.ui.print_verbatim(&text)?,
        Some(path) => {
            // Somebody else may have made it meanwhile
            check(path, *force)?;
            atomic_file::write(path, &text)?;
            context.ui.status(format!("wrote {}: {}", path.display(), report.summary()));
        }
    }
    Ok(ExitCode::Done)
}

/// Said before anything is read. What was handed over once is not lost to a second call.
fn check(path: &Path, force: bool) -> anyhow::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(directory) = directory.filter(|directory| !directory.is_dir()) {
        let message =
            format!("cannot write {}: there is no directory {}", path.display(), directory.display());
        return Err(CommandError::failed(message).into());
    }
    if !path.starts_with("/dev") {
        atomic_file::check(path)?;
    }
    if !force && path.is_file() {
        let message = format!("{} exists, and was not overwritten", path.display());
        return Err(CommandError::refused(message).hint("--force overwrites it").into());
    }
    Ok(())
}
