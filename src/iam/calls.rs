//! Which operations each command calls: the one table that policies are made of.
//!
//! `tests/cli/iam_policy.rs` runs every command, and fails when one calls more or less than stands here, or does not
//! stand here at all. The program that reads names for shell completion is no command: it offers what it may read.

use std::collections::BTreeSet;

use crate::sorted;
use crate::workmail::operation::Operation::{
    AssumeImpersonationRole, CreateImpersonationRole, DeleteImpersonationRole, DescribeGroup,
    DescribeIdentityProviderConfiguration, DescribeOrganization, DescribeUser, GetAccessControlEffect,
    GetImpersonationRole, GetImpersonationRoleEffect, ListAccessControlRules, ListGroupMembers, ListGroups,
    ListImpersonationRoles, ListMailboxExportJobs, ListMailboxPermissions, ListOrganizations,
    ListPersonalAccessTokens, ListResources, ListUsers, LookupEvents, UpdateImpersonationRole,
};
use crate::workmail::operation::{Operation, OperationKind};

/// A command, and every operation that it may call, whatever its flags, sorted. A flag that needs more than the rest
/// of its command has a row of its own, behind it.
pub(crate) type Row = (&'static str, &'static [Operation]);

/// Every command, sorted.
pub(crate) const CALLS: &[Row] = &[
    (
        "access",
        &[
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "apply",
        &[
            CreateImpersonationRole,
            DeleteImpersonationRole,
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
            UpdateImpersonationRole,
        ],
    ),
    (
        "assume",
        &[
            AssumeImpersonationRole,
            DescribeUser,
            GetImpersonationRole,
            GetImpersonationRoleEffect,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "audit",
        &[
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListMailboxPermissions,
            ListOrganizations,
            ListResources,
            ListUsers,
        ],
    ),
    (
        "audit --cloudtrail",
        &[
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListMailboxPermissions,
            ListOrganizations,
            ListResources,
            ListUsers,
            LookupEvents,
        ],
    ),
    (
        "audit --leaving",
        &[
            DescribeIdentityProviderConfiguration,
            DescribeOrganization,
            GetImpersonationRole,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListMailboxExportJobs,
            ListMailboxPermissions,
            ListOrganizations,
            ListPersonalAccessTokens,
            ListResources,
            ListUsers,
        ],
    ),
    ("completions", &[]),
    (
        "create",
        &[
            CreateImpersonationRole,
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "delete",
        &[
            DeleteImpersonationRole,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "diff",
        &[
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "doctor",
        &[
            DescribeGroup,
            DescribeIdentityProviderConfiguration,
            DescribeOrganization,
            DescribeUser,
            GetAccessControlEffect,
            GetImpersonationRole,
            GetImpersonationRoleEffect,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListMailboxExportJobs,
            ListMailboxPermissions,
            ListOrganizations,
            ListPersonalAccessTokens,
            ListResources,
            ListUsers,
            LookupEvents,
        ],
    ),
    (
        "edit",
        &[
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
            UpdateImpersonationRole,
        ],
    ),
    (
        "expire",
        &[
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
            UpdateImpersonationRole,
        ],
    ),
    (
        "export",
        &[
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    ("groups", &[DescribeOrganization, ListGroupMembers, ListGroups, ListOrganizations, ListUsers]),
    ("history", &[DescribeOrganization, ListImpersonationRoles, ListOrganizations, LookupEvents]),
    ("iam-policy", &[DescribeOrganization, GetImpersonationRole, ListImpersonationRoles, ListOrganizations]),
    (
        "list",
        &[
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    ("man", &[]),
    ("organizations", &[ListOrganizations]),
    (
        "proxy",
        &[
            AssumeImpersonationRole,
            DescribeUser,
            GetImpersonationRole,
            GetImpersonationRoleEffect,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "report",
        &[
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListMailboxPermissions,
            ListOrganizations,
            ListResources,
            ListUsers,
            LookupEvents,
        ],
    ),
    ("sandbox", &[]),
    ("schema", &[]),
    (
        "show",
        &[
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "show --cloudtrail",
        &[
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
            LookupEvents,
        ],
    ),
    (
        "test",
        &[
            DescribeGroup,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            GetImpersonationRoleEffect,
            ListGroupMembers,
            ListGroups,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "test --ews",
        &[
            AssumeImpersonationRole,
            DescribeUser,
            GetImpersonationRole,
            GetImpersonationRoleEffect,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "test --ip",
        &[
            DescribeUser,
            GetAccessControlEffect,
            GetImpersonationRole,
            GetImpersonationRoleEffect,
            ListAccessControlRules,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
        ],
    ),
    (
        "undo",
        &[
            CreateImpersonationRole,
            DeleteImpersonationRole,
            DescribeOrganization,
            DescribeUser,
            GetImpersonationRole,
            ListAccessControlRules,
            ListImpersonationRoles,
            ListOrganizations,
            ListUsers,
            UpdateImpersonationRole,
        ],
    ),
    ("users", &[DescribeOrganization, ListOrganizations, ListUsers]),
    ("validate", &[]),
];

/// The commands of a job that plans, as `examples/ci/wmrole.sh` runs them.
pub(crate) const OF_CI_PLAN: &[&str] = &["diff", "export", "test", "validate"];
/// The commands of a job that applies.
pub(crate) const OF_CI_APPLY: &[&str] = &["apply", "diff", "export", "test", "validate"];

/// What these rows call.
pub(crate) fn of(commands: &[&str]) -> BTreeSet<Operation> {
    union(|(row, _)| commands.contains(row))
}

/// What the commands call that only read.
pub(crate) fn of_readers() -> BTreeSet<Operation> {
    union(|(_, operations)| operations.iter().all(|operation| operation.kind() == OperationKind::Read))
}

/// What the commands call that read, and those that change roles; a token is neither.
pub(crate) fn of_administrators() -> BTreeSet<Operation> {
    union(|(_, operations)| operations.iter().all(|operation| operation.kind() != OperationKind::Token))
}

fn union(chosen: impl Fn(&Row) -> bool) -> BTreeSet<Operation> {
    sorted::set(CALLS.iter().filter(|row| chosen(row)).flat_map(|(_, operations)| *operations).copied())
}

/// What is not among these operations, each with the commands that call it, in a sentence; none where all is there.
pub(crate) fn not_allowed(allowed: &BTreeSet<Operation>) -> Option<String> {
    let missing = |operation: &Operation| {
        let rows: Vec<_> = callers(*operation).collect();
        format!("{} (for {})", operation.name(), rows.join(", "))
    };
    let called = |operation: &&Operation| CALLS.iter().any(|(_, operations)| operations.contains(operation));
    let missing: Vec<_> =
        Operation::ALL.iter().filter(|one| !allowed.contains(one)).filter(called).map(missing).collect();
    (!missing.is_empty()).then(|| format!("not allowed: {}", missing.join(", ")))
}

/// The commands that may call an operation.
pub(crate) fn callers(operation: Operation) -> impl Iterator<Item = &'static str> {
    CALLS.iter().filter(move |(_, operations)| operations.contains(&operation)).map(|(row, _)| *row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{command_line, golden};

    #[test]
    fn every_command_has_a_row() {
        let line = command_line();
        let commands: Vec<_> = line.get_subcommands().map(clap::Command::get_name).collect();
        let commands: BTreeSet<_> = commands.into_iter().filter(|name| *name != "help").collect();
        let rows: BTreeSet<_> = CALLS.iter().filter_map(|(row, _)| row.split(' ').next()).collect();
        assert_eq!(rows, commands, "iam/calls.rs lists what each command calls");
    }

    #[test]
    fn the_table_is_sorted_and_has_every_operation() {
        assert!(CALLS.is_sorted_by_key(|(row, _)| row));
        for (row, operations) in CALLS {
            assert!(operations.is_sorted(), "{row}");
        }
        let rows = CALLS.iter().flat_map(|(_, operations)| *operations);
        let unused: Vec<_> =
            Operation::ALL.iter().filter(|one| !rows.clone().any(|row| row == *one)).collect();
        assert_eq!(unused, Vec::<&Operation>::new());
    }

    /// For `tests/cli/iam_policy.rs`, which cannot see the table.
    #[test]
    fn the_table_is_written_down_for_the_test_that_records_calls() {
        let line = |(row, operations): &Row| {
            let names: Vec<_> = operations.iter().map(|operation| operation.name()).collect();
            format!("{row}: {}", names.join(" ")).trim_end().to_owned() + "\n"
        };
        golden::check("tests/cli/iam_calls.txt", &CALLS.iter().map(line).collect::<String>());
    }

    #[test]
    fn what_reads_never_gets_a_token_nor_writes() {
        let kinds = |operations: BTreeSet<Operation>| -> Vec<OperationKind> {
            operations.into_iter().map(Operation::kind).collect()
        };
        assert!(kinds(of_readers()).iter().all(|kind| *kind == OperationKind::Read));
        assert!(kinds(of(OF_CI_PLAN)).iter().all(|kind| *kind == OperationKind::Read));
        assert!(!kinds(of_administrators()).contains(&OperationKind::Token));
        assert!(!kinds(of(OF_CI_APPLY)).contains(&OperationKind::Token));
    }

    #[test]
    fn what_is_not_allowed_is_said_with_who_needs_it() {
        let all = Operation::ALL.iter().copied().collect();
        assert_eq!(not_allowed(&all), None);
        let said = not_allowed(&of_administrators());
        let token = "AssumeImpersonationRole (for assume";
        assert!(said.is_some_and(|said| said.contains(token) && !said.contains("Update")));
    }
}
