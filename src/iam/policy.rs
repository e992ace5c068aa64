//! The policies, in IAM's own form.
//!
//! What the service answered stands in them only where it has the documented form: in a policy `*` and `${…}` mean
//! something.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::freeze::OPENING;
use crate::id::{Invalid, OrganizationId, RoleId};
use crate::organization::Organization;
use crate::workmail::REGIONS;
use crate::workmail::operation::Operation;

/// The version of IAM's language.
const VERSION: &str = "2012-10-17";

/// A policy, as IAM takes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    /// Sorted.
    action: Vec<&'static str>,
    resource: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
}

impl Statement {
    fn new(sid: &'static str, effect: &'static str, action: Vec<&'static str>, resource: &str) -> Self {
        Self { sid, effect, action, resource: resource.to_owned(), condition: BTreeMap::new() }
    }
}

impl From<Vec<Statement>> for Policy {
    fn from(statement: Vec<Statement>) -> Self {
        Self { version: VERSION, statement }
    }
}

/// The organization that a policy is about, as an ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope(String);

impl Scope {
    /// The scope of an organization. Where its account is not known, any account stands in its place: an id is one
    /// organization's alone, and no policy of another account can give access to it (documented: the service has no
    /// policies of resources).
    ///
    /// # Errors
    /// When the id, the Region or the account is not of the documented form.
    pub(crate) fn of(organization: &Organization) -> Result<Self, Invalid> {
        let id = OrganizationId::parse(organization.id.as_str())?;
        let region = organization.region.as_str();
        if !REGIONS.contains(&region) {
            let problem = format!("is {region:?}, which has no WorkMail");
            return Err(Invalid { what: "the Region of the organization", problem });
        }
        let account = match organization.account.as_deref() {
            None => "*",
            Some(account) if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
                account
            }
            Some(account) => {
                let problem = format!("is {account:?}, not 12 digits");
                return Err(Invalid { what: "the account of the organization", problem });
            }
        };
        Ok(Self(format!("arn:aws:workmail:{region}:{account}:organization/{id}")))
    }
}

/// When a role may be assumed, besides which it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// Only with a second factor.
    pub(crate) mfa: bool,
    /// Only in this Region.
    pub(crate) region: Option<String>,
    /// Only by accounts of this organization of AWS Organizations.
    pub(crate) principal_org: Option<String>,
    /// Only before this time.
    pub(crate) until: Option<Timestamp>,
}

/// Allows a role of WorkMail to be assumed.
///
/// # Errors
/// When the id is not of the documented form.
pub(crate) fn assume(scope: &Scope, role: &RoleId, limits: &Limits) -> Result<Policy, Invalid> {
    let role = RoleId::parse(role.as_str())?;
    let action = vec![Operation::AssumeImpersonationRole.iam_action()];
    let mut statement = Statement::new("AssumeOneRole", "Allow", action, &scope.0);
    let Limits { mfa, region, principal_org, until } = limits;
    let conditions = [
        ("StringEquals", "workmail:ImpersonationRoleId", Some(role.to_string())),
        ("StringEquals", "aws:RequestedRegion", region.clone()),
        ("StringEquals", "aws:PrincipalOrgID", principal_org.clone()),
        // Not `BoolIfExists`: keys that last have no such key, and would do without a second factor
        ("Bool", "aws:MultiFactorAuthPresent", mfa.then(|| "true".to_owned())),
        ("DateLessThan", "aws:CurrentTime", until.map(|time| time.to_string())),
    ];
    for (operator, key, value) in conditions {
        if let Some(value) = value {
            statement.condition.entry(operator).or_default().insert(key, value);
        }
    }
    Ok(vec![statement].into())
}

/// Allows these operations on an organization; those that name none, on all.
pub(crate) fn allowing(operations: &BTreeSet<Operation>, scope: &Scope) -> Policy {
    allow(operations, scope).into()
}

/// As [`allowing`], for a job: whatever else it is allowed, it never opens a mailbox.
pub(crate) fn of_job(operations: &BTreeSet<Operation>, scope: &Scope) -> Policy {
    let mut statements = allow(operations, scope);
    let token = vec![Operation::AssumeImpersonationRole.iam_action()];
    statements.push(Statement::new("NeverAssumeRoles", "Deny", token, "*"));
    statements.into()
}

