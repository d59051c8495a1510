//! Packages of all sorts: whole workspaces, old editions, and such as can't be explored.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::home::{Home, manifest};

#[test]
fn bad_input_is_told_with_what_to_do_next() {
    let nowhere = Home::new(&[]);
    nowhere.explore("").exits(2).complains("no Cargo.toml in").complains("--manifest-path");
    nowhere
        .explore("--manifest-path gone/Cargo.toml")
        .exits(2)
        .complains("there is no file")
        .complains("gone/Cargo.toml");

    let broken = Home::new(&[("Cargo.toml", "[package\n")]);
    broken.explore("").exits(2).complains("cargo can't read").complains("Cargo.toml");

    let empty = Home::package("pub fn f() {}\n/// ```\n/// ```\npub fn g() {}\n", &[]);
    empty
        .explore("")
        .exits(2)
        .complains("`theirs` has no tests to explore")
        .complains("src/lib.rs:2: is a doctest");

    let right = Home::package("#[test]\nfn right() {}\n", &[]);
    right.explore("wrong").exits(2).complains("no test of `theirs` matches `wrong`");
    right.explore("-p their").exits(2).complains("there is no package `their`; did you mean `theirs`?");
    right.explore("-- --frobnicate").exits(2).complains("unknown option --frobnicate");

    let wrong = Home::package("#[test]\nfn wrong() { let x: u32 = \"\"; }\n", &[]);
    wrong
        .explore("")
        .exits(2)
        .complains("mismatched types")
        .complains("Over the real std, it does not compile either");
    let partly = Home::package(
        "#[test]\nfn right() {}\n",
        &[("tests/wrong.rs", "#[test]\nfn wrong() { let x: u32 = \"\"; }\n")],
    );
    partly
        .explore("")
        .exits(2)
        .shows("1 test: 1 passed")
        .shows("the target `wrong`: does not compile over the simulated std: mismatched types")
        .complains("was not explored: it does not compile");
    let lacks = Home::package(
        "#[test]\nfn f() { let t = std::fs::metadata(\"/\").unwrap().modified().unwrap(); let _ = t < std::time::SystemTime::now(); }\n",
        &[],
    );
    lacks.explore("").exits(2).complains("mismatched types").complains("This is a limit of the checker");
}

#[test]
fn only_test_programs_that_stop_threads_of_the_system_are_left_out() {
    let waits = "#[test]\nfn waits() { polling::wait() }\n";
    let home = Home::package("#[test]\nfn right() {}\n", &[("tests/waits.rs", waits)]);
    home.write("polling/Cargo.toml", &manifest("polling", "2024"));
    home.write("polling/src/lib.rs", "#[inline(never)]\npub fn wait() {}\n");
    let uses = "[dev-dependencies]\npolling = { path = \"polling\" }\n[workspace]\nexclude = [\"polling\"]\n";
    home.write("Cargo.toml", &(manifest("theirs", "2024") + uses));
    home.explore("").exits(0).shows("1 test: 1 passed").shows("theirs, tests/waits: uses the crate polling");
    fs::write(home.0.path().join("src/lib.rs"), "").expect("it can be written");
    home.explore("").exits(2).complains("not run: theirs, tests/waits: uses the crate polling");
}

#[test]
fn a_build_script_that_fails_is_shown_with_its_words() {
    let home = Home::package(
        "#[test]\nfn right() {}\n",
        &[("build.rs", "fn main() { panic!(\"no compiler for the other language\") }\n")],
    );
    home.explore("")
        .exits(2)
        .complains("cargo could not build")
        .complains("no compiler for the other language");
}

