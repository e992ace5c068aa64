//! The arguments of `audit`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::args::{FoldingFlag, Principal};
use crate::config::Format;
use crate::finding_code::Level;

/// `audit`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  # What is live, held to the definitions; ends with 3 when something is high
  wmrole audit -f roles/ --fail-on high
  # Who can open this mailbox, through whom
  wmrole audit --who ceo@example.com
  # Every door to mailboxes, in every organization and Region; --fail-on low is the proof
  wmrole audit --leaving --all-organizations")]
pub(crate) struct AuditArgs {
    /// Hold what is live to these definitions, and leave out what they accept
    #[arg(short, long, num_args = 1.., value_hint = ValueHint::AnyPath)]
    pub(super) file: Vec<PathBuf>,
    /// Look for every door to mailboxes that a team must close that leaves WorkMail, roles or not
    #[arg(long)]
    pub(super) leaving: bool,
    /// Find roles that nobody assumed in 90 days, and say who used and changed the others last, by CloudTrail
    #[arg(long)]
    pub(super) cloudtrail: bool,
    /// Audit all organizations of the account in the Region; with --leaving in all Regions, unless --region names one
    #[arg(long)]
    pub(super) all_organizations: bool,
    /// End with 3 when there is a finding of this level or a higher one, and with 1 when something could not be checked
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(super) fail_on: Option<Level>,
    /// Show the findings that the definitions accept too
    #[arg(long)]
    pub(super) show_accepted: bool,
    /// Show who can open the mailbox of this user or resource instead
    #[arg(long, value_name = "USER", value_parser = Principal, conflicts_with_all = ["file", "leaving", "cloudtrail", "all_organizations", "fail_on", "show_accepted"])]
    pub(super) who: Option<String>,
    /// How many findings are shown.
    #[command(flatten)]
    pub(super) folding: FoldingFlag,
}

/// Does the result have this format? Who can open a mailbox is no finding, and a drawing is of one organization.
pub(crate) fn has_format(format: Format, who: bool, all_organizations: bool) -> bool {
    match format {
        Format::Table | Format::Json | Format::Yaml => true,
        Format::Mermaid => !all_organizations,
        Format::Markdown | Format::Sarif => !who,
        Format::Github | Format::Junit | Format::Csv => false,
    }
}

impl AuditArgs {
    /// As [`has_format`] of this call.
    pub(crate) fn has_format(&self, format: Format) -> bool {
        has_format(format, self.who.is_some(), self.all_organizations)
    }
}
