use std::io::empty;
use std::path::Path;

use tempfile::TempDir;

use std::fs;

use super::*;

fn text(organization: &str, roles: &[&str]) -> String {
    let roles: String =
        roles.iter().map(|role| format!("\n  - {{type: READ_ONLY, {role}}}")).collect::<Vec<_>>().concat();
    let roles = if roles.is_empty() { " []".to_owned() } else { roles };
    format!("version: 1\n{organization}\nroles:{roles}\n")
}

fn files(files: &[(&str, &[u8])]) -> TempDir {
    let home = tempfile::tempdir().expect("a directory");
    for (name, bytes) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("to be made");
        fs::write(path, bytes).expect("to be written");
    }
    home
}

/// Loads these texts as `0.yaml`, `1.yaml`… of one directory.
fn loaded(texts: &[String]) -> Loaded {
    let home = files(&[]);
    for (n, text) in texts.iter().enumerate() {
        fs::write(home.path().join(format!("{n}.yaml")), text).expect("to be written");
    }
    load(&[home.path().to_owned()], empty()).expect("files")
}

/// Each message with the span and the related span, as `name:line`.
fn messages(loaded: &Loaded) -> Vec<String> {
    let at = |span: &Span| {
        let found = loaded.sources.location(span);
        let name = Path::new(&found.file).file_name().map(|name| name.to_string_lossy().into_owned());
        format!("{}:{}", name.unwrap_or_default(), found.line)
    };
    let one = |d: &Diagnostic| {
        let span = d.span.as_ref().map(at).unwrap_or_default();
        let related = d.related.as_ref().map(|(span, _)| at(span)).unwrap_or_default();
        format!("{} | {span} | {related}", d.message)
    };
    loaded.diagnostics.iter().map(one).collect()
}

fn names(loaded: &Loaded) -> Vec<&str> {
    loaded.documents.iter().flat_map(|d| &d.roles).map(|role| role.name.value.as_str()).collect()
}

#[test]
fn consistent_documents_have_no_diagnostics() {
    let loaded = loaded(&[text("", &["name: a"]), text("", &["name: b"])]);
    assert!(!loaded.has_errors());
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(names(&loaded), ["a", "b"]);
}

#[test]
fn directories_are_walked_in_order_and_hidden_files_are_left_out() {
    let role = |name: &str| text("", &[&format!("name: {name}")]);
    let home = files(&[
        ("b.yml", role("b").as_bytes()),
        ("a/z.yaml", role("z").as_bytes()),
        (".hidden.yaml", b"not: read"),
        (".git/x.yaml", b"not: read"),
        ("notes.txt", b"not read"),
    ]);
    let paths = [home.path().to_owned(), home.path().join("a/../b.yml")];
    let loaded = load(&paths, empty()).expect("files");
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(names(&loaded), ["z", "b"]);
}

#[test]
fn stdin_is_read_once() {
    let text = text("", &["name: a"]);
    let loaded = load(&["-".into(), "-".into()], text.as_bytes()).expect("a string");
    assert_eq!(names(&loaded), ["a"]);
    assert_eq!(loaded.sources.get(0).map(|source| source.name.as_str()), Some(STDIN));
}

#[test]
fn every_read_error_is_reported() {
    let home = files(&[("empty/notes.txt", b"")]);
    let paths = ["missing.yaml", "empty", "gone.yaml"].map(|name| home.path().join(name));
    let error = load(&paths, empty()).expect_err("an error").to_string();
    for path in &paths {
        assert!(error.contains(&*path.to_string_lossy()), "{error}");
    }
    assert!(error.contains("there are no .yaml or .yml files in this directory"), "{error}");
}

