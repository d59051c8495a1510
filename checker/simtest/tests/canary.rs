//! Standing in for the crate `test` is undocumented. When this fails, a new rustc has changed what `#[test]`
//! expands to, and `simtest/src/contract.rs` needs what the error names. Nobody's tests can be run over simstd
//! until then; learners' exercises are judged all the same.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Every kind of test that `#[test]` takes on stable, in a crate that knows nothing of us.
const TESTS: &str = r#"
#[test]
fn passes() {}

#[test]
fn fails() {
    assert_eq!(1 + 1, 3, "as it should");
}

#[test]
#[should_panic]
fn panics() {
    panic!("anything");
}

#[test]
#[should_panic(expected = "the words")]
fn panics_with_the_words() {
    panic!("these are the words");
}

#[test]
#[should_panic(expected = "the words")]
fn panics_with_others() {
    panic!("these are not");
}

#[test]
#[should_panic]
fn does_not_panic() {}

#[test]
#[ignore = "not today"]
fn is_ignored() {}

#[test]
fn returns_ok() -> Result<(), String> {
    Ok(())
}

#[test]
fn returns_an_error() -> Result<(), String> {
    Err("no".to_owned())
}

mod inner {
    #[test]
    fn is_in_a_module() {}
}
"#;

/// The newest rlib of simtest that cargo built beside this test.
fn simtest(deps: &Path) -> PathBuf {
    let files = fs::read_dir(deps).expect("the folder of this test can be read").filter_map(Result::ok);
    let rlibs = files.map(|file| file.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("libsimtest-") && name.ends_with(".rlib")
    });
    rlibs
        .max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok())
        .expect("cargo has built simtest for this test")
}

/// Compiles the tests with simtest in the place of `test`.
fn compile(edition: &str) -> PathBuf {
    let this = env::current_exe().expect("a test knows where it is");
    let deps = this.parent().expect("a test is in a folder");
    let folder = deps.join(format!("canary-test-{edition}"));
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let (source, program) = (folder.join("theirs.rs"), folder.join("theirs"));
    fs::write(&source, TESTS).expect("the target folder can be written");
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--test", "--edition", edition, "-C", "debuginfo=0", "--extern"])
        .arg(format!("test={}", simtest(deps).display()))
        .arg("-L")
        .arg(format!("dependency={}", deps.display()))
        .arg("-o")
        .arg(&program)
        .arg(&source)
        .output()
        .expect("rustc runs");
    assert!(
        output.status.success(),
        "rustc no longer takes simtest in the place of the crate `test` (edition {edition}); \
         see the first lines of this file\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    program
}

fn run(program: &Path, arguments: &[&str]) -> (Output, String) {
    let output = Command::new(program).args(arguments).output().expect("the test program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, text)
}

/// What is said of a test, after its name.
fn said<'a>(text: &'a str, test: &str) -> &'a str {
    let prefix = format!("test {test} ... ");
    text.lines()
        .find_map(|line| line.strip_prefix(prefix.as_str()))
        .unwrap_or_else(|| panic!("no {test} in:\n{text}"))
}

#[test]
fn rustc_takes_a_crate_handed_over_as_test_in_the_place_of_test() {
    for edition in ["2015", "2018", "2021", "2024"] {
        let program = compile(edition);
        let (output, text) = run(&program, &["--schedules", "3"]);
        let right = ["passes", "panics", "panics_with_the_words", "returns_ok", "inner::is_in_a_module"];
        for test in right {
            assert_eq!(said(&text, test), "ok (3 schedules)", "edition {edition}, {test}");
        }
        let wrong = [
            ("fails", "FAILED: panicked at "),
            ("panics_with_others", "FAILED: other-panic at "),
            ("does_not_panic", "FAILED: did-not-panic: "),
            ("returns_an_error", "FAILED: returned-error: "),
        ];
        for (test, beginning) in wrong {
            let told = said(&text, test);
            assert!(told.starts_with(beginning), "edition {edition}, {test}: {told}");
        }
        assert_eq!(said(&text, "is_ignored"), "ignored, not today");
        assert!(text.contains("5 passed; 4 failed; 1 ignored; 0 filtered out"), "{text}");
        assert_eq!(output.status.code(), Some(101), "as libtest ends when a test failed");
    }
}

#[test]
fn tests_are_chosen_as_libtest_chooses_them() {
    let program = compile("2021");
    let names = |arguments: &[&str]| -> Vec<String> {
        let (_, text) = run(&program, &[&["--list"], arguments].concat());
        text.lines().filter_map(|line| Some(line.strip_suffix(": test")?.to_owned())).collect()
    };
    assert_eq!(names(&["pass"]), ["passes"]);
    assert_eq!(names(&["panics", "--exact"]), ["panics"]);
    assert_eq!(names(&["panic", "--skip", "words", "--skip=others"]), ["does_not_panic", "panics"]);
    assert_eq!(names(&["--ignored"]), ["is_ignored"]);
    assert_eq!(names(&["returns", "--without", "returns_ok"]), ["returns_an_error"]);
    let (output, text) = run(&program, &["--include-ignored", "is_", "--schedules=1"]);
    assert!(text.contains("2 passed; 0 failed; 0 ignored; 8 filtered out"), "{text}");
    assert_eq!(output.status.code(), Some(0));
    let (output, _) = run(&program, &["--schedules", "many"]);
    assert_eq!(output.status.code(), Some(2), "an argument that can't be read is no failed test");
}
