//! The users and groups of an organization, as plain data, as far as they were read.
//!
//! Filled by `workmail/`, asked by everybody. It never fetches: what it does not know it says.

pub(crate) mod access_control;
pub(crate) mod doors;
pub(crate) mod permissions;
pub(crate) mod snapshot;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub(crate) use crate::id::{EntityName, GroupId, UserId};
use crate::role::LiveRole;
use crate::sorted;

/// The state of a user or a group.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    /// Registered to WorkMail: a user with an address has a mailbox.
    Enabled,
    /// In the directory, without a mailbox.
    Disabled,
    /// Was deleted; the service still shows it for a while.
    Deleted,
}

impl State {
    /// The service's spelling.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
            Self::Deleted => "DELETED",
        }
    }
}

/// A user, a resource or a system user: whatever has, or could have, a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    /// The id, which is all that is sent to the service.
    pub id: UserId,
    /// The primary address; a user who was never enabled has none.
    pub email: Option<String>,
    /// The user name.
    pub name: Option<String>,
    /// The name that people see.
    pub display_name: Option<String>,
    /// Only enabled users have a mailbox to reach, and of these only those with an address.
    pub state: State,
}

impl User {
    /// How a person would name the user: the address, else the user name, else the id.
    pub(crate) fn label(&self) -> &str {
        self.address().or(self.name.as_deref()).unwrap_or(self.id.as_str())
    }

    /// Can a role reach the user? EWS names users by their primary address, so that an enabled user without one,
    /// as a SYSTEM_USER, has no mailbox to reach (inferred).
    pub(crate) fn has_mailbox(&self) -> bool {
        self.state == State::Enabled && self.address().is_some()
    }

    /// The primary address, which an empty text is not.
    pub(crate) fn address(&self) -> Option<&str> {
        self.email.as_deref().filter(|email| !email.is_empty())
    }
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Member {
    /// A user.
    User(UserId),
    /// A group in the group.
    Group(GroupId),
}

/// A group and its direct members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    /// The id.
    pub id: GroupId,
    /// The address; a group that was never enabled has none.
    pub email: Option<String>,
    /// The group's name.
    pub name: Option<String>,
    /// Enabled or not; the members count all the same.
    pub state: State,
    /// Direct members, nested groups as such.
    pub members: Vec<Member>,
}

impl Group {
    /// How a person would name the group.
    pub(crate) fn label(&self) -> &str {
        self.email.as_deref().or(self.name.as_deref()).unwrap_or(self.id.as_str())
    }
}

/// What is known of an organization's users and groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    users: BTreeMap<UserId, User>,
    groups: BTreeMap<GroupId, Group>,
    /// Everyone who is called so, folded: by address and user name, and by what else the service resolved, as an alias.
    spellings: BTreeMap<String, BTreeSet<UserId>>,
    group_spellings: BTreeMap<String, BTreeSet<GroupId>>,
    /// What groups are called that were listed and not read, by the folded text: for suggestions alone.
    group_names: BTreeMap<String, String>,
    complete: bool,
}

/// Addresses and user names are compared without case, as Exchange and Active Directory do.
fn fold(text: &str) -> String {
    text.to_lowercase()
}

fn has_text<const N: usize>(names: [Option<&str>; N], text: Option<&str>) -> bool {
    let Some(text) = text.map(fold) else { return true };
    names.into_iter().flatten().any(|name| fold(name).contains(&text))
}

/// Whom a spelling means: who has it as id, and who has it as name, each once and sorted by id.
fn called<'a, T, Id: Ord>(
    of_id: Option<&'a T>,
    mut named: Vec<&'a T>,
    id: impl Fn(&T) -> &Id,
    state: impl Fn(&T) -> State,
) -> Vec<&'a T> {
    if named.iter().any(|one| state(one) != State::Deleted) {
        named.retain(|one| state(one) != State::Deleted);
    }
    named.extend(of_id);
    sorted::by(&mut named, |a, b| id(a).cmp(id(b)));
    named.dedup_by(|a, b| id(a) == id(b));
    named
}

