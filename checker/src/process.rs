//! A child process that can't outlive us: its own process group, a deadline, and output we stop listening to.

pub mod browser;
pub mod cancel;
pub mod jail;
#[cfg(unix)]
pub mod reaper;

use anyhow::{Context, Result, bail};
use cancel::{Cancel, Interrupted};
use std::env;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// Our own program, to start it once more. If cargo has put another one in its place meanwhile, it is still the one that runs, where the
/// system keeps it.
///
/// # Errors
/// If the system does not say.
pub fn own_program() -> io::Result<PathBuf> {
    let path = env::current_exe()?;
    let kept = PathBuf::from("/proc/self/exe");
    Ok(if !path.exists() && kept.exists() { kept } else { path })
}

/// What a child may take, and who may end it.
pub struct Limits<'a> {
    pub deadline: Instant,
    /// Bytes of address space, where the platform can hold it to that.
    pub memory: Option<u64>,
    pub cancel: &'a Cancel,
    /// What it may touch, where programs are [jailed](jail).
    pub jail: Option<&'a jail::Policy>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stream {
    Out,
    Err,
}

/// How a child ended.
#[derive(Debug)]
pub enum Ending {
    Exited(ExitStatus),
    /// Still running at the deadline, and killed.
    PastDeadline,
    /// Killed because the listener had heard enough.
    CutOff,
}

/// How often a wait looks whether ^C was pressed or the child has gone.
const TICK: Duration = Duration::from_millis(20);
/// How long the pipes of a child that has exited may stay open: what holds them is not the child.
const LINGER: Duration = Duration::from_secs(1);

/// Runs `command` to its end, handing each piece of what it writes to `hear`.
///
/// # Errors
/// If it can't be started, or was asked to end ([`Interrupted`]).
pub fn run(
    mut command: Command,
    input: &[u8],
    limits: &Limits<'_>,
    mut hear: impl FnMut(Stream, &[u8]) -> ControlFlow<()>,
) -> Result<Ending> {
    let has_stderr = limits.jail.is_some() && jail::level().is_some();
    command = jail::around(command, limits.jail)?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    if has_stderr {
        command.stderr(Stdio::piped());
    }
    let mut group = Group::spawn(&mut command)?;
    group.limit(limits.memory);
    if let Some(mut stdin) = group.child.stdin.take() {
        // A child that is gone already tells us so by its exit status, not by a broken pipe.
        let _ = stdin.write_all(input);
    }
    // Bounded, so that a child that floods us waits for us in its own memory, not in ours.
    let (sender, pieces) = mpsc::sync_channel(16);
    if let Some(stdout) = group.child.stdout.take() {
        listen(Stream::Out, stdout, sender.clone());
    }
    if let Some(stderr) = group.child.stderr.take() {
        listen(Stream::Err, stderr, sender.clone());
    }
    drop(sender);

    let mut gone_since: Option<Instant> = None;
    loop {
        if limits.cancel.is_asked() {
            bail!(Interrupted);
        }
        let now = Instant::now();
        if now >= limits.deadline {
            return Ok(Ending::PastDeadline);
        }
        match pieces.recv_timeout(TICK.min(limits.deadline - now)) {
            Ok((stream, bytes)) => {
                if hear(stream, &bytes).is_break() {
                    return Ok(Ending::CutOff);
                }
            }
            Err(RecvTimeoutError::Timeout) if group.has_exited() => {
                group.kill();
                if gone_since.get_or_insert(now).elapsed() > LINGER {
                    return Ok(Ending::Exited(group.wait()?));
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            // Both pipes are closed: the child is about to exit, or has closed them and runs on.
            Err(RecvTimeoutError::Disconnected) if group.has_exited() => {
                return Ok(Ending::Exited(group.wait()?));
            }
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn listen(stream: Stream, mut pipe: impl Read + Send + 'static, pieces: SyncSender<(Stream, Vec<u8>)>) {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            if pieces.send((stream, buffer[..length].to_vec())).is_err() {
                return;
            }
        }
    });
}

/// A child with whatever it may start; all of it is killed when this is dropped.
struct Group {
    child: Child,
    #[cfg(unix)]
    id: rustix::process::Pid,
    /// Once reaped, its id may be someone else's.
    reaped: bool,
}

impl Group {
    fn spawn(command: &mut Command) -> Result<Group> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().with_context(|| {
            format!("could not start {}; is it installed and on the PATH?", command.get_program().display())
        })?;
        #[cfg(unix)]
        let id = rustix::process::Pid::from_child(&child);
        #[cfg(unix)]
        reaper::watch(id);
        Ok(Group {
            child,
            #[cfg(unix)]
            id,
            reaped: false,
        })
    }

    #[cfg(target_os = "linux")]
    fn limit(&self, memory: Option<u64>) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let at_most = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
        // Where a limit is refused the deadline remains.
        if let Some(bytes) = memory {
            let _ = prlimit(Some(self.id), Resource::As, at_most(bytes));
        }
        let _ = prlimit(Some(self.id), Resource::Core, at_most(0));
    }

    #[cfg(not(target_os = "linux"))]
    fn limit(&self, _memory: Option<u64>) {}

    /// Whether the child itself has exited. It is not reaped by this, so its id is still its own to kill by.
    #[cfg(unix)]
    fn has_exited(&mut self) -> bool {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        !matches!(waitid(WaitId::Pid(self.id), options), Ok(None))
    }

    #[cfg(not(unix))]
    fn has_exited(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(self.id, rustix::process::Signal::KILL);
        #[cfg(not(unix))]
        let _ = self.child.kill();
    }

    fn wait(mut self) -> Result<ExitStatus> {
        self.kill();
        self.reaped = true;
        #[cfg(unix)]
        reaper::release(self.id);
        self.child.wait().context("could not learn how a child process ended")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill();
            #[cfg(unix)]
            reaper::release(self.id);
            let _ = self.child.wait();
        }
    }
}

/// Whether someone else, or the kernel for want of memory, ended it: no fault of its own ends a process so.
pub fn was_killed(status: ExitStatus) -> bool {
    #[cfg(unix)]
    return matches!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9 | 15));
    #[cfg(not(unix))]
    return status.code().is_none();
}

/// What the compiler takes for the largest of our programs.
pub const COMPILER_MEMORY: u64 = 1 << 30;

/// What to say where a program of this shell may have less memory than `needed`, and we can't lift that limit.
pub fn memory_lacks(needed: u64) -> Option<String> {
    #[cfg(target_os = "linux")]
    let allowed = rustix::process::getrlimit(rustix::process::Resource::As).maximum;
    #[cfg(not(target_os = "linux"))]
    let allowed: Option<u64> = None;
    let text = |allowed: u64| {
        format!(
            "this shell allows a program {} MiB of memory, and this one may need {} MiB; `ulimit -v unlimited` removes the limit",
            allowed >> 20,
            needed >> 20
        )
    };
    allowed.filter(|allowed| *allowed < needed).map(text)
}

/// The end of an exit status, in words a person would use.
pub fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return match signal {
            6 => "it aborted (SIGABRT)".to_owned(),
            7 | 11 => "stack overflow or memory fault (SIGSEGV)".to_owned(),
            9 => "it was killed (SIGKILL), perhaps because memory ran out".to_owned(),
            _ => format!("it was ended by signal {signal}"),
        };
    }
    match status.code() {
        Some(code) => format!("it exited with code {code}"),
        None => "it ended without an exit code".to_owned(),
    }
}
