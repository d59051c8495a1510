//! A class in shards, as many machines judge it: the same bytes as in one piece, and a shard that is not as it should be is named.

use super::class::{GRADE, RIGHT, WAITS, class, program, tree};
use super::workbook::{Ended, Workbook};
use std::fs;
use std::path::PathBuf;

const PLAN: &str = "grade plan class --roster roster.csv --assignment week.toml --shards 3 --out out";

fn run(workbook: &Workbook, shard: u32) -> Ended {
    workbook.checker(&format!("grade run --shard {shard}/3 --sandbox none --out out")).run()
}

/// A class of nine that is planned in three shards, with somebody in each.
fn planned() -> Workbook {
    let workbook = class();
    for (who, body) in [("fay", RIGHT), ("gil", WAITS), ("hal", RIGHT), ("ida", WAITS)] {
        workbook.write(&format!("class/{who}/greet/src/lib.rs"), format!("// {who}.\n{}", program(body)));
    }
    workbook.checker(PLAN).run().exits(0).shows("3 shards");
    workbook
}

/// The records that the runs of a shard have left.
fn records(workbook: &Workbook, shard: u32) -> Vec<PathBuf> {
    let dir = workbook.path(&format!("out/shards/3/{shard}"));
    let files = tree(&dir).into_keys().filter(|name| name.contains("verdicts/"));
    files.map(|name| dir.join(name)).collect()
}

/// The shard with the fewest records, once all have run: most are made otherwise than a few.
fn small(workbook: &Workbook) -> u32 {
    let shard = (0..3).min_by_key(|shard| records(workbook, *shard).len()).unwrap();
    assert!(!records(workbook, shard).is_empty(), "this class leaves a shard empty; give it other names");
    shard
}

#[track_caller]
fn merges_into_the_same_bytes(workbook: &Workbook) {
    workbook.checker("grade marks --out out").run().exits(0);
    workbook.checker(&format!("{GRADE} whole")).run().exits(0);
    let same = |name: &str| {
        tree(&workbook.path(&format!("out/{name}"))) == tree(&workbook.path(&format!("whole/{name}")))
    };
    assert!(same("verdicts"), "the records are not the same");
    assert_eq!(workbook.read("out/marks.csv"), workbook.read("whole/marks.csv"));
    assert_eq!(workbook.read("out/results.jsonl"), workbook.read("whole/results.jsonl"));
}

#[test]
fn shards_in_any_order_give_the_bytes_of_one_run() {
    let workbook = planned();
    workbook.checker("grade merge --out out").run().exits(1).shows("of 3 shards, run these again: 0,1,2");
    run(&workbook, 2).exits(0);
    run(&workbook, 0).exits(0);
    let early = workbook.checker("grade merge --out out").run().exits(1).shows("shard 1: it has never run");
    early.shows("nothing was merged; of 3 shards, run these again: 1");
    assert!(!workbook.path("out/verdicts").exists());
    run(&workbook, 1).exits(0);
    workbook.checker("grade merge --out out").run().exits(0).shows("3 shards: 9 records merged");
    merges_into_the_same_bytes(&workbook);
    workbook.checker("grade merge --out out").run().exits(0).shows("0 records merged, 9 kept from before");
}

#[test]
fn the_number_of_a_shard_comes_from_the_engine_and_their_count_from_the_plan() {
    let workbook = planned();
    let env = || workbook.checker("grade run --shard env --sandbox none --out out --jobs 1");
    env().env("SLURM_ARRAY_TASK_ID", "0").env("SLURM_ARRAY_TASK_COUNT", "1").run().exits(0);
    env().env("PARALLEL_SEQ", "2").run().exits(0);
    env().env("JOB_COMPLETION_INDEX", "2").run().exits(0);
    env().env("JOB_COMPLETION_INDEX", "3").run().exits(2).complains("the plan has 3 shards");
    env().run().exits(2).complains("none of SLURM_ARRAY_TASK_ID, PARALLEL_SEQ, JOB_COMPLETION_INDEX is set");
    let other = workbook.checker("grade run --shard 0/4 --sandbox none --out out").run();
    other.exits(2).complains("the plan has 3 shards, not 4");
    workbook.checker("grade merge --out out").run().exits(0);
    merges_into_the_same_bytes(&workbook);
}

#[test]
fn a_shard_that_stopped_half_way_is_named_and_goes_on_from_there() {
    let workbook = planned();
    (0..3).for_each(|shard| drop(run(&workbook, shard).exits(0)));
    let shard = small(&workbook);
    let (all, written) = (records(&workbook, shard), records(&workbook, shard).len());
    // As if the machine had died while it wrote.
    fs::write(&all[0], "{\"version\":").unwrap();
    let half = workbook.checker("grade merge --out out").run().exits(1);
    half.shows(&format!("shard {shard}: it stopped half way: 1 of {written} records are missing"));
    let again = run(&workbook, shard).exits(0);
    again.shows(&format!("1 judged now, {} kept from before", written - 1));
    workbook.checker("grade merge --out out").run().exits(0);
    merges_into_the_same_bytes(&workbook);
}

