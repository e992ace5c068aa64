//! Suggestions for misspelt names. Uses nothing of this program, and knows nothing of definitions.

/// The candidate that `text` was probably meant to be, as `did you mean X?`.
pub(crate) fn did_you_mean<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let folded = text.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let (typo, similarity) = closeness(&folded, &candidate.to_lowercase());
            (typo, similarity, candidate)
        })
        .filter(|(typo, similarity, _)| *typo || *similarity > 0.8)
        .max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(_, _, candidate)| match candidate.contains(char::is_whitespace) {
            // Quoted for a shell
            true => format!("did you mean '{candidate}'?"),
            false => format!("did you mean {candidate}?"),
        })
}

/// Whether the texts differ by a single typing error, and their Jaro-Winkler similarity, 0 to 1.
fn closeness(a: &str, b: &str) -> (bool, f64) {
    // A shared domain does not make two addresses similar
    let (a, b) = match (a.split_once('@'), b.split_once('@')) {
        (Some((a, a_domain)), Some((b, b_domain))) if a_domain == b_domain => (a, b),
        _ => (a, b),
    };
    // In a short name, one typing error already makes the similarity low
    let typo = a.len() > 2 && strsim::osa_distance(a, b) == 1;
    (typo, strsim::jaro_winkler(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unrelated_name_is_not_suggested() {
        assert_eq!(did_you_mean("zzz", ["users", "groups"]), None);
        assert_eq!(did_you_mean("carol@example.com", ["dave@example.com"]), None);
    }

    #[test]
    fn a_misspelt_name_is_suggested() {
        assert_eq!(did_you_mean("user", ["users", "groups"]), Some("did you mean users?".into()));
        assert_eq!(
            did_you_mean("alcie@example.com", ["bob@example.com", "alice@example.com"]),
            Some("did you mean alice@example.com?".into())
        );
        assert_eq!(did_you_mean("bbo", ["alice", "bob"]), Some("did you mean bob?".into()));
    }

    #[test]
    fn a_name_with_spaces_is_quoted() {
        assert_eq!(
            did_you_mean("Ticket traige", ["Ticket triage"]),
            Some("did you mean 'Ticket triage'?".into())
        );
    }
}
