//! What CloudTrail tells of roles: its events as values, and when a role was last assumed and changed. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::role::RoleId;
use crate::sorted;

/// The operation that gives a token.
pub(crate) const ASSUMED: &str = "AssumeImpersonationRole";

/// A call of the service that CloudTrail recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// CloudTrail's id, which tells apart what two files both have; empty where the record has none.
    pub(crate) id: String,
    pub(crate) time: Timestamp,
    /// The operation's name, as `AssumeImpersonationRole`.
    pub(crate) event: String,
    /// Who called: an ARN where there is one.
    pub(crate) principal: String,
    pub(crate) source_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
    /// The role that it is about.
    pub(crate) role: Option<EventRole>,
    /// Roles that it names besides, as an access control rule does.
    pub(crate) also: Vec<RoleId>,
    /// What else it is about, as a mailbox and a grantee, or an access control rule.
    pub(crate) subject: Option<String>,
    /// The code of the error; the call did nothing.
    pub(crate) error: Option<String>,
    /// The organization that the request names.
    pub(crate) organization: Option<String>,
}

/// The role of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventRole {
    /// None where a role was to be made and was not.
    pub(crate) id: Option<RoleId>,
    pub(crate) name: Option<String>,
}

/// That something was done, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) time: Timestamp,
    pub(crate) principal: String,
    pub(crate) event: String,
}

/// What is known of a role; calls that failed do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RoleUsage {
    /// By whom a token was taken last.
    pub(crate) last_assumed: Option<Seen>,
    /// Who made, changed or deleted it last.
    pub(crate) last_changed: Option<Seen>,
}

/// What is known of all roles in a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Usage {
    /// How far back was looked.
    pub(crate) since: Timestamp,
    /// When it was read.
    pub(crate) until: Timestamp,
    /// Whether all events between the two were read, and say which role was assumed. Where not, a role that is missing
    /// may have been used.
    pub(crate) complete: bool,
    /// Roles without an event are not there.
    roles: BTreeMap<RoleId, RoleUsage>,
}

impl Usage {
    pub(crate) fn new(since: Timestamp, until: Timestamp) -> Self {
        Self { since, until, complete: true, roles: BTreeMap::new() }
    }

    /// Takes an event, in any order, also twice.
    pub(crate) fn add(&mut self, event: &Event) {
        let assumed = match event.event.as_str() {
            ASSUMED => true,
            "CreateImpersonationRole" | "UpdateImpersonationRole" | "DeleteImpersonationRole" => false,
            _ => return,
        };
        if event.error.is_some() {
            return;
        }
        let Some(id) = event.role.as_ref().and_then(|role| role.id.as_ref()) else {
            self.complete &= !assumed;
            return;
        };
        let usage = self.roles.entry(id.clone()).or_default();
        let last = if assumed { &mut usage.last_assumed } else { &mut usage.last_changed };
        if last.as_ref().is_none_or(|last| last.time < event.time) {
            let (principal, name) = (event.principal.clone(), event.event.clone());
            *last = Some(Seen { time: event.time, principal, event: name });
        }
    }

    /// Whether it is known of each of these by whom it was assumed last, so that no older use is of interest.
    pub(crate) fn has_uses_of(&self, roles: &BTreeSet<RoleId>) -> bool {
        roles.iter().all(|id| self.roles.get(id).is_some_and(|usage| usage.last_assumed.is_some()))
    }

    /// What is known of a role; nothing where no event is about it.
    pub(crate) fn role(&self, id: &RoleId) -> RoleUsage {
        self.roles.get(id).cloned().unwrap_or_default()
    }
}

/// Who assumed the role last, and who changed it last, a line each; that it is not known, where it is not.
pub(crate) fn lines(usage: &Result<Usage, String>, id: &RoleId) -> [String; 2] {
    let line = |what: &str, which: fn(RoleUsage) -> Option<Seen>| {
        let said = match usage {
            Err(reason) => format!("not checked (CloudTrail: {reason})"),
            Ok(usage) => match which(usage.role(id)) {
                Some(Seen { time, principal, event }) if event == ASSUMED => format!("{time} by {principal}"),
                Some(Seen { time, principal, event }) => format!("{principal} at {time} ({event})"),
                // What was done just now is no event yet (documented)
                None if usage.complete => {
                    format!("nobody since {} (CloudTrail, up to 15 minutes late)", usage.since)
                }
                None => format!("no event in what was read of CloudTrail since {}", usage.since),
            },
        };
        format!("last {what}: {said}")
    };
    [line("assumed", |usage| usage.last_assumed), line("changed by", |usage| usage.last_changed)]
}

/// Gives every event of a role the name that the role had then: what the last event before it says, else the first
/// one after it, else what `live` says. Sorts the events, the newest first; what is of the same second stays in its order.
pub(crate) fn name_roles(events: &mut [Event], live: &BTreeMap<RoleId, String>) {
    sorted::by_key(events, |event| std::cmp::Reverse(event.time));
    let mut names: BTreeMap<RoleId, String> = BTreeMap::new();
    // First the oldest, so that a name holds for what follows; then back, for what is older than any name
    for event in events.iter_mut().rev() {
        name_role(event, &mut names);
    }
    names = BTreeMap::new();
    for event in events.iter_mut() {
        name_role(event, &mut names);
    }
    for role in events.iter_mut().filter_map(|event| event.role.as_mut()) {
        if let (Some(id), None) = (&role.id, &role.name) {
            role.name = live.get(id).cloned();
        }
    }
}

