//! Keeps the program small. The schemas are compressed: a tenth of 110 kB. In releases functions of equal code are folded
//! into one, where the linker can: a twentieth of the program.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

const FOLD: &str = "-Wl,--icf=all";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=schema");
    for schema in ["wmrole.schema.json", "wmrole-output.schema.json"] {
        compress(schema)?;
    }
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") && can_fold() == Some(true) {
        println!("cargo:rustc-link-arg-bins={FOLD}");
    }
    Ok(())
}

/// Writes a file of `schema/` to `OUT_DIR`, where `include_bytes!` finds it.
fn compress(name: &str) -> io::Result<()> {
    let directory = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let file = File::create(directory.join(format!("{name}.gz")))?;
    let mut encoder = GzEncoder::new(file, Compression::best());
    encoder.write_all(&std::fs::read(Path::new("schema").join(name))?)?;
    encoder.finish().map(drop)
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
