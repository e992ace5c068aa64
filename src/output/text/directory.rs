//! Users and groups as tables and as CSV.

use crate::directory::{Directory, Group, Member, User};
use crate::output::csv;

/// What the columns of [`user`] are.
pub(crate) const USERS: [&str; 6] = ["EMAIL", "NAME", "DISPLAY NAME", "MAILBOX", "STATE", "ID"];

/// What a narrow terminal is not shown, in this order.
pub(crate) const USERS_FIRST_TO_GO: [&str; 5] = ["ID", "STATE", "NAME", "MAILBOX", "DISPLAY NAME"];

/// What the columns of [`group`] are.
pub(crate) const GROUPS: [&str; 5] = ["EMAIL", "NAME", "MEMBERS", "STATE", "ID"];

/// What a narrow terminal is not shown, in this order.
pub(crate) const GROUPS_FIRST_TO_GO: [&str; 4] = ["ID", "STATE", "NAME", "MEMBERS"];

/// So many members stand in a row; the rest is counted.
const FEW: usize = 3;

fn or_nothing(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

/// A user in a table.
pub(crate) fn user(user: &User) -> Vec<String> {
    let User { id, email: _, name, display_name, state } = user;
    vec![
        or_nothing(user.address()),
        or_nothing(name.as_deref()),
        or_nothing(display_name.as_deref()),
        if user.has_mailbox() { "yes" } else { "no" }.to_owned(),
        state.as_str().to_owned(),
        id.to_string(),
    ]
}

/// A group in a table.
pub(crate) fn group(group: &Group, directory: &Directory) -> Vec<String> {
    let Group { id, email, name, state, members } = group;
    let mut shown: Vec<_> = members.iter().take(FEW).map(|one| member(one, directory)).collect();
    if members.len() > FEW {
        shown.push(format!("and {} more", members.len() - FEW));
    }
    let members = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
    let state = state.as_str().to_owned();
    vec![or_nothing(email.as_deref()), or_nothing(name.as_deref()), members, state, id.to_string()]
}

/// What a person would call the member, in short: by the name, which needs less room than an address. A group is said
/// to be one.
fn member(member: &Member, directory: &Directory) -> String {
    match member {
        Member::User(id) => {
            let name = directory.user(id).and_then(|user| user.name.as_deref());
            name.unwrap_or_else(|| directory.label(id)).to_owned()
        }
        Member::Group(id) => {
            let group = directory.group(id);
            let name = group.map(|group| group.name.as_deref().unwrap_or_else(|| group.label()));
            format!("{} (group)", name.unwrap_or(id.as_str()))
        }
    }
}

/// A line a user, for spreadsheets.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn users_csv(users: &[&User]) -> anyhow::Result<String> {
    let header = ["id", "email", "user", "display_name", "state", "mailbox"];
    let row = |user: &&User| {
        let User { id, email, name, display_name, state } = *user;
        let [email, name, display_name] = [email, name, display_name].map(|text| or_nothing(text.as_deref()));
        let state = state.as_str().to_owned();
        [id.to_string(), email, name, display_name, state, user.has_mailbox().to_string()]
    };
    csv::written(&header, users.iter().map(row))
}

/// A line a member, for spreadsheets; a group without members has one line with none.
///
/// # Errors
/// Never in practice: it is written to memory.
pub(crate) fn groups_csv(groups: &[&Group], directory: &Directory) -> anyhow::Result<String> {
    let header = ["group_id", "group_email", "group", "member_type", "member_id", "member"];
    let mut rows = Vec::new();
    for group in groups {
        let Group { id, email, name, state: _, members } = group;
        let row = |[kind, member_id, label]: [&str; 3]| {
            let [email, name] = [email, name].map(|text| or_nothing(text.as_deref()));
            [id.to_string(), email, name, kind.to_owned(), member_id.to_owned(), label.to_owned()]
        };
        rows.extend(members.iter().map(|member| match member {
            Member::User(id) => row(["USER", id.as_str(), directory.label(id)]),
            Member::Group(id) => {
                row(["GROUP", id.as_str(), directory.group(id).map_or(id.as_str(), Group::label)])
            }
        }));
        if members.is_empty() {
            rows.push(row(["", "", ""]));
        }
    }
    csv::written(&header, rows)
}
