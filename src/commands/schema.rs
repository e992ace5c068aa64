//! `schema`: the JSON Schemas of the YAML and of the JSON output.

use clap::{Args, ValueEnum};

use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;
use crate::{definition, output};

/// `schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// What the schema is of
    #[arg(value_enum, default_value_t = SchemaOf::Definitions)]
    pub of: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// The YAML of definitions
    Definitions,
    /// What -o json prints
    Output,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json => true,
        Format::Yaml | Format::Markdown | Format::Github | Format::Junit | Format::Csv => false,
    }
}

/// Prints a JSON Schema.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn run(context: &Context, args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let schema = match args.of {
        SchemaOf::Definitions => definition::schema::schema(),
        SchemaOf::Output => output::json::schema(),
    };
    context.ui.print_verbatim(&schema)?;
    Ok(ExitCode::Done)
}
