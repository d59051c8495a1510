//! One call of rustc, in an environment of its own, and what it says.

use crate::files::named;
use crate::judge::prebuilt::Base;
use crate::legible;
use crate::process::cancel::Cancel;
use crate::process::jail::Policy;
use crate::process::{self, Ending, Limits, Stream};
use crate::verdict::{Finding, Kind};
use anyhow::{Result, anyhow, bail};
use serde::Deserialize;
use std::env;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Past this much text from rustc nobody reads on.
const TEXT_LIMIT: usize = 1024 * 1024;

/// What rustc may take of a machine on which someone is working.
const MEMORY_LIMIT: u64 = 4 << 30;

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
    /// What it may touch, where programs are jailed.
    pub jail: Option<Policy>,
}

pub enum Said {
    /// It compiled, with these warnings.
    Compiled(String),
    Refused(Box<Finding>, Vec<Diagnostic>),
    /// The program could not be linked: rustc's words.
    Unlinked(String),
}

#[derive(Deserialize)]
pub struct Diagnostic {
    pub message: String,
    pub code: Option<Code>,
    level: String,
    #[serde(default)]
    pub spans: Vec<Span>,
    /// What it says besides: notes, and what might help.
    #[serde(default)]
    pub children: Vec<Diagnostic>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
pub struct Code {
    pub code: String,
}

#[derive(Deserialize)]
pub struct Span {
    pub file_name: String,
    pub line_start: u32,
    pub is_primary: bool,
    pub label: Option<String>,
    #[serde(default)]
    text: Vec<Excerpt>,
    pub suggested_replacement: Option<String>,
}

/// A line of the source, and the columns that are meant, from 1.
#[derive(Deserialize)]
struct Excerpt {
    text: String,
    highlight_start: usize,
    highlight_end: usize,
}

impl Span {
    /// What stands there, of the first line.
    pub fn text(&self) -> Option<String> {
        let line = self.text.first()?;
        let (from, to) = (line.highlight_start.checked_sub(1)?, line.highlight_end.checked_sub(1)?);
        Some(line.text.chars().skip(from).take(to.saturating_sub(from)).collect())
    }
}

impl Diagnostic {
    pub fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    pub fn has_code(&self, code: &str) -> bool {
        self.code.as_ref().is_some_and(|own| own.code == code)
    }

    /// `unsafe` was used, or the lint that forbids it was to be switched off.
    fn is_about_unsafe(&self) -> bool {
        let names_the_lint = self.message.contains("unsafe_code");
        self.is_error() && (self.has_code("unsafe_code") || (self.has_code("E0453") && names_the_lint))
    }

    /// What to do about an error that is not about the source. Such an error points at no place in it: one that does,
    /// as that of a `compile_error!`, can have any text.
    fn advice(&self) -> Option<&'static str> {
        if !self.spans.is_empty() {
            None
        } else if self.message.trim_end().ends_with("(os error 28)") {
            Some("the disk is full; free some space and try again")
        } else if ["E0460", "E0514", "E0786"].iter().any(|code| self.has_code(code)) {
            Some("an older build no longer fits; remove target/sim and try again")
        } else {
            None
        }
    }

    fn is_about_linking(&self) -> bool {
        let about = self.message.starts_with("linker `") || self.message.starts_with("linking with `");
        self.is_error() && self.spans.is_empty() && about
    }

    /// A message may hold what the program has made of it.
    fn make_legible(&mut self) {
        self.message = legible::text(&self.message);
        self.children.iter_mut().for_each(Diagnostic::make_legible);
        for span in &mut self.spans {
            span.label = span.label.take().map(|label| legible::line(&label));
        }
    }

    /// All files that it points at.
    pub fn files(&self) -> Vec<&str> {
        let own = self.spans.iter().map(|span| span.file_name.as_str());
        own.chain(self.children.iter().flat_map(Diagnostic::files)).collect()
    }

    fn place(&self) -> String {
        match self.spans.iter().find(|span| span.is_primary) {
            Some(span) => format!("{}:{}", span.file_name, span.line_start),
            None => "the source".to_owned(),
        }
    }
}

/// What stands for `std`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Std {
    Simulated,
    Real,
}

