//! Definitions to plans, one an organization, all at the same time. What fails in one organization
//! does not stop the others.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use futures::future::{join_all, try_join};

use super::render as tell;
use crate::args::PlanLimits;
use crate::context::{Connection, Context, described};
use crate::definition::diagnostic::{Diagnostic, Severity, has_errors};
use crate::definition::load::{Loaded, check_spellings, load};
use crate::definition::model::Document;
use crate::definition::span::Sources;
use crate::error::{self, CommandError};
use crate::exit_code::ExitCode;
use crate::fetch::definitions::{Gathered, gather};
use crate::id::OrganizationId;
use crate::organization::Organization;
use crate::output::text::diagnostics;
use crate::plan::guard::{self, Refusal};
use crate::workmail::Account;

impl From<&PlanLimits> for guard::Limits {
    fn from(limits: &PlanLimits) -> Self {
        let PlanLimits { prune: _, max_deletes, max_gained, allow_escalation } = *limits;
        Self { max_deletes, max_gained, allow_escalation }
    }
}

/// One organization's plan, and what forbids executing it.
#[derive(Debug)]
pub(crate) struct Planned {
    /// Whose it is.
    pub(crate) organization: Organization,
    /// What it was made from.
    pub(crate) gathered: Gathered,
    /// What forbids executing it.
    pub(crate) refusals: Vec<Refusal>,
}

/// One organization of a call.
#[derive(Debug)]
pub(crate) struct Part {
    /// Its alias or id, as far as it is known.
    pub(crate) name: String,
    /// Its plan, or why there is none.
    pub(crate) outcome: anyhow::Result<Planned>,
}

/// All organizations of a call.
#[derive(Debug)]
pub(crate) struct Session {
    /// The account, as long as it is needed.
    pub(crate) connection: Connection,
    /// The texts that spans are in.
    pub(crate) sources: Sources,
    /// The organizations, in the order of the files.
    pub(crate) parts: Vec<Part>,
    /// What forbids executing the plans of several organizations together.
    pub(crate) refusals: Vec<Refusal>,
}

impl Session {
    /// The organizations that have a plan.
    pub(crate) fn planned(&self) -> impl Iterator<Item = &Planned> {
        self.parts.iter().filter_map(|part| part.outcome.as_ref().ok())
    }

    /// What forbids executing any of the plans.
    pub(crate) fn refused(&self) -> bool {
        !self.refusals.is_empty() || self.planned().any(|one| !one.refusals.is_empty())
    }

    /// The exit code of the organizations that failed: 2 when definitions are wrong, else the first.
    pub(crate) fn failed(&self) -> Option<ExitCode> {
        let codes = self.parts.iter().filter_map(|part| part.outcome.as_ref().err()).map(error::exit_code);
        codes.min_by_key(|code| *code != ExitCode::Usage)
    }
}

/// Reads definitions, and tells what is wrong with them.
///
/// # Errors
/// When a file cannot be read, or a definition is wrong without looking at the service.
pub(crate) fn read(context: &Context, files: &[PathBuf]) -> anyhow::Result<Loaded> {
    let loaded = load(files, io::stdin())?;
    if loaded.has_errors() {
        return Err(wrong(context, &loaded.diagnostics, &loaded.sources, None));
    }
    Ok(loaded)
}

/// Tells what is wrong with definitions, and makes the error that ends the command, or, where there
/// are several organizations, the one `of` this name.
pub(crate) fn wrong(
    context: &Context,
    found: &[Diagnostic],
    sources: &Sources,
    of: Option<&str>,
) -> anyhow::Error {
    tell::found(context, found, sources);
    if of.is_none()
        && let Err(error) = tell::wrong(context, found, sources)
    {
        return error;
    }
    match of {
        None => errors(found, of),
        // Its own part of the result is this error
        Some(_) => errors(found, of).context(diagnostics::plain(found, sources).join("; ")),
    }
}

/// The error that ends a command whose definitions are wrong.
pub(crate) fn errors(diagnostics: &[Diagnostic], of: Option<&str>) -> anyhow::Error {
    let whose = of.map_or(String::new(), |of| format!(" for {of}"));
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let counted = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
    CommandError::usage(format!("{counted} in the definitions{whose}; nothing was attempted")).into()
}

