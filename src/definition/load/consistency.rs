//! Checks of roles against each other: each declared once, and each former name listed once.

use std::collections::BTreeMap;

use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::model::{Document, RoleDefinition};
use crate::definition::span::Span;
use crate::role::{RoleId, RoleName};
use crate::sorted;

/// Checks the roles of one organization's documents against each other.
pub(super) fn check_together(documents: &[&Document]) -> Vec<Diagnostic> {
    let roles: Vec<_> = documents.iter().flat_map(|document| &document.roles).collect();
    let mut diagnostics = declared_twice(&roles);
    diagnostics.extend(former_names(&roles));
    diagnostics
}

/// As [`check_together`], for documents that spell the same organization differently;
/// [`load`](super::load) compares documents with the same spelling.
pub(crate) fn check_spellings(documents: &[&Document]) -> Vec<Diagnostic> {
    let spelt = documents.iter().map(|document| document.organization.as_ref().map(|found| &found.value));
    if sorted::set(spelt).len() > 1 { check_together(documents) } else { Vec::new() }
}

fn declared_twice(roles: &[&RoleDefinition]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut names: BTreeMap<&RoleName, &Span> = BTreeMap::new();
    let mut ids: BTreeMap<&RoleId, &Span> = BTreeMap::new();
    let mut pinned: BTreeMap<&RoleName, &Span> = BTreeMap::new();
    for role in roles {
        // If two live roles share a name, each declaration needs an id
        let other = match &role.id {
            Some(_) => names.get(&role.name.value),
            None => pinned.get(&role.name.value),
        };
        if let Some(first) = other {
            let message =
                format!("role {} is declared twice, once with an id and once without", role.name.value);
            let error = Diagnostic::error(DiagnosticCode::DuplicateRole, &role.name.span, message)
                .related(first, "first declared here")
                .help("remove one of them; if two live roles share the name, give each its `id`");
            diagnostics.push(error);
            continue;
        }
        if role.id.is_some() {
            pinned.entry(&role.name.value).or_insert(&role.name.span);
        }
        let (first, span, what) = match &role.id {
            Some(id) => (ids.get(&id.value), &id.span, format!("role id {}", id.value)),
            None => (names.get(&role.name.value), &role.name.span, format!("role {}", role.name.value)),
        };
        if let Some(first) = first {
            let error =
                Diagnostic::error(DiagnosticCode::DuplicateRole, span, format!("{what} is declared twice"))
                    .related(first, "first declared here")
                    .help("remove one of them; if two live roles share the name, give each its `id`");
            diagnostics.push(error);
            continue;
        }
        match &role.id {
            Some(id) => ids.insert(&id.value, &id.span),
            None => names.insert(&role.name.value, &role.name.span),
        };
    }
    diagnostics
}

fn former_names(roles: &[&RoleDefinition]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut claims: BTreeMap<&RoleName, &Span> = BTreeMap::new();
    for role in roles {
        for former in &role.previously {
            if former.value == role.name.value {
                let error = Diagnostic::error(
                    DiagnosticCode::PreviouslyCurrentName,
                    &former.span,
                    format!("`previously` repeats the role's current name {}", former.value),
                )
                .related(&role.name.span, "the current name")
                .help("remove it from `previously`");
                diagnostics.push(error);
            } else if let Some(first) = claims.get(&former.value) {
                let message = format!("the former name {} is listed twice", former.value);
                diagnostics.push(
                    Diagnostic::error(DiagnosticCode::DuplicateFormerName, &former.span, message)
                        .related(first, "first listed here")
                        .help("a live role can have only one new name"),
                );
            } else {
                claims.insert(&former.value, &former.span);
            }
        }
    }
    diagnostics
}