impl Directory {
    /// A directory of which every user was read.
    pub(crate) fn complete(users: impl IntoIterator<Item = User>) -> Self {
        let mut directory = Self { complete: true, ..Self::default() };
        users.into_iter().for_each(|user| directory.add_user(user));
        directory
    }

    /// Adds a user, known by id, address and user name.
    pub(crate) fn add_user(&mut self, user: User) {
        for text in [user.email.as_deref(), user.name.as_deref()].into_iter().flatten() {
            self.spellings.entry(fold(text)).or_default().insert(user.id.clone());
        }
        self.users.insert(user.id.clone(), user);
    }

    /// Remembers that the service took `spelling` for this user.
    pub(crate) fn add_spelling(&mut self, spelling: &str, user: User) {
        let id = user.id.clone();
        self.add_user(user);
        self.spellings.entry(fold(spelling)).or_default().insert(id);
    }

    /// Adds a group, known by id, address and name.
    pub(crate) fn add_group(&mut self, group: Group) {
        for text in [group.email.as_deref(), group.name.as_deref()].into_iter().flatten() {
            self.group_spellings.entry(fold(text)).or_default().insert(group.id.clone());
        }
        self.groups.insert(group.id.clone(), group);
    }

    /// Remembers that the service took `spelling` for this group.
    pub(crate) fn add_group_spelling(&mut self, spelling: &str, group: Group) {
        let id = group.id.clone();
        self.add_group(group);
        self.group_spellings.entry(fold(spelling)).or_default().insert(id);
    }

    /// Adds all that another directory knows.
    pub(crate) fn merge(&mut self, other: Self) {
        let Self { users, groups, spellings, group_spellings, group_names, complete } = other;
        self.users.extend(users);
        self.groups.extend(groups);
        for (spelling, ids) in spellings {
            self.spellings.entry(spelling).or_default().extend(ids);
        }
        for (spelling, ids) in group_spellings {
            self.group_spellings.entry(spelling).or_default().extend(ids);
        }
        self.group_names.extend(group_names);
        self.complete |= complete;
    }

    /// Remembers what a group is called that is not read.
    pub(crate) fn add_group_name(&mut self, name: impl Into<String>) {
        let name = name.into();
        self.group_names.insert(fold(&name), name);
    }

    /// What users are called.
    pub(crate) fn user_names(&self) -> impl Iterator<Item = &str> {
        self.users().flat_map(|user| [user.email.as_deref(), user.name.as_deref()]).flatten()
    }

    /// The users who have the text in one of their names or their id, in any case; sorted by what people would call
    /// them. Without a text, everyone who was read.
    pub(crate) fn users_with(&self, text: Option<&str>) -> Vec<&User> {
        let has = |user: &&User| {
            let User { id, email, name, display_name, state: _ } = user;
            let names = [email.as_deref(), name.as_deref(), display_name.as_deref(), Some(id.as_str())];
            has_text(names, text)
        };
        let mut users: Vec<_> = self.users().filter(has).collect();
        sorted::by_key(&mut users, |user| fold(user.label()));
        users
    }

    /// The groups that have the text in one of their names or their id, as [`Directory::users_with`].
    pub(crate) fn groups_with(&self, text: Option<&str>) -> Vec<&Group> {
        let has = |group: &&Group| {
            let Group { id, email, name, state: _, members: _ } = group;
            has_text([email.as_deref(), name.as_deref(), Some(id.as_str())], text)
        };
        let mut groups: Vec<_> = self.groups().filter(has).collect();
        sorted::by_key(&mut groups, |group| fold(group.label()));
        groups
    }

    /// Everyone who was read and has a mailbox to reach, sorted by id.
    pub(crate) fn mailboxes(&self) -> impl Iterator<Item = &User> {
        self.users().filter(|user| user.has_mailbox())
    }

