//! What a new sandbox contains: the demo organization, or a larger one for measurements.
//!
//! All ids and times are fixed, so that examples and tests can name them.

use jiff::Timestamp;

use super::model::{
    ACCOUNT, AccessControlRule, EntityState, ExportJob, ExportState, Group, IdentityProvider,
    MailboxPermission, Member, Organization, PermissionType, PersonalAccessToken, Resource, Role, Rule,
    State, User, UserRole, VERSION, default_user_limit,
};
use super::seed_mail;
use crate::id::{GroupId, OrganizationId, RoleId, RuleId, UserId};
use crate::role::{Description, Effect, RoleName, RoleType};

/// What to put into a new sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seed {
    /// How many organizations; the first is `acme`.
    pub(crate) organizations: usize,
    /// With a number, so many made-up users `user0001@example.com`… instead of the demo's people.
    pub(crate) users: Option<usize>,
    /// With a number, so many made-up roles that name five users each instead of the demo's roles.
    pub(crate) roles: Option<usize>,
    /// With doors to mailboxes open that are no role: a migration administrator, permissions, access tokens, exports.
    pub(crate) doors: bool,
    /// So many messages more, each with an attachment, in all mailboxes in turn.
    pub(crate) messages: usize,
    /// The size of each of these attachments, in bytes.
    pub(crate) attachment_bytes: u64,
}

impl Default for Seed {
    fn default() -> Self {
        Self { organizations: 1, users: None, roles: None, doors: false, messages: 0, attachment_bytes: 0 }
    }
}

const ALIASES: [&str; 4] = ["acme", "globex", "initech", "hooli"];

/// `(name, display name, alias address)`; the place in the list is the number in the id.
const PEOPLE: [(&str, &str, Option<&str>); 12] = [
    ("alice", "Alice Moreau", Some("a.moreau")),
    ("bob", "Bob Tanaka", None),
    ("carol", "Carol Okafor", None),
    ("ceo", "Margaret Osei", Some("margaret.osei")),
    ("dave", "Dave Lindqvist", None),
    ("erin", "Erin Castillo", None),
    ("frank", "Frank Haddad", None),
    ("grace", "Grace Novák", None),
    ("heidi", "Heidi Schneider", None),
    ("ivan", "Ivan Petrov", None),
    ("judy", "Judy Kim", None),
    ("mallory", "Mallory Vance", None),
];

/// 2026-01-05T09:00:00Z and some days.
fn day(days: i64) -> Timestamp {
    Timestamp::from_second(1_767_603_600 + days * 86_400).unwrap_or_default()
}

impl Seed {
    /// The state of a new sandbox.
    pub(crate) fn state(&self) -> State {
        State {
            version: VERSION,
            organizations: (1..=self.organizations).map(|n| self.organization(n)).collect(),
        }
    }

    fn organization(&self, n: usize) -> Organization {
        let maker = Maker::new(n);
        let mut organization = maker.empty();
        match (self.users, self.roles) {
            (None, None) => maker.demo(&mut organization),
            (users, roles) => {
                maker.large(&mut organization, users.unwrap_or(PEOPLE.len()), roles.unwrap_or(3))
            }
        }
        if self.doors {
            maker.doors(&mut organization);
        }
        seed_mail::add(&mut organization, self.messages, self.attachment_bytes, |number| maker.id(5, number));
        organization
    }
}

/// Makes the parts of the `n`th organization, whose ids no other one has.
struct Maker {
    n: usize,
    alias: String,
    domain: String,
}

impl Maker {
    fn new(n: usize) -> Self {
        let alias = ALIASES.get(n - 1).map_or_else(|| format!("org-{n}"), |alias| (*alias).to_owned());
        let domain = if n == 1 { "example.com".to_owned() } else { format!("{alias}.example.com") };
        Self { n, alias, domain }
    }

    fn id(&self, kind: u8, number: usize) -> String {
        format!("{kind}{:07x}-0000-4000-8000-{number:012}", self.n)
    }

