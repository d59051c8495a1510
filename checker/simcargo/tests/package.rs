//! A package that knows nothing of us: its own tests, over simstd, with and without mistakes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use simcargo::{Abilities, Ending, Package, Schedules, StandIns, Target, TestResult};

const LIBRARY: &str = r#"
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Default)]
pub struct Counter(AtomicU32);

impl Counter {
    pub fn add(&self) {
        let seen = self.0.load(Ordering::SeqCst);
        self.0.store(seen + 1, Ordering::SeqCst);
    }
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

#[derive(Default)]
pub struct Accounts {
    pub a: Mutex<i64>,
    pub b: Mutex<i64>,
}

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
        assert_eq!(counter.get(), 2);
    }

    #[test]
    fn an_hour_passes() {
        let start = std::time::Instant::now();
        std::thread::sleep(std::time::Duration::from_secs(3600));
        assert!(start.elapsed() >= std::time::Duration::from_secs(3600));
    }

    #[test]
    fn a_static_outlives_its_schedule() {
        static mut CALLS: u32 = 0;
        // SAFETY: no other thread knows of it.
        let calls = unsafe {
            CALLS += 1;
            CALLS
        };
        assert_eq!(calls, 1);
    }
}
"#;

const TESTS: &str = r#"
use theirs::Accounts;

#[test]
fn two_locks_in_opposite_orders() {
    let accounts = Accounts::default();
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
fn a_null_pointer_is_read() {
    let null = std::hint::black_box(std::ptr::null::<u8>());
    // SAFETY: none: it is what a crash is tried with.
    assert_eq!(unsafe { std::ptr::read_volatile(null) }, 0);
}

#[test]
fn others_run_all_the_same() {}
"#;

fn write(folder: &Path, broken: bool) -> PathBuf {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::create_dir_all(folder.join("tests")).unwrap();
    let manifest = "[package]\nname = \"theirs\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), LIBRARY).unwrap();
    fs::write(folder.join("tests/locks.rs"), TESTS).unwrap();
    let other = if broken { "#[test]\nfn broken() { let x: u32 = \"\"; }\n" } else { "" };
    fs::write(folder.join("tests/other.rs"), other).unwrap();
    folder.join("Cargo.toml")
}

fn kind(results: &[TestResult], name: &str) -> String {
    let result = results.iter().find(|result| result.name == name);
    match &result.unwrap_or_else(|| panic!("no {name} in {results:?}")).ending {
        Ending::Failed { kind, .. } => kind.clone(),
        Ending::Passed => "passed".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_package_is_built_and_its_tests_run_under_many_schedules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simcargo");
    let stand_ins = StandIns::open(&root, &dir, Abilities::default()).unwrap();
    let manifest = write(&dir.join("theirs"), true);
    let all = Package { manifest, target: Target::All, cargo: Vec::new(), rustc: Vec::new(), within: None };
    let (programs, errors) = stand_ins.build(&all).unwrap();

    // What does not compile is said, and the rest is built.
    assert!(
        errors.iter().any(|error| error.target == "other" && error.message == "mismatched types"),
        "{errors:?}"
    );
    let place = errors.iter().flat_map(|error| &error.places).next().expect("an error has a place");
    assert!(place.file.ends_with("tests/other.rs") && place.line_start == 2, "{place:?}");
    let mut names: Vec<&str> = programs.iter().map(|program| program.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["locks", "theirs"]);

    let schedules =
        Schedules { each: 100, seed: 0, arguments: Vec::new(), silence: Duration::from_secs(300) };
    let results: Vec<TestResult> =
        programs.iter().flat_map(|program| program.run(&schedules).unwrap()).collect();
    assert_eq!(kind(&results, "tests::an_update_is_lost"), "panicked");
    assert_eq!(kind(&results, "tests::an_hour_passes"), "passed");
    assert_eq!(kind(&results, "two_locks_in_opposite_orders"), "deadlock");
    assert!(kind(&results, "a_null_pointer_is_read").starts_with("Crashed("));
    assert_eq!(kind(&results, "others_run_all_the_same"), "passed");

    // Each of its schedules ran in a process of its own, and so it passes.
    let name = "tests::a_static_outlives_its_schedule";
    assert_eq!(kind(&results, name), "passed");
    let fresh: Vec<&str> = results.iter().filter(|result| result.fresh).map(|it| it.name.as_str()).collect();
    assert_eq!(fresh, [name]);
}

#[test]
fn a_program_with_a_crate_that_stops_os_threads_is_known_by_the_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simcargo");
    let stand_ins = StandIns::open(&root, &dir, Abilities::default()).unwrap();
    let folder = dir.join("parks");
    let manifest = write(&folder, false);
    let core = folder.join("core");
    fs::create_dir_all(core.join("src")).unwrap();
    fs::write(core.join("src/lib.rs"), "#[inline(never)]\npub fn park() {}\n").unwrap();
    let package = "[package]\nname = \"parking_lot_core\"\nversion = \"0.9.0\"\nedition = \"2021\"\n";
    fs::write(core.join("Cargo.toml"), package).unwrap();
    fs::create_dir_all(folder.join("tests")).unwrap();
    let parks = "#[test]\nfn parks() { parking_lot_core::park() }\n";
    fs::write(folder.join("tests/parks.rs"), parks).unwrap();
    let mut text = fs::read_to_string(&manifest).unwrap();
    text.push_str("[dev-dependencies]\nparking_lot_core = { path = \"core\" }\n");
    fs::write(&manifest, text).unwrap();
    let package =
        Package { manifest, target: Target::All, cargo: Vec::new(), rustc: Vec::new(), within: None };
    let (programs, _) = stand_ins.build(&package).unwrap();
    let blocking = |name: &str| programs.iter().find(|program| program.name == name).unwrap().blocking;
    assert_eq!(blocking("parks"), Some("parking_lot_core"));
    assert!(programs.iter().any(|program| program.blocking.is_none()), "others do not use the crate");
    // Where nothing else is left, there is nothing to run.
    let alone = Package { target: Target::Test("parks".to_owned()), ..package };
    let refused = stand_ins.build(&alone).unwrap_err().to_string();
    assert!(
        refused.contains("the crate parking_lot_core, which asks the system to stop a thread"),
        "{refused}"
    );
}