fn name_role(event: &mut Event, names: &mut BTreeMap<RoleId, String>) {
    let failed = event.error.is_some();
    let Some(EventRole { id: Some(id), name }) = event.role.as_mut() else { return };
    match name {
        // A change that failed asked for the name, and the role did not get it
        Some(name) if !failed => drop(names.insert(id.clone(), name.clone())),
        Some(_) => {}
        None => *name = names.get(id).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: &str = "2026-11-01T10:00:00Z";
    const USED: &str = "2026-11-02T10:00:00Z";
    const RENAMED: &str = "2026-11-03T10:00:00Z";
    const DELETED: &str = "2026-11-04T10:00:00Z";

    fn event(time: &str, event: &str, name: Option<&str>, error: Option<&str>) -> Event {
        Event {
            id: time.to_owned(),
            time: time.parse().expect("a time"),
            event: event.to_owned(),
            principal: format!("arn:aws:iam::111122223333:user/{event}"),
            source_ip: None,
            user_agent: None,
            role: Some(EventRole { id: Some(RoleId::from_service("role-1")), name: name.map(str::to_owned) }),
            also: Vec::new(),
            subject: None,
            error: error.map(str::to_owned),
            organization: None,
        }
    }

    fn usage(events: &[Event]) -> RoleUsage {
        let mut usage = Usage::new(MADE.parse().expect("a time"), DELETED.parse().expect("a time"));
        events.iter().for_each(|event| usage.add(event));
        assert_eq!(usage.role(&RoleId::from_service("role-2")), RoleUsage::default());
        usage.role(&RoleId::from_service("role-1"))
    }

    #[test]
    fn nothing_is_known_without_events() {
        assert_eq!(usage(&[]), RoleUsage::default());
    }

    #[test]
    fn the_last_of_each_kind_counts_in_any_order() {
        let events = [
            event(USED, "AssumeImpersonationRole", None, None),
            event(DELETED, "DeleteImpersonationRole", None, None),
            event(MADE, "CreateImpersonationRole", Some("Mine"), None),
            event(MADE, "AssumeImpersonationRole", None, None),
        ];
        let known = usage(&events);
        let time = |seen: &Option<Seen>| seen.as_ref().map(|seen| seen.time.to_string());
        assert_eq!(time(&known.last_assumed).as_deref(), Some(USED));
        assert_eq!(time(&known.last_changed).as_deref(), Some(DELETED));
        let mut other = events.to_vec();
        other.reverse();
        assert_eq!(usage(&other), known);
    }

    #[test]
    fn what_is_not_known_is_never_said_to_be_nothing() {
        let id = RoleId::from_service("role-1");
        let time = |text: &str| text.parse().expect("a time");
        let mut usage = Usage::new(time(MADE), time(DELETED));
        assert_eq!(
            lines(&Ok(usage.clone()), &id)[0],
            format!("last assumed: nobody since {MADE} (CloudTrail, up to 15 minutes late)")
        );
        usage.complete = false;
        assert!(lines(&Ok(usage.clone()), &id)[1].contains("no event in what was read"));
        let denied = lines(&Err("denied".to_owned()), &id);
        assert_eq!(denied[0], "last assumed: not checked (CloudTrail: denied)");
        usage.add(&event(USED, "UpdateImpersonationRole", None, None));
        let by = "arn:aws:iam::111122223333:user/UpdateImpersonationRole";
        let wanted = format!("last changed by: {by} at {USED} (UpdateImpersonationRole)");
        assert_eq!(lines(&Ok(usage), &id)[1], wanted);
    }

    #[test]
    fn a_call_that_was_denied_and_a_read_are_no_use() {
        let denied = event(USED, "AssumeImpersonationRole", None, Some("AccessDenied"));
        let read = event(USED, "GetImpersonationRole", None, None);
        assert_eq!(usage(&[denied, read]), RoleUsage::default());
    }

    #[test]
    fn a_use_that_names_no_role_may_be_of_any() {
        let mut other = event(USED, ASSUMED, None, None);
        other.role = None;
        let mut usage = Usage::new(MADE.parse().expect("a time"), DELETED.parse().expect("a time"));
        other.error = Some("AccessDenied".to_owned());
        usage.add(&other);
        assert!(usage.complete);
        other.error = None;
        usage.add(&other);
        assert!(!usage.complete);
    }

    #[test]
    fn a_role_has_the_name_of_its_time() {
        let mut events = vec![
            event(MADE, "AssumeImpersonationRole", None, None),
            event(USED, "UpdateImpersonationRole", Some("Old"), None),
            event(USED, "UpdateImpersonationRole", Some("Refused"), Some("AccessDenied")),
            event(RENAMED, "UpdateImpersonationRole", Some("New"), None),
            event(DELETED, "DeleteImpersonationRole", None, None),
        ];
        name_roles(&mut events, &BTreeMap::new());
        let names: Vec<_> = events.iter().filter_map(|event| event.role.as_ref()?.name.as_deref()).collect();
        assert_eq!(names, ["New", "New", "Old", "Refused", "Old"]);
        let mut unnamed = vec![event(USED, "AssumeImpersonationRole", None, None)];
        name_roles(&mut unnamed, &BTreeMap::new());
        assert_eq!(unnamed[0].role.as_ref().and_then(|role| role.name.clone()), None);
        let live = BTreeMap::from([(RoleId::from_service("role-1"), "Live".to_owned())]);
        name_roles(&mut unnamed, &live);
        assert_eq!(unnamed[0].role.as_ref().and_then(|role| role.name.as_deref()), Some("Live"));
    }
}
