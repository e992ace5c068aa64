//! `completions/` and `man/` are what the command line says today.

use std::fs;
use std::path::Path;

use clap_complete::Shell;
use wmrole::commands::generate;

/// Compares a file with what it should be; with `WMROLE_BLESS=1` rewrites it.
fn golden(path: &str, text: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("WMROLE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    if fs::read_to_string(&path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    Err(format!("{} is stale: `WMROLE_BLESS=1 cargo test` rewrites it", path.display()))
}

#[test]
fn completions_are_fresh() {
    for (shell, file) in [
        (Shell::Bash, "wmrole.bash"),
        (Shell::Zsh, "_wmrole"),
        (Shell::Fish, "wmrole.fish"),
        (Shell::PowerShell, "_wmrole.ps1"),
        (Shell::Elvish, "wmrole.elv"),
    ] {
        assert_eq!(golden(&format!("completions/{file}"), &generate::completion_script(shell)), Ok(()));
    }
}

#[test]
fn man_pages_are_fresh() {
    for (file, page) in generate::man_pages().unwrap() {
        assert_eq!(golden(&format!("man/{file}"), &page), Ok(()));
    }
}

#[test]
fn the_readme_has_the_table_of_exit_codes() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for (code, meaning) in wmrole::exit::CODES {
        assert!(readme.contains(&format!("| {code} | {meaning} |\n")), "{code}");
    }
}
