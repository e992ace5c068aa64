//! Flags that several commands share.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, ValueHint};
use jiff::SignedDuration;

use crate::role::RoleType;

/// A user or a group on the command line. Each is a word of its own: no name of theirs holds a comma.
#[derive(Debug, Clone)]
pub(crate) struct Principal;

impl TypedValueParser for Principal {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, arg, value)?;
        let flag = arg.and_then(Arg::get_long).map(|flag| format!("--{flag} ")).unwrap_or_default();
        let several = arg.and_then(Arg::get_num_args).is_some_and(|range| range.max_values() > 1);
        let message = match (text.starts_with('@'), several) {
            // A file, whose name may have a comma
            (true, true) => return Ok(text),
            (true, false) => format!("{flag}takes one user and no file: {text:?}\n"),
            (false, _) if !text.contains(',') => return Ok(text),
            (false, true) => {
                let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
                let names = shell_words::join(names);
                format!(
                    "a comma does not separate names: {text:?}; separate them with spaces: {flag}{names}\n"
                )
            }
            (false, false) => format!("a comma does not separate names: {text:?}; {flag}takes one\n"),
        };
        Err(clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command))
    }
}

/// Parses a duration of at least a second, as `5m`, `90s` or `1h30m`.
///
/// # Errors
/// When it is none.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration = text.parse::<SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    duration.filter(|duration| duration.as_secs() > 0).ok_or("a duration is wanted, as 5m, 90s or 1h30m")
}

/// Whom the rules are about: the same flags in `create` and `edit`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RuleFlags {
    /// Allow these users; here and wherever users are given, @FILE or @- reads one a line, or a CSV with a column email,
    /// user or id
    #[arg(long, value_name = "USER", num_args = 1.., value_parser = Principal)]
    pub allow: Vec<String>,
    /// Deny these users
    #[arg(long, value_name = "USER", num_args = 1.., value_parser = Principal)]
    pub deny: Vec<String>,
    /// Allow every mailbox, those made tomorrow included
    #[arg(long, conflicts_with = "allow_everyone_except")]
    pub allow_everyone: bool,
    /// Allow every mailbox but these users'
    #[arg(long, value_name = "USER", num_args = 1.., value_parser = Principal)]
    pub allow_everyone_except: Vec<String>,
    /// Allow the members that these groups have now
    #[arg(long, value_name = "GROUP", num_args = 1.., value_parser = Principal)]
    pub allow_group: Vec<String>,
    /// Deny the members that these groups have now
    #[arg(long, value_name = "GROUP", num_args = 1.., value_parser = Principal)]
    pub deny_group: Vec<String>,
}

impl RuleFlags {
    /// Do none of them add users to a rule that lists users?
    pub(crate) fn joins_no_rule(&self) -> bool {
        let Self { allow, deny, allow_everyone: _, allow_everyone_except: _, allow_group, deny_group } = self;
        [allow, deny, allow_group, deny_group].iter().all(|list| list.is_empty())
    }

    /// Does one of them allow somebody?
    pub(crate) fn allows(&self) -> bool {
        let Self { allow, deny: _, allow_everyone, allow_everyone_except, allow_group, deny_group: _ } = self;
        *allow_everyone || [allow, allow_everyone_except, allow_group].iter().any(|list| !list.is_empty())
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

/// How much of a plan is drawn: the same flag in every command that can give access.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct NamingFlag {
    /// Name everyone who gains or loses access, however many they are
    #[arg(long)]
    pub all: bool,
}

/// How long a list is drawn: the same flag in every list of users or groups.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct FoldingFlag {
    /// Show all of them on a terminal too, however many they are
    #[arg(long)]
    pub all: bool,
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

/// Which roles a plan is about: the same flags in `diff` and `apply`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionFlags {
    /// Plan these roles alone, by name, former name or id; `*` stands for any characters, `?` for one
    #[arg(long, value_name = "ROLE", num_args = 1.., conflicts_with = "prune")]
    pub only: Vec<String>,
    /// Leave these roles as they are, declared or not, by name, former name or id, as for --only
    #[arg(long, value_name = "ROLE", num_args = 1..)]
    pub exclude: Vec<String>,
}

/// What a plan may do.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanLimits {
    /// Delete live roles that nothing declares
    #[arg(long)]
    pub prune: bool,
    /// Refuse to delete more roles than this [default: 1]
    #[arg(long, value_name = "N")]
    pub max_deletes: Option<usize>,
    /// How much more access a plan may give.
    #[command(flatten)]
    pub guards: GuardFlags,
}
