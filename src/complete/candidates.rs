//! What can stand at the cursor.

use std::time::Instant;

use clap::{Arg, Command};

use super::aws_files;
use super::cache::List;
use super::files;
use super::kind::{Kind, kind};
use super::name::{Candidate, Fit, Name, Reach, matching, typable};
use super::refresh::names_of;
use super::target::Target;
use super::walk::{Walk, Wanted, flags};
use crate::apply::backup::Saved;
use crate::dirs;
use crate::output::times::Times;
use crate::sorted;
use crate::workmail::REGIONS;

/// As many saved states are read to say what they are; the rest have names alone.
const FEW: usize = 20;

/// What is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Words.
    Words(Vec<Candidate>, Fit),
    /// The shell knows: files.
    Files,
    /// The shell knows: definitions, and directories of some.
    Definitions,
    /// The shell knows: directories.
    Directories,
    /// The shell knows: programs.
    Programs,
}

/// What can stand at the cursor, as far as it is known within a second from `started`.
pub(super) fn answer(walk: &Walk<'_>, typed: &str, everything: bool, started: Instant) -> Answer {
    match &walk.wanted {
        Wanted::Nothing => Answer::Words(Vec::new(), Fit::Prefix),
        Wanted::Program(0) => Answer::Programs,
        Wanted::Program(_) => Answer::Files,
        Wanted::Subcommand => words(&subcommands(walk.command), "", typed, Reach::Beginnings),
        Wanted::Flag => words(&options(walk, typed), "", typed, Reach::Beginnings),
        Wanted::Value { arg, head, typed } => {
            let reach = if everything { Reach::Everything } else { Reach::Anywhere };
            value(walk, arg, head, typed, reach, started)
        }
    }
}

fn value(walk: &Walk<'_>, arg: &Arg, head: &str, typed: &str, reach: Reach, started: Instant) -> Answer {
    let live = |list| names_of(&Target::of(walk), list, started);
    let is_path = typed.starts_with(['.', '~', '$']) || typed.contains('/');
    let mut names = match kind(arg).unwrap_or(Kind::Free) {
        Kind::Free => return Answer::Words(Vec::new(), Fit::Prefix),
        Kind::File => return Answer::Files,
        Kind::SavedState if is_path => return Answer::Files,
        Kind::Definition => return Answer::Definitions,
        Kind::Directory => return Answer::Directories,
        Kind::Choice => return words(&choices(arg), head, typed, Reach::Beginnings),
        Kind::Region => return words(&REGIONS.map(|region| Name::new([region], "")), head, typed, reach),
        Kind::Profile => typable(profiles(), true),
        Kind::Organization => live(List::Organizations),
        Kind::Role => live(List::Roles),
        Kind::User if typed.starts_with('@') && arg.get_num_args().is_some_and(|n| n.max_values() > 1) => {
            return words(&files::listed(typed), head, typed, Reach::Beginnings);
        }
        Kind::User => live(List::Users),
        Kind::Group => live(List::Groups),
        Kind::Rule => rules(walk, live(List::Roles), |_| true),
        Kind::DenyRule => rules(walk, live(List::Roles), |rule| rule.shown.starts_with("DENY")),
        Kind::SavedState => typable(saved_states(), true),
    };
    // Each is given once
    let given: Vec<&str> = walk.values(arg.get_id().as_str()).collect();
    names.retain(|name| !given.iter().any(|given| name.is(given)));
    words(&names, head, typed, reach)
}

/// Whole words, with what stands before the value.
fn words(names: &[Name], head: &str, typed: &str, reach: Reach) -> Answer {
    let (mut found, fit) = matching(names, typed, reach);
    found.iter_mut().for_each(|candidate| candidate.word.insert_str(0, head));
    Answer::Words(found, fit)
}

