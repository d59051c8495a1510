//! Compiling an exercise: the learner's source over the simulated std, then its checks over that.

use crate::course::{Exercise, read_text};
use crate::judge::prebuilt::{Base, Place, named};
use crate::judge::scan;
use crate::process::{self, Cancel, Ending, Limits, Stream};
use crate::show::style::Style;
use crate::verdict::{Finding, Kind};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How rustc draws its messages.
#[derive(Clone, Copy, Debug)]
pub struct Rendering {
    pub colour: bool,
    pub width: usize,
}

/// How long rustc may take, and who may end it.
pub struct Patience<'a> {
    pub limit: Duration,
    pub cancel: &'a Cancel,
}

/// What came of compiling a program.
pub enum Compiled {
    Program(Program),
    Refused(Finding),
}

/// A check program, ready to run.
pub struct Program {
    pub executable: PathBuf,
    pub warnings: String,
    /// Whether the simulation sees all that it shares between threads, so that "every interleaving" can be said of it.
    pub enumerable: bool,
    /// Its folder, which another program may have when this one is no longer needed.
    pub _place: Place,
}

/// Past this much text from rustc nobody reads on.
const TEXT_LIMIT: usize = 1024 * 1024;
/// What rustc may take of a machine on which someone is working.
const MEMORY_LIMIT: u64 = 4 << 30;

/// Compiles `source` as the learner's part of `exercise`.
///
/// `source` is relative to `root`, so that file:line reads the same on every machine.
///
/// # Errors
/// If the trouble is not the learner's.
pub fn compile(
    root: &Path,
    base: &Base,
    exercise: &Exercise,
    source: &Path,
    rendering: Rendering,
    limits: &Patience<'_>,
) -> Result<Compiled> {
    let place = base.place(&exercise.name)?;
    let name = exercise.crate_name();
    let library = place.dir.join(format!("lib{name}.rlib"));

    let mut learner = rustc(root, base, rendering);
    learner.args(["--crate-type", "rlib", "--crate-name", &name, "--edition", &exercise.edition]);
    let read = place.dir.join("read.d");
    let mut emit = named("--emit=link=", &library);
    emit.push(named(",dep-info=", &read));
    // Its temporary files go there too, not into the folder we are in: another rustc may be at the same crate.
    learner.arg(named("--out-dir=", &place.dir));
    learner.args(["-F", "unsafe_code"]).arg(emit).arg(source);
    for dependency in &exercise.dependencies {
        let dependency = dependency.replace('-', "_");
        let rlib = base.crates.simulated.get(&dependency).with_context(|| {
            format!(
                "{} depends on `{dependency}`, which is not built over the simulated std\n\
                 add it to checker/overlay/Cargo.toml",
                exercise.name
            )
        })?;
        learner.arg("--extern").arg(named(&format!("{dependency}="), rlib));
    }
    let said = match rustc_says(learner, limits)? {
        Said::Compiled(said) => said,
        Said::Refused(finding, _) => return Ok(Compiled::Refused(finding)),
    };
    let files = files_read(&read)?;
    if let Some(file) = elsewhere(&files, root, source)? {
        let message = format!("the program takes in {file}: an exercise is what is in its own folder");
        return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
    }
    let texts: Vec<String> = files.iter().map(|file| read_text(&root.join(file))).collect::<Result<_>>()?;
    for (file, text) in files.iter().zip(&texts) {
        if let Some((line, of)) = scan::outliving(text) {
            let message = format!(
                "{file}:{line}: a `static` of crossbeam's `{of}` keeps what is in it from one schedule to the next, so none of \
                 them could be run again; make it in the call, or put it behind a `LazyLock`"
            );
            return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
        }
    }
    let object = fs::read(&library).with_context(|| format!("could not read {}", library.display()))?;
    if let Some(method) = asks_the_file_system(&object) {
        let text = fs::read_to_string(root.join(source)).unwrap_or_default();
        let line = text.lines().position(|line| line.contains(method)).map(|index| index + 1);
        let place = line.map(|line| format!("{}:{line}: ", source.display())).unwrap_or_default();
        let message = format!("{place}`Path::{method}` looks at real files, which can't be simulated");
        return Ok(Compiled::Refused(Finding::new(Kind::Forbidden, message)));
    }

    let executable = place.dir.join(format!("checks{}", std::env::consts::EXE_SUFFIX));
    let mut checks = rustc(root, base, rendering);
    checks.args(["--crate-type", "bin", "--crate-name", "checks", "--edition", &exercise.edition]);
    // They are the same for each edit of the learner's. In small units, so that those are new which hold code of the
    // learner's and the others are not.
    checks.args(["-C", "codegen-units=64", "-C"]).arg(named("incremental=", &place.incremental()));
    // What is wrong with the checks is not the learner's to read about.
    checks.args(["--cap-lints", "allow"]).arg(named("-o", &executable)).arg(exercise.checks());
    checks.arg("--extern").arg(named(&format!("{name}="), &library));
    let of_ours = exercise.dependencies.iter().chain(&exercise.dev_dependencies);
    for dependency in of_ours.map(|dependency| dependency.replace('-', "_")) {
        let rlib = base.crates.simulated.get(&dependency).or_else(|| base.crates.real.get(&dependency));
        let rlib = rlib.with_context(|| {
            format!("the checks of {} use `{dependency}`, which the harness does not", exercise.name)
        })?;
        checks.arg("--extern").arg(named(&format!("{dependency}="), rlib));
    }
    match rustc_says(checks, limits)? {
        Said::Compiled(_) => Ok(Compiled::Program(Program {
            executable,
            warnings: said,
            enumerable: texts.iter().all(|text| scan::enumerable(text)),
            _place: place,
        })),
        Said::Refused(mut finding, errors) => {
            let lacking = lacking(root, exercise, source, &errors);
            let lacking = Style::of_width(rendering.width).wrapped(&lacking, "", "");
            finding.message = format!("{lacking}\n\n{}", finding.message);
            Ok(Compiled::Refused(finding))
        }
    }
}

