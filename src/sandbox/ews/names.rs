//! Names that are resolved, and ids in another form.

use super::ids;
use super::items::place_of;
use super::part::{MESSAGES, Part, Refusal, refuse, tag};
use super::{folders::listed, visitor::Visitor};
use crate::sandbox::model::{EntityState, Organization};
use crate::xml::{Element, escape};

/// At most so many (documented for Exchange).
const MOST: usize = 100;

/// Everyone in the address book whose name or address begins like an entry.
pub(super) fn resolve(organization: &Organization, _: &Visitor, request: &Element) -> Vec<Part> {
    let one = |entry: &Element| {
        let wanted = entry.text.trim().to_lowercase();
        let mut found = book(organization);
        found.retain(|(name, address, _)| {
            [name.as_str(), address].iter().any(|text| text.to_lowercase().starts_with(&wanted))
        });
        if found.is_empty() || wanted.is_empty() {
            return refuse("ErrorNameResolutionNoResults", "No results were found.");
        }
        let (all, last) = (found.len(), found.len() <= MOST);
        let draw = |(name, address, kind): &(String, &str, &str)| {
            let (name, address) = (tag("Name", name), tag("EmailAddress", address));
            let kind = tag("MailboxType", kind);
            let routing = tag("RoutingType", "SMTP");
            format!("<t:Resolution><t:Mailbox>{name}{address}{routing}{kind}</t:Mailbox></t:Resolution>")
        };
        let set: String = found.iter().take(MOST).map(draw).collect();
        let xml = format!(
            "<m:ResolutionSet TotalItemsInView=\"{all}\" IncludesLastItemInRange=\"{last}\">{set}</m:ResolutionSet>"
        );
        if all == 1 {
            return Ok(xml.into());
        }
        let text = "Multiple results were found.".into();
        Err(Refusal { code: "ErrorNameResolutionMultipleResults", text, xml })
    };
    request.children_of(MESSAGES, "UnresolvedEntry").map(one).collect()
}

/// Name, address and kind of everyone who is enabled and not hidden.
fn book(organization: &Organization) -> Vec<(String, &str, &'static str)> {
    let users = organization.users.iter().filter(|user| user.state == EntityState::Enabled && !user.hidden);
    let users = users.filter_map(|user| Some((user.display_name.clone(), user.email.as_deref()?, "Mailbox")));
    let groups = organization.groups.iter().filter(|g| g.state == EntityState::Enabled && !g.hidden);
    let groups = groups.filter_map(|group| Some((group.name.clone(), group.email.as_deref()?, "PublicDL")));
    users.chain(groups).collect()
}

/// The same ids, where they are of a message or a folder and the form is the one that they have.
pub(super) fn convert(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let one = |source: &Element| {
        let (id, format) = (source.attribute("Id"), request.attribute("DestinationFormat"));
        let named = ids::open(organization, id)?;
        if super::folders::Place::new(&named.owner, &named.what).is_err() {
            place_of(organization, visitor, source)?;
        }
        if source.attribute("Format") != "EwsId" || format != "EwsId" {
            return refuse(
                "ErrorUnsupportedTypeForConversion",
                "The sandbox has ids of the form EwsId alone.",
            );
        }
        let mailbox = escape(source.attribute("Mailbox"));
        // The prefix is that of the instance's type, which is the only element of it with one
        Ok(format!(
            "<m:AlternateId xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:type=\"t:AlternateIdType\" \
             Format=\"EwsId\" Id=\"{}\" Mailbox=\"{mailbox}\"/>",
            escape(id)
        )
        .into())
    };
    listed(request, "SourceIds").iter().map(one).collect()
}
