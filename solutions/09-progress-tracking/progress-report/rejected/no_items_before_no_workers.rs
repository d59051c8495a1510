//! breaks: clause 5 · finding: wrong-answer
//! Without items it does not ask whether there are workers.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::thread;

pub struct ProgressTracker<W> {
    total: usize,
    line: Mutex<(usize, W)>,
}

impl<W: Write + Send> ProgressTracker<W> {
    pub fn new(total: usize, out: W) -> Self {
        Self { total, line: Mutex::new((0, out)) }
    }

    pub fn update(&self) {
        let mut line = self.line.lock().unwrap();
        line.0 += 1;
        let (done, total) = (line.0, self.total);
        let percent = (done as u128 * 100).checked_div(total as u128).unwrap_or(100);
        let _ = line.1.write_all(format!("\rProgress: {done}/{total} ({percent}%)").as_bytes());
    }

    pub fn finish(self) -> W {
        let (_, mut out) = self.line.into_inner().unwrap();
        let end = if self.total == 0 { "\rProgress: 0/0 (100%)\n" } else { "\n" };
        let _ = out.write_all(end.as_bytes());
        out
    }
}

pub fn process_with_progress<T, R, F, W>(items: &[T], workers: usize, f: F, out: W) -> Vec<R>
where
    T: Sync,
    R: Send,
    F: Fn(&T) -> R + Sync,
    W: Write + Send,
{
    assert!(workers > 0 || items.is_empty(), "items need at least one worker");
    let tracker = ProgressTracker::new(items.len(), out);
    let queue = Mutex::new(items.iter().enumerate());
    let work = || {
        let mut mine = Vec::new();
        loop {
            let next = queue.lock().unwrap().next();
            let Some((place, item)) = next else { return mine };
            mine.push((place, catch_unwind(AssertUnwindSafe(|| f(item)))));
            tracker.update();
        }
    };
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(items.len())).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    all.sort_by_key(|(place, _)| *place);
    tracker.finish();
    all.into_iter().map(|(_, result)| result.unwrap_or_else(|payload| resume_unwind(payload))).collect()
}
