//! The options with which a command that is printed works on what this call worked on.

use std::path::Path;

use crate::config::Config;
use crate::organization::Organization;
use crate::output::shell;
use crate::redact::without_password;

/// The program with the options that find the same organization again, and the sandbox also where it came from the
/// environment: it must not be missed when the command is run elsewhere.
pub(super) fn command(config: &Config, organization: &Organization) -> String {
    let options = options(config, config.region.as_deref(), config.sandbox.as_deref());
    format!("wmrole{options} --organization {}", organization.id)
}

/// The profile, the Region, the address and the sandbox, each where there is one, behind a blank. The AWS CLI has the
/// first three too.
pub(crate) fn options(config: &Config, region: Option<&str>, sandbox: Option<&Path>) -> String {
    let endpoint_url = config.endpoint_url.as_deref().map(without_password);
    let given = [
        ("--profile", config.profile.as_deref().map(Path::new)),
        ("--region", region.map(Path::new)),
        ("--endpoint-url", endpoint_url.as_deref().map(Path::new)),
        ("--sandbox", sandbox),
    ];
    written(&given)
}

/// The profile alone, which finds the account.
pub(crate) fn profile(config: &Config) -> String {
    written(&[("--profile", config.profile.as_deref().map(Path::new))])
}

fn written(options: &[(&str, Option<&Path>)]) -> String {
    let option =
        |(name, value): &(&str, Option<&Path>)| Some(format!(" {name} {}", shell::quoted_path((*value)?)));
    options.iter().filter_map(option).collect()
}
