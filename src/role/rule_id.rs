//! Ids of rules, which the caller chooses.

use super::{RuleId, RuleName};

/// The id of a rule without one: its name in lower case, with `-` for everything but ASCII letters, digits
/// and `_`, cut to 64 characters. None if nothing is left.
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
