//! Definitions and what is known of an organization to a plan, to what is wrong, or to what must be read first.
//!
//! Pure and sans-IO: whoever composes reads what is needed into the [`Inventory`] and composes again. Each need
//! is asked for once, and a read that finds nothing counts as asked, so that this ends.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::guard::{MaxLifetime, Policy};
use super::identity::{self, Matched};
use super::inventory::{Inventory, Needs, WantedRoles};
use super::selection::{Selection, Unmatched};
use super::{Change, Plan, RoleRef, change, deletion, guard};
use crate::access;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, Errors, Validated, all, both, validated};
use crate::definition::load::check_spellings;
use crate::definition::model::{Document, RoleDefinition};
use crate::definition::names::Names;
use crate::definition::resolve::{self, Desired};
use crate::directory::{UserId, access_control};
use crate::role::{LiveRole, Role, RoleId, RoleName, RoleSummary, Rule};
use crate::sorted;

/// What is planned besides the declared roles.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options<'a> {
    /// Live roles that nothing declares are deleted.
    pub prune: bool,
    /// Users whom expectations name are read too.
    pub expected: bool,
    /// The time at which it is planned: what has ended by then is left out.
    pub now: Timestamp,
    /// The roles that the plan is about; all of them where there is none. Others are neither changed nor deleted.
    pub selection: Option<&'a Selection>,
}

impl Options<'_> {
    /// Is the plan about the role that is called so?
    fn selects(&self, names: &[&str]) -> bool {
        self.selection.is_none_or(|selection| selection.selects(names))
    }

    fn selects_live(&self, role: &RoleSummary) -> bool {
        self.selects(&[role.name.as_str(), role.id.as_str()])
    }

    /// Is the plan about the role, under its names in the definition and those that it has now?
    fn selects_declared(&self, definition: &RoleDefinition, live: Option<&RoleSummary>) -> bool {
        let mut names = names_in(definition);
        names.extend(live.into_iter().flat_map(|live| [live.name.as_str(), live.id.as_str()]));
        self.selects(&names)
    }
}

/// What a definition calls its role.
fn names_in(definition: &RoleDefinition) -> Vec<&str> {
    let former = definition.previously.iter().map(|name| name.value.as_str());
    let id = definition.id.iter().map(|id| id.value.as_str());
    std::iter::once(definition.name.value.as_str()).chain(former).chain(id).collect()
}

/// A plan with all that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// The changes.
    pub plan: Plan,
    /// The live roles that the plan is about, as it compares them.
    pub live: Vec<LiveRole>,
    /// The declared roles in ids, in the order of the definitions.
    pub desired: Vec<Desired>,
    /// What policies and definitions forbid.
    pub policy: Policy,
    /// What is worth knowing about the definitions.
    pub warnings: Vec<Diagnostic>,
    /// The declared roles that the plan is not about.
    pub left_out: Vec<RoleName>,
    /// The patterns of the selection that no role here has.
    pub unmatched: Vec<Unmatched>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// This must be read first.
    Needs(Box<Needs>),
    /// The definitions are wrong.
    Errors(Errors),
}

impl From<Box<Needs>> for Blocked {
    fn from(needs: Box<Needs>) -> Self {
        Self::Needs(needs)
    }
}

impl From<Errors> for Blocked {
    fn from(errors: Errors) -> Self {
        Self::Errors(errors)
    }
}

