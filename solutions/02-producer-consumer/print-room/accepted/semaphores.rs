//! accepted: two counting semaphores, one for places and one for jobs, and a lock for the tray alone

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

struct Semaphore {
    count: Mutex<usize>,
    raised: Condvar,
}

impl Semaphore {
    fn new(count: usize) -> Self {
        Self { count: Mutex::new(count), raised: Condvar::new() }
    }

    fn acquire(&self) {
        let mut count = self.raised.wait_while(self.count.lock().unwrap(), |count| *count == 0).unwrap();
        *count -= 1;
    }

    fn release(&self, more: usize) {
        *self.count.lock().unwrap() += more;
        self.raised.notify_all();
    }
}

/// Prints the jobs of all offices on `printers` threads, and returns how many pages that took.
pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0, "the tray needs room for at least one job");
    assert!(printers > 0, "jobs need at least one printer");
    let (places, jobs) = (Semaphore::new(capacity), Semaphore::new(0));
    let tray = Mutex::new(VecDeque::new());
    let open = AtomicUsize::new(offices.len());
    if offices.is_empty() {
        return 0;
    }
    let printer = || {
        let mut pages = 0;
        loop {
            jobs.acquire();
            // The last office raises the count once for each printer, with nothing on the tray.
            let Some(job) = tray.lock().unwrap().pop_front() else { return pages };
            places.release(1);
            pages += print(job);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..printers).map(|_| scope.spawn(printer)).collect();
        for office in offices {
            let (tray, places, jobs, open) = (&tray, &places, &jobs, &open);
            scope.spawn(move || {
                for job in office {
                    places.acquire();
                    tray.lock().unwrap().push_back(job);
                    jobs.release(1);
                }
                if open.fetch_sub(1, Ordering::SeqCst) == 1 {
                    jobs.release(printers);
                }
            });
        }
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}
