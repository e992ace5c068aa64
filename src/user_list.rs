//! Users as files list them: one a line, or a CSV whose header has `email`, `user` or `id`. Knows no directory: a user
//! is a text with its line.
//!
//! Blank lines, and lines that begin with `#`, are left out. A field in quotes ends on its own line: a quote that is
//! missing would otherwise take the users below it away, and nobody would see it.

use std::fmt;
use std::io;
use std::path::Path;

use anyhow::Context as _;

use crate::error::CommandError;
use crate::input_file::{self, MOST_OF_A_DEFINITION};

/// The columns that name the user of a row. The first of them that is filled in does.
const COLUMNS: [&str; 3] = ["email", "user", "id"];

/// What stands between the fields of a CSV; spreadsheets write `;` where the comma is in numbers.
const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// From 1.
    pub line: usize,
    /// Not empty, without blanks around it.
    pub text: String,
}

/// What is wrong with a list. It quotes nothing of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// From 1; none of the list as a whole.
    pub line: Option<usize>,
    pub what: &'static str,
}

impl Problem {
    /// With the name of the file.
    fn of(&self, file: &str) -> String {
        match self.line {
            Some(line) => format!("{file}:{line}: {}", self.what),
            None => format!("{file} {}", self.what),
        }
    }
}

/// The users of a list, at least one, each as often as it is there.
///
/// # Errors
/// Everything that is wrong with its form.
pub(crate) fn rows(bytes: &[u8]) -> Result<Vec<Row>, Vec<Problem>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole = |what| vec![Problem { line: None, what }];
    let text = std::str::from_utf8(bytes).map_err(|_| whole("is not UTF-8"))?;
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line));
    let mut lines = lines.filter(|(_, line)| !is_blank(line)).peekable();
    let header = match lines.peek() {
        Some((line, first)) => Header::of(*line, first).map_err(|problem| vec![problem])?,
        None => return Err(whole("names no user")),
    };
    if header.is_some() {
        lines.next();
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for (line, text) in lines {
        match user(header.as_ref(), text) {
            Ok(Some(text)) => found.push(Row { line, text }),
            Ok(None) => {}
            Err(what) => problems.push(Problem { line: Some(line), what }),
        }
    }
    match (problems.is_empty(), found.is_empty()) {
        (false, _) => Err(problems),
        (true, true) => Err(whole("names no user")),
        (true, false) => Ok(found),
    }
}

fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// The first line of a CSV.
struct Header {
    delimiter: char,
    fields: usize,
    /// Where the columns of [`COLUMNS`] are that there are, in their order.
    columns: Vec<usize>,
}

impl Header {
    /// None where the line is a user.
    fn of(line: usize, text: &str) -> Result<Option<Self>, Problem> {
        for delimiter in DELIMITERS {
            let Some(fields) = fields(text, delimiter) else { continue };
            let at = |name: &&str| {
                let is = |field: &String| field.eq_ignore_ascii_case(name);
                let found: Vec<usize> = (0..fields.len()).filter(|n| is(&fields[*n])).collect();
                found
            };
            let found: Vec<Vec<usize>> = COLUMNS.iter().map(at).collect();
            if found.iter().any(|columns| columns.len() > 1) {
                let what = "two columns of the header have the same name";
                return Err(Problem { line: Some(line), what });
            }
            let columns: Vec<usize> = found.concat();
            if !columns.is_empty() {
                return Ok(Some(Self { delimiter, fields: fields.len(), columns }));
            }
        }
        Ok(None)
    }
}

/// The user of a line; none where all of its fields are empty, as spreadsheets leave them at the end.
fn user(header: Option<&Header>, line: &str) -> Result<Option<String>, &'static str> {
    let delimiter = header.map_or(',', |header| header.delimiter);
    let fields = fields(line, delimiter).ok_or("a quote is not closed on its line")?;
    if fields.iter().all(String::is_empty) {
        return Ok(None);
    }
    match header {
        None => match <[String; 1]>::try_from(fields) {
            Ok([user]) => Ok(Some(user)),
            Err(_) => {
                Err("a comma does not separate users: write one a line, or a header with the column email, \
                           user or id")
            }
        },
        Some(header) if fields.len() != header.fields => Err("the row has not as many fields as the header"),
        Some(header) => {
            let named = header.columns.iter().map(|column| &fields[*column]).find(|text| !text.is_empty());
            named.map(|text| Some(plain(text).to_owned())).ok_or("the row names no user")
        }
    }
}

