//! `wmrole`, the program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    wmrole::run(std::env::args_os())
}
