//! accepted: the channel of answers is replaced after a timeout, and each question takes a sender of the present one
//! for when a channel for each question is too much, and timeouts are rare.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<(Q, Sender<thread::Result<A>>)>,
    present: (Sender<thread::Result<A>>, Receiver<thread::Result<A>>),
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = mpsc::channel::<(Q, Sender<_>)>();
        thread::spawn(move || {
            for (question, reply) in asked {
                // A question that the system can't cope with costs that question, not the line.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                // Fails if nobody waits any more. Then the outcome is dropped here.
                let _ = reply.send(outcome);
            }
        });
        Self { questions, present: mpsc::channel() }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        self.questions
            .send((question, self.present.0.clone()))
            .expect("the thread lives as long as the line");
        match self.present.1.recv_timeout(limit) {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_) => {
                self.present = mpsc::channel();
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
