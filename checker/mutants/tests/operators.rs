//! Each operator on the smallest program that it fits, and what must hold of all mutants.

use mutants::{Mutant, Operator, mutants};
use std::collections::BTreeSet;
use strum::IntoEnumIterator;

/// The changes that `operator` makes in the body of a function.
fn changes(operator: Operator, body: &str) -> Vec<String> {
    let source = format!("fn f() {{ {body} }}");
    let of_operator = |mutant: &Mutant| mutant.operator == operator;
    mutants(&source).unwrap().iter().filter(|mutant| of_operator(mutant)).map(Mutant::change).collect()
}

#[track_caller]
fn makes(operator: Operator, body: &str, change: &str) {
    let made = changes(operator, body);
    assert!(made.iter().any(|it| it == change), "{body}\nshould become {change}; there are {made:#?}");
}

#[test]
fn wakes_waits_and_joins_are_left_out() {
    makes(Operator::DropNotify, "changed.notify_one();", "changed.notify_one(); → ");
    makes(
        Operator::DropWait,
        "guard = changed.wait(guard).unwrap();",
        "guard = changed.wait(guard).unwrap(); → ",
    );
    makes(Operator::DropJoin, "thread.join().unwrap();", "thread.join().unwrap(); → ");
    makes(Operator::DropClose, "drop(sender);", "drop(sender); → ");
}

#[test]
fn a_wait_looks_once() {
    makes(Operator::WaitOnce, "while full { guard = changed.wait(guard).unwrap(); }", "while → if");
    makes(
        Operator::WaitOnce,
        "changed.wait_while(guard, full);",
        "changed.wait_while(guard, full) → changed.wait(guard)",
    );
    assert!(changes(Operator::WaitOnce, "while full { count += 1; }").is_empty(), "nothing waits here");
}

#[test]
fn critical_sections_are_cut_and_moved() {
    let body = "let mut state = lock.lock().unwrap(); state.count += 1; state.sum += 2; done(); after();";
    let cut = changes(Operator::SplitSection, body);
    assert_eq!(cut.len(), 3, "between any two statements of the section: {cut:#?}");
    assert!(cut[0].contains("drop(state); let mut state = lock.lock().unwrap();"));
    assert!(!changes(Operator::ShrinkSection, body).is_empty());
    makes(
        Operator::ExpandSection,
        "let item = queue.lock().unwrap().pop(); work(item);",
        "let item = queue.lock().unwrap().pop(); → let mut held = queue.lock().unwrap(); let item = held.pop();",
    );
    makes(
        Operator::SwapLocks,
        "let a = left.lock().unwrap(); let b = right.lock().unwrap();",
        "let a = left.lock().unwrap(); let b = right.lock().unwrap(); → \
         let b = right.lock().unwrap(); let a = left.lock().unwrap();",
    );
}

#[test]
fn an_atomic_step_is_two_steps() {
    makes(
        Operator::SplitAtomic,
        "next.fetch_add(1, Ordering::Relaxed);",
        "next.fetch_add(1, Ordering::Relaxed) → \
         { let seen = next.load(Ordering::SeqCst); next.store(seen + 1, Ordering::SeqCst); seen }",
    );
}

#[test]
fn bounds_and_times_are_others() {
    makes(Operator::Permit, "mpsc::sync_channel(limit);", "limit → (limit) + 1");
    makes(Operator::Capacity, "bounded(limit);", "bounded(limit) → unbounded()");
    makes(Operator::Timeout, "inbox.recv_timeout(limit);", "limit → std::time::Duration::ZERO");
}

#[test]
fn the_usual_mistakes_are_made() {
    makes(Operator::Constant, "go(7);", "7 → 8");
    makes(Operator::Comparison, "if a < b { go(); }", "< → <=");
    makes(Operator::Condition, "if a && b { go(); }", "a && b → a");
    makes(Operator::Range, "for i in 0..n { go(i); }", ".. → ..=");
    makes(Operator::IgnoreError, "send(1)?; go();", "send(1)?; → let _ = send(1);");
    makes(Operator::LoopControl, "loop { break; }", "break → continue");
}

#[test]
fn arguments_of_macros_are_mutated_and_their_texts_are_not() {
    makes(Operator::Comparison, "assert!(workers > 0, \"at least 1\");", "> → >=");
    assert!(changes(Operator::Constant, "panic!(\"7\");").is_empty());
}

#[test]
fn tests_types_and_constants_are_left_alone() {
    let source =
        "const N: usize = 3; struct S([u8; 4]); #[cfg(test)] mod tests { #[test] fn f() { go(5); } }";
    assert_eq!(mutants(source).unwrap(), []);
}

#[test]
fn a_method_is_named_with_its_type() {
    let found = mutants("impl<T> Queue<T> { fn push(&self) { go(1); } }").unwrap();
    assert!(found.iter().all(|mutant| mutant.function == "Queue::push"), "{found:#?}");
    assert!(!found.is_empty());
}

#[test]
fn each_mutant_of_a_real_program_is_another_program_and_rust() {
    let source = include_str!("../../../solutions/02-producer-consumer/bounded-queue/src/lib.rs");
    let found = mutants(source).unwrap();
    let programs: BTreeSet<String> = found.iter().map(|mutant| mutant.apply(source)).collect();
    assert_eq!(programs.len(), found.len(), "two mutants are the same program");
    assert!(!programs.contains(source), "a mutant is no other program");
    for program in &programs {
        syn::parse_file(program).unwrap_or_else(|error| panic!("{error}\n{program}"));
    }
    assert!(found.len() > 50, "only {} mutants", found.len());
}

#[test]
fn every_operator_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = Operator::iter().map(Operator::name).collect();
    assert_eq!(names.len(), Operator::iter().count());
    assert!(names.contains("split-section"));
    assert_eq!("split-section".parse::<Operator>().unwrap(), Operator::SplitSection);
}

#[test]
fn what_is_not_rust_is_said_to_be_none() {
    let error = mutants("fn f( {").unwrap_err();
    assert!(format!("{error:#}").contains("not Rust"), "{error:#}");
}

#[test]
fn each_order_is_weakened_by_one_step() {
    let weakened = |body: &str| changes(Operator::WeakenOrder, body);
    assert_eq!(weakened("a.load(Ordering::SeqCst);"), ["Ordering::SeqCst → Ordering::Acquire"]);
    assert_eq!(weakened("a.load(Ordering::Acquire);"), ["Ordering::Acquire → Ordering::Relaxed"]);
    assert_eq!(weakened("a.store(1, Release);"), ["Release → std::sync::atomic::Ordering::Relaxed"]);
    assert_eq!(weakened("a.fetch_add(1, Ordering::Relaxed);"), [""; 0]);
    let both = ["Ordering::AcqRel → Ordering::Acquire", "Ordering::AcqRel → Ordering::Release"];
    assert_eq!(weakened("a.swap(true, Ordering::AcqRel);"), both);
    assert_eq!(
        weakened("a.compare_exchange(0, 1, Ordering::SeqCst, Ordering::SeqCst);"),
        ["Ordering::SeqCst → Ordering::AcqRel", "Ordering::SeqCst → Ordering::Acquire"]
    );
    assert_eq!(weakened("fence(Ordering::SeqCst);"), ["Ordering::SeqCst → Ordering::AcqRel"]);
    assert_eq!(weakened("fence(Ordering::Release);"), [""; 0]);
    assert_eq!(weakened("a.max_by(Ordering::Less);"), [""; 0]);
}
