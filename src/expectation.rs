//! Expectations of definitions, and whether they hold. Pure: the service's answers are arguments, and how a
//! result is shown is unknown here.

use crate::access;
use crate::definition::code::DiagnosticCode;
use crate::definition::diagnostic::Diagnostic;
use crate::definition::model::{Document, RoleDefinition};
use crate::definition::names::{Names, NotFound};
use crate::definition::resolve::Desired;
use crate::definition::span::{Span, Spanned};
use crate::directory::{Directory, EntityName, State, User, UserId};
use crate::plan::guard::Refusal;
use crate::role::{Effect, RoleName, RoleType, Rule, RuleId, RuleName};

/// A role must, or must not, reach a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// The number of the role in the documents.
    pub number: usize,
    pub role: RoleName,
    pub user: UserId,
    pub expected: Effect,
    /// The user in the definition.
    pub span: Span,
}

/// Who answered whether a role may impersonate a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AnswerSource {
    /// The service.
    Service,
    /// This program, from the rules.
    Offline,
}

impl AnswerSource {
    /// As JSON has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Offline => "offline",
        }
    }
}

/// The expectations of one organization, with the answers.
#[derive(Debug)]
pub(crate) struct OrganizationExpectations {
    /// The organization's alias, or its id.
    pub(crate) name: String,
    pub(crate) checked: Vec<Checked>,
    pub(crate) directory: Directory,
    pub(crate) source: AnswerSource,
}

impl OrganizationExpectations {
    /// Do all of them hold?
    pub(crate) fn passed(&self) -> bool {
        self.checked.iter().all(Checked::passed)
    }
}

/// The expectations of a whole call.
#[derive(Debug, Default)]
pub(crate) struct ExpectationsReport {
    pub(crate) parts: Vec<OrganizationExpectations>,
    /// The organizations that could not be checked, with the errors.
    pub(crate) errors: Vec<(String, String)>,
    /// Guards that refuse the definitions, as for a protected user.
    pub(crate) refusals: Vec<Refusal>,
}

impl ExpectationsReport {
    /// Do all of them hold?
    pub(crate) fn passed(&self) -> bool {
        self.parts.iter().all(OrganizationExpectations::passed)
    }
}

/// Whether a role may impersonate a user, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub effect: Effect,
    pub role_type: RoleType,
    /// The rules that decided; empty if no rule matched.
    pub rules: Vec<(RuleId, Option<RuleName>)>,
}

impl Answer {
    /// The answer of the rules. A user without a mailbox is never reached.
    pub(crate) fn of_rules(
        role_type: RoleType,
        rules: &[Rule],
        user: &UserId,
        directory: &Directory,
    ) -> Self {
        if !directory.has_mailbox(user) {
            return Self::no_mailbox(role_type);
        }
        let decision = access::decide(rules, user);
        let rules = decision.matched_rules.iter().map(|rule| (rule.id.clone(), rule.name.clone())).collect();
        Self { effect: decision.effect, role_type, rules }
    }

    /// The answer for a user who is not enabled, or has no address.
    pub(crate) fn no_mailbox(role_type: RoleType) -> Self {
        Self { effect: Effect::Deny, role_type, rules: Vec::new() }
    }

    /// What decided, as a phrase.
    pub(crate) fn because(&self, user: Option<&User>) -> String {
        let rules: Vec<_> =
            self.rules.iter().map(|(id, name)| name.as_ref().map_or(id.as_str(), |n| n.as_str())).collect();
        match user {
            _ if !rules.is_empty() => rules.join(", "),
            Some(user) if user.state != State::Enabled => {
                format!("the user is {}: no mailbox", user.state.as_str())
            }
            Some(user) if !user.has_mailbox() => "the user has no address: no mailbox".to_owned(),
            Some(_) | None => "no rule".to_owned(),
        }
    }
}

/// An expectation and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub expectation: Expectation,
    /// None if the role is not live.
    pub answer: Option<Answer>,
}

impl Checked {
    /// Does the expectation hold? For a role that is not live none does, since nothing was checked.
    pub(crate) fn passed(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.effect == self.expectation.expected)
    }

    /// What decided, as a phrase.
    pub(crate) fn because(&self, directory: &Directory) -> String {
        let user = directory.user(&self.expectation.user);
        self.answer.as_ref().map_or_else(|| "the role is not live".into(), |answer| answer.because(user))
    }
}

/// Every expectation of the documents in ids, and diagnostics for unknown users.
pub(crate) fn expectations(
    documents: &[&Document],
    directory: &Directory,
) -> (Vec<Expectation>, Vec<Diagnostic>) {
    let (mut found, mut diagnostics) = (Vec::new(), Vec::new());
    let names = Names::of(directory);
    let roles: Vec<&RoleDefinition> = documents.iter().flat_map(|document| &document.roles).collect();
    for (number, role) in roles.iter().enumerate() {
        for (expected, users) in [(Effect::Allow, &role.expect.allow), (Effect::Deny, &role.expect.deny)] {
            for user in users {
                match names.user(user.value.as_str()) {
                    Ok(known) => found.push(Expectation {
                        number,
                        role: role.name.value.clone(),
                        user: known.id.clone(),
                        expected,
                        span: user.span.clone(),
                    }),
                    Err(not_found) => diagnostics.push(unknown(user, not_found, directory)),
                }
            }
        }
    }
    (found, diagnostics)
}

fn unknown(user: &Spanned<EntityName>, not_found: NotFound, directory: &Directory) -> Diagnostic {
    let text = user.value.as_str();
    match not_found {
        NotFound::Several { message, help } => {
            Diagnostic::error(DiagnosticCode::AmbiguousUser, &user.span, message).help(help)
        }
        NotFound::Nobody { help } => {
            let group =
                directory.find_group(text).map(|_| "this is a group: expectations name users".to_owned());
            Diagnostic::error(DiagnosticCode::UnknownUser, &user.span, format!("there is no user {text}"))
                .maybe_help(help)
                .maybe_help(group)
        }
    }
}

/// Evaluates expectations against the definitions themselves.
pub(crate) fn offline(
    expectations: Vec<Expectation>,
    desired: &[Desired],
    directory: &Directory,
) -> Vec<Checked> {
    let check = |expectation: Expectation| {
        let role = desired.get(expectation.number).map(|desired| &desired.role);
        let answer =
            role.map(|role| Answer::of_rules(role.role_type, &role.rules, &expectation.user, directory));
        Checked { expectation, answer }
    };
    expectations.into_iter().map(check).collect()
}
