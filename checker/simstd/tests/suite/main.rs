//! The simulated std against std's documentation, in executions of the engine.

mod canary;
mod channels;
mod ends;
mod interleavings;
mod listing;
mod locks;
mod outside;
mod statics;
mod surface;
mod threads;
mod time;
mod words;

use engine::{Ending, Limits, Options, Run, Strategy, Style, execute};

/// Runs `program` under the schedule of `seed`.
fn run(seed: u64, program: &dyn Fn()) -> Run {
    run_with(Strategy::new(seed, Style::Mixed), program)
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
fn every(program: &dyn Fn()) -> usize {
    let mut path = Some(Vec::new());
    let mut schedules = 0;
    while let Some(prefix) = path {
        let run = run_with(Strategy::follow(prefix), program);
        assert!(matches!(run.ending, Ending::Completed), "{:?}", run.ending);
        schedules += 1;
        assert!(schedules < 1_000_000, "too many schedules to enumerate");
        path = engine::next_path(run.path.expect("it followed a path"));
    }
    schedules
}
