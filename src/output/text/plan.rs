//! A plan as people read it: who gains and loses what, then which settings and rules change.

use std::collections::{BTreeMap, BTreeSet};

use super::access;
use crate::access::Delta;
use crate::definition::resolve::{GroupMembership, TargetList};
use crate::directory::{Directory, State};
use crate::output::style::{Line, Tone};
use crate::plan::{Action, Change, Plan};
use crate::role::{LiveRole, Role, RoleId, Rule, RuleId, Targets, UserId, UserSet};

/// The whole plan.
pub(crate) fn plan(plan: &Plan, directory: &Directory) -> Vec<Line> {
    let mut lines = Vec::new();
    if !plan.is_empty() {
        lines.extend(access::block(plan, directory));
        lines.push(Line::default());
    }
    for change in &plan.changes {
        lines.extend(self::change(change, directory));
        lines.push(Line::default());
    }
    lines.push(Line::of(if plan.is_empty() { Tone::Plain } else { Tone::Bold }, summary(plan)));
    lines.extend(undeclared(plan).map(|text| Line::of(Tone::Dim, text)));
    lines
}

/// What happens to how many roles.
pub(crate) fn summary(plan: &Plan) -> String {
    let counts = plan.counts();
    if plan.is_empty() && counts.unchanged == 0 {
        return "No changes: no role is declared".into();
    }
    if plan.is_empty() {
        let roles = counted(counts.unchanged, "role is", "roles are");
        return format!("No changes: {roles} live as declared");
    }
    format!(
        "Plan: {} to create, {} to update, {} to delete, {} unchanged",
        counts.create, counts.update, counts.delete, counts.unchanged
    )
}

/// The live roles that nothing declares, if there are any.
pub(crate) fn undeclared(plan: &Plan) -> Option<String> {
    let names: Vec<_> = plan.undeclared.iter().map(|role| role.name.as_str()).collect();
    let count = counted(names.len(), "live role is", "live roles are");
    (!names.is_empty()).then(|| format!("{count} not declared, and left alone: {}", names.join(", ")))
}

/// `1 user`, `2 users`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// One change: its title, then what is another.
pub(crate) fn change(change: &Change, directory: &Directory) -> Vec<Line> {
    let (sign, tone) = match change.action {
        Action::Create { .. } => ('+', Tone::Added),
        Action::Update { .. } => ('~', Tone::Changed),
        Action::Delete { .. } => ('-', Tone::Removed),
    };
    let mut title =
        Line::of(tone, format!("{sign} {} ", change.verb())).and(Tone::Bold, change.name().as_str());
    if let Some(role) = change.after().or(change.before().map(|live| &live.role)) {
        title = title.and(Tone::Plain, format!("  {}", role.role_type.as_str()));
    }
    if let Some(before) = change.before() {
        title = title.and(Tone::Dim, format!("  {}", before.id));
    }
    let mut lines = vec![title];
    lines.extend(details(change, directory));
    lines
}

/// What somebody else did to a role, drawn as a change: from what was expected to what is now.
pub(crate) fn moved(before: Option<&Role>, now: Option<&Role>, directory: &Directory) -> Vec<Line> {
    let live = |role: &Role| LiveRole {
        id: RoleId::from_service(""),
        role: role.clone(),
        created: None,
        modified: None,
    };
    let action = match (before, now) {
        (Some(before), Some(now)) => Action::Update { before: live(before), after: now.clone() },
        (None, Some(now)) => Action::Create { after: now.clone() },
        (Some(before), None) => Action::Delete { before: live(before) },
        (None, None) => return Vec::new(),
    };
    let change = Change {
        action,
        delta: Delta::default(),
        via: GroupMembership::new(),
        groups: BTreeMap::new(),
        left_out: Vec::new(),
        referenced_by: None,
        span: None,
    };
    match change.action {
        // That its id is gone is no news
        Action::Delete { .. } => Vec::new(),
        _ => details(&change, directory),
    }
}

