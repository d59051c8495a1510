//! breaks: clause 2 · finding: sequential
//! More than 200 runners run in heats of 200.
use std::sync::mpsc;
use std::thread;

pub fn race<F, A>(runners: usize, run: F, mut announce: A)
where
    F: Fn(usize) -> bool + Sync,
    A: FnMut(usize, usize),
{
    let (sender, arrivals) = mpsc::channel();
    thread::scope(|scope| {
        let run = &run;
        scope.spawn(move || {
            for first in (0..runners).step_by(200) {
                thread::scope(|scope| {
                    for runner in first..runners.min(first + 200) {
                        let sender = sender.clone();
                        scope.spawn(move || run(runner).then(|| sender.send(runner)));
                    }
                });
            }
        });
        arrivals.iter().zip(1..).for_each(|(runner, place)| announce(place, runner));
    });
}
