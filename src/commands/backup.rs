//! What was there before a change, kept as YAML under the user's state directory, mode 0600.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use etcetera::BaseStrategy as _;

/// Writes the text to a new file, and gives its path.
///
/// # Errors
/// When there is no home directory, or the file cannot be written: then nothing must be changed.
pub fn save(organization: &str, extension: &str, text: &str) -> anyhow::Result<PathBuf> {
    let base = etcetera::choose_base_strategy().context("no home directory to save the live roles in")?;
    let directory = base.state_dir().unwrap_or_else(|| base.data_dir()).join("wmrole").join("backups");
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&directory).with_context(|| format!("making {}", directory.display()))?;
    let safe: String = organization
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(64)
        .collect();
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    // The temporary file is 0600 from the start and gets a free name: two calls in one second both keep theirs
    let mut file = tempfile::Builder::new()
        .prefix(&format!("{safe}-{stamp}-"))
        .suffix(&format!(".{extension}"))
        .rand_bytes(4)
        .tempfile_in(&directory)
        .with_context(|| format!("writing in {}", directory.display()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("writing {}", file.path().display()))?;
    file.as_file().sync_all().with_context(|| format!("writing {}", file.path().display()))?;
    let (_, path) = file.keep().context("keeping the saved roles")?;
    fs::metadata(&path).with_context(|| format!("reading {} back", path.display()))?;
    Ok(path)
}