    /// What groups are called, those included that were not read.
    pub(crate) fn group_names(&self) -> impl Iterator<Item = &str> {
        let read = self.groups().flat_map(|group| [group.email.as_deref(), group.name.as_deref()]).flatten();
        read.chain(self.group_names.values().map(String::as_str))
    }

    /// Is a group called so, in any case, read or not?
    pub(crate) fn has_group_name(&self, text: &str) -> bool {
        !self.groups_called(text).is_empty() || self.group_names.contains_key(&fold(text))
    }

    /// Says that every user of the organization was read.
    pub(crate) fn set_complete(&mut self) {
        self.complete = true;
    }

    /// Was every user of the organization read?
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// The user of this id, if it was read.
    pub(crate) fn user(&self, id: &UserId) -> Option<&User> {
        self.users.get(id)
    }

    /// Everyone whom a person may call so, by id, address or user name. Who was deleted is still listed, and has no
    /// name that somebody else has.
    pub(crate) fn users_called(&self, spelling: &str) -> Vec<&User> {
        let named = self.spellings.get(&fold(spelling)).into_iter().flatten();
        let named = named.filter_map(|id| self.users.get(id)).collect();
        let of_id = self.users.get(&UserId::from_service(spelling));
        called(of_id, named, |user| &user.id, |user| user.state)
    }

    /// The only user whom a person may call so: none where several are called so.
    pub(crate) fn find_user(&self, spelling: &str) -> Option<&User> {
        match self.users_called(spelling)[..] {
            [user] => Some(user),
            _ => None,
        }
    }

    /// Everyone whom people see under this name, in any case.
    pub(crate) fn users_shown_as(&self, text: &str) -> Vec<&User> {
        let words = |text: &str| text.split_whitespace().map(fold).collect::<Vec<_>>();
        let wanted = words(text);
        let shown = |user: &&User| user.display_name.as_deref().is_some_and(|name| words(name) == wanted);
        self.users().filter(|_| !wanted.is_empty()).filter(shown).collect()
    }

    /// Every group that a person may call so, as [`Directory::users_called`].
    pub(crate) fn groups_called(&self, spelling: &str) -> Vec<&Group> {
        let named = self.group_spellings.get(&fold(spelling)).into_iter().flatten();
        let named = named.filter_map(|id| self.groups.get(id)).collect();
        let of_id = self.groups.get(&GroupId::from_service(spelling));
        called(of_id, named, |group| &group.id, |group| group.state)
    }

    /// The only group that a person may call so.
    pub(crate) fn find_group(&self, spelling: &str) -> Option<&Group> {
        match self.groups_called(spelling)[..] {
            [group] => Some(group),
            _ => None,
        }
    }

    /// The group of this id, if it was read.
    pub(crate) fn group(&self, id: &GroupId) -> Option<&Group> {
        self.groups.get(id)
    }

