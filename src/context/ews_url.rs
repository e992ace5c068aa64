//! Where EWS is. Whoever gets a token sends it there, so the address is checked before there is a token.

use hyper::Uri;

use crate::workmail::is_on_this_machine;

/// The path of EWS on every host.
const PATH: &str = "EWS/Exchange.asmx";

/// The Region's address; none for what is no Region's name, since the rest of it would be another host.
pub(super) fn of_region(region: &str) -> Option<String> {
    let is_name = !region.is_empty() && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_name.then(|| format!("https://ews.mail.{region}.awsapps.com/{PATH}"))
}

/// The address of EWS beside an endpoint of the service; none for one that is not on this machine, since EWS is not
/// where the service's API is.
pub(super) fn beside(endpoint: &str) -> Option<String> {
    is_on_this_machine(endpoint).then(|| format!("{}/{PATH}", endpoint.trim_end_matches('/')))
}

/// Is this an address that a token may be sent to: `https://` or `http://`, of visible ASCII
/// characters without quotes, and without a user or a password in it?
///
/// # Errors
/// What is wrong with it. The address is not in the message: it may hold a password.
pub(super) fn check(url: &str) -> Result<(), &'static str> {
    if !url.chars().all(|c| c.is_ascii_graphic() && !"\"'`\\<>{}|^".contains(c)) {
        return Err("has a character that no address has");
    }
    let uri: Uri = url.parse().map_err(|_| "is not an address")?;
    let authority = uri.authority().ok_or("names no host")?;
    if authority.as_str().contains('@') {
        return Err("has a user or a password in it");
    }
    match uri.scheme_str() {
        // Whether a token may cross plain http is for who calls to say
        Some("https" | "http") => Ok(()),
        _ => Err("does not begin with https://"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_over_tls_or_stays_on_this_machine() {
        for good in [
            "https://ews.mail.us-east-1.awsapps.com/EWS/Exchange.asmx",
            "https://proxy.example:8443/ews?a=b",
            "http://127.0.0.1:8080/EWS/Exchange.asmx",
            "http://[::1]:8080/",
            "http://localhost/",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "ews.example",
            "ftp://ews.example/",
            "http://localhost@ews.example/",
            "https://user:secret@ews.example/",
            "https://ews.example/'; rm -rf ~; '",
            "https://ews.example/\"&calc",
            "https://ews.example/\n::error::x",
            "https://ews.example/\u{202e}",
            "https:///EWS",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_region_cannot_be_another_host() {
        assert_eq!(
            of_region("eu-west-1").as_deref(),
            Some("https://ews.mail.eu-west-1.awsapps.com/EWS/Exchange.asmx")
        );
        for region in ["", "evil.example/", "a@evil.example", "x#"] {
            assert_eq!(of_region(region), None);
        }
    }

    #[test]
    fn ews_is_beside_an_endpoint_on_this_machine_alone() {
        assert_eq!(
            beside("http://127.0.0.1:4566/").as_deref(),
            Some("http://127.0.0.1:4566/EWS/Exchange.asmx")
        );
        assert_eq!(beside("https://vpce-1.workmail.us-east-1.vpce.amazonaws.com"), None);
    }
}
