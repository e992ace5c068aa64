//! `diff`: what applying definitions would change.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::args::{DefinitionFiles, NamingFlag, PlanLimits, SelectionFlags};
use crate::change::organizations::{self, Request};
use crate::change::saved_plan;
use crate::config::Format;
use crate::context::Context;
use crate::error;
use crate::exit_code::{Ended, ExitCode, merge};
use crate::output::plans::{self, Purpose};
use crate::plan::set::PlanSet;

/// `diff`.
#[derive(Debug, Args)]
#[command(mut_arg("files", |files| files.required_unless_present("file")))]
#[command(after_long_help = "\
Examples:
  # The plan, kept for a reviewer
  wmrole diff roles/ --save plan.json
  # Ends with 3 when what is live is not what is declared
  wmrole diff roles/ --exit-code")]
pub(crate) struct DiffArgs {
    /// The definitions.
    #[command(flatten)]
    pub files: DefinitionFiles,
    /// Which roles.
    #[command(flatten)]
    pub selection: SelectionFlags,
    /// How far to go.
    #[command(flatten)]
    pub limits: PlanLimits,
    /// Who is named.
    #[command(flatten)]
    pub naming: NamingFlag,
    /// End with 3 when there are changes
    #[arg(long)]
    pub exit_code: bool,
    /// Save the plan in this file, for `apply --plan`
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub save: Option<PathBuf>,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Markdown | Format::Github => true,
        Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => false,
    }
}

/// Shows what applying would change.
///
/// # Errors
/// When a definition is wrong or a read fails.
pub(super) async fn run(context: &Context, args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let DiffArgs { files, selection, limits, naming: _, exit_code, save } = args;
    let files = files.all();
    let loaded = organizations::read(context, &files)?;
    let request = Request::of(context, limits, selection);
    let (_connection, set) = organizations::plan(context, loaded, &request).await?;
    match context.config.output {
        Format::Table | Format::Github => plans::draw(&context.ui, &context.config, &set)?,
        Format::Json
        | Format::Yaml
        | Format::Markdown
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => {
            plans::draw_problems(&context.ui, &context.config, &set);
        }
    }
    plans::write(&context.ui, &set, Purpose::Show, &[])?;
    if let Some(code) = failed(&set) {
        if save.is_some() {
            context.ui.warn("plan not saved: one organization could not be planned");
        }
        return Ok(code);
    }
    if let Some(path) = save {
        saved_plan::save(context, path, &files, &request, &set)?;
    }
    Ok(match (set.is_refused(), *exit_code && set.changes() > 0) {
        (true, _) => ExitCode::Refused,
        (false, true) => ExitCode::Negative,
        (false, false) => ExitCode::Done,
    })
}

/// What the organizations that have no plan end with.
fn failed(set: &PlanSet) -> Option<ExitCode> {
    let errors: Vec<_> = set.errors().map(|error| Ended::unchanged(error::exit_code(error))).collect();
    (!errors.is_empty()).then(|| merge(&errors))
}
