extern crate sum_of_squares_solution as sum_of_squares;
include!("../../../../exercises/04-fan-out-fan-in/sum-of-squares/tests/checks.rs");
