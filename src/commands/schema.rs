//! `schema`: the JSON Schemas of the YAML and of the JSON output.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use crate::atomic_file;
use crate::config::Format;
use crate::context::Context;
use crate::exit_code::ExitCode;
use crate::{definition, output};

/// `schema`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # For an editor, beside the definitions
  wmrole schema --save roles/wmrole.schema.json
  # What -o json prints
  wmrole schema output >output.schema.json")]
pub(crate) struct SchemaArgs {
    /// What the schema is of
    #[arg(value_enum, default_value_t = SchemaOf::Definitions)]
    pub of: SchemaOf,
    /// Write it into this file instead, wmrole.schema.json when none is given: editors find it there, and
    /// `export --dir` names it in the files beside it
    #[arg(long, value_name = "FILE", num_args = 0..=1, value_hint = ValueHint::FilePath)]
    pub save: Option<Option<PathBuf>>,
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
        Format::Yaml
        | Format::Markdown
        | Format::Github
        | Format::Junit
        | Format::Csv
        | Format::Sarif
        | Format::Mermaid => false,
    }
}

/// Prints a JSON Schema, or writes it into a file.
///
/// # Errors
/// When stdout or the file cannot be written.
pub(super) fn run(context: &Context, args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let SchemaArgs { of, save } = args;
    let (schema, file) = match of {
        SchemaOf::Definitions => (definition::schema::schema()?, definition::schema::FILE),
        SchemaOf::Output => (output::json::schema()?, "wmrole-output.schema.json"),
    };
    match save {
        None => context.ui.print_verbatim(&schema)?,
        Some(path) => {
            let path = path.as_deref().unwrap_or(Path::new(file));
            atomic_file::write_public(path, &schema)?;
            context.ui.status(format!("saved the schema in {}", path.display()));
        }
    }
    Ok(ExitCode::Done)
}
