//! What `cargo checker` starts. It depends on nothing, so it is there within a second of a fresh clone. If the checker has to
//! be built, it says so and lets cargo show its progress; then it becomes the checker.
//!
//! It has a profile of its own, and so has the checker, since cargo's lock is one for each profile: whatever else cargo does in the
//! workbook, this starts at once, and a checker that is up to date is started without asking cargo.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, SystemTime};

/// What is built and started.
const CHECKER: &str = "checker";
/// The profile that it is built with.
const PROFILE: &str = "checker";
/// What the stamp says of a checker that has the rare commands too, before it names the workbook.
const WHOLE: &str = "whole ";
/// The commands that judge. While the checker is built for one of these, so is the base.
const JUDGING: [&str; 5] = ["watch", "next", "run", "replay", "verify"];
/// Trouble that is not the learner's.
const TROUBLE: u8 = 2;

fn main() -> ExitCode {
    match launch(env::args_os().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(TROUBLE)
        }
    }
}

fn launch(arguments: Vec<OsString>) -> Result<ExitCode, String> {
    let own = env::current_exe().map_err(|error| format!("the launcher can't find itself: {error}"))?;
    // `target/start/launcher`, beside `target/checker`.
    let folder = own.parent().ok_or("the launcher is in no folder")?;
    let built = folder.with_file_name(PROFILE).join(format!("{CHECKER}{}", env::consts::EXE_SUFFIX));
    let stamp = folder.join("checker-is-fresh");
    // Its sources are of two versions, and may not go together: the checker that has begun an update goes on with it.
    let is_half_updated = workspace().join(".workbook/update/plan.json").exists();
    // Once somebody has called a rare command, every later checker has them.
    let text = fs::read_to_string(&stamp).unwrap_or_default();
    let has_rare = text.starts_with(WHOLE);
    let lacks_rare = !has_rare && launcher::is_rare(&arguments);
    if is_half_updated && built.is_file() && !lacks_rare {
        return become_it(&built, arguments);
    }
    // Several workbooks may be built in one folder.
    let is_of_this = text.strip_prefix(WHOLE).unwrap_or(&text) == workspace().to_string_lossy();
    if lacks_rare || !is_of_this || !is_fresh(&built, &stamp) {
        let begun = SystemTime::now();
        let is_whole = has_rare || lacks_rare;
        let plan = match (built.exists(), lacks_rare) {
            (false, _) => Plan::First { judges: judges(&arguments) },
            (true, true) => Plan::Rare,
            (true, false) => Plan::Again,
        };
        if !is_of_this && !text.is_empty() {
            forget_another_workbook(&built);
        }
        if !build(plan, is_whole, &built)? {
            return Ok(ExitCode::from(TROUBLE));
        }
        // What changed while cargo was at work may not be in it. Without the stamp cargo is asked again, that is all.
        let kind = if is_whole { WHOLE } else { "" };
        let stamped = fs::write(&stamp, format!("{kind}{}", workspace().display()));
        let _ = stamped
            .and_then(|()| fs::File::options().write(true).open(&stamp))
            .and_then(|file| file.set_modified(begun));
    }
    become_it(&built, arguments)
}

/// Why the checker is built.
#[derive(Clone, Copy)]
enum Plan {
    /// It is not there.
    First { judges: bool },
    /// It lacks the rare commands.
    Rare,
    /// It has changed.
    Again,
}

/// Whether the arguments ask for a verdict.
fn judges(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().filter(|argument| !argument.to_string_lossy().starts_with('-'));
    let is_help =
        arguments.iter().any(|argument| ["-h", "--help", "-V", "--version"].iter().any(|it| argument == it));
    !is_help && words.next().is_none_or(|word| JUDGING.iter().any(|it| word == it))
}

/// Whether nothing that the program was built from has changed since cargo was asked last. What that is stands beside it.
fn is_fresh(program: &Path, stamp: &Path) -> bool {
    let changed = |file: &Path| fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    let Some(asked) = changed(stamp).filter(|_| program.is_file()) else { return false };
    let Ok(list) = fs::read_to_string(program.with_extension("d")) else { return false };
    let sources = sources(&list);
    // Cargo's own files, which are not in the list: those of the workbook, and those of the checker's packages.
    let mut others =
        ["Cargo.toml", "Cargo.lock", "checker/Cargo.toml"].map(|file| workspace().join(file)).to_vec();
    others.extend(packages().into_iter().map(|package| package.join("Cargo.toml")));
    let is_older = |file: &PathBuf| changed(file).is_some_and(|time| time < asked);
    !sources.is_empty() && sources.iter().chain(&others).all(is_older)
}

