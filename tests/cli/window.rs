//! What a window shows while a command works, and of a long list. How it fits is in `tests/screens/window.txt`.

use super::harness::*;
use super::pty::*;

/// A home with so many users, and a role that names 60 of them.
fn with_users(users: &str) -> Home {
    let home = Home::new();
    home.exits_with(0, &["sandbox", "init", "--users", users, "--roles", "1"]);
    let names: Vec<_> = (1..=60).map(|n| format!("user{n:04}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let create = ["create", "Big", "--type", "read-only", "--yes", "-q", "--allow"];
    home.exits_with(0, &[&create[..], &names].concat());
    home
}

#[test]
fn progress_is_shown_on_a_terminal_alone_and_goes_before_the_result() {
    let home = with_users("250");
    let served = Served::start(&home, &["--latency", "700"]);
    let args = ["--org", "acme", "access"];
    let mut terminal = Terminal::of_size(served.client(&home, &args), 100, 100);
    terminal.wait_for("reading roles and users");
    terminal.wait_for("200 users");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    let screen = terminal.screen.screen().contents();
    assert!(!screen.contains("reading roles"), "{screen}");
    assert!(terminal.seen.contains("acme ("), "{}", terminal.seen);
    for flag in ["-q", "-v"] {
        let mut terminal = Terminal::new(served.client(&home, &[&args[..], &[flag]].concat()));
        assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
        assert!(!terminal.seen.contains("reading roles"), "{}", terminal.seen);
    }
    let output = served.client(&home, &args).output_within_limit();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn what_is_counted_has_a_bar_with_the_time_left_on_a_terminal_alone() {
    let home = with_users("250");
    let served = Served::start(&home, &["--latency", "80"]);
    let args = ["--org", "acme", "audit"];
    let mut terminal = Terminal::of_size(served.client(&home, &args), 100, 100);
    terminal.wait_for("/250, ");
    terminal.wait_for("s left: reading mailbox permissions");
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    let screen = terminal.screen.screen().contents();
    assert!(!screen.contains("left:"), "{screen}");
    let output = served.client(&home, &args).output_within_limit();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!error.contains("reading mailbox permissions"), "{error}");
    let mut terminal = Terminal::new(served.client(&home, &[&args[..], &["-q"]].concat()));
    assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
    assert!(!terminal.seen.contains("reading mailbox permissions"), "{}", terminal.seen);
}

#[test]
fn a_long_list_is_folded_on_a_terminal_with_a_count() {
    let home = with_users("60");
    let seen = |args: &[&str]| {
        let mut terminal = Terminal::of_size(home.command(args), 100, 80);
        assert_eq!(terminal.exit_code(), 0, "{}", terminal.seen);
        terminal.screen.screen().contents()
    };
    let count = |text: &str| text.matches("@example.com").count();
    for (args, what) in [
        (&["show", "Big"][..], "    and 10 more (--all names them)"),
        (&["access", "--role", "Big"], "and 10 more rows\nhint: --all shows them"),
    ] {
        let folded = seen(args);
        assert_eq!(count(&folded), 50, "{folded}");
        assert!(folded.contains(what), "{folded}");
        let all = seen(&[args, &["--all"]].concat());
        assert_eq!((count(&all), all.contains("more")), (60, false), "{all}");
        // Whoever reads a pipe does not look for what is missing
        assert_eq!(count(&home.stdout(0, args)), 60);
    }
}
