//! `diff`: what applying definitions would change.

use crate::args::PlanLimits;
use crate::change::organizations as planning;
use crate::change::render::{self as tell, Doing};
use crate::change::saved_plan as reviewed;
use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;
use clap::{Args, ValueHint};
use std::path::PathBuf;

/// `diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Files or directories; `-` reads stdin
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// How far to go.
    #[command(flatten)]
    pub limits: PlanLimits,
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
        Format::Junit | Format::Csv => false,
    }
}

/// Shows what applying would change.
///
/// # Errors
/// When a definition is wrong or a read fails.
pub(super) async fn run(context: &Context, args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let DiffArgs { files, limits, exit_code, save } = args;
    let loaded = planning::read(context, files)?;
    let choice = context.config.organization.as_deref();
    let session = planning::plan(context, loaded, choice, limits.prune, &limits.into(), None).await?;
    match context.ui.format {
        Format::Table | Format::Github => tell::plans(context, &session)?,
        _ => tell::refusals(context, &session),
    }
    tell::result(context, &session, Doing::Diff, &[])?;
    if let Some(code) = session.failed() {
        if save.is_some() {
            context.ui.warn("no plan is saved, since an organization has none");
        }
        return Ok(code);
    }
    if let Some(path) = save {
        reviewed::save(context, path, files, limits.prune, &session)?;
    }
    let changes = session.planned().any(|one| !one.gathered.plan.is_empty());
    Ok(match (session.refused(), *exit_code && changes) {
        (true, _) => ExitCode::Refused,
        (false, true) => ExitCode::Negative,
        (false, false) => ExitCode::Done,
    })
}
