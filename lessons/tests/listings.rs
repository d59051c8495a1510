//! Every listing prints what its lesson says it prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs, where cargo has put them.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_02-smallest")).parent().unwrap().to_owned()
}

#[test]
fn every_listing_prints_what_is_stated() {
    let mut wrong = Vec::new();
    let mut run = 0;
    let lessons = fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap().map(|entry| entry.unwrap().path());
    for listings in lessons.map(|lesson| lesson.join("listings")).filter(|folder| folder.is_dir()) {
        let lesson = listings.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let number = lesson.split('-').next().unwrap();
        for listing in fs::read_dir(&listings).unwrap().map(|entry| entry.unwrap().path()) {
            // One without stated output goes wrong in a way that its figure shows, and the figure's test looks at.
            let stated = listing.with_extension("out");
            if listing.extension().is_none_or(|extension| extension != "rs") || !stated.is_file() {
                continue;
            }
            let name = format!("{number}-{}", listing.file_stem().unwrap().to_string_lossy());
            let output = Command::new(programs().join(&name)).output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            run += 1;
            if !output.status.success() || printed != fs::read_to_string(&stated).unwrap() {
                wrong.push(format!("{name} ({}) printed\n{printed}", output.status));
            }
        }
    }
    assert!(wrong.is_empty(), "not as stated in the lesson:\n{}", wrong.join("\n"));
    assert!(run >= 6, "only {run} listings were found");
}

/// rustc's own words differ from version to version; what they are about does not.
#[test]
fn the_compile_error_is_the_one_that_is_shown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rust-you-need/errors");
    let shown = fs::read_to_string(folder.join("borrowed.out")).unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let nowhere = std::env::temp_dir().join(format!("borrowed-{}.rmeta", std::process::id()));
    let mut command = Command::new(rustc);
    command
        .args(["--edition", "2024", "--emit", "metadata", "borrowed.rs", "-o"])
        .arg(&nowhere)
        .current_dir(&folder);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && !nowhere.exists(), "it compiles:\n{said}");
    for part in ["error[E0373]: ", " --> borrowed.rs:7:33", " --> borrowed.rs:7:19", "thread::spawn(move || "]
    {
        assert!(shown.contains(part), "{part} is not shown");
        assert!(said.contains(part), "{part} is not in what rustc says:\n{said}");
    }
}