/// What a program that compiles by itself lacks for its checks: they are ours, and the learner has not read them.
fn lacking(root: &Path, exercise: &Exercise, source: &Path, errors: &[Diagnostic]) -> String {
    let (name, source, readme) = (exercise.crate_name(), source.display(), exercise.readme());
    let checks = fs::read_to_string(root.join(exercise.checks())).unwrap_or_default();
    let import = format!("use {name}::");
    let used = checks.split(&import).nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_default();
    let used = used.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let used: Vec<String> = used.map(|word| format!("`{word}`")).collect();
    let named = |error: &Diagnostic| {
        let word = error.message.split('`').nth(1)?;
        Some(word.strip_prefix(&format!("{name}::")).unwrap_or(word).to_owned())
    };
    let is_missing = |error: &&Diagnostic| {
        error.has_code("E0432")
            || error.has_code("E0425") && error.message.ends_with(&format!("in crate `{name}`"))
    };
    let first = if let Some(missing) = errors.iter().find(is_missing).and_then(named) {
        format!("{source} has no `{missing}`, which the checks call by that name.")
    } else if let Some(private) = errors.iter().find(|error| error.has_code("E0603")).and_then(named) {
        format!("`{private}` in {source} is private, and the checks can call only what is `pub`.")
    } else {
        format!("The checks use {source} as it was promised, and it can't be used so.")
    };
    let all = match used.as_slice() {
        [] => String::new(),
        [one] => format!(" They need {one}."),
        [most @ .., last] => format!(" They need {} and {last}.", most.join(", ")),
    };
    format!("{first}{all} {} has what is promised, with its signature.", readme.display())
}

/// The files that rustc read, by its own list, relative to `root` or absolute.
fn files_read(list: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(list).with_context(|| format!("could not read {}", list.display()))?;
    // Each file has a line of its own that ends in a colon, for the sake of make.
    let files = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.strip_suffix(':'));
    Ok(files.map(|file| file.replace("\\ ", " ")).collect())
}

/// The first of the files that is in another folder than `source`.
fn elsewhere<'a>(files: &'a [String], root: &Path, source: &Path) -> Result<Option<&'a String>> {
    let folder = root.join(source).parent().map(|folder| folder.canonicalize()).transpose()?;
    Ok(files.iter().find(|file| {
        let within = root.join(file).canonicalize().ok();
        within.zip(folder.as_ref()).is_none_or(|(file, folder)| !file.starts_with(folder))
    }))
}

/// The method of std's `Path` by which the compiled crate looks at real files, if there is one. The simulated std
/// can't replace a method of a real type, so it is looked for among the crate's symbols, whichever way they are mangled:
/// a name has its length before it in both. What a generic function uses is seen if the crate itself calls it.
fn asks_the_file_system(object: &[u8]) -> Option<&'static str> {
    const METHODS: [&str; 10] = [
        "exists",
        "try_exists",
        "is_file",
        "is_dir",
        "is_symlink",
        "metadata",
        "symlink_metadata",
        "canonicalize",
        "read_link",
        "read_dir",
    ];
    const TYPE: &[u8] = b"4Path";
    const MODULE: &[u8] = b"3std4path";
    let methods = METHODS.map(|name| (format!("{}{name}", name.len()), name));
    let is_of_std = |before: &[u8]| {
        // `3std4path4Path`, or `3std4pathNtB6_4Path` with a reference back to the crate between.
        let near = &before[before.len().saturating_sub(MODULE.len() + 8)..];
        near.windows(MODULE.len()).any(|part| part == MODULE)
    };
    let types = object.windows(TYPE.len()).enumerate().filter(|(_, part)| *part == TYPE);
    types.filter(|(at, _)| is_of_std(&object[..*at])).find_map(|(at, _)| {
        let rest = &object[at + TYPE.len()..];
        methods.iter().find(|(symbol, _)| rest.starts_with(symbol.as_bytes())).map(|(_, name)| *name)
    })
}

