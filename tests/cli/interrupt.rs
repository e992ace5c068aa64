//! Signals while something is read or written, without a question.

use rustix::process::Signal;

use super::definitions::example;
use super::harness::*;
use super::pty::*;

#[test]
fn a_signal_lets_the_write_in_flight_finish_and_reports() {
    let interrupted = |signal, name: &str| {
        let home = Home::new();
        // The second write is retried for a second or more
        let served =
            Served::start(&home, &["--latency", "300", "--fault", "throttle:CreateImpersonationRole:3"]);
        let mut terminal = Terminal::new(served.client(&home, &["-v", "apply", &example(), "--yes"]));
        terminal.wait_for("asking again");
        terminal.send_signal(signal);
        terminal.wait_for(&format!("stopping after the write in flight; {name} again stops at once"));
        assert_eq!(terminal.exit_code(), 130, "{name}\n{}", terminal.seen);
        terminal.assert_screen(&home, "interrupted_write", "done: create Calendar sync");
        let diff = home.json(0, &["diff", &example(), "-o", "json"]);
        let left: Vec<_> = diff["changes"].as_array().unwrap().iter().map(|c| &c["role"]["name"]).collect();
        assert_eq!(left, ["Ticket triage"], "{name}");
        run_hint(&served.client(&home, &[]), 0, &hinted(&terminal.seen, BRING_BACK));
    };
    std::thread::scope(|scope| {
        for (signal, name) in SIGNALS {
            scope.spawn(move || interrupted(signal, name));
        }
    });
}

#[test]
fn a_second_signal_stops_at_once() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "throttle:UpdateImpersonationRole"]);
    for ((first, name), (second, _)) in SIGNALS.into_iter().zip([SIGNALS[0], SIGNALS[2], SIGNALS[1]]) {
        let apply = served.client(&home, &["-v", "apply", &example(), "--yes"]);
        // So wide that no sentence is folded, however long the home's name is
        let mut terminal = Terminal::of_size(patient(apply), 50, 200);
        terminal.wait_for("asking again");
        terminal.send_signal(first);
        terminal.wait_for(&format!("stopping after the write in flight; {name} again stops at once"));
        terminal.send_signal(second);
        assert_eq!(terminal.exit_code(), 130, "{name}\n{}", terminal.seen);
        terminal.assert_screen(&home, "interrupted_twice", "warning: what was there is saved");
    }
}

#[test]
fn a_signal_ends_reading_at_once() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "throttle:ListImpersonationRoles"]);
    for (signal, name) in SIGNALS {
        let mut terminal = Terminal::new(patient(served.client(&home, &["-v", "list"])));
        terminal.wait_for("asking again");
        terminal.send_signal(signal);
        assert_eq!(terminal.exit_code(), 130, "{name}\n{}", terminal.seen);
        terminal.assert_screen(&home, "interrupted_read", "error: ");
    }
}

#[test]
fn a_hangup_that_nohup_ignores_is_ignored() {
    let home = Home::new();
    let served = Served::start(&home, &["--fault", "throttle:ListImpersonationRoles"]);
    let list = patient(served.client(&home, &["-v", "list"]));
    let command = through(&["sh", "-c", "trap '' HUP; exec \"$@\"", "nohup"], &list);
    let mut terminal = Terminal::new(command);
    terminal.wait_for("asking again");
    terminal.send_signal(Signal::HUP);
    terminal.wait_for("asking again");
    terminal.send_signal(Signal::TERM);
    assert_eq!(terminal.exit_code(), 130, "{}", terminal.seen);
}

#[test]
fn assume_passes_signals_on_to_its_command() {
    let home = Home::new();
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let command =
            home.command(&["assume", "Migration", "--", "sh", "-c", "echo started; exec sleep 600"]);
        let mut terminal = Terminal::new(command);
        terminal.wait_for("started");
        terminal.send_signal(signal);
        assert_eq!(terminal.exit_code(), code, "{}", terminal.seen);
    }
}

#[test]
fn a_sandbox_that_is_served_ends_with_a_signal() {
    let home = Home::new();
    for (signal, name) in SIGNALS {
        let mut terminal = Terminal::new(home.command(&["sandbox", "serve"]));
        terminal.wait_for("http://");
        terminal.send_signal(signal);
        assert_eq!(terminal.exit_code(), 0, "{name}\n{}", terminal.seen);
    }
}
