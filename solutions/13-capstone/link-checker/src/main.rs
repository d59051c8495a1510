//! The exercise's `main`, over the solution.

extern crate link_checker_solution as link_checker;

#[path = "../../../../exercises/13-capstone/link-checker/src/main.rs"]
mod exercise;

fn main() -> std::io::Result<()> {
    exercise::main()
}
