//! What the console's dialog asks about a role, one step after the other, as data: [`Dialog::question`] says what is
//! asked, [`Dialog::answer`] takes the answer and goes on or back. How it looks on a terminal is [`walk`]'s.

mod draft;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use self::draft::{Draft, EVERYONE, Kind};
pub(crate) use self::walk::run;
use super::menu::Item;
use crate::directory::Directory;
use crate::expiry::Expires;
use crate::output::style::{Line, Tone, counted};
use crate::output::text::dialog as text;
use crate::role::{
    Description, Effect, MAX_RULES, Role, RoleId, RoleName, RoleType, Rule, RuleName, UserId,
    limit_violations,
};
use crate::sorted;

/// The role as it is described, and what it does.
pub(crate) type Summary = dyn Fn(&Role, &Directory) -> Vec<Line> + Send;

/// What is known before anything is asked.
pub(crate) struct Facts {
    /// What is done, and where, as `Create role in acme`.
    pub(crate) what: String,
    /// Every user and group.
    pub(crate) directory: Directory,
    /// When the dialog begins, from which durations count.
    pub(crate) now: Timestamp,
    /// The names that other roles have.
    pub(crate) taken: BTreeMap<RoleName, RoleId>,
    /// What is shown before the dialog ends.
    pub(crate) summary: Box<Summary>,
}

/// What is asked in a window of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// The role's name.
    Name,
    /// What the role is for.
    Description,
    /// What it may do.
    Type,
    /// When it ends.
    Expires,
    /// Which rule to change, or whether there are enough.
    Rules,
    /// What to do with the rule of this number.
    Rule(usize),
    /// When the ALLOW rule of this number ends.
    RuleExpires(usize),
    /// The name of a rule.
    RuleName,
    /// What the rule is for.
    RuleDescription,
    /// What it decides.
    Effect,
    /// Whom it is about.
    Targets,
    /// That everyone is meant.
    Everyone,
    /// Who is picked.
    Users,
    /// Whether all is as it should be.
    Summary,
}

/// The steps that every role goes through.
const STEPS: [Step; 6] =
    [Step::Name, Step::Description, Step::Type, Step::Expires, Step::Rules, Step::Summary];

/// What is taken for an end.
const WHEN: &str = "optional: a date, a time, or a duration like 2w or 36h; empty: never";

/// What is asked.
pub(super) enum Question {
    /// A text.
    Text { label: &'static str, text: String, notes: Vec<String> },
    /// One of a few, and which of them Enter chooses.
    Choice { title: String, items: Vec<Item>, at: usize },
    /// Some of the directory.
    Users { title: String, chosen: BTreeSet<UserId> },
    /// Nothing more: this is what was answered.
    Summary(Vec<Line>),
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// This text.
    Text(String),
    /// The item of this number.
    Choice(usize),
    /// These users.
    Users(BTreeSet<UserId>),
    /// The summary is right.
    Yes,
}

/// What comes behind an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// The next question.
    Question,
    /// The role as it was described.
    Done(Role),
    /// Nothing: there is no step before this one.
    Leave,
}

/// The answers so far.
pub(crate) struct Dialog {
    facts: Facts,
    /// The role as it is, where there is one.
    live: Option<Role>,
    step: Step,
    /// What the command line said already.
    given: BTreeSet<Step>,
    name: String,
    description: String,
    /// As it was typed; empty for never.
    expires: String,
    role_type: RoleType,
    rules: Vec<Rule>,
    draft: Draft,
}

impl Dialog {
    /// A dialog about a new role.
    fn new(facts: Facts) -> Self {
        let (name, description, expires, rules) = Default::default();
        let (role_type, draft, given) = (RoleType::ReadOnly, Draft::default(), BTreeSet::new());
        Self {
            facts,
            live: None,
            step: Step::Name,
            given,
            name,
            description,
            expires,
            role_type,
            rules,
            draft,
        }
    }

    /// A dialog that begins with these answers. A name that is not given yet is empty.
    pub(crate) fn beginning(role: Role, facts: Facts) -> Self {
        let Role { name, role_type, description, expires, rules } = role;
        let description = description.map(|text| text.to_string()).unwrap_or_default();
        let expires = expires.map(|end| end.to_string()).unwrap_or_default();
        Self { name: name.to_string(), description, expires, role_type, rules, ..Self::new(facts) }
    }

    /// A dialog about a role that is there.
    pub(crate) fn of(role: &Role, facts: Facts) -> Self {
        Self { live: Some(role.clone()), ..Self::beginning(role.clone(), facts) }
    }

