//! What `doctor` asks: calls without effect, each with a limit, and all of them together.
//!
//! Whether an operation is allowed is seen from a call about a role, a user or a group that nobody has. None of them
//! changes anything or gives a token.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join, join_all, join3};
use jiff::{SignedDuration, Timestamp};

use crate::directory::{EntityName, GroupId, UserId};
use crate::doctor::{Answer, Ews, Service, is_general};
use crate::ews::client::{EwsClient, EwsLimits};
use crate::id::{OrganizationId, RoleId};
use crate::organization::Organization;
use crate::sorted;
use crate::workmail::operation::{Operation, OperationKind};
use crate::workmail::{Account, Error, Lookup, Reader, Trail};

/// What no role, user or group is called; it is seen in CloudTrail.
const NOBODY: &str = "wmrole-doctor";
/// Events of so long are looked up, of an operation that nobody calls.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Asks the service and EWS, until `until` at the latest.
pub(crate) async fn ask(
    account: &Account,
    choice: Option<&str>,
    ews_url: Option<&str>,
    until: Instant,
) -> Service {
    // Why it is not known is said by the service's own answers
    let principal = async { tokio::time::timeout_at(until.into(), account.principal()).await.ok()?.ok() };
    let ((organization, permissions), ews, principal) =
        join3(ask_service(account, choice, until), ask_ews(ews_url, until), principal).await;
    let endpoint = account.custom_endpoint().zip(account.endpoint_source());
    Service {
        region: account.region().to_owned(),
        region_from: account.region_source(),
        endpoint: endpoint.map(|(url, from)| (url.to_owned(), from)),
        credentials: account.credentials().cloned(),
        principal,
        ahead: account.clock_ahead(),
        organization,
        permissions,
        ews,
    }
}

type Asked = (Answer<Organization>, Vec<(Operation, Answer<()>)>);

async fn ask_service(account: &Account, choice: Option<&str>, until: Instant) -> Asked {
    let (all, listing) = within(until, account.organizations()).await.apart();
    let goes_on = match &listing {
        Answer::Got(()) => true,
        Answer::Failed(error) => !is_general(error.kind()),
        Answer::Late | Answer::NotAsked => false,
    };
    let id = choice.and_then(|text| OrganizationId::parse(text).ok()).filter(|_| goes_on);
    let chosen = match (all, id) {
        (all, Some(id)) => {
            let listed = all.into_iter().flatten().find(|organization| organization.id == id);
            Answer::Got(listed.unwrap_or_else(|| Organization::of_id(id, account.region())))
        }
        (Some(all), None) => match account.choose_from(all, choice) {
            Ok(organization) => Answer::Got(organization),
            Err(error) => Answer::Failed(error),
        },
        (None, None) => Answer::NotAsked,
    };
    let (organization, mut permissions) = match chosen {
        Answer::Got(organization) => {
            let reader = account.reader(&organization);
            let describe = within(until, reader.describe_organization());
            let (described, mut permissions) =
                join(describe, ask_permissions(&reader, &account.trail(), until)).await;
            let (described, answer) = described.apart();
            permissions.push((Operation::DescribeOrganization, answer));
            (Answer::Got(described.unwrap_or(organization)), permissions)
        }
        other => {
            let apart = [Operation::ListOrganizations];
            let reads = Operation::ALL.iter().filter(|one| one.kind() == OperationKind::Read);
            let reads = reads.filter(|one| !apart.contains(one));
            (other, reads.map(|one| (*one, Answer::NotAsked)).collect())
        }
    };
    permissions.push((Operation::ListOrganizations, listing));
    sorted::by_key(&mut permissions, |(operation, _)| *operation);
    (organization, permissions)
}

/// One call of each operation that reads an organization, all at once.
async fn ask_permissions(reader: &Reader, trail: &Trail, until: Instant) -> Vec<(Operation, Answer<()>)> {
    let role = &RoleId::from_service(NOBODY);
    let name = &EntityName::from_service(NOBODY);
    let user = &UserId::from_service(NOBODY);
    let group = &GroupId::from_service(NOBODY);
    // A future a call, in boxes: each has a type of its own
    macro_rules! calls {
        ($($operation:ident: $call:expr,)*) => {
            vec![$((Operation::$operation, Box::pin(async { $call.await.map(drop) }) as Probe<'_>),)*]
        };
    }
    let lookup = Lookup { name: Some(NOBODY), since: Timestamp::now() - HOUR, until: None };
    let calls = calls! {
        DescribeGroup: reader.describe_group(name),
        DescribeIdentityProviderConfiguration: reader.has_personal_access_tokens(),
        DescribeUser: reader.user(name),
        // The address is for documents
        GetAccessControlEffect: reader.access_control_effect(Ipv4Addr::new(192, 0, 2, 1), role),
        GetImpersonationRole: reader.role(role),
        GetImpersonationRoleEffect: reader.effect(role, name),
        ListAccessControlRules: reader.access_control_rules(),
        ListGroupMembers: reader.group_members(group),
        ListGroups: reader.groups(),
        ListImpersonationRoles: reader.roles(),
        ListMailboxExportJobs: reader.export_jobs(),
        ListMailboxPermissions: reader.mailbox_permissions(user),
        ListPersonalAccessTokens: reader.personal_access_tokens(),
        ListResources: reader.resources(),
        ListUsers: reader.users_with_name(name),
        LookupEvents: trail.page(lookup, None),
    };
    join_all(calls.into_iter().map(|(operation, call)| async move { (operation, within(until, call).await) }))
        .await
}

type Probe<'a> = BoxFuture<'a, Result<(), Error>>;

async fn ask_ews(url: Option<&str>, until: Instant) -> Ews {
    let Some(url) = url else { return Ews::NoAddress };
    let limits =
        EwsLimits { connect: Duration::from_secs(2), whole: Duration::from_secs(5), ..EwsLimits::default() };
    let probe = async { EwsClient::new(url, limits)?.probe().await };
    match tokio::time::timeout_at(until.into(), probe).await {
        Ok(Ok(())) => Ews::Answers,
        Ok(Err(failure)) => Ews::Failed(failure),
        Err(_) => Ews::Late,
    }
}

/// The answer of a call, or that there is none in time.
async fn within<T>(until: Instant, call: impl Future<Output = Result<T, Error>>) -> Answer<T> {
    match tokio::time::timeout_at(until.into(), call).await {
        Ok(Ok(found)) => Answer::Got(found),
        Ok(Err(error)) => Answer::Failed(error),
        Err(_) => Answer::Late,
    }
}
