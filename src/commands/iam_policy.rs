//! `iam-policy`: policies of IAM that allow what commands call, or deny what opens a mailbox.

use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use futures::future::try_join;

use crate::config::Format;
use crate::context::{Connection, Context};
use crate::error::CommandError;
use crate::escape;
use crate::exit_code::ExitCode;
use crate::expiry::Expires;
use crate::fetch::organization::describe;
use crate::fetch::principals::{find_role, role_id};
use crate::iam::calls;
use crate::iam::policy::{self, Limits, Policy, Scope};
use crate::id::RoleId;
use crate::organization::Organization;
use crate::workmail::operation::Operation;
use crate::workmail::{self, ErrorKind, REGIONS, Reader};

/// `iam-policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum IamPolicyCommand {
    /// Allow one role to be assumed
    ///
    /// The policy names the role: IAM can limit AssumeImpersonationRole to a role, and no other action. With the ids of role and organization, assume needs nothing else.
    Assume(AssumeArgs),
    /// Allow everything but tokens: reading, and changing every role
    #[command(after_long_help = "\
Examples:
  wmrole iam-policy admin >admin.json
  # In the organization that is meant, where there are several
  wmrole iam-policy admin --organization acme >admin.json")]
    Admin,
    /// Allow the commands that only read
    #[command(after_long_help = "\
Examples:
  wmrole iam-policy read >read.json
  # In the organization that is meant, where there are several
  wmrole iam-policy read --organization acme >read.json")]
    Read,
    /// Allow a job to plan: diff, export, test and validate
    #[command(after_long_help = "\
Examples:
  wmrole iam-policy ci-plan >ci-plan.json
  # In the organization that is meant, where there are several
  wmrole iam-policy ci-plan --organization acme >ci-plan.json")]
    CiPlan,
    /// Allow a job to apply what was planned
    #[command(after_long_help = "\
Examples:
  wmrole iam-policy ci-apply >ci-apply.json
  # In the organization that is meant, where there are several
  wmrole iam-policy ci-apply --organization acme >ci-apply.json")]
    CiApply,
    /// Deny all that could open a mailbox, as the last step of leaving
    ///
    /// In the organization that is given, else in every organization of the account. Roles, users and permissions can still be deleted; nothing that changes a role works any more.
    #[command(after_long_help = "\
Examples:
  # For a service control policy, or for everyone who can call WorkMail
  wmrole iam-policy freeze >freeze.json
  # In one organization alone
  wmrole iam-policy freeze --organization acme >freeze.json")]
    Freeze,
}

/// `iam-policy assume`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wmrole iam-policy assume Migration >assume.json
  # Until the end of that day, UTC, and only with a second factor
  wmrole iam-policy assume Migration --until 2027-01-31 --mfa")]
pub(crate) struct AssumeArgs {
    /// The role's name or id
    pub role: String,
    /// Only until the end of this day (UTC), this RFC 3339 time, or for a duration like 2w or 36h
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Only with a second factor; never with keys that last
    #[arg(long)]
    pub mfa: bool,
    /// Only calls to this Region
    #[arg(long, value_name = "REGION", value_parser = clap::builder::PossibleValuesParser::new(REGIONS))]
    pub source_region: Option<String>,
    /// Only accounts of this organization of AWS Organizations
    #[arg(long, value_name = "ORG-ID", value_parser = principal_org)]
    pub principal_org: Option<String>,
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

/// `o-` and 10 to 32 small letters and digits (documented).
fn principal_org(text: &str) -> Result<String, &'static str> {
    let id = text.strip_prefix("o-").unwrap_or_default();
    let is_id = (10..=32).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if is_id { Ok(text.to_owned()) } else { Err("not an id of AWS Organizations, as o-a1b2c3d4e5") }
}

/// Prints a policy.
///
/// # Errors
/// When the role or the organization is not there, or a read fails.
pub(super) async fn run(context: &Context, command: &IamPolicyCommand) -> anyhow::Result<ExitCode> {
    let (policy, notes) = match command {
        IamPolicyCommand::Assume(args) => assume(context, args).await?,
        IamPolicyCommand::Freeze => freeze(context).await?,
        IamPolicyCommand::Admin => allowing(context, &calls::of_administrators(), policy::allowing).await?,
        IamPolicyCommand::Read => allowing(context, &calls::of_readers(), policy::allowing).await?,
        IamPolicyCommand::CiPlan => allowing(context, &calls::of(calls::OF_CI_PLAN), policy::of_job).await?,
        IamPolicyCommand::CiApply => {
            allowing(context, &calls::of(calls::OF_CI_APPLY), policy::of_job).await?
        }
    };
    context.ui.print_verbatim(&(escape::json::pretty(&policy)? + "\n"))?;
    notes.into_iter().for_each(|note| context.ui.status(note));
    Ok(ExitCode::Done)
}

/// The policy, and what to say of it.
type Noted = (Policy, Vec<String>);

