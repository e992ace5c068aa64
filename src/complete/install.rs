//! The completion scripts, and where the shells look for them.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::atomic_file;
use crate::input_file;
use crate::output::shell::quoted_path;

/// bash, with the package bash-completion.
pub(crate) const BASH: Script =
    Script { shell: "bash", text: include_str!("../../completions/wmrole.bash"), place: bash_place };
/// zsh.
pub(crate) const ZSH: Script =
    Script { shell: "zsh", text: include_str!("../../completions/_wmrole"), place: zsh_place };
/// fish.
pub(crate) const FISH: Script =
    Script { shell: "fish", text: include_str!("../../completions/wmrole.fish"), place: fish_place };

/// A script that asks this program at each Tab.
#[derive(Debug)]
pub(crate) struct Script {
    shell: &'static str,
    /// What is in the file.
    pub(crate) text: &'static str,
    place: fn(&Bases) -> PathBuf,
}

/// Where the script of a shell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Installed {
    /// This version's, where the shell looks.
    Fresh,
    /// Another version's, or something else.
    Other,
    /// Nowhere that is known.
    Missing,
}

/// The user's directories.
struct Bases {
    /// `BASH_COMPLETION_USER_DIR`.
    bash: Option<PathBuf>,
    data: PathBuf,
    config: PathBuf,
}

fn bash_place(bases: &Bases) -> PathBuf {
    let base = bases.bash.clone().unwrap_or_else(|| bases.data.join("bash-completion"));
    base.join("completions/wmrole")
}

fn zsh_place(bases: &Bases) -> PathBuf {
    bases.data.join("zsh/site-functions/_wmrole")
}

fn fish_place(bases: &Bases) -> PathBuf {
    bases.config.join("fish/completions/wmrole.fish")
}

impl Bases {
    fn of_user() -> anyhow::Result<Self> {
        use etcetera::BaseStrategy as _;
        let base = etcetera::choose_base_strategy().context("no home directory to install into")?;
        // Newer versions take several, as PATH
        let bash = std::env::var_os("BASH_COMPLETION_USER_DIR")
            .and_then(|all| std::env::split_paths(&all).next())
            .filter(|first| first.is_absolute());
        Ok(Self { bash, data: base.data_dir(), config: base.config_dir() })
    }
}

impl Script {
    /// The script of the shell whose program this is.
    pub(crate) fn of_shell(program: &OsStr) -> Option<&'static Self> {
        let name = Path::new(program).file_name()?.to_str()?;
        [&BASH, &ZSH, &FISH].into_iter().find(|script| script.shell == name)
    }

    /// The shell.
    pub(crate) fn shell(&self) -> &'static str {
        self.shell
    }

    /// Is it where the shell looks: among the files of the user, else of the machine?
    pub(crate) fn installed(&self) -> Installed {
        let machine = std::env::var_os("XDG_DATA_DIRS").filter(|all| !all.is_empty());
        let machine = machine.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let below = std::env::split_paths(&machine);
        let below = below.flat_map(|base| self.machine_places().iter().map(move |place| base.join(place)));
        let mut places = self.place().into_iter().chain(below);
        let Some(place) = places.find(|place| place.exists()) else { return Installed::Missing };
        match input_file::read_text(&place, 1 << 20) {
            Ok(text) if text == self.text => Installed::Fresh,
            _ => Installed::Other,
        }
    }

    /// Where packages put it, below the directories of data.
    fn machine_places(&self) -> &'static [&'static str] {
        match self.shell {
            "bash" => &["bash-completion/completions/wmrole"],
            "zsh" => &["zsh/vendor-completions/_wmrole", "zsh/site-functions/_wmrole"],
            _ => &["fish/vendor_completions.d/wmrole.fish"],
        }
    }

    /// Where the shell looks for it, among the files of the user.
    ///
    /// # Errors
    /// When there is no home directory.
    pub(crate) fn place(&self) -> anyhow::Result<PathBuf> {
        Ok((self.place)(&Bases::of_user()?))
    }

    /// Writes the file; false when it was there.
    ///
    /// # Errors
    /// When a file stands there that is not this command's, or it cannot be written.
    pub(crate) fn install(&self, path: &Path) -> anyhow::Result<bool> {
        if self.there(path)?.as_deref() == Some(self.text) {
            return Ok(false);
        }
        if let Some(directory) = path.parent() {
            atomic_file::make_directory(directory)?;
        }
        atomic_file::write_public(path, self.text)?;
        Ok(true)
    }

    /// Removes the file; false when there is none.
    ///
    /// # Errors
    /// When a file stands there that is not this command's, or it cannot be removed.
    pub(crate) fn uninstall(&self, path: &Path) -> anyhow::Result<bool> {
        if self.there(path)?.is_none() {
            return Ok(false);
        }
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        Ok(true)
    }

    /// What this command wrote there, in this version or another.
    ///
    /// # Errors
    /// When something else stands there.
    fn there(&self, path: &Path) -> anyhow::Result<Option<String>> {
        match fs::symlink_metadata(path) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            _ => atomic_file::check(path)?,
        }
        let text = input_file::read_text(path, 1 << 20);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        let first = format!("# Completion of wmrole for {}, as `wmrole completions", self.shell);
        if !text.lines().take(2).any(|line| line.starts_with(&first)) {
            bail!("{} was not written by this command: remove it, and try again", path.display());
        }
        Ok(Some(text))
    }

    /// What the user has to do besides, in sentences.
    pub(crate) fn what_is_needed(&self, path: &Path) -> Vec<String> {
        let directory = quoted_path(path.parent().unwrap_or(path));
        match self.shell {
            "bash" => vec![format!(
                "bash finds it in new shells where the package bash-completion is loaded; without it, add to ~/.bashrc: \
                 . {}",
                quoted_path(path)
            )],
            "zsh" if is_in_fpath(path) => vec!["new shells find it".to_owned()],
            "zsh" => vec![format!(
                "zsh looks there only if fpath names the folder: add to ~/.zshrc, before compinit: \
                 fpath=({directory} $fpath)"
            )],
            _ => Vec::new(),
        }
    }
}

