//! From a plan to a report: shown, confirmed, saved, executed. Every command that changes roles
//! goes through here.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::render as tell;
use crate::apply::backup::{self, Saved};
use crate::apply::{self, Failure, Outcome, Report};
use crate::config::Config;
use crate::context::Context;
use crate::directory::Directory;
use crate::exit_code::ExitCode;
use crate::fetch::directory as reading;
use crate::organization::Organization;
use crate::output::json::plan as plan_json;
use crate::output::style::{Line, Tone};
use crate::output::text::plan as plan_text;
use crate::plan::role_diff::RoleDiff;
use crate::plan::{Action, Change, Plan};
use crate::role::{LiveRole, RoleName, RoleType, UserId};
use crate::workmail::Writer;

/// What became of a plan, and how to end.
#[derive(Debug)]
pub(crate) struct Executed {
    /// What became of each change.
    pub(crate) report: Report,
    /// How to end.
    pub(crate) exit: ExitCode,
}

/// Saves what is there, executes the plan and reports. Whoever calls has shown the plan and asked.
/// `label` names the organization where several are at work at the same time. The caller holds
/// [`Interrupts::writing`](crate::context::interrupt::Interrupts::writing).
///
/// # Errors
/// When what is there cannot be saved: then nothing was changed.
pub(crate) async fn execute(
    context: &Context,
    writer: &Writer,
    organization: &Organization,
    plan: &Plan,
    directory: &Directory,
    label: Option<&str>,
) -> anyhow::Result<Executed> {
    let others = staying(writer, plan).await?;
    let saved = backup::save_before(organization, &plan.changes, directory, &others, context.config.system)?;
    saved.iter().for_each(|saved| context.interrupts.saved(&saved.path));
    let nonce = context.config.system.new_uuid().to_string();
    let ui = &context.ui;
    let tell = |change: &Change, outcome: &Outcome| ui.say(&told(label, change, outcome));
    let stopped = || context.interrupts.stopped();
    let report = apply::apply(plan, &nonce, directory, writer, stopped, tell).await;
    if let Some(label) = label {
        title(context, label, false)?;
    }
    let failures = || {
        report.outcomes.iter().zip(&plan.changes).filter_map(|(outcome, change)| match outcome {
            Outcome::Failed(failure) => Some((change, failure)),
            _ => None,
        })
    };
    // Whom somebody else's change names was not read yet
    let theirs: BTreeSet<UserId> = failures().flat_map(|(_, failure)| failure.users()).collect();
    let mut known = directory.clone();
    // An address is a kindness: without it the id is shown
    let _ = reading::read_users(writer, &mut known, &theirs).await;
    failures().for_each(|(change, failure)| explain(context, change, failure, &known));
    for (id, name) in &report.parked {
        ui.warn(format!("role {id} has the name \"{name}\" by now, though its own change was not made"));
    }
    ui.say(&summary(&report));
    if report.outcomes.iter().any(Outcome::may_have_written) || !report.parked.is_empty() {
        ui.status("mailboxes can take up to five minutes to follow");
        undo(context, organization, plan, &report, directory, saved, &others)?;
    }
    let exit = exit(&report);
    Ok(Executed { report, exit })
}

/// For a confirmation that was declined or impossible: says for scripts that nothing was attempted, and
/// gives the error back.
///
/// # Errors
/// The error given.
pub(crate) fn unless_declined(
    context: &Context,
    organization: &Organization,
    plan: &Plan,
    directory: &Directory,
    answer: anyhow::Result<()>,
) -> anyhow::Result<()> {
    if answer.is_err() && !context.ui.is_table() {
        let mut value = plan_json::plan(organization, plan, directory, None);
        tell::not_attempted(&mut value);
        context.ui.value(&document(vec![value]))?;
    }
    answer
}

