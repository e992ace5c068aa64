//! The operations of WorkMail, and of CloudTrail, that are called: their names, IAM actions and what they do.

/// What an operation does to the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum OperationKind {
    /// It reads.
    Read,
    /// It changes nothing and gives a token that opens mailboxes: no policy for readers allows it.
    Token,
    /// It changes the organization.
    Write,
}

macro_rules! operations {
    (@service) => { "workmail:" };
    (@service $service:literal) => { $service };
    ($($name:ident: $kind:ident $(of $service:literal)?,)*) => {
        /// An operation, in the service's spelling.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Operation {
            $($name,)*
        }

        impl Operation {
            /// Every operation that is called, sorted by name.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// The service's name, as `ListUsers`.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The action that an IAM policy must allow, as `workmail:ListUsers`.
            pub(crate) const fn iam_action(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(operations!(@service $($service)?), stringify!($name)),)*
                }
            }

            /// Is it about the account, so that no policy can allow it on an organization alone?
            pub(crate) const fn is_of_account(self) -> bool {
                matches!(self, Self::ListOrganizations | Self::LookupEvents)
            }

            /// What it does to the organization.
            pub(crate) const fn kind(self) -> OperationKind {
                match self {
                    $(Self::$name => OperationKind::$kind,)*
                }
            }
        }
    };
}

operations! {
    AssumeImpersonationRole: Token,
    CreateImpersonationRole: Write,
    DeleteImpersonationRole: Write,
    DescribeGroup: Read,
    DescribeIdentityProviderConfiguration: Read,
    DescribeOrganization: Read,
    DescribeUser: Read,
    GetAccessControlEffect: Read,
    GetImpersonationRole: Read,
    GetImpersonationRoleEffect: Read,
    ListAccessControlRules: Read,
    ListGroupMembers: Read,
    ListGroups: Read,
    ListImpersonationRoles: Read,
    ListMailboxExportJobs: Read,
    ListMailboxPermissions: Read,
    ListOrganizations: Read,
    ListPersonalAccessTokens: Read,
    ListResources: Read,
    ListUsers: Read,
    LookupEvents: Read of "cloudtrail:",
    UpdateImpersonationRole: Write,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_as_a_reader_reads_and_the_table_is_sorted() {
        for operation in Operation::ALL {
            let reads =
                ["Describe", "Get", "List", "Lookup"].iter().any(|verb| operation.name().starts_with(verb));
            assert_eq!(operation.kind() == OperationKind::Read, reads, "{operation:?}");
        }
        assert!(Operation::ALL.is_sorted_by_key(|operation| operation.name()));
    }

    #[test]
    fn the_action_is_the_name_in_the_services_namespace() {
        assert_eq!(Operation::ListUsers.iam_action(), "workmail:ListUsers");
        assert_eq!(Operation::LookupEvents.iam_action(), "cloudtrail:LookupEvents");
        assert_eq!(Operation::AssumeImpersonationRole.kind(), OperationKind::Token);
    }
}
