//! What the console's dialog asks: name, type, and rules, one after the other; users and groups are picked
//! by fuzzy search.

use dialoguer::{FuzzySelect, Input};

use super::ask;
use crate::args::RuleFlags;
use crate::directory::{Directory, Group, User};
use crate::output::sanitize;
use crate::role::{RoleName, RoleType};

/// Asks for the name.
///
/// # Errors
/// When the prompt is interrupted.
pub(crate) async fn name() -> anyhow::Result<RoleName> {
    let valid = |text: &String| RoleName::parse(text.as_str()).map(drop);
    let name: String =
        ask(move || Input::new().with_prompt("Name").validate_with(valid).interact_text()).await?;
    Ok(RoleName::parse(name)?)
}

/// Asks for the type, the harmless one first.
///
/// # Errors
/// When the prompt is interrupted.
pub(crate) async fn role_type() -> anyhow::Result<RoleType> {
    let types = ["read-only: may read mail", "full-access: may change, send and delete it too"];
    let chosen = ask(move || choice("Type", &types).default(0).interact()).await?;
    Ok(if chosen == 0 { RoleType::ReadOnly } else { RoleType::FullAccess })
}

/// Asks for the rules. The directory is complete.
///
/// # Errors
/// When a prompt is interrupted.
pub(crate) async fn rules(directory: &Directory) -> anyhow::Result<RuleFlags> {
    let mut rules = RuleFlags::default();
    let users: Vec<_> = directory.mailboxes().map(|user| (user.id.to_string(), person(user))).collect();
    let groups: Vec<_> =
        directory.groups().map(|group| (group.id.to_string(), named(group, directory))).collect();
    let everyone = format!("allow everyone ({} mailboxes today, and those made later)", users.len());
    loop {
        let kinds = [
            "no more rules".to_owned(),
            "allow users".to_owned(),
            "allow groups".to_owned(),
            "deny users".to_owned(),
            "deny groups".to_owned(),
            "allow everyone except users".to_owned(),
            everyone.clone(),
        ];
        // After the first rule Enter ends
        let default = usize::from(rules.is_empty());
        let prompt = if rules.is_empty() { "Add a rule" } else { "Add another rule" };
        let kind = ask(move || choice(prompt, &kinds).default(default).interact()).await?;
        match kind {
            0 => return Ok(rules),
            1 => pick(&users, "Allow", &mut rules.allow).await?,
            2 => pick(&groups, "Allow the members of", &mut rules.allow_group).await?,
            3 => pick(&users, "Deny", &mut rules.deny).await?,
            4 => pick(&groups, "Deny the members of", &mut rules.deny_group).await?,
            5 => pick(&users, "Allow everyone except", &mut rules.allow_everyone_except).await?,
            _ => rules.allow_everyone = true,
        }
    }
}

/// A choice of one. The plain `Select` needs a window of three rows, and panics in a lower one.
fn choice<T: std::fmt::Display>(prompt: &str, items: &[T]) -> FuzzySelect<'static> {
    FuzzySelect::new().with_prompt(prompt).items(items)
}

fn person(user: &User) -> String {
    format!("{}  {}", user.label(), user.display_name.as_deref().unwrap_or_default())
}

fn named(group: &Group, directory: &Directory) -> String {
    format!("{}  {} members", group.label(), directory.members(&group.id).0.len())
}

/// Asks for some of these, by id, until no more are wanted.
async fn pick(all: &[(String, String)], what: &str, picked: &mut Vec<String>) -> anyhow::Result<()> {
    loop {
        let left: Vec<_> = all.iter().filter(|(id, _)| !picked.contains(id)).collect();
        let mut items = vec!["(no more)".to_owned()];
        items.extend(left.iter().map(|(_, label)| sanitize::terminal(label)));
        let prompt = format!("{what} (type to search)");
        let chosen = ask(move || choice(&prompt, &items).default(0).interact()).await?;
        match chosen.checked_sub(1).and_then(|n| left.get(n)) {
            Some((id, _)) => picked.push(id.clone()),
            None => return Ok(()),
        }
    }
}
