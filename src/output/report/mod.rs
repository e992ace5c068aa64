//! What an auditor asks for in one value, and the page that shows it: one file, which asks for nothing when it is opened.

mod chains;
mod page;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::audit::report::Report;
use crate::directory::{User, UserId};
use crate::output::text::access_table::Reach;
use crate::role::LiveRole;
use crate::usage::Usage;

pub(crate) use page::html;

/// All that was read of an organization, and what was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    /// With the findings that are accepted.
    pub(crate) report: Report<'a>,
    /// Which users of the directory are resources: as everywhere else, those do not count as reached.
    pub(crate) resources: &'a BTreeSet<UserId>,
    /// Every live role.
    pub(crate) roles: &'a [LiveRole],
    /// What CloudTrail has, or why it was not checked.
    pub(crate) usage: &'a Result<Usage, String>,
    pub(crate) read_at: Timestamp,
    /// The ARN of who read it, or why nobody knows it.
    pub(crate) principal: &'a Result<String, String>,
    /// As it was typed, without a password.
    pub(crate) command: &'a str,
}

impl<'a> Evidence<'a> {
    /// The mailboxes of users.
    pub(crate) fn mailboxes(&self) -> Vec<&'a User> {
        self.report.directory.mailboxes().filter(|user| !self.resources.contains(&user.id)).collect()
    }

    /// Whom each role reaches. Whoever is reached by a role whose rules are not known is not known.
    pub(crate) fn reaches(&self) -> Vec<Reach<'a>> {
        let mailboxes: Vec<&UserId> = self.mailboxes().iter().map(|user| &user.id).collect();
        let known = self.roles.iter().filter(|live| !live.rules_unknown);
        known.map(|live| Reach::of(live, &mailboxes)).collect()
    }
}
