//! Schedules a second, here and on shuttle itself, over the same programs.

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bench::{in_turn_by, median, time};
use shuttle::scheduler::RandomScheduler;

const SCHEDULES: usize = 4_000;
const ROUNDS: usize = 7;

#[macro_use]
#[path = "../programs/programs.rs"]
mod programs;

programs!(on_shuttle shuttle);

/// The programs on our engine, compiled as the checker compiles learners' programs.
struct Ours {
    executable: PathBuf,
    _folder: tempfile::TempDir,
}

impl Ours {
    fn compile() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the program");
        let executable = folder.path().join("ours");
        let bench = env::current_exe().expect("a bench knows where it is");
        let deps = bench.parent().expect("a bench is in a folder");
        let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc
            .args([
                "--edition",
                "2024",
                "-C",
                "opt-level=3",
                "-C",
                "passes=tsan",
                "-C",
                "llvm-args=-tsan-instrument-func-entry-exit=0",
                "-o",
            ])
            .arg(&executable);
        rustc.arg("-L").arg(format!("dependency={}", deps.display()));
        for name in ["engine", "simstd"] {
            rustc.arg("--extern").arg(format!("{name}={}", rlib(deps, name).display()));
        }
        rustc.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/ours.rs"));
        assert!(rustc.status().expect("rustc runs").success(), "the programs do not compile");
        Self { executable, _folder: folder }
    }

    /// How long the schedules of one round take, and how many points were at the counts of an `Arc`. `reads` says what loads
    /// may read: the `newest` value, or a `stale` one where the orders allow it.
    fn run(&self, program: &str, round: usize, reads: &str) -> (Duration, u64) {
        let (schedules, seed) = (SCHEDULES.to_string(), (round * SCHEDULES).to_string());
        let arguments = [program, &schedules, &seed, reads];
        let output = Command::new(&self.executable).args(arguments).output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stdout);
        let (nanos, counts) = said.trim().split_once(' ').expect("two numbers");
        let number = |text: &str| text.parse().expect("a number");
        (Duration::from_nanos(number(nanos)), number(counts))
    }
}

/// The newest rlib of `name` that cargo built beside this bench.
fn rlib(deps: &Path, name: &str) -> PathBuf {
    let files = fs::read_dir(deps).expect("the folder of this bench can be read").filter_map(Result::ok);
    let is_it = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        file.starts_with(&format!("lib{name}-")) && file.ends_with(".rlib")
    };
    let rlibs = files.map(|file| file.path()).filter(is_it);
    let newest = rlibs.max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok());
    newest.expect("cargo has built it for this bench")
}

fn theirs(program: fn(), round: usize) {
    let mut config = shuttle::Config::new();
    config.failure_persistence = shuttle::FailurePersistence::None;
    config.silence_warnings = true;
    // As large as ours; shuttle's own default is smaller and makes no difference to its speed.
    config.stack_size = 2 << 20;
    let scheduler = RandomScheduler::new_from_seed(round as u64, SCHEDULES);
    black_box(shuttle::Runner::new(scheduler, config).run(program));
}

fn main() {
    println!("{SCHEDULES} schedules of each program, {ROUNDS} times in turn; medians");
    println!(
        "{:<16} {:>14} {:>14} {:>8} {:>24} {:>20}",
        "program", "simstd /s", "shuttle /s", "ratio", "Arc points a schedule", "with stale reads /s"
    );
    let ours = Ours::compile();
    // Whether the program has an `Arc` of its own: then its counts must have been seen.
    let programs: [(&str, fn(), bool); 4] = [
        ("counter", on_shuttle::counter, true),
        ("bounded queue", on_shuttle::bounded_queue, true),
        ("pipeline", on_shuttle::pipeline, false),
        ("atomics", on_shuttle::atomics, true),
    ];
    for (name, program, has_arcs) in programs {
        let (mut counts, mut stale) = (0, Vec::new());
        let (a, b) = in_turn_by(
            ROUNDS,
            |round| {
                stale.push(ours.run(name, round, "stale").0);
                let (time, points) = ours.run(name, round, "newest");
                counts += points;
                time
            },
            |round| time(|| theirs(program, round)),
        );
        assert_eq!(counts > 0, has_arcs, "{name}: {counts} scheduling points at the counts of an Arc");
        let rate = |time: Duration| SCHEDULES as f64 / time.as_secs_f64();
        let points = counts as f64 / (ROUNDS * SCHEDULES) as f64;
        println!(
            "{name:<16} {:>14.0} {:>14.0} {:>8.2} {points:>24.1} {:>20.0}",
            rate(a),
            rate(b),
            rate(a) / rate(b),
            rate(median(stale))
        );
    }
}
