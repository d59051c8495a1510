//! `explore`: the tests of anybody's package, in many interleavings.

use crate::commands::args::{Explore, ExploreFormat};
use crate::commands::outcome::Outcome;
use crate::explore::package::Workspace;
use crate::explore::{Built, Request, build, junit, workbook};
use crate::show::printer::Screen;
use crate::show::style::{Style, thousands};
use crate::verdict::Status;
use crate::verdict::explored::{Exploration, Test};
use anyhow::{Context, Result, bail};
use colored::Colorize;
use std::env;
use std::io::Write;
use std::time::{Duration, Instant};

/// Explores, and says what was found.
///
/// # Errors
/// If there is nothing to explore, or it can't be built.
pub fn explore(screen: &Screen, call: &Explore) -> Result<Outcome> {
    let here = env::current_dir().context(
        "this folder can't be found; it may have been removed\ngo to another folder, and try again",
    )?;
    let mut workspace = Workspace::find(call.manifest_path.as_deref(), &here, &call.package)?;
    if let Some(bin) = &call.bin {
        workspace.only_with_program(bin)?;
    }
    let mut cargo = Vec::new();
    for feature in &call.features {
        cargo.extend(["--features".to_owned(), feature.clone()]);
    }
    cargo.extend(call.all_features.then(|| "--all-features".to_owned()));
    cargo.extend(call.no_default_features.then(|| "--no-default-features".to_owned()));
    let note = |text: &str| screen.note(text);
    let request = Request {
        bin: call.bin.clone(),
        cargo,
        arguments: call.filter.iter().chain(&call.arguments).cloned().collect(),
        schedules: call.schedules,
        seed: call.seed,
        steps: call.steps,
        silence: Duration::from_secs(call.timeout),
        note: &note,
    };
    let mut built = build(&workspace, &request)?;
    if !built.has_tests() {
        bail!("{}", nothing(call, &workspace, &built));
    }
    let exploration = match call.until_fails {
        None => built.explore(&workspace, &mut lines(screen, call))?,
        Some(minutes) => until_fails(screen, &workspace, &mut built, minutes)?,
    };
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
            if call.until_fails.is_some() {
                exploration.tests.iter().try_for_each(lines(screen, call))?;
            }
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
    if exploration.status() == Status::Passed && built.is_partial() {
        bail!(
            "a part of {} was not explored: it does not compile over the simulated std\n\
             `cargo test --no-run` shows whether it compiles over the real std",
            workspace.named()
        );
    }
    Ok(match exploration.status() {
        Status::Passed => Outcome::AllPassed,
        _ => Outcome::SomeFailed,
    })
}

/// Shows the line of each test, below the name of its program.
fn lines(screen: &Screen, call: &Explore) -> impl FnMut(&Test) -> Result<()> {
    let is_human = call.format == ExploreFormat::Human;
    let mut program = String::new();
    move |test| {
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
    }
}

/// Tries more and more schedules until a test fails, all has been tried, or the time is over. What is known then.
fn until_fails(
    screen: &Screen,
    workspace: &Workspace,
    built: &mut Built,
    minutes: u64,
) -> Result<Exploration> {
    let begun = Instant::now();
    let end = begun + Duration::from_secs(60 * minutes);
    let mut whole: Option<Exploration> = None;
    loop {
        let schedules = thousands(built.schedules());
        screen.note(&format!(
            "trying {schedules} schedules: random walks and priorities, with threads held up and late timers"
        ));
        let found = built.explore(workspace, &mut |_| Ok(()))?;
        built.go_further(&found);
        let known = match whole {
            None => found,
            Some(known) => known.with(found),
        };
        let is_over = known.status() != Status::Passed || !built.has_tests() || Instant::now() >= end;
        if is_over {
            let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            return Ok(Exploration { duration_ms, ..known });
        }
        whole = Some(known);
    }
}

/// What is said where there is no test to run.
fn nothing(call: &Explore, workspace: &Workspace, built: &Built) -> String {
    let of = workspace.named();
    if call.filter.is_empty() && call.arguments.is_empty() {
        let not_run = workspace.not_run();
        let parts: Vec<String> = built
            .blocking()
            .iter()
            .chain(&not_run)
            .take(5)
            .map(|it| format!("\n  {}: {}", it.what, it.why))
            .collect();
        let parts = if parts.is_empty() { String::new() } else { format!("\nnot run:{}", parts.concat()) };
        return format!("{of} has no tests to explore: no function with `#[test]`{parts}");
    }
    format!(
        "no test of {of} matches `{}`\nwithout a filter, all tests are run",
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
    if let Some(bin) = &call.bin {
        let own: String = call.arguments.iter().map(|argument| format!(" {argument}")).collect();
        let own = if own.is_empty() { own } else { format!(" --{own}") };
        return format!("{command} --schedules 1 --seed {seed} --bin {bin}{own}");
    }
    let included = if test.ignored.is_some() { " --include-ignored" } else { "" };
    format!("{command} --schedules 1 --seed {seed} {} -- --exact{included}", test.name)
}
