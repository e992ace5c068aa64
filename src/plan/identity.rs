//! Which live role each definition means, and which declared names and ids are errors. Pure; compares no rules.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::{Diagnostic, Errors, validated};
use crate::definition::model::RoleDefinition;
use crate::definition::span::Spanned;
use crate::directory::access_control::{self, AccessControlRule};
use crate::role::{RoleId, RoleName, RoleSummary};
use crate::sorted;

/// A definition and the live role that it means; none for a role that is to be created.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matched<'a> {
    /// The definition.
    pub definition: &'a RoleDefinition,
    /// The live role.
    pub live: Option<&'a RoleSummary>,
}

impl Matched<'_> {
    /// Does the definition mean this live role?
    pub(super) fn means(&self, role: &RoleSummary) -> bool {
        self.live.is_some_and(|live| live.id == role.id)
    }

    /// Does the live role get a new name?
    fn is_renamed(&self) -> bool {
        self.live.is_some_and(|live| live.name != self.definition.name.value)
    }
}

/// The temporary name of a role that is renamed to `target` while names are swapped. It is derived from
/// `target`, so that the next run after an interrupted one finds the role.
pub(crate) fn temporary_name(target: &RoleName) -> RoleName {
    let digest = Sha256::digest(target.as_str());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    RoleName::from_service(format!("wmrole temporary {hex}"))
}

/// The names that the live role of a definition may have instead of its own, the likeliest first.
pub(super) fn other_names(definition: &RoleDefinition) -> impl Iterator<Item = RoleName> {
    let former = definition.previously.iter().map(|name| name.value.clone());
    std::iter::once(temporary_name(&definition.name.value)).chain(former)
}

/// Which live role each definition means, in the order of the definitions.
///
/// An id given wins. A definition whose own name is not live takes the live role that was left on its way to
/// it, or one that has a former name of it. Those that are left take the live role of their name, unless a
/// rename has taken it.
///
/// `is_as_declared` says whether a live role is what the definition declares.
///
/// # Errors
/// For each definition whose name two live roles share.
pub(crate) fn match_live<'a>(
    definitions: &[&'a RoleDefinition],
    live: &'a [RoleSummary],
    is_as_declared: impl Fn(&RoleDefinition, &RoleId) -> bool,
) -> Result<Vec<Matched<'a>>, Errors> {
    let pinned = |definition: &RoleDefinition| {
        let id = &definition.id.as_ref()?.value;
        live.iter().find(|role| role.id == *id)
    };
    let mut matched: Vec<Matched<'_>> =
        definitions.iter().map(|definition| Matched { definition, live: pinned(definition) }).collect();
    let mut taken = sorted::set(matched.iter().filter_map(|one| Some(&one.live?.id)));
    let mut ambiguous = Vec::new();
    // Renames before names, so that a chain (b to c, a to b) finds its links
    for by_name in [false, true] {
        for one in matched.iter_mut().filter(|one| one.live.is_none()) {
            let own = &one.definition.name.value;
            if !by_name && live.iter().any(|role| role.name == *own) {
                continue;
            }
            let own = by_name.then(|| own.clone());
            let names = own.into_iter().chain(other_names(one.definition));
            match first_free(names, live, &taken)[..] {
                [] => {}
                [role] => {
                    taken.insert(&role.id);
                    one.live = Some(role);
                }
                // Once, though both rounds find it
                ref several if by_name => {
                    ambiguous
                        .push(ambiguity(one.definition, several, |id| is_as_declared(one.definition, id)));
                }
                _ => {}
            }
        }
    }
    validated(matched, ambiguous).map(|(matched, _)| matched)
}

/// The live roles of the first name that any has, without those that are taken.
fn first_free<'a>(
    mut names: impl Iterator<Item = RoleName>,
    live: &'a [RoleSummary],
    taken: &BTreeSet<&RoleId>,
) -> Vec<&'a RoleSummary> {
    let free = |name: RoleName| {
        let free = live.iter().filter(|role| role.name == name && !taken.contains(&role.id));
        let free: Vec<_> = free.collect();
        (!free.is_empty()).then_some(free)
    };
    names.find_map(free).unwrap_or_default()
}

