//! Keys, read on a thread of its own: the library that reads them does not return once the terminal has gone.

use anyhow::{Context, Result, bail};
use ratatui::crossterm::event::{self, Event};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a pause takes to begin, at most.
const TICK: Duration = Duration::from_millis(30);

pub struct Keys {
    pressed: Receiver<io::Result<Event>>,
    gate: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    /// Held while the terminal is read.
    reading: Mutex<()>,
    /// Whoever reads would otherwise take the lock again before we get it.
    paused: AtomicBool,
}

impl Keys {
    pub fn open() -> Keys {
        let gate = Arc::new(Gate::default());
        let (sender, pressed) = mpsc::channel();
        let reader = Arc::clone(&gate);
        // Never joined: it ends when nobody listens, or with the process.
        thread::spawn(move || {
            loop {
                let reading = reader.reading.lock().unwrap_or_else(PoisonError::into_inner);
                let read = match event::poll(TICK) {
                    _ if reader.paused.load(Ordering::Acquire) => Ok(None),
                    Ok(true) => event::read().map(Some),
                    Ok(false) => Ok(None),
                    Err(error) => Err(error),
                };
                drop(reading);
                let failed = read.is_err();
                if read.transpose().is_some_and(|read| sender.send(read).is_err()) || failed {
                    return;
                }
                while reader.paused.load(Ordering::Acquire) {
                    thread::sleep(TICK);
                }
            }
        });
        Keys { pressed, gate }
    }

    /// The next key or change of size, if one comes in time.
    pub fn next(&self, time: Duration) -> Result<Option<Event>> {
        match self.pressed.recv_timeout(time) {
            Ok(event) => event.map(Some).context("could not read from the terminal"),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("the terminal can't be read any more"),
        }
    }

    /// Leaves the terminal to someone else while `work` is done.
    pub fn pause<T>(&self, work: impl FnOnce() -> T) -> T {
        self.gate.paused.store(true, Ordering::Release);
        let reading = self.gate.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work();
        drop(reading);
        self.gate.paused.store(false, Ordering::Release);
        done
    }
}
