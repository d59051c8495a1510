//! Running a case on a real thread, and giving up on it if it hangs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use cpu_time::ProcessTime;

use crate::cases::{Input, Inputs, Show};

/// How many inputs a check is run with.
const CASES: u64 = 16;

/// A case that takes longer hangs: the longest pause of a check is a few milliseconds here.
const HANG: Duration = Duration::from_secs(20);
/// So does one in which no thread has computed anything for so long. Learners' programs may sleep, too.
const QUIET: Duration = Duration::from_secs(5);
/// Once a program has hung, the next case is given less time: it will be the same again, mostly.
const QUIET_AGAIN: Duration = Duration::from_secs(1);
/// Less processor time than this is no computing.
const NOTHING: Duration = Duration::from_millis(2);

/// Whether a case of this process has hung.
static HAS_HUNG: AtomicBool = AtomicBool::new(false);

pub(crate) static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Runs each case on a thread of its own, and gives up on it if it hangs.
pub(crate) fn cases(inputs: &dyn Inputs, show: Show, body: &Arc<dyn Fn(&Input) + Send + Sync>) {
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
        match within_limits(&outcome) {
            Ok(Ok(())) => {}
            Ok(Err(message)) => panic!("{message}{}", with(&shown)),
            Err(how) => {
                HAS_HUNG.store(true, Ordering::Relaxed);
                panic!(
                    "the program hangs{}: {how}. `cargo checker run` shows which thread waits for what.",
                    with(&shown)
                )
            }
        }
    }
}

/// What a case came to, or how it hangs.
fn within_limits<T>(outcome: &mpsc::Receiver<T>) -> Result<T, String> {
    let quiet = if HAS_HUNG.load(Ordering::Relaxed) { QUIET_AGAIN } else { QUIET };
    let mut waited = Duration::ZERO;
    while waited < HANG {
        let used = ProcessTime::now();
        match outcome.recv_timeout(quiet) {
            Ok(outcome) => return Ok(outcome),
            Err(_) if used.elapsed() < NOTHING => {
                return Err(format!("for {} s, no thread of it has done anything", quiet.as_secs()));
            }
            Err(_) => waited += quiet,
        }
    }
    Err(format!("it has not ended after {} s", HANG.as_secs()))
}

fn with(input: &str) -> String {
    if input.is_empty() || input == "()" { String::new() } else { format!(" (input: {input})") }
}
