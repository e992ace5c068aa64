//! What the command line means up to the cursor, as far as clap would take it, and what is wanted there.

use clap::{Arg, ArgAction, Command};

/// What stands at the cursor.
#[derive(Debug)]
pub(super) enum Wanted<'c> {
    /// The name of a command.
    Subcommand,
    /// An option.
    Flag,
    /// A value of this argument. `head` is what of the word stands before it, as `--role=`.
    Value { arg: &'c Arg, head: String, typed: String },
    /// A word of the program that is run, and how many of its words stand before.
    Program(usize),
    /// Nothing that is known.
    Nothing,
}

/// The command line up to the cursor.
#[derive(Debug)]
pub(super) struct Walk<'c> {
    /// The command that the words lead to.
    pub(super) command: &'c Command,
    /// The arguments that were given, and their values; a flag without values has an empty one.
    pub(super) given: Vec<(&'c Arg, String)>,
    /// What stands at the cursor.
    pub(super) wanted: Wanted<'c>,
}

impl Walk<'_> {
    /// The last value of the argument of this id.
    pub(super) fn last(&self, id: &str) -> Option<&str> {
        self.values(id).last()
    }

    /// The values of the argument of this id.
    pub(super) fn values(&self, id: &str) -> impl Iterator<Item = &str> {
        self.given.iter().filter(move |(arg, _)| arg.get_id() == id).map(|(_, value)| value.as_str())
    }
}

/// An option that stands before the word, and how many values it has.
#[derive(Clone, Copy)]
struct Open<'c> {
    arg: &'c Arg,
    values: usize,
}

struct Walker<'c> {
    command: &'c Command,
    given: Vec<(&'c Arg, String)>,
    open: Option<Open<'c>>,
    positionals: usize,
    /// Words behind `--`.
    trailing: Option<usize>,
}

fn most(arg: &Arg) -> usize {
    arg.get_num_args().unwrap_or_default().max_values()
}

fn fewest(arg: &Arg) -> usize {
    arg.get_num_args().unwrap_or_default().min_values()
}

fn long<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    let is = |arg: &&Arg| {
        arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|all| all.contains(&name))
    };
    command.get_arguments().find(is)
}

fn short(command: &Command, name: char) -> Option<&Arg> {
    command.get_arguments().find(|arg| arg.get_short() == Some(name))
}

impl<'c> Walker<'c> {
    fn takes(&mut self, arg: &'c Arg, value: &str) {
        self.given.push((arg, value.to_owned()));
    }

