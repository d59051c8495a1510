//! breaks: clause 1 · finding: wrong-answer
//! The judge leaves when nobody has arrived for a minute.
use std::sync::mpsc;
use std::thread;

pub fn race<F, A>(runners: usize, run: F, mut announce: A)
where
    F: Fn(usize) -> bool + Sync,
    A: FnMut(usize, usize),
{
    let (sender, arrivals) = mpsc::channel();
    thread::scope(|scope| {
        for runner in 0..runners {
            let (sender, run) = (sender.clone(), &run);
            scope.spawn(move || run(runner).then(|| sender.send(runner)));
        }
        drop(sender);
        let mut place = 1;
        while let Ok(runner) = arrivals.recv_timeout(std::time::Duration::from_secs(60)) {
            announce(place, runner);
            place += 1;
        }
    });
}