/// Plans the changes that make the documents' roles live.
///
/// # Errors
/// When something must be read first, or a definition is wrong.
pub(crate) fn compose(
    documents: &[&Document],
    inventory: &Inventory,
    options: Options<'_>,
) -> Result<Proposal, Blocked> {
    let definitions: Vec<&RoleDefinition> = documents.iter().flat_map(|document| &document.roles).collect();
    inventory.require(what_definitions_name(documents, &definitions, options))?;

    // The same roles may stand in documents that spell their organization differently
    let spellings = || check_spellings(documents);
    let is_as_declared =
        |definition: &RoleDefinition, id: &RoleId| is_as_declared(definition, id, inventory, options.now);
    let matched = identity::match_live(&definitions, &inventory.summaries, is_as_declared)
        .map_err(|ambiguous| ambiguous.and(spellings()))?;
    let undeclared = Undeclared::of(&matched, inventory, &options);
    // Whom the others mean is known by now, and what they rename stays
    let (matched, others): (Vec<_>, Vec<_>) =
        matched.into_iter().partition(|one| options.selects_declared(one.definition, one.live));
    let selected = sorted::set(matched.iter().map(|one| &one.definition.name.value));
    let (users, groups) = resolve::names_of(documents, |role| selected.contains(&role.name.value));
    let gone = identity::gone_ids(&matched);
    inventory.require(Needs {
        // For their addresses, and to know whether they are enabled
        user_ids: named_by_live(&matched, &undeclared, inventory),
        access_rules: !(undeclared.pruned.is_empty() && gone.is_empty()),
        users,
        groups,
        ..Needs::default()
    })?;

    let names = Names::of(&inventory.directory);
    let declared = all(matched.iter().map(|one| declare(one, inventory, &names, options.now)));
    let resolved = both(resolve::protected_users(documents, &names), declared);
    inventory.require(what_reach_depends_on(&resolved, &undeclared, inventory))?;

    let mut found: Vec<Diagnostic> =
        gone.iter().map(|gone| gone.diagnostic(inventory.access_rules.as_deref())).collect();
    let goes = |role: &RoleSummary| options.prune && options.selects_live(role);
    found.extend(identity::taken_names(&matched, &others, &inventory.summaries, goes));
    found.extend(identity::shared_names(&matched));
    found.extend(spellings());
    found.extend(protected_by_undeclared(documents, &undeclared, inventory));
    let (((protected, declared), ()), warnings) = both(resolved, validated((), found))?;
    let policy = Policy { protected, max_lifetime: MaxLifetime::of(documents, options.now) };
    let proposal = propose(declared, undeclared, policy, warnings, inventory);
    let live = inventory.summaries.iter().flat_map(|role| [role.name.as_str(), role.id.as_str()]);
    let names: Vec<&str> = live.chain(definitions.iter().flat_map(|one| names_in(one))).collect();
    let unmatched = options.selection.map(|selection| selection.unmatched(&names)).unwrap_or_default();
    let left_out = others.iter().map(|one| one.definition.name.value.clone()).collect();
    Ok(Proposal { left_out, unmatched, ..proposal })
}

/// The roles, users and groups that the definitions name.
fn what_definitions_name(
    documents: &[&Document],
    definitions: &[&RoleDefinition],
    options: Options<'_>,
) -> Needs {
    let Options { prune, expected, now: _, selection: _ } = options;
    let (mut users, groups) = resolve::names_of(documents, |role| options.selects_declared(role, None));
    if expected {
        users.extend(resolve::expected(documents).into_iter().map(|user| user.value.clone()));
    }
    let protects = documents.iter().any(|document| !document.protected_users.is_empty());
    // No live role may reach a protected user, declared or not
    let roles = if prune || protects {
        WantedRoles::All
    } else {
        let own = definitions.iter().map(|definition| definition.name.value.clone());
        let others = definitions.iter().flat_map(|definition| identity::other_names(definition));
        let ids = definitions.iter().filter_map(|definition| Some(definition.id.as_ref()?.value.clone()));
        WantedRoles::Called { names: sorted::set(own.chain(others)), ids: ids.collect() }
    };
    Needs { roles: Some(roles), users, groups, ..Needs::default() }
}

/// The live roles that no definition means.
struct Undeclared<'a> {
    /// Those that go.
    pruned: Vec<&'a LiveRole>,
    /// Those that stay.
    left: Vec<&'a RoleSummary>,
}

