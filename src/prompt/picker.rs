//! Users picked out of many: a fuzzy search over address, user name and display name; several at once, those who are
//! chosen in sight. A group stands for its members: choosing it chooses each of them.

use std::collections::{BTreeMap, BTreeSet};

use fuzzy_matcher::FuzzyMatcher as _;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::field::Field;
use super::menu::moved;
use crate::directory::{Directory, Group, State, User};
use crate::output::sanitize;
use crate::output::screen::{Key, View};
use crate::output::style::{Line, Tone, counted, width};
use crate::role::UserId;
use crate::sorted;

/// A user, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    /// Whom choosing it chooses; never empty where `refused` is none.
    users: BTreeSet<UserId>,
    /// The address, else the user name, else the id.
    label: String,
    /// The name that people see, or how many members there are.
    note: String,
    /// Why it wants care, as of a user who has no mailbox.
    state: Option<String>,
    /// Why it cannot be chosen.
    refused: Option<String>,
    /// What the search looks at.
    texts: Vec<String>,
}

impl Candidate {
    fn user(user: &User) -> Self {
        let texts = [user.email.as_ref(), user.name.as_ref(), user.display_name.as_ref()];
        let state = match user.state {
            State::Enabled if user.has_mailbox() => None,
            State::Enabled => Some("no address: no mailbox".to_owned()),
            State::Disabled | State::Deleted => Some(format!("{}: no mailbox", user.state.as_str())),
        };
        Self {
            users: BTreeSet::from([user.id.clone()]),
            label: user.label().to_owned(),
            note: user.display_name.clone().unwrap_or_default(),
            state,
            refused: None,
            texts: texts.into_iter().flatten().cloned().collect(),
        }
    }

    fn unknown(id: &UserId) -> Self {
        Self {
            users: BTreeSet::from([id.clone()]),
            label: id.to_string(),
            note: String::new(),
            state: Some("not in the directory".to_owned()),
            refused: None,
            texts: vec![id.to_string()],
        }
    }

    fn group(group: &Group, directory: &Directory) -> Self {
        let (users, unread) = directory.members(&group.id);
        let label = group.label().to_owned();
        let refused = match (unread.first(), users.is_empty()) {
            (Some(id), _) => Some(format!("the members of group {id}, in {label}, could not be read")),
            (None, true) => Some(format!("group {label} has no members")),
            (None, false) => None,
        };
        Self {
            note: format!("group of {}", counted(users.len(), "user", "users")),
            texts: [&group.email, &group.name].into_iter().flatten().cloned().collect(),
            users,
            label,
            state: None,
            refused,
        }
    }
}

/// The search and who is chosen.
pub(super) struct Picker {
    title: Line,
    candidates: Vec<Candidate>,
    chosen: BTreeSet<UserId>,
    search: Field,
    /// A text is being typed, and a space belongs to it: names have spaces, and nobody is chosen by typing one.
    is_typing: bool,
    /// Somebody was chosen by it, and the next character begins a new search.
    is_used: bool,
    /// Those who match, the best first, by number.
    found: Vec<usize>,
    at: usize,
    labels: BTreeMap<UserId, String>,
    matcher: SkimMatcherV2,
}

impl Picker {
    /// Everyone who may be chosen anew, and those who are, whatever became of them.
    pub(super) fn new(title: Line, directory: &Directory, chosen: &BTreeSet<UserId>) -> Self {
        let users =
            directory.users().filter(|user| user.state != State::Deleted || chosen.contains(&user.id));
        let groups = directory.groups().filter(|group| group.state != State::Deleted);
        let unknown = chosen.iter().filter(|id| directory.user(id).is_none());
        let mut candidates: Vec<_> = users.map(Candidate::user).collect();
        candidates.extend(groups.map(|group| Candidate::group(group, directory)));
        candidates.extend(unknown.map(Candidate::unknown));
        sorted::by_key(&mut candidates, |one| (one.label.to_lowercase(), one.users.clone()));
        let mut picker = Self {
            title,
            candidates,
            chosen: chosen.clone(),
            search: Field::default(),
            is_typing: false,
            is_used: false,
            found: Vec::new(),
            at: 0,
            labels: sorted::map(directory.users().map(|user| (user.id.clone(), user.label().to_owned()))),
            matcher: SkimMatcherV2::default().ignore_case(),
        };
        picker.find();
        picker
    }

