//! What a script is offered at a scheduling point.

use super::Exec;
use crate::script::{Offer, Stand, Standing};
use crate::task::{State, Task, TaskId};
use crate::trace::Trace;

impl Exec {
    /// Which of those that can run goes on.
    #[inline]
    pub(super) fn choice(&mut self, running: Option<TaskId>, yields: bool) -> TaskId {
        if self.strategy.is_given() && self.runnable.len() > 1 {
            let offer = self.offer(running);
            return self.strategy.take(offer, yields);
        }
        self.strategy.next(&self.runnable, running, yields)
    }

    #[cold]
    fn offer(&self, running: Option<TaskId>) -> Offer {
        let standing = |task: &Task| {
            let (op, at) = task.last;
            let state = match (task.state, task.waiting) {
                (State::Finished, _) => Stand::Finished,
                (State::Blocked, Some(waiting)) => {
                    // SAFETY: the holder's cell is a field of an object that the blocked task borrows.
                    let holder = waiting.holder.map(|holder| unsafe { (*holder).get() });
                    Stand::Waits(
                        waiting.what,
                        waiting.task.or(holder.filter(|holder| *holder != TaskId::MAX)),
                    )
                }
                _ => Stand::Ready,
            };
            Standing { op, at, state }
        };
        Offer {
            runnable: self.runnable.clone(),
            running,
            chosen: 0,
            tasks: self.tasks.iter().map(standing).collect(),
            events: self.trace.as_ref().map_or(0, Trace::seen),
            printed: self.console.len(),
            time: std::time::Duration::from_nanos(self.clock.now),
        }
    }
}
