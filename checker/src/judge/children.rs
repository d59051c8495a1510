//! Running the checks of one program in several children at once.

use crate::judge::child::{self, HANGS, left_out, unrun};
use crate::judge::news::News;
use crate::process::cancel::Cancel;
use crate::verdict::{Check, Kind, Status};
use anyhow::Result;
use protocol::{Listed, Request};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// With so few schedules for each check, starting a process costs more than an unequal share does.
const FEW: u64 = 100;

/// As [`child::run`] for all checks, with `size` children at once. Each takes a few of the checks that are left, and then some more.
/// Those of `hung` are known to hang: each takes its time to find that out, and is not run again.
///
/// # Errors
/// If the trouble is not the learner's.
pub fn run(
    program: &Path,
    request: &Request,
    cancel: &Cancel,
    size: usize,
    hung: Vec<Check>,
    tell: &mut dyn FnMut(News),
) -> Result<Vec<Check>> {
    let deadline = Instant::now() + Duration::from_millis(request.timeout_ms);
    let listed = child::list(program, request, cancel)?;
    tell(News::Listed(listed.clone()));
    let asked = |check: &&Listed| request.only.as_ref().is_none_or(|only| only.contains(&check.name));
    let is_known = |check: &&Listed| hung.iter().any(|known| known.name == check.name);
    // What comes after so many that hang is not begun.
    let last = listed.iter().enumerate().filter(|(_, check)| is_known(check)).nth(HANGS - 1);
    let (begun, left) = listed.split_at(last.map_or(listed.len(), |(place, _)| place + 1));
    let left: Vec<Listed> = left.iter().filter(asked).cloned().collect();
    let open = begun.iter().filter(asked).filter(|check| !is_known(check)).cloned().collect();
    let queue = Queue::of(open, size, request.schedules);
    let (sender, heard) = mpsc::channel();
    let ended = thread::scope(|scope| {
        let (queue, listed) = (&queue, &listed);
        let start = |_| {
            let sender = sender.clone();
            scope.spawn(move || {
                let mut ended = Vec::new();
                while let Some(checks) = queue.take() {
                    let only = Some(checks.into_iter().map(|check| check.name).collect());
                    let request = Request { only, ..request.clone() };
                    let suite = Some(listed.clone());
                    let checks = child::run_until(deadline, suite, program, &request, cancel, &mut |news| {
                        // The list is told once, for all of them. They are heard until the last has ended.
                        if !matches!(news, News::Listed(_)) {
                            let _ = sender.send(news);
                        }
                    });
                    // Where something is wrong that is not the learner's, the others need not begin.
                    let checks = checks.inspect_err(|_| drop(queue.rest()))?;
                    queue.hung(checks.iter().filter(|check| hangs(check)).count());
                    ended.extend(checks);
                }
                Ok(ended)
            })
        };
        let children: Vec<_> = (0..queue.size).map(start).collect();
        drop(sender);
        heard.into_iter().for_each(&mut *tell);
        let joined = children
            .into_iter()
            .map(|child| child.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)));
        joined.collect::<Result<Vec<Vec<Check>>>>()
    })?;
    let mut checks: Vec<Check> = ended.into_iter().flatten().collect();
    for check in hung {
        tell(News::Ended(Box::new(check.clone())));
        checks.push(check);
    }
    for check in queue.rest().into_iter().chain(left) {
        let check = unrun(check, Status::Undecided, left_out());
        tell(News::Ended(Box::new(check.clone())));
        checks.push(check);
    }
    checks.sort_by_key(|check| listed.iter().position(|listed| listed.name == check.name));
    as_one_child_would(&mut checks);
    Ok(checks)
}

/// The checks that no child has taken yet, in their order.
struct Queue {
    state: Mutex<State>,
    size: usize,
    /// So many for each child, where it is to take its share at once.
    whole_share: Option<usize>,
}

struct State {
    left: VecDeque<Listed>,
    hangs: usize,
}

impl Queue {
    fn of(checks: VecDeque<Listed>, size: usize, schedules: Option<u64>) -> Queue {
        let size = size.clamp(1, checks.len().max(1));
        let whole_share =
            schedules.filter(|schedules| *schedules <= FEW).map(|_| checks.len().div_ceil(size));
        Queue { state: Mutex::new(State { left: checks, hangs: 0 }), size, whole_share }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Some checks for a child: fewer and fewer, so that all children end at about the same time.
    fn take(&self) -> Option<Vec<Listed>> {
        let mut state = self.state();
        if state.left.is_empty() || state.hangs >= HANGS {
            return None;
        }
        let left = state.left.len();
        let share = self.whole_share.unwrap_or_else(|| left.div_ceil(2 * self.size));
        Some(state.left.drain(..share.min(left)).collect())
    }

    /// So many more checks have hung. All that are left come after them.
    fn hung(&self, checks: usize) {
        self.state().hangs += checks;
    }

    /// What nobody has taken. Nothing is left then.
    fn rest(&self) -> Vec<Listed> {
        self.state().left.drain(..).collect()
    }
}

/// Whether a check was found to hang.
pub fn hangs(check: &Check) -> bool {
    check.status == Status::Failed && check.kind() == Some(Kind::TimedOut)
}

/// How many processors a machine has must not be seen in a verdict: a single child gives up after some checks that hang,
/// whatever those after them would have given.
fn as_one_child_would(checks: &mut [Check]) {
    let hung = checks.iter().enumerate().filter(|(_, check)| hangs(check)).map(|(place, _)| place);
    let Some(last) = hung.take(HANGS).nth(HANGS - 1) else { return };
    for check in &mut checks[last + 1..] {
        let listed = Listed { name: check.name.clone(), clause: check.clause };
        *check = unrun(listed, Status::Undecided, left_out());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(checks: usize, size: usize, schedules: Option<u64>) -> Queue {
        let listed = (0..checks).map(|n| Listed { name: n.to_string(), clause: 1 });
        Queue::of(listed.collect(), size, schedules)
    }

    fn shares(queue: &Queue) -> Vec<usize> {
        std::iter::from_fn(|| queue.take()).map(|share| share.len()).collect()
    }

    #[test]
    fn shares_become_smaller_towards_the_end() {
        assert_eq!(shares(&queue(24, 2, None)), [6, 5, 4, 3, 2, 1, 1, 1, 1]);
        assert_eq!(shares(&queue(24, 1, None)), [12, 6, 3, 2, 1]);
        assert_eq!(shares(&queue(0, 2, None)), [0; 0]);
    }

    #[test]
    fn where_each_check_takes_no_time_a_child_is_started_once() {
        assert_eq!(shares(&queue(9, 2, Some(FEW))), [5, 4]);
    }

    #[test]
    fn after_some_that_hang_nothing_more_is_begun() {
        let queue = queue(24, 2, None);
        queue.take().unwrap();
        queue.hung(HANGS);
        assert!(queue.take().is_none());
        assert_eq!(queue.rest().len(), 18);
    }
}
