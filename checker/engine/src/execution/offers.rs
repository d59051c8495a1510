//! What a script is offered at a scheduling point.

use super::Exec;
use crate::script::{Offer, Stand, Standing};
use crate::task::{State, Task, TaskId, waits_for};
use crate::trace::Trace;

impl Exec {
    /// Which of those that can run goes on.
    #[inline]
    pub(super) fn choice(&mut self, running: Option<TaskId>, yields: bool) -> TaskId {
        if self.strategy.has_script() && self.runnable.len() > 1 {
            let offer = self.offer(running);
            return self.strategy.take(offer, yields);
        }
        self.strategy.next(&self.runnable, running, yields)
    }

    #[cold]
    fn offer(&self, running: Option<TaskId>) -> Offer {
        let standing = |(id, task): (TaskId, &Task)| {
            let (op, at) = task.last;
            let state = match (task.state, waits_for(&self.tasks, id)) {
                (State::Finished, _) => Stand::Finished,
                (_, Some(what)) => Stand::Waits(what),
                _ => Stand::Ready,
            };
            Standing { op, at, state }
        };
        Offer {
            runnable: self.runnable.clone(),
            running,
            chosen: 0,
            tasks: (0..).zip(&self.tasks).map(standing).collect(),
            events: self.trace.as_ref().map_or(0, Trace::seen),
            done: self.trace.as_ref().map(|trace| trace.done_by(self.tasks.len())).unwrap_or_default(),
            printed: self.console.len(),
            time: std::time::Duration::from_nanos(self.clock.now),
        }
    }
}
