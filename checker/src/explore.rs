//! Somebody's own package: built over the simulated std, and each of its tests run in many interleavings.

pub mod doctests;
pub mod junit;
pub mod package;
pub mod workbook;

use crate::explore::package::Workspace;
use crate::judge::prebuilt::{rustc, rustc_version};
use crate::judge::tricks;
use crate::verdict::explored::{Exploration, NotRun, State, Test};
use crate::verdict::{Check, Status, names};
use anyhow::{Context, Result, bail};
use simcargo::{Abilities, CompileError, Outcome, Package, Plan, Program, StandIns, Target};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is asked for.
pub struct Request<'a> {
    /// The program whose `main` is run; `None` for tests.
    pub bin: Option<String>,
    /// More arguments for cargo's build, such as `--features`.
    pub cargo: Vec<String>,
    /// The filters, and what stands behind `--`.
    pub arguments: Vec<String>,
    pub schedules: u64,
    pub seed: u64,
    pub steps: u64,
    pub silence: Duration,
    /// Hears what takes time.
    pub note: &'a dyn Fn(&str),
}

/// All schedules of a test take no more steps than so many times those of one.
const BUDGET: u64 = 4;
/// What rustc says where a program brings an allocator of its own.
const ALLOCATOR: &str = "#[global_allocator]";

/// Test programs, built and ready to be run.
pub struct Built {
    programs: Vec<(Program, Plan, Vec<String>)>,
    errors: Vec<CompileError>,
    /// Programs that stop OS threads.
    blocking: Vec<NotRun>,
    root: PathBuf,
    /// All is asked for, so what is not run is of interest.
    is_whole: bool,
}

/// Builds the test programs of the chosen packages over the simulated std.
///
/// # Errors
/// If there is nothing that could be run, with what to do about it.
pub fn build(workspace: &Workspace, request: &Request<'_>) -> Result<Built> {
    let workbook = workbook::root()?;
    let dir = launcher::target_dir(&workbook).join("explore");
    let counts = probe(&dir)?;
    let abilities = Abilities { system: true, heap: true, counts };
    let mut cargo = request.cargo.clone();
    for member in &workspace.members {
        cargo.extend(["-p".to_owned(), member.name.clone()]);
    }
    let (manifest, within) = (workspace.manifest.clone(), Some(workspace.key()));
    let target = request.bin.clone().map_or(Target::All, Target::Bin);
    let package = Package { manifest, target, cargo, rustc: Vec::new(), within };
    if !dir.join("built").is_file() {
        (request.note)("building the simulated std for your own packages; this is done once");
    }
    let stand_ins = StandIns::open(&workbook, &dir, abilities)?;
    let _ = fs::write(dir.join("built"), "");
    (request.note)(&format!("building {} over the simulated std", workspace.named()));
    let (mut programs, mut errors) = stand_ins.build(&package)?;
    if errors.iter().any(|error| error.message.contains(ALLOCATOR)) {
        let stand_ins = StandIns::open(&workbook, &dir, Abilities { heap: false, ..abilities })?;
        (programs, errors) = stand_ins.build(&package)?;
    }
    programs.retain(|program| !workspace.is_without_harness(program));
    if programs.is_empty() && !errors.is_empty() {
        let compiles = workspace.compiles(&request.cargo, &dir.join("plain"))?;
        bail!("{}", refused(workspace, &errors, compiles));
    }
    programs.sort_by(|a, b| (&a.package, rank(a), &a.name).cmp(&(&b.package, rank(b), &b.name)));
    let (mut listed, mut blocking) = (Vec::new(), Vec::new());
    for program in programs {
        if let Some(name) = program.blocking {
            let why = format!("uses the crate {name}, which would stop every thread of the simulation");
            blocking.push(NotRun { what: label(&program), why });
            continue;
        }
        let tests = program.tests(&request.arguments)?;
        let plan = plan(workspace, request, &program);
        listed.push((program, plan, tests));
    }
    let is_whole = request.arguments.is_empty() && request.bin.is_none();
    Ok(Built { programs: listed, errors, blocking, root: workspace.root.clone(), is_whole })
}

fn plan(workspace: &Workspace, request: &Request<'_>, program: &Program) -> Plan {
    let member = workspace.members.iter().find(|member| member.name == program.package);
    Plan {
        schedules: request.schedules,
        seed: request.seed,
        steps: request.steps,
        budget: BUDGET.saturating_mul(request.steps),
        silence: request.silence,
        deep: 1,
        arguments: request.arguments.clone(),
        root: workspace.root.clone(),
        package: member.map_or_else(|| workspace.root.clone(), |member| member.dir.clone()),
    }
}

/// Unit tests come first, as in `cargo test`.
fn rank(program: &Program) -> usize {
    ["lib", "bin", "test"].iter().position(|kind| program.kind == *kind).unwrap_or(0)
}

/// Whether this rustc does all that we ask of it; whether counts of an `Arc` are seen. Asked once for each rustc.
fn probe(dir: &Path) -> Result<bool> {
    let rustc = rustc();
    let version = rustc_version(&rustc)?;
    let (known, answer) = (dir.join("rustc"), |counts: bool| format!("counts: {counts}\n{version}"));
    let text = fs::read_to_string(&known).unwrap_or_default();
    if let Some(counts) = [true, false].into_iter().find(|counts| text == answer(*counts)) {
        return Ok(counts);
    }
    let counts = tricks::try_all(&rustc, &version, &dir.join("tricks"))?.counts;
    fs::write(&known, answer(counts)).with_context(|| crate::files::unwritable(dir))?;
    Ok(counts)
}

