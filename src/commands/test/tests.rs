//! The table of gates: every combination, by the rules of the program alone and over real HTTP where the sandbox can
//! be brought into it.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::*;
use crate::directory::Directory;
use crate::directory::access_control::AccessControlResult;
use crate::ews::outcome::{Failure, Outcome, Proof, Refusal};
use crate::expectation::Answer;
use crate::gates::{Gate, Lag, NotAsked};
use crate::id::RuleId;
use crate::role::{LiveRole, RoleType};
use crate::sandbox::model::{Organization, Rule, State};
use crate::sandbox::{Faults, Seed, Server, Settings, Store, StoreError};
use crate::system::System;
use crate::testing::golden;

#[test]
fn an_address_is_one_of_ipv4() {
    assert_eq!(ipv4("203.0.113.9"), Ok(Ipv4Addr::new(203, 0, 113, 9)));
    for v6 in ["::1", "2001:db8::1", "::ffff:203.0.113.9"] {
        assert!(ipv4(v6).is_err_and(|error| error.contains("IPv6")), "{v6}");
    }
    for text in ["", "203.0.113", "203.0.113.0/24", "203.0.113.09", " 203.0.113.9", "example.com"] {
        assert!(ipv4(text).is_err_and(|error| error.contains("as 203.0.113.9")), "{text}");
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mailbox {
    /// Follows the rules.
    CaughtUp,
    /// Goes by the rules of before, which said the opposite.
    Late,
    /// Refuses, for no reason that is said.
    Closed,
    /// EWS knows none of this address.
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenState {
    Good,
    Expired,
    Forged,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    role_type: RoleType,
    rules: Effect,
    /// What the access control rules say of this machine's address; not known where the call fails.
    access: Verdict,
    mailbox: Mailbox,
    token: TokenState,
}

const EFFECTS: [Effect; 2] = [Effect::Allow, Effect::Deny];
const CODE: &str = "ErrorImpersonateUserDenied";

/// Every combination of one role type.
fn cases(role_type: RoleType) -> Vec<Case> {
    let mut cases = Vec::new();
    for rules in EFFECTS {
        for access in [Verdict::Allow, Verdict::Deny, Verdict::Unknown] {
            for mailbox in [Mailbox::CaughtUp, Mailbox::Late, Mailbox::Closed, Mailbox::Missing] {
                for token in [TokenState::Good, TokenState::Expired, TokenState::Forged] {
                    cases.push(Case { role_type, rules, access, mailbox, token });
                }
            }
        }
    }
    cases
}

impl Case {
    /// What EWS answers: the token comes first, then the caller's address, the mailbox and the role.
    fn outcome(self) -> Outcome {
        let impersonation = |allowed| match allowed {
            Effect::Allow => Outcome::Opened(Proof::Named),
            Effect::Deny => Outcome::Refused(Refusal::Impersonation(CODE.into())),
        };
        match (self.token, self.access, self.mailbox) {
            (TokenState::Expired | TokenState::Forged, ..) => Outcome::Unknown(Failure::Token),
            (_, Verdict::Deny, _) => Outcome::Refused(Refusal::AccessControl),
            (_, _, Mailbox::Missing) => {
                Outcome::Refused(Refusal::NoMailbox("ErrorNonExistentMailbox".into()))
            }
            (_, _, Mailbox::Closed) => Outcome::Refused(Refusal::Access("ErrorAccessDenied".into())),
            (_, _, Mailbox::CaughtUp) => impersonation(self.rules),
            (_, _, Mailbox::Late) => impersonation(opposite(self.rules)),
        }
    }

    fn answer(self) -> Answer {
        let rule = (RuleId::from_service("r"), None);
        Answer { effect: self.rules, role_type: self.role_type, rules: vec![rule] }
    }

    fn gates(self) -> Gates {
        let asked = |effect| Ok(AccessControlResult { effect, matched_rules: vec!["office".into()] });
        let asked = match self.access {
            Verdict::Allow => asked(Effect::Allow),
            Verdict::Deny => asked(Effect::Deny),
            Verdict::Unknown => Err(NotAsked { why: "IAM does not allow it".into(), remedy: None }),
        };
        let access = Gate::access_control(Ipv4Addr::LOCALHOST, asked);
        Gates::new(Gate::role(self.rules, "r".into()), Some(access), Some(Ok(self.outcome())))
    }

    /// What must come out, said without the gates.
    fn wanted(self) -> Verdict {
        let late = self.mailbox == Mailbox::Late;
        let opens = self.access != Verdict::Deny
            && matches!(self.mailbox, Mailbox::CaughtUp | Mailbox::Late)
            && (self.rules == Effect::Allow) != late;
        match (self.token, opens) {
            (TokenState::Expired | TokenState::Forged, _) => Verdict::Unknown,
            (TokenState::Good, true) => Verdict::Allow,
            (TokenState::Good, false) => Verdict::Deny,
        }
    }
}

fn opposite(effect: Effect) -> Effect {
    match effect {
        Effect::Allow => Effect::Deny,
        Effect::Deny => Effect::Allow,
    }
}

fn codes(gates: &Gates) -> [u8; 3] {
    [Effect::Allow, Effect::Allow, Effect::Deny]
        .map(|wanted| ended(together([gates], wanted), false).number())
}

/// A line of the table: what is, and what `test --ip --ews` says and ends with.
fn line(case: Case, gates: &Gates) -> String {
    let columns = Columns { address: Some(Ipv4Addr::LOCALHOST), mailbox: true };
    let row = columns.row("alice", &case.answer(), gates);
    let row: Vec<String> = row.iter().map(|cell| cell.plain()).collect();
    let [_, effect, _, role, access, mailbox, because] = row.as_slice() else { panic!("{row:?}") };
    let warns = match gates.lag() {
        Some(Lag::Open(_)) => "no proof of closing",
        Some(Lag::Closed) => "may open yet",
        None => "-",
    };
    let Case { rules, access: says, mailbox: state, token, .. } = case;
    let [bare, allow, deny] = codes(gates);
    let (rules, says) = (rules.as_str(), says.as_str());
    let mut line = format!("{rules:5}  {says:7}  {state:?}{:1$}", "", 8 - format!("{state:?}").len());
    let _ = write!(line, "  {:7}", format!("{token:?}"));
    let _ = write!(
        line,
        " | {effect:7}  {role:5}  {access:7}  {mailbox:7} | {bare}  {allow}  {deny} | {warns:19} | {because}"
    );
    line
}

const HEADER: &str = "\
What `test ROLE USER --ip ADDRESS --ews` says, for a role of either type. --ip is this machine's address.

What is: the role's rules, the access control rules (UNKNOWN: the call fails), the mailbox, the token.
What it says: the answer, and each gate. What it ends with: without --expect, with --expect allow, with --expect deny.

RULES  ACCESS   MAILBOX   TOKEN   | EFFECT   ROLE   ACCESS   MAILBOX | EXIT    | WARNING             | DECIDED BY
";

#[test]
fn every_combination_says_what_the_table_has() {
    let table = |role_type| {
        cases(role_type).into_iter().fold(HEADER.to_owned(), |text, case| {
            let gates = case.gates();
            assert_eq!(gates.verdict(), case.wanted(), "{case:?}");
            let codes = match (case.access, case.wanted()) {
                (Verdict::Unknown, _) | (_, Verdict::Unknown) => [1, 1, 1],
                (_, Verdict::Allow) => [0, 0, 3],
                (_, Verdict::Deny) => [3, 3, 0],
            };
            assert_eq!(self::codes(&gates), codes, "{case:?}");
            text + &line(case, &gates) + "\n"
        })
    };
    let text = table(RoleType::ReadOnly);
    assert_eq!(text, table(RoleType::FullAccess), "opening changes nothing, and the type decides nothing");
    golden::check("src/commands/test/table.txt", &text);
}

/// A sandbox whose mailboxes go by the first state that they saw for an hour, or follow at once.
struct Running {
    server: Server,
    store: Store,
    _directory: tempfile::TempDir,
}

fn change(store: &Store, change: impl FnOnce(&mut Organization)) {
    let changed = store.update(|state: &mut State| {
        change(&mut state.organizations[0]);
        Ok::<_, StoreError>(())
    });
    changed.expect("changed");
}

/// One rule about everyone.
fn set_rules(organization: &mut Organization, effect: Effect) {
    let users = None;
    let id = RuleId::from_service("r");
    let rule =
        Rule { id, name: None, description: None, effect, target_users: users, not_target_users: None };
    organization.roles[0].rules = vec![rule];
}

fn start(case: Case) -> Running {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::init(directory.path().join("state.json"), &Seed::default(), false).expect("made");
    let before = if case.mailbox == Mailbox::Late { opposite(case.rules) } else { case.rules };
    change(&store, |organization| {
        organization.roles[0].role_type = case.role_type;
        set_rules(organization, before);
        let mut office = organization.access_control_rules[0].clone();
        office.name = "office".into();
        office.effect = if case.access == Verdict::Deny { Effect::Deny } else { Effect::Allow };
        organization.access_control_rules = vec![office];
    });
    let propagation_seconds = if case.mailbox == Mailbox::Late { 3600 } else { 0 };
    let settings = Settings { propagation_seconds, ..Settings::new(System::REAL) };
    let faults = Faults::none();
    if case.access == Verdict::Unknown {
        faults.add("deny:GetAccessControlEffect".parse().expect("a fault"));
    }
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = Server::start(address, store.clone(), settings, faults).expect("started");
    change(&store, |organization| set_rules(organization, case.rules));
    Running { server, store, _directory: directory }
}

async fn asked(running: &Running, case: Case) -> Vec<Tested> {
    let options = crate::workmail::Options {
        endpoint_url: Some(running.server.url()),
        sandbox: true,
        ..crate::workmail::Options::default()
    };
    let account = crate::workmail::connect(&options).await.expect("connected");
    let organization = account.organization(None).await.expect("one");
    let writer = account.writer(&organization);
    let reader = account.reader(&organization);
    let directory = Directory::complete(reader.users().await.expect("users"));
    let alice = directory.find_user("alice").expect("alice");
    let live: LiveRole = find_role(&reader, "Ticket triage").await.expect("the role");
    let url = running.server.url() + "/EWS/Exchange.asmx";
    let client = EwsClient::new(&url, EwsLimits::default()).expect("a client");
    let mut asker = GateAsker {
        reader: &reader,
        live: &live,
        directory: &directory,
        offline: false,
        address: Some(Ipv4Addr::LOCALHOST),
        mailboxes: Some(MailboxAsker::new(writer, client, 8)),
    };
    if case.token != TokenState::Good {
        // So that there is a token, which then is good no more
        asker.ask(&[alice]).await.expect("asked");
    }
    change(&running.store, |organization| {
        match case.token {
            TokenState::Good => {}
            TokenState::Expired => {
                organization.tokens.iter_mut().for_each(|t| t.expires = jiff::Timestamp::UNIX_EPOCH);
            }
            TokenState::Forged => organization.tokens.clear(),
        }
        if case.mailbox == Mailbox::Missing {
            let alice = organization.users.iter_mut().find(|user| user.name == "alice").expect("alice");
            alice.email = Some("alice.new@example.com".into());
        }
    });
    asker.ask(&[alice]).await.expect("asked")
}

#[tokio::test]
async fn the_table_holds_over_http() {
    let all = [RoleType::ReadOnly, RoleType::FullAccess].into_iter().flat_map(cases);
    // No mailbox of the sandbox refuses without a reason
    for case in all.filter(|case| case.mailbox != Mailbox::Closed) {
        let running = start(case);
        let tested = asked(&running, case).await;
        let [one] = tested.as_slice() else { panic!("{tested:?}") };
        let effects =
            |gates: &Gates| gates.all().iter().map(|gate| (gate.gate, gate.effect)).collect::<Vec<_>>();
        let pure = case.gates();
        assert_eq!(effects(&one.gates), effects(&pure), "{case:?} {:?}", one.gates);
        assert_eq!((one.gates.verdict(), one.gates.lag()), (pure.verdict(), pure.lag()), "{case:?}");
        assert_eq!(codes(&one.gates), codes(&pure), "{case:?}");
        let mailbox = |gates: &Gates| gates.all()[2].detail.clone();
        assert_eq!(mailbox(&one.gates), mailbox(&pure), "{case:?}");
    }
}
