//! A loop of attempts with growing waits, which another thread can end.

// ANCHOR: program
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// Calls `f` at most `attempts` times. The waits end early if the sender of `stop` is dropped.
fn retry<R, E>(
    (attempts, base, cap): (u32, Duration, Duration),
    stop: &Receiver<()>,
    mut f: impl FnMut() -> Result<R, E>,
) -> Result<R, E> {
    let mut wait = base.min(cap);
    let mut outcome = f();
    for _ in 1..attempts {
        // Nothing is ever sent. So this sleeps for `wait`, or until the sender is gone.
        if outcome.is_ok() || stop.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        wait = wait.saturating_mul(2).min(cap);
        outcome = f();
    }
    outcome
}

fn main() {
    let (keep_trying, stop) = mpsc::channel();
    let policy = (5, Duration::from_millis(10), Duration::from_millis(30));
    let mut calls = 0;
    let answer = retry(policy, &stop, || {
        calls += 1;
        if calls < 4 { Err("busy") } else { Ok("the page") }
    });
    println!("{answer:?} after {calls} calls");

    drop(keep_trying);
    let answer = retry(policy, &stop, || Err::<(), _>("busy"));
    println!("{answer:?}, because it was stopped");
}
// ANCHOR_END: program
