//! The contract of README.md, a check or more for each clause.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness::{Check, Drops, Gate, Kind, Meter, checks, every_thread_has_finished, expect, expect_eq, fail};
use harness::{input, pause};
use one_clerk::Clerk;

checks! {
    1 => each_receiver_gets_the_result_of_its_own_job;
    1 => results_of_different_types_keep_apart;
    1 => jobs_run_in_the_order_of_the_calls;
    1 => jobs_run_on_the_clerks_thread_one_at_a_time;
    1 => a_job_may_ask_for_another_one;
    1 => several_callers_and_two_clerks_keep_apart;
    2 => ask_waits_for_no_job;
    3 => a_dropped_receiver_changes_nothing;
    3 => a_receiver_may_be_read_late_or_never;
    3 => a_dropped_clerk_runs_what_is_in_its_queue;
}

const TICK: Duration = Duration::from_millis(100);

fn each_receiver_gets_the_result_of_its_own_job(check: &Check) {
    check.small("2 jobs, the last result read first", (vec![0u64, 1], 1usize));
    check.forall(input::numbers_and(0..3, 0..=6, 0..=1), |(numbers, backwards)| {
        let clerk = Clerk::new();
        let ask = |(i, n): (usize, &u64)| {
            let n = *n;
            let job = move || {
                pause(TICK * n as u32);
                (i, n)
            };
            (i, n, clerk.ask(job))
        };
        let mut asked: Vec<_> = numbers.iter().enumerate().map(ask).collect();
        if backwards == 1 {
            asked.reverse();
        }
        for (i, n, receiver) in asked {
            expect_eq("what the receiver of a job got", receiver.recv(), Ok((i, n)));
            expect(receiver.recv().is_err(), Kind::WrongAnswer, || {
                "the receiver of a job got something after its result".into()
            });
        }
    });
}

/// Neither `Clone` nor `Copy`.
#[derive(Debug, PartialEq)]
struct Answer(usize);

fn results_of_different_types_keep_apart(check: &Check) {
    check.forall(input::number(0..=5), |n| {
        let (clerk, drops) = (Clerk::new(), Drops::new());
        let token = drops.token();
        let (own, unit) = (clerk.ask(move || Answer(n)), clerk.ask(|| ()));
        let (counted, text) = (clerk.ask(move || token), clerk.ask(move || n.to_string()));
        expect_eq("a text", text.recv(), Ok(n.to_string()));
        expect_eq("a result of a type of its own", own.recv(), Ok(Answer(n)));
        expect_eq("a result without a value", unit.recv(), Ok(()));
        let got = counted.recv();
        expect(got.is_ok() && drops.alive() == 1, Kind::WrongAnswer, || {
            "a result was dropped before it was received".into()
        });
        drop(got);
        expect_eq("how many results are not dropped", drops.alive(), 0);
    });
}

fn jobs_run_in_the_order_of_the_calls(check: &Check) {
    check.forall(input::number(0..=6), |jobs| {
        let (clerk, called) = (Clerk::new(), Arc::<Mutex<Vec<usize>>>::default());
        for i in 0..jobs {
            let called = Arc::clone(&called);
            drop(clerk.ask(move || called.lock().unwrap().push(i)));
        }
        drop(clerk);
        expect_eq(
            "the jobs in the order in which they ran",
            called.lock().unwrap().clone(),
            (0..jobs).collect(),
        );
    });
}

fn jobs_run_on_the_clerks_thread_one_at_a_time(check: &Check) {
    check.forall(input::number(1..=5), |jobs| {
        let (clerk, meter) = (Clerk::new(), Meter::new());
        let clerks = clerk.ask(|| thread::current().id()).recv();
        let ask = |_| {
            let meter = meter.clone();
            clerk.ask(move || {
                let _inside = meter.enter();
                meter.at_most(1, "jobs");
                pause(TICK);
                thread::current().id()
            })
        };
        let receivers: Vec<_> = (0..jobs).map(ask).collect();
        for receiver in receivers {
            let thread = receiver.recv();
            expect(thread == clerks && thread != Ok(thread::current().id()), Kind::WrongAnswer, || {
                "a job ran on a thread that is not the clerk's".into()
            });
        }
    });
}

