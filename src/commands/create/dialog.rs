//! What the console's dialog asks: rules, one after the other, users picked by fuzzy search.

use dialoguer::{FuzzySelect, Select};

use crate::cli::Rules;
use crate::directory::{Directory, State, User};
use crate::output::line::harmless;
use crate::output::ui::prompt_error;

/// Asks for the rules of a new role. The directory is complete.
///
/// # Errors
/// When a prompt is interrupted.
pub fn ask(directory: &Directory) -> anyhow::Result<Rules> {
    let mut rules = Rules::default();
    let users: Vec<&User> = directory.users().filter(|user| user.state == State::Enabled).collect();
    loop {
        let kinds =
            ["no more rules", "allow users", "deny users", "allow everyone except users", "allow everyone"];
        let kind = Select::new()
            .with_prompt("Add a rule")
            .items(kinds)
            .default(1)
            .interact()
            .map_err(prompt_error)?;
        match kind {
            0 => return Ok(rules),
            1 => pick(&users, "Allow", &mut rules.allow)?,
            2 => pick(&users, "Deny", &mut rules.deny)?,
            3 => pick(&users, "Allow everyone except", &mut rules.allow_everyone_except)?,
            _ => rules.allow_everyone = true,
        }
    }
}

/// Asks for users, by id, until no more are wanted.
fn pick(users: &[&User], what: &str, picked: &mut Vec<String>) -> anyhow::Result<()> {
    loop {
        let left: Vec<&&User> =
            users.iter().filter(|user| !picked.iter().any(|id| id == user.id.as_str())).collect();
        let mut items = vec!["(no more)".to_owned()];
        items.extend(left.iter().map(|user| {
            harmless(&format!("{}  {}", user.label(), user.display_name.as_deref().unwrap_or_default()))
        }));
        let prompt = format!("{what} (type to search)");
        let chosen = FuzzySelect::new()
            .with_prompt(prompt)
            .items(&items)
            .default(0)
            .interact()
            .map_err(prompt_error)?;
        match chosen.checked_sub(1).and_then(|n| left.get(n)) {
            Some(user) => picked.push(user.id.to_string()),
            None => return Ok(()),
        }
    }
}
