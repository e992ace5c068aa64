//! `apply`: definitions, or a plan that was saved, made live.

use std::path::PathBuf;

use futures::future::join_all;

use crate::apply::Outcome;
use crate::args::PlanLimits;
use crate::change::execute::{self, Executed};
use crate::change::organizations::{self as planning, Planned, Session};
use crate::change::render::{self as tell, Doing};
use crate::change::saved_plan as reviewed;
use crate::config::Format;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit_code::{Ended, ExitCode, merge};
use crate::output::text::access;
use clap::{Args, ValueHint};

/// `apply`.
#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// Files or directories; `-` reads stdin
    #[arg(required_unless_present = "plan", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    /// Execute the plan that `diff --save` saved in this file, or refuse it as stale; files given besides must be
    /// those it was made from
    #[arg(long, conflicts_with = "prune", value_hint = ValueHint::FilePath)]
    pub plan: Option<PathBuf>,
    /// How far to go.
    #[command(flatten)]
    pub limits: PlanLimits,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Markdown | Format::Github => true,
        Format::Junit | Format::Csv => false,
    }
}

/// Makes definitions live.
///
/// # Errors
/// When a definition is wrong, a read fails, or the change is refused; nothing was changed then.
pub(super) async fn run(context: &Context, args: &ApplyArgs) -> anyhow::Result<ExitCode> {
    let ApplyArgs { files, plan, limits } = args;
    let session = match plan {
        Some(path) => reviewed::reopen(context, path, files, &limits.into()).await?,
        None => {
            let loaded = planning::read(context, files)?;
            let choice = context.config.organization.as_deref();
            planning::plan(context, loaded, choice, limits.prune, &limits.into(), None).await?
        }
    };
    carry_out(context, &session).await
}

/// `create -f`: as [`run`], and only new roles.
///
/// # Errors
/// As [`run`]; and when one of the roles is live already.
pub(super) async fn create(context: &Context, file: &PathBuf) -> anyhow::Result<ExitCode> {
    let loaded = planning::read(context, std::slice::from_ref(file))?;
    let choice = context.config.organization.as_deref();
    let session = planning::plan(context, loaded, choice, false, &Default::default(), None).await?;
    if let Some(live) = session.planned().find_map(|one| one.gathered.live.first()) {
        return Err(CommandError::failed(format!(
            "there is a role {} already; its id is {}",
            live.role.name, live.id
        ))
        .hint("`wmrole apply` changes roles that are there")
        .into());
    }
    carry_out(context, &session).await
}

async fn carry_out(context: &Context, session: &Session) -> anyhow::Result<ExitCode> {
    tell::plans(context, session)?;
    let changes: usize = session.planned().map(|one| one.gathered.plan.changes.len()).sum();
    // Definitions that are wrong, and what a guard refuses, stop every organization: nothing is attempted
    let halted = match session.failed() {
        Some(ExitCode::Usage) => Some(ExitCode::Usage),
        _ if session.refused() => Some(ExitCode::Refused),
        _ => None,
    };
    if changes > 0 && halted.is_none() {
        // The plan may have scrolled it away
        for one in session.planned().filter(|_| context.ui.can_ask()) {
            context.ui.status(access::headline(&one.gathered.plan));
        }
        let answer = context.ui.confirm(&question(changes, session)).await;
        if let Err(declined) = answer {
            tell::result(context, session, Doing::Apply, &[])?;
            return Err(declined);
        }
    }
    let _writing = context.interrupts.writing();
    let several = session.parts.len() > 1;
    let running = session.parts.iter().map(|part| async move {
        let one = part.outcome.as_ref().ok().filter(|_| halted.is_none())?;
        let Planned { organization, gathered, refusals: _ } = one;
        if gathered.plan.is_empty() {
            return None;
        }
        let writer = session.connection.account.writer(organization);
        let label = several.then_some(part.name.as_str());
        let (plan, directory) = (&gathered.plan, &gathered.directory);
        Some(execute::execute(context, &writer, organization, plan, directory, label).await)
    });
    let mut executed: Vec<Option<Executed>> = Vec::new();
    let mut unsaved = None;
    for (part, result) in session.parts.iter().zip(join_all(running).await) {
        match result.transpose() {
            Ok(done) => executed.push(done),
            Err(error) if !several => return Err(error),
            // Nothing was changed there
            Err(error) => {
                unsaved = unsaved.or(Some(crate::error::exit_code(&error)));
                context.ui.error(&error.context(format!("organization {}", part.name)));
                executed.push(None);
            }
        }
    }
    tell::result(context, session, Doing::Apply, &executed)?;
    Ok(halted.unwrap_or_else(|| exit(session.failed().or(unsaved), &executed)))
}

fn question(changes: usize, session: &Session) -> String {
    let planned = session.planned().filter(|one| !one.gathered.plan.is_empty()).count();
    let changes = crate::output::text::plan::counted(changes, "change", "changes");
    match (session.parts.len(), session.failed()) {
        (1, _) => format!("Apply {changes}?"),
        (_, None) => format!("Apply {changes} in {planned} organizations?"),
        (_, Some(_)) => format!("Apply {changes} in {planned} organizations, though others have no plan?"),
    }
}

/// What became of the organizations that were executed, and of those that have no plan.
fn exit(failed: Option<ExitCode>, executed: &[Option<Executed>]) -> ExitCode {
    let mut ended: Vec<Ended> = executed
        .iter()
        .flatten()
        .map(|one| Ended {
            code: one.exit,
            changed: one.report.outcomes.iter().any(Outcome::may_have_written),
        })
        .collect();
    ended.extend(failed.map(Ended::unchanged));
    merge(&ended)
}
