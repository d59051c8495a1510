//! What is said of a program that reaches past the simulation.

/// Ends the execution with a finding.
pub(crate) fn forbidden(what: &str, at: engine::Loc) -> ! {
    if engine::in_execution() {
        engine::end(engine::Ending::Forbidden(what.to_owned(), at));
    }
    panic!("this program {what}, which can't be simulated");
}
