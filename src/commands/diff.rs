//! `diff`, `apply` and `validate`: definitions against what is live.

use std::io;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::context::{Context, described};
use super::execute;
use super::gather::{Gathered, gather};
use crate::cli;
use crate::definition::diagnostic::Severity;
use crate::definition::load::{Loaded, load};
use crate::exit::{Exit, Stop};
use crate::output::diagnostics;
use crate::output::plan_json;
use crate::workmail::Organization;

/// Checks definitions without network.
///
/// # Errors
/// When a file cannot be read, or a definition is wrong.
pub fn validate(context: &Context, args: &cli::Validate) -> anyhow::Result<Exit> {
    let loaded = load(&args.files, io::stdin())?;
    let roles: usize = loaded.documents.iter().map(|document| document.roles.len()).sum();
    if !context.ui.is_table() {
        let found = diagnostics::values(&loaded.diagnostics, &loaded.sources);
        let document =
            json!({ "version": 1, "files": loaded.documents.len(), "roles": roles, "diagnostics": found });
        context.ui.value(&document)?;
    }
    if loaded.has_errors() {
        return Err(wrong(context, &loaded));
    }
    context.ui.diagnostics(&loaded.diagnostics, &loaded.sources);
    if context.ui.is_table() {
        let text = format!("valid: {roles} roles in {} files\n", loaded.documents.len());
        context.ui.out(&text)?;
    }
    Ok(Exit::Done)
}

/// Tells what is wrong with definitions, and makes the error that ends the command.
fn wrong(context: &Context, loaded: &Loaded) -> anyhow::Error {
    context.ui.diagnostics(&loaded.diagnostics, &loaded.sources);
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    Stop::usage(format!("{errors} errors in the definitions; nothing was attempted")).into()
}

/// One organization's plan, and whose it is.
struct Planned {
    organization: Organization,
    gathered: Gathered,
    refusals: Vec<String>,
}

struct Session {
    connection: super::context::Connection,
    planned: Vec<Planned>,
}

async fn plan(context: &Context, files: &[PathBuf], limits: &cli::Limits) -> anyhow::Result<Session> {
    let mut loaded = load(files, io::stdin())?;
    if loaded.has_errors() {
        return Err(wrong(context, &loaded));
    }
    context.ui.waiting("reading roles and users");
    let connection = context.connect().await?;
    let chosen = context.global.organization.as_deref();
    let groups = match chosen {
        Some(chosen) => vec![(Some(chosen), loaded.documents.iter().collect())],
        None => loaded.organizations(),
    };
    let account = &connection.account;
    let planned = futures::future::try_join_all(groups.into_iter().map(|(choice, documents)| async move {
        let organization = account.organization(choice).await?;
        let reader = account.reader(&organization);
        let (organization, gathered) = futures::future::try_join(
            described(&reader, organization),
            gather(&reader, &documents, limits.prune),
        )
        .await?;
        let refusals = refusals(&gathered, limits);
        Ok::<_, anyhow::Error>(Planned { organization, gathered, refusals })
    }))
    .await?;
    let found: Vec<_> = planned.iter().flat_map(|planned| planned.gathered.diagnostics.clone()).collect();
    loaded.diagnostics.extend(found);
    if loaded.has_errors() {
        return Err(wrong(context, &loaded));
    }
    context.ui.diagnostics(&loaded.diagnostics, &loaded.sources);
    Ok(Session { connection, planned })
}

/// What forbids applying the plan, and what would allow it.
fn refusals(gathered: &Gathered, limits: &cli::Limits) -> Vec<String> {
    let mut refusals = Vec::new();
    let deletes = gathered.plan.counts().delete;
    if deletes > limits.max_deletes {
        let allowed = limits.max_deletes;
        refusals.push(format!(
            "{deletes} roles would be deleted; at most {allowed} are allowed: --max-deletes {deletes} allows it"
        ));
    }
    for (role, user) in &gathered.reaching_protected {
        let user = gathered.directory.label(user);
        refusals.push(format!(
            "role {role} reaches the protected user {user}: deny the user in a rule, or take the user out of \
             protected_users"
        ));
    }
    refusals
}

/// Shows each plan with what refuses it under it.
fn show(context: &Context, planned: &[Planned]) -> io::Result<bool> {
    for one in planned {
        if planned.len() > 1 {
            let name = one.organization.alias.as_deref().unwrap_or(one.organization.id.as_str());
            context.ui.status(format!("organization {name}"));
        }
        execute::show(context, &one.gathered.plan, &one.gathered.directory)?;
        for refusal in &one.refusals {
            context.ui.warn(format!("refused: {refusal}"));
        }
    }
    Ok(planned.iter().any(|one| !one.refusals.is_empty()))
}

/// Shows what applying would change.
///
/// # Errors
/// When a definition is wrong or a read fails.
pub async fn diff(context: &Context, args: &cli::Diff) -> anyhow::Result<Exit> {
    let Session { connection: _connection, planned } = plan(context, &args.files, &args.limits).await?;
    let refused = if context.ui.is_table() {
        show(context, &planned)?
    } else {
        let values = planned
            .iter()
            .map(|one| plan_json::plan(&one.organization, &one.gathered.plan, &one.gathered.directory, None));
        context.ui.value(&execute::document(values.collect()))?;
        for refusal in planned.iter().flat_map(|one| &one.refusals) {
            context.ui.warn(format!("refused: {refusal}"));
        }
        planned.iter().any(|one| !one.refusals.is_empty())
    };
    let changes = planned.iter().any(|one| !one.gathered.plan.is_empty());
    Ok(match (refused, args.exit_code && changes) {
        (true, _) => Exit::Refused,
        (false, true) => Exit::No,
        (false, false) => Exit::Done,
    })
}

/// Makes definitions live.
///
/// # Errors
/// When a definition is wrong, a read fails, or the change is refused; nothing was changed then.
pub async fn apply(context: &Context, args: &cli::Apply) -> anyhow::Result<Exit> {
    let Session { connection, planned } = plan(context, &args.files, &args.limits).await?;
    let refused = show(context, &planned)?;
    let changes: usize = planned.iter().map(|one| one.gathered.plan.changes.len()).sum();
    let mut exit = if refused { Exit::Refused } else { Exit::Done };
    if changes > 0 && !refused {
        context.ui.confirm(&format!("Apply {changes} changes?"))?;
    }
    let mut values: Vec<Value> = Vec::new();
    for one in &planned {
        let Planned { organization, gathered: Gathered { plan, directory, .. }, refusals: _ } = one;
        if plan.is_empty() || refused {
            values.push(plan_json::plan(organization, plan, directory, None));
            continue;
        }
        let writer = connection.account.writer(organization);
        let (value, ended) = execute::execute(context, &writer, organization, plan, directory).await?;
        values.push(value);
        if exit == Exit::Done || ended == Exit::Partial {
            exit = ended;
        }
    }
    if !context.ui.is_table() {
        context.ui.value(&execute::document(values))?;
    }
    Ok(exit)
}
