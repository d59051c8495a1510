//! What learners see of a run, on real exercises: each of these programs has something in its picture that decides.

use std::path::Path;
use std::process::Command;

/// The rejected program, and what its picture is here for.
const PROGRAMS: [(&str, &str); 11] = [
    ("04-fan-out-fan-in/sum-of-squares/task_taken_twice", "values under a lock"),
    ("09-progress-tracking/progress-report/finished_flag", "values of atomics"),
    ("02-producer-consumer/print-room/waits_once", "a wait that ended by itself"),
    ("02-producer-consumer/bounded-queue/notify_when_full", "a notification that reached nobody"),
    ("04-fan-out-fan-in/sum-of-squares/barrier_of_workers", "who is missing at a Barrier"),
    ("04-fan-out-fan-in/sum-of-squares/halved_for_ever", "a stack that was too small"),
    ("05-worker-pool/one-clerk/send_unwrapped", "panics, one after the other"),
    ("09-progress-tracking/progress-report/written_in_pieces", "what a writer takes"),
    ("02-producer-consumer/bounded-squares/lock_over_send", "a channel of crossbeam's, folded"),
    ("03-pipeline/subtitles/lock_over_the_translation", "a channel of std's"),
    ("10-batch-processing/price-tags/rayon_pool", "a pool of rayon's, folded"),
];

fn report(program: &str) -> String {
    let [lesson, exercise, variant] = program.split('/').collect::<Vec<_>>()[..] else { panic!("{program}") };
    let source = format!("solutions/{lesson}/{exercise}/rejected/{variant}.rs");
    let workbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut checker = Command::new(env!("CARGO_BIN_EXE_checker"));
    checker.current_dir(workbook).args(["run", exercise, "--source", &source]);
    let said = checker.env("NO_COLOR", "1").env("COLUMNS", "100").output().expect("the checker starts");
    let said = String::from_utf8(said.stdout).expect("a report is text");
    let begin = said.find("\n\n✗ ").unwrap_or_else(|| panic!("{program} has no finding: {said}"));
    let report = &said[begin + 2..];
    report.find("\n\n").map_or(report, |end| &report[..end]).to_owned()
}

#[test]
fn what_decides_is_in_the_picture() {
    for (program, what) in PROGRAMS {
        let name = program.rsplit('/').next().expect("a program has a name");
        insta::with_settings!({ description => what, omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, report(program));
        });
    }
}
