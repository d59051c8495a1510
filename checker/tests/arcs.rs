//! Races in the counts of `Arc` and `Weak`: each is found in a program that is compiled as learners' are.

mod judged;

use judged::{CHECK, check, checker};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program for sum-of-squares, right but for this: the total is one too many when `went_wrong` says so.
const FRAME: &str = r#"
use std::io::{self, Write};
#[allow(unused_imports)]
use std::sync::{Arc, Weak};
use std::thread;

pub fn sum_of_squares(n: u64) -> u64 {
    (0..n).map(|i| i * i).sum()
}

pub fn run<F, W>(tasks: &[u64], workers: usize, work: F, mut out: W) -> io::Result<u64>
where
    F: Fn(u64) -> u64 + Sync,
    W: Write + Send,
{
    assert!(workers > 0);
    let mut total = u64::from(went_wrong());
    for n in tasks {
        let partial = work(*n);
        writeln!(out, "n={n}: {partial}")?;
        total += partial;
    }
    writeln!(out, "\nAggregate total: {total}")?;
    Ok(total)
}

/// What two threads say that do this at once.
#[allow(dead_code)]
fn both<T: Send>(first: impl FnOnce() -> T + Send, second: impl FnOnce() -> T + Send) -> (T, T) {
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join().unwrap(), second)
    })
}
"#;

/// What is called, as the lanes name it, and a race that rests on it.
const RACES: [(&str, &str); 10] = [
    // Each of the two may see the other's reference: then nobody is the last.
    (
        "strong_count",
        "
fn went_wrong() -> bool {
    let shared = Arc::new(());
    let other = Arc::clone(&shared);
    let is_last = |mine: Arc<()>| Arc::strong_count(&mine) == 1;
    both(move || is_last(shared), move || is_last(other)) == (false, false)
}",
    ),
    (
        "try_unwrap",
        "
fn went_wrong() -> bool {
    let shared = Arc::new(1);
    let other = Arc::clone(&shared);
    both(move || Arc::try_unwrap(shared).is_ok(), move || Arc::try_unwrap(other).is_ok()) == (false, false)
}",
    ),
    (
        "into_inner",
        "
fn went_wrong() -> bool {
    let shared = Arc::new(1);
    let other = Arc::clone(&shared);
    both(move || Arc::into_inner(shared), move || Arc::into_inner(other)).0.is_some()
}",
    ),
    (
        "get_mut",
        "
fn went_wrong() -> bool {
    let mut shared = Arc::new(1);
    let other = Arc::clone(&shared);
    both(move || drop(other), || drop(Arc::get_mut(&mut shared).map(|n| *n += 1)));
    *shared == 1
}",
    ),
    (
        "make_mut",
        "
fn went_wrong() -> bool {
    let mut shared = Arc::new(1);
    let (place, other) = (Arc::as_ptr(&shared).addr(), Arc::clone(&shared));
    both(move || drop(other), || *Arc::make_mut(&mut shared) += 1);
    Arc::as_ptr(&shared).addr() != place
}",
    ),
    (
        "upgrade",
        "
fn went_wrong() -> bool {
    let shared = Arc::new(1);
    let weak: Weak<i32> = Arc::downgrade(&shared);
    let drops = move || { drop(shared); true };
    !both(drops, move || weak.upgrade().is_some()).1
}",
    ),
    // The counts behind a trait object are the same.
    (
        "strong_count",
        "
trait Job: Send + Sync {
    fn number(&self) -> u32;
}
struct Print;
impl Job for Print {
    fn number(&self) -> u32 { 1 }
}
fn went_wrong() -> bool {
    let shared: Arc<dyn Job> = Arc::new(Print);
    let other = Arc::clone(&shared);
    let is_last = |mine: Arc<dyn Job>| mine.number() == 1 && Arc::strong_count(&mine) == 1;
    both(move || is_last(shared), move || is_last(other)) == (false, false)
}",
    ),
    (
        "strong_count",
        "
struct Job;
impl Job {
    fn finish(self: Arc<Self>) -> bool { Arc::strong_count(&self) == 1 }
}
fn went_wrong() -> bool {
    let shared = Arc::new(Job);
    let other = Arc::clone(&shared);
    both(move || shared.finish(), move || other.finish()) == (false, false)
}",
    ),
    // Until the value is made there is nothing to upgrade to.
    (
        "new_cyclic",
        "
struct Own(thread::JoinHandle<bool>);
fn went_wrong() -> bool {
    let made = Arc::new_cyclic(|own: &Weak<Own>| {
        let own = own.clone();
        Own(thread::spawn(move || own.upgrade().is_none()))
    });
    match Arc::into_inner(made) {
        Some(own) => own.0.join().unwrap(),
        None => false,
    }
}",
    ),
    (
        "drop Waker",
        "
struct Flag;
impl std::task::Wake for Flag {
    fn wake(self: Arc<Self>) {}
}
fn went_wrong() -> bool {
    let flag = Arc::new(Flag);
    let waker = std::task::Waker::from(Arc::clone(&flag));
    let drops = move || { drop(waker); 0 };
    both(drops, || Arc::strong_count(&flag)).1 == 2
}",
    ),
];

