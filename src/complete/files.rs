//! Files behind the `@` of `@FILE`, which no shell completes: bash takes the word for a host.

use std::fs;
use std::path::Path;

use super::name::Name;
use crate::sorted;

/// So many names are looked at: no folder of lists has more.
const MOST: usize = 10_000;

/// The files and folders that begin with what was typed behind the `@`. A folder alone stands with what is in it, so
/// that the shell does not end the word there.
pub(super) fn listed(typed: &str) -> Vec<Name> {
    let mut path = typed.strip_prefix('@').unwrap_or(typed).to_owned();
    loop {
        let found = beginning_with(&path);
        match &found[..] {
            // Deeper each time
            [folder] if folder.ends_with('/') => {
                let inside = beginning_with(folder);
                if inside.len() != 1 {
                    let all = std::iter::once(folder).chain(&inside);
                    return all.map(|path| Name::new([format!("@{path}")], "")).collect();
                }
                path = folder.clone();
            }
            _ => return found.iter().map(|path| Name::new([format!("@{path}")], "")).collect(),
        }
    }
}

/// In the order of their names, folders with `/` at the end. Hidden ones are for those who type the dot.
fn beginning_with(typed: &str) -> Vec<String> {
    let (folder, start) = typed.rfind('/').map_or(("", typed), |at| typed.split_at(at + 1));
    let Ok(entries) = fs::read_dir(if folder.is_empty() { Path::new(".") } else { Path::new(folder) }) else {
        return Vec::new();
    };
    let path = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let wanted = name.starts_with(start) && (start.starts_with('.') || !name.starts_with('.'));
        let end = if wanted && entry.path().is_dir() { "/" } else { "" };
        wanted.then(|| format!("{folder}{name}{end}"))
    };
    let mut found: Vec<String> = entries.take(MOST).flatten().filter_map(path).collect();
    sorted::by(&mut found, Ord::cmp);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_alone_stands_with_what_is_in_it() {
        let home = tempfile::tempdir().expect("a directory");
        fs::create_dir_all(home.path().join("waves/old")).expect("made");
        for name in ["wave 8.csv", "waves/1.csv", "waves/2.csv", "waves/.hidden", "waves/old/0.csv"] {
            fs::write(home.path().join(name), "").expect("written");
        }
        let home = home.path().to_str().expect("a text");
        let found = |typed: &str| -> Vec<String> {
            let names = listed(&format!("@{home}/{typed}")).into_iter().flat_map(|name| name.spellings);
            names.map(|name| name.replace(home, "")).collect()
        };
        assert_eq!(found("w"), ["@/wave 8.csv", "@/waves/"]);
        assert_eq!(found("waves"), ["@/waves/", "@/waves/1.csv", "@/waves/2.csv", "@/waves/old/"]);
        assert_eq!(found("waves/1"), ["@/waves/1.csv"]);
        assert_eq!(found("waves/o"), ["@/waves/old/0.csv"]);
        assert_eq!(found("waves/.h"), ["@/waves/.hidden"]);
        assert_eq!(found("x"), [""; 0]);
    }
}