    /// The argument without a name whose turn it is.
    fn positional(&self) -> Option<&'c Arg> {
        let all = || self.command.get_positionals().filter(|arg| !arg.is_last_set());
        let next = all().find(|arg| arg.get_index() == Some(self.positionals + 1));
        next.or_else(|| all().filter(|arg| most(arg) > 1).last())
    }

    /// The open option, if it takes this word too.
    fn open_for(&self, word: &str) -> Option<&'c Arg> {
        let Open { arg, values } = self.open?;
        let takes = values < fewest(arg) || (values < most(arg) && (word == "-" || !word.starts_with('-')));
        takes.then_some(arg)
    }

    fn option(&mut self, arg: &'c Arg, value: Option<&str>) {
        match value {
            Some(value) => self.takes(arg, value),
            None if arg.get_action().takes_values() => self.open = Some(Open { arg, values: 0 }),
            None => self.takes(arg, ""),
        }
    }

    /// Letters behind one hyphen: flags, and at the end an option with its value. Gives an option that has
    /// letters behind it, and how many bytes stand before these.
    fn letters(&mut self, word: &str) -> Option<(&'c Arg, usize)> {
        for (at, letter) in word.char_indices().skip(1) {
            let arg = short(self.command, letter)?;
            let behind = at + letter.len_utf8();
            if arg.get_action().takes_values() {
                let equals = usize::from(word[behind..].starts_with('='));
                if behind < word.len() {
                    return Some((arg, behind + equals));
                }
                self.option(arg, None);
                return None;
            }
            self.takes(arg, "");
        }
        None
    }

    fn word(&mut self, word: &str) {
        if let Some(words) = &mut self.trailing {
            *words += 1;
            if !self.command.get_positionals().any(Arg::is_last_set) {
                self.next_positional(word);
            }
            return;
        }
        if let Some(arg) = self.open_for(word) {
            self.takes(arg, word);
            self.open = self.open.map(|open| Open { values: open.values + 1, ..open });
            return;
        }
        self.open = None;
        if word == "--" {
            self.trailing = Some(0);
        } else if let Some(name) = word.strip_prefix("--") {
            let (name, value) =
                name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
            if let Some(arg) = long(self.command, name) {
                self.option(arg, value);
            }
        } else if word.len() > 1 && word.starts_with('-') {
            if let Some((arg, at)) = self.letters(word) {
                self.takes(arg, &word[at..]);
            }
        } else if let Some(sub) = self.command.find_subcommand(word).filter(|_| self.positionals == 0) {
            self.command = sub;
        } else {
            self.next_positional(word);
        }
    }

    fn next_positional(&mut self, word: &str) {
        if let Some(arg) = self.positional() {
            self.takes(arg, word);
            self.positionals += 1;
        }
    }

    fn wanted(&mut self, typed: &str) -> Wanted<'c> {
        let value = |arg, head: &str| Wanted::Value {
            arg,
            head: head.to_owned(),
            typed: typed[head.len()..].to_owned(),
        };
        if let Some(words) = self.trailing {
            return match self.command.get_positionals().any(Arg::is_last_set) {
                true => Wanted::Program(words),
                false => self.positional().map_or(Wanted::Nothing, |arg| value(arg, "")),
            };
        }
        if let Some(arg) = self.open_for(typed) {
            return value(arg, "");
        }
        if let Some((name, _)) = typed.strip_prefix("--").and_then(|name| name.split_once('=')) {
            let arg = long(self.command, name).filter(|arg| arg.get_action().takes_values());
            return arg.map_or(Wanted::Nothing, |arg| value(arg, &typed[..name.len() + 3]));
        }
        if typed.starts_with('-') {
            let attached = if typed.starts_with("--") { None } else { self.letters(typed) };
            return attached.map_or(Wanted::Flag, |(arg, at)| value(arg, &typed[..at]));
        }
        if self.positionals == 0 && self.command.has_subcommands() {
            return Wanted::Subcommand;
        }
        self.positional().map_or(Wanted::Nothing, |arg| value(arg, ""))
    }
}

/// Reads the words behind the program's name. `root` must be built.
pub(super) fn walk<'c>(root: &'c Command, earlier: &[String], current: &str) -> Walk<'c> {
    let mut walker = Walker { command: root, given: Vec::new(), open: None, positionals: 0, trailing: None };
    for word in earlier {
        walker.word(word);
    }
    let wanted = walker.wanted(current);
    let Walker { command, given, .. } = walker;
    Walk { command, given, wanted }
}

