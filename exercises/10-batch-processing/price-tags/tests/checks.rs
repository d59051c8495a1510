//! The contract of README.md, a check or more for each clause.

use std::any::Any;
use std::panic::panic_any;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use harness::{Check, Gate, Kind, Meter, catch, checks, every_thread_has_finished, expect, expect_eq, fail};
use harness::{expect_in_any_order, input, panic_message, pause, settle};
use price_tags::batch_process;

checks! {
    1 => f_gets_the_batches_each_once;
    1 => a_size_of_zero_is_a_panic;
    2 => the_list_is_flat_and_in_the_order_of_the_items;
    2 => two_calls_at_once_keep_apart;
    3 => all_batches_are_in_progress_at_once simulated;
    3 => the_call_waits_for_every_batch;
    3 => the_panic_of_the_earliest_batch_comes_out;
}

const TICK: Duration = Duration::from_millis(100);
/// Numbers of batches for which a program may have too few threads.
const MANY: [usize; 4] = [65, 101, 150, 300];

/// What the supplier is asked about: neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Article(u64);

/// What the supplier answers: neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Tag(u64);

/// Compiled once, whatever `f` is.
fn call(items: &[Article], size: usize, f: &(dyn Fn(&[Article]) -> Vec<Tag> + Sync)) -> Vec<Tag> {
    batch_process(items, size, f)
}

fn articles(numbers: &[u64]) -> Vec<Article> {
    numbers.iter().map(|n| Article(*n)).collect()
}

fn f_gets_the_batches_each_once(check: &Check) {
    check.small("3 items in batches of 2", (vec![0u64, 1, 2], 2usize));
    check.forall(input::numbers_and(0..9, 0..=7, 1..=8), |(numbers, size)| {
        let (items, seen) = (articles(&numbers), Mutex::new(Vec::new()));
        call(&items, size, &|batch| {
            let numbers: Vec<u64> = batch.iter().map(|article| article.0).collect();
            seen.lock().unwrap().push(numbers);
            Vec::new()
        });
        let wanted: Vec<_> = numbers.chunks(size).map(<[u64]>::to_vec).collect();
        expect_in_any_order("the batches that `f` was called with", &seen.into_inner().unwrap(), &wanted);
    });
}

fn a_size_of_zero_is_a_panic(check: &Check) {
    check.forall(input::number(0..=3), |count| {
        let (items, meter) = (articles(&vec![0; count]), Meter::new());
        let outcome = catch(|| {
            call(&items, 0, &|_| {
                let _inside = meter.enter();
                Vec::new()
            })
        });
        expect(outcome.is_err(), Kind::WrongAnswer, || {
            format!("with {count} items and a size of 0 `batch_process` should panic, and it returned")
        });
        expect_eq("how often `f` was called", meter.entered(), 0);
    });
}

/// A number has as many results as it says; the first batches take the longest.
fn the_list_is_flat_and_in_the_order_of_the_items(check: &Check) {
    check.small("2 batches of one item", (vec![1u64, 2], 1usize));
    check.forall(input::numbers_and(0..4, 0..=8, 1..=4), |(numbers, size)| {
        let items = articles(&numbers);
        let tags = call(&items, size, &|batch| {
            pause(TICK * (7 - batch[0].0) as u32);
            batch.iter().flat_map(|article| (0..article.0).map(move |i| Tag(10 * article.0 + i))).collect()
        });
        let wanted = numbers.iter().flat_map(|n| (0..*n).map(move |i| Tag(10 * n + i))).collect();
        expect_eq("the results", tags, wanted);
        every_thread_has_finished();
    });
}

fn two_calls_at_once_keep_apart(check: &Check) {
    let inputs = input::numbers_and_two(0..5, 2..=2, 1..=3, 0..=1);
    check.forall(inputs, |(counts, size, panics)| {
        // The last batch of the second call may panic.
        let ask = |numbers: Vec<u64>, bad: Option<u64>| {
            let items = articles(&numbers);
            let tags = catch(|| {
                call(&items, size, &|batch| {
                    let answer = |article: &Article| {
                        assert!(Some(article.0) != bad, "no answer (the check makes it panic)");
                        Tag(article.0)
                    };
                    batch.iter().map(answer).collect()
                })
            });
            let wanted: Vec<_> = numbers.into_iter().map(Tag).collect();
            match tags {
                Ok(_) if bad.is_some() => {
                    fail(Kind::SwallowedPanic, "`f` panicked in one of two calls, and that call returned")
                }
                Ok(tags) => expect_eq("the results of one of two calls", tags, wanted),
                Err(_) if bad.is_some() => {}
                Err(_) => fail(Kind::Panicked, "one of two calls panicked, and its `f` did not"),
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| ask((0..counts[0]).collect(), None));
            let last = (panics == 1 && counts[1] > 0).then(|| 99 + counts[1]);
            ask((100..100 + counts[1]).collect(), last);
        });
    });
}

