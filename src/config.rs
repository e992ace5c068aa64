//! The options of every command, and what they mean: resolved once, at the door.

use std::path::PathBuf;

use clap::builder::TypedValueParser as _;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum, ValueHint};

use crate::error::CommandError;
use crate::system::System;

/// Options of every command, given before or after it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Work on this organization, whatever the YAML names [default: the one the YAML names, else that of the
    /// environment, else the only one there is]
    #[arg(long, global = true, value_name = "ID|ALIAS", env = "WMROLE_ORGANIZATION", visible_aliases = ["org", "organization-id"])]
    pub organization: Option<String>,
    /// Use this profile of the AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use this AWS Region; WorkMail is in us-east-1, us-west-2 and eu-west-1
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// Call the service at this address
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub endpoint_url: Option<String>,
    /// Let a token cross plain http to another machine
    #[arg(long, global = true)]
    pub insecure_endpoint: bool,
    /// Use this EWS endpoint
    #[arg(long, global = true, value_name = "URL", env = "WMROLE_EWS_URL", value_hint = ValueHint::Url)]
    pub ews_url: Option<String>,
    /// Work on the sandbox whose state is in this file, made with a demo organization if missing
    #[arg(long, global = true, value_name = "FILE", env = "WMROLE_SANDBOX", value_hint = ValueHint::FilePath, value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from))]
    pub sandbox: Option<PathBuf>,
    /// Write results in this format
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub output: Format,
    /// Use colours; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say less on stderr
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more on stderr; twice shows each API call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Do not ask for confirmation
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Never prompt: fail instead, naming the flag that would have answered
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Hold every change to the protected_users of this definition file
    #[arg(long, global = true, value_name = "FILE", env = "WMROLE_POLICY", value_hint = ValueHint::FilePath, value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from))]
    pub policy: Option<PathBuf>,
    /// Show what a command would change, and stop
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Keep at most this many API calls in flight
    #[arg(long, global = true, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
}

/// The options of a call, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The organization to work on, by id or alias.
    pub(crate) organization: Option<String>,
    /// The organization comes from the environment: the one that a file names wins over it.
    pub(crate) organization_is_default: bool,
    /// The profile of the AWS configuration.
    pub(crate) profile: Option<String>,
    /// The AWS Region.
    pub(crate) region: Option<String>,
    /// The address of the service.
    pub(crate) endpoint_url: Option<String>,
    /// A token may cross plain http to another machine.
    pub(crate) insecure_endpoint: bool,
    /// The address of EWS.
    pub(crate) ews_url: Option<String>,
    /// The state file of a sandbox to work on.
    pub(crate) sandbox: Option<PathBuf>,
    /// The sandbox comes from the environment.
    pub(crate) sandbox_is_default: bool,
    /// What results look like.
    pub(crate) output: Format,
    /// When to use colours.
    pub(crate) color: Color,
    /// Say less on stderr.
    pub(crate) quiet: bool,
    /// How much more to say on stderr: 0, 1 or 2.
    pub(crate) verbose: u8,
    /// Answer every confirmation with yes.
    pub(crate) yes: bool,
    /// Never prompt.
    pub(crate) no_input: bool,
    /// A definition file whose protected users hold for every change.
    pub(crate) policy: Option<PathBuf>,
    /// Plan changes and show them, and make none.
    pub(crate) dry_run: bool,
    /// Who of many is named that gain or lose access.
    pub(crate) naming: Naming,
    /// At most this many API calls in flight.
    pub(crate) concurrency: usize,
    /// The command line, quoted for a shell, without passwords.
    pub(crate) command_line: String,
    /// The user of the machine, by name or number.
    pub(crate) user: String,
    /// Where the time and new ids come from.
    pub(crate) system: System,
}

/// Which organization definitions are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OrganizationChoice<'a> {
    /// The one of the command line, which wins over those that the files name.
    pub(crate) given: Option<&'a str>,
    /// The one of files that name none.
    pub(crate) default: Option<&'a str>,
}

impl Config {
    /// Which organization definitions are for.
    pub(crate) fn organization_choice(&self) -> OrganizationChoice<'_> {
        let organization = self.organization.as_deref();
        match self.organization_is_default {
            true => OrganizationChoice { given: None, default: organization },
            false => OrganizationChoice { given: organization, default: None },
        }
    }
}

impl Global {
    /// Resolves the options: empty values count as unset, and an address on the command line wins over a
    /// sandbox in the environment. `matches` are what they were parsed from.
    ///
    /// # Errors
    /// When the command line names an address or a profile, and a sandbox.
    pub(crate) fn resolve(self, matches: &ArgMatches, system: System) -> Result<Config, CommandError> {
        let Self {
            organization,
            profile,
            region,
            endpoint_url,
            insecure_endpoint,
            ews_url,
            sandbox,
            output,
            color,
            quiet,
            verbose,
            yes,
            no_input,
            policy,
            dry_run,
            concurrency,
        } = self;
        let mut sandbox = sandbox.filter(|path| !path.as_os_str().is_empty());
        if let (Some(path), Some(_)) = (&sandbox, &endpoint_url) {
            if std::env::var_os("WMROLE_SANDBOX").as_deref() != Some(path.as_os_str()) {
                return Err(CommandError::usage("--endpoint-url and --sandbox cannot be used together"));
            }
            sandbox = None;
        }
        if sandbox.is_some() && profile.is_some() {
            let message = "--profile cannot be used with a sandbox (--sandbox or WMROLE_SANDBOX)";
            return Err(CommandError::usage(message));
        }
        Ok(Config {
            organization: organization.filter(|text| !text.is_empty()),
            organization_is_default: matches.value_source("organization") == Some(ValueSource::EnvVariable),
            profile,
            region,
            endpoint_url,
            insecure_endpoint,
            ews_url: ews_url.filter(|text| !text.is_empty()),
            sandbox,
            sandbox_is_default: matches.value_source("sandbox") == Some(ValueSource::EnvVariable),
            output,
            color,
            quiet,
            verbose,
            yes,
            no_input,
            policy: policy.filter(|path| !path.as_os_str().is_empty()),
            dry_run,
            naming: Naming::Few,
            concurrency: usize::from(concurrency),
            command_line: String::new(),
            user: user(),
            system,
        })
    }
}

/// The user that the program runs as: the name that the environment gives, else the number.
fn user() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"].iter().find_map(std::env::var_os);
    let name = name.map(|name| name.to_string_lossy().into_owned()).filter(|name| !name.is_empty());
    #[cfg(unix)]
    let number = || format!("uid {}", rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let number = || "unknown".to_owned();
    name.unwrap_or_else(number)
}

/// What goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For scripts
    Json,
    /// YAML
    Yaml,
    /// For a pull request's comment
    Markdown,
    /// For a GitHub job: annotations at the lines of the YAML
    Github,
    /// For test reports
    Junit,
    /// For spreadsheets
    Csv,
    /// For code scanning, SARIF 2.1.0
    Sarif,
    /// A drawing for Markdown
    Mermaid,
}

/// Who of many is named that gain or lose access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// The first of them.
    Few,
    /// The first of them, and the flag that names the rest.
    FewAndFlag,
    /// Everyone.
    All,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
