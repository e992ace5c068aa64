//! The organizations of an account in a Region, and the choice of one.

use std::sync::Arc;

use super::call::Call;
use super::client::{ServiceClient, send};
use super::connect::Caller;
use super::connect::trail::TrailSettings;
use super::convert;
use super::endpoint::Endpoint;
use super::error::{Error, ErrorKind};
use super::operation::Operation;
use super::pages::{List, MOST_ROLES, PAGE_SIZE, all_pages};
use super::reader::Reader;
use super::regions::region_list;
use super::seen::Origin;
use super::trail::{LastCalls, Trail};
use super::writer::Writer;
use crate::id::OrganizationId;
use crate::organization::Organization;
use crate::sorted;

const ORGANIZATIONS: List<Organization> = List {
    member: "OrganizationSummaries",
    item: "organization",
    most: MOST_ROLES,
    key: |organization| organization.id.to_string(),
};

/// A connection to an account in a Region. Made by [`connect`](crate::workmail::connect).
#[derive(Debug, Clone)]
pub(crate) struct Account {
    client: ServiceClient,
    caller: Caller,
    trail: TrailSettings,
    last_lookups: LastCalls,
}

impl Account {
    pub(super) fn new(client: ServiceClient, caller: Caller, trail: TrailSettings) -> Self {
        Self { client, caller, trail, last_lookups: LastCalls::default() }
    }

    /// The ARN of whoever calls.
    ///
    /// # Errors
    /// Why nobody knows it, in a few words.
    pub(crate) async fn principal(&self) -> Result<String, String> {
        self.caller.arn().await
    }

    /// As `eu-west-1`.
    pub(crate) fn region(&self) -> &str {
        &self.client.endpoint().region
    }

    /// The URL that calls go to, without a password.
    pub(crate) fn endpoint(&self) -> &str {
        &self.client.endpoint().url
    }

    /// Do calls cross the network without TLS?
    pub(crate) fn is_in_clear(&self) -> bool {
        self.client.endpoint().in_clear
    }

    /// The URL that calls go to, where the user set it and it is not the Region's.
    pub(crate) fn custom_endpoint(&self) -> Option<&str> {
        let endpoint = self.client.endpoint();
        endpoint.custom.then_some(endpoint.url.as_str())
    }

