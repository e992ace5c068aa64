//! Flags that several commands share.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueHint};

use crate::role::RoleType;

/// Whom the rules are about: the same flags in `create` and `edit`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RuleFlags {
    /// Allow these users
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub allow: Vec<String>,
    /// Deny these users
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub deny: Vec<String>,
    /// Allow every mailbox, those made tomorrow included
    #[arg(long, conflicts_with = "allow_everyone_except")]
    pub allow_everyone: bool,
    /// Allow every mailbox but these users'
    #[arg(long, value_name = "USER", num_args = 1..)]
    pub allow_everyone_except: Vec<String>,
    /// Allow the members that these groups have now
    #[arg(long, value_name = "GROUP", num_args = 1..)]
    pub allow_group: Vec<String>,
    /// Deny the members that these groups have now
    #[arg(long, value_name = "GROUP", num_args = 1..)]
    pub deny_group: Vec<String>,
}

impl RuleFlags {
    /// Do none of them add users to a rule that lists users?
    pub(crate) fn joins_no_rule(&self) -> bool {
        let Self { allow, deny, allow_everyone: _, allow_everyone_except: _, allow_group, deny_group } = self;
        [allow, deny, allow_group, deny_group].iter().all(|list| list.is_empty())
    }

    /// Was none of the flags given?
    pub(crate) fn is_empty(&self) -> bool {
        let Self { allow, deny, allow_everyone, allow_everyone_except, allow_group, deny_group } = self;
        !allow_everyone
            && [allow, deny, allow_everyone_except, allow_group, deny_group]
                .iter()
                .all(|list| list.is_empty())
    }
}

/// Role types as people write them; the service's spelling and the YAML's are as good.
pub(crate) fn role_type() -> impl clap::builder::TypedValueParser<Value = RoleType> {
    let read = PossibleValue::new("read-only").aliases(["READ_ONLY", "read_only", "READ-ONLY"]);
    let full = PossibleValue::new("full-access").aliases(["FULL_ACCESS", "full_access", "FULL-ACCESS"]);
    PossibleValuesParser::new([read, full]).map(|text| match text.to_lowercase().starts_with("read") {
        true => RoleType::ReadOnly,
        false => RoleType::FullAccess,
    })
}

/// Where definitions are: as arguments, behind `-f`, or both. The command says when at least one is needed.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DefinitionFiles {
    /// Files or directories; `-` reads stdin
    #[arg(value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,
    /// More files or directories
    #[arg(short, long, num_args = 1.., value_hint = ValueHint::AnyPath)]
    file: Vec<PathBuf>,
}

impl DefinitionFiles {
    /// All of them, in the order of the command line: the arguments first.
    pub(crate) fn all(&self) -> Vec<PathBuf> {
        let Self { files, file } = self;
        files.iter().chain(file).cloned().collect()
    }
}

/// How far a change may go: the same flags in every command that can give access.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct GuardFlags {
    /// Refuse when more users than this become newly reachable
    #[arg(long, value_name = "N")]
    pub max_gained: Option<usize>,
    /// Let roles turn from READ_ONLY to FULL_ACCESS
    #[arg(long)]
    pub allow_escalation: bool,
}

/// What a plan may do.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanLimits {
    /// Delete live roles that nothing declares
    #[arg(long)]
    pub prune: bool,
    /// Refuse to delete more roles than this
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub max_deletes: usize,
    /// How much more access a plan may give.
    #[command(flatten)]
    pub guards: GuardFlags,
}
