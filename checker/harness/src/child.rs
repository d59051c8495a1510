//! The simulated way: a child of the checker. A request comes in on standard input; results go out on
//! standard output, which learner code can't reach, each line behind the request's nonce.

use std::cell::RefCell;
use std::io::{Read, Write, stdin, stdout};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use protocol::{Check as Report, Cut, Decoy, Event, Hunt, Listed, Played, Request, Status};

use crate::cases::{self, LAST_SEED};
use crate::check::{Check, Entry, Mode};
use crate::decoy;
use crate::search::{Place, Search};
use crate::{abort, watchdog};

/// Where a program has stopped in one process, and goes on in another.
#[derive(Debug, Serialize, Deserialize)]
struct Resume {
    check: String,
    place: Place,
    /// What the check took so far.
    duration_ms: u64,
}

/// Writes events, one at a time: the watchdog has one too.
#[derive(Clone)]
struct Channel(Arc<Mutex<String>>);

impl Channel {
    fn send(&self, event: &Event) {
        let nonce = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = serde_json::to_string(event).expect("events are plain data");
        // If the checker is gone there is nobody to tell.
        let _ = writeln!(stdout().lock(), "{nonce} {line}").and_then(|()| stdout().flush());
    }
}

pub(crate) fn main(entries: &[Entry]) -> ExitCode {
    let mut text = String::new();
    let request: Request = match stdin().read_to_string(&mut text).map(|_| serde_json::from_str(&text)) {
        Ok(Ok(request)) => request,
        _ => {
            eprintln!("this program judges an exercise when the checker asks it to: run `cargo checker run`");
            return ExitCode::from(2);
        }
    };
    let channel = Channel(Arc::new(Mutex::new(request.nonce.clone())));
    let listed = entries.iter().map(|e| Listed { name: e.name.to_owned(), clause: e.clause }).collect();
    channel.send(&Event::Suite { checks: listed });

    let chosen: Vec<&Entry> = match &request.only {
        None => entries.iter().collect(),
        Some(names) => names.iter().filter_map(|n| entries.iter().find(|e| e.name == n)).collect(),
    };
    let current = Arc::new(Mutex::new(""));
    let source = request.source.to_string_lossy().into_owned();
    let at = Arc::clone(&current);
    let cut = move |message: String, thread| Cut {
        check: at.lock().unwrap_or_else(PoisonError::into_inner).to_string(),
        message,
        seed: LAST_SEED.load(Ordering::Relaxed),
        input: cases::last_input(),
        thread,
    };
    let teller = channel.clone();
    watchdog::watch(source.clone(), cut.clone(), move |event| teller.send(&event));
    let teller = channel.clone();
    abort::watch(source, move |message, thread| teller.send(&Event::Aborting(cut(message, thread))));
    for entry in chosen {
        *current.lock().unwrap_or_else(PoisonError::into_inner) = entry.name;
        for decoy in runs(entry, &request) {
            channel.send(&Event::Start { check: entry.name.to_owned() });
            match judge(entry, &request, decoy) {
                Ok((report, played)) => {
                    if let Some(played) = played {
                        channel.send(&Event::Played { played: Box::new(played) });
                    }
                    channel.send(&Event::End { check: Box::new(report) });
                }
                Err(resume) => {
                    let resume = serde_json::to_value(resume).expect("a place is plain data");
                    channel.send(&Event::Paused { resume });
                    return ExitCode::SUCCESS;
                }
            }
        }
    }
    channel.send(&Event::Done);
    ExitCode::SUCCESS
}

/// The runs of a check: itself, `None`, and its decoy, in an order that was drawn.
fn runs(entry: &Entry, request: &Request) -> Vec<Option<Decoy>> {
    match request.draw.map(|draw| Decoy::drawn(draw, entry.name)) {
        None => vec![None],
        // The process before this one has run it.
        Some(decoy) if decoy.comes_first && earlier(entry, request).is_some() => vec![None],
        Some(decoy) if decoy.comes_first => vec![Some(decoy), None],
        Some(decoy) => vec![None, Some(decoy)],
    }
}

/// Where an earlier process has stopped in this check.
fn earlier(entry: &Entry, request: &Request) -> Option<Resume> {
    let earlier = request.resume.clone().and_then(|resume| serde_json::from_value::<Resume>(resume).ok());
    earlier.filter(|resume| resume.check == entry.name)
}

/// Runs one check, to its end or until the program should go on in another process; or its decoy.
fn judge(entry: &Entry, request: &Request, decoy: Option<Decoy>) -> Result<(Report, Option<Played>), Resume> {
    let started = Instant::now();
    let earlier = earlier(entry, request).filter(|_| decoy.is_none());
    let place = earlier.as_ref().map_or_else(Place::default, |resume| resume.place);
    let mut search = Search::beginning_at(place);
    search.seed = request.seed;
    search.wanted = request.schedules;
    search.source = request.source.to_string_lossy().into_owned();
    search.trace = request.trace;
    search.hunt = request.hunt;
    search.enumerable = request.enumerable;
    search.play = request.play.clone();
    if let Some(decoy) = decoy {
        search.wanted = Some(decoy.most_schedules());
        // It is a few schedules long. One that was cut short would pass, and a decoy that passes accuses the program.
        search.is_short = true;
        // There is nothing to be found out about a failure that was made.
        search.hunt = Some(Hunt::Mixed);
    }
    decoy::set(decoy);
    let check = Check {
        mode: Mode::Simulated(Box::new(RefCell::new(search))),
        snapshots: request.snapshots.clone(),
        small: RefCell::default(),
    };
    (entry.run)(&check);
    decoy::set(None);
    let Mode::Simulated(search) = check.mode else { unreachable!("it was made so above") };
    let search = search.into_inner();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let duration_ms = duration_ms.saturating_add(earlier.map_or(0, |resume| resume.duration_ms));
    if let Some(place) = search.paused {
        return Err(Resume { check: entry.name.to_owned(), place, duration_ms });
    }
    let report = Report {
        name: entry.name.to_owned(),
        clause: entry.clause,
        status: if search.finding.is_some() { Status::Failed } else { Status::Passed },
        schedules: search.schedules,
        exhausted: search.exhausted,
        finding: search.finding,
        duration_ms,
    };
    Ok((report, search.played))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::SCHEDULES;

    #[test]
    fn a_decoy_takes_less_than_two_in_a_hundred_of_the_schedules_of_its_check() {
        let most = (0..1_000).map(|draw| Decoy::drawn(draw, "a_check").most_schedules()).max();
        let share = most.unwrap() as f64 / SCHEDULES as f64;
        assert!(share < 0.02, "{share}");
    }
}
