//! What the user can do about an error of the service, with this program's own flags and commands.
//!
//! `workmail/` knows neither.

use crate::workmail::operation::Operation;
use crate::workmail::{Error, ErrorKind, region_list};

/// What to do next, where something can be said. Begins with a small letter.
pub(crate) fn hint(error: &Error) -> Option<String> {
    let remedy = match error.kind() {
        ErrorKind::AccessDenied { .. } if error.message().contains("explicit deny") => {
            Some(of_explicit_deny(error.message()))
        }
        ErrorKind::Throttled if error.operation() == Some(Operation::LookupEvents) => Some(
            "wait a minute: CloudTrail gives an account two pages of events a second in each Region".into(),
        ),
        kind => remedy(kind, error.profile(), error.has_custom_endpoint()),
    };
    if !error.outcome_unknown() {
        return remedy;
    }
    let look = "the change may have been made all the same: look before trying again";
    Some(remedy.map_or_else(|| look.to_owned(), |remedy| format!("{look}; {remedy}")))
}

/// As [`hint`], without the profile: the same words for everyone who has this error.
pub(crate) fn for_everyone(error: &Error) -> Option<String> {
    match error.kind() {
        ErrorKind::AccessDenied { .. } if error.message().contains("explicit deny") => {
            Some(of_explicit_deny(error.message()))
        }
        kind => remedy(kind, None, error.has_custom_endpoint()),
    }
}

/// A permission does not lift an explicit deny. The words say which policy has it.
fn of_explicit_deny(words: &str) -> String {
    let policies = [
        ("service control policy", "a service control policy of AWS Organizations"),
        ("resource control policy", "a resource control policy of AWS Organizations"),
        ("permissions boundary", "a permissions boundary"),
        ("session policy", "a session policy"),
        ("identity-based policy", "an IAM policy"),
    ];
    let policy = policies.iter().find(|(name, _)| words.contains(name)).map_or("a policy", |(_, text)| text);
    format!(
        "{policy} denies it explicitly, and adding a permission does not help: ask whoever keeps that policy"
    )
}

