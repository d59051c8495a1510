//! A process of ours that ends our children if we are killed without the chance to do it ourselves.
//!
//! It is told of each child before that can do harm, and again when it has gone. Its standard input is closed when we
//! end, however that happens: then it ends those that are left.

use anyhow::Result;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The command under which we start ourselves as a warden; not for people.
pub const COMMAND: &str = "warden";

/// The group of this leader has begun.
pub fn watch(leader: Pid) {
    tell('+', leader);
}

/// The group of this leader has been ended; its number may soon be someone else's.
pub fn release(leader: Pid) {
    tell('-', leader);
}

fn tell(sign: char, leader: Pid) {
    static WARDEN: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
    // Without a warden all is as before, but for being killed.
    if let Some(warden) = WARDEN.get_or_init(start) {
        let mut warden = warden.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(warden, "{sign}{}", leader.as_raw_nonzero());
    }
}

fn start() -> Option<Mutex<ChildStdin>> {
    let mut command = Command::new(super::own_program().ok()?);
    command.arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: ^C is not for it. And a folder that is in nobody's way.
    command.process_group(0).current_dir("/");
    command.spawn().ok()?.stdin.map(Mutex::new)
}

/// What the warden does.
pub fn serve() -> Result<()> {
    let mut leaders = BTreeSet::new();
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Some((sign, Ok(leader))) = line.split_at_checked(1).map(|(sign, id)| (sign, id.parse::<i32>()))
        else {
            continue;
        };
        if sign == "+" {
            leaders.insert(leader);
        } else {
            leaders.remove(&leader);
        }
    }
    for leader in leaders.into_iter().filter_map(Pid::from_raw) {
        let _ = kill_process_group(leader, Signal::KILL);
    }
    Ok(())
}
