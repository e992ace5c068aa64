//! `edit --dialog`: the console's dialog, which begins with the role as it is.

use futures::future::try_join;

use crate::args::GuardFlags;
use crate::change::dialog::{Described, described_role};
use crate::change::policy;
use crate::context::{Connection, Context};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::fetch;
use crate::fetch::organization::describe;
use crate::fetch::principals::find_roles_among;
use crate::prompt;

/// Walks through the dialog, shows the plan, asks, and makes it so.
///
/// # Errors
/// When nobody can be asked, there is no such role, its rules are not known, or the change is declined.
pub(super) async fn run(context: &Context, role: &str, guards: &GuardFlags) -> anyhow::Result<ExitCode> {
    if context.config.yes || !prompt::can_ask(context) {
        let why = match (context.config.yes, context.config.no_input) {
            (true, _) => "--yes forbids questions",
            (false, true) => "--no-input forbids questions",
            (false, false) => "there is no terminal",
        };
        return Err(CommandError::usage(format!("--dialog asks, and {why}"))
            .hint("give what to change, as --allow USER; see `wmrole edit --help`")
            .into());
    }
    let policy = &policy::alone(context)?;
    context.ui.spinner("reading roles, users and groups");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let texts = [role.to_owned()];
    let ((roles, mut live), (organization, directory)) = try_join(find_roles_among(&writer, &texts), async {
        Ok(try_join(describe(&writer, organization), fetch::directory::read_directory(&writer)).await?)
    })
    .await?;
    let live = directory.canonical(live.remove(0));
    if live.rules_unknown {
        let message = format!("the service gave no list of the rules of role {}", live.role.name);
        return Err(CommandError::refused(message).into());
    }
    let (start, given) = (live.role.clone(), Vec::new());
    let described =
        Described { organization, live: Some(live), start, given, roles, directory, guards, policy };
    described_role(context, &connection, described).await
}