    fn user_id(&self, number: usize) -> UserId {
        UserId::from_service(self.id(1, number))
    }

    /// The id of one of the demo's people.
    fn person(&self, name: &str) -> UserId {
        self.user_id(PEOPLE.iter().position(|person| person.0 == name).map_or(0, |at| at + 1))
    }

    fn email(&self, name: &str) -> String {
        format!("{name}@{}", self.domain)
    }

    fn empty(&self) -> Organization {
        Organization {
            id: OrganizationId::from_service(format!("m-ac3e{:028x}", self.n)),
            alias: self.alias.clone(),
            region: "us-east-1".into(),
            state: "Active".into(),
            default_mail_domain: self.domain.clone(),
            domains: vec![format!("{}.awsapps.com", self.alias)],
            directory_id: format!("d-{:010x}", 0x90_670_000 + self.n),
            completed: day(0),
            user_limit: default_user_limit(),
            users: vec![],
            groups: vec![],
            resources: vec![],
            mailbox_permissions: vec![],
            roles: vec![],
            access_control_rules: vec![default_rule()],
            tokens: vec![],
            messages: vec![],
            migration_admin: None,
            identity_provider: None,
            personal_access_tokens: vec![],
            export_jobs: vec![],
        }
    }

    fn user(&self, number: usize, name: &str, display_name: &str) -> User {
        let (first, last) = display_name.split_once(' ').unwrap_or((display_name, ""));
        User {
            id: self.user_id(number),
            name: name.into(),
            display_name: display_name.into(),
            email: Some(self.email(name)),
            aliases: vec![],
            first_name: Some(first.into()),
            last_name: Some(last.into()),
            identity_provider_user_id: None,
            hidden: false,
            role: UserRole::User,
            state: EntityState::Enabled,
            enabled: Some(day(1)),
            disabled: None,
        }
    }

    fn group(&self, number: usize, name: &str, members: Vec<Member>) -> Group {
        Group {
            id: GroupId::from_service(self.id(2, number)),
            name: name.into(),
            email: Some(self.email(name)),
            hidden: false,
            state: EntityState::Enabled,
            enabled: Some(day(1)),
            disabled: None,
            members,
        }
    }

    fn role(&self, number: usize, name: &str, role_type: RoleType, rules: Vec<Rule>) -> Role {
        Role {
            id: RoleId::from_service(self.id(3, number)),
            name: RoleName::from_service(name),
            role_type,
            description: None,
            rules,
            created: day(10 + i64::try_from(number).unwrap_or_default()),
            modified: day(10 + i64::try_from(number).unwrap_or_default()),
            client_token: None,
        }
    }

    fn demo(&self, organization: &mut Organization) {
        organization.users = self.people();
        let members = |names: &[&str]| names.iter().map(|n| Member::User(self.person(n))).collect::<Vec<_>>();
        let board = self.group(1, "board", members(&["ceo", "frank", "judy"]));
        let oncall = self.group(2, "oncall", members(&["carol", "dave"]));
        let mut support = self.group(3, "support", members(&["alice", "bob"]));
        support.members.push(Member::Group(oncall.id.clone()));
        // The assistant of the one mailbox that the migration may not enter: the long way round
        let mut permission = |mailbox: &str, grantee, values: &[PermissionType]| {
            organization.mailbox_permissions.push(MailboxPermission {
                mailbox: self.person(mailbox).to_string(),
                grantee,
                values: values.to_vec(),
            });
        };
        permission(
            "ceo",
            Member::User(self.person("grace")),
            &[PermissionType::FullAccess, PermissionType::SendOnBehalf],
        );
        permission("heidi", Member::Group(oncall.id.clone()), &[PermissionType::FullAccess]);
        permission("erin", Member::User(self.person("judy")), &[PermissionType::SendAs]);
        organization.groups = vec![board, oncall, support];
        organization.resources = vec![Resource {
            description: Some("Fourth floor, seats twelve".into()),
            ..self.room(format!("r-{:032x}", self.n), "boardroom")
        }];
        organization.roles = self.demo_roles();
        // Of a role that is gone
        organization.access_control_rules.push(AccessControlRule {
            name: "archive-from-office".into(),
            effect: Effect::Deny,
            description: "The archive is read in the office alone".into(),
            not_ip_ranges: vec!["203.0.113.0/24".into()],
            actions: vec!["EWS".into()],
            role_ids: vec![RoleId::from_service(self.id(3, 99))],
            created: day(20),
            modified: day(20),
            ..default_rule()
        });
        organization.messages = seed_mail::messages(organization, |number| self.id(4, number));
    }

