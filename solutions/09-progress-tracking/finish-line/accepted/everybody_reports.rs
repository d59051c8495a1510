//! accepted: a message from every runner, also from one that gives up or panics
//! for when the judge has to tell of those who gave up, too.

use std::sync::mpsc::{self, Sender};
use std::thread;

/// Sends what has become of a runner when it is dropped, even by a panic.
struct Report {
    arrived: Option<usize>,
    sender: Sender<Option<usize>>,
}

impl Drop for Report {
    fn drop(&mut self) {
        let _ = self.sender.send(self.arrived);
    }
}

pub fn race<F, A>(runners: usize, run: F, mut announce: A)
where
    F: Fn(usize) -> bool + Sync,
    A: FnMut(usize, usize),
{
    let (sender, reports) = mpsc::channel();
    thread::scope(|scope| {
        for runner in 0..runners {
            let report = Report { arrived: None, sender: sender.clone() };
            let run = &run;
            scope.spawn(move || {
                // The whole report moves in, or the closure would take only the field.
                let mut report = report;
                report.arrived = run(runner).then_some(runner);
            });
        }
        let mut place = 0;
        for runner in reports.iter().take(runners).flatten() {
            place += 1;
            announce(place, runner);
        }
    });
}
