//! Runs the test suites that others have published over simstd, under many schedules, and writes CONFORMANCE.md.
//! We did not write these tests, so they know nothing of how simstd works.

mod fetch;
mod page;
mod reasons;
mod standard;
mod suites;
mod trials;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use simcargo::{Abilities, StandIns};
use suites::SUITES;
use trials::{Build, Row, Runs};

/// Runs the published test suites of crossbeam, rayon, other crates with threads, and std over simstd.
///
/// Exits with 0 if every test passes, or fails in the way that the page explains; with 1 if not.
#[derive(Parser)]
struct Arguments {
    /// The library folder of Rust's sources, with `std/tests` in it, for std's own suites. Debian's package
    /// rust-web-src has it in /usr/src/rustc-VERSION/library.
    #[arg(long, value_name = "LIBRARY")]
    std_src: Option<PathBuf>,
    /// Run only suites whose names contain this.
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// Schedules of each test, where they take few steps; ten where they take many.
    #[arg(long, default_value_t = 30)]
    schedules: u64,
    /// Keep the results of suites that an earlier run has finished, over the same simulated std and with as many
    /// schedules.
    #[arg(long)]
    resume: bool,
    /// Write CONFORMANCE.md, and do not only print the page.
    #[arg(long, requires = "std_src", conflicts_with = "only")]
    write: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("checker/ is in a workspace")?;
    let out = root.join("target/conformance");
    let wanted = |label: &str| arguments.only.as_ref().is_none_or(|part| label.contains(part.as_str()));
    eprintln!("building the simulated std");
    let stand_ins = StandIns::open(root, &out, Abilities::default())?;
    let rand = fetch::rand(&stand_ins, &out)?;
    let sources = fetch::sources(root, &out)?;
    let standard =
        arguments.std_src.as_ref().map(|library| standard::Standard::open(library, &out)).transpose()?;
    let results = stand_ins.target_dir().join("results");
    let runs = Runs { each: arguments.schedules, resume: arguments.resume, results };
    let rows = trials::run(&stand_ins, &runs, |rows| {
        for suite in SUITES {
            let manifest = sources.package(suite, &out)?;
            let version = sources.version(suite.name)?;
            for file in suite.files(&sources)? {
                let label = format!("{}/{file}", suite.name);
                if wanted(&label) {
                    rows.add(&label, &version, suite.build(&file, &manifest, &rand))?;
                }
            }
        }
        for (standard, name) in standard.iter().flat_map(|it| standard::FILES.map(|name| (it, name))) {
            let label = format!("std/{name}");
            if wanted(&label) {
                let prepared = standard.prepare(&stand_ins, name, &rand)?;
                rows.add(&label, &standard.version, Build::Std(prepared))?;
            }
        }
        Ok(())
    })?;
    report(&rows, root, arguments)
}

/// Prints the page, and what it does not explain.
fn report(rows: &[Row], root: &Path, arguments: &Arguments) -> Result<bool> {
    let text = page::write(rows, arguments.schedules);
    print!("{text}");
    if arguments.write {
        let page = root.join("CONFORMANCE.md");
        fs::write(&page, &text).with_context(|| format!("could not write to {}", page.display()))?;
    }
    let unexplained = page::unexplained(rows);
    for line in &unexplained {
        eprintln!("not explained: {line}");
    }
    Ok(unexplained.is_empty())
}
