//! The SDK's values and the crate's, both ways.
//!
//! A value that the service does not document is an error, never a default: an unknown effect must
//! not become a known one.

use std::fmt::Debug;

use aws_sdk_workmail::operation::describe_group::DescribeGroupOutput;
use aws_sdk_workmail::operation::describe_organization::DescribeOrganizationOutput;
use aws_sdk_workmail::operation::describe_user::DescribeUserOutput;
use aws_sdk_workmail::operation::get_impersonation_role::GetImpersonationRoleOutput;
use aws_sdk_workmail::types as sdk;
use jiff::Timestamp;

use super::response::{GroupSummary, MatchedRule};
use crate::directory::access_control::AccessControlRule;
use crate::directory::doors::{ExportJob, ExportState, PersonalAccessToken};
use crate::directory::permissions::{MailboxPermission, Resource};
use crate::directory::{GroupId, Member, State, User};
use crate::expiry::Expires;
use crate::id::{EntityName, OrganizationId, RoleId, RuleId, UserId};
use crate::organization::Organization;
use crate::role::{
    Description, Effect, LiveRole, Role, RoleName, RoleSummary, RoleType, Rule, RuleName, Targets, UserSet,
};

/// What is wrong with a response, as `the type of a role is "SUPER"`.
pub(super) type UnexpectedField = String;

fn unknown(what: &str, value: &impl Debug) -> UnexpectedField {
    format!("{what} is {value:?}")
}

/// A field that every response has.
pub(super) fn required<T>(what: &str, value: Option<T>) -> Result<T, UnexpectedField> {
    value.ok_or_else(|| format!("{what} is missing"))
}

pub(super) fn timestamp(time: Option<aws_sdk_workmail::primitives::DateTime>) -> Option<Timestamp> {
    let time = time?;
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// A time as HTTP writes it: `Tue, 24 Nov 2026 12:00:00 GMT`.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    use aws_sdk_workmail::primitives::{DateTime, DateTimeFormat};
    timestamp(DateTime::from_str(text, DateTimeFormat::HttpDate).ok())
}

/// An organization of a list. The account is not in it.
pub(super) fn organization_summary(
    summary: sdk::OrganizationSummary,
    region: &str,
) -> Result<Organization, UnexpectedField> {
    let id = OrganizationId::from_service(required("the id of an organization", summary.organization_id)?);
    Ok(Organization {
        alias: summary.alias,
        domain: summary.default_mail_domain,
        state: summary.state,
        ..Organization::of_id(id, region)
    })
}

/// The organization of this id, with its account.
pub(super) fn described_organization(
    id: &OrganizationId,
    region: &str,
    output: DescribeOrganizationOutput,
) -> Result<Organization, UnexpectedField> {
    is_asked("organization", id.as_str(), Some(output.organization_id.as_deref().unwrap_or(id.as_str())))?;
    Ok(Organization {
        alias: output.alias,
        domain: output.default_mail_domain,
        state: output.state,
        migration_admin: output.migration_admin.filter(|id| !id.is_empty()).map(UserId::from_service),
        account: output.arn.as_deref().and_then(account_of).map(str::to_owned),
        ..Organization::of_id(id.clone(), region)
    })
}

/// `arn:aws:workmail:REGION:ACCOUNT:organization/…`
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

pub(super) fn role_type(value: Option<sdk::ImpersonationRoleType>) -> Result<RoleType, UnexpectedField> {
    match required("the type of a role", value)? {
        sdk::ImpersonationRoleType::ReadOnly => Ok(RoleType::ReadOnly),
        sdk::ImpersonationRoleType::FullAccess => Ok(RoleType::FullAccess),
        other => Err(unknown("the type of a role", &other.as_str())),
    }
}

pub(super) fn sdk_role_type(role_type: RoleType) -> sdk::ImpersonationRoleType {
    match role_type {
        RoleType::ReadOnly => sdk::ImpersonationRoleType::ReadOnly,
        RoleType::FullAccess => sdk::ImpersonationRoleType::FullAccess,
    }
}

