//! The result of an audit, as every output draws it.

use super::accepted::Sorted;
use super::finding::NotChecked;
use super::leaving::Leaving;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::span::Sources;
use crate::directory::Directory;
use crate::finding_code::Level;
use crate::organization::Organization;

/// What `audit` found, and what shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report<'a> {
    pub(crate) organization: &'a Organization,
    /// With the resources.
    pub(crate) directory: &'a Directory,
    pub(crate) sources: &'a Sources,
    pub(crate) sorted: &'a Sorted<'a>,
    pub(crate) not_checked: &'a [NotChecked],
    /// About the definitions.
    pub(crate) warnings: &'a [Diagnostic],
    /// With `--leaving`.
    pub(crate) leaving: Option<&'a Leaving>,
    /// Findings that are accepted are shown too.
    pub(crate) show_accepted: bool,
}

/// What nothing shows of transitive access.
pub(crate) const LOWER_BOUND: &str = "Transitive access is a lower bound: users can share single folders too, which no call of WorkMail lists.";

impl Report<'_> {
    /// How many findings are high, medium and low; without those that are accepted.
    pub(crate) fn counts(&self) -> [usize; 3] {
        [Level::High, Level::Medium, Level::Low]
            .map(|level| self.sorted.open.iter().filter(|finding| finding.level == level).count())
    }

    /// Everything could be read, and nothing is open that is not accepted.
    pub(crate) fn all_is_shut(&self) -> bool {
        self.not_checked.is_empty() && self.sorted.open.iter().all(|finding| finding.over)
    }

    /// `2 high, 1 medium, 0 low, 1 accepted, 3 not checked`.
    pub(crate) fn summary(&self) -> String {
        let [high, medium, low] = self.counts();
        let mut summary = format!("{high} high, {medium} medium, {low} low");
        for (count, what) in
            [(self.sorted.accepted.len(), "accepted"), (self.not_checked.len(), "not checked")]
        {
            if count > 0 {
                summary += &format!(", {count} {what}");
            }
        }
        summary
    }
}
