//! `undo`: bring back what the last change replaced, or what a saved state holds.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::access;
use crate::apply::backup::{self, Saved, SavedState};
use crate::apply::undo::{self, Conflict, Undo};
use crate::args::{GuardFlags, NamingFlag};
use crate::change::{self, Question, policy};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::directory::Directory;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::organization::describe;
use crate::fetch::roles::canonical_roles;
use crate::fetch::{self, definitions};
use crate::organization::Organization;
use crate::output::json::saved_states::SavedStatesDocument;
use crate::output::text;
use crate::plan::Change;
use crate::plan::guard;
use crate::plan::set::{OrganizationPlan, PlanSet};
use crate::role::{LiveRole, RoleSummary};
use crate::workmail::Reader;

/// `undo`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # What can be undone
  wmrole undo --list
  # What undoing the last change would do; then do it
  wmrole undo --dry-run
  wmrole undo")]
pub(crate) struct UndoArgs {
    /// The saved state to bring back [default: that of the last change to the organization that was not undone]
    #[arg(conflicts_with = "list", value_hint = ValueHint::FilePath)]
    pub backup: Option<PathBuf>,
    /// List the saved states: when, who, which command
    #[arg(long)]
    pub list: bool,
    /// Let roles open to everyone also with --yes
    #[arg(long)]
    pub allow_everyone: bool,
    /// How much access may come back.
    #[command(flatten)]
    pub guards: GuardFlags,
    /// Who is named.
    #[command(flatten)]
    pub naming: NamingFlag,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Undoes a change, or lists what can be undone.
///
/// # Errors
/// When there is no such saved state, what the change left is no longer so, or the change back is declined.
pub(super) async fn run(context: &Context, args: &UndoArgs) -> anyhow::Result<ExitCode> {
    if args.list {
        return list(context);
    }
    let policy = policy::alone(context)?;
    let chosen = args.backup.as_deref().map(find).transpose()?;
    let (connection, organization) = open(context, chosen.as_ref()).await?;
    let reader = connection.account.reader(&organization);
    let organization = describe(&reader, organization).await?;
    let mut now = Now::read(&reader, context.config.system.now()).await?;
    let Some((saved, undo)) = (match chosen {
        Some(saved) => {
            let undo = now.undo(&saved).await?;
            Some((saved, undo))
        }
        None => last(context, &mut now, &organization).await?,
    }) else {
        context.ui.status(format!("nothing to undo in {}", organization.label()));
        return Ok(ExitCode::Done);
    };
    let Now { mut directory, .. } = now;
    undo.lost.iter().for_each(|lost| context.ui.warn(format!("cannot be restored: {lost}")));
    let nothing_left = undo.changes.is_empty() && !undo.lost.is_empty();
    let SavedState { time, origin, .. } = &saved.state;
    context.ui.status(format!(
        "undoing `{}` of {} by {}",
        origin.command,
        context.ui.times().text(*time),
        origin.by
    ));
    let plan = undo.plan();
    if nothing_left {
        return Err(CommandError::refused("nothing of it can be brought back; nothing was changed").into());
    }
    if plan.is_empty() {
        context.ui.status("nothing to undo: it was undone already, or never made");
        return Ok(ExitCode::Done);
    }
    let policies = policy::holding(context, &policy, &organization.id, organization.alias.as_deref());
    let policy = policy::in_force(context, &policy, &policies, &reader, &mut directory).await?;
    let mut refusals = change::refusals(&plan, &args.guards, &policy, &directory);
    if context.config.yes && !args.allow_everyone {
        refusals.extend(guard::openings(&plan));
    }
    let one = OrganizationPlan {
        refusals,
        undoes: Some(saved.json),
        ..OrganizationPlan::new(organization, plan, directory)
    };
    let question = Question::Change(format!("Undo `{}`", origin.command));
    change::carry_out(context, &connection, &PlanSet::one(one), question).await
}

/// The saved state of this file, or of this name in the directory of saved states.
fn find(path: &Path) -> anyhow::Result<Saved> {
    if !path.exists() && path.components().count() == 1 {
        let there = crate::dirs::where_backups_are()?.join(path);
        if there.with_extension("json").exists() {
            return Saved::read(&there);
        }
    }
    if !path.with_extension("json").exists() {
        let message = format!("there is no saved state {}", path.display());
        return Err(CommandError::failed(message).hint("`wmrole undo --list` lists them").into());
    }
    Saved::read(path)
}

/// Connects to the organization of the saved state, if there is one.
async fn open(context: &Context, chosen: Option<&Saved>) -> anyhow::Result<(Connection, Organization)> {
    let connection = Connection::new(&context.config, &context.ui).await?;
    let Some(saved) = chosen else {
        let organization = connection.account.organization(context.config.organization.as_deref()).await?;
        return Ok((connection, organization));
    };
    let own = &saved.state.organization;
    let organization = connection.account.organization(Some(own.id.as_str())).await?;
    // A variable is a default only
    if let Some(other) = context.config.organization_choice().given
        && !crate::organization::is_called(&own.id, own.alias.as_deref(), other)
    {
        let message = format!("the saved state is of organization {}, and not of {other}", own.id);
        return Err(CommandError::usage(message).into());
    }
    Ok((connection, organization))
}

/// The last change to this organization, from this machine, that was not undone and left something, and what undoes
/// it.
async fn last(
    context: &Context,
    now: &mut Now<'_>,
    organization: &Organization,
) -> anyhow::Result<Option<(Saved, Undo)>> {
    let (all, broken) = backup::all(&crate::dirs::where_backups_are()?)?;
    broken.iter().for_each(|error| context.ui.warn(format!("{error:#}")));
    let (sandbox, endpoint) = text::place::address(&context.config);
    let is_here = |saved: &Saved| {
        let SavedState { organization: own, origin, undone, .. } = &saved.state;
        own.id == organization.id
            && (&origin.sandbox, &origin.endpoint) == (&sandbox, &endpoint)
            && undone.is_none()
            && origin.undoes.is_none()
    };
    for saved in all.into_iter().filter(is_here) {
        let undo = now.undo(&saved).await?;
        if !undo.is_over() {
            return Ok(Some((saved, undo)));
        }
        // Nor does `expire`, which cron runs, keep a change before it from being undone; but that is said
        if !undo.lost.is_empty() {
            let SavedState { time, origin, .. } = &saved.state;
            let lost: Vec<_> = undo.lost.iter().map(ToString::to_string).collect();
            context.ui.warn(format!(
                "nothing of `{}` of {} can be brought back: {}",
                origin.command,
                context.ui.times().text(*time),
                lost.join("; ")
            ));
        }
    }
    Ok(None)
}

/// What is live now, as far as it was needed: each role and user is read once.
struct Now<'a> {
    reader: &'a Reader,
    /// The roles of the list that were not read yet.
    unread: Vec<RoleSummary>,
    live: Vec<LiveRole>,
    directory: Directory,
    now: Timestamp,
}

