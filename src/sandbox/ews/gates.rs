//! The gates before a mailbox: the token, the caller's address, the impersonated user.

use std::net::Ipv4Addr;

use super::envelope::Envelope;
use super::folders::mailbox_of;
use super::part::{Answer, fault, plain};
use super::visitor::Visitor;
use crate::access;
use crate::directory::access_control::{self, AccessAttempt, Principal};
use crate::id::RoleId;
use crate::role::{Effect, RoleType};
use crate::sandbox::hash::sha256;
use crate::sandbox::lookup::Entity;
use crate::sandbox::model::{AccessControlRule, Organization, State};
use crate::sandbox::store::Store;
use crate::system::System;

/// Whose token it is.
#[derive(Debug)]
pub(super) struct Ticket {
    /// The organization's place in the state.
    pub(super) at: usize,
    role: RoleId,
}

/// # Errors
/// HTTP 401 for a token that is unknown or has expired.
pub(super) fn check_token(state: &State, token: Option<&str>, system: System) -> Result<Ticket, Answer> {
    let (sha256, now) = (token.map(sha256), system.now());
    let tickets = state.organizations.iter().enumerate().flat_map(|(at, organization)| {
        let valid = organization.tokens.iter().filter(move |known| known.expires > now);
        valid.filter(|known| organization.role(known.role.as_str()).is_some()).map(move |known| (at, known))
    });
    let mut tickets = tickets.filter(|(_, known)| sha256.as_ref() == Some(&known.sha256));
    match tickets.next() {
        Some((at, known)) => Ok(Ticket { at, role: known.role.clone() }),
        None => Err(plain(401, "")),
    }
}

/// # Errors
/// HTTP 403 where the access control rules keep the role out at this address.
pub(super) fn check_address(known: &Organization, ticket: &Ticket, address: Ipv4Addr) -> Result<(), Answer> {
    let rules: Vec<_> = known.access_control_rules.iter().map(AccessControlRule::value).collect();
    let principal = Principal::Role(ticket.role.clone());
    let attempt = AccessAttempt { address, action: "EWS".into(), principal };
    match access_control::decide(&rules, &attempt).effect {
        Effect::Allow => Ok(()),
        Effect::Deny => Err(plain(403, "")),
    }
}

/// Whom the role impersonates, and with what it may do, by what mailboxes know of the role.
///
/// # Errors
/// A fault where there is no such mailbox, or the role may not.
pub(super) fn enter(
    present: &Organization,
    known: &Organization,
    ticket: &Ticket,
    envelope: &Envelope,
    store: &Store,
    system: System,
) -> Result<(Visitor, RoleType), Answer> {
    envelope.check_version()?;
    let address = envelope.impersonated()?;
    let Some(Entity::User(user)) = mailbox_of(present, address) else {
        return Err(fault("ErrorNonExistentMailbox", "No mailbox with this address exists."));
    };
    match known.role(ticket.role.as_str()) {
        Some(role) if access::allows(&role.rules(), &user.id) => {
            let address = user.email.clone().unwrap_or_default();
            Ok((Visitor { id: user.id.to_string(), address, store: store.clone(), system }, role.role_type))
        }
        _ => Err(fault(
            "ErrorImpersonateUserDenied",
            "The account does not have permission to impersonate the requested user.",
        )),
    }
}
