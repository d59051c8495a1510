//! Every schedule of a small program, or one of each class of schedules that nobody can tell apart.
//!
//! A depth-first search over the choices of an execution, which is run again from its start for each
//! leaf. Between two scheduling points a task takes a *step*; two steps of different tasks *conflict*
//! if they touch the same object and one of them may change it. Schedules that differ only in the order
//! of steps that don't conflict are one class. Source sets say which alternatives have to be tried so
//! that every class is seen, and sleep sets that none is seen twice: Abdulla, Aronis, Jonsson and
//! Sagonas, "Optimal Dynamic Partial Order Reduction" (POPL 2014), the algorithm they call Source-DPOR;
//! sleep sets are Godefroid's.
//!
//! What a step touches is known when it has been taken: the object that its scheduling point announced,
//! the addresses at which it blocked or woke others, and what was said with [`touch`](crate::touch). So
//! whatever two tasks can share has to be touched. Where memory orders mean what they say, which store a load reads is
//! one more choice.
//!
//! Time moves only when no task can run, and nothing ends a wait without cause: those come from the
//! seeds of other strategies.

use crate::footprint::{Footprint, Sleeper};
use crate::history::{Clock, History, knows};
use crate::task::TaskId;

/// What is known of an enumeration after some executions, and the choices of the next one.
#[derive(Debug, Default)]
pub struct Enumeration {
    /// One schedule of each class is enough.
    reduce: bool,
    trail: Vec<Choice>,
    /// How many choices the execution has made.
    at: usize,
    /// The choices before this one are as they were in the execution before.
    old: usize,
    pub(crate) history: History,
}

#[derive(Debug)]
enum Choice {
    Next(Next),
    /// A number below another one.
    Number {
        chosen: u32,
        below: u32,
    },
}

/// Which task takes the next step.
#[derive(Debug)]
struct Next {
    enabled: Vec<TaskId>,
    chosen: TaskId,
    /// Those to be tried here, the ones that were tried among them.
    wanted: Vec<TaskId>,
    /// Those that need not be tried: all that they lead to has been seen.
    asleep: Vec<Sleeper>,
    /// How many objects were known before.
    known: usize,
    /// What the chosen step touched, whatever numbers were chosen in it.
    footprint: Footprint,
}

impl Enumeration {
    /// Every schedule, choice by choice.
    pub fn whole() -> Self {
        Self::default()
    }

    /// One schedule at least of every class.
    pub fn reduced() -> Self {
        Self { reduce: true, ..Self::default() }
    }

    /// What to run after the execution that this came back from; `None` when all has been seen.
    pub fn advance(mut self) -> Option<Self> {
        self.close();
        while let Some(last) = self.trail.last_mut() {
            let again = match last {
                Choice::Number { chosen, below } => {
                    *chosen += 1;
                    chosen < below
                }
                Choice::Next(next) => next.turn(),
            };
            if again {
                self.old = self.trail.len() - 1;
                self.at = 0;
                self.history = History::default();
                return Some(self);
            }
            self.trail.pop();
        }
        None
    }

    /// About which part of all schedules has been seen, between 0 and 1, if every choice led to as many: the estimate of
    /// Knuth, "Estimating the Efficiency of Backtrack Programs" (Mathematics of Computation 29, 1975). What is still found to
    /// be wanted makes it less.
    pub fn seen(&self) -> f64 {
        let (mut seen, mut share) = (0.0, 1.0);
        for choice in &self.trail {
            let (done, all) = match choice {
                Choice::Number { chosen, below } => (*chosen as usize, *below as usize),
                Choice::Next(next) => {
                    let is_done = |task: &&TaskId| next.asleep.iter().any(|sleeper| sleeper.task == **task);
                    (next.wanted.iter().filter(is_done).count(), next.wanted.len())
                }
            };
            share /= all.max(1) as f64;
            seen += share * done as f64;
        }
        seen
    }

    /// Identifies the class of the schedule: the steps, and which happened before which.
    pub fn class(&self) -> Vec<(TaskId, Vec<u32>)> {
        self.history.class()
    }

