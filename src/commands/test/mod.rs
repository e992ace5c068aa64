//! `test`: may a role impersonate these users?

mod expectations;

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::args::Principal;
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::directory::User;
use crate::exit_code::ExitCode;
use crate::expectation::{Answer, AnswerSource};
use crate::fetch;
use crate::fetch::principals;
use crate::fetch::principals::find_role;
use crate::output::json::test::TestDocument;
use crate::output::style::{Line, Tone};
use crate::role::Effect;

/// `test`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # Ends with 0 when all are allowed, with 3 when one is denied
  wmrole test 'Ticket triage' alice@example.com bob
  wmrole test 'Ticket triage' frank@example.com
  # Every expect of the definitions, as a test report
  wmrole test -f roles/ -o junit >results.xml")]
pub(crate) struct TestArgs {
    /// The role's name or id
    #[arg(required_unless_present = "file")]
    pub role: Option<String>,
    /// The users, by address, user name or id
    #[arg(required_unless_present = "file", value_name = "USER", value_parser = Principal)]
    pub users: Vec<String>,
    /// Run every `expect` of these definitions; files or directories, `-` reads stdin
    #[arg(short, long, num_args = 1.., conflicts_with_all = ["role", "users"], value_hint = ValueHint::AnyPath)]
    pub file: Vec<PathBuf>,
    /// Evaluate here instead of asking the service: the live rules, or with --file the definitions
    #[arg(long)]
    pub offline: bool,
}

/// Does the result have this format? Those of expectations are more than those of answers about users.
pub(super) fn has_format(format: Format, of_expectations: bool) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Junit | Format::Github => of_expectations,
        Format::Markdown | Format::Csv => false,
    }
}

/// Asks the service, or evaluates the live rules here.
///
/// # Errors
/// When the role or a user is not there, or a call fails.
pub(super) async fn run(context: &Context, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let Some(role) = &args.role else { return expectations::run(context, &args.file, args.offline).await };
    context.ui.spinner("asking what the role may do");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    context.say_where(&organization);
    let names = principals::user_names(&args.users)?;
    let (live, mut directory) = futures::future::try_join(find_role(&reader, role), async {
        Ok(fetch::directory::read_names(&reader, &names, &std::collections::BTreeSet::new()).await?)
    })
    .await?;
    principals::user_ids(&args.users, &reader, &mut directory, principals::name_its_members).await?;
    let live = directory.canonical(live);
    let users: Vec<&User> = args.users.iter().filter_map(|name| directory.find_user(name)).collect();
    let answers = futures::future::try_join_all(users.iter().map(|user| async {
        let role_type = live.role.role_type;
        if args.offline {
            return Ok(Answer::of_rules(role_type, &live.role.rules, &user.id, &directory));
        }
        fetch::effect::effect(&reader, &live.id, role_type, user).await
    }))
    .await?;
    let source = if args.offline { AnswerSource::Offline } else { AnswerSource::Service };
    if context.ui.is_table() {
        let rows: Vec<_> = users.iter().zip(&answers).map(|(user, answer)| row(user, answer)).collect();
        let header = ["USER", "EFFECT", "TYPE", "DECIDED BY"];
        context.ui.fitting_table(&header, &rows, &["DECIDED BY", "TYPE"])?;
    } else {
        let answers = users.iter().copied().zip(&answers);
        context.ui.document(&TestDocument::of(&live, answers, source, &directory))?;
    }
    let denied = answers.iter().any(|answer| answer.effect == Effect::Deny);
    Ok(if denied { ExitCode::Negative } else { ExitCode::Done })
}

fn row(user: &User, answer: &Answer) -> Vec<Line> {
    let allowed = answer.effect == Effect::Allow;
    let (effect, kind) = (answer.effect.as_str(), answer.role_type.as_str());
    vec![
        Line::from(user.label().to_owned()),
        Line::of(if allowed { Tone::Plain } else { Tone::Loss }, effect),
        Line::of(if allowed { Tone::of_type(answer.role_type) } else { Tone::Plain }, kind),
        Line::from(answer.because(Some(user))),
    ]
}
