//! The AWS configuration files before the SDK reads them: it waits for ever at a pipe, reads a device without
//! end, and takes a folder for a file that is not there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// No configuration is longer, in bytes.
const MOST: u64 = 16 << 20;

/// Checks the files that are read: each with the variable that names it, if any.
///
/// # Errors
/// A sentence that names the file which cannot be read.
pub(super) fn check(files: &[(Option<&str>, PathBuf)]) -> Result<(), String> {
    files.iter().try_for_each(|(variable, path)| {
        let named = variable.map(|name| format!(" (from {name})")).unwrap_or_default();
        match problem(path) {
            None => Ok(()),
            Some(problem) => Err(format!("the AWS configuration file {}{named} {problem}", path.display())),
        }
    })
}

/// What is wrong with a file. One that is not there is no problem, as with the AWS CLI.
fn problem(path: &Path) -> Option<String> {
    // Whoever wants no configuration names this
    if path == Path::new("/dev/null") {
        return None;
    }
    match fs::metadata(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
        Err(error) => Some(format!("cannot be read: {error}")),
        Ok(found) if found.is_dir() => Some("is a folder".into()),
        Ok(found) if !found.is_file() => Some("is no ordinary file".into()),
        Ok(found) if found.len() > MOST => Some(format!("has more than {} MiB", MOST >> 20)),
        Ok(_) => match fs::read(path) {
            Err(error) => Some(format!("cannot be read: {error}")),
            Ok(bytes) => String::from_utf8(bytes).err().map(|error| {
                let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                format!("is not UTF-8 in line {line}")
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_to_read_is_named() {
        let place = tempfile::tempdir().expect("a folder");
        let at = |name: &str| place.path().join(name);
        assert_eq!(problem(&at("missing")), None);
        fs::write(at("config"), "[default]\n").expect("written");
        assert_eq!(problem(&at("config")), None);
        fs::write(at("odd"), b"[default]\nregion = \xff\n").expect("written");
        assert_eq!(problem(&at("odd")).as_deref(), Some("is not UTF-8 in line 2"));
        assert_eq!(problem(place.path()).as_deref(), Some("is a folder"));
        #[cfg(unix)]
        assert_eq!(problem(Path::new("/dev/null")), None);
        #[cfg(unix)]
        assert_eq!(problem(Path::new("/dev/zero")).as_deref(), Some("is no ordinary file"));
        let error = check(&[(Some("AWS_CONFIG_FILE"), place.path().to_owned())]).expect_err("a folder");
        assert!(error.ends_with("(from AWS_CONFIG_FILE) is a folder"), "{error}");
    }
}
