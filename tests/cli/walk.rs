//! Whole runs of `apply` that are disturbed at any moment: what they leave is brought to an end by the next run, and
//! their report says what they did. When a run is disturbed is chance, and what must hold never depends on it.

use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, kill_process};

use super::harness::*;
use super::pty::SIGNALS;

/// Renames one role of the demo, changes another, and leaves one out.
const CHANGES: &str = "version: 1
organization: acme
roles:
  - name: Tickets
    previously: [Ticket triage]
    type: READ_ONLY
    rules:
      - {name: support, effect: ALLOW, users: [alice, carol], groups: [oncall]}
  - name: Migration
    type: READ_ONLY
    rules:
      - {name: last batch, effect: ALLOW, users: [erin, ivan]}
";

/// Roles that are new.
const NEW: &str = "  - {name: Calendar sync, type: READ_ONLY, rules: [{id: a, effect: ALLOW, users: [bob]}]}
  - {name: Ticket triage, type: FULL_ACCESS, rules: [{id: a, effect: DENY, users: [ceo]}]}
  - {name: Archive, type: READ_ONLY, rules: [{id: a, effect: ALLOW, groups: [support]}]}
";

const APPLY: [&str; 5] = ["--prune", "--max-deletes", "9", "--allow-escalation", "--yes"];

/// A run that was started, to wait for with a limit.
fn spawn(served: &Served, home: &Home, file: &str) -> Child {
    let mut command = served.client(home, &[&["apply", file][..], &APPLY].concat());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    // A pipe that nobody reads could fill up
    let stderr = tempfile::NamedTempFile::new_in(home.path("")).unwrap();
    let kept = stderr.reopen().unwrap();
    stderr
        .persist(home.path(&format!("stderr-{}", std::fs::read_dir(home.path("")).unwrap().count())))
        .unwrap();
    command.stderr(kept).spawn().unwrap()
}

/// What all runs in this home wrote on stderr.
fn stderr(home: &Home) -> String {
    let all = std::fs::read_dir(home.path("")).unwrap().map(|entry| entry.unwrap());
    let said = all.filter(|entry| entry.file_name().to_string_lossy().starts_with("stderr-"));
    said.map(|entry| std::fs::read_to_string(entry.path()).unwrap()).collect()
}

/// A plain run does what is left, and then there is nothing to do and no role twice.
fn assert_converges(home: &Home, file: &str, what: &str) {
    let args = [&["apply", file][..], &APPLY].concat();
    let output = home.run(&args);
    assert_eq!(output.status.code(), Some(0), "{what}\n{}\n{}", stderr(home), printed(&output));
    let output = home.run(&["diff", file, "--prune", "--max-deletes", "9", "--exit-code"]);
    assert_eq!(output.status.code(), Some(0), "{what}\n{}\n{}", stderr(home), printed(&output));
    let mut names = home.role_names();
    names.sort();
    let all = names.clone();
    names.dedup();
    assert_eq!(names, all, "{what}");
}

/// Numbers by chance from a seed.
fn number(seed: u64, below: u64) -> u64 {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % below
}

fn in_parallel(seeds: u64, run: impl Fn(u64) + Sync) {
    let run = &run;
    std::thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(move || (0..seeds).filter(|seed| seed % 3 == thread).for_each(run));
        }
    });
}

#[test]
fn a_signal_at_any_moment_leaves_what_the_next_run_ends() {
    in_parallel(24, |seed| {
        let home = Home::new();
        let served = Served::start(&home, &["--latency", "12"]);
        let file = home.write("roles.yaml", &format!("{CHANGES}{NEW}"));
        let before = home.stdout(0, &["list", "-o", "json"]);
        let mut apply = spawn(&served, &home, &file);
        std::thread::sleep(Duration::from_millis(number(seed, 700)));
        let (signal, name) = SIGNALS[usize::try_from(seed).unwrap() % SIGNALS.len()];
        // It may have ended, and has not been waited for
        let _ = kill_process(Pid::from_child(&apply), signal);
        let status = wait(&mut apply).expect("it ends");
        let (what, said) = (format!("seed {seed}, {name}: {status:?}"), stderr(&home));
        let changed = home.stdout(0, &["list", "-o", "json"]) != before;
        match status.code() {
            Some(0 | 130) => {}
            // Before anything listened
            None if !changed => {}
            _ => panic!("{what}\n{said}"),
        }
        assert!(!changed || said.contains(" not attempted"), "{what}: no summary\n{said}");
        assert!(status.code() != Some(0) || changed, "{what}\n{said}");
        assert_converges(&home, &file, &what);
    });
}

#[test]
fn two_runs_at_once_leave_what_the_next_run_ends() {
    in_parallel(9, |seed| {
        let home = Home::new();
        let served = Served::start(&home, &["--latency", "5"]);
        let file = home.write("roles.yaml", &format!("{CHANGES}{NEW}"));
        let mut one = spawn(&served, &home, &file);
        std::thread::sleep(Duration::from_millis(number(seed, 60)));
        let mut two = spawn(&served, &home, &file);
        let codes = [&mut one, &mut two].map(|run| wait(run).expect("it ends").code());
        let what = format!("seed {seed}: {codes:?}");
        let documented = |code: &Option<i32>| matches!(code, Some(0 | 4 | 5));
        assert!(codes.iter().all(documented), "{what}\n{}", stderr(&home));
        assert!(stderr(&home).contains(" not attempted"), "{what}: no summary\n{}", stderr(&home));
        assert_converges(&home, &file, &what);
    });
}
