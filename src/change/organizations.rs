//! Definitions to plans, one an organization, all at the same time. What fails in one organization
//! does not stop the others.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use futures::future::{join_all, try_join};

use super::diagnostics::emit_errors;
use super::policy;
use crate::args::{GuardFlags, PlanLimits, SelectionFlags};
use crate::config::{Config, OrganizationChoice};
use crate::context::{Connection, Context};
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, Errors};
use crate::definition::load::{Loaded, load};
use crate::definition::model::Document;
use crate::definition::span::Spanned;
use crate::definition::user_files;
use crate::error::CommandError;
use crate::fetch::definitions::{Gathered, gather};
use crate::fetch::organization::describe;
use crate::id::OrganizationId;
use crate::organization::{self, Organization};
use crate::output::plans;
use crate::output::style::counted;
use crate::plan::compose::{Options, Proposal};
use crate::plan::guard;
use crate::plan::selection::{Selection, Unmatched};
use crate::plan::set::{OrganizationPlan, PlanPart, PlanSet};
use crate::sorted;
use crate::workmail::Account;

/// Reads definitions, and draws what is wrong with them.
///
/// # Errors
/// When a file cannot be read, or a definition is wrong without looking at the service.
pub(crate) fn read(context: &Context, files: &[PathBuf]) -> anyhow::Result<Loaded> {
    policy::added(context, load(files, io::stdin())?)
}

/// What is to be planned.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    /// Which organization the definitions are for.
    pub(crate) choice: OrganizationChoice<'a>,
    /// Live roles that nothing declares are deleted.
    pub(crate) prune: bool,
    /// How far the plans may go.
    pub(crate) limits: guard::Limits,
    /// The roles that the plans are about.
    pub(crate) selection: Selection,
    /// The organizations that it must be, as those of a saved plan.
    pub(crate) only: Option<&'a BTreeSet<OrganizationId>>,
}

impl<'a> Request<'a> {
    /// What the flags of `diff` and `apply` say.
    pub(crate) fn of(context: &'a Context, limits: &PlanLimits, selection: &SelectionFlags) -> Self {
        let PlanLimits { prune, max_deletes, guards: GuardFlags { max_gained, allow_escalation } } = *limits;
        let max_deletes = max_deletes.unwrap_or(guard::Limits::MAX_DELETES);
        let limits = guard::Limits { max_deletes, max_gained, allow_escalation };
        let SelectionFlags { only, exclude } = selection.clone();
        let selection = Selection { only, exclude };
        Self { choice: context.config.organization_choice(), prune, limits, selection, only: None }
    }
}