    /// Which flag, variable or key of the profile gave the Region, or that the machine did.
    pub(crate) fn region_source(&self) -> Option<&'static str> {
        self.client.endpoint().region_from
    }

    /// Which flag, variable or key of the profile gave the URL, where one did.
    pub(crate) fn endpoint_source(&self) -> Option<&'static str> {
        self.client.endpoint().url_from
    }

    /// As whom calls are made, once one was.
    pub(crate) fn credentials(&self) -> Option<&Origin> {
        self.client.endpoint().seen.credentials.get()
    }

    /// By how many seconds this machine's clock is ahead of the service's, once there was an answer.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        self.client.endpoint().seen.ahead.get().copied()
    }

    pub(crate) fn reader(&self, organization: &Organization) -> Reader {
        Reader::new(self.client.clone(), organization.id.clone())
    }

    /// CloudTrail of the account, in the same Region.
    pub(crate) fn trail(&self) -> Trail {
        let endpoint = self.trail.endpoint(self.client.endpoint());
        Trail::new(self.client.at(endpoint), self.trail.client(), self.last_lookups.clone())
    }

    pub(crate) fn writer(&self, organization: &Organization) -> Writer {
        Writer::new(self.reader(organization))
    }

    /// Every organization of the account in the Region, recently deleted ones included; up to 100 by
    /// default (documented). IAM must allow `workmail:ListOrganizations` on `*`.
    pub(crate) async fn organizations(&self) -> Result<Vec<Organization>, Error> {
        let call = &Call::page(Operation::ListOrganizations, "could not list the organizations");
        let convert = |summary| convert::organization_summary(summary, self.region());
        all_pages(&self.client, call, &ORGANIZATIONS, convert, |token| async {
            let page =
                send!(self.client, call, list_organizations().max_results(PAGE_SIZE).set_next_token(token))
                    .await?;
            Ok((page.organization_summaries, page.next_token))
        })
        .await
    }

    /// The organization of this id, which is not looked up; the one of this alias, in any case; or,
    /// without a choice, the only active one.
    ///
    /// # Errors
    /// [`ErrorKind::OrganizationNotFound`], [`ErrorKind::NoOrganization`] and
    /// [`ErrorKind::AmbiguousOrganization`], whose messages list the organizations.
    pub(crate) async fn organization(&self, choice: Option<&str>) -> Result<Organization, Error> {
        if let Some(Ok(id)) = choice.map(OrganizationId::parse) {
            return Ok(Organization::of_id(id, self.region()));
        }
        self.choose_from(self.organizations().await?, choice)
    }

    /// As [`Account::organization`], of those that were listed.
    ///
    /// # Errors
    /// As [`Account::organization`].
    pub(crate) fn choose_from(
        &self,
        all: Vec<Organization>,
        choice: Option<&str>,
    ) -> Result<Organization, Error> {
        choose(all, choice, self.client.endpoint())
    }

    /// As [`Account::organization`] for several choices, with one listing for all of them. Each choice
    /// has its own result; the outer error is that of the listing.
    pub(crate) async fn choose(
        &self,
        choices: &[Option<&str>],
    ) -> Result<Vec<Result<Organization, Error>>, Error> {
        let id = |choice: &Option<&str>| choice.and_then(|text| OrganizationId::parse(text).ok());
        let all = match choices.iter().all(|choice| id(choice).is_some()) {
            true => Vec::new(),
            false => self.organizations().await?,
        };
        let choose_one = |choice: &Option<&str>| match id(choice) {
            Some(id) => Ok(Organization::of_id(id, self.region())),
            None => choose(all.clone(), *choice, self.client.endpoint()),
        };
        Ok(choices.iter().map(choose_one).collect())
    }
}

