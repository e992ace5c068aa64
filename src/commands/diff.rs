//! `diff`: what applying definitions would change.

use crate::change::organizations as planning;
use crate::change::render::{self as tell, Doing};
use crate::change::saved_plan as reviewed;
use crate::cli::{self, Format};
use crate::context::Context;
use crate::exit::Exit;

/// Shows what applying would change.
///
/// # Errors
/// When a definition is wrong or a read fails.
pub(super) async fn run(context: &Context, args: &cli::Diff) -> anyhow::Result<Exit> {
    let cli::Diff { files, limits, exit_code, save } = args;
    let loaded = planning::read(context, files)?;
    let choice = context.global.organization.as_deref();
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
        return Ok(Exit::Failed(code));
    }
    if let Some(path) = save {
        reviewed::save(context, path, files, limits.prune, &session)?;
    }
    let changes = session.planned().any(|one| !one.gathered.plan.is_empty());
    Ok(match (session.refused(), *exit_code && changes) {
        (true, _) => Exit::Refused,
        (false, true) => Exit::No,
        (false, false) => Exit::Done,
    })
}
