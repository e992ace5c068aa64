//! What is left out of what is shown and kept: passwords in addresses.

/// An address without the user name and the password in it, whether it is a URL or not.
pub(crate) fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A password with a slash in it makes no valid address; nothing before the last @ is shown of one
    let Some(at) =
        rest[..authority].rfind('@').or_else(|| rest.rfind('@').filter(|at| rest[..*at].contains(':')))
    else {
        return url.to_owned();
    };
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}***@{}", &rest[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("https://host/path", "https://host/path"),
            ("https://host/a@b", "https://host/a@b"),
            ("http://me:s3cr3t@host:80/path", "http://***@host:80/path"),
            ("me:s3cr3t@host", "***@host"),
            ("http://me:s3/cr3t@host", "http://***@host"),
            ("http://me:s3@cr3t@host", "http://***@host"),
            ("", ""),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
