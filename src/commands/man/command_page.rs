//! The man page of a command. The options of every command stand in that of the program alone.

use clap::{Arg, Command};
use roff::{Inline, Roff, bold, italic, roman};

use super::environment::{ENVIRONMENT, FILES};
use super::page::{text, titled};
use crate::exit_code::CODES;
use crate::finding_code::FindingCode;

/// The name of the page: `wmrole-sandbox-serve`.
pub(super) fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page of a command that is built; `parent` is the one that it stands below.
pub(super) fn page(command: &Command, parent: Option<&Command>) -> String {
    let mut page = titled(name(command), "1", "User Commands");
    page.control("SH", ["NAME"]);
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    text(&mut page, &format!("{} - {about}", name(command)));
    page.control("SH", ["SYNOPSIS"]);
    synopsis(&mut page, command);
    page.control("SH", ["DESCRIPTION"]);
    text(&mut page, &command.get_long_about().map_or(about, ToString::to_string));
    if parent.is_some() {
        page.control("PP", []);
        text(&mut page, "The options that every command has are in wmrole(1).");
    }
    subcommands(&mut page, command);
    options(&mut page, command, parent.is_none());
    let aliases: Vec<_> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        page.control("SH", ["OTHER NAMES"]);
        page.text([bold(aliases.join(", "))]);
    }
    if name(command) == "wmrole-audit" {
        findings(&mut page);
    }
    examples(&mut page, command);
    if parent.is_none() {
        of_the_program(&mut page, command);
    }
    see_also(&mut page, command, parent);
    page.render()
}

fn synopsis(page: &mut Roff, command: &Command) {
    let usage = command.clone().render_usage().to_string();
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    for (n, line) in usage.trim_start_matches("Usage: ").lines().map(str::trim).enumerate() {
        if n > 0 {
            page.control("br", []);
        }
        match line.strip_prefix(name) {
            Some(rest) => page.text([bold(name), roman(rest)]),
            None => page.text([roman(line)]),
        };
    }
}

fn subcommands(page: &mut Roff, command: &Command) {
    let mut below = command.get_subcommands().filter(|sub| !sub.is_hide_set()).peekable();
    if below.peek().is_some() {
        page.control("SH", ["COMMANDS"]);
    }
    for sub in below {
        page.control("TP", []);
        page.text([bold(sub.get_name()), roman(format!(" ({}(1))", name(sub)))]);
        text(page, &sub.get_about().map(ToString::to_string).unwrap_or_default());
    }
}

fn options(page: &mut Roff, command: &Command, is_program: bool) {
    let shown = |arg: &&Arg| {
        // Every command has its own formats
        !arg.is_hide_set() && (is_program || !arg.is_global_set() || arg.get_id() == "output")
    };
    page.control("SH", ["OPTIONS"]);
    let positionals = command.get_positionals().filter(shown);
    for arg in positionals.chain(command.get_opts().filter(shown)).chain(flags(command).filter(shown)) {
        option(page, arg);
    }
}

/// What takes no value; those that clap adds itself come last.
fn flags(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_positional() && !takes_value(arg))
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|values| values.takes_values())
}

fn option(page: &mut Roff, arg: &Arg) {
    page.control("TP", []);
    let mut tag: Vec<Inline> = Vec::new();
    if let (Some(short), true) = (arg.get_short(), arg.get_long().is_some()) {
        tag.extend([bold(format!("-{short}")), roman(", ")]);
    }
    let written = arg.to_string();
    match written.split_once(' ') {
        _ if arg.is_positional() => tag.push(italic(written)),
        Some((flag, value)) => tag.extend([bold(flag), roman(" "), italic(value)]),
        None => tag.push(bold(written)),
    }
    page.text(tag);
    let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut more = help;
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if takes_value(arg) && !defaults.is_empty() {
        more += &format!(" [default: {}]", defaults.join(" "));
    }
    if let Some(aliases) = arg.get_visible_aliases().filter(|aliases| !aliases.is_empty()) {
        more += &format!(" [aliases: --{}]", aliases.join(", --"));
    }
    if let Some(variable) = arg.get_env() {
        more += &format!(" [environment: {}]", variable.to_string_lossy());
    }
    text(page, &more);
    if takes_value(arg) {
        possible_values(page, arg);
    }
}

fn possible_values(page: &mut Roff, arg: &Arg) {
    let values = arg.get_possible_values();
    let mut values = values.iter().filter(|value| !value.is_hide_set()).peekable();
    if values.peek().is_none() {
        return;
    }
    page.control("RS", []);
    for value in values {
        page.control("IP", ["\\(bu", "2"]);
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        page.text([bold(value.get_name()), roman(help)]);
    }
    page.control("RE", []);
}

/// The examples, as they stand behind the help.
fn examples(page: &mut Roff, command: &Command) {
    let after = command.get_after_long_help().map(ToString::to_string);
    let Some(lines) = after.as_deref().and_then(|after| after.strip_prefix("Examples:\n")) else { return };
    page.control("SH", ["EXAMPLES"]);
    page.control("nf", []);
    for line in lines.lines() {
        page.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    page.control("fi", []);
}

/// What `audit` looks for.
fn findings(page: &mut Roff) {
    page.control("SH", ["FINDINGS"]);
    for code in FindingCode::ALL {
        page.control("TP", []);
        page.text([bold(code.as_str()), roman(format!(" ({})", code.level().as_str()))]);
        text(page, &format!("{}. {}", code.title(), code.meaning()));
    }
    text(page, "\nDefinitions can accept a finding for a while: see accepted in wmrole(5).");
}

/// What holds for every command.
fn of_the_program(page: &mut Roff, command: &Command) {
    page.control("SH", ["ENVIRONMENT"]);
    text(page, "An option comes before its variable, and a variable that is empty counts as not set.");
    for arg in command.get_arguments() {
        let (Some(variable), Some(long)) = (arg.get_env(), arg.get_long()) else { continue };
        entry(page, &variable.to_string_lossy(), &format!("As --{long}."));
    }
    ENVIRONMENT.iter().for_each(|(names, meaning)| entry(page, names, meaning));
    page.control("SH", ["FILES"]);
    FILES.iter().for_each(|(path, meaning)| entry(page, path, meaning));
    page.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in CODES {
        entry(page, &code.number().to_string(), meaning);
    }
    text(page, "\nassume with a COMMAND ends with the code of the COMMAND.");
}

fn entry(page: &mut Roff, tag: &str, meaning: &str) {
    page.control("TP", []);
    page.text([bold(tag)]);
    text(page, meaning);
}

fn see_also(page: &mut Roff, command: &Command, parent: Option<&Command>) {
    page.control("SH", ["SEE ALSO"]);
    let mut pages: Vec<_> = parent.map(|parent| format!("{}(1)", name(parent))).into_iter().collect();
    if parent.is_some_and(|parent| name(parent) != "wmrole") {
        pages.insert(0, "wmrole(1)".into());
    }
    let below = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    pages.extend(below.map(|sub| format!("{}(1)", name(sub))));
    pages.push("wmrole(5)".into());
    if parent.is_none() {
        pages.push("aws(1)".into());
    }
    text(page, &pages.join(", "));
}
