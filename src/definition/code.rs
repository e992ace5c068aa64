//! The codes of diagnostics: what a program compares instead of messages.

use std::fmt;

use serde::Serialize;

/// What is wrong with a definition. The serialised code is the name in kebab-case, and does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DiagnosticCode {
    /// A file is not UTF-8.
    NotUtf8,
    /// A file is not YAML.
    NotYaml,
    /// A file has more than one YAML document.
    SeveralDocuments,
    /// A file is larger than the YAML parser accepts.
    FileTooLarge,
    /// A document is empty.
    EmptyDocument,
    /// A document has no `version` key.
    MissingVersion,
    /// This version of the format is not supported.
    UnsupportedVersion,
    /// A document has no `roles` key.
    MissingRoles,
    /// A key is not a string.
    KeyNotString,
    /// A key does not exist at this level.
    UnknownKey,
    /// A key is given twice in a mapping.
    DuplicateKey,
    /// A value has the wrong YAML type.
    WrongValueType,
    /// A string breaks the documented form of the value.
    InvalidValue,
    /// A list is empty.
    EmptyList,
    /// A file of `users_from` cannot be used.
    UnusableUserFile,
    /// An entry is listed twice.
    DuplicateEntry,
    /// A role has no name.
    RoleWithoutName,
    /// A role has no type.
    RoleWithoutType,
    /// A role type does not exist.
    UnknownRoleType,
    /// A role is declared twice.
    DuplicateRole,
    /// A role's current name is listed as a former one.
    PreviouslyCurrentName,
    /// A former name is listed twice.
    DuplicateFormerName,
    /// A rule has neither a name nor an id.
    RuleWithoutName,
    /// A rule's name has no letter or digit to derive an id from.
    UnderivableRuleId,
    /// A rule has no effect.
    RuleWithoutEffect,
    /// An effect does not exist.
    UnknownEffect,
    /// A rule has no targets.
    RuleWithoutTargets,
    /// A rule has `everyone: true` and a list of targets.
    EveryoneWithTargets,
    /// A rule has `everyone: false`.
    EveryoneFalse,
    /// Two rules of a role have the same name.
    DuplicateRuleName,
    /// Two rules of a role have the same id.
    DuplicateRuleId,
    /// A user is expected to be both reached and not reached.
    ContradictoryExpectation,
    /// A role needs more rules than the service takes.
    TooManyRules,
    /// A rule has more exceptions than the service takes.
    TooManyExceptions,
    /// Splitting a long list gives a rule the id of a different one.
    SplitIdCollision,
    /// A DENY rule has an expiry.
    ExpiresOnDeny,
    /// A description ends in a line that would be read as an expiry.
    ExpiryInDescription,
    /// A role or a rule is left out, since its date has passed.
    Expired,
    /// A live rule has a date that its definition does not have.
    UndeclaredExpiry,
    /// A live description ends in a line that begins as that of an expiry and is none.
    UnreadableExpiry,
    /// A description is too long with the line that keeps an expiry.
    LongDescription,
    /// The directory has no such user.
    UnknownUser,
    /// The directory has no such group.
    UnknownGroup,
    /// Several users are called so.
    AmbiguousUser,
    /// Several groups are called so.
    AmbiguousGroup,
    /// A user is deleted.
    DeletedUser,
    /// The directory no longer has a user whom the live role, or a rule that has expired, names.
    VanishedUser,
    /// Two entries of a list are the same user.
    SameUser,
    /// The members of a group could not be read.
    UnreadableGroup,
    /// A rule is skipped, since its groups have no members.
    RuleMatchesNobody,
    /// The exceptions of a rule are empty, so that it would match everyone.
    EmptyExceptions,
    /// Several live roles have the name of a declared role.
    AmbiguousRole,
    /// A file names another organization than the one that it is used for.
    OtherOrganization,
    /// No live role has the declared id.
    VanishedRole,
    /// No live role has the declared id, and a different one has the declared name.
    VanishedRoleNameTaken,
    /// A live role that keeps its name has the new name of a declared role.
    NameTaken,
    /// Two declared roles would have the same name.
    SharedName,
    /// The edited text is no longer the one role that is edited.
    EditedRoleReplaced,
    /// The edited text moves the role to a different organization.
    EditedRoleMoved,
    /// A role reaches a protected user.
    ProtectedUser,
    /// A live role that no definition declares reaches a protected user.
    UndeclaredProtectedUser,
    /// `audit` has no finding of this code.
    UnknownFinding,
    /// A finding is accepted for no reason.
    AcceptedWithoutReason,
    /// A finding is accepted for more than one role or mailbox, or for one that it has none of.
    AcceptedTooMuch,
    /// A finding is accepted that is not there.
    StaleAcceptance,
    /// An expectation does not hold.
    ExpectationFailed,
    /// A role, or its rules, could not be read.
    UnreadableRole,
}

impl fmt::Display for DiagnosticCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_displayed_as_it_is_serialised() {
        for code in
            [DiagnosticCode::UnknownKey, DiagnosticCode::NotUtf8, DiagnosticCode::VanishedRoleNameTaken]
        {
            let json = serde_json::to_string(&code).expect("JSON");
            assert_eq!(json, format!("\"{code}\""));
        }
        assert_eq!(DiagnosticCode::NotUtf8.to_string(), "not-utf8");
    }
}
