//! `list`: the roles, a line each.

use futures::future::try_join;

use crate::config::Format;
use crate::context::{Connection, Context};
use crate::exit_code::ExitCode;
use crate::fetch::organization::describe;
use crate::fetch::roles::roles_and_directory;
use crate::output::json::Version;
use crate::output::json::organization::{ListDocument, OrganizationJson};
use crate::output::json::role::RoleJson;
use crate::output::text;

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Lists the roles.
///
/// # Errors
/// When a read fails.
pub(super) async fn run(context: &Context) -> anyhow::Result<ExitCode> {
    context.ui.spinner("reading roles");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    let (organization, (live, directory)) =
        try_join(describe(&reader, organization), roles_and_directory(&reader)).await?;
    context.say_where(&organization);
    let unreadable = live.iter().flat_map(|live| live.role.unreadable_expiries());
    unreadable.for_each(|(_, text)| context.ui.warn(text));
    if !context.ui.is_table() {
        let document = ListDocument {
            version: Version,
            organization: OrganizationJson::of(&organization),
            roles: live.iter().map(|role| RoleJson::live(role, &directory)).collect(),
        };
        context.ui.document(&document)?;
        return Ok(ExitCode::Done);
    }
    if live.is_empty() {
        context.ui.status("no impersonation roles");
        context.ui.hint("`wmrole create` makes one");
        return Ok(ExitCode::Done);
    }
    let (times, now) = (context.ui.times(), context.config.system.now());
    let (header, rows) = text::role::table(&live, &directory, times, now);
    context.ui.fitting_table(&header, &rows, &text::role::FIRST_TO_GO)?;
    Ok(ExitCode::Done)
}