    fn people(&self) -> Vec<User> {
        let person = |(at, (name, display_name, alias)): (usize, &(&str, &str, Option<&str>))| {
            let mut user = self.user(at + 1, name, display_name);
            user.aliases.extend(alias.map(|alias| self.email(alias)));
            if *name == "mallory" {
                user.state = EntityState::Disabled;
                user.disabled = Some(day(30));
            }
            user
        };
        PEOPLE.iter().enumerate().map(person).collect()
    }

    fn demo_roles(&self) -> Vec<Role> {
        let some = |names: &[&str]| names.iter().map(|name| self.person(name)).collect::<Vec<_>>();
        let triage = Role {
            description: Some(Description::from_service("Reads mail while a ticket is open")),
            ..self.role(
                1,
                "Ticket triage",
                RoleType::ReadOnly,
                vec![
                    rule("support", Some("support"), Effect::Allow, some(&["alice", "bob"])),
                    rule(
                        "never-the-board",
                        Some("never the board"),
                        Effect::Deny,
                        some(&["ceo", "frank", "judy"]),
                    ),
                ],
            )
        };
        let migration = Role {
            description: Some(Description::from_service("Copies every mailbox to the new provider")),
            ..self.role(
                2,
                "Migration",
                RoleType::FullAccess,
                vec![
                    rule("everyone", Some("everyone"), Effect::Allow, vec![]),
                    rule("not-the-ceo", Some("not the ceo"), Effect::Deny, some(&["ceo"])),
                ],
            )
        };
        // One who left, one who is disabled, a rule without a name, and one that decides nothing: it reaches nobody
        let mut left = some(&["mallory"]);
        left.push(self.user_id(99));
        let backup = self.role(
            3,
            "Legacy backup",
            RoleType::ReadOnly,
            vec![
                rule("rule-1", None, Effect::Allow, left),
                rule("rule-2", Some("heidi"), Effect::Allow, some(&["heidi"])),
                rule("rule-3", Some("no longer heidi"), Effect::Deny, some(&["heidi"])),
            ],
        );
        vec![triage, migration, backup]
    }