pub(super) fn effect(value: &sdk::AccessEffect) -> Result<Effect, UnexpectedField> {
    match value {
        sdk::AccessEffect::Allow => Ok(Effect::Allow),
        sdk::AccessEffect::Deny => Ok(Effect::Deny),
        other => Err(unknown("an effect", &other.as_str())),
    }
}

fn sdk_effect(effect: Effect) -> sdk::AccessEffect {
    match effect {
        Effect::Allow => sdk::AccessEffect::Allow,
        Effect::Deny => sdk::AccessEffect::Deny,
    }
}

pub(super) fn access_effect(value: Option<sdk::AccessControlRuleEffect>) -> Result<Effect, UnexpectedField> {
    match required("the effect of an access control rule", value)? {
        sdk::AccessControlRuleEffect::Allow => Ok(Effect::Allow),
        sdk::AccessControlRuleEffect::Deny => Ok(Effect::Deny),
        other => Err(unknown("the effect of an access control rule", &other.as_str())),
    }
}

fn state(value: Option<sdk::EntityState>) -> Result<State, UnexpectedField> {
    match required("the state of a user, group or resource", value)? {
        sdk::EntityState::Enabled => Ok(State::Enabled),
        sdk::EntityState::Disabled => Ok(State::Disabled),
        sdk::EntityState::Deleted => Ok(State::Deleted),
        other => Err(unknown("the state of a user, group or resource", &other.as_str())),
    }
}

/// A list that is missing or empty is no list.
fn user_set(ids: Option<Vec<String>>) -> Option<UserSet> {
    UserSet::new(ids.unwrap_or_default().into_iter().map(UserId::from_service)).ok()
}

pub(super) fn rule(rule: sdk::ImpersonationRule) -> Result<Rule, UnexpectedField> {
    let targets = match (user_set(rule.target_users), user_set(rule.not_target_users)) {
        (None, None) => Targets::Everyone,
        (Some(users), None) => Targets::Users(users),
        (None, Some(except)) => Targets::Except(except),
        (Some(users), Some(except)) => Targets::UsersExcept { users, except },
    };
    // The SDK makes a missing id an empty one
    let id = Some(rule.impersonation_rule_id).filter(|id| !id.is_empty());
    let effect = effect(&rule.effect)?;
    let (description, expires) = match effect {
        Effect::Allow => Description::read(rule.description.as_deref()),
        // A DENY rule never ends, whatever its description says
        Effect::Deny => (description(rule.description), None),
    };
    Ok(Rule {
        id: RuleId::from_service(required("the id of a rule", id)?),
        name: rule.name.filter(|name| !name.is_empty()).map(RuleName::from_service),
        description,
        expires,
        effect,
        targets,
    })
}

/// An empty description cannot be sent, so it is none.
pub(super) fn description(text: Option<String>) -> Option<Description> {
    text.filter(|text| !text.is_empty()).map(Description::from_service)
}

/// The description that is sent for one and an expiry.
pub(super) fn sdk_description(text: Option<&Description>, expires: Option<&Expires>) -> Option<String> {
    Description::write(text, expires).map(|text| text.as_str().to_owned())
}

pub(super) fn sdk_rule(rule: &Rule) -> Result<sdk::ImpersonationRule, UnexpectedField> {
    let Rule { id, name, description, expires, effect, targets } = rule;
    // A set has at least one user, so no list that is sent is empty
    let ids = |set: &UserSet| set.iter().map(|user| user.as_str().to_owned()).collect::<Vec<_>>();
    sdk::ImpersonationRule::builder()
        .impersonation_rule_id(id.as_str())
        .set_name(name.as_ref().map(|name| name.as_str().to_owned()))
        .set_description(sdk_description(description.as_ref(), expires.as_ref()))
        .effect(sdk_effect(*effect))
        .set_target_users(targets.users().map(ids))
        .set_not_target_users(targets.except().map(ids))
        .build()
        .map_err(|error| error.to_string())
}

