//! A plan that is kept for review, and the drift since. Pure: reading and writing the file is
//! `change/saved_plan.rs`.
//!
//! A saved plan is not deserialized into a [`crate::plan::Plan`] and executed. It says what was seen and
//! what was meant; the plan is made again from the same definitions, and is executed only when both
//! are as they were.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::RoleRef;
use super::guard::Limits;
use super::selection::Selection;
use crate::access::{Delta, Grant};
use crate::definition::span::Source;
use crate::definition::user_files::UserFile;
use crate::expiry::Expires;
use crate::id::OrganizationId;
use crate::role::{LiveRole, Role, RoleName, UserId};
use crate::sorted;

/// The version of the file's form.
pub(crate) const VERSION: u32 = 2;
const KIND: &str = "wmrole plan";

/// A plan in a file. It holds no secret: role rules, ids and addresses, and the definitions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedPlan {
    version: u32,
    kind: String,
    /// The version of the program that made it.
    pub made_by: String,
    /// When.
    pub created: Timestamp,
    /// The files and directories as they were given.
    pub arguments: Vec<String>,
    /// The organization that the command line chose, by id.
    pub chosen: Option<OrganizationId>,
    /// The organization of definitions that name none, where the environment chose it.
    pub default: Option<OrganizationId>,
    /// Roles that nothing declares are deleted.
    pub prune: bool,
    /// The roles that it is about.
    #[serde(default, skip_serializing_if = "Selection::is_empty")]
    pub selection: Selection,
    /// How far it may go.
    pub limits: Limits,
    /// The definitions, each with the name of its file.
    pub definitions: Vec<Source>,
    /// The lists of users that the definitions name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_files: Vec<UserFile>,
    /// The policies that hold besides, each with the name of its file.
    pub policies: Vec<Source>,
    /// What was seen and meant, an organization each.
    pub organizations: Vec<SavedOrganization>,
    sha256: String,
}

/// What a plan is made from.
#[derive(Debug, Clone)]
pub(crate) struct Basis {
    /// As [`SavedPlan::arguments`].
    pub arguments: Vec<String>,
    /// As [`SavedPlan::chosen`].
    pub chosen: Option<OrganizationId>,
    /// As [`SavedPlan::default`].
    pub default: Option<OrganizationId>,
    /// As [`SavedPlan::prune`].
    pub prune: bool,
    /// As [`SavedPlan::selection`].
    pub selection: Selection,
    /// As [`SavedPlan::limits`].
    pub limits: Limits,
    /// As [`SavedPlan::definitions`].
    pub definitions: Vec<Source>,
    /// As [`SavedPlan::user_files`].
    pub user_files: Vec<UserFile>,
    /// As [`SavedPlan::policies`].
    pub policies: Vec<Source>,
}

/// What was seen of an organization, and what was meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its alias.
    pub alias: Option<String>,
    /// The plan as `diff -o json` shows it, for people and scripts.
    pub plan: Value,
    /// What was seen and meant.
    pub seen: Fingerprint,
}

/// What a plan was made from and what it does: as long as this is the same, so is the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fingerprint {
    /// The live roles that the plan is about.
    pub live: Vec<LiveRole>,
    /// The declared roles in ids.
    pub desired: Vec<Role>,
    /// Live roles that nothing declares.
    pub undeclared: Vec<RoleRef>,
    /// Who gains and loses what.
    pub delta: Delta,
}

/// Why a file cannot be used as a plan.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    /// It is something else.
    #[error("not a saved plan: {0}")]
    Other(String),
    /// A version of the form that is not known.
    #[error("it has version {0}; this program knows version {VERSION}")]
    Version(u64),
    /// The digest does not fit.
    #[error("it was changed after `wmrole diff --save` wrote it")]
    Edited,
}

