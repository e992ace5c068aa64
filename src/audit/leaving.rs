//! What `audit --leaving` says besides its findings: in which order to close them, when and as whom it was read, and
//! what no call of the service shows.

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use crate::finding_code::FindingCode;
use crate::organization::Organization;

/// Tokens of roles live for 15 minutes (documented), and a change takes up to five to reach every mailbox.
const READ_AGAIN: SignedDuration = SignedDuration::from_mins(20);

/// Said with every result.
pub(crate) const TOKENS_LIVE_ON: &str =
    "A token of a role lives for 15 minutes, also when the role is deleted: read again after 20 minutes.";

/// Nothing is left.
pub(crate) const ALL_SHUT: &str = "Nothing was found that leaves a mailbox open.";

/// When it is closed: first what opens every mailbox, then the roles, whose other findings go with them, then what
/// single accounts may do. Access control rules come last, since they hold roles back for as long as there are some.
pub(super) fn step(finding: &Finding) -> u8 {
    match finding.code {
        FindingCode::MigrationAdmin => 0,
        FindingCode::RoleLeft => 1,
        FindingCode::FullAccessGrantee => 3,
        FindingCode::PersonalAccessToken => 4,
        FindingCode::ExportJob => 5,
        FindingCode::DanglingAccessRule | FindingCode::NoAccessRule => 6,
        _ => 2,
    }
}

/// A Region, and whether its organizations could be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegionRead {
    pub(crate) region: String,
    /// Organizations that are not active: there is nothing to read.
    pub(crate) skipped: Vec<String>,
    /// Why its organizations are not known.
    pub(crate) error: Option<String>,
}

/// A door that no call of the service shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unseen {
    pub(crate) what: String,
    /// Commands that help to look.
    pub(crate) commands: Vec<String>,
}

/// When, as whom and of what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaving {
    pub(crate) read_at: Timestamp,
    /// The ARN, or why nobody knows it.
    pub(crate) principal: Result<String, String>,
    pub(crate) unseen: Vec<Unseen>,
}

impl Leaving {
    /// `others` is whether there may be other organizations and Regions that this result says nothing of; `profile`, the
    /// option with which commands find the same account, with a blank before it.
    pub(crate) fn new(
        organization: &Organization,
        read_at: Timestamp,
        principal: Result<String, String>,
        others: bool,
        profile: &str,
    ) -> Self {
        let mut unseen = unseen(organization, others);
        for command in unseen.iter_mut().flat_map(|one| &mut one.commands) {
            let (program, rest) = command.split_once(' ').unwrap_or((command, ""));
            *command = format!("{program}{profile} {rest}");
            *command = command.replace("| aws ", &format!("| aws{profile} "));
        }
        Self { read_at, principal, unseen }
    }

    /// From then on the tokens of roles that were there are over.
    pub(crate) fn read_again_after(&self) -> Timestamp {
        self.read_at.checked_add(READ_AGAIN).unwrap_or(self.read_at)
    }

    /// `Read at 2026-11-24T12:00:00Z as arn:… by wmrole 0.1.0.`
    pub(crate) fn read(&self) -> String {
        let whom = match &self.principal {
            Ok(arn) => arn.clone(),
            Err(why) => format!("an unknown principal ({why})"),
        };
        // Whole seconds are enough
        let at = Timestamp::from_second(self.read_at.as_second()).unwrap_or(self.read_at);
        format!("Read at {at} as {whom} by wmrole {}.", env!("CARGO_PKG_VERSION"))
    }
}

fn unseen(organization: &Organization, others: bool) -> Vec<Unseen> {
    let Organization { id, region, .. } = organization;
    let one = |what: &str, commands: &[String]| Unseen { what: what.to_owned(), commands: commands.to_vec() };
    let rules = format!("aws workmail list-access-control-rules --organization-id {id} --region {region}");
    let mut all = vec![
        one(
            "who may assume and make roles, or change permissions, by IAM: look for workmail: and for *",
            &["aws iam get-account-authorization-details --output json".to_owned()],
        ),
        one(
            "access keys of IAM users, as migration tools have them",
            &[
                "aws iam generate-credential-report".to_owned(),
                "aws iam get-credential-report --query Content --output text | base64 --decode".to_owned(),
            ],
        ),
        one(
            "passwords that others know, over IMAP, SMTP, ActiveSync or in the web: set new ones, or shut the protocols by \
             access control rules",
            &[rules],
        ),
        one("single folders that users share in their mail program: ask the owners", &[]),
        one(
            "inbox rules and delegates that a role or an account left in mailboxes, which forward mail: ask the owners",
            &[],
        ),
        one(
            "copies that were made: exports of more than seven days ago, and what a migration tool keeps",
            &["aws s3 ls".to_owned()],
        ),
    ];
    if others {
        all.push(one(
            "other organizations of this account, in every Region of WorkMail",
            &["wmrole audit --leaving --all-organizations".to_owned()],
        ));
    }
    all.push(one("organizations of other AWS accounts", &[]));
    all
}