/// Plans every organization that the definitions are for; `choice` is the one of the command line, and
/// `only` are those that it must be.
///
/// # Errors
/// When the account cannot be reached at all, or the only organization has no plan.
pub(crate) async fn plan(
    context: &Context,
    loaded: Loaded,
    choice: Option<&str>,
    prune: bool,
    limits: &guard::Limits,
    only: Option<&BTreeSet<OrganizationId>>,
) -> anyhow::Result<Session> {
    context.ui.waiting("reading roles and users");
    let connection = context.connect().await?;
    let account = &connection.account;
    let groups = organizations(account, choice, &loaded).await?;
    let several = groups.len() > 1;
    if let Some(only) = only {
        must_be(&groups, only)?;
    }
    let planning = groups.into_iter().map(|(name, organization, documents)| async move {
        (name, one(account, organization, &documents, prune).await)
    });
    let mut diagnostics = loaded.diagnostics.clone();
    let mut parts = Vec::new();
    for (mut name, outcome) in join_all(planning).await {
        let outcome = outcome.and_then(|(organization, mut gathered)| {
            name = organization.label().to_owned();
            let found = std::mem::take(&mut gathered.diagnostics);
            if has_errors(&found) {
                // Of a saved plan the result is that it is stale
                let of = (several || only.is_some()).then_some(name.as_str());
                return Err(wrong(context, &found, &loaded.sources, of));
            }
            diagnostics.extend(found);
            let Gathered { plan, desired, protected, directory, .. } = &gathered;
            let refusals = guard::refusals(plan, limits, desired, protected, directory);
            Ok(Planned { organization, gathered, refusals })
        });
        match outcome {
            Err(error) if !several => return Err(error),
            outcome => parts.push(Part { name, outcome }),
        }
    }
    tell::found(context, &diagnostics, &loaded.sources);
    let mut session = Session { connection, sources: loaded.sources, parts, refusals: Vec::new() };
    let plans: Vec<_> = session.planned().map(|one| &one.gathered.plan).collect();
    let refusals = guard::totals(&plans, limits);
    match &mut session.parts[..] {
        [Part { outcome: Ok(one), .. }] => one.refusals.splice(0..0, refusals).for_each(drop),
        _ => session.refusals = refusals,
    }
    Ok(session)
}

/// The plan of other organizations is no plan of these.
fn must_be(groups: &[Group<'_>], only: &BTreeSet<OrganizationId>) -> anyhow::Result<()> {
    let found: BTreeSet<_> = groups
        .iter()
        .filter_map(|(_, organization, _)| Some(organization.as_ref().ok()?.id.clone()))
        .collect();
    // One that is not found at all is told of as such
    let unknown = groups.iter().any(|(_, organization, _)| organization.is_err());
    if found == *only || (unknown && found.is_subset(only)) {
        return Ok(());
    }
    let list =
        |ids: &BTreeSet<OrganizationId>| ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    let message = format!(
        "the saved plan is for {}, and this call for {}; nothing was changed",
        list(only),
        list(&found)
    );
    Err(CommandError::refused(message).into())
}

/// An organization as the files call it, and the documents that are for it.
pub(crate) type Group<'a> = (String, anyhow::Result<Organization>, Vec<&'a Document>);

/// The organizations of the definitions, each once however often it is spelt otherwise.
///
/// # Errors
/// When the organizations cannot be listed.
pub(crate) async fn organizations<'a>(
    account: &Account,
    choice: Option<&'a str>,
    loaded: &'a Loaded,
) -> anyhow::Result<Vec<Group<'a>>> {
    let spelt = match choice {
        Some(chosen) => vec![(Some(chosen), loaded.documents.iter().collect())],
        None => loaded.organizations(),
    };
    let choices: Vec<_> = spelt.iter().map(|(choice, _)| *choice).collect();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (organization, (choice, documents)) in account.choose(&choices).await?.into_iter().zip(spelt) {
        let same = groups.iter_mut().find(|(_, other, _)| match (other, &organization) {
            (Ok(a), Ok(b)) => a.id == b.id,
            _ => false,
        });
        match same {
            Some((_, _, all)) => all.extend(documents),
            None => {
                let name = choice.unwrap_or("(the only organization)").to_owned();
                groups.push((name, organization.map_err(Into::into), documents));
            }
        }
    }
    Ok(groups)
}

async fn one(
    account: &Account,
    organization: anyhow::Result<Organization>,
    documents: &[&Document],
    prune: bool,
) -> anyhow::Result<(Organization, Gathered)> {
    let organization = organization?;
    let reader = account.reader(&organization);
    let (organization, mut gathered) =
        try_join(described(&reader, organization), gather(&reader, documents, prune)).await?;
    gathered.diagnostics.extend(check_spellings(documents));
    Ok((organization, gathered))
}
