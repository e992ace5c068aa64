//! One organization's plan: what is there is saved, the plan executed, and the outcome said.

use std::collections::BTreeSet;
use std::path::Path;

use super::ordered::Ordered;
use super::rerun;
use crate::apply;
use crate::apply::backup::{self, Origin, Saved, SavedOutcome};
use crate::apply::report::{ChangeReport, Failure, Outcome, Report};
use crate::config::Config;
use crate::context::{Connection, Context};
use crate::directory::Directory;
use crate::fetch;
use crate::organization::Organization;
use crate::output::style::{Line, Tone};
use crate::output::text;
use crate::output::{shell, text::place};
use crate::plan::role_diff::RoleDiff;
use crate::plan::set::OrganizationPlan;
use crate::plan::{Action, Plan};
use crate::role::{RoleName, RoleType, UserId};
use crate::service_hint;
use crate::sorted;
use crate::workmail::Writer;

/// A plan that was executed, and what was there before.
pub(super) struct Executed {
    /// What became of it.
    pub(super) report: Report,
    saved: Saved,
}

/// Saves what is there and executes the plan. Whoever calls has shown the plan and asked, and holds
/// [`Interrupts::writing`](crate::context::interrupt::Interrupts::writing). `lines` gets what becomes of each change
/// at once; nothing after the first write can fail.
///
/// # Errors
/// When what is there cannot be saved: then nothing was changed.
pub(super) async fn execute(
    context: &Context,
    connection: &Connection,
    one: &OrganizationPlan,
    lines: &Ordered<'_>,
    part: usize,
    label: Option<&str>,
) -> anyhow::Result<Executed> {
    let OrganizationPlan { organization, plan, directory, undoes, .. } = one;
    let writer = connection.account.writer(organization);
    let undoes = undoes.as_deref().map(backup::name_of);
    let origin = origin(&context.config, organization, undoes);
    let others = remaining_names(&writer, plan).await?;
    let system = context.config.system;
    let mut saved = backup::save_before(organization, &plan.changes, &others, directory, origin, system)?;
    context.interrupts.add_backup(&saved.yaml);
    context.ui.spinner("making the changes");
    let print = |change: &ChangeReport| lines.line(part, text::report::outcome(label, change));
    let stopped = || context.interrupts.requested();
    let report = apply::apply(plan, directory, &writer, stopped, print).await;
    lines.end(part);
    // Best effort: without it, what is live says what was made
    if let Err(error) = saved.finish(&report) {
        context.ui.warn(format!("what became of the changes could not be written down: {error:#}"));
    }
    Ok(Executed { report, saved })
}

/// The names of the live roles that the plan does not delete; read only where it deletes some.
async fn remaining_names(writer: &Writer, plan: &Plan) -> anyhow::Result<BTreeSet<RoleName>> {
    let deletions = plan.changes.iter().filter(|change| change.after().is_none());
    let deleted: BTreeSet<_> = deletions.filter_map(|change| Some(change.before()?.id.clone())).collect();
    if deleted.is_empty() {
        return Ok(BTreeSet::new());
    }
    let roles = writer.roles().await?;
    Ok(sorted::set(roles.into_iter().filter(|role| !deleted.contains(&role.id)).map(|role| role.name)))
}

/// Says why changes failed, how many were made, and how to undo them.
pub(super) async fn say(
    context: &Context,
    connection: &Connection,
    one: &OrganizationPlan,
    executed: &Executed,
    label: Option<&str>,
) {
    let OrganizationPlan { organization, directory, undoes, .. } = one;
    let (ui, Executed { report, saved }) = (&context.ui, executed);
    if let Some(label) = label {
        ui.report_line(&Line::of(Tone::Bold, format!("== organization {label}")));
    }
    explain_failures(context, connection, organization, report, directory).await;
    for (id, name) in &report.parked {
        ui.warn(format!("role {id} still has the temporary name {name:?}: its own change was not made"));
    }
    say_doubled(context, organization, report);
    ui.report_line(&text::report::summary(report, &place::place(&context.config, organization)));
    if !report.may_have_written() {
        return;
    }
    ui.status("mailboxes can take up to five minutes to follow");
    if let Some(undone) = undoes.as_deref().filter(|_| report.is_complete()) {
        mark_undone(context, undone);
    }
    hint_undo(context, organization, report, saved, directory);
}

