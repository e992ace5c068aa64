//! `test -f`: every expectation of definitions, asked of the service or evaluated here.

use std::collections::BTreeSet;

use futures::future::{join_all, try_join, try_join_all};
use serde_json::{Value, json};

use crate::change::organizations as planning;
use crate::change::render as told;
use crate::commands::test;
use crate::config::Format;
use crate::context::{Context, described};
use crate::definition::diagnostic::{Diagnostic, has_errors};
use crate::definition::load::check_spellings;
use crate::definition::model::{Document, RoleDefinition};
use crate::definition::resolve;
use crate::definition::span::Sources;
use crate::directory::{Directory, EntityName};
use crate::error::{self, CommandError};
use crate::exit_code::ExitCode;
use crate::expectation::{self as expect, Checked};
use crate::fetch::definitions::{self as gather, Gathered};
use crate::fetch::directory as reading;
use crate::organization::Organization;
use crate::output::json::role as view;
use crate::output::{github, junit};
use crate::plan;
use crate::plan::guard::Refusal;
use crate::workmail::{Account, Reader};

/// One organization's expectations and what came out.
#[derive(Debug)]
pub(crate) struct Part {
    /// Its alias or id.
    pub(crate) name: String,
    /// What came out.
    pub(crate) checked: Vec<Checked>,
    /// Who the users are.
    pub(crate) directory: Directory,
    /// `service` or `offline`.
    pub(crate) source: &'static str,
}

impl Part {
    /// Do all of them hold?
    pub(crate) fn passed(&self) -> bool {
        self.checked.iter().all(Checked::passed)
    }
}

/// What came out of a whole call.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// The organizations that could be asked.
    pub(crate) parts: Vec<Part>,
    /// Those that could not, and why.
    pub(crate) errors: Vec<(String, String)>,
    /// What is wrong besides expectations, as a protected user who would be reached.
    pub(crate) refusals: Vec<Refusal>,
}

/// Runs every expectation.
///
/// # Errors
/// When a definition is wrong, there is no expectation at all, or the only organization fails.
pub(crate) async fn run(context: &Context, args: &super::TestArgs) -> anyhow::Result<ExitCode> {
    let loaded = planning::read(context, &args.file)?;
    let documents: Vec<_> = loaded.documents.iter().collect();
    if resolve::expected(&documents).is_empty() {
        return Err(CommandError::usage("there is no expectation in the definitions, so nothing was tested")
            .hint("write `expect:` with `allow` and `deny` into the roles")
            .into());
    }
    context.ui.waiting("running expectations");
    let connection = context.connect().await?;
    let account = &connection.account;
    let choice = context.config.organization.as_deref();
    let groups = planning::organizations(account, choice, &loaded).await?;
    let several = groups.len() > 1;
    let running = groups.into_iter().map(|(name, organization, documents)| async move {
        (name, one(account, organization, &documents, args.offline).await)
    });
    let (mut run, mut failed) = (Run::default(), None);
    let mut warnings = loaded.diagnostics.clone();
    for (name, outcome) in join_all(running).await {
        let outcome = outcome.and_then(|(part, found)| {
            if has_errors(&found) {
                let of = several.then_some(part.name.as_str());
                return Err(planning::wrong(context, &found, &loaded.sources, of));
            }
            warnings.extend(found);
            Ok(part)
        });
        match outcome {
            Ok(part) => run.parts.push(part),
            Err(error) if !several => return Err(error),
            Err(error) => {
                failed = failed.or(Some(error::exit_code(&error)));
                run.errors.push((name.clone(), format!("{error:#}")));
                context.ui.error(&error.context(format!("organization {name}")));
            }
        }
    }
    told::found(context, &warnings, &loaded.sources);
    tell(context, &run, &loaded.sources)?;
    Ok(match (failed, run.parts.iter().all(Part::passed)) {
        (Some(code), _) => code,
        (None, true) => ExitCode::Done,
        (None, false) => ExitCode::Negative,
    })
}

