//! Who calls: told apart by the access key id alone, since signatures are not checked.

use std::net::IpAddr;

use hyper::Request;
use hyper::header::{AUTHORIZATION, USER_AGENT};
use serde_json::{Value, json};

use crate::sandbox::model::ACCOUNT;

/// The user whose keys are no name of a user.
const NOBODY: &str = "sandbox";

/// Who calls, from where, with what.
#[derive(Debug, Clone)]
pub(in crate::sandbox) struct Caller {
    /// The access key id, which is the user's name too.
    pub(super) user: String,
    pub(super) address: IpAddr,
    pub(super) agent: Option<String>,
}

impl Caller {
    pub(in crate::sandbox) fn of<B>(request: &Request<B>, address: IpAddr) -> Self {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let key = header(AUTHORIZATION).and_then(|text| {
            let (_, rest) = text.split_once("Credential=")?;
            Some(rest.split(['/', ',']).next().unwrap_or_default())
        });
        let user = key.filter(|key| is_user_name(key)).unwrap_or(NOBODY).to_owned();
        Self { user, address, agent: header(USER_AGENT).map(str::to_owned) }
    }

    /// What GetCallerIdentity says too.
    pub(in crate::sandbox) fn arn(&self) -> String {
        format!("arn:aws:iam::{ACCOUNT}:user/{}", self.user)
    }

    pub(in crate::sandbox) fn id(&self) -> String {
        format!("AIDA{}", self.user.to_uppercase())
    }

    pub(super) fn identity(&self) -> Value {
        json!({
            "type": "IAMUser",
            "principalId": self.id(),
            "arn": self.arn(),
            "accountId": ACCOUNT,
            "accessKeyId": self.user,
            "userName": self.user,
        })
    }
}

/// The form of a user's name in IAM (documented).
fn is_user_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn callers_are_told_apart_by_their_keys() {
        let arn = |authorization: &str| {
            let request =
                Request::builder().header("authorization", authorization).body(()).expect("a request");
            Caller::of(&request, Ipv4Addr::LOCALHOST.into()).arn()
        };
        let of_key = arn(
            "AWS4-HMAC-SHA256 Credential=alice/20261129/us-east-1/workmail/aws4_request, SignedHeaders=host",
        );
        assert_eq!(of_key, "arn:aws:iam::111122223333:user/alice");
        for other in ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=<b>/1", "AWS4-HMAC-SHA256 Credential=/1"] {
            assert_eq!(arn(other), "arn:aws:iam::111122223333:user/sandbox", "{other}");
        }
    }
}
