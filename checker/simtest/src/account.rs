//! From how a schedule of a test ended to what that means for the test, in words.

use engine::{Ending, Run};
use protocol::{Kind, account};

use crate::contract::{ShouldPanic, TestDesc};
use crate::trial::Returned;

/// What went wrong in a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
}

/// What went wrong, if the run is not what the test's attributes ask for.
pub(crate) fn failure(desc: &TestDesc, run: &Run, returned: &Returned) -> Option<Failure> {
    let wrong = |message: String| Some(Failure { kind: Kind::WrongAnswer, message });
    let (kind, message) = match (&run.ending, desc.should_panic) {
        (Ending::Redundant, _) => return None,
        (Ending::Completed, ShouldPanic::No) => match returned {
            Returned::Value(Err(error)) => return wrong(error.clone()),
            _ => return None,
        },
        (Ending::Completed, _) => return wrong("the test should panic, and it returned".to_owned()),
        (Ending::Panicked, ShouldPanic::Yes) => return None,
        (Ending::Panicked, ShouldPanic::YesWithMessage(wanted)) => match returned {
            Returned::Panic(Some(text)) if text.contains(wanted) => return None,
            Returned::Panic(Some(text)) => {
                return wrong(format!(
                    "the test should panic with {wanted:?}, and it panicked with {text:?}"
                ));
            }
            _ => return wrong(format!("the test should panic with {wanted:?}, and its panic has no text")),
        },
        (Ending::Panicked, ShouldPanic::No) => (Kind::Panicked, account::panicked("the test", run)),
        (Ending::Deadlock, _) => {
            (Kind::Deadlock, account::deadlocked(run, &|thread| thread.waiting_for.clone()))
        }
        (Ending::Endless, _) => account::endless(run),
        (Ending::Crowded(most), _) => (
            Kind::Oversubscribed,
            format!("the test had {most} threads alive at once, and would have started more"),
        ),
        (Ending::Exit(code, at), _) => {
            (Kind::Crashed, format!("the program ended with exit({code}) at {}:{}", at.file(), at.line()))
        }
        (Ending::Abort(at), _) => {
            let last =
                run.printed.lines().last().filter(|line| line.starts_with("fatal")).unwrap_or("abort()");
            (Kind::Crashed, format!("the program aborted at {}:{}: {last}", at.file(), at.line()))
        }
        (Ending::Spoiled, _) => {
            (Kind::Crashed, "something wrote to memory that had already been freed".to_owned())
        }
        (Ending::Forbidden(what, at), _) => (
            Kind::Forbidden,
            format!("the test {what} at {}:{}; the simulation has no such thing", at.file(), at.line()),
        ),
        // Only a check of ours fails so.
        (Ending::Failed(_), _) => return None,
    };
    Some(Failure { kind, message })
}
