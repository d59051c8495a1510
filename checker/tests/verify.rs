//! The author's gate, on the workbook itself.

use std::path::Path;
use std::process::Command;

#[test]
fn every_stub_solution_and_variant_gets_the_verdict_it_must_get() {
    verify("verify");
}

/// The same verdicts, 200 times over. Takes hours, so it is asked for:
/// `cargo test -p checker --test verify -- --ignored`.
#[test]
#[ignore = "takes hours"]
fn the_verdicts_are_the_same_every_time() {
    verify("verify --repeat 200");
}

fn verify(arguments: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    let output =
        checker.current_dir(root).args(arguments.split(' ')).args(["--timeout", "600"]).output().unwrap();
    let (said, trouble) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{trouble}");
    println!("{said}");
}
