//! `completions/`, `man/` and `schema/` are what the command line says today.

use std::fs;
use std::path::Path;

use super::harness::*;

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
    let home = Home::new();
    for (shell, file) in [
        ("bash", "wmrole.bash"),
        ("zsh", "_wmrole"),
        ("fish", "wmrole.fish"),
        ("powershell", "_wmrole.ps1"),
        ("elvish", "wmrole.elv"),
    ] {
        let script = home.stdout(0, &["completions", shell]);
        assert_eq!(golden(&format!("completions/{file}"), &script), Ok(()));
    }
}

#[test]
fn man_pages_are_fresh() {
    let home = Home::new();
    home.exits_with(0, &["man", "--dir", home.path("man").to_str().unwrap()]);
    let mut pages = 0;
    for page in fs::read_dir(home.path("man")).unwrap() {
        let path = page.unwrap().path();
        let file = format!("man/{}", path.file_name().unwrap().to_string_lossy());
        assert_eq!(golden(&file, &fs::read_to_string(&path).unwrap()), Ok(()));
        pages += 1;
    }
    assert!(pages > 15, "{pages} pages");
    let kept = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("man")).unwrap().count();
    assert_eq!(kept, pages, "man/ has a page of a command that is gone");
}

#[test]
fn the_schemas_are_those_in_the_tree() {
    for (of, file) in [("definitions", "wmrole.schema.json"), ("output", "wmrole-output.schema.json")] {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(file);
        let printed = Home::new().stdout(0, &["schema", of]);
        assert!(printed == fs::read_to_string(kept).unwrap(), "{file} was rewritten: build again");
    }
}

#[test]
fn the_readme_has_the_table_of_exit_codes() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let help = Home::new().command(&["--help"]).env("COLUMNS", "300").output_within_limit();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let codes: Vec<_> = codes.lines().filter_map(|line| line.trim_start().split_once("  ")).collect();
    assert!(codes.len() > 5, "{codes:?}");
    for (code, meaning) in codes {
        assert!(readme.contains(&format!("| {code} | {meaning} |\n")), "{code}");
    }
}

#[test]
fn the_page_of_the_yaml_names_every_key_of_the_schema() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/man/wmrole.5")).unwrap();
    let schema: serde_json::Value = Home::new().json(0, &["schema"]);
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