fn say_doubled(context: &Context, organization: &Organization, report: &Report) {
    match &report.doubled {
        Ok(doubled) => {
            for (name, ids) in doubled {
                let ids: Vec<_> = ids.iter().map(|id| id.as_str()).collect();
                let title = format!(
                    "{} live roles have the name {name}, as after two runs at once: {}",
                    ids.len(),
                    ids.join(", ")
                );
                let wmrole = rerun::command(&context.config, organization);
                let hint = format!(
                    "compare them with `wmrole show ID`, and delete the one that is too many: {wmrole} delete ID"
                );
                context.ui.error_message(&title, Some(&hint));
            }
        }
        Err(error) => {
            let title = format!("whether a name occurs twice now could not be seen: {error}");
            context.ui.error_message(&title, service_hint::hint(error).as_deref());
        }
    }
}

fn mark_undone(context: &Context, undone: &Path) {
    let now = context.config.system.now();
    if let Err(error) = Saved::read(undone).and_then(|mut saved| saved.set_undone(now)) {
        context.ui.warn(format!("{error:#}; the next `wmrole undo` finds nothing left to undo there"));
    }
}

async fn explain_failures(
    context: &Context,
    connection: &Connection,
    organization: &Organization,
    report: &Report,
    directory: &Directory,
) {
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
    let reader = connection.account.reader(organization);
    let _ = fetch::directory::read_users(&reader, &mut known, &theirs).await;
    failures().for_each(|(one, failure)| explain(context, one, failure, &known));
}

fn explain(context: &Context, report: &ChangeReport, failure: &Failure, directory: &Directory) {
    let change = &report.change;
    let hint = match failure {
        Failure::Service(error) | Failure::OutcomeUnknown { error } | Failure::Unverified { error, .. } => {
            service_hint::hint(error)
        }
        Failure::NameTaken { .. } | Failure::Conflict { .. } | Failure::ReadsBack { .. } => None,
    };
    let title = format!("{} {}: {failure}", change.verb(), change.name());
    let (expected, now) = match failure {
        Failure::Conflict { expected, now } => (expected.as_deref(), now),
        Failure::ReadsBack { now, .. } => (change.after(), now),
        Failure::Service(_)
        | Failure::OutcomeUnknown { .. }
        | Failure::Unverified { .. }
        | Failure::NameTaken { .. } => {
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

/// Says how to undo what this run changed, and which deleted roles come back under a new id.
fn hint_undo(
    context: &Context,
    organization: &Organization,
    report: &Report,
    saved: &Saved,
    directory: &Directory,
) {
    let escalates = report.changes.iter().zip(&saved.state.changes).any(|(one, saved)| {
        saved.outcome != Some(SavedOutcome::NotWritten)
            && one.change.turns(RoleType::FullAccess, RoleType::ReadOnly)
    });
    let wmrole = rerun::command(&context.config, organization);
    let flag = if escalates { " --allow-escalation" } else { "" };
    let file = shell::quoted_path(&saved.yaml);
    let undo = format!("to undo, run: {wmrole} undo {file}{flag}");
    context.ui.report_line(&Line::of(Tone::Bold, "hint: ").and(Tone::Plain, undo));
    for ChangeReport { change, outcome } in &report.changes {
        if let (Action::Delete { before }, true) = (&change.action, outcome.may_have_written()) {
            let rules = change.referenced_by.as_deref();
            context.ui.hint(text::undo::new_id(change.name(), &before.id, rules));
        }
    }
    saved.lost(directory).iter().for_each(|lost| context.ui.warn(format!("cannot be restored: {lost}")));
}

/// What a saved state says of the command that changes roles.
fn origin(config: &Config, organization: &Organization, undoes: Option<String>) -> Origin {
    let (sandbox, endpoint) = place::address(config);
    Origin {
        by: config.user.clone(),
        command: config.command_line.clone(),
        place: place::place(config, organization),
        sandbox,
        endpoint,
        undoes,
    }
}
