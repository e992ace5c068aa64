//! One organization: what is read of it, held to its definitions, and what is found.

use std::collections::BTreeMap;

use futures::future::try_join;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::args::AuditArgs;
use super::scope::{Scope, Target};
use crate::audit::accepted::{self, Sorted};
use crate::audit::finding::NotChecked;
use crate::audit::inventory::{Audit, Declared, Facts, with_resources};
use crate::audit::leaving::Leaving;
use crate::audit::report::Report;
use crate::audit::{audit, who};
use crate::change::diagnostics::emit_errors;
use crate::change::{organizations, policy};
use crate::context::Context;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::load::Loaded;
use crate::definition::model::{Accepted, Document};
use crate::definition::span::Span;
use crate::directory::Directory;
use crate::directory::doors::Doors;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::audit::{Read, read};
use crate::fetch::definitions::propose_from;
use crate::fetch::organization::{describe, describe_if_allowed};
use crate::fetch::{doors, principals};
use crate::finding_code::FindingCode;
use crate::organization::Organization;
use crate::output::findings;
use crate::output::plans;
use crate::plan::compose::{Options, Proposal};
use crate::plan::inventory::{self, Needs, WantedRoles};
use crate::role::RoleId;
use crate::user_list::NamedUser;
use crate::workmail::Reader;

/// What an audit found.
pub(super) struct Audited<'a> {
    organization: Organization,
    directory: Directory,
    pub(super) sorted: Sorted<'a>,
    pub(super) not_checked: Vec<NotChecked>,
    warnings: Vec<Diagnostic>,
    leaving: Option<Leaving>,
}

impl Audited<'_> {
    /// As the outputs draw it.
    pub(super) fn report<'b>(&'b self, args: &AuditArgs, loaded: &'b Loaded) -> Report<'b> {
        let Self { organization, directory, sorted, not_checked, warnings, leaving } = self;
        Report {
            organization,
            directory,
            sources: &loaded.sources,
            sorted,
            not_checked,
            warnings,
            leaving: leaving.as_ref(),
            show_accepted: args.show_accepted,
        }
    }
}

fn active<'a>(target: &'a Target<'_>) -> anyhow::Result<&'a Organization> {
    target.organization.as_ref().map_err(|message| CommandError::failed(message.clone()).into())
}

/// Reads everything of one organization, and says what there is to worry about.
///
/// # Errors
/// When a definition is wrong, or a read fails without which nothing can be said.
pub(super) async fn audited<'a>(
    context: &Context,
    args: &AuditArgs,
    loaded: &Loaded,
    scope: &Scope<'a>,
    target: &Target<'a>,
) -> anyhow::Result<Audited<'a>> {
    let reader = scope.connections[target.connection].account.reader(active(target)?);
    let read_at = context.config.system.now();
    let everything = read_everything(context, args, target, &reader).await?;
    let Everything { organization, read, doors, more_unread } = everything;
    context.say_where(&organization);
    let documents = &target.documents[..];
    let (mut read, proposal, mut warnings) =
        propose(context, &organization, read, loaded, documents, &reader).await?;
    read.unread.extend(more_unread);
    let facts = facts(&organization, read_at, read, doors);
    let declared = proposal.as_ref().map(|proposal| declared(args, proposal)).unwrap_or_default();
    let Audit { findings: mut found, not_checked } = audit(&facts.inventory(declared));
    if args.all_organizations {
        found.iter_mut().for_each(|finding| finding.say_where(&organization));
    }
    let accepting: Vec<&Accepted> = documents.iter().flat_map(|document| &document.accepted).collect();
    // Whoever accepts for the day of leaving is not told so on every other day
    let is_open = |code: FindingCode| {
        (code.is_of_leaving() && !args.leaving) || not_checked.iter().any(|one| one.code == code)
    };
    let today = context.config.system.now().to_zoned(TimeZone::UTC).date();
    let sorted = accepted::sort(found, &accepting, is_open, &facts.directory, today);
    warnings.extend(sorted.stale.iter().map(|one| stale(one)));
    plans::draw_diagnostics(&context.ui, &warnings, &loaded.sources);
    let leaving = args.leaving.then(|| leaving(args, scope, &organization, read_at));
    Ok(Audited { organization, directory: facts.directory, sorted, not_checked, warnings, leaving })
}

fn leaving(args: &AuditArgs, scope: &Scope<'_>, organization: &Organization, read_at: Timestamp) -> Leaving {
    Leaving::new(organization, read_at, scope.principal.clone(), !args.all_organizations)
}

struct Everything {
    organization: Organization,
    read: Read,
    doors: Option<Doors>,
    more_unread: Vec<NotChecked>,
}

async fn read_everything(
    context: &Context,
    args: &AuditArgs,
    target: &Target<'_>,
    reader: &Reader,
) -> anyhow::Result<Everything> {
    let done = context.ui.progress("reading mailbox permissions");
    let organization = active(target)?.clone();
    let doors = async {
        Ok(match args.leaving {
            true => Some(doors::read(reader).await),
            false => None,
        })
    };
    let ((described, denied), read, doors) =
        tokio::try_join!(describe_if_allowed(reader, organization), read(reader, &done), doors)?;
    let Some((mut doors, mut more_unread)) = doors else {
        return Ok(Everything { organization: described, read, doors: None, more_unread: Vec::new() });
    };
    doors.migration_admin.clone_from(&described.migration_admin);
    let denied = denied.map(|error| NotChecked::because(FindingCode::MigrationAdmin, error.cause()));
    more_unread.extend(denied);
    Ok(Everything { organization: described, read, doors: Some(doors), more_unread })
}

