//! The base that every judgement stands on: the simulated std, the harness and the learners' crates, built once.

use crate::files::{named, unwritable};
use crate::judge::slot::{Slot, remove_stale};
use crate::judge::tricks::{self, Tricks};
use crate::process::cancel::{Cancel, Interrupted};
use crate::process::{self, Ending, Limits, Stream};
use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use walkdir::WalkDir;

/// Long enough for any machine; it is there so that a cargo that waits for ever is noticed.
const BUILD_LIMIT: Duration = Duration::from_secs(60 * 60);
/// The folder of all places.
const PLACES: &str = "run";
/// What was built last, and from what.
const STAMP: &str = "stamp.json";
pub struct Base {
    pub rustc: PathBuf,
    pub crates: Crates,
    /// What rustc says of its version.
    version: String,
    /// A number that stands for all that the base was built from.
    key: u64,
    /// `target/sim`.
    dir: PathBuf,
    /// Shared with other checkers that judge; a checker that builds waits for them.
    _locks: Vec<File>,
}

/// How to go about building, if there is something to build.
pub struct Building<'a> {
    /// Hears what takes time.
    pub note: &'a dyn Fn(&str),
    /// Whether cargo may write to our terminal.
    pub cargo_talks: bool,
    pub cancel: &'a Cancel,
}

impl Building<'_> {
    /// Locks, patiently: whoever waits can still be asked to stop.
    pub(super) fn wait_for(&self, note: &str, lock: impl Fn() -> Result<(), TryLockError>) -> Result<()> {
        let mut told = false;
        loop {
            match lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => {
                    return Err(error).context("could not lock the build folder");
                }
                Err(TryLockError::WouldBlock) if self.cancel.is_asked() => bail!(Interrupted),
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        (self.note)(note);
                        told = true;
                    }
                    thread::sleep(Duration::from_millis(20));
                }
            }
        }
    }
}

/// Where the built crates are.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Crates {
    /// By crate name: the harness and what it is made of, over the real std.
    pub real: BTreeMap<String, PathBuf>,
    /// By crate name: what learners may use, over the simulated std.
    pub simulated: BTreeMap<String, PathBuf>,
    /// The folders in which rustc finds what those depend on.
    pub search: Vec<PathBuf>,
    /// The counts of an `Arc` are scheduling points: programs are compiled so that their atomic instructions are calls.
    pub counts: bool,
}

/// What was built last, and from what.
#[derive(Deserialize, Serialize)]
struct Stamp {
    key: u64,
    crates: Crates,
}

impl Base {
    /// Finds the base, building it first if it is not there or not up to date.
    pub fn open(root: &Path, building: &Building<'_>) -> Result<Base> {
        let dir = launcher::target_dir(root).join("sim");
        fs::create_dir_all(&dir).with_context(|| unwritable(&dir))?;
        let lock = File::create(dir.join("lock")).with_context(|| unwritable(&dir))?;
        let rustc = rustc();
        let version = rustc_version(&rustc)?;
        let key = source_key(root, &version)?;
        if let Some(shared) = launcher::shared_base() {
            if let Some(crates) = read_stamp(&shared, key) {
                // The places are this workbook's all the same.
                building
                    .wait_for("waiting for another checker to finish building", || lock.try_lock_shared())?;
                remove_stale(&dir.join(PLACES));
                let locks = held(&shared).into_iter().chain([lock]).collect();
                return Ok(Base { rustc, crates, version, key, dir, _locks: locks });
            }
            (building.note)(&format!(
                "{} (from {}) has no base for this release of the workbook and this Rust; this workbook gets one of its own",
                shared.display(),
                launcher::SHARED_BASE
            ));
        }
        // The lock can't be traded up: another checker may build between the two, hence the loop.
        loop {
            building.wait_for("waiting for another checker to finish building", || lock.try_lock_shared())?;
            if let Some(crates) = read_stamp(&dir, key) {
                remove_stale(&dir.join(PLACES));
                return Ok(Base { rustc, crates, version, key, dir, _locks: vec![lock] });
            }
            lock.unlock()?;
            building.wait_for("waiting for another checker to finish", || lock.try_lock())?;
            if read_stamp(&dir, key).is_none() {
                let start = Instant::now();
                let has_begun = dir.join("base").exists();
                (building.note)(match has_begun {
                    true => "building the crates that exercises use, over the simulated std",
                    false => {
                        "building the simulated std and the crates that exercises use; this is done once"
                    }
                });
                let tricks = tricks::try_all(&rustc, &version, &dir.join("tricks"))?;
                let crates = build(root, &dir, &version, tricks, building)?;
                let stamp = serde_json::to_vec(&Stamp { key, crates })?;
                fs::write(dir.join(STAMP), stamp).with_context(|| unwritable(&dir))?;
                (building.note)(&format!("built in {} s", start.elapsed().as_secs()));
            }
            lock.unlock()?;
        }
    }

