//! A plan on its way into the world: show, confirm, save, apply, read back, report. `create`, `edit`, `delete`
//! and `apply` all go through [`carry_out`].

pub(crate) mod diagnostics;
pub(crate) mod dialog;
mod execution;
mod ordered;
pub(crate) mod organizations;
pub(crate) mod policy;
mod question;
pub(crate) mod rerun;
pub(crate) mod saved_plan;

use futures::future::join_all;

use self::ordered::Ordered;
pub(crate) use self::question::Question;
use self::question::ask;

use crate::access;
use crate::apply::report::Report;
use crate::args::GuardFlags;
use crate::context::{Connection, Context};
use crate::definition::load::Loaded;
use crate::directory::Directory;
use crate::error::{self, CommandError};
use crate::exit_code::{Ended, ExitCode, merge};
use crate::fetch;
use crate::organization::Organization;
use crate::output::plans::{self, Purpose};
use crate::output::text::place;
use crate::plan::guard::{self, Policy, Refusal};
use crate::plan::set::{OrganizationPlan, PlanPart, PlanSet};
use crate::plan::{self, Plan};
use crate::role::{LimitViolation, LiveRole, Role, RoleName, limit_violations};

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
    plans::draw(&context.ui, &context.config, set)?;
    if let Some(code) = halted(set) {
        plans::write(&context.ui, set, Purpose::Execute, &[])?;
        return Ok(code);
    }
    if context.config.dry_run {
        plans::write(&context.ui, set, Purpose::Show, &[])?;
        context.ui.status("dry run: nothing was changed");
        return Ok(merge(&ended_without_plan(set)));
    }
    if set.changes() > 0
        && let Err(declined) = ask(context, set, question).await
    {
        plans::write(&context.ui, set, Purpose::Execute, &[])?;
        return Err(declined);
    }
    let writing = context.interrupts.writing();
    let ordered = Ordered::new(&context.ui);
    let label = |part: &PlanPart| set.is_several().then(|| part.name.clone());
    let executing = set.parts.iter().enumerate().map(async |(n, part)| {
        let run = match part.outcome.as_ref().ok().filter(|one| !one.plan.is_empty()) {
            Some(one) => {
                let label = label(part);
                Some(execution::execute(context, connection, one, &ordered, n, label.as_deref()).await)
            }
            None => None,
        };
        ordered.end(n);
        run
    });
    let executed = join_all(executing).await;
    drop(ordered);
    let (mut reports, mut ended): (Vec<Option<Report>>, Vec<Ended>) = Default::default();
    for (part, result) in set.parts.iter().zip(executed) {
        match (result.transpose(), &part.outcome) {
            (Ok(Some(executed)), Ok(one)) => {
                execution::say(context, connection, one, &executed, label(part).as_deref()).await;
                ended.push(executed.report.ended());
                reports.push(Some(executed.report));
            }
            (Ok(_), outcome) => {
                let code = outcome.as_ref().map_or_else(error::exit_code, |_| ExitCode::Done);
                ended.push(Ended::unchanged(code));
                reports.push(None);
            }
            (Err(error), _) if !set.is_several() => return Err(error),
            // Nothing was changed there
            (Err(error), _) => {
                ended.push(Ended::unchanged(error::exit_code(&error)));
                context.ui.error(&error.context(format!("organization {}", part.name)));
                reports.push(None);
            }
        }
    }
    let written = plans::write(&context.ui, set, Purpose::Execute, &reports);
    drop(writing);
    match written {
        // What was done is done, and was said on stderr
        Err(error) if ended.iter().any(|one| one.changed) => {
            context.ui.error(&error);
            ended.push(Ended::unchanged(ExitCode::Failed));
        }
        written => written?,
    }
    Ok(merge(&ended))
}

/// One role that is to become so, in one organization.
#[derive(Debug)]
pub(crate) struct OneRole<'a> {
    /// Where.
    pub(crate) organization: Organization,
    /// What it is to be.
    pub(crate) role: &'a Role,
    /// What it is now, if it exists.
    pub(crate) live: Option<&'a LiveRole>,
    /// The users and groups that were read.
    pub(crate) directory: Directory,
    /// How much more access the change may give.
    pub(crate) guards: &'a GuardFlags,
    /// The policy of the call.
    pub(crate) policy: &'a Loaded,
}

