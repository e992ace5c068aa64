//! One organization: what there is to worry about, or who can open a mailbox.

use futures::future::try_join;

use super::args::AuditArgs;
use super::scope::{Scope, Target};
use crate::audit::inventory::Declared;
use crate::audit::leaving::Leaving;
use crate::audit::report::Report;
use crate::audit::who;
use crate::change::rerun;
use crate::context::Context;
use crate::definition::load::Loaded;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch::audit::read;
use crate::fetch::organization::describe;
use crate::fetch::principals;
use crate::organization::Organization;
use crate::output::findings;
use crate::review::{Asked, Reviewed, facts, review};
use crate::user_list::NamedUser;

/// What an audit found.
pub(super) struct Audited<'a> {
    pub(super) reviewed: Reviewed<'a>,
    leaving: Option<Leaving>,
}

impl Audited<'_> {
    /// As the outputs draw it.
    pub(super) fn report<'b>(&'b self, args: &AuditArgs, loaded: &'b Loaded) -> Report<'b> {
        self.reviewed.report(loaded, self.leaving.as_ref(), args.show_accepted)
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
    let organization = active(target)?;
    let account = &scope.connections[target.connection].account;
    let reader = account.reader(organization);
    let AuditArgs { file, leaving, cloudtrail, all_organizations, .. } = args;
    let trail = cloudtrail.then(|| account.trail());
    let asked = Asked {
        files: file,
        leaving: *leaving,
        trail: trail.as_ref().map(|trail| (trail, usize::MAX)),
        several: *all_organizations,
    };
    let reviewed = review(context, asked, loaded, &target.documents, organization, &reader).await?;
    let Reviewed { organization, facts, .. } = &reviewed;
    let read_at = facts.now;
    let leaving = leaving.then(|| {
        let (principal, profile) = (scope.principal.clone(), rerun::profile(&context.config));
        Leaving::new(organization, read_at, principal, !all_organizations, &profile)
    });
    Ok(Audited { reviewed, leaving })
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