async fn one(
    account: &Account,
    organization: anyhow::Result<Organization>,
    documents: &[&Document],
    offline: bool,
) -> anyhow::Result<(Part, Vec<Diagnostic>)> {
    let organization = organization?;
    let reader = account.reader(&organization);
    let (organization, (checked, directory, mut diagnostics)) =
        try_join(async { Ok(described(&reader, organization).await?) }, async {
            if offline { here(&reader, documents).await } else { service(&reader, documents).await }
        })
        .await?;
    diagnostics.extend(check_spellings(documents));
    let name = organization.label().to_owned();
    let source = if offline { "offline" } else { "service" };
    Ok((Part { name, checked, directory, source }, diagnostics))
}

type Read = (Vec<Checked>, Directory, Vec<Diagnostic>);

/// Against the definitions, before they are applied.
async fn here(reader: &Reader, documents: &[&Document]) -> anyhow::Result<Read> {
    let wanted = gather::Wanted { prune: false, expected: true };
    let Gathered { mut directory, desired, mut diagnostics, .. } =
        gather::gather_wanted(reader, documents, wanted).await?;
    let (expected, unknown) = expectations(reader, documents, &mut directory).await?;
    diagnostics.extend(unknown);
    Ok((expect::offline(expected, &desired, &directory), directory, diagnostics))
}