/// Plans every organization that the definitions are for.
///
/// # Errors
/// When the account cannot be reached at all, or the only organization has no plan.
pub(crate) async fn plan(
    context: &Context,
    loaded: Loaded,
    request: &Request<'_>,
) -> anyhow::Result<(Connection, PlanSet)> {
    context.ui.spinner("reading roles and users");
    let connection = Connection::new(&context.config, &context.ui).await?;
    let account = &connection.account;
    let groups = organizations(account, request.choice, &loaded).await?;
    let several = groups.len() > 1;
    if let Some(only) = request.only {
        must_be(&groups, only)?;
    }
    let loaded = &loaded;
    let planning = groups.into_iter().map(|(name, organization, documents)| async move {
        let selection = Some(&request.selection);
        let now = context.config.system.now();
        let options = Options { prune: request.prune, expected: false, now, selection };
        let result = one(context, account, organization, &documents, loaded, options).await;
        let result = result.map(|(organization, composed)| {
            let mut elsewhere = elsewhere(&organization.id, organization.alias.as_deref(), &documents);
            match composed {
                Ok(mut gathered) => {
                    gathered.proposal.warnings.append(&mut elsewhere);
                    (organization, Ok(gathered))
                }
                Err(errors) => (organization, Err(errors.and(elsewhere))),
            }
        });
        (name, result)
    });
    let mut set = PlanSet { warnings: loaded.diagnostics.clone(), ..PlanSet::default() };
    let mut unmatched = Vec::new();
    for (mut name, outcome) in join_all(planning).await {
        let outcome = outcome.and_then(|(organization, composed)| {
            name = organization.label().to_owned();
            let gathered = composed.map_err(|errors| {
                // Of a saved plan the result is that it is stale
                let of = (several || request.only.is_some()).then_some(name.as_str());
                emit_errors(context, &Vec::from(errors), &loaded.sources, of)
            })?;
            let Gathered { directory, proposal } = gathered;
            let Proposal { plan, live, desired, policy, warnings, left_out, unmatched: not } = proposal;
            unmatched.push(not);
            let refusals = guard::refusals(&plan, &request.limits, &desired, &policy, &directory);
            let desired = desired.into_iter().map(|desired| desired.role).collect();
            let undoes = None;
            Ok(OrganizationPlan {
                organization,
                plan,
                directory,
                live,
                desired,
                refusals,
                warnings,
                left_out,
                undoes,
            })
        });
        match outcome {
            Err(error) if !several => return Err(error),
            outcome => set.parts.push(PlanPart { name, outcome }),
        }
    }
    must_match(&unmatched)?;
    let left_out = set.planned().map(|one| one.left_out.len()).sum();
    if left_out > 0 {
        let roles = counted(left_out, "declared role", "declared roles");
        context.ui.status(format!("--only and --exclude leave out {roles}"));
    }
    let warnings = set.planned().flat_map(|one| &one.warnings).cloned();
    let warnings: Vec<_> = set.warnings.iter().cloned().chain(warnings).collect();
    plans::draw_diagnostics(&context.ui, &warnings, &loaded.sources);
    set.sources = loaded.sources.clone();
    set.user_files = user_files::of_documents(&loaded.documents);
    set.policies = loaded.policies.iter().map(|policy| policy.file).collect();
    let plans: Vec<_> = set.planned().map(|one| &one.plan).collect();
    set.refuse(guard::totals(&plans, &request.limits));
    Ok((connection, set))
}

/// A pattern of `--only` or `--exclude` that is the name of no role in any organization is a mistake.
fn must_match(unmatched: &[Vec<Unmatched>]) -> anyhow::Result<()> {
    let [first, others @ ..] = unmatched else { return Ok(()) };
    let is_nowhere = |one: &&Unmatched| {
        others
            .iter()
            .all(|other| other.iter().any(|two| (two.flag, &two.pattern) == (one.flag, &one.pattern)))
    };
    let nowhere: Vec<&Unmatched> = first.iter().filter(is_nowhere).collect();
    if nowhere.is_empty() {
        return Ok(());
    }
    let told: Vec<_> = nowhere.iter().map(|one| format!("{} {:?}", one.flag, one.pattern)).collect();
    let message =
        format!("no role, declared or live, is named by {}; nothing was attempted", told.join(", "));
    let help: Vec<String> = nowhere.iter().filter_map(|one| one.help.clone()).collect();
    let error = CommandError::usage(message);
    Err(if help.is_empty() { error } else { error.hint(help.join("; ")) }.into())
}

