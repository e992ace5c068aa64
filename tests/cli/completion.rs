//! What the scripts of `completions/` are told, by the program as they call it; the shells themselves are in
//! `tests/shells.py`.

use std::fs;
use std::process::{Command, Output};
use std::time::Instant;

use super::harness::*;

/// The program as the script for zsh calls it.
fn asking(home: &Home, words: &[&str]) -> Command {
    let mut command = home.command(words);
    command.env("WMROLE_COMPLETE", "zsh:1").env("XDG_CACHE_HOME", home.path("cache"));
    command
}

/// What is answered, and that nothing is said besides.
fn told(output: &Output) -> Vec<String> {
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}

fn words(home: &Home, words: &[&str]) -> Vec<String> {
    let all = [&["wmrole"], words].concat();
    let told = told(&asking(home, &all).output_within_limit());
    told.iter().skip(1).map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

/// As [`words`], asked again until something is known: on a busy machine the names may not be there within a second.
fn words_at_last(home: &Home, asked: &[&str]) -> Vec<String> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        let found = words(home, asked);
        if !found.is_empty() {
            return found;
        }
    }
    panic!("nothing is known for {asked:?}")
}

#[test]
fn names_are_read_once_and_kept_for_the_user_alone() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    assert_eq!(words_at_last(&home, &["show", "Leg"]), ["Legacy backup"]);
    assert_eq!(words_at_last(&home, &["show", "--org", "ac"]), ["acme"]);
    assert_eq!(words_at_last(&home, &["--org=ac"]), ["--org=acme"]);
    assert_eq!(words_at_last(&home, &["assume", "Migration", "--as=alice@"]), ["--as=alice@example.com"]);
    assert_eq!(words_at_last(&home, &["access", "--user", "Alice"]), ["alice@example.com"]);
    assert_eq!(words_at_last(&home, &["create", "x", "--allow-group", "onc"]), ["oncall@example.com"]);
    let rules = words_at_last(&home, &["edit", "Migration", "--remove-rule", ""]);
    assert!(!rules.is_empty());
    // Each file is the user's, and has neither the place nor a key in its name
    for entry in fs::read_dir(home.path("cache/wmrole")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.file_stem().unwrap().to_string_lossy().bytes().all(|byte| byte.is_ascii_hexdigit()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
            assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
        }
    }
}

#[test]
fn a_change_is_seen_at_the_next_tab() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    assert_eq!(words_at_last(&home, &["show", "Leg"]), ["Legacy backup"]);
    assert_eq!(words(&home, &["show", "New"]), [""; 0]);
    let mut create = home.command(&["create", "New one", "--type", "read-only", "--yes"]);
    let output = create.env("XDG_CACHE_HOME", home.path("cache")).output_within_limit();
    assert!(output.status.success(), "{output:?}");
    // Names that were kept would be kept for longer than this waits
    assert_eq!(words_at_last(&home, &["show", "New"]), ["New one"]);
}

#[test]
fn a_sandbox_is_not_made_by_a_question() {
    let home = Home::new();
    assert_eq!(words(&home, &["show", ""]), [""; 0]);
    assert!(!home.path("sandbox.json").exists());
}

#[test]
fn the_formats_offered_are_those_of_the_help() {
    let home = Home::new();
    for command in ["list", "diff", "export"] {
        let mut offered = words(&home, &[command, "-o", ""]);
        let help = home.stdout(0, &[command, "--help"]);
        let (_, at) = help.split_once("--output <").unwrap();
        let (_, list) = at.split_once("ossible values:").unwrap();
        let listed = list.split("--color").next().unwrap();
        offered.retain(|format| !listed.contains(format.as_str()));
        assert_eq!(offered, [""; 0], "{command}");
    }
}

#[test]
fn a_question_of_another_version_has_no_answer() {
    let home = Home::new();
    for protocol in ["zsh:2", "bash", "1", "\u{1b}"] {
        let output = asking(&home, &["wmrole", ""]).env("WMROLE_COMPLETE", protocol).output_within_limit();
        assert_eq!(told(&output), [""; 0]);
    }
}

#[test]
fn hostile_names_are_no_lines_of_an_answer() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    let state = home.path("sandbox.json");
    let text = fs::read_to_string(&state).unwrap();
    fs::write(&state, text.replace("Legacy backup", "files\\n\\u001b[2JLeg\\u202eacy")).unwrap();
    words_at_last(&home, &["show", ""]);
    let told = told(&asking(&home, &["wmrole", "show", ""]).output_within_limit());
    assert_eq!(told[0], "words");
    assert!(told.iter().all(|line| !line.contains(['\u{1b}', '\u{202e}']) && line != "files"), "{told:?}");
    // By its id it can still be named
    assert!(told.iter().any(|line| line.starts_with("3000")), "{told:?}");
}

#[test]
fn a_script_is_installed_and_removed() {
    let home = Home::new();
    for (shell, file) in [
        ("bash", ".local/share/bash-completion/completions/wmrole"),
        ("zsh", ".local/share/zsh/site-functions/_wmrole"),
        ("fish", ".config/fish/completions/wmrole.fish"),
    ] {
        home.exits_with(0, &["completions", shell, "--install"]);
        let script = fs::read_to_string(home.path(file)).unwrap();
        assert_eq!(script, home.stdout(0, &["completions", shell]));
        home.exits_with(0, &["completions", shell, "--uninstall"]);
        assert!(!home.path(file).exists());
        fs::write(home.path(file), "mine").unwrap();
        home.exits_with(1, &["completions", shell, "--install"]);
        home.exits_with(1, &["completions", shell, "--uninstall"]);
        assert_eq!(fs::read_to_string(home.path(file)).unwrap(), "mine");
    }
    home.exits_with(2, &["completions", "elvish", "--install"]);
}
