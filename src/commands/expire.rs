//! `expire`: takes away what has expired, from what is live alone.

use clap::Args;
use futures::future::{join_all, try_join};

use crate::args::NamingFlag;
use crate::change::{self, Question};
use crate::config::Format;
use crate::context::{Connection, Context};
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, Severity, has_errors};
use crate::definition::span::Sources;
use crate::directory::Directory;
use crate::error;
use crate::exit_code::{Ended, ExitCode, merge};
use crate::expiry::Expires;
use crate::fetch::organization::describe;
use crate::fetch::principals::chosen_roles;
use crate::fetch::roles::{canonical_roles, directory_for};
use crate::output::plans::{self, Purpose};
use crate::output::style::Line;
use crate::output::text::place;
use crate::plan::set::{OrganizationPlan, PlanSet};
use crate::plan::{self, Plan};
use crate::role::{Effect, LimitViolation, LiveRole, Role, limit_violations};
use crate::workmail::Reader;

/// `expire`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Nothing at AWS ends a role: run it from cron or a timer. It needs no files, asks nothing for dates that have passed, and \
running it again does nothing. A role keeps its date in its description. A rule goes with its own: a definition that \
has the rule and no `expires` would give its access again, which a warning says.

Examples:
  # What has expired, in every role
  wmrole expire
  # For a monitor: ends with 3 where access is open that should not be
  wmrole expire --dry-run --exit-code
  # Shut a role at once, and keep its id
  wmrole expire Migration --now --yes")]
pub(crate) struct ExpireArgs {
    /// The roles' names or ids [default: every role]
    #[arg(value_name = "ROLE", required_if_eq("now", "true"))]
    pub roles: Vec<String>,
    /// Shut these roles now, whatever their dates: all ALLOW rules go, DENY rules and the id stay, and the role expires
    /// now, so that no definition opens it again without a later date
    #[arg(long)]
    pub now: bool,
    /// End with 3 when something is past its date, or a date cannot be read; also when it was taken away
    #[arg(long, conflicts_with = "now")]
    pub exit_code: bool,
    /// Who is named.
    #[command(flatten)]
    pub naming: NamingFlag,
}

/// Does the result have this format?
pub(super) fn has_format(format: Format) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Markdown | Format::Github | Format::Junit | Format::Csv | Format::Sarif | Format::Mermaid => {
            false
        }
    }
}

/// Takes away what has expired. A role that cannot be read does not keep the others open.
///
/// # Errors
/// When the list of roles cannot be read, a role is not there, or, with `--now`, the change is declined.
pub(super) async fn run(context: &Context, args: &ExpireArgs) -> anyhow::Result<ExitCode> {
    context.ui.spinner("reading roles");
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let writer = connection.account.writer(&organization);
    let (organization, (mut roles, mut diagnostics)) =
        try_join(async { Ok(describe(&writer, organization).await?) }, read_roles(&writer, &args.roles))
            .await?;
    diagnostics.extend(roles.iter().flat_map(unreadable));
    let now = context.config.system.now();
    let end = Expires::at(now)?;
    let after = |live: &LiveRole| if args.now { shut(live, &end) } else { live.role.at(now) };
    roles.retain(|live| !live.role.same_as(&after(live)));
    let directory = match roles.is_empty() {
        true => Directory::default(),
        false => directory_for(&writer, &roles.iter().collect::<Vec<_>>()).await?,
    };
    // Only now are lists joined that were split, and users known by one id
    let roles = canonical_roles(roles, &directory);
    let changes = roles.iter().filter_map(|live| plan::change_of_role(&after(live), Some(live), &directory));
    let plan = Plan::new(changes.collect(), Vec::new(), Vec::new());
    if !args.now {
        diagnostics.extend(roles.iter().flat_map(|live| leave_no_trace(live, now)));
    }
    context.ui.diagnostics(&diagnostics, &Sources::default());
    for live in &roles {
        if !args.now {
            say_expired(context, live, now);
        } else if has_no_room(&live.role.shut(end.clone())) {
            let name = &live.role.name;
            context.ui.warn(format!("the description of {name} has no room to say that it was shut"));
        }
    }
    let found =
        !roles.is_empty() || diagnostics.iter().any(|one| one.code == DiagnosticCode::UnreadableExpiry);
    let failed = has_errors(&diagnostics);
    let place = place::short(&context.config, &organization);
    let plan =
        OrganizationPlan { warnings: diagnostics, ..OrganizationPlan::new(organization, plan, directory) };
    let set = PlanSet::one(plan);
    let code = if set.changes() > 0 {
        let question = match &roles[..] {
            _ if !args.now => Question::Nothing,
            [live] => Question::Change(format!("Shut role {}", live.role.name)),
            several => Question::Change(format!("Shut {} roles", several.len())),
        };
        change::carry_out(context, &connection, &set, question).await?
    } else {
        let what = match (args.now, failed) {
            (true, _) => "No changes: shut already",
            (false, true) => "No changes: nothing that could be read has expired",
            (false, false) => "No changes: nothing has expired",
        };
        context.ui.status(format!("{what} in {place}"));
        let purpose = if context.config.dry_run { Purpose::Show } else { Purpose::Execute };
        plans::write(&context.ui, &set, purpose, &[])?;
        ExitCode::Done
    };
    let changed = set.changes() > 0 && !context.config.dry_run;
    Ok(match code {
        code if failed => merge(&[Ended { code, changed }, Ended::unchanged(ExitCode::Failed)]),
        ExitCode::Done if args.exit_code && found => ExitCode::Negative,
        code => code,
    })
}

