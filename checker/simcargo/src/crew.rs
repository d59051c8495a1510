//! The tests of several programs, explored on all processors.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use anyhow::Result;

use crate::exploration::{Outcome, Plan};
use crate::program::Program;

/// A process runs at most so many tests: to start one costs little, and all processors are to have some to the end.
const BATCH: usize = 8;

/// What a worker takes.
struct Batch<'a> {
    program: usize,
    plan: &'a Plan,
    tests: Vec<String>,
}

/// Explores the tests of `programs`, each with its plan and the names of its tests. `news` hears of each test, and of which
/// program it is, as they end.
///
/// # Errors
/// A program can't be started, or ends before it has said anything.
pub fn explore(
    programs: &[(Program, Plan, Vec<String>)],
    news: &mut dyn FnMut(usize, Outcome),
) -> Result<()> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let all: usize = programs.iter().map(|(_, _, tests)| tests.len()).sum();
    let size = all.div_ceil(workers * 4).clamp(1, BATCH);
    let batches = programs.iter().enumerate().flat_map(|(program, (_, plan, tests))| {
        tests.chunks(size).map(move |tests| Batch { program, plan, tests: tests.to_vec() })
    });
    let queue: Mutex<VecDeque<Batch<'_>>> = Mutex::new(batches.collect());
    let (tx, rx) = mpsc::channel();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let (tx, queue) = (tx.clone(), &queue);
                scope.spawn(move || -> Result<()> {
                    loop {
                        let batch = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                        let Some(Batch { program, plan, tests }) = batch else { return Ok(()) };
                        // If nobody listens any more, the tests are run for nothing, and that is all.
                        let mut tell = |outcome| drop(tx.send((program, outcome)));
                        programs[program].0.explore(plan, &tests, &mut tell)?;
                    }
                })
            })
            .collect();
        drop(tx);
        for (program, outcome) in rx {
            news(program, outcome);
        }
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a worker panicked")))
    })
}
