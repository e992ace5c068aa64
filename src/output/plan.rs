//! A plan as people read it: who gains and loses what, then which rules change.

use std::collections::BTreeSet;

use super::line::{Line, Tone};
use crate::access::Delta;
use crate::directory::{Directory, State};
use crate::plan::{Action, Change, Plan};
use crate::role::{Role, Rule, RuleId, Targets, UserId};

/// The whole plan.
pub fn plan(plan: &Plan, directory: &Directory) -> Vec<Line> {
    let mut lines = Vec::new();
    for change in &plan.changes {
        lines.extend(self::change(change, directory));
        lines.push(Line::default());
    }
    lines.push(summary(plan));
    if !plan.undeclared.is_empty() {
        let names: Vec<_> = plan.undeclared.iter().map(|role| role.name.as_str()).collect();
        let count = counted(names.len(), "live role is", "live roles are");
        lines
            .push(Line::of(Tone::Dim, format!("{count} not declared, and left alone: {}", names.join(", "))));
    }
    lines
}

fn summary(plan: &Plan) -> Line {
    let counts = plan.counts();
    if plan.is_empty() {
        let roles = counted(counts.unchanged, "role is", "roles are");
        return Line::of(Tone::Plain, format!("No changes: {roles} live as declared"));
    }
    Line::of(
        Tone::Bold,
        format!(
            "Plan: {} to create, {} to update, {} to delete, {} unchanged",
            counts.create, counts.update, counts.delete, counts.unchanged
        ),
    )
}

/// `1 user`, `2 users`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// One change.
pub fn change(change: &Change, directory: &Directory) -> Vec<Line> {
    let (sign, tone, verb) = match change.action {
        Action::Create { .. } => ("+", Tone::Added, "create"),
        Action::Update { .. } => ("~", Tone::Changed, "update"),
        Action::Delete { .. } => ("-", Tone::Removed, "delete"),
    };
    let mut title = Line::of(tone, format!("{sign} {verb} ")).and(Tone::Bold, change.name().as_str());
    if let Some(role) = change.after().or(change.before().map(|live| &live.role)) {
        title = title.and(Tone::Plain, format!("  {}", role.role_type.as_str()));
    }
    if let Some(before) = change.before() {
        title = title.and(Tone::Dim, format!("  {}", before.id));
    }
    let mut lines = vec![title];
    lines.extend(access(&change.delta, directory, "    "));
    match &change.action {
        Action::Create { after } => {
            let none = Role { rules: vec![], description: None, ..after.clone() };
            lines.extend(rules(&none, after, change, directory));
        }
        Action::Delete { before } => {
            lines.push(Line::of(
                Tone::Warning,
                "    its id goes with it: IAM policies and access control rules that name the id break",
            ));
            let none = Role { rules: vec![], ..before.role.clone() };
            lines.extend(rules(&before.role, &none, change, directory));
        }
        Action::Update { before, after } => {
            lines.extend(settings(&before.role, after));
            lines.extend(rules(&before.role, after, change, directory));
        }
    }
    lines
}

/// Who gains and loses what. A role that comes to reach everyone, or no longer does, is told in
/// one line.
pub fn access(delta: &Delta, directory: &Directory, indent: &str) -> Vec<Line> {
    let Delta { gained, lost, escalated, opened, closed } = delta;
    let mut lines = Vec::new();
    let mailboxes = || {
        let n = directory.users().filter(|user| user.state == State::Enabled).count();
        counted(n, "mailbox today", "mailboxes today")
    };
    if !opened.is_empty() {
        let n = gained.len();
        let some = if n == 0 { String::new() } else { format!(", {n} of them newly") };
        lines.push(Line::of(
            Tone::Warning,
            format!(
                "{indent}! everyone becomes reachable ({}{some}), and every mailbox made later",
                mailboxes()
            ),
        ));
    } else {
        for grant in gained {
            lines.push(Line::of(
                Tone::Added,
                format!(
                    "{indent}+ {} becomes reachable with {}",
                    directory.label(&grant.user),
                    grant.role_type.as_str()
                ),
            ));
        }
    }
    if escalated.len() > 10 {
        lines.push(Line::of(
            Tone::Warning,
            format!(
                "{indent}! {} mailboxes are reached with FULL_ACCESS instead of READ_ONLY",
                escalated.len()
            ),
        ));
    } else {
        for one in escalated {
            lines.push(Line::of(
                Tone::Warning,
                format!(
                    "{indent}! {} is reached with {} instead of {}",
                    directory.label(&one.user),
                    one.to.as_str(),
                    one.from.as_str()
                ),
            ));
        }
    }
    if !closed.is_empty() {
        lines.push(Line::of(
            Tone::Removed,
            format!("{indent}- not everyone is reachable any longer ({} lose it)", lost.len()),
        ));
    } else {
        for grant in lost {
            lines.push(Line::of(
                Tone::Removed,
                format!("{indent}- {} is no longer reachable", directory.label(&grant.user)),
            ));
        }
    }
    lines
}

