//! What is asked for at a step: flags and definitions by chance, and the plan that the library makes of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::evaluator::{SeenRule, allows, members};
use super::undo::{self, Kept};
use super::{Dice, Site, role_type};
use crate::access;
use crate::apply::backup::Lost;
use crate::args::{GuardFlags, RuleFlags};
use crate::change::{self, policy};
use crate::definition::model::Document;
use crate::definition::names::Names;
use crate::definition::parse::{parse, parse_policy};
use crate::definition::resolve;
use crate::directory::{Directory, access_control};
use crate::fetch::definitions::{Gathered, access_control as access_control_rules, gather};
use crate::fetch::directory::{read_everyone, read_names};
use crate::fetch::principals::{find_role, find_roles, listed_ids};
use crate::fetch::roles::{canonical_roles, directory_for};
use crate::fetch::rule_flags;
use crate::plan::compose::{Options, Proposal};
use crate::plan::guard::{self, Limits, Refusal};
use crate::plan::rule_edit::RuleEdits;
use crate::plan::{self, Plan};
use crate::role::{Description, LiveRole, Role, RoleName, RoleType, UserId, limit_violations};
use crate::sandbox::model as state;
use crate::workmail::Writer;

/// What is asked for.
#[derive(Debug)]
pub(super) enum Request {
    Create(Flags),
    Edit { role: String, flags: Flags },
    Delete(Vec<String>),
    Apply { definitions: Vec<Declared>, yaml: String, prune: bool },
    Undo(Box<Undo>),
}

impl Request {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Edit { .. } => "edit",
            Self::Delete(_) => "delete",
            Self::Apply { .. } => "apply",
            Self::Undo(_) => "undo",
        }
    }
}

/// What `undo` is asked for.
#[derive(Debug)]
pub(super) struct Undo {
    /// Which of the saved states.
    pub(super) number: usize,
    pub(super) kept: Kept,
    /// Nobody is asked, by `--yes`.
    yes: bool,
    /// `--allow-everyone`.
    allow_everyone: bool,
}

impl Undo {
    /// The last change that was not undone, or any saved state by its file.
    pub(super) fn random(dice: &mut Dice, kept: &[Kept]) -> Option<Self> {
        let last = kept.iter().rposition(|kept| !kept.spent);
        let number = if dice.percent(20) && !kept.is_empty() { dice.below(kept.len()) } else { last? };
        let (yes, allow_everyone) = (dice.percent(60), dice.percent(60));
        Some(Self { number, kept: kept[number].clone(), yes, allow_everyone })
    }

    /// May roles not open?
    pub(super) fn guards_openings(&self) -> bool {
        self.yes && !self.allow_everyone
    }
}

/// The flags of `create` and `edit`.
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub(super) name: Option<String>,
    role_type: Option<RoleType>,
    description: Option<String>,
    pub(super) rules: RuleFlags,
    rule: Option<String>,
    pub(super) remove_user: Vec<String>,
    undeny: Vec<String>,
    remove_rule: Vec<String>,
    remove_deny_rule: Vec<String>,
}

impl Flags {
    /// Does every flag take away, by its name?
    pub(super) fn only_takes(&self) -> bool {
        let Self {
            name: _,
            role_type,
            description: _,
            rules,
            rule: _,
            remove_user,
            undeny,
            remove_rule,
            remove_deny_rule,
        } = self;
        let RuleFlags { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } = rules;
        let gives = [allow, allow_everyone_except, allow_group, undeny, remove_deny_rule];
        let takes = [deny, deny_group, remove_user, remove_rule];
        role_type.is_none()
            && !allow_everyone
            && gives.iter().all(|list| list.is_empty())
            && takes.iter().any(|list| !list.is_empty())
    }
}

/// How far a step may go.
#[derive(Debug, Clone)]
pub(super) struct Guards {
    pub(super) max_deletes: usize,
    pub(super) flags: GuardFlags,
    /// Whom the definitions of `apply` protect, or a policy of this step.
    protected: BTreeSet<UserId>,
    pub(super) policy: Option<Policy>,
}

