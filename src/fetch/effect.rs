//! The service's answer to whether a role may impersonate a user.

use crate::directory::{EntityName, User};
use crate::expectation::Answer;
use crate::role::{RoleId, RoleType};
use crate::workmail::{Error, ErrorKind, Reader};

/// Asks the service. It has no answer for a user who is not enabled (inferred): such a user has no mailbox,
/// and nobody without one is reached. It is not asked about a user without an address, whom EWS cannot name.
///
/// # Errors
/// When it cannot be asked.
pub(crate) async fn effect(
    reader: &Reader,
    role: &RoleId,
    role_type: RoleType,
    user: &User,
) -> Result<Answer, Error> {
    if user.address().is_none() {
        return Ok(Answer::no_mailbox(role_type));
    }
    match reader.effect(role, &EntityName::from_service(user.id.as_str())).await {
        Ok(answer) => Ok(Answer {
            effect: answer.effect,
            role_type: answer.role_type,
            rules: answer.matched_rules.into_iter().map(|rule| (rule.id, rule.name)).collect(),
        }),
        Err(error) if *error.kind() == ErrorKind::EntityState => Ok(Answer::no_mailbox(role_type)),
        Err(error) => Err(error),
    }
}
