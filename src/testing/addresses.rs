//! Holds every file of the project to addresses that somebody known owns, or that nobody can: whoever registers a name
//! that a file sends editors, jobs or readers to gets into them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// Hosts, and all that end with `.` and one of them: reserved names (RFC 2606), this machine, and AWS.
const HOSTS: &[&str] = &[
    "example",
    "example.com",
    "example.net",
    "example.org",
    "invalid",
    "test",
    "localhost",
    "amazonaws.com",
    "awsapps.com",
    "aws.amazon.com",
    "json-schema.org",
    "www.apache.org",
];

/// Whole addresses elsewhere, each with an owner who is known.
const ADDRESSES: &[&str] = &[
    // Of every package in Cargo.lock
    "https://github.com/rust-lang/crates.io-index",
    // The schema of SARIF, at OASIS and as it names itself
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    // Names of XML namespaces, which nobody goes to
    "http://schemas.microsoft.com/exchange/services/2006/errors",
    "http://schemas.microsoft.com/exchange/services/2006/messages",
    "http://schemas.microsoft.com/exchange/services/2006/types",
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/2003/05/soap-envelope",
];

/// Owners of the actions that workflows use.
const ACTIONS: &[&str] = &["actions", "aws-actions"];

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let with_scheme = r"[a-z]+://(?:[^\s/@]*@)?(?<host>[a-zA-Z0-9._{}-]*)";
    let of_code = r"\b(?:github|gitlab|bitbucket|codeberg|githubusercontent)\.(?:com|org)/";
    Regex::new(&format!(r"(?:{with_scheme}|{of_code})[^\s`'\x22<>)\]\\]*")).expect("a pattern")
});
static ACTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\buses: *(?<owner>[^\s/]+)/\S+@(?<version>\S+)").expect("a pattern"));

/// Every text of the project; what git ignores is none.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut texts, mut directories) = (Vec::new(), vec![root.to_owned()]);
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path: PathBuf = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | ".git") {
                    directories.push(path);
                }
            } else if name != "src/testing/addresses.rs" {
                let text = fs::read(&path).expect("a file");
                texts.push((name, String::from_utf8_lossy(&text).into_owned()));
            }
        }
    }
    texts
}

fn is_known(address: &regex::Captures<'_>) -> bool {
    let Some(host) = address.name("host") else { return false };
    let host = host.as_str().trim_end_matches('.').to_ascii_lowercase();
    let known =
        |known: &&str| host.strip_suffix(*known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    // A name without a dot is nobody's, nor is one that is put together; TEST-NET-1 is for documentation
    !host.contains('.') || host.starts_with("127.") || host.starts_with("192.0.2.") || HOSTS.iter().any(known)
}

fn unknown_addresses(text: &str) -> BTreeSet<&str> {
    let found = ADDRESS.captures_iter(text).filter(|address| !is_known(address));
    let found = found.map(|address| address.get_match().as_str());
    found.filter(|address| !ADDRESSES.contains(address)).collect()
}

#[test]
fn no_file_names_an_address_that_nobody_known_owns() {
    let texts = texts();
    assert!(texts.iter().any(|(name, _)| name == "examples/ci/github.yml"));
    let found = texts.iter().flat_map(|(name, text)| {
        unknown_addresses(text).into_iter().map(move |address| format!("{name}: {address}"))
    });
    assert_eq!(found.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn actions_are_pinned_and_of_owners_that_are_known() {
    let texts = texts();
    let workflows =
        texts.iter().filter(|(name, _)| name.starts_with("examples/ci/") && name.ends_with(".yml"));
    let workflow: String = workflows.map(|(_, text)| text.as_str()).collect();
    let actions: Vec<_> = ACTION.captures_iter(&workflow).collect();
    assert_eq!(actions.len(), workflow.matches("uses:").count());
    assert!(!actions.is_empty());
    for action in actions {
        let (owner, version) = (&action["owner"], &action["version"]);
        assert!(ACTIONS.contains(&owner), "{owner}");
        assert!(version.len() == 40 && version.chars().all(|c| c.is_ascii_hexdigit()), "{version}");
    }
}

#[test]
fn an_address_is_found_however_it_is_written() {
    for text in [
        "$schema=https://raw.githubusercontent.com/a/b/main/c.json",
        "--git https://github.com/a/b --rev",
        "see github.com/a/b",
        "http://user:secret@evil.net/",
        "https://notexample.com",
        "ssh://git@gitlab.com/a/b",
    ] {
        assert_eq!(unknown_addresses(text).len(), 1, "{text}");
    }
    for text in [
        "http://127.0.0.1:4566",
        "https://workmail.us-east-1.amazonaws.com/",
        "https://put-it-here.invalid",
        "https://x.example/y and http://localhost:1",
        "registry+https://github.com/rust-lang/crates.io-index\"",
        "token.actions.githubusercontent.com:aud",
    ] {
        assert_eq!(unknown_addresses(text), BTreeSet::new(), "{text}");
    }
}
