//! Findings that somebody looked at, and that may stay for a while.

use jiff::civil::Date;

use super::finding::Finding;
use crate::definition::model::Accepted;
use crate::directory::{Directory, UserId};
use crate::finding_code::FindingCode;

/// Findings, sorted by what was said of them.
#[derive(Debug, Default)]
pub(crate) struct Sorted<'a> {
    /// To worry about.
    pub(crate) open: Vec<Finding>,
    /// Accepted, each with what accepts it.
    pub(crate) accepted: Vec<(Finding, &'a Accepted)>,
    /// What accepts nothing that was found.
    pub(crate) stale: Vec<&'a Accepted>,
}

/// Sorts findings. What accepts a finding holds to the end of its last day in UTC. A code that is `not_checked` may
/// well have findings that nobody saw: nothing that accepts them is stale.
pub(crate) fn sort<'a>(
    findings: Vec<Finding>,
    accepted: &[&'a Accepted],
    not_checked: impl Fn(FindingCode) -> bool,
    directory: &Directory,
    today: Date,
) -> Sorted<'a> {
    let mailboxes: Vec<Option<UserId>> = accepted.iter().map(|one| mailbox(one, directory)).collect();
    let mut used = vec![false; accepted.len()];
    let mut sorted = Sorted::default();
    for mut finding in findings {
        let meant = (0..accepted.len()).filter(|n| is_meant(&finding, accepted[*n], mailboxes[*n].as_ref()));
        let meant: Vec<usize> = meant.collect();
        meant.iter().for_each(|n| used[*n] = true);
        let holding = meant.iter().find(|n| accepted[**n].until.is_none_or(|last| today <= last));
        match holding {
            Some(n) => sorted.accepted.push((finding, accepted[*n])),
            None => {
                let lapsed = meant.iter().filter_map(|n| Some((accepted[*n], accepted[*n].until?)));
                let lapsed = lapsed.map(|(one, until)| format!("accepted until {until}: {}", one.reason));
                finding.evidence.extend(lapsed);
                sorted.open.push(finding);
            }
        }
    }
    let stale = accepted.iter().zip(used).filter(|(one, used)| !used && !not_checked(one.code.value));
    sorted.stale.extend(stale.map(|(one, _)| *one));
    sorted
}

/// The mailbox that is meant: an id that nobody has any longer stands for itself.
fn mailbox(accepted: &Accepted, directory: &Directory) -> Option<UserId> {
    let text = accepted.mailbox.as_ref()?.value.as_str();
    let found = directory.find_user(text).map(|user| user.id.clone());
    Some(found.unwrap_or_else(|| UserId::from_service(text)))
}

fn is_meant(finding: &Finding, accepted: &Accepted, mailbox: Option<&UserId>) -> bool {
    let role = accepted.role.as_ref().map(|role| role.value.as_str());
    let is_role = match (&finding.role, &finding.gone) {
        (Some(live), _) => role.is_some_and(|role| role == live.name.as_str() || role == live.id.as_str()),
        (None, Some(gone)) => role == Some(gone.as_str()),
        (None, None) => role.is_none(),
    };
    finding.code == accepted.code.value && is_role && finding.mailbox.as_ref() == mailbox
}
