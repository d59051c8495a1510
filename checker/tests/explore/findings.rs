//! What is said of tests: a line for each, and the account of what goes wrong.

use std::fs;
use std::path::Path;

use crate::home::{Home, manifest};

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
fn a_test_of_many_steps_is_not_called_endless() {
    let long = "
use std::sync::atomic::{AtomicU32, Ordering};
#[test]
fn alone() {
    let number = AtomicU32::new(0);
    (0..10_000).for_each(|_| drop(number.fetch_add(1, Ordering::SeqCst)));
    assert_eq!(number.into_inner(), 10_000);
}
#[test]
fn with_others() {
    let number = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..5_000).for_each(|_| drop(number.fetch_add(1, Ordering::SeqCst))));
        }
    });
    assert_eq!(number.into_inner(), 10_000);
}
";
    Home::package(long, &[])
        .explore("--schedules 30")
        .exits(0)
        .says_of("alone", "20 schedules")
        .says_of("with_others", "30 schedules")
        .shows("2 tests: 2 passed");
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
