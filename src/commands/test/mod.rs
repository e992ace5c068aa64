//! `test`: may a role impersonate these users, and does its mailbox open?

mod expectations;
mod waiting;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use self::waiting::Waited;
use crate::args::{Principal, duration};
use crate::config::Format;
use crate::context::secrecy::forbid_core_dumps;
use crate::context::{Connection, Context};
use crate::directory::User;
use crate::error::CommandError;
use crate::ews::client::{EwsClient, EwsLimits};
use crate::exit_code::ExitCode;
use crate::expectation::AnswerSource;
use crate::fetch;
use crate::fetch::gates::{GateAsker, MailboxAsker, Tested};
use crate::fetch::principals;
use crate::fetch::principals::find_role;
use crate::gates::{Gates, Verdict, together};
use crate::organization::Organization;
use crate::output::json::test::{TestDocument, TestResult};
use crate::output::text::gates::{Columns, FIRST_TO_GO, Note, Question, csv};
use crate::output::text::role::still_open;
use crate::role::Effect;
use crate::user_list;

/// `test`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Three gates stand between a role and a mailbox: the role's rules, the organization's access control rules (--ip), and the mailbox itself (--ews), which follows a change up to five minutes late. A mailbox that opened is ALLOW, whatever the rules say. A gate that cannot be asked is UNKNOWN, and the exit code 1.

Examples:
  # Ends with 0 when all are allowed, with 3 when one is denied
  wmrole test 'Ticket triage' alice@example.com bob
  # Does it work right now, and if not, which gate refuses?
  wmrole test 'Ticket triage' alice --ip 203.0.113.9 --ews --wait 5m
  # Every expect of the definitions, as a test report
  wmrole test -f roles/ -o junit >results.xml")]
pub(crate) struct TestArgs {
    /// The role's name or id
    #[arg(required_unless_present = "file")]
    pub role: Option<String>,
    /// The users, by address, user name or id; @FILE or @- reads one a line, or a CSV
    #[arg(required_unless_present = "file", value_name = "USER", value_parser = Principal)]
    pub users: Vec<String>,
    /// Run every `expect` of these definitions; files or directories, `-` reads stdin
    #[arg(short, long, num_args = 1.., conflicts_with_all = ["role", "users"], value_hint = ValueHint::AnyPath)]
    pub file: Vec<PathBuf>,
    /// Evaluate here instead of asking the service: the live rules, or with --file the definitions
    #[arg(long)]
    pub offline: bool,
    /// Ask also whether the access control rules let the role use EWS from this IPv4 address
    #[arg(long, value_name = "ADDRESS", value_parser = ipv4, conflicts_with = "file")]
    pub ip: Option<Ipv4Addr>,
    /// Assume the role and open each user's inbox over EWS, from this machine; changes nothing
    #[arg(long, conflicts_with_all = ["file", "offline"])]
    pub ews: bool,
    /// Ask again until each mailbox agrees with the rules, or gives the answer of --expect; after this time end with 3
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "ews")]
    pub wait: Option<Duration>,
    /// End with 0 when this is the answer for every user, else with 3
    #[arg(long, value_enum, value_name = "ANSWER", conflicts_with = "file")]
    pub expect: Option<Expected>,
}

/// The answer that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expected {
    Allow,
    Deny,
}

impl From<Expected> for Effect {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Allow => Self::Allow,
            Expected::Deny => Self::Deny,
        }
    }
}

/// An address as access control rules have them.
fn ipv4(text: &str) -> Result<Ipv4Addr, &'static str> {
    match text.parse() {
        Ok(IpAddr::V4(address)) => Ok(address),
        Ok(IpAddr::V6(_)) => Err("this is an IPv6 address, and access control rules take IPv4 alone"),
        Err(_) => Err("an IPv4 address is wanted, as 203.0.113.9"),
    }
}

