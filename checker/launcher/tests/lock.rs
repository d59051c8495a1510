//! `cargo checker` while another cargo has the build folder, as when an editor looks at a fresh clone.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The build folder that this test is in: `target`, or what stands for it.
fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(3).unwrap().to_owned()
}

fn checker() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exercises"));
    cargo.env("CARGO_TARGET_DIR", target()).args(["checker", "list"]);
    cargo
}

#[test]
fn a_checker_that_is_up_to_date_waits_for_no_other_cargo() {
    // The first call may build it, with the commands of a first hour alone.
    let built = checker().output().unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
    assert!(!said.contains("warning"), "what is built has no warnings: {said}");
    let locks = ["debug", "checker"].map(|profile| {
        let lock = File::create(target().join(profile).join(".cargo-lock")).unwrap();
        lock.lock().unwrap();
        lock
    });
    let mut child = checker().stdout(Stdio::piped()).spawn().unwrap();
    // It must end although the lock is held. The limit is for the case that it does not.
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(120) {
        thread::sleep(Duration::from_millis(20));
    }
    let ended = child.try_wait().unwrap().is_some();
    locks.iter().for_each(|lock| lock.unlock().unwrap());
    let output = child.wait_with_output().unwrap();
    assert!(ended, "it waited for the lock");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Lesson 1"));
}
