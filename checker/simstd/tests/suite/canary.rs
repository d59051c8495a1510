//! Standing in for std is undocumented. When this fails, a new rustc has changed how it finds `std`, and
//! everything that rests on it needs another way (a generated `extern crate simstd as std`, say).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The newest rlib of `name` that cargo built beside this test.
pub(crate) fn rlib(deps: &Path, name: &str) -> PathBuf {
    let files = fs::read_dir(deps).expect("the folder of this test can be read").filter_map(Result::ok);
    files
        .map(|f| f.path())
        .filter(|p| {
            let file = p.file_name().unwrap_or_default().to_string_lossy().into_owned();
            file.starts_with(&format!("lib{name}-")) && file.ends_with(".rlib")
        })
        .max_by_key(|p| p.metadata().and_then(|m| m.modified()).ok())
        .expect("cargo has built simstd for this test")
}

#[test]
fn rustc_takes_a_crate_handed_over_as_std_in_the_place_of_std() {
    let test = env::current_exe().expect("a test knows where it is");
    let deps = test.parent().expect("a test is in a folder");
    let folder = deps.join("canary");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let source = folder.join("learner.rs");
    // The prelude, a macro of the prelude, a derive and a path: each finds std in another way.
    let program = "
        #[derive(Debug, Clone, Default)]
        pub struct Held(pub std::sync::Arc<std::sync::Mutex<u32>>);
        thread_local!(static SEEN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
        pub fn name() -> &'static str {
            SEEN.with(|seen| seen.set(1));
            std::any::type_name::<std::sync::Mutex<u32>>()
        }
    ";
    fs::write(&source, program).expect("the target folder can be written");
    for edition in ["2021", "2024"] {
        let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args(["--crate-type", "rlib", "--emit", "metadata", "--edition", edition, "-F", "unsafe_code"])
            .arg("--extern")
            .arg(format!("std={}", rlib(deps, "simstd").display()))
            .arg("-L")
            .arg(format!("dependency={}", deps.display()))
            .arg("--out-dir")
            .arg(&folder)
            .arg(&source)
            .output()
            .expect("rustc runs");
        assert!(
            output.status.success(),
            "rustc no longer takes simstd in the place of std (edition {edition}); see the first lines of this file\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
