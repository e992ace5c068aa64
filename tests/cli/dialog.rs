//! The dialogs of `create` and `edit` on a pseudo-terminal: each step, back, many users, other windows, and an end at
//! any step.

use std::process::Command;

use rustix::process::Signal;

use super::harness::*;
use super::pty::*;

const ESC: &str = "\u{1b}";
const DOWN: &str = "\u{1b}[B";
const UP: &str = "\u{1b}[A";
const END: &str = "\u{1b}[F";
const CTRL_C: &str = "\u{3}";

/// The command in the home, whose path is then in no screen.
fn command(home: &Home, args: &[&str]) -> Command {
    let mut command = home.command(args);
    command.current_dir(home.path("")).env("WMROLE_SANDBOX", "sandbox.json");
    command
}

fn terminal(home: &Home, args: &[&str]) -> Terminal {
    Terminal::of_size(command(home, args), 24, 80)
}

/// Types the keys when the window shows each of these.
fn answer(terminal: &mut Terminal, answers: &[(&str, &str)]) {
    for (question, keys) in answers {
        terminal.answer(question, keys);
    }
}

/// As a window that is shown whole.
fn assert_window(terminal: &mut Terminal, home: &Home, name: &str, question: &str) {
    terminal.wait_for_question(question);
    terminal.wait_for_whole_window();
    let window = terminal.screen.screen().contents();
    let header =
        ["Create role in acme", "Change role Old in acme"].into_iter().find(|line| window.starts_with(line));
    terminal.assert_screen(home, name, header.unwrap_or("Whom"));
}

/// What stands behind a hint in all that was said, to the end of the line.
fn said<'a>(terminal: &'a Terminal, hint: &str) -> &'a str {
    let start = format!("hint: {hint}: ");
    let at = terminal.seen.find(&start).unwrap_or_else(|| panic!("no {hint:?} in\n{}", terminal.seen));
    terminal.seen[at + start.len()..].split("\r\n").next().unwrap()
}

const COMMAND: &str = "the same as a command";

/// The YAML that was said at the end, in a file.
fn yaml(terminal: &Terminal, home: &Home) -> String {
    let (_, rest) = terminal.seen.split_once("hint: the same as YAML").unwrap();
    let lines = rest.lines().skip(1).take_while(|line| !line.starts_with("error:"));
    let text: String = lines.map(|line| line.trim_end_matches('\r').to_owned() + "\n").collect();
    home.write("said.yaml", &text)
}

#[test]
fn create_walks_through_the_dialog_and_says_how_to_do_the_same_without_it() {
    let home = Home::new();
    let mut terminal = terminal(&home, &["create"]);
    assert_window(&mut terminal, &home, "dialog_name", "Name: ");
    terminal.press("Ticket triage");
    assert_window(&mut terminal, &home, "dialog_name_taken", "already");
    terminal.press("\r");
    terminal.wait_for_window("the same question", |window| window.contains("already"));
    terminal.press(" 2\r");
    terminal.answer("Description: ", "Reads mail while a ticket is open\r");
    assert_window(&mut terminal, &home, "dialog_type", "READ_ONLY");
    terminal.press("\r");
    assert_window(&mut terminal, &home, "dialog_expires", "Expires: ");
    terminal.press("1999-12-31");
    assert_window(&mut terminal, &home, "dialog_expires_past", "has passed");
    terminal.press("\u{15}\r");
    assert_window(&mut terminal, &home, "dialog_no_rules", "Add a rule");
    terminal.press("\r");
    assert_window(&mut terminal, &home, "dialog_rule_name", "Rule name: ");
    terminal.press("support\r");
    terminal.answer("Rule description: ", "\r");
    assert_window(&mut terminal, &home, "dialog_effect", "DENY");
    terminal.press("\r");
    assert_window(&mut terminal, &home, "dialog_targets", "Whom the rule allows");
    terminal.press("\r");
    terminal.wait_for_question("Chosen: nobody yet");
    terminal.press("\r");
    assert_window(&mut terminal, &home, "dialog_nobody_chosen", "nobody is chosen");
    terminal.press("ali\t");
    terminal.wait_for_question("Chosen (1): alice@example.com");
    terminal.press("bob\t");
    assert_window(&mut terminal, &home, "dialog_users", "Chosen (2): ");
    terminal.press("\r");
    answer(&mut terminal, &[("ALLOW support", DOWN), ("> Add a rule", "\r"), ("Rule name: ", "the rest\r")]);
    answer(
        &mut terminal,
        &[("Rule description: ", "it's \"odd\": yes\r"), ("> ALLOW", DOWN), ("> DENY", "\r")],
    );
    answer(&mut terminal, &[("Whom the rule denies", DOWN), ("> All but chosen users", "\r")]);
    answer(&mut terminal, &[("DENY everyone except", "support\t"), ("Chosen (", "\r")]);
    assert_window(&mut terminal, &home, "dialog_rules", "DENY the rest");
    terminal.press("\r");
    assert_window(&mut terminal, &home, "dialog_summary", "becomes reachable");
    terminal.press("\r");
    terminal.answer("Create role Ticket triage 2 in acme", "y\r");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    assert!(said(&terminal, COMMAND).ends_with(" create -f ticket-triage-2.yaml"), "{}", terminal.seen);
    terminal.assert_screen(&home, "dialog_said", "hint: the same as YAML");
    let file = yaml(&terminal, &home);
    home.exits_with(0, &["validate", &file]);
    home.exits_with(0, &["diff", "--exit-code", &file]);
    home.exits_with(0, &["test", "Ticket triage 2", "alice"]);
}

