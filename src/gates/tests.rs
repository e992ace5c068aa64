//! What gates say together.

use super::*;
use crate::ews::outcome::Failure;

fn rules(effect: Effect) -> Gate {
    Gate::role(effect, "support".into())
}

fn gates(role: Effect, access: Option<Verdict>, mailbox: Option<&Outcome>) -> Gates {
    let from = Ipv4Addr::new(203, 0, 113, 9);
    let asked = |effect| match effect {
        Verdict::Allow => {
            Ok(AccessControlResult { effect: Effect::Allow, matched_rules: vec!["all".into()] })
        }
        Verdict::Deny => Ok(AccessControlResult { effect: Effect::Deny, matched_rules: vec![] }),
        Verdict::Unknown => Err(NotAsked { why: "throttled".into(), remedy: None }),
    };
    let access = access.map(|effect| Gate::access_control(from, asked(effect)));
    Gates::new(rules(role), access, mailbox.map(|outcome| Ok(outcome.clone())))
}

const OPENED: Outcome = Outcome::Opened(Proof::Named);
const UNKNOWN: Outcome = Outcome::Unknown(Failure::Token);

fn denied() -> Outcome {
    Outcome::Refused(Refusal::Impersonation("ErrorImpersonateUserDenied".into()))
}

#[test]
fn one_gate_says_what_it_says() {
    for effect in [Effect::Allow, Effect::Deny] {
        let gates = gates(effect, None, None);
        assert_eq!((gates.verdict(), gates.lag()), (effect.into(), None));
        assert!(gates.is_settled(None) && gates.is_settled(Some(Effect::Deny)), "nothing to wait for");
    }
}

#[test]
fn without_the_mailbox_every_gate_must_allow() {
    use Verdict::{Allow, Deny, Unknown};
    for (role, access, together) in [
        (Effect::Allow, Allow, Allow),
        (Effect::Allow, Deny, Deny),
        (Effect::Allow, Unknown, Unknown),
        (Effect::Deny, Allow, Deny),
        (Effect::Deny, Deny, Deny),
        (Effect::Deny, Unknown, Deny),
    ] {
        assert_eq!(gates(role, Some(access), None).verdict(), together, "{role:?} {access:?}");
    }
}

#[test]
fn a_mailbox_that_could_not_be_asked_is_neither_open_nor_closed() {
    for role in [Effect::Allow, Effect::Deny] {
        for access in [None, Some(Verdict::Allow), Some(Verdict::Deny), Some(Verdict::Unknown)] {
            let gates = gates(role, access, Some(&UNKNOWN));
            assert_eq!(gates.verdict(), Verdict::Unknown);
            assert!(!gates.is_settled(None) && !gates.is_settled(Some(Effect::Deny)), "it may answer yet");
        }
    }
    let no_token = NotAsked { why: "no token: denied".into(), remedy: None };
    assert_eq!(Gates::new(rules(Effect::Deny), None, Some(Err(no_token))).verdict(), Verdict::Unknown);
}

#[test]
fn an_open_mailbox_is_open_and_proves_no_closing() {
    let open = gates(Effect::Deny, None, Some(&OPENED));
    assert_eq!((open.verdict(), open.lag()), (Verdict::Allow, Some(Lag::Open(GateName::Role))));
    let open = gates(Effect::Allow, Some(Verdict::Deny), Some(&OPENED));
    assert_eq!((open.verdict(), open.lag()), (Verdict::Allow, Some(Lag::Open(GateName::AccessControl))));
    let open = gates(Effect::Allow, Some(Verdict::Unknown), Some(&OPENED));
    assert_eq!((open.verdict(), open.lag()), (Verdict::Allow, None));
}

#[test]
fn what_is_waited_for_is_agreement_or_the_wanted_answer() {
    let (allow, deny) = (Some(Effect::Allow), Some(Effect::Deny));
    let refused = Outcome::Refused(Refusal::AccessControl);
    for (role, mailbox, wanted, settled) in [
        (Effect::Allow, &OPENED, None, true),
        (Effect::Allow, &OPENED, allow, true),
        // The rules say otherwise, and so does the mailbox: it will not change
        (Effect::Allow, &OPENED, deny, true),
        (Effect::Deny, &denied(), allow, true),
        (Effect::Deny, &denied(), deny, true),
        (Effect::Deny, &OPENED, None, false),
        (Effect::Deny, &OPENED, allow, true),
        (Effect::Deny, &OPENED, deny, false),
        (Effect::Allow, &denied(), None, false),
        (Effect::Allow, &denied(), allow, false),
        // It is closed, and about to open
        (Effect::Allow, &denied(), deny, false),
        (Effect::Allow, &refused, deny, true),
        (Effect::Allow, &refused, None, false),
    ] {
        assert_eq!(
            gates(role, None, Some(mailbox)).is_settled(wanted),
            settled,
            "{role:?} {mailbox:?} {wanted:?}"
        );
    }
}

#[test]
fn what_is_not_known_is_not_the_wanted_answer() {
    use Verdict::{Allow, Deny, Unknown};
    let open = || gates(Effect::Allow, None, Some(&OPENED));
    let shut = || gates(Effect::Deny, None, Some(&denied()));
    let unknown = || gates(Effect::Deny, None, Some(&UNKNOWN));
    // The mailbox opened, and an address that was asked about is not known all the same
    let half = || gates(Effect::Allow, Some(Unknown), Some(&OPENED));
    for (all, wanted, result) in [
        (vec![], Effect::Allow, Allow),
        (vec![open(), open()], Effect::Allow, Allow),
        (vec![open(), shut()], Effect::Allow, Deny),
        (vec![open(), shut()], Effect::Deny, Deny),
        (vec![shut(), shut()], Effect::Deny, Allow),
        (vec![shut(), unknown()], Effect::Deny, Unknown),
        (vec![open(), shut(), unknown()], Effect::Allow, Unknown),
        (vec![half()], Effect::Allow, Unknown),
        (vec![half()], Effect::Deny, Unknown),
    ] {
        assert_eq!(together(&all, wanted), result, "{all:?} {wanted:?}");
    }
}
