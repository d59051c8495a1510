//! `explore`: the tests of anybody's package, in many interleavings.

use crate::commands::args::{Explore, ExploreFormat};
use crate::commands::outcome::Outcome;
use crate::explore::package::Workspace;
use crate::explore::{Request, build, junit, workbook};
use crate::show::printer::Screen;
use crate::show::style::Style;
use crate::verdict::Status;
use crate::verdict::explored::Test;
use anyhow::{Context, Result, bail};
use colored::Colorize;
use std::env;
use std::io::Write;
use std::time::Duration;

/// Explores, and says what was found.
///
/// # Errors
/// If there is nothing to explore, or it can't be built.
pub fn explore(screen: &Screen, call: &Explore) -> Result<Outcome> {
    let here = env::current_dir().context("could not find out which folder this is")?;
    let workspace = Workspace::find(call.manifest_path.as_deref(), &here, &call.package)?;
    let mut cargo = Vec::new();
    for feature in &call.features {
        cargo.extend(["--features".to_owned(), feature.clone()]);
    }
    cargo.extend(call.all_features.then(|| "--all-features".to_owned()));
    cargo.extend(call.no_default_features.then(|| "--no-default-features".to_owned()));
    let note = |text: &str| screen.note(text);
    let request = Request {
        cargo,
        arguments: call.filter.iter().chain(&call.arguments).cloned().collect(),
        schedules: call.schedules,
        seed: call.seed,
        steps: call.steps,
        silence: Duration::from_secs(call.timeout),
        note: &note,
    };
    let built = build(&workspace, &request)?;
    if !built.has_tests() {
        bail!("{}", nothing(call, &workspace));
    }
    let is_human = call.format == ExploreFormat::Human;
    let mut program = String::new();
    let exploration = built.explore(&workspace, &mut |test: &Test| {
        if !is_human {
            return Ok(());
        }
        let mut text = Vec::new();
        if program != test.program {
            program.clone_from(&test.program);
            writeln!(text, "{}", program.bold())?;
        }
        screen.style.explored_line(&mut text, test)?;
        screen.raw(&screen.style.encoded(&String::from_utf8_lossy(&text)))
    })?;
    let whole = call.schedules == 1;
    let explained = |style: &Style, test: &Test| -> Result<String> {
        let mut text = Vec::new();
        if let Some(finding) = test.explored.finding.as_ref().filter(|_| test.state.is_wrong()) {
            let replay = replay(call, test, finding.seed.unwrap_or(call.seed));
            style.explored_finding(&mut text, &workspace.root, test, finding, &replay, whole)?;
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    match call.format {
        ExploreFormat::Human => {
            for test in exploration.tests.iter().filter(|test| test.state.is_wrong()) {
                screen.raw(&screen.style.encoded(&format!("\n{}", explained(&screen.style, test)?)))?;
            }
            let mut text = b"\n".to_vec();
            screen.style.explored_summary(&mut text, &exploration)?;
            screen.raw(&screen.style.encoded(&String::from_utf8_lossy(&text)))?;
        }
        ExploreFormat::Json => screen.json(&exploration)?,
        ExploreFormat::Junit => {
            colored::control::set_override(false);
            let plain = Style::of_width(100);
            screen.raw(&junit::report(&exploration, |test| explained(&plain, test))?)?;
        }
    }
    Ok(match exploration.status() {
        Status::Passed => Outcome::AllPassed,
        _ => Outcome::SomeFailed,
    })
}

/// What is said where there is no test to run.
fn nothing(call: &Explore, workspace: &Workspace) -> String {
    let of = workspace.named();
    if call.filter.is_empty() && call.arguments.is_empty() {
        let not_run = workspace.not_run();
        let parts: Vec<String> =
            not_run.iter().take(5).map(|it| format!("\n  {}: {}", it.what, it.why)).collect();
        let parts = if parts.is_empty() { String::new() } else { format!("\nnot run:{}", parts.concat()) };
        return format!("{of} has no tests to explore: no function with `#[test]`{parts}");
    }
    format!(
        "no test of {of} is selected by `{}`\nwithout a filter, all tests are run",
        call.filter.iter().chain(&call.arguments).cloned().collect::<Vec<_>>().join(" ")
    )
}

/// The command that runs one schedule of a test again.
fn replay(call: &Explore, test: &Test, seed: u64) -> String {
    let mut command = format!("{} explore", workbook::command());
    if let Some(manifest) = &call.manifest_path {
        command += &format!(" --manifest-path {}", manifest.display());
    }
    for package in &call.package {
        command += &format!(" -p {package}");
    }
    for feature in &call.features {
        command += &format!(" --features {feature}");
    }
    for (is_set, option) in
        [(call.all_features, " --all-features"), (call.no_default_features, " --no-default-features")]
    {
        command += if is_set { option } else { "" };
    }
    let included = if test.ignored.is_some() { " --include-ignored" } else { "" };
    format!("{command} --schedules 1 --seed {seed} {} -- --exact{included}", test.name)
}