/// A role of a rule without a name, which flags can say.
const PLAIN: [(&str, &str); 11] = [
    ("Name: ", "It's \"mine\" $HOME: #1\r"),
    ("Description: ", "- a: 'b' `c`\r"),
    ("READ_ONLY", "\r"),
    ("Expires: ", "\r"),
    ("Add a rule", "\r"),
    ("Rule name: ", "\r"),
    ("Rule description: ", "\r"),
    ("Effect", "\r"),
    ("Whom the rule allows", "\r"),
    ("Chosen: nobody yet", "heidi\t"),
    ("Chosen (1): heidi@example.com", "\r"),
];

#[test]
fn what_is_said_at_the_end_does_the_same() {
    let home = Home::new();
    for (last, code) in [("n\r", 5), ("y\r", 0)] {
        let mut terminal = terminal(&home, &["create"]);
        answer(&mut terminal, &PLAIN);
        answer(
            &mut terminal,
            &[("ALLOW allow", "\r"), ("becomes reachable", "\r"), ("Create role It's", last)],
        );
        assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
        let file = yaml(&terminal, &home);
        home.exits_with(0, &["validate", &file]);
        home.exits_with(if code == 0 { 0 } else { 3 }, &["diff", "--exit-code", &file]);
        if code == 0 {
            let created = home.json(0, &["show", "It's \"mine\" $HOME: #1", "-o", "json"]);
            home.exits_with(0, &["delete", "It's \"mine\" $HOME: #1", "--yes"]);
            let said = said(&terminal, COMMAND).to_owned();
            assert!(said.contains("--allow heidi@example.com"), "{said}");
            run_hint(&command(&home, &[]), 0, &format!("cd '{}'\n{said}", home.arg("")));
            home.exits_with(0, &["diff", "--exit-code", &file]);
            let again = home.json(0, &["show", "It's \"mine\" $HOME: #1", "-o", "json"]);
            assert_eq!(again["role"]["rules"], created["role"]["rules"]);
            assert_eq!(again["role"]["description"], created["role"]["description"]);
        }
    }
}

#[test]
fn an_end_that_is_typed_is_shown_and_said_as_a_flag() {
    let home = Home::new();
    let mut terminal = terminal(&home, &["create"]);
    let steps = PLAIN.map(|(question, keys)| match question {
        "Expires: " => (question, "2099-01-31\r"),
        _ => (question, keys),
    });
    answer(&mut terminal, &steps);
    answer(&mut terminal, &[("Expires      2099-01-31", "\r"), ("expires 2099-01-31", "\r")]);
    terminal.answer("Create role It's", "y\r");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    assert!(said(&terminal, COMMAND).contains(" --expires=2099-01-31 "), "{}", terminal.seen);
    // Emptied, it never ends
    let role = "It's \"mine\" $HOME: #1";
    let mut terminal = self::terminal(&home, &["edit", role, "--dialog"]);
    answer(&mut terminal, &[("Name: It's", "\r"), ("Description: ", "\r"), ("> READ_ONLY", "\r")]);
    answer(&mut terminal, &[("Expires: 2099-01-31", "\u{15}\r"), ("> Done", "\r")]);
    answer(&mut terminal, &[("no longer expires", "\r"), ("gives access without an end", CTRL_C)]);
    assert_eq!(terminal.exit_code(), 130, "{}", terminal.seen);
    assert_eq!(home.json(0, &["show", role, "-o", "json"])["role"]["expires"], "2099-01-31");
}

