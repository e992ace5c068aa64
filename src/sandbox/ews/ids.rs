//! Ids of folders, messages and attachments: base64 in which organization and user stand in clear, as in the one id
//! of the service that is known.

use super::part::{Refusal, refuse};
use crate::sandbox::base64::{decode, encode};
use crate::sandbox::model::Organization;

const START: &str = "\0\0\0\0/O=";
const MIDDLE: &str = "/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=";

/// What an id names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The id of the user or resource whose mailbox it is in.
    pub(super) owner: String,
    /// The folder, the message, or the message and the attachment behind a NUL.
    pub(super) what: String,
}

/// The id of something in somebody's mailbox.
pub(super) fn id(organization: &Organization, owner: &str, what: &str) -> String {
    encode(format!("{START}{}{MIDDLE}{owner}\0{what}", organization.id).as_bytes())
}

/// What an id of this organization names, which need not exist.
pub(super) fn open(organization: &Organization, id: &str) -> Result<Named, Refusal> {
    let text = decode(id).and_then(|bytes| String::from_utf8(bytes).ok());
    let named = text.as_deref().and_then(|text| {
        let (of, rest) = text.strip_prefix(START)?.split_once(MIDDLE)?;
        let (owner, what) = rest.split_once('\0').filter(|_| of == organization.id.as_str())?;
        Some(Named { owner: owner.to_owned(), what: what.to_owned() })
    });
    named.map_or_else(|| refuse("ErrorInvalidIdMalformed", "Id is malformed."), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Seed;

    #[test]
    fn an_id_says_what_it_names_and_holds_organization_and_user_in_clear() {
        let organizations = Seed { organizations: 2, ..Seed::default() }.state().organizations;
        let id = id(&organizations[0], "u-1", "m\0a");
        let named = Named { owner: "u-1".into(), what: "m\0a".into() };
        assert_eq!(open(&organizations[0], &id), Ok(named));
        let clear = String::from_utf8(decode(&id).expect("base64")).expect("text");
        assert!(clear.contains(&format!("/O={}/", organizations[0].id)) && clear.contains("/CN=u-1\0"));
        for (organization, id) in [(1, id.as_str()), (0, "DUMMY"), (0, "AAAA"), (0, "")] {
            let refused = open(&organizations[organization], id).expect_err(id);
            assert_eq!(refused.code, "ErrorInvalidIdMalformed", "{id}");
        }
    }
}
