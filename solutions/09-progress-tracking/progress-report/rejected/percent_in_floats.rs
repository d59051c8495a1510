//! breaks: clause 2 · finding: wrong-answer
//! The quotient is computed in floating point and then multiplied.

use std::any::Any;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Counts the finished items of a known total, and writes a report each time the count rises.
pub struct ProgressTracker<W> {
    total: usize,
    /// How many are done, and where that is reported.
    state: Mutex<(usize, W)>,
}

impl<W: Write + Send> ProgressTracker<W> {
    pub fn new(total: usize, out: W) -> Self {
        Self { total, state: Mutex::new((0, out)) }
    }

    pub fn update(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += 1;
        let (done, out) = &mut *state;
        report(*done, self.total, out);
    }

    pub fn finish(self) -> W {
        let (_, mut out) = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if self.total == 0 {
            report(0, 0, &mut out);
        }
        let _ = out.write_all(b"\n");
        let _ = out.flush();
        out
    }
}

fn report(done: usize, total: usize, out: &mut impl Write) {
    let percent = if total == 0 { 100 } else { (done as f64 / total as f64 * 100.0).floor() as usize };
    let _ = out.write_all(format!("\rProgress: {done}/{total} ({percent}%)").as_bytes());
    let _ = out.flush();
}

/// Drops a payload, even one that panics then.
fn discard(mut payload: Box<dyn Any + Send>) {
    while let Err(another) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        payload = another;
    }
}

pub fn process_with_progress<T, R, F, W>(items: &[T], workers: usize, f: F, out: W) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
    W: Write + Send,
{
    assert!(workers > 0, "items need at least one worker");
    let tracker = ProgressTracker::new(items.len(), out);
    let slots: Vec<Mutex<Option<thread::Result<R>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some(item) = items.get(index) else { break };
                    let outcome = catch_unwind(AssertUnwindSafe(|| f(item)));
                    tracker.update();
                    *slots[index].lock().unwrap() = Some(outcome);
                }
            });
        }
    });
    drop(tracker.finish());
    let mut results = Vec::with_capacity(items.len());
    let mut first = None;
    for slot in slots {
        match slot.into_inner().unwrap().expect("every item has completed") {
            Ok(result) => results.push(result),
            Err(payload) if first.is_none() => first = Some(payload),
            Err(payload) => discard(payload),
        }
    }
    match first {
        None => results,
        Some(payload) => {
            drop(results);
            resume_unwind(payload)
        }
    }
}
