//! All that has happened in an execution, as long as it is not too much.

use std::time::Duration;

use crate::report::Event;
use crate::stack::{Stack, capture, locate};
use crate::task::{Loc, TaskId};

/// A long trace keeps this many events of its beginning
const FIRST_EVENTS: usize = 600;
/// and this many of its end.
const LAST_EVENTS: usize = 100;

/// What has happened.
#[derive(Default)]
pub(crate) struct Trace {
    events: Vec<(Event, Option<Stack>)>,
    /// The addresses of the objects, in order of appearance.
    objects: Vec<usize>,
}

/// Something that a task did, as the task knows it.
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    pub(crate) task: TaskId,
    pub(crate) op: &'static str,
    /// The object's address; 0 for none.
    pub(crate) object: usize,
    pub(crate) at: Loc,
    pub(crate) blocked: bool,
}

impl Trace {
    pub(crate) fn push(&mut self, deed: Deed, now: u64) {
        let Deed { task, op, object, at, blocked } = deed;
        let object = self.number(object);
        let (place, time) = (Some((at.file().to_owned(), at.line())), Duration::from_nanos(now));
        if self.events.len() == FIRST_EVENTS + LAST_EVENTS {
            self.events.remove(FIRST_EVENTS);
        }
        self.events.push((Event { task, op, object, at: place, time, blocked }, Some(capture())));
    }

    /// The number of the object at `address`, counted from 1.
    fn number(&mut self, address: usize) -> u32 {
        if address == 0 {
            return 0;
        }
        let known = self.objects.iter().position(|object| *object == address);
        let index = known.unwrap_or_else(|| {
            self.objects.push(address);
            self.objects.len() - 1
        });
        index as u32 + 1
    }

    /// The events, each at the learner's line.
    pub(crate) fn into_events(self, source: &str) -> Vec<Event> {
        let located = |(mut event, stack): (Event, Option<Stack>)| {
            event.at = match stack.as_ref().and_then(|stack| locate(stack, source)) {
                Some((at, _)) => Some(at),
                None => event.at.filter(|(file, _)| !source.is_empty() && file.ends_with(source)),
            };
            event
        };
        self.events.into_iter().map(located).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;

    fn deed(op: &'static str, object: usize) -> Deed {
        Deed { task: 0, op, object, at: Location::caller(), blocked: false }
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
