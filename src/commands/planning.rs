//! Definitions to plans, one an organization, all at the same time. What fails in one organization
//! does not stop the others.

use std::io;
use std::path::PathBuf;

use futures::future::{join_all, try_join};
use serde_json::{Value, json};

use super::context::{Connection, Context, described};
use super::execute;
use super::gather::{Gathered, gather};
use crate::cli;
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::load::{Loaded, check_together, load};
use crate::definition::model::Document;
use crate::definition::source::Sources;
use crate::exit::{self, Stop};
use crate::id::OrganizationId;
use crate::output::{diagnostics, github, plan_json};
use crate::plan::guard::{self, Refusal};
use crate::workmail::{Account, Organization};

impl From<&cli::Limits> for guard::Limits {
    fn from(limits: &cli::Limits) -> Self {
        let cli::Limits { prune: _, max_deletes, max_gained, allow_escalation } = *limits;
        Self { max_deletes, max_gained, allow_escalation }
    }
}

/// One organization's plan, and what forbids executing it.
#[derive(Debug)]
pub struct Planned {
    /// Whose it is.
    pub organization: Organization,
    /// What it was made from.
    pub gathered: Gathered,
    /// What forbids executing it.
    pub refusals: Vec<Refusal>,
}

/// One organization of a call.
#[derive(Debug)]
pub struct Part {
    /// Its alias or id, as far as it is known.
    pub name: String,
    /// Its plan, or why there is none.
    pub outcome: anyhow::Result<Planned>,
}

/// All organizations of a call.
#[derive(Debug)]
pub struct Session {
    /// The account, as long as it is needed.
    pub connection: Connection,
    /// The texts that places are in.
    pub sources: Sources,
    /// The organizations, in the order of the files.
    pub parts: Vec<Part>,
}

impl Session {
    /// The organizations that have a plan.
    pub fn planned(&self) -> impl Iterator<Item = &Planned> {
        self.parts.iter().filter_map(|part| part.outcome.as_ref().ok())
    }

    /// What forbids executing any of the plans.
    pub fn refused(&self) -> bool {
        self.planned().any(|one| !one.refusals.is_empty())
    }

    /// The exit code of the organizations that failed: 2 when definitions are wrong, else the first.
    pub fn failed(&self) -> Option<u8> {
        let codes = self.parts.iter().filter_map(|part| part.outcome.as_ref().err()).map(exit::code);
        codes.min_by_key(|code| *code != 2)
    }
}

/// Reads definitions, and tells what is wrong with them.
///
/// # Errors
/// When a file cannot be read, or a definition is wrong without looking at the service.
pub fn read(context: &Context, files: &[PathBuf]) -> anyhow::Result<Loaded> {
    let loaded = load(files, io::stdin())?;
    if loaded.has_errors() {
        return Err(wrong(context, &loaded.diagnostics, &loaded.sources, None));
    }
    Ok(loaded)
}

/// Tells what is wrong with definitions, and makes the error that ends the command, or, where there
/// are several organizations, the one `of` this name.
pub fn wrong(context: &Context, found: &[Diagnostic], sources: &Sources, of: Option<&str>) -> anyhow::Error {
    tell(context, found, sources);
    let scripts = matches!(context.ui.format, cli::Format::Json | cli::Format::Yaml);
    if scripts && of.is_none() {
        let document = json!({ "version": 1, "diagnostics": diagnostics::values(found, sources) });
        if let Err(error) = context.ui.value(&document) {
            return error;
        }
    }
    errors(found, of)
}

/// The error that ends a command whose definitions are wrong.
pub fn errors(diagnostics: &[Diagnostic], of: Option<&str>) -> anyhow::Error {
    let whose = of.map_or(String::new(), |of| format!(" for {of}"));
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let counted = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
    Stop::usage(format!("{counted} in the definitions{whose}; nothing was attempted")).into()
}

