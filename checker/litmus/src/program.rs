//! The language of litmus tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// An operation. Locations are known by their places among the program's, registers by their names.
#[derive(Debug, Clone)]
pub enum Op {
    /// A load into a register.
    Load {
        /// The register.
        register: String,
        /// The place of the location.
        from: usize,
        /// The order.
        order: Ordering,
    },
    /// A store.
    Store {
        /// The place of the location.
        to: usize,
        /// The value.
        value: Value,
        /// The order.
        order: Ordering,
    },
    /// A `fetch_add`; the register gets the value from before.
    Add {
        /// The register.
        register: String,
        /// The place of the location.
        to: usize,
        /// The value.
        value: Value,
        /// The order.
        order: Ordering,
    },
    /// A swap; the register gets the value from before.
    Swap {
        /// The register.
        register: String,
        /// The place of the location.
        to: usize,
        /// The value.
        value: Value,
        /// The order.
        order: Ordering,
    },
    /// A `compare_exchange`; the register gets the value from before.
    Exchange {
        /// The register.
        register: String,
        /// The place of the location.
        to: usize,
        /// The value that is replaced.
        expected: Value,
        /// What it is replaced by.
        new: Value,
        /// The order where it is replaced.
        success: Ordering,
        /// The order where it is not.
        failure: Ordering,
    },
    /// Goes on when it has read the value.
    Await {
        /// The place of the location.
        from: usize,
        /// The value.
        value: Value,
        /// The order.
        order: Ordering,
    },
    /// A fence.
    Fence(Ordering),
    /// A register gets a value.
    Set {
        /// The register.
        register: String,
        /// The value.
        value: Value,
    },
    /// What is done if a register has a value, or has another one.
    If {
        /// The register.
        register: String,
        /// Whether the register has to have the value.
        equal: bool,
        /// The value.
        to: i64,
        /// What is done then.
        then: Vec<Op>,
    },
}

/// A number, or a register with a number to be added.
#[derive(Debug, Clone)]
pub enum Value {
    /// A number.
    Number(i64),
    /// A register, and what is added to its value.
    Register(String, i64),
}

/// A litmus test.
#[derive(Debug, Default, Clone)]
pub struct Program {
    /// What it is called.
    pub name: String,
    /// The atomics.
    pub locations: Vec<String>,
    /// What is in them at first; 0 where nothing is said.
    pub initial: BTreeMap<String, i64>,
    /// The locations whose last value is part of an outcome.
    pub last: BTreeSet<String>,
    /// What each thread does.
    pub threads: Vec<Vec<Op>>,
}

fn order(name: &str) -> Ordering {
    match name {
        "rlx" => Ordering::Relaxed,
        "acq" => Ordering::Acquire,
        "rel" => Ordering::Release,
        "ar" => Ordering::AcqRel,
        "sc" => Ordering::SeqCst,
        other => panic!("{other} is no order"),
    }
}

fn value(text: &str) -> Value {
    text.parse().map_or_else(|_| Value::Register(text.into(), 0), Value::Number)
}