#[test]
fn a_role_for_everyone_takes_the_word_and_the_name() {
    let home = Home::new();
    let everyone = [
        ("Name: ", "Open\r"),
        ("Description: ", "\r"),
        ("> READ_ONLY", DOWN),
        ("> FULL_ACCESS", "\r"),
        ("Expires: ", "\r"),
        ("Add a rule", "\r"),
        ("Rule name: ", "\r"),
        ("Rule description: ", "\r"),
        ("Effect", "\r"),
        // A menu does not wrap: this is still the first, and End is the last
        ("> Chosen users", UP),
        ("> Chosen users", END),
        ("> everyone", "\r"),
        ("Type the word everyone", "y\r"),
        ("that is not the word", "\u{15}everyone\r"),
    ];
    for (typed, code) in [("y\r", 5), ("Open\r", 0)] {
        let mut terminal = terminal(&home, &["create"]);
        answer(&mut terminal, &everyone);
        terminal.answer("ALLOW allow everyone", "\r");
        assert_window(&mut terminal, &home, "dialog_summary_wide", "every mailbox made later");
        terminal.press("\r");
        terminal.answer("Type the name of the role to confirm (Open)", typed);
        assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
        home.exits_with(i32::from(code != 0), &["show", "Open"]);
        let said = said(&terminal, COMMAND);
        assert!(said.ends_with(" create Open --type full-access --allow-everyone"), "{said}");
    }
}

#[test]
fn esc_goes_back_step_by_step_and_keeps_the_answers() {
    let home = Home::new();
    let mut terminal = terminal(&home, &["create"]);
    answer(&mut terminal, &PLAIN[..10]);
    answer(&mut terminal, &[("Chosen (1): heidi@example.com", ESC)]);
    let rule = ["Whom the rule allows", "Effect", "Rule description: ", "Rule name: "];
    for question in rule.into_iter().chain(["Add a rule", "Expires: ", "> READ_ONLY"]) {
        terminal.answer(question, ESC);
    }
    answer(&mut terminal, &[("Description: - a: 'b' `c`", ESC), ("Name: It's", "!"), ("#1!", ESC)]);
    answer(&mut terminal, &[("Esc again cancels", "?"), ("#1!?", "\r"), ("Description: - a", "\r")]);
    answer(&mut terminal, &[("> READ_ONLY", "\r"), ("Expires: ", "\r"), ("> Add a rule", "\r")]);
    answer(&mut terminal, &[("Rule name: ", "\r")]);
    answer(&mut terminal, &[("Rule description: ", "\r"), ("> ALLOW", "\r"), ("> Chosen users", "\r")]);
    answer(
        &mut terminal,
        &[("Chosen (1): heidi@example.com", "\r"), ("> Done", "\r"), ("becomes reachable", ESC)],
    );
    answer(&mut terminal, &[("> Done", "\r"), ("becomes reachable", "\r"), ("Create role It's", "y\r")]);
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    home.exits_with(0, &["test", "It's \"mine\" $HOME: #1!?", "heidi"]);
}

#[test]
fn what_was_typed_before_the_dialog_answers_nothing() {
    let home = Home::new();
    let mut terminal = terminal(&home, &["create"]);
    terminal.press("Early\r");
    terminal.answer("Name: ", "x");
    terminal.answer("Name: x", CTRL_C);
    assert_eq!(terminal.exit_code(), 130, "{}", terminal.seen);
    assert!(!terminal.seen.contains("Name: Early"), "{}", terminal.seen);
}

