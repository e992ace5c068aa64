//! Which kind of value an argument takes: by its possible values, its id, the name of its value, or its hint. Where a
//! new argument is of a new kind, this is the only place to say it.

use clap::{Arg, ValueHint};

/// What a value names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of the argument's possible values.
    Choice,
    Role,
    User,
    Group,
    /// A rule of the role that was typed.
    Rule,
    /// A rule of the role that was typed, which denies.
    DenyRule,
    Organization,
    Profile,
    Region,
    SavedState,
    /// A definition, or a directory of some.
    Definition,
    File,
    Directory,
    /// Anything.
    Free,
}

/// The kind; none for an argument that nobody thought of.
pub(super) fn kind(arg: &Arg) -> Option<Kind> {
    if arg.get_possible_values().iter().any(|value| !value.is_hide_set()) {
        return Some(Kind::Choice);
    }
    let name = arg.get_value_names().and_then(|names| names.first()).map(|name| name.as_str());
    Some(match (arg.get_id().as_str(), name.unwrap_or_default(), arg.get_value_hint()) {
        ("organization", ..) => Kind::Organization,
        ("profile", ..) => Kind::Profile,
        ("region", ..) => Kind::Region,
        ("backup", ..) => Kind::SavedState,
        ("remove_deny_rule", ..) => Kind::DenyRule,
        ("policy", ..) => Kind::Definition,
        (_, "ROLE", _) => Kind::Role,
        (_, "USER", _) => Kind::User,
        (_, "GROUP", _) => Kind::Group,
        (_, "RULE", _) => Kind::Rule,
        ("file", _, ValueHint::FilePath) | (.., ValueHint::AnyPath) => Kind::Definition,
        (.., ValueHint::FilePath) => Kind::File,
        (.., ValueHint::DirPath) => Kind::Directory,
        (.., ValueHint::Url) => Kind::Free,
        (_, "COMMAND" | "NAME" | "DESCRIPTION" | "N" | "BYTES" | "MS" | "ADDRESS" | "FAULT" | "TEXT", _) => {
            Kind::Free
        }
        (_, "DATE" | "DURATION" | "PRINCIPAL" | "ORG-ID" | "SECONDS" | "IPV4", _) => Kind::Free,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::command_line;

    fn visit(command: &clap::Command, see: &mut impl FnMut(&str, &Arg)) {
        for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
            see(command.get_name(), arg);
        }
        command.get_subcommands().for_each(|sub| visit(sub, see));
    }

    #[test]
    fn every_argument_of_every_command_has_a_kind() {
        let mut unknown = Vec::new();
        visit(&command_line(), &mut |command, arg| {
            if kind(arg).is_none() && arg.get_value_hint() != ValueHint::CommandWithArguments {
                unknown.push(format!("{command}: {arg} ({})", arg.get_id()));
            }
        });
        assert!(unknown.is_empty(), "complete/kind.rs does not know:\n{}", unknown.join("\n"));
    }

    #[test]
    fn arguments_are_of_the_kind_that_they_name() {
        let mut kinds = std::collections::BTreeMap::new();
        visit(&command_line(), &mut |command, arg| {
            kinds.insert(format!("{command} {}", arg.get_id()), kind(arg));
        });
        for (arg, wanted) in [
            ("wmrole organization", Kind::Organization),
            ("show role", Kind::Role),
            ("delete roles", Kind::Role),
            ("access role", Kind::Role),
            ("access user", Kind::User),
            ("test users", Kind::User),
            ("assume user", Kind::User),
            ("assume source_region", Kind::Choice),
            ("create allow_group", Kind::Group),
            ("create name", Kind::Free),
            ("create file", Kind::Definition),
            ("create role_type", Kind::Choice),
            ("edit rule", Kind::Rule),
            ("edit remove_rule", Kind::Rule),
            ("edit remove_deny_rule", Kind::DenyRule),
            ("undo backup", Kind::SavedState),
            ("diff files", Kind::Definition),
            ("apply plan", Kind::File),
            ("export dir", Kind::Directory),
            ("export target", Kind::Choice),
            ("wmrole policy", Kind::Definition),
            ("wmrole region", Kind::Region),
            ("wmrole output", Kind::Choice),
            ("completions shell", Kind::Choice),
        ] {
            assert_eq!(kinds.get(arg), Some(&Some(wanted)), "{arg}");
        }
    }
}
