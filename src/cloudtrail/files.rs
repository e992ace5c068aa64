//! Events from files: what `aws cloudtrail lookup-events` printed, and what a trail put into its bucket, also gzip.
//!
//! A record is parsed and dropped before the next, so that memory does not grow with what is not of interest.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::record;
use crate::error::CommandError;
use crate::input_file;
use crate::role::RoleId;
use crate::sorted;
use crate::usage::Event;

/// The most that a file may have, also unpacked, in bytes. Those of a trail have some megabytes.
const MOST: u64 = 256 << 20;
/// Folders below a folder that are looked into: a trail's are by account, Region and day.
const DEEPEST: usize = 12;
/// What an event of another format is told.
const FORMATS: &str =
    "the output of `aws cloudtrail lookup-events --output json` or a file of a trail is wanted, also gzip";

/// Reads the events of files and of folders; of a folder all `.json` and `.json.gz`, by name. `-` is stdin.
///
/// # Errors
/// When one cannot be read, or is something else; the message says where.
pub(crate) fn read(
    paths: &[PathBuf],
    stdin: io::Stdin,
    known: &BTreeSet<RoleId>,
    take: &mut dyn FnMut(Event),
) -> Result<(), CommandError> {
    let mut stdin = Some(stdin);
    for path in paths {
        if path == Path::new("-") {
            let Some(stdin) = stdin.take() else {
                return Err(CommandError::usage("stdin is given twice"));
            };
            let bytes = input_file::up_to(stdin.lock(), MOST).map_err(|error| cannot("stdin", &error))?;
            of_bytes("stdin", bytes, known, take)?;
        } else if path.is_dir() {
            let mut files = Vec::new();
            below(path, 0, &mut files).map_err(|error| cannot(&path.display().to_string(), &error))?;
            if files.is_empty() {
                let message = format!("{} has no .json or .json.gz", path.display());
                return Err(CommandError::usage(message));
            }
            for file in files {
                of_file(&file, known, take)?;
            }
        } else {
            of_file(path, known, take)?;
        }
    }
    Ok(())
}

fn cannot(name: &str, error: &io::Error) -> CommandError {
    CommandError::usage(format!("cannot read {name}: {error}"))
}

/// The files below a folder, by name. Digests say which files there are, and hold no events.
fn below(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    sorted::by(&mut entries, Ord::cmp);
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            let is_other = name == "CloudTrail-Digest" || path.is_symlink();
            if depth >= DEEPEST {
                return Err(io::Error::other(format!("{} is too deep", path.display())));
            }
            if !is_other {
                below(&path, depth + 1, files)?;
            }
        } else if name.ends_with(".json") || name.ends_with(".json.gz") {
            files.push(path);
        }
    }
    Ok(())
}

fn of_file(path: &Path, known: &BTreeSet<RoleId>, take: &mut dyn FnMut(Event)) -> Result<(), CommandError> {
    let name = path.display().to_string();
    let bytes = input_file::read(path, MOST).map_err(|error| cannot(&name, &error))?;
    of_bytes(&name, bytes, known, take)
}

fn of_bytes(
    name: &str,
    bytes: Vec<u8>,
    known: &BTreeSet<RoleId>,
    take: &mut dyn FnMut(Event),
) -> Result<(), CommandError> {
    let bytes = match bytes.starts_with(&[0x1f, 0x8b]) {
        true => input_file::up_to(MultiGzDecoder::new(&bytes[..]), MOST)
            .map_err(|error| CommandError::usage(format!("cannot unpack {name}: {error}")))?,
        false => bytes,
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = format!("cannot read {name}: it is UTF-16, as `>` writes it in Windows PowerShell");
        return Err(CommandError::usage(message).hint("write it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut events = Vec::new();
    let mut each = |value: &Value| {
        let record = unwrapped(value)?;
        events.extend(record::event(record.as_ref().unwrap_or(value), known)?);
        Ok(())
    };
    let documents = documents(bytes, &mut Sink { each: &mut each, count: 0 });
    // Those of one second: the last in a file is the newest of a trail, and the first of lookup-events
    let newest_first = matches!(documents, Ok(Some(true)));
    if let Err(error) = documents {
        let at = format!("{name}:{}:{}", error.line(), error.column());
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        return Err(CommandError::usage(format!("{at}: {why}")).hint(FORMATS));
    }
    if !newest_first {
        events.reverse();
    }
    events.into_iter().for_each(take);
    Ok(())
}

/// The record in an event of lookup-events, or in text as `--query 'Events[].CloudTrailEvent'` gives it; none where it
/// is a record.
fn unwrapped(value: &Value) -> Result<Option<Value>, String> {
    match if value.is_string() { value } else { &value["CloudTrailEvent"] } {
        Value::Null => Ok(None),
        Value::String(text) => serde_json::from_str(text)
            .map(Some)
            .map_err(|error| format!("its CloudTrailEvent is no JSON: {error}")),
        _ => Err("its CloudTrailEvent is no text".to_owned()),
    }
}

/// Gives every record of every document, of which there may be one a line. Says whether the last was one of
/// lookup-events, whose events come the newest first; none where there is no document.
fn documents(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<bool>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let mut last = None;
    while last.is_none() || deserializer.end().is_err() {
        last = Some(Document(sink).deserialize(&mut deserializer)?);
    }
    Ok(last)
}

struct Sink<'a> {
    each: &'a mut dyn FnMut(&Value) -> Result<(), String>,
    count: usize,
}

impl Sink<'_> {
    fn take(&mut self, value: &Value) -> Result<(), String> {
        self.count += 1;
        let count = self.count;
        (self.each)(value).map_err(|why| format!("event {count}: {why}"))
    }
}

/// An object with `Records` or `Events`, one record, or a list as `--query Events` and jq make it.
struct Document<'a, 'b>(&'a mut Sink<'b>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with Records or Events, or a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<bool, A::Error> {
        List(self.0).visit_seq(list).map(|()| true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let (mut lists, mut newest_first) = (false, false);
        let mut rest = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "Records" || key == "Events" {
                (lists, newest_first) = (true, key == "Events");
                map.next_value_seed(List(self.0))?;
            } else if lists {
                map.next_value::<IgnoredAny>()?;
            } else {
                rest.insert(key, map.next_value()?);
            }
        }
        if lists {
            return Ok(newest_first);
        }
        if !rest.contains_key("eventName") && !rest.contains_key("CloudTrailEvent") {
            return Err(A::Error::custom("it has neither Records nor Events"));
        }
        self.0.take(&Value::Object(rest)).map_err(A::Error::custom)?;
        Ok(false)
    }
}

struct List<'a, 'b>(&'a mut Sink<'b>);

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value>()? {
            self.0.take(&value).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
