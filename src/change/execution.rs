//! One organization's plan: what is there is saved, the plan executed, and the outcome said.

use std::collections::BTreeSet;
use std::path::Path;

use crate::apply;
use crate::apply::backup::{self, Saved};
use crate::apply::report::{ChangeReport, Failure, Outcome, Report};
use crate::apply::undo;
use crate::config::Config;
use crate::context::{Connection, Context};
use crate::directory::Directory;
use crate::fetch;
use crate::organization::Organization;
use crate::output::style::{Line, Tone};
use crate::output::{shell, text};
use crate::plan::Plan;
use crate::plan::role_diff::RoleDiff;
use crate::plan::set::OrganizationPlan;
use crate::role::{RoleName, UserId};
use crate::service_hint;
use crate::workmail::Writer;

/// Saves what is there, executes the plan and reports. Whoever calls has shown the plan and asked, and holds
/// [`Interrupts::writing`](crate::context::interrupt::Interrupts::writing). `label` names the organization
/// where several are at work at the same time.
///
/// # Errors
/// When what is there cannot be saved: then nothing was changed.
pub(super) async fn execute(
    context: &Context,
    connection: &Connection,
    one: &OrganizationPlan,
    label: Option<&str>,
) -> anyhow::Result<Report> {
    let OrganizationPlan { organization, plan, directory, .. } = one;
    let writer = &connection.account.writer(organization);
    let others = remaining_names(writer, plan).await?;
    let system = context.config.system;
    let saved = backup::save_before(organization, &plan.changes, directory, &others, system)?;
    saved.iter().for_each(|saved| context.interrupts.add_backup(&saved.path));
    let ui = &context.ui;
    let print = |change: &ChangeReport| ui.report_line(&text::report::outcome(label, change));
    let stopped = || context.interrupts.requested();
    let report = apply::apply(plan, directory, writer, stopped, print).await;
    if let Some(label) = label {
        ui.status_line(&Line::of(Tone::Bold, format!("== organization {label}")));
    }
    explain_failures(context, writer, &report, directory).await;
    for (id, name) in &report.parked {
        ui.warn(format!("role {id} still has the temporary name {name:?}: its own change was not made"));
    }
    let place = text::place::place(&context.config, organization);
    ui.report_line(&text::report::summary(&report, &place));
    if report.may_have_written() {
        ui.status("mailboxes can take up to five minutes to follow");
        hint_undo(context, organization, &report, directory, saved, &others)?;
    }
    Ok(report)
}

/// The names of the live roles that the plan does not delete; read only where it deletes some.
async fn remaining_names(writer: &Writer, plan: &Plan) -> anyhow::Result<BTreeSet<RoleName>> {
    let deletions = plan.changes.iter().filter(|change| change.after().is_none());
    let deleted: BTreeSet<_> = deletions.filter_map(|change| Some(change.before()?.id.clone())).collect();
    if deleted.is_empty() {
        return Ok(BTreeSet::new());
    }
    let roles = writer.roles().await?;
    Ok(roles.into_iter().filter(|role| !deleted.contains(&role.id)).map(|role| role.name).collect())
}

async fn explain_failures(context: &Context, writer: &Writer, report: &Report, directory: &Directory) {
    let failures = || {
        report.changes.iter().filter_map(|one| match &one.outcome {
            Outcome::Failed(failure) => Some((one, failure)),
            Outcome::Done { .. } | Outcome::NotAttempted => None,
        })
    };
    // Users whom only somebody else's change names were not read yet. Best effort: an unknown user is shown
    // by id
    let theirs: BTreeSet<UserId> = failures().flat_map(|(_, failure)| failure.users()).collect();
    let mut known = directory.clone();
    let _ = fetch::directory::read_users(writer, &mut known, &theirs).await;
    failures().for_each(|(one, failure)| explain(context, one, failure, &known));
}

fn explain(context: &Context, report: &ChangeReport, failure: &Failure, directory: &Directory) {
    let change = &report.change;
    let hint = match failure {
        Failure::Service(error) | Failure::Unverified { error, .. } => service_hint::hint(error),
        Failure::NameTaken { .. } | Failure::Conflict { .. } | Failure::ReadsBack { .. } => None,
    };
    let title = format!("{} {}: {failure}", change.verb(), change.name());
    let (expected, now) = match failure {
        Failure::Conflict { expected, now } => (expected.as_deref(), now),
        Failure::ReadsBack { now, .. } => (change.after(), now),
        Failure::Service(_) | Failure::Unverified { .. } | Failure::NameTaken { .. } => {
            let hint = hint.or(text::report::hint(failure).map(str::to_owned));
            return context.ui.error_message(&title, hint.as_deref());
        }
    };
    context.ui.error_message(&title, None);
    let Some(now) = now else { return context.ui.status("    it no longer exists") };
    context.ui.status("    changed since the plan was made:");
    let diff = RoleDiff::between(expected, Some(&now.role));
    text::plan::role_diff(&diff, directory).iter().for_each(|line| context.ui.status_line(line));
    context.ui.hint(text::report::hint(failure).unwrap_or_default());
}

/// Says how to undo what this run changed, and what cannot be restored.
fn hint_undo(
    context: &Context,
    organization: &Organization,
    report: &Report,
    directory: &Directory,
    saved: Option<Saved>,
    others: &BTreeSet<RoleName>,
) -> anyhow::Result<()> {
    let wmrole = format!("{} --organization {}", rerun_command(&context.config), organization.id);
    let written: Vec<_> = undo::written(report).collect();
    // Only what this run changed is brought back
    let saved = if written.len() == report.changes.len() {
        saved
    } else {
        let system = context.config.system;
        backup::save_before(organization, written.iter().copied(), directory, others, system)?
    };
    let restorable = saved.as_ref().is_some_and(|saved| saved.some);
    let path = saved.as_ref().map(|saved| saved.path.as_path());
    for step in undo::steps(report, restorable) {
        context.ui.hint(text::undo::hint(&step, &wmrole, path));
    }
    for lost in saved.iter().flat_map(|saved| &saved.lost) {
        context.ui.warn(format!("cannot be restored: {lost}"));
    }
    Ok(())
}

/// The program with the options that find the same account again, and the sandbox also where it came from the
/// environment: it must not be missed when the command is run elsewhere.
fn rerun_command(config: &Config) -> String {
    let Config { profile, region, endpoint_url, sandbox, .. } = config;
    let mut command = "wmrole".to_owned();
    let mut option = |name: &str, value: Option<&Path>| {
        if let Some(value) = value {
            command += &format!(" {name} {}", shell::quoted_path(value));
        }
    };
    option("--profile", profile.as_deref().map(Path::new));
    option("--region", region.as_deref().map(Path::new));
    option("--endpoint-url", endpoint_url.as_deref().map(Path::new));
    option("--sandbox", sandbox.as_deref());
    command
}
