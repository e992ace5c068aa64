//! The chain of profiles that credentials come from: `source_profile` names the next.

use aws_config::profile::ProfileSet;

/// Checks that the chain ends. The SDK says of one that does not only that there are no credentials.
///
/// # Errors
/// A sentence that names the profiles, when one is missing or the chain turns in a circle.
pub(super) fn check(profiles: &ProfileSet, first: &str) -> Result<(), String> {
    let mut seen = vec![first.to_owned()];
    while let Some(last) = seen.last() {
        let Some(profile) = profiles.get_profile(last) else {
            let before = &seen[seen.len().saturating_sub(2)];
            return Err(format!("the source_profile {last} of profile {before} does not exist"));
        };
        // Without a role to assume, the keys of the profile itself are used
        let Some(next) = profile.get("role_arn").and_then(|_| profile.get("source_profile")) else { break };
        // A profile may be its own source, by its own keys
        if next == last && profile.get("aws_access_key_id").is_some() {
            break;
        }
        let circle = seen.iter().any(|name| name == next);
        seen.push(next.to_owned());
        if circle {
            return Err(format!("source_profile leads in a circle: {}", seen.join(" → ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_types::os_shim_internal::{Env, Fs};

    use super::*;

    async fn checked(config: &str) -> Result<(), String> {
        let files = Fs::from_slice(&[("/home/.aws/config", config)]);
        let variables = Env::from_slice(&[("HOME", "/home")]);
        let profiles = aws_config::profile::load(&files, &variables, &Default::default(), None).await;
        check(&profiles.expect("profiles"), "default")
    }

    #[tokio::test]
    async fn a_chain_of_profiles_ends_or_is_named() {
        let role = "role_arn = arn:aws:iam::111122223333:role/r\nsource_profile";
        for (config, wanted) in [
            ("[default]\nregion = us-east-1\n".to_owned(), None),
            (format!("[default]\n{role} = b\n[profile b]\naws_access_key_id = a\n"), None),
            (format!("[default]\n{role} = default\naws_access_key_id = a\n"), None),
            ("[default]\nsource_profile = gone\n".to_owned(), None),
            (
                format!("[default]\n{role} = gone\n"),
                Some("the source_profile gone of profile default does not exist"),
            ),
            (
                format!("[default]\n{role} = default\n"),
                Some("source_profile leads in a circle: default → default"),
            ),
            (
                format!("[default]\n{role} = b\n[profile b]\n{role} = c\n[profile c]\n{role} = b\n"),
                Some("source_profile leads in a circle: default → b → c → b"),
            ),
        ] {
            assert_eq!(checked(&config).await.err().as_deref(), wanted, "{config}");
        }
    }
}
