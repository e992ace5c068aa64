//! `audit`: what a reviewer should worry about.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use futures::future::try_join;
use jiff::tz::TimeZone;

use crate::args::{FoldingFlag, Principal};
use crate::audit::accepted::{self, Sorted};
use crate::audit::inventory::{Audit, Declared, Inventory, with_resources};
use crate::audit::report::Report;
use crate::audit::{audit, who};
use crate::change::diagnostics::emit_errors;
use crate::change::{organizations, policy};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::load::{Loaded, load};
use crate::definition::model::{Accepted, Document};
use crate::definition::span::Span;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::audit::{Read, read};
use crate::fetch::definitions::propose_from;
use crate::fetch::organization::describe;
use crate::fetch::principals;
use crate::finding_code::Level;
use crate::organization::Organization;
use crate::output::findings;
use crate::output::plans;
use crate::plan::compose::{Options, Proposal};
use crate::plan::inventory::{self, Needs, WantedRoles};
use crate::role::RoleId;
use crate::user_list::NamedUser;
use crate::workmail::Reader;

/// `audit`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # What is live, held to the definitions; ends with 3 when something is high
  wmrole audit -f roles/ --fail-on high
  # Who can open this mailbox, through whom
  wmrole audit --who ceo@example.com
  # For code scanning
  wmrole audit -o sarif >wmrole.sarif")]
pub(crate) struct AuditArgs {
    /// Hold what is live to these definitions, and leave out what they accept
    #[arg(short, long, num_args = 1.., value_hint = ValueHint::AnyPath)]
    file: Vec<PathBuf>,
    /// End with 3 when there is a finding of this level or a higher one, and with 1 when something could not be checked
    #[arg(long, value_name = "LEVEL", value_enum)]
    fail_on: Option<Level>,
    /// Show the findings that the definitions accept too
    #[arg(long)]
    show_accepted: bool,
    /// Show who can open the mailbox of this user or resource instead
    #[arg(long, value_name = "USER", value_parser = Principal, conflicts_with_all = ["file", "fail_on", "show_accepted"])]
    who: Option<String>,
    /// How many findings are shown.
    #[command(flatten)]
    folding: FoldingFlag,
}

/// Does the result have this format? Who can open a mailbox is no finding.
pub(super) fn has_format(format: Format, who: bool) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml | Format::Mermaid => true,
        Format::Markdown | Format::Sarif => !who,
        Format::Github | Format::Junit | Format::Csv => false,
    }
}

impl AuditArgs {
    /// Is it asked who can open a mailbox?
    pub(super) fn asks_who(&self) -> bool {
        self.who.is_some()
    }
}

/// Shows what a reviewer should worry about, or who can open a mailbox.
///
/// # Errors
/// When a definition is wrong, or a read fails without which nothing can be said.
pub(super) async fn run(context: &Context, args: &AuditArgs) -> anyhow::Result<ExitCode> {
    let loaded = match &args.file[..] {
        [] => policy::alone(context)?,
        files => policy::added(context, load(files, io::stdin())?)?,
    };
    let done = context.ui.progress("reading mailbox permissions");
    let connection = Connection::new(&context.config, &context.ui).await?;
    let (organization, documents) = organization(context, &connection, &loaded).await?;
    let reader = connection.account.reader(&organization);
    let organization = async { Ok::<_, anyhow::Error>(describe(&reader, organization).await?) };
    let (organization, read) = try_join(organization, async { Ok(read(&reader, &done).await?) }).await?;
    context.say_where(&organization);
    match &args.who {
        Some(text) => show_who(context, args, &organization, read, text, &reader).await,
        None => {
            let definitions = Definitions { loaded: &loaded, documents };
            findings(context, args, &organization, read, definitions, &reader).await
        }
    }
}

/// The organization to audit, and the definitions that are for it.
async fn organization<'a>(
    context: &'a Context,
    connection: &Connection,
    loaded: &'a Loaded,
) -> anyhow::Result<(Organization, Vec<&'a Document>)> {
    if loaded.documents.is_empty() {
        let chosen = connection.account.organization(context.config.organization.as_deref()).await?;
        return Ok((chosen, Vec::new()));
    }
    let choice = context.config.organization_choice();
    let mut groups = organizations::organizations(&connection.account, choice, loaded).await?;
    match (groups.pop(), groups.len()) {
        (Some((_, organization, documents)), 0) => Ok((organization?, documents)),
        (last, _) => {
            let names: Vec<_> = groups.iter().chain(&last).map(|(name, ..)| name.as_str()).collect();
            let message = format!("the definitions are for several organizations: {}", names.join(", "));
            Err(CommandError::usage(message).hint("audit one at a time: give its files alone").into())
        }
    }
}

