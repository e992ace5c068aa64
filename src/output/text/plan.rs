//! A plan as people read it: who gains and loses what, then which settings and rules change.

use super::access;
use crate::directory::{Directory, State};
use crate::output::style::{Line, Sign, Tone, counted, listed};
use crate::plan::role_diff::{Edit, Lists, RoleDiff, RuleChange, RuleDiff, SetDiff, Target, WholeRule};
use crate::plan::{Action, Change, Plan};
use crate::role::{Rule, Targets};

/// How far the fields and the rules of a role are indented.
const IN_ROLE: usize = 4;
/// How far the fields and the users of a rule are indented.
const IN_RULE: usize = 8;

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
    lines.push(if plan.is_empty() {
        Line::of(Tone::Plain, summary(plan))
    } else {
        Line::of(Tone::Bold, format!("Plan: {}", summary(plan)))
    });
    lines.extend(undeclared(plan).map(|text| Line::of(Tone::Dim, text)));
    lines
}

/// What happens to how many roles, in one line.
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
        "{} to create, {} to update, {} to delete, {} unchanged",
        counts.create, counts.update, counts.delete, counts.unchanged
    )
}

/// The live roles that nothing declares, if there are any.
pub(crate) fn undeclared(plan: &Plan) -> Option<String> {
    let names: Vec<_> = plan.undeclared.iter().map(|role| role.name.as_str()).collect();
    let count = counted(names.len(), "live role is", "live roles are");
    (!names.is_empty()).then(|| format!("{count} not declared, and left alone: {}", names.join(", ")))
}

/// One change: its title, then what is different.
pub(crate) fn change(change: &Change, directory: &Directory) -> Vec<Line> {
    let sign = match change.action {
        Action::Create { .. } => Sign::Added,
        Action::Update { .. } => Sign::Changed,
        Action::Delete { .. } => Sign::Removed,
    };
    let verb = format!("{} ", change.verb());
    let mut title = Line::signed(sign, verb).and(Tone::Bold, change.name().as_str());
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

/// What a change is about, without the title.
pub(crate) fn details(change: &Change, directory: &Directory) -> Vec<Line> {
    let mut lines = Vec::new();
    if matches!(change.action, Action::Delete { .. }) {
        let warning = |text: String| Line::of(Tone::Warning, text).indented(IN_ROLE);
        lines.extend(id_goes(change.referenced_by.as_deref()).into_iter().map(warning));
    }
    lines.extend(role_diff(&change.diff, directory));
    lines.extend(change.skipped_rules.iter().map(|rule| {
        let text = format!("rule {} is left out: its groups have no members today", rule.label());
        Line::signed(Sign::Warning, text).indented(IN_ROLE)
    }));
    lines
}

/// How a role differs.
pub(crate) fn role_diff(diff: &RoleDiff, directory: &Directory) -> Vec<Line> {
    let RoleDiff { name, role_type, description, rules } = diff;
    let mut lines = Vec::new();
    lines.extend(name.as_ref().map(|edit| edited(IN_ROLE, "name", edit, |name| name.to_string())));
    lines.extend(role_type.as_ref().map(|edit| edited(IN_ROLE, "type", edit, |kind| kind.as_str().into())));
    lines.extend(description.as_ref().map(|edit| edited(IN_ROLE, "description", edit, quoted)));
    for rule in rules {
        lines.extend(match rule {
            RuleDiff::Added(rule) => whole(rule, Sign::Added, directory),
            RuleDiff::Removed(rule) => whole(rule, Sign::Removed, directory),
            RuleDiff::Changed(change) => rule_change(change, directory),
        });
    }
    lines
}

/// What a deletion does to those who name the role's id.
fn id_goes(referenced_by: Option<&[String]>) -> Vec<String> {
    let mut lines =
        vec!["its id is gone for good; IAM policies that name it (not checked) stop matching".into()];
    match referenced_by {
        Some([]) => {}
        Some(rules) => lines.push(format!("access control rules that name it: {}", rules.join(", "))),
        None => lines.push("access control rules could not be read; some may name this role".into()),
    }
    lines
}

/// A field that changes, in the words of `text`.
fn edited<T>(indent: usize, field: &str, Edit { old, new }: &Edit<T>, text: impl Fn(&T) -> String) -> Line {
    Line::of(Tone::Changed, format!("{field}: "))
        .indented(indent)
        .and(Tone::Removed, text(old))
        .and(Tone::Plain, " -> ")
        .and(Tone::Added, text(new))
}

/// Text that may be absent.
fn quoted<T: AsRef<str>>(text: &Option<T>) -> String {
    text.as_ref().map_or("(none)".to_owned(), |text| format!("{:?}", text.as_ref()))
}

fn title(rule: &Rule) -> String {
    format!("rule {} {}", rule.label(), rule.effect.as_str())
}

/// A rule that is added or removed.
fn whole(whole: &WholeRule, sign: Sign, directory: &Directory) -> Vec<Line> {
    let WholeRule { rule, users, except } = whole;
    let Rule { id: _, name: _, effect: _, description, targets } = rule;
    let line = |text: String| Line::signed(sign, text).indented(IN_RULE);
    let mut lines = vec![Line::signed(sign, title(rule)).indented(IN_ROLE)];
    if let Some(description) = description {
        lines.push(line(format!("description: {:?}", description.as_str())));
    }
    if *targets == Targets::Everyone {
        lines.push(line("everyone".into()));
    }
    for (users, prefix) in [(users, ""), (except, except_prefix(rule))] {
        let mut labels: Vec<_> = users.iter().map(|target| label(target, directory)).collect();
        labels.sort();
        lines.extend(labels.iter().map(|who| line(format!("{prefix}{who}"))));
    }
    lines
}

/// What stands before a user whom the rule excepts.
fn except_prefix(rule: &Rule) -> &'static str {
    if rule.targets.users().is_some() { "but not " } else { "all but " }
}

