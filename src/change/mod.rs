//! A plan on its way into the world: show, confirm, save, apply, read back, report. `create`, `edit`, `delete`
//! and `apply` all go through [`carry_out`].

mod execution;
pub(crate) mod organizations;
pub(crate) mod saved_plan;

use futures::future::join_all;

use crate::access;
use crate::apply::report::Report;
use crate::context::{Connection, Context};
use crate::directory::Directory;
use crate::error::{self, CommandError};
use crate::exit_code::{Ended, ExitCode, merge};
use crate::fetch;
use crate::organization::Organization;
use crate::output::plans::{self, Purpose};
use crate::output::style;
use crate::output::text;
use crate::plan::set::{OrganizationPlan, PlanSet};
use crate::plan::{self, Plan};
use crate::prompt::{self, confirm};
use crate::role::{LiveRole, Role, RoleName, limit_violations};

/// What is asked before plans are executed.
#[derive(Debug)]
pub(crate) enum Question {
    /// This, to be answered with yes or no.
    YesNo(String),
    /// Whether to apply the plans, with what they do to access said again.
    Apply,
    /// To type the names of these roles, one after the other.
    TypeNames(Vec<RoleName>),
}

/// Shows the plans, asks, executes them and reports. Wrong definitions and refusals stop every organization:
/// nothing is attempted then. One that cannot be reached does not stop the others.
///
/// # Errors
/// When the answer is no or nobody can answer, or when what is there cannot be saved: nothing was changed.
pub(crate) async fn carry_out(
    context: &Context,
    connection: &Connection,
    set: &PlanSet,
    question: Question,
) -> anyhow::Result<ExitCode> {
    plans::draw(&context.ui, set)?;
    if let Some(code) = halted(set) {
        plans::write(&context.ui, set, Purpose::Execute, &[])?;
        return Ok(code);
    }
    if set.changes() > 0
        && let Err(declined) = ask(context, set, question).await
    {
        plans::write(&context.ui, set, Purpose::Execute, &[])?;
        return Err(declined);
    }
    let _writing = context.interrupts.writing();
    let executing = set.parts.iter().map(async |part| {
        let one = part.outcome.as_ref().ok()?;
        let label = set.is_several().then_some(part.name.as_str());
        let run = !one.plan.is_empty();
        if run { Some(execution::execute(context, connection, one, label).await) } else { None }
    });
    let (mut reports, mut ended): (Vec<Option<Report>>, Vec<Ended>) = Default::default();
    for (part, result) in set.parts.iter().zip(join_all(executing).await) {
        match result.transpose() {
            Ok(report) => {
                ended.push(match (&report, &part.outcome) {
                    (Some(report), _) => report.ended(),
                    (None, Ok(_)) => Ended::unchanged(ExitCode::Done),
                    (None, Err(error)) => Ended::unchanged(error::exit_code(error)),
                });
                reports.push(report);
            }
            Err(error) if !set.is_several() => return Err(error),
            // Nothing was changed there
            Err(error) => {
                ended.push(Ended::unchanged(error::exit_code(&error)));
                context.ui.error(&error.context(format!("organization {}", part.name)));
                reports.push(None);
            }
        }
    }
    plans::write(&context.ui, set, Purpose::Execute, &reports)?;
    Ok(merge(&ended))
}

/// Plans one role of one organization and carries the plan out, as [`carry_out`]. `live` is what the role is
/// now, if it exists.
///
/// # Errors
/// When the role breaks a limit of the service, or a read fails; and as [`carry_out`].
pub(crate) async fn one_role(
    context: &Context,
    connection: &Connection,
    organization: Organization,
    role: &Role,
    live: Option<&LiveRole>,
    mut directory: Directory,
    question: Question,
) -> anyhow::Result<ExitCode> {
    check_limits(role)?;
    let before = live.map(|live| &live.role);
    if access::needs_every_user(before, Some(role)) && !directory.is_complete() {
        let reader = connection.account.reader(&organization);
        fetch::directory::read_everyone(&reader, &mut directory).await?;
    }
    let change = plan::change_of_role(role, live, &directory);
    let plan = Plan::new(change.into_iter().collect(), Vec::new(), Vec::new());
    let set = PlanSet::one(OrganizationPlan::new(organization, plan, directory));
    carry_out_one(context, connection, &set, &role.name, question).await
}

/// As [`carry_out`] for one role of one organization; says so where there is nothing to change.
///
/// # Errors
/// As [`carry_out`].
pub(crate) async fn carry_out_one(
    context: &Context,
    connection: &Connection,
    set: &PlanSet,
    role: &RoleName,
    question: Question,
) -> anyhow::Result<ExitCode> {
    if set.changes() > 0 {
        return carry_out(context, connection, set, question).await;
    }
    context.ui.status(format!("No changes to {role}"));
    plans::write(&context.ui, set, Purpose::Execute, &[])?;
    Ok(ExitCode::Done)
}

fn check_limits(role: &Role) -> Result<(), CommandError> {
    match limit_violations(role).first() {
        None => Ok(()),
        Some(violation) => Err(CommandError::usage(format!("role {}: {violation}", role.name))),
    }
}

/// The exit code when nothing may be attempted.
fn halted(set: &PlanSet) -> Option<ExitCode> {
    if set.errors().any(|error| error::exit_code(error) == ExitCode::Usage) {
        return Some(ExitCode::Usage);
    }
    set.is_refused().then_some(ExitCode::Refused)
}

async fn ask(context: &Context, set: &PlanSet, question: Question) -> anyhow::Result<()> {
    match question {
        Question::YesNo(question) => confirm::yes_or_no(context, &question).await,
        Question::Apply => {
            // The plan may be far above on the screen
            for one in set.planned().filter(|_| prompt::can_ask(context)) {
                context.ui.status(text::access::headline(&one.plan));
            }
            confirm::yes_or_no(context, &apply_question(set)).await
        }
        Question::TypeNames(names) => {
            for name in names {
                let question = format!("Type the name of the role to delete it ({name})");
                confirm::typed(context, &question, name.as_str()).await?;
            }
            Ok(())
        }
    }
}

fn apply_question(set: &PlanSet) -> String {
    let planned = set.planned().filter(|one| !one.plan.is_empty()).count();
    let changes = style::counted(set.changes(), "change", "changes");
    match (set.is_several(), set.errors().next()) {
        (false, _) => format!("Apply {changes}?"),
        (true, None) => format!("Apply {changes} in {planned} organizations?"),
        (true, Some(_)) => format!("Apply {changes} in {planned} organizations, though others have no plan?"),
    }
}
