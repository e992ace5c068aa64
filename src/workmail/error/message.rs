//! What an [`Error`] says and advises.

use super::{Error, ErrorKind};
use crate::workmail::REGIONS;

/// `us-east-1, us-west-2 and eu-west-1`.
pub(in crate::workmail) fn regions() -> String {
    let [rest @ .., last] = REGIONS;
    format!("{} and {last}", rest.join(", "))
}

impl Error {
    /// One sentence: what could not be done, and what came instead.
    pub(super) fn sentence(&self) -> String {
        let came = self.came();
        let sentence = match (self.inner.failed.as_str(), came.as_str()) {
            ("", came) => came.to_owned(),
            (failed, "") => failed.to_owned(),
            (failed, came) => format!("{failed}: {came}"),
        };
        match self.inner.attempts {
            attempts @ 2.. => format!("{sentence} ({attempts} attempts)"),
            _ => sentence,
        }
    }

    fn came(&self) -> String {
        let place = &self.inner.place;
        let message = self.inner.message.as_str();
        let with_words = |what: &str| match message {
            "" => what.to_owned(),
            words => format!("{what}: {words}"),
        };
        match &self.kind {
            ErrorKind::NoCredentials if message.is_empty() => "no AWS credentials were found".into(),
            ErrorKind::NoCredentials => with_words("no AWS credentials could be had"),
            ErrorKind::ExpiredCredentials => with_words("the AWS credentials have expired"),
            ErrorKind::InvalidCredentials => with_words("AWS does not accept the credentials"),
            ErrorKind::AccessDenied { action } => with_words(&format!("IAM does not allow {action} here")),
            ErrorKind::OrganizationNotFound if self.inner.operation.is_some() => {
                with_words(&format!("the Region {} has no such organization", place.region))
            }
            ErrorKind::OrganizationState => with_words("the organization is not active"),
            ErrorKind::RoleNotFound => with_words("there is no such role"),
            ErrorKind::EntityNotFound => with_words("the organization has no such user or group"),
            ErrorKind::EntityState => with_words("the user or group is not in a state for it"),
            ErrorKind::InvalidParameter if self.inner.request_id.is_some() => {
                with_words("the service refuses the request")
            }
            ErrorKind::LimitExceeded => with_words("a limit of the service is reached"),
            ErrorKind::Throttled => with_words("the service is asked too often"),
            ErrorKind::Network if self.inner.dropped => {
                with_words(&format!("{} dropped the connection", place.endpoint))
            }
            ErrorKind::Network => with_words(&format!("{} cannot be reached", place.endpoint)),
            ErrorKind::Timeout => with_words(&format!("{} does not answer", place.endpoint)),
            ErrorKind::Service => with_words("the service failed"),
            ErrorKind::UnexpectedAnswer => with_words("the answer makes no sense"),
            ErrorKind::Other(code) => with_words(code),
            ErrorKind::OrganizationNotFound
            | ErrorKind::InvalidParameter
            | ErrorKind::NoRegion
            | ErrorKind::WrongRegion
            | ErrorKind::NoProfile
            | ErrorKind::Configuration
            | ErrorKind::AmbiguousOrganization
            | ErrorKind::NoOrganization => message.to_owned(),
        }
    }

    /// What to do next, where something can be said.
    pub(crate) fn hint(&self) -> Option<String> {
        let advice = self.advice();
        if !self.inner.outcome_unknown {
            return advice;
        }
        let look = "It may have been done all the same: look before trying again";
        Some(advice.map_or_else(|| look.to_owned(), |advice| format!("{look}. {advice}")))
    }

    fn advice(&self) -> Option<String> {
        let place = &self.inner.place;
        let profile = place.profile.as_ref().map(|name| format!(" --profile {name}")).unwrap_or_default();
        Some(match &self.kind {
            ErrorKind::NoCredentials => format!(
                "Sign in with `aws sso login{profile}`, set keys with `aws configure{profile}`, or give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; --sandbox FILE needs no account"
            ),
            ErrorKind::ExpiredCredentials => format!(
                "Run `aws sso login{profile}` if the profile signs in through IAM Identity Center; else get new credentials"
            ),
            ErrorKind::InvalidCredentials => {
                "Check the access key, the session token and this machine's clock".into()
            }
            ErrorKind::AccessDenied { action } => {
                format!("Have {action} allowed by an IAM policy of the user or role that asks")
            }
            ErrorKind::OrganizationNotFound | ErrorKind::NoOrganization => format!(
                "`wmrole organizations` lists those of a Region; WorkMail is in {} only, see --region",
                regions()
            ),
            ErrorKind::OrganizationState => "`wmrole organizations` shows the state, which must be Active".into(),
            ErrorKind::RoleNotFound => "`wmrole list` shows the roles that there are".into(),
            ErrorKind::EntityNotFound => {
                "Give an email address, a user name or an id, as the WorkMail console shows it".into()
            }
            ErrorKind::EntityState => "Enable it in the WorkMail console, or leave it out".into(),
            ErrorKind::LimitExceeded => {
                "Delete a role that is no longer needed, or ask AWS Support for a higher limit".into()
            }
            ErrorKind::Throttled => "Wait a minute, or make fewer calls at once with --concurrency 2".into(),
            ErrorKind::Network if place.custom => {
                "Check --endpoint-url, AWS_ENDPOINT_URL and the profile's endpoint_url: does anything listen there?".into()
            }
            ErrorKind::Network => format!(
                "Check the network, the proxy (HTTPS_PROXY) and the Region: WorkMail is in {} only",
                regions()
            ),
            ErrorKind::Timeout => "Check the network and try again".into(),
            ErrorKind::Service => "Try again later; AWS Support asks for the request id, which -vv shows".into(),
            ErrorKind::NoRegion => format!(
                "Give --region or AWS_REGION, or set one with `aws configure{profile}`; WorkMail is in {} only",
                regions()
            ),
            ErrorKind::WrongRegion => format!("Give one of {} with --region", regions()),
            ErrorKind::NoProfile => "Name one that exists with --profile or AWS_PROFILE, or make one with `aws configure --profile NAME`".into(),
            ErrorKind::AmbiguousOrganization => "Name one with --organization".into(),
            ErrorKind::InvalidParameter
            | ErrorKind::Configuration
            | ErrorKind::UnexpectedAnswer
            | ErrorKind::Other(_) => return None,
        })
    }

    /// The outcome for the log: the kind, without the service's words.
    pub(in crate::workmail) fn outcome(&self) -> String {
        format!("{:?}", self.kind)
    }
}
