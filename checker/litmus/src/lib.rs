//! Litmus tests: programs of a few threads with a few operations on atomics each, and the outcomes that C++20 allows them,
//! whose memory model is Rust's. [`solve`] lists every execution of a program and judges it by the words of the standard;
//! [`drawn`] makes programs that nobody has thought of. Nothing here knows how the engine treats memory, which is tested against it.

mod draw;
mod execution;
mod judge;
mod program;
mod relation;

use std::collections::{BTreeMap, BTreeSet};

pub use draw::drawn;
pub use program::{Op, Program, Value};

/// The values of all registers, and the last values of the locations that a program names, in one line.
pub type Outcome = String;

/// What can become of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// What C++20 allows, without values out of thin air.
    pub allowed: BTreeSet<Outcome>,
    /// Those of them that no interleaving gives.
    pub weak: BTreeSet<Outcome>,
    /// What is consistent with the values that are written, and forbidden all the same.
    pub forbidden: BTreeSet<Outcome>,
}

/// Lists what can become of a program.
///
/// # Panics
/// If it has more than 32 operations in one execution, first values included.
pub fn solve(program: &Program) -> Outcomes {
    let mut found: BTreeMap<Outcome, (bool, bool)> = BTreeMap::new();
    execution::each(program, &mut |execution| {
        let verdict = judge::judge(execution);
        let known = found.entry(execution.outcome(program)).or_default();
        known.0 |= verdict.is_allowed;
        known.1 |= verdict.is_interleaving;
    });
    let mut outcomes = Outcomes::default();
    for (outcome, (is_allowed, is_interleaving)) in found {
        if !is_allowed {
            outcomes.forbidden.insert(outcome);
            continue;
        }
        if !is_interleaving {
            outcomes.weak.insert(outcome.clone());
        }
        outcomes.allowed.insert(outcome);
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Test {
        program: String,
        allowed: BTreeSet<Outcome>,
        forbidden: Option<BTreeSet<Outcome>>,
        weak: BTreeSet<Outcome>,
    }

    #[derive(Deserialize)]
    struct Table {
        test: Vec<Test>,
    }

    /// Programs with the outcomes that another oracle found, which was itself checked against published verdicts and herd7.
    const TABLES: [&str; 2] = [
        include_str!("../../simstd/tests/suite/litmus/table.toml"),
        include_str!("../../simstd/tests/suite/litmus/random.toml"),
    ];

    #[test]
    fn the_outcomes_are_those_of_the_tables() {
        let mut programs = 0;
        for table in TABLES {
            let table: Table = toml::from_str(table).unwrap();
            for test in table.test {
                let program = Program::parse(&test.program);
                let outcomes = solve(&program);
                assert_eq!(outcomes.allowed, test.allowed, "{}", program.name);
                assert_eq!(outcomes.weak, test.weak, "{}", program.name);
                if let Some(forbidden) = test.forbidden {
                    assert_eq!(outcomes.forbidden, forbidden, "{}", program.name);
                }
                programs += 1;
            }
        }
        assert_eq!(programs, 126 + 60);
    }

    #[test]
    fn a_drawn_program_follows_from_its_seed_and_can_be_read() {
        assert_eq!(drawn(7), drawn(7));
        for seed in 0..1_000 {
            let program = Program::parse(&drawn(seed));
            assert!((2..=4).contains(&program.threads.len()) && !program.locations.is_empty(), "{seed}");
        }
    }
}
