//! What an execution tells an enumeration of the steps that its tasks take: nothing, where another strategy chooses.

use super::Exec;
use crate::enumeration::Enumeration;
use crate::footprint::Access;
use crate::report::Ending;
use crate::task::{NEVER, TaskId, Waiting};

impl Exec {
    /// The next step of the running task will touch the object at `address`.
    pub(crate) fn announce(&mut self, address: usize, access: Access) {
        let task = self.current;
        self.enumeration().history.announce(task, address, access);
    }

    #[inline]
    pub(crate) fn touch(&mut self, address: usize, access: Access) {
        self.meet(address);
        self.tell(address, access);
    }

    /// As [`touch`](Self::touch), where that makes nothing known to others.
    #[inline]
    pub(crate) fn tell(&mut self, address: usize, access: Access) {
        if self.enumerates && address != 0 {
            self.enumeration().history.touch(address, access);
        }
    }

    pub(crate) fn enables(&mut self, task: TaskId) {
        if self.enumerates {
            self.enumeration().history.enables(task);
        }
    }

    pub(crate) fn satisfies(&mut self, task: TaskId, address: usize) {
        if self.enumerates {
            self.enumeration().history.satisfies(task, address);
        }
    }

    pub(crate) fn rested(&mut self, task: TaskId) {
        if self.enumerates {
            self.enumeration().history.rested(task);
        }
    }

    pub(crate) fn takes_lock(&mut self, address: usize) {
        self.meet(address);
        if self.enumerates {
            let is_guarded =
                self.tasks[self.current as usize].takes.is_some_and(|lock| lock.address == address);
            self.enumeration().history.takes(address, is_guarded);
        }
    }

    pub(crate) fn awaits(&mut self, address: usize) {
        self.meet(address);
        if self.enumerates {
            self.enumeration().history.awaits(address);
        }
    }

    pub(crate) fn releases_lock(&mut self, address: usize) {
        self.meet(address);
        if self.enumerates {
            self.enumeration().history.releases(address);
        }
    }

    /// A task can't run whose next step takes a lock that somebody has.
    pub(crate) fn park_those_without_their_lock(&mut self) {
        let is_held = |lock: Waiting| {
            // SAFETY: the task that is to take the lock borrows it, and stands still.
            lock.holder.is_some_and(|holder| unsafe { (*holder).get() } != u32::MAX)
        };
        let lock_of = |task: &TaskId| self.tasks[*task as usize].takes.filter(|lock| is_held(*lock));
        let without: Vec<(TaskId, Waiting)> =
            self.runnable.iter().filter_map(|task| Some((*task, lock_of(task)?))).collect();
        for (task, lock) in without {
            self.tasks[task as usize].waiting = Some(lock);
            self.park(task, NEVER, false);
            self.enumeration().without_lock(task, lock.address);
        }
    }

    /// The running task has come to a scheduling point, a wait or its end.
    pub(crate) fn step_taken(&mut self) {
        self.enumeration().close();
    }

    /// The task whose step is next; `None` ends the execution.
    pub(crate) fn next_step(&mut self, running: Option<TaskId>, yielding: bool) -> Option<TaskId> {
        let preferred = running.filter(|_| !yielding);
        let preferred = preferred.or_else(|| self.runnable.iter().copied().find(|t| Some(*t) != running));
        let runnable = std::mem::take(&mut self.runnable);
        let next = self.enumeration().next(&runnable, preferred);
        self.runnable = runnable;
        if next.is_none() {
            self.ending.get_or_insert(Ending::Redundant);
        }
        next
    }

    fn enumeration(&mut self) -> &mut Enumeration {
        self.strategy.enumeration().expect("only an enumeration is told")
    }
}