impl Program {
    /// Reads a litmus test.
    ///
    /// # Panics
    /// If a line is none of the language.
    pub fn parse(text: &str) -> Self {
        let mut program = Self::default();
        // The blocks that are open; the last is the innermost.
        let mut open: Vec<(Vec<Op>, Option<Op>)> = Vec::new();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [] => {}
                ["test", name] => program.name = name.into(),
                ["init", ref pairs @ ..] => {
                    for pair in pairs {
                        let (name, number) = pair.split_once('=').expect("a name and a number");
                        program.place(name);
                        program.initial.insert(name.into(), number.parse().expect("a number"));
                    }
                }
                ["final", ref names @ ..] => program.last = names.iter().map(|n| (*n).to_owned()).collect(),
                ["thread"] => {
                    program.threads.extend(open.drain(..).map(|(ops, _)| ops));
                    open.push((Vec::new(), None));
                }
                ["if", register, relation, to, "{"] => {
                    let to = to.parse().expect("a number");
                    let block =
                        Op::If { register: register.into(), equal: relation == "==", to, then: Vec::new() };
                    open.push((Vec::new(), Some(block)));
                }
                ["}"] => {
                    let Some((ops, Some(Op::If { register, equal, to, .. }))) = open.pop() else {
                        panic!("{line}: nothing is open");
                    };
                    let block = Op::If { register, equal, to, then: ops };
                    open.last_mut().expect("a thread is open").0.push(block);
                }
                _ => {
                    let op = program.operation(&words);
                    open.last_mut().expect("a thread is open").0.push(op);
                }
            }
        }
        program.threads.extend(open.drain(..).map(|(ops, _)| ops));
        let last: Vec<String> = program.last.iter().cloned().collect();
        last.iter().for_each(|name| {
            program.place(name);
        });
        program
    }

    fn place(&mut self, name: &str) -> usize {
        self.locations.iter().position(|known| known == name).unwrap_or_else(|| {
            self.locations.push(name.into());
            self.locations.len() - 1
        })
    }

    fn operation(&mut self, words: &[&str]) -> Op {
        match words {
            ["store", to, what, o] => Op::Store { to: self.place(to), value: value(what), order: order(o) },
            ["await", from, what, o] => {
                Op::Await { from: self.place(from), value: value(what), order: order(o) }
            }
            ["fence", o] => Op::Fence(order(o)),
            [register, "=", "load", from, o] => {
                Op::Load { register: (*register).into(), from: self.place(from), order: order(o) }
            }
            [register, "=", "add", to, what, o] => {
                let to = self.place(to);
                Op::Add { register: (*register).into(), to, value: value(what), order: order(o) }
            }
            [register, "=", "swap", to, what, o] => {
                let to = self.place(to);
                Op::Swap { register: (*register).into(), to, value: value(what), order: order(o) }
            }
            [register, "=", "cas", to, expected, new, success, failure] => Op::Exchange {
                register: (*register).into(),
                to: self.place(to),
                expected: value(expected),
                new: value(new),
                success: order(success),
                failure: order(failure),
            },
            [register, "=", other, "+", number] => {
                let value = Value::Register((*other).into(), number.parse().expect("a number"));
                Op::Set { register: (*register).into(), value }
            }
            [register, "=", what] => Op::Set { register: (*register).into(), value: value(what) },
            _ => panic!("{words:?} is no operation"),
        }
    }
}

impl Op {
    /// The registers whose values belong to an outcome.
    pub fn registers(ops: &[Op]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for op in ops {
            match op {
                Op::Load { register, .. }
                | Op::Add { register, .. }
                | Op::Swap { register, .. }
                | Op::Exchange { register, .. }
                | Op::Set { register, .. } => names.extend([register.clone()]),
                Op::If { then, .. } => names.extend(Op::registers(then)),
                Op::Store { .. } | Op::Await { .. } | Op::Fence(_) => {}
            }
        }
        names
    }

    /// How many of them may write.
    pub(crate) fn writes(ops: &[Op]) -> usize {
        let writes = |op: &Op| match op {
            Op::Store { .. } | Op::Add { .. } | Op::Swap { .. } | Op::Exchange { .. } => 1,
            Op::If { then, .. } => Op::writes(then),
            Op::Load { .. } | Op::Await { .. } | Op::Fence(_) | Op::Set { .. } => 0,
        };
        ops.iter().map(writes).sum()
    }

    /// Whether any of them has the order `SeqCst` on a location.
    pub fn has_seq_cst_access(ops: &[Op]) -> bool {
        ops.iter().any(|op| match op {
            Op::Load { order, .. }
            | Op::Store { order, .. }
            | Op::Add { order, .. }
            | Op::Swap { order, .. }
            | Op::Await { order, .. } => *order == Ordering::SeqCst,
            Op::Exchange { success, failure, .. } => [success, failure].contains(&&Ordering::SeqCst),
            Op::If { then, .. } => Op::has_seq_cst_access(then),
            Op::Fence(_) | Op::Set { .. } => false,
        })
    }
}