async fn allowing(
    context: &Context,
    operations: &BTreeSet<Operation>,
    policy: fn(&BTreeSet<Operation>, &Scope) -> Policy,
) -> anyhow::Result<Noted> {
    let (_connection, reader, organization) = open(context).await?;
    let organization = describe(&reader, organization).await?;
    let (scope, mut notes) = scope(context, &organization)?;
    notes.extend(calls::not_allowed(operations));
    Ok((policy(operations, &scope), notes))
}

async fn assume(context: &Context, args: &AssumeArgs) -> anyhow::Result<Noted> {
    let AssumeArgs { role, until, mfa, source_region, principal_org } = args;
    let now = context.config.system.now();
    let until = until.as_deref().map(|text| Expires::parse_from(text, now)).transpose();
    let until = until.map_err(|error| CommandError::usage(format!("--until: {error}")))?;
    if let Some(until) = until.as_ref().filter(|until| until.has_passed(now)) {
        let message = format!("--until {until} has passed: the policy would allow nothing");
        return Err(CommandError::usage(message).into());
    }
    let (_connection, reader, organization) = open(context).await?;
    if let Some(region) = source_region.as_ref().filter(|region| **region != organization.region) {
        let message = format!(
            "the organization is in {}: with --source-region {region}, the policy would allow nothing",
            organization.region
        );
        return Err(CommandError::usage(message).into());
    }
    let organization = async { Ok(describe(&reader, organization).await?) };
    let (organization, (id, found)) = try_join(organization, role_or_id(&reader, role)).await?;
    let (scope, mut notes) = scope(context, &organization)?;
    let limits = Limits {
        mfa: *mfa,
        region: source_region.clone(),
        principal_org: principal_org.clone(),
        until: until.map(|until| until.end()),
    };
    let policy = policy::assume(&scope, &id, &limits).context("no policy can name this role")?;
    if !found {
        notes.push(format!("role {id} was not looked up: IAM does not allow it here"));
    }
    notes.push(format!(
        "whom the role reaches stands in its rules, not in this policy: wmrole access --role {id}"
    ));
    notes.push("workmail:ImpersonationRoleId limits AssumeImpersonationRole alone; no other action can be limited to a role".into());
    notes.push(format!("the policy suffices for: wmrole assume {id} --organization {}", organization.id));
    Ok((policy, notes))
}

async fn freeze(context: &Context) -> anyhow::Result<Noted> {
    let (scope, mut notes) = match context.config.organization {
        None => (None, vec!["it holds for every organization of the account, in every Region".to_owned()]),
        Some(_) => {
            let (_connection, reader, organization) = open(context).await?;
            let organization = describe(&reader, organization).await?;
            let (scope, mut notes) = scope(context, &organization)?;
            notes.push(format!("it holds for {} alone; other organizations stay open", organization.label()));
            (Some(scope), notes)
        }
    };
    notes.push("with it, `expire` and `edit` no longer work, nor `create`, `apply`, `undo` and `assume`: it is the last step. `delete` still works".into());
    notes.push("it denies nobody to whom it is not attached, and no sign-in with a password or a token that is there already".into());
    Ok((policy::freeze(scope.as_ref()), notes))
}

async fn open(context: &Context) -> anyhow::Result<(Connection, Reader, Organization)> {
    let (connection, organization) = Connection::open(&context.config, &context.ui).await?;
    let reader = connection.account.reader(&organization);
    Ok((connection, reader, organization))
}

/// The organization as policies name it, and what to say where its account is not known.
fn scope(context: &Context, organization: &Organization) -> anyhow::Result<(Scope, Vec<String>)> {
    context.say_where(organization);
    let scope = Scope::of(organization).context("no policy can name this organization")?;
    let note = organization.account.is_none().then(|| {
        "the account is not known, since IAM does not allow workmail:DescribeOrganization here: * stands for it, and the organization's id is in no other account".to_owned()
    });
    Ok((scope, note.into_iter().collect()))
}

/// The id of a role, and whether it was looked up: whoever may read no roles can give the id.
async fn role_or_id(reader: &Reader, text: &str) -> anyhow::Result<(RoleId, bool)> {
    match find_role(reader, text).await {
        Ok(live) => Ok((live.id, true)),
        Err(error) => {
            let kind = error.downcast_ref::<workmail::Error>().map(workmail::Error::kind);
            match (kind, role_id(text)) {
                (Some(ErrorKind::AccessDenied { .. }), Some(id)) => Ok((id, false)),
                _ => Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_of_aws_organizations_is_no_pattern() {
        assert!(principal_org("o-a1b2c3d4e5").is_ok());
        for wrong in ["", "o-", "o-a1b2c3d4e", "m-ac3e0000000000000000000000000001", "o-*", "o-${aws:userid}"]
        {
            assert!(principal_org(wrong).is_err(), "{wrong}");
        }
    }
}