fn ambiguity(
    definition: &RoleDefinition,
    live: &[&RoleSummary],
    is_as_declared: impl Fn(&RoleId) -> bool,
) -> Diagnostic {
    let ids: Vec<_> = live.iter().map(|role| role.id.as_str()).collect();
    let name = live.first().map_or(&definition.name.value, |role| &role.name);
    let message = format!("{} live roles have the name {name}", ids.len());
    let choose = format!("set the `id` of the role to one of {}", ids.join(", "));
    // As after two runs that made the role at the same time
    let help = match live.iter().find(|role| is_as_declared(&role.id)) {
        Some(kept) => {
            let rest: Vec<_> = ids.iter().filter(|id| **id != kept.id.as_str()).copied().collect();
            format!(
                "role {} is as declared: delete what is too many with `wmrole delete {}`, or {choose}",
                kept.id,
                rest.join(" ")
            )
        }
        None => choose,
    };
    Diagnostic::error(DiagnosticCode::AmbiguousRole, &definition.name.span, message).help(help)
}

/// An id in a definition that no live role has.
#[derive(Debug)]
pub(super) struct GoneId<'a> {
    id: &'a Spanned<RoleId>,
    /// The live role that has the definition's name.
    namesake: Option<&'a RoleId>,
}

/// The ids in definitions that no live role has.
pub(super) fn gone_ids<'a>(matched: &[Matched<'a>]) -> Vec<GoneId<'a>> {
    let gone = matched.iter().filter_map(|Matched { definition, live }| {
        let id = definition.id.as_ref()?;
        let namesake = live.map(|live| &live.id);
        (namesake != Some(&id.value)).then_some(GoneId { id, namesake })
    });
    gone.collect()
}

impl GoneId<'_> {
    /// What happens to the role, and which access control rules name its old id.
    pub(super) fn diagnostic(&self, access_rules: Option<&[AccessControlRule]>) -> Diagnostic {
        let Self { id: Spanned { value: id, span }, namesake } = self;
        if let Some(other) = namesake {
            // That role may have a different purpose by now, and is not overwritten
            return Diagnostic::error(
                DiagnosticCode::VanishedRoleNameTaken,
                span,
                format!("role {id} no longer exists, and role {other} has its name"),
            )
            .help("remove the `id` to change that role, or choose a different name");
        }
        let message = format!("role {id} no longer exists; it will be created under a new id");
        let names = match access_control::naming(access_rules, id) {
            None => "access control rules could not be read: check them for the old id".to_owned(),
            Some(names) if names.is_empty() => "no access control rule names the old id".to_owned(),
            Some(names) => format!("put the new id into access control rules {}", names.join(", ")),
        };
        let help = format!("{names}; IAM policies are not checked: search them for {id}");
        Diagnostic::warning(DiagnosticCode::VanishedRole, span, message)
            .label("the service chooses the new id")
            .help(help)
    }
}