impl<'a> Now<'a> {
    async fn read(reader: &'a Reader, now: Timestamp) -> anyhow::Result<Self> {
        let unread = reader.roles().await?;
        Ok(Self { reader, unread, live: Vec::new(), directory: Directory::default(), now })
    }

    /// What brings back this saved state.
    ///
    /// # Errors
    /// When a read fails; refused when what the change left is no longer so.
    async fn undo(&mut self, saved: &Saved) -> anyhow::Result<Undo> {
        self.read_roles(&saved.state).await?;
        let mut undone = undo::undo(&saved.state, &self.live, None, &self.directory, self.now);
        let has = |undone: &Result<Undo, _>, what: fn(&Change) -> bool| {
            undone.as_ref().is_ok_and(|undo: &Undo| undo.changes.iter().any(what))
        };
        if has(&undone, opens) && !self.directory.is_complete() {
            fetch::directory::read_everyone(self.reader, &mut self.directory).await?;
            undone = undo::undo(&saved.state, &self.live, None, &self.directory, self.now);
        }
        if has(&undone, |change| change.after().is_none()) {
            let rules = definitions::access_control(self.reader).await?;
            undone = undo::undo(&saved.state, &self.live, rules.as_deref(), &self.directory, self.now);
        }
        undone.map_err(|conflicts| refused(saved, &conflicts).into())
    }

    /// Reads the roles that the saved state is about, and everyone whom it or they name. One that is deleted
    /// meanwhile is left out.
    async fn read_roles(&mut self, state: &SavedState) -> anyhow::Result<()> {
        let concerned: Vec<_> = self.unread.extract_if(.., |role| undo::concerns(state, role)).collect();
        let read = try_join_all(concerned.iter().map(|role| self.reader.role(&role.id))).await?;
        let read: Vec<_> = read.into_iter().flatten().collect();
        if read.iter().any(|role| access::is_open(&role.role.rules)) {
            fetch::directory::read_everyone(self.reader, &mut self.directory).await?;
        }
        let named = read.iter().flat_map(|role| role.role.mentioned_users()).cloned();
        let users = named.chain(undo::users(state)).collect();
        fetch::directory::read_users(self.reader, &mut self.directory, &users).await?;
        self.live.extend(canonical_roles(read, &self.directory));
        Ok(())
    }
}

/// Does only a complete directory tell what the change does?
fn opens(change: &Change) -> bool {
    access::needs_every_user(change.before().map(|live| &live.role), change.after())
}

fn refused(saved: &Saved, conflicts: &[Conflict]) -> CommandError {
    let conflicts: Vec<_> = conflicts.iter().map(ToString::to_string).collect();
    let message = format!(
        "`{}` cannot be undone, since what it left is no longer so: {}; nothing was changed",
        saved.state.origin.command,
        conflicts.join("; ")
    );
    let file = crate::output::shell::quoted_path(&saved.yaml);
    CommandError::refused(message).hint(format!(
        "what was there is in {file}; `wmrole diff {file}` shows what would bring all of it back"
    ))
}

fn list(context: &Context) -> anyhow::Result<ExitCode> {
    let (all, broken) = backup::all(&crate::dirs::where_backups_are()?)?;
    broken.iter().for_each(|error| context.ui.warn(format!("{error:#}")));
    let organization = context.config.organization.as_deref();
    let is_meant = |saved: &&Saved| {
        let own = &saved.state.organization;
        organization.is_none_or(|text| crate::organization::is_called(&own.id, own.alias.as_deref(), text))
    };
    let saved: Vec<&Saved> = all.iter().filter(is_meant).collect();
    if !context.ui.is_table() {
        context.ui.document(&SavedStatesDocument::of(&saved))?;
        return Ok(ExitCode::Done);
    }
    if saved.is_empty() {
        let folder = crate::dirs::where_backups_are()?;
        context.ui.status(format!("no saved states in {}", folder.display()));
        return Ok(ExitCode::Done);
    }
    let times = context.ui.times();
    let rows: Vec<_> = saved.iter().map(|saved| text::undo::row(saved, times)).collect();
    context.ui.fitting_table(&text::undo::HEADER, &rows, &text::undo::FIRST_TO_GO)?;
    Ok(ExitCode::Done)
}