/// A policy file, the same for every command of a walk.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    text: String,
    /// Whom it protects in this organization.
    pub(super) protected: BTreeSet<UserId>,
}

impl Policy {
    pub(super) fn random(dice: &mut Dice, organization: &state::Organization) -> Option<Self> {
        if dice.percent(40) {
            return None;
        }
        let (line, holds) = match dice.below(5) {
            0 => (format!("organization: {}\n", organization.alias), true),
            1 => (format!("organization: {}\n", organization.id), true),
            2 => ("organization: somebody-else\n".to_owned(), false),
            _ => (String::new(), true),
        };
        let named = spellings(dice, organization, 3);
        if named.is_empty() {
            return None;
        }
        let ids = named.iter().map(|text| self::named(text, organization).expect("a user of the directory"));
        let ids: BTreeSet<_> = ids.map(UserId::from_service).collect();
        let text = format!("version: 1\n{line}protected_users: [{}]\n", named.join(", "));
        Some(Self { text, protected: if holds { ids } else { BTreeSet::new() } })
    }
}

impl Guards {
    pub(super) fn random(dice: &mut Dice, organization: &state::Organization) -> Self {
        let users: Vec<UserId> = organization.users.iter().map(|user| user.id.clone()).collect();
        let protected = if dice.percent(25) { dice.some(&users, 2) } else { Vec::new() };
        Self {
            max_deletes: dice.below(4),
            flags: GuardFlags {
                max_gained: dice.percent(30).then(|| dice.below(5)),
                allow_escalation: dice.percent(70),
            },
            protected: protected.into_iter().collect(),
            policy: None,
        }
    }

    /// No limits.
    pub(super) fn open() -> Self {
        let flags = GuardFlags { max_gained: None, allow_escalation: true };
        Self { max_deletes: usize::MAX, flags, protected: BTreeSet::new(), policy: None }
    }

    /// Everybody who is protected.
    pub(super) fn protected(&self) -> BTreeSet<UserId> {
        self.policy.iter().flat_map(|policy| &policy.protected).chain(&self.protected).cloned().collect()
    }

    /// The policy as the program reads it, where it holds.
    fn policies(&self, organization: &state::Organization) -> Vec<Document> {
        let Some(Policy { text, protected }) = &self.policy else { return Vec::new() };
        let (document, found) = parse_policy(0, text);
        assert!(found.is_empty(), "{text}: {found:?}");
        let document = document.expect("a policy");
        let holds = policy::holds(&document, &organization.id, Some(&organization.alias));
        assert_eq!(holds, !protected.is_empty(), "{text}");
        if holds { vec![document] } else { Vec::new() }
    }

    /// Whom a command without definitions may not let any role reach: by its policy, and by what else protects.
    async fn read_policy(&self, site: &Site<'_>, directory: &mut Directory) -> Result<guard::Policy, String> {
        let mut policies = self.policies(&site.organization());
        if !self.protected.is_empty() {
            let ids: Vec<_> = self.protected.iter().map(|id| id.as_str()).collect();
            let text = format!("version: 1\nprotected_users: [{}]\n", ids.join(", "));
            policies.extend(parse_policy(1, &text).0);
        }
        let policies: Vec<&Document> = policies.iter().collect();
        if let Site::Service(bench) = site {
            let named = resolve::names(&policies).0;
            directory.merge(said(read_names(&bench.writer, &named, &BTreeSet::new()).await)?);
        }
        let protected = resolve::protected_users(&policies, &Names::of(directory));
        let (protected, _) = protected.map_err(|errors| format!("{errors:?}"))?;
        assert_eq!(protected, self.protected());
        Ok(guard::Policy { protected, max_lifetime: None })
    }

    fn limits(&self) -> Limits {
        let GuardFlags { max_gained, allow_escalation } = self.flags;
        Limits { max_deletes: self.max_deletes, max_gained, allow_escalation }
    }
}

/// A declared role.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) id: Option<String>,
    former: Option<String>,
    pub(super) full: bool,
    description: Option<String>,
    rules: Vec<DeclaredRule>,
}

