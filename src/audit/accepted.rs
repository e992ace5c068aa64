//! Findings that somebody looked at, and that may stay for a while.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::finding::Finding;
use crate::definition::model::Accepted;
use crate::definition::span::Spanned;
use crate::directory::{Directory, UserId};
use crate::finding_code::FindingCode;
use crate::id::EntityName;

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
    let meanings: Vec<Meaning> = accepted.iter().map(|one| Meaning::of(one, directory)).collect();
    let mut used = vec![false; accepted.len()];
    let mut sorted = Sorted::default();
    for mut finding in findings {
        let meant = (0..accepted.len()).filter(|n| is_meant(&finding, accepted[*n], &meanings[*n]));
        let meant: Vec<usize> = meant.collect();
        meant.iter().for_each(|n| used[*n] = true);
        let lasts = |n: &usize| accepted[*n].until.is_none_or(|last| today <= last);
        let covers = |n: &usize| finding.mailboxes.iter().all(|id| meanings[*n].mailboxes.contains(id));
        let holding = meant.iter().find(|n| lasts(n) && covers(n));
        match holding {
            Some(n) => sorted.accepted.push((finding, accepted[*n])),
            None => {
                let lapsed = meant.iter().filter_map(|n| Some((accepted[*n], accepted[*n].until?)));
                let lapsed = lapsed.map(|(one, until)| format!("accepted until {until}: {}", one.reason));
                let narrow = meant.iter().filter(|n| lasts(n) && !covers(n)).map(|n| {
                    let more = finding.mailboxes.iter().filter(|id| !meanings[*n].mailboxes.contains(id));
                    let more: Vec<_> = more.map(|id| directory.label(id)).collect();
                    format!("accepted, but not for {}: {}", more.join(", "), accepted[*n].reason)
                });
                let said: Vec<_> = lapsed.chain(narrow).collect();
                finding.evidence.extend(said);
                sorted.open.push(finding);
            }
        }
    }
    let stale = accepted.iter().zip(used).filter(|(one, used)| !used && !not_checked(one.code.value));
    sorted.stale.extend(stale.map(|(one, _)| *one));
    sorted
}

/// Who is meant: an id that nobody has any longer stands for itself.
struct Meaning {
    mailbox: Option<UserId>,
    mailboxes: BTreeSet<UserId>,
    /// The id of the account, the token or the job.
    subject: Option<String>,
}

impl Meaning {
    fn of(accepted: &Accepted, directory: &Directory) -> Self {
        let user = |name: &Spanned<EntityName>| {
            let text = name.value.as_str();
            let found = directory.find_user(text).map(|user| user.id.clone());
            found.unwrap_or_else(|| UserId::from_service(text))
        };
        let account = |name: &Spanned<EntityName>| {
            let group = directory.find_group(name.value.as_str()).map(|group| group.id.to_string());
            let is_user = directory.find_user(name.value.as_str()).is_some();
            group.filter(|_| !is_user).unwrap_or_else(|| user(name).to_string())
        };
        Self {
            mailbox: accepted.mailbox.as_ref().map(user),
            mailboxes: accepted.mailboxes.iter().map(user).collect(),
            subject: accepted.account.as_ref().map(account).or_else(|| accepted.id.clone()),
        }
    }
}

fn is_meant(finding: &Finding, accepted: &Accepted, meaning: &Meaning) -> bool {
    let role = accepted.role.as_ref().map(|role| role.value.as_str());
    let is_role = match (&finding.role, &finding.gone) {
        (Some(live), _) => role.is_some_and(|role| role == live.name.as_str() || role == live.id.as_str()),
        (None, Some(gone)) => role == Some(gone.as_str()),
        (None, None) => role.is_none(),
    };
    let is_mailbox = !finding.code.has_mailbox() || finding.mailbox == meaning.mailbox;
    let by_subject = finding.code.has_account() || finding.code.has_id();
    let is_subject = !by_subject || meaning.subject.as_ref() == Some(&finding.subject);
    finding.code == accepted.code.value && is_role && is_mailbox && is_subject
}
