//! A test program as a process: its lines as they come, what it says on the other stream, and how it ended.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child as Process, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};
use protocol::Explored;
use serde::Deserialize;

/// Of what a program says on its standard error, the end is kept.
const KEPT: usize = 4 << 10;

/// An event of the program, in libtest's words.
#[derive(Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "type")]
    pub(crate) of: String,
    pub(crate) event: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) schedules: u64,
    #[serde(default)]
    pub(crate) steps: u64,
    #[serde(default)]
    pub(crate) left: usize,
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) seed: u64,
    pub(crate) file: Option<String>,
    #[serde(default)]
    pub(crate) line: u32,
    pub(crate) explored: Option<Explored>,
}

/// What comes next from a program.
pub(crate) enum News {
    Event(Box<Event>),
    /// Nothing for long; it was ended.
    Silent,
    /// It has ended: how, and its last words.
    Ended {
        status: String,
        said: String,
    },
}

pub(crate) struct Child {
    process: Process,
    lines: Receiver<String>,
    said: Option<JoinHandle<Vec<u8>>>,
}

impl Child {
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let name = command.get_program().to_owned();
        let mut process =
            command.spawn().with_context(|| format!("could not start {}", name.to_string_lossy()))?;
        let out = process.stdout.take().context("the output is piped")?;
        let err = process.stderr.take().context("the errors are piped")?;
        let (tx, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            let mut line = Vec::new();
            while out.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                if tx.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
                line.clear();
            }
        });
        let said = thread::spawn(move || {
            let (mut err, mut kept, mut block) = (err, Vec::new(), [0; 1024]);
            while let Ok(read @ 1..) = err.read(&mut block) {
                kept.extend_from_slice(&block[..read]);
                kept.drain(..kept.len().saturating_sub(KEPT));
            }
            kept
        });
        Ok(Self { process, lines, said: Some(said) })
    }

    /// Waits for what comes next, for so long.
    pub(crate) fn next(&mut self, silence: Duration) -> Result<News> {
        loop {
            match self.lines.recv_timeout(silence) {
                // Only what simtest writes is an event; a test can reach the real output by other ways.
                Ok(line) => {
                    if let Ok(event) = serde_json::from_str(&line) {
                        return Ok(News::Event(event));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.process.kill()?;
                    self.process.wait()?;
                    return Ok(News::Silent);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.process.wait()?.to_string();
                    let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
                    return Ok(News::Ended { status, said: String::from_utf8_lossy(&said).into_owned() });
                }
            }
        }
    }

    /// Waits for its end: it has said all.
    pub(crate) fn wait(mut self) -> Result<()> {
        self.process.wait()?;
        Ok(())
    }
}