fn rustc(root: &Path, base: &Base, rendering: Rendering) -> Command {
    let mut command = Command::new(&base.rustc);
    command.current_dir(root).env_remove("RUSTC_BOOTSTRAP").stderr(Stdio::piped());
    command.args(["--error-format=json", &format!("--diagnostic-width={}", rendering.width)]);
    if rendering.colour {
        command.arg("--json=diagnostic-rendered-ansi");
    }
    command.args(["-C", "opt-level=0", "-C", "debuginfo=line-tables-only"]);
    command.args(["-C", "overflow-checks=on", "-C", "debug-assertions=on"]);
    for name in ["std", "core"] {
        if let Some(rlib) = base.crates.simulated.get(name) {
            command.arg("--extern").arg(named(&format!("{name}="), rlib));
        }
    }
    for folder in &base.crates.search {
        command.arg("-L").arg(named("dependency=", folder));
    }
    command
}

enum Said {
    /// It compiled, with these warnings.
    Compiled(String),
    Refused(Finding, Vec<Diagnostic>),
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    #[serde(default)]
    spans: Vec<Span>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    is_primary: bool,
}

impl Diagnostic {
    fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    fn has_code(&self, code: &str) -> bool {
        self.code.as_ref().is_some_and(|own| own.code == code)
    }

    /// `unsafe` was used, or the lint that forbids it was to be switched off.
    fn is_about_unsafe(&self) -> bool {
        let names_the_lint = self.message.contains("unsafe_code");
        self.is_error() && (self.has_code("unsafe_code") || (self.has_code("E0453") && names_the_lint))
    }

    /// What to do about an error that is not about the source.
    fn advice(&self) -> Option<&'static str> {
        if self.message.starts_with("linker `") || self.message.starts_with("linking with `") {
            Some("a program could not be linked; is a C linker (`cc`) installed and on the PATH?")
        } else if ["E0460", "E0514", "E0786"].iter().any(|code| self.has_code(code)) {
            Some("what was built earlier does not fit any more; remove target/sim and try again")
        } else {
            None
        }
    }

    fn place(&self) -> String {
        match self.spans.iter().find(|span| span.is_primary) {
            Some(span) => format!("{}:{}", span.file_name, span.line_start),
            None => "the source".to_owned(),
        }
    }
}

fn rustc_says(command: Command, patience: &Patience<'_>) -> Result<Said> {
    let limits = Limits {
        deadline: Instant::now() + patience.limit,
        memory: Some(MEMORY_LIMIT),
        cancel: patience.cancel,
    };
    let mut json = Vec::new();
    let ending = process::run(command, b"", &limits, |stream, bytes| {
        if stream == Stream::Err && json.len() < TEXT_LIMIT {
            json.extend_from_slice(bytes);
        }
        ControlFlow::Continue(())
    })?;
    let status = match ending {
        Ending::Exited(status) => status,
        Ending::PastDeadline | Ending::CutOff => {
            let message = format!("the compiler did not finish in {} s", patience.limit.as_secs());
            return Ok(Said::Refused(Finding::new(Kind::DoesNotCompile, message), Vec::new()));
        }
    };
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut text = String::new();
    for line in String::from_utf8_lossy(&json).lines() {
        match serde_json::from_str::<Diagnostic>(line) {
            Ok(diagnostic) => {
                text.push_str(diagnostic.rendered.as_deref().unwrap_or_default());
                diagnostics.push(diagnostic);
            }
            // A panic of the compiler's is not in JSON.
            Err(_) if !line.starts_with('{') => {
                text.push_str(line);
                text.push('\n');
            }
            Err(_) => {}
        }
    }
    let text = text.trim_end().to_owned();
    if status.success() {
        return Ok(Said::Compiled(text));
    }
    if let Some(advice) = diagnostics.iter().filter(|it| it.is_error()).find_map(Diagnostic::advice) {
        bail!("{text}\n\n{advice}");
    }
    if let Some(diagnostic) = diagnostics.iter().find(|diagnostic| diagnostic.is_about_unsafe()) {
        let message = format!("{}: `unsafe` is not allowed in an exercise\n{text}", diagnostic.place());
        return Ok(Said::Refused(Finding::new(Kind::Forbidden, message), diagnostics));
    }
    let text = if text.is_empty() {
        format!("the compiler gave up without a message: {}", process::describe(status))
    } else {
        text
    };
    Ok(Said::Refused(Finding::new(Kind::DoesNotCompile, text), diagnostics))
}