/// The program `source`, in a file.
fn file(folder: &Path, source: &str) -> PathBuf {
    let file = folder.join("lib.rs");
    fs::write(&file, source).expect("the folder can be written");
    file
}

#[test]
fn a_race_in_the_counts_is_found_and_named() {
    let folder = tempfile::tempdir().expect("a folder for the programs");
    for (called, program) in RACES {
        let source = format!("{FRAME}{program}\n");
        let file = file(folder.path(), &source);
        let finding = check(&file)["finding"].take();
        assert_eq!(finding["kind"], "race", "{called}: {program}\n{finding:#}");
        let seed = finding["seed"].to_string();
        let replay = checker(&["replay", "sum-of-squares", CHECK, "--seed", &seed], &file);
        let events = replay["events"].as_array().unwrap_or_else(|| panic!("{replay:#}"));
        let first = 1 + source.lines().position(|line| line.contains("fn went_wrong")).expect("it is there");
        let is_it = |event: &Value| {
            let is_inside = event["line"].as_u64().is_some_and(|line| line as usize + 12 > first);
            event["op"] == called && event["object"].is_string() && is_inside
        };
        assert!(events.iter().any(is_it), "{called} is not in the lanes: {replay:#}");
    }
}

#[test]
fn every_interleaving_is_tried_of_a_program_with_arcs() {
    let folder = tempfile::tempdir().expect("a folder for the program");
    // One reference is dropped before the threads begin: nothing depends on who comes first.
    let program = "
fn went_wrong() -> bool {
    let shared = Arc::new(1);
    let other = Arc::clone(&shared);
    let seen = both(move || *shared, move || *other);
    seen != (1, 1)
}
";
    let check = check(&file(folder.path(), &format!("{FRAME}{program}")));
    assert_eq!(check["status"], "passed", "{check:#}");
    assert_eq!(check["exhausted"]["what"], "2 tasks and 2 workers", "{check:#}");
}

/// Uses whatever counts references.
#[cfg(unix)]
const EVERYTHING: &str = "
#[derive(Clone)]
struct Thing(u32);
trait Shape { fn own(self: Arc<Self>) -> u32; }
impl Shape for Thing { fn own(self: Arc<Self>) -> u32 { self.0 } }
struct Flag;
impl std::task::Wake for Flag { fn wake(self: Arc<Self>) {} }
fn went_wrong() -> bool {
    let things: Vec<Arc<Thing>> = vec![Arc::new(Thing(1)); 3];
    let weak = Arc::downgrade(&things[0]);
    let copies = (weak.clone(), Arc::strong_count(&things[0]), Arc::weak_count(&things[1]), weak.upgrade());
    let mut own = Arc::clone(&things[2]);
    Arc::make_mut(&mut own).0 += 1;
    Arc::get_mut(&mut own).unwrap().0 += 1;
    let shape: Arc<dyn Shape> = own.clone();
    let seen = shape.own() + Arc::try_unwrap(own).ok().unwrap().0;
    let text: Arc<str> = Arc::from(String::new());
    let cycle = Arc::new_cyclic(|own: &Weak<(Weak<()>, u8)>| { drop(own.upgrade()); (Weak::new(), 1) });
    let waker = std::task::Waker::from(Arc::new(Flag));
    waker.clone().wake();
    drop((copies, text, cycle, Arc::into_inner(Arc::new(())), waker));
    seen != 6
}
";

