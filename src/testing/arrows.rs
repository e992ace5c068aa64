//! Holds the code to the table of rooms in `CONTRIBUTING.md`: which room may use which, and no circle of files.
//!
//! Reads `use` lines and paths; what stands under `#[cfg(test)]` is free.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

type ModulePath = Vec<String>;

static TEST_MODULE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)\n#\[cfg\(test\)\]\n(pub\(crate\) )?mod tests \{.*").expect("a pattern")
});
static TEST_ITEM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"#\[cfg\(test\)\]\n[^;]*;").expect("a pattern"));
static USE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?ms)^\s*(pub(?:\([a-z: ]+\))? )?use ([^;]+);").expect("a pattern"));
static INLINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:crate|super)(?:::\w+)+").expect("a pattern"));
static CHILD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[^:\w.])([a-z_]+)::\w+").expect("a pattern"));

/// A file of the program, without its tests.
struct Source {
    file: String,
    module: ModulePath,
    text: String,
}

/// A path that a file names, resolved to a module or an item of the crate.
struct Reference {
    line: usize,
    path: ModulePath,
    /// It only gives an item a second name for others.
    reexport: bool,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    let mut directories = vec![root().join("src")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else {
                files.push(path);
            }
        }
    }
    let mut sources = Vec::new();
    for path in files {
        let file = path.strip_prefix(root().join("src")).expect("below src").to_string_lossy().into_owned();
        if file.starts_with("testing/") || file.contains("tests.rs") || file.contains("/tests/") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        let text = TEST_MODULE.replace(&text, "");
        // Lines stay where they are
        let blank = |found: &regex::Captures<'_>| "\n".repeat(found[0].matches('\n').count());
        let text = TEST_ITEM.replace_all(&text, blank).into_owned();
        let module =
            file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(str::to_owned).collect();
        let module = if file == "lib.rs" || file == "main.rs" { Vec::new() } else { module };
        sources.push(Source { file, module, text });
    }
    sources.sort_by(|a, b| a.file.cmp(&b.file));
    sources
}

/// The paths of a use tree, as `a::{b, c::{d, e}}`.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let inner = rest.trim().trim_end_matches('}').trim_end_matches('}');
    let inner = if rest.matches('}').count() > rest.matches('{').count() + 1 { rest } else { inner };
    let (mut depth, mut item, mut items) = (0, String::new(), Vec::new());
    for c in inner.chars() {
        match c {
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                item.push(c);
            }
        }
    }
    items.push(item);
    let items = items.iter().filter(|item| !item.trim().is_empty());
    items.flat_map(|item| expand(item).into_iter().map(|path| format!("{prefix}{path}"))).collect()
}

impl Source {
    /// A path as this file writes it, from the root of the crate; none for other crates.
    fn resolve(&self, path: &str, modules: &BTreeSet<ModulePath>) -> Option<ModulePath> {
        let mut segments: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
        segments.retain(|segment| segment != "self" || segments_first(path) == "self");
        let mut at = match segments.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("super" | "self") => self.module.clone(),
            Some(child) => {
                let inner = [&self.module[..], &[child.to_owned()]].concat();
                return modules.contains(&inner).then(|| [&self.module[..], &segments[..]].concat());
            }
            None => return None,
        };
        let mut rest = &segments[..];
        while let Some((first, more)) = rest.split_first() {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => drop(at.pop()),
                _ => break,
            }
            rest = more;
        }
        Some([&at[..], rest].concat())
    }

    fn references(&self, modules: &BTreeSet<ModulePath>) -> Vec<Reference> {
        let line_of = |at: usize| self.text[..at].matches('\n').count() + 1;
        let mut found = Vec::new();
        let mut add = |at: usize, path: &str, reexport: bool| {
            let path = self.resolve(path, modules);
            found.extend(path.map(|path| Reference { line: line_of(at), path, reexport }));
        };
        for use_line in USE.captures_iter(&self.text) {
            let at = use_line.get(2).map_or(0, |tree| tree.start());
            expand(&use_line[2]).iter().for_each(|path| add(at, path, use_line.get(1).is_some()));
        }
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let code = line.split("//").next().unwrap_or_default();
            if !code.trim_start().starts_with("use ") && !code.contains(" use ") {
                INLINE.find_iter(code).for_each(|path| add(start, path.as_str(), false));
                CHILD.captures_iter(code).for_each(|path| add(start, &path[1], false));
            }
            start += line.len();
        }
        found
    }
}

fn segments_first(path: &str) -> &str {
    path.split("::").next().unwrap_or_default()
}

