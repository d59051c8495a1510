//! Drives `explore` as somebody does who takes it home: packages that know nothing of the workbook, right and wrong ones.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a package or several.
struct Home(TempDir);

impl Home {
    fn new(files: &[(&str, &str)]) -> Self {
        let home = Self(TempDir::new().expect("a folder for temporary files"));
        files.iter().for_each(|(name, text)| home.write(name, text));
        home
    }

    /// A package of this library, which may have more files.
    fn package(library: &str, more: &[(&str, &str)]) -> Self {
        let home = Self::new(&[("Cargo.toml", &manifest("theirs", "2024")), ("src/lib.rs", library)]);
        more.iter().for_each(|(name, text)| home.write(name, text));
        home
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    fn explore(&self, arguments: &str) -> Ended {
        self.explore_on(80, arguments)
    }

    /// On a terminal of so many columns.
    fn explore_on(&self, columns: usize, arguments: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checker"));
        command.current_dir(self.0.path()).arg("explore").args(arguments.split_whitespace());
        command.env("COLUMNS", columns.to_string()).env_remove("CARGO").env_remove("CARGO_TARGET_DIR");
        Ended(command.output().expect("the checker starts"))
    }
}

fn manifest(name: &str, edition: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n")
}

struct Ended(Output);

impl Ended {
    fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(code), "{}\n--- stderr\n{}", self.stdout(), self.stderr());
        self
    }

    #[track_caller]
    fn shows(self, text: &str) -> Self {
        assert!(self.stdout().contains(text), "no `{text}` in\n{}\n{}", self.stdout(), self.stderr());
        self
    }

    #[track_caller]
    fn complains(self, text: &str) -> Self {
        let said = self.stderr().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(text), "no `{text}` in\n{}\n--- stdout\n{}", self.stderr(), self.stdout());
        self
    }

    /// What is said behind the name of a test, which may be on a line of its own.
    #[track_caller]
    fn says_of(self, test: &str, text: &str) -> Self {
        let stdout = self.stdout();
        let mut lines = stdout.lines().skip_while(|line| {
            line.trim_start_matches([' ', '✓', '✗', '?', '-']).split(' ').next() != Some(test)
        });
        let said = [lines.next().unwrap_or_default(), lines.next().unwrap_or_default()].join("\n");
        assert!(said.contains(text), "no `{text}` behind {test}:\n{stdout}\n{}", self.stderr());
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout()).expect("stdout is one JSON text and nothing else")
    }
}

const COUNTER: &str = "
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Default)]
pub struct Counter(AtomicU32);

impl Counter {
    pub fn add(&self) {
        let seen = self.0.load(Ordering::SeqCst);
        self.0.store(seen + 1, Ordering::SeqCst);
    }
}

#[derive(Default)]
pub struct Accounts {
    pub a: Mutex<i64>,
    pub b: Mutex<i64>,
}

/// Adds.
///
/// ```
/// assert_eq!(1 + 1, 2);
/// ```
pub fn documented() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_lost() {
        let counter = Counter::default();
        std::thread::scope(|scope| {
            scope.spawn(|| counter.add());
            scope.spawn(|| counter.add());
        });
        assert_eq!(counter.0.into_inner(), 2);
    }

    #[test]
    fn right() {
        let sum = Mutex::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| *sum.lock().unwrap() += 1);
            scope.spawn(|| *sum.lock().unwrap() += 1);
        });
        assert_eq!(sum.into_inner().unwrap(), 2);
    }

    #[test]
    fn an_hour_passes() {
        std::thread::sleep(std::time::Duration::from_secs(3600));
    }

    #[test]
    #[should_panic(expected = \"the words\")]
    fn other_words() {
        panic!(\"these are not\");
    }

    #[test]
    #[should_panic(expected = \"the words\")]
    fn right_words() {
        panic!(\"these are the words\");
    }

    #[test]
    #[ignore = \"not today\"]
    fn ignored() {}

    #[test]
    fn returns_an_error() -> Result<(), String> {
        Err(\"no\".to_owned())
    }
}
";

const LOCKS: &str = "
#[test]
fn two_locks_in_opposite_orders() {
    let accounts = theirs::Accounts::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut a = accounts.a.lock().unwrap();
            *a -= 1;
            *accounts.b.lock().unwrap() += 1;
        });
        scope.spawn(|| {
            let mut b = accounts.b.lock().unwrap();
            *b -= 1;
            *accounts.a.lock().unwrap() += 1;
        });
    });
}

