//! Runs litmus tests over the simulated std.

use std::collections::BTreeMap;
use std::sync::Mutex;

use litmus::{Op, Program, Value};
use simstd::sync::atomic::{AtomicI64, fence};
use simstd::thread;

/// How a thread waits for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// As a program would: it looks again.
    Loops,
    /// An execution in which it does not see the value at once is none: the thread stops, and nothing wakes it.
    Assumes,
}

/// Runs the program, inside of an execution, and leaves its outcome.
pub(super) fn run(program: &Program, waits: Waits, outcome: &Mutex<String>) {
    let initial = |name: &String| program.initial.get(name).copied().unwrap_or(0);
    let memory: Vec<AtomicI64> = program.locations.iter().map(|name| AtomicI64::new(initial(name))).collect();
    let mut parts = Vec::new();
    thread::scope(|scope| {
        let start = |ops| {
            let memory = &memory;
            scope.spawn(move || {
                let mut registers = Op::registers(ops).into_iter().map(|name| (name, 0)).collect();
                perform(ops, memory, &mut registers, waits);
                registers
            })
        };
        let threads: Vec<_> = program.threads.iter().map(|ops| start(ops)).collect();
        for (number, thread) in threads.into_iter().enumerate() {
            let registers: BTreeMap<String, i64> = thread.join().expect("a thread does not panic");
            parts.extend(registers.iter().map(|(name, value)| format!("{number}:{name}={value}")));
        }
    });
    let values = program.locations.iter().zip(memory).map(|(name, atomic)| (name, atomic.into_inner()));
    let last: BTreeMap<_, _> = values.filter(|(name, _)| program.last.contains(*name)).collect();
    parts.extend(last.iter().map(|(name, value)| format!("{name}={value}")));
    *outcome.lock().expect("nobody panics") = parts.join(" ");
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
