//! Words as a shell reads them while they are typed, and the other way round.

use super::shell::Shell;

/// The quotes that are open where the cursor is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Quote {
    #[default]
    None,
    Single,
    Double,
}

/// A command line up to the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The words before the current one, without quotes.
    pub(super) earlier: Vec<String>,
    /// The word at the cursor, without quotes; empty behind a space.
    pub(super) current: String,
    /// The same as it was typed.
    pub(super) raw: String,
    pub(super) quote: Quote,
    /// The current word is the file of a redirection.
    pub(super) redirected: bool,
}

impl Line {
    /// A word ends: that of a redirection is none of the command's.
    fn end_word(&mut self, started: &mut bool) {
        let word = std::mem::take(&mut self.current);
        if std::mem::take(started) && !std::mem::take(&mut self.redirected) {
            self.earlier.push(word);
        }
    }
}

/// Reads a command line up to the cursor. What a shell would expand is taken as it stands.
pub(super) fn lex(text: &str, shell: Shell) -> Line {
    let mut line = Line::default();
    let (mut started, mut start) = (false, 0);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match (line.quote, c) {
            (Quote::None, ' ' | '\t' | '\n') => {
                line.end_word(&mut started);
                true
            }
            (Quote::None, '<' | '>') => {
                if line.current.chars().all(|c| c.is_ascii_digit() || c == '&') {
                    (started, line.current) = (false, String::new());
                }
                line.end_word(&mut started);
                line.redirected = true;
                true
            }
            // `>&` and `<&`
            (Quote::None, '&') if line.redirected && !started => true,
            (Quote::None, ';' | '|' | '&') => {
                (started, line) = (false, Line::default());
                true
            }
            _ => false,
        };
        if ends {
            start = at + c.len_utf8();
            continue;
        }
        started = true;
        match (line.quote, c) {
            (Quote::None, '\'') => line.quote = Quote::Single,
            (Quote::None, '"') => line.quote = Quote::Double,
            (Quote::Single, '\'') | (Quote::Double, '"') => line.quote = Quote::None,
            (quote, '\\') if escapes(quote, next, shell) => line.current.extend(chars.next().map(|(_, c)| c)),
            (_, c) => line.current.push(c),
        }
    }
    line.raw = text[start..].to_owned();
    line
}

/// Does a backslash before this character only keep it from having a meaning?
fn escapes(quote: Quote, next: Option<char>, shell: Shell) -> bool {
    match quote {
        Quote::None => true,
        Quote::Single => shell == Shell::Fish && matches!(next, Some('\\' | '\'')),
        Quote::Double => {
            matches!(next, Some('$' | '"' | '\\')) || (shell != Shell::Fish && next == Some('`'))
        }
    }
}

/// A text as bash takes it behind an open quote. The quote that ends it is readline's to add, but where the text ends
/// with one: then readline takes that for it.
pub(super) fn quoted(text: &str, quote: Quote) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match (quote, c) {
            (Quote::Single, '\'') => out += r"'\''",
            // Between double quotes nothing keeps it from calling the history
            (Quote::Double, '!') => out += r#""\!""#,
            (Quote::Double, '$' | '`' | '"' | '\\') | (Quote::None, ' '..='$' | '&'..='*' | ';'..='<') => {
                out.extend(['\\', c]);
            }
            (Quote::None, '>' | '?' | '[' | '\\' | ']' | '^' | '`' | '{' | '|' | '}' | '~') => {
                out.extend(['\\', c]);
            }
            _ => out.push(c),
        }
    }
    let end = match quote {
        Quote::None => return out,
        Quote::Single => '\'',
        Quote::Double => '"',
    };
    if out.ends_with(end) {
        out.push(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bash(text: &str) -> (Vec<String>, String, Quote) {
        let Line { earlier, current, quote, .. } = lex(text, Shell::Bash);
        (earlier, current, quote)
    }

    #[test]
    fn words_are_read_in_every_quoting() {
        for (text, earlier, current, quote) in [
            ("", vec![], "", Quote::None),
            ("wmrole ", vec!["wmrole"], "", Quote::None),
            ("wmrole  show\t'Ticket tr", vec!["wmrole", "show"], "Ticket tr", Quote::Single),
            (r"a Ticket\ tr", vec!["a"], "Ticket tr", Quote::None),
            (r#"a "it's \"\$5\" \x"#, vec!["a"], r#"it's "$5" \x"#, Quote::Double),
            (r"a 'it'\''s' b", vec!["a", "it's"], "b", Quote::None),
            ("a '' \"\" b", vec!["a", "", ""], "b", Quote::None),
            ("a --org=ac", vec!["a"], "--org=ac", Quote::None),
            (r"a b\", vec!["a"], "b", Quote::None),
            ("a É…", vec!["a"], "É…", Quote::None),
        ] {
            assert_eq!(bash(text), (earlier.into_iter().map(str::to_owned).collect(), current.into(), quote));
        }
    }

    #[test]
    fn the_words_of_redirections_and_of_other_commands_are_left_out() {
        assert_eq!(bash("a b >out 2>&1 <in c").0, ["a", "b"]);
        assert_eq!(bash("x; y | a b").0, ["a"]);
        let line = lex("a 2> ou", Shell::Bash);
        assert!(line.redirected && line.current == "ou" && line.earlier == ["a"]);
        assert!(!lex("a > out ", Shell::Bash).redirected);
        assert!(lex("a >", Shell::Bash).redirected);
    }

    #[test]
    fn single_quotes_of_fish_have_escapes() {
        assert_eq!(lex(r"'Bob\'s \\ \n", Shell::Fish).current, r"Bob's \ \n");
        assert_eq!(lex(r"'Bob\'s", Shell::Zsh).current, r"Bob\s");
    }

    #[test]
    fn raw_is_what_was_typed() {
        assert_eq!(lex(r"a --x='Tick'et\ t", Shell::Bash).raw, r"--x='Tick'et\ t");
        assert_eq!(lex("a b ", Shell::Bash).raw, "");
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_as_it_was(text in "[ -~é…\u{3000}]{0,20}") {
            for (quote, open) in [(Quote::None, ""), (Quote::Single, "'"), (Quote::Double, "\"")] {
                let inserted = quoted(&text, quote);
                let end = if inserted.ends_with(open) { "" } else { open };
                let line = lex(&format!("a {open}{inserted}{end}"), Shell::Bash);
                prop_assert_eq!(&line.current, &text);
                prop_assert!(line.quote == Quote::None || text.is_empty());
                prop_assert_eq!(line.earlier, ["a"]);
            }
        }
    }
}
