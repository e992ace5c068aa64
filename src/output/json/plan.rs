//! A plan and its report as JSON, in the shape that the documentation promises.

use serde_json::{Value, json};

use super::role as view;
use crate::access::Delta;
use crate::apply::{Outcome, Report};
use crate::directory::Directory;
use crate::organization::Organization;
use crate::plan::{Change, Plan};

/// The document of `diff`; with a report that of `apply`. It has no `version` yet: one document may
/// hold several.
pub(crate) fn plan(
    organization: &Organization,
    plan: &Plan,
    directory: &Directory,
    report: Option<&Report>,
) -> Value {
    let changes: Vec<Value> = plan
        .changes
        .iter()
        .enumerate()
        .map(|(i, change)| self::change(change, directory, report.and_then(|report| report.outcomes.get(i))))
        .collect();
    let undeclared: Vec<Value> =
        plan.undeclared.iter().map(|role| json!({ "id": role.id, "name": role.name })).collect();
    json!({
        "organization": view::organization(organization),
        "summary": plan.counts(),
        "changes": changes,
        "undeclared": undeclared,
        "access": access(&plan.delta, directory),
    })
}

fn change(change: &Change, directory: &Directory, outcome: Option<&Outcome>) -> Value {
    let made = outcome.and_then(Outcome::id);
    let id = change.before().map(|live| &live.id).or(made);
    let mut value = json!({
        "action": change.verb(),
        "role": { "id": id, "name": change.name() },
        "before": change.before().map(|live| view::live_role(live, directory)),
        "after": change.after().map(|role| view::role(id, role, directory)),
        "access": access(&change.delta, directory),
    });
    if !change.left_out.is_empty() {
        value["left_out"] = json!(change.left_out);
    }
    if let Some(outcome) = outcome {
        value["outcome"] = json!(outcome.as_str());
        value["error"] = match outcome {
            Outcome::Failed(failure) => json!(failure.to_string()),
            _ => Value::Null,
        };
    }
    value
}

fn access(delta: &Delta, directory: &Directory) -> Value {
    let Delta { gained, lost, escalated, opened, closed } = delta;
    let grants = |grants: &[crate::access::Grant]| -> Vec<Value> {
        let one = |grant: &crate::access::Grant| json!({ "role": grant.role, "user": view::user(&grant.user, directory), "type": grant.role_type });
        grants.iter().map(one).collect()
    };
    let escalated: Vec<Value> = escalated
        .iter()
        .map(|one| json!({ "role": one.role, "user": view::user(&one.user, directory), "from": one.from, "to": one.to }))
        .collect();
    json!({
        "gained": grants(gained),
        "lost": grants(lost),
        "escalated": escalated,
        "opened": opened,
        "closed": closed,
    })
}