    /// Every user read, sorted by id.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Every group read, sorted by id.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The users of a group and of the groups in it, at any depth; cycles are walked once. Groups
    /// that were not read are given as the second value.
    pub(crate) fn members(&self, group: &GroupId) -> (BTreeSet<UserId>, BTreeSet<GroupId>) {
        let (mut users, mut unread) = (BTreeSet::new(), BTreeSet::new());
        let (mut seen, mut queue) = (BTreeSet::new(), vec![group.clone()]);
        while let Some(id) = queue.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            let Some(group) = self.groups.get(&id) else {
                unread.insert(id);
                continue;
            };
            for member in &group.members {
                match member {
                    Member::User(user) => drop(users.insert(user.clone())),
                    Member::Group(group) => queue.push(group.clone()),
                }
            }
        }
        (users, unread)
    }

    /// How a group comes to have a member: the groups from the one that has the user to `group`, by
    /// the names that a person would use. None when the user is no member.
    pub(crate) fn path(&self, group: &Group, user: &UserId) -> Option<Vec<String>> {
        let mut paths = vec![vec![&group.id]];
        let mut seen = BTreeSet::from([&group.id]);
        // Breadth first, so that the shortest way is told
        while !paths.is_empty() {
            let mut longer = Vec::new();
            for path in paths {
                let Some(last) = path.last().and_then(|id| self.groups.get(*id)) else { continue };
                if last.members.contains(&Member::User(user.clone())) {
                    let label = |id: &&GroupId| self.groups.get(*id).map(|group| group.label().to_owned());
                    return Some(path.iter().rev().filter_map(label).collect());
                }
                for member in &last.members {
                    if let Member::Group(id) = member
                        && seen.insert(id)
                    {
                        longer.push([&path[..], &[id]].concat());
                    }
                }
            }
            paths = longer;
        }
        None
    }

    /// How a person would name the user of this id; the id itself where it is not known.
    pub(crate) fn label<'a>(&'a self, id: &'a UserId) -> &'a str {
        self.users.get(id).map_or(id.as_str(), User::label)
    }

    /// The live role in the form that plans compare: targets that the service kept as an address or a user
    /// name are ids, as far as they are known; split rules are joined and sorted.
    pub(crate) fn canonical(&self, live: LiveRole) -> LiveRole {
        let role = live.role.map_users(|user| {
            // An id that the service gave is that of the user, whoever has it as a name
            let found = self.user(user).or_else(|| self.find_user(user.as_str()));
            found.map_or_else(|| user.clone(), |found| found.id.clone())
        });
        LiveRole { role: role.canonical(), ..live }
    }

    /// Has the user a mailbox? An unknown user has none.
    pub(crate) fn has_mailbox(&self, id: &UserId) -> bool {
        self.users.get(id).is_some_and(User::has_mailbox)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A user with the mailbox `ID@x`.
    pub(crate) fn mailbox(id: &str) -> User {
        User {
            id: UserId::from_service(id),
            email: Some(format!("{id}@x")),
            name: None,
            display_name: None,
            state: State::Enabled,
        }
    }

    fn group(id: &str, members: Vec<Member>) -> Group {
        Group {
            id: GroupId::from_service(id),
            email: None,
            name: Some(id.into()),
            state: State::Enabled,
            members,
        }
    }

    fn member(id: &str) -> Member {
        Member::User(UserId::from_service(id))
    }

    fn nested(id: &str) -> Member {
        Member::Group(GroupId::from_service(id))
    }

    #[test]
    fn an_empty_directory_knows_nobody() {
        let directory = Directory::default();
        assert!(directory.find_user("alice").is_none());
        assert!(!directory.has_mailbox(&UserId::from_service("x")));
        assert_eq!(directory.label(&UserId::from_service("x")), "x");
    }

    #[test]
    fn only_who_is_enabled_and_has_an_address_has_a_mailbox() {
        let user = |id: &str, email: Option<&str>, state| User {
            id: UserId::from_service(id),
            email: email.map(str::to_owned),
            name: Some(id.into()),
            display_name: None,
            state,
        };
        let directory = Directory::complete([
            user("1", Some("a@example.com"), State::Enabled),
            user("2", None, State::Enabled),
            user("3", Some(""), State::Enabled),
            user("4", Some("d@example.com"), State::Disabled),
        ]);
        assert_eq!(directory.mailboxes().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["1"]);
        let with = directory.users().filter(|user| directory.has_mailbox(&user.id));
        assert_eq!(with.map(|user| user.id.as_str()).collect::<Vec<_>>(), ["1"]);
        assert_eq!(directory.label(&UserId::from_service("3")), "3");
    }

    #[test]
    fn users_and_groups_are_listed_by_any_part_of_any_name_in_any_case() {
        let user = |id: &str, email: Option<&str>, shown: Option<&str>| User {
            id: UserId::from_service(id),
            email: email.map(str::to_owned),
            name: Some(format!("{id}-name")),
            display_name: shown.map(str::to_owned),
            state: State::Enabled,
        };
        let mut directory = Directory::complete([
            user("1", Some("b@example.com"), Some("Ångström")),
            user("2", Some("A@example.com"), None),
            user("3", None, Some("Carol of Legal")),
        ]);
        directory.add_group(group("Legal", Vec::new()));
        directory.add_group(group("board", Vec::new()));
        let users = |text| directory.users_with(text).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
        assert_eq!(users(None), ["3", "2", "1"]);
        assert_eq!(users(Some("LEGAL")), ["3"]);
        assert_eq!(users(Some("åNG")), ["1"]);
        assert_eq!(users(Some("example")), ["2", "1"]);
        assert_eq!(users(Some("2-NAME")), ["2"]);
        assert!(users(Some("nobody")).is_empty());
        let groups = |text| directory.groups_with(text).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
        assert_eq!(groups(None), ["board", "Legal"]);
        assert_eq!(groups(Some("legal")), ["Legal"]);
    }

    #[test]
    fn a_user_is_found_by_id_address_and_name_in_any_case() {
        let mut directory = Directory::default();
        directory.add_user(User {
            id: UserId::from_service("1"),
            email: Some("Alice@example.com".into()),
            name: Some("alice".into()),
            display_name: None,
            state: State::Enabled,
        });
        for spelling in ["1", "alice@EXAMPLE.com", "ALICE"] {
            assert_eq!(directory.find_user(spelling).map(|u| u.id.as_str()), Some("1"), "{spelling}");
        }
    }

    #[test]
    fn somebody_deleted_does_not_keep_a_name_from_its_new_owner() {
        let user = |id: &str, state| User {
            id: UserId::from_service(id),
            email: Some("ceo@example.com".into()),
            name: None,
            display_name: None,
            state,
        };
        let users = [user("1", State::Deleted), user("2", State::Enabled), user("3", State::Deleted)];
        for turn in 0..3 {
            let mut users = users.to_vec();
            users.rotate_left(turn);
            let directory = Directory::complete(users);
            assert_eq!(directory.find_user("CEO@example.com").map(|user| user.id.as_str()), Some("2"));
        }
    }

    #[test]
    fn a_name_of_two_is_the_name_of_neither_and_both_are_told() {
        let user = |id: &str, email: Option<&str>, name: &str| User {
            id: UserId::from_service(id),
            email: email.map(str::to_owned),
            name: Some(name.into()),
            display_name: None,
            state: State::Enabled,
        };
        let mut users = vec![
            user("1", Some("bob@example.com"), "bob"),
            user("2", None, "BOB@example.com"),
            user("3", None, "1"),
        ];
        for _ in 0..2 {
            let directory = Directory::complete(users.clone());
            let ids = |spelling: &str| -> Vec<&str> {
                directory.users_called(spelling).iter().map(|user| user.id.as_str()).collect()
            };
            assert_eq!(ids("bob@example.com"), ["1", "2"]);
            assert_eq!(ids("1"), ["1", "3"]);
            assert_eq!(ids("bob"), ["1"]);
            assert_eq!(directory.find_user("bob@example.com"), None);
            assert_eq!(directory.find_user("1"), None);
            users.reverse();
        }
        // Read apart, and put together
        let [mut a, b] = [&users[..1], &users[1..]].map(|users| Directory::complete(users.to_vec()));
        a.merge(b);
        assert_eq!(a.users_called("bob@example.com").len(), 2);
    }

    #[test]
    fn members_follow_nested_groups_and_cycles_end() {
        let mut directory = Directory::default();
        directory.add_group(group("a", vec![member("1"), nested("b")]));
        directory.add_group(group("b", vec![member("2"), nested("a"), nested("c")]));
        let (users, unread) = directory.members(&GroupId::from_service("a"));
        assert_eq!(users.iter().map(UserId::as_str).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(unread.iter().map(GroupId::as_str).collect::<Vec<_>>(), ["c"]);
        let a = directory.find_group("a").expect("a group");
        assert_eq!(directory.path(a, &UserId::from_service("2")), Some(vec!["b".into(), "a".into()]));
        assert_eq!(directory.path(a, &UserId::from_service("9")), None);
    }
}