impl<'a> Undeclared<'a> {
    fn of(matched: &[Matched<'_>], inventory: &'a Inventory, options: &Options<'_>) -> Self {
        let undeclared = inventory.summaries.iter().filter(|role| !matched.iter().any(|one| one.means(role)));
        let undeclared = undeclared.filter(|role| options.selects_live(role));
        let (mut pruned, mut left) = (Vec::new(), Vec::new());
        for role in undeclared {
            match inventory.live_role(&role.id).filter(|_| options.prune) {
                Some(live) => pruned.push(live),
                None => left.push(role),
            }
        }
        Self { pruned, left }
    }
}

/// The users whom the live roles name that the plan is about.
fn named_by_live(
    matched: &[Matched<'_>],
    undeclared: &Undeclared<'_>,
    inventory: &Inventory,
) -> BTreeSet<UserId> {
    let declared = matched.iter().filter_map(|one| live_role(one, inventory));
    let live = declared.chain(undeclared.pruned.iter().copied());
    live.flat_map(|live| live.role.mentioned_users()).cloned().collect()
}

fn live_role<'a>(matched: &Matched<'_>, inventory: &'a Inventory) -> Option<&'a LiveRole> {
    inventory.live_role(&matched.live?.id)
}

/// A declared role.
struct Declared {
    /// What it is, where it is live.
    live: Option<LiveRole>,
    /// What it is to be.
    desired: Desired,
}

fn declare(
    matched: &Matched<'_>,
    inventory: &Inventory,
    names: &Names<'_>,
    now: Timestamp,
) -> Validated<Declared> {
    let found = live_role(matched, inventory);
    let kept = found.map(|live| live.role.mentioned_users()).unwrap_or_default();
    let live = found.map(|live| inventory.directory.canonical(live.clone()));
    let role = live.as_ref().map(|live| &live.role);
    let (desired, mut warnings) = resolve::role(matched.definition, names, &kept, role, now)?;
    warnings.extend(role.into_iter().flat_map(|role| unreadable_expiries(matched.definition, role)));
    Ok((Declared { live, desired }, warnings))
}

fn unreadable_expiries(definition: &RoleDefinition, live: &Role) -> Vec<Diagnostic> {
    let warning = |(rule, message): (Option<&Rule>, String)| {
        let declared = rule.and_then(|rule| definition.rules.iter().find(|other| other.id == rule.id));
        let span = declared.map_or(&definition.name.span, |rule| &rule.span);
        Diagnostic::warning(DiagnosticCode::UnreadableExpiry, span, message)
            .help("write the date as `expires` here, and apply")
    };
    live.unreadable_expiries().into_iter().map(warning).collect()
}

/// Is a live role already what a definition declares?
fn is_as_declared(definition: &RoleDefinition, id: &RoleId, inventory: &Inventory, now: Timestamp) -> bool {
    let Some(live) = inventory.live_role(id) else { return false };
    let kept = live.role.mentioned_users();
    let canonical = inventory.directory.canonical(live.clone());
    let names = Names::of(&inventory.directory);
    let desired = resolve::role(definition, &names, &kept, Some(&canonical.role), now);
    desired.is_ok_and(|(desired, _)| canonical.role.same_as(&desired.role))
}

/// What must be known to say who is reached; or, when a name is not known, to suggest one.
fn what_reach_depends_on(
    resolved: &Validated<(BTreeSet<UserId>, Vec<Declared>)>,
    undeclared: &Undeclared<'_>,
    inventory: &Inventory,
) -> Needs {
    let Ok(((_, declared), _)) = resolved else {
        return Needs { everyone: true, group_names: true, ..Needs::default() };
    };
    let changed = declared.iter().any(|Declared { live, desired }| {
        access::needs_every_user(live.as_ref().map(|live| &live.role), Some(&desired.role))
    });
    let pruned = undeclared.pruned.iter();
    let deleted = pruned
        .map(|live| inventory.directory.canonical((*live).clone()))
        .any(|live| access::needs_every_user(Some(&live.role), None));
    Needs { everyone: changed || deleted, ..Needs::default() }
}

/// Live roles that no definition declares and that reach a protected user: the plan leaves them as they are.
fn protected_by_undeclared(
    documents: &[&Document],
    undeclared: &Undeclared<'_>,
    inventory: &Inventory,
) -> Vec<Diagnostic> {
    let directory = &inventory.directory;
    let mut warnings = Vec::new();
    let users = documents.iter().flat_map(|document| &document.protected_users);
    let users: Vec<_> =
        users.filter_map(|user| Some((directory.find_user(user.value.as_str())?, &user.span))).collect();
    for live in undeclared.left.iter().filter_map(|role| inventory.live_role(&role.id)) {
        let live = directory.canonical(live.clone());
        for (user, span) in &users {
            let protected = BTreeSet::from([user.id.clone()]);
            for (_, rule) in guard::protected_reach(&live.role, &protected) {
                let message = format!(
                    "live role {}, which no definition declares, reaches {}, who is in protected_users: rule {} \
                     allows it{}",
                    live.role.name,
                    user.label(),
                    rule.label(),
                    guard::how(rule)
                );
                warnings.push(
                    Diagnostic::warning(DiagnosticCode::UndeclaredProtectedUser, span, message).help(
                        format!(
                            "to change that: `wmrole edit {} --deny {}`, or declare the role",
                            live.id,
                            user.label()
                        ),
                    ),
                );
            }
        }
    }
    warnings
}

/// The plan of roles that are resolved.
fn propose(
    declared: Vec<Declared>,
    undeclared: Undeclared<'_>,
    policy: Policy,
    warnings: Vec<Diagnostic>,
    inventory: &Inventory,
) -> Proposal {
    let directory = &inventory.directory;
    let Undeclared { pruned, left } = undeclared;
    let (mut changes, mut unchanged): (Vec<Change>, _) = (Vec::new(), Vec::new());
    let (mut all_live, mut all_desired) = (Vec::new(), Vec::new());
    for Declared { live, desired } in declared {
        match (change(&desired, live.as_ref(), directory), &live) {
            (Some(change), _) => changes.push(change),
            (None, Some(live)) => {
                unchanged.push(RoleRef { name: live.role.name.clone(), id: live.id.clone() })
            }
            (None, None) => {}
        }
        all_live.extend(live);
        all_desired.push(desired);
    }
    for live in pruned {
        let live = directory.canonical(live.clone());
        let naming = access_control::naming(inventory.access_rules.as_deref(), &live.id);
        changes.push(deletion(&live, naming, directory));
        all_live.push(live);
    }
    let left = left.into_iter().map(|role| RoleRef { name: role.name.clone(), id: role.id.clone() });
    Proposal {
        plan: Plan::new(changes, unchanged, left.collect()),
        live: all_live,
        desired: all_desired,
        policy,
        warnings,
        left_out: Vec::new(),
        unmatched: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::parse::parse;
    use crate::directory::{State, User};
    use crate::role::tests::{role, rule, users};
    use crate::role::{Effect, RoleId, Targets};

    fn document(roles: &str) -> Document {
        let (document, diagnostics) = parse(0, &format!("version: 1\n{roles}\n"));
        assert_eq!(diagnostics, []);
        document.expect("a document")
    }

    /// An organization of these users and live roles, as far as it is asked for.
    struct Organization {
        users: Vec<User>,
        live: Vec<LiveRole>,
    }

    impl Organization {
        fn new(users: &[&str], live: &[(&str, Targets)]) -> Self {
            let user = |id: &&str| User {
                id: UserId::from_service(*id),
                email: Some(format!("{id}@example.com")),
                name: Some(format!("name-{id}")),
                display_name: None,
                state: State::Enabled,
            };
            let live = live.iter().map(|(id, targets)| LiveRole {
                id: RoleId::from_service(*id),
                role: role(vec![rule("a", Effect::Allow, targets.clone())]),
                rules_unknown: false,
                created: None,
                modified: None,
            });
            Self { users: users.iter().map(user).collect(), live: live.collect() }
        }

        fn read(&self, needs: Needs, inventory: &mut Inventory) {
            let summary = |live: &LiveRole| RoleSummary {
                id: live.id.clone(),
                name: live.role.name.clone(),
                role_type: live.role.role_type,
                created: None,
                modified: None,
            };
            if let Some(wanted) = &needs.roles {
                inventory.summaries = self.live.iter().map(summary).collect();
                let wanted = self.live.iter().filter(|live| wanted.includes(&summary(live)));
                inventory.live = wanted.cloned().collect();
            }
            for user in &self.users {
                let named = needs.users.iter().any(|name| Some(name.as_str()) == user.name.as_deref());
                if needs.everyone || named || needs.user_ids.contains(&user.id) {
                    inventory.directory.add_user(user.clone());
                }
            }
            if needs.everyone {
                inventory.directory.set_complete();
            }
            if needs.access_rules {
                inventory.access_rules = Some(Vec::new());
            }
            inventory.asked.extend(needs);
        }

        /// The plan, and everything that was needed for it, in order.
        fn compose(&self, roles: &str, options: Options<'_>) -> (Vec<Needs>, Result<Proposal, Errors>) {
            let document = document(roles);
            let (mut inventory, mut asked) = (Inventory::default(), Vec::new());
            loop {
                assert!(asked.len() < 4, "{asked:?}");
                match compose(&[&document], &inventory, options) {
                    Ok(proposal) => return (asked, Ok(proposal)),
                    Err(Blocked::Errors(errors)) => return (asked, Err(errors)),
                    Err(Blocked::Needs(needs)) => {
                        asked.push((*needs).clone());
                        self.read(*needs, &mut inventory);
                    }
                }
            }
        }
    }

    fn ids(needs: &Needs) -> Vec<&str> {
        needs.user_ids.iter().map(UserId::as_str).collect()
    }

    const PRUNE: Options<'_> =
        Options { prune: true, expected: false, now: Timestamp::UNIX_EPOCH, selection: None };

    #[test]
    fn an_empty_document_against_nothing_is_an_empty_plan() {
        let (asked, proposal) = Organization::new(&[], &[]).compose("roles: []", Options::default());
        let proposal = proposal.expect("a plan");
        assert!(proposal.plan.is_empty());
        assert_eq!((proposal.live, proposal.warnings), (vec![], vec![]));
        let nothing = WantedRoles::Called { names: BTreeSet::new(), ids: BTreeSet::new() };
        assert_eq!(asked, [Needs { roles: Some(nothing), ..Needs::default() }]);
    }

    #[test]
    fn whom_definitions_and_live_roles_both_name_is_read_once() {
        let organization = Organization::new(&["1"], &[("r1", Targets::Users(users(&["1"])))]);
        let declared =
            "roles: [{name: r, type: READ_ONLY, rules: [{id: a, effect: ALLOW, users: [name-1]}]}]";
        let (asked, proposal) = organization.compose(declared, Options::default());
        assert!(proposal.expect("a plan").plan.is_empty());
        // Known by its name already
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].users.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["name-1"]);
    }

    #[test]
    fn whom_only_live_roles_name_is_read_next() {
        let live = [("r1", Targets::Users(users(&["1", "2", "9"])))];
        let organization = Organization::new(&["1", "2"], &live);
        let declared =
            "roles: [{name: r, type: READ_ONLY, rules: [{id: a, effect: ALLOW, users: [name-1]}]}]";
        let (asked, proposal) = organization.compose(declared, Options::default());
        assert_eq!(proposal.expect("a plan").plan.delta.lost.len(), 1);
        // The last one is nobody's id, and is asked for once
        assert_eq!(asked.iter().map(ids).collect::<Vec<_>>(), [vec![], vec!["2", "9"]]);
        assert!(!asked.iter().any(|needs| needs.access_rules || needs.everyone));
    }

    #[test]
    fn everyone_is_read_where_a_role_opens_or_closes() {
        let organization = Organization::new(&["1", "2"], &[]);
        let open = "roles: [{name: r, type: READ_ONLY, rules: [{id: a, effect: ALLOW, everyone: true}]}]";
        let (asked, proposal) = organization.compose(open, Options::default());
        assert_eq!(proposal.expect("a plan").plan.delta.gained.len(), 2);
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[1], Needs { everyone: true, ..Needs::default() });
        let organization = Organization::new(&["1"], &[("r1", Targets::Everyone)]);
        assert_eq!(organization.compose(open, Options::default()).0.len(), 1);
        assert!(organization.compose("roles: []", PRUNE).0.iter().any(|needs| needs.everyone));
    }

