//! A panic that can't go on, such as one in a destructor while another unwinds: what can be told of it before the
//! process aborts.

use std::panic;
use std::sync::{Mutex, PoisonError};

use engine::{Limits, Options, Strategy, Style, TaskId, execute};

use protocol::Thread;

/// What Rust panics with, as the last thing it does.
const LAST_WORDS: [&str; 2] =
    ["panic in a destructor during cleanup", "panic in a function that cannot unwind"];

/// One panic of learner code.
struct Panic {
    task: TaskId,
    message: String,
    file: String,
    line: u32,
}

impl Panic {
    fn describe(&self) -> String {
        format!("\"{}\" at {}:{}", self.message, self.file, self.line)
    }

    fn thread(&self) -> Thread {
        Thread {
            name: if self.task == 0 { "main" } else { "a thread" }.to_owned(),
            file: Some(self.file.clone()),
            line: Some(self.line),
            waiting_for: None,
            caller: None,
        }
    }
}

/// Calls `tell` with what happened, and with where, right before the process aborts because of a panic.
pub(crate) fn watch(tell: impl Fn(String, Option<Thread>) + Send + Sync + 'static) {
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
                    last.describe(),
                    first.describe()
                ),
                [last] => format!("it panicked where a panic can't unwind, {}", last.describe()),
                [] => message,
            };
            tell(message, own.first().map(|panic| panic.thread()));
            return;
        }
        let (file, line) = info.location().map_or((String::new(), 0), |at| (at.file().to_owned(), at.line()));
        latest.push(Panic { task, message, file, line });
        // More than the two that meet is never told.
        if latest.len() > 2 {
            latest.remove(0);
        }
    }));
}