    /// The dialog without these steps, whose answers are known.
    #[must_use]
    pub(crate) fn given(self, steps: impl IntoIterator<Item = Step>) -> Self {
        let given = sorted::set(steps);
        let step = STEPS.into_iter().find(|step| !given.contains(step)).unwrap_or(Step::Summary);
        Self { given, step, ..self }
    }

    /// Where it is.
    #[cfg(test)]
    fn step(&self) -> Step {
        self.step
    }

    /// What is asked now.
    pub(super) fn question(&self) -> Question {
        let draft = &self.draft;
        match self.step {
            Step::Name => text("Name: ", &self.name, &[]),
            Step::Description => {
                text("Description: ", &self.description, &["optional: what the role is for"])
            }
            Step::Type => {
                let item = |role_type: RoleType| (role_type.as_str(), text::meaning(role_type));
                let (read, full) = (item(RoleType::ReadOnly), item(RoleType::FullAccess));
                let items = vec![Item::new(read.0, read.1), Item::wide(full.0, full.1)];
                choice("Type", items, usize::from(self.role_type == RoleType::FullAccess))
            }
            Step::Expires => text("Expires: ", &self.expires, &[WHEN]),
            Step::Rules => self.rules_question(),
            Step::Rule(n) => {
                let mut items = vec![
                    Item::new("Change it", "name, description, effect, users"),
                    Item::new("Remove it", ""),
                ];
                // A DENY rule never ends: it would give access
                if self.rules.get(n).is_some_and(|rule| rule.effect == Effect::Allow) {
                    items.push(Item::new("Say when it ends", "before the role does"));
                }
                choice("What to do with the rule", items, 0)
            }
            Step::RuleExpires(n) => {
                let end = self.rules.get(n).and_then(|rule| rule.expires.as_ref());
                text("Rule expires: ", end.map_or("", Expires::as_str), &[WHEN])
            }
            Step::RuleName => {
                let note = "optional: without one the rule is named after what it does";
                let notes = if draft.of.is_none() { &[note][..] } else { &[] };
                text("Rule name: ", &draft.name, notes)
            }
            Step::RuleDescription => {
                text("Rule description: ", &draft.description, &["optional: why there is this rule"])
            }
            Step::Effect => {
                let items = vec![
                    Item::new("ALLOW", "the role may impersonate them, unless a DENY rule says otherwise"),
                    Item::new("DENY", "the role may not, whatever other rules say"),
                ];
                choice("Effect", items, usize::from(draft.effect == Effect::Deny))
            }
            Step::Targets => self.targets_question(),
            Step::Everyone => {
                let today =
                    counted(self.facts.directory.mailboxes().count(), "mailbox today", "mailboxes today");
                let note = format!("Type the word {EVERYONE}: the rule allows {today}, and those made later");
                text("Whom: ", &draft.word, &[&note])
            }
            Step::Users => {
                let whom = match draft.kind() {
                    Kind::AllBut => "everyone except these users",
                    Kind::Chosen | Kind::Everyone | Kind::AsItIs => "these users",
                };
                let title = format!("{} {whom}", draft.effect.as_str());
                Question::Users { title, chosen: draft.users() }
            }
            Step::Summary => Question::Summary((self.facts.summary)(&self.role(), &self.facts.directory)),
        }
    }

    fn rules_question(&self) -> Question {
        let done = match self.rules.is_empty() {
            true => Item::new("No rules", "the role reaches nobody"),
            false => Item::new("Done", "see what it does"),
        };
        let rule = |rule: &Rule| {
            let does = text::rule(rule, &self.facts.directory);
            let label = format!("{} {}", rule.effect.as_str(), rule.label());
            if text::is_wide(rule) { Item::wide(label, does) } else { Item::new(label, does) }
        };
        let items = [done, Item::new("Add a rule", "")].into_iter().chain(self.rules.iter().map(rule));
        choice("Rules", items.collect(), usize::from(self.rules.is_empty()))
    }

