//! The simulated std against std's documentation, in executions of the engine.

mod canary;
mod channels;
mod ends;
mod enumeration;
mod interleavings;
mod listing;
mod litmus;
mod locals;
mod locks;
mod orders;
mod outside;
mod statics;
mod surface;
mod threads;
mod time;
mod words;

use engine::{Ending, Enumeration, Limits, Options, Run, Strategy, Style, execute};

/// As in the programs that enumerate for learners.
#[global_allocator]
static HEAP: engine::Heap = engine::Heap;

/// Runs `program` under the schedule of `seed`.
fn run(seed: u64, program: &dyn Fn()) -> Run {
    run_with(Strategy::new(seed, Style::Mixed), program)
}

/// Runs `program` under the schedule of `seed`, and records what happens.
fn traced(seed: u64, program: &dyn Fn()) -> Run {
    let (strategy, limits) = (Strategy::new(seed, Style::Mixed), Limits { steps: 50_000, threads: 100 });
    execute(Options { strategy, limits, explain: false, trace: true, source: "" }, program)
}

fn run_with(strategy: Strategy, program: &dyn Fn()) -> Run {
    let limits = Limits { steps: 50_000, threads: 100 };
    execute(Options { strategy, limits, explain: false, trace: false, source: "" }, program)
}

/// Runs `program` under many schedules, each of which must complete, with every thread ended.
fn always(program: &dyn Fn()) {
    for seed in 0..1_000 {
        let run = run(seed, program);
        assert!(matches!(run.ending, Ending::Completed), "seed {seed}: {:?} {:?}", run.ending, run.panics);
        assert!(run.threads.is_empty(), "seed {seed}: {:?}", run.threads);
    }
}

/// The endings of `program` under many schedules that `wanted` accepts.
fn count(program: &dyn Fn(), wanted: impl Fn(&Ending) -> bool) -> usize {
    (0..1_000).filter(|seed| wanted(&run(*seed, program).ending)).count()
}

/// All schedules of `program`, one after the other.
fn every(program: &dyn Fn()) {
    let all = enumerate(Enumeration::whole(), 1_000_000, program, &mut |run| {
        assert!(matches!(run.ending, Ending::Completed), "{:?}", run.ending);
    });
    assert!(all, "too many schedules to enumerate");
}

/// Shows to `look` the schedules of `program` that `enumeration` comes to and that end. Says whether these were all, and not
/// more than `most`.
fn enumerate(enumeration: Enumeration, most: usize, program: &dyn Fn(), look: &mut dyn FnMut(&Run)) -> bool {
    let mut left = Some(enumeration);
    let mut schedules = 0;
    while let Some(enumeration) = left {
        if schedules == most {
            return false;
        }
        schedules += 1;
        let mut run = run_with(Strategy::every(enumeration), program);
        match run.ending {
            Ending::Completed | Ending::Deadlock => {
                look(&run);
            }
            Ending::Redundant => {}
            ending => panic!("{ending:?}"),
        }
        left = run.enumeration.take().expect("it was enumerated").advance();
    }
    true
}
