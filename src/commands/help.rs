//! What the help shows beyond clap's own: the commands under headings, the formats that a command has, and in the
//! short help the options of every command by name alone.

use std::fmt::Write as _;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, Command, ValueEnum as _};

use crate::config::Format;

/// Can the result of a command have this format?
pub(super) type HasFormat = fn(Format) -> bool;

/// A heading of the help, and the commands below it.
pub(super) type Heading = (&'static str, &'static [(&'static str, HasFormat)]);

/// clap's own command, which says how to call the others.
const HELP: (&str, &str) = ("help", "Explain a command, with examples");

/// The command line with its help.
pub(super) fn teach(command: Command, headings: &[Heading]) -> Command {
    let output = command.get_arguments().find(|arg| arg.get_id() == "output").cloned();
    let line = global_options(&command);
    let template = template(&command, headings);
    command
        .mut_args(|arg| if arg.is_global_set() { arg.hide_short_help(true) } else { arg })
        .mut_subcommands(|sub| {
            let found =
                headings.iter().flat_map(|(_, below)| *below).find(|(name, _)| *name == sub.get_name());
            match (found, &output) {
                (Some((_, has_format)), Some(output)) => taught(sub, output, *has_format, &line),
                _ => sub,
            }
        })
        .help_template(template)
        .after_help(format!("{line}\n\nwmrole help COMMAND explains a command, with examples"))
}

/// A command, and those below it, with the formats that it has.
fn taught(command: Command, output: &Arg, has_format: HasFormat, line: &str) -> Command {
    let parser = PossibleValuesParser::new(Format::value_variants().iter().filter_map(|format| {
        // What the command does not have is still parsed, and refused with what it has instead
        Some(format.to_possible_value()?.hide(!has_format(*format)))
    }));
    let several = Format::value_variants().iter().filter(|format| has_format(**format)).count() > 1;
    let output_here =
        output.clone().value_parser(parser.try_map(|name| Format::from_str(&name, false))).hide(!several);
    command
        .arg(output_here)
        .after_help(line.to_owned())
        .mut_subcommands(|sub| taught(sub, output, has_format, line))
}

/// The names of the options that every command has.
fn global_options(command: &Command) -> String {
    let global = command.get_arguments().filter(|arg| arg.is_global_set()).filter_map(Arg::get_long);
    let names: Vec<_> = global.map(|name| format!("--{name}")).collect();
    format!("Global options, explained by --help: {}", names.join(", "))
}

/// The help of the program itself.
fn template(command: &Command, headings: &[Heading]) -> String {
    let styles = command.get_styles();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let about = |name: &str| {
        let sub = command.find_subcommand(name)?;
        let aliases: Vec<_> = sub.get_visible_aliases().collect();
        let aliases = match aliases.as_slice() {
            [] => String::new(),
            all => format!(" [alias: {}]", all.join(", ")),
        };
        Some(format!("{}{aliases}", sub.get_about()?))
    };
    let rows: Vec<(&str, Vec<(&str, String)>)> = headings
        .iter()
        .enumerate()
        .map(|(n, (heading, below))| {
            let mut rows: Vec<_> = below.iter().filter_map(|(name, _)| Some((*name, about(name)?))).collect();
            if n + 1 == headings.len() {
                rows.push((HELP.0, HELP.1.to_owned()));
            }
            (*heading, rows)
        })
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    let width = rows.iter().flat_map(|(_, rows)| rows).map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n\n".to_owned();
    for (heading, rows) in rows {
        // Writing into a text cannot fail
        let _ = writeln!(text, "{header}{heading}:{header:#}");
        for (name, about) in rows {
            let _ = writeln!(text, "  {literal}{name}{literal:#}{:1$}  {about}", "", width - name.len());
        }
        text.push('\n');
    }
    text + &format!("{header}Options:{header:#}\n{{options}}{{after-help}}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{HEADINGS, command_line};

    #[test]
    fn every_command_stands_below_one_heading() {
        let mut command = command_line();
        command.build();
        let mut below: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, _) in HEADINGS.iter().flat_map(|(_, below)| *below) {
            *below.entry(name).or_default() += 1;
        }
        let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help");
        let all: BTreeMap<&str, usize> = visible.map(|sub| (sub.get_name(), 1)).collect();
        assert_eq!(below, all);
        let help = command.clone().render_help().to_string();
        for name in all.keys().chain(&["help"]) {
            assert_eq!(help.matches(&format!("\n  {name}  ")).count(), 1, "{name} in\n{help}");
        }
    }

    #[test]
    fn the_list_of_commands_fits_a_narrow_terminal() {
        let help = command_line().render_help().to_string();
        let (list, _) = help.split_once("\nOptions:").expect("options");
        for line in list.lines().filter(|line| line.starts_with("  ")) {
            assert!(line.len() <= 80, "{line}");
        }
    }
}
