//! The exercise's checks, against the solution.

extern crate price_tags_solution as price_tags;

#[path = "../../../../exercises/10-batch-processing/price-tags/tests/checks.rs"]
mod checks;

fn main() -> std::process::ExitCode {
    checks::main()
}