/// The roles of these names or ids, else all, and which could not be read. One that is deleted in between is in
/// neither.
async fn read_roles(reader: &Reader, texts: &[String]) -> anyhow::Result<(Vec<LiveRole>, Vec<Diagnostic>)> {
    let all = reader.roles().await?;
    let chosen = if texts.is_empty() { all.iter().collect() } else { chosen_roles(&all, texts)? };
    let read = join_all(chosen.iter().map(|role| reader.role(&role.id))).await;
    let (mut roles, mut wrong) = (Vec::new(), Vec::new());
    for (role, read) in chosen.iter().zip(read) {
        match read {
            Ok(Some(live)) if live.rules_unknown => {
                let message = format!("the service gave no list of the rules of role {}", role.name);
                wrong.push(diagnostic(DiagnosticCode::UnreadableRole, Severity::Error, message));
            }
            Ok(live) => roles.extend(live),
            // It says of one what holds for all
            Err(error) if chosen.len() == 1 => return Err(error.into()),
            Err(error) => {
                let message =
                    error::in_full(&anyhow::Error::from(error).context(format!("role {}", role.name)));
                wrong.push(diagnostic(DiagnosticCode::UnreadableRole, Severity::Error, message));
            }
        }
    }
    Ok((roles, wrong))
}

fn diagnostic(code: DiagnosticCode, severity: Severity, message: String) -> Diagnostic {
    let (span, label, help, related) = Default::default();
    Diagnostic { code, severity, message, span, label, help, related }
}

/// The lines of a role that begin as one that says when access ends and do not parse: nothing ends by them.
fn unreadable(live: &LiveRole) -> Vec<Diagnostic> {
    let one = |(_, message)| diagnostic(DiagnosticCode::UnreadableExpiry, Severity::Warning, message);
    live.role.unreadable_expiries().into_iter().map(one).collect()
}

/// Of the rules that go by a date of their own: with them goes the date, and a definition that never had it gives the
/// access again. A role keeps its date.
fn leave_no_trace(live: &LiveRole, now: jiff::Timestamp) -> impl Iterator<Item = Diagnostic> {
    let Role { name, expires, rules, .. } = &live.role;
    let is_over = expires.as_ref().is_some_and(|end| end.has_passed(now));
    let allow = rules.iter().filter(move |rule| !is_over && rule.effect == Effect::Allow);
    allow.filter_map(move |rule| {
        let end = rule.expires.as_ref().filter(|end| end.has_passed(now))?;
        let message = format!(
            "rule {} of {name} is taken away with its date; the next `apply` of a definition that has the rule and no \
             `expires` gives its access again, without an end",
            rule.label()
        );
        let one = diagnostic(DiagnosticCode::UndeclaredExpiry, Severity::Warning, message);
        Some(one.help(format!("write `expires: {end}` at the rule in that definition, or take the rule out of it")))
    })
}

/// The role without ALLOW rules. Where its description has no room for the line, its own end stays.
fn shut(live: &LiveRole, end: &Expires) -> Role {
    let shut = live.role.shut(end.clone());
    match has_no_room(&shut) {
        true => Role { expires: live.role.expires.clone(), ..shut },
        false => shut,
    }
}

/// Is the description too long with the line that says when the role ends?
fn has_no_room(role: &Role) -> bool {
    let is_long = |one: &LimitViolation| matches!(one, LimitViolation::LongDescription { rule: None, .. });
    limit_violations(role).iter().any(is_long)
}

/// Says what of a role has expired, and when.
fn say_expired(context: &Context, live: &LiveRole, now: jiff::Timestamp) {
    let Role { name, expires, rules, .. } = &live.role;
    if let Some(end) = expires.as_ref().filter(|end| end.has_passed(now)) {
        context.ui.report_line(&Line::from(format!("{name} expired {}", end.in_sentence())));
        return;
    }
    for rule in rules.iter().filter(|rule| rule.effect == Effect::Allow) {
        if let Some(end) = rule.expires.as_ref().filter(|end| end.has_passed(now)) {
            let text = format!("rule {} of {name} expired {}", rule.label(), end.in_sentence());
            context.ui.report_line(&Line::from(text));
        }
    }
}
