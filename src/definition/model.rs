//! What a definition says, once it was read and found well-formed. Names are still names:
//! [`crate::definition::resolve`] turns them into ids.

use super::span::{Span, Spanned};
use crate::id::EntityName;
use crate::role::{Description, Effect, RoleId, RoleName, RoleType, RuleId, RuleName};

/// One YAML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// The number of its text.
    pub file: usize,
    /// The organization that it is for, by id or alias.
    pub organization: Option<Spanned<String>>,
    /// Users whom no role may ever reach.
    pub protected_users: Vec<Spanned<EntityName>>,
    /// Its roles, in the order of the file.
    pub roles: Vec<RoleDefinition>,
}

/// A role as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleDefinition {
    /// Its name.
    pub name: Spanned<RoleName>,
    /// The live role that is meant, where two share a name.
    pub id: Option<Spanned<RoleId>>,
    /// Free text.
    pub description: Option<Description>,
    /// What it may do.
    pub role_type: Spanned<RoleType>,
    /// Names that it had: a live role of such a name is renamed.
    pub previously: Vec<Spanned<RoleName>>,
    /// Its rules.
    pub rules: Vec<RuleDefinition>,
    /// What must hold of it.
    pub expect: Expectations,
}

/// What must hold of a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expectations {
    /// Users whom it must reach.
    pub allow: Vec<Spanned<EntityName>>,
    /// Users whom it must not reach.
    pub deny: Vec<Spanned<EntityName>>,
}

/// A rule as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleDefinition {
    /// Where the rule begins.
    pub span: Span,
    /// Its id, given or derived from the name.
    pub id: RuleId,
    /// Its name, if it has one.
    pub name: Option<RuleName>,
    /// Free text.
    pub description: Option<Description>,
    /// What it decides.
    pub effect: Effect,
    /// About whom.
    pub targets: TargetsDefinition,
}

impl RuleDefinition {
    /// How a person would name it: the name, else the id.
    pub(crate) fn label(&self) -> &str {
        self.name.as_ref().map_or(self.id.as_str(), RuleName::as_str)
    }
}

/// Whom a rule is about, in the words of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TargetsDefinition {
    /// `everyone: true`.
    Everyone,
    /// At least one of the lists is there; none of those that are is empty.
    Listed {
        /// `users`.
        users: Vec<Spanned<EntityName>>,
        /// `groups`.
        groups: Vec<Spanned<EntityName>>,
        /// `except_users`.
        except_users: Vec<Spanned<EntityName>>,
        /// `except_groups`.
        except_groups: Vec<Spanned<EntityName>>,
    },
}

/// The id of a rule that gives none: its name in small letters, what is no letter or digit as `-`,
/// at most 64 characters.
pub(crate) fn derive_rule_id(name: &RuleName) -> Option<RuleId> {
    let mut id = String::new();
    for c in name.as_str().to_lowercase().chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(64);
    RuleId::parse(id.trim_end_matches('-')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_ids_are_derived_from_names() {
        let id = |name: &str| derive_rule_id(&RuleName::from_service(name)).map(|id| id.to_string());
        assert_eq!(id("never the board"), Some("never-the-board".into()));
        assert_eq!(id("  Été -- 2 "), Some("t-2".into()));
        assert_eq!(id("日本"), None);
        assert_eq!(id(&"x".repeat(64)), Some("x".repeat(64)));
    }
}
