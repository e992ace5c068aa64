//! What `audit` looks for: the codes of findings, which do not change, with their levels and what they mean. The man
//! page prints this, and definitions name the codes.

use serde::Serialize;

/// How much a finding matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, clap::ValueEnum, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Somebody can do more than was meant
    High,
    /// What should hold that back is missing, or is not as written
    Medium,
    /// What no longer does anything
    Low,
}

impl Level {
    /// The name, as it is typed and printed.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What a finding is. The serialised code is the name in kebab-case, and does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FindingCode {
    /// A FULL_ACCESS role reaches every mailbox.
    EveryoneFullAccess,
    /// A role gets to a mailbox through somebody whom it reaches.
    TransitiveAccess,
    /// A role reaches a protected user.
    ProtectedUser,
    /// Access is past its date and still open.
    ExpiredAccess,
    /// The organization has a migration administrator.
    MigrationAdmin,
    /// An account has FULL_ACCESS on mailboxes of others.
    FullAccessGrantee,
    /// A live role is not as its definition says.
    Drift,
    /// An access control rule names a role that is gone.
    DanglingAccessRule,
    /// No access control rule limits a role.
    NoAccessRule,
    /// A FULL_ACCESS role is open and never expires.
    NoExpiry,
    /// A user has a token for mail programs.
    PersonalAccessToken,
    /// A rule names somebody who is gone.
    UnknownTarget,
    /// A rule allows somebody who is disabled.
    DisabledTarget,
    /// An ALLOW rule allows nobody.
    DeadRule,
    /// A role reaches nobody.
    ReachesNobody,
    /// Nobody assumed a role in 90 days.
    UnusedRole,
    /// Access ends within 14 days.
    ExpiresSoon,
    /// A mailbox is copied into a bucket, or was in the last days.
    ExportJob,
    /// There is a role.
    RoleLeft,
}

/// What is known of a code.
struct About {
    name: &'static str,
    level: Level,
    title: &'static str,
    meaning: &'static str,
    /// A finding is about a role.
    role: bool,
    /// A finding is about a mailbox or a user.
    mailbox: bool,
}

impl FindingCode {
    /// Every code, in the order in which findings of one level are shown.
    pub(crate) const ALL: [Self; 19] = [
        Self::EveryoneFullAccess,
        Self::TransitiveAccess,
        Self::ProtectedUser,
        Self::ExpiredAccess,
        Self::MigrationAdmin,
        Self::FullAccessGrantee,
        Self::Drift,
        Self::DanglingAccessRule,
        Self::NoAccessRule,
        Self::NoExpiry,
        Self::PersonalAccessToken,
        Self::UnknownTarget,
        Self::DisabledTarget,
        Self::DeadRule,
        Self::ReachesNobody,
        Self::UnusedRole,
        Self::ExpiresSoon,
        Self::ExportJob,
        Self::RoleLeft,
    ];