#[test]
fn the_process_dies() {
    let null = std::hint::black_box(std::ptr::null::<u8>());
    assert_eq!(unsafe { std::ptr::read_volatile(null) }, 0);
}

#[test]
fn others_run_all_the_same() {}
";

#[test]
fn each_test_is_run_in_many_interleavings_and_what_is_wrong_is_explained() {
    let home = Home::package(COUNTER, &[("tests/locks.rs", LOCKS)]);
    home.explore("--schedules 300")
        .exits(1)
        .says_of("tests::an_update_is_lost", "race: in ")
        .says_of("tests::right", "300 schedules; every interleaving (2)")
        .says_of("tests::an_hour_passes", "every interleaving (1)")
        .says_of("tests::other_words", "wrong-answer: in all 20 schedules")
        .says_of("tests::right_words", "every interleaving (1)")
        .says_of("tests::ignored", "ignored: not today")
        .says_of("tests::returns_an_error", "wrong-answer: in all")
        .says_of("two_locks_in_opposite_orders", "deadlock: in ")
        .says_of("the_process_dies", "crashed")
        .says_of("others_run_all_the_same", "every interleaving (1)")
        .shows("the test should panic with \"the words\", and it panicked with")
        .shows("wait for each other in a cycle")
        .shows("store #")
        .shows("10 tests: 4 passed, 5 failed, 1 ignored")
        .shows("theirs, src/lib.rs:23: is a doctest");
    // The files of the package are as they were, and there is no folder more.
    let names: Vec<_> =
        fs::read_dir(home.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names.iter().all(|name| ["Cargo.toml", "Cargo.lock", "src", "tests"].iter().any(|it| name == it)),
        "{names:?}"
    );
}

#[test]
fn a_seed_gives_the_same_finding_again() {
    let home = Home::package(COUNTER, &[]);
    let found = home.explore("an_update --schedules 100 --format json").exits(1).json();
    let finding = &found["tests"][0]["finding"];
    let seed = finding["seed"].as_u64().expect("a finding has a seed");
    let again = format!("--schedules 1 --seed {seed} --format json tests::an_update_is_lost -- --exact");
    let again = home.explore(&again).exits(1).json();
    assert_eq!(again["tests"][0]["finding"], *finding);
    assert_eq!(found["tests"].as_array().map(Vec::len), Some(1), "the filter leaves one");
    home.explore(&format!("--schedules 1 --seed {seed} an_update"))
        .exits(1)
        .shows("--seed ")
        .shows("checker explore --schedules 1 --seed");
}

#[test]
fn junit_has_a_suite_for_each_program_and_a_case_for_each_test() {
    let home = Home::package(COUNTER, &[("tests/locks.rs", LOCKS)]);
    home.explore("--schedules 50 --format junit -- --skip the_process_dies")
        .exits(1)
        .shows("<testsuite name=\"theirs, unit tests\" tests=\"7\" skipped=\"1\" errors=\"0\" failures=\"3\"")
        .shows("<testcase name=\"two_locks_in_opposite_orders\" classname=\"theirs, tests/locks\"")
        .shows("type=\"deadlock\"");
}

