//! The directories of the user that files of this program are kept in.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;

use crate::system::System;

/// Writes the text to a new file below `wmrole/backups` in the state directory, mode 0600 in a directory of
/// mode 0700, and gives its path.
///
/// # Errors
/// When there is no home directory, or the file cannot be written: then nothing must be changed.
pub(crate) fn save_backup(
    organization: &str,
    extension: &str,
    text: &str,
    system: System,
) -> anyhow::Result<PathBuf> {
    let base = etcetera::choose_base_strategy().context("no home directory to save the live roles in")?;
    let directory = base.state_dir().unwrap_or_else(|| base.data_dir()).join("wmrole").join("backups");
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let failed = || format!("cannot save what is there, in {}; nothing was changed", directory.display());
    builder.create(&directory).with_context(failed)?;
    let safe: String = organization
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(64)
        .collect();
    let stamp = system.now().strftime("%Y%m%dT%H%M%SZ").to_string();
    // Two calls in one second both keep theirs
    let unique: String = system.new_uuid().simple().to_string().chars().rev().take(8).collect();
    // The file is 0600 from the start, and an error if it exists
    let mut file = tempfile::Builder::new()
        .prefix(&format!("{safe}-{stamp}-{unique}"))
        .suffix(&format!(".{extension}"))
        .rand_bytes(0)
        .tempfile_in(&directory)
        .map_err(|error| std::io::Error::from(error.kind()))
        .with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    let (_, path) = file.keep().context("keeping the saved roles")?;
    fs::metadata(&path).with_context(|| format!("reading {} back", path.display()))?;
    Ok(path)
}
