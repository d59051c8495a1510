//! The parts of an exercise: whether all are there, and whether they fit each other.

use crate::author::layout;
use crate::course::variant::{Expected, Variant};
use crate::course::{Exercise, Hint, Task, hints};
use crate::files::read_text;
use crate::show::style::counted;
use crate::verdict::Kind;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::Path;

/// The most clauses that a warm-up's contract has: one idea and nothing else.
const WARM_UP_CLAUSES: usize = 3;
const HINTS: usize = 3;
/// Begins the heading of each text in `explanations.snap`; the file's name comes after it.
const TEXT_OF: &str = "════ rejected/";

/// Whether all parts of `exercise` are there, in a few words.
pub fn complete(root: &Path, exercise: &Exercise, variants: &[Result<Variant>]) -> Result<String> {
    let open = layout::open_places(root, exercise)?;
    if !open.is_empty() {
        let count = counted(open.len() as u64, "place is", "places are");
        bail!("{count} still to be written:\n  {}", open.join("\n  "));
    }
    let contract = exercise.contract(root)?;
    for file in [exercise.source(), exercise.checks(), exercise.dir.join("src/main.rs")] {
        if !root.join(&file).is_file() {
            bail!("{} is missing", file.display());
        }
    }
    // Not every exercise has a run to document; one whose checks compare with a snapshot has.
    if read_text(&root.join(exercise.checks()))?.contains("check.snapshot(") {
        snapshots(&root.join(exercise.snapshots()))?;
    }
    if exercise.about.points == 0 || exercise.about.minutes == 0 || exercise.about.title.is_empty() {
        bail!(
            "{}: title, points and minutes must not be empty or 0",
            exercise.dir.join("Cargo.toml").display()
        );
    }
    let in_dir = |name: &str| variants.iter().flatten().filter(|variant| variant.is_in(name)).count();
    let (accepted, rejected) = (in_dir("accepted"), in_dir("rejected"));
    let (min_accepted, min_rejected) = least(exercise.about.kind);
    if accepted < min_accepted || rejected < min_rejected {
        bail!(
            "{accepted} accepted and {rejected} rejected variants; there should be at least {min_accepted} and \
             {min_rejected}"
        );
    }
    if exercise.about.kind == Task::WarmUp && contract.len() > WARM_UP_CLAUSES {
        bail!("a warm-up has at most {WARM_UP_CLAUSES} clauses; this one has {}", contract.len());
    }
    three_steps(&exercise.hints(root)?, variants).context("hints.md")?;
    references(root, exercise)?;
    Ok(format!("{} clauses, {accepted} accepted and {rejected} rejected variants", contract.len()))
}

/// How many accepted and rejected variants an exercise has at the least.
const fn least(kind: Task) -> (usize, usize) {
    match kind {
        Task::WarmUp => (2, 4),
        Task::Build | Task::Repair | Task::Documented | Task::Capstone => (5, 10),
    }
}

/// Whether the hints are as many as they should be, and at least one of them is for a finding that can be had here.
fn three_steps(all: &[Hint], variants: &[Result<Variant>]) -> Result<()> {
    if all.len() != HINTS {
        bail!("there should be {HINTS} hints; there are {}", all.len());
    }
    let rejected = variants.iter().flatten().filter(|variant| variant.is_in("rejected"));
    let had: BTreeSet<Kind> = rejected
        .filter_map(|variant| match variant.expected {
            Expected::Finding { kind, .. } => Some(kind),
            _ => None,
        })
        .collect();
    let mut fits = false;
    for hint in all {
        if hints::words(hint).trim().is_empty() {
            bail!("the hint `{}` is empty", hint.title);
        }
        for kind in hints::marks(hint)? {
            fits |= had.contains(&kind);
        }
    }
    if !fits {
        let had: Vec<&str> = had.into_iter().map(Kind::name).collect();
        bail!(
            "no hint has a line `<!-- for: KIND -->` with a finding of the rejected variants: {}",
            had.join(", ")
        );
    }
    Ok(())
}

/// Whether what `explanations.md` tells to read again is there: `lessons/FOLDER, on TOPIC.`, where the topic stands in
/// bold in that chapter.
fn references(root: &Path, exercise: &Exercise) -> Result<()> {
    let file = exercise.dir.join("explanations.md");
    let text = one_line(&read_text(&root.join(&file)).unwrap_or_default());
    for place in text.split("lessons/").skip(1) {
        let end = place.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(place.len());
        let (folder, rest) = place.split_at(end);
        let chapter = root.join("lessons").join(folder).join("README.md");
        let chapter =
            read_text(&chapter).with_context(|| format!("{} names the lesson `{folder}`", file.display()))?;
        let Some(topic) = rest.strip_prefix(", on ").and_then(|rest| rest.split(['.', ';']).next()) else {
            continue;
        };
        let chapter = one_line(&chapter).to_lowercase();
        // Every second part is between two pairs of asterisks.
        if !chapter.split("**").skip(1).step_by(2).any(|bold| bold.contains(&topic.to_lowercase())) {
            bail!("{}: lessons/{folder} has nothing in bold on `{topic}`", file.display());
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the reviewed snapshot has a text for each rejected variant, and for no other.
pub fn reviewed(root: &Path, exercise: &Exercise, variants: &[Result<Variant>]) -> Result<()> {
    let file = exercise.solution_dir().join("explanations.snap");
    let advice = format!(
        "`INSTA_UPDATE=always EXERCISES={} cargo test -p checker --test verify` writes it again; then review it",
        exercise.name
    );
    let text = read_text(&root.join(&file)).with_context(|| {
        format!("what learners read of rejected variants has not been reviewed; {advice}")
    })?;
    if root.join(&file).with_extension("snap.new").exists() {
        bail!("{}.new waits for a review", file.display());
    }
    let told = text.lines().filter_map(|line| line.strip_prefix(TEXT_OF)?.split_whitespace().next());
    let told: BTreeSet<&str> = told.collect();
    let rejected = variants.iter().flatten().filter(|variant| variant.is_in("rejected"));
    let names = rejected.filter_map(|variant| variant.source.file_name()?.to_str());
    let names: BTreeSet<&str> = names.collect();
    if let Some(new) = names.difference(&told).next() {
        bail!("{} has no text of rejected/{new}; {advice}", file.display());
    }
    if let Some(gone) = told.difference(&names).next() {
        bail!("{} has a text of rejected/{gone}, which no longer exists; {advice}", file.display());
    }
    Ok(())
}

fn snapshots(dir: &Path) -> Result<()> {
    let files = dir.read_dir().with_context(|| format!("{} is missing", dir.display()))?;
    let names: Vec<String> = files
        .map(|file| Ok(file?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    if let Some(waiting) = names.iter().find(|name| name.ends_with(".snap.new")) {
        bail!("{}: {waiting} waits for a review", dir.display());
    }
    if !names.iter().any(|name| name.ends_with(".snap")) {
        bail!("{} has no snapshot", dir.display());
    }
    Ok(())
}