async fn show_who(
    context: &Context,
    args: &AuditArgs,
    organization: &Organization,
    read: Read,
    text: &str,
    reader: &Reader,
) -> anyhow::Result<ExitCode> {
    let Read { summaries: _, live, directory, resources, access_rules, permissions, unread } = read;
    let (mut directory, resources) = with_resources(directory, resources);
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
    let ids = principals::user_ids(&named, reader, &mut directory, principals::name_its_members).await?;
    let Some(mailbox) = ids.first() else { return Ok(ExitCode::Done) };
    let inventory = Inventory {
        organization: &organization.id,
        now: context.config.system.now(),
        roles: &live,
        directory: &directory,
        resources: &resources,
        access_rules: access_rules.as_deref(),
        permissions: &permissions,
        unread: &unread,
        declared: Declared::default(),
    };
    if !directory.has_mailbox(mailbox) {
        context.ui.warn(format!("{} has no mailbox now: nobody can open it", directory.label(mailbox)));
    }
    let who = who::who(&inventory, mailbox);
    findings::write_who(&context.ui, organization, &who, &directory, args.folding.all)?;
    Ok(ExitCode::Done)
}

/// The definitions of the call, and those that are for the organization.
struct Definitions<'a> {
    loaded: &'a Loaded,
    documents: Vec<&'a Document>,
}

async fn findings(
    context: &Context,
    args: &AuditArgs,
    organization: &Organization,
    read: Read,
    definitions: Definitions<'_>,
    reader: &Reader,
) -> anyhow::Result<ExitCode> {
    let Definitions { loaded, documents } = definitions;
    let (proposal, mut warnings) = propose(context, organization, &read, loaded, &documents, reader).await?;
    let Read { summaries: _, live, directory, resources, access_rules, permissions, unread } = read;
    let (directory, resources) = with_resources(directory, resources);
    let declared = proposal.as_ref().map(|proposal| declared(args, proposal));
    let inventory = Inventory {
        organization: &organization.id,
        now: context.config.system.now(),
        roles: &live,
        directory: &directory,
        resources: &resources,
        access_rules: access_rules.as_deref(),
        permissions: &permissions,
        unread: &unread,
        declared: declared.unwrap_or_default(),
    };
    let Audit { findings: found, not_checked } = audit(&inventory);
    let accepting: Vec<&Accepted> = documents.iter().flat_map(|document| &document.accepted).collect();
    let is_open = |code| not_checked.iter().any(|one| one.code == code);
    let today = context.config.system.now().to_zoned(TimeZone::UTC).date();
    let sorted = accepted::sort(found, &accepting, is_open, &directory, today);
    warnings.extend(sorted.stale.iter().map(|one| stale(one)));
    plans::draw_diagnostics(&context.ui, &warnings, &loaded.sources);
    let report = Report {
        organization,
        directory: &directory,
        sources: &loaded.sources,
        sorted: &sorted,
        not_checked: &not_checked,
        warnings: &warnings,
        show_accepted: args.show_accepted,
    };
    findings::write(&context.ui, &report, args.folding.all)?;
    Ok(args.fail_on.map_or(ExitCode::Done, |level| ended(level, &sorted, !not_checked.is_empty())))
}

/// What is not known may be worse than what was found.
fn ended(level: Level, sorted: &Sorted<'_>, not_checked: bool) -> ExitCode {
    let found = sorted.open.iter().any(|finding| finding.level <= level);
    match (not_checked, found) {
        (true, _) => ExitCode::Failed,
        (false, true) => ExitCode::Negative,
        (false, false) => ExitCode::Done,
    }
}

/// What the definitions and the policy say of the roles; nothing without them.
async fn propose(
    context: &Context,
    organization: &Organization,
    read: &Read,
    loaded: &Loaded,
    documents: &[&Document],
    reader: &Reader,
) -> anyhow::Result<(Option<Proposal>, Vec<Diagnostic>)> {
    let (id, alias) = (&organization.id, organization.alias.as_deref());
    let mut warnings = loaded.diagnostics.clone();
    warnings.extend(organizations::elsewhere(id, alias, documents));
    let documents = policy::and_policies(context, loaded, documents, id, alias);
    if documents.is_empty() {
        return Ok((None, warnings));
    }
    let known = inventory::Inventory {
        summaries: read.summaries.clone(),
        live: read.live.clone(),
        directory: read.directory.clone(),
        access_rules: read.access_rules.clone(),
        asked: Needs {
            roles: Some(WantedRoles::All),
            everyone: true,
            group_names: true,
            access_rules: true,
            ..Needs::default()
        },
    };
    let options = Options { now: context.config.system.now(), ..Options::default() };
    let (_, proposal) = propose_from(reader, &documents, options, known).await?;
    match proposal {
        Ok(mut proposal) => {
            // That is a finding
            let is_other = |one: &Diagnostic| one.code != DiagnosticCode::UndeclaredProtectedUser;
            warnings.extend(std::mem::take(&mut proposal.warnings).into_iter().filter(is_other));
            Ok((Some(proposal), warnings))
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
