//! What a definition or a command line calls users and groups: who is meant, that two are, or who may have been meant.

use std::cell::Cell;

use super::suggest::did_you_mean;
use crate::directory::{Directory, Group, User};

/// A name is compared with all of a directory only for as many of those that are not known: more nobody reads.
const GUESSES: usize = 100;

/// As many are named where several may have been meant.
const MEANT: usize = 10;

/// The names of a directory.
#[derive(Debug)]
pub(crate) struct Names<'d> {
    pub(crate) directory: &'d Directory,
    guesses_left: Cell<usize>,
}

/// Why a name means nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotFound {
    /// Several are called so. The message names them, and the help what each of them alone is called.
    Several { message: String, help: String },
    /// Nobody is; perhaps somebody of another name was meant.
    Nobody { help: Option<String> },
}

impl<'d> Names<'d> {
    pub(crate) fn of(directory: &'d Directory) -> Self {
        Self { directory, guesses_left: Cell::new(GUESSES) }
    }

    /// The user who is called so.
    ///
    /// # Errors
    /// When nobody is, or several are: then none of them is meant.
    pub(crate) fn user(&self, text: &str) -> Result<&'d User, NotFound> {
        match self.directory.users_called(text)[..] {
            [user] => Ok(user),
            [] => Err(NotFound::Nobody { help: self.guess(|| self.user_guess(text)) }),
            ref several => {
                let all = several.iter().map(|user| described(user.id.as_str(), user.label()));
                let own = several.iter().filter_map(|user| self.own_name(user)).map(str::to_owned);
                Err(several_called(text, "users", all.collect(), own.collect()))
            }
        }
    }

    /// The group that is called so.
    ///
    /// # Errors
    /// When none is, or several are.
    pub(crate) fn group(&self, text: &str) -> Result<&'d Group, NotFound> {
        match self.directory.groups_called(text)[..] {
            [group] => Ok(group),
            [] => Err(NotFound::Nobody {
                help: self.guess(|| did_you_mean(text, self.directory.group_names())),
            }),
            ref several => {
                let all = several.iter().map(|group| described(group.id.as_str(), group.label()));
                let ids = several.iter().map(|group| group.id.as_str());
                let own = ids.filter(|id| self.directory.groups_called(id).len() == 1).map(str::to_owned);
                Err(several_called(text, "groups", all.collect(), own.collect()))
            }
        }
    }

    fn guess(&self, guess: impl FnOnce() -> Option<String>) -> Option<String> {
        let left = self.guesses_left.get();
        self.guesses_left.set(left.saturating_sub(1));
        (left > 0).then(guess).flatten()
    }

    /// People who are shown by this name, or a user whose name is much like it.
    fn user_guess(&self, text: &str) -> Option<String> {
        let shown = self.directory.users_shown_as(text);
        if shown.is_empty() {
            return did_you_mean(text, self.directory.user_names());
        }
        let name = |user: &&User| {
            let shown = user.display_name.as_deref().unwrap_or_default();
            format!("{} ({shown})", self.own_name(user).unwrap_or(user.id.as_str()))
        };
        let mut names: Vec<_> = shown.iter().take(MEANT).map(name).collect();
        if shown.len() > MEANT {
            names.push(format!("{} others", shown.len() - MEANT));
        }
        Some(format!("did you mean {}?", alternatives(&names)))
    }

    /// What the user alone is called.
    fn own_name<'u>(&self, user: &'u User) -> Option<&'u str> {
        let names = [user.email.as_deref(), user.name.as_deref(), Some(user.id.as_str())];
        names.into_iter().flatten().find(|name| self.directory.users_called(name).len() == 1)
    }
}

fn described(id: &str, label: &str) -> String {
    if id == label { id.to_owned() } else { format!("{id} ({label})") }
}

fn several_called(text: &str, what: &str, all: Vec<String>, own: Vec<String>) -> NotFound {
    let message = format!("{text} is the name of {} {what}: {}", all.len(), all.join(", "));
    let help = match own.is_empty() {
        true => "rename one of them in the directory: each of their names is another's too".to_owned(),
        false => format!("name the one that is meant: {}", alternatives(&own)),
    };
    NotFound::Several { message, help }
}

