//! `audit`: what a reviewer should worry about.

mod args;
mod one;
mod scope;

use std::io;

pub(super) use self::args::{AuditArgs, has_format};
use self::one::Audited;
use self::scope::Scope;
use crate::change::policy;
use crate::config::Format;
use crate::context::Context;
use crate::definition::load::{Loaded, load};
use crate::error;
use crate::error::CommandError;
use crate::exit_code::{self, Ended, ExitCode};
use crate::output::findings;

/// Shows what a reviewer should worry about, or who can open a mailbox.
///
/// # Errors
/// When a definition is wrong, or a read fails without which nothing can be said.
pub(super) async fn run(context: &Context, args: &AuditArgs) -> anyhow::Result<ExitCode> {
    if args.all_organizations && context.config.organization_choice().given.is_some() {
        return Err(
            CommandError::usage("--organization and --all-organizations cannot be used together").into()
        );
    }
    let loaded = match &args.file[..] {
        [] => policy::alone(context)?,
        files => policy::added(context, load(files, io::stdin())?)?,
    };
    let scope = Scope::find(context, args, &loaded).await?;
    if let Some(text) = &args.who {
        return one::show_who(context, args, &scope, text).await;
    }
    match args.all_organizations || scope.targets.len() > 1 {
        false => alone(context, args, &loaded, &scope).await,
        true => several(context, args, &loaded, &scope).await,
    }
}

async fn alone(
    context: &Context,
    args: &AuditArgs,
    loaded: &Loaded,
    scope: &Scope<'_>,
) -> anyhow::Result<ExitCode> {
    let Some(target) = scope.targets.first() else { return Ok(ExitCode::Done) };
    let audited = one::audited(context, args, loaded, scope, target).await?;
    findings::write(&context.ui, &audited.report(args, loaded), args.folding.all)?;
    Ok(audited.ended(args))
}

/// One organization after the other, since a directory takes memory. What is for people is written as it comes.
async fn several(
    context: &Context,
    args: &AuditArgs,
    loaded: &Loaded,
    scope: &Scope<'_>,
) -> anyhow::Result<ExitCode> {
    if context.ui.format == Format::Mermaid {
        let message = "-o mermaid draws one organization, and the definitions are for several";
        return Err(CommandError::usage(message).hint("choose one with --organization").into());
    }
    let mut ends = Vec::new();
    let mut all = findings::Several::new(&context.ui, &scope.regions);
    for target in &scope.targets {
        let audited = match &target.organization {
            Ok(_) => one::audited(context, args, loaded, scope, target).await,
            Err(message) => Err(CommandError::failed(message.clone()).into()),
        };
        match audited {
            Ok(audited) => {
                all.add(&target.name, &audited.report(args, loaded), args.folding.all)?;
                ends.push(audited.ended(args));
            }
            Err(error) => {
                let code = error::exit_code(&error);
                // Nobody waits for the others
                if code == ExitCode::Interrupted {
                    return Err(error);
                }
                all.failed(&target.name, target.organization.as_ref().ok(), &error)?;
                ends.push(code);
            }
        }
    }
    if args.fail_on.is_some() && scope.regions.iter().any(|region| region.error.is_some()) {
        ends.push(ExitCode::Failed);
    }
    all.finish()?;
    let ends: Vec<_> = ends.into_iter().map(Ended::unchanged).collect();
    Ok(exit_code::merge(&ends))
}

impl Audited<'_> {
    /// What is not known may be worse than what was found. What is over is no door.
    fn ended(&self, args: &AuditArgs) -> ExitCode {
        let Some(level) = args.fail_on else { return ExitCode::Done };
        let mut open = self.reviewed.sorted.open.iter().filter(|finding| !finding.over);
        match (self.reviewed.not_checked.is_empty(), open.any(|finding| finding.level <= level)) {
            (false, _) => ExitCode::Failed,
            (true, true) => ExitCode::Negative,
            (true, false) => ExitCode::Done,
        }
    }
}
