//! Who gains and loses access by a plan: the headline of every way to show one.

use super::line::{Line, Tone};
use super::plan::counted;
use crate::access::{self, Delta};
use crate::directory::Directory;
use crate::plan::{Change, Plan};
use crate::role::{Role, UserId};

/// One thing that a change does to who reaches whom, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The sign before it: `+` gained, `-` lost, `!` wants care.
    pub sign: char,
    /// A sentence about one user or about everyone.
    pub text: String,
}

impl Effect {
    fn new(sign: char, text: String) -> Self {
        Self { sign, text }
    }

    /// How it is shown.
    pub fn tone(&self) -> Tone {
        match self.sign {
            '+' => Tone::Added,
            '-' => Tone::Removed,
            _ => Tone::Warning,
        }
    }
}

/// The sum of a plan in one line.
pub fn headline(plan: &Plan) -> String {
    let Delta { gained, lost, escalated, opened, closed } = &plan.delta;
    if plan.delta.is_empty() {
        return "Access: nobody gains or loses anything".into();
    }
    let mut text =
        format!("Access: {} gained, {} lost, {} escalated", gained.len(), lost.len(), escalated.len());
    for (roles, what) in [(opened, "opens to everyone"), (closed, "no longer reaches everyone")] {
        for role in roles {
            text += &format!("; {role} {what}");
        }
    }
    text
}

/// The changes that do anything to who reaches whom, those first that want most care.
pub fn concerned(plan: &Plan) -> Vec<&Change> {
    let mut changes: Vec<_> = plan.changes.iter().filter(|change| !change.delta.is_empty()).collect();
    changes.sort_by_key(|change| {
        let Delta { gained, escalated, opened, lost: _, closed: _ } = &change.delta;
        (opened.is_empty(), escalated.is_empty(), gained.is_empty())
    });
    changes
}

/// The headline and everyone whom it is about.
pub fn block(plan: &Plan, directory: &Directory) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Bold, headline(plan))];
    for change in concerned(plan) {
        lines.push(Line::of(Tone::Bold, format!("  {}", change.name())));
        for effect in effects(change, directory) {
            lines.push(Line::of(effect.tone(), format!("    {} {}", effect.sign, effect.text)));
        }
    }
    lines
}

/// What one change does: a line a user, and one line for what concerns everyone.
pub fn effects(change: &Change, directory: &Directory) -> Vec<Effect> {
    let Delta { gained, lost, escalated, opened, closed } = &change.delta;
    let mailboxes: Vec<&UserId> =
        directory.users().map(|user| &user.id).filter(|id| directory.is_enabled(id)).collect();
    let reached = |role: Option<&Role>| {
        role.map_or(0, |role| mailboxes.iter().filter(|user| access::allows(&role.rules, user)).count())
    };
    let (was, is) = (reached(change.before().map(|live| &live.role)), reached(change.after()));
    let everyone = |reached: usize| {
        let today = counted(reached, "mailbox today", "mailboxes today");
        match mailboxes.len() - reached {
            0 => format!("everyone ({today})"),
            but => format!("everyone but {but} ({today})"),
        }
    };
    let mut effects = Vec::new();
    let open = change.after().is_some_and(|role| access::is_open(&role.rules));
    if opened.is_empty() {
        for grant in gained {
            let text = format!(
                "{} becomes reachable with {}{}",
                directory.label(&grant.user),
                grant.role_type.as_str(),
                through(change, &grant.user)
            );
            effects.push(Effect::new('+', text));
        }
    } else {
        let with = change.after().map_or("", |role| role.role_type.as_str());
        let newly =
            if gained.len() == is { String::new() } else { format!(", {} of them newly", gained.len()) };
        let text =
            format!("{} becomes reachable with {with}{newly}, and every mailbox made later", everyone(is));
        effects.push(Effect::new('!', text));
    }
    match &escalated[..] {
        [one, ..] if open && escalated.len() == is => {
            let text = format!(
                "{} is reached with {} instead of {}",
                everyone(is),
                one.to.as_str(),
                one.from.as_str()
            );
            effects.push(Effect::new('!', text));
        }
        some => effects.extend(some.iter().map(|one| {
            let who = directory.label(&one.user);
            Effect::new(
                '!',
                format!("{who} is reached with {} instead of {}", one.to.as_str(), one.from.as_str()),
            )
        })),
    }
    if closed.is_empty() {
        effects.extend(lost.iter().map(|grant| {
            Effect::new('-', format!("{} is no longer reachable", directory.label(&grant.user)))
        }));
    } else {
        let stay = match was - lost.len() {
            0 => String::new(),
            stay => format!(": {} lost, {stay} still reached", lost.len()),
        };
        effects.push(Effect::new('-', format!("{} is no longer reachable{stay}", everyone(was))));
    }
    effects
}

/// `  (in support@example.com)`: the groups through which the new rules name a user.
fn through(change: &Change, user: &UserId) -> String {
    let groups: std::collections::BTreeSet<_> =
        change.via.iter().filter(|((_, u), _)| u == user).flat_map(|(_, groups)| groups).collect();
    if groups.is_empty() {
        return String::new();
    }
    format!("  (in {})", groups.into_iter().map(String::as_str).collect::<Vec<_>>().join(", "))
}
