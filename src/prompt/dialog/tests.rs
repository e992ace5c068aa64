//! The dialog walked through without a terminal.

use super::*;
use crate::directory::tests::mailbox;
use crate::role::Targets;
use crate::role::tests::{role, rule, uid, users};

fn dialog() -> Dialog {
    Dialog::new(facts())
}

fn facts() -> Facts {
    let ids: Vec<String> = (0..30).map(|n| format!("u{n:02}")).collect();
    Facts {
        what: "Create role in acme".into(),
        directory: Directory::complete(ids.iter().map(|id| mailbox(id))),
        now: "2026-11-24T12:00:00Z".parse().expect("a time"),
        taken: BTreeMap::from([(RoleName::from_service("Taken"), RoleId::from_service("1"))]),
        summary: Box::new(|role, _| vec![Line::of(Tone::Plain, format!("{} rules", role.rules.len()))]),
    }
}

fn typed(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

fn picked(ids: &[&str]) -> Answer {
    Answer::Users(ids.iter().map(|id| uid(id)).collect())
}

const ENTER: Answer = Answer::Choice(0);

/// Gives these answers, each of which is taken.
fn go(dialog: &mut Dialog, answers: impl IntoIterator<Item = Answer>) -> Next {
    let mut next = Next::Question;
    for answer in answers {
        let step = dialog.step();
        next = match dialog.answer(answer.clone()) {
            Ok(next) => next,
            Err(problem) => panic!("{step:?}: {answer:?}: {problem}"),
        };
    }
    next
}

/// To the rules of a new role.
fn at_rules() -> Dialog {
    let mut dialog = dialog();
    go(&mut dialog, [typed("R"), typed(""), ENTER, typed("")]);
    assert_eq!(dialog.step(), Step::Rules);
    dialog
}

fn default_of(dialog: &Dialog) -> (usize, usize) {
    match dialog.question() {
        Question::Choice { items, at, .. } => (at, items.len()),
        _ => panic!("no choice at {:?}", dialog.step()),
    }
}

fn done(next: Next) -> Role {
    match next {
        Next::Done(role) => role,
        other => panic!("{other:?}"),
    }
}

#[test]
fn enter_alone_makes_a_role_that_reaches_nobody_or_asks_for_users() {
    let mut dialog = at_rules();
    assert_eq!(default_of(&dialog), (1, 2));
    go(&mut dialog, [Answer::Choice(1), typed(""), typed(""), ENTER]);
    // The widest stands last, and is not what Enter chooses
    assert_eq!(default_of(&dialog), (0, 3));
    go(&mut dialog, [ENTER]);
    let refused = dialog.answer(picked(&[]));
    assert_eq!(refused, Err("nobody is chosen: Tab chooses who is marked, Esc goes back".into()));
    assert_eq!(dialog.step(), Step::Users);
}

#[test]
fn a_role_is_described_from_end_to_end() {
    let mut dialog = dialog();
    go(&mut dialog, [typed("Triage"), typed("reads"), Answer::Choice(1), typed("2w")]);
    go(
        &mut dialog,
        [Answer::Choice(1), typed("support"), typed("why"), ENTER, ENTER, picked(&["u01", "u00"])],
    );
    assert_eq!(default_of(&dialog), (0, 3));
    go(&mut dialog, [Answer::Choice(1), typed(""), typed(""), Answer::Choice(1), Answer::Choice(2)]);
    let role = done(go(&mut dialog, [ENTER, Answer::Yes]));
    let names: Vec<_> = role.rules.iter().map(Rule::label).collect();
    assert_eq!((role.name.as_str(), role.role_type), ("Triage", RoleType::FullAccess));
    assert_eq!(role.description.as_ref().map(Description::as_str), Some("reads"));
    assert_eq!(role.expires.as_ref().map(Expires::as_str), Some("2026-12-08T12:00:00Z"));
    assert_eq!(names, ["support", "deny everyone"]);
    assert_eq!(role.rules[0].targets, Targets::Users(users(&["u00", "u01"])));
    assert_eq!((role.rules[1].effect, &role.rules[1].targets), (Effect::Deny, &Targets::Everyone));
}

#[test]
fn everyone_is_allowed_by_nothing_but_the_word() {
    let mut dialog = at_rules();
    go(&mut dialog, [Answer::Choice(1), typed(""), typed(""), ENTER, Answer::Choice(2)]);
    assert_eq!(dialog.step(), Step::Everyone);
    for word in ["", "y", "every", "Everyone!"] {
        assert!(dialog.answer(typed(word)).is_err(), "{word}");
        assert_eq!(dialog.step(), Step::Everyone);
    }
    go(&mut dialog, [typed("everyone")]);
    let role = done(go(&mut dialog, [ENTER, Answer::Yes]));
    assert_eq!(role.rules[0].targets, Targets::Everyone);
}

#[test]
fn every_step_goes_back_to_the_one_before_and_keeps_what_was_answered() {
    let mut dialog = dialog();
    assert_eq!(dialog.back(), Next::Leave);
    go(&mut dialog, [typed("R"), typed("why"), Answer::Choice(1), typed("2027-01-31")]);
    go(
        &mut dialog,
        [Answer::Choice(1), typed("rule"), typed("because"), Answer::Choice(1), Answer::Choice(1)],
    );
    dialog.keep(picked(&["u03"]));
    for step in [
        Step::Targets,
        Step::Effect,
        Step::RuleDescription,
        Step::RuleName,
        Step::Rules,
        Step::Expires,
        Step::Type,
        Step::Description,
        Step::Name,
    ] {
        assert_eq!((dialog.back(), dialog.step()), (Next::Question, step));
    }
    assert_eq!(dialog.back(), Next::Leave);
    // Forward again by Enter alone
    for _ in 0..10 {
        let answer = match dialog.question() {
            Question::Text { text, .. } => typed(&text),
            Question::Choice { at, .. } => Answer::Choice(at),
            Question::Users { chosen, .. } => Answer::Users(chosen),
            Question::Summary(_) => Answer::Yes,
        };
        go(&mut dialog, [answer]);
    }
    let role = done(go(&mut dialog, [ENTER, Answer::Yes]));
    assert_eq!((role.name.as_str(), role.role_type), ("R", RoleType::FullAccess));
    let [rule] = &role.rules[..] else { panic!("{role:?}") };
    assert_eq!((rule.label(), rule.effect), ("rule", Effect::Deny));
    assert_eq!(rule.targets, Targets::Except(users(&["u03"])));
    assert_eq!(dialog.back(), Next::Question);
    assert_eq!(dialog.step(), Step::Rules);
}

#[test]
fn what_cannot_be_is_said_at_once() {
    let mut dialog = dialog();
    assert_eq!(dialog.complaint("Taken"), Some("there is a role Taken already; its id is 1".into()));
    assert!(dialog.complaint("a<b").is_some() && dialog.complaint("Taken 2").is_none());
    assert!(dialog.answer(typed("Taken")).is_err() && dialog.answer(typed("")).is_err());
    go(&mut dialog, [typed("R")]);
    assert!(dialog.complaint("tab\t").is_some());
    go(
        &mut dialog,
        [
            typed(""),
            ENTER,
            typed(""),
            Answer::Choice(1),
            typed("a"),
            typed(""),
            ENTER,
            ENTER,
            picked(&["u01"]),
        ],
    );
    go(&mut dialog, [Answer::Choice(1)]);
    assert_eq!(dialog.complaint("a"), Some("there is a rule a already".into()));
    go(&mut dialog, [typed("b"), typed(""), ENTER, Answer::Choice(1)]);
    let eleven: Vec<String> = (0..11).map(|n| format!("u{n:02}")).collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    assert!(dialog.answer(picked(&eleven)).is_err_and(|error| error.contains("at most 10")));
    go(&mut dialog, [picked(&eleven[1..])]);
}

#[test]
fn an_end_is_a_date_to_come_and_fits_beside_the_description() {
    let mut dialog = dialog();
    go(&mut dialog, [typed("R"), typed(&"d".repeat(240)), ENTER]);
    assert_eq!(dialog.step(), Step::Expires);
    for wrong in ["soon", "2026-11-23", "2w", "2027-01-31"] {
        assert!(dialog.complaint(wrong).is_some() && dialog.answer(typed(wrong)).is_err(), "{wrong}");
    }
    dialog.back();
    assert_eq!(dialog.back(), Next::Question);
    assert!(dialog.complaint("why\nExpires: 2027-01-31").is_some_and(|why| why.contains("--expires")));
    go(&mut dialog, [typed("why"), ENTER, typed("36h")]);
    assert_eq!(
        dialog.header().last().map(Line::plain).as_deref(),
        Some("  Expires      2026-11-26T00:00:00Z")
    );
    // Beside the end, the description that fitted no longer does
    for _ in 0..3 {
        dialog.back();
    }
    assert!(dialog.answer(typed(&"d".repeat(240))).is_err_and(|why| why.contains("at most 256")));
    go(&mut dialog, [typed("why"), ENTER, typed("never")]);
    assert_eq!(done(go(&mut dialog, [ENTER, Answer::Yes])).expires, None);
    // One that is live may have passed
    let past = Role { expires: Expires::parse("2026-11-01").ok(), ..role(vec![]) };
    let mut dialog = Dialog::of(&past, facts()).given([Step::Name, Step::Description, Step::Type]);
    go(&mut dialog, [typed("2026-11-01")]);
    assert!(go(&mut dialog, [ENTER, Answer::Yes]) == Next::Done(past));
}

#[test]
fn a_role_as_it_is_stays_as_it_is() {
    let both = Targets::UsersExcept { users: users(&["u01", "gone"]), except: users(&["gone"]) };
    let rules = vec![
        rule("a", Effect::Allow, Targets::Everyone),
        rule("b", Effect::Allow, both),
        rule("c", Effect::Deny, Targets::Users(users(&["gone"]))),
    ];
    let live = Role { expires: Expires::parse("2027-01-31").ok(), ..role(rules) };
    for changed in 0..4 {
        let mut dialog = Dialog::of(&live, facts());
        let mut chosen = Some(Answer::Choice(changed + 1)).filter(|_| changed > 0);
        // Enter alone, but for the rule that is looked through
        let role = loop {
            let answer = match (dialog.question(), dialog.step()) {
                (Question::Text { text, .. }, _) => typed(&text),
                (Question::Choice { .. }, Step::Rules) => chosen.take().unwrap_or(ENTER),
                (Question::Choice { at, .. }, _) => Answer::Choice(at),
                (Question::Users { chosen, .. }, _) => Answer::Users(chosen),
                (Question::Summary(_), _) => Answer::Yes,
            };
            if let Next::Done(role) = go(&mut dialog, [answer]) {
                break role;
            }
        };
        assert_eq!(role, live);
    }
}

#[test]
fn a_rule_can_be_removed_and_the_ends_are_limits() {
    let live = role((0..10).map(|n| rule(&n.to_string(), Effect::Deny, Targets::Everyone)).collect());
    let mut dialog =
        Dialog::of(&live, facts()).given([Step::Name, Step::Description, Step::Type, Step::Expires]);
    assert_eq!(dialog.step(), Step::Rules);
    assert!(dialog.answer(Answer::Choice(1)).is_err_and(|error| error.contains("at most 10")));
    go(&mut dialog, [Answer::Choice(3), Answer::Choice(1)]);
    go(&mut dialog, [Answer::Choice(1)]);
    assert_eq!((dialog.back(), dialog.step()), (Next::Question, Step::Rules));
    assert_eq!(dialog.back(), Next::Leave);
    let role = done(go(&mut dialog, [ENTER, Answer::Yes]));
    assert_eq!(
        role.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
        ["0", "2", "3", "4", "5", "6", "7", "8", "9"]
    );
}

#[test]
fn an_end_of_an_allow_rule_is_shown_set_kept_and_taken_away() {
    let end = |text| Expires::parse(text).ok();
    let ended =
        Rule { expires: end("2026-11-01"), ..rule("a", Effect::Allow, Targets::Users(users(&["u01"]))) };
    let live = role(vec![ended.clone(), rule("d", Effect::Deny, Targets::Users(users(&["u02"])))]);
    let mut dialog =
        Dialog::of(&live, facts()).given([Step::Name, Step::Description, Step::Type, Step::Expires]);
    let notes = |dialog: &Dialog| match dialog.question() {
        Question::Choice { items, .. } => items.iter().map(|item| item.note.clone()).collect::<Vec<_>>(),
        _ => panic!("no choice"),
    };
    assert!(notes(&dialog)[2].ends_with("; expires 2026-11-01"), "{:?}", notes(&dialog));
    // A change of anything else leaves it, and so does the text as it stands, though it has passed
    go(&mut dialog, [Answer::Choice(2), ENTER, typed(""), typed("why"), ENTER, ENTER, picked(&["u01"])]);
    assert_eq!(dialog.role().rules[0].expires, ended.expires);
    go(&mut dialog, [Answer::Choice(2), Answer::Choice(2)]);
    assert!(matches!(dialog.question(), Question::Text { text, .. } if text == "2026-11-01"));
    assert_eq!(dialog.complaint("2026-11-01"), None);
    for wrong in ["2026-11-02", "soon", "never mind"] {
        assert!(dialog.answer(typed(wrong)).is_err(), "{wrong}");
    }
    assert_eq!((dialog.back(), dialog.step()), (Next::Question, Step::Rule(0)));
    go(&mut dialog, [Answer::Choice(2), typed("2w")]);
    assert_eq!((dialog.step(), &dialog.role().rules[0].expires), (Step::Rules, &end("2026-12-08T12:00:00Z")));
    go(&mut dialog, [Answer::Choice(2), Answer::Choice(2), typed("")]);
    assert_eq!(dialog.role().rules[0].expires, None);
    // A line that does not parse is no end, and goes where one is set; a description that is full takes none
    let described = |text: &str| Rule { description: Some(Description::from_service(text)), ..ended.clone() };
    for (text, wanted) in [("why\nExpires: soon", Ok(Next::Question)), (&"x".repeat(256), Err(()))] {
        let live = role(vec![Rule { expires: None, ..described(text) }]);
        let mut dialog =
            Dialog::of(&live, facts()).given([Step::Name, Step::Description, Step::Type, Step::Expires]);
        go(&mut dialog, [Answer::Choice(2), Answer::Choice(2)]);
        assert_eq!(dialog.answer(typed("2027-01-31")).map_err(|_| ()), wanted, "{text}");
        if wanted.is_ok() {
            assert_eq!(dialog.role().rules[0].description.as_ref().map(Description::as_str), Some("why"));
        }
    }
    // A DENY rule has none to set
    go(&mut dialog, [Answer::Choice(3)]);
    assert_eq!(default_of(&dialog), (0, 2));
}