    /// `target/sim`.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What stands for all that the base was built from.
    pub fn key(&self) -> String {
        format!("{:016x}", self.key)
    }

    /// The compiler's version, in one line.
    pub fn toolchain(&self) -> &str {
        self.version.lines().next().unwrap_or_default()
    }

    /// A folder for one program. It is one of few for each exercise: rustc uses what it knows of the checks from one program to
    /// the next if all is where it was.
    pub fn slot(&self, exercise: &str) -> Result<Slot> {
        let mut number = 0;
        loop {
            let dir = self.dir.join(PLACES).join(format!("{exercise}-{number}"));
            fs::create_dir_all(&dir).with_context(|| unwritable(&dir))?;
            let lock = File::create(dir.join("lock")).with_context(|| unwritable(&dir))?;
            match lock.try_lock() {
                Ok(()) => {
                    let slot = Slot { dir, _lock: lock };
                    slot.clear();
                    return Ok(slot);
                }
                Err(TryLockError::WouldBlock) => number += 1,
                Err(TryLockError::Error(error)) => return Err(error).with_context(|| unwritable(&dir)),
            }
        }
    }
}

/// The rustc that belongs to the cargo that started us, or else the one on the PATH.
pub fn rustc() -> PathBuf {
    if let Some(rustc) = env::var_os("RUSTC") {
        return rustc.into();
    }
    let name = format!("rustc{}", env::consts::EXE_SUFFIX);
    // Going round rustup's proxy saves more than a second rustc call costs.
    let beside_cargo = env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name(&name));
    beside_cargo
        .filter(|rustc| rustc.is_file())
        .or_else(|| behind_the_proxy(&name))
        .unwrap_or_else(|| name.into())
}

/// The rustc that the one on the PATH stands for: it needs nothing of the environment.
fn behind_the_proxy(name: &str) -> Option<PathBuf> {
    let output = Command::new(name).args(["--print", "sysroot"]).output().ok()?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    Some(Path::new(sysroot.trim()).join("bin").join(name)).filter(|rustc| rustc.is_file())
}