    /// Chooses among the tasks that can run; `preferred` is the one that costs no switch. `None` if whatever could come has
    /// been seen.
    pub(crate) fn next(&mut self, enabled: &[TaskId], preferred: Option<TaskId>) -> Option<TaskId> {
        if self.at == self.trail.len() {
            let asleep = self.still_asleep();
            let is_awake = |task: &TaskId| !asleep.iter().any(|s| s.task == *task);
            let first = preferred.into_iter().chain(enabled.iter().copied()).find(is_awake);
            let chosen = first?;
            let mut wanted = vec![chosen];
            if !self.reduce {
                wanted.extend(enabled.iter().filter(|task| **task != chosen));
            }
            let known = self.history.known;
            let footprint = Footprint::default();
            let enabled = enabled.to_vec();
            self.trail.push(Choice::Next(Next { enabled, chosen, wanted, asleep, known, footprint }));
        }
        let Choice::Next(next) = &self.trail[self.at] else {
            unreachable!("an execution depends on its choices alone");
        };
        debug_assert_eq!(next.enabled, enabled, "an execution depends on its choices alone");
        let task = next.chosen;
        self.history.begin(task, self.at);
        self.at += 1;
        Some(task)
    }

    /// A number in `0..below`.
    pub(crate) fn number(&mut self, below: usize) -> usize {
        if self.at == self.trail.len() {
            self.trail.push(Choice::Number { chosen: 0, below: below as u32 });
        }
        let Choice::Number { chosen, .. } = self.trail[self.at] else {
            unreachable!("an execution depends on its choices alone");
        };
        self.at += 1;
        chosen as usize
    }

    /// The step has been taken.
    pub(crate) fn close(&mut self) {
        let Some((step, races)) = self.history.close() else { return };
        if let Choice::Next(next) = &mut self.trail[step.choice] {
            next.footprint.add(&step.touches, step.announced, next.known);
        }
        // What the first choices led to has been looked at in an execution before; where a number in a step
        // is a new one, the step is new.
        if self.reduce && self.at > self.old {
            let index = self.history.events.len() - 1;
            let clock = self.history.events[index].clock.clone();
            races.into_iter().for_each(|before| self.reverse(before, index, step.task, &clock));
        }
    }

    /// `task` can't run, since another one has the lock at `address`: it might have come first.
    pub(crate) fn without_lock(&mut self, task: TaskId, address: usize) {
        if self.reduce
            && self.at > self.old
            && let Some((taken, clock)) = self.history.taken_before(task, address)
        {
            self.reverse(taken, self.history.events.len(), task, &clock);
        }
    }

    /// Sees to it that a schedule will be tried in which a step of `task` does not wait for the event `earlier`, although it is, or
    /// would be, the event `later`, and conflicts. `clock` is what has happened before it.
    fn reverse(&mut self, earlier: usize, later: usize, task: TaskId, clock: &Clock) {
        let events = &self.history.events;
        let of = events[earlier].task;
        // The steps in between that need not wait for the earlier one either, and the later one.
        let between = (earlier + 1..later).filter(|k| !knows(&events[*k].clock, of, earlier));
        let steps: Vec<(usize, TaskId, &Clock)> =
            between.map(|k| (k, events[k].task, &events[k].clock)).chain([(later, task, clock)]).collect();
        // The tasks that could take the first of those steps.
        let mut initials: Vec<TaskId> = Vec::new();
        for (place, (_, task, clock)) in steps.iter().enumerate() {
            if !steps[..place].iter().any(|(k, by, _)| knows(clock, *by, *k)) {
                initials.push(*task);
            }
        }
        let Choice::Next(next) = &mut self.trail[events[earlier].choice] else {
            unreachable!("an event is a step that was chosen");
        };
        let is_covered =
            |task: &TaskId| next.wanted.contains(task) || next.asleep.iter().any(|s| s.task == *task);
        if initials.iter().any(is_covered) {
            return;
        }
        initials.retain(|task| next.enabled.contains(task));
        match initials.iter().find(|initial| **initial == task).or(initials.first()) {
            Some(task) => next.wanted.push(*task),
            None => next.wanted.clone_from(&next.enabled),
        }
    }

