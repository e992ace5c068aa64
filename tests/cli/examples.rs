//! The examples of the help: each is run as it stands there, on a sandbox of its own.

use std::process::{Command, Output, Stdio};

use super::harness::*;

/// Examples that end with something else than 0.
const CODES: [(&str, i32); 2] =
    [("wmrole diff roles/ --exit-code", 3), ("wmrole audit -f roles/ --fail-on high", 3)];

/// What was done before an example that begins so.
const BEFORE: [(&str, &str); 6] = [
    ("wmrole test -f", "wmrole apply roles/"),
    ("wmrole apply --plan", "wmrole diff roles/ --save plan.json"),
    ("wmrole undo", "wmrole delete 'Legacy backup'"),
    ("wmrole validate roles/ --snapshot", "wmrole export --snapshot directory.json"),
    ("wmrole completions fish", "mkdir -p ~/.config/fish/completions"),
    ("wmrole history --events", r#"mkdir trail && echo '{"Records": []}' | gzip > trail/1.json.gz"#),
];

/// A home with what the examples name: definitions, and a program that is given a token.
fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path("roles")).unwrap();
    let acme = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/acme.yaml");
    std::fs::copy(acme, home.path("roles/acme.yaml")).unwrap();
    home.write("wave-07.csv", "email\nalice@example.com\nbob@example.com\n");
    home.write("migrate.sh", "#!/bin/sh\n[ -n \"$WORKMAIL_IMPERSONATION_TOKEN\" ]\n");
    home.write("sync.sh", "#!/bin/sh\n[ -n \"$WORKMAIL_EWS_URL\" ] && [ -n \"$WORKMAIL_EWS_PASSWORD\" ]\n");
    let scripts = [home.path("migrate.sh"), home.path("sync.sh")];
    assert!(Command::new("chmod").arg("+x").args(scripts).status().unwrap().success());
    home
}

/// A line as a shell takes it; questions are answered with yes.
fn shell(home: &Home, line: &str) -> Command {
    let yes = if line.contains("--yes") { "" } else { "--yes" };
    let script = format!("wmrole() {{ '{}' {yes} \"$@\"; }}\n{line}", env!("CARGO_BIN_EXE_wmrole"));
    let mut bash = Command::new("bash");
    bash.args(["-ec", &script]).env_clear().current_dir(home.path("")).stdin(Stdio::null());
    bash.envs(home.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
    bash
}

/// The help of a command, in lines that are not folded.
fn help(words: &[&str]) -> String {
    let args = [words, &["--help"]].concat();
    let output = Home::new().command(&args).env("COLUMNS", "300").output_within_limit();
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that a help lists: what is indented below its headings, before the options.
fn listed(help: &str) -> Vec<String> {
    let (list, _) = help.split_once("\nOptions:").unwrap();
    let (_, list) = list.split_once("Usage:").unwrap();
    let rows = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|row| !row.starts_with(' '));
    let names = rows.filter_map(|row| row.split_whitespace().next());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).map(str::to_owned).collect()
}

/// Every command, with its examples.
fn examples() -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut commands: Vec<Vec<String>> = listed(&help(&[])).into_iter().map(|name| vec![name]).collect();
    while let Some(command) = commands.pop() {
        if command == ["help"] {
            continue;
        }
        let help = help(&command.iter().map(String::as_str).collect::<Vec<_>>());
        if help.contains("\nCommands:") {
            let below = listed(&help).into_iter().filter(|name| name != "help");
            commands.extend(below.map(|name| [&command[..], &[name]].concat()));
        }
        let Some((_, lines)) = help.split_once("\nExamples:\n") else {
            panic!("the help of {command:?} ends without examples")
        };
        let lines = lines.lines().map(|line| line.strip_prefix("  ").unwrap());
        let examples = lines.filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        found.push((command.join(" "), examples));
    }
    found
}

/// Runs a sandbox or a proxy until it says where it is, and then stops it.
fn serve(home: &Home, line: &str) -> Output {
    let mut child = shell(home, &format!("exec {}", line.replace("wmrole", env!("CARGO_BIN_EXE_wmrole"))))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let url = first_line(child.stdout.take().unwrap());
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::TERM)
        .unwrap();
    let status = wait(&mut child).unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{line}: {url}");
    Output { status, stdout: Vec::new(), stderr: Vec::new() }
}

#[test]
fn every_example_of_the_help_works() {
    let all = examples();
    assert!(all.len() > 18, "{all:?}");
    let mut run = Vec::new();
    for (command, examples) in all {
        assert!((2..=4).contains(&examples.len()), "{command}: {examples:?}");
        for line in examples {
            assert!(line.contains("wmrole ") && line.len() < 80, "{line}");
            let home = home();
            for (start, before) in BEFORE.iter().filter(|(start, _)| line.starts_with(start)) {
                let output = shell(&home, before).output_within_limit();
                assert_eq!(output.status.code(), Some(0), "before {start}: {}", printed(&output));
            }
            let serves = ["wmrole sandbox serve", "wmrole proxy"].iter().any(|start| line.starts_with(start));
            let output = match serves && !line.contains(" -- ") {
                true => serve(&home, &line),
                false => shell(&home, &line).output_within_limit(),
            };
            let code = CODES.iter().find(|(example, _)| *example == line).map_or(0, |(_, code)| *code);
            assert_eq!(output.status.code(), Some(code), "{line}\n{}", printed(&output));
            run.push(line);
        }
    }
    for (line, _) in CODES {
        assert!(run.iter().any(|run| run == line), "no help has {line}");
    }
    for (start, _) in BEFORE {
        assert!(run.iter().any(|line| line.starts_with(start)), "no example begins with {start}");
    }
}

#[test]
fn the_short_help_names_the_global_options_and_the_long_one_explains_them() {
    let home = Home::new();
    let short = home.stdout(0, &["show", "-h"]);
    assert!(short.contains("--endpoint-url") && !short.contains("Call the service"), "{short}");
    assert!(short.lines().count() < 24, "{short}");
    let long = home.stdout(0, &["show", "--help"]);
    assert!(long.contains("Call the service"), "{long}");
    assert_eq!(home.stdout(0, &["help", "show"]), long);
}

#[test]
fn the_help_shows_the_formats_that_the_command_has() {
    let home = Home::new();
    for (command, formats) in [
        (&["access"][..], "[possible values: table, json, yaml, markdown, csv, mermaid]"),
        (&["test"], "[possible values: table, json, yaml, github, junit, csv]"),
        (&["export"], "[possible values: table, yaml]"),
        (&["sandbox", "init"], ""),
        (&["completions"], ""),
    ] {
        let help = home.command(&[command, &["-h"]].concat()).env("COLUMNS", "300").output_within_limit();
        let help = String::from_utf8(help.stdout).unwrap();
        assert_eq!(help.contains("--output <"), !formats.is_empty(), "{help}");
        assert!(help.contains(formats), "{help}");
    }
    // What is not shown is refused with what there is, before the command and behind it
    for args in [&["-o", "csv", "list"], &["list", "-o", "csv"]] {
        let stderr = home.stderr(2, args);
        assert!(stderr.contains("this command has no csv output; it has table, json, yaml"), "{stderr}");
    }
}
