//! Virtual time: it moves when nothing can run, to the next deadline and a little further.
//!
//! On a real machine a thread wakes *after* its deadline, and to read the clock takes time. Both matter to programs: a loop
//! that waits until `now > deadline` would never end if a wait ended at its deadline exactly, and a rate would be a
//! count by no time at all. So a wait is late by a little that the seed draws, and each reading of the clock takes a
//! nanosecond. A reading is no passing of time, though: whoever spins on the clock still waits for ever.

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

    /// Moves it on to `now`, after so many steps.
    pub(crate) fn move_to(&mut self, now: u64, steps: u64) {
        if now > self.now {
            self.now = now;
            self.steps_when_moved = steps;
            self.readings_when_moved = self.readings;
        }
    }
}
