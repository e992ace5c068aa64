use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::*;

fn record(id: &str, time: &str) -> Value {
    json!({
        "eventID": id, "eventTime": time, "eventSource": "workmail.amazonaws.com",
        "eventName": "AssumeImpersonationRole", "userIdentity": {"userName": "alice"},
        "requestParameters": {"impersonationRoleId": "role-1"},
    })
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

fn ids(paths: &[PathBuf]) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    let read = read(paths, io::stdin(), &BTreeSet::new(), &mut |event| ids.push(event.id));
    read.map(|()| ids).map_err(|error| error.to_string())
}

fn of(bytes: &[u8]) -> Result<Vec<String>, String> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("events");
    fs::write(&path, bytes).expect("written");
    ids(&[path]).map_err(|error| error.replace(&directory.path().display().to_string(), ""))
}

#[test]
fn every_form_gives_the_same_the_newest_first() {
    let (old, new) = (record("old", "2026-11-28T10:00:00Z"), record("new", "2026-11-29T10:00:00Z"));
    let looked_up_one = |record: &Value| json!({"EventId": "x", "CloudTrailEvent": record.to_string()});
    let trail = json!({"Records": [old, new]}).to_string();
    let looked_up =
        json!({"Events": [looked_up_one(&new), looked_up_one(&old)], "NextToken": "x"}).to_string();
    let lines = format!("{old}\n{new}\n");
    let marked = format!("\u{feff}{lines}");
    let list = json!([looked_up_one(&new), looked_up_one(&old)]).to_string();
    let texts = json!([new.to_string(), old.to_string()]).to_string();
    for text in [trail.as_str(), &looked_up, &lines, &marked, &list, &texts] {
        assert_eq!(of(text.as_bytes()), Ok(vec!["new".to_owned(), "old".to_owned()]), "{text}");
        assert_eq!(of(&packed(text.as_bytes())).expect("events").len(), 2, "{text}");
    }
    // As `gzip` and `cat` make it of two files
    let two = [packed(format!("{old}\n").as_bytes()), packed(new.to_string().as_bytes())].concat();
    assert_eq!(of(&two).expect("events"), ["new", "old"]);
}

#[test]
fn no_event_is_no_error() {
    assert_eq!(of(br#"{"Records": []}"#), Ok(Vec::new()));
    assert_eq!(of(br#"{"Events": []}"#), Ok(Vec::new()));
    assert_eq!(of(b"[]"), Ok(Vec::new()));
}

#[test]
fn what_is_something_else_is_named_with_its_place() {
    for (text, wanted) in [
        ("", "/events:1:0: EOF while parsing a value"),
        ("7", "/events:1:1: invalid type: integer `7`, expected an object with Records or Events"),
        ("[{}]", "/events:1:4: event 1: the record has no eventSource"),
        ("{}", "/events:1:2: it has neither Records nor Events"),
        ("{\"Records\": [\n{}]}", "/events:2:3: event 1: the record has no eventSource"),
        ("{\"Records\": [", "/events:1:13: EOF while parsing a list"),
        ("{\"Events\": [{\"CloudTrailEvent\": \"{\"}]}", "event 1: its CloudTrailEvent is no JSON"),
        ("{\"Records\": []} x", "/events:1:17: expected value"),
        ("EVENTS\tx", "/events:1:1: expected value"),
    ] {
        let error = of(text.as_bytes()).expect_err(text);
        assert!(error.contains(wanted), "{text:?}: {error}");
    }
    assert!(of(b"\xff\xfe{\0").expect_err("UTF-16").contains("/events: it is UTF-16"));
    assert!(of(&[0x1f, 0x8b, 1, 2]).expect_err("no gzip").starts_with("cannot unpack /events"));
    let cut = packed(json!({"Records": []}).to_string().as_bytes());
    assert!(of(&cut[..cut.len() - 9]).is_err());
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let spaces = vec![b' '; 1 << 20];
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    (0..=256).for_each(|_| encoder.write_all(&spaces).expect("packed"));
    let bomb = encoder.finish().expect("packed");
    assert!(bomb.len() < 1 << 20);
    assert_eq!(of(&bomb), Err("cannot unpack /events: it has more than 256 MiB".to_owned()));
}

#[test]
fn a_folder_of_a_trail_is_read_to_the_end_without_its_digests() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    };
    let one =
        |id: &str| packed(json!({"Records": [record(id, "2026-11-28T10:00:00Z")]}).to_string().as_bytes());
    let folder = || vec![directory.path().to_owned()];
    assert!(ids(&folder()).expect_err("nothing").contains("has no .json or .json.gz"));
    file("AWSLogs/1/CloudTrail/us-east-1/2026/11/28/a.json.gz", &one("a"));
    file("AWSLogs/1/CloudTrail/us-east-1/2026/11/29/b.json.gz", &one("b"));
    file("AWSLogs/1/CloudTrail-Digest/us-east-1/2026/11/29/d.json.gz", &packed(b"{\"digestS3Bucket\": 1}"));
    file("readme.txt", b"no events");
    assert_eq!(ids(&folder()).expect("events"), ["a", "b"]);
    file("c.json", b"{}");
    assert!(ids(&folder()).expect_err("broken").contains("c.json:1:2"));
}
