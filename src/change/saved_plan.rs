//! `diff --save` and `apply --plan`: what was reviewed is what is applied, or it is refused as stale.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::organizations::{self, Request};
use super::policy;
use crate::args::{GuardFlags, PlanLimits};
use crate::atomic_file;
use crate::config::OrganizationChoice;
use crate::context::{Connection, Context};
use crate::definition::load::{STDIN, load, of_texts};
use crate::definition::span::Source;
use crate::definition::user_files::{self, UserFile};
use crate::directory::Directory;
use crate::error::{self, CommandError};
use crate::exit_code::ExitCode;
use crate::fetch;
use crate::id::OrganizationId;
use crate::input_file::{self, MOST_OF_OUR_OWN};
use crate::output::json::plan::PlanJson;
use crate::output::style::Line;
use crate::output::text;
use crate::output::{plans, shell};
use crate::plan::role_diff::RoleDiff;
use crate::plan::saved::{self, Basis, Drift, Fingerprint, SavedOrganization, SavedPlan, Unusable};
use crate::plan::set::{OrganizationPlan, PlanPart, PlanSet};
use crate::sorted;

/// Saves what was planned, whole or not at all, mode 0600.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn save(
    context: &Context,
    path: &Path,
    files: &[PathBuf],
    request: &Request<'_>,
    set: &PlanSet,
) -> anyhow::Result<()> {
    let arguments = files.iter().map(|file| file.display().to_string()).collect();
    let saved = |one: &OrganizationPlan| {
        let OrganizationPlan { organization, plan, directory, .. } = one;
        let plan = PlanJson::planned(organization, plan, directory);
        Ok(SavedOrganization {
            id: organization.id.clone(),
            alias: organization.alias.clone(),
            plan: saved::as_value(&plan)?,
            seen: seen(one),
        })
    };
    let organizations = set.planned().map(saved).collect::<anyhow::Result<Vec<_>>>()?;
    let Request { choice, prune, ref selection, limits, only: _ } = *request;
    let called = |text: &str| set.planned().find(|one| one.organization.is_called(text));
    let id = |one: &OrganizationPlan| one.organization.id.clone();
    let is_policy = |number: &usize| set.policies.contains(number);
    let sources = |policies: bool| {
        let wanted = set.sources.iter().enumerate().filter(move |(number, _)| is_policy(number) == policies);
        wanted.map(|(_, source)| source.clone()).collect()
    };
    let basis = Basis {
        arguments,
        chosen: choice.given.and(set.planned().next()).map(id),
        default: choice.default.and_then(called).map(id),
        prune,
        selection: selection.clone(),
        limits,
        definitions: sources(false),
        user_files: set.user_files.clone(),
        policies: sources(true),
    };
    let plan = SavedPlan::new(basis, context.config.system.now(), organizations);
    let text = crate::escape::json::pretty(&plan)? + "\n";
    atomic_file::write(path, &text)?;
    context.ui.status(format!("saved the plan in {}", path.display()));
    let path = shell::quoted_path(path);
    context.ui.hint(format!("`wmrole apply --plan {path}` executes exactly this"));
    Ok(())
}

fn seen(one: &OrganizationPlan) -> Fingerprint {
    let OrganizationPlan { plan, live, desired, .. } = one;
    Fingerprint {
        live: live.clone(),
        desired: desired.clone(),
        undeclared: plan.undeclared.clone(),
        delta: plan.delta.clone(),
    }
}

