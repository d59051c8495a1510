//! The learner's own editor, as VISUAL or EDITOR names it.

use crate::process::cancel;
use anyhow::{Context, Result, bail};
use std::env;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Opens `file` and waits until the editor is closed.
///
/// # Errors
/// If no editor is named, or it can't be started.
pub fn open(file: &Path) -> Result<()> {
    let named = |variable| env::var(variable).ok().filter(|value| !value.trim().is_empty());
    let Some(line) = named("VISUAL").or_else(|| named("EDITOR")) else {
        bail!(
            "no editor is named; open {} yourself, or set EDITOR to the command that opens yours",
            file.display()
        );
    };
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    let mut editor =
        command.args(words).arg(file).spawn().with_context(|| {
            format!("could not start `{line}`; set EDITOR to the command that opens yours")
        })?;
    let mut asked = false;
    while editor.try_wait().context("could not wait for the editor")?.is_none() {
        if cancel::is_interrupted() && !asked {
            asked = true;
            // Politely: there may be something in it that was not saved.
            #[cfg(unix)]
            let _ = rustix::process::kill_process(
                rustix::process::Pid::from_child(&editor),
                rustix::process::Signal::TERM,
            );
            #[cfg(not(unix))]
            let _ = editor.kill();
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
