//! The jobs that judge the shards of a plan: scripts for Slurm and for GNU parallel, a manifest for Kubernetes, a container file.

use super::graded::needs_all_attempts;
use super::plan::{Folder, Plan, Taken};
use super::rules::Rules;
use super::shards::Shard;
use crate::course::Course;
use crate::course::variant::{self, Expected};
use crate::files::replace;
use crate::judge::prebuilt;
use anyhow::{Context, Result, bail};
use std::env;
use std::fs;
use std::path::Path;

/// Each file's name and text.
const FILES: [(&str, &str); 8] = [
    ("shard.sh", include_str!("jobs/shard.sh")),
    ("merge.sh", include_str!("jobs/merge.sh")),
    ("shards.sbatch", include_str!("jobs/shards.sbatch")),
    ("merge.sbatch", include_str!("jobs/merge.sbatch")),
    ("submit.sh", include_str!("jobs/submit.sh")),
    ("parallel.sh", include_str!("jobs/parallel.sh")),
    ("kubernetes.yaml", include_str!("jobs/kubernetes.yaml")),
    ("Containerfile", include_str!("jobs/Containerfile")),
];

/// What a task needs of the environment in which the jobs were written; Slurm hands it nothing.
const ENVIRONMENT: [&str; 6] =
    ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_NET_OFFLINE"];

/// Where a node builds, unless CARGO_TARGET_DIR says so.
const TARGET: &str = "\"${TMPDIR:-/tmp}/concurrency-workbook-$(id -u)\"";

/// The most arrays that a Slurm takes with its default settings.
const SLURM_TASKS: u32 = 1_000;
/// The most pods that run at once, unless somebody changes that.
const PODS: u32 = 32;
/// Minutes to build everything, and seconds for one program: generous, and a shard that is cut off goes on where it was.
const BUILD_MINUTES: usize = 15;
const PROGRAM_SECONDS: usize = 20;

/// Writes the jobs into the folder `jobs` of the grading; returns what to tell. Each shard is judged with `options`.
///
/// # Errors
/// If the plan has one shard, a path can't stand in a script, or the disk says no.
pub fn write(course: &Course, folder: &Folder, options: &[String]) -> Result<Vec<String>> {
    let plan = Plan::read(folder)?;
    if plan.shards == 1 {
        bail!("the plan has one shard; `cargo checker grade plan SUBMISSIONS --shards N` cuts it into N");
    }
    let out = folder.0.canonicalize().with_context(|| format!("could not find {}", folder.0.display()))?;
    let jobs = out.join("jobs");
    let root = course.root.canonicalize().context("could not find the course")?;
    let (out, jobs_path, root) = (shell_safe(&out)?, shell_safe(&jobs)?, shell_safe(&root)?);
    let largest = largest(folder, &plan)?;
    let target = match env::var("CARGO_TARGET_DIR") {
        Ok(dir) if !dir.is_empty() => shell_safe(&std::path::absolute(course.root.join(dir))?)?,
        _ => TARGET.to_owned(),
    };
    let version = prebuilt::rustc_version(&prebuilt::rustc())?;
    let rust = version.split_whitespace().nth(1).unwrap_or("1").to_owned();
    let exercise = plan.exercises.first().context("the plan has no exercise")?;
    let values = [
        ("environment", environment()?),
        ("target", target),
        ("course", root),
        ("out", out),
        ("jobs", jobs_path.clone()),
        ("options", options.iter().map(|option| format!(" {option}")).collect()),
        ("list", options.iter().map(|option| format!(", \"{option}\"")).collect()),
        ("last", (plan.shards - 1).to_string()),
        ("shards", plan.shards.to_string()),
        ("parallelism", plan.shards.min(PODS).to_string()),
        ("minutes", (BUILD_MINUTES + (largest * PROGRAM_SECONDS).div_ceil(60)).to_string()),
        ("release", course.release().to_owned()),
        ("rust", rust),
        ("exercise", exercise.clone()),
        ("solution", solution(course, exercise)?),
    ];
    fs::create_dir_all(&jobs).with_context(|| format!("could not make {}", jobs.display()))?;
    for (name, text) in FILES {
        replace(&jobs.join(name), filled(text, &values).as_bytes())?;
    }
    let mut said = vec![
        format!("wrote {} files in {jobs_path}; the largest shard has {largest} programs", FILES.len()),
        format!("Slurm: bash {jobs_path}/submit.sh"),
        format!("GNU parallel: bash {jobs_path}/parallel.sh"),
        "Kubernetes: see kubernetes.yaml and Containerfile there; nobody has tried them yet".to_owned(),
    ];
    if plan.shards > SLURM_TASKS {
        said.push(format!("Slurm accepts at most {SLURM_TASKS} tasks, unless its MaxArraySize is larger"));
    }
    Ok(said)
}

/// The text with a value in the place of each `{{name}}`.
fn filled(text: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

/// A path as it can stand in a shell script, in a comment that Slurm reads, and in YAML.
fn shell_safe(path: &Path) -> Result<String> {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%=".contains(c);
    if text.chars().all(is_plain) {
        return Ok(text);
    }
    bail!(
        "{text} has a character that Slurm's scripts can't use; choose a path of letters, digits, `.`, `_` and `-`"
    )
}

/// The lines that set the environment.
fn environment() -> Result<String> {
    let mut lines = Vec::new();
    for name in ENVIRONMENT {
        if let Ok(value) = env::var(name) {
            let value = shlex::try_quote(&value).with_context(|| format!("{name} can't be quoted"))?;
            lines.push(format!("export {name}={value}"));
        }
    }
    Ok(lines.join("\n"))
}

/// How many programs the largest shard has.
fn largest(folder: &Folder, plan: &Plan) -> Result<usize> {
    let all_attempts = needs_all_attempts(&Rules::read(folder)?.assignment);
    let mut sizes = vec![0_usize; plan.shards as usize];
    for (place, planned, taken) in plan.jobs() {
        if matches!(taken, Taken::Frozen { .. }) && (all_attempts || plan.is_latest(planned)) {
            sizes[Shard::of_id(&place.id, plan.shards).index as usize] += 1;
        }
    }
    Ok(sizes.into_iter().max().unwrap_or(0))
}

/// A program that passes, to try an image with.
fn solution(course: &Course, exercise: &str) -> Result<String> {
    let exercise = course.exercise(exercise)?;
    let passing = variant::of(&course.root, exercise).into_iter().flatten();
    let source = passing.filter(|variant| variant.expected == Expected::Passed).map(|variant| variant.source);
    let source = source.map(|path| path.to_string_lossy().replace('\\', "/")).next();
    Ok(source.unwrap_or_else(|| exercise.source().to_string_lossy().into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_script_could_misread_is_refused() {
        assert!(shell_safe(Path::new("/home/me/week-3")).is_ok());
        for path in ["/home/my work", "/home/$(id)", "/home/a'b", "/home/a\nb", "/home/a,b"] {
            assert!(shell_safe(Path::new(path)).is_err(), "{path}");
        }
    }

    #[test]
    fn every_place_in_a_file_is_filled() {
        let names = [
            "environment",
            "target",
            "course",
            "out",
            "jobs",
            "options",
            "list",
            "last",
            "shards",
            "parallelism",
            "minutes",
            "release",
            "rust",
            "exercise",
            "solution",
        ];
        let values = names.map(|name| (name, "it".to_owned()));
        for (name, text) in FILES {
            let text = filled(text, &values);
            assert!(!text.contains("{{"), "{name}: {text}");
        }
    }
}