    fn targets_question(&self) -> Question {
        let (allows, directory) = (self.draft.effect == Effect::Allow, &self.facts.directory);
        let today = counted(directory.mailboxes().count(), "mailbox today", "mailboxes today");
        let offered = self.draft.offered();
        let item = |kind: &Kind| {
            let (label, note) = match kind {
                Kind::AsItIs => {
                    let targets =
                        self.draft.of.as_ref().map(|(_, rule)| text::targets(&rule.targets, directory));
                    ("As it is", targets.unwrap_or_default())
                }
                Kind::Chosen => {
                    ("Chosen users", "users and members of groups, picked from a list".to_owned())
                }
                Kind::AllBut => ("All but chosen users", "mailboxes made later are meant too".to_owned()),
                Kind::Everyone => (EVERYONE, format!("{today}, and those made later")),
            };
            let is_wide = allows && matches!(kind, Kind::AllBut | Kind::Everyone);
            if is_wide { Item::wide(label, note) } else { Item::new(label, note) }
        };
        let title = if allows { "Whom the rule allows" } else { "Whom the rule denies" };
        let kind = self.draft.kind();
        let at = offered.iter().position(|offered| *offered == kind).unwrap_or(0);
        choice(title, offered.iter().map(item).collect(), at)
    }

    /// What is wrong with a text, as far as it is typed. What is live already stays as it is.
    pub(super) fn complaint(&self, text: &str) -> Option<String> {
        let live_rule = self.draft.of.as_ref().map(|(_, rule)| rule);
        let is = |live: Option<&str>| live.is_some_and(|live| live == text);
        match self.step {
            Step::Name if is(self.live.as_ref().map(|role| role.name.as_str())) => None,
            Step::Name => match RoleName::parse(text) {
                Ok(name) => self.taken(&name),
                Err(error) => Some(error.to_string()),
            },
            _ if text.is_empty() => None,
            Step::RuleName if is(live_rule.and_then(|rule| rule.name.as_ref()).map(RuleName::as_str)) => None,
            Step::RuleName => {
                let own = self.draft.of.as_ref().map(|(number, _)| *number);
                let is_name = |name: &RuleName| name.as_str() == text;
                let mut others = self.rules.iter().enumerate().filter(|(n, _)| Some(*n) != own);
                match others.any(|(_, rule)| rule.name.as_ref().is_some_and(is_name)) {
                    true => Some(format!("there is a rule {text} already")),
                    false => RuleName::parse(text).err().map(|error| error.to_string()),
                }
            }
            Step::Description | Step::RuleDescription => {
                let role = self.live.as_ref().and_then(|role| role.description.as_ref());
                let rule = live_rule.and_then(|rule| rule.description.as_ref());
                let live = if self.step == Step::Description { role } else { rule };
                let error =
                    Description::parse_text(text).err().filter(|_| !is(live.map(Description::as_str)));
                error.or_else(|| self.too_long(Some(text), &self.expires))
            }
            Step::Expires
                if is(self.live.as_ref().and_then(|role| role.expires.as_ref()).map(Expires::as_str)) =>
            {
                None
            }
            Step::Expires => match Expires::parse_flag(text, self.facts.now) {
                Ok(_) => self.too_long(None, text),
                Err(error) => Some(error.to_string()),
            },
            Step::RuleExpires(n) => self.ending(n, text).err(),
            _ => None,
        }
    }

    /// The rules, of which one ends by such a text; empty for never.
    fn ending(&self, number: usize, text: &str) -> Result<Vec<Rule>, String> {
        let mut rules = self.rules.clone();
        let rule = rules.get_mut(number).ok_or("there is no such rule")?;
        if rule.expires.as_ref().map_or("", Expires::as_str) != text {
            let end = match text {
                "" => None,
                _ => Expires::parse_flag(text, self.facts.now).map_err(|error| error.to_string())?,
            };
            rule.expires = end;
            // A last line that says when it ends and does not parse
            rule.description = rule.description.as_ref().and_then(Description::without_expiry);
        }
        self.within_limits(rules)
    }

    /// The rules, unless the role breaks a limit with them that it did not.
    fn within_limits(&self, rules: Vec<Rule>) -> Result<Vec<Rule>, String> {
        let (before, after) = (self.role(), Role { rules: rules.clone(), ..self.role() });
        let known = limit_violations(&before);
        match limit_violations(&after).iter().find(|one| !known.contains(one)) {
            Some(new) => Err(new.to_string()),
            None => Ok(rules),
        }
    }

    /// Whether a new description or end of the role does not fit beside the other.
    fn too_long(&self, description: Option<&str>, expires: &str) -> Option<String> {
        if matches!(self.step, Step::RuleDescription) {
            return None;
        }
        let role = Role {
            description: description.map(Description::from_service).or(self.role().description),
            expires: self.ends(expires),
            rules: Vec::new(),
            ..self.role()
        };
        limit_violations(&role).first().map(ToString::to_string)
    }