/// The workbook. Cargo says where it is now; it may have been somewhere else when this was built.
fn workspace() -> &'static Path {
    static WORKSPACE: OnceLock<PathBuf> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let said = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let said = said.filter(|own| own.ends_with("checker/launcher"));
        let own = said.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).to_owned());
        own.ancestors().nth(2).unwrap_or(&own).to_owned()
    })
}

/// The folders of the packages that the checker is made of, but for its own.
fn packages() -> Vec<PathBuf> {
    let folders = fs::read_dir(workspace().join("checker")).into_iter().flatten().filter_map(Result::ok);
    folders.map(|folder| folder.path()).filter(|folder| folder.join("Cargo.toml").is_file()).collect()
}

/// Has cargo build our packages anew. It can't tell those of two workbooks apart that are built in one folder: it compares times.
fn forget_another_workbook(built: &Path) {
    let names = packages().into_iter().filter_map(|folder| Some(folder.file_name()?.to_owned()));
    let names: Vec<OsString> = names.chain([CHECKER.into()]).collect();
    for (profile, folder) in [(PROFILE, target(built).to_owned()), ("sim", target(built).join("sim/base"))] {
        let mut command = Command::new(launcher::cargo());
        command.args(["clean", "--quiet", "--profile", profile, "--manifest-path"]);
        command.arg(workspace().join("Cargo.toml")).arg("--target-dir").arg(folder);
        command.args(names.iter().flat_map(|name| [OsStr::new("--package"), name]));
        // Without it, all is as cargo sees it.
        let _ = command.status();
    }
}

/// The folder that everything is built below. Only cargo knows it for sure, and it has put the program in there that stands at `built`.
fn target(built: &Path) -> &Path {
    built.ancestors().nth(2).unwrap_or(built)
}

/// The files in a list such as make reads: `program: one two\ three`.
fn sources(list: &str) -> Vec<PathBuf> {
    let Some((_, files)) = list.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let mut names = vec![String::new()];
    let mut letters = files.chars().peekable();
    while let Some(letter) = letters.next() {
        let last = names.last_mut().expect("there is always one");
        match letter {
            '\\' if letters.peek() == Some(&' ') => {
                last.push(' ');
                letters.next();
            }
            ' ' => names.push(String::new()),
            other => last.push(other),
        }
    }
    names.into_iter().filter(|name| !name.is_empty()).map(PathBuf::from).collect()
}

/// Has cargo build the checker, where everybody can see it. Says whether it has.
fn build(plan: Plan, is_whole: bool, built: &Path) -> Result<bool, String> {
    let needs_base = matches!(plan, Plan::First { judges: true }) && launcher::shared_base().is_none();
    let text = match plan {
        Plan::First { .. } => format!(
            "Building the checker{}. This is done once.\n\
             It takes a minute or two, and about half a GB below\n\
             {}\n",
            if needs_base { ", and the simulated std beside it" } else { "" },
            target(built).display()
        ),
        Plan::Rare => "Building the rest of the checker, for a command that few learners need.\n\
                       This is done once.\n"
            .to_owned(),
        Plan::Again => "The checker has changed and is built again.\n".to_owned(),
    };
    let _ = io::stderr().write_all(text.as_bytes());
    // In the learner's own folder, as the cargo that started us: so it finds the same settings.
    let mut command = Command::new(launcher::cargo());
    command.args(["build", "--profile", PROFILE, "--package", CHECKER, "--bin", CHECKER, "--manifest-path"]);
    command.arg(workspace().join("Cargo.toml"));
    if !is_whole {
        command.arg("--no-default-features");
    }
    if !io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    let no_cargo = |error| {
        format!("cargo could not be started ({error}); install Rust from https://rustup.rs and try again")
    };
    let mut cargo = command.spawn().map_err(no_cargo)?;
    let base = needs_base.then(|| Base::begin(&mut cargo, built)).flatten();
    let status = cargo.wait().map_err(no_cargo)?;
    if let Some(base) = base {
        base.end(status.success());
    }
    if !status.success() {
        eprintln!(
            "error: the checker could not be built; cargo's own message is above\n\
             If a linker is missing: install a C compiler (`apt install gcc`, `xcode-select --install`, or Visual Studio's \
             C++ build tools).\n\
             If crates can't be downloaded: connect to the network once, and run `cargo fetch` in the workbook.\n\
             If Rust is too old: run `rustup update`, or install it from https://rustup.rs.\n\
             If the disk is full: free some space, or set CARGO_TARGET_DIR to a folder on another disk."
        );
    }
    Ok(status.success())
}