/// What is said where nothing could be built.
fn refused(workspace: &Workspace, errors: &[CompileError], compiles: bool) -> String {
    const SHOWN: usize = 3;
    let rendered: Vec<&str> = errors.iter().take(SHOWN).map(|error| error.rendered.trim_end()).collect();
    let more = errors.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("\n… and {more} more errors") } else { String::new() };
    let crates: BTreeSet<&str> = errors.iter().map(|error| error.target.as_str()).collect();
    let crates: Vec<String> = crates.into_iter().map(|name| format!("`{name}`")).collect();
    let (over, advice) = match compiles {
        true => (
            " over the simulated std",
            "Over the real std, it compiles. So the simulated std lacks something that the code uses. This is a limit of the checker; \
             your program is not at fault.",
        ),
        false => {
            ("", "Over the real std, it does not compile either. Make `cargo test --no-run` succeed first.")
        }
    };
    format!(
        "{} does not compile{over}; the errors are in {}:\n{}{more}\n{advice}",
        workspace.named(),
        crates.join(", "),
        rendered.join("\n\n"),
    )
}

impl Built {
    pub fn has_tests(&self) -> bool {
        self.programs.iter().any(|(_, _, tests)| !tests.is_empty())
    }

    /// Test programs that stop threads of the system, so that they can't be run.
    pub fn blocking(&self) -> &[NotRun] {
        &self.blocking
    }

    /// Whether a test program is missing, since rustc has refused it.
    pub fn is_partial(&self) -> bool {
        !self.errors.is_empty()
    }

    /// From now on other schedules are tried, more of them, and of more tests every interleaving. Tests that have shown all
    /// that they can are left out.
    pub fn go_further(&mut self, exploration: &Exploration) {
        for (program, plan, tests) in &mut self.programs {
            plan.seed = plan.seed.saturating_add(plan.schedules);
            plan.schedules = plan.schedules.saturating_mul(2);
            plan.budget = plan.budget.saturating_mul(2);
            plan.deep = plan.deep.saturating_mul(4);
            let label = label(program);
            tests.retain(|name| {
                let known = exploration.tests.iter().find(|test| test.program == label && test.name == *name);
                known.is_some_and(|test| test.state == State::Passed && test.explored.interleavings.is_none())
            });
        }
    }

    /// How many schedules of each test are tried next.
    pub fn schedules(&self) -> u64 {
        self.programs.first().map_or(0, |(_, plan, _)| plan.schedules)
    }

    /// Runs the tests on all processors; `news` hears of each, in the order of the programs and names.
    ///
    /// # Errors
    /// If a program can't be run.
    pub fn explore(
        &self,
        workspace: &Workspace,
        news: &mut dyn FnMut(&Test) -> Result<()>,
    ) -> Result<Exploration> {
        let begun = Instant::now();
        let order: Vec<(usize, &str)> = self
            .programs
            .iter()
            .enumerate()
            .flat_map(|(program, (_, _, tests))| tests.iter().map(move |test| (program, test.as_str())))
            .collect();
        let mut done: Vec<Option<Test>> = order.iter().map(|_| None).collect();
        let mut told = 0;
        let mut trouble = None;
        simcargo::explore(&self.programs, &mut |program, outcome| {
            let place = order.iter().position(|(of, name)| *of == program && *name == outcome.name);
            let Some(place) = place else { return };
            done[place] = Some(self.test(&label(&self.programs[program].0), outcome));
            while let Some(Some(test)) = done.get(told) {
                trouble = trouble.take().or_else(|| news(test).err());
                told += 1;
            }
        })?;
        if let Some(error) = trouble {
            return Err(error);
        }
        let mut not_run = if self.is_whole { workspace.not_run() } else { Vec::new() };
        not_run.extend(self.blocking.iter().cloned());
        not_run.extend(not_compiled(&self.errors));
        Ok(Exploration {
            version: Exploration::VERSION,
            tests: done.into_iter().flatten().collect(),
            not_run,
            duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// The outcome with the names that the source has for its objects.
    fn test(&self, program: &str, outcome: Outcome) -> Test {
        let Outcome { name, ignored, mut explored, fresh, is_unrepeatable } = outcome;
        let kind = explored.finding.as_ref().map(|finding| finding.kind);
        let state = match (&ignored, is_unrepeatable) {
            (Some(_), _) => State::Ignored,
            (None, true) => State::NotRepeatable,
            (None, false) => State::of(kind),
        };
        if let Some(finding) = explored.finding.take() {
            let mut check = Check {
                name: String::new(),
                clause: 0,
                status: Status::Failed,
                schedules: 0,
                exhausted: None,
                finding: Some(finding),
                duration_ms: 0,
            };
            let line = |file: &str, line: u32| {
                let text = fs::read_to_string(self.root.join(file)).ok()?;
                text.lines().nth((line as usize).checked_sub(1)?).map(str::to_owned)
            };
            names::give(std::slice::from_mut(&mut check), &line);
            explored.finding = check.finding;
        }
        Test { program: program.to_owned(), name, state, ignored, fresh, explored }
    }
}

/// What a test program is called.
fn label(program: &Program) -> String {
    match program.kind.as_str() {
        _ if program.is_main => format!("{}, the program {}", program.package, program.name),
        "test" => format!("{}, tests/{}", program.package, program.name),
        "bin" => format!("{}, unit tests of the program {}", program.package, program.name),
        _ => format!("{}, unit tests", program.package),
    }
}

/// Test programs that rustc refused, each once.
fn not_compiled(errors: &[CompileError]) -> Vec<NotRun> {
    let mut told: Vec<NotRun> = Vec::new();
    for error in errors {
        let what = format!("the target `{}`", error.target);
        if !told.iter().any(|part| part.what == what) {
            told.push(NotRun {
                what,
                why: format!("does not compile over the simulated std: {}", error.message),
            });
        }
    }
    told
}
