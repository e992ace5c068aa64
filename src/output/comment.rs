//! Markdown that fits into a comment of a pull request: a list of pieces, of which the least important become short
//! ones, and then go. A piece is never cut in itself.

use super::style::counted;
use crate::sorted;

/// So many bytes a comment may have. GitHub's error speaks of 65,536 characters, and others measured 65,536 code points
/// and 262,144 bytes: so many bytes fit by either count. What is left is for what a job adds, as the line by which it
/// finds its comment again.
pub(crate) const LIMIT: usize = 60_000;

/// So much of it is for saying what was cut.
const NOTE: usize = 1_500;

/// How much a piece matters: what comes first is cut last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// What holds the document together, and its sum. It is short, and never cut.
    Frame,
    /// What forbids executing a plan, or could not be checked; a finding of level high.
    Refusal,
    /// Who gains access where everyone does.
    Everyone,
    /// Who gains access, or has FULL_ACCESS.
    Gain,
    /// Who loses access, or has READ_ONLY; a finding of level medium.
    Loss,
    /// The rules by which somebody gains access; a finding of level low.
    GainingRules,
    /// The names of those who were counted.
    GainingNames,
    /// The rules by which nobody gains access.
    Rules,
    /// The names of those who were counted and gain nothing.
    Names,
}

/// What a piece is: the words before a count, and the name of one and of many.
pub(crate) type What = (&'static str, &'static str, &'static str);

/// A part of the document that is there, or is short, or is not there.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    weight: Weight,
    what: What,
    full: String,
    short: String,
}

impl Piece {
    /// A piece, and what stands in its place where it is cut.
    pub(crate) fn new(weight: Weight, what: What, full: String, short: String) -> Self {
        // What is no longer than its short form is never cut
        let short = if short.len() < full.len() { short } else { full.clone() };
        Self { weight, what, full, short }
    }

    /// All of it.
    pub(crate) fn whole(&self) -> &str {
        &self.full
    }

    /// A piece that stays.
    pub(crate) fn frame(text: String) -> Self {
        Self { weight: Weight::Frame, what: ("", "", ""), short: text.clone(), full: text }
    }
}

/// Is nothing cut?
pub(crate) fn fits(pieces: &[Piece]) -> bool {
    pieces.iter().map(|piece| piece.full.len()).sum::<usize>() <= LIMIT
}

/// The document, of at most [`LIMIT`] bytes as far as its frame allows; where something is cut, it says first what, with
/// `whole`, a sentence on where all of it is.
pub(crate) fn fitted(pieces: &[Piece], whole: &str) -> String {
    if fits(pieces) {
        return pieces.iter().map(|piece| piece.full.as_str()).collect();
    }
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    // Stable: of two that matter as much, the first one stays
    sorted::by_key(&mut order, |n| pieces[*n].weight);
    let mut shown = vec![""; pieces.len()];
    let mut used = NOTE;
    // Who gains and loses access is there in full before anything is said of rules
    let (access, rest) = order.split_at(order.partition_point(|n| pieces[*n].weight <= Weight::Loss));
    for order in [access, rest] {
        for n in order {
            let Piece { weight, short, .. } = &pieces[*n];
            if used + short.len() <= LIMIT || *weight == Weight::Frame {
                shown[*n] = short;
                used += short.len();
            }
        }
        for n in order {
            let Piece { full, short, .. } = &pieces[*n];
            let more = full.len() - short.len();
            // What is not even there in short stays away, so that what is left out is counted in one place
            if shown[*n].len() == short.len() && used + more <= LIMIT {
                shown[*n] = full;
                used += more;
            }
        }
    }
    note(pieces, &shown, &order, whole) + &shown.concat()
}

/// What was cut, counted by what it is, and what of it has not even a line.
fn note(pieces: &[Piece], shown: &[&str], order: &[usize], whole: &str) -> String {
    let counts = |is_cut: fn(&Piece, &str) -> bool| {
        let mut cut: Vec<(What, usize)> = Vec::new();
        for piece in order.iter().filter(|n| is_cut(&pieces[**n], shown[**n])).map(|n| &pieces[*n]) {
            match cut.iter_mut().find(|(what, _)| *what == piece.what) {
                Some((_, count)) => *count += 1,
                None => cut.push((piece.what, 1)),
            }
        }
        let count = |((words, one, many), n): &(What, usize)| format!("{words}{}", counted(*n, one, many));
        cut.iter().map(count).collect::<Vec<_>>().join(", ")
    };
    let cut = counts(|piece, shown| shown.len() < piece.full.len());
    let gone = counts(|piece, shown| shown.is_empty() && !piece.full.is_empty());
    let gone = match gone.is_empty() || gone == cut {
        true => String::new(),
        false => format!(" **Without a line below:** {gone}."),
    };
    format!("> **Cut to fit into a comment:** {cut}.{gone} {whole}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: What = ("the rules of ", "role", "roles");

    fn piece(weight: Weight, length: usize) -> Piece {
        Piece::new(weight, RULES, "x".repeat(length), "s\n".into())
    }

    #[test]
    fn what_fits_is_whole() {
        let pieces = [Piece::frame("a".into()), piece(Weight::Rules, LIMIT - 1)];
        assert_eq!(fitted(&pieces, "All.").len(), LIMIT);
    }

    #[test]
    fn what_matters_least_is_cut_first_and_what_follows_stays_where_it_fits() {
        let pieces = [
            Piece::frame("### title\n".into()),
            piece(Weight::Rules, 30_000),
            piece(Weight::Gain, 30_000),
            piece(Weight::GainingRules, 40_000),
            piece(Weight::Names, 100),
        ];
        let text = fitted(&pieces, "All of it is elsewhere.");
        let rest = "s\n".to_owned() + &"x".repeat(30_000) + "s\n" + &"x".repeat(100);
        let note = "> **Cut to fit into a comment:** the rules of 2 roles. All of it is elsewhere.";
        assert_eq!(text, format!("{note}\n\n### title\n{rest}"));
    }

    #[test]
    fn what_has_no_line_is_counted_by_what_it_is() {
        let many = (0..40_000).map(|_| piece(Weight::Rules, 10));
        let pieces: Vec<_> = std::iter::once(piece(Weight::Refusal, 10)).chain(many).collect();
        let text = fitted(&pieces, "All.");
        assert!(text.len() <= LIMIT && text.contains("\n\nxxxxxxxxxx"), "{}", text.len());
        assert!(text.contains("**Without a line below:** the rules of 10"), "{}", &text[..300]);
    }

    #[test]
    fn what_has_no_short_form_is_counted_once() {
        let pieces: Vec<_> =
            (0..40_000).map(|_| Piece::new(Weight::Rules, RULES, "xx".to_owned(), String::new())).collect();
        let text = fitted(&pieces, "All.");
        assert!(text.len() <= LIMIT && text.contains("the rules of 1"), "{}", &text[..300]);
        assert!(!text.contains("Without a line below"), "{}", &text[..300]);
    }
}
