//! Where a task stands and what it waits for, in words.

use std::path::Path;

use crate::report::ThreadReport;
use crate::stack::{IDLE, Located, inside_library, locate, own_file};
use crate::task::{Loc, NEVER, State, Task, TaskId, name_of};

pub(crate) fn thread(tasks: &[Task], id: TaskId, source: &str) -> ThreadReport {
    let task = &tasks[id as usize];
    let blocked = task.state == State::Blocked;
    let located = task.stack.as_ref().and_then(|stack| locate(stack, source));
    let fallback = task.waiting.map_or(task.last.1, |w| w.at);
    let (at, call, called_from) = match located {
        Some(Located { at, call, caller }) => (Some(at), call, caller),
        None => {
            let place = |at: Loc| Some((own_file(Path::new(at.file()), source)?, at.line()));
            let whole = |at: Loc| (at.file().to_owned(), at.line());
            let at = match source {
                "" => whole(fallback),
                _ => place(fallback).or_else(|| place(task.spawned_at)).unwrap_or(whole(task.spawned_at)),
            };
            (Some(at), None, None)
        }
    };
    let waiting_for = task.waiting.filter(|_| blocked).map(|w| {
        // SAFETY: the holder's cell is a field of an object that the blocked task borrows.
        let holder = w.holder.map(|h| unsafe { (*h).get() });
        match (w.task, holder) {
            (Some(other), _) => format!("`{}` to finish", name_of(tasks, other)),
            (None, Some(h)) if h != u32::MAX && h == id => format!("{} that it holds itself", w.what),
            (None, Some(h)) if h != u32::MAX => format!("{} held by `{}`", w.what, name_of(tasks, h)),
            _ => task.stack.as_ref().and_then(inside_library).unwrap_or(w.what).to_owned(),
        }
    });
    let idle = task.of_rayon && waiting_for.as_deref().is_none_or(|w| w == IDLE);
    let timed = blocked && task.deadline != NEVER;
    let waits_in = task.waiting.filter(|_| blocked).map(|w| w.at.file());
    ThreadReport {
        name: name_of(tasks, id),
        at,
        waiting_for,
        waits_in,
        called_from,
        timed,
        call,
        infrastructure: idle,
    }
}
