//! Where a task stands and what it waits for, in words.

use std::path::Path;

use crate::library;
use crate::report::ThreadReport;
use crate::stack::{IDLE, Located, inside_library, locate, own_file};
use crate::task::{Loc, NEVER, State, Task, TaskId, name_of, waits_for};

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
    let waiting_for = waits_for(tasks, id).map(|words| match task.waiting {
        // Where a library waits for nobody in particular, its function says more.
        Some(waiting) if words == waiting.what && library::package_at(waiting.at).is_some() => {
            task.stack.as_ref().and_then(inside_library).map_or(words, str::to_owned)
        }
        _ => words,
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
