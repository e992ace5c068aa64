//! What a dialog shows of a role that is being written, and how the same is said without a dialog.

use super::{access, plan};
use crate::config::Naming;
use crate::directory::{Directory, EntityName, State};
use crate::output::sanitize;
use crate::output::shell::quoted;
use crate::output::style::{Line, Sign, Tone};
use crate::plan::Plan;
use crate::plan::rule_edit::RuleEdits;
use crate::role::{Effect, Role, RoleName, RoleType, Rule, Targets, UserId, UserSet};
use crate::sorted;

/// Does the rule let the role into mailboxes that nobody named?
pub(crate) fn is_wide(rule: &Rule) -> bool {
    rule.effect == Effect::Allow && rule.targets.matches_unnamed()
}

/// Whom a rule is about, in one line.
pub(crate) fn targets(targets: &Targets, directory: &Directory) -> String {
    let all = |users: &UserSet| {
        let mut labels: Vec<_> = users.iter().map(|user| plan::with_state(user, directory)).collect();
        sorted::by_key(&mut labels, |label| label.to_lowercase());
        labels.join(", ")
    };
    match targets {
        Targets::Everyone => "everyone".to_owned(),
        Targets::Users(users) => all(users),
        Targets::Except(except) => format!("everyone except {}", all(except)),
        Targets::UsersExcept { users, except } => format!("{} except {}", all(users), all(except)),
    }
}

/// Whom a rule is about, and when it ends where it does, in one line.
pub(crate) fn rule(rule: &Rule, directory: &Directory) -> String {
    let end = rule.expires.as_ref().map(|end| format!("; expires {end}"));
    targets(&rule.targets, directory) + &end.unwrap_or_default()
}

/// What a role type lets its owner do.
pub(crate) fn meaning(role_type: RoleType) -> &'static str {
    match role_type {
        RoleType::ReadOnly => "may read the mailboxes that it reaches",
        RoleType::FullAccess => "may also change, send and delete what is in them",
    }
}

/// The role, and what the plan does to who is reached.
pub(crate) fn summary(role: &Role, changes: &Plan, directory: &Directory, naming: Naming) -> Vec<Line> {
    let Role { name, role_type, description, expires, rules } = role;
    let named = |text: String| Line::of(Tone::Bold, name.as_str()).and(Tone::Plain, text);
    let mut lines = vec![match role_type {
        RoleType::ReadOnly => named(format!("  READ_ONLY: {}", meaning(*role_type))),
        RoleType::FullAccess => Line::signed(Sign::Warning, Tone::Bold, name.as_str())
            .and(Tone::Warning, format!("  FULL_ACCESS: {}", meaning(*role_type))),
    }];
    lines.extend(
        description
            .iter()
            .flat_map(|text| text.as_str().lines())
            .map(|text| Line::of(Tone::Plain, format!("  {text}"))),
    );
    lines.extend(expires.as_ref().map(|end| Line::of(Tone::Plain, format!("  expires {end}"))));
    for one in rules {
        let text = format!("{} {}: {}", one.effect.as_str(), one.label(), rule(one, directory));
        lines.push(match is_wide(one) {
            true => Line::signed(Sign::Warning, Tone::Warning, text).indented(2),
            false => Line::of(Tone::Plain, text).indented(4),
        });
    }
    if rules.is_empty() {
        lines.push(Line::of(Tone::Plain, "  no rules: the role reaches nobody"));
    }
    lines.push(Line::default());
    match changes.is_empty() {
        true => lines.push(Line::of(Tone::Bold, "No changes")),
        false => lines.extend(access::block(changes, directory, naming)),
    }
    lines
}

/// A command that makes a role, or changes one.
#[derive(Debug)]
pub(crate) struct Flags<'a> {
    /// `create` or `edit`.
    pub(crate) verb: &'static str,
    /// The name of the new role; what finds the one that is there.
    pub(crate) role: &'a str,
    /// A new name.
    pub(crate) name: Option<&'a RoleName>,
    /// The type, where it is given.
    pub(crate) role_type: Option<RoleType>,
    /// The description, where it is given; empty takes it away.
    pub(crate) description: Option<&'a str>,
    /// When it ends, where it is given; `never` takes the end away.
    pub(crate) expires: Option<&'a str>,
    /// What is done to the rules.
    pub(crate) rules: &'a RuleEdits,
}