fn line(text: Option<&clap::builder::StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

fn subcommands(command: &Command) -> Vec<Name> {
    let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let name = |sub: &Command| {
        Name::new(std::iter::once(sub.get_name()).chain(sub.get_visible_aliases()), line(sub.get_about()))
    };
    visible.map(name).collect()
}

fn options(walk: &Walk<'_>, typed: &str) -> Vec<Name> {
    let name = |arg: &&Arg| {
        let names = arg.get_long().into_iter().chain(arg.get_visible_aliases().unwrap_or_default());
        Name::new(names.map(|name| format!("--{name}")), line(arg.get_help()))
    };
    let mut all: Vec<Name> = flags(walk).iter().map(name).collect();
    // A letter that was typed is as good
    let letter = typed.strip_prefix('-').filter(|letter| letter.chars().count() == 1 && *letter != "-");
    let letters =
        walk.command.get_arguments().filter(|arg| arg.get_short().map(String::from).as_deref() == letter);
    all.extend(letters.filter(|_| letter.is_some()).map(|arg| Name::new([typed], line(arg.get_help()))));
    all
}

fn choices(arg: &Arg) -> Vec<Name> {
    let visible = arg.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
    visible.map(|value| Name::new([value.get_name()], line(value.get_help()))).collect()
}

fn profiles() -> Vec<Name> {
    let region = |settings: &std::collections::BTreeMap<String, String>| settings.get("region").cloned();
    let name = |(name, settings)| Name::new([name], region(&settings).unwrap_or_default());
    aws_files::profiles().into_iter().map(name).collect()
}

/// The rules of the role that was typed.
fn rules(walk: &Walk<'_>, roles: Vec<Name>, wanted: impl Fn(&Name) -> bool) -> Vec<Name> {
    let Some(typed) = walk.last("role") else { return Vec::new() };
    let mut called = roles.into_iter().filter(|role| role.is(typed));
    match (called.next(), called.next()) {
        (Some(role), None) => role.inside.into_iter().filter(wanted).collect(),
        _ => Vec::new(),
    }
}

/// The saved states of this machine, the newest first.
fn saved_states() -> Vec<Name> {
    let Ok(Ok(all)) = dirs::where_backups_are().map(std::fs::read_dir) else { return Vec::new() };
    let mut paths: Vec<_> = all.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    // The time stands in the name behind the organization's
    let stem = |path: &std::path::Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let time = |path: &std::path::Path| {
        let stem = stem(path).unwrap_or_default();
        stem.rsplit('-').nth(1).map(str::to_owned)
    };
    sorted::by_key(&mut paths, |path| std::cmp::Reverse(time(path)));
    let name = |(at, path): (usize, &std::path::PathBuf)| {
        let saved = if at < FEW { Saved::read(path).ok() } else { None };
        let shown = saved
            .map(|saved| format!("{} {}", Times::Exact.text(saved.state.time), saved.state.origin.command));
        Name::new(stem(path), shown.unwrap_or_default())
    };
    paths.iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::walk::walk;
    use super::*;
    use crate::testing::command_line;

    fn answered(line: &str) -> Answer {
        let root = command_line();
        let mut all: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let current = all.pop().expect("a word");
        answer(&walk(&root, &all, &current), &current, false, Instant::now())
    }

    fn found(line: &str) -> Vec<String> {
        match answered(line) {
            Answer::Words(found, _) => found.into_iter().map(|candidate| candidate.word).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn commands_and_flags_complete_by_their_first_letters() {
        assert_eq!(found("sh"), ["show"]);
        assert_eq!(found("org"), ["organizations"]);
        assert_eq!(found("orgs"), ["orgs"]);
        assert_eq!(found("l"), ["list"]);
        assert_eq!(found("sandbox "), ["serve", "init", "help"]);
        assert_eq!(found("show --org"), ["--organization"]);
        assert_eq!(found("show --organization-"), ["--organization-id"]);
        assert_eq!(found("edit r --remove"), ["--remove-user", "--remove-rule", "--remove-deny-rule"]);
        assert_eq!(found("show -o"), ["-o"]);
        assert_eq!(found("show --nothing"), [""; 0]);
        assert!(found("show -").iter().all(|flag| flag.starts_with("--")));
    }

    #[test]
    fn values_that_are_known_complete_also_behind_an_equals_sign() {
        assert_eq!(found("create x --type "), ["read-only", "full-access"]);
        assert_eq!(found("create x --type=f"), ["--type=full-access"]);
        assert_eq!(found("--region us"), ["us-east-1", "us-west-2"]);
        assert_eq!(found("--region=eu"), ["--region=eu-west-1"]);
        assert_eq!(found("completions "), ["bash", "elvish", "fish", "powershell", "zsh"]);
        assert_eq!(found("list --color=n"), ["--color=never"]);
        assert_eq!(found("list -oj"), ["-ojson", "-ojunit"]);
    }

    #[test]
    fn files_are_left_to_the_shell() {
        assert_eq!(answered("diff "), Answer::Definitions);
        assert_eq!(answered("create -f "), Answer::Definitions);
        assert_eq!(answered("apply --plan="), Answer::Files);
        assert_eq!(answered("--sandbox "), Answer::Files);
        assert_eq!(answered("undo ./a"), Answer::Files);
        assert_eq!(answered("export --dir "), Answer::Directories);
        assert_eq!(answered("assume r -- "), Answer::Programs);
        assert_eq!(answered("assume r -- ls "), Answer::Files);
    }

    #[test]
    fn behind_an_at_sign_files_are_offered_where_several_users_can_be_given() {
        for line in
            ["test r @src/complete/mo", "create r --allow @src/complete/mo", "access --user=@src/complete/mo"]
        {
            let word = found(line);
            assert!(
                matches!(&word[..], [word] if word.ends_with("@src/complete/mod.rs")),
                "{line}: {word:?}"
            );
        }
        assert_eq!(found("assume r --as @src/complete/mo"), [""; 0]);
        assert_eq!(found("audit --who @src/complete/mo"), [""; 0]);
    }

    #[test]
    fn a_value_that_a_command_does_not_have_is_not_offered() {
        use clap::builder::PossibleValue;
        let values = [PossibleValue::new("json"), PossibleValue::new("junit").hide(true)];
        let arg = Arg::new("o").value_parser(clap::builder::PossibleValuesParser::new(values));
        assert_eq!(choices(&arg), [Name::new(["json"], "")]);
    }

    #[test]
    fn rules_are_those_of_the_role_that_was_typed() {
        let root = command_line();
        let rule = |id: &str, shown: &str| Name::new([id], shown);
        let role = |name: &str, inside| Name { inside, ..Name::new([name, "r-1"], "") };
        let roles =
            vec![role("Mig ration", vec![rule("1", "ALLOW a"), rule("2", "DENY b")]), role("Other", vec![])];
        let of = |role: &str, wanted: fn(&Name) -> bool| -> Vec<String> {
            let words = ["edit", role].map(str::to_owned);
            let names = rules(&walk(&root, &words, "--rule="), roles.clone(), wanted);
            names.into_iter().flat_map(|name| name.spellings).collect()
        };
        assert_eq!(of("Mig ration", |_| true), ["1", "2"]);
        assert_eq!(of("Mig ration", |rule| rule.shown.starts_with("DENY")), ["2"]);
        assert_eq!(of("Other", |_| true), [""; 0]);
        // Two are called so
        assert_eq!(of("r-1", |_| true), [""; 0]);
    }
}