#[test]
#[cfg(unix)]
fn what_is_no_file_or_too_large_is_no_definition() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let home = files(&[("a.yaml", text("", &["name: a"]).as_bytes())]);
    let at = |name: &str| home.path().join(name);
    mknodat(CWD, at("pipe.yaml"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
    std::os::unix::fs::symlink("/dev/zero", at("zero.yaml")).expect("a link");
    let large = fs::File::create(at("large.yaml")).expect("made");
    large.set_len((16 << 20) + 1).expect("room");
    // The whole directory, rather than the rest of it
    let error = load(&[home.path().to_owned()], empty()).expect_err("an error").to_string();
    let reason = |name: &str, why: &str| format!("cannot read {}: {why}", at(name).display());
    let no_file = "this is a pipe or a device, not a file";
    let expected = [
        reason("large.yaml", "it has more than 16 MiB"),
        reason("pipe.yaml", no_file),
        reason("zero.yaml", no_file),
    ];
    assert_eq!(error, expected.join("; "));
    let error = load(&["-".into()], std::io::repeat(b' ')).expect_err("an error").to_string();
    assert_eq!(error, "cannot read <stdin>: it has more than 16 MiB");
}

#[test]
fn a_byte_order_mark_is_no_error_and_latin_1_is() {
    let good = [b"\xef\xbb\xbf".as_slice(), text("", &["name: a"]).as_bytes()].concat();
    let home = files(&[("a.yaml", &good), ("b.yaml", b"version: 1\nroles: []\n# caf\xe9\n")]);
    let loaded = load(&[home.path().to_owned()], empty()).expect("files");
    assert_eq!(names(&loaded), ["a"]);
    assert_eq!(messages(&loaded), ["the file is not UTF-8 | b.yaml:3 | "]);
}

#[test]
fn a_role_declared_twice_names_both_places() {
    let twice = |a: &str, b: &str| messages(&loaded(&[text("", &[a]), text("", &[b])]));
    assert_eq!(twice("name: a", "name: a"), ["role a is declared twice | 1.yaml:4 | 0.yaml:4"]);
    assert_eq!(
        twice("name: a, id: x", "name: b, id: x"),
        ["role id x is declared twice | 1.yaml:4 | 0.yaml:4"]
    );
    assert_eq!(twice("name: a, id: x", "name: a, id: y"), [""; 0]);
}

#[test]
fn the_same_role_in_two_organizations_is_two_roles() {
    let texts = ["organization: acme", "", "organization: globex", "organization: acme"]
        .map(|organization| text(organization, &[]));
    let groups = loaded(&texts);
    let groups: Vec<_> = groups.organizations().into_iter().map(|(name, d)| (name, d.len())).collect();
    assert_eq!(groups, [(Some("acme"), 2), (None, 1), (Some("globex"), 1)]);
    let both = loaded(&["organization: acme", "organization: globex"].map(|name| text(name, &["name: a"])));
    assert_eq!(messages(&both), [""; 0]);
}

#[test]
fn a_former_name_differs_from_the_current_one_and_is_listed_once() {
    let found = loaded(&[text(
        "",
        &[
            "name: a, previously: [a, x]",
            "name: b, previously: [x, y, y]",
            // Names that are swapped are no error
            "name: c, previously: d",
            "name: d, previously: c",
        ],
    )]);
    assert_eq!(
        messages(&found),
        [
            "`previously` repeats the role's current name a | 0.yaml:4 | 0.yaml:4",
            "the former name x is listed twice | 0.yaml:5 | 0.yaml:4",
            "the former name y is listed twice | 0.yaml:5 | 0.yaml:5",
        ]
    );
}

#[test]
fn the_example_has_no_diagnostics_and_names_its_schema() {
    let text = include_str!("../../../examples/acme.yaml");
    let loaded = load(&["-".into()], text.as_bytes()).expect("a string");
    assert_eq!(messages(&loaded), [""; 0]);
    assert_eq!(names(&loaded), ["Ticket triage", "Migration", "Calendar sync"]);
    let schema = format!("# yaml-language-server: $schema=../schema/{}", crate::definition::schema::FILE);
    assert_eq!(text.lines().next(), Some(schema.as_str()));
}
