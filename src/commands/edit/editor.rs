//! A role's YAML in `$VISUAL` or `$EDITOR`, reopened with what is wrong as comments.

use anyhow::Context as _;

use crate::commands::context::{Context, described, directory_of, find_role, normal_all};
use crate::commands::execute;
use crate::commands::gather::{Gathered, gather};
use crate::definition::diagnostic::{Diagnostic, Severity};
use crate::definition::export::export_one;
use crate::definition::model::Document;
use crate::definition::read::read;
use crate::definition::source::Sources;
use crate::exit::{Exit, Stop};
use crate::workmail::Reader;

/// Comments of ours in the text begin so, and are taken out again.
const REMARK: &str = "#! ";

/// Edits the role in an editor, shows the plan, asks, and makes it so.
///
/// # Errors
/// When there is no terminal, no such role, the editor fails, or the change is declined.
pub async fn run(context: &Context, role: &str) -> anyhow::Result<Exit> {
    if !context.ui.can_ask() {
        return Err(Stop::refused("no change is given, and there is no terminal for an editor")
            .hint("give what to change, as --allow USER; see `wmrole edit --help`")
            .into());
    }
    let (connection, organization) = context.open().await?;
    let writer = connection.account.writer(&organization);
    let live = find_role(&writer, role).await?;
    let organization = described(&writer, organization).await?;
    let directory = directory_of(&writer, &[&live]).await?;
    let live = normal_all(vec![live], &directory).remove(0);
    let mut text = export_one(organization.alias.as_deref(), &live, true, &directory).yaml;
    loop {
        let Some(edited) =
            dialoguer::Editor::new().extension(".yaml").edit(&text).context("running the editor")?
        else {
            context.ui.status("the text was not saved; nothing was changed");
            return Ok(Exit::Done);
        };
        let edited = without_remarks(&edited);
        match check(&writer, &edited, live.id.as_str()).await? {
            Err(wrong) => text = remarks(&wrong, &edited) + &edited,
            Ok(Gathered { plan, .. }) if plan.is_empty() => {
                context.ui.status("the role is so already; nothing was changed");
                return Ok(Exit::Done);
            }
            Ok(Gathered { mut plan, directory, .. }) => {
                // One role is edited; the others are no news
                plan.undeclared.clear();
                execute::show(context, &plan, &directory)?;
                context.ui.confirm(&format!("Change role {}?", live.role.name))?;
                return execute::execute_and_tell(context, &writer, &organization, &plan, &directory).await;
            }
        }
    }
}

async fn check(reader: &Reader, text: &str, id: &str) -> anyhow::Result<Result<Gathered, Vec<Diagnostic>>> {
    let (document, mut diagnostics) = read(0, text);
    let wrong = |found: &[Diagnostic]| found.iter().any(|d| d.severity == Severity::Error);
    let Some(document) = document.filter(|_| !wrong(&diagnostics)) else { return Ok(Err(diagnostics)) };
    if !is_the_role(&document, id) {
        let start = crate::definition::source::Place { file: 0, span: 0..0 };
        let message = format!("this must stay one role, with the id {id}");
        diagnostics.push(Diagnostic::error(&start, message));
        return Ok(Err(diagnostics));
    }
    let gathered = gather(reader, &[&document], false).await?;
    if gathered.has_errors() {
        return Ok(Err(gathered.diagnostics));
    }
    Ok(Ok(gathered))
}

fn is_the_role(document: &Document, id: &str) -> bool {
    matches!(&document.roles[..], [role] if role.id.as_ref().is_some_and(|found| found.value.as_str() == id))
}

fn remarks(diagnostics: &[Diagnostic], text: &str) -> String {
    let mut sources = Sources::default();
    sources.add("line".into(), text.to_owned());
    let ours = diagnostics.len() + diagnostics.iter().filter(|d| d.help.is_some()).count();
    let mut out = String::new();
    for diagnostic in diagnostics {
        // The remarks push the text down
        let line = diagnostic.place.as_ref().map_or(1, |place| sources.locate(place).line) + ours;
        out += &format!("{REMARK}line {line}: {}\n", diagnostic.message);
        if let Some(help) = &diagnostic.help {
            out += &format!("{REMARK}    {help}\n");
        }
    }
    out
}

fn without_remarks(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with(REMARK)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_name_the_line_as_the_editor_shows_it_and_go_again() {
        let text = "version: 1\nroles: []\nrole: 1\n";
        let (_, diagnostics) = read(0, text);
        let shown = remarks(&diagnostics, text) + text;
        assert!(shown.starts_with("#! line 5: unknown key role in the document\n"), "{shown}");
        assert_eq!(shown.lines().nth(4), Some("role: 1"));
        assert_eq!(without_remarks(&shown), text);
    }
}
