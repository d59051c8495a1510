//! `grade --first-finding`: where all clauses or nothing count, the first finding decides, and nothing is said of the
//! other clauses.

use super::class::{WAITS, class, marks, program, tree};
use super::workbook::Workbook;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Its first check has a finding, and its second one takes all the time there is.
const THEN_HANGS: &str =
    r#"if check == "greets_all" { "deadlock" } else { loop { std::hint::spin_loop() } }"#;

const WEEK: &str = "title = \"Week 1\"\n[[exercise]]\nname = \"greet\"\npoints = 10.0\n";
const FIRST: &str =
    "grade class --roster roster.csv --assignment week.toml --sandbox none --first-finding --out";

fn all_or_nothing() -> Workbook {
    let workbook = class();
    workbook.write("week.toml", WEEK);
    workbook
}

/// The record of one person.
fn record(workbook: &Workbook, who: &str) -> Value {
    let keys = super::class::keys(workbook, "out");
    let (id, _) = keys.iter().find(|(_, key)| *key == who).unwrap();
    let records = workbook.read("out/results.jsonl");
    let mut records = records.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.find(|record| record["id"] == id.as_str()).unwrap()
}

#[test]
fn a_program_is_judged_up_to_its_first_finding_and_the_record_says_so() {
    let workbook = all_or_nothing();
    workbook.write("class/fay/greet/src/lib.rs", program(THEN_HANGS));
    let began = Instant::now();
    workbook.checker(&format!("{FIRST} out --timeout 600")).run().exits(0).shows("6 judged now");
    assert!(began.elapsed() < Duration::from_secs(300), "the second check has run as well");
    let is = |who: &str| {
        let outcome = &record(&workbook, who)["outcome"];
        let clauses = outcome["clauses"].as_array().unwrap().iter();
        clauses.map(|clause| clause[1]["is"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(is("ann"), ["kept", "kept"]);
    // The check of the first clause had passed, and is no proof that all of them would have.
    assert_eq!(is("ben"), ["not-judged", "broken"]);
    assert_eq!(is("fay"), ["broken", "not-judged"]);
    let fay = record(&workbook, "fay");
    assert_eq!(fay["checks"].as_array().unwrap().len(), 1, "{fay}");
    assert!(fay["made_by"]["limits"].as_str().unwrap().ends_with(", first finding"), "{fay}");
    // The steps of the run are there as in a whole judgement.
    assert!(!fay["checks"][0]["finding"]["schedule"]["events"].as_array().unwrap().is_empty(), "{fay}");
    let marks = marks(&workbook, "out");
    let of = |who: &str| (marks[who][3].as_str(), marks[who][7].as_str());
    assert_eq!(of("ann"), ("10.00", ""));
    assert_eq!(of("ben"), ("0.00", "clause 2 broken (deadlock)"));
    let pages = tree(&workbook.path("out/pages"));
    let told = pages.values().any(|page| String::from_utf8_lossy(page).contains("not judged: the first"));
    assert!(told, "no page tells that a clause was not judged");
    workbook.checker("grade export junit --out out").run().exits(0);
    let junit = workbook.read("out/junit/greet.xml");
    assert!(junit.contains("not judged: the first finding was deadlock"), "{junit}");
}

#[test]
fn the_first_finding_is_the_same_every_time() {
    let workbook = all_or_nothing();
    for number in 0..4 {
        let body = r#"if check.len() > 3 { "deadlock" } else { "pass" }"#;
        workbook.write(
            &format!("class/more-{number}/greet/src/lib.rs"),
            format!("// {number}\n{}", program(body)),
        );
    }
    workbook.checker(&format!("{FIRST} out")).run().exits(0);
    workbook.checker(&format!("{FIRST} other --jobs 1")).one_processor().run().exits(0);
    assert!(tree(&workbook.path("out")) == tree(&workbook.path("other")), "two runs differ");
}

#[test]
fn weights_by_clause_and_a_first_finding_are_refused_together() {
    let workbook = class();
    let refused = workbook.checker(&format!("{FIRST} out")).run();
    refused.exits(2).complains("weights for the clauses of greet").complains("leave out `--first-finding`");
    assert!(!workbook.path("out/verdicts").exists(), "something was judged");
}

#[test]
fn weights_that_come_later_give_no_mark_by_half_a_verdict_until_all_is_judged() {
    let workbook = all_or_nothing();
    let weighted = "[[exercise]]\nname = \"greet\"\nweights = { 1 = 4.0, 2 = 6.0 }\n";
    workbook.write("later.toml", weighted);
    workbook.checker(&format!("{FIRST} out")).run().exits(0);
    workbook.checker("grade marks --assignment later.toml --out out").run().exits(0);
    let before = marks(&workbook, "out");
    assert_eq!(before["ann"][3], "10.00");
    assert_eq!(before["ben"][..2], ["undecided", ""]);
    assert!(before["ben"][7].contains("grade regrade"), "{before:?}");
    let regrade = "grade regrade --sandbox none --out out";
    workbook
        .checker(regrade)
        .run()
        .exits(0)
        .shows("a first mark: 1")
        .shows("clause 1: not judged (deadlock) → kept");
    workbook.checker(&format!("{regrade} --apply")).run().exits(0);
    assert_eq!(marks(&workbook, "out")["ben"][3], "4.00");
}

#[test]
fn what_was_judged_whole_stays_and_other_commands_refuse_it() {
    let workbook = all_or_nothing();
    let whole = FIRST.replace(" --first-finding", "");
    workbook.checker(&format!("{whole} out")).run().exits(0);
    let told = workbook.checker(&format!("{FIRST} out")).run().exits(0);
    told.shows("0 judged now, 5 kept from before").complains("other limits");
    workbook.write("one/greet/src/lib.rs", program(WAITS));
    let one = "grade one gitlab --submission one --result junit.xml --sandbox none --first-finding";
    workbook.checker(one).run().exits(2).complains("leave it out of this command");
    workbook.checker("grade pack gitlab --to pack --first-finding").run().exits(2).complains("leave it out");
    assert!(!workbook.path("pack").exists());
}

#[test]
fn a_shard_and_an_archive_keep_to_the_first_finding() {
    let workbook = all_or_nothing();
    workbook.checker("grade plan class --assignment week.toml --shards 2 --out out").run().exits(0);
    workbook.checker("grade slurm --first-finding --sandbox none --out out").run().exits(0);
    let jobs = tree(&workbook.path("out/jobs"));
    let told = jobs.values().any(|file| String::from_utf8_lossy(file).contains("--first-finding"));
    assert!(told, "no job knows how far to judge");
    let run = "grade run --sandbox none --first-finding --out out --shard";
    workbook.checker(&format!("{run} 0/2")).run().exits(0);
    workbook.checker(&format!("{run} 1/2")).run().exits(0);
    workbook.checker("grade merge --out out").run().exits(0);
    workbook.checker("grade marks --out out").run().exits(0);
    workbook.checker("grade archive week-1.zip --no-vendor --out out").run().exits(0);
    let proved = workbook.checker("grade verify week-1.zip --sandbox none").run().exits(0);
    proved.shows("with the same bytes: 4").shows("with another verdict: 0");
}