/// Definitions that rename their role to the name of a live role that keeps it, or make one of the name that one of
/// the `left_out` still has. `goes` says which of the live roles that no definition means are deleted.
pub(super) fn taken_names(
    matched: &[Matched<'_>],
    left_out: &[Matched<'_>],
    live: &[RoleSummary],
    goes: impl Fn(&RoleSummary) -> bool,
) -> Vec<Diagnostic> {
    let is_left_out = |other: &RoleSummary| left_out.iter().any(|one| one.means(other));
    let leaves = |other: &RoleSummary| match matched.iter().find(|one| one.means(other)) {
        Some(one) => one.is_renamed(),
        None => !is_left_out(other) && goes(other),
    };
    let named_anew = matched.iter().filter(|one| one.live.is_none() || one.is_renamed());
    let taken = named_anew.filter_map(|one| {
        let (own, name) = (one.live.map(|live| &live.id), &one.definition.name);
        let other = live.iter().find(|role| role.name == name.value && Some(&role.id) != own)?;
        let message = format!("the name {} is taken by role {}", name.value, other.id);
        let is_taken = !leaves(other) && (one.is_renamed() || is_left_out(other));
        is_taken.then(|| {
            Diagnostic::error(DiagnosticCode::NameTaken, &name.span, message)
                .help("declare that role too, or choose a different name")
        })
    });
    taken.collect()
}

/// Definitions that rename their role to the name of an earlier definition. Two roles may share a name only if
/// they already do.
pub(super) fn shared_names(matched: &[Matched<'_>]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (n, one) in matched.iter().enumerate() {
        let name = &one.definition.name;
        let first = matched[..n].iter().find(|other| other.definition.name.value == name.value);
        if let Some(first) = first
            && (one.is_renamed() || first.is_renamed())
        {
            let error = Diagnostic::error(
                DiagnosticCode::SharedName,
                &name.span,
                format!("two roles would have the name {}", name.value),
            )
            .related(&first.definition.name.span, "the other role");
            diagnostics.push(error.help("rename one of them"));
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::diagnostic::Severity;
    use crate::definition::model::Expectations;
    use crate::definition::span::Span;
    use crate::role::RoleType;

    fn spanned<T>(value: T) -> Spanned<T> {
        Spanned { value, span: Span::default() }
    }

    fn definition(name: &str, id: Option<&str>, previously: &[&str]) -> RoleDefinition {
        RoleDefinition {
            name: spanned(RoleName::from_service(name)),
            id: id.map(|id| spanned(RoleId::from_service(id))),
            description: None,
            role_type: spanned(RoleType::ReadOnly),
            previously: previously.iter().map(|name| spanned(RoleName::from_service(*name))).collect(),
            expires: None,
            rules: vec![],
            expect: Expectations::default(),
        }
    }

    fn live(roles: &[(&str, &str)]) -> Vec<RoleSummary> {
        let one = |(name, id): &(&str, &str)| RoleSummary {
            id: RoleId::from_service(*id),
            name: RoleName::from_service(*name),
            role_type: RoleType::ReadOnly,
            created: None,
            modified: None,
        };
        roles.iter().map(one).collect()
    }

    fn ids(definitions: &[RoleDefinition], roles: &[(&str, &str)]) -> Result<Vec<Option<String>>, Errors> {
        let (definitions, live): (Vec<_>, _) = (definitions.iter().collect(), live(roles));
        let matched = match_live(&definitions, &live, |_, _| false)?;
        Ok(matched.iter().map(|one| Some(one.live?.id.to_string())).collect())
    }

    fn matched(definitions: &[(&str, &[&str])], roles: &[(&str, &str)]) -> Vec<Option<String>> {
        let definitions: Vec<_> = definitions.iter().map(|(n, p)| definition(n, None, p)).collect();
        ids(&definitions, roles).expect("not ambiguous")
    }

    fn some(id: &str) -> Option<String> {
        Some(id.to_owned())
    }

    #[test]
    fn nothing_matches_nothing() {
        assert_eq!(matched(&[], &[]), []);
        assert_eq!(matched(&[], &[("a", "1")]), []);
    }

    #[test]
    fn a_name_that_is_live_is_kept() {
        assert_eq!(matched(&[("a", &[])], &[("a", "1"), ("b", "2")]), [some("1")]);
        assert_eq!(matched(&[("a", &["b"])], &[("a", "1"), ("b", "2")]), [some("1")]);
    }

    #[test]
    fn a_former_name_is_found_and_chains_too() {
        assert_eq!(matched(&[("a", &["b"])], &[("b", "2")]), [some("2")]);
        assert_eq!(
            matched(&[("b", &["a"]), ("c", &["b"])], &[("a", "1"), ("b", "2")]),
            [some("1"), some("2")]
        );
    }

    #[test]
    fn a_role_that_was_left_half_way_is_found() {
        let temporary = temporary_name(&RoleName::from_service("a"));
        let live = [("b", "1"), (temporary.as_str(), "2")];
        assert_eq!(matched(&[("a", &["b"]), ("b", &[])], &live), [some("2"), some("1")]);
    }

    #[test]
    fn what_is_not_live_is_created() {
        assert_eq!(matched(&[("a", &["z"])], &[("b", "2")]), [None]);
    }

    #[test]
    fn a_shared_name_is_ambiguous_unless_an_id_is_given() {
        let live = [("a", "1"), ("a", "2")];
        let found = ids(&[definition("a", None, &[])], &live).map_err(Vec::from);
        assert_eq!(found.map_err(|found| found.len()), Err(1));
        assert_eq!(ids(&[definition("a", Some("2"), &[])], &live), Ok(vec![some("2")]));
        // By a former name too, and once
        let found = ids(&[definition("b", None, &["a"])], &live).map_err(Vec::from);
        assert_eq!(found.map_err(|found| found.len()), Err(1));
    }

    #[test]
    fn a_name_is_taken_as_long_as_the_other_role_keeps_it() {
        let live = live(&[("a", "1"), ("b", "2")]);
        let renamed = definition("b", Some("1"), &[]);
        let found = |others: &[RoleDefinition], prune| {
            let definitions: Vec<_> = std::iter::once(&renamed).chain(others).collect();
            let matched = match_live(&definitions, &live, |_, _| false).expect("not ambiguous");
            (taken_names(&matched, &[], &live, |_| prune).len(), shared_names(&matched).len())
        };
        assert_eq!(found(&[], false), (1, 0));
        assert_eq!(found(&[], true), (0, 0));
        assert_eq!(found(&[definition("c", Some("2"), &[])], false), (0, 0));
        assert_eq!(found(&[definition("b", Some("2"), &[])], false), (1, 1));
    }

    #[test]
    fn the_name_of_a_role_that_is_left_out_stays_taken() {
        let live = live(&[("a", "1")]);
        let (renamed, new) = (definition("b", None, &["a"]), definition("a", None, &[]));
        let renaming = Matched { definition: &renamed, live: live.first() };
        let creating = Matched { definition: &new, live: None };
        assert_eq!(taken_names(&[renaming, creating], &[], &live, |_| false), []);
        assert_eq!(taken_names(&[creating], &[renaming], &live, |_| true).len(), 1);
    }

    #[test]
    fn a_vanished_id_is_an_error_only_if_a_different_role_has_the_name() {
        let definition = definition("a", Some("9"), &[]);
        let gone = |roles: &[(&str, &str)]| {
            let live = live(roles);
            let matched = match_live(&[&definition], &live, |_, _| false).expect("not ambiguous");
            gone_ids(&matched).iter().map(|gone| gone.diagnostic(None).severity).collect::<Vec<_>>()
        };
        assert_eq!(gone(&[("a", "9")]), []);
        assert_eq!(gone(&[]), [Severity::Warning]);
        assert_eq!(gone(&[("a", "1")]), [Severity::Error]);
    }

    #[test]
    fn another_role_than_the_one_of_the_name_is_no_obstacle() {
        let live = live(&[("x", "3"), ("a", "1"), ("b", "2")]);
        let definitions = [definition("b", Some("1"), &[]), definition("c", Some("2"), &[])];
        let matched =
            match_live(&definitions.iter().collect::<Vec<_>>(), &live, |_, _| false).expect("not ambiguous");
        assert_eq!(taken_names(&matched, &[], &live, |_| false), []);
    }

    #[test]
    fn access_control_rules_that_name_a_vanished_id_are_told_of() {
        use crate::role::Effect;
        let rule = |name: &str, role: &str| AccessControlRule {
            roles: vec![RoleId::from_service(role)],
            ..crate::directory::access_control::tests::rule(name, Effect::Allow)
        };
        let definition = definition("a", Some("9"), &[]);
        let matched = match_live(&[&definition], &[], |_, _| false).expect("not ambiguous");
        let gone = &gone_ids(&matched)[0];
        let help = |rules: Option<&[AccessControlRule]>| gone.diagnostic(rules).help.expect("a help");
        let ends = "IAM policies are not checked: search them for 9";
        assert_eq!(
            help(Some(&[rule("other", "1")])),
            format!("no access control rule names the old id; {ends}")
        );
        let both = [rule("one", "9"), rule("other", "1"), rule("two", "9")];
        assert_eq!(help(Some(&both)), format!("put the new id into access control rules one, two; {ends}"));
        assert!(help(None).starts_with("access control rules could not be read"));
    }
}
