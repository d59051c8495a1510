//! A command that is run to its end, or ended when its time is over.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What a command has said, and how it ended.
pub struct Said {
    /// On its standard output.
    pub out: String,
    /// On its standard error.
    pub err: String,
    /// With exit code 0.
    pub success: bool,
    /// It took too long, and was ended.
    pub out_of_time: bool,
    /// From its start, in milliseconds.
    pub took_ms: u64,
}

/// Runs a command, with all the processes that it starts, for as long as the limit.
///
/// # Errors
/// The command can't be started.
pub fn run(mut command: Command, limit: Duration) -> Result<Said> {
    let begun = Instant::now();
    let folder = tempfile::tempdir()?;
    let (out, err) = (folder.path().join("out"), folder.path().join("err"));
    command.stdin(Stdio::null()).stdout(fs::File::create(&out)?).stderr(fs::File::create(&err)?);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().context("could not start cargo")?;
    let (mut out_of_time, mut success) = (false, false);
    loop {
        if let Some(status) = child.try_wait()? {
            success = status.success();
            break;
        }
        if begun.elapsed() > limit {
            out_of_time = true;
            end(&mut child)?;
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    let read = |file: &Path| fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Said { out: read(&out)?, err: read(&err)?, success, out_of_time, took_ms })
}

/// Ends the process and those that it has started: cargo's children would go on.
fn end(child: &mut std::process::Child) -> Result<()> {
    #[cfg(unix)]
    Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
    // It may have ended by itself at the last moment.
    let _ = child.kill();
    child.wait()?;
    Ok(())
}
