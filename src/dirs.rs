//! The directories of the user that files of this program are kept in.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use etcetera::BaseStrategy as _;

use crate::system::System;

/// The directory of saved states, `wmrole/backups` in the state directory, mode 0700; it is made where it is missing.
///
/// # Errors
/// When there is no home directory, or the directory is a link, another user's, or cannot be made: then nothing must
/// be changed.
pub(crate) fn backups() -> anyhow::Result<PathBuf> {
    let (ours, directory) = backup_paths()?;
    let failed = || format!("cannot save what is there, in {}; nothing was changed", directory.display());
    private_directory(&ours).and_then(|()| private_directory(&directory)).with_context(failed)?;
    Ok(directory)
}

/// Can a state be saved? Nothing stays but the directory.
///
/// # Errors
/// When there is no home directory, or the directory cannot be made or written.
pub(crate) fn check_backups() -> anyhow::Result<()> {
    let directory = backups()?;
    let mut file =
        tempfile::tempfile_in(&directory).with_context(|| format!("in {}", directory.display()))?;
    Ok(file.write_all(b"\n")?)
}

/// Where saved states are, whether there are any or not.
///
/// # Errors
/// When there is no home directory.
pub(crate) fn where_backups_are() -> anyhow::Result<PathBuf> {
    Ok(backup_paths()?.1)
}

/// The directory of what can be read again, `wmrole` in the cache directory, mode 0700; it is made where it is missing.
///
/// # Errors
/// When there is no home directory, or the directory is a link, another user's, or cannot be made.
pub(crate) fn cache() -> anyhow::Result<PathBuf> {
    let directory = where_the_cache_is()?;
    private_directory(&directory)?;
    Ok(directory)
}

/// Where the cache is, whether there is one or not.
///
/// # Errors
/// When there is no home directory.
pub(crate) fn where_the_cache_is() -> anyhow::Result<PathBuf> {
    Ok(etcetera::choose_base_strategy()?.cache_dir().join("wmrole"))
}

fn backup_paths() -> anyhow::Result<(PathBuf, PathBuf)> {
    let base = etcetera::choose_base_strategy().context("no home directory to save the live roles in")?;
    let ours = base.state_dir().unwrap_or_else(|| base.data_dir()).join("wmrole");
    let directory = ours.join("backups");
    Ok((ours, directory))
}

/// The name of a saved state without its extension: `acme-20261124T120000Z-1a2b3c4d`.
pub(crate) fn backup_name(organization: &str, system: System) -> String {
    let safe: String = organization
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(64)
        .collect();
    let stamp = system.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    // Two calls in one second both keep theirs
    let unique: String = system.new_uuid().simple().to_string().chars().rev().take(8).collect();
    format!("{safe}-{stamp}-{unique}")
}

/// Writes the text to a new file, mode 0600, in the directory of saved states, and gives its path.
///
/// # Errors
/// When it cannot be written, or is there already: then nothing must be changed.
pub(crate) fn save_backup(
    directory: &Path,
    name: &str,
    extension: &str,
    text: &str,
) -> anyhow::Result<PathBuf> {
    let failed = || format!("cannot save what is there, in {}; nothing was changed", directory.display());
    // The file is 0600 from the start, and an error if it exists
    let mut file = tempfile::Builder::new()
        .prefix(name)
        .suffix(&format!(".{extension}"))
        .rand_bytes(0)
        .tempfile_in(directory)
        .map_err(|error| std::io::Error::from(error.kind()))
        .with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    let (_, path) = file.keep().context("keeping the saved roles")?;
    fs::metadata(&path).with_context(|| format!("reading {} back", path.display()))?;
    Ok(path)
}

/// Makes a directory that only the user can look into, with those above it; one that is there becomes so.
///
/// # Errors
/// When it cannot be made, or a link, a file or another user's directory stands there.
fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    let there = fs::symlink_metadata(path)?;
    let refused = |why: &str| {
        let message = format!("{} {why}", path.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    };
    if !there.is_dir() {
        return refused("is a link: it could lead to where others look");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        if !is_ours(there.uid()) {
            return refused("belongs to another user");
        }
        if there.mode() & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Is it the user that the program runs as?
#[cfg(unix)]
fn is_ours(uid: u32) -> bool {
    uid == rustix::process::geteuid().as_raw()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").mode() & 0o777
    }

    #[test]
    fn a_directory_that_is_made_or_there_is_for_the_user_alone() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("state/wmrole");
        private_directory(&path).expect("made");
        assert_eq!(mode(&path), 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("opened");
        private_directory(&path).expect("closed");
        assert_eq!(mode(&path), 0o700);
    }

    #[test]
    fn a_link_or_what_belongs_to_another_user_is_refused() {
        let home = tempfile::tempdir().expect("a directory");
        let link = home.path().join("link");
        fs::create_dir(home.path().join("theirs")).expect("made");
        symlink(home.path().join("theirs"), &link).expect("a link");
        let error = private_directory(&link).expect_err("refused").to_string();
        assert_eq!(error, format!("{} is a link: it could lead to where others look", link.display()));
        let uid = fs::metadata(home.path()).expect("there").uid();
        assert!(is_ours(uid) && !is_ours(uid + 1));
    }
}
