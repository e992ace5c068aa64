//! `test -f`: every expectation of definitions, asked of the service or evaluated here.

use std::collections::BTreeSet;
use std::path::PathBuf;

use futures::future::{join_all, try_join, try_join_all};
use jiff::Timestamp;

use crate::change::{diagnostics, organizations};
use crate::context::{Connection, Context};
use crate::definition::diagnostic::{Diagnostic, has_errors};
use crate::definition::load::check_spellings;
use crate::definition::model::{Document, RoleDefinition};
use crate::definition::resolve;
use crate::directory::Directory;
use crate::error::{self, CommandError};
use crate::exit_code::{Ended, ExitCode, merge};
use crate::expectation::{self, AnswerSource, Checked, ExpectationsReport, OrganizationExpectations};
use crate::fetch;
use crate::fetch::organization::describe;
use crate::organization::Organization;
use crate::output::{self, plans};
use crate::plan::compose::{Options, Proposal};
use crate::plan::identity;
use crate::sorted;
use crate::workmail::{Account, Reader};

/// Runs every expectation.
///
/// # Errors
/// When a definition is wrong, there is no expectation at all, or the only organization fails.
pub(super) async fn run(context: &Context, files: &[PathBuf], offline: bool) -> anyhow::Result<ExitCode> {
    let loaded = organizations::read(context, files)?;
    let documents: Vec<_> = loaded.documents.iter().collect();
    if resolve::expected(&documents).is_empty() {
        return Err(CommandError::usage("there is no expectation in the definitions, so nothing was tested")
            .hint("write `expect:` with `allow` and `deny` into the roles")
            .into());
    }
    context.ui.spinner("running expectations");
    let connection = Connection::new(&context.config, &context.ui).await?;
    let account = &connection.account;
    let choice = context.config.organization_choice();
    let groups = organizations::organizations(account, choice, &loaded).await?;
    let several = groups.len() > 1;
    let running = groups.into_iter().map(|(name, organization, documents)| async move {
        (name, one(account, organization, &documents, offline, context.config.system.now()).await)
    });
    let (mut report, mut ended) = (ExpectationsReport::default(), Vec::new());
    let mut warnings = loaded.diagnostics.clone();
    for (name, outcome) in join_all(running).await {
        let outcome = outcome.and_then(|(part, found)| {
            if has_errors(&found) {
                let of = several.then_some(part.name.as_str());
                return Err(diagnostics::emit_errors(context, &found, &loaded.sources, of));
            }
            warnings.extend(found);
            Ok(part)
        });
        match outcome {
            Ok(part) => report.parts.push(part),
            Err(error) if !several => return Err(error),
            Err(error) => {
                ended.push(Ended::unchanged(error::exit_code(&error)));
                report.errors.push((name.clone(), error::in_full(&error)));
                context.ui.error(&error.context(format!("organization {name}")));
            }
        }
    }
    plans::draw_diagnostics(&context.ui, &warnings, &loaded.sources);
    output::expectations::write(&context.ui, &report, &loaded.sources)?;
    let answer = if report.passed() { ExitCode::Done } else { ExitCode::Negative };
    ended.push(Ended::unchanged(answer));
    Ok(merge(&ended))
}

async fn one(
    account: &Account,
    organization: anyhow::Result<Organization>,
    documents: &[&Document],
    offline: bool,
    now: Timestamp,
) -> anyhow::Result<(OrganizationExpectations, Vec<Diagnostic>)> {
    let organization = organization?;
    let reader = account.reader(&organization);
    let (organization, (checked, directory, mut diagnostics)) =
        try_join(async { Ok(describe(&reader, organization).await?) }, async {
            if offline { here(&reader, documents, now).await } else { service(&reader, documents).await }
        })
        .await?;
    let alias = organization.alias.as_deref();
    diagnostics.extend(organizations::elsewhere(&organization.id, alias, documents));
    let name = organization.label().to_owned();
    let source = if offline { AnswerSource::Offline } else { AnswerSource::Service };
    Ok((OrganizationExpectations { name, checked, directory, source }, diagnostics))
}

type Read = (Vec<Checked>, Directory, Vec<Diagnostic>);

/// Against the definitions, before they are applied.
async fn here(reader: &Reader, documents: &[&Document], now: Timestamp) -> anyhow::Result<Read> {
    let options = Options { expected: true, now, ..Options::default() };
    let (mut directory, proposal) = fetch::definitions::propose(reader, documents, options).await?;
    let (expected, unknown) = expectations(reader, documents, &mut directory).await?;
    Ok(match proposal {
        Ok(Proposal { desired, warnings, .. }) => {
            let checked = expectation::offline(expected, &desired, &directory);
            (checked, directory, [warnings, unknown].concat())
        }
        Err(errors) => (Vec::new(), directory, errors.and(unknown).into()),
    })
}

/// Against the live roles, by the service's own answers.
async fn service(reader: &Reader, documents: &[&Document]) -> anyhow::Result<Read> {
    let users = resolve::expected(documents);
    let users = sorted::set(users.into_iter().map(|user| user.value.clone()));
    let (roles, mut directory) =
        try_join(reader.roles(), fetch::directory::read_names(reader, &users, &BTreeSet::new())).await?;
    let (expected, mut diagnostics) = expectations(reader, documents, &mut directory).await?;
    let definitions: Vec<&RoleDefinition> = documents.iter().flat_map(|document| &document.roles).collect();
    let spellings = check_spellings(documents);
    let matched = match identity::match_live(&definitions, &roles, |_, _| false) {
        Ok(matched) => matched,
        Err(ambiguous) => {
            diagnostics.extend(Vec::from(ambiguous.and(spellings)));
            return Ok((Vec::new(), directory, diagnostics));
        }
    };
    diagnostics.extend(spellings);
    let directory_ref = &directory;
    let asking = expected.into_iter().map(|expectation| {
        let summary = matched.get(expectation.number).and_then(|one| one.live);
        async move {
            let answer = match (summary, directory_ref.user(&expectation.user)) {
                (Some(role), Some(user)) => {
                    Some(fetch::effect::effect(reader, &role.id, role.role_type, user).await?)
                }
                _ => None,
            };
            Ok::<_, anyhow::Error>(Checked { expectation, answer })
        }
    });
    let checked = try_join_all(asking).await?;
    Ok((checked, directory, diagnostics))
}

/// The expectations in ids; for a name that is not known, the whole directory is read to suggest one.
async fn expectations(
    reader: &Reader,
    documents: &[&Document],
    directory: &mut Directory,
) -> anyhow::Result<(Vec<expectation::Expectation>, Vec<Diagnostic>)> {
    let found = expectation::expectations(documents, directory);
    if found.1.is_empty() {
        return Ok(found);
    }
    fetch::directory::read_everyone(reader, directory).await?;
    Ok(expectation::expectations(documents, directory))
}
