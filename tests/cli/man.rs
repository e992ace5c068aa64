//! `man`: on a terminal the page is opened, elsewhere it is printed.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::harness::*;
use super::pty::Terminal;

/// A directory with what starts the program on a terminal, and nothing else.
fn path_without_man(home: &Home) -> String {
    std::fs::create_dir(home.path("bin")).unwrap();
    for program in ["env", "setsid"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output_within_limit();
        let found = String::from_utf8(found.stdout).unwrap();
        symlink(found.trim(), home.path("bin").join(program)).unwrap();
    }
    home.arg("bin")
}

#[test]
fn a_page_is_opened_on_a_terminal() {
    let home = Home::new();
    let path = path_without_man(&home);
    home.write(
        "bin/man",
        "#!/bin/sh\nread -r title <\"$1\"\n[ -f \"$1\" ] && echo \"page ${1##*/}\"\nexit 7\n",
    );
    assert!(Command::new("chmod").arg("+x").arg(home.path("bin/man")).status().unwrap().success());
    let mut command = home.command(&["man", "sandbox", "serve"]);
    command.env("PATH", format!("{path}:{}", std::env::var("PATH").unwrap()));
    let mut terminal = Terminal::new(command);
    terminal.wait_for("page wmrole-sandbox-serve.1");
    assert_eq!(terminal.exit_code(), 7);
}

#[test]
fn where_there_is_no_man_the_help_is_shown() {
    let home = Home::new();
    let mut command = home.command(&["man", "show"]);
    command.env("PATH", path_without_man(&home));
    let mut terminal = Terminal::new(command);
    terminal.wait_for("Usage: wmrole show");
    terminal.wait_for("Examples:");
    terminal.wait_for("hint: this is the help");
    assert_eq!(terminal.exit_code(), 0);
}

#[test]
fn a_page_is_printed_where_there_is_no_terminal() {
    let home = Home::new();
    assert!(home.stdout(0, &["man"]).contains("\n.TH WMROLE 1 2026-"));
    assert!(home.stdout(0, &["man", "sandbox", "init"]).contains("\n.TH WMROLE-SANDBOX-INIT 1 "));
    assert!(home.stdout(0, &["man", "wmrole.5"]).contains("\n.TH WMROLE 5 "));
    let stderr = home.stderr(2, &["man", "shwo"]);
    assert_eq!(stderr, "error: there is no command `wmrole shwo`\nhint: `wmrole --help` lists them\n");
    home.exits_with(2, &["man", "show", "--dir", "x"]);
}
