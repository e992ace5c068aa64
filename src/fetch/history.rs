//! Who did what to roles and mailboxes: events of CloudTrail of one organization, or of files.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::cloudtrail::lookup::KEPT;
use crate::cloudtrail::{OF_ROLES, all_operations, files, lookup};
use crate::error::CommandError;
use crate::id::{OrganizationId, RoleId};
use crate::role::RoleSummary;
use crate::usage::{Event, Usage, name_roles};
use crate::workmail::Trail;

/// More events are not kept: they are some hundred bytes each.
const MOST: usize = 100_000;

/// What was found.
#[derive(Debug)]
pub(crate) struct History {
    /// How far back was looked.
    pub(crate) since: Timestamp,
    /// Whether all that happened since then is there.
    pub(crate) complete: bool,
    /// The newest first, with the names of roles.
    pub(crate) events: Vec<Event>,
}

/// Looks up what happened in an organization since then. `live` are its roles.
///
/// # Errors
/// When a page cannot be read, or there are too many events.
pub(crate) async fn looked_up(
    trail: &Trail,
    organization: &OrganizationId,
    live: &[RoleSummary],
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<History> {
    let kept = now - KEPT;
    let mut events = Events::new(Some(organization), since);
    let known = live.iter().map(|role| role.id.clone()).collect();
    let from = since.max(kept);
    lookup::read(trail, &all_operations(), from, &known, &mut |event| events.take(event)).await?;
    Ok(History { since: from, complete: since >= kept, events: events.named(live)? })
}

/// Reads what files tell of an organization, or of all. That they hold everything, nobody knows.
///
/// # Errors
/// When a file is something else, or there are too many events.
pub(crate) fn of_files(
    paths: &[PathBuf],
    organization: Option<&OrganizationId>,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<History, CommandError> {
    let mut events = Events::new(organization, since.unwrap_or(Timestamp::MIN));
    files::read(paths, io::stdin(), &BTreeSet::new(), &mut |event| events.take(event))?;
    let events = events.named(&[])?;
    let oldest = events.last().map_or(now, |event| event.time);
    Ok(History { since: since.unwrap_or(oldest), complete: false, events })
}

/// Reads who assumed and changed the roles of an organization last, as far back as CloudTrail goes.
///
/// # Errors
/// Why it could not be read, in a sentence.
pub(crate) async fn usage(trail: &Trail, known: &BTreeSet<RoleId>, now: Timestamp) -> Result<Usage, String> {
    // As exact as CloudTrail is
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut usage = Usage::new(now - KEPT, now);
    let read = lookup::read(trail, &OF_ROLES, usage.since, known, &mut |event| usage.add(&event)).await;
    read.map(|()| usage).map_err(|error| error.cause())
}

/// The events that are meant, each once.
struct Events<'a> {
    organization: Option<&'a OrganizationId>,
    since: Timestamp,
    seen: HashSet<String>,
    events: Vec<Event>,
    too_many: bool,
}

impl<'a> Events<'a> {
    fn new(organization: Option<&'a OrganizationId>, since: Timestamp) -> Self {
        Self { organization, since, seen: HashSet::new(), events: Vec::new(), too_many: false }
    }

    /// Takes an event. One that names no organization may be of any, and stays: what was denied may have no request.
    fn take(&mut self, event: Event) {
        let of_another = event.organization.as_deref().zip(self.organization);
        let of_another = of_another.is_some_and(|(its, wanted)| !its.eq_ignore_ascii_case(wanted.as_str()));
        if of_another || event.time < self.since || self.too_many {
            return;
        }
        if !event.id.is_empty() && !self.seen.insert(event.id.clone()) {
            return;
        }
        if self.events.len() >= MOST {
            self.too_many = true;
            return;
        }
        self.events.push(event);
    }

    fn named(mut self, live: &[RoleSummary]) -> Result<Vec<Event>, CommandError> {
        if self.too_many {
            let message = format!("there are more than {MOST} events");
            return Err(CommandError::failed(message).hint("look less far back with --since"));
        }
        let live: BTreeMap<_, _> = live.iter().map(|role| (role.id.clone(), role.name.to_string())).collect();
        name_roles(&mut self.events, &live);
        Ok(self.events)
    }
}

/// The events of a role, by its id or by a name that it has or had: a role that is gone is found by what events tell.
///
/// # Errors
/// When there is no such role, neither live nor in the events.
pub(crate) fn of_role(
    events: Vec<Event>,
    text: &str,
    live: Option<&[RoleSummary]>,
) -> Result<Vec<Event>, CommandError> {
    let is_called = |role: &RoleSummary| role.id.as_str() == text || role.name.as_str() == text;
    let mut ids: BTreeSet<RoleId> =
        live.unwrap_or_default().iter().filter(|role| is_called(role)).map(|role| role.id.clone()).collect();
    let roles = events.iter().filter_map(|event| event.role.as_ref());
    let called = roles.filter(|role| role.name.as_deref() == Some(text));
    ids.extend(called.filter_map(|role| role.id.clone()));
    ids.insert(RoleId::from_service(text));
    let is_of = |event: &Event| {
        let role = event.role.as_ref();
        let by_id = role.and_then(|role| role.id.as_ref()).is_some_and(|id| ids.contains(id));
        // One that was to be made and was not has a name alone
        let by_name = role.is_some_and(|role| role.id.is_none() && role.name.as_deref() == Some(text));
        by_id || by_name || event.also.iter().any(|id| ids.contains(id))
    };
    let is_live = live.is_some_and(|live| live.iter().any(is_called));
    let found: Vec<Event> = events.into_iter().filter(is_of).collect();
    if found.is_empty() && !is_live {
        let message = match live {
            Some(_) => format!("there is no role {text:?}, and no event names one"),
            None => format!("no event in the files names a role {text:?}"),
        };
        let hint = "`wmrole list` lists the roles; `wmrole history` has those that are gone";
        return Err(CommandError::failed(message).hint(hint));
    }
    Ok(found)
}

/// Is it what somebody called? The whole ARN, or one of the names in it: of the user, the role or the session.
pub(crate) fn is_by(event: &Event, text: &str) -> bool {
    let resource = event.principal.rsplit(':').next().unwrap_or_default();
    event.principal == text || resource == text || resource.split('/').skip(1).any(|name| name == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::EventRole;

    fn event(id: &str, name: Option<&str>, organization: Option<&str>) -> Event {
        Event {
            id: id.to_owned(),
            time: Timestamp::UNIX_EPOCH,
            event: "AssumeImpersonationRole".to_owned(),
            principal: "arn:aws:sts::111122223333:assumed-role/Admin/alice".to_owned(),
            source_ip: None,
            user_agent: None,
            role: Some(EventRole { id: Some(RoleId::from_service("role-1")), name: name.map(str::to_owned) }),
            also: Vec::new(),
            subject: None,
            error: None,
            organization: organization.map(str::to_owned),
        }
    }

    #[test]
    fn events_of_other_organizations_and_copies_are_left_out() {
        let wanted = OrganizationId::from_service("m-1");
        let mut events = Events::new(Some(&wanted), Timestamp::UNIX_EPOCH);
        for (id, organization) in [("a", Some("m-1")), ("a", Some("m-1")), ("b", Some("m-2")), ("c", None)] {
            events.take(event(id, None, organization));
        }
        let kept = events.named(&[]).expect("few");
        assert_eq!(kept.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn a_role_that_is_gone_is_found_by_its_id_and_its_names() {
        let events = || vec![event("a", None, None), event("b", Some("Old"), None)];
        assert_eq!(of_role(events(), "role-1", None).expect("by id").len(), 2);
        assert_eq!(of_role(events(), "Old", Some(&[])).expect("by name").len(), 2);
        for live in [None, Some(&[][..])] {
            assert!(of_role(events(), "Other", live).is_err());
        }
    }

    #[test]
    fn whoever_called_is_found_by_any_name_in_the_arn() {
        let event = event("a", None, None);
        for name in ["alice", "Admin", "assumed-role/Admin/alice", event.principal.as_str()] {
            assert!(is_by(&event, name), "{name}");
        }
        for other in ["assumed-role", "ali", "111122223333", ""] {
            assert!(!is_by(&event, other), "{other}");
        }
    }
}