#[test]
fn a_package_whose_tests_all_pass_exits_with_0() {
    let home = Home::package(COUNTER, &[]);
    home.explore("-- --exact tests::right tests::an_hour_passes").exits(0).shows("2 tests: 2 passed");
}

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
    right.explore("wrong").exits(2).complains("no test of `theirs` is selected by `wrong`");
    right.explore("-p their").exits(2).complains("there is no package `their`; did you mean `theirs`?");
    right.explore("-- --frobnicate").exits(2).complains("unknown option --frobnicate");

    let wrong = Home::package("#[test]\nfn wrong() { let x: u32 = \"\"; }\n", &[]);
    wrong
        .explore("")
        .exits(2)
        .complains("mismatched types")
        .complains("Over the real std it does not compile either");
    let partly = Home::package(
        "#[test]\nfn right() {}\n",
        &[("tests/wrong.rs", "#[test]\nfn wrong() { let x: u32 = \"\"; }\n")],
    );
    partly
        .explore("")
        .exits(2)
        .shows("1 test: 1 passed")
        .shows("the target `wrong`: does not compile over the simulated std: mismatched types")
        .complains("was not explored whole");
    let lacks = Home::package(
        "#[test]\nfn f() { let t = std::fs::metadata(\"/\").unwrap().modified().unwrap(); let _ = t < std::time::SystemTime::now(); }\n",
        &[],
    );
    lacks.explore("").exits(2).complains("mismatched types").complains("this is a limit of the checker");
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
    home.explore("--schedules 20 -p old -p bare").exits(0).shows("2 tests: 2 passed");
    home.explore("-p bar")
        .exits(2)
        .complains("did you mean `bare`")
        .complains("has bare, built, derive, mid, old, uses");
}

