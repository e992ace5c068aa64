//! Contents of attachments that are too long for the state, which every change writes anew.
//!
//! They are in `FILE.attachments/`, a file each, in base64, named after the attachment. A file is written before the
//! state that names it, and removed after the first that does not; both under the lock of the state.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::base64;
use super::body::Body;
use super::model::{Attachment, Content, Kept, State};
use crate::sorted;

/// What is longer, in base64, has a file of its own.
const LONGEST: usize = 256 << 10;

/// The directory of such contents.
#[derive(Debug)]
pub(crate) struct Contents(PathBuf);

impl Contents {
    /// Those of the state in this file.
    pub(super) fn beside(state: &Path) -> Self {
        let mut name = state.file_name().unwrap_or_default().to_owned();
        name.push(".attachments");
        Self(state.with_file_name(name))
    }

    /// The file of an attachment, if there can be one: states are written by hand too, and no name leads out of the
    /// directory.
    fn file(&self, id: &str) -> Option<PathBuf> {
        Uuid::parse_str(id).ok().map(|id| self.0.join(id.to_string()))
    }

    /// Opens the content of an attachment, which is in base64.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    fn open(&self, id: &str) -> io::Result<File> {
        File::open(self.file(id).ok_or(io::ErrorKind::NotFound)?)
    }

    /// Adds the content of an attachment to a body, in base64.
    ///
    /// # Errors
    /// When its file cannot be opened.
    pub(super) fn push_to(&self, body: &mut Body, attachment: &Attachment) -> io::Result<()> {
        match &attachment.content {
            Content::Base64(text) => body.push(text.as_str()),
            Content::Made(made) => body.push_made(*made),
            Content::Kept(kept) => {
                body.push_file(self.open(&attachment.id)?, base64::length(kept.kept_bytes));
            }
        }
        Ok(())
    }

    /// Puts what is long in a state into files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn take_from(&self, state: &mut State) -> io::Result<()> {
        let messages = state.organizations.iter_mut().flat_map(|organization| &mut organization.messages);
        messages.flat_map(|message| &mut message.attachments).try_for_each(|attachment| self.take(attachment))
    }

    fn take(&self, attachment: &mut Attachment) -> io::Result<()> {
        let (Content::Base64(text), Some(path)) = (&attachment.content, self.file(&attachment.id)) else {
            return Ok(());
        };
        if text.len() <= LONGEST {
            return Ok(());
        }
        let mut directory = fs::DirBuilder::new();
        directory.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut directory, 0o700);
        directory.create(&self.0)?;
        // Where a copy of the message wrote it before, it is the same
        let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        attachment.content = Content::Kept(Kept { kept_bytes: base64::bytes(text) });
        Ok(())
    }

    /// Removes what a state does not name, as far as it can be removed.
    pub(super) fn retain(&self, state: &State) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        let messages = state.organizations.iter().flat_map(|organization| &organization.messages);
        let kept = messages.flat_map(|message| &message.attachments);
        let kept = kept.filter(|attachment| matches!(attachment.content, Content::Kept(_)));
        let kept = sorted::set(kept.filter_map(|attachment| self.file(&attachment.id)));
        for path in entries.flatten().map(|entry| entry.path()) {
            if !kept.contains(&path) {
                let _ = fs::remove_file(path);
            }
        }
        // One that is not empty stays
        let _ = fs::remove_dir(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::sandbox::{Seed, Store, StoreError};

    fn first_two(state: &mut State) -> impl Iterator<Item = &mut Attachment> {
        state.organizations[0].messages.iter_mut().flat_map(|message| &mut message.attachments).take(2)
    }

    #[test]
    fn a_long_content_is_in_a_file_of_its_own_for_as_long_as_it_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("state.json");
        let store = Store::init(&path, &Seed::default(), false).expect("made");
        let long = base64::encode(&b"x".repeat(LONGEST));
        // A copy of a message has the same attachment
        let set = |text: &str| {
            let changed = store.update(|state| {
                let id = first_two(state).next().expect("one").id.clone();
                for attachment in first_two(state) {
                    (attachment.id, attachment.content) = (id.clone(), Content::Base64(text.to_owned()));
                }
                Ok::<_, StoreError>(id)
            });
            changed.expect("changed")
        };
        let id = set(&long);
        assert!(fs::metadata(&path).expect("there").len() < LONGEST as u64);
        let other = Store::open(&path).expect("the same file");
        let mut state = State::clone(&other.read().expect("read"));
        let kept = Content::Kept(Kept { kept_bytes: LONGEST as u64 });
        assert!(first_two(&mut state).all(|attachment| attachment.content == kept));
        let mut text = String::new();
        other.contents().open(&id).and_then(|mut file| file.read_to_string(&mut text)).expect("read");
        assert!(text == long);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            let Contents(directory) = store.contents();
            assert_eq!((mode(&directory), mode(&directory.join(&id))), (0o700, 0o600));
        }
        for outside in ["../state.json", "..", "/etc/passwd", ""] {
            assert!(store.contents().open(outside).is_err(), "{outside}");
        }
        set("YQ==");
        assert!(!store.contents().0.exists(), "nothing names it any longer");
    }
}
