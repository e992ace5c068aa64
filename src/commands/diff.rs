//! `diff`: what applying definitions would change.

use super::context::Context;
use super::execute;
use super::planning::{self, Session};
use super::reviewed;
use crate::cli::{self, Format};
use crate::exit::Exit;
use crate::output::{github, markdown};

/// Shows what applying would change.
///
/// # Errors
/// When a definition is wrong or a read fails.
pub async fn run(context: &Context, args: &cli::Diff) -> anyhow::Result<Exit> {
    let cli::Diff { files, limits, exit_code, save } = args;
    let loaded = planning::read(context, files)?;
    let choice = context.global.organization.as_deref();
    let session = planning::plan(context, loaded, choice, limits.prune, &limits.into()).await?;
    tell(context, &session)?;
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

fn tell(context: &Context, session: &Session) -> anyhow::Result<()> {
    match context.ui.format {
        Format::Table | Format::Github => planning::show(context, session)?,
        _ => planning::tell_refusals(context, session),
    }
    match context.ui.format {
        Format::Table => {}
        Format::Github => {
            for one in session.planned() {
                let gathered = &one.gathered;
                let text = github::plan(&gathered.plan, &one.refusals, &gathered.directory, &session.sources);
                context.ui.out(&text)?;
            }
        }
        Format::Markdown => {
            for part in &session.parts {
                let text = match &part.outcome {
                    Ok(one) => {
                        let gathered = &one.gathered;
                        markdown::plan(&part.name, &gathered.plan, &one.refusals, &gathered.directory, None)
                    }
                    Err(error) => markdown::failed(&part.name, error),
                };
                context.ui.out(&text)?;
            }
        }
        _ => {
            let values = session.parts.iter().map(|part| match &part.outcome {
                Ok(one) => planning::value(one),
                Err(error) => planning::failed(part, error),
            });
            context.ui.value(&execute::document(values.collect()))?;
        }
    }
    Ok(())
}
