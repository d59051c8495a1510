//! What a pool's threads look at is cheap, whoever has started them: many of them look hundreds of thousands of times, and
//! their program is right.

use std::panic::Location;

use engine::{Ending, Limits, Options, Strategy, Style, execute};

#[path = "rayon-core/src/pool.rs"]
mod pool;

const LIMIT: u64 = 100_000;

/// How a program ends that takes five times as many steps as it may.
fn ending(look_around: fn(u64)) -> Ending {
    let options = Options {
        strategy: Strategy::new(1, Style::Mixed),
        limits: Limits { steps: LIMIT, threads: 10 },
        explain: false,
        trace: false,
        source: "",
    };
    execute(options, &|| look_around(5 * LIMIT)).ending
}

#[test]
fn looking_around_in_a_pool_is_cheap_and_elsewhere_it_is_not() {
    assert!(matches!(ending(pool::look_around), Ending::Completed));
    let elsewhere = |times| (0..times).for_each(|_| engine::point("load", 0, Location::caller()));
    assert!(matches!(ending(elsewhere), Ending::Endless));
}
