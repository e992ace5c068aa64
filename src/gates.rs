//! The gates between a role and a mailbox, and what they say together: the role's rules, the organization's access
//! control rules, and the mailbox itself. Pure: what was asked is an argument.
//!
//! Mailboxes follow a change of rules up to five minutes late (documented). Thus one that opened is open whatever the
//! rules say, and one that did not may open yet where they allow it.

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::directory::access_control::AccessControlResult;
use crate::ews::outcome::{Outcome, Proof, Refusal};
use crate::role::Effect;

/// Which gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GateName {
    /// The role's rules.
    Role,
    /// The access control rules, from an address.
    AccessControl,
    /// The mailbox over EWS.
    Mailbox,
}

/// What a gate says, or all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verdict {
    Allow,
    Deny,
    /// It could not be asked.
    Unknown,
}

/// A gate that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Gate {
    pub(crate) gate: GateName,
    pub(crate) effect: Verdict,
    /// What decided, or why nothing is known
    pub(crate) detail: String,
    /// What to do about it.
    #[serde(skip)]
    pub(crate) remedy: Option<String>,
}

/// The mailbox says otherwise than the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lag {
    /// It opened, and this gate refuses.
    Open(GateName),
    /// It refuses the role, whose rules allow it.
    Closed,
}

/// Every gate that was asked about one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gates {
    gates: Vec<Gate>,
    /// The mailbox refuses because of the role.
    refuses_role: bool,
}

/// Why a mailbox could not be asked at all, and what to do about that.
#[derive(Debug, Clone)]
pub(crate) struct NotAsked {
    pub(crate) why: String,
    pub(crate) remedy: Option<String>,
}

impl From<Effect> for Verdict {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Allow => Self::Allow,
            Effect::Deny => Self::Deny,
        }
    }
}

impl Verdict {
    /// As JSON has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Allow => Effect::Allow.as_str(),
            Self::Deny => Effect::Deny.as_str(),
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl GateName {
    /// As people see it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::AccessControl => "access control",
            Self::Mailbox => "mailbox",
        }
    }
}

impl Gate {
    /// The role's rules, and what decided.
    pub(crate) fn role(effect: Effect, because: String) -> Self {
        Self { gate: GateName::Role, effect: effect.into(), detail: because, remedy: None }
    }

    /// The access control rules for the role from an address, or why they could not be asked.
    pub(crate) fn access_control(from: Ipv4Addr, asked: Result<AccessControlResult, NotAsked>) -> Self {
        let (effect, detail, remedy) = match asked {
            Ok(AccessControlResult { effect, matched_rules }) => {
                let detail = match matched_rules.as_slice() {
                    [] => "no rule".to_owned(),
                    rules => rules.join(", "),
                };
                let refusing = match matched_rules.as_slice() {
                    [] => format!("no access control rule allows EWS from {from} to this role"),
                    [_] => format!("access control rule {detail} refuses EWS from {from}"),
                    _ => format!("access control rules {detail} refuse EWS from {from}"),
                };
                let remedy = (effect == Effect::Deny).then(|| {
                    format!("{refusing}: call from an address that is allowed, or change it in the WorkMail console")
                });
                (effect.into(), detail, remedy)
            }
            Err(NotAsked { why, remedy }) => (Verdict::Unknown, why, remedy),
        };
        Self { gate: GateName::AccessControl, effect, detail, remedy }
    }

    fn mailbox(asked: Result<&Outcome, NotAsked>) -> Self {
        let (effect, detail, remedy) = match asked {
            Ok(Outcome::Opened(Proof::Named)) => (Verdict::Allow, "it opened".to_owned(), None),
            Ok(Outcome::Opened(Proof::Unnamed)) => {
                (Verdict::Allow, "it opened; the folder id does not name it".to_owned(), None)
            }
            Ok(Outcome::Refused(refusal)) => {
                let remedy = match refusal {
                    Refusal::AccessControl => Some(
                        "--ip ADDRESS, with the address that this machine calls from, names the access control rule",
                    ),
                    Refusal::NoMailbox(_) => {
                        Some("EWS names users by their primary address: is it a new one?")
                    }
                    Refusal::Impersonation(_) | Refusal::Access(_) => None,
                };
                (Verdict::Deny, refusal.to_string(), remedy.map(str::to_owned))
            }
            Ok(Outcome::Unknown(failure)) => {
                (Verdict::Unknown, failure.to_string(), failure.remedy().map(str::to_owned))
            }
            Err(NotAsked { why, remedy }) => (Verdict::Unknown, why, remedy),
        };
        Self { gate: GateName::Mailbox, effect, detail, remedy }
    }
}