/// A build of the base, beside that of the checker. Whether it succeeds is not looked at: the checker asks cargo again, and explains
/// what is wrong.
struct Base {
    cargo: Child,
    /// What it says can be seen.
    is_seen: Arc<AtomicBool>,
    relay: thread::JoinHandle<()>,
}

impl Base {
    /// Begins it as soon as `checker`, a cargo that builds what will be at `built`, compiles: before that, one would wait for the other,
    /// and say so. `None` if it can't be begun.
    fn begin(checker: &mut Child, built: &Path) -> Option<Base> {
        while !built.with_file_name(".fingerprint").exists() {
            if !matches!(checker.try_wait(), Ok(None)) {
                return None;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let mut command = launcher::build_of_base(workspace(), target(built));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut cargo = command.spawn().ok()?;
        let mut said = cargo.stderr.take()?;
        let is_seen = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_seen);
        let is_terminal = io::stderr().is_terminal();
        let relay = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = said.read(&mut bytes) {
                if is_terminal && seen.load(Ordering::Relaxed) {
                    let _ = io::stderr().write_all(&bytes[..count]);
                }
            }
        });
        Some(Base { cargo, is_seen, relay })
    }

    /// Waits for it, in the open; or gives it up, if there is no checker that could use it.
    fn end(mut self, is_wanted: bool) {
        if !is_wanted {
            let _ = self.cargo.kill();
        } else if matches!(self.cargo.try_wait(), Ok(None)) {
            self.is_seen.store(true, Ordering::Relaxed);
            let _ = io::stderr().write_all(b"Now the rest of the simulated std.\n");
        }
        let _ = self.cargo.wait();
        let _ = self.relay.join();
    }
}

/// The checker's call, with what it can't know: where the workbook is, and where cargo builds it if a file of cargo's says so.
fn checker(program: &Path, arguments: Vec<OsString>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env(launcher::WORKBOOK, workspace());
    if target(program) != launcher::target_dir(workspace()) {
        command.env("CARGO_TARGET_DIR", target(program));
    }
    command
}

#[cfg(unix)]
fn become_it(program: &Path, arguments: Vec<OsString>) -> Result<ExitCode, String> {
    use std::os::unix::process::CommandExt;
    let error = checker(program, arguments).exec();
    Err(format!("could not start {}: {error}", program.display()))
}

#[cfg(not(unix))]
fn become_it(program: &Path, arguments: Vec<OsString>) -> Result<ExitCode, String> {
    let status = checker(program, arguments).status();
    let status = status.map_err(|error| format!("could not start {}: {error}", program.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(TROUBLE), ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_asked_for_by_the_commands_that_judge_and_by_no_command_at_all() {
        let judges = |arguments: &[&str]| judges(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(judges(&[]) && judges(&["--ascii"]) && judges(&["run", "print-room"]) && judges(&["watch"]));
        assert!(
            !judges(&["list"]) && !judges(&["--help"]) && !judges(&["run", "--help"]) && !judges(&["book"])
        );
    }

    #[test]
    fn a_list_of_sources_is_read_as_make_reads_it() {
        let list = "/lab/target/debug/checker: /lab/my\\ work/a.rs /lab/b.rs\n\n/lab/b.rs:\n";
        assert_eq!(sources(list), [PathBuf::from("/lab/my work/a.rs"), PathBuf::from("/lab/b.rs")]);
        assert!(sources("").is_empty());
    }

    #[test]
    fn a_program_is_fresh_until_one_of_its_sources_changes() {
        let folder = env::temp_dir().join(format!("launcher-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (program, source, stamp) = (folder.join("checker"), folder.join("a.rs"), folder.join("stamp"));
        fs::write(&source, "").unwrap();
        fs::write(&program, "").unwrap();
        fs::write(folder.join("checker.d"), format!("{}: {}\n", program.display(), source.display()))
            .unwrap();
        assert!(!is_fresh(&program, &stamp), "cargo was never asked");
        fs::write(&stamp, "").unwrap();
        // In the future: the workspace's own files may be as new as this test.
        let at = |hours: u64| SystemTime::now() + std::time::Duration::from_secs(3600 * hours);
        let set = |file: &Path, time| {
            fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap()
        };
        set(&stamp, at(2));
        assert!(is_fresh(&program, &stamp));
        set(&source, at(3));
        assert!(!is_fresh(&program, &stamp), "a source is newer");
        fs::remove_dir_all(&folder).unwrap();
    }
}
