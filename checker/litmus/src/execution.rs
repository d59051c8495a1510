//! Every candidate execution of a program: what each thread does, whose stores its loads read, and in which order the stores
//! of each location come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use crate::program::{Op, Program, Value};
use crate::relation::{Relation, Set};

/// What a thread does to memory.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// None for a fence.
    pub(crate) location: Option<usize>,
    /// None for the first value of a location.
    pub(crate) order: Option<Ordering>,
    pub(crate) read: Option<i64>,
    pub(crate) written: Option<i64>,
}

impl Event {
    /// Whether it reads and writes in one step.
    pub(crate) fn is_update(&self) -> bool {
        self.read.is_some() && self.written.is_some()
    }

    pub(crate) fn is_fence(&self) -> bool {
        self.location.is_none()
    }
}

type Registers = BTreeMap<String, i64>;

/// What one thread does, if its loads read certain values.
#[derive(Debug, Clone, Default)]
struct Trace {
    events: Vec<Event>,
    registers: Registers,
}

#[derive(Debug)]
pub(crate) struct Execution<'a> {
    pub(crate) events: &'a [Event],
    /// The events of a thread in their sequence; the first values come before all.
    pub(crate) sequenced: &'a Relation,
    pub(crate) reads_from: Relation,
    /// The stores of each location in their order.
    pub(crate) modification: &'a Relation,
    registers: Vec<&'a Registers>,
    /// For each location.
    last: Vec<i64>,
}

impl Execution<'_> {
    pub(crate) fn outcome(&self, program: &Program) -> String {
        let mut parts = Vec::new();
        for (number, (thread, registers)) in program.threads.iter().zip(&self.registers).enumerate() {
            let value = |name: &String| registers.get(name).copied().unwrap_or(0);
            parts.extend(Op::registers(thread).iter().map(|name| format!("{number}:{name}={}", value(name))));
        }
        let values = program.locations.iter().zip(&self.last);
        let last: BTreeMap<_, _> = values.filter(|(name, _)| program.last.contains(*name)).collect();
        parts.extend(last.iter().map(|(name, value)| format!("{name}={value}")));
        parts.join(" ")
    }
}

/// For each location, the values that a load may read.
type Domains = Vec<BTreeSet<i64>>;

/// Everything that a thread can do if its loads read any of these values.
fn traces(thread: &[Op], domains: &Domains) -> Vec<Trace> {
    let mut traces = Vec::new();
    // The last is the next.
    let code: Vec<&Op> = thread.iter().rev().collect();
    go_on(code, Trace::default(), domains, &mut traces);
    traces
}

fn go_on(mut code: Vec<&Op>, mut trace: Trace, domains: &Domains, traces: &mut Vec<Trace>) {
    let Some(op) = code.pop() else {
        traces.push(trace);
        return;
    };
    let of = |value: &Value, registers: &Registers| match value {
        Value::Number(number) => *number,
        Value::Register(name, more) => registers.get(name).copied().unwrap_or(0) + more,
    };
    let event = |location: usize, order: Ordering, read, written| Event {
        location: Some(location),
        order: Some(order),
        read,
        written,
    };
    let (location, register) = match op {
        Op::If { register, equal, to, then } => {
            if (trace.registers.get(register).copied().unwrap_or(0) == *to) == *equal {
                code.extend(then.iter().rev());
            }
            return go_on(code, trace, domains, traces);
        }
        Op::Set { register, value } => {
            let value = of(value, &trace.registers);
            trace.registers.insert(register.clone(), value);
            return go_on(code, trace, domains, traces);
        }
        Op::Fence(order) => {
            trace.events.push(Event { location: None, order: Some(*order), read: None, written: None });
            return go_on(code, trace, domains, traces);
        }
        Op::Store { to, value, order } => {
            let written = of(value, &trace.registers);
            trace.events.push(event(*to, *order, None, Some(written)));
            return go_on(code, trace, domains, traces);
        }
        Op::Await { from, value, order } => {
            let wanted = of(value, &trace.registers);
            if domains[*from].contains(&wanted) {
                trace.events.push(event(*from, *order, Some(wanted), None));
                go_on(code, trace, domains, traces);
            }
            return;
        }
        Op::Load { register, from, .. } => (*from, register),
        Op::Add { register, to, .. } | Op::Swap { register, to, .. } | Op::Exchange { register, to, .. } => {
            (*to, register)
        }
    };
    for read in &domains[location] {
        let mut trace = trace.clone();
        let registers = &trace.registers;
        let done = match op {
            Op::Add { value, order, .. } => {
                event(location, *order, Some(*read), Some(read + of(value, registers)))
            }
            Op::Swap { value, order, .. } => event(location, *order, Some(*read), Some(of(value, registers))),
            Op::Exchange { expected, new, success, .. } if of(expected, registers) == *read => {
                event(location, *success, Some(*read), Some(of(new, registers)))
            }
            Op::Exchange { failure, .. } => event(location, *failure, Some(*read), None),
            Op::Load { order, .. } => event(location, *order, Some(*read), None),
            _ => unreachable!("the others read nothing"),
        };
        trace.events.push(done);
        trace.registers.insert(register.clone(), *read);
        go_on(code.clone(), trace, domains, traces);
    }
}

fn domains(program: &Program) -> Domains {
    let first = |name: &String| BTreeSet::from([program.initial.get(name).copied().unwrap_or(0)]);
    let mut domains: Domains = program.locations.iter().map(first).collect();
    // A value that depends on others is there when those are.
    for _ in 0..program.threads.iter().map(|thread| Op::writes(thread)).sum() {
        let mut more = domains.clone();
        for trace in program.threads.iter().flat_map(|thread| traces(thread, &domains)) {
            for event in &trace.events {
                if let (Some(location), Some(written)) = (event.location, event.written) {
                    more[location].insert(written);
                }
            }
        }
        if more == domains {
            break;
        }
        domains = more;
    }
    domains
}

