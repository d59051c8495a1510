//! Saying what must hold, where learner code can't hide that it did not.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Mutex;

use protocol::Kind;

use crate::decoy;

/// What went wrong in one case, before it is looked into.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    pub(crate) message: String,
}

/// What failed on real threads: learner code may catch the panic that says so, but not reach this.
static FAILED: Mutex<Option<Failure>> = Mutex::new(None);

#[cfg(feature = "real-threads")]
pub(crate) fn take_recorded() -> Option<Failure> {
    FAILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}

/// The case has failed. In a simulation nothing runs after this: no learner's code can catch it.
///
/// # Panics
/// On real threads, after the failure was recorded.
pub fn fail(kind: Kind, message: impl Into<String>) -> ! {
    let failure = Failure { kind, message: message.into() };
    if engine::in_execution() {
        engine::end(engine::Ending::Failed(Box::new(failure)));
    }
    let text = format!("{}: {}", failure.kind.name(), failure.message);
    FAILED.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(failure);
    panic!("{text}");
}

/// Fails the case with what `message` says unless `held`.
pub fn expect(held: bool, kind: Kind, message: impl FnOnce() -> String) {
    if held == decoy::is_changed() {
        fail(kind, message());
    }
}

/// Fails the case unless `what` is as it should be.
pub fn expect_eq<T: PartialEq + Debug>(what: &str, got: T, wanted: T) {
    if decoy::is_changed() {
        // Compared as a learner's text would be, by what compares everything.
        let wanted = decoy::changed(&format!("{wanted:?}"));
        if format!("{got:?}") != wanted {
            fail(Kind::WrongAnswer, unequal(what, "what it is not", &wanted));
        }
        return;
    }
    if got != wanted {
        fail(Kind::WrongAnswer, unequal(what, &format!("{got:?}"), &format!("{wanted:?}")));
    }
}

fn unequal(what: &str, got: &str, wanted: &str) -> String {
    format!("{what}: expected {wanted}, got {got}")
}

/// Runs the learner's function where the check expects it to panic.
///
/// # Errors
/// The payload of the panic.
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    engine::catching(f)
}

/// The text of a panic's payload, if it has one.
pub fn panic_message(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}
