//! `organizations`: those of the account in the Region.

use crate::config::Format;
use crate::context::{Connection, Context};
use crate::exit_code::ExitCode;
use crate::output::json::organization::OrganizationsDocument;

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Lists the organizations of the account in the Region.
///
/// # Errors
/// When the read fails.
pub(super) async fn run(context: &Context) -> anyhow::Result<ExitCode> {
    context.ui.spinner("reading organizations");
    let connection = Connection::new(&context.config, &context.ui).await?;
    let all = connection.account.organizations().await?;
    if !context.ui.is_table() {
        context.ui.document(&OrganizationsDocument::of(&all))?;
        return Ok(ExitCode::Done);
    }
    if all.is_empty() {
        let region = connection.account.region();
        context.ui.status(format!("no WorkMail organizations in {region}"));
        context
            .ui
            .hint(format!("WorkMail is in {}; choose with --region", crate::workmail::REGIONS.join(", ")));
        return Ok(ExitCode::Done);
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let rows: Vec<_> =
        all.iter().map(|o| vec![text(&o.alias), text(&o.domain), text(&o.state), o.id.to_string()]).collect();
    context.ui.fitting_table(&["ALIAS", "DOMAIN", "STATE", "ID"], &rows, &["ID", "STATE", "DOMAIN"])?;
    Ok(ExitCode::Done)
}