fn choose(
    all: Vec<Organization>,
    choice: Option<&str>,
    endpoint: &Arc<Endpoint>,
) -> Result<Organization, Error> {
    let region = &endpoint.region;
    let list = |organizations: &[Organization]| {
        organizations.iter().map(Organization::listed).collect::<Vec<_>>().join(", ")
    };
    if let Some(alias) = choice {
        let mut called: Vec<_> = all.iter().filter(|organization| organization.is_called(alias)).collect();
        // A deleted organization is listed for a while, and its alias may be in use again
        sorted::by_key(&mut called, |organization| !organization.is_active());
        return called.first().copied().cloned().ok_or_else(|| {
            let others = match list(&all).as_str() {
                "" => "it has none".to_owned(),
                list => format!("it has {list}"),
            };
            let message = format!("no organization in the Region {region} is called {alias}; {others}");
            Error::local(ErrorKind::OrganizationNotFound, message, endpoint)
        });
    }
    let (mut active, others): (Vec<_>, Vec<_>) = all.into_iter().partition(Organization::is_active);
    match active.len() {
        1 => Ok(active.remove(0)),
        0 => {
            let others = match list(&others).as_str() {
                "" => String::new(),
                list => format!(" but {list}"),
            };
            let message = format!(
                "the account has no active organization in the Region {region}{others} (WorkMail is in {} only)",
                region_list()
            );
            Err(Error::local(ErrorKind::NoOrganization, message, endpoint))
        }
        _ => {
            let message = format!("the Region {region} has several organizations: {}", list(&active));
            Err(Error::local(ErrorKind::AmbiguousOrganization, message, endpoint))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::mock_service::{MockResponse, MockService, ORGANIZATION, replying};

    fn summary(digit: char, alias: &str, state: &str) -> Value {
        let id = format!("m-{}", digit.to_string().repeat(32));
        json!({"OrganizationId": id, "Alias": alias, "DefaultMailDomain": "example.com", "State": state})
    }

    async fn having(organizations: Vec<Value>) -> MockService {
        replying(MockResponse::ok(json!({"OrganizationSummaries": organizations}))).await
    }

    #[tokio::test]
    async fn an_id_is_not_looked_up() {
        let service = having(vec![]).await;
        let organization = service.account().await.organization(Some(ORGANIZATION)).await.expect("an id");
        assert_eq!(organization.id.as_str(), ORGANIZATION);
        assert!(organization.is_active());
        assert_eq!(service.operations(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn an_alias_is_found_on_any_page_and_in_any_case() {
        let service = MockService::start(|request| match request.body["NextToken"].as_str() {
            None => MockResponse::ok(
                json!({"OrganizationSummaries": [summary('a', "one", "Active")], "NextToken": "2"}),
            ),
            Some(_) => MockResponse::ok(json!({"OrganizationSummaries": [summary('b', "Two", "Active")]})),
        })
        .await;
        let organization = service.account().await.organization(Some("tWO")).await.expect("it is there");
        assert_eq!(organization.alias.as_deref(), Some("Two"));
        assert_eq!(organization.domain.as_deref(), Some("example.com"));
    }

    #[tokio::test]
    async fn an_alias_that_was_used_again_means_the_active_one() {
        let service = having(vec![summary('a', "acme", "Deleted"), summary('b', "acme", "Active")]).await;
        let organization = service.account().await.organization(Some("acme")).await.expect("the second");
        assert!(organization.id.as_str().starts_with("m-bbb"));
    }

    #[tokio::test]
    async fn an_alias_that_is_not_there_lists_those_that_are() {
        let service = having(vec![summary('a', "one", "Active"), summary('b', "two", "Impaired")]).await;
        let error = service.account().await.organization(Some("acme")).await.expect_err("not there");
        assert_eq!(error.kind(), &ErrorKind::OrganizationNotFound);
        let (a, b) = ("a".repeat(32), "b".repeat(32));
        let list = format!("it has m-{a} (one), m-{b} (two) Impaired");
        assert_eq!(
            error.to_string(),
            format!("no organization in the Region us-east-1 is called acme; {list}")
        );
    }

    #[tokio::test]
    async fn the_only_active_one_needs_no_name() {
        let service = having(vec![summary('a', "old", "Deleted"), summary('b', "acme", "Active")]).await;
        let organization = service.account().await.organization(None).await.expect("one");
        assert_eq!(organization.alias.as_deref(), Some("acme"));
    }

    #[tokio::test]
    async fn several_active_ones_are_listed() {
        let service = having(vec![summary('a', "one", "Active"), summary('b', "two", "Active")]).await;
        let error = service.account().await.organization(None).await.expect_err("which?");
        assert!(error.to_string().contains("(one), m-"), "{error}");
        assert_eq!(error.kind(), &ErrorKind::AmbiguousOrganization);
    }

    #[tokio::test]
    async fn none_at_all_names_the_regions() {
        let error = having(vec![]).await.account().await.organization(None).await.expect_err("none");
        assert_eq!(error.kind(), &ErrorKind::NoOrganization);
        let message = error.to_string();
        assert!(message.contains("in the Region us-east-1"), "{message}");
        assert!(message.contains("us-east-1, us-west-2 and eu-west-1"), "{message}");
    }

    #[tokio::test]
    async fn a_description_tells_the_account() {
        let service = replying(MockResponse::ok(json!({
            "OrganizationId": ORGANIZATION, "Alias": "acme", "State": "Active", "DefaultMailDomain": "example.com",
            "ARN": format!("arn:aws:workmail:eu-west-1:111122223333:organization/{ORGANIZATION}"),
        })))
        .await;
        let organization = service.reader().await.describe_organization().await.expect("a description");
        assert_eq!(organization.account.as_deref(), Some("111122223333"));
        assert_eq!(organization.alias.as_deref(), Some("acme"));
    }
}