#[derive(Debug, Clone)]
struct DeclaredRule {
    allow: bool,
    users: Vec<String>,
    groups: Vec<usize>,
    except_users: Vec<String>,
    except_groups: Vec<usize>,
}

impl Declared {
    /// Does the definition mean that this user is reached? Groups are spelt out; a rule about nobody is none.
    pub(super) fn allows(&self, user: &str, organization: &state::Organization) -> bool {
        let rules = self.rules.iter().filter_map(|rule| {
            let DeclaredRule { allow, users, groups, except_users, except_groups } = rule;
            let all = |users: &[String], groups: &[usize]| {
                let ids =
                    users.iter().map(|name| named(name, organization).expect("a user of the directory"));
                ids.chain(members(organization, groups)).collect::<Vec<_>>()
            };
            let listed = !users.is_empty() || !groups.is_empty();
            let only = listed.then(|| all(users, groups));
            let nobody = only.as_ref().is_some_and(Vec::is_empty);
            (!nobody).then(|| SeenRule { allow: *allow, only, but: all(except_users, except_groups) })
        });
        allows(&rules.collect::<Vec<_>>(), user)
    }
}

/// The id of the user of this name, address or id.
fn named(text: &str, organization: &state::Organization) -> Option<String> {
    let user = organization
        .users
        .iter()
        .find(|user| user.name == text || user.email.as_deref() == Some(text) || user.id.as_str() == text);
    user.map(|user| user.id.to_string())
}

/// A user as somebody may write it.
fn spelling(dice: &mut Dice, user: &state::User) -> String {
    match (dice.below(3), &user.email) {
        (0, Some(email)) => email.clone(),
        (1, _) => user.id.to_string(),
        _ => user.name.clone(),
    }
}

fn spellings(dice: &mut Dice, organization: &state::Organization, most: usize) -> Vec<String> {
    let there = organization.users.iter().filter(|user| user.state != state::EntityState::Deleted);
    let there: Vec<usize> = (0..there.count()).collect();
    let users: Vec<&state::User> =
        organization.users.iter().filter(|user| user.state != state::EntityState::Deleted).collect();
    let chosen = dice.some(&there, most);
    chosen.into_iter().map(|n| spelling(dice, users[n])).collect()
}

pub(super) fn random(dice: &mut Dice, organization: &state::Organization, kept: &[Kept]) -> Request {
    let roles = &organization.roles;
    if dice.percent(25)
        && let Some(undo) = Undo::random(dice, kept)
    {
        return Request::Undo(Box::new(undo));
    }
    match dice.below(10) {
        0 | 1 => Request::Create(flags(dice, organization, None)),
        2..=4 if !roles.is_empty() => {
            let role = dice.pick(roles);
            let text = if dice.percent(50) { role.name.to_string() } else { role.id.to_string() };
            Request::Edit { role: text, flags: flags(dice, organization, Some(role)) }
        }
        5 if !roles.is_empty() => {
            let ids: Vec<String> = roles.iter().map(|role| role.id.to_string()).collect();
            Request::Delete(dice.one_or_more(&ids, 2))
        }
        _ => {
            let definitions = definitions(dice, organization);
            let yaml = yaml(dice, &definitions);
            Request::Apply { definitions, yaml, prune: dice.percent(30) }
        }
    }
}

