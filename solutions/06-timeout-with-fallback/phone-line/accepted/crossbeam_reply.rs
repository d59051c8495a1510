//! accepted: crossbeam channels, and a wait with a deadline instead of a limit
//! for when the program has crossbeam already: `recv_deadline` takes a point in time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{Sender, bounded, unbounded};

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<(Q, Sender<thread::Result<A>>)>,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = unbounded::<(Q, Sender<_>)>();
        thread::spawn(move || {
            for (question, reply) in asked {
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
        self.ask_until(question, Instant::now().checked_add(limit))
    }

    fn ask_until(&mut self, question: Q, deadline: Option<Instant>) -> Option<A> {
        let (reply, answer) = bounded(1);
        self.questions.send((question, reply)).expect("the thread lives as long as the line");
        let outcome = match deadline {
            Some(deadline) => answer.recv_deadline(deadline).ok(),
            None => answer.recv().ok(),
        };
        outcome.map(|it| it.unwrap_or_else(|payload| resume_unwind(payload)))
    }

    /// Asks several questions, one after the other, with one limit for all of them. An answer for each, in the same
    /// order. `None` if no answer came in time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask_all(&mut self, questions: Vec<Q>, limit: Duration) -> Vec<Option<A>> {
        let deadline = Instant::now().checked_add(limit);
        let mut answers = Vec::new();
        for question in questions {
            let over = deadline.is_some_and(|it| it <= Instant::now());
            answers.push(if over { None } else { self.ask_until(question, deadline) });
        }
        answers
    }
}
