//! Memory orders, against a table of small programs with the outcomes that C++20 allows and forbids.

mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Mutex;
use std::{env, fs};

use engine::{Ending, Enumeration, StaleReads, Strategy, Style};
use litmus::{Op, Program};
use serde::Deserialize;

use self::program::Waits;
use crate::run_with;

/// A program with its outcomes.
#[derive(Debug, Deserialize)]
struct Test {
    program: String,
    allowed: BTreeSet<String>,
    #[serde(default)]
    forbidden: BTreeSet<String>,
    /// Those of the allowed ones that no interleaving gives.
    weak: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
struct Table {
    test: Vec<Test>,
}

/// Shapes that the literature and issue trackers know by name.
const KNOWN: &str = include_str!("litmus/table.toml");
/// Programs drawn at random.
const RANDOM: &str = include_str!("litmus/random.toml");

/// A table's programs. `LITMUS` names a file with another table, whose outcomes are asked for in place of these.
fn table(text: &str) -> Vec<(Program, Test)> {
    let other = env::var("LITMUS").ok().map(|file| fs::read_to_string(file).expect("LITMUS names a table"));
    let table: Table = toml::from_str(other.as_deref().unwrap_or(text)).expect("the table is TOML");
    table.test.into_iter().map(|test| (Program::parse(&test.program), test)).collect()
}

/// How many outcomes a table allows, and how many of them are weak.
fn size(table: &[(Program, Test)]) -> (usize, usize) {
    let sum = |of: fn(&Test) -> usize| table.iter().map(|(_, test)| of(test)).sum();
    (sum(|test| test.allowed.len()), sum(|test| test.weak.len()))
}

/// Whether loads may read older stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Orders {
    Meant,
    AllSeqCst,
}

/// More schedules than this are not tried.
const SCHEDULES: u64 = 400_000;

/// The outcomes of every schedule with every stale read.
fn enumerated(program: &Program, orders: Orders) -> BTreeSet<String> {
    let mut outcomes = BTreeSet::new();
    let mut left = Some(Enumeration::reduced());
    for number in 0.. {
        let Some(enumeration) = left else { break };
        assert!(number < SCHEDULES, "{}: too many schedules", program.name);
        let mut strategy = Strategy::every(enumeration);
        if orders == Orders::Meant {
            strategy = strategy.with_stale_reads(StaleReads::Every);
        }
        let outcome = Mutex::new(String::new());
        let mut run = run_with(strategy, &|| program::run(program, Waits::Assumes, &outcome));
        match run.ending {
            Ending::Completed => _ = outcomes.insert(outcome.into_inner().expect("nobody panics")),
            // It has waited for another value than it read, or its class was seen before.
            Ending::Deadlock | Ending::Redundant => {}
            ending => panic!("{}: {ending:?} {:?}", program.name, run.panics),
        }
        left = run.enumeration.take().expect("it was enumerated").advance();
    }
    outcomes
}

/// The outcomes of so many seeds, with stale reads, and how often each is seen.
fn drawn(program: &Program, seeds: u64) -> BTreeMap<String, u64> {
    let mut outcomes = BTreeMap::new();
    for seed in 0..seeds {
        let strategy = Strategy::new(seed, Style::Mixed).with_stale_reads(StaleReads::Drawn(seed));
        let outcome = Mutex::new(String::new());
        let run = run_with(strategy, &|| program::run(program, Waits::Loops, &outcome));
        assert!(matches!(run.ending, Ending::Completed), "{}, seed {seed}: {:?}", program.name, run.ending);
        *outcomes.entry(outcome.into_inner().expect("nobody panics")).or_default() += 1;
    }
    outcomes
}

#[test]
fn the_tables_have_weak_outcomes() {
    assert_eq!(size(&table(KNOWN)), (762, 66));
    assert_eq!(size(&table(RANDOM)), (320, 17));
}