fn flags(dice: &mut Dice, organization: &state::Organization, role: Option<&state::Role>) -> Flags {
    let mut flags = Flags::default();
    let groups: Vec<String> = organization.groups.iter().map(|group| group.name.clone()).collect();
    let gives = role.is_none() || dice.percent(60);
    if gives {
        flags.rules = RuleFlags {
            allow: if dice.percent(50) { spellings(dice, organization, 3) } else { Vec::new() },
            deny: Vec::new(),
            allow_everyone: dice.percent(15),
            allow_everyone_except: Vec::new(),
            allow_group: if dice.percent(20) { dice.some(&groups, 2) } else { Vec::new() },
            deny_group: Vec::new(),
        };
        if !flags.rules.allow_everyone && dice.percent(20) {
            flags.rules.allow_everyone_except = spellings(dice, organization, 3);
        }
    }
    if dice.percent(30) {
        flags.rules.deny = spellings(dice, organization, 2);
    }
    if dice.percent(10) {
        flags.rules.deny_group = dice.some(&groups, 1);
    }
    let Some(role) = role else {
        let taken = dice.percent(20);
        let names: Vec<String> = organization.roles.iter().map(|role| role.name.to_string()).collect();
        let new = format!("role {}", dice.below(9));
        flags.name = Some(if taken && !names.is_empty() { dice.pick(&names).clone() } else { new });
        flags.role_type = Some(role_type(dice));
        return flags;
    };
    let named: Vec<UserId> = role.rules.iter().flat_map(state::Rule::named).cloned().collect();
    let named: Vec<String> = named.iter().map(|id| id.to_string()).collect();
    let rules: Vec<String> = role.rules.iter().map(|rule| rule.id.to_string()).collect();
    if dice.percent(35) {
        flags.remove_user = dice.some(&named, 2);
    }
    if dice.percent(25) {
        flags.remove_rule = dice.some(&rules, 2);
    }
    if gives {
        if dice.percent(20) {
            flags.undeny = dice.some(&named, 2);
        }
        if dice.percent(15) {
            flags.remove_deny_rule = dice.some(&rules, 2);
        }
        if dice.percent(20) && !rules.is_empty() && !flags.rules.joins_no_rule() {
            flags.rule = Some(dice.pick(&rules).clone());
        }
        if dice.percent(20) {
            flags.role_type = Some(role_type(dice));
        }
    }
    if dice.percent(20) {
        flags.name = Some(format!("role {}", dice.below(9)));
    }
    if dice.percent(20) {
        flags.description = Some(if dice.percent(50) { String::new() } else { "another one".into() });
    }
    flags
}

fn definitions(dice: &mut Dice, organization: &state::Organization) -> Vec<Declared> {
    let mut declared: Vec<Declared> = Vec::new();
    let live = &organization.roles;
    let numbers: Vec<usize> = (0..live.len()).collect();
    for n in dice.some(&numbers, 4) {
        let role = &live[n];
        let name = role.name.to_string();
        let (mut name, mut id, mut former) = (name.clone(), None, None);
        if live.iter().filter(|other| other.name == role.name).count() > 1 || dice.percent(20) {
            id = Some(role.id.to_string());
        }
        if dice.percent(25) {
            // Perhaps a name that another role has, and leaves
            let new = format!("role {}", dice.below(9));
            former = (id.is_none() && new != name).then(|| name.clone());
            name = new;
        }
        declared.push(one(dice, organization, name, id, former));
    }
    for _ in 0..dice.below(3) {
        let name = format!("role {}", dice.below(12));
        declared.push(one(dice, organization, name, None, None));
    }
    let mut names = BTreeSet::new();
    declared.retain(|one| names.insert(one.name.clone()));
    declared
}

fn one(
    dice: &mut Dice,
    organization: &state::Organization,
    name: String,
    id: Option<String>,
    former: Option<String>,
) -> Declared {
    let groups: Vec<usize> = (0..organization.groups.len()).collect();
    let rules = (0..dice.below(4)).map(|_| {
        let mut rule = DeclaredRule {
            allow: dice.percent(65),
            users: Vec::new(),
            groups: Vec::new(),
            except_users: Vec::new(),
            except_groups: Vec::new(),
        };
        if dice.percent(90) {
            if dice.percent(80) {
                rule.users = spellings(dice, organization, 4);
                let most = if dice.percent(30) { 2 } else { 0 };
                rule.groups = dice.some(&groups, most);
            }
            if dice.percent(25) {
                rule.except_users = spellings(dice, organization, 2);
                let most = if dice.percent(30) { 1 } else { 0 };
                rule.except_groups = dice.some(&groups, most);
            }
        }
        rule
    });
    let rules = rules.collect();
    let full = role_type(dice) == RoleType::FullAccess;
    let description = dice.percent(30).then(|| "declared".to_owned());
    Declared { name, id, former, full, description, rules }
}