/// Against the live roles, by the service's own answers.
async fn service(reader: &Reader, documents: &[&Document]) -> anyhow::Result<Read> {
    let users = resolve::expected(documents);
    let users: BTreeSet<EntityName> = users.into_iter().map(|user| user.value.clone()).collect();
    let (roles, mut directory) =
        try_join(reader.roles(), reading::read_names(reader, &users, &BTreeSet::new())).await?;
    let (expected, mut diagnostics) = expectations(reader, documents, &mut directory).await?;
    let definitions: Vec<&RoleDefinition> = documents.iter().flat_map(|document| &document.roles).collect();
    let called: Vec<_> = definitions.iter().map(|definition| gather::called(definition)).collect();
    let known: Vec<_> = roles.iter().map(|role| (&role.name, &role.id)).collect();
    let assigned = match plan::match_live(&called, &known) {
        Ok(assigned) => assigned,
        Err(ambiguous) => {
            diagnostics.extend(ambiguous.iter().map(|a| gather::ambiguity(&definitions, a)));
            return Ok((Vec::new(), directory, diagnostics));
        }
    };
    let directory_ref = &directory;
    let asking = expected.into_iter().map(|expectation| {
        let live = assigned.get(expectation.number).cloned().flatten();
        let summary = live.and_then(|id| roles.iter().find(|role| role.id == id));
        async move {
            let answer = match (summary, directory_ref.user(&expectation.user)) {
                (Some(role), Some(user)) => Some(test::ask(reader, &role.id, role.role_type, user).await?),
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
) -> anyhow::Result<(Vec<expect::Expectation>, Vec<Diagnostic>)> {
    let found = expect::expectations(documents, directory);
    if found.1.is_empty() {
        return Ok(found);
    }
    reading::read_everyone(reader, directory).await?;
    Ok(expect::expectations(documents, directory))
}

/// Tells what came out, in the format of the call.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn tell(context: &Context, run: &Run, sources: &Sources) -> anyhow::Result<()> {
    let Run { parts, errors, refusals } = run;
    let all = || parts.iter().flat_map(|part| part.checked.iter().map(move |one| (part, one)));
    let failures = || all().filter(|(_, one)| !one.passed());
    match context.ui.format {
        Format::Table if all().next().is_none() => context.ui.status("there are no expectations to check"),
        Format::Table => {
            let several = parts.len() > 1;
            let rows: Vec<_> = all().map(|(part, one)| row(part, one, several)).collect();
            let header = ["RESULT", "ROLE", "USER", "EXPECTED", "GOT", "DECIDED BY"];
            context.ui.table(&header, &rows)?;
            let diagnostics: Vec<_> = failures().map(|(part, one)| unmet(part, one)).collect();
            context.ui.diagnostics(&diagnostics, sources);
        }
        Format::Github => {
            let mut text = String::new();
            for (part, one) in failures() {
                let Diagnostic { message, span, .. } = unmet(part, one);
                let location = span.map(|span| sources.location(&span));
                let title = format!("expect: {}", one.expectation.role);
                text += &github::annotation(github::Level::Error, location.as_ref(), &title, &[message]);
            }
            for (name, error) in errors {
                text += &github::annotation(github::Level::Error, None, name, std::slice::from_ref(error));
            }
            context.ui.raw(&(text + &github::refusals(refusals, sources)))?;
        }
        Format::Junit => {
            let suites: Vec<_> = parts
                .iter()
                .map(|part| junit::Suite {
                    organization: &part.name,
                    checked: &part.checked,
                    directory: &part.directory,
                })
                .collect();
            context.ui.raw(&junit::report(&suites, errors, refusals, sources)?)?;
        }
        _ => {
            let mut document =
                json!({ "version": 1, "results": results(parts, sources), "summary": summary(parts) });
            if !errors.is_empty() {
                let one = |(name, error): &(String, String)| json!({ "organization": name, "error": error });
                document["errors"] = errors.iter().map(one).collect();
            }
            context.ui.value(&document)?;
        }
    }
    if matches!(context.ui.format, Format::Table | Format::Github) && all().next().is_some() {
        let (passed, failed) = counts(parts);
        context.ui.status(format!("{passed} passed, {failed} failed"));
    }
    Ok(())
}

fn counts(parts: &[Part]) -> (usize, usize) {
    let all = parts.iter().flat_map(|part| &part.checked);
    let (passed, failed): (Vec<_>, Vec<_>) = all.partition(|one| one.passed());
    (passed.len(), failed.len())
}

/// `{"passed","failed"}`.
pub(crate) fn summary(parts: &[Part]) -> Value {
    let (passed, failed) = counts(parts);
    json!({ "passed": passed, "failed": failed })
}

/// Every expectation and what came out, for scripts.
pub(crate) fn results(parts: &[Part], sources: &Sources) -> Value {
    let several = parts.len() > 1;
    let one = |part: &Part, one: &Checked| {
        let location = sources.location(&one.expectation.span);
        let rules = one.answer.iter().flat_map(|answer| &answer.rules);
        let rules = view::rules(rules.map(|(id, name)| (id, name.as_ref())));
        let mut value = json!({
            "role": one.expectation.role,
            "user": view::user(&one.expectation.user, &part.directory),
            "expected": one.expectation.expected,
            "effect": one.answer.as_ref().map(|answer| answer.effect),
            "passed": one.passed(),
            "matched_rules": rules,
            "source": part.source,
            "location": { "file": location.file, "line": location.line },
        });
        if several {
            value["organization"] = part.name.as_str().into();
        }
        value
    };
    parts.iter().flat_map(|part| part.checked.iter().map(|c| one(part, c)).collect::<Vec<_>>()).collect()
}

fn row(part: &Part, one: &Checked, several: bool) -> Vec<String> {
    let role = &one.expectation.role;
    vec![
        if one.passed() { "pass".into() } else { "FAIL".into() },
        if several { format!("{}: {role}", part.name) } else { role.to_string() },
        part.directory.label(&one.expectation.user).to_owned(),
        one.expectation.expected.as_str().to_owned(),
        one.answer.as_ref().map_or("-", |answer| answer.effect.as_str()).to_owned(),
        one.because(&part.directory),
    ]
}

fn unmet(part: &Part, one: &Checked) -> Diagnostic {
    let who = part.directory.label(&one.expectation.user);
    let role = &one.expectation.role;
    let because = one.because(&part.directory);
    let message = match (&one.answer, one.expectation.expected) {
        (None, _) => format!("the role {role} is not live, so nothing can be said of {who}"),
        (_, crate::role::Effect::Allow) => format!("role {role} may not impersonate {who}: {because}"),
        (_, crate::role::Effect::Deny) => format!("role {role} may impersonate {who}: {because}"),
    };
    let label = format!("expected {}", one.expectation.expected.as_str());
    Diagnostic::error(&one.expectation.span, message).label(label)
}
