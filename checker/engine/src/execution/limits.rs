//! How many steps an execution may take, and what becomes of one that takes more.

use std::sync::atomic::Ordering;

use super::{Exec, HEARTBEAT, Turn};
use crate::library;
use crate::report::Ending;
use crate::task::{Loc, NEVER};

/// So many steps in the libraries' own code cost as much as one of the program's.
const CHEAPER: u64 = 16;
/// A run of more steps than these is long.
const LONG: u64 = 20_000;
/// So many tasks are no crowd.
pub(super) const FEW: usize = 32;
/// What each task beyond these adds to the limit of steps while it is alive beside them.
const STEPS_A_TASK: u64 = 20_000;

impl Exec {
    /// A task has been added. A crowd has more to do. One that is begun again and again is no larger, so a loop of it comes to
    /// the limit.
    pub(super) fn grow(&mut self) {
        if self.alive > self.most_alive {
            self.most_alive = self.alive;
            self.limits.steps += STEPS_A_TASK;
        }
    }

    /// What limits of steps allow more, for so many tasks at once as there have been.
    pub(crate) fn steps_of_a_crowd(&self) -> u64 {
        (self.most_alive - FEW) as u64 * STEPS_A_TASK
    }

    #[inline]
    pub(super) fn count_step(&mut self, at: Loc) {
        self.steps += 1;
        let is_a_librarys = match self.running().of_rayon {
            true => library::is_of_one(at),
            // A thread that somebody else has started for a pool looks around as much. Only a long run needs to know.
            false => self.steps > LONG && library::is_of_a_pool(at),
        };
        if is_a_librarys {
            self.library_steps += 1;
            if !self.library_steps.is_multiple_of(CHEAPER) {
                return;
            }
        }
        self.effort += 1;
    }

    #[cold]
    pub(super) fn too_many_steps(&mut self) -> Turn {
        HEARTBEAT.fetch_add(1, Ordering::Relaxed);
        // What an enumeration is left with is a task that spins, and it has no end either.
        if self.effort >= self.restless_at && !self.enumerates {
            self.restless_at = NEVER;
            if let Some(quiet) = self.blocked.iter().copied().find(|t| self.tasks[*t as usize].quiet) {
                self.unpark(quiet, true);
                // Let the one that asked have its answer before anything else happens.
                self.next = quiet;
                self.switches += 1;
                return Turn::First;
            }
        }
        if self.effort >= self.limits.steps.min(self.restless_at) {
            return self.end(Ending::Endless);
        }
        Turn::Keep
    }
}