fn yaml(dice: &mut Dice, definitions: &[Declared]) -> String {
    let mut yaml = "version: 1\nroles:\n".to_owned();
    if definitions.is_empty() {
        return "version: 1\nroles: []\n".to_owned();
    }
    for Declared { name, id, former, full, description, rules } in definitions {
        let role_type = if *full { "FULL_ACCESS" } else { "READ_ONLY" };
        write!(yaml, "  - {{name: {name}, type: {role_type}").expect("written");
        if let Some(id) = id {
            write!(yaml, ", id: {id}").expect("written");
        }
        if let Some(former) = former {
            write!(yaml, ", previously: [{former}]").expect("written");
        }
        if let Some(description) = description {
            write!(yaml, ", description: {description}").expect("written");
        }
        yaml += ", rules: [";
        for (n, rule) in rules.iter().enumerate() {
            let DeclaredRule { allow, users, groups, except_users, except_groups } = rule;
            let effect = if *allow { "ALLOW" } else { "DENY" };
            let id = if dice.percent(70) { format!("rule-{n}") } else { format!("other-{n}") };
            write!(yaml, "{}{{id: {id}, effect: {effect}", if n > 0 { ", " } else { "" }).expect("written");
            let names = |groups: &[usize]| groups.iter().map(|n| format!("group{n}")).collect::<Vec<_>>();
            let lists = [
                ("users", users.clone()),
                ("groups", names(groups)),
                ("except_users", except_users.clone()),
                ("except_groups", names(except_groups)),
            ];
            if lists.iter().all(|(_, names)| names.is_empty()) {
                yaml += ", everyone: true";
            }
            for (key, names) in lists.iter().filter(|(_, names)| !names.is_empty()) {
                write!(yaml, ", {key}: [{}]", names.join(", ")).expect("written");
            }
            yaml += "}";
        }
        yaml += "]}\n";
    }
    yaml
}

/// A plan that may be executed, with what forbids that.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) directory: Directory,
    pub(super) refusals: Vec<Refusal>,
    /// What `undo` cannot bring back.
    pub(super) lost: Vec<Lost>,
}

/// The plan of a request.
///
/// # Errors
/// Why there is none: what is asked for is wrong.
pub(super) async fn plan(request: &Request, guards: &Guards, site: &Site<'_>) -> Result<Planned, String> {
    match request {
        Request::Create(flags) => create(flags, guards, site).await,
        Request::Edit { role, flags } => edit(role, flags, guards, site).await,
        Request::Delete(ids) => delete(ids, site).await,
        Request::Apply { yaml, prune, .. } => apply(yaml, *prune, guards, site).await,
        Request::Undo(undo) => self::undo(undo, guards, site).await,
    }
}

async fn undo(request: &Undo, guards: &Guards, site: &Site<'_>) -> Result<Planned, String> {
    let (mut undone, mut directory) = undo::plan(&request.kept.saved, site).await?;
    let lost = std::mem::take(&mut undone.lost);
    let plan = undone.plan();
    let policy = guards.read_policy(site, &mut directory).await?;
    let mut refusals = change::refusals(&plan, &guards.flags, &policy, &directory);
    if request.guards_openings() {
        refusals.extend(guard::openings(&plan));
    }
    Ok(Planned { plan, directory, refusals, lost })
}

async fn create(flags: &Flags, guards: &Guards, site: &Site<'_>) -> Result<Planned, String> {
    let (Some(name), Some(role_type)) = (&flags.name, flags.role_type) else { panic!("{flags:?}") };
    if site.organization().roles.iter().any(|role| role.name.as_str() == name) {
        return Err("the name is taken".into());
    }
    let name = RoleName::from_service(name.as_str());
    let role = Role { name, role_type, description: None, expires: None, rules: Vec::new() };
    match site {
        Site::Model(model) => {
            let (edits, directory) = (edits_by_hand(flags, &model.organization)?, model.live().1);
            let role = edits.apply(&role).map_err(|error| format!("{error:?}"))?;
            one_role(&role, None, directory, guards, site).await
        }
        Site::Service(bench) => {
            let writer = &bench.writer;
            let mut directory = read_flags(writer, flags).await?;
            let edits = said(rule_flags::edits(&said(named_users(flags))?, writer, &mut directory).await)?;
            let role = said(rule_flags::apply(&edits, &role, &directory))?;
            read_everyone_where_needed(writer, None, &role, &mut directory).await?;
            one_role(&role, None, directory, guards, site).await
        }
    }
}

