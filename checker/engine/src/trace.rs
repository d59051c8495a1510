//! All that has happened in an execution, as long as it is not too much.

use std::path::Path;
use std::time::Duration;

use crate::counts::block_of;
use crate::library;
use crate::report::Event;
use crate::stack::{Located, Stack, capture, counting, locate, own_file};
use crate::task::{Point, TaskId};

/// A long trace keeps this many events of its beginning
const FIRST_EVENTS: usize = 600;
/// and this many of its end.
const LAST_EVENTS: usize = 100;

/// This many of the internal events are kept, the last ones.
const INTERNAL: usize = 200;

/// What has happened.
#[derive(Default)]
pub(crate) struct Trace {
    events: Vec<Entry>,
    internal: Vec<Entry>,
    /// How many of both there have been.
    pushed: u64,
}

struct Entry {
    event: Event,
    stack: Option<Stack>,
    address: usize,
    is_count: bool,
    /// It is a library's own, and of which.
    library: Option<&'static str>,
    /// Its place among all.
    place: u64,
}

/// Something that a task did, as the task knows it.
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    pub(crate) task: TaskId,
    pub(crate) point: Point,
    pub(crate) blocked: bool,
    /// It is an event of the program.
    pub(crate) is_seen: bool,
}

impl Trace {
    /// How many events of the program have been kept so far.
    pub(crate) fn seen(&self) -> usize {
        self.events.len()
    }

    /// How many of these each of so many tasks has done.
    pub(crate) fn done_by(&self, tasks: usize) -> Vec<usize> {
        let mut done = vec![0; tasks];
        for entry in &self.events {
            done[entry.event.task as usize] += 1;
        }
        done
    }

    /// The place of the last thing that was done, among all.
    pub(crate) fn last_place(&self) -> u64 {
        self.pushed
    }

    pub(crate) fn push(&mut self, deed: Deed, now: u64) {
        let Deed { task, point: Point { op, object, at, orders, is_count, .. }, blocked, is_seen } = deed;
        // The trace is of events: the others have a bound of their own, so that they take no event's place.
        let (entries, kept) = match is_seen {
            true => (&mut self.events, FIRST_EVENTS + LAST_EVENTS),
            false => (&mut self.internal, INTERNAL),
        };
        if entries.len() == kept {
            entries.remove(if is_seen { FIRST_EVENTS } else { 0 });
        }
        let (place, time) = (Some((at.file().to_owned(), at.line())), Duration::from_nanos(now));
        let (outcome, call) = (None, None);
        let event = Event {
            task,
            op,
            outcome,
            call,
            done_in: at.file(),
            object: 0,
            at: place,
            time,
            blocked,
            orders,
            internal: !is_seen,
            stale: None,
            races: false,
        };
        self.pushed += 1;
        let stack = is_seen.then(capture);
        let library = library::package_at(at);
        entries.push(Entry { event, stack, address: object, is_count, library, place: self.pushed });
    }

    /// Says what became of the last thing that `task` did.
    pub(crate) fn outcome(&mut self, task: TaskId, text: String) {
        let last = self.events.iter_mut().rev().find(|entry| entry.event.task == task);
        // What a library looks at inside is not in the trace, and its values are nobody's concern.
        if let Some(entry) = last.filter(|entry| entry.library.is_none()) {
            entry.event.outcome = Some(text);
        }
    }

    /// As [`Self::outcome`], unless the same was said when `task` did something to the same object before.
    pub(crate) fn outcome_if_new(&mut self, task: TaskId, text: String) {
        let mut own = self.events.iter().rev().filter(|entry| entry.event.task == task);
        let address = own.next().map(|entry| entry.address);
        let before = own.find(|entry| Some(entry.address) == address && entry.event.outcome.is_some());
        if before.and_then(|entry| entry.event.outcome.as_ref()) != Some(&text) {
            self.outcome(task, text);
        }
    }

    /// The last thing that `task` did did not see the newest value: the number of what is known of that.
    pub(crate) fn is_stale(&mut self, task: TaskId, number: usize) {
        if let Some(entry) = self.events.iter_mut().rev().find(|entry| entry.event.task == task) {
            entry.event.stale = Some(number);
        }
    }

    /// What was done at these places races with each other.
    pub(crate) fn races(&mut self, places: [u64; 2]) {
        let both = self.events.iter_mut().filter(|entry| places.contains(&entry.place));
        both.for_each(|entry| entry.event.races = true);
    }

    /// The events, each at the learner's line, with the internal ones among them.
    pub(crate) fn into_events(self, source: &str) -> Vec<Event> {
        let mut entries: Vec<Entry> = self.events.into_iter().chain(self.internal).collect();
        entries.sort_by_key(|entry| entry.place);
        let mut objects: Vec<usize> = Vec::new();
        let described = |entry: Entry| {
            let Entry { mut event, stack, address, is_count, library, .. } = entry;
            if event.internal {
                event.at = None;
                return event;
            }
            event.object = number(&mut objects, if is_count { block_of(address) } else { address });
            event.at = match stack.as_ref().and_then(|stack| locate(stack, source)) {
                Some(Located { at, call, .. }) => {
                    event.call = library.and(call).map(|call| library::called(&call));
                    Some(at)
                }
                None if library.is_some() => {
                    event.call = Some(library::INSIDE.to_owned());
                    None
                }
                None => event.at.and_then(|(file, line)| Some((own_file(Path::new(&file), source)?, line))),
            };
            if is_count {
                event.op = stack
                    .as_ref()
                    .and_then(|stack| counting(stack, address != block_of(address)))
                    .unwrap_or("count references");
            }
            event
        };
        entries.into_iter().map(described).collect()
    }
}

/// The number of the object at `address`, in order of appearance; 0 for none.
fn number(objects: &mut Vec<usize>, address: usize) -> u32 {
    if address == 0 {
        return 0;
    }
    let known = objects.iter().position(|object| *object == address);
    let index = known.unwrap_or_else(|| {
        objects.push(address);
        objects.len() - 1
    });
    index as u32 + 1
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;

    fn deed(op: &'static str, object: usize) -> Deed {
        let at = Location::caller();
        let point = Point { op, object, at, yields: false, orders: None, is_plain: false, is_count: false };
        Deed { task: 0, point, blocked: false, is_seen: true }
    }

    #[test]
    fn objects_are_numbered_as_they_appear() {
        let mut trace = Trace::default();
        [0, 64, 32, 64].into_iter().for_each(|object| trace.push(deed("lock", object), 0));
        let numbers: Vec<u32> = trace.into_events("").iter().map(|event| event.object).collect();
        assert_eq!(numbers, [0, 1, 2, 1]);
    }

    #[test]
    fn a_long_trace_keeps_its_beginning_and_its_end() {
        let mut trace = Trace::default();
        (0..1_000).for_each(|now| trace.push(deed("load", 0), now));
        let times: Vec<u128> = trace.into_events("").iter().map(|event| event.time.as_nanos()).collect();
        assert_eq!(times.len(), FIRST_EVENTS + LAST_EVENTS);
        assert_eq!((times[0], times[FIRST_EVENTS - 1]), (0, 599));
        assert_eq!((times[FIRST_EVENTS], times.last()), (900, Some(&999)));
    }
}
