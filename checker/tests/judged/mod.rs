//! A program for sum-of-squares, judged by the command.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the checker is in the workbook")
}

/// The check that is looked at; what the others say of these programs is the same, or nothing.
pub const CHECK: &str = "the_total_is_the_sum_of_the_partials";

/// What the command says of the program in `file`.
pub fn checker(arguments: &[&str], file: &Path) -> Value {
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    checker.current_dir(root()).args(arguments).args(["--format", "json", "--source"]).arg(file);
    let output = checker.output().expect("the checker runs");
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("{said}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// What [`CHECK`] says of the program.
pub fn check(file: &Path) -> Value {
    let verdict = checker(&["run", "sum-of-squares"], file);
    let checks = verdict[0]["checks"].as_array().unwrap_or_else(|| panic!("{verdict:#}"));
    checks.iter().find(|check| check["name"] == CHECK).unwrap_or_else(|| panic!("{verdict:#}")).clone()
}