#[test]
fn esc_twice_at_the_first_step_leaves() {
    let home = Home::new();
    let mut terminal = terminal(&home, &["create"]);
    answer(&mut terminal, &[("Name: ", "x"), ("Name: x", ESC), ("Esc again cancels", ESC)]);
    assert_eq!(terminal.exit_code(), 5, "{}", terminal.seen);
    assert!(terminal.seen.ends_with("error: cancelled; nothing was changed\r\n"), "{}", terminal.seen);
}

#[test]
fn every_step_can_be_interrupted() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let last = [("ALLOW allow", "\r"), ("becomes reachable", "\r"), ("Create role It's", "")];
    let end = [&PLAIN[..], &last].concat();
    let everyone = [("> Chosen users", END), ("> everyone", "\r"), ("Type the word everyone", "")];
    let rule = [("> Done", DOWN), ("> Add a rule", DOWN), ("> ALLOW allow", "\r"), ("> Change it", "")];
    let (everyone, rule) = ([&PLAIN[..8], &everyone].concat(), [&PLAIN[..], &rule].concat());
    let walks = (0..end.len()).map(|length| (&end, length));
    for (steps, length) in walks.chain([(&everyone, everyone.len() - 1), (&rule, rule.len() - 1)]) {
        // The key, and one signal or another
        let signal = [Signal::INT, Signal::TERM, Signal::HUP][length % 3];
        for signal in [None, Some(signal)] {
            let mut terminal = terminal(&home, &["create"]);
            answer(&mut terminal, &steps[..length]);
            terminal.wait_for_question(steps[length].0);
            match signal {
                None => terminal.press(CTRL_C),
                Some(signal) => terminal.send_signal(signal),
            }
            assert_eq!(terminal.exit_code(), 130, "{signal:?} at {:?}\n{}", steps[length], terminal.seen);
            let window = terminal.screen.screen().contents();
            // The lines of before are back, and of the dialog nothing is left
            let is_dialog = !steps[length].0.starts_with("Create");
            let lines = window.trim_end().lines().filter(|line| !line.starts_with("made the sandbox"));
            let lines: Vec<_> = lines.collect();
            assert_eq!(
                lines.last(),
                Some(&"error: interrupted; nothing was changed"),
                "{signal:?}\n{window}"
            );
            assert_eq!(is_dialog, lines.len() == 1, "{signal:?}\n{window}");
        }
    }
    let mut terminal = terminal(&home, &["edit", "Migration", "--dialog"]);
    terminal.answer("Name: Migration", CTRL_C);
    assert_eq!(terminal.exit_code(), 130, "{}", terminal.seen);
    assert_eq!(home.stdout(0, &["export"]), before);
}

#[test]
fn a_window_that_is_closed_ends_the_dialog() {
    let home = Home::new();
    let before = home.stdout(0, &["export"]);
    let mut terminal = terminal(&home, &["create"]);
    answer(&mut terminal, &PLAIN[..10]);
    terminal.wait_for_question("Chosen (1): heidi@example.com");
    terminal.hang_up();
    assert_eq!(wait(&mut terminal.child).unwrap().code(), Some(130));
    assert_eq!(home.stdout(0, &["export"]), before);
}

/// At the list of users, of whom there are a thousand.
fn among_a_thousand(home: &Home) -> Terminal {
    home.exits_with(0, &["sandbox", "init", "--users", "1000", &home.arg("sandbox.json")]);
    let mut terminal = terminal(home, &["create", "Many", "--type", "read-only", "--description", ""]);
    answer(&mut terminal, &PLAIN[3..9]);
    terminal.wait_for_question("1020 of 1020 match");
    terminal
}