/// Does the environment say that zsh looks there? It rarely says where zsh looks.
fn is_in_fpath(path: &Path) -> bool {
    let all = std::env::var_os("FPATH").unwrap_or_default();
    path.parent().is_some_and(|parent| std::env::split_paths(&all).any(|one| one == parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_has_its_place() {
        let mut bases = Bases { bash: None, data: "/d".into(), config: "/c".into() };
        assert_eq!((BASH.place)(&bases), Path::new("/d/bash-completion/completions/wmrole"));
        assert_eq!((ZSH.place)(&bases), Path::new("/d/zsh/site-functions/_wmrole"));
        assert_eq!((FISH.place)(&bases), Path::new("/c/fish/completions/wmrole.fish"));
        bases.bash = Some("/b".into());
        assert_eq!((BASH.place)(&bases), Path::new("/b/completions/wmrole"));
    }

    #[test]
    fn a_file_is_written_once_and_removed() {
        let home = tempfile::tempdir().expect("a directory");
        for script in [&BASH, &ZSH, &FISH] {
            let path = home.path().join(script.shell).join("deep/wmrole");
            assert!(!script.uninstall(&path).expect("nothing there"));
            assert!(script.install(&path).expect("written"));
            assert!(!script.install(&path).expect("there"));
            assert_eq!(fs::read_to_string(&path).expect("a text"), script.text);
            // That of an older version is replaced
            let older = script.text.replace(":1", ":0");
            fs::write(&path, older).expect("written");
            assert!(script.install(&path).expect("written"));
            assert!(script.uninstall(&path).expect("removed"));
            assert!(!path.exists());
        }
    }

    #[test]
    fn what_is_not_this_commands_stays() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("wmrole");
        fs::write(&path, "# my own\n").expect("written");
        for result in [BASH.install(&path), BASH.uninstall(&path)] {
            let error = result.expect_err("refused").to_string();
            let wanted =
                format!("{} was not written by this command: remove it, and try again", path.display());
            assert_eq!(error, wanted);
        }
        fs::write(&path, ZSH.text).expect("written");
        assert!(BASH.install(&path).is_err());
        #[cfg(unix)]
        {
            let link = home.path().join("link");
            std::os::unix::fs::symlink(home.path().join("elsewhere"), &link).expect("a link");
            assert!(BASH.install(&link).is_err() && BASH.uninstall(&link).is_err());
            assert!(!home.path().join("elsewhere").exists() && fs::symlink_metadata(&link).is_ok());
        }
    }
}