/// Does the result have this format? Those of expectations are more than those of answers about users.
pub(super) fn has_format(format: Format, of_expectations: bool) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Junit | Format::Github => of_expectations,
        Format::Csv => !of_expectations,
        Format::Markdown | Format::Sarif | Format::Mermaid => false,
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
    let mailboxes = match args.ews {
        true => Some(mailboxes(context, &connection, &organization)?),
        false => None,
    };
    let reader = connection.account.reader(&organization);
    context.say_where(&organization);
    let [named] = user_list::read([&args.users])?;
    let names = principals::user_names(&named)?;
    let (live, mut directory) = futures::future::try_join(find_role(&reader, role), async {
        Ok(fetch::directory::read_names(&reader, &names, &BTreeSet::new()).await?)
    })
    .await?;
    let hint = principals::name_its_members;
    let ids = principals::user_ids(&named, &reader, &mut directory, hint).await?;
    let live = directory.canonical(live);
    // Two spellings of a user are one user
    let mut seen = BTreeSet::new();
    let (given, users): (Vec<&str>, Vec<&User>) = named
        .iter()
        .zip(&ids)
        .filter(|(_, id)| seen.insert(*id))
        .filter_map(|(named, id)| Some((named.text.as_str(), directory.user(id)?)))
        .unzip();
    let expected = args.expect.map(Effect::from);
    let asker = GateAsker {
        reader: &reader,
        live: &live,
        directory: &directory,
        offline: args.offline,
        address: args.ip,
        mailboxes,
    };
    let Waited { tested, gave_up } =
        waiting::until_settled(&context.ui, asker, &users, args.wait, expected).await?;
    let columns = Columns { address: args.ip, mailbox: args.ews };
    if context.ui.is_table() {
        let rows = users.iter().zip(&tested);
        let rows: Vec<_> =
            rows.map(|(user, Tested { answer, gates })| columns.row(user.label(), answer, gates)).collect();
        context.ui.fitting_table(&columns.header(), &rows, &FIRST_TO_GO)?;
    } else {
        let source = if args.offline { AnswerSource::Offline } else { AnswerSource::Service };
        let results = given.iter().zip(&users).zip(&tested);
        let results = results.map(|((given, user), Tested { answer, gates })| TestResult {
            given,
            user,
            answer,
            gates,
            shows_gates: columns.any(),
            source,
        });
        match context.ui.format {
            Format::Csv => context.ui.print(&csv(results)?)?,
            _ => context.ui.document(&TestDocument::of(&live, results, &directory))?,
        }
    }
    let wanted = expected.unwrap_or(Effect::Allow);
    let question = Question { role: &live.role.name, columns, wanted, waited: args.wait.is_some() };
    let labelled: Vec<(&str, &Gates)> =
        users.iter().zip(&tested).map(|(user, one)| (user.label(), &one.gates)).collect();
    say(context, question.notes(&labelled));
    still_open(&live.role, context.config.system.now()).for_each(|text| context.ui.warn(text));
    Ok(ended(together(tested.iter().map(|one| &one.gates), wanted), gave_up))
}

/// How the call ends. What is not known is no denial.
fn ended(as_wanted: Verdict, gave_up: bool) -> ExitCode {
    match as_wanted {
        Verdict::Unknown => ExitCode::Failed,
        Verdict::Allow if !gave_up => ExitCode::Done,
        Verdict::Allow | Verdict::Deny => ExitCode::Negative,
    }
}

/// Gets ready to open mailboxes; no token is asked for yet.
///
/// # Errors
/// When a token could not be sent to EWS, or must not.
fn mailboxes(
    context: &Context,
    connection: &Connection,
    organization: &Organization,
) -> anyhow::Result<MailboxAsker> {
    let config = &context.config;
    let url = connection.ews_url_meanwhile()?;
    connection.check_token_is_covered(config)?;
    let client = EwsClient::new(&url, EwsLimits::default()).map_err(|failure| {
        let error = CommandError::failed(format!("EWS at {url} cannot be called: {failure}"));
        failure.remedy().into_iter().fold(error, CommandError::hint)
    })?;
    forbid_core_dumps();
    Ok(MailboxAsker::new(connection.account.writer(organization), client, config.concurrency))
}

fn say(context: &Context, notes: Vec<Note>) {
    for note in notes {
        match note {
            Note::Error(message, help) => context.ui.error_message(&message, help.as_deref()),
            Note::Warning(text) => context.ui.warn(text),
            Note::Hint(text) => context.ui.hint(text),
        }
    }
}

#[cfg(test)]
mod tests;
