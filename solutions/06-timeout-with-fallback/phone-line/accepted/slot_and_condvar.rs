//! accepted: a slot under a Mutex for each question, and a Condvar that is waited for in a loop
//! for when there should be no channel for the answers.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

type Slot<A> = Arc<(Mutex<Option<thread::Result<A>>>, Condvar)>;

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<(Q, Slot<A>)>,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = mpsc::channel::<(Q, Slot<A>)>();
        thread::spawn(move || {
            for (question, slot) in asked {
                // A question that the system can't cope with costs that question, not the line.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                *slot.0.lock().unwrap() = Some(outcome);
                slot.1.notify_one();
            }
        });
        Self { questions }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        let slot = Slot::<A>::default();
        self.questions.send((question, Arc::clone(&slot))).expect("the thread lives as long as the line");
        let empty = |slot: &mut Option<_>| slot.is_none();
        let (mut place, _) = slot.1.wait_timeout_while(slot.0.lock().unwrap(), limit, empty).unwrap();
        let outcome = place.take();
        drop(place);
        outcome.map(|it| it.unwrap_or_else(|payload| resume_unwind(payload)))
    }

    /// Asks several questions, one after the other, with one limit for all of them. An answer for each, in the same
    /// order. `None` if no answer came in time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask_all(&mut self, questions: Vec<Q>, limit: Duration) -> Vec<Option<A>> {
        let deadline = Instant::now().checked_add(limit);
        let left = || deadline.map_or(Duration::MAX, |it| it.saturating_duration_since(Instant::now()));
        let ask = |question| {
            let left = left();
            // A question that is asked has to be answered, and would hold up others for nothing.
            if left.is_zero() { None } else { self.ask(question, left) }
        };
        questions.into_iter().map(ask).collect()
    }
}
