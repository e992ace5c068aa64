//! The one sentence that an error is shown as.

use std::sync::Arc;
use std::time::Duration;

use super::kind::ErrorKind;
use crate::workmail::endpoint::Endpoint;
use crate::workmail::operation::Operation;

/// What is known of a failure besides its kind.
#[derive(Debug, Default)]
pub(super) struct Details {
    /// What was called; `None` before any call.
    pub(super) operation: Option<Operation>,
    /// What could not be done, as `the roles could not be listed`; empty before any call.
    pub(super) failed: String,
    /// The service's own words, or the system's; may be empty.
    pub(super) message: String,
    pub(super) request_id: Option<String>,
    /// How long the service asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// How often the service was asked; 0 when no request was sent.
    pub(super) attempts: u32,
    /// May a change have been made although no response said so?
    pub(super) outcome_unknown: bool,
    /// Was some attempt sent, and not answered?
    pub(super) dropped: bool,
    pub(super) endpoint: Arc<Endpoint>,
}

impl Details {
    /// What could not be done, and the cause.
    pub(super) fn sentence(&self, kind: &ErrorKind) -> String {
        let cause = self.cause(kind);
        let sentence = match (self.failed.as_str(), cause.as_str()) {
            ("", cause) => cause.to_owned(),
            (failed, "") => failed.to_owned(),
            (failed, cause) => format!("{failed}: {cause}"),
        };
        match self.attempts {
            attempts @ 2.. => format!("{sentence} ({attempts} attempts)"),
            _ => sentence,
        }
    }

    pub(super) fn cause(&self, kind: &ErrorKind) -> String {
        let Endpoint { region, url, .. } = &*self.endpoint;
        let message = self.message.as_str();
        // Whatever is on the way may be what does not answer
        let url = &match &self.endpoint.proxy {
            Some(proxy) => format!("{url} (through the proxy {proxy})"),
            None => url.clone(),
        };
        let with_words = |what: &str| match message {
            "" => what.to_owned(),
            words => format!("{what}: {words}"),
        };
        match kind {
            ErrorKind::NoCredentials if message.is_empty() => "no AWS credentials were found".into(),
            ErrorKind::NoCredentials => with_words("could not load AWS credentials"),
            ErrorKind::ExpiredCredentials => with_words("the AWS credentials have expired"),
            ErrorKind::InvalidCredentials => with_words("AWS does not accept the credentials"),
            ErrorKind::AccessDenied { action } => with_words(&format!("IAM does not allow {action} here")),
            ErrorKind::OrganizationNotFound if self.operation.is_some() => {
                with_words(&format!("the Region {region} has no such organization"))
            }
            ErrorKind::OrganizationState => with_words("the organization is not active"),
            ErrorKind::RoleNotFound => with_words("there is no such role"),
            ErrorKind::EntityNotFound => with_words("the organization has no such user or group"),
            ErrorKind::EntityState => with_words("the state of the user or group does not allow it"),
            ErrorKind::InvalidParameter if self.request_id.is_some() => {
                with_words("the service refuses the request")
            }
            ErrorKind::LimitExceeded => with_words("a limit of the service is reached"),
            ErrorKind::Throttled => with_words("throttled"),
            ErrorKind::Network if self.dropped => with_words(&format!("{url} dropped the connection")),
            ErrorKind::Network => with_words(&format!("{url} cannot be reached")),
            ErrorKind::Timeout => with_words(&format!("{url} does not answer")),
            ErrorKind::Service => with_words("the service failed"),
            ErrorKind::NotTheService => format!(
                "{url} answers {message}, which is not the service's: a proxy or a sign-in page seems to answer"
            ),
            ErrorKind::NotSignedIn => with_words("nobody is signed in through IAM Identity Center"),
            ErrorKind::UnexpectedResponse => match self.operation {
                Some(operation) => with_words(&format!("unexpected response to {}", operation.name())),
                None => with_words("unexpected response"),
            },
            ErrorKind::Other(code) => with_words(code),
            ErrorKind::OrganizationNotFound
            | ErrorKind::InvalidParameter
            | ErrorKind::NoRegion
            | ErrorKind::WrongRegion
            | ErrorKind::NoProfile
            | ErrorKind::Configuration
            | ErrorKind::RulesUnknown
            | ErrorKind::AmbiguousOrganization
            | ErrorKind::NoOrganization => message.to_owned(),
        }
    }
}
