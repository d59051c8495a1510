//! breaks: clause 4 · finding: wrong-answer
//! Each office has its own pile, and printers go round the piles, so jobs are not taken in the order in which they were put.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

/// The tray has a pile for each office, so that no office has to wait behind another one's long list.
struct Tray {
    piles: Vec<VecDeque<u64>>,
    lying: usize,
    /// The pile that is next.
    turn: usize,
    open: usize,
}

impl Tray {
    fn take(&mut self) -> Option<u64> {
        let count = self.piles.len();
        for step in 0..count {
            let pile = (self.turn + step) % count;
            if let Some(job) = self.piles[pile].pop_front() {
                self.turn = (pile + 1) % count;
                self.lying -= 1;
                return Some(job);
            }
        }
        None
    }
}

pub fn print_all<I, F>(offices: Vec<I>, capacity: usize, printers: usize, print: F) -> u64
where
    I: Iterator<Item = u64> + Send,
    F: Fn(u64) -> u64 + Sync,
{
    assert!(capacity > 0);
    assert!(printers > 0);
    let count = offices.len();
    let piles = (0..count).map(|_| VecDeque::new()).collect();
    let tray = Mutex::new(Tray { piles, lying: 0, turn: 0, open: count });
    let changed = Condvar::new();

    thread::scope(|scope| {
        let (tray, changed, print) = (&tray, &changed, &print);
        for (number, jobs) in offices.into_iter().enumerate() {
            scope.spawn(move || {
                for job in jobs {
                    let guard = tray.lock().unwrap();
                    let mut guard = changed.wait_while(guard, |tray| tray.lying == capacity).unwrap();
                    guard.piles[number].push_back(job);
                    guard.lying += 1;
                    changed.notify_all();
                }
                tray.lock().unwrap().open -= 1;
                changed.notify_all();
            });
        }
        let printers: Vec<_> = (0..printers)
            .map(|_| {
                scope.spawn(move || {
                    let mut pages = 0;
                    loop {
                        let guard = tray.lock().unwrap();
                        let mut guard =
                            changed.wait_while(guard, |tray| tray.lying == 0 && tray.open > 0).unwrap();
                        let Some(job) = guard.take() else { return pages };
                        drop(guard);
                        changed.notify_all();
                        pages += print(job);
                    }
                })
            })
            .collect();
        printers.into_iter().map(|printer| printer.join().unwrap()).sum()
    })
}