/// All batches meet inside. None of them may leave before all are there.
fn all_batches_are_in_progress_at_once(check: &Check) {
    check.forall(input::triple(1..=24, 1..=3, 0..=2), |(batches, size, missing)| {
        let batches = if batches > 20 { MANY[batches - 21] } else { batches };
        // The last batch may have fewer items than the others.
        let missing = missing.min(size - 1);
        let (meter, gate) = (Meter::new(), Gate::new());
        let items = articles(&vec![0; batches * size - missing]);
        thread::scope(|scope| {
            scope.spawn(|| {
                call(&items, size, &|_| {
                    let _inside = meter.enter();
                    gate.wait();
                    Vec::new()
                })
            });
            settle();
            let inside = meter.inside();
            expect(inside == batches, Kind::Sequential, || {
                format!("{batches} batches should be in progress at once, and {inside} are")
            });
            gate.open();
        });
    });
}

fn the_call_waits_for_every_batch(check: &Check) {
    check.forall(input::numbers_and(0..3, 0..=6, 1..=3), |(numbers, size)| {
        let (items, meter) = (articles(&numbers), Meter::new());
        // The second batch panics, if there is one.
        let outcome = catch(|| {
            call(&items, size, &|batch| {
                let _inside = meter.enter();
                pause(TICK * batch[0].0 as u32);
                assert!(batch[0].0 != 1, "no answer (the check makes it panic)");
                Vec::new()
            })
        });
        expect(meter.inside() == 0, Kind::TooEarly, || {
            format!("the call is over, and `f` still runs for {} batches", meter.inside())
        });
        expect_eq("how many batches were begun", meter.entered(), numbers.len().div_ceil(size));
        let panics = numbers.iter().step_by(size).any(|n| *n == 1);
        expect(outcome.is_err() || !panics, Kind::SwallowedPanic, || {
            "`f` panicked, and `batch_process` returned a list".into()
        });
        expect(outcome.is_ok() || panics, Kind::Panicked, || {
            "`batch_process` panicked, and `f` did not".into()
        });
        every_thread_has_finished();
    });
}

/// A panic's payload that is no text.
#[derive(Debug)]
struct Odd(#[expect(dead_code, reason = "shown by Debug")] usize);

/// What a payload is, in words.
fn told(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<Odd>(), panic_message(payload)) {
        (Some(odd), _) => format!("{odd:?}"),
        (None, Some(text)) => text.to_owned(),
        (None, None) => "something else".to_owned(),
    }
}

fn the_panic_of_the_earliest_batch_comes_out(check: &Check) {
    check.small("2 batches that panic", (vec![1u64, 3], 1usize));
    check.forall(input::numbers_and(0..4, 1..=6, 1..=3), |(numbers, size)| {
        let items: Vec<_> = numbers.iter().enumerate().map(|(i, n)| Article(10 * i as u64 + n)).collect();
        let outcome = catch(|| {
            call(&items, size, &|batch| {
                // The later ones panic sooner.
                pause(TICK * (100 - batch[0].0) as u32);
                match batch[0].0 % 10 {
                    1 => panic!("no answer"),
                    2 => panic!("no answer for {}", batch[0].0),
                    3 => panic_any(Odd(batch[0].0 as usize)),
                    _ => vec![Tag(0)],
                }
            })
        });
        let first = items.iter().step_by(size).find(|article| article.0 % 10 != 0);
        match (outcome, first) {
            (Ok(tags), None) => {
                expect_eq("how many results there are", tags.len(), items.len().div_ceil(size));
            }
            (Ok(_), Some(_)) => {
                fail(Kind::SwallowedPanic, "`f` panicked, and `batch_process` returned a list")
            }
            (Err(payload), None) => {
                let text = told(&*payload);
                fail(Kind::Panicked, format!("`batch_process` panicked with {text:?}, and `f` did not"))
            }
            (Err(payload), Some(article)) => {
                let wanted = match article.0 % 10 {
                    1 => "no answer".to_owned(),
                    2 => format!("no answer for {}", article.0),
                    _ => format!("{:?}", Odd(article.0 as usize)),
                };
                expect_eq("the payload of the panic that came out", told(&*payload), wanted);
            }
        }
    });
}