/// Calls `found` for each execution.
pub(crate) fn each(program: &Program, found: &mut dyn FnMut(&Execution<'_>)) {
    let domains = domains(program);
    let threads: Vec<Vec<Trace>> = program.threads.iter().map(|thread| traces(thread, &domains)).collect();
    let first = |(location, name): (usize, &String)| Event {
        location: Some(location),
        order: None,
        read: None,
        written: Some(program.initial.get(name).copied().unwrap_or(0)),
    };
    let first: Vec<Event> = program.locations.iter().enumerate().map(first).collect();
    product(&threads, &mut |chosen| of_traces(&first, chosen, found));
}

/// Calls `f` with one of each list.
fn product<'a, T>(lists: &'a [Vec<T>], f: &mut dyn FnMut(&[&'a T])) {
    fn rest<'a, T>(lists: &'a [Vec<T>], chosen: &mut Vec<&'a T>, f: &mut dyn FnMut(&[&'a T])) {
        let Some((list, others)) = lists.split_first() else { return f(chosen) };
        for item in list {
            chosen.push(item);
            rest(others, chosen, f);
            chosen.pop();
        }
    }
    rest(lists, &mut Vec::new(), f);
}

fn of_traces(first: &[Event], traces: &[&Trace], found: &mut dyn FnMut(&Execution<'_>)) {
    let events: Vec<Event> =
        first.iter().chain(traces.iter().flat_map(|trace| &trace.events)).cloned().collect();
    let writes = |location: usize| -> Vec<usize> {
        let is_it = |event: &Event| event.location == Some(location) && event.written.is_some();
        (0..events.len()).filter(|i| is_it(&events[*i])).collect()
    };
    let writes: Vec<Vec<usize>> = (0..first.len()).map(writes).collect();
    // A value that is read has been written by somebody.
    let is_written = |event: &Event| match (event.location, event.read) {
        (Some(location), Some(read)) => {
            writes[location].iter().any(|write| events[*write].written == Some(read))
        }
        _ => true,
    };
    if !events.iter().all(is_written) {
        return;
    }
    let mut sequenced = Relation::empty(events.len());
    let mut start = first.len();
    for from in 0..first.len() {
        (first.len()..events.len()).for_each(|to| sequenced.add(from, to));
    }
    for trace in traces {
        let end = start + trace.events.len();
        for from in start..end {
            (from + 1..end).for_each(|to| sequenced.add(from, to));
        }
        start = end;
    }
    let orders: Vec<Vec<Vec<usize>>> =
        writes.iter().map(|writes| orders(writes, &events, &sequenced)).collect();
    product(&orders, &mut |orders| {
        let mut modification = Relation::empty(events.len());
        // An update reads what comes right before it.
        let mut of_updates = Relation::empty(events.len());
        for order in orders {
            for (place, from) in order.iter().enumerate() {
                order[place + 1..].iter().for_each(|to| modification.add(*from, *to));
            }
            for pair in order.windows(2).filter(|pair| events[pair[1]].is_update()) {
                of_updates.add(pair[0], pair[1]);
            }
        }
        let last = orders.iter().map(|order| events[*order.last().expect("the first value")].written);
        let last: Vec<i64> = last.map(|written| written.expect("it is a store")).collect();
        let reads = (0..events.len()).filter(|i| events[*i].read.is_some() && !events[*i].is_update());
        let sources: Vec<Vec<(usize, usize)>> = reads
            .map(|read| {
                let location = events[read].location.expect("it reads a location");
                let may_be = |write: &&usize| {
                    events[**write].written == events[read].read && !sequenced.has(read, **write)
                };
                writes[location].iter().filter(may_be).map(|write| (*write, read)).collect()
            })
            .collect();
        product(&sources, &mut |sources| {
            let mut reads_from = of_updates.clone();
            sources.iter().for_each(|(write, read)| reads_from.add(*write, *read));
            found(&Execution {
                events: &events,
                sequenced: &sequenced,
                reads_from,
                modification: &modification,
                registers: traces.iter().map(|trace| &trace.registers).collect(),
                last: last.clone(),
            });
        });
    });
}

/// The orders of a location's stores that agree with the threads' own, and in which each update follows what it has read.
fn orders(writes: &[usize], events: &[Event], sequenced: &Relation) -> Vec<Vec<usize>> {
    fn rest(
        order: &mut Vec<usize>,
        left: &mut Vec<usize>,
        fits: &dyn Fn(&[usize], usize) -> bool,
        orders: &mut Vec<Vec<usize>>,
    ) {
        if left.is_empty() {
            return orders.push(order.clone());
        }
        for place in 0..left.len() {
            let next = left.remove(place);
            if fits(order, next) {
                order.push(next);
                rest(order, left, fits, orders);
                order.pop();
            }
            left.insert(place, next);
        }
    }
    let fits = |order: &[usize], next: usize| {
        let before = order.last().map(|last| events[*last].written);
        let follows = !events[next].is_update() || before == Some(events[next].read);
        follows && order.iter().all(|earlier| !sequenced.has(next, *earlier))
    };
    let mut orders = Vec::new();
    let Some((first, others)) = writes.split_first() else { return vec![Vec::new()] };
    rest(&mut vec![*first], &mut others.to_vec(), &fits, &mut orders);
    orders
}

/// The events of which this is true.
pub(crate) fn set(events: &[Event], is_in: impl Fn(&Event) -> bool) -> Set {
    events.iter().enumerate().filter(|(_, event)| is_in(event)).fold(0, |set, (i, _)| set | 1 << i)
}