    #[test]
    fn a_deletion_needs_the_access_control_rules() {
        let organization = Organization::new(&["1"], &[("r1", Targets::Users(users(&["1"])))]);
        let (asked, proposal) = organization.compose("roles: []", PRUNE);
        let changes = proposal.expect("a plan").plan.changes;
        assert_eq!(changes.iter().map(|change| &change.referenced_by).collect::<Vec<_>>(), [&Some(vec![])]);
        assert_eq!(asked.iter().map(|needs| needs.access_rules).collect::<Vec<_>>(), [false, true]);
        let (asked, proposal) = organization.compose("roles: []", Options::default());
        assert_eq!((asked.len(), proposal.expect("a plan").plan.undeclared.len()), (1, 1));
    }

    #[test]
    fn access_control_rules_that_may_not_be_read_are_not_asked_for_again() {
        let organization = Organization::new(&["1"], &[("r1", Targets::Users(users(&["1"])))]);
        let mut inventory = Inventory::default();
        organization.read(
            Needs { roles: Some(WantedRoles::All), everyone: true, ..Needs::default() },
            &mut inventory,
        );
        inventory.asked.access_rules = true;
        let document = document("roles: []");
        let proposal = compose(&[&document], &inventory, PRUNE).expect("a plan");
        assert_eq!(proposal.plan.changes[0].referenced_by, None);
    }

