//! accepted: a map of those that wait, by number, as a client of a network protocol has it
//! for when several threads should be able to wait at the same time.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

type Waiting<A> = Arc<Mutex<HashMap<u64, Sender<thread::Result<A>>>>>;

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    questions: Sender<(u64, Q)>,
    waiting: Waiting<A>,
    asked: u64,
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (questions, asked) = mpsc::channel::<(u64, Q)>();
        let waiting = Waiting::<A>::default();
        let all = Arc::clone(&waiting);
        thread::spawn(move || {
            for (number, question) in asked {
                // A question that the system can't cope with costs that question, not the line.
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                // Not there if its caller has given up.
                let reply = all.lock().unwrap().remove(&number);
                if let Some(reply) = reply {
                    let _ = reply.send(outcome);
                }
            }
        });
        Self { questions, waiting, asked: 0 }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        self.asked += 1;
        let (reply, answer) = mpsc::channel();
        self.waiting.lock().unwrap().insert(self.asked, reply);
        self.questions.send((self.asked, question)).expect("the thread lives as long as the line");
        match answer.recv_timeout(limit) {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(payload)) => resume_unwind(payload),
            Err(_) => {
                self.waiting.lock().unwrap().remove(&self.asked);
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
