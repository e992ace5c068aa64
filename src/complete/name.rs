//! What can be typed somewhere, and which of it fits what was typed.

use crate::escape;

/// Something that can be named: a role, a user, a flag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Name {
    /// How it can be called, the best first.
    pub(super) spellings: Vec<String>,
    /// What a person is shown beside it.
    pub(super) shown: String,
    /// What is inside of it: the rules of a role.
    pub(super) inside: Vec<Name>,
}

impl Name {
    /// Spellings that are empty or there already are left out.
    pub(super) fn new<T: Into<String>>(
        spellings: impl IntoIterator<Item = T>,
        shown: impl Into<String>,
    ) -> Self {
        let mut all: Vec<String> = Vec::new();
        for spelling in spellings.into_iter().map(Into::into) {
            if !spelling.is_empty()
                && !all.iter().any(|other| other.to_lowercase() == spelling.to_lowercase())
            {
                all.push(spelling);
            }
        }
        Self { spellings: all, shown: shown.into(), inside: Vec::new() }
    }

    /// Is it called so?
    pub(super) fn is(&self, text: &str) -> bool {
        self.spellings.iter().any(|spelling| spelling == text)
    }
}

/// A word to insert, and what is shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) word: String,
    pub(super) shown: String,
}

/// How candidates fit what was typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fit {
    /// They begin with it.
    #[default]
    Prefix,
    /// They have it somewhere, or are called so.
    Somewhere,
}

/// How far to look for what fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// What begins with the word: flags, commands, formats.
    Beginnings,
    /// What has the word somewhere, where nothing begins with it.
    Anywhere,
    /// What has the word somewhere, the description included: the shell chooses.
    Everything,
}

/// Can the text be inserted: nothing in it is hidden, ends the line, or means something else to the program?
fn can_be_typed(text: &str, takes_commas: bool) -> bool {
    !text.is_empty()
        && !escape::has_hidden(text)
        && !text.starts_with(['-', '@'])
        && (takes_commas || !text.contains(','))
}

/// Leaves of each name the spellings that can be inserted and mean it alone.
pub(super) fn typable(mut names: Vec<Name>, takes_commas: bool) -> Vec<Name> {
    let mut count = std::collections::HashMap::<String, usize>::new();
    for spelling in names.iter().flat_map(|name| &name.spellings) {
        *count.entry(spelling.to_lowercase()).or_default() += 1;
    }
    for name in &mut names {
        name.inside = typable(std::mem::take(&mut name.inside), true);
        name.spellings.retain(|text| can_be_typed(text, takes_commas) && count[&text.to_lowercase()] == 1);
    }
    names.retain(|name| !name.spellings.is_empty());
    names
}

/// The candidates for what was typed, sorted as the names are: those whose best spelling begins with it, else those
/// with another spelling that does, else, as far as `reach` goes, those that have it somewhere.
pub(super) fn matching(names: &[Name], typed: &str, reach: Reach) -> (Vec<Candidate>, Fit) {
    let (mut found, fit) = fitting(names, typed, reach);
    // What was kept is trusted no more than what was read
    found.retain(|candidate| !escape::has_hidden(&candidate.word));
    (found, fit)
}

