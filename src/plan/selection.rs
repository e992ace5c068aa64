//! `--only` and `--exclude`: which roles a plan is about. Pure.

use serde::{Deserialize, Serialize};

use crate::definition::suggest::did_you_mean;

/// Roles by name, former name or id; `*` stands for any characters, and `?` for one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selection {
    /// Nothing but these, where there are some.
    pub only: Vec<String>,
    /// None of these.
    pub exclude: Vec<String>,
}

/// A pattern that no role has, and which name may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unmatched {
    pub flag: &'static str,
    pub pattern: String,
    pub help: Option<String>,
}

impl Selection {
    /// Is the plan about every role?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { only, exclude } = self;
        only.is_empty() && exclude.is_empty()
    }

    /// Is the plan about the role that is called so? One name is enough, to be in or to be left out.
    pub(crate) fn selects(&self, names: &[&str]) -> bool {
        let is_named = |patterns: &[String]| {
            patterns.iter().any(|pattern| names.iter().any(|name| matches(pattern, name)))
        };
        (self.only.is_empty() || is_named(&self.only)) && !is_named(&self.exclude)
    }

    /// The patterns that are the name of nothing: a mistake in one would widen or narrow the plan unseen.
    pub(crate) fn unmatched(&self, names: &[&str]) -> Vec<Unmatched> {
        let only = self.only.iter().map(|pattern| ("--only", pattern));
        let all = only.chain(self.exclude.iter().map(|pattern| ("--exclude", pattern)));
        let left = all.filter(|(_, pattern)| !names.iter().any(|name| matches(pattern, name)));
        let unmatched = |(flag, pattern): (&'static str, &String)| Unmatched {
            flag,
            pattern: pattern.clone(),
            help: did_you_mean(pattern, names.iter().copied()),
        };
        left.map(unmatched).collect()
    }
}

/// A name may have a `*` or a `?` itself.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when the last `*` takes one character more
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((after, taken)) = retry else { return false };
                retry = Some((after, taken + 1));
                (p, n) = (after, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(only: &[&str], exclude: &[&str]) -> Selection {
        let owned = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        Selection { only: owned(only), exclude: owned(exclude) }
    }

    #[test]
    fn without_patterns_every_role_is_selected() {
        assert!(Selection::default().is_empty());
        assert!(Selection::default().selects(&["a"]) && Selection::default().selects(&[]));
        assert_eq!(Selection::default().unmatched(&[]), []);
    }

    #[test]
    fn a_star_is_any_characters_and_a_question_mark_one() {
        for (pattern, name, wanted) in [
            ("Wave 7", "Wave 7", true),
            ("Wave 7", "wave 7", false),
            ("Wave", "Wave 7", false),
            ("Wave ?", "Wave 7", true),
            ("Wave ?", "Wave 10", false),
            ("Wave *", "Wave 10", true),
            ("*", "", true),
            ("?", "", false),
            ("*7*", "Wave 7 (1)", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXbX", false),
            ("**", "é", true),
            ("?", "é", true),
            ("What?*", "What?*", true),
            ("[ab]", "a", false),
            ("[ab]", "[ab]", true),
        ] {
            assert_eq!(matches(pattern, name), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn one_name_is_enough_to_be_in_or_out() {
        let waves = selection(&["Wave *"], &[]);
        assert!(waves.selects(&["Renamed", "Wave 7"]) && !waves.selects(&["Renamed"]));
        let others = selection(&[], &["Wave *"]);
        assert!(!others.selects(&["Renamed", "Wave 7"]) && others.selects(&["Renamed"]));
        let both = selection(&["Wave *"], &["Wave 7"]);
        assert!(both.selects(&["Wave 8"]) && !both.selects(&["Wave 7"]) && !both.selects(&["Other"]));
    }

    #[test]
    fn a_pattern_that_no_role_has_is_told_with_who_may_be_meant() {
        let found = selection(&["Wvae 7", "Wave *"], &["x*"]).unmatched(&["Wave 7", "r-1"]);
        let found: Vec<_> =
            found.iter().map(|one| (one.flag, one.pattern.as_str(), one.help.is_some())).collect();
        assert_eq!(found, [("--only", "Wvae 7", true), ("--exclude", "x*", false)]);
    }
}
