//! What requests are made of: members that may be absent, checked one by one.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};

use super::limits::{ENTITY, check};
use crate::sandbox::service_error::ServiceError;

/// What all requests but one name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InOrganization {
    pub(super) organization_id: Option<String>,
}

/// The value of a member that must be there.
pub(super) fn required<T>(member: &str, value: Option<T>) -> Result<T, ServiceError> {
    value.ok_or_else(|| ServiceError::invalid(member, "not be null"))
}

/// A required id, name or address of a user, group or resource.
pub(super) fn entity(member: &str, value: Option<String>) -> Result<String, ServiceError> {
    let text = required(member, value)?;
    check(member, &text, &ENTITY)?;
    Ok(text)
}

/// A value out of a fixed set, in the service's spelling.
pub(super) fn choice<T: DeserializeOwned>(
    member: &str,
    text: &str,
    allowed: &[&str],
) -> Result<T, ServiceError> {
    let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
    let known = allowed.contains(&text);
    let value = T::deserialize(deserializer).ok().filter(|_| known);
    value.ok_or_else(|| {
        ServiceError::invalid(member, format!("satisfy enum value set: [{}]", allowed.join(", ")))
    })
}

/// A filter's prefix, compared without case; no prefix is a prefix of everything.
pub(super) fn has_prefix(text: Option<&str>, prefix: Option<&str>) -> bool {
    let Some(prefix) = prefix else { return true };
    text.is_some_and(|text| text.to_lowercase().starts_with(&prefix.to_lowercase()))
}

/// Only one filter may be given (documented).
pub(super) fn at_most_one_filter(given: &[bool]) -> Result<(), ServiceError> {
    match given.iter().filter(|given| **given).count() {
        0 | 1 => Ok(()),
        _ => Err(ServiceError::parameter("Only one member of Filters can be given")),
    }
}
