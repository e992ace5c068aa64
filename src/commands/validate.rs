//! `validate`: definitions checked without network; with a snapshot, names and expectations too.

use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use jiff::Timestamp;

use crate::args::DefinitionFiles;
use crate::change::{diagnostics, organizations, policy};
use crate::config::Format;
use crate::context::Context;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, all, both};
use crate::definition::load::{Loaded, check_spellings, load};
use crate::definition::model::{DeclaredExpiry, Document, RoleDefinition, TargetsDefinition};
use crate::definition::names::Names;
use crate::definition::resolve;
use crate::directory::snapshot::{Snapshot, SnapshotOrganization};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::expectation::{self, AnswerSource, ExpectationsReport, OrganizationExpectations};
use crate::input_file::{self, MOST_OF_OUR_OWN};
use crate::output::json::Version;
use crate::output::json::definitions::{DiagnosticJson, ValidateDocument};
use crate::output::json::expectations::{ExpectationJson, SummaryJson};
use crate::output::json::refusal::RefusalJson;
use crate::output::{self, plans};
use crate::plan::guard::{self, MaxLifetime, Refusal};
use crate::role::Effect;

/// `validate`.
#[derive(Debug, Args)]
#[command(mut_arg("files", |files| files.required_unless_present("file")))]
#[command(after_long_help = "\
Examples:
  wmrole validate roles/
  # Names and expectations too, against a saved directory
  wmrole validate roles/ --snapshot directory.json")]
pub(crate) struct ValidateArgs {
    /// The definitions.
    #[command(flatten)]
    pub files: DefinitionFiles,
    /// Resolve names and run expectations against the directory saved in this file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub snapshot: Vec<PathBuf>,
}

/// Does the result have this format? Only with a snapshot there are expectations to report.
pub(super) fn has_format(format: Format, with_snapshot: bool) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Github => true,
        Format::Junit => with_snapshot,
        Format::Markdown | Format::Csv | Format::Sarif | Format::Mermaid => false,
    }
}