#[test]
fn a_few_of_a_thousand_users_are_found_chosen_and_let_go() {
    let home = Home::new();
    let mut terminal = among_a_thousand(&home);
    answer(&mut terminal, &[("Search: ", "0417"), ("1 of 1020 match", "\t0820\t")]);
    // The display name: a space in it chooses nobody, and one behind a key that moves does
    answer(&mut terminal, &[("Chosen (2): ", "user 0001"), ("1 of 1020 match", UP), ("> [ ] user0001", " ")]);
    answer(&mut terminal, &[("Chosen (3): ", "user 0999"), ("Search: user 0999", "\u{15}")]);
    assert_window(&mut terminal, &home, "dialog_thousand", "1020 of 1020 match");
    terminal.press(DOWN);
    answer(&mut terminal, &[("> [x] user0417", " "), ("> [ ] user0417", "\r")]);
    answer(&mut terminal, &[("> Done", "\r"), ("becomes reachable", "\r"), ("Create role Many", "y\r")]);
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    for (user, code) in [("user0417", 3), ("user0820", 0), ("user0001", 0), ("user0999", 3)] {
        home.exits_with(code, &["test", "Many", user]);
    }
}

#[test]
fn a_window_may_change_its_size_while_users_are_picked() {
    let home = Home::new();
    let mut terminal = among_a_thousand(&home);
    answer(&mut terminal, &[("Search: ", "team07\t")]);
    terminal.wait_for_question("Chosen (50): ");
    for (rows, columns) in [(40, 120), (10, 30), (3, 12), (1, 5), (2, 2), (24, 80)] {
        terminal.resize(rows, columns);
        terminal.press(DOWN);
        terminal.wait_for_window("a list", |window| {
            // Nothing of the larger window is left, and no line is folded
            window.lines().count() <= usize::from(rows)
                && (rows < 2 || columns < 4 || window.lines().any(|line| line.starts_with('>')))
        });
    }
    terminal.press("\u{15}");
    // The windows before it say less: that of a key before may be drawn after this key was typed
    assert_window(&mut terminal, &home, "dialog_resized", "1020 of 1020 match");
    terminal.press("\r");
    answer(&mut terminal, &[("> Done", "\r"), ("50 users gain", ESC), ("> Done", CTRL_C)]);
    assert_eq!(terminal.exit_code(), 130, "{}", terminal.seen);
}

#[test]
fn no_window_is_too_small_for_the_dialog() {
    for (rows, columns) in [(1, 80), (2, 80), (3, 2), (1, 2), (0, 0)] {
        let home = Home::new();
        let mut terminal = Terminal::of_size(command(&home, &["create"]), rows, columns);
        terminal.answer_unseen("\u{1b}[J", "Asked\u{1b}[D\u{1b}[C\r");
        // What a window of one row shows says little: the program takes the keys in their order
        terminal.press("\r\r\r\r\r\r\r\rheidi\t\r\r\r");
        terminal.answer_unseen("Create role Asked in acme", "y\r");
        assert_eq!(terminal.exit_code(), 0, "{rows}x{columns}: {}", terminal.seen);
        home.exits_with(0, &["test", "Asked", "heidi"]);
    }
    for (rows, columns) in [(1, 1), (24, 1)] {
        let home = Home::new();
        let mut terminal = Terminal::of_size(command(&home, &["create"]), rows, columns);
        assert_eq!(terminal.exit_code(), 5, "{rows}x{columns}: {}", terminal.seen);
        assert!(!terminal.seen.contains("panicked"), "{}", terminal.seen);
    }
}

#[test]
fn wide_and_hostile_names_stay_in_their_lines() {
    let home = Home::new();
    home.exits_with(0, &["list"]);
    change_state(&home, |organization| {
        for (user, name) in organization["users"].as_array_mut().unwrap().iter_mut().zip([
            "山田太郎・株式会社なんとか営業部",
            "عمر بن الخطاب",
            "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
            "👩\u{200d}👩\u{200d}👧 family",
            "\u{1b}[2Jcleared",
        ]) {
            user["display_name"] = name.into();
        }
    });
    let mut terminal = Terminal::of_size(command(&home, &["create"]), 24, 40);
    answer(&mut terminal, &[("Name: ", "山田太郎の受信箱を読む役割・株式会社")]);
    assert_window(&mut terminal, &home, "dialog_wide_name", "株式会社");
    terminal.press("\r");
    answer(&mut terminal, &PLAIN[1..9]);
    assert_window(&mut terminal, &home, "dialog_wide_users", "Chosen: nobody yet");
    terminal.press(CTRL_C);
    assert_eq!(terminal.exit_code(), 130);
}