#[test]
fn the_system_is_the_real_one_and_what_outlives_a_schedule_gets_fresh_processes() {
    let system = "
use std::fs;
#[test]
fn a_file_is_shared() {
    let file = std::env::temp_dir().join(format!(\"{}-shared\", std::process::id()));
    fs::write(&file, \"1\").unwrap();
    std::thread::scope(|scope| { scope.spawn(|| assert_eq!(fs::read_to_string(&file).unwrap(), \"1\")); });
}
#[test]
fn a_file_outlives_a_schedule() {
    let file = std::env::temp_dir().join(\"state\");
    assert!(!file.exists());
    fs::write(&file, \"\").unwrap();
}
#[test]
fn a_process_runs() {
    let output = std::process::Command::new(\"echo\").arg(\"one\").output().unwrap();
    assert_eq!(output.stdout, b\"one\\n\");
    assert!(std::env::var_os(\"PATH\").is_some());
    assert!(fs::metadata(\"src/lib.rs\").is_ok(), \"tests start in the package's folder, as with cargo\");
}
#[test]
fn the_system_draws() {
    assert!(fs::read_link(\"/proc/self\").unwrap().to_string_lossy().parse::<u32>().unwrap() % 3 > 0);
}
#[test]
fn the_network_is_out_of_reach() {
    std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();
}
";
    let home = Home::package(system, &[]);
    let ended = home.explore("--schedules 60 -- --skip the_system_draws");
    ended
        .exits(0)
        .says_of("a_file_is_shared", "60 schedules; every interleaving")
        .says_of("a_file_outlives_a_schedule", "60 schedules, a process for each")
        .says_of("a_process_runs", "every interleaving (1)")
        .says_of("the_network_is_out_of_reach", "not simulated");
    // A process whose number is a multiple of 3 fails: no seed decides that.
    home.explore("the_system_draws --schedules 60").shows("the_system_draws");
}

const PROGRAM: &str = "
//! Two threads add up what the arguments are.
use std::sync::atomic::{AtomicU32, Ordering};

static SUM: AtomicU32 = AtomicU32::new(0);

fn main() -> Result<(), String> {
    let numbers: Vec<u32> = std::env::args().skip(1).map(|word| word.parse().unwrap()).collect();
    std::thread::scope(|scope| {
        for number in &numbers {
            scope.spawn(move || SUM.store(SUM.load(Ordering::SeqCst) + number, Ordering::SeqCst));
        }
    });
    println!(\"{}\", SUM.load(Ordering::SeqCst));
    match SUM.load(Ordering::SeqCst) == numbers.iter().sum() {
        true => Ok(()),
        false => Err(\"lost\".to_owned()),
    }
}
";

#[test]
fn a_programs_main_is_run_in_many_interleavings_with_its_own_arguments() {
    let home = Home::new(&[("Cargo.toml", &manifest("sums", "2024")), ("src/main.rs", PROGRAM)]);
    let found = home.explore("--schedules 50 --bin sums --format json -- 1 2").exits(1).json();
    let seed = found["tests"][0]["finding"]["seed"].as_u64().expect("a finding has a seed");
    home.explore(&format!("--schedules 1 --seed {seed} --bin sums -- 1 2"))
        .exits(1)
        .shows("sums, the program sums")
        .says_of("main", "wrong-answer: in the 1 schedule that was tried")
        .shows("store SUM")
        .shows("the program ended with exit code 1")
        .shows("--bin sums -- 1 2");
    home.explore("--schedules 20 --bin sums -- 7")
        .exits(0)
        .says_of("main", "20 schedules, a process for each");
    home.explore("--schedules 5 --bin sums -- seven").exits(1).shows("InvalidDigit");
    home.explore("--bin sum").exits(2).complains("there is no program `sum`; did you mean `sums`?");
}

#[test]
fn a_test_may_start_the_program_of_its_package() {
    let upper = "
use std::io::Read;
fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let upper = std::thread::spawn(move || text.to_uppercase()).join().unwrap();
    print!(\"{} {upper}\", std::env::args().nth(1).unwrap());
    std::process::exit(3);
}
";
    let test = "
use std::io::Write;
use std::process::{Command, Stdio};
#[test]
fn starts_it() {
    let mut child = Command::new(env!(\"CARGO_BIN_EXE_upper\"))
        .arg(\"said\")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b\"words\").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, b\"said WORDS\");
    assert_eq!(output.status.code(), Some(3));
}
";
    let home = Home::new(&[
        ("Cargo.toml", &manifest("upper", "2024")),
        ("src/main.rs", upper),
        ("tests/cli.rs", test),
    ]);
    home.explore("").exits(0).says_of("starts_it", "every interleaving (1)");
}

#[test]
fn the_search_goes_on_until_a_test_fails_or_all_has_been_tried() {
    let home = Home::package(COUNTER, &[]);
    // The first seed alone finds nothing.
    home.explore("--until-fails --schedules 1 an_update_is_lost")
        .exits(1)
        .says_of("tests::an_update_is_lost", "race: in ");
    home.explore("--until-fails --schedules 1 tests::right -- --exact")
        .exits(0)
        .says_of("tests::right", "every interleaving (2)");
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

/// What the page shows is what the command says. `WRITE=1` writes it anew.
#[test]
fn the_page_shows_what_the_command_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons/take-it-home");
    for (name, code) in [("wrong", 1), ("right", 0)] {
        let library = fs::read_to_string(page.join(format!("{name}.rs"))).expect("the page has its listing");
        let home = Home::new(&[("Cargo.toml", &manifest("tickets", "2024")), ("src/lib.rs", &library)]);
        let said = home.explore_on(100, "").exits(code).stdout();
        // How long it takes is another thing on each machine.
        let (body, _) = said.trim_end().rsplit_once(" · ").expect("the last line ends with the time");
        let shown = format!("{body} · 0.2 s\n");
        let file = page.join(format!("{name}.out"));
        if std::env::var_os("WRITE").is_some() {
            fs::write(&file, &shown).expect("it can be written");
        }
        let kept = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(shown, kept, "{name}.out; WRITE=1 writes it anew");
    }
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
