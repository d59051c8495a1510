//! breaks: clause 1 · finding: wrong-answer
//! The numbers of the questions are bytes. After 256 late questions, one of their answers has the number of the next question.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    /// The number of the last question. It starts again at 0, long after the answers before it have come.
    asked: u8,
    questions: Sender<(u8, Q)>,
    answers: Receiver<(u8, thread::Result<A>)>,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, incoming) = mpsc::channel();
        let (outgoing, answers) = mpsc::channel();
        thread::spawn(move || {
            for (number, question) in incoming {
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                // After the line has been dropped, the remaining questions are still answered, to nobody.
                let _ = outgoing.send((number, outcome));
            }
        });
        Self { asked: 0, questions, answers }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        self.ask_until(question, Instant::now(), limit)
    }

    fn ask_until(&mut self, question: Q, start: Instant, limit: Duration) -> Option<A> {
        self.asked = self.asked.wrapping_add(1);
        self.questions.send((self.asked, question)).expect("the thread lives as long as the line");
        loop {
            let (number, outcome) = self.answers.recv_timeout(limit.saturating_sub(start.elapsed())).ok()?;
            if number == self.asked {
                return Some(outcome.unwrap_or_else(|payload| resume_unwind(payload)));
            }
            // It belongs to a customer who has left.
            drop(outcome);
        }
    }

    /// Asks several questions, one after the other, with one limit for all of them. An answer for each, in the same
    /// order. `None` if no answer came in time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask_all(&mut self, questions: Vec<Q>, limit: Duration) -> Vec<Option<A>> {
        let start = Instant::now();
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let in_time = start.elapsed() < limit;
            answers.push(if in_time { self.ask_until(question, start, limit) } else { None });
        }
        answers
    }
}