#[test]
fn an_enumeration_sees_all_outcomes_that_are_allowed_and_no_other() {
    let mut wrong = Vec::new();
    for (program, test) in [KNOWN, RANDOM].into_iter().flat_map(table) {
        let outcomes = enumerated(&program, Orders::Meant);
        let (forbidden, missing) = (outcomes.difference(&test.allowed), test.allowed.difference(&outcomes));
        wrong.extend(forbidden.map(|outcome| format!("{}: {outcome} is not allowed", program.name)));
        wrong.extend(missing.map(|outcome| format!("{}: {outcome} is never seen", program.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_seed_gives_an_outcome_that_is_forbidden_and_most_weak_ones_are_seen() {
    const SEEDS: u64 = 400;
    let table = table(KNOWN);
    let (_, all) = size(&table);
    let (mut wrong, mut never) = (Vec::new(), Vec::new());
    for (program, test) in table {
        let outcomes: BTreeSet<String> = drawn(&program, SEEDS).into_keys().collect();
        let forbidden = outcomes.difference(&test.allowed);
        wrong.extend(forbidden.map(|outcome| format!("{}: {outcome} is not allowed", program.name)));
        never.extend(test.weak.difference(&outcomes).map(|outcome| format!("{}: {outcome}", program.name)));
        assert!(test.forbidden.is_disjoint(&test.allowed), "the table contradicts itself");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(never.len() * 4 <= all, "of {all} weak outcomes these are never seen:\n{}", never.join("\n"));
}

#[test]
fn without_stale_reads_all_outcomes_are_those_of_interleavings() {
    for (program, test) in [KNOWN, RANDOM].into_iter().flat_map(table) {
        let strong: BTreeSet<String> = test.allowed.difference(&test.weak).cloned().collect();
        assert_eq!(enumerated(&program, Orders::AllSeqCst), strong, "{}", program.name);
    }
}

/// So many programs are drawn, by the commit; `LITMUS_PROGRAMS` says another number, and `LITMUS_SEED` draws others.
const PROGRAMS: u64 = 100;

fn programs(seed: &str, number: u64) -> impl Iterator<Item = Program> {
    let first = seed.bytes().fold(0_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    (0..number).map(move |number| Program::parse(&litmus::drawn(first.wrapping_add(number))))
}

/// How many weak outcomes are allowed, and how many of them an enumeration never sees.
#[derive(Default)]
struct Weak {
    allowed: usize,
    never: usize,
}

/// # Panics
/// If an outcome is seen that the oracle forbids, or one is never seen that the machine has to show.
fn judged_beside_the_oracle(programs: impl Iterator<Item = Program>) -> Weak {
    let (mut wrong, mut weak) = (Vec::new(), Weak::default());
    for program in programs {
        let known = litmus::solve(&program);
        let seen = enumerated(&program, Orders::Meant);
        wrong.extend(
            seen.difference(&known.allowed)
                .map(|outcome| format!("{}: {outcome} is forbidden", program.name)),
        );
        let strong: BTreeSet<String> = known.allowed.difference(&known.weak).cloned().collect();
        wrong.extend(
            strong.difference(&seen).map(|outcome| format!("{}: {outcome} is never seen", program.name)),
        );
        let never = known.weak.difference(&seen).count();
        // What the machine does not do is about the one order of SeqCst accesses.
        let has_seq_cst = program.threads.iter().any(|ops| Op::has_seq_cst_access(ops));
        if never > 0 && !has_seq_cst {
            wrong.push(format!("{}: {never} weak outcomes are never seen, without SeqCst", program.name));
        }
        weak.allowed += known.weak.len();
        weak.never += never;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} weak outcomes, {} of them never seen", weak.allowed, weak.never);
    weak
}

#[test]
fn drawn_programs_have_no_outcome_that_is_forbidden_and_without_seq_cst_all_that_are_allowed() {
    let number = env::var("LITMUS_PROGRAMS").map_or(PROGRAMS, |number| number.parse().expect("a number"));
    let commit = || {
        let said = Command::new("git").args(["rev-parse", "HEAD"]).output().ok();
        said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned())
    };
    let seed = env::var("LITMUS_SEED").ok().or_else(commit).unwrap_or_default();
    judged_beside_the_oracle(programs(&seed, number));
}

/// Always the same programs, since among a hundred drawn ones there are so few weak outcomes that two of them are a fifth.
#[test]
fn nearly_all_weak_outcomes_are_seen() {
    let weak = judged_beside_the_oracle(programs("y1", 200));
    assert!(weak.allowed >= 50, "only {} weak outcomes", weak.allowed);
    assert!(
        weak.never * 10 <= weak.allowed,
        "of {} weak outcomes {} are never seen",
        weak.allowed,
        weak.never
    );
}
