//! `list`, `show` and `organizations`.

use futures::future::try_join;
use serde_json::json;

use super::context::{Context, described, directory_of, find_role, normal_all, roles_and_directory};
use crate::access;
use crate::directory::{Directory, State};
use crate::exit::Exit;
use crate::output::line::{Line, Tone};
use crate::output::plan::counted;
use crate::output::view;
use crate::role::{LiveRole, Targets, UserId, UserSet};

/// Lists the roles.
///
/// # Errors
/// When a read fails.
pub async fn list(context: &Context) -> anyhow::Result<Exit> {
    context.ui.waiting("reading roles");
    let (connection, organization) = context.open().await?;
    let reader = connection.account.reader(&organization);
    let (organization, (live, directory)) =
        try_join(described(&reader, organization), roles_and_directory(&reader)).await?;
    if !context.ui.is_table() {
        let roles: Vec<_> = live.iter().map(|role| view::live_role(role, &directory)).collect();
        let document =
            json!({ "version": 1, "organization": view::organization(&organization), "roles": roles });
        context.ui.value(&document)?;
        return Ok(Exit::Done);
    }
    if live.is_empty() {
        context.ui.status("no impersonation roles");
        context.ui.hint("`wmrole create` makes one");
        return Ok(Exit::Done);
    }
    let rows: Vec<_> = live.iter().map(|role| row(role, &directory)).collect();
    context.ui.table(&["NAME", "TYPE", "RULES", "REACH", "CHANGED", "ID"], &rows)?;
    Ok(Exit::Done)
}

fn row(live: &LiveRole, directory: &Directory) -> Vec<String> {
    let changed = live.modified.or(live.created);
    vec![
        live.role.name.to_string(),
        live.role.role_type.as_str().to_owned(),
        live.role.rules.len().to_string(),
        short_reach(live, directory),
        changed.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default(),
        live.id.to_string(),
    ]
}

/// How many the role reaches, how many it does not, and whether it is open. The directory is complete
/// where it is.
fn count(live: &LiveRole, directory: &Directory) -> (usize, usize, bool) {
    let rules = &live.role.rules;
    let enabled: Vec<&UserId> =
        directory.users().filter(|user| user.state == State::Enabled).map(|user| &user.id).collect();
    let reached = access::reach(rules, enabled.iter().copied()).len();
    (reached, enabled.len() - reached, access::is_open(rules))
}

/// Whom the role reaches, in a column.
fn short_reach(live: &LiveRole, directory: &Directory) -> String {
    match count(live, directory) {
        (0, _, false) => "nobody".into(),
        (reached, _, false) => counted(reached, "user", "users"),
        (reached, 0, true) => format!("everyone ({reached})"),
        (reached, but, true) => format!("all but {but} ({reached})"),
    }
}

/// Whom the role reaches, in a sentence.
fn reach(live: &LiveRole, directory: &Directory) -> String {
    let (reached, but, open) = count(live, directory);
    let today = counted(reached, "mailbox today", "mailboxes today");
    match (open, but) {
        (false, _) => short_reach(live, directory),
        (true, 0) => format!("everyone ({today})"),
        (true, but) => format!("everyone but {but} ({today})"),
    }
}

/// Shows one role.
///
/// # Errors
/// When there is no such role, or a read fails.
pub async fn show(context: &Context, role: &str) -> anyhow::Result<Exit> {
    let (connection, organization) = context.open().await?;
    let reader = connection.account.reader(&organization);
    let (organization, live) =
        try_join(async { Ok(described(&reader, organization).await?) }, find_role(&reader, role)).await?;
    let directory = directory_of(&reader, &[&live]).await?;
    let live = normal_all(vec![live], &directory).remove(0);
    if context.ui.is_table() {
        context.ui.lines(&block(&live, &directory))?;
    } else {
        let role = view::live_role(&live, &directory);
        let document =
            json!({ "version": 1, "organization": view::organization(&organization), "role": role });
        context.ui.value(&document)?;
    }
    Ok(Exit::Done)
}

fn block(live: &LiveRole, directory: &Directory) -> Vec<Line> {
    let role = &live.role;
    let mut lines = vec![
        Line::of(Tone::Bold, role.name.as_str())
            .and(Tone::Plain, format!("  {}", role.role_type.as_str()))
            .and(Tone::Dim, format!("  {}", live.id)),
    ];
    for text in role.description.iter().flat_map(|text| text.as_str().lines()) {
        lines.push(Line::of(Tone::Plain, format!("  {text}")));
    }
    let open = access::is_open(&role.rules);
    let tone = if open { Tone::Warning } else { Tone::Plain };
    lines.push(Line::of(Tone::Plain, "  reaches ").and(tone, reach(live, directory)));
    if open {
        lines.push(Line::of(Tone::Warning, "  mailboxes made later are reached too"));
    }
    for rule in &role.rules {
        let name = rule.name.as_ref().map_or("(no name)", |name| name.as_str());
        lines.push(Line::default());
        lines.push(
            Line::of(Tone::Bold, format!("  {}", rule.effect.as_str()))
                .and(Tone::Plain, format!("  {name}"))
                .and(Tone::Dim, format!("  {}", rule.id)),
        );
        for text in rule.description.iter().flat_map(|text| text.as_str().lines()) {
            lines.push(Line::of(Tone::Plain, format!("    {text}")));
        }
        if rule.targets == Targets::Everyone {
            lines.push(Line::of(Tone::Plain, "    everyone"));
        }
        lines.extend(people(rule.targets.users(), "", directory));
        lines.extend(people(rule.targets.except(), "all but ", directory));
    }
    lines
}

fn people(users: Option<&UserSet>, what: &str, directory: &Directory) -> Vec<Line> {
    let line = |id: &UserId| {
        let line = Line::of(Tone::Plain, format!("    {what}{}", directory.label(id)));
        match directory.user(id) {
            None => line.and(Tone::Warning, "  not in the directory"),
            Some(user) if user.state != State::Enabled => {
                line.and(Tone::Warning, format!("  {}: no mailbox", user.state.as_str()))
            }
            Some(user) => {
                line.and(Tone::Dim, format!("  {}", user.display_name.as_deref().unwrap_or_default()))
            }
        }
    };
    users.into_iter().flat_map(UserSet::iter).map(line).collect()
}

/// Lists the organizations of the account in the Region.
///
/// # Errors
/// When the read fails.
pub async fn organizations(context: &Context) -> anyhow::Result<Exit> {
    let connection = context.connect().await?;
    let all = connection.account.organizations().await?;
    if !context.ui.is_table() {
        let all: Vec<_> = all
            .iter()
            .map(|o| json!({ "id": o.id, "alias": o.alias, "domain": o.domain, "state": o.state }))
            .collect();
        context.ui.value(&json!({ "version": 1, "organizations": all }))?;
        return Ok(Exit::Done);
    }
    if all.is_empty() {
        let region = connection.account.region();
        context.ui.status(format!("no WorkMail organizations in {region}"));
        context
            .ui
            .hint(format!("WorkMail is in {}; choose with --region", crate::workmail::REGIONS.join(", ")));
        return Ok(Exit::Done);
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let rows: Vec<_> =
        all.iter().map(|o| vec![text(&o.alias), text(&o.domain), text(&o.state), o.id.to_string()]).collect();
    context.ui.table(&["ALIAS", "DOMAIN", "STATE", "ID"], &rows)?;
    Ok(Exit::Done)
}
