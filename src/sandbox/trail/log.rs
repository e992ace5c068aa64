//! The records in a file beside the state, one a line, the newest last.
//!
//! A record is added under a lock of the file, so that processes that share a sandbox lose none. The file does not
//! grow without end: when it is full, the older half of it loses its reads, and where that is not enough, all of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The file is cut when it is longer, in bytes.
const FULL: u64 = 16 << 20;

#[derive(Debug)]
pub(in crate::sandbox) struct EventLog {
    path: PathBuf,
    full: u64,
}

impl EventLog {
    /// The file is made by the first record.
    pub(in crate::sandbox) fn beside(state: &Path) -> Self {
        let mut name = state.file_name().unwrap_or_default().to_owned();
        name.push(".events");
        Self { path: state.with_file_name(name), full: FULL }
    }

    /// The state is made anew, and nobody called it yet.
    pub(in crate::sandbox) fn forget(&self) -> io::Result<()> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn add(&self, line: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.lock()?;
        file.write_all(format!("{line}\n").as_bytes())?;
        if file.metadata()?.len() > self.full {
            self.cut(&mut file)?;
        }
        Ok(())
    }

    /// Every record, the oldest first; none where there is no file.
    pub(super) fn text(&self) -> io::Result<String> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(error),
        };
        file.lock_shared()?;
        text(&mut file)
    }

    fn cut(&self, file: &mut File) -> io::Result<()> {
        let all = text(file)?;
        let half = all.len() / 2;
        let middle =
            all.as_bytes()[half..].iter().position(|byte| *byte == b'\n').map_or(all.len(), |n| half + n + 1);
        let (old, new) = all.split_at(middle);
        let mut kept: String =
            old.split_inclusive('\n').filter(|line| !line.contains("\"readOnly\":true")).collect();
        if kept.len() > middle / 2 {
            kept.clear();
        }
        kept += new;
        file.set_len(0)?;
        file.write_all(kept.as_bytes())
    }
}

fn text(file: &mut File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(full: u64) -> (tempfile::TempDir, EventLog) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("demo.json");
        (directory, EventLog { full, ..EventLog::beside(&path) })
    }

    #[test]
    fn there_is_nothing_before_the_first_record() {
        let (_directory, log) = log(FULL);
        assert_eq!(log.text().expect("read"), "");
        log.add("a").expect("added");
        assert_eq!(log.text().expect("read"), "a\n");
    }

    #[test]
    fn when_it_is_full_old_reads_go_first() {
        let (_directory, log) = log(1000);
        let line = |n: usize, reads: bool| format!("{{\"n\":{n:04},\"readOnly\":{reads}}}");
        (0..200).for_each(|n| log.add(&line(n, n % 10 != 0)).expect("added"));
        let text = log.text().expect("read");
        assert!(text.len() <= 1000 && text.ends_with(&format!("{}\n", line(199, true))), "{text}");
        let changes = text.lines().filter(|line| line.contains("false")).count();
        let reads = text.lines().count() - changes;
        assert!(changes > 6 && reads < 9 * changes, "{text}");
        // Changes alone are not kept for ever either
        (0..200).for_each(|n| log.add(&line(n, false)).expect("added"));
        assert!(log.text().expect("read").len() <= 1000);
    }

    #[test]
    fn writers_that_share_a_file_lose_nothing() {
        let (directory, _) = log(FULL);
        let path = directory.path().join("demo.json");
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    let log = EventLog::beside(path);
                    (0..50).for_each(|n| log.add(&format!("{thread} {n}")).expect("added"));
                });
            }
        });
        assert_eq!(EventLog::beside(&path).text().expect("read").lines().count(), 200);
    }
}
