//! What is denied so that no mailbox is opened any more.
//!
//! Of the 92 operations of the service's model, and of the actions that have no operation (the console's own), these
//! are left out, since they open no mailbox:
//!
//! - what reads, and what takes away: roles, users, permissions, personal access tokens, delegates, members and
//!   organizations can still be deleted, and export jobs cancelled;
//! - `CreateUser`, `CreateGroup`, `CreateResource`, `CreateOrganization`: what is new has no mailbox before
//!   `RegisterToWorkMail`, and nobody else's after it;
//! - `CreateAlias`, `UpdatePrimaryEmailAddress`, domains: an address that is in use cannot be taken, and no mailbox
//!   changes hands;
//! - `PutRetentionPolicy`, `UpdateMailboxQuota`, `PutInboundDmarcSettings`, `PutEmailMonitoringConfiguration`,
//!   availability (free and busy times of other systems), tags, `UpdateGroup`, `UpdateResource`: no content is shown;
//! - the migration administrator, whom no action of IAM that is known sets: take it away in the console first.
//!
//! A list of what is allowed instead would deny what the service gets tomorrow too, but a Deny of `NotAction` denies
//! every other service of AWS with it.

/// Actions of the service, sorted.
pub(super) const OPENING: &[&str] = &[
    // The console's name of AssociateMemberToGroup, of a former reference
    "workmail:AddMembersToGroup",
    // Delegates open the mailbox of a resource
    "workmail:AssociateDelegateToResource",
    // Permissions that a group has are its members'
    "workmail:AssociateMemberToGroup",
    // The token itself
    "workmail:AssumeImpersonationRole",
    // Sign-in by another directory
    "workmail:CreateIdentityCenterApplication",
    "workmail:CreateImpersonationRole",
    // Rules for mail on its way hand it to a function or to another server
    "workmail:CreateInboundMailFlowRule",
    // Access control rules and those of devices are gates: a new one may allow, and without one less is denied
    "workmail:CreateMobileDeviceAccessRule",
    "workmail:CreateOutboundMailFlowRule",
    "workmail:CreateSmtpGateway",
    "workmail:DeleteAccessControlRule",
    // Brings back passwords where people sign in elsewhere
    "workmail:DeleteIdentityProviderConfiguration",
    "workmail:DeleteMobileDeviceAccessOverride",
    "workmail:DeleteMobileDeviceAccessRule",
    // The console's name of RegisterToWorkMail
    "workmail:EnableMailUsers",
    "workmail:PutAccessControlRule",
    // Lets personal access tokens be made, for years
    "workmail:PutIdentityProviderConfiguration",
    "workmail:PutMailboxPermissions",
    "workmail:PutMobileDeviceAccessOverride",
    // A mailbox is kept for 30 days, and opens again
    "workmail:RegisterToWorkMail",
    // Who knows the password is the user
    "workmail:ResetPassword",
    "workmail:ResetUserPassword",
    // A copy of all mail
    "workmail:SetJournalingRules",
    // A copy of a mailbox
    "workmail:StartMailboxExportJob",
    "workmail:UpdateImpersonationRole",
    "workmail:UpdateInboundMailFlowRule",
    "workmail:UpdateMobileDeviceAccessRule",
    "workmail:UpdateOutboundMailFlowRule",
    "workmail:UpdateSmtpGateway",
    // Gives the mailbox to another user of the identity provider
    "workmail:UpdateUser",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workmail::operation::{Operation, OperationKind};

    #[test]
    fn of_our_own_operations_all_but_reads_and_deletions_are_denied() {
        assert!(OPENING.is_sorted());
        for operation in Operation::ALL {
            let opens =
                operation.kind() != OperationKind::Read && *operation != Operation::DeleteImpersonationRole;
            assert_eq!(OPENING.contains(&operation.iam_action()), opens, "{operation:?}");
        }
    }
}