pub fn rustc_version(rustc: &Path) -> Result<String> {
    let output = Command::new(rustc).arg("-vV").output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "rustc was not found ({})\n\
             install Rust from https://rustup.rs, open a new terminal, and try again",
            rustc.display()
        ),
        _ => anyhow!(error).context(format!("could not start {}", rustc.display())),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{} -vV` failed: {}", rustc.display(), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A number that changes when anything the base is built from does.
fn source_key(root: &Path, version: &str) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::read(root.join(file)).unwrap_or_default().hash(&mut hasher);
    }
    let beside_us = WalkDir::new(root.join("checker")).min_depth(1).max_depth(1).sort_by_file_name();
    for library in beside_us.into_iter().filter_map(Result::ok) {
        if !library.path().join("Cargo.toml").is_file() {
            continue;
        }
        let wanted = |name: &OsStr| name != "tests" && name != "target";
        let files = WalkDir::new(library.path()).sort_by_file_name().into_iter();
        for file in files.filter_entry(|entry| wanted(entry.file_name())) {
            let file = file.context("could not walk checker/")?;
            if file.file_type().is_file() {
                file.path().strip_prefix(root)?.hash(&mut hasher);
                let bytes = fs::read(file.path());
                bytes.with_context(|| format!("could not read {}", file.path().display()))?.hash(&mut hasher);
            }
        }
    }
    Ok(hasher.finish())
}

/// Keeps others from building the base at `dir` anew, where that can be had of a folder which is only read.
fn held(dir: &Path) -> Option<File> {
    let lock = File::open(dir.join("lock")).ok()?;
    lock.try_lock_shared().ok()?;
    Some(lock)
}

fn read_stamp(dir: &Path, key: u64) -> Option<Crates> {
    let stamp: Stamp = serde_json::from_slice(&fs::read(dir.join(STAMP)).ok()?).ok()?;
    let mut files = stamp.crates.real.values().chain(stamp.crates.simulated.values());
    (stamp.key == key && files.all(|file| file.is_file())).then_some(stamp.crates)
}

fn build(root: &Path, dir: &Path, version: &str, tricks: Tricks, building: &Building<'_>) -> Result<Crates> {
    // It is of no use to what is built now.
    let _ = fs::remove_dir_all(dir.join(PLACES));
    let mut real = artifacts(launcher::build_of_base(root, &launcher::target_dir(root)), building)?;
    let mut take = |name: &str| {
        real.remove(name).with_context(|| format!("cargo built no `{name}`; is it still in checker/{name}?"))
    };
    let (std, core) = (take("simstd")?, take("simcore")?);
    // crossbeam casts its cells to atomics, which must be laid out as the real ones.
    let overlay_core = take("simcore_same_layout")?;
    let deps = folder_of(&std)?;
    // The functions that such a program calls are the engine's.
    let engine = real.get("engine").map(|engine| tricks::defines_calls(engine)).transpose()?;
    let counts = tricks.counts && engine == Some(true);

    // Cargo does not notice when what is behind `--extern` changes, so its folder is named after it.
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    for rlib in [&std, &overlay_core] {
        fs::read(rlib).with_context(|| format!("could not read {}", rlib.display()))?.hash(&mut hasher);
    }
    let over = dir.join(format!("over-{:016x}", hasher.finish()));
    for old in WalkDir::new(dir).min_depth(1).max_depth(1).into_iter().filter_map(Result::ok) {
        if old.file_name().to_string_lossy().starts_with("over-") && old.path() != over {
            let _ = fs::remove_dir_all(old.path());
        }
    }
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("`rustc -vV` names no host")?;
    let mut flags: Vec<OsString> = vec![
        "--extern".into(),
        named("std=", &std),
        "--extern".into(),
        named("core=", &overlay_core),
        "-L".into(),
        named("dependency=", &deps),
    ];
    if counts {
        flags.extend(launcher::PASS.map(OsString::from));
    }
    let mut overlay = launcher::with_sim_profile(root, "build", &over);
    // With --target, build scripts and procedural macros keep the real std.
    overlay.args(["-p", "overlay", "--target", host]);
    overlay.env("CARGO_ENCODED_RUSTFLAGS", flags.join(OsStr::new("\u{1f}")));
    let mut simulated = artifacts(overlay, building)?;
    let overlay = simulated.remove("overlay").context("cargo built no `overlay`")?;

    let libraries = folder_of(&overlay)?;
    if counts {
        tricks::rename_calls(&libraries)?;
    }
    let mut search = vec![deps, libraries];
    // If a file of cargo's names a target, the procedural macros that the libraries know of are in a folder of their own.
    let of_the_host = launcher::target_dir(root).join("sim/base/sim/deps");
    if of_the_host.is_dir() && !search.contains(&of_the_host) {
        search.push(of_the_host);
    }
    simulated.insert("std".to_owned(), std);
    simulated.insert("core".to_owned(), core);
    Ok(Crates { real, simulated, search, counts })
}

pub(super) fn folder_of(file: &Path) -> Result<PathBuf> {
    Ok(file.parent().context("a built crate is in no folder")?.to_owned())
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Runs a `cargo build`, or a `cargo check`; the libraries it has built, or found built, by crate name.
pub(super) fn artifacts(mut command: Command, building: &Building<'_>) -> Result<BTreeMap<String, PathBuf>> {
    command.arg("--message-format=json-render-diagnostics");
    // Cargo shows its progress there, or the compiler's errors.
    if building.cargo_talks {
        command.stderr(Stdio::inherit());
    } else {
        command.arg("--quiet").stderr(Stdio::piped());
    }
    let limits =
        Limits { deadline: Instant::now() + BUILD_LIMIT, memory: None, cancel: building.cancel, jail: None };
    let (mut json, mut said) = (Vec::new(), Vec::new());
    let ending = process::run(command, b"", &limits, |stream, bytes| {
        match stream {
            Stream::Out => json.extend_from_slice(bytes),
            Stream::Err => said.extend_from_slice(bytes),
        }
        ControlFlow::Continue(())
    });
    let ending = ending.map_err(|error| match error.is::<Interrupted>() {
        true => error,
        false => {
            error.context("cargo is needed to build the simulated std; install Rust from https://rustup.rs")
        }
    });
    match ending? {
        Ending::Exited(status) if status.success() => {}
        Ending::Exited(_) => bail!(
            "the simulated std could not be built; {}\n{}",
            match building.cargo_talks {
                true => "cargo's own message is above".to_owned(),
                false => format!("cargo says:\n{}", String::from_utf8_lossy(&said)),
            },
            process::memory_lacks(process::COMPILER_MEMORY).unwrap_or_else(|| {
                "if cargo can't reach crates.io, connect to the network once and run `cargo fetch`".to_owned()
            })
        ),
        Ending::PastDeadline | Ending::CutOff => bail!("cargo did not finish building the simulated std"),
    }
    let mut rlibs = BTreeMap::new();
    for line in json.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")) {
        let message: Message = serde_json::from_slice(line).context("cargo wrote a message we can't read")?;
        let Some(target) = message.target.filter(|_| message.reason == "compiler-artifact") else { continue };
        if target.kind.iter().any(|kind| kind.ends_with("lib")) {
            let rlib = message.filenames.iter().find_map(|file| in_deps(file));
            rlibs.extend(rlib.map(|rlib| (target.name.replace('-', "_"), rlib)));
        }
    }
    Ok(rlibs)
}

/// The library in `deps/`: the one a package also has a level up is the same file under a name without its hash. A `cargo check`
/// leaves its metadata alone.
fn in_deps(file: &Path) -> Option<PathBuf> {
    let kinds = ["rlib", "rmeta"].map(|kind| file.with_extension(kind));
    kinds
        .into_iter()
        .find(|library| file.parent().is_some_and(|it| it.ends_with("deps")) && library.is_file())
}
