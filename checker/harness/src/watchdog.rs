//! Another OS thread, which looks after the one that runs the schedules: it ends the process when that computes without end, or
//! has come to a fault, and tells where.

use std::collections::BTreeMap;
use std::process::exit;
use std::time::Duration;

use cpu_time::ProcessTime;
use engine::Interrupted;
use protocol::{Cut, Event, Thread};

/// A step that uses this much processor time without a scheduling point will not end.
const STUCK: Duration = Duration::from_secs(1);
const GLANCE: Duration = Duration::from_millis(100);
/// A loop is looked at so often: it is told by its first line, which is not always the one that runs.
const LOOKS: u32 = 64;

const COMPUTES: &str =
    "a thread has used a second of processor time without reaching a lock, a channel, an atomic, or its end";
const OVERFLOWED: &str = "a thread has overflowed its stack";
const FAULTED: &str = "a thread has reached for memory that is not there";

/// Begins to look after the calling OS thread. A loop with no synchronisation in it can't be interrupted by the scheduler; its
/// processor time is counted, so a busy machine makes no difference. `cut` adds what is known of the schedule.
pub(crate) fn watch(
    source: String,
    cut: impl Fn(String, Option<Thread>) -> Cut + Send + 'static,
    tell: impl Fn(Event) + Send + 'static,
) {
    engine::watch_for_interruptions();
    std::thread::spawn(move || {
        let mut seen = (engine::steps_heartbeat(), ProcessTime::now());
        loop {
            std::thread::sleep(GLANCE);
            if let Some(fault) = engine::faulted() {
                let message = if fault.has_overflowed { OVERFLOWED } else { FAULTED };
                tell(Event::Aborting(cut(message.to_owned(), thread(&fault, &source))));
                exit(1);
            }
            let beat = engine::steps_heartbeat();
            if beat.is_none() || beat != seen.0 {
                seen = (beat, ProcessTime::now());
            } else if seen.1.elapsed() > STUCK {
                tell(Event::Stuck(cut(COMPUTES.to_owned(), runs(&source))));
                exit(1);
            }
        }
    });
}

/// The thread that runs, at the first line of what it runs through.
fn runs(source: &str) -> Option<Thread> {
    let looks = (0..LOOKS).map_while(|_| engine::interrupt());
    first_line(looks.filter_map(|look| thread(&look, source)))
}

/// Of what was seen in the function that was seen most, the first line.
fn first_line(looks: impl Iterator<Item = Thread>) -> Option<Thread> {
    let mut places = BTreeMap::new();
    for look in looks {
        let (seen, first) = places.entry((look.file.clone(), look.caller)).or_insert((0, look.clone()));
        *seen += 1;
        if look.line < first.line {
            *first = look;
        }
    }
    places.into_values().max_by_key(|(seen, _)| *seen).map(|(_, first)| first)
}

fn thread(interrupted: &Interrupted, source: &str) -> Option<Thread> {
    let ((file, line), caller) = interrupted.place(source)?;
    Some(Thread {
        name: interrupted.thread.clone().unwrap_or_else(|| "a thread".to_owned()),
        file: Some(file),
        line: Some(line),
        waiting_for: None,
        caller,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_told_by_its_first_line() {
        let look = |caller, line| Thread {
            name: "main".to_owned(),
            file: Some("src/lib.rs".to_owned()),
            line: Some(line),
            waiting_for: None,
            caller: Some(caller),
        };
        let looks = [look(40, 9), look(50, 2), look(40, 7), look(40, 8)];
        assert_eq!(first_line(looks.into_iter()).and_then(|first| first.line), Some(7));
        assert!(first_line(std::iter::empty()).is_none());
    }
}