async fn edit(text: &str, flags: &Flags, guards: &Guards, site: &Site<'_>) -> Result<Planned, String> {
    if let Some(name) = &flags.name {
        let own = |role: &&state::Role| role.id.as_str() == text || role.name.as_str() == text;
        let organization = site.organization();
        let now = organization.roles.iter().find(own).map(|role| role.name.as_str());
        if now != Some(name) && organization.roles.iter().any(|role| role.name.as_str() == name) {
            return Err("the name is taken".into());
        }
    }
    match site {
        Site::Model(model) => {
            let (live, directory) = model.live();
            let called = |live: &&LiveRole| live.id.as_str() == text || live.role.name.as_str() == text;
            let found: Vec<_> = live.iter().filter(called).collect();
            let [live] = found[..] else { return Err("several roles are called so".into()) };
            let edits = edits_by_hand(flags, &model.organization)?;
            let role = edits.apply(&edited(flags, live)).map_err(|error| format!("{error:?}"))?;
            one_role(&role, Some(live), directory, guards, site).await
        }
        Site::Service(bench) => {
            let writer = &bench.writer;
            let live = said(find_role(writer, text).await)?;
            let mut directory = said(directory_for(writer, &[&live]).await)?;
            directory.merge(read_flags(writer, flags).await?);
            let live = directory.canonical(live);
            let named = said(named_users(flags))?;
            let edits = RuleEdits {
                rule: flags.rule.clone(),
                remove_users: said(listed_ids(&named.remove_user, &live.role, &directory))?,
                undeny: said(listed_ids(&named.undeny, &live.role, &directory))?,
                remove_rules: flags.remove_rule.clone(),
                remove_deny_rules: flags.remove_deny_rule.clone(),
                ..said(rule_flags::edits(&named, writer, &mut directory).await)?
            };
            let role = said(rule_flags::apply(&edits, &edited(flags, &live), &directory))?;
            read_everyone_where_needed(writer, Some(&live.role), &role, &mut directory).await?;
            one_role(&role, Some(&live), directory, guards, site).await
        }
    }
}

fn named_users(flags: &Flags) -> anyhow::Result<rule_flags::NamedUsers<'_>> {
    rule_flags::NamedUsers::read(&flags.rules, &flags.remove_user, &flags.undeny)
}

fn edited(flags: &Flags, live: &LiveRole) -> Role {
    let mut role = live.role.clone();
    if let Some(name) = &flags.name {
        role.name = RoleName::from_service(name.as_str());
    }
    role.role_type = flags.role_type.unwrap_or(role.role_type);
    match flags.description.as_deref() {
        None => {}
        Some("") => role.description = None,
        Some(text) => role.description = Some(Description::from_service(text)),
    }
    role
}

/// What the flags ask for, their users and groups looked up in the state itself.
fn edits_by_hand(flags: &Flags, organization: &state::Organization) -> Result<RuleEdits, String> {
    let id = |text: &String| UserId::from_service(named(text, organization).unwrap_or_else(|| text.clone()));
    let ids = |users: &[String]| users.iter().map(id).collect::<BTreeSet<_>>();
    let with = |users: &[String], groups: &[String]| {
        let mut all = ids(users);
        for name in groups {
            let number = organization.groups.iter().position(|group| group.name == *name).expect("a group");
            let members = members(organization, &[number]);
            if members.is_empty() {
                return Err(format!("{name} has no members"));
            }
            all.extend(members.into_iter().map(UserId::from_service));
        }
        Ok(all)
    };
    let RuleFlags { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } =
        &flags.rules;
    Ok(RuleEdits {
        rule: flags.rule.clone(),
        expired: BTreeSet::new(),
        allow: with(allow, allow_group)?,
        deny: with(deny, deny_group)?,
        allow_everyone: *allow_everyone,
        allow_everyone_except: ids(allow_everyone_except),
        remove_users: ids(&flags.remove_user),
        undeny: ids(&flags.undeny),
        remove_rules: flags.remove_rule.clone(),
        remove_deny_rules: flags.remove_deny_rule.clone(),
    })
}

