//! A jail for programs that nobody trusts: what a compiler or a check program may touch, held to by Linux itself.
//!
//! Our own program is started once more, gives up what the policy does not name, and becomes the program that is to be jailed:
//! so no code of ours runs between fork and exec, and none of it is `unsafe`. Landlock keeps it from files, from TCP and from
//! signals to others; seccomp from sockets of every kind, from other sessions, and from what only a debugger or an
//! administrator calls.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The command under which we start ourselves to become a jailed program; not for people.
pub const COMMAND: &str = "jail";
/// The command that tries what a jail must prevent; not for people.
pub const PROBE: &str = "jail-probe";

/// How much has to hold before anything is run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Level {
    /// All that this version knows, by a kernel that knows all of it.
    Strict,
    /// No files but those named, no network, no other session.
    Standard,
}

/// What a jailed program may touch, beside the system's own libraries.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Policy {
    /// Files and folders that may be read, and programs in them started.
    pub read: Vec<PathBuf>,
    /// Folders in which it may do anything.
    pub write: Vec<PathBuf>,
    /// It may start the system's programs, such as a linker.
    pub starts_programs: bool,
}

/// The programs of this process are jailed from now on; this is what is said about it in each record.
static OPEN: OnceLock<String> = OnceLock::new();

/// Whether programs are jailed, and how, in a few words.
pub fn level() -> Option<&'static str> {
    OPEN.get().map(String::as_str)
}

/// From now on every program that comes with a policy is jailed. What must be prevented is tried first.
///
/// # Errors
/// If something is not prevented here: the error says what.
pub fn open(level: Level, outside: &Path) -> Result<&'static str> {
    let found = system::probe(outside).context("the sandbox could not be tested")?;
    if !found.breaches.is_empty() {
        bail!("a jailed program can still {}", found.breaches.join(", and "));
    }
    if level == Level::Strict && !found.is_whole {
        bail!("this kernel can enforce only a part of `strict` ({})", found.means);
    }
    let name = if level == Level::Strict { "strict" } else { "standard" };
    Ok(OPEN.get_or_init(|| format!("{name}: {}", found.means)))
}

/// The command that starts `command` in a jail, if programs are jailed.
///
/// # Errors
/// If our own program can't be found.
pub fn around(command: Command, policy: Option<&Policy>) -> Result<Command> {
    let Some(policy) = policy.filter(|_| level().is_some()) else { return Ok(command) };
    jailed(&command, policy)
}

fn jailed(command: &Command, policy: &Policy) -> Result<Command> {
    let own = super::own_program().context("the checker can't find its own program")?;
    let mut jail = Command::new(own);
    jail.arg(COMMAND).arg(serde_json::to_string(policy)?).arg(command.get_program()).args(command.get_args());
    jail.env_clear();
    // What the other command was given; it was given all of it explicitly.
    jail.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        jail.current_dir(folder);
    }
    Ok(jail)
}

/// What the probe found.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Found {
    /// What was possible and must not be.
    breaches: Vec<String>,
    /// Every part of the jail is enforced.
    is_whole: bool,
    /// By what means, in a few words.
    means: String,
}

pub use system::{serve, try_breaches};