/// Without the apostrophe that stands before a text in our own CSV which a spreadsheet would take for a formula.
fn plain(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| text.starts_with(['+', '-', '@', '%'])).unwrap_or(text)
}

/// The fields of a line without blanks around them; none where a quote is not closed.
fn fields(line: &str, delimiter: char) -> Option<Vec<String>> {
    if !line.contains('"') {
        return Some(line.split(delimiter).map(|field| field.trim().to_owned()).collect());
    }
    let text = format!("{line}\n.");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).ok()?)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let first = records.next()?.ok()?;
    // Where the quote is open, the next line is inside of it
    records.next()?.ok()?;
    Some(first.iter().map(|field| field.trim().to_owned()).collect())
}

/// A user that the command line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedUser {
    pub text: String,
    /// The file and the line, as `wave.csv:3`, where it stands in a file.
    pub place: Option<String>,
}

impl NamedUser {
    /// A user who is named by an argument.
    pub(crate) fn argument(text: &str) -> Self {
        Self { text: text.to_owned(), place: None }
    }

    /// The user in a sentence, with the place.
    pub(crate) fn described(&self) -> String {
        let text = match self.text.contains(' ') {
            true => format!("{:?}", self.text),
            false => self.text.clone(),
        };
        match &self.place {
            Some(place) => format!("{text} ({place})"),
            None => text,
        }
    }
}

impl fmt::Display for NamedUser {
    /// How a sentence about the text begins.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {:?}", self.text),
            None => write!(f, "{:?}", self.text),
        }
    }
}

/// The users of each list of arguments, those of `@FILE` and `@-` read.
///
/// # Errors
/// When a file cannot be read, is wrong, or names nobody, or stdin is to be read twice.
pub(crate) fn read<const N: usize>(lists: [&[String]; N]) -> anyhow::Result<[Vec<NamedUser>; N]> {
    if lists.iter().flat_map(|list| list.iter()).filter(|text| *text == "@-").count() > 1 {
        return Err(CommandError::usage("@- is given twice, and stdin is read once").into());
    }
    let mut all = [const { Vec::new() }; N];
    for (list, named) in lists.into_iter().zip(&mut all) {
        for text in list {
            match text.strip_prefix('@') {
                None => named.push(NamedUser::argument(text)),
                Some("") => {
                    let error = CommandError::usage("\"@\" names no file");
                    return Err(error.hint("@FILE or @- gives one user a line, or a CSV").into());
                }
                Some(path) => named.extend(of_file(path)?),
            }
        }
    }
    Ok(all)
}