async fn read_flags(writer: &Writer, flags: &Flags) -> Result<Directory, String> {
    let (users, groups) = said(named_users(flags).and_then(|named| named.names()))?;
    said(read_names(writer, &users, &groups).await)
}

async fn read_everyone_where_needed(
    writer: &Writer,
    before: Option<&Role>,
    after: &Role,
    directory: &mut Directory,
) -> Result<(), String> {
    if access::needs_every_user(before, Some(after)) && !directory.is_complete() {
        said(read_everyone(writer, directory).await)?;
    }
    Ok(())
}

fn said<T, E: Into<anyhow::Error>>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| format!("{:#}", error.into()))
}

async fn one_role(
    role: &Role,
    live: Option<&LiveRole>,
    mut directory: Directory,
    guards: &Guards,
    site: &Site<'_>,
) -> Result<Planned, String> {
    if let Some(violation) = limit_violations(role).first() {
        return Err(violation.to_string());
    }
    let policy = guards.read_policy(site, &mut directory).await?;
    let change = plan::change_of_role(role, live, &directory);
    let plan = Plan::new(change.into_iter().collect(), Vec::new(), Vec::new());
    let refusals = change::refusals(&plan, &guards.flags, &policy, &directory);
    Ok(Planned { plan, directory, refusals, lost: Vec::new() })
}

async fn delete(ids: &[String], site: &Site<'_>) -> Result<Planned, String> {
    let (live, directory, rules) = match site {
        Site::Model(model) => {
            let (all, directory) = model.live();
            let live = ids.iter().filter_map(|id| all.iter().find(|live| live.id.as_str() == id).cloned());
            (live.collect(), directory, None)
        }
        Site::Service(bench) => {
            let writer = &bench.writer;
            let live = said(find_roles(writer, ids).await)?;
            let directory = said(directory_for(writer, &live.iter().collect::<Vec<_>>()).await)?;
            let rules = said(access_control_rules(writer).await)?;
            (canonical_roles(live, &directory), directory, rules)
        }
    };
    let deletion = |role: &LiveRole| {
        plan::deletion(role, access_control::naming(rules.as_deref(), &role.id), &directory)
    };
    let changes = live.iter().map(deletion).collect();
    let plan = Plan::new(changes, Vec::new(), Vec::new());
    Ok(Planned { plan, directory, refusals: Vec::new(), lost: Vec::new() })
}

async fn apply(yaml: &str, prune: bool, guards: &Guards, site: &Site<'_>) -> Result<Planned, String> {
    let protected: Vec<_> = guards.protected.iter().map(|id| id.to_string()).collect();
    let protects = match protected.is_empty() {
        true => String::new(),
        false => format!("protected_users: [{}]\n", protected.join(", ")),
    };
    let (document, found) = parse(0, &yaml.replace("roles:", &format!("{protects}roles:")));
    let document: Document = document.filter(|_| found.is_empty()).ok_or_else(|| format!("{found:?}"))?;
    let policies = guards.policies(&site.organization());
    let documents: Vec<&Document> = [&document].into_iter().chain(&policies).collect();
    let gathered = match site {
        Site::Model(model) => model.plan(&documents, prune),
        Site::Service(bench) => {
            said(gather(&bench.writer, &documents, Options { prune, ..Options::default() }).await)?
        }
    };
    let Gathered { directory, proposal } = gathered.map_err(|errors| format!("{errors:?}"))?;
    let Proposal { plan, desired, policy, .. } = proposal;
    let limits = guards.limits();
    let mut refusals = guard::totals(&[&plan], &limits);
    refusals.extend(guard::refusals(&plan, &limits, &desired, &policy, &directory));
    Ok(Planned { plan, directory, refusals, lost: Vec::new() })
}