    fn about(self) -> About {
        let (name, level, title, meaning, role, mailbox) = match self {
            Self::EveryoneFullAccess => (
                "everyone-full-access",
                Level::High,
                "A FULL_ACCESS role reaches every mailbox",
                "The role can read, change, send and delete in all mailboxes: those that it excepts are listed. It is \
                 found where the rules allow users whom no rule names, and thus mailboxes made later too, and where \
                 they allow every mailbox that there is.",
                true,
                false,
            ),
            Self::TransitiveAccess => (
                "transitive-access",
                Level::High,
                "A role can open a mailbox that its rules do not allow",
                "Somebody whom the role reaches has FULL_ACCESS on the mailbox, directly or as a member of a group, \
                 and EWS opens it to the role as it does to that user. Mailbox permissions of users, resources and \
                 groups are followed to the end, and the shortest chain is shown. What is found is a lower bound: \
                 users can also share single folders, which no call of the service lists.",
                true,
                true,
            ),
            Self::ProtectedUser => (
                "protected-user",
                Level::High,
                "A role reaches a protected user",
                "A user whom protected_users lists, in the definitions or in the policy, may be impersonated. It is \
                 looked for with -f or --policy, and counts by rules, disabled users included.",
                true,
                true,
            ),
            Self::ExpiredAccess => (
                "expired-access",
                Level::High,
                "Access is past its date and still open",
                "Nothing at AWS ends a role: an ALLOW rule of the role is past the date in its description, or in the \
                 role's, and nobody ran expire or apply. It is also found where such a line is there and no date in it \
                 can be read, since nothing ends by it.",
                true,
                false,
            ),
            Self::MigrationAdmin => (
                "migration-admin",
                Level::High,
                "The organization has a migration administrator",
                "This account may open every mailbox while migration is enabled. It is looked for with --leaving. No \
                 operation of the service takes it away: that is a step in the console.",
                false,
                false,
            ),
            Self::FullAccessGrantee => (
                "full-access-grantee",
                Level::High,
                "An account has FULL_ACCESS on mailboxes of others",
                "Whoever has this account, or is in this group, can read, change and delete in these mailboxes, by IMAP \
                 and Outlook as well as by EWS. It is looked for with --leaving, high from three mailboxes and low \
                 below, since that is how migration tools and shared mailboxes look. It is accepted for its \
                 mailboxes, and one more is a new finding.",
                false,
                false,
            ),
            Self::Drift => (
                "drift",
                Level::Medium,
                "A live role differs from its definition, or has none",
                "Somebody changed or made the role elsewhere. It is looked for with -f. A declared role that is not \
                 live gives nobody access, and is left to diff.",
                true,
                false,
            ),
            Self::DanglingAccessRule => (
                "dangling-access-rule",
                Level::Medium,
                "An access control rule names a role that is gone",
                "A role that is deleted leaves its id behind. A role that is made anew gets another id, and the rule \
                 does not hold for it.",
                true,
                false,
            ),
            Self::NoAccessRule => (
                "no-access-rule",
                Level::Medium,
                "No access control rule limits a role",
                "There are roles, and each of them can be used over EWS from every address: a token that is stolen \
                 works from anywhere.",
                false,
                false,
            ),
            Self::NoExpiry => (
                "no-expiry",
                Level::Medium,
                "A FULL_ACCESS role is open and never expires",
                "A rule without a date allows users whom no rule names, and thus mailboxes made later, and the role can \
                 change and delete what is in them.",
                true,
                false,
            ),
            Self::PersonalAccessToken => (
                "personal-access-token",
                Level::Medium,
                "A user has a personal access token",
                "It opens the user's mailbox to mail programs without the password, for up to ten years. It is looked \
                 for with --leaving.",
                false,
                false,
            ),
            Self::UnknownTarget => (
                "unknown-target",
                Level::Low,
                "A rule names a user whom the directory no longer has",
                "The user was deleted, and the id in the rule decides nothing.",
                true,
                true,
            ),
            Self::DisabledTarget => (
                "disabled-target",
                Level::Low,
                "A rule allows a user who is disabled",
                "The role reaches the mailbox again as soon as the user is enabled. A disabled user in a DENY rule or \
                 an exception is no finding.",
                true,
                true,
            ),
            Self::DeadRule => (
                "dead-rule",
                Level::Low,
                "An ALLOW rule allows nobody",
                "DENY rules of the role deny everyone whom the rule matches. A DENY rule that nothing allows today is \
                 a safety net, and no finding.",
                true,
                false,
            ),
            Self::ReachesNobody => (
                "reaches-nobody",
                Level::Low,
                "A role reaches nobody",
                "No mailbox that there is can be impersonated. Whoever may assume the role can wait until one can.",
                true,
                false,
            ),
            Self::UnusedRole => (
                "unused-role",
                Level::Low,
                "Nobody assumed a role in 90 days",
                "CloudTrail, which keeps 90 days, has no AssumeImpersonationRole of it that succeeded. A role that was \
                 made in that time is no finding yet. It is looked for with --cloudtrail.",
                true,
                false,
            ),
            Self::ExpiresSoon => (
                "expires-soon",
                Level::Low,
                "Access expires within 14 days",
                "Who needs it for longer should say so now; who does not need do nothing, where expire or apply runs.",
                true,
                false,
            ),
            Self::ExportJob => (
                "export-job",
                Level::Low,
                "A mailbox is exported, or was in the last seven days",
                "The job copies mail and calendar into a bucket of S3. It is looked for with --leaving. A job that has \
                 ended is shown for the copy that it may have made, and does not count for --fail-on.",
                false,
                false,
            ),
            Self::RoleLeft => (
                "role-left",
                Level::Low,
                "There is an impersonation role",
                "Whoever leaves WorkMail needs none. It is looked for with --leaving, and found for any role at all.",
                true,
                false,
            ),
        };
        About { name, level, title, meaning, role, mailbox }
    }

    /// The code as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        self.about().name
    }

    /// The code that is written so.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// How much it matters.
    pub(crate) fn level(self) -> Level {
        self.about().level
    }

    /// What it is, in a few words.
    pub(crate) fn title(self) -> &'static str {
        self.about().title
    }

    /// What it means, and when it is found.
    pub(crate) fn meaning(self) -> &'static str {
        self.about().meaning
    }

    /// Is each finding about a role?
    pub(crate) fn has_role(self) -> bool {
        self.about().role
    }

    /// Is each finding about an account, of a user, a resource or a group?
    pub(crate) fn has_account(self) -> bool {
        matches!(self, Self::MigrationAdmin | Self::FullAccessGrantee)
    }

    /// Is each finding about several mailboxes?
    pub(crate) fn has_mailboxes(self) -> bool {
        matches!(self, Self::FullAccessGrantee)
    }

    /// Is each finding about something else that has an id?
    pub(crate) fn has_id(self) -> bool {
        matches!(self, Self::PersonalAccessToken | Self::ExportJob)
    }

    /// Is it looked for with `--leaving` alone?
    pub(crate) fn is_of_leaving(self) -> bool {
        self.has_account() || self.has_id() || self == Self::RoleLeft
    }

    /// Is each finding about a mailbox or a user?
    pub(crate) fn has_mailbox(self) -> bool {
        self.about().mailbox
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_is_unique_and_written_as_it_is_serialised() {
        let names: BTreeSet<_> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), FindingCode::ALL.len());
        for code in FindingCode::ALL {
            assert_eq!(serde_json::to_value(code).expect("JSON"), code.as_str());
            assert_eq!(FindingCode::parse(code.as_str()), Some(code));
            assert!(code.meaning().ends_with('.') && !code.title().ends_with('.'));
            assert!(code.has_role() || !code.has_mailbox());
            assert!(!code.has_account() || !code.has_id());
        }
        assert_eq!(FindingCode::parse("Drift"), None);
    }

    #[test]
    fn the_codes_stand_by_level() {
        assert!(FindingCode::ALL.is_sorted_by_key(|code| code.level()));
        assert!(FindingCode::ALL.is_sorted());
        assert_eq!([Level::High, Level::Medium, Level::Low].map(Level::as_str), ["high", "medium", "low"]);
    }
}
