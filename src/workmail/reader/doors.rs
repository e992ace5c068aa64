//! Reading which ways to mailboxes there are beside roles and permissions.

use super::Reader;
use crate::directory::doors::{ExportJob, PersonalAccessToken};
use crate::workmail::call::Call;
use crate::workmail::client::send;
use crate::workmail::convert;
use crate::workmail::error::{Error, ErrorKind, optional};
use crate::workmail::operation::Operation;
use crate::workmail::pages::{List, MOST_USERS, PAGE_SIZE, all_pages};

const TOKENS: List<PersonalAccessToken> = List {
    member: "PersonalAccessTokenSummaries",
    item: "personal access token",
    most: MOST_USERS,
    key: |token| token.id.clone(),
};
const JOBS: List<ExportJob> =
    List { member: "Jobs", item: "mailbox export job", most: MOST_USERS, key: |job| job.id.clone() };

impl Reader {
    /// Every personal access token of every user.
    pub(crate) async fn personal_access_tokens(&self) -> Result<Vec<PersonalAccessToken>, Error> {
        let call =
            &Call::page(Operation::ListPersonalAccessTokens, "could not list the personal access tokens");
        all_pages(&self.client, call, &TOKENS, convert::personal_access_token, |token| async {
            let page = send!(
                self.client,
                call,
                list_personal_access_tokens()
                    .organization_id(self.organization.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.personal_access_token_summaries, page.next_token))
        })
        .await
    }

    /// May users make and use personal access tokens? Not where no identity provider was ever configured, which is
    /// an error of the service's.
    pub(crate) async fn has_personal_access_tokens(&self) -> Result<bool, Error> {
        let failed = "could not read whether personal access tokens are on";
        let call = Call::new(Operation::DescribeIdentityProviderConfiguration, failed);
        let response = send!(
            self.client,
            &call,
            describe_identity_provider_configuration().organization_id(self.organization.as_str())
        )
        .await;
        // The code means a role elsewhere
        let configuration = optional(response, &ErrorKind::RoleNotFound)?;
        let tokens = configuration.and_then(|found| found.personal_access_token_configuration);
        tokens
            .map_or(Ok(false), |tokens| convert::is_active(&tokens.status))
            .map_err(|field| self.client.unexpected(&call, field))
    }

    /// The export jobs of the last seven days, and those that still run (documented).
    pub(crate) async fn export_jobs(&self) -> Result<Vec<ExportJob>, Error> {
        let call = &Call::page(Operation::ListMailboxExportJobs, "could not list the mailbox export jobs");
        all_pages(&self.client, call, &JOBS, convert::export_job, |token| async {
            let page = send!(
                self.client,
                call,
                list_mailbox_export_jobs()
                    .organization_id(self.organization.as_str())
                    .max_results(PAGE_SIZE)
                    .set_next_token(token)
            )
            .await?;
            Ok((page.jobs, page.next_token))
        })
        .await
    }
}
