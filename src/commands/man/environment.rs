//! What the program reads besides its command line: variables, its own options' apart, and files.

/// Variables and what they are for. Those of options are in the options.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
        "Credentials. They come before those of a profile, unless --profile names one.",
    ),
    ("AWS_PROFILE", "The profile, where --profile names none."),
    (
        "AWS_REGION, AWS_DEFAULT_REGION",
        "The Region, where --region names none. The first comes before the second.",
    ),
    (
        "AWS_ENDPOINT_URL_WORKMAIL, AWS_ENDPOINT_URL",
        "The address of the service, where --endpoint-url gives none. The first comes before the second.",
    ),
    (
        "AWS_ENDPOINT_URL_STS",
        "Where STS is, which says as whom calls are made. Without it, STS is asked only where the service is at AWS.",
    ),
    (
        "AWS_ENDPOINT_URL_CLOUDTRAIL",
        "Where CloudTrail is. Without it, it is where the service is, if somebody set that address, else at AWS.",
    ),
    (
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "With true, addresses of the environment and of profiles are not used.",
    ),
    (
        "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE",
        "The AWS configuration and credentials, instead of ~/.aws/config and ~/.aws/credentials.",
    ),
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME",
        "An IAM role that is assumed with the token of an identity provider, as in a CI job.",
    ),
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI, \
         AWS_CONTAINER_AUTHORIZATION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "Where a container gets its credentials.",
    ),
    (
        "AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "Whether and where an EC2 instance is asked for its credentials and its Region.",
    ),
    (
        "AWS_MAX_ATTEMPTS, AWS_RETRY_MODE",
        "How often a call that fails is tried, and how. A read that is throttled is tried for up to two minutes, unless the number is 1.",
    ),
    (
        "AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, AWS_SDK_UA_APP_ID, AWS_DEFAULTS_MODE, AWS_ACCOUNT_ID, \
         AWS_ACCOUNT_ID_ENDPOINT_MODE, AWS_AUTH_SCHEME_PREFERENCE, AWS_SIGV4A_SIGNING_REGION_SET, \
         AWS_DISABLE_CLOCK_SKEW_CORRECTION, AWS_DISABLE_REQUEST_COMPRESSION, \
         AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES, AWS_REQUEST_CHECKSUM_CALCULATION, \
         AWS_RESPONSE_CHECKSUM_VALIDATION, AWS_EXECUTION_ENV, AWS_LAMBDA_FUNCTION_NAME, _X_AMZN_TRACE_ID",
        "Read by the AWS SDK for Rust as by every program that is made with it.",
    ),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "The proxy for https, for http and for both, and the hosts that need none; in lower case too. This machine \
         is called without a proxy.",
    ),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "The certificates of authorities that are trusted, instead of those of the system.",
    ),
    (
        "NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM, COLORTERM, CI",
        "Whether there are colours, where --color does not say so.",
    ),
    ("COLUMNS", "The width of the help and of drawn errors where there is no terminal."),
    ("VISUAL, EDITOR", "The editor of `wmrole edit ROLE`; vi where there is none."),
    ("MANPAGER, PAGER", "Read by man, which `wmrole man` starts on a terminal."),
    (
        "HOME, USERPROFILE, XDG_STATE_HOME, XDG_CACHE_HOME",
        "Where the files below are. On Windows APPDATA and LOCALAPPDATA are.",
    ),
    (
        "BASH_COMPLETION_USER_DIR, FPATH",
        "Where bash and zsh look for completions, for `wmrole completions SHELL --install`.",
    ),
    (
        "SHELL, XDG_DATA_DIRS",
        "The shell whose completion `wmrole doctor` looks for, and where packages put it.",
    ),
    (
        "WMROLE_COMPLETE, WMROLE_COMPLETE_LINE, WMROLE_COMPLETE_WORD",
        "Set by the completion scripts: the program answers the shell instead of running a command.",
    ),
    ("TMPDIR", "Where the files are that an editor or man opens."),
    ("USER, LOGNAME, USERNAME", "Who made a change, in a saved state."),
    ("GITHUB_ENV", "The file of a GitHub job that `wmrole assume --format github` adds to."),
    (
        "WORKMAIL_IMPERSONATION_TOKEN, WORKMAIL_IMPERSONATION_TOKEN_EXPIRES_AT, WORKMAIL_IMPERSONATED_USER, \
         WORKMAIL_EWS_URL, WORKMAIL_ORGANIZATION_ID",
        "Not read: set for the COMMAND of assume, and by --format env and its like.",
    ),
    (
        "WORKMAIL_EWS_PASSWORD",
        "Not read: set for the COMMAND of proxy, beside WORKMAIL_EWS_URL, WORKMAIL_IMPERSONATED_USER and \
         WORKMAIL_ORGANIZATION_ID.",
    ),
];

