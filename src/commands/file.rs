//! Files that are written whole or not at all.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes a file, mode 0600; a reader never sees half of it.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(directory)
        .with_context(|| format!("writing in {}", directory.display()))?;
    new.write_all(text.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
    new.persist(path).with_context(|| format!("writing {}", path.display()))?;
    Ok(())
}
