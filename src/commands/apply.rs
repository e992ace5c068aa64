//! `apply`: definitions, or a plan that was saved, made live.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::args::{DefinitionFiles, NamingFlag, PlanLimits, SelectionFlags};
use crate::change::organizations::{self, Request};
use crate::change::{self, Question, saved_plan};
use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;

/// `apply`.
#[derive(Debug, Args)]
#[command(mut_arg("files", |files| files.required_unless_present_any(["file", "plan"])))]
#[command(after_long_help = "\
Examples:
  wmrole apply roles/
  # Exactly what was reviewed, or nothing
  wmrole apply --plan plan.json --yes
  # Delete the live roles that nothing declares too, if it is one at most
  wmrole apply roles/ --prune --max-deletes 1")]
pub(crate) struct ApplyArgs {
    /// The definitions.
    #[command(flatten)]
    pub files: DefinitionFiles,
    /// Execute the plan that `diff --save` saved in this file, or refuse it as stale; files given besides must be
    /// those it was made from
    #[arg(long, conflicts_with_all = ["prune", "only", "exclude"], value_hint = ValueHint::FilePath)]
    pub plan: Option<PathBuf>,
    /// Which roles.
    #[command(flatten)]
    pub selection: SelectionFlags,
    /// How far to go.
    #[command(flatten)]
    pub limits: PlanLimits,
    /// Who is named.
    #[command(flatten)]
    pub naming: NamingFlag,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Markdown | Format::Github => true,
        Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => false,
    }
}

/// Makes definitions live.
///
/// # Errors
/// When a definition is wrong, a read fails, or the change is refused; nothing was changed then.
pub(super) async fn run(context: &Context, args: &ApplyArgs) -> anyhow::Result<ExitCode> {
    let ApplyArgs { files, plan, selection, limits, naming: _ } = args;
    let (connection, set) = match plan {
        Some(path) => saved_plan::open(context, path, &files.all(), limits).await?,
        None => {
            let loaded = organizations::read(context, &files.all())?;
            organizations::plan(context, loaded, &Request::of(context, limits, selection)).await?
        }
    };
    change::carry_out(context, &connection, &set, Question::Apply).await
}
