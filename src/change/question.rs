//! What is asked before plans are executed. Where access grows most, a key is not enough: the name of the role is
//! typed, or, for several roles, that of the organization.

use crate::access::{self, Extension};
use crate::context::Context;
use crate::output::style::{self, counted};
use crate::output::text;
use crate::output::text::place;
use crate::plan::guard;
use crate::plan::set::{OrganizationPlan, PlanSet};
use crate::prompt::{self, confirm};
use crate::role::{RoleName, RoleType};

/// What is asked before plans are executed.
#[derive(Debug)]
pub(crate) enum Question {
    /// Whether to do this with one role, as `Create role Migration`.
    Change(String),
    /// Whether to apply the plans, with what they do to access said again.
    Apply,
    /// To type the names of the roles that are deleted, one after the other.
    Delete(Vec<RoleName>),
    /// Nothing: what happens was agreed upon before, and only narrows.
    Nothing,
    /// To type how many roles are deleted, which are all that there are.
    DeleteAll(usize),
}

/// Asks; `--yes` answers.
///
/// # Errors
/// Refused when the answer is no or nobody can answer.
pub(super) async fn ask(context: &Context, set: &PlanSet, question: Question) -> anyhow::Result<()> {
    if matches!(question, Question::Nothing) {
        return Ok(());
    }
    if let Question::Delete(names) = question {
        let place = set.planned().next().map(|one| place::short(&context.config, &one.organization));
        let place = place.unwrap_or_default();
        for name in names {
            let question = format!("Type the name of the role to delete it from {place} ({name})");
            confirm::typed(context, &question, name.as_str()).await?;
        }
        return Ok(());
    }
    if let Question::DeleteAll(count) = question {
        if count == 0 {
            return Ok(());
        }
        let place = set.planned().next().map(|one| place::short(&context.config, &one.organization));
        let roles = if count == 1 { "the only role".to_owned() } else { format!("all {count} roles") };
        let question = format!("Type {count} to delete {roles} of {}", place.unwrap_or_default());
        return confirm::typed(context, &question, &count.to_string()).await;
    }
    // The plan may be far above on the screen
    for one in set.planned().filter(|_| matches!(question, Question::Apply) && prompt::can_ask(context)) {
        context.ui.status(text::access::headline(&one.plan));
    }
    let mut typed = false;
    for one in set.planned() {
        let risks = risks(one);
        if risks.is_empty() {
            continue;
        }
        let (question, expected) = typed_question(context, one, &risks);
        confirm::typed(context, &question, &expected).await?;
        typed = true;
    }
    if typed && !set.is_several() {
        return Ok(());
    }
    confirm::yes_or_no(context, &yes_no(context, set, question)).await
}

/// A role and what it becomes that no single key confirms.
type Risk<'a> = (&'a RoleName, String);

/// The roles that open to everyone, turn from READ_ONLY to FULL_ACCESS, or give access for longer.
fn risks(one: &OrganizationPlan) -> Vec<Risk<'_>> {
    let remade = guard::remade(&one.plan, &one.directory);
    let risk = |change| {
        let change: &crate::plan::Change = change;
        let opens = !change.delta.opened.is_empty();
        let escalates = change.turns(RoleType::ReadOnly, RoleType::FullAccess)
            || remade.iter().any(|(_, made)| made.name() == change.name());
        let grows = match (opens, escalates) {
            (true, true) => Some("opens to everyone, with FULL_ACCESS instead of READ_ONLY".to_owned()),
            (true, false) => Some("opens to everyone".to_owned()),
            (false, true) => Some("gets FULL_ACCESS instead of READ_ONLY".to_owned()),
            (false, false) => None,
        };
        let said: Vec<_> = grows.into_iter().chain(lasts_longer(&change.delta.extended)).collect();
        (!said.is_empty()).then(|| (change.name(), said.join(", and ")))
    };
    one.plan.changes.iter().filter_map(risk).collect()
}

/// By how much a role gives access for longer: the latest of the ends that move.
fn lasts_longer(extended: &[Extension]) -> Option<String> {
    let last = extended.iter().max_by(|a, b| access::later(a.to.as_ref(), b.to.as_ref()))?;
    let from = &last.from;
    Some(match &last.to {
        None => format!("gives access without an end, instead of until {from}"),
        Some(to) => format!("gives access until {to}, instead of {from}"),
    })
}

fn typed_question(context: &Context, one: &OrganizationPlan, risks: &[Risk<'_>]) -> (String, String) {
    let place = place::short(&context.config, &one.organization);
    if let [(name, what)] = risks {
        let question =
            format!("Role {name} {what} in {place}. Type the name of the role to confirm ({name})");
        return (question, name.to_string());
    }
    let what: Vec<_> = risks.iter().map(|(name, what)| format!("{name} {what}")).collect();
    let label = one.organization.label();
    let question =
        format!("In {place}: {}. Type the name of the organization to confirm ({label})", what.join("; "));
    (question, label.to_owned())
}

fn yes_no(context: &Context, set: &PlanSet, question: Question) -> String {
    let place = |one: &OrganizationPlan| place::short(&context.config, &one.organization);
    let only = set.planned().next().filter(|_| !set.is_several()).map(place);
    let place = only.map(|place| format!(" in {place}")).unwrap_or_default();
    let what = match question {
        Question::Change(what) => return format!("{what}{place}?"),
        Question::Apply | Question::Delete(_) | Question::DeleteAll(_) | Question::Nothing => {
            format!("Apply {}", style::counted(set.changes(), "change", "changes"))
        }
    };
    let planned = set.planned().filter(|one| !one.plan.is_empty()).count();
    match (set.is_several(), set.errors().next()) {
        (false, _) => format!("{what}{place}?"),
        (true, None) => format!("{what} in {}?", counted(planned, "organization", "organizations")),
        (true, Some(_)) => format!("{what} in {planned} organizations, though others have no plan?"),
    }
}