/// Checks definitions without network.
///
/// # Errors
/// When a file cannot be read, or a definition is wrong.
pub(super) fn run(context: &Context, args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let mut loaded = load(&args.files.all(), io::stdin())?;
    policy::add(context, &mut loaded)?;
    let snapshots = args.snapshot.iter().map(|path| read(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut run = ExpectationsReport::default();
    let now = context.config.system.now();
    if snapshots.is_empty() {
        let choice = context.config.organization_choice();
        let groups = organizations::spelt(choice, &loaded);
        let documents = || groups.iter().flat_map(|(_, documents)| documents).copied().collect::<Vec<_>>();
        let elsewhere = choice.given.map(|given| organizations::spelt_elsewhere(given, &documents()));
        let checked = groups.into_iter().flat_map(|(organization, documents)| {
            let documents = policy::and_possible_policies(&loaded, &documents, organization);
            [certainly_protected(&documents), certainly_outliving(&documents, now)].concat()
        });
        run.refusals = checked.collect();
        loaded.diagnostics.extend(elsewhere.into_iter().flatten());
    } else if !loaded.has_errors() {
        let mut found = Vec::new();
        for (snapshot, documents) in by_snapshot(context, &loaded, &snapshots)? {
            let (part, diagnostics, refusals) = resolved(snapshot, &documents, now);
            let SnapshotOrganization { id, alias } = &snapshot.organization;
            found.extend(organizations::elsewhere(id, alias.as_deref(), &documents));
            found.extend(diagnostics);
            run.refusals.extend(refusals);
            run.refusals.extend(certainly_outliving(&documents, now));
            run.parts.push(part);
        }
        loaded.diagnostics.extend(found);
    }
    let wrong = loaded.has_errors();
    tell(context, &loaded, &run, wrong)?;
    if wrong {
        return Err(diagnostics::definition_errors(&loaded.diagnostics, None));
    }
    Ok(match (run.refusals.is_empty(), run.passed()) {
        (false, _) => ExitCode::Refused,
        (true, false) => ExitCode::Negative,
        (true, true) => ExitCode::Done,
    })
}

/// The documents of each organization, however they spell it: those of `--organization` all together.
fn by_snapshot<'a>(
    context: &'a Context,
    loaded: &'a Loaded,
    snapshots: &'a [Snapshot],
) -> anyhow::Result<Vec<(&'a Snapshot, Vec<&'a Document>)>> {
    let mut groups: Vec<(&Snapshot, Vec<&Document>)> = Vec::new();
    for (called, documents) in organizations::spelt(context.config.organization_choice(), loaded) {
        let snapshot = chosen(called, snapshots)?;
        match groups.iter_mut().find(|(other, _)| std::ptr::eq(*other, snapshot)) {
            Some((_, all)) => all.extend(documents),
            None => groups.push((snapshot, documents)),
        }
    }
    for (snapshot, documents) in &mut groups {
        let SnapshotOrganization { id, alias } = &snapshot.organization;
        *documents = policy::and_policies(context, loaded, documents, id, alias.as_deref());
    }
    Ok(groups)
}

fn resolved(
    snapshot: &Snapshot,
    documents: &[&Document],
    now: Timestamp,
) -> (OrganizationExpectations, Vec<Diagnostic>, Vec<Refusal>) {
    let directory = snapshot.directory();
    let names = Names::of(&directory);
    let unknown = snapshot.unknown_targets.iter().collect();
    let roles = documents.iter().flat_map(|document| &document.roles);
    let roles = all(roles.map(|role| resolve::role(role, &names, &unknown, None, now)));
    let (resolved, mut diagnostics) = match both(resolve::protected_users(documents, &names), roles) {
        Ok((resolved, warnings)) => (Some(resolved), warnings),
        Err(errors) => (None, errors.into()),
    };
    let (expected, wrong) = expectation::expectations(documents, &directory);
    diagnostics.extend(wrong);
    for diagnostic in diagnostics.iter_mut().filter(|d| d.code == DiagnosticCode::UnknownUser) {
        let alias = "a snapshot has no alias addresses: name a user by the primary one";
        diagnostic.help.get_or_insert_with(|| alias.into());
    }
    diagnostics.extend(check_spellings(documents));
    // Of roles that do not resolve nothing can be said
    let (refusals, checked) = match resolved {
        Some((protected, roles)) => (
            guard::protected_users(&roles, &protected, &directory),
            expectation::offline(expected, &roles, &directory),
        ),
        None => (Vec::new(), Vec::new()),
    };
    let name = snapshot.organization.label().to_owned();
    let source = AnswerSource::Offline;
    (OrganizationExpectations { name, checked, directory, source }, diagnostics, refusals)
}

fn tell(context: &Context, loaded: &Loaded, run: &ExpectationsReport, wrong: bool) -> anyhow::Result<()> {
    let ExpectationsReport { parts, refusals, errors: _ } = run;
    let roles: usize = loaded.documents.iter().map(|document| document.roles.len()).sum();
    plans::draw_diagnostics(&context.ui, &loaded.diagnostics, &loaded.sources);
    match context.ui.format {
        Format::Table if wrong => {}
        Format::Junit if wrong => {
            plans::write_diagnostics(&context.ui, &loaded.diagnostics, &loaded.sources)?
        }
        Format::Table => {
            if !parts.is_empty() {
                output::expectations::write(&context.ui, run, &loaded.sources)?;
            }
            if refusals.is_empty() {
                let (files, counted) = (loaded.documents.len(), output::style::counted);
                let (roles, files) = (counted(roles, "role", "roles"), counted(files, "file", "files"));
                context.ui.print(&format!("valid: {roles} in {files}\n"))?;
            }
        }
        Format::Json | Format::Yaml => {
            let snapshot = !parts.is_empty();
            context.ui.document(&ValidateDocument {
                version: Version,
                files: loaded.documents.len(),
                roles,
                diagnostics: DiagnosticJson::all(&loaded.diagnostics, &loaded.sources),
                refused: RefusalJson::all(refusals),
                results: snapshot.then(|| ExpectationJson::all(parts, &loaded.sources)),
                summary: snapshot.then(|| SummaryJson::of(parts)),
            })?;
        }
        Format::Junit | Format::Github | Format::Markdown | Format::Csv | Format::Sarif | Format::Mermaid => {
            output::expectations::write(&context.ui, run, &loaded.sources)?
        }
    }
    refusals.iter().for_each(|refusal| context.ui.refusal(&refusal.message, &refusal.help));
    Ok(())
}

fn read(path: &std::path::Path) -> anyhow::Result<Snapshot> {
    let text = input_file::read_text(path, MOST_OF_OUR_OWN);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    let usable = Snapshot::parse(&text);
    usable.map_err(|error| CommandError::usage(format!("{}: {error}", path.display())).into())
}

fn chosen<'s>(called: Option<&str>, snapshots: &'s [Snapshot]) -> anyhow::Result<&'s Snapshot> {
    let names =
        || snapshots.iter().map(|snapshot| snapshot.organization.label()).collect::<Vec<_>>().join(", ");
    let stop = match (called, snapshots) {
        (None, [one]) => return Ok(one),
        (None, _) => format!("the definitions name no organization, and there are snapshots of {}", names()),
        (Some(called), _) => match snapshots.iter().find(|snapshot| snapshot.is_of(called)) {
            Some(snapshot) => return Ok(snapshot),
            None => format!("the definitions are for {called}, and the snapshots of {}", names()),
        },
    };
    Err(CommandError::usage(stop).hint("save one with `wmrole export --snapshot FILE`").into())
}

