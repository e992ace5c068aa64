//! One organization read, held to its definitions, and looked at: what `audit` and `report` have in common.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::audit::accepted::{self, Sorted};
use crate::audit::audit;
use crate::audit::finding::{NotChecked, Place};
use crate::audit::inventory::{Audit, Declared, Facts, with_resources};
use crate::audit::leaving::Leaving;
use crate::audit::report::Report;
use crate::change::diagnostics::emit_errors;
use crate::change::{organizations, policy, rerun};
use crate::context::Context;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::load::Loaded;
use crate::definition::model::{Accepted, Document};
use crate::definition::span::Span;
use crate::directory::doors::Doors;
use crate::fetch::audit::{Read, read};
use crate::fetch::definitions::propose_from;
use crate::fetch::organization::describe_if_allowed;
use crate::fetch::{doors, history};
use crate::finding_code::FindingCode;
use crate::organization::Organization;
use crate::output::{plans, shell};
use crate::plan::compose::{Options, Proposal};
use crate::plan::inventory::{self, Needs, WantedRoles};
use crate::role::RoleId;
use crate::sorted;
use crate::workmail::{Reader, Trail};

/// What the command line asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The definitions, as the command line names them.
    pub(crate) files: &'a [PathBuf],
    /// The other doors to mailboxes are looked at too.
    pub(crate) leaving: bool,
    /// Where CloudTrail is, if it is to be asked who used the roles and changed them, and for how many pages at most.
    pub(crate) trail: Option<(&'a Trail, usize)>,
    /// There may be other organizations in the account, in other Regions too: commands say which they work on.
    pub(crate) several: bool,
}

/// What was read of an organization, and what was found.
#[derive(Debug)]
pub(crate) struct Reviewed<'a> {
    pub(crate) organization: Organization,
    pub(crate) facts: Facts,
    pub(crate) sorted: Sorted<'a>,
    pub(crate) not_checked: Vec<NotChecked>,
    warnings: Vec<Diagnostic>,
}

impl Reviewed<'_> {
    /// As the outputs draw it.
    pub(crate) fn report<'b>(
        &'b self,
        loaded: &'b Loaded,
        leaving: Option<&'b Leaving>,
        show_accepted: bool,
    ) -> Report<'b> {
        let Self { organization, facts, sorted, not_checked, warnings } = self;
        let directory = &facts.directory;
        let sources = &loaded.sources;
        Report { organization, directory, sources, sorted, not_checked, warnings, leaving, show_accepted }
    }
}

/// Reads everything of one organization, and says what there is to worry about.
///
/// # Errors
/// When a definition is wrong, or a read fails without which nothing can be said.
pub(crate) async fn review<'a>(
    context: &Context,
    asked: Asked<'_>,
    loaded: &Loaded,
    documents: &[&'a Document],
    organization: &Organization,
    reader: &Reader,
) -> anyhow::Result<Reviewed<'a>> {
    let read_at = context.config.system.now();
    let everything = read_everything(context, asked, organization, reader).await?;
    let Everything { organization, read, doors, more_unread } = everything;
    context.say_where(&organization);
    let (mut read, proposal, mut warnings) =
        propose(context, &organization, read, loaded, documents, reader).await?;
    read.unread.extend(more_unread);
    let mut facts = facts(&organization, read_at, read, doors);
    if let Some((trail, pages)) = asked.trail {
        context.ui.spinner("reading CloudTrail, two pages a second");
        let known = facts.roles.iter().map(|live| live.id.clone()).collect();
        facts.usage = Some(history::usage(trail, &known, read_at, pages).await);
    }
    let declared = proposal.as_ref().map(|proposal| declared(asked.files, proposal)).unwrap_or_default();
    let Audit { findings: mut found, not_checked } = audit(&facts.inventory(declared));
    let place = place(context, asked, documents, &organization);
    found.iter_mut().for_each(|finding| finding.say_where(&place));
    let accepting: Vec<&Accepted> = documents.iter().flat_map(|document| &document.accepted).collect();
    // Whoever accepts for the day of leaving is not told so on every other day
    let is_open = |code: FindingCode| {
        (code.is_of_leaving() && !asked.leaving)
            || (code == FindingCode::UnusedRole && asked.trail.is_none())
            || not_checked.iter().any(|one| one.code == code)
    };
    let today = context.config.system.now().to_zoned(TimeZone::UTC).date();
    let sorted = accepted::sort(found, &accepting, is_open, &facts.directory, today);
    warnings.extend(sorted.stale.iter().map(|one| stale(one)));
    plans::draw_diagnostics(&context.ui, &warnings, &loaded.sources);
    Ok(Reviewed { organization, facts, sorted, not_checked, warnings })
}

/// What the command line said, and the organization unless it is found as the only one; of several the Region too.
fn place(context: &Context, asked: Asked<'_>, documents: &[&Document], organization: &Organization) -> Place {
    let config = &context.config;
    let region = if asked.several { Some(organization.region.as_str()) } else { config.region.as_deref() };
    let sandbox = config.sandbox.as_deref().filter(|_| !config.sandbox_is_default);
    let of_wmrole = rerun::options(config, region, sandbox);
    let name = if asked.several { organization.id.as_str() } else { organization.label() };
    let chosen = format!("{of_wmrole} --organization {}", shell::quoted(name));
    let is_given = config.organization_choice().given.is_some();
    let by_files = documents.iter().any(|document| document.organization.is_some());
    Place {
        wmrole: if asked.several || is_given || by_files { chosen.clone() } else { of_wmrole.clone() },
        of_files: if is_given { chosen } else { of_wmrole },
        aws: rerun::options(config, region, None),
        profile: rerun::profile(config),
    }
}

struct Everything {
    organization: Organization,
    read: Read,
    doors: Option<Doors>,
    more_unread: Vec<NotChecked>,
}

async fn read_everything(
    context: &Context,
    asked: Asked<'_>,
    organization: &Organization,
    reader: &Reader,
) -> anyhow::Result<Everything> {
    let done = context.ui.progress("reading mailbox permissions");
    let organization = organization.clone();
    let doors = async {
        Ok(match asked.leaving {
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

/// What was read, in the form that is audited.
pub(crate) fn facts(organization: &Organization, now: Timestamp, read: Read, doors: Option<Doors>) -> Facts {
    let Read { summaries: _, live, directory, resources, access_rules, permissions, unread } = read;
    let (directory, resources) = with_resources(directory, resources);
    let organization = organization.id.clone();
    let (roles, usage) = (live, None);
    Facts { organization, now, roles, directory, resources, access_rules, permissions, doors, usage, unread }
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

fn declared<'a>(files: &[PathBuf], proposal: &'a Proposal) -> Declared<'a> {
    let with_files = !files.is_empty();
    let files = files.iter().map(|file| shell_words::quote(&file.to_string_lossy()).into_owned());
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
    sorted::map(changed.chain(unchanged))
}

fn stale(accepted: &Accepted) -> Diagnostic {
    let code = accepted.code.value.as_str();
    let message = format!("{code} is accepted, and there is no such finding");
    Diagnostic::warning(DiagnosticCode::StaleAcceptance, &accepted.code.span, message).help(
        "remove it, so that a finding of later is not accepted unseen; or check the role and the mailbox",
    )
}