/// Draws diagnostics; for a GitHub job, as annotations too.
pub fn tell(context: &Context, diagnostics: &[Diagnostic], sources: &Sources) {
    if context.ui.format == cli::Format::Github {
        // A closed stdout is told by the command's own output
        let _ = context.ui.out(&github::diagnostics(diagnostics, sources));
    }
    context.ui.diagnostics(diagnostics, sources);
}

/// Plans every organization that the definitions are for; `choice` is the one of the command line.
///
/// # Errors
/// When the account cannot be reached at all, or the only organization has no plan.
pub async fn plan(
    context: &Context,
    loaded: Loaded,
    choice: Option<&str>,
    prune: bool,
    limits: &guard::Limits,
) -> anyhow::Result<Session> {
    context.ui.waiting("reading roles and users");
    let connection = context.connect().await?;
    let account = &connection.account;
    let groups = organizations(account, choice, &loaded).await?;
    let several = groups.len() > 1;
    let planning = groups.into_iter().map(|(name, organization, documents)| async move {
        (name, one(account, organization, &documents, prune).await)
    });
    let mut diagnostics = loaded.diagnostics.clone();
    let mut parts = Vec::new();
    for (mut name, outcome) in join_all(planning).await {
        let outcome = outcome.and_then(|(organization, mut gathered)| {
            name = organization.alias.clone().unwrap_or_else(|| organization.id.to_string());
            let found = std::mem::take(&mut gathered.diagnostics);
            if found.iter().any(|d| d.severity == Severity::Error) {
                let of = several.then_some(name.as_str());
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
    tell(context, &diagnostics, &loaded.sources);
    Ok(Session { connection, sources: loaded.sources, parts })
}

/// An organization as the files call it, and the documents that are for it.
pub type Group<'a> = (String, anyhow::Result<Organization>, Vec<&'a Document>);

/// The organizations of the definitions, each once however often it is spelt otherwise.
///
/// # Errors
/// When the organizations cannot be listed.
pub async fn organizations<'a>(
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
    // Documents that spell the organization otherwise were not compared when they were loaded
    let spellings: std::collections::BTreeSet<_> =
        documents.iter().map(|document| document.organization.as_ref().map(|o| &o.value)).collect();
    if spellings.len() > 1 {
        gathered.diagnostics.extend(check_together(documents));
    }
    Ok((organization, gathered))
}

/// Shows every plan as text, with what forbids it under it.
///
/// # Errors
/// When stdout cannot be written.
pub fn show(context: &Context, session: &Session) -> anyhow::Result<()> {
    for part in &session.parts {
        if session.parts.len() > 1 {
            execute::title(context, &part.name, true)?;
        }
        match &part.outcome {
            Ok(one) => execute::show(context, &one.gathered.plan, &one.gathered.directory)?,
            Err(error) => context.ui.error(error),
        }
        part.tell_refusals(context);
    }
    Ok(())
}

/// Says on stderr what forbids the plans, and which organizations have none.
pub fn tell_refusals(context: &Context, session: &Session) {
    for part in &session.parts {
        if let Err(error) = &part.outcome {
            context.ui.status(format!("organization {}", part.name));
            context.ui.error(error);
        }
        part.tell_refusals(context);
    }
}

impl Part {
    fn tell_refusals(&self, context: &Context) {
        for refusal in self.outcome.iter().flat_map(|one| &one.refusals) {
            context.ui.refuse(&refusal.message, &refusal.help);
        }
    }
}

/// The document of an organization that has no plan.
pub fn failed(part: &Part, error: &anyhow::Error) -> Value {
    let organization = match OrganizationId::parse(&part.name) {
        Ok(id) => json!({ "id": id, "alias": null }),
        Err(_) => json!({ "id": null, "alias": part.name }),
    };
    json!({ "organization": organization, "error": format!("{error:#}") })
}

/// The document of an organization that has one.
pub fn value(planned: &Planned) -> Value {
    let Planned { organization, gathered, refusals } = planned;
    let mut value = plan_json::plan(organization, &gathered.plan, &gathered.directory, None);
    value["refused"] = json!(refusals.iter().map(|refusal| &refusal.message).collect::<Vec<_>>());
    value
}