    /// Those that slept at the last choice and were not woken by the step taken there.
    fn still_asleep(&self) -> Vec<Sleeper> {
        let Some(last) = self.history.events.last().filter(|_| self.reduce) else { return Vec::new() };
        let Choice::Next(next) = &self.trail[last.choice] else {
            unreachable!("an event is a step that was chosen");
        };
        next.asleep.iter().filter(|sleeper| !self.history.wakes(sleeper)).cloned().collect()
    }
}

impl Next {
    /// Chooses another that is wanted here; the one before sleeps from now on. Says whether there is one.
    fn turn(&mut self) -> bool {
        let footprint = std::mem::take(&mut self.footprint);
        self.asleep.push(Sleeper { task: self.chosen, footprint, known: self.known });
        match self.wanted.iter().find(|task| !self.asleep.iter().any(|s| s.task == **task)) {
            Some(task) => {
                self.chosen = *task;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::footprint::Access;

    /// Runs an execution by hand: each task takes its steps, each of which does one thing to one object.
    fn execute(enumeration: &mut Enumeration, tasks: &[&[(usize, Access)]]) -> Option<Vec<TaskId>> {
        let mut taken = vec![0; tasks.len()];
        let mut schedule = Vec::new();
        let announce = |enumeration: &mut Enumeration, task: usize, taken: &[usize]| {
            if let Some((object, access)) = tasks[task].get(taken[task]) {
                enumeration.history.announce(task as TaskId, *object, *access);
            }
        };
        (0..tasks.len()).for_each(|task| announce(enumeration, task, &taken));
        loop {
            enumeration.close();
            let enabled: Vec<TaskId> = (0..tasks.len())
                .filter(|task| taken[*task] < tasks[*task].len())
                .map(|t| t as TaskId)
                .collect();
            if enabled.is_empty() {
                return Some(schedule);
            }
            let task = enumeration.next(&enabled, None)?;
            schedule.push(task);
            taken[task as usize] += 1;
            announce(enumeration, task as usize, &taken);
        }
    }

    fn schedules(tasks: &[&[(usize, Access)]], start: Enumeration) -> usize {
        let (mut left, mut count) = (Some(start), 0);
        while let Some(mut enumeration) = left {
            count += usize::from(execute(&mut enumeration, tasks).is_some());
            left = enumeration.advance();
        }
        count
    }

    #[test]
    fn steps_on_different_objects_have_one_class() {
        let tasks: [&[_]; 2] = [&[(16, Access::Change); 2], &[(32, Access::Change); 2]];
        assert_eq!(
            (schedules(&tasks, Enumeration::whole()), schedules(&tasks, Enumeration::reduced())),
            (6, 1)
        );
    }

    #[test]
    fn changes_of_one_object_have_a_class_for_each_order() {
        let tasks: [&[_]; 2] = [&[(16, Access::Change); 2], &[(16, Access::Change); 2]];
        assert_eq!(
            (schedules(&tasks, Enumeration::whole()), schedules(&tasks, Enumeration::reduced())),
            (6, 6)
        );
    }

    #[test]
    fn half_of_the_schedules_are_seen_after_half_of_them() {
        let tasks: [&[_]; 2] = [&[(16, Access::Change)], &[(16, Access::Change)]];
        let mut first = Enumeration::whole();
        execute(&mut first, &tasks);
        assert!(first.seen().abs() < f64::EPSILON);
        let second = first.advance().expect("there are two schedules");
        assert!((second.seen() - 0.5).abs() < f64::EPSILON, "{}", second.seen());
    }

    #[test]
    fn looks_and_additions_commute_among_themselves_only() {
        let (look, add) = ([(16, Access::Look)], [(16, Access::Add)]);
        assert_eq!(schedules(&[&look, &look], Enumeration::reduced()), 1);
        assert_eq!(schedules(&[&add, &add], Enumeration::reduced()), 1);
        assert_eq!(schedules(&[&look, &add], Enumeration::reduced()), 2);
    }
}