/// The names of the live roles that the plan does not delete; needed, and read, only where it deletes some.
async fn staying(writer: &Writer, plan: &Plan) -> anyhow::Result<BTreeSet<RoleName>> {
    let deletions = plan.changes.iter().filter(|change| change.after().is_none());
    let deleted: BTreeSet<_> = deletions.filter_map(|change| Some(change.before()?.id.clone())).collect();
    if deleted.is_empty() {
        return Ok(BTreeSet::new());
    }
    let roles = writer.roles().await?;
    Ok(roles.into_iter().filter(|role| !deleted.contains(&role.id)).map(|role| role.name).collect())
}

/// As [`execute`] for a plan of one organization, and writes its document for scripts.
///
/// # Errors
/// As [`execute`]; and when stdout cannot be written.
pub(crate) async fn execute_and_tell(
    context: &Context,
    writer: &Writer,
    organization: &Organization,
    plan: &Plan,
    directory: &Directory,
) -> anyhow::Result<ExitCode> {
    let _writing = context.interrupts.writing();
    let Executed { report, exit } = execute(context, writer, organization, plan, directory, None).await?;
    // A single change that was not made is no half of anything
    let exit = match &report.outcomes[..] {
        [Outcome::Failed(Failure::Service(error))]
            if report.parked.is_empty() && !error.outcome_unknown() =>
        {
            ExitCode::Failed
        }
        _ => exit,
    };
    if !context.ui.is_table() {
        let value = plan_json::plan(organization, plan, directory, Some(&report));
        context.ui.value(&document(vec![value]))?;
    }
    Ok(exit)
}

fn exit(report: &Report) -> ExitCode {
    if report.is_complete() {
        ExitCode::Done
    } else if report.interrupted {
        ExitCode::Interrupted
    } else if report.only_conflicts() {
        ExitCode::Refused
    } else {
        ExitCode::Partial
    }
}

fn told(label: Option<&str>, change: &Change, outcome: &Outcome) -> Line {
    let (tone, word) = match outcome {
        Outcome::Done { .. } => (Tone::Added, "done"),
        Outcome::Failed(_) => (Tone::Removed, "failed"),
        Outcome::NotAttempted => (Tone::Warning, "not attempted"),
    };
    let whose = label.map_or(String::new(), |label| format!("{label}: "));
    Line::of(Tone::Plain, whose)
        .and(tone, word)
        .and(Tone::Plain, format!(": {} {}", change.verb(), change.name()))
}

fn explain(context: &Context, change: &Change, failure: &Failure, directory: &Directory) {
    let hint = match failure {
        Failure::Service(error) | Failure::Unverified { error, .. } => error.hint(),
        Failure::NameTaken { .. } => Some("rename or delete the other role first".into()),
        Failure::Conflict { .. } | Failure::ReadsBack { .. } => None,
    };
    context.ui.failed(&format!("{} {}: {failure}", change.verb(), change.name()), hint.as_deref());
    let (expected, now) = match failure {
        Failure::Conflict { expected, now } => (expected.as_deref(), now),
        Failure::ReadsBack { now, .. } => (change.after(), now),
        Failure::Service(_) | Failure::Unverified { .. } | Failure::NameTaken { .. } => return,
    };
    let Some(now) = now else { return context.ui.status("    it is no longer there") };
    context.ui.status("    what it is now, against what was expected:");
    let diff = RoleDiff::between(expected, Some(&now.role));
    for line in plan_text::role_diff(&diff, directory) {
        context.ui.say(&line);
    }
    context.ui.hint("look at the new plan with `wmrole diff`, and apply again");
}

fn summary(report: &Report) -> Line {
    let count = |word: &str| report.outcomes.iter().filter(|outcome| outcome.as_str() == word).count();
    let text = format!(
        "{} done, {} failed, {} not attempted",
        count("done"),
        count("failed"),
        count("not_attempted")
    );
    Line::of(if report.is_complete() { Tone::Bold } else { Tone::Warning }, text)
}

