//! Texts that may stand in a public issue.

use serde::Serialize;

use crate::service_hint;
use crate::workmail::{Error, ErrorKind, REGIONS};

/// A text that is the same for everyone: made of this program's own words, of numbers, and of names that AWS gives to
/// all. There is no way to put a name, an id, an address, a path or the words of a server into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Public(String);

impl Public {
    pub(super) fn words(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    #[must_use]
    pub(super) fn and(mut self, text: &'static str) -> Self {
        self.0 += text;
        self
    }

    #[must_use]
    pub(super) fn and_text(mut self, text: &Self) -> Self {
        self.0 += &text.0;
        self
    }

    #[must_use]
    pub(super) fn number(mut self, number: i64) -> Self {
        self.0 += &number.to_string();
        self
    }

    /// A Region of WorkMail; any other is not named.
    pub(super) fn region(region: &str) -> Self {
        match REGIONS.iter().find(|known| **known == region) {
            Some(known) => Self::words(known),
            None => Self::words("a Region without WorkMail"),
        }
    }

    /// Names, separated.
    pub(super) fn list(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self(names.into_iter().collect::<Vec<_>>().join(", "))
    }

    /// What kind of error it is.
    pub(super) fn error(error: &Error) -> Self {
        let text = match error.kind() {
            ErrorKind::NoCredentials => "no AWS credentials were found, or they could not be loaded",
            ErrorKind::ExpiredCredentials => "the AWS credentials have expired",
            ErrorKind::InvalidCredentials => "AWS does not accept the credentials",
            ErrorKind::NotSignedIn => "nobody is signed in through IAM Identity Center",
            ErrorKind::AccessDenied { action } => return Self::words("IAM does not allow ").and(action),
            ErrorKind::OrganizationNotFound => "there is no such organization",
            ErrorKind::OrganizationState => "the organization is not active",
            ErrorKind::RoleNotFound => "there is no such role",
            ErrorKind::EntityNotFound => "there is no such user or group",
            ErrorKind::EntityState => "the state of the user or group does not allow it",
            ErrorKind::InvalidParameter => "the service refuses the request",
            ErrorKind::RulesUnknown => "the rules of a role are not known",
            ErrorKind::LimitExceeded => "a limit of the service is reached",
            ErrorKind::Throttled => "throttled",
            ErrorKind::Network => "it cannot be reached, or drops the connection",
            ErrorKind::Timeout => "it does not answer",
            ErrorKind::Service => "the service failed",
            ErrorKind::NoRegion => "no AWS Region is given or configured",
            ErrorKind::WrongRegion => "the Region has no WorkMail",
            ErrorKind::NoProfile => "there is no such profile",
            ErrorKind::Configuration => "the AWS configuration cannot be used",
            ErrorKind::AmbiguousOrganization => "there are several organizations, and none is chosen",
            ErrorKind::NoOrganization => "the account has no active organization in the Region",
            ErrorKind::NotTheService => {
                "something else than the service answers, as a proxy or a sign-in page"
            }
            ErrorKind::UnexpectedResponse => "the answer is not as documented",
            ErrorKind::Other(_) => "an error that this version does not know",
        };
        Self::words(text)
    }

    /// What to do about an error.
    pub(super) fn remedy(error: &Error) -> Option<Self> {
        service_hint::for_everyone(error).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