#[test]
fn edit_walks_through_the_dialog_from_the_role_as_it_is() {
    let home = Home::new();
    home.exits_with(
        0,
        &["create", "Old", "--type", "read-only", "--allow", "grace", "heidi", "--deny", "bob", "--yes"],
    );
    change_state(&home, |organization| remove_user(organization, "grace"));
    // Enter alone changes nothing, and what only the service holds stays
    let mut terminal = terminal(&home, &["edit", "Old", "--dialog"]);
    answer(&mut terminal, &[("Name: Old", "\r"), ("Description: ", "\r"), ("> READ_ONLY", "\r")]);
    terminal.answer("Expires: ", "\r");
    assert_window(&mut terminal, &home, "dialog_edit_rules", "ALLOW allow");
    terminal.press("\r");
    answer(&mut terminal, &[("No changes", "\r")]);
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    assert!(
        terminal.seen.contains("No changes to Old") && !terminal.seen.contains(COMMAND),
        "{}",
        terminal.seen
    );

    let mut terminal = self::terminal(&home, &["edit", "Old", "--dialog"]);
    answer(&mut terminal, &[("Name: Old", "er\r"), ("Description: ", "\r"), ("> READ_ONLY", "\r")]);
    terminal.answer("Expires: ", "\r");
    answer(&mut terminal, &[("> Done", DOWN), ("> Add a rule", DOWN), ("> ALLOW allow", "\r")]);
    answer(&mut terminal, &[("> Change it", "\r"), ("Rule name: allow", "\r"), ("Rule description: ", "\r")]);
    answer(&mut terminal, &[("> ALLOW", "\r"), ("> Chosen users", "\r")]);
    assert_window(&mut terminal, &home, "dialog_edit_users", "not in the directory");
    terminal.press("alice\t");
    answer(&mut terminal, &[("Chosen (3): ", "\r")]);
    answer(&mut terminal, &[("> Done", DOWN), ("> Add a rule", DOWN), ("> ALLOW allow", DOWN)]);
    answer(&mut terminal, &[("> DENY deny", "\r"), ("> Change it", DOWN), ("> Remove it", "\r")]);
    answer(&mut terminal, &[("> Done", "\r")]);
    assert_window(&mut terminal, &home, "dialog_edit_summary", "becomes reachable");
    terminal.press("\r");
    terminal.answer("Change role Older in acme", "y\r");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    let said = said(&terminal, COMMAND);
    let flags = " edit Old --name=Older --allow alice@example.com --remove-deny-rule=deny";
    assert!(said.ends_with(flags), "{said}");
    let file = yaml(&terminal, &home);
    home.exits_with(0, &["validate", &file]);
    home.exits_with(0, &["diff", "--exit-code", &file]);
    let role = home.json(0, &["show", "Older", "-o", "json"]);
    assert_eq!(role["role"]["rules"][0]["users"].as_array().unwrap().len(), 3, "{role}");
    assert_eq!(role["role"]["rules"].as_array().unwrap().len(), 1, "{role}");
}

#[test]
fn a_dialog_that_nobody_can_answer_names_the_flags() {
    let home = Home::new();
    for (args, why) in [
        (&["edit", "Migration", "--dialog"][..], "there is no terminal"),
        (&["edit", "Migration", "--dialog", "--no-input"], "--no-input forbids questions"),
        (&["edit", "Migration", "--dialog", "--yes"], "--yes forbids questions"),
        (&["edit", "Migration", "--dialog", "--allow", "bob"], "cannot be used with"),
        (&["create"], "wmrole create NAME --type TYPE"),
        (&["create", "--no-input"], "wmrole create NAME --type TYPE"),
        (&["create", "X"], "--type read-only or --type full-access"),
    ] {
        let stderr = home.stderr(2, args);
        assert!(stderr.contains(why), "{args:?}\n{stderr}");
    }
    let mut terminal = terminal(&home, &["edit", "Migration", "--dialog", "--no-input"]);
    assert_eq!(terminal.exit_code(), 2, "{}", terminal.seen);
    let mut terminal = self::terminal(&home, &["create", "Ticket triage"]);
    assert_eq!(terminal.exit_code(), 1, "{}", terminal.seen);
    assert!(terminal.seen.contains("a role named Ticket triage already exists"), "{}", terminal.seen);
}