fn settings(before: &Role, after: &Role) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut setting = |what: &str, old: &str, new: &str| {
        if old != new {
            lines.push(
                Line::of(Tone::Changed, format!("    {what}: "))
                    .and(Tone::Removed, old)
                    .and(Tone::Plain, " -> ")
                    .and(Tone::Added, new),
            );
        }
    };
    setting("name", before.name.as_str(), after.name.as_str());
    setting("type", before.role_type.as_str(), after.role_type.as_str());
    let text =
        |role: &Role| role.description.as_ref().map_or("(none)".to_owned(), |d| format!("{:?}", d.as_str()));
    setting("description", &text(before), &text(after));
    lines
}

fn rules(before: &Role, after: &Role, change: &Change, directory: &Directory) -> Vec<Line> {
    let (old, new) = (before.canonical().rules, after.canonical().rules);
    let mut lines = Vec::new();
    for rule in &old {
        match new.iter().find(|other| other.id == rule.id) {
            None => lines.extend(whole(rule, Tone::Removed, "-", change, directory)),
            Some(other) if other != rule => lines.extend(changed(rule, other, change, directory)),
            Some(_) => {}
        }
    }
    for rule in new.iter().filter(|rule| !old.iter().any(|other| other.id == rule.id)) {
        lines.extend(whole(rule, Tone::Added, "+", change, directory));
    }
    lines
}

fn title(rule: &Rule) -> String {
    let name = rule.name.as_ref().map_or(rule.id.as_str(), |name| name.as_str());
    format!("rule {name} {}", rule.effect.as_str())
}

fn whole(rule: &Rule, tone: Tone, sign: &str, change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = vec![Line::of(tone, format!("    {sign} {}", title(rule)))];
    let mut side = |users: Option<&crate::role::UserSet>, what: &str| {
        for user in users.into_iter().flat_map(crate::role::UserSet::iter) {
            lines.push(Line::of(
                tone,
                format!("        {sign} {what}{}", person(user, &rule.id, change, directory)),
            ));
        }
    };
    side(rule.targets.users(), "");
    side(rule.targets.except(), "all but ");
    if rule.targets == Targets::Everyone {
        lines.push(Line::of(tone, format!("        {sign} everyone")));
    }
    lines
}

fn changed(old: &Rule, new: &Rule, change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Changed, format!("    ~ {}", title(new)))];
    let mut setting = |what: &str, old: String, new: String| {
        if old != new {
            lines.push(
                Line::of(Tone::Changed, format!("        {what}: "))
                    .and(Tone::Removed, old)
                    .and(Tone::Plain, " -> ")
                    .and(Tone::Added, new),
            );
        }
    };
    let text = |text: Option<&str>| text.map_or("(none)".to_owned(), |text| format!("{text:?}"));
    setting("effect", old.effect.as_str().into(), new.effect.as_str().into());
    setting("name", text(old.name.as_ref().map(|n| n.as_str())), text(new.name.as_ref().map(|n| n.as_str())));
    setting(
        "description",
        text(old.description.as_ref().map(|d| d.as_str())),
        text(new.description.as_ref().map(|d| d.as_str())),
    );
    setting("targets", kind(&old.targets).into(), kind(&new.targets).into());
    let rule = new.id.clone();
    for (old, new, what) in [
        (old.targets.users(), new.targets.users(), ""),
        (old.targets.except(), new.targets.except(), "all but "),
    ] {
        let ids = |set: Option<&crate::role::UserSet>| -> BTreeSet<UserId> {
            set.into_iter().flat_map(|set| set.iter().cloned()).collect()
        };
        let (old, new) = (ids(old), ids(new));
        for user in old.difference(&new) {
            lines.push(Line::of(Tone::Removed, format!("        - {what}{}", directory.label(user))));
        }
        for user in new.difference(&old) {
            let who = person(user, &rule, change, directory);
            lines.push(Line::of(Tone::Added, format!("        + {what}{who}")));
        }
    }
    lines
}

fn kind(targets: &Targets) -> &'static str {
    match targets {
        Targets::Everyone => "everyone",
        Targets::Users(_) => "these users",
        Targets::Except(_) => "everyone but these users",
        Targets::UsersExcept { .. } => "these users but not those",
    }
}

fn person(user: &UserId, rule: &RuleId, change: &Change, directory: &Directory) -> String {
    let label = directory.label(user);
    let state = match directory.user(user).map(|user| user.state) {
        Some(State::Enabled) => "",
        Some(State::Disabled) => " (disabled)",
        Some(State::Deleted) => " (deleted)",
        None => " (not in the directory)",
    };
    let via = change.via.get(&(rule.clone(), user.clone())).map_or(String::new(), |groups| {
        format!("  (in {})", groups.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    });
    format!("{label}{state}{via}")
}
