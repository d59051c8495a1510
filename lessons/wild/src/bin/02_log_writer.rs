//! A service logs to a slow disk, in three ways: through the lesson's queue, through the log writer that the tracing
//! crates use at work, and through that writer as it is by default, which drops lines when its queue is full.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use bounded_queue_solution::BoundedQueue;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};

const REQUESTS: usize = 4;
const LINES: usize = 25;
const CAPACITY: usize = 8;

/// A disk that calls `wait` before each line.
#[derive(Clone)]
struct Disk {
    /// The lines that are written, and a Condvar that is notified of each.
    lines: Arc<(Mutex<Vec<String>>, Condvar)>,
    wait: Arc<dyn Fn() + Send + Sync>,
}

impl Disk {
    fn new(wait: impl Fn() + Send + Sync + 'static) -> Self {
        Self { lines: Arc::default(), wait: Arc::new(wait) }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.0.lock().unwrap().clone()
    }

    /// Waits until so many lines are written, but no longer than ten seconds.
    #[cfg(test)]
    fn wait_for(&self, lines: usize) {
        let (written, changed) = &*self.lines;
        let too_few = |written: &mut Vec<String>| written.len() < lines;
        let limit = Duration::from_secs(10);
        drop(changed.wait_timeout_while(written.lock().unwrap(), limit, too_few).unwrap());
    }
}

impl Write for Disk {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        (self.wait)();
        self.lines.0.lock().unwrap().push(String::from_utf8_lossy(line).trim_end().to_owned());
        self.lines.1.notify_all();
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Handles some requests at once, each of which logs some lines.
fn handle_requests(log: impl Fn(String) + Sync) {
    thread::scope(|scope| {
        for request in 0..REQUESTS {
            let log = &log;
            scope.spawn(move || (0..LINES).for_each(|line| log(format!("request {request} line {line:02}"))));
        }
    });
}

/// The lesson's queue, with one thread that writes.
fn through_our_queue(disk: &Disk) {
    let (queue, mut writer) = (BoundedQueue::new(CAPACITY), disk.clone());
    thread::scope(|scope| {
        scope.spawn(|| {
            while let Some(line) = queue.pop() {
                writer.write_all(format!("{line}\n").as_bytes()).expect("this disk takes every line");
            }
        });
        handle_requests(|line| queue.push(line).expect("the queue is open"));
        // All lines are in the queue. What waits there is still written.
        queue.close();
    });
}

// ANCHOR: appender
/// The log writer of tracing-appender. Returns its guard, and the counter of the lines that it dropped.
fn through_tracing_appender(disk: &Disk, lossy: bool) -> (WorkerGuard, ErrorCounter) {
    let builder = NonBlockingBuilder::default().buffered_lines_limit(CAPACITY).lossy(lossy);
    let (log, guard) = builder.finish(disk.clone());
    let dropped = log.error_counter();
    handle_requests(|line| {
        let mut log = log.clone();
        log.write_all(format!("{line}\n").as_bytes()).expect("this writer refuses no line");
    });
    (guard, dropped)
}
// ANCHOR_END: appender

fn main() {
    let slow = || Disk::new(|| thread::sleep(Duration::from_millis(1)));
    let disk = slow();
    through_our_queue(&disk);
    println!("our queue: {} lines written", disk.lines().len());
    for lossy in [false, true] {
        let disk = slow();
        let (guard, dropped) = through_tracing_appender(&disk, lossy);
        // The guard owns the end: dropping it waits for the lines in the queue, though only for about a second.
        drop(guard);
        let (written, dropped) = (disk.lines().len(), dropped.dropped_lines());
        println!("tracing-appender, lossy({lossy}): {written} lines written, {dropped} dropped");
    }
}

#[test]
fn a_queue_that_makes_its_producers_wait_loses_no_line() {
    let every_line = |mut lines: Vec<String>| {
        lines.sort();
        let line = |k: usize| format!("request {} line {:02}", k / LINES, k % LINES);
        assert_eq!(lines, (0..REQUESTS * LINES).map(line).collect::<Vec<_>>());
    };
    let disk = Disk::new(|| ());
    through_our_queue(&disk);
    every_line(disk.lines());
    let disk = Disk::new(|| ());
    let (_guard, dropped) = through_tracing_appender(&disk, false);
    assert_eq!(dropped.dropped_lines(), 0);
    disk.wait_for(REQUESTS * LINES);
    every_line(disk.lines());
}

/// The disk stands still until all requests are handled, so that what is lost does not depend on luck.
#[test]
fn a_full_queue_that_makes_nobody_wait_loses_lines() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let in_disk = gate.clone();
    let disk = Disk::new(move || {
        drop(in_disk.1.wait_while(in_disk.0.lock().unwrap(), |open| !*open).unwrap());
    });
    let (_guard, dropped) = through_tracing_appender(&disk, true);
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let dropped = dropped.dropped_lines();
    disk.wait_for(REQUESTS * LINES - dropped);
    let written = disk.lines().len();
    assert!(dropped > 0 && written <= CAPACITY + 1, "{written} lines written, {dropped} dropped");
    assert_eq!(written + dropped, REQUESTS * LINES);
}
