//! A finding, and what could not be checked.

use crate::definition::span::Span;
use crate::directory::{GroupId, Member, UserId};
use crate::finding_code::{FindingCode, Level};
use crate::plan::RoleRef;
use crate::role::RoleId;

/// From one mailbox to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Whose account opens it.
    pub(crate) by: UserId,
    /// From the group that the account is in to the one that has the permission; empty where the account has it.
    pub(crate) groups: Vec<GroupId>,
    /// What FULL_ACCESS opens.
    pub(crate) mailbox: UserId,
}

/// The options with which commands work where the call did, each with a blank before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) wmrole: String,
    /// Of `diff` and `apply`: the files name their organizations.
    pub(crate) of_files: String,
    /// Of `aws workmail`.
    pub(crate) aws: String,
    /// Of other services.
    pub(crate) profile: String,
}

/// Something that a reviewer should worry about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) code: FindingCode,
    pub(crate) level: Level,
    /// The live role that it is about.
    pub(crate) role: Option<RoleRef>,
    /// The role that it is about and that is gone.
    pub(crate) gone: Option<RoleId>,
    /// The mailbox, of a user or a resource, that it is about.
    pub(crate) mailbox: Option<UserId>,
    /// The account that it is about.
    pub(crate) account: Option<Member>,
    /// The mailboxes that the account may open.
    pub(crate) mailboxes: Vec<UserId>,
    /// It is over: shown, and nothing to close.
    pub(crate) over: bool,
    /// What tells it from others of the same code, role and mailbox, as the id of a rule, an account or a token.
    pub(crate) subject: String,
    /// In one line.
    pub(crate) summary: String,
    /// What shows it, a line each.
    pub(crate) evidence: Vec<String>,
    /// What to do: commands, which stand in backticks and never give access, and changes of the YAML.
    pub(crate) remedy: Vec<String>,
    /// Where the role is declared.
    pub(crate) place: Option<Span>,
    /// From somebody whom the role reaches to the mailbox; empty where there is no way round.
    pub(crate) chain: Vec<Step>,
}

impl Finding {
    /// A finding about the organization.
    pub(crate) fn new(code: FindingCode, summary: String) -> Self {
        Self {
            code,
            level: code.level(),
            role: None,
            gone: None,
            mailbox: None,
            account: None,
            mailboxes: Vec::new(),
            over: false,
            subject: String::new(),
            summary,
            evidence: Vec::new(),
            remedy: Vec::new(),
            place: None,
            chain: Vec::new(),
        }
    }

    /// A finding about a role.
    pub(super) fn of(code: FindingCode, role: RoleRef, summary: String) -> Self {
        Self { role: Some(role), ..Self::new(code, summary) }
    }

    /// Lets the commands of the remedy say where they work.
    pub(crate) fn say_where(&mut self, place: &Place) {
        let Place { wmrole, of_files, aws, profile } = place;
        for text in &mut self.remedy {
            let wmrole = if text.starts_with("`wmrole diff ") { of_files } else { wmrole };
            for (command, options) in [("aws", aws), ("wmrole", wmrole)] {
                let end = if command == "aws" { " workmail " } else { " " };
                for before in ["`", "; do "] {
                    let new = format!("{before}{command}{options}{end}");
                    *text = text.replace(&format!("{before}{command}{end}"), &new);
                }
            }
            *text = text.replace("`aws s3 ", &format!("`aws{profile} s3 "));
        }
    }

    /// The remedy in one line.
    pub(crate) fn remedy(&self) -> String {
        self.remedy.join("; or ")
    }
}

/// What a code could not be checked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NotChecked {
    pub(crate) code: FindingCode,
    pub(crate) reason: String,
    /// The mailbox that this is about, where it is about one.
    pub(crate) mailbox: Option<UserId>,
}

impl NotChecked {
    pub(crate) fn because(code: FindingCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), mailbox: None }
    }
}
