//! Runs each test of a suite in executions; the list of them is written below by `suite`.

use engine::{Ending, Limits, Options, Strategy, Style, execute};

/// A test whose schedules take more steps than this together gets fewer of them, but ten at the least.
const STEPS: u64 = 4_000_000;

fn main() {
    let schedules: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(100);
    for (name, test, panics) in TESTS {
        let (mut seed, mut steps) = (0, 0);
        let mut failed = None;
        while failed.is_none() && seed < schedules && (seed < 10 || steps < STEPS) {
            let options = Options {
                strategy: Strategy::new(seed, Style::Mixed),
                limits: Limits { steps: 20_000_000, threads: 2_000 },
                explain: false,
                trace: false,
                source: "",
            };
            let run = execute(options, test);
            steps += run.steps;
            let right = match run.ending {
                Ending::Completed => !panics,
                Ending::Panicked => *panics,
                _ => false,
            };
            if !right {
                let said = run.panics.last().map_or(String::new(), |p| format!(" ({}, line {})", p.message, p.line));
                // Not where the crates are on this machine.
                let ending = match &run.ending {
                    Ending::Forbidden(what, _) => format!("Forbidden({what})"),
                    ending => format!("{ending:?}"),
                };
                failed = Some(format!("{ending}{said}").replace(['\n', '|'], " "));
            }
            seed += 1;
        }
        match failed {
            None => println!("ok {name}: {seed} schedules, {steps} steps"),
            Some(why) => println!("FAILED {name}: {why}, seed {}", seed - 1),
        }
    }
}