#[test]
fn a_shard_that_ran_twice_is_named_and_a_problem_only_where_the_runs_differ() {
    let workbook = planned();
    (0..3).for_each(|shard| drop(run(&workbook, shard).exits(0)));
    let shard = small(&workbook);
    // As two machines leave it that were given the same shard at the same time.
    let dir = workbook.path(&format!("out/shards/3/{shard}"));
    for (name, bytes) in tree(&dir.join("1")) {
        let to = dir.join("2").join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    let merged = workbook.checker("grade merge --out out").run().exits(0);
    merged.shows(&format!("shard {shard} ran twice"));
    merges_into_the_same_bytes(&workbook);
    fs::remove_dir_all(workbook.path("out/verdicts")).unwrap();
    let record = records(&workbook, shard).pop().unwrap();
    let text = fs::read_to_string(&record).unwrap().replacen("\"attempt\": 1", "\"attempt\":  1", 1);
    fs::write(&record, text).unwrap();
    let merged = workbook.checker("grade merge --out out").run().exits(1);
    merged.shows(&format!("shard {shard}: it ran twice, and")).shows("nothing was merged");
    assert!(!workbook.path("out/verdicts").exists());
}

#[test]
fn a_shard_that_was_judged_with_something_else_is_named_with_what_that_was() {
    let workbook = planned();
    (0..3).for_each(|shard| drop(run(&workbook, shard).exits(0)));
    let shard = small(&workbook);
    let replace = |what: &str, with: &str| {
        let run = workbook.path(&format!("out/shards/3/{shard}/1/run.json"));
        for file in records(&workbook, shard).into_iter().chain([run]) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.contains(what), "{text}");
            fs::write(file, text.replace(what, with)).unwrap();
        }
    };
    replace("seed 1, all schedules, 60 s", "seed 1, 50 schedules, 60 s");
    replace("\"toolchain\": \"rustc", "\"toolchain\": \"another rustc");
    let merged = workbook.checker("grade merge --out out").run().exits(1);
    merged
        .shows(&format!("shard {shard}: it was judged with another toolchain (another rustc"))
        .shows("other limits (seed 1,");
    // Run again, it is judged again, and what the other toolchain has made does not count.
    run(&workbook, shard).exits(0).shows("0 kept from before");
    workbook.checker("grade merge --out out").run().exits(0);
    merges_into_the_same_bytes(&workbook);
}

#[test]
fn a_record_of_another_shard_is_named() {
    let workbook = planned();
    (0..3).for_each(|shard| drop(run(&workbook, shard).exits(0)));
    let shard = small(&workbook);
    let from = records(&workbook, shard).remove(0);
    let other = (shard + 1) % 3;
    let name = from.strip_prefix(workbook.path(&format!("out/shards/3/{shard}"))).unwrap();
    let to = workbook.path(&format!("out/shards/3/{other}")).join(name);
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(&from, &to).unwrap();
    let merged = workbook.checker("grade merge --out out").run().exits(1);
    merged.shows(&format!("shard {other}: ")).shows("is not a record of");
}

#[test]
fn a_plan_of_one_shard_has_nothing_to_merge() {
    let workbook = class();
    workbook.checker("grade plan class --assignment week.toml --out out").run().exits(0);
    workbook.checker("grade merge --out out").run().exits(2).complains("nothing to merge");
    workbook.checker("grade run --shard 3/3 --out out").run().exits(2).complains("the last of 3 is 2/3");
}

#[test]
fn the_jobs_name_the_plan_s_shards_and_say_what_was_not_tried() {
    let workbook = planned();
    let slurm = "grade --seed 7 slurm --out out --sandbox none";
    workbook.checker(slurm).run().exits(0).shows("GNU parallel: bash");
    let read = |name: &str| workbook.read(&format!("out/jobs/{name}"));
    let array = read("shards.sbatch");
    for line in
        ["--array=0-2", "--chdir=/", "--export=NONE", "--open-mode=append", "--requeue", "--cpus-per-task=1"]
    {
        assert!(array.contains(&format!("#SBATCH {line}")), "{line} is not in\n{array}");
    }
    let shard = read("shard.sh");
    assert!(shard.contains("grade --sandbox=none --seed=7 run --shard env --out"), "{shard}");
    assert!(read("submit.sh").contains("--dependency=\"afterany:"), "the merge waits for all shards");
    let manifest = read("kubernetes.yaml");
    assert!(manifest.contains("completions: 3") && manifest.contains("have not run it"), "{manifest}");
    assert!(read("Containerfile").contains("have not built it"));
    workbook.checker("grade plan class --assignment week.toml --out one").run().exits(0);
    workbook.checker("grade slurm --out one").run().exits(2).complains("--shards N");
}

#[cfg(unix)]
#[test]
fn the_script_of_a_shard_judges_the_shard_that_the_engine_names() {
    let workbook = planned();
    workbook.checker("grade slurm --out out --sandbox none").run().exits(0);
    // In the place of cargo: what it would have started.
    let checker = format!("#!/bin/sh\nshift\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_checker"));
    workbook.write("bin/cargo", checker);
    let mut mode = fs::metadata(workbook.path("bin/cargo")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(workbook.path("bin/cargo"), mode).unwrap();
    let bash = |name: &str| {
        let text = workbook.read(&format!("out/jobs/{name}"));
        // A task sets its own PATH: the stand-in goes before it.
        let own = format!("export PATH={}:$PATH\n", workbook.path("bin").display());
        let text = text.replace("# A node builds", &format!("{own}# A node builds"));
        workbook
            .write(name, text.replace("export CARGO_TARGET_DIR=", &format!("{own}export CARGO_TARGET_DIR=")));
        let mut command = std::process::Command::new("bash");
        command.arg(workbook.path(name)).env("SETTLE", "0");
        command
    };
    for shard in 0..3 {
        let output = bash("shard.sh").env("SLURM_ARRAY_TASK_ID", shard.to_string()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let output = bash("merge.sh").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    merges_into_the_same_bytes(&workbook);
}
