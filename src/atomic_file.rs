//! Files that are written whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes a file, mode 0600; a reader never sees half of it. A link is followed, and what is no file, as
/// a pipe or a device, is written to and not replaced.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let wanted = || format!("cannot write {}", path.display());
    // A link may lead to a file that is still to be made
    let followed = fs::read_link(path).map(|to| path.parent().unwrap_or(Path::new("")).join(to));
    let path = &fs::canonicalize(path).or(followed).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        let mut there = OpenOptions::new().write(true).open(path).with_context(wanted)?;
        return there.write_all(text.as_bytes()).with_context(wanted);
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(directory)
        .map_err(|error| error.kind())
        .map_err(std::io::Error::from)
        .with_context(wanted)?;
    new.write_all(text.as_bytes()).with_context(wanted)?;
    new.persist(path).map_err(|error| error.error).with_context(wanted)?;
    Ok(())
}
