//! Identifiers of the service, parsed at the door.
//!
//! The one leaf that every other room may use. What a person or a file gives goes through
//! `parse`, which enforces the service's documented form; what the service itself answered is
//! taken as it is (`from_service`), so that an unforeseen form never hides a live role.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not a valid value of one of the service's types.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}")]
pub(crate) struct Invalid {
    /// What the text was meant to be, as `a role id`.
    pub what: &'static str,
    /// What is wrong with it and what is allowed.
    pub problem: String,
}

/// Checks that `text` has `min` to `max` characters, all of them `allowed`.
///
/// # Errors
/// Says which limit was broken; `form` describes the allowed characters.
pub(crate) fn check(
    what: &'static str,
    text: &str,
    max: usize,
    form: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), Invalid> {
    let count = text.chars().count();
    if count == 0 {
        return Err(Invalid { what, problem: "is empty".into() });
    }
    if count > max {
        return Err(Invalid { what, problem: format!("has {count} characters, at most {max} are allowed") });
    }
    match text.chars().find(|c| !allowed(*c)) {
        Some(bad) => Err(Invalid { what, problem: format!("contains {bad:?}; allowed: {form}") }),
        None => Ok(()),
    }
}

/// Makes a newtype over a text of the service; with its documented form where people or files give it.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $form:literal, $allowed:expr) => {
        crate::id::text_type!($(#[$doc])* $name);

        impl $name {
            /// Takes a text that a person or a file gave.
            ///
            /// # Errors
            /// When the text breaks the documented form.
            pub(crate) fn parse(text: impl Into<String>) -> Result<Self, crate::id::Invalid> {
                let text = text.into();
                crate::id::check($what, &text, $max, $form, $allowed)?;
                Ok(Self(text))
            }
        }
    };
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub(crate) struct $name(String);

        impl $name {
            /// Takes a text that the service answered, as it is.
            pub(crate) fn from_service(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself.
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}
pub(crate) use text_type;

/// `[a-zA-Z0-9_-]`: role and rule ids.
fn id_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// `[a-zA-Z0-9._%+@-]`: what names a user, a group or a resource.
fn entity_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._%+@-".contains(c)
}

text_type!(
    /// An impersonation role's id: 1–64 of `[a-zA-Z0-9_-]`, chosen by the service.
    RoleId, "a role id", 64, "letters, digits, '_' and '-'", id_char
);
text_type!(
    /// A rule's id: 1–64 of `[a-zA-Z0-9_-]`, chosen by the caller.
    RuleId, "a rule id", 64, "letters, digits, '_' and '-'", id_char
);
text_type!(
    /// A user's id: a UUID, or `S-1-1-12-…` where the directory is a Microsoft AD.
    UserId
);
text_type!(
    /// A group's id, of the same form as a user's.
    GroupId
);
text_type!(
    /// How a person names a user or a group: an id, a user name or an email address.
    EntityName, "a user or group", 256, "letters, digits and ._%+@-", entity_char
);

/// Is a name of a user or a group made like an id?
pub(crate) fn is_like_an_id(text: &str) -> bool {
    text.starts_with("S-1-") || uuid::Uuid::try_parse(text).is_ok()
}

/// A WorkMail organization's id: `m-` and 32 hex digits.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
#[schemars(inline)]
pub(crate) struct OrganizationId(String);

impl OrganizationId {
    /// Takes `m-` and 32 hex digits; anything else is an alias, not an id.
    ///
    /// # Errors
    /// When the text is of another form.
    pub(crate) fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        let hex = text.strip_prefix("m-").unwrap_or_default();
        if hex.len() == 32 && hex.chars().all(|c| c.is_ascii_hexdigit()) {
            return Ok(Self(text));
        }
        Err(Invalid { what: "an organization id", problem: "is m- and 32 hex digits".into() })
    }

    /// Takes a text that the service answered, as it is.
    pub(crate) fn from_service(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_the_documented_form_is_taken() {
        assert_eq!(RoleId::parse("abc_D-9").map(|id| id.to_string()), Ok("abc_D-9".to_owned()));
        assert!(OrganizationId::parse(format!("m-{}", "0a".repeat(16))).is_ok());
    }

    #[test]
    fn a_broken_form_says_what_is_allowed() {
        let error = RuleId::parse("a b").map_err(|e| e.to_string());
        assert_eq!(error, Err("a rule id contains ' '; allowed: letters, digits, '_' and '-'".into()));
        assert!(RuleId::parse("").is_err());
        assert!(RuleId::parse("x".repeat(65)).is_err());
        assert!(OrganizationId::parse("acme").is_err());
        assert!(OrganizationId::parse("m-123").is_err());
    }
}
