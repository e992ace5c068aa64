//! Which names are meant: those of an organization, as the options and the environment say it.

use std::ffi::OsString;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::aws_files::{self, Profiles};
use super::walk::Walk;

/// Where names come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) organization: Option<String>,
    profile: Option<String>,
    region: Option<String>,
    endpoint_url: Option<String>,
    pub(super) sandbox: Option<PathBuf>,
    /// The same options, as they were given.
    given: Vec<OsString>,
}

/// A variable of the environment; an empty one counts as unset.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Target {
    /// What the options say so far, else the environment.
    pub(super) fn of(walk: &Walk<'_>) -> Self {
        let mut given = Vec::new();
        let mut option = |id: &str| {
            let value = walk.last(id).filter(|value| !value.is_empty())?;
            given.push(format!("--{}={value}", id.replace('_', "-")).into());
            Some(value.to_owned())
        };
        let organization = option("organization").or_else(|| variable("WMROLE_ORGANIZATION"));
        let [profile, region, endpoint_url] = ["profile", "region", "endpoint_url"].map(&mut option);
        let sandbox = option("sandbox");
        // As the options are resolved: an address on the command line wins over a sandbox of the environment
        let of_environment = || variable("WMROLE_SANDBOX").filter(|_| endpoint_url.is_none());
        let sandbox = sandbox.or_else(of_environment).map(PathBuf::from);
        Self { organization, profile, region, endpoint_url, sandbox, given }
    }

    /// The options for the program that reads the names.
    pub(super) fn options(&self) -> &[OsString] {
        &self.given
    }

    /// The name of its file in the cache: a hash, in which no key can be read.
    pub(super) fn key(&self) -> String {
        let parts = match &self.sandbox {
            Some(path) => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                vec![path.to_string_lossy().into_owned()]
            }
            None => self.account(&aws_files::profiles()),
        };
        let mut hash = Sha256::new();
        let parts = parts.iter().chain(&self.organization);
        for part in std::iter::once(env!("CARGO_PKG_VERSION")).chain(parts.map(String::as_str)) {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What decides which account answers, and where: found as the AWS CLI finds it.
    fn account(&self, profiles: &Profiles) -> Vec<String> {
        let profile = self.profile.clone().or_else(|| variable("AWS_PROFILE"));
        let profile = profile.unwrap_or_else(|| "default".to_owned());
        let settings = profiles.get(&profile);
        let setting = |name: &str| settings.and_then(|settings| settings.get(name).cloned());
        let of_environment = || variable("AWS_ACCESS_KEY_ID").filter(|_| self.profile.is_none());
        let key_id = of_environment().or_else(|| setting("aws_access_key_id"));
        let region = self.region.clone().or_else(|| variable("AWS_REGION"));
        let region = region.or_else(|| variable("AWS_DEFAULT_REGION")).or_else(|| setting("region"));
        let endpoint = self.endpoint_url.clone().or_else(|| variable("AWS_ENDPOINT_URL_WORKMAIL"));
        let endpoint = endpoint.or_else(|| variable("AWS_ENDPOINT_URL")).or_else(|| setting("endpoint_url"));
        let file = aws_files::config_file().map(|path| path.to_string_lossy().into_owned());
        let mut parts: Vec<String> =
            [Some(profile), key_id, region, endpoint, file, variable("AWS_ROLE_ARN")]
                .into_iter()
                .map(Option::unwrap_or_default)
                .collect();
        // Whoever answers for a profile without keys: a role, a session, a program
        for (name, value) in settings.into_iter().flatten() {
            if !name.contains("secret") && !name.contains("token") {
                parts.extend([name.clone(), value.clone()]);
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(settings: &[(&str, &str)]) -> Profiles {
        let settings = settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Profiles::from([("ops".to_owned(), settings.collect())])
    }

    #[test]
    fn another_account_region_or_endpoint_has_other_names() {
        let ops = Target { profile: Some("ops".into()), ..Target::default() };
        let base = ops.account(&profiles(&[("aws_access_key_id", "A"), ("region", "r")]));
        for settings in [
            &[("aws_access_key_id", "B"), ("region", "r")][..],
            &[("aws_access_key_id", "A"), ("region", "s")],
            &[("aws_access_key_id", "A"), ("region", "r"), ("endpoint_url", "http://localhost")],
            &[("role_arn", "x"), ("region", "r")],
            &[],
        ] {
            assert_ne!(ops.account(&profiles(settings)), base, "{settings:?}");
        }
        // Keys alone say who it is, and no secret is looked at
        let secrets = [("aws_access_key_id", "A"), ("region", "r"), ("aws_secret_access_key", "S")];
        assert_eq!(ops.account(&profiles(&secrets)), base);
    }

    #[test]
    fn the_key_is_a_plain_file_name_and_has_the_organization() {
        let of = |sandbox: &str, organization: Option<&str>| Target {
            sandbox: Some(sandbox.into()),
            organization: organization.map(str::to_owned),
            ..Target::default()
        };
        let key = of("/a/b.json", None).key();
        assert!(key.len() == 32 && key.chars().all(|c| c.is_ascii_hexdigit()), "{key}");
        assert_ne!(key, of("/a/c.json", None).key());
        assert_ne!(key, of("/a/b.json", Some("acme")).key());
        assert_eq!(key, of("/a/b.json", None).key());
    }
}
