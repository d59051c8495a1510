//! accepted: a slip for each question, which the caller takes back if nobody has begun to read it
//! for when a question that nobody has begun should cost nothing once its customer has left.

use std::marker::PhantomData;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// The life of a question.
#[derive(Debug)]
enum Slip<Q, A> {
    /// The thread has not read it yet.
    Asked(Q),
    Reading,
    Answered(thread::Result<A>),
    /// The customer has left. A question that nobody has read yet leaves too: it is answered at most once.
    Void,
}

type Shared<Q, A> = Arc<Mutex<Slip<Q, A>>>;

/// A line to a system that answers questions, one after the other.
#[derive(Debug)]
pub struct Line<Q, A> {
    slips: Sender<(Shared<Q, A>, Thread)>,
    both: PhantomData<(Q, A)>,
}

fn exchange<Q, A>(slip: &Shared<Q, A>, new: Slip<Q, A>) -> Slip<Q, A> {
    mem::replace(&mut *slip.lock().unwrap(), new)
}

impl<Q: Send + 'static, A: Send + 'static> Line<Q, A> {
    /// Opens a line. On its other end, a thread calls `answer` for each question.
    pub fn open(mut answer: impl FnMut(Q) -> A + Send + 'static) -> Self {
        let (slips, pile) = mpsc::channel::<(Shared<Q, A>, Thread)>();
        thread::spawn(move || {
            for (slip, customer) in pile {
                let question = {
                    let mut slip = slip.lock().unwrap();
                    match mem::replace(&mut *slip, Slip::Reading) {
                        Slip::Asked(question) => question,
                        other => {
                            *slip = other;
                            continue;
                        }
                    }
                };
                let outcome = catch_unwind(AssertUnwindSafe(|| answer(question)));
                let late = {
                    let mut slip = slip.lock().unwrap();
                    match *slip {
                        Slip::Reading => {
                            *slip = Slip::Answered(outcome);
                            None
                        }
                        _ => Some(outcome),
                    }
                };
                match late {
                    None => customer.unpark(),
                    Some(outcome) => drop(outcome),
                }
            }
        });
        Self { slips, both: PhantomData }
    }

    /// Asks a question, and waits for its answer, at most for `limit`. `None` if no answer came in that time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask(&mut self, question: Q, limit: Duration) -> Option<A> {
        let start = Instant::now();
        let slip = Arc::new(Mutex::new(Slip::Asked(question)));
        self.slips.send((Arc::clone(&slip), thread::current())).expect("the thread outlives the line");
        loop {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() || matches!(*slip.lock().unwrap(), Slip::Answered(_)) {
                break;
            }
            thread::park_timeout(left);
        }
        match exchange(&slip, Slip::Void) {
            Slip::Answered(Ok(answer)) => Some(answer),
            Slip::Answered(Err(payload)) => resume_unwind(payload),
            Slip::Asked(_) | Slip::Reading | Slip::Void => None,
        }
    }

    /// Asks several questions, one after the other, with one limit for all of them. An answer for each, in the same
    /// order. `None` if no answer came in time.
    ///
    /// # Panics
    /// If `answer` panicked, with the same payload.
    pub fn ask_all(&mut self, questions: Vec<Q>, limit: Duration) -> Vec<Option<A>> {
        let start = Instant::now();
        let mut answers = Vec::new();
        let count = questions.len();
        let mut questions = questions.into_iter();
        loop {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                break;
            }
            let Some(question) = questions.next() else { break };
            answers.push(self.ask(question, left));
        }
        answers.resize_with(count, || None);
        answers
    }
}