/// Plans one role and carries the plan out, as [`carry_out`].
///
/// # Errors
/// When the role breaks a limit of the service, or a read fails; and as [`carry_out`].
pub(crate) async fn one_role(
    context: &Context,
    connection: &Connection,
    one: OneRole<'_>,
    question: Question,
) -> anyhow::Result<ExitCode> {
    let OneRole { organization, role, live, directory, guards, policy } = one;
    let site = Site { organization, directory, guards, policy };
    let set = planned(context, connection, site, &[(role, live)]).await?;
    carry_out_one(context, connection, &set, &role.name, question).await
}

/// Where roles are planned that no definition declares, and under which guards.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    /// Where.
    pub(crate) organization: Organization,
    /// The users and groups that were read.
    pub(crate) directory: Directory,
    /// How much more access the change may give.
    pub(crate) guards: &'a GuardFlags,
    /// The policy of the call.
    pub(crate) policy: &'a Loaded,
}

/// Plans new roles, at least one, as one plan, and carries it out, as [`carry_out`].
///
/// # Errors
/// As [`one_role`].
pub(crate) async fn new_roles(
    context: &Context,
    connection: &Connection,
    site: Site<'_>,
    roles: &[Role],
    question: Question,
) -> anyhow::Result<ExitCode> {
    let wanted: Vec<_> = roles.iter().map(|role| (role, None)).collect();
    let set = planned(context, connection, site, &wanted).await?;
    carry_out(context, connection, &set, question).await
}

/// One plan for these roles, each with what it is now.
async fn planned(
    context: &Context,
    connection: &Connection,
    site: Site<'_>,
    wanted: &[(&Role, Option<&LiveRole>)],
) -> anyhow::Result<PlanSet> {
    let Site { organization, mut directory, guards, policy } = site;
    wanted.iter().try_for_each(|(role, live)| check_limits(role, live.is_none()))?;
    let reader = connection.account.reader(&organization);
    let policies = policy::holding(context, policy, &organization.id, organization.alias.as_deref());
    let policy = policy::in_force(context, policy, &policies, &reader, &mut directory).await?;
    let needs_every_user = |(role, live): &(&Role, Option<&LiveRole>)| {
        access::needs_every_user(live.map(|live| &live.role), Some(role))
    };
    if wanted.iter().any(needs_every_user) && !directory.is_complete() {
        fetch::directory::read_everyone(&reader, &mut directory).await?;
    }
    let changes = wanted.iter().filter_map(|(role, live)| plan::change_of_role(role, *live, &directory));
    let plan = Plan::new(changes.collect(), Vec::new(), Vec::new());
    let refusals = refusals(&plan, guards, &policy, &directory);
    let plan = OrganizationPlan { refusals, ..OrganizationPlan::new(organization, plan, directory) };
    Ok(PlanSet::one(plan))
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
    let place = set.planned().next().map(|one| place::short(&context.config, &one.organization));
    context.ui.status(format!("No changes to {role} in {}", place.unwrap_or_default()));
    plans::write(&context.ui, set, Purpose::Execute, &[])?;
    Ok(ExitCode::Done)
}

/// What forbids executing a plan that no definition is behind. It deletes nothing that it does not name.
pub(crate) fn refusals(
    plan: &Plan,
    guards: &GuardFlags,
    policy: &Policy,
    directory: &Directory,
) -> Vec<Refusal> {
    let GuardFlags { max_gained, allow_escalation } = *guards;
    let limits = guard::Limits { max_deletes: usize::MAX, max_gained, allow_escalation };
    let mut refusals = guard::totals(&[plan], &limits);
    refusals.extend(guard::refusals(plan, &limits, &[], policy, directory));
    refusals
}

fn check_limits(role: &Role, is_new: bool) -> Result<(), CommandError> {
    let violations = limit_violations(role);
    let Some(violation) = violations.first() else { return Ok(()) };
    let error = CommandError::usage(format!("role {}: {violation}", role.name));
    Err(match violation {
        LimitViolation::TooManyRules { roles: Some(_), .. } if is_new => {
            error.hint(format!("--split makes them: {0} (1), {0} (2) and so on", role.name))
        }
        _ => error,
    })
}

/// What the organizations end with of which nothing was to be executed.
fn ended_without_plan(set: &PlanSet) -> Vec<Ended> {
    let ended = |part: &PlanPart| match &part.outcome {
        Ok(_) => Ended::unchanged(ExitCode::Done),
        Err(error) => Ended::unchanged(error::exit_code(error)),
    };
    set.parts.iter().map(ended).collect()
}

/// The exit code when nothing may be attempted.
fn halted(set: &PlanSet) -> Option<ExitCode> {
    if set.errors().any(|error| error::exit_code(error) == ExitCode::Usage) {
        return Some(ExitCode::Usage);
    }
    set.is_refused().then_some(ExitCode::Refused)
}
