//! A panic that can't go on, such as one in a destructor while another unwinds: what can be told of it before the
//! process aborts.

use std::panic;
use std::sync::{Mutex, PoisonError};

use engine::{Limits, Options, Origin, Strategy, Style, TaskId, execute};

use protocol::Thread;

/// What Rust panics with, as the last thing it does.
const LAST_WORDS: [&str; 2] =
    ["panic in a destructor during cleanup", "panic in a function that cannot unwind"];

/// One panic of learner code.
struct Panic {
    task: TaskId,
    /// What that is called.
    thread: String,
    message: String,
    origin: Origin,
}

impl Panic {
    fn describe(&self, source: &str) -> String {
        let (file, line) = self.origin.place(source);
        format!("\"{}\" at {file}:{line}", self.message)
    }

    fn thread(&self, source: &str) -> Thread {
        let (file, line) = self.origin.place(source);
        Thread {
            name: self.thread.clone(),
            file: Some(file),
            line: Some(line),
            waiting_for: None,
            caller: None,
        }
    }
}

/// Calls `tell` with what happened, and with where, right before the process aborts because of a panic.
///
/// `source` is the end of the path of the learner's file.
pub(crate) fn watch(source: String, tell: impl Fn(String, Option<Thread>) + Send + Sync + 'static) {
    // An empty execution: the engine's own hook, which records panics, has to be there, so that ours goes around it.
    let limits = Limits { steps: 1, threads: 1 };
    let strategy = Strategy::new(0, Style::Mixed);
    execute(Options { strategy, limits, explain: false, trace: false, source: "" }, &|| {});
    let engines = panic::take_hook();
    let latest: Mutex<Vec<Panic>> = Mutex::new(Vec::new());
    panic::set_hook(Box::new(move |info| {
        engines(info);
        if !engine::in_execution() {
            return;
        }
        let task = engine::current();
        let message = engine::message_of(info);
        let mut latest = latest.lock().unwrap_or_else(PoisonError::into_inner);
        if LAST_WORDS.iter().any(|words| message.starts_with(words)) {
            let own: Vec<&Panic> = latest.iter().rev().filter(|panic| panic.task == task).collect();
            let message = match own.as_slice() {
                [last, first, ..] => format!(
                    "it panicked, {}, while it unwound from another panic, {}",
                    last.describe(&source),
                    first.describe(&source)
                ),
                [last] => format!("it panicked where a panic can't unwind, {}", last.describe(&source)),
                [] => message,
            };
            tell(message, own.first().map(|panic| panic.thread(&source)));
            return;
        }
        latest.push(Panic { task, thread: engine::current_name(), message, origin: Origin::of(info) });
        // More than the two that meet is never told.
        if latest.len() > 2 {
            latest.remove(0);
        }
    }));
}
