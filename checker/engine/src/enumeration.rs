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
//! whatever two tasks can share has to be touched. What synchronises by other means is not seen: the
//! counts of an `Arc`, and memory orderings weaker than sequential consistency.
//!
//! Time moves only when no task can run, and nothing ends a wait without cause: those come from the
//! seeds of other strategies.

use std::collections::HashMap;

use crate::TaskId;
use crate::footprint::{Access, Footprint, NO_OBJECTS, Name, Sleeper, Touch};

/// For each task, one more than the number of its last event that has happened before; 0 for none.
type Clock = Vec<u32>;

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
    execution: Execution,
}

/// What one execution has done so far.
#[derive(Debug, Default)]
struct Execution {
    events: Vec<Event>,
    /// The place of the object at an address, and its name.
    places: HashMap<usize, (u32, Name)>,
    objects: Vec<Object>,
    /// How many of them are numbered.
    known: usize,
    /// For each task, what has happened before its next step,
    clocks: Vec<Clock>,
    /// and the address that it has said this will touch, and how.
    announced: Vec<Option<(usize, Access)>>,
    step: Option<Step>,
    /// What the last step touched.
    last: Vec<Touch>,
    redundant: bool,
}

/// A step that is being taken.
#[derive(Debug, Default)]
struct Step {
    task: TaskId,
    /// Its place in the trail.
    choice: usize,
    touches: Vec<Touch>,
    /// The object that it had announced.
    announced: Option<Name>,
    /// It could not have been taken while another task had the lock that it takes.
    is_guarded: bool,
    /// The locks that it takes and lets go of, by the places of their objects.
    takes: Vec<u32>,
    releases: Vec<u32>,
    /// The tasks that it lets run,
    enables: Vec<TaskId>,
    /// and those that waited for something that it and others have done, with the place of the object.
    satisfies: Vec<(TaskId, u32)>,
}

/// A step that has been taken.
#[derive(Debug)]
struct Event {
    task: TaskId,
    choice: usize,
    clock: Clock,
    /// It did nothing that others could know of.
    silent: bool,
}