/// A rule that changes.
fn rule_change(change: &RuleChange, directory: &Directory) -> Vec<Line> {
    let RuleChange { before, after, name, description, effect, lists, users, except, groups, only_members } =
        change;
    let mut lines = vec![Line::signed(Sign::Changed, title(after)).indented(IN_ROLE)];
    lines
        .extend(effect.as_ref().map(|edit| edited(IN_RULE, "effect", edit, |effect| effect.as_str().into())));
    lines.extend(name.as_ref().map(|edit| edited(IN_RULE, "name", edit, quoted)));
    lines.extend(description.as_ref().map(|edit| edited(IN_RULE, "description", edit, quoted)));
    lines.extend(lists.as_ref().map(|edit| edited(IN_RULE, "targets", edit, |lists| kind(*lists).into())));
    if *only_members {
        let text = format!("the members of {} are not those of the live rule", listed(groups));
        lines.push(Line::of(Tone::Changed, text).indented(IN_RULE));
    }
    for (SetDiff { added, removed, not_in }, prefix) in [(users, ""), (except, except_prefix(before))] {
        let not = if not_in.is_empty() { String::new() } else { format!("  (not in {})", listed(not_in)) };
        for user in removed {
            let text = format!("{prefix}{}{not}", directory.label(user));
            lines.push(Line::signed(Sign::Removed, text).indented(IN_RULE));
        }
        for target in added {
            let text = format!("{prefix}{}", label(target, directory));
            lines.push(Line::signed(Sign::Added, text).indented(IN_RULE));
        }
    }
    lines
}

fn kind(lists: Lists) -> &'static str {
    match lists {
        Lists::None => "everyone",
        Lists::Users => "these users",
        Lists::Except => "everyone but these users",
        Lists::Both => "these users but not those",
    }
}

/// A user with the state of the account, and the groups through which a rule names the user.
fn label(Target { user, groups }: &Target, directory: &Directory) -> String {
    let label = directory.label(user);
    let state = match directory.user(user) {
        Some(user) if user.has_mailbox() => "",
        Some(user) => match user.state {
            State::Enabled => " (no address)",
            State::Disabled => " (disabled)",
            State::Deleted => " (deleted)",
        },
        None => " (not in the directory)",
    };
    let via = if groups.is_empty() { String::new() } else { format!("  (in {})", listed(groups)) };
    format!("{label}{state}{via}")
}
