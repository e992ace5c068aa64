//! What was there before a change, kept under the user's state directory, mode 0600: as YAML that
//! `apply` brings back, and as JSON where YAML cannot say all of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::definition::export;
use crate::directory::{Directory, State};
use crate::dirs;
use crate::escape;
use crate::organization::Organization;
use crate::plan::Change;
use crate::role::{LiveRole, Role, RoleName, Rule, UserId};
use crate::system::System;

/// What was saved.
#[derive(Debug)]
pub(crate) struct Saved {
    /// The YAML.
    pub(crate) path: PathBuf,
    /// What of the roles cannot be brought back, and why.
    pub(crate) lost: Vec<String>,
    /// Is anything left that can?
    pub(crate) some: bool,
}

/// Saves what these changes found; none where none of them found anything. `others` are the names of live
/// roles that stay: a deleted role of such a name is not brought back over them.
///
/// # Errors
/// When a file cannot be written: then nothing must be changed.
pub(crate) fn save_before<'a>(
    organization: &Organization,
    changes: impl IntoIterator<Item = &'a Change>,
    directory: &Directory,
    others: &BTreeSet<RoleName>,
    system: System,
) -> anyhow::Result<Option<Saved>> {
    let changes: Vec<_> =
        changes.into_iter().filter_map(|change| Some((change.before()?, change.after()))).collect();
    if changes.is_empty() {
        return Ok(None);
    }
    let alias = organization.label();
    let (mut roles, mut lost) = (Vec::new(), Vec::new());
    for (before, after) in &changes {
        if after.is_none() && others.contains(&before.role.name) {
            lost.push(format!("role {}: another live role has its name", before.id));
            continue;
        }
        let gone = unknown(&before.role, *after, directory);
        lost.extend(
            gone.iter().map(|id| {
                format!("role {}: the directory no longer has {id}, whom it named", before.role.name)
            }),
        );
        match without(&before.role, &gone) {
            Some(role) => roles.push(LiveRole { role, ..(*before).clone() }),
            None => lost.push(format!(
                "role {}: a rule excepts nobody whom the directory still has, and would match everyone",
                before.role.name
            )),
        }
    }
    let exported = export::export_with_ids(Some(organization.id.as_str()), &roles, directory);
    lost.extend(exported.warnings);
    if !lost.is_empty() {
        let all: Vec<_> = changes.iter().map(|(before, _)| before).collect();
        dirs::save_backup(alias, "json", &escape::json::pretty(&all)?, system)?;
    }
    Ok(Some(Saved {
        path: dirs::save_backup(alias, "yaml", &exported.yaml, system)?,
        lost,
        some: !roles.is_empty(),
    }))
}

/// Users whom the directory no longer has and the role will no longer name: the service knows no such
/// user whom it could take again.
fn unknown(before: &Role, after: Option<&Role>, directory: &Directory) -> Vec<UserId> {
    let stays = |id: &UserId| after.is_some_and(|role| role.mentioned_users().contains(id));
    let there = |id: &UserId| directory.user(id).is_some_and(|user| user.state != State::Deleted);
    before.mentioned_users().into_iter().filter(|id| !there(id) && !stays(id)).cloned().collect()
}

/// The role without these users. A rule that named nobody else goes; a role with one that excepted nobody
/// else cannot be written so, since the rule would match everyone.
fn without(role: &Role, gone: &[UserId]) -> Option<Role> {
    let mut rules = Vec::new();
    for rule in &role.rules {
        let targets = rule.targets.remove_users(|id| gone.contains(id)).ok()?;
        rules.extend(targets.map(|targets| Rule { targets, ..rule.clone() }));
    }
    Some(Role { rules, ..role.clone() })
}
