//! What is said when the checker can't be built: cargo's own words stay, and the way out comes below.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// The launcher in a build folder of its own, with a cargo that says `words` and fails.
fn start(words: &str) -> Output {
    let folder = tempfile(words);
    let own = folder.join("target/start/launcher");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_launcher"), &own).unwrap();
    let cargo = folder.join("cargo");
    fs::write(&cargo, format!("#!/bin/sh\necho '{words}' >&2\nexit 101\n")).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(&own).arg("list").env("CARGO", &cargo).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    output
}

fn tempfile(words: &str) -> std::path::PathBuf {
    let name = format!("launcher-trouble-{}-{}", std::process::id(), words.len());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn each_kind_of_trouble_has_its_way_out_below_cargos_words() {
    let trouble = [
        ("error: linker `cc` not found", "If a linker is missing: install a C compiler"),
        (
            "error: failed to get `anyhow`: Could not resolve host: index.crates.io",
            "connect to the network once, and run `cargo fetch`",
        ),
        (
            "error: failed to write x: No space left on device (os error 28)",
            "If the disk is full: free some space",
        ),
        (
            "error: rustc 1.85.0 is not supported by the following package",
            "If Rust is too old: run `rustup update`",
        ),
    ];
    for (words, way_out) in trouble {
        let output = start(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        let (cargo, ours) = (said.find(words), said.find(way_out));
        assert!(cargo.is_some() && cargo < ours, "{said}");
        // Before anything is built, what it takes.
        assert!(said.find("about half a GB below") < cargo, "{said}");
    }
}