    /// What a migration leaves behind: an account of its tool that is the migration administrator and may open the
    /// first mailboxes, tokens, an export, and an access control rule for a role.
    fn doors(&self, organization: &mut Organization) {
        let number = organization.users.len() + 1;
        let tool = self.user(number, "migration", "Migration Tool");
        let first: Vec<_> = organization.users.iter().take(4).map(|user| user.id.clone()).collect();
        organization.user_limit = organization.user_limit.max(number);
        let may_open = |mailbox: &UserId| MailboxPermission {
            mailbox: mailbox.to_string(),
            grantee: Member::User(tool.id.clone()),
            values: vec![PermissionType::FullAccess],
        };
        organization.mailbox_permissions.extend(first.iter().map(may_open));
        organization.identity_provider =
            Some(IdentityProvider { personal_access_tokens: true, lifetime_in_days: Some(3650) });
        let token = |number: usize, user: &UserId, name: &str, scopes: &[&str]| PersonalAccessToken {
            id: format!("pat-{:04x}{number:04x}", self.n),
            user: user.clone(),
            name: name.into(),
            created: day(40),
            last_used: None,
            expires: Some(day(40 + 3650)),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let used = PersonalAccessToken {
            last_used: Some(day(60)),
            ..token(1, &tool.id, "IMAP copy", &["IMAP", "SMTP"])
        };
        organization.personal_access_tokens.push(used);
        let of_first = first.first().map(|user| token(2, user, "Phone", &["EWS"]));
        organization.personal_access_tokens.extend(of_first);
        organization.export_jobs.extend(first.last().map(|mailbox| ExportJob {
            id: self.id(5, 1),
            mailbox: mailbox.to_string(),
            description: Some("Copy for the new provider".into()),
            role_arn: format!("arn:aws:iam::{ACCOUNT}:role/workmail-export"),
            kms_key_arn: format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{}", self.id(6, 1)),
            bucket: format!("{}-mail-export", self.alias),
            prefix: "exports".into(),
            progress: 40,
            state: ExportState::Running,
            started: day(60),
            ended: None,
            client_token: None,
        }));
        let widest = organization.roles.iter().find(|role| role.role_type == RoleType::FullAccess);
        organization.access_control_rules.extend(widest.map(|role| AccessControlRule {
            name: "migration-from-its-server".into(),
            effect: Effect::Deny,
            description: "The migration runs on one server".into(),
            not_ip_ranges: vec!["198.51.100.0/24".into()],
            actions: vec!["EWS".into()],
            role_ids: vec![role.id.clone()],
            created: day(40),
            modified: day(40),
            ..default_rule()
        }));
        organization.migration_admin = Some(tool.id.clone());
        organization.users.push(tool);
    }

    fn large(&self, organization: &mut Organization, users: usize, roles: usize) {
        organization.user_limit = users.max(default_user_limit());
        let user = |n| self.user(n, &format!("user{n:04}"), &format!("User {n:04}"));
        organization.users = (1..=users).map(user).collect();
        // Every fiftieth user leads a team
        let team = |n: usize| {
            let members = (n * 50 + 1..=users.min(n * 50 + 50)).map(|m| Member::User(self.user_id(m)));
            self.group(n + 1, &format!("team{:02}", n + 1), members.collect())
        };
        organization.groups = (0..users.div_ceil(50)).map(team).collect();
        let role = |n: usize| {
            let targets =
                (0..users.min(5)).map(|i| self.user_id((n * 5 + i) % users.max(1) + 1)).collect::<Vec<_>>();
            let rules = if targets.is_empty() {
                vec![]
            } else {
                vec![rule("users", Some("users"), Effect::Allow, targets)]
            };
            let role_type = if n.is_multiple_of(2) { RoleType::ReadOnly } else { RoleType::FullAccess };
            self.role(n + 1, &format!("Role {:02}", n + 1), role_type, rules)
        };
        organization.roles = (0..roles).map(role).collect();
        let room = |number: usize| {
            let id = format!("r-{:016x}{number:016x}", self.n);
            self.room(id, &format!("room{number:02}"))
        };
        organization.resources = (1..=users / 500).map(room).collect();
        organization.mailbox_permissions = self.large_permissions(users, &organization.resources);
    }

    /// Some of the mailboxes are open to others: one in 25 to a user, one in 100 and the rooms to a team; from one in
    /// 40 somebody sends. User 1 may open mailbox 25, that user mailbox 625, and so on.
    fn large_permissions(&self, users: usize, rooms: &[Resource]) -> Vec<MailboxPermission> {
        let user = |number| Member::User(self.user_id(number));
        let team = |number| Member::Group(GroupId::from_service(self.id(2, number)));
        let of_user = |number| self.user_id(number).to_string();
        let opened = (25..=users).step_by(25).map(|n| (of_user(n), user(n / 25), PermissionType::FullAccess));
        let shared =
            (90..=users).step_by(100).map(|n| (of_user(n), team(n / 100 + 1), PermissionType::FullAccess));
        let sent = (40..=users).step_by(40).map(|n| (of_user(n), user(n - 1), PermissionType::SendAs));
        let booked =
            rooms.iter().zip(1..).map(|(room, n)| (room.id.clone(), team(n), PermissionType::FullAccess));
        opened
            .chain(shared)
            .chain(sent)
            .chain(booked)
            .map(|(mailbox, grantee, value)| MailboxPermission { mailbox, grantee, values: vec![value] })
            .collect()
    }

    fn room(&self, id: String, name: &str) -> Resource {
        Resource {
            id,
            name: name.into(),
            email: Some(self.email(name)),
            resource_type: "ROOM".into(),
            description: None,
            state: EntityState::Enabled,
            enabled: Some(day(2)),
            disabled: None,
        }
    }
}

fn default_rule() -> AccessControlRule {
    AccessControlRule {
        name: "Default".into(),
        effect: Effect::Allow,
        description: "Default WorkMail Rule".into(),
        ip_ranges: vec![],
        not_ip_ranges: vec![],
        actions: vec![],
        not_actions: vec![],
        user_ids: vec![],
        not_user_ids: vec![],
        role_ids: vec![],
        not_role_ids: vec![],
        created: day(0),
        modified: day(0),
    }
}

/// A rule about these users; about everyone when there are none.
fn rule(id: &str, name: Option<&str>, effect: Effect, users: Vec<UserId>) -> Rule {
    Rule {
        id: RuleId::from_service(id),
        name: name.map(RoleName::from_service),
        description: None,
        effect,
        target_users: Some(users).filter(|users| !users.is_empty()),
        not_target_users: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::access;

    #[test]
    fn a_seed_gives_the_same_state_each_time() {
        assert_eq!(Seed::default().state(), Seed::default().state());
        assert_eq!(Seed::default().state().validate(), Ok(()));
    }

    #[test]
    fn the_demo_has_a_narrow_role_an_open_one_and_a_stale_one() {
        let state = Seed::default().state();
        let organization = &state.organizations[0];
        assert_eq!(organization.users.len(), 12);
        let [triage, migration, backup] = organization.roles.as_slice() else { panic!("three roles") };
        let reach = |role: &Role| {
            organization.users.iter().filter(|user| access::allows(&role.rules(), &user.id)).count()
        };
        assert_eq!((reach(triage), access::is_open(&triage.rules())), (2, false));
        assert_eq!((reach(migration), access::is_open(&migration.rules())), (11, true));
        assert!(backup.rules.iter().flat_map(Rule::named).any(|id| organization.user(id.as_str()).is_none()));
    }

    #[test]
    fn a_large_seed_has_what_was_asked_for() {
        let seed = Seed { organizations: 2, users: Some(1200), roles: Some(50), ..Seed::default() };
        let state = seed.state();
        let organization = &state.organizations[0];
        assert_eq!(
            (organization.users.len(), organization.roles.len(), organization.user_limit),
            (1200, 50, 1200)
        );
        assert!(organization.roles.iter().all(|role| role.rules[0].named().count() == 5));
        let ids: BTreeSet<_> =
            state.organizations.iter().flat_map(|o| &o.users).map(|user| &user.id).collect();
        assert_eq!(ids.len(), 2400);
        let grants = |organization: &Organization| {
            let known = |p: &&MailboxPermission| {
                organization.entity(&p.mailbox).is_some() && organization.entity(p.grantee.id()).is_some()
            };
            let granted = &organization.mailbox_permissions;
            assert_eq!(granted.iter().filter(known).count(), granted.len());
            granted.len()
        };
        // 48 to a user, 12 to a team, 30 to send, and two rooms
        assert_eq!(state.organizations.iter().map(grants).collect::<Vec<_>>(), [92, 92]);
        assert_eq!(Seed { users: Some(0), ..seed }.state().organizations[0].roles[0].rules, []);
    }
}
