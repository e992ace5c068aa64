//! `schema`: the JSON Schema of the YAML.

use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json => true,
        Format::Yaml | Format::Markdown | Format::Github | Format::Junit | Format::Csv => false,
    }
}

/// Prints the JSON Schema of the YAML.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    context.ui.raw(&crate::definition::schema::schema())?;
    Ok(ExitCode::Done)
}
