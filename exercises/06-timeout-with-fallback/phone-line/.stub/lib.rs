//! The phone line: questions go to an airline's system one at a time, and nobody waits for ever.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<Q>,
    answers: Receiver<thread::Result<A>>,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = mpsc::channel();
        let (answered, answers) = mpsc::channel();
        thread::spawn(move || {
            for question in asked {
                // A question that the system can't cope with costs that question, not the line.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                if answered.send(outcome).is_err() {
                    break; // the line has been dropped
                }
            }
        });
        Self { questions, answers }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        self.questions.send(question).expect("the thread lives as long as the line");
        match self.answers.recv_timeout(limit) {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_) => None,
        }
    }

    /// Asks several questions, one after the other, with one limit for all of them. An answer for each, in the same
    /// order. `None` if no answer came in time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask_all(&mut self, questions: Vec<Q>, limit: Duration) -> Vec<Option<A>> {
        questions.into_iter().map(|question| self.ask(question, limit)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mara's test.
    #[test]
    fn three_questions_and_their_answers() {
        let mut line = Line::open(|city: &str| city.len() * 100);
        let hour = Duration::from_secs(3600);
        let answers = ["Oslo", "Lisbon", "Rome"].map(|city| line.ask(city, hour));
        assert_eq!(answers, [Some(400), Some(600), Some(400)]);
    }
}
