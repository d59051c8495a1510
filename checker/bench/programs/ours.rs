//! Runs a program on our engine, as often as it is told, and says how long that took. The bench compiles it as the checker
//! compiles learners' programs: with `-C passes=tsan`, so that the counts of an `Arc` are scheduling points.

use std::env;
use std::hint::black_box;
use std::time::Instant;

use engine::{Ending, Limits, Options, StaleReads, Strategy, Style, execute};

#[macro_use]
#[path = "programs.rs"]
mod programs;

programs!(on_simstd simstd);

/// Its arguments: the program, how many schedules, the first seed, and `newest` or `stale` for what loads may read. It prints
/// nanoseconds, and how many scheduling points were at the counts of an `Arc`.
fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [program, schedules, seed, reads] = arguments.as_slice() else {
        panic!("a program, a number, a seed, and what loads may read")
    };
    let number = |text: &String| text.parse::<u64>().expect("a number");
    let (schedules, seed) = (number(schedules), number(seed));
    let program: fn() = match program.as_str() {
        "counter" => on_simstd::counter,
        "bounded queue" => on_simstd::bounded_queue,
        "pipeline" => on_simstd::pipeline,
        "atomics" => on_simstd::atomics,
        other => panic!("there is no program {other}"),
    };
    let (start, mut counts) = (Instant::now(), 0);
    for seed in seed..seed + schedules {
        let strategy = Strategy::new(seed, Style::Mixed);
        let options = Options {
            strategy: match reads.as_str() {
                "newest" => strategy,
                "stale" => strategy.with_stale_reads(StaleReads::Drawn(seed)),
                other => panic!("loads can't read {other}"),
            },
            limits: Limits { steps: 1_000_000, threads: 100 },
            explain: false,
            trace: false,
            source: "",
        };
        let run = execute(options, &program);
        assert!(matches!(run.ending, Ending::Completed), "{:?}", run.ending);
        counts += black_box(run.count_points);
    }
    println!("{} {counts}", start.elapsed().as_nanos());
}