/// Protected users whom a role of one organization reaches whatever the directory says: an ALLOW rule
/// names the user in the same spelling, or everyone, and the role has no DENY rule that could mean the
/// user too.
fn certainly_protected(documents: &[&Document]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let protected: Vec<_> = documents.iter().flat_map(|document| &document.protected_users).collect();
    for role in documents.iter().flat_map(|document| &document.roles) {
        if role.rules.iter().any(|rule| rule.effect == Effect::Deny) {
            continue;
        }
        for user in &protected {
            let matches = |targets: &TargetsDefinition| match targets {
                TargetsDefinition::Everyone => true,
                TargetsDefinition::Listed { users, users_from, except_users, except_groups, .. } => {
                    let rows = users_from.iter().flat_map(|list| &list.rows).map(|(_, name)| name);
                    let mut named = users.iter().map(|user| &user.value).chain(rows);
                    except_users.is_empty()
                        && except_groups.is_empty()
                        && named.any(|name| name.as_str().eq_ignore_ascii_case(user.value.as_str()))
                }
            };
            if let Some(rule) = role.rules.iter().find(|rule| matches(&rule.targets)) {
                refusals.push(guard::reaches_protected(
                    &role.name.value,
                    user.value.as_str(),
                    rule.label(),
                    "",
                    Some(&role.name.span),
                ));
            }
        }
    }
    refusals
}

/// Roles of one organization that last too long by what their definitions say. Where they say nothing, a date of the live
/// role may be kept; where there is a DENY rule, the role may reach nobody.
fn certainly_outliving(documents: &[&Document], now: Timestamp) -> Vec<Refusal> {
    let Some(longest) = MaxLifetime::of(documents, now) else { return Vec::new() };
    let refusal = |role: &RoleDefinition| {
        if role.rules.iter().any(|rule| rule.effect == Effect::Deny) {
            return None;
        }
        let declared = role.rules.iter().filter_map(|rule| {
            let ends: Vec<_> = [&role.expires, &rule.expires].into_iter().flatten().collect();
            let first = ends.iter().filter_map(|end| match end {
                DeclaredExpiry::On(end) => Some(end),
                DeclaredExpiry::Never => None,
            });
            (!ends.is_empty()).then(|| (rule.label(), first.min()))
        });
        longest.refusal(&role.name.value, declared, Some(&role.name.span))
    };
    documents.iter().flat_map(|document| &document.roles).filter_map(refusal).collect()
}