    #[test]
    fn names_that_nobody_has_are_asked_for_once_and_are_errors() {
        let declared = "protected_users: [zoe]\nroles: [{name: r, type: READ_ONLY, \
                        rules: [{id: a, effect: ALLOW, users: [yan], groups: [xs]}]}]";
        let (asked, proposal) = Organization::new(&["1"], &[]).compose(declared, Options::default());
        let errors = proposal.map(|proposal| proposal.plan).map_err(Vec::from).expect_err("errors");
        let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, ["there is no user zoe", "there is no user yan", "there is no group xs"]);
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0].groups.iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["xs"]);
        // For suggestions
        assert_eq!(asked[1], Needs { everyone: true, group_names: true, ..Needs::default() });
    }

    #[test]
    fn a_name_that_two_live_roles_share_needs_nothing_more() {
        let one = || Targets::Users(users(&["1"]));
        let organization = Organization::new(&["1"], &[("r1", one()), ("r2", one())]);
        let declared = "roles: [{name: r, type: READ_ONLY, rules: []}]";
        let (asked, proposal) = organization.compose(declared, Options::default());
        assert_eq!((asked.len(), proposal.map(|proposal| proposal.plan).is_err()), (1, true));
    }

    #[test]
    fn a_live_role_that_nothing_declares_and_that_reaches_a_protected_user_is_said() {
        let live = [("r1", Targets::Users(users(&["1"]))), ("r2", Targets::Users(users(&["2"])))];
        let organization = Organization::new(&["1", "2"], &live);
        let warnings = |options| {
            let (_, proposal) = organization.compose("protected_users: [name-1]\nroles: []", options);
            let warnings = proposal.expect("a plan").warnings;
            warnings.into_iter().map(|one| one.message).collect::<Vec<_>>()
        };
        let message = "live role r, which no definition declares, reaches 1@example.com, who is in protected_users: \
                       rule a allows it";
        assert_eq!(warnings(Options::default()), [message]);
        // What goes is no longer a danger
        assert_eq!(warnings(PRUNE), [""; 0]);
    }
}
