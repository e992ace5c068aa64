//! The real program, end to end: exit codes, JSON, what was changed, what must not be printed. Whole screens are in
//! `tests/screens/`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod definitions;
mod harness;

mod assume;
mod audit;
mod between;
mod command_line;
mod completion;
mod edit;
mod environment;
mod examples;
mod expectations;
mod gates;
mod generated;
mod guards;
mod hostile;
mod iam_policy;
mod list;
mod many;
mod one_off;
mod proxy;
mod recreating;
mod report;
mod roles_as_code;
mod saved_plans;
mod several_organizations;
mod undo;

// `setsid --ctty` is not everywhere
#[cfg(target_os = "linux")]
mod dialog;
#[cfg(target_os = "linux")]
mod editor;
#[cfg(target_os = "linux")]
mod interrupt;
mod leaving;
#[cfg(target_os = "linux")]
mod man;
#[cfg(target_os = "linux")]
mod pty;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(target_os = "linux")]
mod walk;
#[cfg(target_os = "linux")]
mod window;
