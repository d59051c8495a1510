//! The exercise's test of `main`, against the solution.

#[path = "../../../../exercises/11-graceful-shutdown/executor/tests/signal.rs"]
mod signal;
