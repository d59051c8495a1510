extern crate bounded_squares_solution as bounded_squares;
include!("../../../../exercises/02-producer-consumer/bounded-squares/tests/checks.rs");