/// `a, b or c`.
fn alternatives(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{GroupId, State, UserId};

    fn user(id: &str, email: Option<&str>, name: &str, shown: Option<&str>) -> User {
        User {
            id: UserId::from_service(id),
            email: email.map(str::to_owned),
            name: Some(name.into()),
            display_name: shown.map(str::to_owned),
            state: State::Enabled,
        }
    }

    fn found(directory: &Directory, text: &str) -> Result<String, NotFound> {
        Names::of(directory).user(text).map(|user| user.id.to_string())
    }

    fn several(message: &str, help: &str) -> Result<String, NotFound> {
        Err(NotFound::Several { message: message.into(), help: help.into() })
    }

    fn help(directory: &Directory, text: &str) -> Option<String> {
        match found(directory, text) {
            Err(NotFound::Nobody { help }) => help,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_empty_directory_has_nobody_and_no_guess() {
        assert_eq!(help(&Directory::default(), "alice"), None);
    }

    #[test]
    fn a_name_that_two_users_have_is_neither() {
        let directory = Directory::complete([
            user("1", Some("ceo@example.com"), "ceo", None),
            // A user name that looks like another's address
            user("2", None, "CEO@example.com", None),
            // An id that is another's name
            user("3", None, "4", None),
            user("4", Some("dave@example.com"), "dave", None),
        ]);
        assert_eq!(
            found(&directory, "ceo@EXAMPLE.com"),
            several(
                "ceo@EXAMPLE.com is the name of 2 users: 1 (ceo@example.com), 2 (CEO@example.com)",
                "name the one that is meant: ceo or 2"
            )
        );
        assert_eq!(
            found(&directory, "4"),
            several("4 is the name of 2 users: 3 (4), 4 (dave@example.com)", {
                "name the one that is meant: 3 or dave@example.com"
            })
        );
        for (text, id) in [("ceo", "1"), ("1", "1"), ("2", "2"), ("3", "3"), ("dave", "4")] {
            assert_eq!(found(&directory, text), Ok(id.to_owned()), "{text}");
        }
    }

    #[test]
    fn names_that_are_all_shared_are_to_be_mended_in_the_directory() {
        let directory = Directory::complete([user("1", None, "2", None), user("2", None, "1", None)]);
        assert_eq!(
            found(&directory, "1"),
            several(
                "1 is the name of 2 users: 1 (2), 2 (1)",
                "rename one of them in the directory: each of their names is another's too"
            )
        );
    }

    #[test]
    fn a_group_that_two_are_called_is_neither() {
        let mut directory = Directory::default();
        for (id, email) in [("1", Some("all@example.com")), ("2", None)] {
            directory.add_group(Group {
                id: GroupId::from_service(id),
                email: email.map(str::to_owned),
                name: Some("all".into()),
                state: State::Enabled,
                members: Vec::new(),
            });
        }
        let error = Names::of(&directory).group("ALL").map(|group| group.id.to_string());
        let message = "ALL is the name of 2 groups: 1 (all@example.com), 2 (all)".to_owned();
        let help = "name the one that is meant: 1 or 2".to_owned();
        assert_eq!(error, Err(NotFound::Several { message, help }));
        assert!(Names::of(&directory).group("all@example.com").is_ok());
    }

    #[test]
    fn a_display_name_is_answered_with_all_whom_it_may_mean() {
        let directory = Directory::complete([
            user("1", Some("carol@example.com"), "carol", Some("Carol Ames")),
            user("2", Some("ames@example.com"), "ames", Some("carol  AMES")),
            user("3", Some("bob@example.com"), "bob", Some("Bob Ames")),
        ]);
        assert_eq!(
            help(&directory, "Carol Ames").as_deref(),
            Some("did you mean carol@example.com (Carol Ames) or ames@example.com (carol  AMES)?")
        );
        assert_eq!(help(&directory, "Zoe Young"), None);
        assert_eq!(help(&directory, "Bob Ames").as_deref(), Some("did you mean bob@example.com (Bob Ames)?"));
        assert_eq!(help(&directory, "carl").as_deref(), Some("did you mean carol?"));
        let many = (0..12).map(|n| user(&n.to_string(), None, &format!("u{n}"), Some("Carol Ames")));
        let help = help(&Directory::complete(many), "carol ames").unwrap_or_default();
        assert!(help.ends_with(" (Carol Ames) or 2 others?"), "{help}");
    }

    #[test]
    fn a_hundred_names_are_guessed_and_no_more() {
        let directory = Directory::complete([user("1", None, "alice", None)]);
        let names = Names::of(&directory);
        let guessed = (0..20_000).filter(|_| names.user("alcie") != Err(NotFound::Nobody { help: None }));
        assert_eq!(guessed.count(), GUESSES);
    }
}