/// Files and what they are for.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "~/.local/state/wmrole/backups/",
        "What was there before each change, for `wmrole undo`. Only the user can read it, and nothing is ever deleted \
         there. $XDG_STATE_HOME replaces ~/.local/state.",
    ),
    (
        "~/.cache/wmrole/",
        "Names for the completion of shells. Only the user can read it, and it may be deleted at any time. \
         $XDG_CACHE_HOME replaces ~/.cache.",
    ),
    ("~/.aws/config, ~/.aws/credentials", "Profiles, as the AWS CLI reads them."),
    ("~/.aws/sso/cache/", "Who is signed in through IAM Identity Center, as the AWS CLI keeps it."),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex::Regex;

    use super::super::pages;
    use crate::commands::command_line;

    /// The variables that the source reads.
    fn read_by_the_source() -> BTreeSet<String> {
        let names_that_tell = Regex::new(r#""((?:AWS|WMROLE|XDG)_[A-Z0-9_]+)""#).expect("a pattern");
        let names = Regex::new(r#""([A-Z][A-Z0-9_]+)""#).expect("a pattern");
        let mut found = BTreeSet::new();
        let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    directories.extend(Some(path).filter(|path| !path.ends_with("testing")));
                    continue;
                }
                let text = fs::read_to_string(&path).expect("a text");
                let program = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let asking = program.split([';', '}']);
                let asking = asking.filter(|part| part.contains("env::var") || part.contains(".variable("));
                let asked_for = asking.flat_map(|part| names.captures_iter(part));
                let all = asked_for.chain(names_that_tell.captures_iter(program));
                found.extend(all.map(|name| name[1].to_owned()));
            }
        }
        found
    }

    /// Those that a test of the environment spoils one after another.
    fn spoilt_by_a_test() -> BTreeSet<String> {
        let test = include_str!("../../../tests/cli/environment.rs");
        let list = test.split("let variables = [").nth(1).and_then(|rest| rest.split(']').next());
        let names = list.expect("a list").split('"').skip(1).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_variable_that_is_read_stands_in_the_page() {
        let pages = pages(command_line()).expect("pages");
        let page = pages[0].roff.replace("\\-", "-").replace("\\fB", "");
        let (_, environment) = page.split_once(".SH ENVIRONMENT\n").expect("a section");
        let (environment, _) = environment.split_once(".SH FILES\n").expect("a section");
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let names: BTreeSet<&str> = environment.split(|c| !is_part(c)).collect();
        let read = read_by_the_source();
        for name in ["WMROLE_SANDBOX", "VISUAL", "USERPROFILE", "AWS_DEFAULT_REGION"] {
            assert!(read.contains(name), "{name} in {read:?}");
        }
        let all = read.into_iter().chain(spoilt_by_a_test());
        let missing: Vec<_> = all.filter(|name| !names.contains(name.as_str())).collect();
        assert_eq!(missing, [""; 0]);
    }
}