/// Which room may use which, as the table says it.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`').skip(1).step_by(2).map(|name| name.trim_end_matches('/').to_owned()).collect()
    };
    let table = text.lines().skip_while(|line| !line.starts_with("| room |")).skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').collect()).collect();
    let all: BTreeSet<String> = rows.iter().flat_map(|row| names(row[1])).collect();
    let shared = rows.iter().filter(|row| row[3].contains("everybody may use it"));
    let shared: BTreeSet<String> = shared.flat_map(|row| names(row[1])).collect();
    let may = |row: &Vec<&str>| {
        if row[3].contains("everything") { all.clone() } else { &names(row[3]) | &shared }
    };
    rows.iter()
        .flat_map(|row| names(row[1]).into_iter().map(|room| (room, may(row))).collect::<Vec<_>>())
        .collect()
}

#[test]
fn rooms_use_what_the_table_says() {
    let (sources, allowed) = (sources(), allowed());
    let modules: BTreeSet<ModulePath> = sources.iter().map(|source| source.module.clone()).collect();
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        let room = &source.module[0];
        let Some(may) = allowed.get(room) else {
            wrong.push(format!("src/{}: the table has no room {room}", source.file));
            continue;
        };
        for Reference { line, path, .. } in source.references(&modules) {
            let Some(used) = path.first().filter(|used| *used != room) else { continue };
            if modules.contains(&vec![used.clone()]) && !may.contains(used) {
                wrong.push(format!("src/{}:{line}: {room} may not use {used}", source.file));
            }
        }
    }
    for room in allowed.keys().filter(|room| !modules.contains(&vec![(*room).clone()])) {
        wrong.push(format!("CONTRIBUTING.md: there is no room {room}"));
    }
    assert!(wrong.is_empty(), "the table of rooms in CONTRIBUTING.md says otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn a_subcommand_is_imported_by_the_command_line_alone() {
    let sources = sources();
    let modules: BTreeSet<ModulePath> = sources.iter().map(|source| source.module.clone()).collect();
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.file != "commands/mod.rs") {
        for Reference { line, path, .. } in source.references(&modules) {
            let subcommand = path.len() > 1 && path[0] == "commands" && modules.contains(&path[..2]);
            if subcommand && !source.module.starts_with(&path[..2]) {
                wrong.push(format!("src/{}:{line}: imports commands::{}", source.file, path[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The file that defines what a path names: re-exports are followed.
fn definition<'s>(
    path: &[String],
    files: &BTreeMap<ModulePath, &'s str>,
    reexports: &BTreeMap<ModulePath, ModulePath>,
    depth: usize,
) -> Option<&'s str> {
    if depth > 8 {
        return None;
    }
    for length in (1..=path.len()).rev() {
        if let Some(target) = reexports.get(&path[..length]).filter(|target| target[..] != path[..length]) {
            return definition(target, files, reexports, depth + 1);
        }
        if let Some(file) = files.get(&path[..length]) {
            return Some(file);
        }
    }
    None
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let modules: BTreeSet<ModulePath> = sources.iter().map(|source| source.module.clone()).collect();
    let files: BTreeMap<ModulePath, &str> =
        sources.iter().map(|source| (source.module.clone(), source.file.as_str())).collect();
    let mut reexports = BTreeMap::new();
    for source in &sources {
        for Reference { path, reexport, .. } in source.references(&modules) {
            if let (true, Some(name)) = (reexport, path.last()) {
                reexports.insert([&source.module[..], std::slice::from_ref(name)].concat(), path.clone());
            }
        }
    }
    // Which file uses which, and at which line
    let mut uses: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.module.is_empty()) {
        for Reference { line, path, reexport } in source.references(&modules) {
            let used = definition(&path, &files, &reexports, 0);
            if let (false, Some(used)) = (reexport, used.filter(|used| *used != source.file)) {
                uses.entry(&source.file).or_default().entry(used).or_insert(line);
            }
        }
    }
    let mut circles = Vec::new();
    let mut done = BTreeSet::new();
    for start in uses.keys() {
        walk(start, &uses, &mut Vec::new(), &mut done, &mut circles);
    }
    assert!(circles.is_empty(), "files import each other:\n{}", circles.join("\n"));
}

fn walk<'f>(
    file: &'f str,
    uses: &BTreeMap<&'f str, BTreeMap<&'f str, usize>>,
    path: &mut Vec<&'f str>,
    done: &mut BTreeSet<&'f str>,
    circles: &mut Vec<String>,
) {
    if let Some(at) = path.iter().position(|earlier| *earlier == file) {
        let hops = path[at..].iter().zip(path[at + 1..].iter().chain([&file]));
        let hops = hops.map(|(from, to)| format!("{from}:{} -> {to}", uses[from][to]));
        circles.push(hops.collect::<Vec<_>>().join(", "));
        return;
    }
    if !done.insert(file) {
        return;
    }
    path.push(file);
    for used in uses.get(file).into_iter().flat_map(|used| used.keys()) {
        walk(used, uses, path, done, circles);
    }
    path.pop();
}