/// A call of rustc that knows where all is that was built, and of the environment nothing that a program could read.
pub fn rustc(root: &Path, base: &Base, rendering: Rendering, std: Std) -> Command {
    let mut command = Command::new(&base.rustc);
    command.current_dir(root).stderr(Stdio::piped());
    clean(&mut command);
    command.args(["--error-format=json", &format!("--diagnostic-width={}", rendering.width)]);
    if rendering.colour {
        command.arg("--json=diagnostic-rendered-ansi");
    }
    command.args(["-C", "opt-level=0", "-C", "debuginfo=line-tables-only"]);
    command.args(["-C", "overflow-checks=on", "-C", "debug-assertions=on"]);
    if std == Std::Simulated {
        if base.crates.counts {
            command.args(launcher::PASS);
        }
        for name in ["std", "core"] {
            if let Some(rlib) = base.crates.simulated.get(name) {
                command.arg("--extern").arg(named(&format!("{name}="), rlib));
            }
        }
    }
    for folder in &base.crates.search {
        command.arg("-L").arg(named("dependency=", folder));
    }
    command
}

/// `env!` reads the compiler's environment. So there is nothing in it but what rustup needs where `rustc` is a proxy or a script
/// of somebody's, and what Windows needs for any program.
fn clean(command: &mut Command) {
    command.env_clear();
    let always = ["SystemRoot", "SystemDrive"];
    let wrapped = ["PATH", "HOME", "USERPROFILE", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_HOME"];
    let is_wrapped = env::var_os("RUSTC").is_some();
    for name in always.iter().chain(wrapped.iter().filter(|_| is_wrapped)) {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// Gives a call that links, and that expands nothing of the learner's, what linkers read: all but what is meant for rustc.
pub fn may_link(command: &mut Command) {
    let of_rustc = |name: &str| name.starts_with("RUST") && !name.starts_with("RUSTUP_");
    for (name, value) in env::vars_os() {
        if !of_rustc(&name.to_string_lossy()) {
            command.env(name, value);
        }
    }
}

pub fn rustc_says(command: Command, patience: &Patience<'_>) -> Result<Said> {
    let limits = Limits {
        deadline: Instant::now() + patience.limit,
        memory: Some(MEMORY_LIMIT),
        cancel: patience.cancel,
        jail: patience.jail.as_ref(),
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
            // That says as much of the machine as of the program.
            let message = format!("the compiler did not finish in {} s", patience.limit.as_secs());
            return Ok(Said::Refused(Box::new(Finding::new(Kind::TimedOut, message)), Vec::new()));
        }
    };
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let mut text = String::new();
    for line in String::from_utf8_lossy(&json).lines() {
        match serde_json::from_str::<Diagnostic>(line) {
            Ok(mut diagnostic) => {
                diagnostic.make_legible();
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
    let text = legible::coloured(text.trim_end());
    if status.success() {
        return Ok(Said::Compiled(text));
    }
    if let Some(advice) = diagnostics.iter().filter(|it| it.is_error()).find_map(Diagnostic::advice) {
        bail!("{text}\n\n{advice}");
    }
    if diagnostics.iter().any(Diagnostic::is_about_linking) {
        return Ok(Said::Unlinked(text));
    }
    // With so little it says many things that are not so, and seldom that it had too little.
    if let Some(lacks) = process::memory_lacks(process::COMPILER_MEMORY) {
        bail!("{text}\n\nthe messages above may be wrong: {lacks}");
    }
    if process::was_killed(status) {
        let how = process::describe(status);
        bail!("the compiler was killed from outside ({how}); did the machine have too little memory?");
    }
    if let Some(diagnostic) = diagnostics.iter().find(|diagnostic| diagnostic.is_about_unsafe()) {
        let message = format!("{}: `unsafe` is not allowed in an exercise\n{text}", diagnostic.place());
        return Ok(Said::Refused(Box::new(Finding::new(Kind::Forbidden, message)), diagnostics));
    }
    let text = if text.is_empty() {
        format!("the compiler gave up without a message: {}", process::describe(status))
    } else {
        text
    };
    Ok(Said::Refused(Box::new(Finding::new(Kind::DoesNotCompile, text)), diagnostics))
}

/// The trouble that no program can be linked here at all.
pub fn no_linker(text: &str) -> anyhow::Error {
    anyhow!("{text}\n\na program could not be linked; is a C linker (`cc`) installed and on the PATH?")
}
