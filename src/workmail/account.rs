//! The organizations of an account in a Region, and which of them is meant.

use std::sync::Arc;

use aws_sdk_workmail::operation::describe_organization::DescribeOrganizationOutput;
use aws_sdk_workmail::types::OrganizationSummary;
use serde::Serialize;

use super::call::{Api, Call, all_pages};
use super::error::{Error, ErrorKind, Place};
use super::words::regions;
use super::{Reader, Writer};
use crate::id::OrganizationId;

/// A WorkMail organization, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organization {
    /// `m-` and 32 hex digits.
    pub id: OrganizationId,
    /// Unique in AWS; `None` when the organization was chosen by id and not read yet.
    pub alias: Option<String>,
    /// The default mail domain.
    pub domain: Option<String>,
    /// In the service's spelling, which is documented nowhere: `Active` is the one that works.
    pub state: Option<String>,
    /// The AWS account, 12 digits, where the organization was read by itself.
    pub account: Option<String>,
}

impl Organization {
    pub(super) fn of_id(id: OrganizationId) -> Self {
        Self { id, alias: None, domain: None, state: None, account: None }
    }

    fn from_summary(summary: OrganizationSummary) -> Self {
        Self {
            id: OrganizationId::from_service(summary.organization_id.unwrap_or_default()),
            alias: summary.alias,
            domain: summary.default_mail_domain,
            state: summary.state,
            account: None,
        }
    }

    pub(super) fn from_description(id: &OrganizationId, described: DescribeOrganizationOutput) -> Self {
        Self {
            id: id.clone(),
            alias: described.alias,
            domain: described.default_mail_domain,
            state: described.state,
            account: described.arn.as_deref().and_then(account_of).map(str::to_owned),
        }
    }

    /// Does it work? A state that was not read is taken for one that does.
    pub fn is_active(&self) -> bool {
        self.state.as_deref().is_none_or(|state| state.eq_ignore_ascii_case("active"))
    }

    fn is_called(&self, alias: &str) -> bool {
        self.alias.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(alias))
    }

    /// `m-… (acme)`, and the state when it is not active.
    fn listed(&self) -> String {
        let alias = self.alias.as_deref().map(|alias| format!(" ({alias})")).unwrap_or_default();
        let state = self.state.as_deref().filter(|_| !self.is_active());
        format!("{}{alias}{}", self.id, state.map(|state| format!(" {state}")).unwrap_or_default())
    }
}

/// `arn:aws:workmail:REGION:ACCOUNT:organization/…`
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// A connection that is not bound to an organization yet. Made by [`connect`](super::connect).
#[derive(Clone)]
pub struct Account {
    api: Api,
}

impl Account {
    pub(super) fn new(api: Api) -> Self {
        Self { api }
    }

    /// The Region that is asked, as `eu-west-1`.
    pub fn region(&self) -> &str {
        &self.api.place().region
    }

    /// The URL that calls go to.
    pub fn endpoint(&self) -> &str {
        &self.api.place().endpoint
    }

    /// What reads an organization.
    pub fn reader(&self, organization: &Organization) -> Reader {
        Reader::new(self.api.clone(), organization.id.clone())
    }

    /// What reads and changes an organization.
    pub fn writer(&self, organization: &Organization) -> Writer {
        Writer::new(self.reader(organization))
    }

    /// Every organization of the account in the Region, those that were deleted lately included;
    /// up to 100 by default (documented).
    ///
    /// # Errors
    /// When a page cannot be read. IAM must allow `workmail:ListOrganizations` on `*`.
    pub async fn organizations(&self) -> Result<Vec<Organization>, Error> {
        let call = Call::read("ListOrganizations", "the organizations could not be listed");
        let call = &call;
        all_pages(call, self.api.place(), |token| async {
            let page = self
                .api
                .call(call, |client, probe| {
                    let ask = client.list_organizations().max_results(100).set_next_token(token);
                    ask.customize().interceptor(probe).send()
                })
                .await?;
            let organizations = page.organization_summaries.unwrap_or_default();
            Ok((organizations.into_iter().map(Organization::from_summary).collect(), page.next_token))
        })
        .await
    }

    /// The organization that is meant: the one of this id, which is not looked up; the one of
    /// this alias, in any case; or, without a choice, the only active one.
    ///
    /// # Errors
    /// When none or several could be meant; the message lists them. When they cannot be listed.
    pub async fn organization(&self, choice: Option<&str>) -> Result<Organization, Error> {
        if let Some(Ok(id)) = choice.map(OrganizationId::parse) {
            return Ok(Organization::of_id(id));
        }
        let all = self.organizations().await?;
        choose(all, choice, self.api.place())
    }
}

fn choose(all: Vec<Organization>, choice: Option<&str>, place: &Arc<Place>) -> Result<Organization, Error> {
    let region = &place.region;
    let list = |organizations: &[Organization]| {
        organizations.iter().map(Organization::listed).collect::<Vec<_>>().join(", ")
    };
    if let Some(alias) = choice {
        let mut called: Vec<_> = all.iter().filter(|organization| organization.is_called(alias)).collect();
        // An alias is free again once its organization is deleted, which is listed for a while
        called.sort_by_key(|organization| !organization.is_active());
        return called.first().copied().cloned().ok_or_else(|| {
            let there_are = match list(&all).as_str() {
                "" => "there are none".to_owned(),
                list => format!("there are {list}"),
            };
            let message = format!("the Region {region} has no organization {alias} ; {there_are}");
            Error::local(ErrorKind::OrganizationNotFound, message, place)
        });
    }
    let (mut active, others): (Vec<_>, Vec<_>) = all.into_iter().partition(Organization::is_active);
    match active.len() {
        1 => Ok(active.remove(0)),
        0 => {
            let others = match list(&others).as_str() {
                "" => String::new(),
                list => format!(" (only {list})"),
            };
            let message = format!(
                "the account has no active WorkMail organization in the Region {region}{others}, of the three that have WorkMail: {}",
                regions()
            );
            Err(Error::local(ErrorKind::NoOrganization, message, place))
        }
        _ => {
            let message =
                format!("there are several organizations in the Region {region} : {}", list(&active));
            Err(Error::local(ErrorKind::AmbiguousOrganization { candidates: active }, message, place))
        }
    }
}