/// What is another, without the title.
pub(crate) fn details(change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = changes(change, directory);
    lines.extend(change.left_out.iter().map(|rule| {
        Line::of(Tone::Warning, format!("    ! rule {rule} is left out: its groups have no members today"))
    }));
    lines
}

fn changes(change: &Change, directory: &Directory) -> Vec<Line> {
    match &change.action {
        Action::Create { after } => {
            let none = Role { rules: vec![], description: None, ..after.clone() };
            let mut lines: Vec<_> = description(&none, after).into_iter().collect();
            lines.extend(rules(&none, after, change, directory));
            lines
        }
        Action::Delete { before } => {
            let warning = |text| Line::of(Tone::Warning, format!("    {text}"));
            let mut lines: Vec<_> =
                id_goes(change.referenced_by.as_deref()).into_iter().map(warning).collect();
            let none = Role { rules: vec![], ..before.role.clone() };
            lines.extend(rules(&before.role, &none, change, directory));
            lines
        }
        Action::Update { before, after } => {
            let mut lines = Vec::new();
            let before = &before.role;
            lines.extend(edited(4, "name", before.name.as_str(), after.name.as_str()));
            lines.extend(edited(4, "type", before.role_type.as_str(), after.role_type.as_str()));
            lines.extend(description(before, after));
            lines.extend(rules(before, after, change, directory));
            lines
        }
    }
}

/// What a deletion does to those who name the role's id.
fn id_goes(referenced_by: Option<&[String]>) -> Vec<String> {
    let mut lines =
        vec!["its id goes for good; IAM policies that name it break, and cannot be seen from here".into()];
    match referenced_by {
        Some([]) => {}
        Some(rules) => lines.push(format!("access control rules that name it: {}", rules.join(", "))),
        None => lines.push("access control rules that name it could not be looked for".into()),
    }
    lines
}

fn edited(indent: usize, what: &str, old: &str, new: &str) -> Option<Line> {
    (old != new).then(|| {
        Line::of(Tone::Changed, format!("{:indent$}{what}: ", ""))
            .and(Tone::Removed, old)
            .and(Tone::Plain, " -> ")
            .and(Tone::Added, new)
    })
}

fn text(text: Option<&str>) -> String {
    text.map_or("(none)".to_owned(), |text| format!("{text:?}"))
}

fn description(before: &Role, after: &Role) -> Option<Line> {
    let of = |role: &Role| text(role.description.as_ref().map(|d| d.as_str()));
    edited(4, "description", &of(before), &of(after))
}

fn rules(before: &Role, after: &Role, change: &Change, directory: &Directory) -> Vec<Line> {
    let (mut old, mut new) = (before.canonical().rules, after.canonical().rules);
    // Two live rules may share an id: those that stay as they are first, then each with one of its id
    old.retain(|rule| match new.iter().position(|other| other == rule) {
        Some(same) => {
            new.remove(same);
            false
        }
        None => true,
    });
    let mut lines = Vec::new();
    for rule in &old {
        match new.iter().position(|other| other.id == rule.id) {
            Some(other) => lines.extend(changed(rule, &new.remove(other), change, directory)),
            None => lines.extend(whole(rule, Tone::Removed, '-', change, directory)),
        }
    }
    lines.extend(new.iter().flat_map(|rule| whole(rule, Tone::Added, '+', change, directory)));
    lines
}

fn title(rule: &Rule) -> String {
    format!("rule {} {}", rule.label(), rule.effect.as_str())
}

/// A rule that is new or goes.
fn whole(rule: &Rule, tone: Tone, sign: char, change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = vec![Line::of(tone, format!("    {sign} {}", title(rule)))];
    if let Some(description) = &rule.description {
        lines.push(Line::of(tone, format!("        {sign} description: {:?}", description.as_str())));
    }
    if rule.targets == Targets::Everyone {
        lines.push(Line::of(tone, format!("        {sign} everyone")));
    }
    for (users, side, what) in sides(rule) {
        let mut people: Vec<_> =
            users.iter().map(|user| person(user, &rule.id, side, change, directory)).collect();
        people.sort();
        lines.extend(people.iter().map(|who| Line::of(tone, format!("        {sign} {what}{who}"))));
    }
    lines
}