/// Plans anew from a saved plan's definitions, under its limits and its policies, and compares. `files` are those
/// of the command line; when there are none, those that the plan was made from. The limits and the policy of the
/// command line hold besides.
///
/// # Errors
/// Refused when the file was edited, or when anything that the plan was made from has changed.
pub(crate) async fn open(
    context: &Context,
    path: &Path,
    files: &[PathBuf],
    flags: &PlanLimits,
) -> anyhow::Result<(Connection, PlanSet)> {
    let plan = parse(path)?;
    let changed = changed_files(context, &plan, files)?;
    if !changed.is_empty() {
        changed.iter().for_each(|text| context.ui.warn(text));
        return stale(context, "the definitions have changed since the plan was saved", changed);
    }
    let text = |file: &Source| (file.name.clone(), file.text.clone());
    let mut loaded = of_texts(plan.definitions.iter().map(text), &plan.user_files);
    plan.policies.iter().map(text).for_each(|(name, text)| loaded.add_policy(name, text));
    let loaded = policy::added(context, loaded)?;
    let only = sorted::set(plan.organizations.iter().map(|one| one.id.clone()));
    // A plan is not retargeted by a variable
    let given = context.config.organization_choice().given;
    let choice = OrganizationChoice {
        given: given.or(plan.chosen.as_ref().map(OrganizationId::as_str)),
        default: plan.default.as_ref().map(OrganizationId::as_str),
    };
    let GuardFlags { max_gained, allow_escalation: _ } = flags.guards;
    let limits = plan.limits.and(flags.max_deletes, max_gained);
    let request =
        Request { choice, prune: plan.prune, selection: plan.selection.clone(), limits, only: Some(&only) };
    // The definitions were right when the plan was saved: the users or groups that they name have changed
    let (connection, mut set) = match organizations::plan(context, loaded, &request).await {
        Err(error) if error::exit_code(&error) == ExitCode::Usage => {
            return stale(context, "its definitions no longer resolve", vec![error::in_full(&error)]);
        }
        planned => planned?,
    };
    // A plan is executed as a whole
    if let Some(failed) = set.parts.iter().position(|part| part.outcome.is_err())
        && let PlanPart { name, outcome: Err(error) } = set.parts.remove(failed)
    {
        if error::exit_code(&error) == ExitCode::Usage {
            return stale(
                context,
                "its definitions no longer resolve",
                vec![format!("{name}: {}", error::in_full(&error))],
            );
        }
        return Err(error.context(format!("organization {name} of the plan")));
    }
    let drift = drift(context, &connection, &plan, &set).await;
    if !drift.is_empty() {
        return stale(
            context,
            "the organization has changed, or a date has passed, since the plan was saved",
            drift,
        );
    }
    set.refusals_mut().for_each(|refusal| refusal.by_saved_limits(&plan.limits, &limits));
    Ok((connection, set))
}

fn parse(path: &Path) -> anyhow::Result<SavedPlan> {
    let text = input_file::read_text(path, MOST_OF_OUR_OWN);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    let plan = SavedPlan::parse(&text).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        match error {
            Unusable::Edited => {
                CommandError::refused(message).hint("save the plan again with `wmrole diff --save`")
            }
            Unusable::Version(_) => {
                CommandError::usage(message).hint("save the plan again with `wmrole diff --save`")
            }
            Unusable::Other(_) => CommandError::usage(message),
        }
    })?;
    Ok(plan)
}

/// Draws what has changed since the plan was saved, and gives its lines.
async fn drift(context: &Context, connection: &Connection, plan: &SavedPlan, set: &PlanSet) -> Vec<String> {
    let mut lines = Vec::new();
    for one in set.planned() {
        let Some(saved) = plan.organizations.iter().find(|saved| saved.id == one.organization.id) else {
            continue;
        };
        let changes = saved::drift((&saved.seen, plan.created), (&seen(one), context.config.system.now()));
        // Users whom only somebody else's change names were not read yet. Best effort: an unknown user is
        // shown by id
        let reader = connection.account.reader(&one.organization);
        let mut directory = one.directory.clone();
        let users = changes.iter().flat_map(Drift::users).collect();
        let _ = fetch::directory::read_users(&reader, &mut directory, &users).await;
        lines.extend(changes.iter().flat_map(|drift| emit_drift(context, drift, &directory)));
    }
    lines
}

fn stale<T>(context: &Context, why: &str, lines: Vec<String>) -> anyhow::Result<T> {
    plans::write_stale(&context.ui, &lines)?;
    Err(CommandError::refused(format!("the saved plan is stale: {why}; nothing was changed"))
        .hint("look at the new plan with `wmrole diff`, and save that")
        .into())
}