fn remedy(kind: &ErrorKind, profile: Option<&str>, custom_endpoint: bool) -> Option<String> {
    let profile = profile.map(|name| format!(" --profile {name}")).unwrap_or_default();
    Some(match kind {
        ErrorKind::NoCredentials => format!(
            "sign in with `aws sso login{profile}`, set keys with `aws configure{profile}`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; --sandbox FILE needs no account"
        ),
        ErrorKind::NotSignedIn => format!("run `aws sso login{profile}`"),
        ErrorKind::NotTheService if custom_endpoint => {
            "check --endpoint-url, AWS_ENDPOINT_URL and the proxy (HTTP_PROXY, HTTPS_PROXY)".into()
        }
        ErrorKind::NotTheService => {
            "check the proxy (HTTPS_PROXY), and sign in to the network where it asks for that".into()
        }
        ErrorKind::ExpiredCredentials => format!(
            "run `aws sso login{profile}` if the profile signs in through IAM Identity Center; else get new credentials"
        ),
        ErrorKind::InvalidCredentials => {
            "check the access key, the session token and this machine's clock".into()
        }
        ErrorKind::AccessDenied { action } => {
            format!("allow {action} in an IAM policy of the user or role that calls")
        }
        ErrorKind::OrganizationNotFound | ErrorKind::NoOrganization => format!(
            "`wmrole organizations` lists those of a Region; WorkMail is in {} only, see --region",
            region_list()
        ),
        ErrorKind::OrganizationState => "`wmrole organizations` shows the state, which must be Active".into(),
        ErrorKind::RoleNotFound => "`wmrole list` lists the roles".into(),
        ErrorKind::EntityNotFound => {
            "use an email address, a user name or an id, as the WorkMail console shows it".into()
        }
        ErrorKind::EntityState => "enable it in the WorkMail console, or leave it out".into(),
        ErrorKind::LimitExceeded => {
            "delete a role that is no longer needed, or ask AWS Support for a higher limit".into()
        }
        ErrorKind::Throttled => "wait a minute, or make fewer calls at once with --concurrency 2".into(),
        ErrorKind::Network if custom_endpoint => {
            "check --endpoint-url, AWS_ENDPOINT_URL and the profile's endpoint_url: does anything listen there?"
                .into()
        }
        ErrorKind::Network => format!(
            "check the network, the proxy (HTTPS_PROXY) and the Region: WorkMail is in {} only",
            region_list()
        ),
        ErrorKind::Timeout => "check the network and try again".into(),
        ErrorKind::Service => "try again later; AWS Support asks for the request id, which -vv shows".into(),
        ErrorKind::NoRegion => format!(
            "set --region or AWS_REGION, or run `aws configure{profile}`; WorkMail is in {} only; --sandbox FILE needs no account",
            region_list()
        ),
        ErrorKind::WrongRegion => format!("use one of {} with --region", region_list()),
        ErrorKind::NoProfile => "name an existing profile with --profile or AWS_PROFILE, or make one with `aws configure --profile NAME`".into(),
        ErrorKind::AmbiguousOrganization => "name one with --organization".into(),
        ErrorKind::RulesUnknown => {
            "look at the role in the WorkMail console, and change it there or delete it".into()
        }
        ErrorKind::InvalidParameter
        | ErrorKind::Configuration
        | ErrorKind::UnexpectedResponse
        | ErrorKind::Other(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RoleId;
    use crate::testing::mock_service::{MockResponse, replying};

    fn contains(kind: ErrorKind, words: &[&str]) {
        let hint = remedy(&kind, None, false).unwrap_or_default();
        for word in words {
            assert!(hint.contains(word), "{kind:?}: {hint}");
        }
        let first = hint.chars().next().unwrap_or_default();
        assert!(first.is_lowercase() || first == '`', "{hint}");
        assert!(!hint.ends_with('.'), "{hint}");
    }

    #[test]
    fn some_errors_have_no_hint() {
        for kind in [
            ErrorKind::InvalidParameter,
            ErrorKind::Configuration,
            ErrorKind::UnexpectedResponse,
            ErrorKind::Other("OddException".into()),
        ] {
            assert_eq!(remedy(&kind, None, false), None, "{kind:?}");
        }
    }

    #[test]
    fn a_hint_names_what_helps() {
        let regions = "us-east-1, us-west-2 and eu-west-1";
        contains(ErrorKind::AccessDenied { action: "workmail:ListUsers" }, &["allow workmail:ListUsers"]);
        contains(ErrorKind::NoCredentials, &["aws sso login", "--sandbox FILE"]);
        contains(ErrorKind::ExpiredCredentials, &["aws sso login"]);
        contains(ErrorKind::InvalidCredentials, &["clock"]);
        contains(ErrorKind::OrganizationNotFound, &["wmrole organizations", regions]);
        contains(ErrorKind::NoOrganization, &["wmrole organizations", regions]);
        contains(ErrorKind::OrganizationState, &["Active"]);
        contains(ErrorKind::RoleNotFound, &["wmrole list"]);
        contains(ErrorKind::EntityNotFound, &["email address"]);
        contains(ErrorKind::EntityState, &["enable"]);
        contains(ErrorKind::LimitExceeded, &["AWS Support"]);
        contains(ErrorKind::Throttled, &["--concurrency"]);
        contains(ErrorKind::Network, &["HTTPS_PROXY", regions]);
        contains(ErrorKind::NoRegion, &["--region", "AWS_REGION", "`aws configure`", regions, "--sandbox"]);
        contains(ErrorKind::WrongRegion, &["--region", regions]);
        contains(ErrorKind::AmbiguousOrganization, &["name one with --organization"]);
    }

    #[tokio::test]
    async fn an_explicit_deny_is_not_lifted_by_a_permission() {
        let words = "User: x is not authorized to perform: workmail:ListUsers with an explicit deny in a service control policy";
        let reader = replying(MockResponse::error("AccessDeniedException", words)).await.reader().await;
        let hint = hint(&reader.users().await.expect_err("denied")).unwrap_or_default();
        assert!(hint.starts_with("a service control policy of AWS Organizations denies it"), "{hint}");
        let words = "User: x is not authorized, no identity-based policy allows it";
        let reader = replying(MockResponse::error("AccessDeniedException", words)).await.reader().await;
        let hint = super::hint(&reader.users().await.expect_err("denied")).unwrap_or_default();
        assert!(hint.starts_with("allow workmail:ListUsers"), "{hint}");
    }

    #[test]
    fn the_profile_that_is_used_is_named() {
        let hint = remedy(&ErrorKind::ExpiredCredentials, Some("admin"), false).unwrap_or_default();
        assert!(hint.contains("`aws sso login --profile admin`"), "{hint}");
    }

    #[test]
    fn an_endpoint_that_the_user_set_is_what_to_check() {
        let hint = remedy(&ErrorKind::Network, None, true).unwrap_or_default();
        assert!(hint.contains("--endpoint-url"), "{hint}");
    }

    #[tokio::test]
    async fn a_change_with_an_unknown_outcome_says_to_look_first() {
        let writer = replying(MockResponse::Drop).await.writer().await;
        let role = RoleId::from_service("role-1");
        let lost = hint(&writer.delete(&role).await.expect_err("no response")).unwrap_or_default();
        assert!(
            lost.starts_with("the change may have been made") && lost.contains("--endpoint-url"),
            "{lost}"
        );
        let read = hint(&writer.role(&role).await.expect_err("no response")).unwrap_or_default();
        assert!(!read.contains("may have been made"), "{read}");
    }
}