/// It runs later, behind those that were asked for before.
fn a_job_may_ask_for_another_one(check: &Check) {
    check.forall(input::number(0..=3), |jobs| {
        let (clerk, called) = (Arc::new(Clerk::new()), Arc::<Mutex<Vec<&str>>>::default());
        let note = |what: &'static str| {
            let called = Arc::clone(&called);
            move || called.lock().unwrap().push(what)
        };
        let (own, inner) = (Arc::clone(&clerk), note("asked for by a job"));
        let (begins, ends, gate) = (note("begins"), note("ends"), Gate::new());
        let open = gate.clone();
        let asked = clerk.ask(move || {
            begins();
            gate.wait();
            let receiver = own.ask(inner);
            ends();
            receiver
        });
        let others: Vec<_> = (0..jobs).map(|_| clerk.ask(note("another"))).collect();
        open.open();
        let inner = asked.recv();
        expect(inner.is_ok_and(|receiver| receiver.recv().is_ok()), Kind::WrongAnswer, || {
            "the receiver of a job that a job has asked for got nothing".into()
        });
        drop(others);
        let wanted = [vec!["begins", "ends"], vec!["another"; jobs], vec!["asked for by a job"]].concat();
        expect_eq("what ran, in this order", called.lock().unwrap().clone(), wanted);
    });
}

fn several_callers_and_two_clerks_keep_apart(check: &Check) {
    check.forall(input::triple(1..=3, 1..=3, 1..=2), |(callers, jobs, clerks)| {
        let clerks: Vec<_> = (0..clerks).map(|_| Clerk::new()).collect();
        thread::scope(|scope| {
            for caller in 0..callers {
                let clerk = &clerks[caller % clerks.len()];
                scope.spawn(move || {
                    let receivers: Vec<_> = (0..jobs).map(|i| clerk.ask(move || (caller, i))).collect();
                    for (i, receiver) in receivers.into_iter().enumerate() {
                        expect_eq("what a caller received", receiver.recv(), Ok((caller, i)));
                    }
                });
            }
        });
    });
}

/// The job needs what the caller does after `ask`.
fn ask_waits_for_no_job(check: &Check) {
    check.small("a job that waits for its caller", 1usize);
    check.forall(input::thousand(1..=4), |jobs| {
        let (clerk, gate) = (Clerk::new(), Gate::new());
        let ask = |i| {
            let gate = gate.clone();
            clerk.ask(move || {
                gate.wait();
                i
            })
        };
        let receivers: Vec<_> = (0..jobs).map(ask).collect();
        gate.open();
        for (i, receiver) in receivers.into_iter().enumerate() {
            expect_eq("what the receiver of a job got", receiver.recv(), Ok(i));
        }
    });
}

fn a_dropped_receiver_changes_nothing(check: &Check) {
    check.small("2 jobs, the receiver of the first one dropped", vec![1u64, 0]);
    check.forall(input::numbers(0..3, 1..=6), |numbers| {
        let (clerk, drops) = (Clerk::new(), Drops::new());
        let mut kept = Vec::new();
        for n in &numbers {
            let (token, n) = (drops.token(), *n);
            let receiver = clerk.ask(move || {
                pause(TICK);
                (token, n)
            });
            if n == 0 { kept.push(receiver) } else { drop(receiver) }
        }
        for receiver in kept {
            let Ok((_, n)) = receiver.recv() else {
                fail(Kind::WrongAnswer, "a job behind one whose receiver was dropped has no result")
            };
            expect_eq("the result of a job behind it", n, 0);
        }
        drop(clerk);
        expect_eq("how many results are not dropped", drops.alive(), 0);
        every_thread_has_finished();
    });
}

fn a_receiver_may_be_read_late_or_never(check: &Check) {
    check.forall(input::number(1..=6), |jobs| {
        let clerk = Clerk::new();
        let mut receivers: Vec<_> = (0..jobs).map(|i| clerk.ask(move || i)).collect();
        let last = receivers.pop().map(|receiver| receiver.recv());
        expect_eq("the last result, read before all others", last, Some(Ok(jobs - 1)));
        drop(clerk);
        for (i, receiver) in receivers.into_iter().enumerate() {
            expect_eq("a result that is read after the clerk was dropped", receiver.recv(), Ok(i));
        }
    });
}

fn a_dropped_clerk_runs_what_is_in_its_queue(check: &Check) {
    check.forall(input::number(0..=6), |jobs| {
        let (clerk, meter) = (Clerk::new(), Meter::new());
        for _ in 0..jobs {
            let meter = meter.clone();
            drop(clerk.ask(move || {
                let _inside = meter.enter();
                pause(TICK);
            }));
        }
        drop(clerk);
        expect_eq("how many jobs ran", meter.entered(), jobs);
        every_thread_has_finished();
    });
}