    /// When the role ends by such a text, which was looked at when it was typed.
    fn ends(&self, text: &str) -> Option<Expires> {
        let live = self.live.as_ref().and_then(|role| role.expires.as_ref());
        let live = live.filter(|end| end.as_str() == text).cloned();
        live.or_else(|| Expires::parse_flag(text, self.facts.now).ok().flatten())
    }

    fn taken(&self, name: &RoleName) -> Option<String> {
        let id = self.facts.taken.get(name)?;
        Some(format!("there is a role {name} already; its id is {id}"))
    }

    /// Keeps an answer without going on, as when somebody goes back.
    pub(super) fn keep(&mut self, answer: Answer) {
        match (self.step, answer) {
            (Step::Name, Answer::Text(text)) => self.name = text,
            (Step::Description, Answer::Text(text)) => self.description = text,
            (Step::Expires, Answer::Text(text)) => self.expires = text,
            (Step::RuleName, Answer::Text(text)) => self.draft.name = text,
            (Step::RuleDescription, Answer::Text(text)) => self.draft.description = text,
            (Step::Everyone, Answer::Text(text)) => self.draft.word = text,
            (Step::Users, Answer::Users(users)) => self.draft.set_users(users),
            (Step::Type, Answer::Choice(at)) => {
                self.role_type = if at == 0 { RoleType::ReadOnly } else { RoleType::FullAccess };
            }
            (Step::Effect, Answer::Choice(at)) => {
                self.draft.effect = if at == 0 { Effect::Allow } else { Effect::Deny };
            }
            (Step::Targets, Answer::Choice(at)) => {
                if let Some(kind) = self.draft.offered().get(at) {
                    self.draft.set_kind(*kind);
                }
            }
            _ => {}
        }
    }

    /// Takes an answer and goes on.
    ///
    /// # Errors
    /// When the answer is none that can be taken: says why, and the question stays.
    pub(super) fn answer(&mut self, answer: Answer) -> Result<Next, String> {
        if let (Answer::Text(text), true) = (&answer, self.step != Step::Everyone)
            && let Some(complaint) = self.complaint(text)
        {
            return Err(complaint);
        }
        self.keep(answer.clone());
        self.step = match (self.step, answer) {
            (Step::Rules, Answer::Choice(0)) => self.after(Step::Rules),
            (Step::Rules, Answer::Choice(1)) => self.add()?,
            (Step::Rules, Answer::Choice(n)) => Step::Rule(n - 2),
            (Step::Rule(n), Answer::Choice(2)) => Step::RuleExpires(n),
            (Step::Rule(n), Answer::Choice(at)) => self.change(n, at == 0),
            (Step::RuleExpires(n), Answer::Text(text)) => {
                self.rules = self.ending(n, &text)?;
                Step::Rules
            }
            (Step::RuleName, _) => Step::RuleDescription,
            (Step::RuleDescription, _) => Step::Effect,
            (Step::Effect, _) => Step::Targets,
            (Step::Targets, _) => match (self.draft.effect, self.draft.kind()) {
                (_, Kind::Chosen | Kind::AllBut) => Step::Users,
                (Effect::Allow, Kind::Everyone) => Step::Everyone,
                (Effect::Deny, Kind::Everyone) | (_, Kind::AsItIs) => self.finish()?,
            },
            (Step::Everyone, _) if self.draft.word.trim() != EVERYONE => {
                return Err(format!("that is not the word {EVERYONE}; Esc goes back"));
            }
            (Step::Everyone | Step::Users, _) => self.finish()?,
            (Step::Summary, _) => return Ok(Next::Done(self.role())),
            (step, _) => self.after(step),
        };
        Ok(Next::Question)
    }

    /// Goes back one step; what was answered stays.
    pub(super) fn back(&mut self) -> Next {
        self.step = match self.step {
            Step::Rule(_) | Step::RuleName => Step::Rules,
            Step::RuleExpires(n) => Step::Rule(n),
            Step::RuleDescription => Step::RuleName,
            Step::Effect => Step::RuleDescription,
            Step::Targets => Step::Effect,
            Step::Everyone | Step::Users => Step::Targets,
            step => {
                let before = STEPS.into_iter().rev().filter(|one| *one < step);
                match before.into_iter().find(|one| !self.given.contains(one)) {
                    Some(before) => before,
                    None => return Next::Leave,
                }
            }
        };
        Next::Question
    }