fn of_file(path: &str) -> anyhow::Result<Vec<NamedUser>> {
    let (name, bytes) = match path {
        "-" => ("<stdin>", input_file::up_to(io::stdin(), MOST_OF_A_DEFINITION)),
        path => (path, input_file::read(Path::new(path), MOST_OF_A_DEFINITION)),
    };
    let bytes = bytes.with_context(|| format!("cannot read {name}"))?;
    let rows = rows(&bytes).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(|problem| problem.of(name)).collect();
        CommandError::usage(problems.join("; "))
    })?;
    let named = |Row { line, text }| NamedUser { text, place: Some(format!("{name}:{line}")) };
    Ok(rows.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_rows(text: &str) -> Result<Vec<(usize, String)>, Vec<String>> {
        rows(text.as_bytes())
            .map(|rows| rows.into_iter().map(|row| (row.line, row.text)).collect())
            .map_err(|problems| problems.iter().map(|problem| problem.of("f")).collect())
    }

    fn users(text: &str) -> Vec<(usize, String)> {
        read_rows(text).expect("users")
    }

    fn problems(text: &str) -> Vec<String> {
        read_rows(text).expect_err("problems")
    }

    fn each(wanted: &[(usize, &str)]) -> Vec<(usize, String)> {
        wanted.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    #[test]
    fn a_list_without_a_user_is_an_error() {
        for text in ["", "\n\r\n", "# nobody\n", "\u{feff}", "email\n", "email,name\n,\n\n", "id"] {
            assert_eq!(problems(text), ["f names no user"], "{text:?}");
        }
        assert_eq!(rows(b"alice\n\xff\n").expect_err("an error")[0].what, "is not UTF-8");
    }

    #[test]
    fn one_user_a_line_whatever_ends_the_lines() {
        let wanted = each(&[(2, "alice@example.com"), (4, "bob"), (5, "Carol Okafor")]);
        for end in ["\n", "\r\n"] {
            let text = ["\u{feff}# wave 7", " alice@example.com ", "", "bob", "\"Carol Okafor\""].join(end);
            assert_eq!(users(&text), wanted, "{end:?}");
            assert_eq!(users(&(text + end)), wanted, "{end:?}");
        }
    }

    #[test]
    fn a_csv_names_its_users_by_the_first_column_that_is_filled_in() {
        let wanted = each(&[(2, "alice@example.com"), (3, "bob"), (5, "u-1")]);
        for delimiter in [",", ";", "\t"] {
            let rows = [
                ["ID", "Name", " EMail", "user"],
                ["7", "\"Ames, Alice\"", "alice@example.com", "alice"],
                ["8", "\"say \"\"hi\"\"\"", "", "bob"],
                ["", "", "", ""],
                ["u-1", "", "", ""],
            ];
            let text = rows.map(|row| row.join(delimiter)).join("\r\n");
            let named = users(&text.replace("Ames,", if delimiter == "," { "Ames," } else { "Ames" }));
            assert_eq!(named, wanted, "{delimiter:?}");
        }
        assert_eq!(users("email\nalice\n"), each(&[(2, "alice")]));
        assert_eq!(users("\"user\"\n\"alice\"\n"), each(&[(2, "alice")]));
    }

    #[test]
    fn what_a_spreadsheet_would_take_for_a_formula_is_read_back() {
        assert_eq!(users("user\n'+ops@example.com\n'@x\n"), each(&[(2, "+ops@example.com"), (3, "@x")]));
        assert_eq!(users("user\n't Hooft\n"), each(&[(2, "'t Hooft")]));
    }

    #[test]
    fn every_wrong_line_is_told_and_none_is_quoted() {
        let comma = "a comma does not separate users: write one a line, or a header with the column email, user or id";
        assert_eq!(problems("name,mail\na,b\n"), [format!("f:1: {comma}"), format!("f:2: {comma}")]);
        assert_eq!(
            problems("email,name\na,b,c\nd\n,e\nf,g\n"),
            [
                "f:2: the row has not as many fields as the header",
                "f:3: the row has not as many fields as the header",
                "f:4: the row names no user",
            ]
        );
        assert_eq!(problems("id,x,ID\n1,2,3\n"), ["f:1: two columns of the header have the same name"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_no_users_away() {
        let open = |line| vec![format!("f:{line}: a quote is not closed on its line")];
        assert_eq!(problems("email,name\na,\"b\nc,d\n"), open(2));
        assert_eq!(problems("email,name\na,b\nc,\"d"), open(3));
        assert_eq!(problems("alice\n\"bob\ncarol\n"), open(2));
    }

    #[test]
    fn the_users_of_a_file_have_their_lines() {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("wave.csv").display().to_string();
        std::fs::write(&path, "email\na@example.com\nb\n").expect("written");
        let [first, second] = read([&["x".to_owned(), format!("@{path}")], &[]]).expect("users");
        let places: Vec<_> = first.iter().map(|user| user.place.clone()).collect();
        assert_eq!(places, [None, Some(format!("{path}:2")), Some(format!("{path}:3"))]);
        assert_eq!(first[1].described(), format!("a@example.com ({path}:2)"));
        assert_eq!(second, []);
        let wrong = |text: &str| read([&[text.to_owned()]]).expect_err("an error").to_string();
        assert_eq!(wrong("@"), "\"@\" names no file");
        assert_eq!(wrong("@/nowhere/at/all"), "cannot read /nowhere/at/all");
    }
}
