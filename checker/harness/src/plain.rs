//! The probe for data that is no atomic and has no lock: whoever lets threads at it has to order their accesses.

use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use engine::READ_DATA;

use crate::expect::fail;
use crate::own::{Own, own};
use protocol::Kind;

/// The operation of a thread that writes the data.
pub(crate) const WRITE_DATA: &str = "write data";

/// Each piece of data has a number that no other has, at whatever address.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

own! { Plain }

/// Stands for data behind a lock of the learner's own. Two accesses that nothing orders, one of them a write, are a data race,
/// and fail the case with `race`, or with `stale-read` where only weak memory orders allow them. In a simulation that is seen
/// whatever the accesses would have read.
#[derive(Debug)]
pub struct Plain(Own<PlainState>);

#[derive(Debug)]
struct PlainState {
    number: u64,
    /// How many threads are in the middle of a write.
    writers: AtomicUsize,
    /// Whether anybody has written.
    is_written: AtomicBool,
}

impl Default for PlainState {
    fn default() -> Self {
        Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            writers: AtomicUsize::new(0),
            is_written: AtomicBool::new(false),
        }
    }
}

impl Plain {
    /// Data that nobody has accessed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads it.
    #[track_caller]
    pub fn read(&self) {
        self.access(READ_DATA, false);
    }

    /// Writes it, which takes a while: another thread may come in the middle.
    #[track_caller]
    pub fn write(&self) {
        self.access(WRITE_DATA, true);
        self.0.writers.fetch_add(1, Ordering::SeqCst);
        self.0.is_written.store(true, Ordering::SeqCst);
        if engine::in_execution() {
            engine::plain_point("", self.0.address(), Location::caller());
        } else {
            std::thread::yield_now();
        }
        self.0.writers.fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether anybody has written it: for a check, when all is over.
    pub fn is_written(&self) -> bool {
        self.0.is_written.load(Ordering::SeqCst)
    }

    #[track_caller]
    fn access(&self, op: &'static str, is_write: bool) {
        let verb = if is_write { "write" } else { "read" };
        let at = Location::caller();
        engine::plain_point(op, self.0.address(), at);
        if engine::plain_access(self.0.number, is_write, at) {
            fail(Kind::Race, format!("nothing orders this {verb} of the data and an access before it"));
        }
        if self.0.writers.load(Ordering::SeqCst) > 0 {
            fail(Kind::Race, format!("a thread {verb}s the data while another thread is writing it"));
        }
    }
}
