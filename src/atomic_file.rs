//! Files that are written whole or not at all, and never where a link leads: in a folder of others, a link may have
//! been planted.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Writes a file, mode 0600; a reader never sees half of it. What the system has in `/dev` is written to.
///
/// # Errors
/// When it cannot be written, or a link, a pipe or a device stands there.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    write_as(path, text, 0o600)
}

/// As [`write`], with the mode that the user's files have: for what holds nothing of an organization.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_public(path: &Path, text: &str) -> anyhow::Result<()> {
    write_as(path, text, 0o666)
}

/// Makes a directory to write files into.
///
/// # Errors
/// When it cannot be made, or a link stands there: files would go where it leads.
pub(crate) fn make_directory(path: &Path) -> anyhow::Result<()> {
    // A slash at the end would look behind the link
    let path: PathBuf = path.components().collect();
    if is_link(&path) {
        bail!("{} is a symbolic link: name the directory that it leads to", path.display());
    }
    fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))
}

/// Is it a symbolic link, wherever it leads?
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// Can a file be written there?
///
/// # Errors
/// When a link, a pipe, a device or a directory stands there.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    let Ok(there) = fs::symlink_metadata(path) else { return Ok(()) };
    let what = if there.is_symlink() {
        "a symbolic link: name the file that it leads to, or remove it"
    } else if there.is_dir() {
        "a directory"
    } else if !there.is_file() {
        "a pipe or a device, not a file"
    } else {
        return Ok(());
    };
    bail!("cannot write {}: it is {what}", path.display())
}

fn write_as(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let wanted = || format!("cannot write {}", path.display());
    if path.starts_with("/dev") && fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let mut there = OpenOptions::new().write(true).open(path).with_context(wanted)?;
        return there.write_all(text.as_bytes()).with_context(wanted);
    }
    check(path)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    // Under a name that nobody can foresee, and an error if it exists
    let mut new = builder
        .tempfile_in(directory)
        .map_err(|error| error.kind())
        .map_err(std::io::Error::from)
        .with_context(wanted)?;
    new.write_all(text.as_bytes()).with_context(wanted)?;
    // A link that was planted meanwhile is replaced, and not followed
    new.persist(path).map_err(|error| error.error).with_context(wanted)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, symlink};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_link_to_one_is_not_followed() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |name: &str| home.path().join(name);
        fs::write(at("theirs"), "theirs").expect("written");
        symlink(at("theirs"), at("link")).expect("a link");
        symlink(at("gone"), at("dangling")).expect("a link");
        for link in ["link", "dangling"] {
            let error = write(&at(link), "ours").expect_err("refused").to_string();
            let expected = format!(
                "cannot write {}: it is a symbolic link: name the file that it leads to, or remove it",
                at(link).display()
            );
            assert_eq!(error, expected);
        }
        assert_eq!(fs::read_to_string(at("theirs")).expect("read"), "theirs");
        assert!(!at("gone").exists());
        // A second name of the file is no way to it either
        fs::hard_link(at("theirs"), at("second")).expect("a link");
        write(&at("second"), "ours").expect("written");
        assert_eq!(fs::read_to_string(at("theirs")).expect("read"), "theirs");
        assert_eq!(fs::read_to_string(at("second")).expect("read"), "ours");
        assert_eq!(fs::metadata(at("second")).expect("there").mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let home = tempfile::tempdir().expect("a directory");
        let pipe = home.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        let error = write(&pipe, "ours").expect_err("refused").to_string();
        assert!(error.ends_with("it is a pipe or a device, not a file"), "{error}");
        assert!(write(home.path(), "ours").expect_err("refused").to_string().ends_with("it is a directory"));
        assert!(write(Path::new("/dev/null"), "ours").is_ok());
    }

    #[test]
    fn no_directory_is_made_where_a_link_leads() {
        let home = tempfile::tempdir().expect("a directory");
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("theirs")).expect("made");
        symlink(at("theirs"), at("link")).expect("a link");
        symlink(at("gone"), at("dangling")).expect("a link");
        for name in ["link", "link/", "dangling", "dangling/."] {
            let error = make_directory(&at(name)).expect_err("refused").to_string();
            assert!(error.contains("is a symbolic link"), "{error}");
        }
        assert!(!at("gone").exists());
        make_directory(&at("new/one")).expect("made");
        make_directory(&at("new/one")).expect("there");
        assert!(at("new/one").is_dir());
    }
}