fn ids(set: Option<&UserSet>) -> BTreeSet<&UserId> {
    set.into_iter().flat_map(UserSet::iter).collect()
}

/// Both lists of a rule, and what stands before a user of each.
fn sides(rule: &Rule) -> [(BTreeSet<&UserId>, TargetList, &'static str); 2] {
    let but = if rule.targets.users().is_some() { "but not " } else { "all but " };
    [
        (ids(rule.targets.users()), TargetList::Users, ""),
        (ids(rule.targets.except()), TargetList::Except, but),
    ]
}

/// A rule that becomes another.
fn changed(old: &Rule, new: &Rule, change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Changed, format!("    ~ {}", title(new)))];
    let name = |rule: &Rule| text(rule.name.as_ref().map(|n| n.as_str()));
    let description = |rule: &Rule| text(rule.description.as_ref().map(|d| d.as_str()));
    lines.extend(edited(8, "effect", old.effect.as_str(), new.effect.as_str()));
    lines.extend(edited(8, "name", &name(old), &name(new)));
    lines.extend(edited(8, "description", &description(old), &description(new)));
    lines.extend(edited(8, "targets", kind(&old.targets), kind(&new.targets)));
    let groups = change.groups.get(&new.id);
    if let Some(groups) = groups.filter(|_| only_members_changed(old, new, change)) {
        let text = format!("        the members of {} are no longer those of the live rule", listed(groups));
        lines.push(Line::of(Tone::Changed, text));
    }
    for ((was, side, what), (is, _, _)) in sides(old).into_iter().zip(sides(new)) {
        for user in was.difference(&is) {
            // What a live rule named does not say why: a group of the definition may have lost the user
            let not = groups.map_or(String::new(), |groups| format!("  (not in {})", listed(groups)));
            let who = directory.label(user);
            lines.push(Line::of(Tone::Removed, format!("        - {what}{who}{not}")));
        }
        for user in is.difference(&was) {
            let who = person(user, &new.id, side, change, directory);
            lines.push(Line::of(Tone::Added, format!("        + {what}{who}")));
        }
    }
    lines
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Is the whole difference of a rule that a group has other members? It is taken to be so when the
/// live rule has members of the groups already, and nobody comes in another way.
fn only_members_changed(old: &Rule, new: &Rule, change: &Change) -> bool {
    let Rule { id, name, description, effect, targets } = new;
    let member = |user: &&UserId| {
        [TargetList::Users, TargetList::Except]
            .iter()
            .any(|side| change.via.contains_key(&(id.clone(), *side, (*user).clone())))
    };
    let same = (&old.name, &old.description, &old.effect) == (name, description, effect)
        && kind(&old.targets) == kind(targets);
    let (was, is): (BTreeSet<_>, BTreeSet<_>) = (old.targets.named().collect(), targets.named().collect());
    same && was.intersection(&is).any(&member) && is.difference(&was).all(member)
}

fn kind(targets: &Targets) -> &'static str {
    match targets {
        Targets::Everyone => "everyone",
        Targets::Users(_) => "these users",
        Targets::Except(_) => "everyone but these users",
        Targets::UsersExcept { .. } => "these users but not those",
    }
}

fn person(user: &UserId, rule: &RuleId, side: TargetList, change: &Change, directory: &Directory) -> String {
    let label = directory.label(user);
    let state = match directory.user(user).map(|user| user.state) {
        Some(State::Enabled) => "",
        Some(State::Disabled) => " (disabled)",
        Some(State::Deleted) => " (deleted)",
        None => " (not in the directory)",
    };
    let via = change.via.get(&(rule.clone(), side, user.clone()));
    let via = via.map_or(String::new(), |groups| format!("  (in {})", listed(groups)));
    format!("{label}{state}{via}")
}