impl Gates {
    /// The gates that were asked about one user.
    pub(crate) fn new(
        role: Gate,
        access_control: Option<Gate>,
        mailbox: Option<Result<Outcome, NotAsked>>,
    ) -> Self {
        let refuses_role = matches!(&mailbox, Some(Ok(Outcome::Refused(Refusal::Impersonation(_)))));
        let mailbox = mailbox.map(|asked| Gate::mailbox(asked.as_ref().map_err(Clone::clone)));
        Self { gates: [Some(role), access_control, mailbox].into_iter().flatten().collect(), refuses_role }
    }

    /// Each gate that was asked, in the order in which they stand.
    pub(crate) fn all(&self) -> &[Gate] {
        &self.gates
    }

    /// What this gate says; nothing where it was not asked.
    pub(crate) fn of(&self, name: GateName) -> Option<Verdict> {
        self.gates.iter().find(|gate| gate.gate == name).map(|gate| gate.effect)
    }

    /// All of them together. A mailbox that was asked decides: it is what the rules are about, and nobody knows
    /// better. Without it, every gate must allow.
    pub(crate) fn verdict(&self) -> Verdict {
        self.of(GateName::Mailbox).unwrap_or_else(|| self.of_rules())
    }

    /// What the rules say, without the mailbox.
    fn of_rules(&self) -> Verdict {
        let any = |effect| self.rules().any(|gate| gate.effect == effect);
        match (any(Verdict::Deny), any(Verdict::Unknown)) {
            (true, _) => Verdict::Deny,
            (false, true) => Verdict::Unknown,
            (false, false) => Verdict::Allow,
        }
    }

    fn rules(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|gate| gate.gate != GateName::Mailbox)
    }

    /// Has the mailbox not caught up with the rules?
    pub(crate) fn lag(&self) -> Option<Lag> {
        match self.of(GateName::Mailbox)? {
            Verdict::Allow => {
                self.rules().find(|gate| gate.effect == Verdict::Deny).map(|gate| Lag::Open(gate.gate))
            }
            Verdict::Deny if self.refuses_role && self.of(GateName::Role) == Some(Verdict::Allow) => {
                Some(Lag::Closed)
            }
            Verdict::Deny | Verdict::Unknown => None,
        }
    }

    /// Is there nothing to wait for: the mailbox agrees with the rules, or the answer is the wanted one?
    ///
    /// A mailbox that is closed to the role although its rules allow it is about to open: it is no answer to somebody
    /// who waits for it to be closed.
    pub(crate) fn is_settled(&self, wanted: Option<Effect>) -> bool {
        let Some(mailbox) = self.of(GateName::Mailbox) else { return true };
        let is_wanted = wanted.is_some_and(|wanted| mailbox == wanted.into());
        mailbox != Verdict::Unknown
            && (mailbox == self.of_rules() || is_wanted && self.lag() != Some(Lag::Closed))
    }
}

/// Is this the wanted answer about every user? Not known where any gate could not be asked, also where the others
/// give an answer without it: it was asked for.
pub(crate) fn together<'a>(all: impl IntoIterator<Item = &'a Gates>, wanted: Effect) -> Verdict {
    let all: Vec<_> = all.into_iter().collect();
    let is_known = |gates: &&Gates| gates.all().iter().all(|gate| gate.effect != Verdict::Unknown);
    match (all.iter().all(is_known), all.iter().all(|gates| gates.verdict() == wanted.into())) {
        (false, _) => Verdict::Unknown,
        (true, true) => Verdict::Allow,
        (true, false) => Verdict::Deny,
    }
}

#[cfg(test)]
mod tests;