/// The options that can still be given.
pub(super) fn flags<'c>(walk: &Walk<'c>) -> Vec<&'c Arg> {
    let again = |arg: &Arg| matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
    let is_given = |arg: &Arg| walk.given.iter().any(|(given, _)| given.get_id() == arg.get_id());
    // Either of them says it
    let excludes = |one: &Arg, other: &Arg| {
        walk.command.get_arg_conflicts_with(one).iter().any(|excluded| excluded.get_id() == other.get_id())
    };
    let excluded =
        |arg: &Arg| walk.given.iter().any(|(given, _)| excludes(given, arg) || excludes(arg, given));
    let all = walk.command.get_arguments().filter(|arg| arg.get_long().is_some() && !arg.is_hide_set());
    let all: Vec<&Arg> = all.filter(|arg| (again(arg) || !is_given(arg)) && !excluded(arg)).collect();
    // A command's own come first
    let is_own = |arg: &Arg| !arg.is_global_set() && !matches!(arg.get_id().as_str(), "help" | "version");
    let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|arg| is_own(arg));
    own.into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::command_line;

    /// What is wanted, and what was given, as text.
    fn walked(line: &str) -> (String, String) {
        let root = command_line();
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let current = words.pop().expect("a word");
        let walk = walk(&root, &words, &current);
        let wanted = match &walk.wanted {
            Wanted::Value { arg, head, typed } => format!("{} {head}|{typed}", arg.get_id()),
            Wanted::Flag => "flag".into(),
            Wanted::Subcommand => format!("subcommand of {}", walk.command.get_name()),
            Wanted::Program(words) => format!("program {words}"),
            Wanted::Nothing => "nothing".into(),
        };
        let given = walk.given.iter().map(|(arg, value)| format!("{}={value}", arg.get_id()));
        (wanted, given.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_cursor_stands_where_clap_would_take_the_word() {
        for (line, wanted) in [
            ("", "subcommand of wmrole"),
            ("sh", "subcommand of wmrole"),
            ("--profile test sh", "subcommand of wmrole"),
            ("--profile ", "profile |"),
            ("--profile=te", "profile --profile=|te"),
            ("--org=ac", "organization --org=|ac"),
            ("--organization-id ac", "organization |ac"),
            ("show ", "role |"),
            ("show Mig", "role |Mig"),
            ("show Mig ", "nothing"),
            ("show -", "flag"),
            ("show --", "flag"),
            ("show --prof", "flag"),
            ("show --nothing=x", "nothing"),
            ("show -o", "flag"),
            ("show -oj", "output -o|j"),
            ("show -qoj", "output -qo|j"),
            ("show -o=j", "output -o=|j"),
            ("show -o j", "output |j"),
            ("show -qy j", "role |j"),
            ("edit r --allow ", "allow |"),
            ("edit r --allow alice b", "allow |b"),
            ("edit r --allow alice --", "flag"),
            ("edit r --rule x y", "nothing"),
            ("edit r --remove-rule a b", "remove_rule |b"),
            ("delete a b", "roles |b"),
            ("test r u", "users |u"),
            ("test r u v", "users |v"),
            ("assume r -- ", "program 0"),
            ("assume r -- ls -", "program 1"),
            ("assume r --as=alice@ex", "user --as=|alice@ex"),
            ("delete -- -x", "roles |-x"),
            ("sandbox ", "subcommand of sandbox"),
            ("ls -o ", "output |"),
            ("help sh", "subcommand of help"),
            // A value that is called like a command
            ("--profile test show --organization list r", "role |r"),
            ("schema --save ", "save |"),
            ("schema --save x o", "of |o"),
        ] {
            assert_eq!(walked(line).0, wanted, "{line}");
        }
    }

    #[test]
    fn what_was_given_is_known_by_its_argument() {
        for (line, given) in [
            ("--org=acme edit -q R --rule x ", "organization=acme quiet= role=R rule=x"),
            (
                "edit --region eu-west-1 R --remove-rule a b ",
                "region=eu-west-1 role=R remove_rule=a remove_rule=b",
            ),
            ("show -yojson R ", "yes= output=json role=R"),
            ("assume R -- show x ", "role=R"),
        ] {
            assert_eq!(walked(line).1, given, "{line}");
        }
    }

    #[test]
    fn a_flag_is_offered_once_and_not_beside_one_that_excludes_it() {
        let root = command_line();
        let offered = |line: &str| -> Vec<String> {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let walk = walk(&root, &words, "--");
            flags(&walk).iter().filter_map(|arg| arg.get_long().map(str::to_owned)).collect()
        };
        let has = |line: &str, flag: &str| offered(line).iter().any(|other| other == flag);
        assert!(has("edit R", "name") && !has("edit R --name x", "name"));
        assert!(has("edit R --allow x", "allow") && has("edit R -v", "verbose"));
        assert!(has("undo", "list") && !has("undo --list", "list"));
        assert!(has("create", "file") && !has("create --type read-only", "file"));
        let edit = offered("edit R");
        let at = |flag: &str| edit.iter().position(|other| other == flag).expect(flag);
        assert!(at("all") < at("help"));
        assert!(at("remove-user") < at("region"));
    }
}