/// The plan of other organizations is no plan of these.
fn must_be(groups: &[Group<'_>], only: &BTreeSet<OrganizationId>) -> anyhow::Result<()> {
    let found = groups.iter().filter_map(|(_, organization, _)| Some(organization.as_ref().ok()?.id.clone()));
    let found = sorted::set(found);
    // An unknown organization has its own error below
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

/// The documents of each organization, as the command line, the files or the environment spell it.
pub(crate) fn spelt<'a>(
    choice: OrganizationChoice<'a>,
    loaded: &'a Loaded,
) -> Vec<(Option<&'a str>, Vec<&'a Document>)> {
    match choice.given {
        Some(given) => vec![(Some(given), loaded.documents.iter().collect())],
        None => {
            let named = loaded.organizations().into_iter();
            named.map(|(name, documents)| (name.or(choice.default), documents)).collect()
        }
    }
}

/// Warns of documents that name another organization than this one, which the command line chose.
pub(crate) fn elsewhere(
    id: &OrganizationId,
    alias: Option<&str>,
    documents: &[&Document],
) -> Vec<Diagnostic> {
    warnings(organization::label(id, alias), documents, |named| !organization::is_called(id, alias, named))
}

/// As [`elsewhere`] where nothing is known but what the command line says: an id and an alias may be one
/// organization.
pub(crate) fn spelt_elsewhere(given: &str, documents: &[&Document]) -> Vec<Diagnostic> {
    let is_id = |text: &str| OrganizationId::parse(text).is_ok();
    warnings(given, documents, |named| is_id(named) == is_id(given) && !named.eq_ignore_ascii_case(given))
}

fn warnings(label: &str, documents: &[&Document], is_other: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
    let named = documents.iter().filter_map(|document| document.organization.as_ref());
    let warning = |named: &Spanned<String>| {
        let message = format!("this file names organization {}, and {label} is used instead", named.value);
        Diagnostic::warning(DiagnosticCode::OtherOrganization, &named.span, message)
            .help("--organization wins over the file; leave it out to use the one that the file names")
    };
    named.filter(|named| is_other(&named.value)).map(warning).collect()
}

/// An organization as the files call it, and the documents that are for it.
pub(crate) type Group<'a> = (String, anyhow::Result<Organization>, Vec<&'a Document>);

/// The organizations of the definitions, each once however often it is spelt otherwise.
///
/// # Errors
/// When the organizations cannot be listed.
pub(crate) async fn organizations<'a>(
    account: &Account,
    choice: OrganizationChoice<'a>,
    loaded: &'a Loaded,
) -> anyhow::Result<Vec<Group<'a>>> {
    let spelt = spelt(choice, loaded);
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

/// The organization of the command line, those of the definitions, or the only one.
///
/// # Errors
/// As [`organizations`]; and without definitions when there is no such organization, or more than one.
pub(crate) async fn chosen<'a>(
    account: &Account,
    config: &'a Config,
    loaded: &'a Loaded,
) -> anyhow::Result<Vec<Group<'a>>> {
    if !loaded.documents.is_empty() {
        return organizations(account, config.organization_choice(), loaded).await;
    }
    let organization = account.organization(config.organization.as_deref()).await?;
    Ok(vec![(organization.label().to_owned(), Ok(organization), Vec::new())])
}

async fn one(
    context: &Context,
    account: &Account,
    organization: anyhow::Result<Organization>,
    documents: &[&Document],
    loaded: &Loaded,
    options: Options<'_>,
) -> anyhow::Result<(Organization, Result<Gathered, Errors>)> {
    let mut organization = organization?;
    let reader = account.reader(&organization);
    if loaded.policies.iter().any(|policy| policy.organization.is_some()) {
        organization = describe(&reader, organization).await?;
    }
    let (id, alias) = (&organization.id, organization.alias.as_deref());
    let documents = policy::and_policies(context, loaded, documents, id, alias);
    Ok(try_join(describe(&reader, organization), gather(&reader, &documents, options)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_mistake_where_no_organization_has_such_a_role() {
        let unmatched = |patterns: &[&str]| -> Vec<Unmatched> {
            let one = |pattern: &&str| Unmatched { flag: "--only", pattern: (*pattern).into(), help: None };
            patterns.iter().map(one).collect()
        };
        let told = |all: &[Vec<Unmatched>]| must_match(all).map_err(|error| error.to_string());
        assert_eq!(told(&[]), Ok(()));
        assert_eq!(told(&[unmatched(&["a"]), unmatched(&[])]), Ok(()));
        assert_eq!(told(&[unmatched(&[]), unmatched(&["a"])]), Ok(()));
        let message = "no role, declared or live, is named by --only \"b\"; nothing was attempted";
        assert_eq!(told(&[unmatched(&["a", "b"]), unmatched(&["b"])]), Err(message.to_owned()));
    }
}
