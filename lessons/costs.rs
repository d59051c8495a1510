//! Measures, in one run, what the tools of the lessons cost beside each other: `cargo run --release -p lessons
//! --bin costs`. The numbers are of the machine and of the moment; the lessons quote rough ratios only.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel;
use rayon::prelude::*;

const TIMES: u64 = 200_000;
const THREADS: u64 = 2_000;
const CAPACITY: usize = 64;

/// The middle one of five times, per operation, in nanoseconds.
fn measure(times: u64, mut run: impl FnMut()) -> f64 {
    let mut all: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    all.sort();
    all[2].as_nanos() as f64 / times as f64
}

fn main() {
    let (atomic, mutex) = (AtomicU64::new(0), Mutex::new(0));
    let numbers: Vec<u64> = (0..TIMES).collect();
    let rows = [
        (
            "fetch_add, one thread",
            measure(TIMES, || {
                for _ in 0..TIMES {
                    atomic.fetch_add(1, Ordering::Relaxed);
                }
            }),
        ),
        (
            "Mutex lock and unlock, one thread",
            measure(TIMES, || {
                for _ in 0..TIMES {
                    *mutex.lock().unwrap() += 1;
                }
            }),
        ),
        (
            "std sync_channel(64), one to one",
            measure(TIMES, || {
                let (sender, receiver) = mpsc::sync_channel(CAPACITY);
                thread::scope(|scope| {
                    scope.spawn(move || (0..TIMES).for_each(|item| sender.send(item).unwrap()));
                    black_box(receiver.into_iter().sum::<u64>());
                });
            }),
        ),
        (
            "crossbeam bounded(64), one to one",
            measure(TIMES, || {
                let (sender, receiver) = channel::bounded(CAPACITY);
                thread::scope(|scope| {
                    scope.spawn(move || (0..TIMES).for_each(|item| sender.send(item).unwrap()));
                    black_box(receiver.into_iter().sum::<u64>());
                });
            }),
        ),
        (
            "std channel(), one to one",
            measure(TIMES, || {
                let (sender, receiver) = mpsc::channel();
                thread::scope(|scope| {
                    scope.spawn(move || (0..TIMES).for_each(|item| sender.send(item).unwrap()));
                    black_box(receiver.into_iter().sum::<u64>());
                });
            }),
        ),
        (
            "rayon par_iter, an item",
            measure(TIMES, || {
                black_box(numbers.par_iter().map(|n| black_box(n * n) % 7).sum::<u64>());
            }),
        ),
        (
            "rayon spawn in a scope",
            measure(TIMES, || {
                rayon::scope(|scope| {
                    for _ in 0..TIMES {
                        scope.spawn(|_| {
                            atomic.fetch_add(1, Ordering::Relaxed);
                        });
                    }
                });
            }),
        ),
        (
            "thread spawn and join",
            measure(THREADS, || {
                for _ in 0..THREADS {
                    thread::spawn(|| ()).join().unwrap();
                }
            }),
        ),
    ];
    let one_send = rows[2].1;
    println!("{:34} {:>10} {:>14}", "", "ns", "in channel sends");
    for (what, nanos) in rows {
        println!("{what:34} {nanos:>10.1} {:>14.2}", nanos / one_send);
    }
}