fn facts(organization: &Organization, now: Timestamp, read: Read, doors: Option<Doors>) -> Facts {
    let Read { summaries: _, live, directory, resources, access_rules, permissions, unread } = read;
    let (directory, resources) = with_resources(directory, resources);
    let organization = organization.id.clone();
    Facts { organization, now, roles: live, directory, resources, access_rules, permissions, doors, unread }
}

/// Shows who can open a mailbox.
///
/// # Errors
/// When nobody is called so, or a read fails.
pub(super) async fn show_who(
    context: &Context,
    args: &AuditArgs,
    scope: &Scope<'_>,
    text: &str,
) -> anyhow::Result<ExitCode> {
    let Some(target) = scope.targets.first() else { return Ok(ExitCode::Done) };
    let reader = &scope.connections[target.connection].account.reader(active(target)?);
    let done = context.ui.progress("reading mailbox permissions");
    let organization = async { Ok::<_, anyhow::Error>(describe(reader, active(target)?.clone()).await?) };
    let (organization, read) = try_join(organization, async { Ok(read(reader, &done).await?) }).await?;
    context.say_where(&organization);
    let mut facts = facts(&organization, context.config.system.now(), read, None);
    let directory = &mut facts.directory;
    let named = [NamedUser::argument(text)];
    let names = principals::user_names(&named)?;
    // An alias is in no listing
    if names
        .iter()
        .any(|name| name.as_str().contains('@') && directory.users_called(name.as_str()).is_empty())
    {
        let found = crate::fetch::directory::read_names(reader, &names, &Default::default()).await?;
        directory.merge(found);
    }
    let ids = principals::user_ids(&named, reader, directory, principals::name_its_members).await?;
    let Some(mailbox) = ids.first() else { return Ok(ExitCode::Done) };
    let inventory = facts.inventory(Declared::default());
    let directory = &facts.directory;
    if !directory.has_mailbox(mailbox) {
        context.ui.warn(format!("{} has no mailbox now: nobody can open it", directory.label(mailbox)));
    }
    let who = who::who(&inventory, mailbox);
    findings::write_who(&context.ui, &organization, &who, directory, args.folding.all)?;
    Ok(ExitCode::Done)
}

/// What the definitions and the policy say of the roles; nothing without them. Gives back what was read.
async fn propose(
    context: &Context,
    organization: &Organization,
    read: Read,
    loaded: &Loaded,
    documents: &[&Document],
    reader: &Reader,
) -> anyhow::Result<(Read, Option<Proposal>, Vec<Diagnostic>)> {
    let (id, alias) = (&organization.id, organization.alias.as_deref());
    let mut warnings = loaded.diagnostics.clone();
    warnings.extend(organizations::elsewhere(id, alias, documents));
    let documents = policy::and_policies(context, loaded, documents, id, alias);
    if documents.is_empty() {
        return Ok((read, None, warnings));
    }
    let Read { summaries, live, directory, resources, access_rules, permissions, unread } = read;
    let asked = Needs {
        roles: Some(WantedRoles::All),
        everyone: true,
        group_names: true,
        access_rules: true,
        ..Needs::default()
    };
    let known = inventory::Inventory { summaries, live, directory, access_rules, asked };
    let options = Options { now: context.config.system.now(), ..Options::default() };
    let (known, proposal) = propose_from(reader, &documents, options, known).await?;
    let inventory::Inventory { summaries, live, directory, access_rules, asked: _ } = known;
    match proposal {
        Ok(mut proposal) => {
            // That is a finding
            let is_other = |one: &Diagnostic| one.code != DiagnosticCode::UndeclaredProtectedUser;
            warnings.extend(std::mem::take(&mut proposal.warnings).into_iter().filter(is_other));
            let read = Read { summaries, live, directory, resources, access_rules, permissions, unread };
            Ok((read, Some(proposal), warnings))
        }
        Err(errors) => Err(emit_errors(context, &Vec::from(errors.and(warnings)), &loaded.sources, None)),
    }
}

fn declared<'a>(args: &AuditArgs, proposal: &'a Proposal) -> Declared<'a> {
    let with_files = !args.file.is_empty();
    let files = args.file.iter().map(|file| shell_words::quote(&file.to_string_lossy()).into_owned());
    Declared {
        protected: proposal.policy.protected.clone(),
        plan: with_files.then_some(&proposal.plan),
        places: places(proposal),
        files: files.collect::<Vec<_>>().join(" "),
    }
}

/// Where the live roles are declared.
fn places(proposal: &Proposal) -> BTreeMap<RoleId, Span> {
    let changed = proposal.plan.changes.iter();
    let changed = changed.filter_map(|change| Some((change.before()?.id.clone(), change.span.clone()?)));
    let unchanged = proposal.plan.unchanged.iter().filter_map(|role| {
        let desired = proposal.desired.iter().find(|desired| desired.role.name == role.name)?;
        Some((role.id.clone(), desired.span.clone()))
    });
    changed.chain(unchanged).collect()
}

fn stale(accepted: &Accepted) -> Diagnostic {
    let code = accepted.code.value.as_str();
    let message = format!("{code} is accepted, and there is no such finding");
    Diagnostic::warning(DiagnosticCode::StaleAcceptance, &accepted.code.span, message).help(
        "remove it, so that a finding of later is not accepted unseen; or check the role and the mailbox",
    )
}
