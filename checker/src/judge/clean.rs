//! What a learner's program has a say in, made fit to be shown and kept: no more of it than somebody would read, and no signs
//! that a terminal would act on.

use crate::legible::{is_acted_on, line as name, text};
use crate::verdict::{Check, Finding, Step, Thread};
use protocol::{Cut, Event, Played, Stand};

/// What is shorter than this is left as it is.
const LONG: usize = 300;
/// At most so many of threads, and of the steps of a schedule.
const THREADS: usize = 1_000;
const STEPS: usize = 200_000;
/// At most so many sentences of why.
const SENTENCES: usize = 20;

/// What can be made fit.
pub trait Clean {
    fn clean(self) -> Self;
}

fn in_place(field: &mut String, clean: fn(&str) -> String) {
    if field.len() > LONG || field.contains(is_acted_on) {
        *field = clean(field);
    }
}

fn if_any(field: &mut Option<String>, clean: fn(&str) -> String) {
    if let Some(field) = field {
        in_place(field, clean);
    }
}

impl Clean for Thread {
    fn clean(mut self) -> Thread {
        in_place(&mut self.name, name);
        if_any(&mut self.file, name);
        if_any(&mut self.waiting_for, name);
        self
    }
}

impl Clean for Step {
    fn clean(mut self) -> Step {
        in_place(&mut self.thread, name);
        in_place(&mut self.op, name);
        if_any(&mut self.object, name);
        if_any(&mut self.file, name);
        self
    }
}

impl Clean for Finding {
    fn clean(mut self) -> Finding {
        in_place(&mut self.message, text);
        if_any(&mut self.lacks, text);
        if_any(&mut self.input, text);
        if_any(&mut self.printed, text);
        self.why.truncate(SENTENCES);
        self.why.iter_mut().for_each(|sentence| in_place(sentence, text));
        if let Some(moment) = &mut self.moment {
            in_place(&mut moment.what, text);
        }
        self.threads.truncate(THREADS);
        self.threads = self.threads.into_iter().map(Clean::clean).collect();
        if let Some(schedule) = &mut self.schedule {
            let surplus = schedule.events.len().saturating_sub(STEPS);
            // The end is where it goes wrong.
            schedule.events.drain(..surplus);
            schedule.events = std::mem::take(&mut schedule.events).into_iter().map(Clean::clean).collect();
        }
        self
    }
}

impl Clean for Check {
    fn clean(mut self) -> Check {
        self.finding = self.finding.map(Clean::clean);
        self
    }
}

impl Clean for Played {
    fn clean(mut self) -> Played {
        self.threads.iter_mut().for_each(|thread| in_place(thread, name));
        in_place(&mut self.printed, text);
        if_any(&mut self.input, text);
        for standing in self.points.iter_mut().flat_map(|point| &mut point.standing) {
            in_place(&mut standing.op, name);
            if_any(&mut standing.object, name);
            if_any(&mut standing.file, name);
            if let Stand::Waits(what) = &mut standing.stand {
                in_place(what, name);
            }
        }
        self.steps = self.steps.into_iter().map(Clean::clean).collect();
        self.finding = self.finding.map(|finding| Box::new(finding.clean()));
        self
    }
}

impl Clean for Cut {
    fn clean(mut self) -> Cut {
        in_place(&mut self.message, text);
        if_any(&mut self.input, text);
        self.thread = self.thread.map(Clean::clean);
        self
    }
}

impl Clean for Event {
    fn clean(self) -> Event {
        match self {
            Event::End { check } => Event::End { check: Box::new(check.clean()) },
            Event::Stuck(cut) => Event::Stuck(cut.clean()),
            Event::Aborting(cut) => Event::Aborting(cut.clean()),
            Event::Played { played } => Event::Played { played: Box::new(played.clean()) },
            other => other,
        }
    }
}
