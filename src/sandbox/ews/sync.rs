//! What changed in a mailbox since a client looked last. What it knows is in the state that it sends along.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::folders::{Place, find, listed};
use super::ids::id;
use super::items::draw;
use super::part::{MESSAGES, Part, Refusal, Shape, id_tag, refuse};
use super::visitor::Visitor;
use crate::sandbox::base64::{decode, encode};
use crate::sandbox::model::Organization;
use crate::sorted;
use crate::xml::Element;

/// At most so many changes of items are given at once (documented for Exchange).
const MOST: usize = 512;

/// What a client knows: how often each thing was changed, by its id.
#[derive(Debug, Default)]
struct Known(BTreeMap<String, u32>);

impl Known {
    /// As the request says it; nothing at first.
    fn of(request: &Element, place: &Place) -> Result<Self, Refusal> {
        let text = request.child(MESSAGES, "SyncState").map_or("", |state| state.text.trim());
        if text.is_empty() {
            return Ok(Self::default());
        }
        let text = decode(text).and_then(|bytes| String::from_utf8(bytes).ok());
        let known = text.as_deref().and_then(|text| {
            let lines = text.strip_prefix(&Self::head(place))?.lines();
            let one = |line: &str| {
                let (id, change) = line.split_once(' ')?;
                Some((id.to_owned(), change.parse().ok()?))
            };
            lines.map(one).collect::<Option<Vec<_>>>().map(sorted::map)
        });
        known.map_or_else(
            || refuse("ErrorInvalidSyncStateData", "The SyncState is of something else."),
            |known| Ok(Self(known)),
        )
    }

    fn head(place: &Place) -> String {
        format!("{} {}\n", place.owner, place.folder.id)
    }

    fn draw(&self, place: &Place) -> String {
        let mut text = Self::head(place);
        for (id, change) in &self.0 {
            // Writing to a string cannot fail
            let _ = writeln!(text, "{id} {change}");
        }
        encode(text.as_bytes())
    }
}

fn the_folder(organization: &Organization, visitor: &Visitor, request: &Element) -> Result<Place, Refusal> {
    match listed(request, "SyncFolderId") {
        [named] => find(organization, visitor, named),
        [] => Place::new(&visitor.id, "msgfolderroot"),
        _ => refuse("ErrorInvalidIdMalformed", "SyncFolderId names one folder."),
    }
}

/// The folders below one. There are always the same, so that nothing ever follows.
pub(super) fn folders(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let shape = Shape::of(request, "FolderShape");
    let answer = || {
        let place = the_folder(organization, visitor, request)?;
        let mut known = Known::of(request, &place)?;
        let mut changes = String::new();
        for below in place.descendants() {
            if known.0.insert(below.folder.id.to_owned(), 0).is_none() {
                let _ = write!(changes, "<t:Create>{}</t:Create>", below.draw(organization, &shape));
            }
        }
        Ok(result(&known, &place, "IncludesLastFolderInRange", true, &changes).into())
    };
    vec![answer()]
}

/// The messages of a folder that are new, changed or gone.
pub(super) fn items(organization: &Organization, visitor: &Visitor, request: &Element) -> Vec<Part> {
    let shape = Shape::of(request, "ItemShape");
    let answer = || {
        let place = the_folder(organization, visitor, request)?;
        let mut known = Known::of(request, &place)?;
        let most =
            request.child(MESSAGES, "MaxChangesReturned").and_then(|most| most.text.trim().parse().ok());
        let Some(most) = most.filter(|most| (1..=MOST).contains(most)) else {
            return refuse("ErrorInvalidOperation", format!("MaxChangesReturned is from 1 to {MOST}."));
        };
        let messages = place.messages(organization);
        let gone = known.0.keys().filter(|id| !messages.iter().any(|message| message.id == **id));
        let gone: Vec<_> = gone.cloned().collect();
        let mut changed =
            messages.into_iter().filter(|message| known.0.get(&message.id) != Some(&message.change));
        let mut changes = String::new();
        let (mut left, mut seen) = (most, vec![]);
        for id_gone in gone.iter().take(most) {
            let named = id_tag("ItemId", &id(organization, &place.owner, id_gone), 0);
            let _ = write!(changes, "<t:Delete>{named}</t:Delete>");
            left -= 1;
        }
        for message in changed.by_ref().take(left) {
            let what = if known.0.contains_key(&message.id) { "Update" } else { "Create" };
            let _ = write!(changes, "<t:{what}>{}</t:{what}>", draw(organization, message, &shape));
            seen.push((message.id.clone(), message.change));
        }
        let last = gone.len() <= most && changed.next().is_none();
        drop(changed);
        known.0.retain(|id, _| !gone.iter().take(most).any(|gone| gone == id));
        known.0.extend(seen);
        Ok(result(&known, &place, "IncludesLastItemInRange", last, &changes).into())
    };
    vec![answer()]
}

fn result(known: &Known, place: &Place, last_name: &str, last: bool, changes: &str) -> String {
    let state = known.draw(place);
    format!(
        "<m:SyncState>{state}</m:SyncState><m:{last_name}>{last}</m:{last_name}><m:Changes>{changes}</m:Changes>"
    )
}
