//! Virtual time: it moves when nothing can run, to the next deadline and a little further.
//!
//! On a real machine a thread wakes *after* its deadline, and to read the clock takes time. Both matter to programs: a loop
//! that waits until `now > deadline` would never end if a wait ended at its deadline exactly, and a rate would be a
//! count by no time at all. So a wait is late by a little that the seed draws, and each reading of the clock takes a
//! nanosecond. A reading is no passing of time, though: whoever spins on the clock still waits for ever.

use super::Exec;
use crate::task::{NEVER, TaskId};

/// The time of an execution, in nanoseconds since it began.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// As far as waits have moved it. Deadlines are in this time, so that they do not depend on who has read the clock.
    pub(crate) now: u64,
    /// How often the clock has been read.
    pub(crate) readings: u64,
    /// How many steps had been taken when it moved last.
    pub(crate) steps_when_moved: u64,
    /// How often the clock had been read when it moved last.
    pub(crate) readings_when_moved: u64,
}

impl Clock {
    /// What a thread sees that looks at the clock.
    pub(crate) fn face(&self) -> u64 {
        self.now.saturating_add(self.readings)
    }
}

impl Exec {
    /// The next deadline of a blocked task.
    pub(super) fn soonest(&self) -> u64 {
        self.blocked.iter().map(|t| self.tasks[*t as usize].deadline).min().unwrap_or(NEVER)
    }

    /// Lets time run on a little although there are tasks that can run: on a real machine they may be slow.
    #[cold]
    pub(super) fn slip(&mut self) {
        let soonest = self.soonest();
        if soonest != NEVER && self.strategy.slips(soonest.saturating_sub(self.clock.now)) {
            self.move_to(soonest, 0);
        }
    }

    /// Moves time on to a deadline and `late` nanoseconds further, and wakes those whose deadline has come.
    pub(super) fn move_to(&mut self, soonest: u64, late: u64) {
        // Two that sleep until the same moment wake together, also if one of them has read the clock to find out how long.
        let same = soonest.saturating_add(self.clock.readings);
        let deadlines = self.blocked.iter().map(|t| self.tasks[*t as usize].deadline);
        let last = deadlines.filter(|d| *d <= same && *d != NEVER).max().unwrap_or(soonest);
        let now = last.max(soonest.saturating_add(late).min(NEVER - 1)).max(self.clock.now);
        if now > self.clock.now {
            self.clock.now = now;
            if let Some(memory) = &mut self.memory {
                memory.time_passes();
            }
            self.clock.steps_when_moved = self.steps;
            self.clock.readings_when_moved = self.clock.readings;
        }
        let is_due = |t: &TaskId| self.tasks[*t as usize].deadline <= now;
        let mut due: Vec<TaskId> = self.blocked.iter().copied().filter(is_due).collect();
        due.sort_unstable();
        for id in due {
            self.unpark(id, true);
            self.rested(id);
        }
    }
}