    /// Who is chosen.
    pub(super) fn chosen(&self) -> &BTreeSet<UserId> {
        &self.chosen
    }

    /// Takes a key; `page` of those found are in sight. Says why somebody cannot be chosen.
    pub(super) fn key(&mut self, key: &Key, page: usize) -> Result<(), String> {
        match key {
            Key::Tab => return self.toggle(),
            Key::Char(' ') if !self.is_typing => return self.toggle(),
            Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown | Key::BackTab => {
                self.at = moved(self.at, self.found.len(), key, page);
                self.is_typing = false;
            }
            _ => {
                if matches!(key, Key::Char(c) if !c.is_control()) && std::mem::take(&mut self.is_used) {
                    self.search = Field::default();
                }
                if self.search.key(key) {
                    self.is_typing = !self.search.text().is_empty();
                    self.is_used = false;
                    self.find();
                }
            }
        }
        Ok(())
    }

    fn toggle(&mut self) -> Result<(), String> {
        let Some(one) = self.found.get(self.at).map(|n| &self.candidates[*n]) else { return Ok(()) };
        if let Some(refused) = &one.refused {
            return Err(refused.clone());
        }
        if one.users.is_subset(&self.chosen) {
            self.chosen.retain(|user| !one.users.contains(user));
        } else {
            self.chosen.extend(one.users.iter().cloned());
        }
        (self.is_typing, self.is_used) = (false, true);
        Ok(())
    }

    /// Looks again for those who match; without a search those who are chosen come first. They stay in their places
    /// until the search changes, whoever is chosen meanwhile.
    fn find(&mut self) {
        let search = self.search.text();
        let search: String = search.split_whitespace().collect();
        self.at = 0;
        if search.is_empty() {
            let is_chosen = |n: &usize| self.candidates[*n].users.is_subset(&self.chosen);
            let (mut first, rest): (Vec<_>, Vec<_>) = (0..self.candidates.len())
                .partition(|n| is_chosen(n) && self.candidates[*n].refused.is_none());
            first.extend(rest);
            self.found = first;
            return;
        }
        let score = |one: &Candidate| {
            one.texts.iter().filter_map(|text| self.matcher.fuzzy_match(text, &search)).max()
        };
        let scored = self.candidates.iter().enumerate().filter_map(|(n, one)| Some((score(one)?, n)));
        let mut scored: Vec<_> = scored.collect();
        sorted::by(&mut scored, |(a, n), (b, m)| b.cmp(a).then(n.cmp(m)));
        self.found = scored.into_iter().map(|(_, n)| n).collect();
    }

    /// What is shown of it.
    pub(super) fn view(&self) -> View {
        let labels = self.found.iter().map(|n| width(&sanitize::terminal(&self.candidates[*n].label)));
        let column = labels.filter(|width| *width <= 40).max().unwrap_or(0);
        let line = |(n, candidate): (usize, &usize)| {
            let Candidate { users, label, note, state, .. } = &self.candidates[*candidate];
            let some = users.iter().any(|user| self.chosen.contains(user));
            let mark = match some {
                true if users.is_subset(&self.chosen) => "[x]",
                true => "[-]",
                false => "[ ]",
            };
            let (at, tone) = if n == self.at { (">", Tone::Bold) } else { (" ", Tone::Plain) };
            let gap = column.saturating_sub(width(&sanitize::terminal(label))) + 2;
            Line::of(tone, format!("{at} {mark} {label}"))
                .and(Tone::Dim, format!("{:gap$}{note}", ""))
                .and(Tone::Warning, state.as_ref().map(|state| format!("  {state}")).unwrap_or_default())
        };
        View {
            title: Some(self.title.clone()),
            input: Some(self.search.input("Search: ")),
            items: self.found.iter().enumerate().map(line).collect(),
            at: self.at,
            status: self.status(),
            ..View::default()
        }
    }