fn fitting(names: &[Name], typed: &str, reach: Reach) -> (Vec<Candidate>, Fit) {
    let candidate = |name: &Name, word: &str| {
        let is_safe = !escape::has_hidden(&name.shown);
        let shown = if is_safe { name.shown.clone() } else { escape::visible(&name.shown) };
        Candidate { word: word.to_owned(), shown }
    };
    let best = |name: &Name| name.spellings.first().cloned().unwrap_or_default();
    let typed_folded = typed.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&typed_folded);
    if reach == Reach::Everything {
        let all = names.iter().filter(|name| has(&best(name)) || has(&name.shown));
        let all: Vec<_> = all.map(|name| candidate(name, &best(name))).collect();
        if !all.is_empty() {
            return (all, Fit::Somewhere);
        }
    }
    let begin = |begins: &dyn Fn(&str) -> bool, most: usize| -> Vec<Candidate> {
        let spelling = |name: &Name| {
            let found = name.spellings.iter().take(most).find(|spelling| begins(spelling))?;
            Some(candidate(name, found))
        };
        names.iter().filter_map(spelling).collect()
    };
    for most in [1, usize::MAX] {
        let found = begin(&|spelling| spelling.starts_with(typed), most);
        if !found.is_empty() {
            return (found, Fit::Prefix);
        }
    }
    if reach == Reach::Beginnings {
        return (Vec::new(), Fit::Prefix);
    }
    let found = begin(&|spelling| spelling.to_lowercase().starts_with(&typed_folded), 1);
    if !found.is_empty() {
        return (found, Fit::Somewhere);
    }
    let found = names.iter().filter(|name| has(&name.shown) || name.spellings.iter().any(|one| has(one)));
    (found.map(|name| candidate(name, &best(name))).collect(), Fit::Somewhere)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hostile;

    fn people() -> Vec<Name> {
        vec![
            Name::new(["alice@example.com", "alice", "u-1"], "Alice Ames"),
            Name::new(["carol@example.com", "cames", "u-2"], "Carol Ames"),
            Name::new(["zoe", "u-3"], ""),
        ]
    }

    fn words(typed: &str, reach: Reach) -> (Vec<String>, Fit) {
        let (found, fit) = matching(&people(), typed, reach);
        (found.into_iter().map(|candidate| candidate.word).collect(), fit)
    }

    #[test]
    fn the_best_spelling_goes_before_others_and_these_before_what_is_somewhere() {
        use Fit::{Prefix, Somewhere};
        use Reach::{Anywhere, Beginnings, Everything};
        let is = |typed: &str, reach, wanted: &[&str], fit| {
            assert_eq!(words(typed, reach), (wanted.iter().map(|&word| word.to_owned()).collect(), fit));
        };
        is("", Anywhere, &["alice@example.com", "carol@example.com", "zoe"], Prefix);
        is("al", Anywhere, &["alice@example.com"], Prefix);
        is("cam", Anywhere, &["cames"], Prefix);
        is("u-", Anywhere, &["u-1", "u-2", "u-3"], Prefix);
        is("AL", Anywhere, &["alice@example.com"], Somewhere);
        is("ol am", Anywhere, &["carol@example.com"], Somewhere);
        is("Ames", Anywhere, &["alice@example.com", "carol@example.com"], Somewhere);
        is("Ames", Beginnings, &[], Prefix);
        is("ames", Everything, &["alice@example.com", "carol@example.com"], Somewhere);
        is("cam", Everything, &["cames"], Prefix);
        is("nobody", Everything, &[], Somewhere);
    }

    #[test]
    fn what_two_are_called_or_what_cannot_be_typed_is_the_spelling_of_none() {
        let names = typable(
            vec![
                Name::new(["Migration", "r-1"], ""),
                Name::new(["migration", "r-2"], ""),
                Name::new(["a\u{202e}b", "r-3"], ""),
                Name::new(["a\nb"], ""),
                Name::new(["-x", "@file", "a,b", "r-5"], ""),
            ],
            false,
        );
        let best: Vec<_> = names.iter().map(|name| name.spellings.join(" ")).collect();
        assert_eq!(best, ["r-1", "r-2", "r-3", "r-5"]);
        assert_eq!(typable(vec![Name::new(["a,b"], "")], true)[0].spellings, ["a,b"]);
    }

    #[test]
    fn no_hostile_text_reaches_the_terminal() {
        for text in hostile::TEXTS {
            let names = typable(vec![Name::new([text, "id"], *text)], true);
            for candidate in matching(&names, "", Reach::Everything).0 {
                for part in [&candidate.word, &candidate.shown] {
                    assert_eq!(hostile::terminal(part), [""; 0], "{part:?}");
                    assert!(!part.contains(['\n', '\t']));
                }
            }
        }
    }
}