/// The commands that bring back what was there: of what this run changed, and not of what others did.
fn undo(
    context: &Context,
    organization: &Organization,
    plan: &Plan,
    report: &Report,
    directory: &Directory,
    saved: Option<Saved>,
    others: &BTreeSet<RoleName>,
) -> anyhow::Result<()> {
    let wmrole = format!("{} --organization {}", again(context), organization.id);
    let changes = || plan.changes.iter().zip(&report.outcomes);
    // New roles first: their names may be those that the others had
    for (change, outcome) in changes() {
        if let (Action::Create { .. }, Some(id)) = (&change.action, outcome.id()) {
            context.ui.hint(format!("take {} away again with: {wmrole} delete {id}", change.name()));
        }
    }
    let may_have_written = |change: &Change, outcome: &Outcome| {
        let parked = |live: &LiveRole| report.parked.iter().any(|(id, _)| *id == live.id);
        outcome.may_have_written() || change.before().is_some_and(parked)
    };
    let all = changes().all(|(change, outcome)| may_have_written(change, outcome));
    let may_have_written =
        changes().filter(|(change, outcome)| may_have_written(change, outcome)).map(|(change, _)| change);
    let may_have_written: Vec<&Change> = may_have_written.collect();
    let saved = if all {
        saved
    } else {
        backup::save_before(
            organization,
            may_have_written.iter().copied(),
            directory,
            others,
            context.config.system,
        )?
    };
    if let Some(Saved { path, lost, some }) = saved {
        let escalates =
            may_have_written.iter().any(|change| change.turns(RoleType::FullAccess, RoleType::ReadOnly));
        let flag = if escalates { " --allow-escalation" } else { "" };
        if some {
            context
                .ui
                .hint(format!("bring back what was there with: {wmrole} apply {}{flag}", quoted(&path)));
        }
        lost.iter().for_each(|lost| context.ui.warn(format!("that cannot be brought back: {lost}")));
    }
    for (change, outcome) in changes() {
        if let (Action::Delete { before }, true) = (&change.action, outcome.may_have_written()) {
            let rules = match change.referenced_by.as_deref() {
                None => "access control rules and IAM policies".to_owned(),
                Some([]) => "IAM policies".to_owned(),
                Some(rules) => format!("the access control rules {} and IAM policies", rules.join(", ")),
            };
            context.ui.hint(format!(
                "brought back, {} has a new id: {rules} that name {} do not reach it",
                change.name(),
                before.id
            ));
        }
    }
    Ok(())
}

/// The program with the options that this call needed to find the account, and the sandbox also where it
/// came from the environment: it must not be missed when the command is run elsewhere.
fn again(context: &Context) -> String {
    let Config { profile, region, endpoint_url, sandbox, .. } = &context.config;
    let mut command = "wmrole".to_owned();
    let mut option = |name: &str, value: Option<&Path>| {
        if let Some(value) = value {
            command += &format!(" {name} {}", quoted(value));
        }
    };
    option("--profile", profile.as_deref().map(Path::new));
    option("--region", region.as_deref().map(Path::new));
    option("--endpoint-url", endpoint_url.as_deref().map(Path::new));
    option("--sandbox", sandbox.as_deref());
    command
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-:".contains(c)) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Says whose plan or report follows, where there are several: on stdout for a `result` for people.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn title(context: &Context, organization: &str, result: bool) -> io::Result<()> {
    let line = Line::of(Tone::Bold, format!("== organization {organization}"));
    if result && context.ui.is_table() {
        return context.ui.lines(&[line]);
    }
    context.ui.say(&line);
    Ok(())
}

/// Shows the plan where people look: on stdout when the result is for them, else on stderr.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn show(context: &Context, plan: &Plan, directory: &Directory) -> io::Result<()> {
    let lines = plan_text::plan(plan, directory);
    if context.ui.is_table() {
        return context.ui.lines(&lines);
    }
    lines.iter().for_each(|line| context.ui.say(line));
    Ok(())
}

/// One document of one organization, or of several.
pub(crate) fn document(mut organizations: Vec<Value>) -> Value {
    if organizations.len() == 1 {
        let mut one = organizations.remove(0);
        one["version"] = json!(1);
        return one;
    }
    json!({ "version": 1, "organizations": organizations })
}
