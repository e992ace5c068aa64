//! What every page has: its first line, and text in lines.

use roff::{Roff, roman};

/// The version of the pages and its date, so that they are the same whenever they are made.
const VERSION: (&str, &str) = ("0.1.0", "2026-11-24");

/// An empty page with its first line.
pub(super) fn titled(name: &str, section: &str, manual: &str) -> Roff {
    let (version, date) = VERSION;
    let mut page = Roff::new();
    page.control("TH", [&name.to_uppercase(), section, date, &format!("wmrole {version}"), manual]);
    page
}

/// Text in lines that a terminal shows whole; empty lines part paragraphs.
pub(super) fn text(page: &mut Roff, text: &str) {
    const WIDTH: usize = 72;
    for line in text.lines() {
        if line.trim().is_empty() {
            page.control("PP", []);
            continue;
        }
        let mut filled = String::new();
        for word in line.split_whitespace() {
            if !filled.is_empty() && filled.len() + 1 + word.len() > WIDTH {
                page.text([roman(std::mem::take(&mut filled))]);
            }
            filled += if filled.is_empty() { "" } else { " " };
            filled += word;
        }
        page.text([roman(filled)]);
    }
}

#[cfg(test)]
mod tests {
    use super::VERSION;

    #[test]
    fn the_pages_are_of_this_version() {
        assert_eq!(VERSION.0, env!("CARGO_PKG_VERSION"), "a new version has a new date");
    }
}