impl SavedPlan {
    /// Puts a plan together, with the digest of it.
    pub(crate) fn new(basis: Basis, created: Timestamp, organizations: Vec<SavedOrganization>) -> Self {
        let Basis { arguments, chosen, default, prune, selection, limits, definitions, user_files, policies } =
            basis;
        let mut plan = Self {
            version: VERSION,
            kind: KIND.into(),
            made_by: env!("CARGO_PKG_VERSION").into(),
            created,
            arguments,
            chosen,
            default,
            prune,
            selection,
            limits,
            definitions,
            user_files,
            policies,
            organizations,
            sha256: String::new(),
        };
        plan.sha256 = plan.digest();
        plan
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// When the text is something else, is of another version, or was changed.
    pub(crate) fn parse(text: &str) -> Result<Self, Unusable> {
        let other = |error: serde_json::Error| Unusable::Other(error.to_string());
        let value: Value = serde_json::from_str(text).map_err(other)?;
        if value["kind"] != KIND {
            return Err(Unusable::Other(format!("it has no \"kind\": \"{KIND}\"")));
        }
        match value["version"].as_u64() {
            Some(version) if version == u64::from(VERSION) => {}
            version => return Err(Unusable::Version(version.unwrap_or_default())),
        }
        // A plan of this kind and version that does not fit was changed, as was one whose digest is another
        // From the text as other files are, and not from the value: code for both would be large
        let plan: Self = serde_json::from_str(text).map_err(|_| Unusable::Edited)?;
        if plan.digest() == plan.sha256 { Ok(plan) } else { Err(Unusable::Edited) }
    }

    /// The digest of everything but itself. It guards against edits, not against somebody who
    /// computes it anew: whoever may write the file may also run `apply` without it.
    fn digest(&self) -> String {
        let plain = Self { sha256: String::new(), ..self.clone() };
        // Through a value, whose keys have one order
        let text = as_value(&plain).map(|value| value.to_string()).unwrap_or_default();
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// As `serde_json::to_value`, with the code that writes the file.
///
/// # Errors
/// When the value cannot be JSON.
pub(crate) fn as_value(value: &impl Serialize) -> serde_json::Result<Value> {
    serde_json::from_str(&serde_json::to_string_pretty(value)?)
}

/// One thing that is no longer as it was when a plan was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Drift {
    /// Somebody made, changed or deleted a live role.
    Role {
        /// What it was.
        before: Option<LiveRole>,
        /// What it is.
        now: Option<LiveRole>,
    },
    /// The names of a definition stand for other users than before.
    Members {
        /// What the definition meant.
        before: Role,
        /// What it means now.
        now: Role,
    },
    /// A live role that nothing declares was created or deleted.
    Undeclared {
        /// Its name.
        name: RoleName,
        /// It was created since; otherwise it is gone.
        created: bool,
    },
    /// A date has passed since.
    Expired {
        /// The role that it is about, declared or live.
        role: RoleName,
        /// The date.
        end: Expires,
    },
    /// Mailboxes were enabled or disabled, so that these users gain or lose access otherwise.
    Mailboxes(BTreeSet<UserId>),
}

impl Drift {
    /// Everyone whom it is about.
    pub(crate) fn users(&self) -> BTreeSet<UserId> {
        let named = |role: Option<&Role>| {
            role.into_iter().flat_map(Role::mentioned_users).cloned().collect::<Vec<_>>()
        };
        match self {
            Self::Role { before, now } => {
                let roles = [before, now].map(|live| live.as_ref().map(|live| &live.role));
                roles.into_iter().flat_map(named).collect()
            }
            Self::Members { before, now } => {
                [before, now].into_iter().flat_map(|role| named(Some(role))).collect()
            }
            Self::Undeclared { .. } | Self::Expired { .. } => BTreeSet::new(),
            Self::Mailboxes(users) => users.clone(),
        }
    }
}

impl Fingerprint {
    /// The dates that have passed between two times, each once a role.
    fn expired(&self, from: Timestamp, to: Timestamp) -> Vec<Drift> {
        let roles = self.desired.iter().chain(self.live.iter().map(|live| &live.role));
        let ends = roles.flat_map(|role| {
            let ends = role.expires.iter().chain(role.rules.iter().filter_map(|rule| rule.expires.as_ref()));
            ends.map(|end| (end.clone(), role.name.clone()))
        });
        let passed = sorted::set(ends.filter(|(end, _)| !end.has_passed(from) && end.has_passed(to)));
        passed.into_iter().map(|(end, role)| Drift::Expired { role, end }).collect()
    }
}

/// What has changed between two fingerprints, made at two times.
pub(crate) fn drift(
    (before, then): (&Fingerprint, Timestamp),
    (now, at): (&Fingerprint, Timestamp),
) -> Vec<Drift> {
    let mut drift = before.expired(then, at);
    let has_expired = sorted::set(drift.iter().filter_map(|one| match one {
        Drift::Expired { role, .. } => Some(role.clone()),
        _ => None,
    }));
    for role in &before.live {
        let found = now.live.iter().find(|other| other.id == role.id);
        if !found.is_some_and(|found| found.role.same_as(&role.role)) {
            drift.push(Drift::Role { before: Some(role.clone()), now: found.cloned() });
        }
    }
    for role in now.live.iter().filter(|role| !before.live.iter().any(|other| other.id == role.id)) {
        drift.push(Drift::Role { before: None, now: Some(role.clone()) });
    }
    // The same definitions: the roles are the same, in the same order
    for (was, is) in before.desired.iter().zip(&now.desired).filter(|(was, is)| !was.same_as(is)) {
        if has_expired.contains(&was.name) {
            continue;
        }
        drift.push(Drift::Members { before: was.clone(), now: is.clone() });
    }
    let gone = before.undeclared.iter().filter(|role| !now.undeclared.contains(role));
    let come = now.undeclared.iter().filter(|role| !before.undeclared.contains(role));
    drift.extend(gone.map(|role| Drift::Undeclared { name: role.name.clone(), created: false }));
    drift.extend(come.map(|role| Drift::Undeclared { name: role.name.clone(), created: true }));
    if drift.is_empty() && before.delta != now.delta {
        drift.push(Drift::Mailboxes(changed_users(&before.delta, &now.delta)));
    }
    drift
}

/// Users whose access change differs between two deltas.
fn changed_users(a: &Delta, b: &Delta) -> BTreeSet<UserId> {
    let users = |a: &[Grant], b: &[Grant]| {
        let only =
            |a: &[Grant], b: &[Grant]| a.iter().filter(|one| !b.contains(one)).cloned().collect::<Vec<_>>();
        [only(a, b), only(b, a)].concat().into_iter().map(|grant| grant.user).collect::<Vec<_>>()
    };
    let mut all: BTreeSet<UserId> =
        users(&a.gained, &b.gained).into_iter().chain(users(&a.lost, &b.lost)).collect();
    let escalated = a.escalated.iter().chain(&b.escalated);
    let once = escalated.filter(|one| a.escalated.contains(one) != b.escalated.contains(one));
    all.extend(once.map(|one| one.user.clone()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::tests::{role, rule, uid, users};
    use crate::role::{Effect, RoleId, Targets};

    fn live(id: &str, targets: Targets) -> LiveRole {
        let role = role(vec![rule("a", Effect::Allow, targets)]);
        LiveRole { id: RoleId::from_service(id), role, rules_unknown: false, created: None, modified: None }
    }

    fn seen(live: Vec<LiveRole>) -> Fingerprint {
        Fingerprint { live, desired: vec![], undeclared: vec![], delta: Delta::default() }
    }

    /// What has changed, at once.
    fn drifted(before: &Fingerprint, now: &Fingerprint) -> Vec<Drift> {
        drift((before, Timestamp::UNIX_EPOCH), (now, Timestamp::UNIX_EPOCH))
    }

    fn plan() -> SavedPlan {
        let seen = seen(vec![live("1", Targets::Users(users(&["a"])))]);
        let id = OrganizationId::from_service("m-1");
        let organization =
            SavedOrganization { id, alias: None, plan: serde_json::json!({ "b": 1, "a": [] }), seen };
        let basis = Basis {
            arguments: vec!["roles".into()],
            chosen: None,
            default: None,
            prune: false,
            selection: Selection::default(),
            limits: Limits { max_deletes: 1, ..Limits::default() },
            definitions: vec![],
            user_files: vec![],
            policies: vec![],
        };
        SavedPlan::new(basis, Timestamp::UNIX_EPOCH, vec![organization])
    }

    #[test]
    fn nothing_has_moved_at_first() {
        let before = seen(vec![live("1", Targets::Everyone)]);
        assert_eq!(drifted(&before, &before), []);
    }

    #[test]
    fn a_plan_reads_back_in_any_layout() {
        let plan = plan();
        for text in [serde_json::to_string(&plan), serde_json::to_string_pretty(&plan)] {
            assert_eq!(SavedPlan::parse(&text.expect("a text")).ok(), Some(plan.clone()));
        }
    }

    #[test]
    fn an_edited_plan_is_told_from_another_file() {
        let text = serde_json::to_string(&plan()).expect("a text");
        let parse = |text: &str| SavedPlan::parse(text).err().map(|e| e.to_string()).unwrap_or_default();
        for (from, to) in [
            ("false", "true"),
            ("\"max_deletes\":1", "\"max_deletes\":9"),
            ("\"users\":[\"a\"]", "\"users\":[]"),
            ("\"1\"", "\"2\""),
        ] {
            assert!(text.contains(from), "{from}: {text}");
            assert!(parse(&text.replace(from, to)).contains("was changed"), "{from}");
        }
        assert!(parse("{}").contains("not a saved plan"));
        assert!(parse("version: 1").contains("not a saved plan"));
        assert!(parse(&text.replace("\"version\":2", "\"version\":1")).contains("has version 1"));
    }

    #[test]
    fn what_moved_is_named() {
        let (a, b) = (live("1", Targets::Everyone), live("1", Targets::Users(users(&["x"]))));
        let other = live("2", Targets::Everyone);
        let found = drifted(&seen(vec![a.clone()]), &seen(vec![b.clone(), other.clone()]));
        assert_eq!(
            found,
            [
                Drift::Role { before: Some(a.clone()), now: Some(b) },
                Drift::Role { before: None, now: Some(other) }
            ]
        );
        let gone = drifted(&seen(vec![a.clone()]), &seen(vec![]));
        assert_eq!(gone, [Drift::Role { before: Some(a), now: None }]);
    }

    #[test]
    fn a_date_that_has_passed_since_is_named() {
        let end = |text: &str| Expires::parse(text).expect("an expiry");
        let named = live("1", Targets::Users(users(&["a"])));
        let mut rule = named.role.rules[0].clone();
        rule.expires = Some(end("2027-01-31"));
        let declared = Role { rules: vec![rule], expires: Some(end("2027-03-31")), ..named.role.clone() };
        let other = Role {
            name: RoleName::from_service("other"),
            expires: Some(end("2027-01-31")),
            ..named.role.clone()
        };
        let before =
            Fingerprint { desired: vec![declared.clone()], ..seen(vec![LiveRole { role: other, ..named }]) };
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let found = |then: &str, now: &str| {
            let later = Fingerprint { desired: vec![declared.at(at(now))], ..before.clone() };
            drift((&before, at(then)), (&later, at(now)))
        };
        assert_eq!(found("2027-01-01T00:00:00Z", "2027-01-31T23:59:59Z"), []);
        let expired =
            |role: &str| Drift::Expired { role: RoleName::from_service(role), end: end("2027-01-31") };
        let both = [expired("other"), expired("r")];
        assert_eq!(found("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"), both);
        assert!(both[0].users().is_empty());
        // What had passed already is no news
        let before = Fingerprint { desired: vec![declared.at(at("2027-02-01T00:00:00Z"))], ..before.clone() };
        let times = [at("2027-02-01T00:00:00Z"), at("2027-03-01T00:00:00Z")];
        assert_eq!(drift((&before, times[0]), (&before, times[1])), []);
    }

    #[test]
    fn what_moved_elsewhere_is_named() {
        let same = live("1", Targets::Users(users(&["a"])));
        let role_of = |ids: &[&str]| live("1", Targets::Users(users(ids))).role;
        let reference = |id: &str| RoleRef { name: RoleName::from_service(id), id: RoleId::from_service(id) };
        let before = Fingerprint {
            desired: vec![role_of(&["a"]), role_of(&["b"])],
            undeclared: vec![reference("kept"), reference("gone")],
            ..seen(vec![same.clone()])
        };
        let now = Fingerprint {
            desired: vec![role_of(&["a"]), role_of(&["c"])],
            undeclared: vec![reference("kept"), reference("new")],
            ..seen(vec![same])
        };
        let undeclared =
            |name: &str, created| Drift::Undeclared { name: RoleName::from_service(name), created };
        let expected = [
            Drift::Members { before: role_of(&["b"]), now: role_of(&["c"]) },
            undeclared("gone", false),
            undeclared("new", true),
        ];
        assert_eq!(drifted(&before, &now), expected);
        let users: Vec<_> = expected.iter().map(Drift::users).collect();
        assert_eq!(users, [[uid("b"), uid("c")].into(), [].into(), [].into()]);
    }

    #[test]
    fn everyone_whom_the_drift_is_about_is_named() {
        let (a, b) = (live("1", Targets::Users(users(&["a"]))), live("1", Targets::Users(users(&["b"]))));
        let both = Drift::Role { before: Some(a.clone()), now: Some(b) };
        assert_eq!(both.users(), [uid("a"), uid("b")].into());
        assert_eq!(Drift::Role { before: Some(a), now: None }.users(), [uid("a")].into());
        assert_eq!(Drift::Mailboxes([uid("m")].into()).users(), [uid("m")].into());
    }

    #[test]
    fn users_whose_access_changes_otherwise_are_named() {
        use crate::access::Escalation;
        use crate::role::RoleType::{FullAccess, ReadOnly};
        let role = RoleName::from_service("r");
        let grants = |ids: &[&str]| -> Vec<Grant> {
            ids.iter().map(|id| Grant { role: role.clone(), user: uid(id), role_type: ReadOnly }).collect()
        };
        let escalations = |ids: &[&str]| -> Vec<Escalation> {
            let one =
                |id: &&str| Escalation { role: role.clone(), user: uid(id), from: ReadOnly, to: FullAccess };
            ids.iter().map(one).collect()
        };
        let delta = |gained: &[&str], lost: &[&str], escalated: &[&str]| Delta {
            gained: grants(gained),
            lost: grants(lost),
            escalated: escalations(escalated),
            ..Delta::default()
        };
        let before = Fingerprint { delta: delta(&["a", "same"], &["b"], &["c", "same2"]), ..seen(vec![]) };
        let now = Fingerprint { delta: delta(&["same", "d"], &["b", "e"], &["same2", "f"]), ..seen(vec![]) };
        let moved = ["a", "c", "d", "e", "f"].map(uid).into();
        assert_eq!(drifted(&before, &now), [Drift::Mailboxes(moved)]);
    }
}