pub(super) fn role_summary(role: sdk::ImpersonationRole) -> Result<RoleSummary, UnexpectedField> {
    Ok(RoleSummary {
        id: RoleId::from_service(required("the id of a role", role.impersonation_role_id)?),
        name: RoleName::from_service(required("the name of a role", role.name)?),
        role_type: role_type(role.r#type)?,
        created: timestamp(role.date_created),
        modified: timestamp(role.date_modified),
    })
}

/// The role of this id. The SDK's own accessors make a missing list of rules an empty one.
pub(super) fn live_role(
    id: &RoleId,
    output: GetImpersonationRoleOutput,
) -> Result<LiveRole, UnexpectedField> {
    is_asked("role", id.as_str(), output.impersonation_role_id.as_deref())?;
    let rules_unknown = output.rules.is_none();
    let (description, expires) = Description::read(output.description.as_deref());
    Ok(LiveRole {
        id: id.clone(),
        role: Role {
            name: RoleName::from_service(required("the name of a role", output.name)?),
            role_type: role_type(output.r#type)?,
            description,
            expires,
            rules: output.rules.unwrap_or_default().into_iter().map(rule).collect::<Result<_, _>>()?,
        },
        rules_unknown,
        created: timestamp(output.date_created),
        modified: timestamp(output.date_modified),
    })
}

/// The response must be about what was asked for.
fn is_asked(what: &str, asked: &str, id: Option<&str>) -> Result<(), UnexpectedField> {
    match id {
        Some(id) if id == asked => Ok(()),
        Some(other) => Err(format!("it is about {what} {other}")),
        None => Err(format!("the id of the {what} is missing")),
    }
}

/// Whoever is asked for by an id has it, or is called so. By an address or a name the service may find
/// others, as by an alias.
fn is_found(
    what: &str,
    asked: &EntityName,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<(), UnexpectedField> {
    let called = name.is_some_and(|name| name.eq_ignore_ascii_case(asked.as_str()));
    if called || !has_form_of_id(asked.as_str()) {
        return Ok(());
    }
    is_asked(what, asked.as_str(), id)
}

/// A UUID, or `S-1-1-…` (documented).
fn has_form_of_id(text: &str) -> bool {
    text.starts_with("S-1-1-") || (text.len() == 36 && uuid::Uuid::try_parse(text).is_ok())
}

pub(super) fn matched_rule(rule: sdk::ImpersonationMatchedRule) -> Result<MatchedRule, UnexpectedField> {
    Ok(MatchedRule {
        id: RuleId::from_service(required("the id of a rule", rule.impersonation_rule_id)?),
        name: rule.name.map(RuleName::from_service),
    })
}

pub(super) fn user(user: sdk::User) -> Result<User, UnexpectedField> {
    Ok(User {
        id: UserId::from_service(required("the id of a user", user.id)?),
        email: user.email,
        name: user.name,
        display_name: user.display_name,
        state: state(user.state)?,
    })
}

pub(super) fn described_user(asked: &EntityName, user: DescribeUserOutput) -> Result<User, UnexpectedField> {
    is_found("user", asked, user.user_id.as_deref(), user.name.as_deref())?;
    Ok(User {
        id: UserId::from_service(required("the id of a user", user.user_id)?),
        email: user.email,
        name: user.name,
        display_name: user.display_name,
        state: state(user.state)?,
    })
}

pub(super) fn group_summary(group: sdk::Group) -> Result<GroupSummary, UnexpectedField> {
    Ok(GroupSummary {
        id: GroupId::from_service(required("the id of a group", group.id)?),
        email: group.email,
        name: group.name,
        state: state(group.state)?,
    })
}

pub(super) fn described_group(
    asked: &EntityName,
    group: DescribeGroupOutput,
) -> Result<GroupSummary, UnexpectedField> {
    is_found("group", asked, group.group_id.as_deref(), group.name.as_deref())?;
    Ok(GroupSummary {
        id: GroupId::from_service(required("the id of a group", group.group_id)?),
        email: group.email,
        name: group.name,
        state: state(group.state)?,
    })
}

fn member_of(kind: &sdk::MemberType, id: String) -> Result<Member, UnexpectedField> {
    match kind {
        sdk::MemberType::User => Ok(Member::User(UserId::from_service(id))),
        sdk::MemberType::Group => Ok(Member::Group(GroupId::from_service(id))),
        other => Err(unknown("the type of a member", &other.as_str())),
    }
}

pub(super) fn member(member: sdk::Member) -> Result<Member, UnexpectedField> {
    let kind = required("the type of a member", member.r#type)?;
    member_of(&kind, required("the id of a member", member.id)?)
}

pub(super) fn permission(permission: sdk::Permission) -> Result<MailboxPermission, UnexpectedField> {
    let grantee = member_of(&permission.grantee_type, permission.grantee_id)?;
    let mut granted =
        MailboxPermission { grantee, full_access: false, send_as: false, send_on_behalf: false };
    for value in &permission.permission_values {
        match value {
            sdk::PermissionType::FullAccess => granted.full_access = true,
            sdk::PermissionType::SendAs => granted.send_as = true,
            sdk::PermissionType::SendOnBehalf => granted.send_on_behalf = true,
            other => return Err(unknown("a mailbox permission", &other.as_str())),
        }
    }
    Ok(granted)
}

pub(super) fn personal_access_token(
    token: sdk::PersonalAccessTokenSummary,
) -> Result<PersonalAccessToken, UnexpectedField> {
    let id = required("the id of a personal access token", token.personal_access_token_id)?;
    Ok(PersonalAccessToken {
        user: UserId::from_service(required("the user of a personal access token", token.user_id)?),
        id,
        name: token.name,
        created: timestamp(token.date_created),
        last_used: timestamp(token.date_last_used),
        expires: timestamp(token.expires_time),
        scopes: token.scopes.unwrap_or_default(),
    })
}

pub(super) fn is_active(
    status: &sdk::PersonalAccessTokenConfigurationStatus,
) -> Result<bool, UnexpectedField> {
    match status {
        sdk::PersonalAccessTokenConfigurationStatus::Active => Ok(true),
        sdk::PersonalAccessTokenConfigurationStatus::Inactive => Ok(false),
        other => Err(unknown("the status of personal access tokens", &other.as_str())),
    }
}

pub(super) fn export_job(job: sdk::MailboxExportJob) -> Result<ExportJob, UnexpectedField> {
    let state = match required("the state of a mailbox export job", job.state)? {
        sdk::MailboxExportJobState::Running => ExportState::Running,
        sdk::MailboxExportJobState::Completed => ExportState::Completed,
        sdk::MailboxExportJobState::Failed => ExportState::Failed,
        sdk::MailboxExportJobState::Cancelled => ExportState::Cancelled,
        other => return Err(unknown("the state of a mailbox export job", &other.as_str())),
    };
    let path = job.s3_path.unwrap_or_default();
    Ok(ExportJob {
        id: required("the id of a mailbox export job", job.job_id)?,
        mailbox: UserId::from_service(required("the mailbox of a mailbox export job", job.entity_id)?),
        description: job.description,
        target: job.s3_bucket_name.map(|bucket| format!("s3://{bucket}/{path}")),
        state,
        started: timestamp(job.start_time),
        ended: timestamp(job.end_time),
    })
}

pub(super) fn resource(resource: sdk::Resource) -> Result<Resource, UnexpectedField> {
    Ok(Resource {
        id: UserId::from_service(required("the id of a resource", resource.id)?),
        email: resource.email,
        name: resource.name,
        state: state(resource.state)?,
    })
}

pub(super) fn access_control_rule(
    rule: sdk::AccessControlRule,
) -> Result<AccessControlRule, UnexpectedField> {
    let users =
        |ids: Option<Vec<String>>| ids.unwrap_or_default().into_iter().map(UserId::from_service).collect();
    let roles =
        |ids: Option<Vec<String>>| ids.unwrap_or_default().into_iter().map(RoleId::from_service).collect();
    Ok(AccessControlRule {
        name: required("the name of an access control rule", rule.name)?,
        effect: access_effect(rule.effect)?,
        description: rule.description,
        ip_ranges: rule.ip_ranges.unwrap_or_default(),
        not_ip_ranges: rule.not_ip_ranges.unwrap_or_default(),
        actions: rule.actions.unwrap_or_default(),
        not_actions: rule.not_actions.unwrap_or_default(),
        users: users(rule.user_ids),
        not_users: users(rule.not_user_ids),
        roles: roles(rule.impersonation_role_ids),
        not_roles: roles(rule.not_impersonation_role_ids),
    })
}
