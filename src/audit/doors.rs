//! `migration-admin`, `personal-access-token`, `export-job` and `role-left`: what a team that leaves WorkMail closes.

use jiff::Timestamp;

use super::finding::Finding;
use super::inventory::{Audit, Inventory, role_ref};
use crate::access;
use crate::directory::access_control;
use crate::directory::doors::{Doors, ExportJob, ExportState, PersonalAccessToken};
use crate::directory::{Member, State, UserId};
use crate::finding_code::FindingCode;
use crate::role::LiveRole;

pub(super) fn check(inventory: &Inventory<'_>, audit: &mut Audit) {
    let Some(doors) = inventory.doors else { return };
    let Doors { migration_admin, tokens, tokens_are_on, export_jobs } = doors;
    let found = &mut audit.findings;
    found.extend(migration_admin.as_ref().map(|admin| migration_administrator(inventory, admin)));
    found.extend(tokens.iter().map(|token| personal_access_token(inventory, token, *tokens_are_on)));
    found.extend(export_jobs.iter().map(|job| export_job(inventory, job)));
    found.extend(inventory.roles.iter().map(|live| role_left(inventory, live)));
}

fn migration_administrator(inventory: &Inventory<'_>, admin: &UserId) -> Finding {
    let label = inventory.label(admin);
    let state = match inventory.directory.user(admin).map(|user| user.state) {
        Some(State::Enabled) => None,
        Some(state) => Some(format!("the account is {}", state.as_str())),
        None => Some("the directory does not have the account".to_owned()),
    };
    let name = "DescribeOrganization names it as MigrationAdmin".to_owned();
    Finding {
        account: Some(Member::User(admin.clone())),
        subject: admin.to_string(),
        evidence: [name].into_iter().chain(state).collect(),
        remedy: vec![
            "in the WorkMail console, open Organization settings, then Migration settings, and turn migration off"
                .to_owned(),
        ],
        ..Finding::new(
            FindingCode::MigrationAdmin,
            format!("{label} is the migration administrator and may open every mailbox"),
        )
    }
}

/// A date, which is enough to look something up.
fn day(time: Option<Timestamp>) -> String {
    time.map_or("on an unknown day".to_owned(), |time| {
        format!("on {}", time.to_zoned(jiff::tz::TimeZone::UTC).date())
    })
}

fn personal_access_token(
    inventory: &Inventory<'_>,
    token: &PersonalAccessToken,
    on: Option<bool>,
) -> Finding {
    let PersonalAccessToken { id, user, name, created, last_used, expires, scopes } = token;
    let label = inventory.label(user);
    let used = match last_used {
        Some(_) => format!("last used {}", day(*last_used)),
        None => "never used".to_owned(),
    };
    let ends = match expires {
        Some(_) => format!("expires {}", day(*expires)),
        None => "it does not expire".to_owned(),
    };
    let mut evidence = vec![format!("made {}, {used}, {ends}", day(*created))];
    if !scopes.is_empty() {
        evidence.push(format!("scopes: {}", scopes.join(", ")));
    }
    evidence.extend(match on {
        Some(true) => None,
        Some(false) => Some("personal access tokens are off now: it works again when they are on".to_owned()),
        None => Some("whether personal access tokens are on could not be read".to_owned()),
    });
    let name = name.as_deref().unwrap_or(id);
    Finding {
        mailbox: Some(user.clone()),
        subject: id.clone(),
        evidence,
        remedy: vec![format!(
            "`aws workmail delete-personal-access-token --organization-id {} --personal-access-token-id {}`",
            inventory.organization,
            shell_words::quote(id)
        )],
        ..Finding::new(
            FindingCode::PersonalAccessToken,
            format!("{label} has the personal access token {name} ({id})"),
        )
    }
}

fn export_job(inventory: &Inventory<'_>, job: &ExportJob) -> Finding {
    let ExportJob { id, mailbox, description, target, state, started, ended } = job;
    let label = inventory.label(mailbox);
    let target = target.as_deref().unwrap_or("an unknown place");
    let runs = *state == ExportState::Running;
    let mut evidence = vec![match runs {
        true => format!("job {id}, started {}, to {target}", day(*started)),
        false => format!("job {id}, {} {}, to {target}", state.as_str(), day(*ended)),
    }];
    evidence.extend(description.as_ref().filter(|text| !text.is_empty()).map(|text| {
        let first = text.lines().next().unwrap_or_default();
        format!("description: {first}")
    }));
    let remedy = match runs {
        true => format!(
            "`aws workmail cancel-mailbox-export-job --organization-id {} --job-id {}`",
            inventory.organization,
            shell_words::quote(id)
        ),
        false => format!(
            "`aws s3 ls {}` shows whether there is a copy: see who may read it",
            shell_words::quote(target)
        ),
    };
    Finding {
        mailbox: Some(mailbox.clone()),
        subject: id.clone(),
        over: !runs,
        evidence,
        remedy: vec![remedy],
        ..Finding::new(
            FindingCode::ExportJob,
            match runs {
                true => format!("the mailbox {label} is being exported"),
                false => format!("the mailbox {label} was exported in the last seven days"),
            },
        )
    }
}

fn role_left(inventory: &Inventory<'_>, live: &LiveRole) -> Finding {
    let rules = &live.role.rules;
    let reach = match live.rules_unknown {
        true => "nobody knows whom".to_owned(),
        false => {
            let users =
                inventory.directory.mailboxes().filter(|user| !inventory.resources.contains(&user.id));
            let count = users.filter(|user| access::allows(rules, &user.id)).count();
            let open = if access::is_open(rules) { ", and every one made later" } else { "" };
            format!("{count} mailboxes{open}")
        }
    };
    let mut evidence = vec![format!("{}, reaches {reach}", live.role.role_type.as_str())];
    let named_by = access_control::naming(inventory.access_rules, &live.id).unwrap_or_default();
    evidence.extend(named_by.iter().map(|rule| {
        format!("access control rule {rule} names it: change or delete that rule when the role is gone, not before")
    }));
    Finding {
        evidence,
        remedy: vec![format!("`wmrole delete {}`", inventory.word(live))],
        ..Finding::of(FindingCode::RoleLeft, role_ref(live), format!("there is the role {}", live.role.name))
    }
}