/// What stands behind `wmrole` and its options; none where a shell or a terminal would not show what it does.
pub(crate) fn command(flags: &Flags<'_>, directory: &Directory) -> Option<String> {
    let Flags { verb, role, name, role_type, description, expires, rules } = flags;
    let mut words = vec![(*verb).to_owned()];
    let dashed = role.starts_with('-');
    words.extend((!dashed).then(|| quoted(role)));
    let valued = |flag: &str, value: &str| format!("--{flag}={}", quoted(value));
    words.extend(name.map(|name| valued("name", name.as_str())));
    words.extend(role_type.map(|role_type| match role_type {
        RoleType::ReadOnly => "--type read-only".to_owned(),
        RoleType::FullAccess => "--type full-access".to_owned(),
    }));
    words.extend(description.map(|text| valued("description", text)));
    words.extend(expires.map(|text| valued("expires", text)));
    let RuleEdits {
        rule,
        expired: _,
        allow,
        deny,
        allow_everyone,
        allow_everyone_except,
        remove_users,
        undeny,
        remove_rules,
        remove_deny_rules,
    } = rules;
    words.extend(rule.as_ref().map(|rule| valued("rule", rule)));
    for (flag, users) in [
        ("--allow", allow),
        ("--deny", deny),
        ("--allow-everyone-except", allow_everyone_except),
        ("--remove-user", remove_users),
        ("--undeny", undeny),
    ] {
        words.extend(listed(flag, users.iter().map(|user| spelled(user, directory))));
    }
    words.extend(allow_everyone.then(|| "--allow-everyone".to_owned()));
    for (flag, rules) in [("remove-rule", remove_rules), ("remove-deny-rule", remove_deny_rules)] {
        words.extend(rules.iter().map(|rule| valued(flag, rule)));
    }
    words.extend(dashed.then(|| format!("-- {}", quoted(role))));
    let text = words.join(" ");
    (sanitize::terminal(&text) == text).then_some(text)
}

fn listed<'a>(flag: &str, values: impl Iterator<Item = &'a str>) -> Option<String> {
    let values = sorted::set(values.map(quoted));
    (!values.is_empty()).then(|| format!("{flag} {}", values.into_iter().collect::<Vec<_>>().join(" ")))
}

/// What means the user and nobody else, and neither a flag nor a file: the address, else the user name, else the id.
fn spelled<'a>(id: &'a UserId, directory: &'a Directory) -> &'a str {
    let Some(user) = directory.user(id).filter(|user| user.state != State::Deleted) else {
        return id.as_str();
    };
    let means = |text: &&str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && EntityName::parse(*text).is_ok()
            && directory.find_user(text).is_some_and(|found| found.id == *id)
    };
    let names = [user.email.as_deref(), user.name.as_deref()];
    names.into_iter().flatten().find(means).unwrap_or(id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::User;
    use crate::plan::change_of_role;
    use crate::role::tests::{role, rule, uid, users};

    fn directory() -> Directory {
        let user = |id: &str, email: &str| User {
            id: uid(id),
            email: Some(email.to_owned()),
            name: None,
            display_name: None,
            state: State::Enabled,
        };
        Directory::complete([user("1", "a@x"), user("2", "-rf@x"), user("3", "b@x"), user("4", "b@x")])
    }

    #[test]
    fn what_is_wide_is_a_warning() {
        let directory = directory();
        let everyone = rule("all", Effect::Allow, Targets::Everyone);
        let but = rule("but", Effect::Allow, Targets::Except(users(&["1"])));
        let deny = rule("none", Effect::Deny, Targets::Everyone);
        let some = rule("some", Effect::Allow, Targets::Users(users(&["1", "9"])));
        let role = Role { role_type: RoleType::FullAccess, ..role(vec![everyone, but, deny, some]) };
        let plan = Plan::new(change_of_role(&role, None, &directory).into_iter().collect(), vec![], vec![]);
        let lines: Vec<_> = summary(&role, &plan, &directory, Naming::Few).iter().map(Line::plain).collect();
        assert_eq!(
            lines[..5],
            [
                "! r  FULL_ACCESS: may also change, send and delete what is in them",
                "  ! ALLOW all: everyone",
                "  ! ALLOW but: everyone except a@x",
                "    DENY none: everyone",
                "    ALLOW some: 9 (not in the directory), a@x",
            ]
        );
        assert_eq!(lines[6], "Access: nobody gains or loses anything");
    }

    #[test]
    fn a_command_means_what_it_says_to_a_shell() {
        let edits = RuleEdits {
            allow: ["1", "2", "3"].map(uid).into(),
            remove_deny_rules: vec!["it's".into()],
            ..RuleEdits::default()
        };
        let flags = Flags {
            verb: "edit",
            role: "-it's",
            name: None,
            role_type: Some(RoleType::FullAccess),
            description: Some(""),
            expires: Some("2027-01-31"),
            rules: &edits,
        };
        assert_eq!(
            command(&flags, &directory()).as_deref(),
            Some(
                r"edit --type full-access --description='' --expires=2027-01-31 --allow 2 3 a@x --remove-deny-rule='it'\''s' -- '-it'\''s'"
            )
        );
        let hidden = Flags { role: "zero\u{200b}width", ..flags };
        assert_eq!(command(&hidden, &directory()), None);
    }
}