    fn status(&self) -> Vec<Line> {
        let label = |user| self.labels.get(user).map_or_else(|| UserId::as_str(user), String::as_str);
        let mut chosen: Vec<_> = self.chosen.iter().map(label).collect();
        sorted::by_key(&mut chosen, |label| label.to_lowercase());
        let found = format!("{} of {} match", self.found.len(), self.candidates.len());
        let names = match chosen.len() {
            0 => Line::of(Tone::Plain, "Chosen: nobody yet"),
            n => Line::of(Tone::Bold, format!("Chosen ({n}): {}", chosen.join(", "))),
        };
        vec![Line::of(Tone::Dim, found), names]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{GroupId, Member};
    use crate::role::tests::uid;
    use crate::testing::hostile;

    fn user(id: &str, email: Option<&str>, name: &str, state: State) -> User {
        let display_name = Some(name.to_owned());
        User { id: uid(id), email: email.map(str::to_owned), name: Some(id.to_owned()), display_name, state }
    }

    fn directory() -> Directory {
        let mut directory = Directory::complete([
            user("1", Some("bob@x"), "Robert Zeta", State::Enabled),
            user("2", Some("alice@x"), "Alice Adams", State::Enabled),
            user("3", None, "Dora", State::Disabled),
            user("4", Some("old@x"), "Gone", State::Deleted),
        ]);
        for (id, members) in [("support", vec!["1", "2"]), ("nobody", vec![])] {
            directory.add_group(Group {
                id: GroupId::from_service(id),
                email: Some(format!("{id}@x")),
                name: Some(id.to_owned()),
                state: State::Enabled,
                members: members.into_iter().map(|id| Member::User(uid(id))).collect(),
            });
        }
        directory
    }

    fn picker(chosen: &[&str]) -> Picker {
        Picker::new(Line::default(), &directory(), &chosen.iter().map(|id| uid(id)).collect())
    }

    fn press(picker: &mut Picker, text: &str) -> Result<(), String> {
        text.chars().try_for_each(|c| match c {
            '<' => picker.key(&Key::Backspace, 5),
            '>' => picker.key(&Key::Tab, 5),
            'v' => picker.key(&Key::ArrowDown, 5),
            '^' => picker.key(&Key::ArrowUp, 5),
            c => picker.key(&Key::Char(c), 5),
        })
    }

    fn items(picker: &Picker) -> Vec<String> {
        picker.view().items.iter().map(|line| line.plain().trim_end().to_owned()).collect()
    }

    fn chosen(picker: &Picker) -> Vec<&str> {
        picker.chosen().iter().map(UserId::as_str).collect()
    }

    #[test]
    fn everyone_who_may_be_chosen_is_listed_by_label() {
        let picker = picker(&[]);
        assert_eq!(
            items(&picker),
            [
                "> [ ] 3          Dora  DISABLED: no mailbox",
                "  [ ] alice@x    Alice Adams",
                "  [ ] bob@x      Robert Zeta",
                "  [ ] nobody@x   group of 0 users",
                "  [ ] support@x  group of 2 users"
            ]
        );
        assert_eq!(picker.view().status[1].plain(), "Chosen: nobody yet");
    }

    #[test]
    fn a_search_looks_at_address_and_names_and_a_new_one_begins_behind_a_choice() {
        let mut picker = picker(&[]);
        for (typed, found) in [("zeta", "bob@x"), ("<<<<aadams", "alice@x"), ("<<<<<<ALX", "alice@x")] {
            assert_eq!(press(&mut picker, typed), Ok(()));
            assert!(items(&picker)[0].contains(found), "{typed}: {:?}", items(&picker));
        }
        assert_eq!(press(&mut picker, ">bob"), Ok(()));
        assert_eq!(picker.view().input.map(|input| input.before), Some("bob".into()));
        assert_eq!((chosen(&picker), items(&picker).len()), (vec!["2"], 1));
        assert_eq!(press(&mut picker, "<<<"), Ok(()));
        // Nothing is searched: who is chosen stands first
        assert_eq!(items(&picker)[0], "> [x] alice@x    Alice Adams");
        assert_eq!(press(&mut picker, " "), Ok(()));
        assert_eq!(chosen(&picker), [""; 0]);
        // Nobody jumps away below the cursor
        assert_eq!(items(&picker)[0], "> [ ] alice@x    Alice Adams");
        assert_eq!(press(&mut picker, "qqq>"), Ok(()));
        assert_eq!((chosen(&picker), items(&picker)), (vec![], vec![]));
    }

    #[test]
    fn a_space_in_a_name_chooses_nobody() {
        let mut picker = picker(&[]);
        assert_eq!(press(&mut picker, "alice ada"), Ok(()));
        assert_eq!((chosen(&picker), items(&picker).len()), (vec![], 1));
        // Behind a move or a choice, and where nothing is searched, it chooses
        assert_eq!(press(&mut picker, "^ "), Ok(()));
        assert_eq!(chosen(&picker), ["2"]);
        assert_eq!(press(&mut picker, " "), Ok(()));
        assert_eq!(chosen(&picker), [""; 0]);
        assert_eq!(press(&mut picker, "<<<<<<<<< "), Ok(()));
        assert_eq!(chosen(&picker), ["3"]);
    }

    #[test]
    fn a_group_stands_for_its_members() {
        let mut picker = picker(&[]);
        assert_eq!(press(&mut picker, "support>"), Ok(()));
        assert_eq!(chosen(&picker), ["1", "2"]);
        assert_eq!(picker.view().status[1].plain(), "Chosen (2): alice@x, bob@x");
        assert_eq!(press(&mut picker, "bob>"), Ok(()));
        assert_eq!(press(&mut picker, "support"), Ok(()));
        assert_eq!(items(&picker)[0], "> [-] support@x  group of 2 users");
        assert_eq!(press(&mut picker, ">>"), Ok(()));
        assert_eq!(chosen(&picker), [""; 0]);
        assert_eq!(press(&mut picker, "nobody>"), Err("group nobody@x has no members".into()));
        assert_eq!(chosen(&picker), [""; 0]);
    }

    #[test]
    fn who_is_chosen_already_stays_whatever_became_of_them() {
        let mut picker = picker(&["4", "9"]);
        assert_eq!(
            items(&picker)[..2],
            [
                "> [x] 9          not in the directory".replace("  not", "    not"),
                "  [x] old@x      Gone  DELETED: no mailbox".to_owned()
            ]
        );
        assert_eq!(press(&mut picker, "v "), Ok(()));
        assert_eq!(chosen(&picker), ["9"]);
    }

    #[test]
    fn the_cursor_ends_at_the_ends() {
        let mut picker = picker(&[]);
        assert_eq!(press(&mut picker, "^"), Ok(()));
        assert!(items(&picker)[0].starts_with('>'));
        assert_eq!(press(&mut picker, "vvvvvvvvvv"), Ok(()));
        assert!(items(&picker)[4].starts_with('>'));
    }

    #[test]
    fn no_name_reaches_the_terminal_as_it_is() {
        let users = hostile::TEXTS.iter().enumerate();
        let users = users.map(|(n, text)| user(&n.to_string(), Some(text), text, State::Enabled));
        let picker = Picker::new(Line::default(), &Directory::complete(users), &BTreeSet::from([uid("0")]));
        let view = picker.view();
        for line in view.items.iter().chain(&view.status) {
            assert_eq!(hostile::terminal(&line.plain()), [""; 0]);
        }
    }
}