    fn after(&self, step: Step) -> Step {
        let mut later = STEPS.into_iter().filter(|one| *one > step && !self.given.contains(one));
        later.next().unwrap_or(Step::Summary)
    }

    /// Begins a rule, or goes on with the one that was begun.
    fn add(&mut self) -> Result<Step, String> {
        if self.rules.len() >= MAX_RULES {
            return Err(format!(
                "the role has {} rules; the service takes at most {MAX_RULES}",
                self.rules.len()
            ));
        }
        if self.draft.of.is_some() {
            self.draft = Draft::default();
        }
        Ok(Step::RuleName)
    }

    fn change(&mut self, number: usize, is_kept: bool) -> Step {
        match self.rules.get(number) {
            Some(rule) if is_kept => self.draft = Draft::of(number, rule),
            Some(_) => {
                self.rules.remove(number);
                self.draft = Draft::default();
                return Step::Rules;
            }
            None => return Step::Rules,
        }
        Step::RuleName
    }

    /// Puts the rule in its place.
    fn finish(&mut self) -> Result<Step, String> {
        let mut rules = self.rules.clone();
        let Some(rule) = self.draft.rule(&rules) else {
            return Err("nobody is chosen: Tab chooses who is marked, Esc goes back".to_owned());
        };
        match &self.draft.of {
            Some((number, _)) if *number < rules.len() => rules[*number] = rule,
            _ => rules.push(rule),
        }
        self.rules = self.within_limits(rules)?;
        self.draft = Draft::default();
        Ok(Step::Rules)
    }

    /// The role as it is described so far.
    fn role(&self) -> Role {
        // Each text was looked at when it was typed; what is live may break a limit, and stays so
        let description = Some(self.description.as_str()).filter(|text| !text.is_empty());
        Role {
            name: RoleName::from_service(self.name.as_str()),
            role_type: self.role_type,
            description: description.map(Description::from_service),
            expires: self.ends(&self.expires),
            rules: self.rules.clone(),
        }
    }

    /// What is done where, and what is answered.
    pub(super) fn header(&self) -> Vec<Line> {
        let field = |name: &str, tone: Tone, value: &str| {
            Line::of(Tone::Dim, format!("  {name:<13}")).and(tone, value)
        };
        let mut lines = vec![Line::of(Tone::Bold, self.facts.what.as_str())];
        let is_known = |step: Step| self.given.contains(&step) || self.step > step;
        if self.step == Step::Summary {
            return lines;
        }
        lines.extend(is_known(Step::Name).then(|| field("Name", Tone::Plain, &self.name)));
        let described = is_known(Step::Description) && !self.description.is_empty();
        lines.extend(described.then(|| field("Description", Tone::Plain, &self.description)));
        let tone = if self.role_type == RoleType::FullAccess { Tone::Warning } else { Tone::Plain };
        lines.extend(is_known(Step::Type).then(|| field("Type", tone, self.role_type.as_str())));
        let end = is_known(Step::Expires).then(|| self.ends(&self.expires)).flatten();
        lines.extend(end.map(|end| field("Expires", Tone::Plain, end.as_str())));
        lines.extend(self.rule_in_work().map(|rule| field("Rule", Tone::Plain, &rule)));
        lines
    }

    /// What is answered of the rule that is written or chosen.
    fn rule_in_work(&self) -> Option<String> {
        let Draft { of, name, effect, .. } = &self.draft;
        if let Step::Rule(n) | Step::RuleExpires(n) = self.step {
            let rule = self.rules.get(n)?;
            let does = text::rule(rule, &self.facts.directory);
            return Some(format!("{} {}: {does}", rule.effect.as_str(), rule.label()));
        }
        let number = of.as_ref().map_or(self.rules.len(), |(number, _)| *number) + 1;
        let name = if name.is_empty() { String::new() } else { format!(", {name}") };
        match self.step {
            Step::RuleName => Some(number.to_string()),
            Step::RuleDescription | Step::Effect => Some(format!("{number}{name}")),
            Step::Targets | Step::Everyone | Step::Users => {
                Some(format!("{number}{name}, {}", effect.as_str()))
            }
            _ => None,
        }
    }
}

fn text(label: &'static str, text: &str, notes: &[&str]) -> Question {
    Question::Text {
        label,
        text: text.to_owned(),
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
    }
}

fn choice(title: &str, items: Vec<Item>, at: usize) -> Question {
    Question::Choice { title: title.to_owned(), items, at }
}

#[cfg(test)]
mod tests;
