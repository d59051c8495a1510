//! What a step touches, and whether two steps of different tasks can be told apart by their order.

use crate::task::TaskId;

/// The operation of a thread that reads data that is no atomic and no lock. Several at once are no conflict.
pub const READ_DATA: &str = "read data";

/// What stands for the order of spawns, where no object can be,
pub(crate) const SPAWNS: usize = usize::MAX;
/// for what has been printed,
pub(crate) const PRINTED: usize = usize::MAX - 1;
/// for the clock, which each reading moves,
pub(crate) const CLOCK: usize = usize::MAX - 2;
/// for the end of a task,
pub(crate) fn end_of(task: TaskId) -> usize {
    usize::MAX - 3 - 2 * task as usize
}
/// and what stands for what a task leaves behind: an address to [`touch`](crate::touch).
pub fn result_of(task: TaskId) -> usize {
    usize::MAX - 4 - 2 * task as usize
}
/// From here on, no objects are.
pub(crate) const NO_OBJECTS: usize = usize::MAX - (1 << 20);
/// What stands for the order of SeqCst operations, where memory orders mean what they say.
pub(crate) const SEQ_CST: usize = NO_OBJECTS + 1;

/// Whether threads that touch it get to know of each other: not at what is only there for enumerations.
pub(crate) fn is_a_meeting(address: usize) -> bool {
    ![0, SPAWNS, PRINTED, CLOCK, SEQ_CST].contains(&address)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Touch {
    /// Its place among the objects of this execution.
    pub(crate) object: u32,
    pub(crate) name: Name,
    pub(crate) access: Access,
}

/// What a step does to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It sees what state the object is in.
    Look,
    /// It changes the state, in a way that gives the same in whatever order several steps do it, and does not see it.
    Add,
    /// Anything.
    Change,
}

impl Access {
    /// What an operation of this name does to its object.
    pub(crate) fn of(op: &str) -> Self {
        match op {
            "load" | READ_DATA | "is_completed" | "is_poisoned" | "get" | "read a count" => Self::Look,
            // Nobody looks at how many references there were before one was added.
            "drop sender" | "add to a count" => Self::Add,
            _ => Self::Change,
        }
    }

    pub(crate) fn conflicts_with(self, other: Self) -> bool {
        self != other || self == Self::Change
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Change }
    }
}

/// What an object is called in every execution that begins alike: its number in order of appearance, or the address
/// where that stands for something else.
pub(crate) type Name = usize;

/// A task whose next step has been tried from here.
#[derive(Debug, Clone)]
pub(crate) struct Sleeper {
    pub(crate) task: TaskId,
    pub(crate) footprint: Footprint,
    /// How many objects were known where it was tried.
    pub(crate) known: usize,
}

/// What a step touches, in a form that another execution can be compared with: objects have their
/// numbers in order of appearance, so those that were new to the step have none that means anything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Footprint {
    pub(crate) touches: Vec<Touch>,
    /// The announced object was new, and this was done to it.
    pub(crate) announced: Option<Access>,
    /// Other objects were.
    pub(crate) new_objects: bool,
}

impl Footprint {
    pub(crate) fn add(&mut self, touches: &[Touch], announced: Option<Name>, known: usize) {
        for touch in touches {
            if is_new(touch.name, known) {
                if announced == Some(touch.name) {
                    self.announced = Some(self.announced.map_or(touch.access, |a| a.and(touch.access)));
                } else {
                    self.new_objects = true;
                }
            } else if let Some(same) = self.touches.iter_mut().find(|t| t.name == touch.name) {
                same.access = same.access.and(touch.access);
            } else {
                self.touches.push(*touch);
            }
        }
    }
}

impl Sleeper {
    /// `announced` is the object that its next step will touch, if that has a number.
    pub(crate) fn conflicts_with(&self, touches: &[Touch], announced: Option<Name>) -> bool {
        touches.iter().any(|touch| {
            if is_new(touch.name, self.known) {
                let same = announced == Some(touch.name);
                let meets = same && self.footprint.announced.is_some_and(|a| a.conflicts_with(touch.access));
                return self.footprint.new_objects || meets;
            }
            let same = self.footprint.touches.iter().find(|t| t.name == touch.name);
            same.is_some_and(|t| t.access.conflicts_with(touch.access))
        })
    }
}

fn is_new(name: Name, known: usize) -> bool {
    (known..NO_OBJECTS).contains(&name)
}
