//! breaks: clause 4 · finding: panicked
//! Late answers are skipped by their number. A late panic is passed on before the number is looked at.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<(u64, Q)>,
    answers: Receiver<(u64, thread::Result<A>)>,
    asked: u64,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = mpsc::channel::<(u64, Q)>();
        let (answered, answers) = mpsc::channel();
        thread::spawn(move || {
            for (number, question) in asked {
                // A question that the system can't cope with costs that question, not the line.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                if answered.send((number, outcome)).is_err() {
                    break; // the line has been dropped
                }
            }
        });
        Self { questions, answers, asked: 0 }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        self.asked += 1;
        self.questions.send((self.asked, question)).expect("the thread lives as long as the line");
        let deadline = Instant::now().checked_add(limit);
        loop {
            let left = deadline.map_or(Duration::MAX, |it| it.saturating_duration_since(Instant::now()));
            match self.answers.recv_timeout(left) {
                Ok((_, Err(payload))) => resume_unwind(payload),
                Ok((number, Ok(answer))) if number == self.asked => return Some(answer),
                Ok(_) => {}
                Err(_) => return None,
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
