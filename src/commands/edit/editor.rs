//! A role's YAML in `$VISUAL` or `$EDITOR`, reopened with what is wrong as comments.

use crate::args::GuardFlags;
use crate::change::{self, Question, policy};
use crate::context::{Connection, Context};
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, has_errors};
use crate::definition::export::export_one;
use crate::definition::model::Document;
use crate::definition::parse::parse;
use crate::definition::span::Sources;
use crate::directory::Directory;
use crate::error::CommandError;
use crate::escape;
use crate::exit_code::ExitCode;
use crate::fetch::definitions::{Gathered, gather};
use crate::fetch::organization::describe;
use crate::fetch::principals::find_role;
use crate::fetch::roles::directory_for;
use crate::organization::Organization;
use crate::plan::Plan;
use crate::plan::compose::{Options, Proposal};
use crate::plan::guard;
use crate::plan::set::{OrganizationPlan, PlanSet};
use crate::prompt::{self, editor};
use crate::role::LiveRole;
use crate::workmail::Reader;

/// Comments of ours in the text begin so, and are taken out again.
const REMARK: &str = "#! ";

/// Edits the role in an editor, shows the plan, asks, and makes it so.
///
/// # Errors
/// When there is no terminal, no such role, the editor fails, or the change is declined.
pub(super) async fn run(context: &Context, role: &str, guards: &GuardFlags) -> anyhow::Result<ExitCode> {
    if !prompt::can_ask(context) {
        let why = if context.config.no_input {
            "--no-input forbids the editor"
        } else {
            "there is no terminal for an editor"
        };
        return Err(CommandError::refused(format!("no change is given, and {why}"))
            .hint("give what to change, as --allow USER; see `wmrole edit --help`")
            .into());
    }
    let policy = policy::alone(context)?;
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let live = find_role(&writer, role).await?;
    let organization = describe(&writer, organization).await?;
    let policies = policy::holding(context, &policy, &organization.id, organization.alias.as_deref());
    // What is wrong with the policy is not for the editor to mend
    policy::in_force(context, &policy, &policies, &writer, &mut Directory::default()).await?;
    let directory = directory_for(&writer, &[&live]).await?;
    let live = directory.canonical(live);
    let mut text = export_one(organization.alias.as_deref(), &live, true, &directory).yaml;
    let mut wrote: Option<String> = None;
    loop {
        let edited = match (editor::edit(context, &text).await, &wrote) {
            (Ok(Some(edited)), _) => without_remarks(&edited),
            (Ok(None), None) => {
                context.ui.status("the text was not changed, or is empty; nothing was changed");
                return Ok(ExitCode::Done);
            }
            // What is wrong was left as it was
            (Ok(None), Some(wrote)) => {
                let error = CommandError::refused("the definition still has errors; nothing was changed");
                return Err(editor::kept(context, wrote, error.into()));
            }
            (Err(error), Some(wrote)) => return Err(editor::kept(context, wrote, error)),
            (Err(error), None) => return Err(error),
        };
        let gathered = match check(context, &writer, &edited, &live, &organization, &policies).await {
            Ok(Ok(gathered)) => gathered,
            Ok(Err(wrong)) => {
                text = remarks(&wrong, &edited) + &edited;
                wrote = Some(edited);
                continue;
            }
            Err(error) => return Err(editor::kept(context, &edited, error)),
        };
        let set = PlanSet::one(one_role_alone(gathered, organization.clone(), guards));
        let name = &live.role.name;
        let question = Question::Change(format!("Change role {name}"));
        let result = change::carry_out_one(context, &connection, &set, name, question).await;
        match &result {
            Ok(ExitCode::Done) => {}
            Ok(_) | Err(_) => editor::keep(context, &edited),
        }
        return result;
    }
}

/// The plan of the role that is edited; the other live roles are not shown as undeclared.
fn one_role_alone(gathered: Gathered, organization: Organization, guards: &GuardFlags) -> OrganizationPlan {
    let Gathered { directory, proposal: Proposal { plan, policy, .. } } = gathered;
    let plan = Plan::new(plan.changes, plan.unchanged, Vec::new());
    let refusals = change::refusals(&plan, guards, &policy, &directory);
    OrganizationPlan { refusals, ..OrganizationPlan::new(organization, plan, directory) }
}

async fn check(
    context: &Context,
    reader: &Reader,
    text: &str,
    live: &LiveRole,
    organization: &Organization,
    policies: &[&Document],
) -> anyhow::Result<Result<Gathered, Vec<Diagnostic>>> {
    let id = live.id.as_str();
    let (document, mut diagnostics) = parse(0, text);
    let Some(document) = document.filter(|_| !has_errors(&diagnostics)) else { return Ok(Err(diagnostics)) };
    if !is_the_role(&document, id) {
        let start = crate::definition::span::Span { file: 0, range: 0..0 };
        let message = format!("this must stay one role, with the id {id}");
        diagnostics.push(Diagnostic::error(DiagnosticCode::EditedRoleReplaced, &start, message));
        return Ok(Err(diagnostics));
    }
    if let Some(other) = document.organization.iter().find(|other| !organization.is_called(&other.value)) {
        let message = format!("the role is edited in {}, and stays there", organization.id);
        diagnostics.push(Diagnostic::error(DiagnosticCode::EditedRoleMoved, &other.span, message));
        return Ok(Err(diagnostics));
    }
    let documents = [&[&document], policies].concat();
    let now = context.config.system.now();
    let gathered = match gather(reader, &documents, Options { now, ..Options::default() }).await? {
        Ok(gathered) => gathered,
        Err(errors) => return Ok(Err(errors.into())),
    };
    let Proposal { plan, desired, policy, .. } = &gathered.proposal;
    let limits = guard::Limits { allow_escalation: true, ..guard::Limits::default() };
    let refusals = guard::refusals(plan, &limits, desired, policy, &gathered.directory);
    if let Some(refusal) = refusals.first() {
        let error = Diagnostic::error(
            DiagnosticCode::ProtectedUser,
            &document.roles[0].name.span,
            refusal.message.as_str(),
        );
        return Ok(Err(vec![error.help(refusal.help.as_str())]));
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
        let line = diagnostic.span.as_ref().map_or(1, |span| sources.location(span).line) + ours;
        // A line end in it would end the comment, and the rest would be taken for the definition
        out += &format!("{REMARK}line {line}: {}\n", escape::visible(&diagnostic.message));
        if let Some(help) = &diagnostic.help {
            out += &format!("{REMARK}    {}\n", escape::visible(help));
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
        let (_, diagnostics) = parse(0, text);
        let shown = remarks(&diagnostics, text) + text;
        assert!(shown.starts_with("#! line 5: unknown key role in the document\n"), "{shown}");
        assert_eq!(shown.lines().nth(4), Some("role: 1"));
        assert_eq!(without_remarks(&shown), text);
    }

    #[test]
    fn a_remark_never_becomes_a_part_of_the_definition() {
        for hostile in crate::testing::hostile::TEXTS {
            let span = crate::definition::span::Span { file: 0, range: 0..0 };
            let wrong = Diagnostic::error(DiagnosticCode::UnknownUser, &span, *hostile).help(*hostile);
            let shown = remarks(&[wrong], "roles: []\n");
            assert_eq!(shown.lines().count(), 2);
            assert_eq!(crate::testing::hostile::terminal(&shown), [""; 0]);
            assert_eq!(without_remarks(&shown), "");
        }
    }
}
