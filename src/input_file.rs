//! Files that are read whole: only files, and only up to a size. What stands in a folder of others may be a pipe that
//! nobody writes to, a device without an end, or larger than the memory.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// The most that a definition or a policy may have, in bytes.
pub(crate) const MOST_OF_A_DEFINITION: u64 = 16 << 20;

/// The most that a file may have that this program wrote: a saved plan, or the directory of a large organization.
pub(crate) const MOST_OF_OUR_OWN: u64 = 256 << 20;

/// Reads a file of at most `most` bytes. A pipe is read only where the path says that the shell opened it for us, as
/// `/dev/fd/63` of `<(command)` does.
///
/// # Errors
/// When it is a pipe, a device or a directory, has more bytes, or cannot be read.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if is_of_the_shell(path) {
        return up_to(File::open(path)?, most);
    }
    let mut options = OpenOptions::new();
    options.read(true);
    // To open a pipe would wait for a writer
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    regular(options.open(path)?, most)
}

/// Reads a regular file of at most `most` bytes below a folder. No symbolic link behind the folder is followed, as a
/// stranger may have made one. `path` has names alone.
///
/// # Errors
/// As [`read`], and when there is a link on the way.
#[cfg(unix)]
pub(crate) fn read_below(folder: &Path, path: &Path, most: u64) -> io::Result<Vec<u8>> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let explained = |error: rustix::io::Errno| match error {
        rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR => {
            io::Error::new(io::ErrorKind::InvalidInput, "a symbolic link is on the way, and none is followed")
        }
        error => error.into(),
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder_flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
    let mut at = openat(CWD, folder, folder_flags, Mode::empty())?;
    let mut names = path.iter().peekable();
    while let Some(name) = names.next() {
        let flags = match names.peek() {
            Some(_) => folder_flags,
            // To open a pipe would wait for a writer
            None => OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY,
        };
        at = openat(&at, name, flags | OFlags::NOFOLLOW, Mode::empty()).map_err(explained)?;
    }
    regular(File::from(at), most)
}

/// Where links cannot be told apart while a file is opened, none is read.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub(crate) fn read_below(_: &Path, _: &Path, _: u64) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::Unsupported.into())
}

fn regular(file: File, most: u64) -> io::Result<Vec<u8>> {
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is a pipe or a device, not a file"));
    }
    if metadata.len() > most {
        return Err(too_large(most));
    }
    up_to(file, most)
}

/// As [`read`], for a text.
///
/// # Errors
/// As [`read`], or when it is not UTF-8.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let text = String::from_utf8(read(path, most)?);
    text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "this is not UTF-8"))
}

/// Reads all there is, of at most `most` bytes.
///
/// # Errors
/// When there is more, or it cannot be read.
pub(crate) fn up_to(from: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One more, to know that there is more
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large(most)) } else { Ok(bytes) }
}

fn is_of_the_shell(path: &Path) -> bool {
    path == Path::new("/dev/stdin") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

fn too_large(most: u64) -> io::Error {
    let message = format!("it has more than {} MiB", most >> 20);
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    fn error(path: &Path, most: u64) -> String {
        read(path, most).map(|bytes| bytes.len()).expect_err("an error").to_string()
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("a");
        fs::write(&path, "12345").expect("written");
        assert_eq!(read(&path, 5).ok().as_deref(), Some(&b"12345"[..]));
        assert_eq!(read_text(&path, 5).ok().as_deref(), Some("12345"));
        assert_eq!(error(&path, 4), "it has more than 0 MiB");
        assert!(up_to(&b"12345"[..], 5).is_ok() && up_to(&b"12345"[..], 4).is_err());
        fs::write(&path, [0xff]).expect("written");
        assert_eq!(read_text(&path, 5).expect_err("an error").to_string(), "this is not UTF-8");
    }

    #[test]
    fn a_large_file_is_refused_before_it_is_read() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("a");
        // With a hole, so that it takes no room
        let file = File::create(&path).expect("made");
        file.set_len(MOST_OF_A_DEFINITION + 1).expect("room");
        assert_eq!(error(&path, MOST_OF_A_DEFINITION), "it has more than 16 MiB");
        file.set_len(MOST_OF_A_DEFINITION).expect("room");
        assert!(read(&path, MOST_OF_A_DEFINITION).is_ok());
    }

    #[test]
    fn below_a_folder_no_link_is_followed() {
        let home = tempfile::tempdir().expect("a directory");
        let folder = home.path().join("folder");
        fs::create_dir_all(folder.join("waves")).expect("made");
        fs::write(folder.join("waves/7.csv"), "alice").expect("written");
        fs::write(home.path().join("secret"), "secret").expect("written");
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(to, folder.join(name)).expect("a link");
        };
        link("../secret", "outside");
        link("waves/7.csv", "inside");
        link("waves", "linked");
        link("..", "up");
        mknodat(CWD, folder.join("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        let read = |path: &str| read_below(&folder, Path::new(path), 9).map_err(|error| error.to_string());
        assert_eq!(read("waves/7.csv"), Ok(b"alice".to_vec()));
        for path in ["outside", "inside", "linked/7.csv", "up/secret", "up/folder/waves/7.csv"] {
            let message = "a symbolic link is on the way, and none is followed";
            assert_eq!(read(path), Err(message.to_owned()), "{path}");
        }
        assert_eq!(read("pipe"), Err("this is a pipe or a device, not a file".to_owned()));
        assert!(read("waves").is_err_and(|error| error.contains("directory")));
        assert!(read("missing").is_err_and(|error| error.contains("No such file")));
        // The folder itself may be behind one
        let linked = home.path().join("other");
        std::os::unix::fs::symlink(&folder, &linked).expect("a link");
        assert!(read_below(&linked, Path::new("waves/7.csv"), 9).is_ok());
        assert!(read_below(&folder, Path::new("waves/7.csv"), 4).is_err());
    }

    #[test]
    fn a_pipe_that_nobody_writes_to_a_device_and_a_directory_are_refused() {
        let home = tempfile::tempdir().expect("a directory");
        let pipe = home.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        assert_eq!(error(&pipe, 9), "this is a pipe or a device, not a file");
        assert_eq!(error(Path::new("/dev/zero"), 9), "this is a pipe or a device, not a file");
        let link = home.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).expect("a link");
        assert_eq!(error(&link, 9), "this is a pipe or a device, not a file");
        assert!(error(home.path(), 9).contains("directory"));
    }
}
