//! What the scripts ask and how they are answered. A script of another version is answered with nothing.
//!
//! The answer's first line says what the rest is: `words` that begin with what was typed, words that have it
//! `somewhere`, or `files`, `definitions`, `directories` and `programs`, which the shell knows better. A line is a
//! word; for zsh and fish, a tab and what to show stand behind it.

use std::ffi::OsString;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::candidates::Answer;
use super::lexer::{Line, lex, quoted};
use super::name::{Candidate, Fit};
use super::shell::{LINE, Shell, WORD};

/// A question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question {
    shell: Shell,
    /// The words behind the program's name, without quotes.
    pub(super) earlier: Vec<String>,
    /// The word at the cursor, without quotes.
    pub(super) current: String,
    /// The current word is the file of a redirection.
    pub(super) redirected: bool,
    /// What of the current word bash leaves where it is.
    kept: String,
}

impl Question {
    /// The question of a script; none of a version that is not known. `words` are the arguments of the program.
    pub(super) fn of(protocol: &str, words: &[OsString]) -> Option<Self> {
        let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let variable = |name: &str| {
            let value = std::env::var_os(name).unwrap_or_default();
            value.to_string_lossy().into_owned()
        };
        match protocol {
            "bash:1" => Some(Self::of_line(&variable(LINE), &variable(WORD))),
            "zsh:1" => Self::of_words(Shell::Zsh, &words),
            "fish:1" => Self::of_words(Shell::Fish, &words),
            _ => None,
        }
    }

    /// bash: the line, and the end of it that will be replaced.
    fn of_line(line: &str, word: &str) -> Self {
        let mut lexed = lex(line, Shell::Bash);
        let is_assignment = |word: &String| {
            let name = word.split_once('=').map(|(name, _)| name);
            name.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        };
        let words = std::mem::take(&mut lexed.earlier).into_iter();
        let earlier = words.skip_while(is_assignment).skip(1).collect();
        let kept = lexed.raw.strip_suffix(word).unwrap_or_default().to_owned();
        let Line { current, redirected, .. } = lexed;
        Self { shell: Shell::Bash, earlier, current, redirected, kept }
    }

    /// zsh and fish: the words before the cursor, and what of the current one stands before it. zsh gives all of
    /// them as they were typed, fish the last alone.
    fn of_words(shell: Shell, words: &[String]) -> Option<Self> {
        let (current, earlier) = words.split_last()?;
        let unquoted = |word: &String| match shell {
            Shell::Fish => word.clone(),
            _ => lex(word, shell).current,
        };
        let earlier = earlier.iter().skip(1).map(unquoted).collect();
        let current = lex(current, shell).current;
        Some(Self { shell, earlier, current, redirected: false, kept: String::new() })
    }

    /// Does the shell itself choose among what it is given?
    pub(super) fn wants_everything(&self) -> bool {
        self.shell == Shell::Fish
    }

    /// What the script is told.
    pub(super) fn reply(&self, answer: Answer) -> String {
        let (candidates, fit) = match answer {
            Answer::Files => return "files\n".to_owned(),
            Answer::Definitions => return "definitions\n".to_owned(),
            Answer::Directories => return "directories\n".to_owned(),
            Answer::Programs => return "programs\n".to_owned(),
            Answer::Words(candidates, fit) => (candidates, fit),
        };
        let first = if fit == Fit::Prefix { "words" } else { "somewhere" };
        let lines = match self.shell {
            Shell::Bash => self.of_bash(&candidates, fit),
            Shell::Zsh => with_columns(&candidates),
            Shell::Fish => {
                candidates.iter().map(|Candidate { word, shown }| format!("{word}\t{shown}")).collect()
            }
        };
        lines.iter().fold(format!("{first}\n"), |mut text, line| {
            // Writing into a text cannot fail
            let _ = writeln!(text, "{line}");
            text
        })
    }

    /// bash puts in what it is given as it is, behind what it keeps.
    fn of_bash(&self, candidates: &[Candidate], fit: Fit) -> Vec<String> {
        let kept = lex(&self.kept, Shell::Bash);
        let rest = |candidate: &Candidate| {
            Some(quoted(candidate.word.strip_prefix(kept.current.as_str())?, kept.quote))
        };
        let mut lines: Vec<String> = candidates.iter().filter_map(rest).collect();
        if fit == Fit::Somewhere && lines.len() > 1 {
            // Nothing is common to all then, and what was typed stays
            let typed = self.current.strip_prefix(kept.current.as_str()).unwrap_or_default();
            lines.push(quoted(typed, kept.quote));
        }
        lines
    }
}

