//! A role's token, and whom it is for.

use std::collections::BTreeSet;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::directory::{Directory, User};
use crate::error::CommandError;
use crate::fetch::principals::{self, find_role, role_id};
use crate::fetch::{directory, effect};
use crate::id::{OrganizationId, RoleId};
use crate::role::{Effect, LiveRole};
use crate::user_list::NamedUser;
use crate::workmail::{ErrorKind, Reader, Token, Writer};

/// What came of assuming a role.
#[derive(Debug)]
pub(crate) enum Assumed {
    /// A token; what is known of the role, where it was looked up.
    Token(RoleId, Option<Box<LiveRole>>, Token),
    /// The role may not impersonate the user.
    Denied(Box<LiveRole>),
}

/// Assumes a role of this name or id; for a user, after the service said that it may impersonate them. With the ids of
/// the role and of the organization, and without a user, by the one call that the narrowest policy allows.
///
/// # Errors
/// When there is no such role, it has expired, or a call fails.
pub(crate) async fn assume(
    writer: &Writer,
    role: &str,
    organization: Option<&str>,
    user: Option<&User>,
    now: Timestamp,
) -> anyhow::Result<Assumed> {
    if let Some(id) = role_id(role).filter(|_| user.is_none() && is_id(organization))
        && let Some(token) = by_id(writer, &id).await?
    {
        return Ok(Assumed::Token(id, None, token));
    }
    let live = find_role(writer, role).await?;
    if let Some(end) = live.role.expired(now) {
        return Err(expired(&format!("role {} expired {}", live.role.name, end.in_sentence())).into());
    }
    if let Some(user) = user {
        let answer = effect::effect(writer, &live.id, live.role.role_type, user).await?;
        if answer.effect == Effect::Deny {
            return Ok(Assumed::Denied(Box::new(live)));
        }
    }
    let token = writer.assume(&live.id).await?;
    Ok(Assumed::Token(live.id.clone(), Some(Box::new(live)), token))
}

/// The role has expired, as this says.
pub(crate) fn expired(what: &str) -> CommandError {
    CommandError::refused(format!("{what}; no token is given"))
        .hint("`wmrole edit ROLE --expires` gives it a later end")
}

/// Is the organization given by its id, which is not looked up?
fn is_id(organization: Option<&str>) -> bool {
    organization.is_some_and(|text| OrganizationId::parse(text).is_ok())
}

/// None where no role has this id.
async fn by_id(writer: &Writer, id: &RoleId) -> anyhow::Result<Option<Token>> {
    match writer.assume(id).await {
        Ok(token) => Ok(Some(token)),
        Err(error) if *error.kind() == ErrorKind::RoleNotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The user whom `--as` names, and the directory as far as it was read for it.
///
/// # Errors
/// When nobody, or more than one, is called so.
pub(crate) async fn find_user(reader: &Reader, text: &str) -> anyhow::Result<(Directory, User)> {
    let named = [NamedUser::argument(text)];
    let names = principals::user_names(&named)?;
    let mut directory = directory::read_names(reader, &names, &BTreeSet::new()).await?;
    let hint = principals::name_its_members;
    principals::user_ids(&named, reader, &mut directory, hint).await?;
    let user = directory.find_user(text).cloned().context("the user was looked up")?;
    Ok((directory, user))
}
