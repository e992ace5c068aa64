//! `dangling-access-rule` and `no-access-rule`.

use super::finding::{Finding, NotChecked};
use super::inventory::{Audit, Inventory};
use crate::directory::access_control::AccessControlRule;
use crate::finding_code::FindingCode;
use crate::role::{Effect, LiveRole, RoleId};
use crate::sorted;

/// The protocol that roles are used over.
const EWS: &str = "EWS";

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    let Some(rules) = inventory.access_rules else {
        let reason = "the access control rules may not be read";
        for code in [FindingCode::DanglingAccessRule, FindingCode::NoAccessRule] {
            audit.not_checked.push(NotChecked::because(code, reason));
        }
        return;
    };
    let organization = inventory.organization;
    for rule in rules {
        dangling(rule, inventory, audit);
    }
    let roles = inventory.roles;
    if roles.is_empty() || roles.iter().any(|live| is_limited(&live.id, rules)) {
        return;
    }
    let mut evidence = vec![match rules.len() {
        1 => format!("the only access control rule is {}", rules[0].name),
        n => format!("none of the {n} access control rules keeps a role from any address"),
    }];
    evidence.push(format!("roles: {}", names(roles)));
    audit.findings.push(Finding {
        evidence,
        // Whoever forgets to fill in the addresses is refused
        remedy: vec![format!(
            "`aws workmail put-access-control-rule --organization-id {organization} --name roles --description \
             'Where roles are used' --effect DENY --actions EWS --not-ip-ranges ADDRESS/PREFIX \
             --impersonation-role-ids {}`",
            roles.iter().map(|live| shell_words::quote(live.id.as_str())).collect::<Vec<_>>().join(" ")
        )],
        ..Finding::new(FindingCode::NoAccessRule, "no access control rule limits a role to addresses".to_owned())
    });
}

fn names(roles: &[LiveRole]) -> String {
    roles.iter().map(|live| live.role.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A finding for each role that the rule names and that is gone.
fn dangling(rule: &AccessControlRule, inventory: &Inventory<'_>, audit: &mut Audit) {
    let is_gone = |id: &&RoleId| !inventory.roles.iter().any(|live| live.id == **id);
    let gone = sorted::set(rule.roles.iter().chain(&rule.not_roles).filter(is_gone));
    let organization = inventory.organization;
    for id in gone {
        let (list, meaning) = match rule.roles.contains(id) {
            true => ("ImpersonationRoleIds", "is about"),
            false => ("NotImpersonationRoleIds", "excepts"),
        };
        // Without its last role such a rule would be about everyone
        let matches_nobody = !rule.roles.is_empty() && rule.roles.iter().all(|id| is_gone(&id));
        let remedy = match matches_nobody {
            true => format!(
                "`aws workmail delete-access-control-rule --organization-id {organization} --name {}`",
                shell_words::quote(&rule.name)
            ),
            false => format!(
                "put the rule again without this id, as `aws workmail list-access-control-rules --organization-id \
                 {organization}` shows it"
            ),
        };
        let summary = format!("access control rule {} names a role that is gone", rule.name);
        audit.findings.push(Finding {
            gone: Some(id.clone()),
            subject: rule.name.clone(),
            evidence: vec![format!("the {} rule {meaning} role {id} ({list})", rule.effect.as_str())],
            remedy: vec![remedy],
            ..Finding::new(FindingCode::DanglingAccessRule, summary)
        });
    }
}

/// Is there an address from which the role cannot be used over EWS?
fn is_limited(role: &RoleId, rules: &[AccessControlRule]) -> bool {
    let about = |rule: &&AccessControlRule| {
        let AccessControlRule { actions, not_actions, users, roles, not_roles, .. } = rule;
        let is_ews = |action: &String| action == EWS;
        (actions.is_empty() || actions.iter().any(is_ews))
            && !not_actions.iter().any(is_ews)
            // A condition on users never holds for a role
            && users.is_empty()
            && (roles.is_empty() || roles.contains(role))
            && !not_roles.contains(role)
    };
    let everywhere = |rule: &&AccessControlRule| {
        let all = |range: &String| range.ends_with("/0");
        (rule.ip_ranges.is_empty() || rule.ip_ranges.iter().any(all)) && rule.not_ip_ranges.is_empty()
    };
    let (allowing, denying): (Vec<_>, Vec<_>) =
        rules.iter().filter(about).partition(|rule| rule.effect == Effect::Allow);
    !denying.is_empty() || !allowing.iter().any(everywhere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::access_control::tests;

    fn rule(effect: Effect) -> AccessControlRule {
        tests::rule("rule", effect)
    }

    #[test]
    fn a_role_is_limited_by_what_denies_it_somewhere() {
        let id = |text: &str| RoleId::from_service(text);
        let default = rule(Effect::Allow);
        let limited = |more: AccessControlRule| is_limited(&id("r"), &[default.clone(), more]);
        let deny = rule(Effect::Deny);
        let texts = |text: &str| vec![text.to_owned()];
        assert!(!is_limited(&id("r"), std::slice::from_ref(&default)));
        assert!(limited(AccessControlRule { not_ip_ranges: texts("192.0.2.0/24"), ..deny.clone() }));
        assert!(limited(AccessControlRule { roles: vec![id("r")], actions: texts("EWS"), ..deny.clone() }));
        assert!(!limited(AccessControlRule { roles: vec![id("gone")], ..deny.clone() }));
        assert!(!limited(AccessControlRule { not_roles: vec![id("r")], ..deny.clone() }));
        assert!(!limited(AccessControlRule { actions: texts("IMAP"), ..deny.clone() }));
        assert!(!limited(AccessControlRule { not_actions: texts("EWS"), ..deny.clone() }));
        assert!(!limited(AccessControlRule {
            users: vec![crate::directory::UserId::from_service("u")],
            ..deny.clone()
        }));
        // Without a rule that allows everywhere
        let from_here = AccessControlRule { ip_ranges: texts("192.0.2.0/24"), ..default.clone() };
        assert!(is_limited(&id("r"), std::slice::from_ref(&from_here)));
        assert!(is_limited(&id("r"), &[]));
        let all = AccessControlRule { ip_ranges: texts("0.0.0.0/0"), ..default.clone() };
        assert!(!is_limited(&id("r"), &[from_here, all]));
        let of_others = AccessControlRule { roles: vec![id("other")], ..default };
        assert!(is_limited(&id("r"), &[of_others]));
    }
}