#[derive(Debug, Default)]
struct Object {
    /// The last event that may have changed it,
    changed: Option<u32>,
    /// and what else has been done to it since.
    since: Vec<(u32, Access)>,
    /// If it is a lock, the event that took it last,
    taken: Option<u32>,
    /// and whether the last change was to let go of it.
    is_released: bool,
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

fn join(clock: &mut Clock, other: &[u32]) {
    if clock.len() < other.len() {
        clock.resize(other.len(), 0);
    }
    for (mine, theirs) in clock.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}

/// Whether the event `index` of `task` has happened before.
fn knows(clock: &[u32], task: TaskId, index: usize) -> bool {
    clock.get(task as usize).is_some_and(|last| *last as usize > index)
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
                self.execution = Execution::default();
                return Some(self);
            }
            self.trail.pop();
        }
        None
    }

    /// Whether the execution was given up, since all that it could still have shown had been seen.
    pub fn is_redundant(&self) -> bool {
        self.execution.redundant
    }

    /// Identifies the class of the schedule: the steps, and which happened before which.
    pub fn class(&self) -> Vec<(TaskId, Vec<u32>)> {
        let events = &self.execution.events;
        let mut taken: HashMap<TaskId, u32> = HashMap::new();
        // How many steps its task has taken with each event.
        let counts: Vec<u32> = events
            .iter()
            .map(|event| {
                let count = taken.entry(event.task).or_default();
                *count += u32::from(!event.silent);
                *count
            })
            .collect();
        let count = |last: &u32| if *last == 0 { 0 } else { counts[*last as usize - 1] };
        let step = |event: &Event| {
            let mut known: Vec<u32> = event.clock.iter().map(count).collect();
            while known.last() == Some(&0) {
                known.pop();
            }
            (event.task, known)
        };
        let mut class: Vec<_> = events.iter().filter(|event| !event.silent).map(step).collect();
        class.sort_unstable();
        class
    }

    /// Chooses among the tasks that can run; `preferred` is the one that costs no switch. `None` if whatever could come has
    /// been seen.
    pub(crate) fn next(&mut self, enabled: &[TaskId], preferred: Option<TaskId>) -> Option<TaskId> {
        if self.at == self.trail.len() {
            let asleep = self.still_asleep();
            let is_awake = |task: &TaskId| !asleep.iter().any(|s| s.task == *task);
            let first = preferred.into_iter().chain(enabled.iter().copied()).find(is_awake);
            let Some(chosen) = first else {
                self.execution.redundant = true;
                return None;
            };
            let mut wanted = vec![chosen];
            if !self.reduce {
                wanted.extend(enabled.iter().filter(|task| **task != chosen));
            }
            let known = self.execution.known;
            let footprint = Footprint::default();
            let enabled = enabled.to_vec();
            self.trail.push(Choice::Next(Next { enabled, chosen, wanted, asleep, known, footprint }));
        }
        let Choice::Next(next) = &self.trail[self.at] else {
            unreachable!("an execution depends on its choices alone");
        };
        debug_assert_eq!(next.enabled, enabled, "an execution depends on its choices alone");
        let task = next.chosen;
        self.execution.step = Some(Step { task, choice: self.at, ..Step::default() });
        self.at += 1;
        if let Some((address, access)) =
            self.execution.announced.get_mut(task as usize).and_then(Option::take)
        {
            self.touch(address, access);
            self.execution.announces();
        }
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

    /// The next step of `task` will touch the object at `address`.
    pub(crate) fn announce(&mut self, task: TaskId, address: usize, access: Access) {
        let (announced, task) = (&mut self.execution.announced, task as usize);
        if announced.len() <= task {
            announced.resize(task + 1, None);
        }
        announced[task] = (address != 0).then_some((address, access));
    }

    /// The step that is being taken touches the object at `address`, and may change it.
    pub(crate) fn touch(&mut self, address: usize, access: Access) {
        let Execution { places, objects, known, step: Some(step), .. } = &mut self.execution else { return };
        let name = if address > NO_OBJECTS { address } else { *known };
        let (object, name) = *places.entry(address).or_insert((objects.len() as u32, name));
        if object as usize == objects.len() {
            objects.push(Object::default());
            *known += usize::from(address <= NO_OBJECTS);
        }
        match step.touches.iter_mut().find(|t| t.object == object) {
            Some(touch) => touch.access = touch.access.and(access),
            None => step.touches.push(Touch { object, name, access }),
        }
    }

    /// The step takes the lock at `address`; `is_guarded` says that it could not have been taken otherwise.
    pub(crate) fn takes(&mut self, address: usize, is_guarded: bool) {
        self.touch(address, Access::Change);
        if let (Some((object, _)), Some(step)) =
            (self.execution.places.get(&address), &mut self.execution.step)
        {
            step.takes.push(*object);
            step.is_guarded |= is_guarded;
        }
    }

    /// The step lets go of the lock at `address`.
    pub(crate) fn releases(&mut self, address: usize) {
        self.touch(address, Access::Change);
        if let (Some((object, _)), Some(step)) =
            (self.execution.places.get(&address), &mut self.execution.step)
        {
            step.releases.push(*object);
        }
    }

    /// The step lets `task` run, which could not before it.
    pub(crate) fn enables(&mut self, task: TaskId) {
        if let Some(step) = &mut self.execution.step {
            step.enables.push(task);
        }
    }

    /// What `task` waited for at `address` is done, by this step and others that added to that.
    pub(crate) fn satisfies(&mut self, task: TaskId, address: usize) {
        self.touch(address, Access::Add);
        if let (Some((object, _)), Some(step)) =
            (self.execution.places.get(&address), &mut self.execution.step)
        {
            step.satisfies.push((task, *object));
        }
    }

    /// `task` can run since no other could: all that has happened has happened before its next step.
    pub(crate) fn rested(&mut self, task: TaskId) {
        let clocks = &mut self.execution.clocks;
        let mut all = Clock::new();
        clocks.iter().for_each(|clock| join(&mut all, clock));
        let task = task as usize;
        if clocks.len() <= task {
            clocks.resize(task + 1, Clock::new());
        }
        clocks[task] = all;
    }

    /// The step has been taken.
    pub(crate) fn close(&mut self) {
        let Some(step) = self.execution.step.take() else { return };
        let (task, index) = (step.task as usize, self.execution.events.len());
        let Execution { events, objects, clocks, .. } = &mut self.execution;
        let most = step
            .enables
            .iter()
            .chain(step.satisfies.iter().map(|(task, _)| task))
            .map(|t| *t as usize)
            .max()
            .unwrap_or(0)
            .max(task);
        if clocks.len() <= most {
            clocks.resize(most + 1, Clock::new());
        }

        // The last conflicting steps of others that have not happened before this one.
        let mut clock = clocks[task].clone();
        let mut conflicting: Vec<u32> = Vec::new();
        for touch in &step.touches {
            let object = &objects[touch.object as usize];
            conflicting.extend(object.changed);
            let since = object.since.iter().filter(|(_, access)| access.conflicts_with(touch.access));
            conflicting.extend(since.map(|(event, _)| event));
        }
        conflicting.sort_unstable_by(|a, b| b.cmp(a));
        conflicting.dedup();
        let mut races: Vec<usize> = Vec::new();
        // Two that take the same lock can do so in either order; to let go of it and to take it have one.
        let mut given: Vec<u32> = Vec::new();
        for touch in &step.touches {
            let object = &objects[touch.object as usize];
            if let Some(taken) = object.taken.filter(|_| object.is_released) {
                let by = events[taken as usize].task;
                if by != step.task && !knows(&clock, by, taken as usize) {
                    races.push(taken as usize);
                }
                if step.is_guarded && step.takes.contains(&touch.object) {
                    given.extend(object.changed);
                }
            }
        }
        for before in conflicting.into_iter().map(|i| i as usize) {
            let event = &events[before];
            if event.task != step.task && !knows(&clock, event.task, before) {
                join(&mut clock, &event.clock);
                if !given.contains(&(before as u32)) {
                    races.push(before);
                }
            }
        }
        if clock.len() <= task {
            clock.resize(task + 1, 0);
        }
        clock[task] = index as u32 + 1;

        for touch in &step.touches {
            let object = &mut objects[touch.object as usize];
            if touch.access == Access::Change {
                object.is_released = step.releases.contains(&touch.object);
                if step.takes.contains(&touch.object) {
                    object.taken = Some(index as u32);
                }
                object.changed = Some(index as u32);
                object.since.clear();
            } else {
                object.since.push((index as u32, touch.access));
            }
        }
        clocks[task].clone_from(&clock);
        for enabled in &step.enables {
            join(&mut clocks[*enabled as usize], &clock);
        }
        // What was waited for is done because of all that was added.
        for (waiter, object) in &step.satisfies {
            let waiter = &mut clocks[*waiter as usize];
            join(waiter, &clock);
            let earlier =
                objects[*object as usize].since.iter().filter(|(event, _)| (*event as usize) < index);
            earlier.for_each(|(event, _)| join(waiter, &events[*event as usize].clock));
        }
        let silent = step.touches.is_empty() && step.enables.is_empty() && step.satisfies.is_empty();
        events.push(Event { task: step.task, choice: step.choice, clock, silent });
        if let Choice::Next(next) = &mut self.trail[step.choice] {
            next.footprint.add(&step.touches, step.announced, next.known);
        }
        self.execution.last = step.touches;
        // What the first choices led to has been looked at in an execution before; where a number in a step
        // is a new one, the step is new.
        if self.reduce && self.at > self.old {
            let clock = self.execution.events[index].clock.clone();
            races.into_iter().for_each(|before| self.reverse(before, index, step.task, &clock));
        }
    }

    /// `task` can't run, since another one has the lock at `address`: it might have come first.
    pub(crate) fn without_lock(&mut self, task: TaskId, address: usize) {
        let Execution { events, places, objects, clocks, .. } = &self.execution;
        let taken = places.get(&address).and_then(|(object, _)| objects[*object as usize].taken);
        let Some(taken) = taken.map(|event| event as usize).filter(|_| self.reduce && self.at > self.old)
        else {
            return;
        };
        let clock = clocks.get(task as usize).cloned().unwrap_or_default();
        if events[taken].task != task && !knows(&clock, events[taken].task, taken) {
            self.reverse(taken, events.len(), task, &clock);
        }
    }

    /// Sees to it that a schedule will be tried in which a step of `task` does not wait for the event `earlier`, although it is, or
    /// would be, the event `later`, and conflicts. `clock` is what has happened before it.
    fn reverse(&mut self, earlier: usize, later: usize, task: TaskId, clock: &Clock) {
        let events = &self.execution.events;
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
        let Some(last) = self.execution.events.last().filter(|_| self.reduce) else { return Vec::new() };
        let Choice::Next(next) = &self.trail[last.choice] else {
            unreachable!("an event is a step that was chosen");
        };
        let Execution { announced, places, last, .. } = &self.execution;
        let survives = |s: &&Sleeper| {
            let object = announced.get(s.task as usize).copied().flatten();
            let name = object.and_then(|(address, _)| places.get(&address)).map(|(_, name)| *name);
            !s.conflicts_with(last, name)
        };
        next.asleep.iter().filter(survives).cloned().collect()
    }
}

impl Execution {
    /// What the step has touched first is what it had announced.
    fn announces(&mut self) {
        if let Some(step) = &mut self.step {
            step.announced = step.touches.first().map(|touch| touch.name);
        }
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
