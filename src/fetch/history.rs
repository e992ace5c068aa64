//! Who did what to roles and mailboxes: events of CloudTrail of one organization, or of files.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::cloudtrail::lookup::{KEPT, Query};
use crate::cloudtrail::{NAMING, OF_ROLES, all_operations, files, lookup};
use crate::error::CommandError;
use crate::id::{OrganizationId, RoleId};
use crate::role::RoleSummary;
use crate::usage::{ASSUMED, Event, Usage, name_roles};
use crate::workmail::Trail;

/// More events are not kept: they are some hundred bytes each.
pub(crate) const MOST: usize = 100_000;

/// What was found.
#[derive(Debug)]
pub(crate) struct History {
    /// How far back was looked.
    pub(crate) since: Timestamp,
    /// Whether all that happened since then is there.
    pub(crate) complete: bool,
    /// There were more than [`MOST`], and some of this time and before it are left out.
    pub(crate) cut: Option<Timestamp>,
    /// The newest first, with the names of roles.
    pub(crate) events: Vec<Event>,
}

/// Looks up what happened in an organization since then, to a role or to all. `live` are its roles.
///
/// # Errors
/// When a page cannot be read, or there neither is nor was such a role.
pub(crate) async fn looked_up(
    trail: &Trail,
    organization: &OrganizationId,
    live: &[RoleSummary],
    role: Option<&str>,
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<History> {
    let kept = now - KEPT;
    let from = since.max(kept);
    let known = live.iter().map(|role| role.id.clone()).collect();
    let mut events = Events::new(Some(organization), from);
    let query = Query { operations: &all_operations(), since: from, known: &known, pages: usize::MAX };
    lookup::read(trail, query, &mut |event| events.take(event)).await?;
    if from > kept && events.lack_a_name(live, role) {
        let query = Query { operations: &NAMING, since: kept, ..query };
        lookup::read_until(trail, query, from, &mut |event| events.take(event)).await?;
    }
    let cut = events.cut;
    let events = events.of_role(Some(live), role)?;
    Ok(History { since: from, complete: since >= kept && cut.is_none(), cut, events })
}

/// Reads what files tell of an organization, or of all. That they hold everything, nobody knows.
///
/// # Errors
/// When a file is something else, there are too many events, or none is about the role.
pub(crate) fn of_files(
    paths: &[PathBuf],
    organization: Option<&OrganizationId>,
    role: Option<&str>,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<History, CommandError> {
    let mut events = Events::new(organization, since.unwrap_or(Timestamp::MIN));
    let mut take = |event| {
        let _ = events.take(event);
    };
    files::read(paths, io::stdin(), &BTreeSet::new(), &mut take)?;
    if events.cut.is_some() {
        // Files are not read from the newest to the oldest: what is left out could be anything
        let message = format!("there are more than {MOST} events");
        return Err(CommandError::failed(message).hint("look less far back with --since"));
    }
    let oldest = events.events.iter().map(|event| event.time).min().unwrap_or(now);
    let events = events.of_role(None, role)?;
    Ok(History { since: since.unwrap_or(oldest), complete: false, cut: None, events })
}

/// Reads who assumed and changed these roles last, as far back as CloudTrail goes; at most so many pages, of which it
/// gives two a second. Where every role was assumed lately that takes few.
///
/// # Errors
/// Why it could not be read, in a sentence.
pub(crate) async fn usage(
    trail: &Trail,
    known: &BTreeSet<RoleId>,
    now: Timestamp,
    pages: usize,
) -> Result<Usage, String> {
    // As exact as CloudTrail is
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut usage = Usage::new(now - KEPT, now);
    let query = Query { operations: &OF_ROLES, since: usage.since, known, pages };
    let mut take = |event: Event| {
        usage.add(&event);
        match event.event == ASSUMED && usage.has_uses_of(known) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let all = lookup::read(trail, query, &mut take).await.map_err(|error| error.cause())?;
    usage.complete &= all;
    Ok(usage)
}

/// The events that are meant, each once; older ones too that give a role its name.
struct Events<'a> {
    organization: Option<&'a OrganizationId>,
    since: Timestamp,
    seen: HashSet<String>,
    events: Vec<Event>,
    /// When the newest was that found no room.
    cut: Option<Timestamp>,
}

impl<'a> Events<'a> {
    fn new(organization: Option<&'a OrganizationId>, since: Timestamp) -> Self {
        Self { organization, since, seen: HashSet::new(), events: Vec::new(), cut: None }
    }

    /// Takes an event. One that names no organization may be of any, and stays: what was denied may have no request.
    fn take(&mut self, event: Event) -> ControlFlow<()> {
        let of_another = event.organization.as_deref().zip(self.organization);
        let of_another = of_another.is_some_and(|(its, wanted)| !its.eq_ignore_ascii_case(wanted.as_str()));
        let is_older = event.time < self.since;
        let is_of_use = !is_older || event.role.as_ref().is_some_and(|role| role.name.is_some());
        if of_another || !is_of_use || (!event.id.is_empty() && !self.seen.insert(event.id.clone())) {
            return ControlFlow::Continue(());
        }
        if self.events.len() >= MOST {
            self.cut = self.cut.max((!is_older).then_some(event.time));
            return ControlFlow::Break(());
        }
        self.events.push(event);
        ControlFlow::Continue(())
    }

    /// Is there a role whose name no event tells, or is the wanted role none that is known?
    fn lack_a_name(&self, live: &[RoleSummary], wanted: Option<&str>) -> bool {
        let roles = || self.events.iter().filter_map(|event| event.role.as_ref());
        let named: BTreeSet<_> =
            roles().filter(|role| role.name.is_some()).filter_map(|role| role.id.as_ref()).collect();
        let is_known = |id: &RoleId| named.contains(id) || live.iter().any(|role| role.id == *id);
        let is_wanted = |text: &str| {
            live.iter().any(|role| is_called(role, text))
                || roles().any(|role| role.id.as_ref().is_some_and(|id| id.as_str() == text))
        };
        wanted.is_some_and(|text| !is_wanted(text))
            || !roles().filter_map(|role| role.id.as_ref()).all(is_known)
    }

    /// The events since then, of a role or of all, with the names of roles.
    fn of_role(
        mut self,
        live: Option<&[RoleSummary]>,
        role: Option<&str>,
    ) -> Result<Vec<Event>, CommandError> {
        let names = live.unwrap_or_default().iter().map(|role| (role.id.clone(), role.name.to_string()));
        name_roles(&mut self.events, &names.collect());
        let mut events = match role {
            Some(role) => of_role(self.events, role, live)?,
            None => self.events,
        };
        events.retain(|event| event.time >= self.since);
        Ok(events)
    }
}

fn is_called(role: &RoleSummary, text: &str) -> bool {
    role.id.as_str() == text || role.name.as_str() == text
}

/// The events of a role, by its id or by a name that it has or had: a role that is gone is found by what events tell.
///
/// # Errors
/// When there is no such role, neither live nor in the events.
fn of_role(events: Vec<Event>, text: &str, live: Option<&[RoleSummary]>) -> Result<Vec<Event>, CommandError> {
    let live_ones = live.unwrap_or_default().iter().filter(|role| is_called(role, text));
    let mut ids: BTreeSet<RoleId> = live_ones.map(|role| role.id.clone()).collect();
    let is_live = !ids.is_empty();
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
    // What was denied may have no request, and may be of any
    let may_be_of = |event: &Event| event.role.is_none() && OF_ROLES[1..].contains(&event.event.as_str());
    if !is_live && !events.iter().any(is_of) {
        let message = match live {
            Some(_) => format!("there is no role {text:?}, and no event names one"),
            None => format!("no event in the files names a role {text:?}"),
        };
        let hint = "`wmrole list` lists the roles; `wmrole history` has those that are gone";
        return Err(CommandError::failed(message).hint(hint));
    }
    Ok(events.into_iter().filter(|event| is_of(event) || may_be_of(event)).collect())
}

/// Is it what somebody called? The whole ARN, or one of the names in it: of the user, the role or the session, in any
/// case of letters, as IAM has no two that differ in it alone, and sessions are named after addresses.
pub(crate) fn is_by(event: &Event, text: &str) -> bool {
    let is = |name: &str| name.eq_ignore_ascii_case(text);
    let resource = event.principal.rsplit(':').next().unwrap_or_default();
    is(&event.principal) || is(resource) || resource.split('/').skip(1).any(is)
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
            assert!(events.take(event(id, None, organization)).is_continue());
        }
        let kept = events.of_role(None, None).expect("all");
        assert_eq!(kept.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn what_finds_no_room_is_told_by_the_newest_of_it() {
        let mut events = Events::new(None, Timestamp::UNIX_EPOCH);
        let at = |second, id: String| Event {
            time: Timestamp::from_second(second).expect("a time"),
            ..event(&id, None, None)
        };
        assert!((0..MOST).all(|n| events.take(at(1, n.to_string())).is_continue()));
        assert_eq!(events.cut, None);
        for second in [5, 7, 6] {
            assert!(events.take(at(second, format!("late {second}"))).is_break());
        }
        assert_eq!((events.cut.map(Timestamp::as_second), events.events.len()), (Some(7), MOST));
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
    fn what_names_no_role_may_be_of_any() {
        let denied = |name: &str| Event { event: name.to_owned(), role: None, ..event(name, None, None) };
        let events = || {
            vec![event("a", None, None), denied("AssumeImpersonationRole"), denied("CreateImpersonationRole")]
        };
        let found = of_role(events(), "role-1", None).expect("by id");
        assert_eq!(found.iter().map(|event| &event.id).collect::<Vec<_>>(), ["a", "AssumeImpersonationRole"]);
        assert!(of_role(events(), "Other", None).is_err());
    }

    #[test]
    fn whoever_called_is_found_by_any_name_in_the_arn() {
        let event = event("a", None, None);
        for name in ["alice", "Alice", "Admin", "assumed-role/Admin/alice", event.principal.as_str()] {
            assert!(is_by(&event, name), "{name}");
        }
        for other in ["assumed-role", "ali", "111122223333", ""] {
            assert!(!is_by(&event, other), "{other}");
        }
    }
}