/// Members that each are special in one way.
fn workspace() -> Home {
    let bare = "#![no_std]\nextern crate std;\n#[test]\nfn bare() { let t = std::thread::spawn(|| 1); assert_eq!(t.join().unwrap(), 1); }\n";
    let old = "extern crate core;\n#[test]\nfn old() { let t = ::std::thread::spawn(|| 1); assert_eq!(t.join().unwrap(), 1); }\n";
    let built = "#[test]\nfn built() { assert_eq!(env!(\"WRITTEN\"), \"by the build script\"); assert_eq!(env!(\"CARGO_PKG_NAME\"), \"built\"); }\n";
    let derive = "use proc_macro::TokenStream;\n#[proc_macro]\npub fn one(_: TokenStream) -> TokenStream { \"1\".parse().unwrap() }\n#[test]\nfn inside() {}\n";
    let uses = "#[test]\nfn uses() { assert_eq!(derive::one!(), 1); }\n";
    let home = Home::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"2\"\nmembers = [\"bare\", \"old\", \"mid\", \"built\", \"derive\", \"uses\"]\n",
        ),
        ("bare/Cargo.toml", &manifest("bare", "2021")),
        ("bare/src/lib.rs", bare),
        ("old/Cargo.toml", &manifest("old", "2015")),
        ("old/src/lib.rs", old),
        ("mid/Cargo.toml", &manifest("mid", "2018")),
        (
            "mid/src/main.rs",
            "fn main() {}\n#[test]\nfn mid() { std::thread::scope(|s| { s.spawn(|| ()); }); }\n",
        ),
        ("built/Cargo.toml", &manifest("built", "2021")),
        (
            "built/build.rs",
            "fn main() { std::fs::metadata(\"src\").unwrap(); println!(\"cargo::rustc-env=WRITTEN=by the build script\"); }\n",
        ),
        ("built/src/lib.rs", built),
        ("derive/Cargo.toml", &format!("{}[lib]\nproc-macro = true\n", manifest("derive", "2021"))),
        ("derive/src/lib.rs", derive),
        ("uses/src/lib.rs", uses),
        ("uses/tests/own.rs", "fn main() { panic!(\"a main of its own\") }\n"),
    ]);
    let uses =
        "[dependencies]\nderive = { path = \"../derive\" }\n[[test]]\nname = \"own\"\nharness = false\n";
    home.write("uses/Cargo.toml", &(manifest("uses", "2024") + uses));
    home
}

#[test]
fn a_workspace_is_explored_whole_or_in_part_whatever_its_members_are() {
    let home = workspace();
    home.explore("--schedules 20")
        .exits(0)
        .says_of("bare", "every interleaving")
        .says_of("old", "every interleaving")
        .says_of("mid", "every interleaving")
        .says_of("built", "every interleaving")
        .says_of("uses", "every interleaving")
        .shows("5 tests: 5 passed")
        .shows("derive, unit tests: is a procedural macro")
        .shows("uses, tests/own: has `harness = false`");
    home.explore("-p derive").exits(2).complains("derive, unit tests: is a procedural macro");
    home.explore("--schedules 20 -p old -p bare").exits(0).shows("2 tests: 2 passed");
    home.explore("-p bar")
        .exits(2)
        .complains("did you mean `bare`")
        .complains("has bare, built, derive, mid, old, uses");
}

#[test]
fn a_package_may_have_an_allocator_of_its_own() {
    let own = "
struct Own;
unsafe impl std::alloc::GlobalAlloc for Own {
    unsafe fn alloc(&self, layout: std::alloc::Layout) -> *mut u8 {
        unsafe { std::alloc::System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: std::alloc::Layout) {
        unsafe { std::alloc::System.dealloc(at, layout) }
    }
}
#[global_allocator]
static OWN: Own = Own;
#[test]
fn allocates() {
    std::thread::scope(|scope| { scope.spawn(|| vec![1]); });
}
";
    Home::package(own, &[]).explore("--schedules 20").exits(0).shows("1 test: 1 passed");
}

/// The alias works in the workbook, and an installed command of another name does not shadow it.
#[test]
fn the_alias_gives_no_warning_beside_an_installed_command() {
    let workbook = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checker is in the workbook");
    let bin = TempDir::new().expect("a folder for temporary files");
    fs::copy(env!("CARGO_BIN_EXE_checker"), bin.path().join("checker")).expect("it can be copied");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(bin.path().to_owned()).chain(std::env::split_paths(&path));
    let output = Command::new(env!("CARGO"))
        .current_dir(workbook)
        .args(["checker", "--version"])
        .env("PATH", std::env::join_paths(paths).expect("paths have no colons"))
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("warning"), "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("checker "));
    // Started by its own name, it needs no workbook around it.
    let installed = Command::new(bin.path().join("checker")).current_dir("/").arg("explore").output();
    let said = String::from_utf8_lossy(&installed.expect("it starts").stderr).into_owned();
    assert!(said.contains("no Cargo.toml in / or above it"), "{said}");
}
