//! Folds functions of equal code into one in releases, where the linker can: a twentieth of the program.

use std::path::PathBuf;
use std::process::{Command, Stdio};

const FOLD: &str = "-Wl,--icf=all";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") && can_fold() == Some(true) {
        println!("cargo:rustc-link-arg-bins={FOLD}");
    }
}

/// Does the linker of this target know the option? It is tried on a program that does nothing; none where that cannot be
/// tried.
fn can_fold() -> Option<bool> {
    let directory = PathBuf::from(std::env::var_os("OUT_DIR")?);
    let source = directory.join("empty.rs");
    std::fs::write(&source, "fn main() {}\n").ok()?;
    let mut rustc = Command::new(std::env::var_os("RUSTC")?);
    rustc.arg(source).args(["--target", &std::env::var("TARGET").ok()?, "-C", &format!("link-arg={FOLD}")]);
    rustc.arg("-o").arg(directory.join("empty"));
    if let Some(linker) = std::env::var_os("RUSTC_LINKER") {
        rustc.arg("-C").arg(format!("linker={}", linker.display()));
    }
    if let Ok(flags) = std::env::var("CARGO_ENCODED_RUSTFLAGS") {
        rustc.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    }
    let status = rustc.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    Some(status.success())
}