fn allow(operations: &BTreeSet<Operation>, scope: &Scope) -> Vec<Statement> {
    let (everywhere, here): (Vec<&Operation>, Vec<_>) =
        operations.iter().partition(|operation| operation.is_of_account());
    // CloudTrail has no resources to limit it to (documented)
    let (history, everywhere): (Vec<_>, Vec<_>) =
        everywhere.into_iter().partition(|operation: &&Operation| **operation == Operation::LookupEvents);
    let actions = |operations: Vec<&Operation>| operations.into_iter().map(|one| one.iam_action()).collect();
    [
        Statement::new("FindTheOrganization", "Allow", actions(everywhere), "*"),
        Statement::new("ReadItsHistory", "Allow", actions(history), "*"),
        Statement::new("WorkOnTheOrganization", "Allow", actions(here), &scope.0),
    ]
    .into_iter()
    .filter(|statement| !statement.action.is_empty())
    .collect()
}

/// Denies all that could open a mailbox, in one organization or in all.
pub(crate) fn freeze(scope: Option<&Scope>) -> Policy {
    let resource = scope.map_or("*", |Scope(arn)| arn.as_str());
    vec![Statement::new("NobodyOpensAMailbox", "Deny", OPENING.to_vec(), resource)].into()
}

#[cfg(test)]
mod tests {
    use super::super::calls;
    use super::*;
    use crate::escape;
    use crate::testing::golden;

    fn acme() -> Organization {
        let id = OrganizationId::from_service("m-ac3e0000000000000000000000000001");
        Organization { account: Some("111122223333".into()), ..Organization::of_id(id, "us-east-1") }
    }

    fn text(policy: &Policy) -> String {
        escape::json::pretty(policy).expect("JSON") + "\n"
    }

    #[test]
    fn the_examples_for_ci_are_fresh() {
        let scope = Scope::of(&acme()).expect("a scope");
        for (file, commands) in [("plan", calls::OF_CI_PLAN), ("apply", calls::OF_CI_APPLY)] {
            let policy = of_job(&calls::of(commands), &scope);
            golden::check(&format!("examples/ci/iam/{file}.json"), &text(&policy));
        }
    }

    #[test]
    fn what_the_service_answered_is_no_pattern_in_a_policy() {
        let with = |id: &str, region: &str, account: Option<&str>| {
            let id = OrganizationId::from_service(id);
            let organization =
                Organization { account: account.map(str::to_owned), ..Organization::of_id(id, region) };
            Scope::of(&organization)
        };
        let (id, region) = ("m-ac3e0000000000000000000000000001", "us-east-1");
        for (id, region, account) in [
            ("m-*", region, None),
            ("*", region, None),
            (id, "*", None),
            (id, "us-*", None),
            (id, region, Some("*1112222333")),
            (id, region, Some("")),
            (id, region, Some("*")),
            (id, region, Some("${aws:acct}1")),
        ] {
            assert!(with(id, region, account).is_err(), "{id} {region} {account:?}");
        }
        assert_eq!(
            with(id, region, None).expect("any account").0,
            "arn:aws:workmail:us-east-1:*:organization/m-ac3e0000000000000000000000000001"
        );
        let scope = Scope::of(&acme()).expect("a scope");
        for role in ["*", "", "${aws:userid}", "a\"b"] {
            let role = RoleId::from_service(role);
            assert!(assume(&scope, &role, &Limits::default()).is_err(), "{role}");
        }
    }

    #[test]
    fn a_policy_fits_into_a_managed_one() {
        let scope = Scope::of(&acme()).expect("a scope");
        let policies = [
            allowing(&calls::of_administrators(), &scope),
            of_job(&calls::of(calls::OF_CI_APPLY), &scope),
            freeze(Some(&scope)),
        ];
        for policy in policies {
            let compact: String = text(&policy).split_whitespace().collect();
            // 5,120 of a service control policy is the smallest of IAM's limits that it must fit into
            assert!(compact.len() < 5120, "{} characters", compact.len());
        }
    }
}
