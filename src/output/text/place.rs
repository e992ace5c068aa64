//! Where a command works: which organization, account, Region and profile, or which sandbox.

use std::path::PathBuf;

use crate::config::Config;
use crate::organization::Organization;
use crate::redact::without_password;

/// `acme (m-…) · account 111122223333 · us-east-1 · profile prod`, or `sandbox demo.json · acme (m-…)`. What is not
/// known is left out.
pub(crate) fn place(config: &Config, organization: &Organization) -> String {
    let Organization { id, alias, region, account, domain: _, state: _, migration_admin: _ } = organization;
    let named = match alias {
        Some(alias) => format!("{alias} ({id})"),
        None => id.to_string(),
    };
    if let Some(sandbox) = &config.sandbox {
        return format!("sandbox {} · {named}", sandbox.display());
    }
    let account = account.as_ref().map(|account| format!("account {account}"));
    let region = (!region.is_empty()).then(|| region.clone());
    let profile = config.profile.as_ref().map(|profile| format!("profile {profile}"));
    let endpoint = config.endpoint_url.as_deref().map(|url| format!("endpoint {}", without_password(url)));
    let parts = [Some(named), account, region, profile, endpoint];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The sandbox's state file as an absolute path, and the address of the service where it is not the Region's: what tells
/// two organizations of one id apart.
pub(crate) fn address(config: &Config) -> (Option<PathBuf>, Option<String>) {
    let sandbox = config.sandbox.as_ref();
    let sandbox = sandbox.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    (sandbox, config.endpoint_url.as_deref().map(without_password))
}

/// As [`place`] in a sentence: `acme`, or `acme (sandbox demo.json)`.
pub(crate) fn short(config: &Config, organization: &Organization) -> String {
    match &config.sandbox {
        Some(sandbox) => format!("{} (sandbox {})", organization.label(), sandbox.display()),
        None => organization.label().to_owned(),
    }
}