/// Compiles as it is told, and once more to LLVM's text.
#[cfg(unix)]
const TWICE: &str = r#"#!/bin/sh
REAL "$@" || exit $?
case "$*" in *--crate-name*) ;; *) exit 0 ;; esac
is_value=
for word; do
    shift
    case "$word" in
        -o) is_value=yes; continue ;;
        -o*) continue ;;
        --emit=*|--out-dir=*|--error-format=*) continue ;;
        incremental=*) word=codegen-units=1 ;;
    esac
    if [ -n "$is_value" ]; then is_value=; continue; fi
    set -- "$@" "$word"
done
exec REAL "$@" --emit=llvm-ir --out-dir FOLDER 2>/dev/null
"#;

/// Whether a line of LLVM's text is an atomic instruction, or a call of code of `Arc` or of an atomic that another crate has
/// compiled.
#[cfg(unix)]
fn goes_around(line: &str) -> bool {
    let instruction = line.split_once(" = ").map_or(line, |(_, right)| right).trim_start();
    let starts = ["atomicrmw ", "cmpxchg ", "load atomic ", "store atomic ", "fence "];
    let elsewhere =
        ["4sync6atomic", "5alloc4sync3Arc", "5alloc4sync4Weak", "5alloc4sync16Arc", "5alloc4sync17Weak"];
    let elsewhere = elsewhere.iter().chain(&["alloc..sync..Arc", "alloc..sync..Weak"]);
    starts.iter().any(|start| instruction.starts_with(start))
        || (line.starts_with("declare ") && elsewhere.clone().any(|name| line.contains(name)))
}

/// The compiler's own text is counted, not machine code: it needs no disassembler, and says the same for every processor.
#[test]
#[cfg(unix)]
fn no_atomic_instruction_of_a_program_or_its_checks_goes_around_us() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder for the program");
    let source = file(folder.path(), &format!("{FRAME}{EVERYTHING}"));
    let (script, texts) = (folder.path().join("rustc"), folder.path().join("texts"));
    let real = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let text = TWICE.replace("REAL", &real).replace("FOLDER", &texts.display().to_string());
    fs::create_dir(&texts).and_then(|()| fs::write(&script, text)).expect("the folder can be written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("the script can be run");
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    checker
        .current_dir(judged::root())
        .args(["run", "sum-of-squares", "--source"])
        .arg(&source)
        .env("RUSTC", &script);
    let output = checker.output().expect("the checker runs");
    // What the learner's crate defines was compiled with the pass as well, and the checks may use it.
    let mut defined = String::new();
    // The harness and proptest give away Arcs of types of theirs; what drops the last of those is compiled with them, since it is
    // never inlined, and no learner's thread is concerned.
    let is_ours = |name: &str, line: &str| name == "checks" && line.contains("9drop_slow");
    let is_there = |line: &str, defined: &str| {
        let name = line.split_once('@').and_then(|(_, rest)| rest.split_once('(')).map(|(name, _)| name);
        line.starts_with("declare ") && name.is_some_and(|name| defined.contains(&format!("@{name}(")))
    };
    for name in ["sum_of_squares", "checks"] {
        let text = fs::read_to_string(texts.join(format!("{name}.ll")));
        let text = text
            .unwrap_or_else(|error| panic!("{name}: {error}\n{}", String::from_utf8_lossy(&output.stderr)));
        let around = text
            .lines()
            .filter(|line| goes_around(line) && !is_there(line, &defined) && !is_ours(name, line));
        let around: Vec<&str> = around.collect();
        assert!(around.is_empty(), "{name}: {} go around us:\n{}", around.len(), around.join("\n"));
        let interposed = text.matches("@__tsan_atomic").count();
        assert!(interposed > 20, "{name}: {interposed} calls in the place of atomic instructions");
        defined.extend(text.lines().filter(|line| line.starts_with("define ")).flat_map(|line| [line, "\n"]));
    }
}
