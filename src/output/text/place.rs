//! Where a command works: which organization, account, Region and profile, or which sandbox.

use crate::config::Config;
use crate::organization::Organization;

/// `acme (m-…) · account 111122223333 · us-east-1 · profile prod`, or `sandbox demo.json · acme (m-…)`. What is not
/// known is left out.
pub(crate) fn place(config: &Config, organization: &Organization) -> String {
    let Organization { id, alias, region, account, domain: _, state: _ } = organization;
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
    let endpoint = config.endpoint_url.as_deref().map(|url| format!("endpoint {}", without_user(url)));
    let parts = [Some(named), account, region, profile, endpoint];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// As [`place`] in a sentence: `acme`, or `acme (sandbox demo.json)`.
pub(crate) fn short(config: &Config, organization: &Organization) -> String {
    match &config.sandbox {
        Some(sandbox) => format!("{} (sandbox {})", organization.label(), sandbox.display()),
        None => organization.label().to_owned(),
    }
}

/// An address without the user and the password that it may hold.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_of_an_address_is_shown() {
        assert_eq!(without_user("https://x.example/a@b"), "https://x.example/a@b");
        assert_eq!(without_user("https://me:s3cr3t@x.example:8/a"), "https://x.example:8/a");
        assert_eq!(without_user("http://a@b:c@x.example"), "http://x.example");
    }
}
