//! What is wrong with definitions: drawn, and the error that ends the command.

use crate::context::Context;
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::span::Sources;
use crate::error::CommandError;
use crate::output::{plans, style, text};

/// Draws what is wrong with definitions, and makes the error that ends the command, or, where there
/// are several organizations, the one `of` this name.
pub(crate) fn emit_errors(
    context: &Context,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    of: Option<&str>,
) -> anyhow::Error {
    plans::draw_diagnostics(&context.ui, diagnostics, sources);
    match of {
        None => match plans::write_diagnostics(&context.ui, diagnostics, sources) {
            Ok(()) => definition_errors(diagnostics, of),
            Err(error) => error,
        },
        // Its own part of the result is this error
        Some(_) => errors(diagnostics, of).drawn(text::diagnostics::plain(diagnostics, sources)).into(),
    }
}

/// The error that ends a command whose definitions are wrong.
pub(crate) fn definition_errors(diagnostics: &[Diagnostic], of: Option<&str>) -> anyhow::Error {
    errors(diagnostics, of).into()
}

fn errors(diagnostics: &[Diagnostic], of: Option<&str>) -> CommandError {
    let whose = of.map_or(String::new(), |of| format!(" for {of}"));
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let counted = style::counted(errors, "error", "errors");
    CommandError::usage(format!("{counted} in the definitions{whose}; nothing was attempted"))
}
