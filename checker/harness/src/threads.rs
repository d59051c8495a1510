//! Running a case on a real thread, and giving up on it if it hangs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::cases::{Input, Inputs};

/// How many inputs a check is run with.
const CASES: u64 = 16;

/// A case that takes longer hangs: the longest pause of a check is a few milliseconds here.
const HANG: Duration = Duration::from_secs(20);

pub(crate) static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Runs each case on a thread of its own, and gives up on it if it hangs.
pub(crate) fn cases(
    inputs: &dyn Inputs,
    show: &dyn Fn(&Input) -> String,
    body: &Arc<dyn Fn(&Input) + Send + Sync>,
) {
    for seed in 0..CASES {
        let input = inputs.tree(seed).current();
        let (shown, body) = (show(&input), Arc::clone(body));
        let (done, outcome) = mpsc::channel();
        let run = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| body(&input)));
            // Nobody listens any more if it took too long.
            let _ = done
                .send(outcome.map_err(|_| LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()));
        };
        thread::Builder::new().name("main".into()).spawn(run).expect("the system gives a thread");
        match outcome.recv_timeout(HANG) {
            Ok(Ok(())) => {}
            Ok(Err(message)) => panic!("{message}{}", with(&shown)),
            Err(_) => panic!(
                "the program hangs{}: it has not ended after {} seconds. `cargo checker run` shows which thread waits for what.",
                with(&shown),
                HANG.as_secs()
            ),
        }
    }
}

fn with(input: &str) -> String {
    if input.is_empty() || input == "()" { String::new() } else { format!(" (input: {input})") }
}
