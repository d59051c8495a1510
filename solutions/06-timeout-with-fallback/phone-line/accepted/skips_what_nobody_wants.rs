//! accepted: a way back for each question, and a flag with which a caller that gives up takes its question back
//! for when an answer is expensive and nobody waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<(Q, Arc<AtomicBool>, Sender<thread::Result<A>>)>,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = mpsc::channel::<(Q, Arc<AtomicBool>, Sender<_>)>();
        thread::spawn(move || {
            for (question, given_up, reply) in asked {
                if given_up.load(Ordering::SeqCst) {
                    continue;
                }
                // A question that the system can't cope with costs that question, not the line.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                // Fails if nobody waits any more. Then the outcome is dropped here.
                let _ = reply.send(outcome);
            }
        });
        Self { questions }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        let (reply, answer) = mpsc::channel();
        let given_up = Arc::<AtomicBool>::default();
        self.questions
            .send((question, Arc::clone(&given_up), reply))
            .expect("the thread lives as long as the line");
        match answer.recv_timeout(limit) {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_) => {
                given_up.store(true, Ordering::SeqCst);
                None
            }
        }
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
