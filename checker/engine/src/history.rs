//! What one execution has done so far: the steps of its tasks, what they touched, and which happened before which.

use std::collections::HashMap;

use crate::footprint::{Access, NO_OBJECTS, Name, Sleeper, Touch};
use crate::task::TaskId;

/// For each task, one more than the number of its last event that has happened before; 0 for none.
pub(crate) type Clock = Vec<u32>;

fn join(clock: &mut Clock, other: &[u32]) {
    if clock.len() < other.len() {
        clock.resize(other.len(), 0);
    }
    for (mine, theirs) in clock.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}

/// Whether the event `index` of `task` has happened before.
pub(crate) fn knows(clock: &[u32], task: TaskId, index: usize) -> bool {
    clock.get(task as usize).is_some_and(|last| *last as usize > index)
}

/// What one execution has done so far.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) events: Vec<Event>,
    /// The place of the object at an address, and its name.
    places: HashMap<usize, (u32, Name)>,
    objects: Vec<Object>,
    /// How many of them are numbered.
    pub(crate) known: usize,
    /// For each task, what has happened before its next step,
    clocks: Vec<Clock>,
    /// and the address that it has said this will touch, and how.
    announced: Vec<Option<(usize, Access)>>,
    step: Option<Step>,
    /// What the last step touched.
    last: Vec<Touch>,
}

/// A step that is being taken.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) task: TaskId,
    /// Its place in the trail.
    pub(crate) choice: usize,
    pub(crate) touches: Vec<Touch>,
    /// The object that it had announced.
    pub(crate) announced: Option<Name>,
    /// It could not have been taken while another task had the lock that it takes.
    is_guarded: bool,
    /// The locks that it takes and lets go of, by the places of their objects.
    takes: Vec<u32>,
    releases: Vec<u32>,
    /// What it has waited for is done for good, at the places of these objects: nothing of that could come later.
    awaited: Vec<u32>,
    /// The tasks that it lets run,
    enables: Vec<TaskId>,
    /// and those that waited for something that it and others have done, with the place of the object.
    satisfies: Vec<(TaskId, u32)>,
}

/// A step that has been taken.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) task: TaskId,
    pub(crate) choice: usize,
    pub(crate) clock: Clock,
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

impl History {
    /// `task` begins the step that was chosen at `choice`.
    pub(crate) fn begin(&mut self, task: TaskId, choice: usize) {
        self.step = Some(Step { task, choice, ..Step::default() });
        if let Some((address, access)) = self.announced.get_mut(task as usize).and_then(Option::take)
            && let Some((step, _)) = self.touch(address, access)
        {
            step.announced = step.touches.first().map(|touch| touch.name);
        }
    }

    /// The next step of `task` will touch the object at `address`.
    pub(crate) fn announce(&mut self, task: TaskId, address: usize, access: Access) {
        let (announced, task) = (&mut self.announced, task as usize);
        if announced.len() <= task {
            announced.resize(task + 1, None);
        }
        announced[task] = (address != 0).then_some((address, access));
    }

    /// The step that is being taken does this to the object at `address`. Returns the step, and the object's place.
    pub(crate) fn touch(&mut self, address: usize, access: Access) -> Option<(&mut Step, u32)> {
        let Self { places, objects, known, step: Some(step), .. } = self else { return None };
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
        Some((step, object))
    }

    /// The step takes the lock at `address`; `is_guarded` says that it could not have been taken otherwise.
    pub(crate) fn takes(&mut self, address: usize, is_guarded: bool) {
        if let Some((step, object)) = self.touch(address, Access::Change) {
            step.takes.push(object);
            step.is_guarded |= is_guarded;
        }
    }

    /// The step lets go of the lock at `address`.
    pub(crate) fn releases(&mut self, address: usize) {
        if let Some((step, object)) = self.touch(address, Access::Change) {
            step.releases.push(object);
        }
    }

    /// The step was not to be taken before what is done at `address` was done for good.
    pub(crate) fn awaits(&mut self, address: usize) {
        if let Some((step, object)) = self.touch(address, Access::Look) {
            step.awaited.push(object);
        }
    }

    /// The step lets `task` run, which could not before it.
    pub(crate) fn enables(&mut self, task: TaskId) {
        if let Some(step) = &mut self.step {
            step.enables.push(task);
        }
    }

    /// What `task` waited for at `address` is done, by this step and others that added to that.
    pub(crate) fn satisfies(&mut self, task: TaskId, address: usize) {
        if let Some((step, object)) = self.touch(address, Access::Add) {
            step.satisfies.push((task, object));
        }
    }

    /// `task` can run since no other could: all that has happened has happened before its next step.
    pub(crate) fn rested(&mut self, task: TaskId) {
        let clocks = &mut self.clocks;
        let mut all = Clock::new();
        clocks.iter().for_each(|clock| join(&mut all, clock));
        let task = task as usize;
        if clocks.len() <= task {
            clocks.resize(task + 1, Clock::new());
        }
        clocks[task] = all;
    }

    /// The step has been taken. Returns it with the events that it races with: they happened before, and need not have.
    pub(crate) fn close(&mut self) -> Option<(Step, Vec<usize>)> {
        let step = self.step.take()?;
        let (task, index) = (step.task as usize, self.events.len());
        let Self { events, objects, clocks, .. } = self;
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
            if step.awaited.contains(&touch.object) {
                given.extend(object.changed);
                given.extend(object.since.iter().map(|(event, _)| event));
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
        self.last.clone_from(&step.touches);
        Some((step, races))
    }

    /// The event that took the lock at `address` last, if `task` need not have waited for it.
    pub(crate) fn taken_before(&self, task: TaskId, address: usize) -> Option<(usize, Clock)> {
        let (object, _) = self.places.get(&address)?;
        let taken = self.objects[*object as usize].taken? as usize;
        let clock = self.clocks.get(task as usize).cloned().unwrap_or_default();
        let by = self.events[taken].task;
        (by != task && !knows(&clock, by, taken)).then_some((taken, clock))
    }

    /// Whether the last step conflicts with what the sleeper would do.
    pub(crate) fn wakes(&self, sleeper: &Sleeper) -> bool {
        let announced = self.announced.get(sleeper.task as usize).copied().flatten();
        let name = announced.and_then(|(address, _)| self.places.get(&address)).map(|(_, name)| *name);
        sleeper.conflicts_with(&self.last, name)
    }

    /// Identifies the class of the schedule: the steps, and which happened before which.
    pub(crate) fn class(&self) -> Vec<(TaskId, Vec<u32>)> {
        let events = &self.events;
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
}
