//! Litmus tests: a language for a few threads with a few operations on atomics each, and what runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use simstd::sync::atomic::{AtomicI64, Ordering, fence};
use simstd::thread;

/// An operation. Locations are known by their places among the program's, registers by their names.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Load {
        register: String,
        from: usize,
        order: Ordering,
    },
    Store {
        to: usize,
        value: Value,
        order: Ordering,
    },
    Add {
        register: String,
        to: usize,
        value: Value,
        order: Ordering,
    },
    Swap {
        register: String,
        to: usize,
        value: Value,
        order: Ordering,
    },
    Exchange {
        register: String,
        to: usize,
        expected: Value,
        new: Value,
        success: Ordering,
        failure: Ordering,
    },
    /// Goes on when it has read the value.
    Await {
        from: usize,
        value: Value,
        order: Ordering,
    },
    Fence(Ordering),
    Set {
        register: String,
        value: Value,
    },
    If {
        register: String,
        equal: bool,
        to: i64,
        then: Vec<Op>,
    },
}

/// A number, or a register with a number to be added.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(i64),
    Register(String, i64),
}

#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) name: String,
    locations: Vec<String>,
    initial: BTreeMap<String, i64>,
    /// The locations whose last value is part of an outcome.
    last: BTreeSet<String>,
    threads: Vec<Vec<Op>>,
}

/// How a thread waits for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// As a program would: it looks again.
    Loops,
    /// An execution in which it does not see the value at once is none: the thread stops, and nothing wakes it.
    Assumes,
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
    pub(super) fn parse(text: &str) -> Self {
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

    /// Runs the program, inside of an execution, and leaves its outcome.
    pub(super) fn run(&self, waits: Waits, outcome: &Mutex<String>) {
        let initial = |name: &String| self.initial.get(name).copied().unwrap_or(0);
        let memory: Vec<AtomicI64> =
            self.locations.iter().map(|name| AtomicI64::new(initial(name))).collect();
        let mut parts = Vec::new();
        thread::scope(|scope| {
            let start = |ops| {
                let memory = &memory;
                scope.spawn(move || {
                    let mut registers = names(ops).into_iter().map(|name| (name, 0)).collect();
                    perform(ops, memory, &mut registers, waits);
                    registers
                })
            };
            let threads: Vec<_> = self.threads.iter().map(|ops| start(ops)).collect();
            for (number, thread) in threads.into_iter().enumerate() {
                let registers: BTreeMap<String, i64> = thread.join().expect("a thread does not panic");
                parts.extend(registers.iter().map(|(name, value)| format!("{number}:{name}={value}")));
            }
        });
        let values = self.locations.iter().zip(memory).map(|(name, atomic)| (name, atomic.into_inner()));
        let last: BTreeMap<_, _> = values.filter(|(name, _)| self.last.contains(*name)).collect();
        parts.extend(last.iter().map(|(name, value)| format!("{name}={value}")));
        *outcome.lock().expect("nobody panics") = parts.join(" ");
    }
}

/// The registers whose values belong to an outcome.
fn names(ops: &[Op]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for op in ops {
        match op {
            Op::Load { register, .. }
            | Op::Add { register, .. }
            | Op::Swap { register, .. }
            | Op::Exchange { register, .. }
            | Op::Set { register, .. } => names.extend([register.clone()]),
            Op::If { then, .. } => names.extend(self::names(then)),
            Op::Store { .. } | Op::Await { .. } | Op::Fence(_) => {}
        }
    }
    names
}

fn perform(ops: &[Op], memory: &[AtomicI64], registers: &mut BTreeMap<String, i64>, waits: Waits) {
    for op in ops {
        let of = |value: &Value| match value {
            Value::Number(number) => *number,
            Value::Register(name, more) => registers.get(name).copied().unwrap_or(0) + more,
        };
        let (register, result) = match op {
            Op::Load { register, from, order } => (register, memory[*from].load(*order)),
            Op::Add { register, to, value, order } => (register, memory[*to].fetch_add(of(value), *order)),
            Op::Swap { register, to, value, order } => (register, memory[*to].swap(of(value), *order)),
            Op::Exchange { register, to, expected, new, success, failure } => {
                let done = memory[*to].compare_exchange(of(expected), of(new), *success, *failure);
                let (Ok(before) | Err(before)) = done;
                (register, before)
            }
            Op::Set { register, value } => (register, of(value)),
            Op::Store { to, value, order } => {
                memory[*to].store(of(value), *order);
                continue;
            }
            Op::Await { from, value, order } => {
                while memory[*from].load(*order) != of(value) {
                    match waits {
                        Waits::Loops => thread::yield_now(),
                        // The others go on: what they do matters to the enumeration.
                        Waits::Assumes => thread::park(),
                    }
                }
                continue;
            }
            Op::Fence(order) => {
                fence(*order);
                continue;
            }
            Op::If { register, equal, to, then } => {
                if (registers.get(register).copied().unwrap_or(0) == *to) == *equal {
                    perform(then, memory, registers, waits);
                }
                continue;
            }
        };
        registers.insert(register.clone(), result);
    }
}
