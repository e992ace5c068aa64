//! `completions/` and `man/` are what the command line says today.

use std::fs;
use std::path::Path;

use clap_complete::Shell;
use wmrole::commands::generate;

/// Compares a file with what it should be; with `WMROLE_BLESS=1` rewrites it.
fn golden(path: &str, text: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("WMROLE_BLESS").is_some_and(|value| value == "1") {
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

#[test]
fn the_page_of_the_yaml_names_every_key_of_the_schema() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/man/wmrole.5")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&wmrole::definition::schema::schema()).unwrap();
    let mut keys = Vec::new();
    collect(&schema, &mut keys);
    assert!(keys.len() > 15, "{keys:?}");
    for key in keys {
        assert!(page.contains(&key), "man/wmrole.5 does not name {key}");
    }
}

fn collect(value: &serde_json::Value, keys: &mut Vec<String>) {
    if let Some(object) = value.as_object() {
        if let Some(properties) = object.get("properties").and_then(|p| p.as_object()) {
            keys.extend(properties.keys().cloned());
        }
        object.values().for_each(|value| collect(value, keys));
    }
    value.as_array().into_iter().flatten().for_each(|value| collect(value, keys));
}