/// Differences between the plan's definition files and those on disk. Where none of them is here, as in a job
/// that was only given the plan, its own copy is used.
fn changed_files(context: &Context, plan: &SavedPlan, files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let saved: Vec<PathBuf> = plan.arguments.iter().filter(|path| *path != "-").map(PathBuf::from).collect();
    // What is named and not there is an error when it is read
    let (here, missing): (Vec<_>, Vec<_>) = match files {
        [] => saved.into_iter().partition(|path| path.exists()),
        files => (files.to_vec(), Vec::new()),
    };
    if here.is_empty() {
        if !missing.is_empty() {
            context.ui.warn("the files of the plan are not here; its own copy of them is used");
        }
        return Ok(Vec::new());
    }
    let mut changed: Vec<_> = missing.iter().map(|path| format!("{} is gone", path.display())).collect();
    let loaded = match load(&here, io::stdin()) {
        Ok(loaded) => loaded,
        // A directory of the plan that has no definitions any longer
        Err(error) if files.is_empty() => {
            changed.push(format!("{error:#}"));
            return Ok(changed);
        }
        Err(error) => return Err(error),
    };
    // However a path is spelt
    let file = |name: &str| fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name));
    let found = user_files::of_documents(&loaded.documents);
    let lists = |files: &[UserFile]| files.iter().map(as_source).collect::<Vec<_>>();
    let now = loaded.sources.iter().cloned().chain(lists(&found));
    let now = sorted::map(now.map(|one| (file(&one.name), one)));
    let stdin = here.iter().any(|path| path.as_os_str() == "-");
    let was = plan.definitions.iter().filter(|one| one.name != STDIN || stdin).cloned();
    let was = sorted::map(was.chain(lists(&plan.user_files)).map(|one| (file(&one.name), one)));
    for (path, Source { name, text }) in &was {
        match now.get(path) {
            None if missing.contains(&PathBuf::from(name)) => {}
            None => changed.push(format!("{name} is gone")),
            Some(other) if other.text != *text => changed.push(format!("{name} was changed")),
            Some(_) => {}
        }
    }
    let new = now.iter().filter(|(path, _)| !was.contains_key(*path));
    changed.extend(new.map(|(_, one)| format!("{} is new", one.name)));
    Ok(changed)
}

/// A list of users as a text to compare.
fn as_source(UserFile { name, rows }: &UserFile) -> Source {
    let text = rows.iter().map(|row| format!("{}:{}\n", row.line, row.text)).collect();
    Source { name: name.clone(), text }
}

/// Warns of one thing that changed, and gives its lines.
fn emit_drift(context: &Context, drift: &Drift, directory: &Directory) -> Vec<String> {
    let (message, lines) = match drift {
        Drift::Role { before, now } => {
            let what = match (before, now) {
                (None, _) => "was made",
                (_, None) => "was deleted",
                _ => "was changed",
            };
            let name =
                before.as_ref().or(now.as_ref()).map(|live| live.role.name.to_string()).unwrap_or_default();
            // Of a role that was deleted, the name is enough
            let lines = now.as_ref().map_or(Vec::new(), |now| {
                let diff = RoleDiff::between(before.as_ref().map(|live| &live.role), Some(&now.role));
                text::plan::role_diff(&diff, directory)
            });
            (format!("role {name} {what} since the plan was saved"), lines)
        }
        Drift::Members { before, now } => (
            format!("the definition of {} means other users than when the plan was saved", now.name),
            text::plan::role_diff(&RoleDiff::between(Some(before), Some(now)), directory),
        ),
        Drift::Undeclared { name, created: true } => {
            (format!("role {name}, which nothing declares, was made since the plan was saved"), Vec::new())
        }
        Drift::Undeclared { name, created: false } => {
            (format!("role {name}, which nothing declares, is gone since the plan was saved"), Vec::new())
        }
        Drift::Expired { role, end } => {
            (format!("a date of role {role} has passed since the plan was saved: {end}"), Vec::new())
        }
        Drift::Mailboxes(users) => {
            let users: Vec<_> = users.iter().map(|id| directory.label(id)).collect();
            let message = format!(
                "mailboxes were enabled or disabled since the plan was saved, so that others gain or lose access \
                 than was shown: {}",
                users.join(", ")
            );
            (message, Vec::new())
        }
    };
    context.ui.warn(message.as_str());
    lines.iter().for_each(|line| context.ui.status_line(line));
    std::iter::once(message).chain(lines.iter().map(Line::plain)).collect()
}