/// Each word, and what to show for it in two columns.
fn with_columns(candidates: &[Candidate]) -> Vec<String> {
    let width = candidates.iter().map(|candidate| candidate.word.width()).max().unwrap_or_default();
    let line = |Candidate { word, shown }: &Candidate| match shown.as_str() {
        "" => format!("{word}\t{word}"),
        _ => format!("{word}\t{word}{:1$}  -- {shown}", "", width - word.width()),
    };
    candidates.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(all: &[&str]) -> Answer {
        let candidate = |word: &&str| Candidate { word: (*word).to_owned(), shown: "shown".into() };
        Answer::Words(all.iter().map(candidate).collect(), Fit::Prefix)
    }

    fn bash(line: &str, word: &str, candidate: &str) -> String {
        Question::of_line(line, word).reply(words(&[candidate])).lines().skip(1).collect()
    }

    #[test]
    fn bash_gets_the_part_that_it_replaces() {
        for (line, word, candidate, inserted) in [
            ("wmrole show Tick", "Tick", "Ticket triage", r"Ticket\ triage"),
            (r"wmrole show Ticket\ t", r"Ticket\ t", "Ticket triage", r"Ticket\ triage"),
            ("wmrole show 'Ticket t", "Ticket t", "Ticket triage", "Ticket triage"),
            ("wmrole show 'Bob", "Bob", "Bob's role", r"Bob'\''s role"),
            ("wmrole show \"Bob", "Bob", "Bob's \"role\"", "Bob's \\\"role\\\"\""),
            ("wmrole assume x --as alice@ex", "@ex", "alice@example.com", "@example.com"),
            ("wmrole assume x --as=alice@ex", "@ex", "--as=alice@example.com", "@example.com"),
            ("wmrole --org=ac", "ac", "--org=acme", "acme"),
            ("wmrole --org=", "=", "--org=acme", "=acme"),
            ("wmrole --org=", "", "--org=acme", "acme"),
            ("wmrole access --role=\"Ticket t", "Ticket t", "--role=Ticket triage", "Ticket triage"),
            (r"wmrole show Migration:\ a", r"\ a", "Migration: all", r"\ all"),
            // What it keeps is not how the name begins
            ("wmrole show ALICE@ex", "@ex", "alice@example.com", ""),
        ] {
            assert_eq!(bash(line, word, candidate), inserted, "{line}");
        }
    }

    #[test]
    fn several_that_do_not_begin_so_leave_what_was_typed_alone() {
        let question = Question::of_line("wmrole access --user Ames", "Ames");
        let Answer::Words(candidates, _) = words(&["carl", "carol"]) else { panic!() };
        let reply = question.reply(Answer::Words(candidates.clone(), Fit::Somewhere));
        assert_eq!(reply, "somewhere\ncarl\ncarol\nAmes\n");
        let one = question.reply(Answer::Words(candidates[..1].to_vec(), Fit::Somewhere));
        assert_eq!(one, "somewhere\ncarl\n");
    }

    #[test]
    fn words_before_the_cursor_are_without_quotes_and_assignments() {
        let question = Question::of_line(r"A=b C='d e' wmrole edit 'Ticket triage' --rule ", "");
        assert_eq!(question.earlier, ["edit", "Ticket triage", "--rule"]);
        let raw = ["wmrole", "edit", "'Ticket triage'", "\"it's"].map(str::to_owned);
        let question = Question::of_words(Shell::Zsh, &raw).expect("words");
        assert_eq!(
            (question.earlier.join("|"), question.current.as_str()),
            ("edit|Ticket triage".into(), "it's")
        );
        let given = ["wmrole", "edit", "it's", "'Ticket tr"].map(str::to_owned);
        let question = Question::of_words(Shell::Fish, &given).expect("words");
        assert_eq!(
            (question.earlier.join("|"), question.current.as_str()),
            ("edit|it's".into(), "Ticket tr")
        );
    }

    #[test]
    fn zsh_gets_two_columns_and_fish_a_description() {
        let raw = ["wmrole", ""].map(str::to_owned);
        let reply = |shell| Question::of_words(shell, &raw).expect("words").reply(words(&["a", "bcd"]));
        assert_eq!(reply(Shell::Zsh), "words\na\ta    -- shown\nbcd\tbcd  -- shown\n");
        assert_eq!(reply(Shell::Fish), "words\na\tshown\nbcd\tshown\n");
    }

    #[test]
    fn a_script_that_is_not_known_gets_no_answer() {
        for protocol in ["", "bash", "bash:2", "bash:1 ", "powershell:1"] {
            assert_eq!(Question::of(protocol, &[]), None);
        }
        assert_eq!(Question::of("zsh:1", &[]), None);
    }

    proptest! {
        /// What is inserted behind what bash keeps, read again, is the candidate.
        #[test]
        fn what_bash_inserts_is_the_candidate(
            name in "[ -~é\u{3000}]{1,16}", at in 0..16usize, cut in 0..16usize, open in 0..3usize,
        ) {
            let typed: String = name.chars().take(at).collect();
            let (open, quote) = [
                ("", super::super::lexer::Quote::None),
                ("'", super::super::lexer::Quote::Single),
                ("\"", super::super::lexer::Quote::Double),
            ][open];
            let raw = format!("{open}{}", quoted(&typed, quote));
            prop_assume!(quote == super::super::lexer::Quote::None || lex(&raw, Shell::Bash).quote == quote);
            let line = format!("wmrole show {raw}");
            // readline replaces from some character on, but not from inside of an escape
            let cut = raw.char_indices().map(|(at, _)| at).chain([raw.len()]).nth(cut).unwrap_or(raw.len());
            let cut = cut.max(open.len());
            let kept = lex(&raw[..cut], Shell::Bash);
            prop_assume!(name.starts_with(&kept.current) && kept.quote == quote && !raw[..cut].ends_with('\\'));
            let inserted = bash(&line, &raw[cut..], &name);
            let whole = lex(&format!("wmrole show {}{inserted}", &raw[..cut]), Shell::Bash);
            prop_assert_eq!(whole.current, name);
        }
    }
}