#[cfg(target_os = "linux")]
mod system {
    use super::{Found, PROBE, Policy, jailed};
    use anyhow::{Context, Result, anyhow, bail};
    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetStatus, Scope, path_beneath_rules,
    };
    use rustix::process::{Resource, Rlimit, setrlimit};
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    use std::collections::BTreeMap;
    use std::convert::Infallible;
    use std::env;
    use std::ffi::OsString;
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpStream, UdpSocket};
    use std::os::unix::net::UnixDatagram;
    use std::os::unix::process::CommandExt;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    /// The newest that this was written for.
    const KNOWN: ABI = ABI::V6;
    /// What every program on Linux reads, and where its libraries are.
    const LIBRARIES: [&str; 7] =
        ["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/nix/store"];
    /// What a compiler starts to link.
    const PROGRAMS: [&str; 4] = ["/bin", "/usr/bin", "/usr/local/bin", "/usr/libexec"];
    const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/urandom", "/proc/self"];
    /// No file grows larger.
    const FILE: u64 = 1 << 30;
    const DESCRIPTORS: u64 = 512;

    /// Sockets, other sessions, debuggers, administrators.
    const REFUSED: [i64; 30] = [
        libc::SYS_socket,
        libc::SYS_io_uring_setup,
        libc::SYS_setsid,
        libc::SYS_setpgid,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_kcmp,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_kexec_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_sethostname,
        libc::SYS_acct,
    ];

    /// Gives up what the policy does not name, and becomes the program.
    ///
    /// # Errors
    /// If nothing is enforced, or the program can't be started.
    pub fn serve(mut arguments: impl Iterator<Item = OsString>) -> Result<Infallible> {
        let policy = arguments.next().context("a jail needs a policy")?;
        let policy: Policy =
            serde_json::from_str(policy.to_str().context("a policy is text")?).context("no policy")?;
        let program = arguments.next().context("a jail needs a program")?;
        let status = restrict_files(&policy)?;
        if status == RulesetStatus::NotEnforced {
            bail!("this kernel has no Landlock");
        }
        limit()?;
        restrict_calls()?;
        let error = Command::new(&program).args(arguments).exec();
        Err(anyhow!(error).context(format!("could not start {}", program.display())))
    }

    fn restrict_files(policy: &Policy) -> Result<RulesetStatus> {
        let read = AccessFs::from_read(KNOWN);
        let looks_only = read & !AccessFs::Execute;
        let own = |paths: &[PathBuf]| paths.iter().filter(|path| path.exists()).cloned().collect::<Vec<_>>();
        let existing =
            |paths: &[&str]| paths.iter().map(PathBuf::from).filter(|path| path.exists()).collect::<Vec<_>>();
        let mut rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(KNOWN))?
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()?
            .add_rules(path_beneath_rules(existing(&LIBRARIES), read))?
            .add_rules(path_beneath_rules(existing(&DEVICES), looks_only | AccessFs::WriteFile))?
            .add_rules(path_beneath_rules(own(&policy.read), read))?
            .add_rules(path_beneath_rules(own(&policy.write), AccessFs::from_all(KNOWN)))?;
        if policy.starts_programs {
            rules = rules.add_rules(path_beneath_rules(existing(&PROGRAMS), read))?;
        }
        Ok(rules.restrict_self()?.ruleset)
    }

    fn limit() -> Result<()> {
        let at_most = |limit: u64| Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(Resource::Core, at_most(0))?;
        setrlimit(Resource::Fsize, at_most(FILE))?;
        setrlimit(Resource::Nofile, at_most(DESCRIPTORS))?;
        Ok(())
    }

    fn restrict_calls() -> Result<()> {
        let rules: BTreeMap<i64, Vec<_>> = REFUSED.into_iter().map(|call| (call, Vec::new())).collect();
        let refuse = SeccompAction::Errno(libc::EPERM as u32);
        let machine = env::consts::ARCH.try_into().context("there is no filter for this processor")?;
        let filter: BpfProgram =
            SeccompFilter::new(rules, SeccompAction::Allow, refuse, machine)?.try_into()?;
        seccompiler::apply_filter(&filter).context("the kernel did not accept the filter for system calls")
    }

    /// Starts our own program in a jail, to try what must not be possible.
    pub(super) fn probe(outside: &Path) -> Result<Found> {
        let own = crate::process::own_program()?;
        let mut command = Command::new(&own);
        command.arg(PROBE).arg(outside);
        let policy = Policy { read: vec![own], ..Policy::default() };
        let output = jailed(&command, &policy)?.stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).with_context(|| said.trim().to_owned())
    }

    /// Tries what a jail must prevent, in the jail, and prints what was possible.
    ///
    /// # Errors
    /// If nothing can be printed.
    pub fn try_breaches(outside: &Path) -> Result<()> {
        let mut breaches = Vec::new();
        let mut hold = |is_prevented: bool, what: &str| {
            if !is_prevented {
                breaches.push(what.to_owned());
            }
        };
        let refused = |kind: ErrorKind| kind == ErrorKind::PermissionDenied;
        hold(fs::read(outside).is_err_and(|error| refused(error.kind())), "read files outside");
        let mark = env::temp_dir().join("concurrency-workbook-probe");
        hold(fs::write(&mark, "").is_err_and(|error| refused(error.kind())), "write files");
        hold(
            TcpStream::connect(("127.0.0.1", 9)).is_err_and(|error| refused(error.kind())),
            "connect to the network",
        );
        hold(UdpSocket::bind(("127.0.0.1", 0)).is_err_and(|error| refused(error.kind())), "use UDP");
        hold(UnixDatagram::unbound().is_err_and(|error| refused(error.kind())), "talk to local services");
        hold(rustix::process::setsid().is_err(), "leave its session, and so outlive its verdict");
        hold(Command::new("/bin/sh").arg("-c").arg("true").status().is_err(), "start other programs");
        let abi = landlock_version();
        let found =
            Found { breaches, is_whole: abi >= KNOWN as i32, means: format!("Landlock {abi}, seccomp") };
        println!("{}", serde_json::to_string(&found)?);
        Ok(())
    }

    /// The version of Landlock that this kernel has, at most the one that is used.
    fn landlock_version() -> i32 {
        let has = |abi: ABI| {
            let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
            rules.handle_access(AccessFs::from_all(abi)).is_ok_and(|rules| rules.create().is_ok())
        };
        let known = [ABI::V1, ABI::V2, ABI::V3, ABI::V4, ABI::V5, ABI::V6];
        known.into_iter().rev().find(|abi| has(*abi)).map_or(0, |abi| abi as i32)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Found;
    use anyhow::{Result, bail};
    use std::convert::Infallible;
    use std::ffi::OsString;
    use std::path::Path;

    const ONLY_LINUX: &str =
        "programs can be jailed on Linux only; grade in a container or a virtual machine";

    pub fn serve(_: impl Iterator<Item = OsString>) -> Result<Infallible> {
        bail!(ONLY_LINUX)
    }

    pub(super) fn probe(_: &Path) -> Result<Found> {
        bail!(ONLY_LINUX)
    }

    pub fn try_breaches(_: &Path) -> Result<()> {
        bail!(ONLY_LINUX)
    }
}
